"""The sections on freight flows."""

from pathlib import Path

import numpy as np
import pytest
from python_calamine import CalamineWorkbook
from tests.built import experiment
from tests.report.test_report import Page
from tests.tiny import tiny_corridor

from lajvard.analysis.case_studies.transit_rules import closed_crossings
from lajvard.analysis.flow_tables import borders_table, changes_table, way_words, ways_table
from lajvard.case import Case
from lajvard.corridor import built_in
from lajvard.flows.assign_flows import FlowResult, assign_flows
from lajvard.report import ReportFiles, write_report
from lajvard.report.flows_charts import OTHER, FlowShares, shares_chart
from lajvard.report.flows_map import flow_map
from lajvard.report.flows_section import flows_section


@pytest.fixture(scope="module")
def result() -> FlowResult:
    return assign_flows(Case(built_in(), scenario=closed_crossings()))


@pytest.fixture(scope="module")
def files(result: FlowResult, tmp_path_factory: pytest.TempPathFactory) -> ReportFiles:
    corridor = built_in()
    folder = tmp_path_factory.mktemp("flows")
    return write_report(Case(corridor), folder, quick=True, flows=result, experiment=experiment())


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
    page = Page(write_report(Case(tiny_corridor()), tmp_path, quick=True).html)
    assert not {"flows", "borders", "closure"} & set(page.ids)


def test_write_report__a_small_corridor_without_a_scenario(tmp_path: Path) -> None:
    corridor = tiny_corridor()
    files = write_report(Case(corridor), tmp_path, quick=True, flows=assign_flows(Case(corridor)))
    page = Page(files.html)
    assert "flows" in page.ids
    assert "closure" not in page.ids
    assert page.open == []


def test_ways_sheet__shares_of_a_flow_sum_to_one(result: FlowResult) -> None:
    base = result.base
    assert base is not None
    sums: dict[str, float] = {}
    for row in ways_table(base):
        sums[row.text("flow")] = sums.get(row.text("flow"), 0.0) + row.number("share")
    assert [*sums.values()] == pytest.approx([1.0] * len(sums))


def test_borders_sheet__lists_what_nobody_counted_last(result: FlowResult) -> None:
    base = result.base
    assert base is not None
    full = borders_table(base, whole=False).numbers("volume_over_capacity")
    known = full[~np.isnan(full)]
    assert 0 < len(known) < len(full)
    assert known.tolist() == sorted(known, reverse=True)
    assert not np.isnan(full[: len(known)]).any()


def test_changes_sheet__is_empty_without_a_scenario(result: FlowResult) -> None:
    assert changes_table(result)
    assert result.base is not None
    assert not changes_table(result.base)


def test_flows_section__findings_are_made_from_the_numbers(result: FlowResult) -> None:
    section = flows_section(result, None, lambda _: None)
    by_title = {finding.title: finding for finding in section.findings}
    border = by_title["The most loaded border"]
    assert result.base is not None
    full = result.base.tables["bottlenecks"].numbers("volume_over_capacity")
    assert border.figure == f"{np.nanmax(full):.2f}"
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
