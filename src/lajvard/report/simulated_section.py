"""The sections on simulated years: tables, figures and sentences from runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from lajvard.analysis.findings import Finding
from lajvard.analysis.profiles import (
    Cause,
    ConvoyStop,
    ProfileRow,
    cause_bars,
    causes_of,
    convoy_stops,
    profile_of,
)
from lajvard.analysis.report_data import ReportData
from lajvard.analysis.runs import Simulated, SimulatedWay
from lajvard.analysis.simulated import (
    Effect,
    LineUse,
    PostTimes,
    Queue,
    effects_of,
    lines_of,
    posts_of,
    queues_of,
)
from lajvard.analysis.simulated_findings import bounds, simulated_findings
from lajvard.analysis.simulated_tables import (
    causes_page,
    causes_table,
    convoy_table,
    effects_page,
    effects_table,
    lines_page,
    lines_table,
    posts_table,
    profile_table,
    queues_page,
    queues_table,
    runs_table,
    times_table,
)
from lajvard.progress import Progress, Report
from lajvard.report.simulated_places import forest_chart, lines_chart, posts_chart, queue_chart
from lajvard.report.simulated_routes import (
    Times,
    causes_chart,
    profile_chart,
    times_chart,
)
from lajvard.routes import Route
from lajvard.tables import ResultTable
from lajvard.tables.numbers import counted, listed, rounded, span

FIGURES = ("route", "times", "causes", "convoy", "queues", "lines", "posts", "scenarios")
"""Names of the figures."""


@dataclass(frozen=True, eq=False)
class SimulatedSection:
    """What the page says from runs.

    Attributes
    ----------
    figures
        Drawings by the names of `FIGURES`; empty where the runs have nothing to draw.
    tables
        Tables by name.
    facts
        Sentences by name.
    """

    findings: tuple[Finding, ...]
    figures: Mapping[str, str]
    tables: Mapping[str, ResultTable]
    facts: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class _Numbers:
    """Everything that is worked out once for tables, figures and sentences."""

    profile: tuple[ProfileRow, ...]
    causes: tuple[Cause, ...]
    stops: tuple[ConvoyStop, ...]
    queues: tuple[Queue, ...]
    lines: tuple[LineUse, ...]
    posts: tuple[PostTimes, ...]
    effects: tuple[Effect, ...]


def simulated_section(material: ReportData, simulated: Simulated, tell: Report) -> SimulatedSection:
    """Work out, draw and write down what runs say."""
    tell(Progress("Reading the simulated years"))
    way = simulated.main
    numbers = _Numbers(
        profile_of(simulated, way) if way else (),
        causes_of(simulated) if simulated.ways else (),
        convoy_stops(simulated),
        queues_of(simulated) if simulated.ways else (),
        lines_of(simulated),
        posts_of(simulated),
        effects_of(simulated),
    )
    findings = simulated_findings(
        material,
        simulated,
        causes=numbers.causes,
        stops=numbers.stops,
        lines=numbers.lines,
        posts=numbers.posts,
        effects=numbers.effects,
    )
    tell(Progress("Drawing the simulated years"))
    return SimulatedSection(
        findings,
        _figures(simulated, numbers),
        _tables(simulated, numbers),
        _facts(material, simulated, numbers),
    )


def _tables(simulated: Simulated, numbers: _Numbers) -> dict[str, ResultTable]:
    name = simulated.main.name if simulated.main else ""
    found = {
        "sim_runs": runs_table(simulated),
        "sim_route": profile_table(numbers.profile, name),
        "sim_causes": causes_table(numbers.causes),
        "sim_convoy": convoy_table(numbers.stops),
        "sim_scenarios": effects_table(numbers.effects),
        "sim_queues": queues_table(numbers.queues),
        "sim_lines": lines_table(numbers.lines),
        "sim_posts": posts_table(numbers.posts),
        "page_queues": queues_page(numbers.queues),
        "page_lines": lines_page(numbers.lines),
        "page_scenarios": effects_page(numbers.effects),
    }
    if simulated.ways:
        found["sim_times"] = times_table(simulated)
        found["page_causes"] = causes_page(simulated, numbers.causes)
    return {name: table for name, table in found.items() if table}


def _figures(simulated: Simulated, numbers: _Numbers) -> dict[str, str]:
    """The figures that there is something to draw for."""
    way, found = simulated.main, dict.fromkeys(FIGURES, "")
    if way is not None and numbers.profile:
        found["route"] = profile_chart(numbers.profile, _expected(way, numbers.profile), way.name)
    if simulated.ways and simulated.probes is not None:
        times = [
            Times(one.name, simulated.probes.of(one.source), one.is_main) for one in simulated.ways
        ]
        found["times"] = times_chart(times, "sim-times", "journeys by way")
        found["causes"] = causes_chart(cause_bars(simulated, numbers.causes))
    if numbers.stops:
        ridges = [
            Times(
                f"Herat to {stop.place}",
                stop.hours,
                True,
                ((f"the convoy, {stop.days:g} days", 24.0 * stop.days),),
            )
            for stop in numbers.stops
        ]
        found["convoy"] = times_chart(ridges, "sim-convoy", "lorries in convoys")
    if numbers.queues:
        found["queues"] = queue_chart(numbers.queues)
    if numbers.lines:
        found["lines"] = lines_chart(numbers.lines)
    if numbers.posts:
        found["posts"] = posts_chart(numbers.posts)
    times_changed = [one for one in numbers.effects if one.what == "journey time"]
    if times_changed:
        found["scenarios"] = forest_chart(times_changed)
    return found


def _expected(way: SimulatedWay, profile: tuple[ProfileRow, ...]) -> Route | None:
    """The best route of the way, if the simulated one is of the same length."""
    route = way.way.route
    if route is None or abs(route.distance_km - profile[-1].total_km) > 1:
        return None
    return route


def _facts(material: ReportData, simulated: Simulated, numbers: _Numbers) -> dict[str, str]:
    """Sentences about the sections."""
    base, way = simulated.base, simulated.main
    said = {
        "size": f"{rounded(base.manifest.days)} days, {counted(simulated.n, 'replication')}",
        "scenarios": listed([run.manifest.title for run in simulated.others]),
        "pair": material.main.pair.title if material.main else "",
        "log": "" if simulated.probes is not None else _NO_LOG,
        "no_posts": "" if base.posts is not None else _NO_POSTS,
        "convoy": "",
        "route": "",
        "unstable": _unstable(simulated),
    }
    if way is not None and numbers.profile:
        n = max(row.n for row in numbers.profile)
        said["route"] = f"{counted(n, 'journey')} on one route of {way.name}"
        mean = simulated.hours(way)
        said["time"] = f"{span(mean.value)} ({bounds(mean)})"
    if simulated.convoy is not None and numbers.stops:
        replications = counted(simulated.convoy.n_replications, "replication")
        said["convoy"] = f"{len(numbers.stops[0].hours):,} lorries in {replications}"
    return said


_MOST_NAMED = 4
"""Places that a sentence names."""


def _unstable(simulated: Simulated) -> str:
    """Where queues never settled, and what that means for what is measured; empty for nowhere."""
    said = []
    for run in (simulated.base, *simulated.others):
        names = [place.name for place in run.unstable]
        more = len(names) - _MOST_NAMED
        shown = [*names[:_MOST_NAMED], *([counted(more, "other place")] if more > 0 else ())]
        if names:
            said.append(f"{run.manifest.title}: queues grew without end at {listed(shown)}.")
    if not said:
        return ""
    meaning = "Times and prices of journeys that pass there count only those that ended."
    return " ".join([*said, meaning])


_NO_POSTS = (
    "The run folder of the base does not keep its border posts, so that the table of posts is left "
    "out: simulate again to have it."
)
_NO_LOG = (
    "The runs have no journey log with probe lorries, so that journey times and causes are left "
    "out: simulate with --log sample."
)
