"""Result tables: reading by name, missing values, and every way out of them."""

import json

import numpy as np
import pyarrow as pa
import pytest

from lajvard.errors import InputError
from lajvard.tables import Marked, ResultColumn, ResultTable, Row, columns_of, headed, numbered
from lajvard.tables.html import table_html

COLUMNS = columns_of("""
place | | where
wait_h | h | mean wait
share | | part of the lorries that wait
is_open | | whether it is open
""")


def waits() -> ResultTable:
    records = [
        {"place": "Sarpi", "wait_h": 12.5, "share": 0.25, "is_open": True},
        {"place": "Aqina", "wait_h": float("nan"), "share": None},
    ]
    return ResultTable.of("waits", COLUMNS, records, title="Who waits", note="Made up.")


def test_rows__are_read_by_name() -> None:
    first, second = waits()
    assert first["place"] == "Sarpi"
    assert first["wait_h"] == 12.5
    assert second["wait_h"] is None
    assert second["is_open"] is None
    assert np.isnan(second.number("wait_h"))
    assert first.number("wait_h") == 12.5
    assert dict(first) == {"place": "Sarpi", "wait_h": 12.5, "share": 0.25, "is_open": True}
    assert "share" in first
    assert "shares" not in first


def test_rows__are_not_read_by_position() -> None:
    with pytest.raises(InputError, match="no column '0'"):
        waits().rows[0][0]  # type: ignore[index]


def test_row__names_the_column_that_may_be_meant() -> None:
    with pytest.raises(InputError, match=r"table 'waits': no column 'wait'.*wait_h"):
        waits().rows[0]["wait"]


@pytest.mark.parametrize("read", [ResultTable.column, ResultTable.numbers])
def test_column__unknown(read: object) -> None:
    with pytest.raises(InputError, match="no column 'wait_d'"):
        read(waits(), "wait_d")  # type: ignore[operator]


def test_numbers__are_nan_where_not_known() -> None:
    numbers = waits().numbers("wait_h")
    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, [12.5, np.nan])
    with pytest.raises(InputError, match="'Sarpi' is not a number"):
        waits().numbers("place")


def test_of__refuses_a_name_that_is_no_column() -> None:
    with pytest.raises(InputError, match="no column 'wait_min'"):
        ResultTable.of("waits", COLUMNS, [{"wait_min": 1}])


def test_table__refuses_two_columns_of_one_name() -> None:
    with pytest.raises(InputError, match="column 'share' is there twice"):
        ResultTable.of("waits", [*COLUMNS, ResultColumn("share")], [])


def test_table__refuses_a_row_that_is_too_long() -> None:
    with pytest.raises(InputError, match="a row of 5 values under 4 columns"):
        ResultTable("waits", "", COLUMNS, (("a", 1.0, 0.5, True, "more"),))


def test_table__turns_numbers_of_numpy_into_plain_ones() -> None:
    table = ResultTable.of("waits", COLUMNS, [{"wait_h": np.float64(2), "is_open": np.bool_(True)}])
    (row,) = table
    assert type(row["wait_h"]) is float
    assert type(row["is_open"]) is bool


def test_empty_table__keeps_its_columns_everywhere() -> None:
    table = ResultTable.of("waits", COLUMNS, [])
    assert len(table) == 0
    assert not table
    assert table.records() == []
    assert table.column("place") == []
    assert table.numbers("wait_h").shape == (0,)
    arrow = table.to_arrow()
    assert arrow.schema.names == ["place", "wait_h", "share", "is_open"]
    assert arrow.schema.field("wait_h").type == pa.float64()
    assert list(table.to_pandas().columns) == arrow.schema.names
    assert "<th" in table._repr_html_()
    assert "<td" not in table._repr_html_()


def test_as_dict__is_json_with_units_in_the_keys() -> None:
    found = json.loads(json.dumps(waits().as_dict(), allow_nan=False))
    assert found["name"] == "waits"
    assert found["title"] == "Who waits"
    assert found["columns"][1] == {"name": "wait_h", "unit": "h", "meaning": "mean wait"}
    assert found["rows"][0] == {"place": "Sarpi", "wait_h": 12.5, "share": 0.25, "is_open": True}
    assert found["rows"][1] == {"place": "Aqina", "wait_h": None, "share": None, "is_open": None}


def test_as_dict__an_infinite_number_is_null() -> None:
    table = ResultTable.of("waits", COLUMNS, [{"wait_h": float("inf")}])
    assert table.as_dict()["rows"][0]["wait_h"] is None
    assert table.to_arrow()["wait_h"].null_count == 1


def test_headed__names_carry_the_unit() -> None:
    names = [
        headed(heading, unit).name
        for heading, unit in (
            ("expected", "days"),
            ("down", "h a year"),
            ("capital cost", "million USD"),
            ("95 % low", "h"),
            ("emission", "kg CO2e"),
            ("load factor", "%"),
        )
    ]
    assert names == [
        "expected_days",
        "down_h_per_year",
        "capital_cost_musd",
        "95_percent_low_h",
        "emission_kgco2e",
        "load_factor_percent",
    ]


