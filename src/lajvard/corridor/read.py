"""Reading a corridor: a folder or zip of CSV tables, or a workbook with one sheet a table."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.formats.sheets import Sheet, scan_workbook
from lajvard.corridor.formats.unzip import unzipped
from lajvard.corridor.table import Layout, Table
from lajvard.errors import InputError, Problem, did_you_mean, guarded_reading
from lajvard.schema import TABLES

PACKAGE_FILE = "datapackage.json"
UNFINISHED = ".unfinished"
"""A file in a folder that is being written: the command that was killed may write it again."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MANY = 20
_SMALLER = "Delete the rows and columns beyond the table, then save it again."
_DEEPEST = 3
_MOST_FOLDERS = 100
"""So many folders deep, and in so many at once, a corridor is looked for."""

_CLOSE = 0.8
"""How alike the name of a file and that of a table are when the table was meant."""

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
        if (where / UNFINISHED).is_file():
            remedy = "Give the command that wrote it once more: it goes on."
            raise InputError(str(path), "was not written to its end", remedy)
        return _corridor_of_files(where, _in_folder(where))
    if not where.exists():
        raise InputError(str(path), "no such folder or file", "Try `lajvard new` for a start.")
    if where.suffix.lower() == ".zip":
        return _corridor_of_files(where, _unzipped(where))
    if where.suffix.lower() == ".xlsx":
        return _corridor_of_workbook(where)
    raise InputError(str(path), "is no corridor", "Give a folder, a .zip or an .xlsx workbook.")


def _wanted(name: str) -> bool:
    """Whether a path names a table or the descriptor; what programs hide beside them is none."""
    file = Path(name)
    hidden = any(
        part.startswith((".", "__", "~$")) for part in file.parts if part not in ("..", ".")
    )
    return not hidden and (file.suffix.lower() == ".csv" or file.name == PACKAGE_FILE)


def _in_folder(where: Path) -> dict[str, bytes]:
    """The files of a folder, or of the folder in it where it has none, as archives unpack."""
    inside: list[Path] = []
    folders = [where]
    for _ in range(_DEEPEST):
        every = sorted(path for folder in folders for path in _entries(folder))
        inside = [path for path in every if path.is_file() and _wanted(path.name)]
        folders = [path for path in every if path.is_dir() and not path.is_symlink()]
        folders = [path for path in folders if not path.name.startswith((".", "__"))]
        if inside or not folders or len(folders) > _MOST_FOLDERS:
            break
    names = [path.relative_to(where).as_posix() for path in inside]
    return {Path(name).name: (where / name).read_bytes() for name in _of_one_folder(where, names)}


def _entries(folder: Path) -> list[Path]:
    with guarded_reading(str(folder), "cannot be read"):
        return list(folder.iterdir())


def _unzipped(where: Path) -> dict[str, bytes]:
    entries = unzipped(where, _wanted)
    names = _of_one_folder(where, [name for name, _ in entries])
    return {Path(name).name: content for name, content in entries if name in set(names)}


def _of_one_folder(where: Path, names: Sequence[str]) -> list[str]:
    """Of the paths of files those nearest to the top; what lies deeper is another thing."""
    depth = min((name.count("/") for name in names), default=0)
    nearest = [name for name in names if name.count("/") == depth]
    files = [Path(name).name for name in nearest]
    for name in files:
        if files.count(name) > 1:
            raise InputError(str(where), f"holds '{name}' twice", "Give one corridor only.")
    folders = sorted({name.rpartition("/")[0] for name in nearest})
    if len(folders) > 1:
        what = f"holds tables in several folders: {', '.join(folders[:3])}"
        raise InputError(str(where), what, "Give one corridor only.")
    return nearest


def _corridor_of_files(where: Path, files: Mapping[str, bytes]) -> Corridor:
    found = _Found()
    about = _about(files.get(PACKAGE_FILE), found.problems)
    for file, content in files.items():
        if file == PACKAGE_FILE:
            continue
        name = Path(file).stem.lower()
        if name not in TABLES:
            found.unknown(file, Path(file).stem, _header(content))
        elif name in found.tables:
            message = "a second file of one table"
            found.problems.append(Problem("error", file, None, None, None, message, "Keep one."))
        else:
            grid = _grid(file, name, content, found.problems)
            if grid is not None:
                table = _table(file, name, grid, found)
                found.tables[name] = table.as_read_from(content)
    return _corridor(where, found, about, files.get(PACKAGE_FILE, b""))


