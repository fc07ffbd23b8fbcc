"""The sections on freight flows."""

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from tests.built import experiment
from tests.report.test_report import Page
from tests.tiny import tiny_corridor

from lajvard.analysis.flow_tables import borders_sheet, changes_sheet, way_words, ways_sheet
from lajvard.analysis.sheet import value_of
from lajvard.analysis.transit_rules import closed_crossings
from lajvard.corridor import built_in
from lajvard.flows.flow_run import FlowResult, model_flows
from lajvard.report import ReportFiles, write_report
from lajvard.report.flows_charts import OTHER, FlowShares, shares_chart
from lajvard.report.flows_map import flow_map
from lajvard.report.flows_section import flows_section


@pytest.fixture(scope="module")
def result() -> FlowResult:
    return model_flows(built_in(), scenario=closed_crossings())


@pytest.fixture(scope="module")
def files(result: FlowResult, tmp_path_factory: pytest.TempPathFactory) -> ReportFiles:
    corridor = built_in()
    folder = tmp_path_factory.mktemp("flows")
    return write_report(corridor, folder, quick=True, flows=result, experiment=experiment())


def test_write_report__has_the_sections_on_flows(files: ReportFiles) -> None:
    page = Page(files.html)
    wanted = ["flows", "borders", "closure"]
    assert [name for name in page.ids if name in wanted] == wanted
    assert len(page.ids) == len(set(page.ids))
    assert page.open == []
    for words in ("Tonnes a year on every link", "The natural experiment", "+60 points", "D09"):
        assert words in page.text
    assert ">nan<" not in page.text


def test_write_report__the_workbook_has_all_flows(files: ReportFiles, result: FlowResult) -> None:
    book = CalamineWorkbook.from_path(str(files.xlsx))
    names = ("flows by way", "flow borders", "flow scenario", "natural experiment", "flow fit")
    assert set(names) <= set(book.sheet_names)
    rows = book.get_sheet_by_name("flows by way").to_python()
    flows = {row[1] for row in rows}  # after the heading of the group
    assert {one.flow.name for one in result.sets} <= flows


def test_write_report__without_flows_has_no_such_section(tmp_path: Path) -> None:
    page = Page(write_report(tiny_corridor(), tmp_path, quick=True).html)
    assert not {"flows", "borders", "closure"} & set(page.ids)


def test_write_report__a_small_corridor_without_a_scenario(tmp_path: Path) -> None:
    corridor = tiny_corridor()
    files = write_report(corridor, tmp_path, quick=True, flows=model_flows(corridor))
    page = Page(files.html)
    assert "flows" in page.ids
    assert "closure" not in page.ids
    assert page.open == []


def test_ways_sheet__shares_of_a_flow_sum_to_one(result: FlowResult) -> None:
    base = result.base
    assert base is not None
    sums: dict[object, float] = {}
    for row in ways_sheet(base).rows:
        sums[row[0]] = sums.get(row[0], 0.0) + float(value_of(row[2]) or 0.0)
    assert [*sums.values()] == pytest.approx([1.0] * len(sums))


def test_borders_sheet__lists_what_nobody_counted_last(result: FlowResult) -> None:
    base = result.base
    assert base is not None
    full = [value_of(row[8]) for row in borders_sheet(base, whole=False).rows]
    known = [value for value in full if value is not None]
    assert known == sorted(known, reverse=True)
    assert full[: len(known)] == known
    assert None in full


def test_changes_sheet__is_empty_without_a_scenario(result: FlowResult) -> None:
    assert changes_sheet(result)
    assert result.base is not None
    assert not changes_sheet(result.base)


def test_flows_section__findings_are_made_from_the_numbers(result: FlowResult) -> None:
    section = flows_section(result, None, lambda _: None)
    by_title = {finding.title: finding for finding in section.findings}
    border = by_title["The most loaded border"]
    assert result.base is not None
    rows = result.base.tables["bottlenecks"].rows
    assert border.figure == f"{max(row[8] for row in rows if row[8] == row[8]):.2f}"
    assert "The closure of Torkham and Chaman" not in by_title


def test_flow_map__is_wider_where_more_goes(result: FlowResult) -> None:
    drawn = flow_map(result.case.corridor, result)
    assert drawn is not None
    assert "million t a year" in drawn.svg
    for colour in ("#b0622a", "#1d3a8a", "#2f8a80"):
        assert colour in drawn.svg


def test_shares_chart__puts_ways_without_a_name_together() -> None:
    flows = [FlowShares("A - B", "1 t", {"X (far)": 0.25, "AF-TM": 0.75}, {"X (far)": 1.0})]
    svg = shares_chart(flows, ["X (far)"], "shut")
    assert ">X<" in svg
    assert OTHER in svg
    assert "thin bars: shut" in svg


def test_way_words__spells_out_countries() -> None:
    assert way_words("AF-TM") == "Afghanistan - Turkmenistan"
    assert way_words("Lapis Lazuli (Turkmenistan - Caspian)").startswith("Lapis")
