"""The benchmark corridor for salabim: the numbers and rules of `simpy_corridor`, its own words.

A resource whose capacity falls to 0 at night lets those finish who are being served, and starts
nobody new, just as the stations of the corridor do. Monitors are off, since rows are kept.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.simpy_corridor import (
    BEFORE_FERRY,
    CLASS_SHARES,
    DAY_H,
    LORRIES_PER_H,
    MOVING,
    OPEN_FROM_H,
    OPEN_UNTIL_H,
    PLACES_ABOARD,
    POSTS,
    QUEUE,
    SAILING,
    SAILING_ROW,
    SERVICE,
    WAIT,
    PeerResult,
    constants,
    lognormal,
)


@dataclass
class Shared:
    """What all lorries share."""

    random: Random
    stations: list[Any]
    result: PeerResult = field(default_factory=lambda: PeerResult([], [], [], 0))
    aboard: list[Any] = field(default_factory=list)


def salabim_corridor(seed: int, horizon_h: float) -> PeerResult:
    """Play the corridor once in salabim, log on.

    Parameters
    ----------
    seed
        Of Python's generator.
    horizon_h
        Simulated hours.

    Returns
    -------
    PeerResult
        Log rows, and beginning and duration of all journeys that ended; events are not counted.
    """
    import salabim

    salabim.yieldless(False)
    env = salabim.Environment(random_seed=None, trace=False)
    stations = [env.Resource(f"post {ix}", post.servers) for ix, post in enumerate(POSTS)]
    for station in stations:
        for monitor in station.all_monitors():
            monitor.monitor(False)
    shared = Shared(Random(seed), stations)
    _arrivals_class(salabim, shared)()
    night = _night_class(salabim)
    for station, post in zip(stations, POSTS, strict=True):
        if not post.at_night:
            night(station=station, servers=post.servers)
    env.run(till=horizon_h)
    return shared.result


def _lorry_class(salabim: Any, shared: Shared) -> Any:
    """One journey: road, station, and half-way the ferry."""
    rows, now = shared.result.rows, salabim.default_env().now
    draws = [constants(post) for post in POSTS]
    lognormvariate = shared.random.lognormvariate

    class Lorry(salabim.Component):  # type: ignore[misc]
        def setup(self, journey: int, order: int) -> None:
            self.journey, self.order, self.sailing = journey, order, 0.0

        def process(self) -> Any:
            begin, journey = now(), self.journey
            for ix, station in enumerate(shared.stations):
                if ix == BEFORE_FERRY:
                    yield from self.ferry()
                road_mu, road_sigma, mu, sigma = draws[ix]
                start = now()
                yield self.hold(lognormvariate(road_mu, road_sigma))
                arrived = now()
                rows.append((journey, MOVING, 12 + ix, start, arrived))
                yield self.request((station, 1, self.order))
                start = now()
                if start > arrived:
                    rows.append((journey, QUEUE, ix, arrived, start))
                yield self.hold(lognormvariate(mu, sigma))
                rows.append((journey, SERVICE, ix, start, now()))
                self.release(station)
            shared.result.begin_h.append(begin)
            shared.result.whole_h.append(now() - begin)

        def ferry(self) -> Any:
            """The last who fits wakes the others; all sail for one and the same time."""
            start, aboard = now(), shared.aboard
            aboard.append(self)
            if len(aboard) < PLACES_ABOARD:
                yield self.passivate()
            else:
                sailing = lognormal(shared.random, *SAILING)
                for other in aboard:
                    other.sailing = sailing
                    if other is not self:
                        other.activate()
                aboard.clear()
            rows.append((self.journey, WAIT, 24, start, now()))
            start = now()
            yield self.hold(self.sailing)
            rows.append((self.journey, SAILING_ROW, 24, start, now()))

    return Lorry


def _arrivals_class(salabim: Any, shared: Shared) -> Any:
    """Lorries of all classes, one after the other."""
    lorry = _lorry_class(salabim, shared)

    class Arrivals(salabim.Component):  # type: ignore[misc]
        def process(self) -> Any:
            journey, random = 0, shared.random
            classes = range(len(CLASS_SHARES))
            while True:
                yield self.hold(random.expovariate(LORRIES_PER_H))
                lorry(journey=journey, order=random.choices(classes, CLASS_SHARES)[0])
                journey += 1

    return Arrivals


def _night_class(salabim: Any) -> Any:
    """What opens and closes a station, every day."""

    class Night(salabim.Component):  # type: ignore[misc]
        def setup(self, station: Any, servers: int) -> None:
            self.station, self.servers = station, servers

        def process(self) -> Any:
            self.station.set_capacity(0)
            yield self.hold(OPEN_FROM_H)
            while True:
                self.station.set_capacity(self.servers)
                yield self.hold(OPEN_UNTIL_H - OPEN_FROM_H)
                self.station.set_capacity(0)
                yield self.hold(DAY_H - OPEN_UNTIL_H + OPEN_FROM_H)

    return Night
