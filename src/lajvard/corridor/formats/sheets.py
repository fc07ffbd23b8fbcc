"""Looking through the sheets of a workbook before they are read: their size, and what they lack.

The reader of workbooks gives an empty cell where a sheet holds an error value such as ``#DIV/0!``,
or a formula whose value was never worked out, and it makes room for all cells up to the farthest.
"""

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

from lajvard.corridor.formats.unzip import check_size, plain_name
from lajvard.errors import InputError

MOST_CELLS = 50_000_000
SPARSE_CELLS, SPARSE_TIMES = 2_000_000, 50
"""So many cells, empty ones before the farthest included, are read of a sheet; a sheet with more
than the second number of them needs one that is filled in so many times as many."""

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The farthest cell that the format knows."""

_REFERENCE = re.compile(r"\$?([A-Za-z]+)\$?(\d+)")
_FILLED = ("v", "is", "f")
_COUNTING = ("xl/sharedstrings.xml", "xl/styles.xml", "xl/workbook.xml")
"""Parts whose numbers of things the reader believes before it has seen them."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A cell of which the reader would give nothing: an error value, or no stored value (None)."""

    row: int
    column: int
    error: str | None

    @property
    def place(self) -> str:
        """The cell as spreadsheets call it.

        >>> Lack(2, 15, "#N/A").place, Lack(9, 703, None).place
        ('O2', 'AAA9')
        """
        letters, rest = "", self.column
        while rest:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(65 + letter) + letters
        return f"{letters}{self.row}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook.

    Attributes
    ----------
    name
        What it is called.
    lacks
        Cells that hold an error value, or a formula without a stored value.
    unreadable
        Why it must not be read, empty if it may.
    """

    name: str
    lacks: tuple[Lack, ...] = ()
    unreadable: str = ""


def scan_workbook(where: Path) -> list[Sheet]:
    """The sheets of an ``.xlsx`` workbook, in their order.

    Raises
    ------
    InputError
        It is no workbook, or larger than can be read.
    """
    try:
        with zipfile.ZipFile(where) as archive:
            check_size(where, archive.infolist())
            _check_entries(where, archive)
            return [_scanned(name, archive.read(part)) for name, part in _parts(archive)]
    except InputError:
        raise
    except Exception as error:  # archive and markup have many kinds
        what = f"is not a workbook ({str(error).rstrip('.')})"
        raise InputError(str(where), what, "Save it as .xlsx.") from None


def _check_entries(where: Path, archive: zipfile.ZipFile) -> None:
    """Refuse what would make the reader see another file, or ask for any amount of memory."""
    names = [plain_name(name).lstrip("/").casefold() for name in archive.namelist()]
    twice = next((name for name, count in Counter(names).items() if count > 1), "")
    if twice:
        raise InputError(str(where), f"holds '{twice}' twice", "Save it as .xlsx.")
    for name, entry in zip(names, archive.namelist(), strict=True):
        if name in _COUNTING:
            content = archive.read(entry)
            most = _largest_count(content)
            if most > len(content):
                what = f"is damaged: '{name}' says that it holds {most:,} things"
                raise InputError(str(where), what, "Save it as .xlsx.")


def _largest_count(content: bytes) -> int:
    """The largest number that a part of a workbook states for what follows."""
    counts = [0]

    def start(_: str, about: Mapping[str, str]) -> None:
        for name, value in about.items():
            if name.rpartition("}")[2] in ("count", "uniqueCount") and value.strip().isdecimal():
                counts.append(int(value.strip()[:18]))

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = start
    parser.Parse(content, True)
    return max(counts)


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name of each sheet, and its entry in the archive."""
    entries = {plain_name(name).lstrip("/").casefold(): name for name in archive.namelist()}
    book = ET.fromstring(archive.read(entries["xl/workbook.xml"]))
    links = ET.fromstring(archive.read(entries["xl/_rels/workbook.xml.rels"]))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        name = sheet.get("name", "")
        at = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        path = posixpath.normpath(posixpath.join("/xl", plain_name(targets.get(at, "")))).lstrip(
            "/"
        )
        if path.casefold() not in entries:
            raise ValueError(f"sheet '{name}' is missing in it")
        yield name, entries[path.casefold()]


def _scanned(name: str, content: bytes) -> Sheet:
    scan = _Scan()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.CharacterDataHandler = scan.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        return Sheet(name, unreadable=f"cannot be read ({error})")
    return Sheet(name, tuple(scan.lacks), scan.too_far())


@dataclass(slots=True)
class _Scan:
    """What is seen of a sheet while its markup is gone through."""

    lacks: list[Lack] = field(default_factory=list)
    filled: int = 0
    last: tuple[int, int] = (1, 1)
    row: int = 0
    column: int = 0
    kind: str = ""
    inside: set[str] = field(default_factory=set)
    words: list[str] | None = None
    value: str = ""

    def start(self, tag: str, about: Mapping[str, str]) -> None:
        word = tag.rpartition("}")[2]
        if word == "row":
            self.row, self.column = _whole(about.get("r"), self.row + 1), 0
        elif word == "c":
            place = _REFERENCE.fullmatch(about.get("r", ""))
            self.column += 1
            if place:
                self.row, self.column = _whole(place[2], 0), column_number(place[1])
            elif about.get("r"):
                raise ValueError(f"'{about['r']}' is no cell")
            self.kind, self.inside, self.value = about.get("t", ""), set(), ""
        elif word in _FILLED:
            self.inside.add(word)
            self.words = [] if word == "v" else None

    def text(self, text: str) -> None:
        if self.words is not None:
            self.words.append(text)

    def end(self, tag: str) -> None:
        word = tag.rpartition("}")[2]
        if word == "v" and self.words is not None:
            self.value, self.words = "".join(self.words), None
        elif word == "c" and self.inside:
            self.filled += 1
            self.last = max(self.last[0], self.row), max(self.last[1], self.column)
            stored = self.value or "is" in self.inside
            if self.kind == "e":
                self.lacks.append(Lack(self.row, self.column, self.value or "an error"))
            elif "f" in self.inside and not stored and not self._is_empty_text():
                self.lacks.append(Lack(self.row, self.column, None))

    def _is_empty_text(self) -> bool:
        """Whether the stored value of a formula is a text without letters."""
        return self.kind == "str" and "v" in self.inside

    def too_far(self) -> str:
        """Why the sheet reaches too far, empty if it does not."""
        rows, columns = self.last
        area = rows * columns
        sparse = area > SPARSE_CELLS and area > SPARSE_TIMES * self.filled
        if rows <= LAST_ROW and columns <= LAST_COLUMN and area <= MOST_CELLS and not sparse:
            return ""
        return f"reaches to row {rows:,} and column {columns:,} with {self.filled:,} cells"


def _whole(text: str | None, other: int) -> int:
    if text is None:
        return other
    if not text.isdecimal() or int(text[:12]) < 1:
        raise ValueError(f"'{text[:40]}' is no row")
    return int(text[:12])


def column_number(letters: str) -> int:
    """Number of a column; one farther than any for letters that are too many.

    >>> column_number("A"), column_number("XFD"), column_number("ZZZZ")
    (1, 16384, 16385)
    """
    if len(letters) > 3:
        return LAST_COLUMN + 1
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number
