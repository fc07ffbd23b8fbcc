"""The benchmark corridor, for Lajvard and for SimPy: the same numbers, the same rules.

::

    6 x (road, station)  ─  ferry that leaves when it is full  ─  6 x (road, station)

300 lorries a day of three classes, the first served before the second before the third; every
other station is closed at night, and who is being served then is served to the end. Every activity
is a row of the log. Neither engine takes anything from the other but the numbers below.
"""

from math import log, sqrt
from random import Random
from typing import Any, NamedTuple

from lajvard.simulation.build import YEAR_H, ModelBuilder
from lajvard.simulation.model import Model, StepKind

DAY_H = 24.0
LORRIES_PER_H = 300.0 / DAY_H
CLASS_SHARES = (0.1, 0.3, 0.6)
PLACES_ABOARD = 40
SAILING = (14.0, 0.2)
BEFORE_FERRY = 6
OPEN_FROM_H, OPEN_UNTIL_H = 5.0, 21.0


class Post(NamedTuple):
    """A station, and the road to it: means and coefficients of variation of lognormal times."""

    servers: int
    service_h: float
    service_cv: float
    road_h: float
    road_cv: float
    at_night: bool


POSTS = tuple(
    Post(
        servers=(18, 12, 24, 9, 15, 20)[ix % 6],
        service_h=(0.75, 0.5, 1.0, 0.35, 0.6, 0.8)[ix % 6],
        service_cv=(0.8, 0.5, 1.0, 0.6, 1.2, 0.4)[ix % 6],
        road_h=3.0 + ix % 5,
        road_cv=0.2,
        at_night=ix % 2 == 0,
    )
    for ix in range(12)
)


def shifts(post: Post, horizon_h: float) -> list[tuple[float, int]]:
    """When how many servers work."""
    if post.at_night:
        return [(0.0, post.servers)]
    days = range(int(horizon_h // DAY_H) + 1)
    opened = [
        change
        for day in days
        for change in (
            (day * DAY_H + OPEN_FROM_H, post.servers),
            (day * DAY_H + OPEN_UNTIL_H, 0),
        )
    ]
    return [(0.0, 0), *opened]


# ------------------------------------------------------------- Lajvard


def lajvard_corridor(horizon_h: float = YEAR_H) -> Model:
    """The corridor as a model of Lajvard."""
    b = ModelBuilder(horizon_h=horizon_h, n_places=25, class_priority=(0, 1, 2))
    here, there = b.terminal(), b.terminal()
    ferry = b.line(
        "ferry",
        b.fleet(),
        here,
        there,
        capacity=float(PLACES_ABOARD),
        sailing=b.time("lognormal", *SAILING),
    )
    steps = []
    for ix, post in enumerate(POSTS):
        if ix == BEFORE_FERRY:
            steps.append(b.step(StepKind.SERVICE, target=ferry, place=24))
        station = b.station(f"post {ix}", shifts=shifts(post, horizon_h))
        road = b.time("lognormal", post.road_h, post.road_cv)
        service = b.time("lognormal", post.service_h, post.service_cv)
        steps.append(b.step(StepKind.MOVE, distribution=road, place=12 + ix, distance_km=200.0))
        steps.append(b.step(StepKind.STATION, target=station, distribution=service, place=ix))
    for ix, share in enumerate(CLASS_SHARES):
        b.source(f"class {ix}", [(1.0, steps)], rate_per_h=share * LORRIES_PER_H, class_ix=ix)
    return b.build()


# ------------------------------------------------------------- SimPy

Row = tuple[int, int, int, float, float]
"""Journey, activity, place, start, end."""
QUEUE, MOVING, SERVICE, WAIT, SAILING_ROW = range(5)


class Ferry:
    """Those who wait aboard share the event of their departure."""

    def __init__(self, env: Any, random: Random) -> None:
        self.env, self.random = env, random
        self.aboard, self.leaves = 0, env.event()

    def board(self) -> Any:
        """The event of the next departure; the last who fits makes it happen."""
        leaves = self.leaves
        self.aboard += 1
        if self.aboard == PLACES_ABOARD:
            self.aboard, self.leaves = 0, self.env.event()
            leaves.succeed(lognormal(self.random, *SAILING))
        return leaves


class PeerResult(NamedTuple):
    """What another engine counted; 0 events where it does not say."""

    rows: list[Row]
    begin_h: list[float]
    whole_h: list[float]
    n_events: int


def lognormal(random: Random, mean: float, cv: float) -> float:
    """A lognormal time by its mean and coefficient of variation."""
    square = log(1.0 + cv * cv)
    return random.lognormvariate(log(mean) - square / 2, sqrt(square))


def simpy_corridor(seed: int, horizon_h: float) -> PeerResult:
    """Play the corridor once in SimPy, log on.

    Parameters
    ----------
    seed
        Of Python's generator.
    horizon_h
        Simulated hours.

    Returns
    -------
    PeerResult
        Log rows, and beginning and duration of all journeys that ended.
    """
    import simpy

    env = simpy.Environment()
    random = Random(seed)
    result = PeerResult([], [], [], 0)
    rows = result.rows
    stations = [simpy.PriorityResource(env, post.servers) for post in POSTS]
    ferry = Ferry(env, random)
    draws = [constants(post) for post in POSTS]
    lognormvariate = random.lognormvariate

    def lorry(journey: int, priority: int) -> Any:
        begin = env.now
        for ix, station in enumerate(stations):
            if ix == BEFORE_FERRY:
                start = env.now
                sailing = yield ferry.board()
                rows.append((journey, WAIT, 24, start, env.now))
                start = env.now
                yield env.timeout(sailing)
                rows.append((journey, SAILING_ROW, 24, start, env.now))
            road_mu, road_sigma, mu, sigma = draws[ix]
            start = env.now
            yield env.timeout(lognormvariate(road_mu, road_sigma))
            arrived = env.now
            rows.append((journey, MOVING, 12 + ix, start, arrived))
            with station.request(priority=priority) as turn:
                yield turn
                start = env.now
                if start > arrived:
                    rows.append((journey, QUEUE, ix, arrived, start))
                yield env.timeout(lognormvariate(mu, sigma))
                rows.append((journey, SERVICE, ix, start, env.now))
        result.begin_h.append(begin)
        result.whole_h.append(env.now - begin)

    def arrivals() -> Any:
        journey = 0
        classes = range(len(CLASS_SHARES))
        while True:
            yield env.timeout(random.expovariate(LORRIES_PER_H))
            env.process(lorry(journey, random.choices(classes, CLASS_SHARES)[0]))
            journey += 1

    def night_off(station: Any) -> Any:
        """Keep a server from serving at night; it goes off before it takes the next lorry."""
        opens = OPEN_FROM_H
        while True:
            with station.request(priority=-1) as off:
                yield off
                yield env.timeout(max(opens - env.now, 0.0))
            yield env.timeout(opens + OPEN_UNTIL_H - OPEN_FROM_H - env.now)
            opens += DAY_H

    env.process(arrivals())
    for station, post in zip(stations, POSTS, strict=True):
        if not post.at_night:
            for _ in range(post.servers):
                env.process(night_off(station))
    env.run(until=horizon_h)
    return result._replace(n_events=next(env._eid))  # noqa: SLF001


def constants(post: Post) -> tuple[float, float, float, float]:
    """Parameters of the road's and the service's logarithms, worked out once."""
    road, service = log(1 + post.road_cv**2), log(1 + post.service_cv**2)
    return (
        log(post.road_h) - road / 2,
        sqrt(road),
        log(post.service_h) - service / 2,
        sqrt(service),
    )
