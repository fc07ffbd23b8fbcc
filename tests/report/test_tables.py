from pathlib import Path

import pytest
from tests.built import quick_report_data
from tests.tiny import extended, tiny_corridor

from lajvard.analysis.data_tables import shut_now
from lajvard.analysis.findings import findings_table, key_findings
from lajvard.analysis.report_data import ReportData, gather
from lajvard.case import Case
from lajvard.corridor import Corridor
from lajvard.report.report import make_tables
from lajvard.tables import Marked, ResultTable, value_of

ALTERNATIVES = """
alternative_id,name,via,avoid,status,basis,source_id
rail,By rail (all the way),SER-MAR,,operating,estimate,estimate
same,Through Serhetabat,SER,,operating,estimate,estimate
none,Without Torghundi,,TOR,operating,estimate,estimate
"""
PAIRS = """
od_pair_id,title,origin_node_id,dest_node_id,cargo_class,rank,status,basis,source_id
a,Herat to Mary,HEA,MAR,box,1,operating,estimate,estimate
"""


def text_of(table: ResultTable) -> list[list[str]]:
    return [
        [column.shown(cell) for column, cell in zip(table.columns, cells, strict=True)]
        for cells in table.cells
    ]


@pytest.fixture(scope="module")
def tiny() -> ReportData:
    return gather(Case(tiny_corridor(alternative=ALTERNATIVES, od_pair=PAIRS)))


@pytest.fixture(scope="module")
def real() -> ReportData:
    return quick_report_data()


def test_comparison__has_a_row_for_every_alternative(tiny: ReportData) -> None:
    rail, same, none = text_of(make_tables(tiny)["time"])
    assert rail[:3] == ["By rail", "428", "1.6"]
    assert same[1] == "the same route as By rail"
    assert none[1].endswith("each leads through Torghundi")


def test_comparison__of_money_adds_up(tiny: ReportData) -> None:
    table = make_tables(tiny)["money"]
    headings = [column.heading for column in table.columns]
    numbers = [float(value_of(cell) or 0) for cell in table.cells[0][1:]]
    items = numbers[1 : headings.index("emission") - 1]
    assert numbers[0] == pytest.approx(sum(items))
    assert "fares" not in headings


def test_stops__hold_all_that_is_not_driving(tiny: ReportData) -> None:
    table = make_tables(tiny)["stops"]
    assert tiny.main_route is not None
    assert sum(table.numbers("time_h")) == pytest.approx(
        tiny.main_route.time_h - tiny.main_route.moving_h
    )


def test_stages__end_with_the_totals_of_the_route(tiny: ReportData) -> None:
    last = make_tables(tiny)["stages"].rows[-1]
    assert tiny.main_route is not None
    assert last["total_time_h"] == pytest.approx(tiny.main_route.time_h)
    assert last["total_price_usd"] == pytest.approx(tiny.main_route.cost_usd)


def test_legal__says_where_the_chain_breaks(real: ReportData) -> None:
    tables = make_tables(real)
    chain = {row[0]: row[1] for row in text_of(tables["chain"])}
    assert chain["Transit under TIR carnet"] == "holds"
    assert chain["Electronic CMR note"].startswith("breaks in AF")
    countries = [column.heading for column in tables["standing"].columns[1:]]
    assert countries[:5] == ["AF", "TM", "AZ", "GE", "TR"]
    ecmr = next(row for row in text_of(tables["standing"]) if row[0] == "Electronic CMR note")
    assert ecmr[1] == "✕ not party"


def test_conflicts__show_the_used_value_first_with_its_unit() -> None:
    corridor = extended(
        tiny_corridor(), "link", link_id="HEA-TOR", from_node_id="HEA", to_node_id="TOR",
        mode="road", length="140", free_speed="40", used="no", note="the old road",
    )  # fmt: skip
    [row] = text_of(make_tables(gather(Case(corridor)))["conflicts"])
    assert row[:4] == ["Herat - Torghundi, road: length", "120 km", "140 km", "the old road"]


def test_sources__of_a_step_are_those_of_its_row(real: ReportData) -> None:
    cited = [
        cell.value
        for cells in make_tables(real)["stops"].cells
        for cell in cells
        if isinstance(cell, Marked) and cell.css == "cited"
    ]
    assert cited
    assert all(cited)


def test_findings__are_sentences_made_of_numbers(real: ReportData, tiny: ReportData) -> None:
    for material in (real, tiny):
        for finding in key_findings(material):
            assert not finding.text[0].islower()
            assert finding.text.endswith(".")
            assert finding.figure.replace(",", "").replace(".", "").isdigit()
            assert ".." not in finding.text
    titles = [finding.title for finding in key_findings(real)]
    assert titles[:4] == [
        "Time, Herat to Istanbul by lorry",
        "Price of one unit load",
        "At borders, ports and waiting",
        "Bottleneck",
    ]


def test_findings__of_a_corridor_without_routes_are_about_its_data(tmp_path: Path) -> None:
    assert key_findings(gather(Case(Corridor.of({}, name="nothing")))) == ()
    tables = {name: tiny_corridor()[name] for name in ("node", "source")}
    nodes = Corridor.of(tables, name="places")
    [finding] = key_findings(gather(Case(nodes)))
    assert finding.title == "Rests on estimates"


def test_closures__say_once_a_year_and_keep_dates_on_a_line(real: ReportData) -> None:
    table = make_tables(real)["closures"]
    when = [row.text("when") for row in table]
    assert any(text.startswith("about once a year") for text in when)
    assert not any("about 1 times" in text for text in when)
    assert next(column for column in table.columns if column.name == "when").css == "when"


def test_projects_and_findings__hold_numbers_as_numbers(real: ReportData) -> None:
    table = make_tables(real)["projects"]
    prices = table.column("price_musd")
    assert 1500.0 in prices
    assert all(price == "" or " – " in price for price in prices if isinstance(price, str))
    found = findings_table(key_findings(real))
    assert all(isinstance(value, float) for value in found.column("figure"))
    assert text_of(found)[0][1] == key_findings(real)[0].figure


def test_shut_now__names_what_is_shut_on_the_day() -> None:
    closed = {"kind": "dated", "effect": "0", "reason": "a dispute", "node_id": "TOR"}
    corridor = extended(
        tiny_corridor(), "closure", closure_id="a", start_date="2025-10-13", **closed
    )
    corridor = extended(
        corridor,
        "closure",
        closure_id="b",
        start_date="2023-02-19",
        end_date="2023-02-23",
        **closed,
    )
    assert shut_now(gather(Case(corridor))) == "Torghundi (a dispute, since 2025-10-13)"
    assert shut_now(gather(Case(corridor, as_of="2024-01-01"))) == ""
    assert shut_now(gather(Case(corridor, as_of="2023-02-20"))).endswith("since 2023-02-19)")
