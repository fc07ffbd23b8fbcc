"""The page: sections, figures and tables put into one HTML file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import lajvard
from lajvard.analysis.data_tables import shut_now
from lajvard.analysis.findings import Finding
from lajvard.analysis.report_data import ReportData
from lajvard.analysis.route_tables import share_line
from lajvard.corridor.quality import BASES
from lajvard.progress import Progress, Report
from lajvard.report.charts import time_against_cost, time_cost_distance, where_time_goes
from lajvard.report.map import Drawing, corridor_map
from lajvard.tables import ResultTable
from lajvard.tables.html import shares_bar, table_html
from lajvard.tables.numbers import capital, counted, listed, percent, span, usd
from lajvard.tables.printable import printable

if TYPE_CHECKING:
    from lajvard.report.flows_section import FlowsSection
    from lajvard.report.line_section import LineSection
    from lajvard.report.sea_section import SeaSection
    from lajvard.report.simulated_section import SimulatedSection


@dataclass(frozen=True, eq=False)
class Figures:
    """The figures of a report; None where there is nothing to draw."""

    map: Drawing | None
    distance: str | None
    bars: str | None
    scatter: str | None


def draw_figures(material: ReportData, tell: Report) -> Figures:
    """Draw what the material has; the quick report does without the scatter."""
    tell(Progress("Drawing the map"))
    pair, way = material.main, material.main_way
    ways = pair.named if pair else ()
    if way is not None and all(way is not one for one in ways):
        ways = (way, *ways)
    short = dict(material.short)
    drawn = corridor_map(material.corridor, ways, way, short)
    if way is None:
        return Figures(drawn, None, None, None)
    tell(Progress("Drawing the charts"))
    return Figures(
        drawn,
        time_cost_distance(ways, way, short),
        where_time_goes(ways, way, short),
        None if material.quick else time_against_cost(ways, way, short),
    )


@dataclass(frozen=True)
class Bar:
    """A line of the banner on data quality: whose bases, the bar, and the same in words."""

    title: str
    bar: Markup
    words: str


def quality_bars(material: ReportData) -> list[Bar]:
    """Bases of all rows, and of the hours and the money of the main route."""
    words = ("published", "derived", "estimated", "unknown")
    sets = []
    if material.quality:
        sets.append(("All statements in the description", list(material.share_by_basis.values())))
    route = material.main_route
    if route is not None:
        name = material.main_name
        sets.append((f"Hours of {name}", list(route.time_share_by_basis.values())))
        sets.append((f"Price of {name}", list(route.cost_share_by_basis.values())))
    return [
        Bar(
            title,
            shares_bar(zip((*BASES, "not-known"), shares, strict=False)),
            ", ".join(
                f"{percent(share)} {word}"
                for share, word in zip(shares, words, strict=False)
                if share > 0
            ),
        )
        for title, shares in sets
    ]


def render_page(
    material: ReportData,
    figures: Figures,
    findings: Sequence[Finding],
    tables: dict[str, ResultTable],
    cited: Sequence[str],
    simulated: "SimulatedSection | None" = None,
    freight: "FlowsSection | None" = None,
    sea: "SeaSection | None" = None,
    line: "LineSection | None" = None,
) -> str:
    """The whole page as text, with what there is on simulated years, flows and the fibre line."""
    environment = Environment(
        loader=PackageLoader("lajvard.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known = frozenset(cited)

    def table(name: str) -> Markup:
        return table_html(tables[name], known)

    page = environment.get_template("report.html").render(
        material=material,
        corridor=material.corridor,
        figures=figures,
        findings=findings,
        tables=tables,
        table=table,
        drawn=_drawn,
        bars=quality_bars(material),
        facts=facts(material),
        version=lajvard.__version__,
        bases=BASES,
        simulated=simulated,
        freight=freight,
        sea=sea,
        line=line,
    )
    return printable(page)


def _drawn(svg: str) -> Markup:
    """A figure that this program drew; its texts were escaped when it was drawn."""
    return Markup(svg)


def facts(material: ReportData) -> dict[str, str]:
    """Sentences about the sections, made from the numbers."""
    corridor, way, route, pair = (
        material.corridor,
        material.main_way,
        material.main_route,
        material.main,
    )
    said = {
        "size": listed(
            [
                counted(len(corridor.used("node")), "place"),
                counted(len(corridor.used("link")), "link"),
                counted(len(corridor.used("procedure")), "procedure"),
                counted(len(corridor["source"]), "source"),
            ]
        ),
        "warnings": _warnings(material),
        "links": _links(material),
        "shut": shut_now(material),
    }
    if way is None or route is None or pair is None:
        return said
    name, step = material.main_name, route.bottleneck
    said |= {
        "name": name,
        "sentence": f"{capital(name)} takes {span(route.time_h)} and costs {usd(route.cost_usd)}",
        "pair": pair.pair.title,
        "bases": share_line(route),
        "step": f"{step.place.split(' (')[0]}, {span(step.time_h)}" if step else "",
        "front": _front(material),
        "unserved": _unserved(material),
    }
    return said


def _links(material: ReportData) -> str:
    """How sure the lengths and speeds of links are."""
    quality = next((one for one in material.quality if one.table == "link"), None)
    if quality is None or not sum(quality.km.values()):
        return ""
    said = (
        f"By length, {percent(quality.share_km('published'))} of the kilometres of links are "
        f"published and {percent(quality.share_km('estimate'))} estimated"
    )
    speeds = quality.aspects.get("speed", {})
    total = sum(speeds.values())
    if total:
        said += (
            f"; of their speeds {percent(speeds['published'] / total)} and "
            f"{percent(speeds['estimate'] / total)}"
        )
    return f"{said}."


def _warnings(material: ReportData) -> str:
    errors = sum(problem.severity == "error" for problem in material.problems)
    warnings = len(material.problems) - errors
    return f"{counted(errors, 'error')} and {counted(warnings, 'warning')}"


def _front(material: ReportData) -> str:
    """How many routes no other beats, pair by pair."""
    words = [
        f"{len(pair.best.front)} for {pair.pair.title}"
        for pair in material.comparisons
        if pair.best.front
    ]
    return "; ".join(words)


def _unserved(material: ReportData) -> str:
    """Which alternatives have no route for the main pair."""
    pair = material.main
    ways = [way for way in (pair.ways[1:] if pair else ()) if way.route is None]
    return listed([material.short[way.name] for way in ways])
