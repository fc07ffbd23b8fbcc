"""Queues, vessels, posts and scenarios of simulated years, worked out of runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lajvard.analysis.profiles import plain_name
from lajvard.analysis.runs import Simulated, SimulatedWay
from lajvard.case.posts import PostCalibration
from lajvard.simulation.model import Model, StepKind
from lajvard.simulation.simulate import LineStatistics, Statistics
from lajvard.study.measures import histogram_quantile
from lajvard.study.opened import Run
from lajvard.study.statistics import Estimate, mean_interval
from lajvard.twin.probes import probes_of

FloatArray = NDArray[np.float64]
Places = Mapping[str, str]
"""Names of places by id."""

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
