"""Reading a corridor: a folder or zip of CSV tables, or a workbook with one sheet a table."""

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.table import Layout, Table
from lajvard.errors import InputError, Problem, did_you_mean
from lajvard.schema import TABLES

PACKAGE_FILE = "datapackage.json"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MANY = 20
_OF_GMNS = ("config", "geometry", "use_definition", "use_group", "lane", "segment", "movement")
DELIMITERS = ",;\t"
"""What may stand between the cells of a file, the usual one first."""


def read_corridor(path: str | PathLike[str]) -> Corridor:
    """Read a corridor from a folder, a ``.zip`` of a folder, or an ``.xlsx`` workbook.

    A folder holds ``<table>.csv`` for each table that the corridor has, and may hold
    ``datapackage.json`` with its name, title and description. A workbook has one sheet a table.
    What the cells hold is not judged here: see `check_corridor`.

    Raises
    ------
    InputError
        There is no corridor at `path`, or a file is not a table; all problems of all files
        are reported together.
    """
    where = Path(path)
    if where.is_dir():
        files = {file.name: file.read_bytes() for file in sorted(where.iterdir()) if _wanted(file)}
        return _corridor_of_files(where, files)
    if not where.exists():
        raise InputError(str(path), "no such folder or file", "Try `lajvard new` for a start.")
    if where.suffix.lower() == ".zip":
        return _corridor_of_files(where, _unzipped(where))
    if where.suffix.lower() == ".xlsx":
        return _corridor_of_workbook(where)
    raise InputError(str(path), "is no corridor", "Give a folder, a .zip or an .xlsx workbook.")


def _wanted(file: Path) -> bool:
    return file.is_file() and (file.suffix.lower() == ".csv" or file.name == PACKAGE_FILE)


