"""Small models put together by hand, and what their logs say, for tests of the engine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard.simulation.build import ModelBuilder
from lajvard.simulation.model import FloatArray, IntArray, Model, StepKind
from lajvard.simulation.simulate import ActivityColumns


class Journeys(NamedTuple):
    """One entry a logged journey, in the order of their beginnings."""

    number: IntArray
    source: IntArray
    begin_h: FloatArray
    wait_h: FloatArray  # all waits of the engine's own rows
    whole_h: FloatArray


def journeys(log: ActivityColumns) -> Journeys:
    """Journeys of a log."""
    number, first, which = np.unique(log.journey, return_index=True, return_inverse=True)
    hours = (log.end_s.astype(np.int64) - log.start_s) / 3600.0
    begin = np.full(len(number), np.inf)
    np.minimum.at(begin, which, log.start_s / 3600.0)
    return Journeys(
        number,
        log.source[first].astype(np.int32),
        begin,
        np.bincount(which, hours * (log.step < 0), len(number)).astype(np.float64),
        np.bincount(which, hours, len(number)).astype(np.float64),
    )


def kinds(model: Model, log: ActivityColumns) -> NDArray[np.int8]:
    """Kind of step of every row, -1 for the engine's own rows."""
    return np.where(log.step < 0, -1, model.steps.kind[np.maximum(log.step, 0)]).astype(np.int8)


def targets(model: Model, log: ActivityColumns) -> IntArray:
    """Station, line or pool of every row, -1 for the engine's own rows."""
    return np.where(log.step < 0, -1, model.steps.target[np.maximum(log.step, 0)]).astype(np.int32)


def in_order(log: ActivityColumns) -> ActivityColumns:
    """The log by journey, and within a journey by row."""
    order = np.lexsort((log.seq, log.journey))
    return ActivityColumns._make(column[order] for column in log)


# ------------------------------------------------------------- models


def queue(
    *,
    servers: int,
    rate_per_h: float,
    form: str = "exponential",
    mean_h: float = 1.0,
    cv: float = 1.0,
    horizon_h: float = 10_000.0,
    losing: tuple[float, float, float] | None = None,
) -> Model:
    """Poisson arrivals, one line, some servers; fewer in times of (rate, mean length, share)."""
    b = ModelBuilder(horizon_h=horizon_h)
    rate, mean, left = losing or (0.0, 0.0, 0.0)
    gates = [b.gate("snow", rate_per_h=rate, mean_closed_h=mean, left=left)] if losing else []
    post = b.station("post", servers, gates=gates)
    served = b.step(StepKind.STATION, target=post, distribution=b.time(form, mean_h, cv))
    b.source("lorries", [(1.0, [served])], rate_per_h=rate_per_h)
    return b.build()


def two_classes(
    *, rates_per_h: tuple[float, float], mean_h: float, cv: float, horizon_h: float
) -> Model:
    """One server, perishables before all others in line."""
    b = ModelBuilder(horizon_h=horizon_h, class_priority=(0, 1))
    post = b.station("post", 1)
    time = b.time("gamma", mean_h, cv)
    for ix, rate in enumerate(rates_per_h):
        served = b.step(StepKind.STATION, target=post, distribution=time)
        b.source(f"class {ix}", [(1.0, [served])], rate_per_h=rate, class_ix=ix)
    return b.build()


def network(*, rate_per_h: float, skipped: float, horizon_h: float) -> Model:
    """Post A (1 server), for some post B (2 servers), post C (1 server)."""
    b = ModelBuilder(horizon_h=horizon_h)
    means = {"A": (1, 0.8), "B": (2, 2.0), "C": (1, 0.7)}
    at = {
        name: b.step(
            StepKind.STATION,
            target=b.station(name, servers),
            distribution=b.time("exponential", mean),
        )
        for name, (servers, mean) in means.items()
    }
    branch = b.step(StepKind.BRANCH, probability=skipped, skip=1)
    b.source("lorries", [(1.0, [at["A"], branch, at["B"], at["C"]])], rate_per_h=rate_per_h)
    return b.build()


