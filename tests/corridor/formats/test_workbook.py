import datetime as dt
import zipfile
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.formats.workbook import is_plain_number, write_workbook
from lajvard.corridor.read import read_corridor
from lajvard.corridor.table import Table
from lajvard.corridor.write import write_corridor
from lajvard.errors import InputError
from lajvard.schema import TABLES

CELLS = [
    "=1+1",
    "+1",
    "@x",
    "'quoted'",
    "http://example.org/a?b=c",
    "mailto:a@example.org",
    "two\nlines",
    "  spaces  ",
    "لاجورد",
    "_x0041_",
    "2020-09",
    "1e5",
]


def corridor_of(notes: list[str], x: list[str] | None = None) -> Corridor:
    count = len(notes)
    node = Table.of(
        "node",
        {
            "node_id": [f"N{ix}" for ix in range(count)],
            "name": ["=SUM(A1)"] * count,
            "country": ["AF"] * count,
            "x_coord": x or ["62.2"] * count,
            "y_coord": ["34.30"] * count,
            "node_type": ["city"] * count,
            "status": ["operating"] * count,
            "basis": ["estimate"] * count,
            "source_id": ["S1"] * count,
            "note": notes,
            "own column": ["007"] * count,
        },
    )
    return Corridor.of({"node": node}, name="small", title="Small", description="a\nb")


def test_write_workbook__reads_back_every_cell(tmp_path: Path) -> None:
    before = corridor_of(CELLS)
    after = read_corridor(write_workbook(before, tmp_path / "c.xlsx"))
    assert (after.name, after.title, after.description) == ("small", "Small", "a\nb")
    assert dict(after["node"].cells) == {name: list(c) for name, c in before["node"].cells.items()}
    assert [table.name for table in after] == list(TABLES)
    assert all(tuple(after[table].columns) == tuple(before[table].columns) for table in TABLES)


@settings(max_examples=10)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False).map(repr), min_size=20))
def test_write_workbook__keeps_the_text_of_numbers(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[str]
) -> None:
    numbers += [f"{float(number):.3f}" for number in numbers] + ["1", "-0", "1000000000000000000"]
    file = tmp_path_factory.mktemp("book") / "c.xlsx"
    write_corridor(corridor_of(["n"] * len(numbers), numbers), file)
    assert read_corridor(file)["node"].text("x_coord") == numbers


def test_write_workbook__writes_numbers_as_numbers_and_formulas_as_text(tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    file = write_workbook(corridor_of(["=1+1"]), tmp_path / "c.xlsx")
    book = CalamineWorkbook.from_path(str(file))
    assert book.sheet_names == ["corridor", *TABLES]
    row = book.get_sheet_by_name("node").to_python()[1]
    assert row[:5] == ["N0", "=SUM(A1)", "AF", 62.2, "34.30"]
    assert row[-2:] == ["=1+1", "007"]
    sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert 'state="frozen"' in sheet
    assert "<dataValidation " in sheet


def test_write_workbook__explains_columns_in_comments(tmp_path: Path) -> None:
    file = write_workbook(corridor_of(["n"]), tmp_path / "c.xlsx")
    comments = zipfile.ZipFile(file).read("xl/comments1.xml").decode()
    assert "Longitude, WGS 84 (GMNS name)." in comments
    assert "Holds a number of deg from -180 to 180." in comments


def test_write_workbook__holds_more_addresses_than_a_sheet_can_link(tmp_path: Path) -> None:
    urls = [f"https://example.org/{ix}" for ix in range(65_540)]
    source = Table.of("source", {"source_id": urls, "title": urls})
    file = write_workbook(Corridor.of({"source": source}, name="s"), tmp_path / "c.xlsx")
    assert read_corridor(file)["source"].text("title") == urls


def test_write_workbook__gives_the_same_bytes_for_the_same_corridor(tmp_path: Path) -> None:
    first = write_workbook(corridor_of(CELLS), tmp_path / "a.xlsx")
    second = write_workbook(corridor_of(CELLS), tmp_path / "b.xlsx")
    assert first.read_bytes() == second.read_bytes()


def test_write_workbook__says_what_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"note: a cell of 32,768 characters.*Shorten it"):
        write_workbook(corridor_of(["x" * 32_768]), tmp_path / "c.xlsx")
    monkeypatch.setattr("lajvard.corridor.formats.workbook.MAX_ROWS", 3)
    with pytest.raises(InputError, match=r"3 rows do not fit.*folder of CSV"):
        write_workbook(corridor_of(["a", "b", "c"]), tmp_path / "c.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_read_corridor__takes_dates_and_times_that_a_spreadsheet_made(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "c.xlsx")) as book:
        sheet = book.add_worksheet("calendar")
        names = ("calendar_id", "row", "name", "kind", "opens", "since", "status", "basis")
        sheet.write_row(0, 0, [*names, "source_id"])
        sheet.write_row(1, 0, ["day", 1, "Day", "opening_hours"])
        sheet.write_datetime(1, 4, dt.time(8, 0), book.add_format({"num_format": "hh:mm"}))
        sheet.write_datetime(1, 5, dt.date(2020, 12, 21), book.add_format({"num_format": 14}))
    calendar = read_corridor(tmp_path / "c.xlsx")["calendar"]
    assert [calendar.text(name)[0] for name in ("row", "opens", "since", "status")] == [
        "1",
        "08:00",
        "2020-12-21",
        "",
    ]


def test_write_workbook__leaves_the_old_file_when_it_fails(tmp_path: Path) -> None:
    file = tmp_path / "c.xlsx"
    file.write_bytes(b"old")
    cells: dict[str, list[Any]] = {"node_id": [None]}
    broken = Table("node", MappingProxyType(cells), corridor_of(["a"])["node"].rows)
    with pytest.raises(TypeError):
        write_workbook(Corridor.of({"node": broken}, name="x"), file)
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["c.xlsx"]


@pytest.mark.parametrize(
    ("cell", "plain"),
    [("7", True), ("-0.5", True), (".5", False), ("nan", False), ("1_000", False)],
)
def test_is_plain_number__is_about_reading_back(cell: str, plain: bool) -> None:
    assert is_plain_number(cell) is plain
