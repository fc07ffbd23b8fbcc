"""The tables of the report as an Excel workbook."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from lajvard.report.figure import LAJVARD
from lajvard.tables import Cell, Marked, ResultColumn, ResultTable, value_of

_FONT = {"font_name": "Calibri", "font_size": 10, "valign": "top"}


def write_workbook(
    tables: Sequence[ResultTable], path: Path, *, title: str, day: dt.date | None = None
) -> None:
    """Write tables to an XLSX file: header row frozen, numbers as numbers, filters on.

    Parameters
    ----------
    tables
        One becomes one worksheet; empty ones are left out.
    path
        The file.
    title
        Title in the properties of the file.
    day
        Written as the day of creation, so that the same report is the same file.
    """
    created = dt.datetime.combine(day or dt.date(2020, 1, 1), dt.time())
    options = {
        **dict.fromkeys(("strings_to_formulas", "strings_to_urls"), False),
        **dict.fromkeys(("nan_inf_to_errors", "in_memory"), True),  # no files beside the workbook
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": title, "created": created})
        formats = _Formats(book)
        for table in tables:
            if table:
                _write(book.add_worksheet(table.name[:31]), table.flat(), formats)


class _Formats:
    """Cell formats of one workbook, made when first asked for."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}
        self.header = book.add_format(
            {**_FONT, "bold": True, "font_color": "white", "bg_color": LAJVARD, "text_wrap": True}
        )
        self.note = book.add_format({**_FONT, "italic": True, "font_color": "#5d6679"})
        self.link = book.add_format({**_FONT, "font_color": LAJVARD, "underline": 1})

    def of(self, column: ResultColumn) -> Format:
        """Format of the cells of a column."""
        code = _number_format(column)
        if code not in self._made:
            extra = {"num_format": code} if code else {"text_wrap": column.width >= 40}
            self._made[code] = self._book.add_format({**_FONT, **extra})
        return self._made[code]


def _number_format(column: ResultColumn) -> str:
    """Excel's code for the numbers of a column; text that wraps or not is told by its width.

    >>> from lajvard.tables import headed
    >>> _number_format(headed("time", "days", 1)), _number_format(headed("s", share=True))
    ('#,##0.0', '0%')
    """
    if column.share:
        return "0%"
    if column.digits is None:
        return "@" if column.width >= 40 else ""
    return "#,##0" + ("." + "0" * column.digits if column.digits > 0 else "")


def _write(page: Worksheet, table: ResultTable, formats: _Formats) -> None:
    for place, column in enumerate(table.columns):
        unit = "share" if column.share and not column.unit else column.unit
        heading = f"{column.title} ({unit})" if unit else column.title
        page.write_string(0, place, heading, formats.header)
        page.set_column(place, place, max(column.width, 8), formats.of(column))
    for number, cells in enumerate(table.cells, start=1):
        for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
            _write_cell(page, number, place, cell, formats.of(column), formats.link)
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, len(table), len(table.columns) - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    if table.note:
        page.write_string(len(table) + 2, 0, table.note, formats.note)


def _write_cell(
    page: Worksheet, row: int, place: int, cell: Cell, style: Format, link: Format
) -> None:
    value = value_of(cell)
    if value is None or value == "":
        return
    if isinstance(value, str):
        href = cell.href if isinstance(cell, Marked) else ""
        if href and len(href) < 2000:
            page.write_url(row, place, href, link, value)
        else:
            page.write_string(row, place, value, style)
    else:
        page.write_number(row, place, float(value), style)
