"""Writing a corridor as a workbook: one sheet a table, to be read and edited in a spreadsheet."""

from datetime import UTC, datetime
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.table import Table
from lajvard.corridor.write import write_atomically
from lajvard.errors import InputError, require_extra
from lajvard.schema import Column

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MAX_ROWS = 1_048_576
MAX_CELL = 32_767
"""What the format holds: rows of a sheet with the header, and characters of a cell."""

_WIDEST = 48
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Date in the file's properties: one description always gives the same bytes."""


def write_workbook(corridor: Corridor, path: str | PathLike[str]) -> Path:
    """Write `corridor` to an ``.xlsx`` workbook that `read_corridor` reads back cell by cell.

    The first sheet holds name, title and description and a list of the tables; then comes one
    sheet a table, empty tables too, with a frozen header whose comments give unit and meaning.

    Returns
    -------
    Path
        The workbook.

    Raises
    ------
    InputError
        A table has more rows, or a cell more characters, than a workbook can hold.

    Notes
    -----
    A cell of a number column is written as a number only if the number reads back as the very
    same text (``1.5``, not ``1.50``); all else is written as text, dates too, because they may
    lack month and day. Text that starts with ``=`` stays text and no address becomes a link.
    The file is the same to the byte for the same description.
    """
    where = Path(path)
    require_extra("report", str(path), ["xlsxwriter"])
    for table in corridor:
        _check_size(table)
    write_atomically(where, lambda part: _write(corridor, part))
    return where


def _check_size(table: Table) -> None:
    if len(table) >= MAX_ROWS:
        raise InputError(
            f"table '{table.name}'",
            f"{len(table):,} rows do not fit in a workbook, which holds {MAX_ROWS - 1:,}",
            "Write a folder of CSV tables instead.",
        )
    for column, cells in table.cells.items():
        longest = max(map(len, cells), default=0)
        if longest > MAX_CELL:
            raise InputError(
                f"table '{table.name}', {column}",
                f"a cell of {longest:,} characters does not fit in a workbook",
                f"Shorten it to {MAX_CELL:,}, or write a folder of CSV tables instead.",
            )


def _write(corridor: Corridor, file: Path) -> None:
    import xlsxwriter

    options = {
        **dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False),
        "in_memory": True,  # no files in the folder for temporary ones
    }
    with xlsxwriter.Workbook(str(file), options) as book:
        book.set_properties({"title": corridor.title, "created": _MADE})
        head = book.add_format({"bold": True, "bottom": 1})
        _write_about(book, corridor, head)
        for table in corridor:
            _write_table(book.add_worksheet(table.name), table, head)


def _write_about(book: "Workbook", corridor: Corridor, head: "Format") -> None:
    sheet = book.add_worksheet("corridor")
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    for row, word in enumerate(("name", "title", "description")):
        sheet.write_string(row, 0, word, head)
        sheet.write_string(row, 1, getattr(corridor, word), wrapped)
    sheet.write_row(4, 0, ("table", "a row is", "rows"), head)
    for row, table in enumerate(corridor, start=5):
        sheet.write_url(row, 0, f"internal:'{table.name}'!A1", string=table.name)
        sheet.write_string(row, 1, table.schema.meaning)
        sheet.write_number(row, 2, len(table))


def _write_table(sheet: "Worksheet", table: Table, head: "Format") -> None:
    known = table.schema.columns
    for at, (name, cells) in enumerate(table.cells.items()):
        column = known.get(name)
        sheet.write_string(0, at, name, head)
        if column is not None:
            sheet.write_comment(0, at, _comment(column), {"x_scale": 2, "author": "Lajvard"})
            _offer_choices(sheet, at, column, len(cells))
        as_number = column is not None and column.type in ("number", "integer")
        for row, cell in enumerate(cells, start=1):
            if as_number and is_plain_number(cell):
                sheet.write_number(row, at, float(cell))
            elif cell:
                sheet.write_string(row, at, cell)
        longest = max(map(len, [name, *cells[:2000]]))
        sheet.set_column(at, at, min(longest, _WIDEST) + 2)
    last = max(len(table), 1), max(len(table.columns) - 1, 0)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, *last)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def is_plain_number(cell: str) -> bool:
    """Whether a number in a workbook would read back as the text of `cell`.

    >>> [is_plain_number(cell) for cell in ("1.5", "1.50", "12", "1e3", "0.1", "01", "", "many")]
    [True, False, True, False, True, False, False, False]
    """
    try:
        value = float(cell)
    except ValueError:
        return False
    if not isfinite(value) or float(f"{value:.16G}") != value:  # the digits that the file holds
        return False
    whole = value.is_integer() and abs(value) < 1e15
    return cell == (str(int(value)) if whole else repr(value))


def _comment(column: Column) -> str:
    lines = [f"{column.meaning[:1].upper()}{column.meaning[1:]}.", f"Holds {column.expected}."]
    if column.need != "optional":
        lines.append("Needed in every row.")
    if column.default:
        lines.append(f"Empty means {column.default}.")
    if column.refers_to:
        lines.append("Refers to {}, {}.".format(*column.refers_to))
    return "\n".join(lines)


def _offer_choices(sheet: "Worksheet", at: int, column: Column, n_rows: int) -> None:
    """A list to choose from in the rows there are and the next thousand."""
    choices = ("yes", "no") if column.type == "flag" else column.allowed
    if column.type == "list" or not choices or len(",".join(choices)) > 255:
        return
    rule: dict[str, Any] = {
        "validate": "list",
        "source": list(choices),
        "error_type": "warning",
        "error_message": f"{column.name} holds {column.expected}."[:255],
    }
    sheet.data_validation(1, at, min(n_rows + 1000, MAX_ROWS - 1), at, rule)
