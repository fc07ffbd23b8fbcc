import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lajvard.schema import TABLES, Column, bad_cells
from lajvard.schema.models import row_model

GOOD = {
    "id": "A",
    "text": "words",
    "country": "AF",
    "flag": "yes",
    "date": "2018-09",
    "time": "08:00",
}


def good_cell(column: Column) -> str:
    """Something that a column can hold."""
    if column.allowed:
        return column.allowed[0]
    if column.type in ("number", "integer"):
        return f"{column.minimum or 0:g}"
    return "0;1" if column.is_numbers else GOOD.get(column.type, "A;B")


def good_row(table: str) -> dict[str, str]:
    return {name: good_cell(column) for name, column in TABLES[table].columns.items()}


@pytest.mark.parametrize("table", list(TABLES))
def test_row_model__takes_good_rows(table: str) -> None:
    row = row_model(table)(**good_row(table))
    assert set(row.model_dump()) == set(TABLES[table].columns)


@pytest.mark.parametrize("table", list(TABLES))
def test_row_model__takes_rows_of_what_is_required_only(table: str) -> None:
    needed = {
        name: good_cell(column)
        for name, column in TABLES[table].columns.items()
        if column.need != "optional"
    }
    row = row_model(table)(**needed)
    assert row == row_model(table)(
        **needed, **dict.fromkeys(set(good_row(table)) - set(needed), "")
    )
    for name in needed:
        with pytest.raises(ValidationError):
            row_model(table)(**{**needed, name: ""})
        with pytest.raises(ValidationError):
            row_model(table)(**{key: cell for key, cell in needed.items() if key != name})


@pytest.mark.parametrize("table", list(TABLES))
@settings(max_examples=40)
@given(data=st.data())
def test_row_model__agrees_with_bad_cells(table: str, data: st.DataObject) -> None:
    column = data.draw(st.sampled_from(list(TABLES[table].columns.values())))
    words = ["yes", "1", "-1", "1.5", "1e3", "AF", "2018", "08:00", "a;b", " a", "nan", "1_0"]
    cell = data.draw(st.text(min_size=1, max_size=6) | st.sampled_from([*words, *column.allowed]))
    row = good_row(table) | {column.name: cell}
    if bad_cells(column, [cell]):
        with pytest.raises(ValidationError, match="expected"):
            row_model(table)(**row)
    else:
        assert row_model(table)(**row).model_dump()[column.name] is not None


def test_row_model__converts_cells() -> None:
    row = row_model("link")(**good_row("link") | {"length": "1.5", "gauge_mm": "1520"})
    assert (row.length, row.gauge_mm) == (1.5, 1520)  # type: ignore[attr-defined]
    assert row.source_id == ("A", "B")  # type: ignore[attr-defined]


def test_row_model__is_frozen_and_drops_what_it_does_not_know() -> None:
    row = row_model("node")(**good_row("node") | {"colour": "red"})
    assert "colour" not in row.model_dump()
    with pytest.raises(ValidationError, match="frozen"):
        row.name = "other"  # type: ignore[attr-defined]


def test_row_model__says_what_was_expected() -> None:
    with pytest.raises(ValidationError, match="expected a number of deg from -180 to 180"):
        row_model("node")(**good_row("node") | {"x_coord": "200"})
