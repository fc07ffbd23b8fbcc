"""What the numbers say, in sentences that are made from the numbers."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lajvard.analysis.alternatives import ComparedAlternative, PairComparison
from lajvard.analysis.countries import country
from lajvard.analysis.report_data import ReportData
from lajvard.analysis.route_tables import share_line
from lajvard.analysis.target_tables import telling
from lajvard.network import Activity
from lajvard.routes import Route
from lajvard.tables import Cell, Marked, ResultTable, headed
from lajvard.tables.numbers import (
    capital,
    counted,
    figure_and_unit,
    listed,
    percent,
    rounded,
    span,
    unit_for,
    usd,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the numbers say: a figure, what it is, and a sentence or two."""

    title: str
    figure: str
    unit: str
    text: str


def key_findings(material: ReportData) -> tuple[Finding, ...]:
    """The findings that this corridor has the numbers for, the most telling first."""
    found: list[Finding | None] = []
    pair, way, route = material.main, material.main_way, material.main_route
    if pair is not None and way is not None and route is not None:
        found += [
            _fastest(material, pair, way, route),
            _cheapest(material, pair, way, route),
            _where_days_go(material, way, route),
            _tallest(route),
            _spread(material, way, route),
            _legal(material, way, route),
        ]
    found += [_pairs(material), _basis(material, route), _validation(material), _record(material)]
    return tuple(
        replace(finding, text=capital(finding.text)) for finding in found if finding is not None
    )


def findings_table(findings: tuple[Finding, ...]) -> ResultTable:
    """The findings as a table."""
    return ResultTable.each(
        "findings",
        (
            (headed("finding", width=36), lambda finding: finding.title),
            (headed("figure", width=14), lambda finding: _as_number(finding.figure)),
            (headed("unit", width=16), lambda finding: finding.unit),
            (headed("in words", width=120), lambda finding: finding.text),
        ),
        findings,
        title="Key findings",
    )


def _as_number(figure: str) -> Cell:
    """A figure as a number for the workbook, shown as it was written."""
    try:
        return Marked(float(figure.replace(",", "").replace("−", "-")), text=figure)
    except ValueError:
        return figure


def _fastest(
    material: ReportData, pair: PairComparison, way: ComparedAlternative, route: Route
) -> Finding:
    text = _race(material, pair, way, lambda r: r.time_h, span, "fastest", "takes")
    figure, unit = figure_and_unit(route.time_h)
    return Finding(f"Time, {pair.pair.title}", figure, f"{unit} expected", text)


def _cheapest(
    material: ReportData, pair: PairComparison, way: ComparedAlternative, route: Route
) -> Finding:
    text = _race(material, pair, way, lambda r: r.cost_usd, usd, "cheapest", "costs")
    return Finding("Price of one unit load", rounded(route.cost_usd, -1), "USD", text)


def _race(
    material: ReportData,
    pair: PairComparison,
    way: ComparedAlternative,
    value: Callable[[Route], float],
    words: Callable[[float], str],
    best: str,
    verb: str,
) -> str:
    """Who comes first by one value, and how far the main way is from it, or from the second."""
    order = sorted(
        ((value(w.route), w) for w in pair.named if w.route is not None),
        key=lambda finding: finding[0],
    )
    name, mine = material.called(way), value(way.route) if way.route else 0.0
    if len(order) < 2:
        return f"{name} {verb} {words(mine)}; there is no other way to compare it with."
    if order[0][1] is way:
        second, other = order[1]
        more = second - mine
        return (
            f"{name} is the {best} of {len(order)} ways: {words(mine)}. Next is "
            f"{material.called(other)} with {words(more)} more ({percent(more / mine)})."
        )
    least, first = order[0]
    more = mine - least
    return (
        f"The {best} way is {material.called(first)}: {words(least)}. {name} {verb} "
        f"{words(mine)}, which is {words(more)} or {percent(more / least)} more."
        f"{_caution(material, first, best)}"
    )


