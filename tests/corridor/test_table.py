import numpy as np
import pytest
from tests.tiny import TEXTS, changed, table_of, tiny_corridor

from lajvard.corridor import Table
from lajvard.errors import InputError


def test_text__gives_the_default_where_a_cell_is_empty() -> None:
    table = Table.of("link", {"link_id": ["A", "B"], "directed": ["yes", ""], "length": ["1", ""]})
    assert list(table.text("directed")) == ["yes", "no"]
    assert list(table.text("used")) == ["yes", "yes"]
    assert list(table.text("length")) == ["1", ""]
    assert list(table.cells["directed"]) == ["yes", ""]


def test_text__knows_columns_of_the_file_and_of_the_schema_only() -> None:
    table = Table.of("link", {"link_id": ["A"], "colour": ["red"]})
    assert list(table.text("colour")) == ["red"]
    assert list(table.text("since")) == [""]
    with pytest.raises(InputError, match=r"unknown column 'lenght'. Did you mean 'length'\?"):
        table.text("lenght")


def test_numbers__are_not_a_number_where_no_number_stands() -> None:
    cells = ["1", "-2.5e3", "", "x", "1_0", "inf", "nan", " 7", "0x1", "1,5", "٣"]
    values = Table.of("link", {"link_id": cells, "length": cells}).numbers("length")
    assert list(values[:2]) == [1, -2500]
    assert np.isnan(values[2:]).all()
    assert values.dtype == np.float64


def test_numbers__of_an_empty_table_are_none() -> None:
    table = Table.empty("link")
    assert table.numbers("length").shape == (0,)
    assert table.flags("directed").shape == (0,)
    assert table.days("since").shape == (0,)
    assert (table.lists("source_id"), table.keys(), list(table.records())) == ([], [], [])
    assert len(table.used()) == len(table.select([])) == 0


def test_flags__use_the_default() -> None:
    table = Table.of("link", {"link_id": ["A", "B", "C"], "used": ["", "no", "yes"]})
    assert list(table.flags("used")) == [True, False, True]
    assert list(table.flags("directed")) == [False] * 3


def test_lists__are_split_and_trimmed() -> None:
    table = Table.of("link", {"link_id": ["A", "B", "C"], "source_id": ["S1; S2", "", ";S3;;"]})
    assert table.lists("source_id") == [("S1", "S2"), (), ("S3",)]


def test_days__are_first_or_last_of_what_is_left_open() -> None:
    cells = ["2018", "2018-02", "2018-02-03", ""]
    table = Table.of("link", {"link_id": cells, "since": cells})
    first = ["2018-01-01", "2018-02-01", "2018-02-03"]
    last = ["2018-12-31", "2018-02-28", "2018-02-03"]
    assert [str(day) for day in table.days("since")] == [*first, "NaT"]
    assert [str(day) for day in table.days("since", last=True)] == [*last, "NaT"]


def test_days__names_the_row_of_what_is_no_date() -> None:
    table = Table.of("link", {"link_id": ["A", "B"], "since": ["", "soon"]})
    with pytest.raises(InputError, match=r"link.csv row 3, since: 'soon' is not a date. Write it"):
        table.days("since")


def test_select__takes_masks_and_indices_and_keeps_row_numbers() -> None:
    table = tiny_corridor()["node"]
    by_mask = table.select(np.array([True, False, True, False]))
    by_index = table.select([2, 0])
    assert (list(by_mask.rows), list(by_mask.text("node_id"))) == ([2, 4], ["HEA", "SER"])
    assert (list(by_index.rows), list(by_index.text("node_id"))) == ([4, 2], ["SER", "HEA"])
    assert list(by_index.select([1]).rows) == [2]
    assert len(table) == 4


def test_select__takes_no_row() -> None:
    table = tiny_corridor()["node"]
    none = table.select(np.zeros(4, dtype=np.bool_))
    assert (len(none), none.columns) == (0, table.columns)


def test_getitem__gives_the_used_row_as_a_model() -> None:
    row = tiny_corridor()["link"]["SER-MAR"]
    assert (row.link_id, row.length, row.gauge_mm, row.directed) == ("SER-MAR", 300.0, 1520, False)
    assert (row.source_id, row.since, row.until, row.note) == (("S1", "S2"), "1960", None, None)


def test_getitem__takes_keys_of_several_columns() -> None:
    cells = {
        "instrument_id": ["TIR", "TIR"],
        "country": ["AF", "TM"],
        "name": ["TIR"] * 2,
        "standing": ["party", "applied"],
        "status": ["operating"] * 2,
        "basis": ["estimate"] * 2,
        "source_id": ["estimate"] * 2,
    }
    table = Table.of("instrument", cells)
    assert table["TIR", "TM"].standing == "applied"
    assert ("TIR", "AF") in table
    assert "TIR" not in table


def test_getitem__guesses_what_was_meant() -> None:
    with pytest.raises(InputError, match=r"no row 'HAE'. Did you mean 'HEA'\?"):
        tiny_corridor()["node"]["HAE"]


def test_getitem__passes_over_rows_that_are_not_used() -> None:
    rows = [dict(row) for row in tiny_corridor()["link"].dicts()]
    rows = [rows[0] | {"used": "no", "length": "1"}, *rows]
    table = tiny_corridor()["link"].with_rows(rows)
    assert table["HEA-TOR"].length == 120
    assert len(table.used()) == 3


def test_records__drop_columns_of_other_programs() -> None:
    table = table_of("source", TEXTS["source"])
    wide = Table.of("source", {**table.cells, "shelf": ["4", "5"]})
    assert [record.source_id for record in wide.records()] == ["S1", "S2"]


def test_with_rows__adds_columns_that_hold_something() -> None:
    table = tiny_corridor()["transfer"]
    (row,) = table.dicts()
    changed_table = table.with_rows([{**row, "until": "2020"}, {**row, "capacity_t_day": ""}])
    assert changed_table.columns == (*table.columns, "until")
    assert list(changed_table.text("until")) == ["2020", ""]
    assert list(changed_table.rows) == [2, 3]


def test_table__is_never_changed_in_place() -> None:
    corridor = tiny_corridor()
    before = {name: list(cells) for name, cells in corridor["link"].cells.items()}
    changed(corridor, "link", 2, length="1")
    assert {name: list(cells) for name, cells in corridor["link"].cells.items()} == before
    with pytest.raises(ValueError, match="read-only"):
        corridor["link"].numbers("length")[0] = 1.0
