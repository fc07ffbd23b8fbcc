import datetime as dt
from pathlib import Path

from python_calamine import CalamineWorkbook

from lajvard.report.workbook import write_workbook
from lajvard.tables import Marked, ResultTable, headed

SHEET = ResultTable(
    "times",
    "Times",
    (headed("place"), headed("", css="bar"), headed("time", "h", 1), headed("part", share=True)),
    (("=1+1", Marked("", "bar"), 1234.56, 0.25), (Marked("B", "way", "x"), "", None, 1.0)),
    note="A note.",
    groups=((0, "first"), (1, "second")),
)


def test_write_workbook__writes_numbers_as_numbers_and_text_as_text(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    write_workbook([SHEET, ResultTable("empty", "", (), ())], file, title="T")
    book = CalamineWorkbook.from_path(str(file))
    assert book.sheet_names == ["times"]
    rows = book.get_sheet_by_name("times").to_python()
    assert rows[0] == ["group", "place", "time (h)", "part (share)"]
    assert rows[1] == ["first", "=1+1", 1234.56, 0.25]
    assert rows[2] == ["second", "B", "", 1.0]
    assert rows[4][0] == "A note."


def test_write_workbook__is_the_same_file_for_the_same_report(tmp_path: Path) -> None:
    day = dt.date(2025, 6, 1)
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook([SHEET], tmp_path / name, title="T", day=day)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
