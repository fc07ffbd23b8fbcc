"""What the sections on simulated years say, worked out of runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lajvard.analysis.convoy import CONVOY_MILESTONES
from lajvard.analysis.probe_journeys import left_country_h
from lajvard.analysis.runs import Simulated, SimulatedWay
from lajvard.case.posts import PostCalibration
from lajvard.indicators import hours_by_cause, time_cost_distance
from lajvard.schema import first_day
from lajvard.simulation.model import Model, StepKind
from lajvard.simulation.simulate import LineStatistics, Statistics
from lajvard.study.measures import histogram_quantile
from lajvard.study.opened import Run
from lajvard.study.statistics import Estimate, mean_interval
from lajvard.twin.probes import probes_of

FloatArray = NDArray[np.float64]
Places = Mapping[str, str]
"""Names of places by id."""

CONVOY_LEFT = first_day("2018-12-13")
"""When the convoy of 2018 left Herat, by the record R003 of the built-in corridor."""

FEWEST = 30
"""Journeys of which a band from p10 to p90 is drawn at least."""


CAUSES = (
    "moving",
    "rest",
    "handling",
    "formalities",
    "permit",
    "queue",
    "waiting for departure",
    "closure",
    "opening hours",
    "repair",
)
"""Causes of hours, in the order in which they are shown."""


@dataclass(frozen=True)
class ProfileRow:
    """A leg or stop of a route: km, and median and p10 to p90 of hours and USD until its end."""

    name: str
    is_stop: bool
    n: int
    total_km: float
    hours: tuple[float, float, float]
    total_h: tuple[float, float, float]
    total_usd: tuple[float, float, float]
    mean_h: float
    mean_total_h: float


@dataclass(frozen=True)
class CauseHours:
    """Mean hours of a way by cause, and the half-width of the interval of all of them."""

    name: str
    hours: Mapping[str, float]
    low_h: float
    high_h: float
    strong: bool = False


def plain_name(name: str) -> str:
    """A place without what is in brackets or behind a slash.

    >>> plain_name("Torghundi (Turgundi)"), plain_name("Alat / Baku")
    ('Torghundi', 'Alat')
    """
    return name.split(" (")[0].split(" / ")[0]


# ---------------------------------------------------------------- the main way


def profile_of(simulated: Simulated, way: SimulatedWay) -> tuple[ProfileRow, ...]:
    """Legs and stops of the route of a way that most of its probe lorries take."""
    assert simulated.probes is not None, "ways are only there with probes"
    rows = time_cost_distance(simulated.probes.table(way.source)).to_pyarrow().to_pylist()
    passed: dict[str, int] = {}
    for row in rows:
        passed[row["route"]] = max(passed.get(row["route"], 0), row["n"])
    route = _best_or_usual(passed)
    mine = [row for row in rows if row["route"] == route and row["n"] >= passed[route] / 2]
    at, found = simulated.origin, []
    for row in mine:
        node, link = str(row["node_id"] or ""), str(row["link_id"] or "")
        start = at
        at = node or _other_end(simulated, link, at)
        found.append(_profile_row(row, _leg_name(simulated, node, link, start, at)))
    return tuple(found)


def _other_end(simulated: Simulated, link: str, start: str) -> str:
    """Where a link leads that begins, or ends, at `start`."""
    first, second, _ = simulated.links.get(link, ("", "", ""))
    return first if start == second else second


def _leg_name(simulated: Simulated, node: str, link: str, start: str, end: str) -> str:
    """A stop by its place, a leg by its ends and mode."""
    here, there = (plain_name(simulated.places.get(one, one)) for one in (start, end))
    mode = simulated.links.get(link, ("", "", ""))[2]
    return there if node else f"{here} to {there}, {mode}" if mode else link


def _best_or_usual(passed: Mapping[str, int]) -> str:
    """The cheapest route if enough journeys took it, or that of most journeys.

    >>> _best_or_usual({"x 1: by road": 40, "x 2: by sea": 90})
    'x 1: by road'
    """
    best = min(passed, key=lambda name: (len(name.split(":")[0]), name))
    return best if passed[best] >= FEWEST else max(passed, key=lambda name: passed[name])


def _profile_row(row: Mapping[str, float | str], name: str) -> ProfileRow:
    def three(name: str) -> tuple[float, float, float]:
        low, middle, high = (_steady(row[f"{name}_{band}"]) for band in ("p10", "p50", "p90"))
        return low, middle, high

    return ProfileRow(
        name,
        row["kind"] == "stop",
        int(row["n"]),
        _steady(row["total_km"]),
        three("hours"),
        three("total_hours"),
        three("total_usd"),
        _steady(row["hours"]),
        _steady(row["total_hours"]),
    )


def _steady(value: float | str | None) -> float:
    """A number out of a database, without the last digits: these depend on the order of sums."""
    return np.nan if value is None else round(float(value), 9)


# ---------------------------------------------------------------- causes


@dataclass(frozen=True)
class Cause:
    """Mean hours of a way that go to a cause, with their interval."""

    way: SimulatedWay
    cause: str
    share: float
    n: int
    hours: Estimate


def causes_of(simulated: Simulated) -> tuple[Cause, ...]:
    """Hours by cause of every way, in the order of the bars."""
    assert simulated.probes is not None, "ways are only there with probes"
    table = hours_by_cause(simulated.probes.table(whole_way=True), by=("route",))
    by_source = {way.source: way for way in simulated.ways}
    found = []
    for row in table.to_pyarrow().to_pylist():
        way = by_source.get(row["route"])
        if way is not None:
            mean, low, high = (_steady(row[name]) for name in ("mean", "low", "high"))
            hours = Estimate(mean, low, high, int(row["replications"]), np.nan)
            found.append(Cause(way, row["cause"], _steady(row["share"]), int(row["n"]), hours))
    order = {way.source: number for number, way in enumerate(simulated.ways)}
    causes = list(CAUSES)
    return tuple(sorted(found, key=lambda c: (order[c.way.source], causes.index(c.cause))))


def cause_bars(simulated: Simulated, causes: Sequence[Cause]) -> tuple[CauseHours, ...]:
    """The bars of the ways."""
    bars = []
    for way in simulated.ways:
        whole = simulated.hours(way)
        hours = {one.cause: one.hours.value for one in causes if one.way is way}
        bars.append(CauseHours(way.name, hours, whole.low, whole.high, way.is_main))
    return tuple(bars)


# ---------------------------------------------------------------- the convoy


@dataclass(frozen=True)
class ConvoyStop:
    """A place that the convoy of 2018 had come to, and simulated lorries beside it.

    Attributes
    ----------
    place
        Where it was.
    days
        After how many days.
    hours
        Of simulated lorries until there: (n_lorries,).
    share
        Of them that are as fast, with its interval over replications.
    """

    place: str
    days: float
    hours: FloatArray
    share: Estimate


def convoy_stops(simulated: Simulated) -> tuple[ConvoyStop, ...]:
    """Where the convoy was when, beside the simulated ones."""
    probes = simulated.convoy_probes
    if probes is None or not len(probes):
        return ()
    replication = probes.of_journeys("replication")
    found = []
    for milestone in CONVOY_MILESTONES:
        there = [
            place for place, country in simulated.countries.items() if country == milestone.country
        ]
        hours = left_country_h(probes, there)
        days = (first_day(milestone.day) - CONVOY_LEFT).days
        shares = [
            float((hours[replication == one] <= 24 * days).mean()) for one in np.unique(replication)
        ]
        known = hours[np.isfinite(hours)]
        if len(known):
            found.append(ConvoyStop(milestone.place, days, known, mean_interval(shares)))
    return tuple(found)


# ---------------------------------------------------------------- queues


@dataclass(frozen=True, eq=False)
class Queue:
    """Who waits at a post or for a line: on average, by hour of the day and by month.

    Attributes
    ----------
    mean
        Of how many wait, with its interval over replications.
    by_hour : (24,)
        UTC.
    by_month : (12,)
        NaN for a month that was not simulated.
    wait
        Mean wait in hours, of those who come.
    """

    name: str
    mean: Estimate
    by_hour: FloatArray
    by_month: FloatArray
    wait: Estimate


def queues_of(simulated: Simulated, *, most: int = 16) -> tuple[Queue, ...]:
    """The posts and lines of the ways where most wait, in the order in which they are met."""
    run, model = simulated.base, simulated.base.model
    stations, lines = _met(model, [way.source for way in simulated.ways])
    names = [place_words(model.station_names[at], simulated.places) for at in stations]
    names += [line_words(model.line_names[at], simulated) for at in lines]
    courses = [_course(one, stations, lines, model, run) for one in run.each_statistics()]
    waits = np.array([_waits(one, stations, lines) for one in run.each_counted()])
    by_hour = np.mean([course[0] for course in courses], axis=0)
    by_month = np.mean([course[1] for course in courses], axis=0)
    means = np.array([course[2] for course in courses])
    order = np.argsort(-means.mean(axis=0), kind="stable")[:most]
    return tuple(
        Queue(
            names[at],
            mean_interval(means[:, at]),
            by_hour[:, at],
            by_month[:, at],
            mean_interval(waits[:, at]),
        )
        for at in sorted(order.tolist())
        if means[:, at].mean() >= 0.05
    )


def _course(
    one: Statistics, stations: Sequence[int], lines: Sequence[int], model: Model, run: Run
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Who waits after the warm-up by hour (24, n), month (12, n; NaN for none) and at all (n,)."""
    begin = 24 * run.warmup_days
    parts = (one.stations.queue_by_hour[:, stations], one.lines.queue_by_hour[:, lines])
    series = np.hstack(parts)[begin:]
    whole = len(series) // 24 * 24
    by_hour = series[:whole].reshape(-1, 24, series.shape[1]).mean(axis=0)
    hours = np.arange(begin, begin + len(series)) + 0.5
    month = np.searchsorted(model.month_start_h, hours, side="right") - 1
    by_month = np.full((12, series.shape[1]), np.nan)
    for number in np.unique(month[month < 12]).tolist():
        by_month[number] = series[month == number].mean(axis=0)
    return by_hour, by_month, series.mean(axis=0)


