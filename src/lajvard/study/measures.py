"""What is measured in every replication, from what the engine counts: no journey log is needed.

A measure is one number a replication, of the whole corridor, a flow, a route, a station or a line.
The traffic that only fills borders and ferries (class ``background``) counts at these, and not
among journeys.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from lajvard.simulation.model import FloatArray, Model, StepKind
from lajvard.simulation.simulate import HISTOGRAM_EDGES_H, Statistics
from lajvard.twin.probes import probes_of

BACKGROUND = "background"

T = TypeVar("T", bound=Any)
_NUMBER = re.compile(r" \d+: ")
"""Of a route in its choice set: it may be another in another scenario, the route being the same."""


class Measure(NamedTuple):
    """A number that every replication has.

    Attributes
    ----------
    name
        What is measured, with its unit, such as ``journey_h``.
    of
        The flow, route, station or line; empty for the whole corridor.
    unit, meaning
        For the reader.
    by
        What kind of thing `of` is.
    """

    name: str
    of: str = ""
    unit: str = "h"
    meaning: str = ""
    by: str = ""

    @property
    def key(self) -> str:
        """Name and thing: ``journey_h``, ``station_h/TMKRW-AZALT``."""
        return f"{self.name}/{self.of}" if self.of else self.name


Compute = Callable[[Statistics, Sequence[int], float], float]
"""Of the counts, the places of what is measured, and the days they were counted in."""


class Kind(NamedTuple):
    """A measure before it is said of what."""

    unit: str
    meaning: str
    compute: Compute


def _ratio(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom > 0 else np.nan


def _journey_h(counts: Statistics, at: Sequence[int], days: float) -> float:
    routes = counts.routes
    return _ratio(routes.time_sum_h[at].sum(), routes.journeys[at].sum())


def _journey_p95_h(counts: Statistics, at: Sequence[int], days: float) -> float:
    return histogram_quantile(counts.routes.time_histogram[at].sum(axis=0), 0.95)


def _per_journey(amount: FloatArray, counts: Statistics, at: Sequence[int]) -> float:
    """Of the steps that were done: who is still under way has done half of them, on average."""
    begun, ended = counts.routes.started[at].sum(), counts.routes.journeys[at].sum()
    return _ratio(amount[at].sum(), (begun + ended) / 2) if ended else np.nan


def _cost_usd(counts: Statistics, at: Sequence[int], days: float) -> float:
    return _per_journey(counts.routes.cost_usd, counts, at)


def _emission_kgco2e(counts: Statistics, at: Sequence[int], days: float) -> float:
    return _per_journey(counts.routes.emission_kgco2e, counts, at)


def _arrived_per_day(counts: Statistics, at: Sequence[int], days: float) -> float:
    return _ratio(counts.routes.journeys[at].sum(), days)


def _station_h(counts: Statistics, at: Sequence[int], days: float) -> float:
    stations = counts.stations
    hours = stations.wait_sum_h + stations.busy_h + stations.blocked_h + stations.outside_h
    return _ratio(hours[at].sum(), stations.waits[at].sum())


def _with_inspections(compute: Compute, model: Model) -> Compute:
    """The time at a station with that of the yellow and red channels, which follow it.

    The time of inspections is what the inspected take in the mean. Background traffic is not
    inspected, so that it is counted by those who may be.
    """
    steps = model.steps
    name = "inspection"
    known = name in model.activity_names
    inspected = (steps.activity == model.activity_names.index(name)) if known else steps.kind < 0
    ends = np.zeros(len(steps.kind) + 1, dtype=np.bool_)
    ends[model.routes.first_step] = True
    follows = np.append(inspected[1:] & ~ends[1:-1], False)
    entry = np.flatnonzero((steps.kind == StepKind.STATION) & follows)
    if not len(entry):
        return compute
    after = np.flatnonzero(inspected & (steps.kind == StepKind.DELAY))
    station = steps.target[entry[np.searchsorted(entry, after) - 1]]

    def with_inspections(counts: Statistics, at: Sequence[int], days: float) -> float:
        hours = (counts.steps_done[after] * steps.scale[after])[np.isin(station, at)].sum()
        seen = counts.steps_done[entry][np.isin(steps.target[entry], at)].sum()
        return compute(counts, at, days) + (float(hours / seen) if seen else 0.0)

    return with_inspections


def _station_wait_h(counts: Statistics, at: Sequence[int], days: float) -> float:
    stations = counts.stations
    return _ratio((stations.wait_sum_h + stations.outside_h)[at].sum(), stations.waits[at].sum())


def _busy_share(counts: Statistics, at: Sequence[int], days: float) -> float:
    return _ratio(counts.stations.busy_h[at].sum(), counts.stations.offered_h[at].sum())


def _line_wait_h(counts: Statistics, at: Sequence[int], days: float) -> float:
    return _ratio(counts.lines.wait_sum_h[at].sum(), counts.lines.waits[at].sum())


def _load_share(counts: Statistics, at: Sequence[int], days: float) -> float:
    return _ratio(counts.lines.carried[at].sum(), counts.lines.offered[at].sum())


def _permit_wait_h(counts: Statistics, at: Sequence[int], days: float) -> float:
    return _ratio(counts.pools.wait_sum_h[at].sum(), counts.pools.waits[at].sum())


KINDS: Mapping[str, Kind] = {
    "journey_h": Kind("h", "journey time", _journey_h),
    "journey_p95_h": Kind("h", "journey time that 95 of 100 keep", _journey_p95_h),
    "cost_usd": Kind("USD", "cost of a journey", _cost_usd),
    "emission_kgco2e": Kind("kg", "CO2e of a journey", _emission_kgco2e),
    "arrived_per_day": Kind("1/day", "journeys that arrive", _arrived_per_day),
    "station_h": Kind("h", "time at a station, inspection included", _station_h),
    "station_wait_h": Kind("h", "queue at a station", _station_wait_h),
    "busy_share": Kind("-", "utilisation of a station", _busy_share),
    "line_wait_h": Kind("h", "wait for a departure", _line_wait_h),
    "load_share": Kind("-", "load factor of a line", _load_share),
    "permit_wait_h": Kind("h", "wait for a permit", _permit_wait_h),
}
"""Every kind of measure by name."""

_OF: Sequence[tuple[str, Sequence[str]]] = (
    ("", ("journey_h", "journey_p95_h", "cost_usd", "emission_kgco2e", "arrived_per_day")),
    ("flow", ("journey_h", "journey_p95_h", "cost_usd", "emission_kgco2e", "arrived_per_day")),
    ("route", ("journey_h", "arrived_per_day")),
    ("station", ("station_h", "station_wait_h", "busy_share")),
    ("line", ("line_wait_h", "load_share")),
    ("permit", ("permit_wait_h",)),
)
"""Which measures there are of which kind of thing, in the order in which they are listed."""


def _things(model: Model) -> Mapping[str, Mapping[str, list[int]]]:
    """Places of routes, stations, lines and pools by what they are grouped under."""
    source_of_route = np.repeat(
        np.arange(len(model.source_names)), np.diff(model.sources.first_route)
    )
    class_of = [model.class_names[ix] for ix in model.sources.class_ix]
    journeys = [
        (route, int(source))
        for route, source in enumerate(source_of_route)
        if class_of[source] != BACKGROUND
    ]
    routes, probes = model.route_names, probes_of(model)
    return {
        "": {"": [route for route, source in journeys if source not in probes]},
        "flow": _grouped((model.source_names[source], route) for route, source in journeys),
        "route": _grouped(
            (_NUMBER.sub(": ", routes[route], count=1), route) for route, _ in journeys
        ),
        "station": _grouped((name, at) for at, name in enumerate(model.station_names)),
        "line": _grouped((name, at) for at, name in enumerate(model.line_names)),
        "permit": _grouped((name, at) for at, name in enumerate(model.pool_names)),
    }


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name, at in pairs:
        found.setdefault(name, []).append(at)
    return found


def _each(model: Model) -> Iterator[tuple[Measure, Compute, list[int]]]:
    things = _things(model)
    computes = {name: kind.compute for name, kind in KINDS.items()}
    computes["station_h"] = _with_inspections(_station_h, model)
    for by, names in _OF:
        for name in names:
            kind = KINDS[name]
            for of, at in things[by].items():
                if of or not by:
                    yield Measure(name, of, kind.unit, kind.meaning, by), computes[name], at


def measures_of(model: Model) -> tuple[Measure, ...]:
    """The measures of a model: of the whole corridor, its flows, routes, stations and lines."""
    return tuple(measure for measure, *_ in _each(model))


def values_of(model: Model, counts: Statistics, days: float) -> FloatArray:
    """(n_measures,): what was counted in `days`, in the order of `measures_of`; NaN for none."""
    values = [compute(counts, at, days) for _, compute, at in _each(model)]
    return np.array(values, dtype=np.float64)


def histogram_quantile(counts: FloatArray, q: float) -> float:
    """A quantile of times that were counted in cells, linear within its cell; NaN for none.

    The last cell has no upper edge: a quantile in it is its lower edge.

    >>> cells = np.zeros(104)
    >>> cells[49:51] = 1.0  # 1 to 1.25 h, and 1.25 to 1.5 h
    >>> histogram_quantile(cells, 0.75)
    1.375
    """
    total = np.cumsum(counts)
    if not total[-1]:
        return np.nan
    cell = int(np.searchsorted(total, q * total[-1]))
    low = float(HISTOGRAM_EDGES_H[cell])
    if cell + 1 == len(HISTOGRAM_EDGES_H):
        return low
    width = float(HISTOGRAM_EDGES_H[cell + 1]) - low
    before = float(total[cell] - counts[cell])
    return low + width * (q * float(total[-1]) - before) / float(counts[cell])


_AS_IT_IS = frozenset({"longest_queue", "n_under_way"})
_OVER_TIME = re.compile(r"_by_(hour|day)")


def without(whole: Statistics, beginning: Statistics) -> Statistics:
    """What was counted after a beginning, of which the counts are known as well.

    Series over time stay whole, and so do the longest queue and who is under way at the end.
    """
    return _less(whole, beginning)


def _less(whole: T, beginning: T) -> T:
    found: list[Any] = []
    for name, all_, first in zip(whole._fields, whole, beginning, strict=True):
        if hasattr(all_, "_fields"):
            found.append(_less(all_, first))
        elif name in _AS_IT_IS or _OVER_TIME.search(name):
            found.append(all_)
        else:
            found.append(all_ - first)
    left: T = type(whole)(*found)
    return left


def daily_series(counts: Sequence[Statistics]) -> FloatArray:
    """(n_days,): mean number of consignments under way on each whole day, over replications."""
    hours = np.mean([each.in_system_by_hour for each in counts], axis=0)
    n_days = len(hours) // 24
    series: FloatArray = hours[: n_days * 24].reshape(n_days, 24).mean(axis=1)
    return series