def _corridor_of_workbook(where: Path) -> Corridor:
    from python_calamine import CalamineWorkbook

    sheets = scan_workbook(where)
    with guarded_reading(str(where), "is not a workbook", "Save it as .xlsx."):
        book = CalamineWorkbook.from_path(str(where))
    found = _Found()
    about: dict[str, str] = {}
    for sheet in sheets:
        name, label = sheet.name.strip().lower(), f"sheet {sheet.name}"
        is_known = name in TABLES or name == "corridor"
        lines, why = _sheet_lines(book, sheet)
        lacks = [*_lacks(label, sheet, lines[0] if lines else [])] if is_known else []
        found.problems += lacks
        if not is_known:
            found.unknown(label, sheet.name, lines[0] if lines else [])
        elif why:
            if sheet.unreadable or not lacks:  # the reader may give up on an error value
                remedy = _SMALLER if why.startswith("reaches") else "Save it again."
                found.problems.append(Problem("error", label, None, None, None, why, remedy))
        elif name == "corridor":
            about = {line[0]: line[1] for line in lines if len(line) > 1}
        elif name in found.tables:
            message = "a second sheet of one table"
            found.problems.append(Problem("error", label, None, None, None, message, "Keep one."))
        else:
            found.tables[name] = _table(label, name, _Grid(lines, Layout(sheet=True)), found)
    return _corridor(where, found, about)


def _sheet_lines(book: Any, sheet: Sheet) -> tuple[list[list[str]], str]:
    """The cells of a sheet as text, or why it is not read."""
    if sheet.unreadable:
        return [], sheet.unreadable
    try:
        with guarded_reading(sheet.name, "cannot be read"):
            cells = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            return [[_cell_text(cell) for cell in line] for line in cells], ""
    except InputError as error:
        return [], error.what


def _lacks(label: str, sheet: Sheet, header: Sequence[str]) -> Iterator[Problem]:
    """Cells of the table whose value is not there; those right of its last column are beside it."""
    last = 1 + max((at for at, cell in enumerate(header) if cell), default=-1)
    lacks = [lack for lack in sheet.lacks if lack.column <= last or not header or lack.row == 1]
    for lack in lacks[:_MANY]:
        named = header[lack.column - 1] if lack.column <= last else ""
        column = f"{named} (cell {lack.place})" if named else lack.place
        message, remedy = "holds an error value:", "Correct the formula, or write the value."
        if lack.error is None:
            message = "holds a formula whose value was not stored"
            remedy = "Open it in a spreadsheet and save it, or write the value."
        yield Problem("error", label, lack.row, column, lack.error, message, remedy)
    if len(lacks) > _MANY:
        message = f"{len(lacks) - _MANY} more cells whose value is not there"
        yield Problem("error", label, None, None, None, message)


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


def _header(content: bytes) -> list[str]:
    """The cells of the first line of a file, as far as it has such."""
    line = content[:65536].decode("utf-8-sig", "replace").partition("\n")[0].strip()
    return max((line.split(delimiter) for delimiter in DELIMITERS), key=len)


def _has_columns_of(table: str, header: Sequence[str]) -> bool:
    known = TABLES[table].columns.values()
    needed = {column.name for column in known if column.need != "optional"}
    needed -= {"status", "basis", "source_id"}
    there = needed & {cell.strip().strip('"') for cell in header}
    return TABLES[table].key[0] in there and 2 * len(there) > len(needed)


@dataclass
class _Found:
    """What was found in the files or sheets of a corridor."""

    tables: dict[str, Table] = field(default_factory=dict)
    passed_over: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    strangers: list[tuple[str, str, Sequence[str]]] = field(default_factory=list)

    def unknown(self, file: str, name: str, header: Sequence[str]) -> None:
        """A name that is no table, to be judged when all tables are there."""
        self.strangers.append((file, name, header))

    def judge(self) -> None:
        """What was meant as a table is a problem, other things and copies of tables are not."""
        for file, name, header in self.strangers:
            self._judge(file, name, header)

    def _judge(self, file: str, name: str, header: Sequence[str]) -> None:
        meant = next((table for table in TABLES if _has_columns_of(table, header)), "")
        close = get_close_matches(name.lower(), [*TABLES], n=1, cutoff=_CLOSE)
        remedy = f"Did you mean '{close[0]}'?" if close else ""
        remedy = f"It has the columns of '{meant}': call it that." if meant else remedy
        if meant in self.tables and not close:
            what = f"is beside the table '{meant}' and"
            self.passed_over.append(_passed_over(file, None, None, what))
            return
        if name in _OF_GMNS:
            remedy = "If this is a GMNS data set: lajvard new PATH --gmns FOLDER."
        if remedy:
            self.problems.append(Problem("error", file, None, None, name, "unknown table", remedy))
        else:
            self.passed_over.append(_passed_over(file, None, None, "is no table and"))