def paired(
    *, rate_per_h: float, means_h: tuple[float, float], yard: int, horizon_h: float
) -> Model:
    """An exit post that a lorry leaves only when the yard of the entry post has room."""
    b = ModelBuilder(horizon_h=horizon_h)
    leave, enter = b.station("exit"), b.station("entry", yard=yard)
    first, second = (b.time("exponential", mean) for mean in means_h)
    steps = [
        b.step(StepKind.STATION, target=leave, distribution=first, ahead=enter),
        b.step(StepKind.STATION, target=enter, distribution=second),
    ]
    b.source("lorries", [(1.0, steps)], rate_per_h=rate_per_h)
    return b.build()


def departures(
    *,
    rate_per_h: float,
    capacity: float,
    operation: int,
    headway_h: float = 1.0,
    vessels: int = 3,
    horizon_h: float,
) -> Model:
    """A line that leaves when full (0) or every headway (1); vessels, if any, come back empty."""
    b = ModelBuilder(horizon_h=horizon_h)
    here, there = b.terminal(), b.terminal()
    fleet, hour = b.fleet([here] * vessels), b.time("fixed", 1.0)
    line = b.line(
        "ferry",
        fleet,
        here,
        there,
        operation=operation,
        capacity=capacity,
        headway_h=headway_h,
        sailing=hour,
    )
    if vessels:
        b.line("ferry back", fleet, there, here, capacity=capacity, sailing=hour, empty=1)
    aboard = b.step(StepKind.SERVICE, target=line)
    b.source("lorries", [(1.0, [aboard])], rate_per_h=rate_per_h)
    return b.build()


def permits(*, rate_per_h: float, quota: float, period_h: float, horizon_h: float) -> Model:
    """Tokens with a quota a period, issued at once."""
    b = ModelBuilder(horizon_h=horizon_h)
    pool = b.pool("permits", quota, period_h)
    asked = b.step(StepKind.PERMIT, target=pool)
    road = b.step(StepKind.DELAY, distribution=b.time("fixed", 1.0))
    b.source("lorries", [(1.0, [asked, road])], rate_per_h=rate_per_h)
    return b.build()


def closures(*, rate_per_h: float, mean_closed_h: float, horizon_h: float) -> Model:
    """A road that closes and opens by itself."""
    b = ModelBuilder(horizon_h=horizon_h)
    gate = b.gate("storm", rate_per_h=rate_per_h, mean_closed_h=mean_closed_h)
    road = b.step(StepKind.MOVE, distribution=b.time("fixed", 0.5), gate=gate)
    b.source("lorries", [(1.0, [road])], rate_per_h=2.0)
    return b.build()


STEPS_OF_SOURCE = 14
"""Steps of the two routes of a source of `corridor`."""


@dataclass(frozen=True)
class Small:
    """Settings of a corridor that has everything; the defaults are as plain as can be."""

    horizon_h: float = 300.0
    rates_per_h: tuple[float, ...] = (0.8, 0.5)
    priorities: tuple[int, ...] = (0, 1)
    servers: tuple[int, int] = (2, 1)
    shifts: tuple[tuple[float, int], ...] = ()
    yard: int = -1
    form: str = "lognormal"
    cv: float = 0.8
    capacity: float = 6.0
    operation: int = 0
    max_wait_h: float = 30.0
    headway_h: float = 7.0
    vessels: int = 2
    berths: int = 1
    units: tuple[float, ...] = (1.0, 2.0)
    quota: float = 30.0
    closing_per_h: float = 0.02
    closed_h: float = 6.0
    patience_h: float = 4.0
    driving_h: float = 4.0
    ban: tuple[float, float] = (22.0, 5.0)
    skipped: float = 0.3
    around: float = 0.25
    extra: Callable[[ModelBuilder], None] | None = field(default=None, compare=False)