def _unzipped(where: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(where) as archive:
            names = [name for name in archive.namelist() if _wanted_name(name)]
            found = {Path(name).name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        raise InputError(str(where), "is not a zip archive", "Zip the folder again.") from None
    if len(found) < len(names):
        files = [Path(name).name for name in names]
        twice = next(file for file in files if files.count(file) > 1)
        raise InputError(str(where), f"holds '{twice}' twice", "Zip one corridor only.")
    return found


def _wanted_name(name: str) -> bool:
    file = Path(name)
    hidden = any(part.startswith((".", "__")) for part in file.parts)
    return not hidden and (file.suffix.lower() == ".csv" or file.name == PACKAGE_FILE)


def _corridor_of_files(where: Path, files: Mapping[str, bytes]) -> Corridor:
    problems: list[Problem] = []
    about = _about(files.get(PACKAGE_FILE), problems)
    tables: dict[str, Table] = {}
    for file, content in files.items():
        if file == PACKAGE_FILE:
            continue
        name = Path(file).stem
        if name not in TABLES:
            problems.append(_unknown_table(file, name))
            continue
        grid = _grid(file, name, content, problems)
        if grid is not None:
            tables[name] = _table(file, name, grid, problems).as_read_from(content)
    return _corridor(where, tables, about, problems, files.get(PACKAGE_FILE, b""))


def _corridor_of_workbook(where: Path) -> Corridor:
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(where))
    except Exception as error:  # the reader has many kinds
        raise InputError(str(where), f"is not a workbook: {error}", "Save it as .xlsx.") from None
    problems: list[Problem] = []
    tables: dict[str, Table] = {}
    about: dict[str, str] = {}
    for sheet in book.sheet_names:
        cells = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        lines = [[_cell_text(cell) for cell in line] for line in cells]
        if sheet == "corridor":
            about = {line[0]: line[1] for line in lines if len(line) > 1}
        elif sheet in TABLES:
            tables[sheet] = _table(f"sheet {sheet}", sheet, _Grid(lines, Layout()), problems)
        else:
            problems.append(_unknown_table(f"sheet {sheet}", sheet))
    return _corridor(where, tables, about, problems)


def _cell_text(cell: Any) -> str:
    """A workbook's cell as a table's text: whole numbers without point, dates as ISO 8601.

    >>> _cell_text(dt.date(2020, 12, 21)), _cell_text(dt.time(8)), _cell_text(dt.timedelta(1))
    ('2020-12-21', '08:00', '24:00')
    """
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(cell, dt.time):
        return cell.isoformat("minutes")
    if isinstance(cell, dt.date):
        return cell.isoformat().removesuffix("T00:00:00")
    return str(cell)


def _unknown_table(file: str, name: str) -> Problem:
    remedy = did_you_mean(name, [*TABLES]) or f"Tables are: {', '.join(TABLES)}."
    if name in _OF_GMNS:
        remedy = "If this is a GMNS data set, read it with lajvard.corridor.formats.gmns.read_gmns."
    return Problem("error", file, None, None, name, "unknown table", remedy)


def _about(content: bytes | None, problems: list[Problem]) -> dict[str, str]:
    if content is None:
        return {}
    try:
        about = json.loads(content)
        if not isinstance(about, dict):
            raise TypeError("it holds no names and values")
        return {key: str(about[key]) for key in ("name", "title", "description") if key in about}
    except (ValueError, TypeError) as error:
        message = f"is not JSON ({error})"
        problems.append(Problem("error", PACKAGE_FILE, None, None, None, message))
        return {}


def _corridor(
    where: Path,
    tables: Mapping[str, Table],
    about: Mapping[str, str],
    problems: Sequence[Problem],
    package: bytes = b"",
) -> Corridor:
    if problems:
        raise InputError.of(str(where), problems)
    if not tables:
        raise InputError(
            str(where), "holds no table", f"A corridor has {', '.join(list(TABLES)[:2])} and more."
        )
    return Corridor.of(
        tables,
        name=about.get("name", where.stem),
        title=about.get("title", ""),
        description=about.get("description", ""),
        package=package,
    )


@dataclass(frozen=True)
class _Grid:
    lines: list[list[str]]
    layout: Layout


def _grid(file: str, name: str, content: bytes, problems: list[Problem]) -> _Grid | None:
    marked = content.startswith(_BYTE_ORDER_MARK)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = Problem(
            "error", file, line, None, None, "is not UTF-8", "Save the file as CSV UTF-8."
        )
        problems.append(problem)
        return None
    layout = Layout(
        newline="\r\n" if "\r\n" in text[: text.find("\n") + 1] else "\n",
        byte_order_mark=marked,
        delimiter=_delimiter(name, text),
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter, strict=True)
    try:
        return _Grid(list(reader), layout)
    except csv.Error as error:
        remedy = "Look for an unpaired quotation mark."
        problems.append(Problem("error", file, reader.line_num, None, None, str(error), remedy))
        return None


def _delimiter(name: str, text: str) -> str:
    """The delimiter by which the header names most columns of the table, a comma if none does."""

    def known(delimiter: str) -> int:
        try:
            header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        except csv.Error:
            return 0
        return len(set(header) & set(TABLES[name].columns))

    return max(DELIMITERS, key=known)


def _table(file: str, name: str, grid: _Grid, problems: list[Problem]) -> Table:
    header = grid.lines[0] if grid.lines else []
    lines = list(_full_lines(grid.lines))
    found = list(chain(_header_problems(file, name, header), _ragged(file, header, lines)))
    problems.extend(found)
    if found:
        return Table.empty(name)
    columns = zip(*(line for _, line in lines), strict=True) if lines else ([] for _ in header)
    cells = {column: list(cells) for column, cells in zip(header, columns, strict=True)}
    rows = np.array([row for row, _ in lines], dtype=np.int64)
    return Table(name, MappingProxyType(cells), rows, grid.layout)


def _full_lines(lines: Sequence[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers, without those in which every cell is empty."""
    for row, line in enumerate(lines[1:], start=2):
        if any(line):
            yield row, line


def _header_problems(file: str, name: str, header: Sequence[str]) -> Iterator[Problem]:
    known = TABLES[name].columns
    if not any(header):
        remedy = "Its first row names the columns; delete the file if there is nothing to say."
        yield Problem("error", file, None, None, None, "is empty", remedy)
        return
    for column in known.values():
        if column.need != "optional" and column.name not in header:
            others = [other for other in header if other not in known]
            remedy = did_you_mean(column.name, others) or f"Add it: {column.meaning}."
            yield Problem("error", file, 1, None, column.name, "no column", remedy)
    for column_name in sorted({other for other in header if header.count(other) > 1}):
        remedy = "Keep one of them."
        yield Problem("error", file, 1, None, column_name, "column named twice", remedy)


def _ragged(
    file: str, header: Sequence[str], lines: Sequence[tuple[int, list[str]]]
) -> Iterator[Problem]:
    wrong = [(row, len(line)) for row, line in lines if len(line) != len(header)]
    for row, count in wrong[:_MANY]:
        message = f"{count} cells where the header has {len(header)}"
        remedy = "Put text that holds a comma between quotation marks."
        yield Problem("error", file, row, None, None, message, remedy)
    if len(wrong) > _MANY:
        message = f"{len(wrong) - _MANY} more rows do not have {len(header)} cells"
        yield Problem("error", file, None, None, None, message)