def test_each__one_row_a_thing_and_a_group_wherever_the_heading_changes() -> None:
    words = ["Sarpi", "Sadakhlo", "Aqina", "Serhetabat"]
    table = ResultTable.each(
        "x",
        [(headed("post"), lambda word: word.upper()), (headed("letters", digits=0), len)],
        words,
        group=lambda word: word[0],
        emphasis=[2],
    )
    assert table.column("post") == ["SARPI", "SADAKHLO", "AQINA", "SERHETABAT"]
    assert table.numbers("letters").tolist() == [5, 8, 5, 10]
    assert table.groups == ((0, "S"), (2, "A"), (3, "S"))
    assert table._repr_html_().count('<tr class="main">') == 1


def test_each__of_nothing_has_no_groups() -> None:
    table = ResultTable.each("x", [(headed("post"), str)], [], group=str)
    assert (len(table), table.groups) == (0, ())


def test_numbered__keeps_the_names_of_a_user_apart() -> None:
    names = [column.name for column in numbered(headed("By sea") for _ in range(3))]
    assert names == ["by_sea", "by_sea_2", "by_sea_3"]


def test_groups__are_a_column_of_the_data() -> None:
    records = [{"place": name} for name in ("Sarpi", "Aqina", "Torghundi")]
    table = ResultTable.of("x", COLUMNS, records, groups=[(0, "west"), (2, "east")])
    assert [record["group"] for record in table.records()] == ["west", "west", "east"]
    assert table.to_arrow().column_names[0] == "group"
    assert table.heading_before(2) == "east"
    assert table.heading_before(1) == ""


def test_a_column_that_only_draws__is_no_data() -> None:
    columns = (headed("what"), headed("", css="bar", name="bar"))
    bar = Marked("", "bar", parts=(("published", 0.25), ("estimate", 0.0)))
    table = ResultTable.of("x", columns, [{"what": "links", "bar": bar}])
    assert table.records() == [{"what": "links"}]
    assert 'class="published" style="width:25.0%"' in table._repr_html_()
    assert "estimate" not in table._repr_html_()


def test_to_arrow__keeps_values_units_and_meanings() -> None:
    arrow = waits().to_arrow()
    assert arrow.to_pylist() == waits().records()
    assert arrow.schema.field("wait_h").metadata == {b"unit": b"h", b"meaning": b"mean wait"}
    assert arrow.schema.metadata[b"title"] == b"Who waits"
    assert [str(kind) for kind in arrow.schema.types] == ["string", "double", "double", "bool"]


def test_c_stream__is_read_by_arrow() -> None:
    assert pa.table(waits()).equals(waits().to_arrow())


def test_to_pandas__round_trip() -> None:
    frame = waits().to_pandas()
    assert frame["place"].tolist() == ["Sarpi", "Aqina"]
    assert frame["wait_h"].isna().tolist() == [False, True]
    assert frame.attrs["units"]["wait_h"] == "h"
    again = ResultTable.of("waits", COLUMNS, frame.to_dict("records"))
    np.testing.assert_array_equal(again.numbers("wait_h"), waits().numbers("wait_h"))


def test_mixed_text_and_numbers__become_text_in_arrow() -> None:
    table = ResultTable.of("x", [headed("price", "USD", 0)], [{"price_usd": 2}, {"price_usd": "?"}])
    assert table.to_arrow()["price_usd"].to_pylist() == ["2", "?"]


def test_html__escapes_everything() -> None:
    bad = '<script>"&'
    columns = (headed(bad, bad, name="a"), headed("b"), headed("c"))
    cells = {
        "a": Marked(bad, "way", hint=bad),
        "b": Marked(bad, "strong", hint=bad, href=f"https://x/?{bad}"),
        "c": bad,
    }
    table = ResultTable.of(
        bad, columns, [cells, {"c": Marked(bad, "cited")}], groups=[(0, bad)], css=bad
    )
    page = table._repr_html_()
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") == 11


def test_html__a_short_row_fills_the_columns_that_are_left() -> None:
    table = ResultTable("x", "X", COLUMNS, (("Sarpi", Marked("shut", "none")),))
    assert '<td class="none" colspan="3">shut</td>' in table._repr_html_()
    assert table.records()[0]["wait_h"] == "shut"
    assert table.records()[0]["share"] is None


def test_html__shows_what_is_not_known_as_a_dash() -> None:
    assert waits()._repr_html_().count(">–</td>") == 2


def test_html__numbers_of_a_notebook_are_set_to_the_right() -> None:
    page = waits()._repr_html_()
    assert page.count("text-align:right") == 6  # heading and two rows of two columns of numbers
    assert page.count("text-align:left") == 6
    assert "style=" not in table_html(waits())


def test_plot__draws_the_numbers_by_the_names() -> None:
    (axes,) = waits().plot().axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Sarpi", "Aqina"]
    assert axes.get_xlabel() == "wait_h (h)"
    assert axes.dataLim.x1 == 12.5
    (axes,) = waits().plot("share").axes
    assert axes.get_xlabel() == "share"
    assert axes.dataLim.x1 == 0.25


def test_plot__without_numbers() -> None:
    with pytest.raises(InputError, match="no column of numbers"):
        ResultTable.of("x", [headed("what")], []).plot()


def test_to_polars__says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(InputError, match="polars: is not installed"):
        waits().to_polars()


def test_row__shows_itself() -> None:
    assert repr(Row("x", {"a": 0}, (1.0,))) == "Row({'a': 1.0})"