def _about(content: bytes | None, problems: list[Problem]) -> dict[str, str]:
    if content is None:
        return {}
    try:
        about = json.loads(content)
        if not isinstance(about, dict):
            raise TypeError("it holds no names and values")
        json.dumps(about, ensure_ascii=False).encode()  # half letters cannot be written again
        return {key: str(about[key]) for key in ("name", "title", "description") if key in about}
    except (ValueError, TypeError, RecursionError) as error:
        is_deep = isinstance(error, RecursionError)
        message = f"is not JSON ({'brackets in brackets without end' if is_deep else error})"
        problems.append(Problem("error", PACKAGE_FILE, None, None, None, message))
        return {}


def _corridor(
    where: Path, found: _Found, about: Mapping[str, str], package: bytes = b""
) -> Corridor:
    found.judge()
    if found.problems:
        raise InputError.of(str(where), found.problems)
    if not found.tables:
        remedy = f"A corridor has {', '.join(list(TABLES)[:2])} and more."
        beside = ", ".join(problem.table for problem in found.passed_over)
        what = f"holds no table, but {beside}" if beside else "holds no table"
        raise InputError(str(where), what, remedy)
    return Corridor.of(
        found.tables,
        name=about.get("name", where.stem),
        title=about.get("title", ""),
        description=about.get("description", ""),
        package=package,
        passed_over=found.passed_over,
    )


_Line = tuple[int, list[str]]
"""A row of a file: its number and its cells."""


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


def _table(file: str, name: str, grid: _Grid, found: _Found) -> Table:
    header, lines = _named_columns(file, grid.lines, found)
    problems = [*_header_problems(file, name, header), *_ragged(file, header, lines)]
    found.problems += problems
    if problems:
        return Table.empty(name)
    columns = zip(*(line for _, line in lines), strict=True) if lines else ([] for _ in header)
    cells = {column: list(cells) for column, cells in zip(header, columns, strict=True)}
    rows = np.array([row for row, _ in lines], dtype=np.int64)
    return Table(name, MappingProxyType(cells), rows, grid.layout)


def _named_columns(
    file: str, grid: list[list[str]], found: _Found
) -> tuple[list[str], list[_Line]]:
    """Header and full rows, without columns that have no name.

    Spreadsheets write columns that somebody has emptied, at every line or at some. What stands
    right of the last name is a remark beside the table; a column between others needs its name.
    """
    header, lines = grid[0] if grid else [], list(_full_lines(grid))
    if all(header) and all(len(line) == len(header) for _, line in lines):
        return header, lines
    last = 1 + max((at for at, cell in enumerate(header) if cell), default=-1)
    nameless = [at for at in range(last) if not header[at]]
    for at in nameless:
        for row, line in lines:
            if at < len(line) and line[at]:
                remedy = "Name it in the first row, or delete what stands there."
                what = f"column {at + 1} has no name and holds"
                found.problems.append(Problem("error", file, row, None, line[at], what, remedy))
                break
    kept = [at for at in range(last) if at not in nameless]
    rows = []
    for row, line in lines:
        beside = [cell for cell in line[last:] if cell]
        if beside and len(header) > last:
            found.passed_over.append(
                _passed_over(file, row, beside[0], "a remark beside the table")
            )
        if beside and len(header) == last:
            rows.append((row, line))  # a comma too many
        elif any(line[:last]):
            rows.append((row, [line[at] for at in kept if at < len(line)]))
    return [header[at] for at in kept], rows


def _passed_over(file: str, row: int | None, value: str | None, what: str) -> Problem:
    remedy = "It is not kept when the corridor is written."
    return Problem("warning", file, row, None, value, f"{what} was passed over", remedy)


def _full_lines(lines: Sequence[list[str]]) -> Iterator[_Line]:
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


def _ragged(file: str, header: Sequence[str], lines: Sequence[_Line]) -> Iterator[Problem]:
    wrong = [(row, len(line)) for row, line in lines if len(line) != len(header)]
    for row, count in wrong[:_MANY]:
        message = f"{count} cells where the header has {len(header)}"
        remedy = "Put text that holds a comma between quotation marks."
        yield Problem("error", file, row, None, None, message, remedy)
    if len(wrong) > _MANY:
        message = f"{len(wrong) - _MANY} more rows do not have {len(header)} cells"
        yield Problem("error", file, None, None, None, message)
