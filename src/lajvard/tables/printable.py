"""Text as it may be shown: characters that steer a terminal or turn a line around are spelt out."""

import re

_STEERING = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls: ESC and BEL move the cursor, ring, set a title
    r"\u2028\u2029"  # breaks of lines and paragraphs
    r"\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates of the direction of text
    r"\ud800-\udfff"  # halves of a character, which no encoding has
    r"\U000e0000-\U000e007f"  # tags, which nobody sees
)
_IN_TEXT, _IN_LINE = re.compile(f"[{_STEERING}]"), re.compile(rf"[\t\n{_STEERING}]")


def printable(text: str, *, line: bool = False) -> str:
    r"""The text with characters that are instructions, not signs, written as in Python.

    Letters of every script stay as they are, as do the marks that scripts need between them.

    Parameters
    ----------
    text
        Any text, such as a name that somebody else wrote.
    line
        Whether it has to stay in its line: line breaks and tabs are spelt out, too.

    Examples
    --------
    >>> print(printable("Herat\x1b[31m \u202eتارﻪ"))
    Herat\x1b[31m \u202eتارﻪ
    """
    return (_IN_LINE if line else _IN_TEXT).sub(_spelt, text)


def _spelt(found: re.Match[str]) -> str:
    return repr(found[0])[1:-1]