def corridor(small: Small) -> Model:
    """A permit, a road under a driver rule, paired posts, a check of some, a ferry; or around it.

    ::

        permit ─ road ─ exit post ▸ entry post ─ (scanner) ─ ferry ─ road     1 - around
        permit ─ road ─ exit post ▸ entry post ─ road around                  around
    """
    b = ModelBuilder(horizon_h=small.horizon_h, n_places=6, class_priority=small.priorities)
    storm = b.gate("storm", rate_per_h=small.closing_per_h, mean_closed_h=small.closed_h)
    works = b.gate("works", dated=[(40.0, 46.0), (90.0, 100.0)])
    leave = b.station("exit", small.servers[0], shifts=small.shifts)
    enter = b.station("entry", small.servers[1], yard=small.yard)
    snow = b.gate("snow", left=0.5, rate_per_h=small.closing_per_h, mean_closed_h=20.0, months=1)
    scanner = b.station("scanner", 2, gates=[works, snow])
    pool = b.pool("permits", small.quota, 24.0)
    rule = b.rule(small.driving_h, 3.0, small.ban)
    here, there = b.terminal(small.berths), b.terminal(small.berths)
    fleet = b.fleet([here, there][: small.vessels])
    values = {"capacity": small.capacity, "max_wait_h": small.max_wait_h, "gate": storm}
    values |= {"operation": small.operation, "headway_h": small.headway_h, "empty": 1}
    values |= {"loading_unit_h": 0.125, "unloading_unit_h": 0.25}
    values |= {"loading_h": 0.5, "unloading_h": 0.7, "sailing": b.time("gamma", 9.0, 0.3)}
    timetable = {"departures": [10.0, 58.0, 58.5, 130.0]} if small.operation == 2 else {}
    low = b.gate("low water", left=0.5, rate_per_h=0.01, mean_closed_h=30.0, dated=[(100.0, 180.0)])
    line = b.line("ferry", fleet, here, there, losses=[low], **values, **timetable)
    b.line("ferry back", fleet, there, here, **values, **timetable)
    time = {
        name: b.time(small.form, mean, small.cv)
        for name, mean in {"leave": 1.1, "enter": 0.6, "scan": 1.5, "road": 6.0}.items()
    }
    n = len(small.rates_per_h)
    for ix, (rate, units) in enumerate(zip(small.rates_per_h, small.units, strict=True)):
        common = [
            b.step(StepKind.PERMIT, target=pool, distribution=b.time("fixed", 0.25)),
            b.step(StepKind.MOVE, distribution=time["road"], rule=rule, distance_km=400, place=1),
            b.step(StepKind.STATION, target=leave, distribution=time["leave"], ahead=enter),
            b.step(StepKind.STATION, target=enter, distribution=time["enter"], place=2),
        ]
        first = ix * STEPS_OF_SOURCE + len(common) + 4 + len(common)
        by_sea = [
            b.step(StepKind.BRANCH, probability=small.skipped, skip=1),
            b.step(StepKind.STATION, target=scanner, distribution=time["scan"], place=3),
            b.step(
                StepKind.SERVICE,
                target=line,
                units=units,
                gate=storm,
                patience_h=small.patience_h,
                other_route=2 * ix + 1,
                other_step=first,
                place=4,
            ),
            b.step(StepKind.MOVE, distribution=time["road"], distance_km=300, place=5),
        ]
        around = [
            b.step(StepKind.MOVE, distribution=time["road"], scale=3.0, rule=rule, place=5),
            b.step(StepKind.DELAY, distribution=b.time("fixed", 1.0), place=5),
        ]
        routes = [(1 - small.around, common + by_sea), (small.around, common + around)]
        b.source(
            f"source {ix} of {n}", routes, rate_per_h=rate, class_ix=ix % len(small.priorities)
        )
    if small.extra:
        small.extra(b)
    return b.build()