def _waits(one: Statistics, stations: Sequence[int], lines: Sequence[int]) -> list[float]:
    """Mean wait in hours at each station and for each line."""
    posts, ships = one.stations, one.lines
    found = [_ratio(posts.wait_sum_h[at] + posts.outside_h[at], posts.waits[at]) for at in stations]
    return found + [_ratio(ships.wait_sum_h[at], ships.waits[at]) for at in lines]


def _met(model: Model, sources: Sequence[str]) -> tuple[list[int], list[int]]:
    """Stations and lines of the routes of sources, in the order in which they are met."""
    stations: dict[int, None] = {}
    lines: dict[int, None] = {}
    for source in sources:
        at = model.source_names.index(source)
        first, last = model.sources.first_route[at : at + 2]
        steps = slice(*model.routes.first_step[[first, last]])
        for kind, target in zip(model.steps.kind[steps], model.steps.target[steps], strict=True):
            if kind == StepKind.STATION:
                stations.setdefault(int(target))
            elif kind == StepKind.SERVICE:
                lines.setdefault(int(target))
    return list(stations), list(lines)


def _ratio(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom > 0 else np.nan


def place_words(station: str, places: Places) -> str:
    """A station in words.

    >>> place_words("AA-BB road outbound", {"AA": "Ahr (x)", "BB": "Bonn"})
    'Ahr, road to Bonn'
    >>> place_words("AA-BB rail inbound escort", {"AA": "Ahr", "BB": "Bonn"})
    'Ahr, rail from Bonn, escort'
    """
    ends, *words = station.split(" ")
    node, _, other = ends.partition("-")
    here, there = (plain_name(places.get(one, one)) for one in (node, other))
    if here == there:
        here, there = f"{here} ({node})", f"{there} ({other})"
    mode = words[0] if words else ""
    link = {"outbound": "to", "inbound": "from"}.get(words[1] if len(words) > 1 else "", "to/from")
    more = f", {' '.join(words[2:])}" if len(words) > 2 else ""
    way = f"{mode} {link} {there}" if other else mode
    return f"{here}, {way}{more}".replace(",  ", ", ")


def line_words(line: str, simulated: Simulated) -> str:
    """A line in words: its service, in the direction that it goes."""
    service, _, start = line.partition(" from ")
    ends, _, what = simulated.services.get(service, "").partition(", ")
    first, dash, second = ends.partition("-")
    if not dash:
        place = plain_name(simulated.places.get(start, start))
        return f"{ends or service}, from {place}"
    here, there = (first, second) if service.startswith(start) else (second, first)
    return f"{here} to {there}, {what}" if what else f"{here} to {there}"


# ---------------------------------------------------------------- vessels


@dataclass(frozen=True)
class LineUse:
    """A line of vessels or trains in a year, each number with its interval.

    `trips` and `empties` are departures a year, `load` the share of the places that were taken,
    `wait` and `wait_p95` hours until a departure, `n_waits` those who came in a replication, `met`
    whether the ways of the main pair use it.
    """

    name: str
    trips: Estimate
    empties: Estimate
    load: Estimate
    wait: Estimate
    wait_p95: Estimate
    n_waits: float
    met: bool


def lines_of(simulated: Simulated) -> tuple[LineUse, ...]:
    """The lines that were used, those of most departures first."""
    run = simulated.base
    model, days = run.model, run.manifest.days - run.warmup_days
    counts = [one.lines for one in run.each_counted()]
    met = set(_met(model, [way.source for way in simulated.ways])[1])
    found = [
        _line(line_words(model.line_names[at], simulated), counts, at, 365.25 / days, at in met)
        for at in range(len(model.line_names))
        if sum(int(one.waits[at]) for one in counts)
    ]
    return tuple(sorted(found, key=lambda line: line.name))


def _line(
    name: str, counts: Sequence[LineStatistics], at: int, per_year: float, met: bool
) -> LineUse:
    p95 = [histogram_quantile(one.wait_histogram[at].astype(np.float64), 0.95) for one in counts]
    return LineUse(
        name,
        mean_interval([one.departures[at] * per_year for one in counts]),
        mean_interval([one.empties[at] * per_year for one in counts]),
        mean_interval([_ratio(one.carried[at], one.offered[at]) for one in counts]),
        mean_interval([_ratio(one.wait_sum_h[at], one.waits[at]) for one in counts]),
        mean_interval(p95),
        float(np.mean([one.waits[at] for one in counts])),
        met,
    )


# ---------------------------------------------------------------- posts


@dataclass(frozen=True)
class PostTimes:
    """A border post: described and simulated hours of clearance, queue included.

    `met` says whether it lies on a way of the main pair.
    """

    name: str
    post: PostCalibration
    simulated: Estimate
    n: float
    met: bool

    @property
    def error(self) -> float:
        """The difference as a share of the described hours."""
        return self.simulated.value / self.post.target_h - 1

    @property
    def is_within(self) -> bool:
        """Whether the described hours lie in the interval."""
        return self.simulated.low <= self.post.target_h <= self.simulated.high


LEAST_COMERS = 50
"""Unit loads a year below which nothing is said of a post."""


def posts_of(simulated: Simulated) -> tuple[PostTimes, ...]:
    """Every calibrated post that enough pass, those on the ways first."""
    run = simulated.base
    names = run.model.station_names
    met = {names[at] for at in _met(run.model, [way.source for way in simulated.ways])[0]}
    comers = np.mean([one.stations.waits for one in run.each_counted()], axis=0)
    per_year = 365.25 / (run.manifest.days - run.warmup_days)
    probes = len(probes_of(run.model)) > 0
    found = []
    for post in simulated.posts:
        hours = simulated.estimate(f"station_h/{post.post}") if post.post in names else None
        n = float(comers[names.index(post.post)]) if post.post in names else 0.0
        described = post.described_per_day + post.background_per_day > 0 or not probes
        if hours is not None and n * per_year >= LEAST_COMERS and described:
            name = place_words(post.post, simulated.places)
            found.append(PostTimes(name, post, hours, n, post.post in met))
    return tuple(sorted(found, key=lambda one: (not one.met, one.name)))


# ---------------------------------------------------------------- scenarios


@dataclass(frozen=True)
class Effect:
    """What a scenario changes: a quantity, with the paired difference over replications."""

    scenario: str
    what: str
    of: str
    unit: str
    base: Estimate
    change: Estimate
    is_clear: bool
    way: SimulatedWay | None = None


WHOLE = ("journey_h", "journey_p95_h", "cost_usd", "emission_kgco2e", "arrived_per_day")
OF_WAYS = ("journey_h", "journey_p95_h", "cost_usd")


def effects_of(simulated: Simulated) -> tuple[Effect, ...]:
    """The changes of all traffic, and of the probe lorries on each way, by scenario."""
    comparison = simulated.comparison
    if comparison is None:
        return ()
    ways = {way.source: way for way in simulated.ways}
    found = []
    for change in comparison.changes:
        measure, difference = change.measure, change.difference
        way = ways.get(measure.of)
        wanted = measure.name in (OF_WAYS if way else WHOLE)
        if wanted and (way is not None or not measure.of):
            found.append(
                Effect(
                    comparison.others[change.run].manifest.title,
                    measure.meaning,
                    way.name if way else "all traffic",
                    measure.unit,
                    difference.base,
                    difference.change,
                    difference.is_clear,
                    way,
                )
            )
    return tuple(found)
