from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lajvard.schema import TABLES, Column, bad_cells, first_day, last_day
from lajvard.schema.cells import is_date, items, numbers

LINK = TABLES["link"].columns


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        (LINK["length"], ["0", "1.5", "1e3", "+2", ".5", "5.", "45000"],
         ["-1", "45001", "x", "1,5", " 1", "1 ", "1_0", "nan", "inf", "1e999", "0x1", "1.2.3"]),
        (LINK["gauge_mm"], ["600", "1520", "+1700"], ["599", "1701", "1520.0", "1.5e3", "1520 "]),
        (LINK["directed"], ["yes", "no"], ["Yes", "true", "1", "y", "yes "]),
        (LINK["mode"], ["road", "inland_waterway"], ["Road", "tram", "road;rail"]),
        (LINK["since"], ["2018", "2018-09", "2018-09-24", "2020-02-29", "0001"],
         ["18", "2018-9", "2018-13", "2018-00", "2019-02-29", "2018-09-24T00", "0000",
          "2018-09-31", "2018-09-00", "٢٠١٨"]),
        (LINK["link_id"], ["A", "a b", "HEA-TOR", "é"], [" A", "A ", "A;B", "\tA"]),
        (LINK["source_id"], ["S1", "S1;S2", "S1; S2", "a b"], [";", " ; "]),
        (LINK["note"], ["", " ", "x;y", "\n"], []),
        (TABLES["node"].columns["country"], ["AF", "XK"], ["af", "AFG", "A", "A1", "ÅF"]),
        (TABLES["calendar"].columns["opens"], ["00:00", "23:59", "24:00"],
         ["24:01", "8:00", "08:60", "8", "08:00:00"]),
        (TABLES["calendar"].columns["days"], ["mon", "mon;tue;", "daily"], ["monday", "mon,tue"]),
    ],
    ids=lambda value: value.name if isinstance(value, Column) else None,
)  # fmt: skip
def test_bad_cells__knows_good_from_bad(column: Column, good: list[str], bad: list[str]) -> None:
    cells = [*good, "", *bad]
    assert bad_cells(column, cells) == list(range(len(good) + 1, len(cells)))
    assert bad_cells(column, []) == []


def test_items__drop_what_is_empty() -> None:
    assert items("a; b;;c ") == ("a", "b", "c")
    assert items("") == items(" ; ") == ()


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("2018", date(2018, 1, 1), date(2018, 12, 31)),
        ("2018-02", date(2018, 2, 1), date(2018, 2, 28)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2018-12", date(2018, 12, 1), date(2018, 12, 31)),
        ("2018-09-24", date(2018, 9, 24), date(2018, 9, 24)),
    ],
)
def test_first_day__and_last_day_enclose_a_date(cell: str, first: date, last: date) -> None:
    assert (first_day(cell), last_day(cell)) == (first, last)


@given(st.dates())
def test_first_day__and_last_day_of_a_full_date_are_itself(day: date) -> None:
    assert first_day(day.isoformat()) == last_day(day.isoformat()) == day
    assert first_day(day.isoformat()[:7]) <= day <= last_day(day.isoformat()[:7])


@given(st.text(max_size=12))
def test_is_date__agrees_with_first_day(cell: str) -> None:
    try:
        first_day(cell)
        last_day(cell)
    except ValueError:
        assert not is_date(cell)
    else:
        assert is_date(cell)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers__are_read_back(values: list[float]) -> None:
    assert list(numbers([repr(value) for value in values])) == values


@given(st.lists(st.text(max_size=5) | st.sampled_from(["1", "inf", "1_0", "-", "e5", "1e400"])))
def test_numbers__of_any_text_are_those_of_each_cell(cells: list[str]) -> None:
    together = numbers(cells)
    apart = [numbers([cell])[0] for cell in cells]
    assert np.array_equal(together, np.array(apart, dtype=float), equal_nan=True)
