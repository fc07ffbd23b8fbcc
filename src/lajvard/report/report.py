"""Writing the report: one HTML file and one workbook with the same tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from lajvard.analysis.conflict_tables import conflicts_table
from lajvard.analysis.data_tables import (
    cited_in,
    closures_table,
    projects_table,
    quality_table,
    record_table,
    sources_table,
)
from lajvard.analysis.findings import findings_table, key_findings
from lajvard.analysis.report_data import ReportData, gather
from lajvard.analysis.route_tables import (
    alternatives_table,
    chain_table,
    comparison_tables,
    stages_table,
    standing_table,
    stops_table,
)
from lajvard.analysis.target_tables import (
    validation_table,
    validation_tables,
)
from lajvard.case import Case
from lajvard.corridor import Corridor
from lajvard.corridor.write import write_atomically
from lajvard.progress import Progress, Report, quiet
from lajvard.report.page import draw_figures, render_page
from lajvard.report.workbook import write_workbook
from lajvard.tables import ResultTable

if TYPE_CHECKING:
    from lajvard.analysis.runs import RunLike
    from lajvard.flows.assign_flows import FlowResult
    from lajvard.report.flows_section import FlowsSection
    from lajvard.report.line_section import LineSection
    from lajvard.report.sea_section import SeaSection
    from lajvard.report.simulated_section import SimulatedSection

LINE_TABLES = (
    *("line_ways", "line_spans", "line_legs", "line_availability", "line_repair", "line_causes"),
    *("line_cost", "line_ranges", "line_drivers", "line_borders"),
)
HTML, XLSX = "report.html", "report.xlsx"


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where a report was written."""

    html: Path
    xlsx: Path


def write_report(
    case: Case,
    out: str | PathLike[str],
    *,
    quick: bool = False,
    runs: "Sequence[RunLike]" = (),
    flows: "FlowResult | None" = None,
    experiment: "ResultTable | None" = None,
    progress: Report = quiet,
) -> ReportFiles:
    """Write a report on a case: an HTML file that opens offline, and a workbook.

    Parameters
    ----------
    case
        Of any corridor; sections that it has no rows for say so or are left out.
    out
        Folder, made if need be; files are written beside their place and then renamed.
    quick
        Only the main pair and fewer figures, and no fibre line.
    runs
        Runs of the corridor, or their folders: the report then has sections on simulated years. The
        run without a scenario is the base, others are compared with it.
    flows
        A result of the flow model: the report then has sections on freight flows, and with the
        result of a scenario, on what it changes.
    experiment
        The natural experiment of the case study of transit rules, shown with the flows.
    progress
        Told what is being done.

    Raises
    ------
    InputError
        A run is of another corridor.
    """
    tell = progress
    material = gather(case, quick=quick, progress=progress)
    simulated = _simulated(material, case.changed, runs, tell)
    findings = key_findings(material)
    tables = make_tables(material)
    if simulated is not None:
        findings = (*findings, *simulated.findings)
        tables |= simulated.tables
    freight = _freight(flows, experiment, tell)
    if freight is not None:
        findings = (*findings, *freight.findings)
        tables |= freight.tables
    sea = None if quick else _sea(material, tell)
    line = _line(material, sea, tell)
    if sea is not None:
        tables |= sea.tables
    if line is not None:
        findings = (*findings, *line.findings)
        tables |= line.tables
    tables["findings"] = findings_table(findings)
    cited = cited_in(tables.values())
    tables["sources"] = sources_table(material, cited)
    listed = [str(source) for source in tables["sources"].column("id")]
    figures = draw_figures(material, tell)
    tell(Progress("Writing the page and the workbook"))
    folder = Path(out)
    files = ReportFiles(folder / HTML, folder / XLSX)
    page = render_page(material, figures, findings, tables, listed, simulated, freight, sea, line)
    write_atomically(files.html, page.encode())
    ordered = [tables[name] for name in WORKBOOK if name in tables]
    day = material.corridor.date or material.newest
    title = material.corridor.title
    write_atomically(files.xlsx, lambda path: write_workbook(ordered, path, title=title, day=day))
    return files


WORKBOOK = (
    "findings",
    "time",
    "money",
    "alternatives",
    "stages",
    "stops",
    "chain",
    "standing",
    "sim_runs",
    "sim_times",
    "sim_route",
    "sim_causes",
    "sim_convoy",
    "sim_scenarios",
    "sim_queues",
    "sim_lines",
    "sim_posts",
    "flow_countries",
    "flow_ways",
    "flow_borders",
    "flow_changes",
    "flow_experiment",
    "flow_fit",
    "flow_links",
    "sea_landings",
    "sea_routes",
    *LINE_TABLES,
    "validation",
    "quality",
    "conflicts",
    "record",
    "projects",
    "closures",
    "sources",
)
"""The tables of the workbook, in order."""


def make_tables(material: ReportData) -> dict[str, ResultTable]:
    """All tables but the findings and the sources."""
    time, money = comparison_tables(material)
    return {
        "time": time,
        "money": money,
        "alternatives": alternatives_table(material),
        "stages": stages_table(material),
        "stops": stops_table(material),
        "chain": chain_table(material),
        "standing": standing_table(material),
        "validation": validation_table(material),
        **validation_tables(material),
        "quality": quality_table(material),
        "conflicts": conflicts_table(material),
        "record": record_table(material),
        "projects": projects_table(material),
        "closures": closures_table(material),
    }


def _simulated(
    material: ReportData,
    corridor: Corridor,
    runs: "Sequence[RunLike]",
    tell: Report,
) -> "SimulatedSection | None":
    """What runs say, None without any."""
    if not runs:
        return None
    from lajvard.analysis.runs import gather_simulated
    from lajvard.report.simulated_section import simulated_section

    found = gather_simulated(material, corridor, runs)
    return simulated_section(material, found, tell) if found is not None else None


def _freight(
    flows: "FlowResult | None", experiment: "ResultTable | None", tell: Report
) -> "FlowsSection | None":
    """What the flow model says, None without a result."""
    if flows is None:
        return None
    from lajvard.report.flows_section import flows_section

    return flows_section(flows, experiment, tell)


def _sea(material: ReportData, tell: Report) -> "SeaSection | None":
    """The cable through the sea, None where the description has none."""
    if not len(material.corridor.used("cable_span")):
        return None
    from lajvard.report.sea_section import sea_section

    return sea_section(material.corridor, tell=tell)


def _line(material: ReportData, sea: "SeaSection | None", tell: Report) -> "LineSection | None":
    """The fibre line from end to end, None where the description does not say where it ends."""
    from lajvard.fibre.sites import terminals

    if sea is None or len(terminals(material.corridor)) != 2:
        return None
    from lajvard.fibre.line.system import design_fibre_line
    from lajvard.report.line_section import line_section

    return line_section(design_fibre_line(material.corridor, cable=sea.design), tell)
