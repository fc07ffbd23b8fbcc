"""The sections on freight flows: tables, figures and sentences from results of the flow model."""

from collections.abc import Mapping
from dataclasses import dataclass

from lajvard.analysis.findings import Finding
from lajvard.analysis.flow_tables import (
    MOST,
    borders_table,
    changes_table,
    countries_table,
    ends_of_flow,
    experiment_table,
    fit_table,
    links_table,
    ways_table,
)
from lajvard.flows.assign_flows import MODELS, FlowResult
from lajvard.flows.fit import Fit
from lajvard.progress import Progress, Report
from lajvard.report.flows_charts import FlowShares, shares_chart
from lajvard.report.flows_map import flow_map
from lajvard.report.map import Drawing
from lajvard.tables import ResultTable
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
    tables
        Tables by name; those named ``page_…`` are shorter and not in the workbook.
    facts
        Sentences by name.
    """

    findings: tuple[Finding, ...]
    map: Drawing | None
    shares: str
    tables: Mapping[str, ResultTable]
    facts: Mapping[str, str]


def flows_section(result: FlowResult, experiment: ResultTable | None, tell: Report) -> FlowsSection:
    """Draw and write down a result of the flow model, with its base if it is one of a scenario."""
    tell(Progress("Drawing the freight flows"))
    base = result.base or result
    tables = {
        "flow_countries": countries_table(base),
        "flow_ways": ways_table(base),
        "page_flow_ways": ways_table(base, whole=False),
        "flow_borders": borders_table(base),
        "page_flow_borders": borders_table(base, whole=False),
        "flow_changes": changes_table(result),
        "page_flow_changes": changes_table(result, whole=False),
        "flow_scenario_borders": borders_table(result, whole=False),
        "flow_fit": fit_table(base),
        "flow_links": links_table(base),
    }
    if experiment is not None:
        tables["flow_experiment"] = experiment_table(experiment)
    tables = {name: table for name, table in tables.items() if table}
    if result.base is None:
        tables.pop("flow_scenario_borders", None)
    return FlowsSection(
        _findings(base, experiment),
        flow_map(base.case.view, base),
        shares_chart(
            _shares(result), [way.title for way in base.case.alternatives], result.scenario
        ),
        tables,
        _facts(result, base),
    )


def _shares(result: FlowResult) -> list[FlowShares]:
    """The largest flows of which some take a named way, with their shares by way."""
    base = result.base or result
    named = {way.title for way in base.case.alternatives}
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
    rows = (row for row in result.tables["ways"] if row["demand_id"] == flow)
    return {row.text("way"): row.number("share") for row in rows}


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


def _findings(base: FlowResult, experiment: ResultTable | None) -> tuple[Finding, ...]:
    found = [_main_way(base), _fullest(base), _closure(experiment)]
    return tuple(finding for finding in found if finding is not None)


def _main_way(base: FlowResult) -> Finding | None:
    """The share of the first named way in all flows that it has a route for."""
    if not base.case.alternatives:
        return None
    way = base.case.alternatives[0].title
    rows = [row for row in base.tables["ways"] if row["way"] == way]
    carried = sum(row.number("tonnes_per_year") for row in rows)
    flows = {row["demand_id"] for row in rows}
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
        for row in base.tables["bottlenecks"]
        if row["kind"] == "border"
        and row.number("described_per_year") > 0.5
        and row["volume_over_capacity"] is not None
    ]
    if not borders:
        return None
    first = borders[0]
    volume, capacity = (
        first.number(f"{name}_per_year") / 365.25 for name in ("volume", "capacity")
    )
    return Finding(
        "The most loaded border",
        f"{first.number('volume_over_capacity'):.2f}",
        "volume over capacity",
        f"{first['name']}: {volume:,.0f} {first['unit']} a day on a capacity of "
        f"{capacity:,.0f}, an estimate from what was counted there.",
    )


def _closure(experiment: ResultTable | None) -> Finding | None:
    if experiment is None:
        return None
    share, change = experiment.rows[0], experiment.rows[1]
    rails = (row for row in experiment if row.text("what").startswith("additional rail"))
    rail = next(rails, None)
    fall, modelled = change.number("observed"), change.number("modelled")
    through = percent(share.number("modelled"))
    text = (
        f"after Pakistan's rules of October 2023, Afghan transit fell by {percent(-fall)} "
        f"with the crossings open; the model knows closures and no rules, and changes it by "
        f"{100 * modelled:+.0f} %. It also finds Iran better already: of the transit counted in "
        f"Pakistan it sends {through} there at the described times and prices."
    )
    if rail is not None:
        text += (
            f" When the crossings were shut, rail cargo of Afghanistan rose by "
            f"{rail.number('observed'):,.1f} million t a year; the model sends "
            f"{rail.number('modelled'):,.1f} there, because its "
            "buyers keep their suppliers."
        )
    return Finding(
        "What the model does not know: Afghan transit",
        f"{100 * change.number('error'):+.0f}",
        "points off",
        capital(text),
    )
