"""Names as people write them: one way to compare them, whatever the script and the keyboard."""

import re
import unicodedata
from functools import lru_cache

_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]")
"""Accents, and the vowel signs of Arabic script."""

_SAME = str.maketrans({"ı": "i", "ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ـ": ""})
"""Letters that different keyboards write for one; the last, a mere lengthening, for none."""


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """What is the same in all ways of writing a name; it is for comparing, not for reading.

    Capitals and accents do not count, nor do signs without a width, the width and the composition
    of letters, the form of digits, and spaces more than one. Dotted and dotless i are one letter,
    since capitals and keyboards confuse them, and so are the forms of yeh and kaf.

    Examples
    --------
    >>> {fold(name) for name in ("İSTANBUL LİMANI", "istanbul limanı", "Istanbul  Limani")}
    {'istanbul limani'}
    >>> fold("كابول") == fold("کابول"), fold("Ə") == fold("e")
    (True, False)
    """
    text = unicodedata.normalize("NFKD", name).casefold()
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_SAME)
    kept = "".join(_plain(sign) for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join(kept.split())


def _plain(sign: str) -> str:
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)


def look_alike(one: str, other: str) -> bool:
    """Whether two different texts look the same: composed otherwise, or with unseen signs.

    >>> look_alike("Göyçay", unicodedata.normalize("NFD", "Göyçay")), look_alike("Baku", "baku")
    (True, False)
    """
    first, second = (
        " ".join("".join(sign for sign in unicodedata.normalize("NFKC", text)
                         if unicodedata.category(sign) != "Cf").split())
        for text in (one, other)
    )  # fmt: skip
    return one != other and first == second
