"""Looking through the sheets of a workbook before they are read: their size, and what they lack.

The reader of workbooks gives an empty cell where a sheet holds an error value such as ``#DIV/0!``,
or a formula whose value was never worked out, and it makes room for all cells up to the farthest.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from lajvard.corridor.formats.unzip import check_size, plain_name
from lajvard.errors import InputError, Problem

MOST_CELLS = 50_000_000
"""So many cells, empty ones before the farthest included, are read of a sheet."""

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["'](\d{1,7})["']""")
_ERROR = re.compile(rb"""\bt=["']e["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)\b[^>]*>([^<]+)")
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name and what cannot be read of it."""

    name: str
    problems: tuple[Problem, ...]


def scan_workbook(where: Path) -> list[Sheet]:
    """The sheets of an ``.xlsx`` workbook, in their order.

    Raises
    ------
    InputError
        It is no workbook, or one of its sheets reaches farther than can be read.
    """
    try:
        with zipfile.ZipFile(where) as archive:
            check_size(where, archive.infolist())
            return [
                Sheet(name, tuple(_problems(where, name, archive.read(part))))
                for name, part in _parts(archive)
            ]
    except InputError:
        raise
    except Exception as error:  # archive and markup have many kinds
        what = f"is not a workbook ({str(error).rstrip('.')})"
        raise InputError(str(where), what, "Save it as .xlsx.") from None


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name of each sheet, and its entry in the archive."""
    entries = {plain_name(name).lstrip("/").casefold(): name for name in archive.namelist()}
    book = ET.fromstring(archive.read(entries["xl/workbook.xml"]))
    links = ET.fromstring(archive.read(entries["xl/_rels/workbook.xml.rels"]))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            target = targets.get(sheet.get(f"{_RELATIONS}id"), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path.casefold() in entries:
                yield sheet.get("name", ""), entries[path.casefold()]


def _problems(where: Path, name: str, content: bytes) -> Iterator[Problem]:
    """Error values, and formulas without a stored value, of a sheet whose size is right."""
    references = _REFERENCE.findall(content)
    columns = max(
        (_column(letters) for letters in {letters for letters, _ in references}), default=1
    )
    rows = max((int(row) for row in _ROW.findall(content)), default=1)
    rows = max(rows, max((int(row) for _, row in references), default=1))
    if rows * columns > MOST_CELLS:
        what = f"sheet '{name}' reaches to row {rows:,} and column {columns:,} with "
        what += f"{len(references):,} cells"
        remedy = "Delete the rows and columns beyond the table, then save it again."
        raise InputError(str(where), what, remedy)
    if not _ERROR.search(content) and not _FORMULA.search(content):
        return
    for about, inside in _CELL.findall(content):
        place = _REFERENCE.search(about)
        at = f"{place[1].decode()}{place[2].decode()}" if place else ""
        row = int(place[2]) if place else None
        value = _VALUE.search(inside)
        if _ERROR.search(about):
            found = value[1].decode("utf-8", "replace") if value else "an error"
            message, remedy = "holds an error value:", "Correct the formula, or write the value."
            yield Problem("error", f"sheet {name}", row, at, found, message, remedy)
        elif _FORMULA.search(inside) and value is None and b't="str"' not in about:
            message = "holds a formula whose value was not stored"
            remedy = "Open it in a spreadsheet and save it, or write the value."
            yield Problem("error", f"sheet {name}", row, at, None, message, remedy)


def _column(letters: bytes) -> int:
    """Number of a column.

    >>> _column(b"A"), _column(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