def _caution(material: ReportData, way: ComparedAlternative, best: str) -> str:
    """How far the winner's figure is to be trusted, where that is not far."""
    if way.route is None:
        return ""
    shares = way.route.time_share_by_basis if best == "fastest" else way.route.cost_share_by_basis
    if shares["estimate"] < 0.5:
        return ""
    what = "hours" if best == "fastest" else "dollars"
    return f" {percent(shares['estimate'])} of the {what} of {material.called(way)} are estimates."


def _where_days_go(material: ReportData, way: ComparedAlternative, route: Route) -> Finding:
    rest = route.hours_by_activity.get(Activity.REST.label, 0.0)
    other, total = route.waiting_h - rest, route.time_h or 1.0
    idle, told = (route.border_h + other) / total, unit_for(total).told
    text = (
        f"On {material.called(way)}, {told(route.border_h)} pass at borders and for permits and "
        f"visas, {told(other)} at ports and waiting for departures, and {told(rest)} are "
        f"drivers' rest. The goods move for {told(route.moving_h)} "
        f"({percent(route.moving_h / total)})."
    )
    return Finding("At borders, ports and waiting", rounded(100 * idle), "% of the time", text)


_WORDS = {
    Activity.BORDER.label: "border procedures",
    Activity.PERMIT.label: "visas and permits",
    Activity.WAIT_FOR_DEPARTURE.label: "waiting for a departure",
}


def _tallest(route: Route) -> Finding | None:
    stage = route.bottleneck
    if stage is None or not route.time_h:
        return None
    where = f"{stage.place.split(' (')[0]} in {country(stage.country)}"
    parts: dict[str, float] = {}
    for step in route.steps:
        if step.place == stage.place and step.time_h >= 0.5 and step.activity.label in stage.what:
            parts[step.activity.label] = parts.get(step.activity.label, 0.0) + step.time_h
    made_of = listed(
        [f"{span(hours)} of {_WORDS.get(label, label)}" for label, hours in parts.items()]
    )
    text = (
        f"The tallest step is {where}: {span(stage.time_h)}, "
        f"{percent(stage.time_h / route.time_h)} of the journey"
        f"{f', made of {made_of}' if len(parts) > 1 else ''}."
    )
    figure, unit = figure_and_unit(stage.time_h)
    return Finding("Bottleneck", figure, f"{unit} in one place", text)


def _spread(material: ReportData, way: ComparedAlternative, route: Route) -> Finding:
    text = (
        f"Half of the journeys on {material.called(way)} take no more than "
        f"{span(route.p50_h)}; one in twenty takes longer than {span(route.p95_h)}."
    )
    risk = route.risk
    if risk >= 0.005:
        text += (
            " At a random time, something on the way is closed with a probability of "
            f"{percent(risk)}."
        )
    return Finding("One journey in twenty takes over", *figure_and_unit(route.p95_h), text)


WORKING = ("transit", "consignment_note", "frontier", "exchange")
"""Kinds of regimes that a lorry and its papers meet on the way; the others are agreements."""


def _legal(material: ReportData, way: ComparedAlternative, route: Route) -> Finding | None:
    links = route.legal.links
    if not links:
        return None
    name = material.called(way)
    papers = [link for link in links if link.kind in WORKING]
    held = [link.name for link in papers if link.holds]
    broken = [link for link in papers if 0 < len(link.breaks_at) < len(link.standing)]
    text = f"All the way on {name}: {listed(held) or 'none of the rules for goods and papers'}."
    if broken:
        places = (
            f"{link.name} in {listed([country(code) for code in link.breaks_at])}"
            for link in broken[:4]
        )
        text += f" The chain breaks for {'; for '.join(places)}."
    agreements = [link for link in links if link.kind not in WORKING]
    if agreements:
        whole = sum(link.holds for link in agreements)
        text += (
            f" Of {counted(len(agreements), 'agreement')} that name countries on the way, "
            f"{whole or 'none'} {'is' if whole < 2 else 'are'} known to be in force in all of them."
        )
        signed = [link for link in agreements if link.only_signed_in]
        if signed:
            first = signed[0]
            where = listed([country(code) for code in first.only_signed_in])
            text += f" {first.name}: signed, but not known to be in force, in {where}."
    return Finding("Rules that hold all the way", str(len(held)), f"of {len(papers)}", text)


