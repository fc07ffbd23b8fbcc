"""The sections on freight flows: tables, figures and sentences from results of the flow model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lajvard.analysis.findings import Finding
from lajvard.analysis.flow_tables import (
    MOST,
    borders_sheet,
    changes_sheet,
    countries_sheet,
    ends_of_flow,
    experiment_sheet,
    fit_sheet,
    links_sheet,
    ways_sheet,
)
from lajvard.analysis.sheet import Sheet
from lajvard.flows.fit import Fit
from lajvard.flows.flow_run import MODELS, FlowResult
from lajvard.flows.table import FlowTable
from lajvard.report.flows_charts import FlowShares, shares_chart
from lajvard.report.flows_map import flow_map
from lajvard.report.map import Drawing
from lajvard.tables.numbers import capital, counted, percent, rounded

LEAST_NAMED = 0.02
"""Flows of which less takes a named way have no choice to draw."""


@dataclass(frozen=True, eq=False)
class FlowsSection:
    """What the page says of freight flows.

    Attributes
    ----------
    map
        The flow map, None where there is nothing to draw.
    shares
        The chart of shares by way.
    sheets
        Tables by name; those named ``page_…`` are shorter and not in the workbook.
    facts
        Sentences by name.
    """

    findings: tuple[Finding, ...]
    map: Drawing | None
    shares: str
    sheets: Mapping[str, Sheet]
    facts: Mapping[str, str]


def flows_section(
    result: FlowResult, experiment: FlowTable | None, tell: Callable[[str], None]
) -> FlowsSection:
    """Draw and write down a result of the flow model, with its base if it is one of a scenario."""
    tell("Drawing the freight flows")
    base = result.base or result
    sheets = {
        "flow_countries": countries_sheet(base),
        "flow_ways": ways_sheet(base),
        "page_flow_ways": ways_sheet(base, whole=False),
        "flow_borders": borders_sheet(base),
        "page_flow_borders": borders_sheet(base, whole=False),
        "flow_changes": changes_sheet(result),
        "page_flow_changes": changes_sheet(result, whole=False),
        "flow_scenario_borders": borders_sheet(result, whole=False),
        "flow_fit": fit_sheet(base),
        "flow_links": links_sheet(base),
    }
    if experiment is not None:
        sheets["flow_experiment"] = experiment_sheet(experiment)
    sheets = {name: sheet for name, sheet in sheets.items() if sheet}
    if result.base is None:
        sheets.pop("flow_scenario_borders", None)
    return FlowsSection(
        _findings(base, experiment),
        flow_map(base.case.corridor, base),
        shares_chart(_shares(result), [way.title for way in base.case.ways], result.scenario),
        sheets,
        _facts(result, base),
    )


def _shares(result: FlowResult) -> list[FlowShares]:
    """The largest flows of which some take a named way, with their shares by way."""
    base = result.base or result
    named = {way.title for way in base.case.ways}
    order = sorted(range(len(base.sets)), key=lambda at: -base.sets[at].flow.tonnes_per_year)
    found: list[FlowShares] = []
    for at in order:
        flow = base.sets[at].flow
        by_way = _by_way(base, flow.name)
        if len(found) == MOST or sum(by_way.get(way, 0.0) for way in named) < LEAST_NAMED:
            continue
        found.append(
            FlowShares(
                ends_of_flow(base, at),
                f"{flow.tonnes_per_year / 1000:,.0f} thousand t, {_clipped(flow.commodity)}",
                by_way,
                _by_way(result, flow.name) if result.base is not None else None,
            )
        )
    return found


def _clipped(words: str, most: int = 26) -> str:
    """The first words of a list of goods.

    >>> _clipped("almonds, raisins, hides, cumin, sesame")
    'almonds, raisins, hides …'
    """
    if len(words) <= most:
        return words
    return words[:most].rsplit(",", 1)[0].rstrip() + " …"


def _by_way(result: FlowResult, flow: str) -> dict[str, float]:
    return {row[1]: row[2] for row in result.tables["ways"].rows if row[0] == flow}


def _facts(result: FlowResult, base: FlowResult) -> dict[str, str]:
    """Sentences about the sections."""
    tonnes: dict[str, float] = {}
    for one in base.sets:
        tonnes[one.flow.basis] = tonnes.get(one.flow.basis, 0.0) + one.flow.tonnes_per_year
    total = sum(tonnes.values())
    known = base.tables["known"].column("known")
    unknown = known.count("not known")
    said = {
        "size": f"{counted(len(base.sets), 'flow')} of {total / 1e6:,.1f} million t a year",
        "bases": ", ".join(
            f"{percent(part / total)} {basis}"
            for basis, part in sorted(tonnes.items(), key=lambda item: -item[1])
        ),
        "unknown": f"of {len(known)} pairs of these countries, {unknown} are not known",
        "left_out": counted(len(base.case.left_out), "row"),
        "model": MODELS[base.model],
        "fit": "",
        "scenario": result.scenario,
        "title": result.title.removeprefix(f"{base.title}: "),
    }
    if base.fit:
        rmse = Fit(base.case.parameters.scale, base.case.parameters.nest, base.fit).rmse
        n = counted(sum(pair.observed.fitted for pair in base.fit), "observed share")
        said["fit"] = (
            f"{n}, from which the model is off by {100 * rmse:.0f} points (root mean square)"
        )
    return said


def _findings(base: FlowResult, experiment: FlowTable | None) -> tuple[Finding, ...]:
    found = [_main_way(base), _fullest(base), _closure(experiment)]
    return tuple(finding for finding in found if finding is not None)


def _main_way(base: FlowResult) -> Finding | None:
    """The share of the first named way in all flows that it has a route for."""
    if not base.case.ways:
        return None
    way = base.case.ways[0].title
    rows = [row for row in base.tables["ways"].rows if row[1] == way]
    carried = sum(row[3] for row in rows)
    flows = {row[0] for row in rows}
    total = sum(one.flow.tonnes_per_year for one in base.sets if one.flow.name in flows)
    if not total:
        return None
    short = way.split(" (")[0]
    return Finding(
        f"What takes {short}",
        rounded(carried / 1000, 0),
        "thousand t a year",
        f"{percent(carried / total)} of the {total / 1e6:,.1f} million t a year that could take "
        f"{short} do so in the flow model, at described times and prices.",
    )


def _fullest(base: FlowResult) -> Finding | None:
    borders = [
        row
        for row in base.tables["bottlenecks"].rows
        if row[0] == "border" and row[3] > 0.5 and row[8] == row[8]
    ]
    if not borders:
        return None
    _, name, unit, *_ = first = borders[0]
    return Finding(
        "The most loaded border",
        f"{first[8]:.2f}",
        "volume over capacity",
        f"{name}: {first[6] / 365.25:,.0f} {unit} a day on a capacity of "
        f"{first[7] / 365.25:,.0f}, an estimate from what was counted there.",
    )


def _closure(experiment: FlowTable | None) -> Finding | None:
    if experiment is None:
        return None
    share, change = experiment.rows[0], experiment.rows[1]
    rail = next((row for row in experiment.rows if row[0].startswith("additional rail")), None)
    text = (
        f"after Pakistan's rules of October 2023, Afghan transit fell by {percent(-change[3])} "
        f"with the crossings open; the model knows closures and no rules, and changes it by "
        f"{100 * change[4]:+.0f} %. It also finds Iran better already: of the transit counted in "
        f"Pakistan it sends {percent(share[4])} there at the described times and prices."
    )
    if rail is not None:
        text += (
            f" When the crossings were shut, rail cargo of Afghanistan rose by "
            f"{rail[3]:,.1f} million t a year; the model sends {rail[4]:,.1f} there, because its "
            "buyers keep their suppliers."
        )
    return Finding(
        "What the model does not know: Afghan transit",
        f"{100 * change[7]:+.0f}",
        "points off",
        capital(text),
    )