def _pairs(material: ReportData) -> Finding | None:
    """How often the main alternative comes first."""
    way = material.main_way
    if way is None or not way.alternative_id or len(material.comparisons) < 2:
        return None
    runs = [
        pair
        for pair in material.comparisons
        if any(w.alternative_id == way.alternative_id and w.route for w in pair.ways)
    ]

    def first(value: Callable[[Route], float]) -> list[str]:
        return [
            pair.pair.title
            for pair in runs
            if pair.first_by(value).alternative_id == way.alternative_id
        ]

    fast, cheap = first(lambda r: r.time_h), first(lambda r: r.cost_usd)
    name = material.called(way)
    text = (
        f"Of {counted(len(material.comparisons), 'pair')} of places, {name} serves {len(runs)}. "
        f"It is the fastest of the alternatives for {_which(fast)} and the cheapest for "
        f"{_which(cheap)}."
    )
    return Finding("Fastest of the alternatives", str(len(fast)), f"of {len(runs)} pairs", text)


def _which(titles: list[str]) -> str:
    return f"{len(titles)} ({'; '.join(titles)})" if titles else "none"


def _basis(material: ReportData, route: Route | None) -> Finding | None:
    if not material.quality:
        return None
    share = material.share_by_basis
    text = (
        f"Of all statements in the description {percent(share['published'])} are published, "
        f"{percent(share['derived'])} derived from published figures and "
        f"{percent(share['estimate'])} estimates of the editors."
    )
    if route is None:
        return Finding(
            "Rests on estimates", rounded(100 * share["estimate"]), "% of the rows", text
        )
    text += f" Of the hours of the main route {share_line(route)}."
    estimated = route.time_share_by_basis["estimate"]
    return Finding("Rests on estimates", rounded(100 * estimated), "% of the hours", text)


def _validation(material: ReportData) -> Finding | None:
    checks = telling(material.targets)
    timed = [target for target in checks if target.time_error is not None]
    lengths = [
        abs(t.length_error) for t in checks if t.kind == "distance" and t.length_error is not None
    ]
    if not timed and not lengths:
        return None
    within = sum(bool(target.within_spread) for target in timed)
    text = ""
    if lengths:
        close = sum(error <= 0.1 for error in lengths)
        text = (
            f"{close} of {len(lengths)} independent published lengths are met within "
            f"{percent(0.1)}. "
        )
    if timed:
        text += (
            f"Of {len(timed)} observed or market times, {within} lie between the model's 5th and "
            "95th percentiles; none was used to tune it."
        )
        return Finding("Published times met", f"{within}", f"of {len(timed)}", text)
    return Finding("Published lengths met", str(close), f"of {len(lengths)}", text)


def _record(material: ReportData) -> Finding | None:
    table = material.corridor.used("record")
    if not len(table):
        return None
    status = list(table.text("status"))
    words = (
        "stated",
        "signed",
        "ratified",
        "funded",
        "building",
        "operating",
        "suspended",
        "ended",
    )
    counts = [f"{status.count(word)} {word}" for word in words if status.count(word)]
    text = (
        f"Of {len(status)} entries in the cooperation record, the status is: {listed(counts)}. "
        "What was promised, and what became of it, is listed entry by entry below."
    )
    done = status.count("operating")
    return Finding("The cooperation record", str(done), f"of {len(status)} operate", text)
