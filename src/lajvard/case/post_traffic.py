"""Who comes to border posts: flows and other traffic, together off a ship or one by one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, nan, sinh, sqrt
from typing import NamedTuple

from lajvard.case.choice import ChoiceSet, LineKey
from lajvard.case.posts import Traffic
from lajvard.case.queueing import Burst
from lajvard.case.services import Offer
from lajvard.case.traffic import Background, Crossing
from lajvard.network import Activity, CompiledNetwork
from lajvard.network.arrays import FloatArray
from lajvard.network.procedures import Procedure, StationKey

_QUARTILE = 0.6744897501960817
_TIMED = (
    Activity.MOVING, Activity.BORDER, Activity.PORT, Activity.PERMIT, Activity.TRANSFER,
)  # fmt: skip


class Stop(NamedTuple):
    """A timed step of a move: what it uses, and how far it spreads those who were together.

    Attributes
    ----------
    line
        The service that is boarded, if one is.
    post
        The border post that is passed, if one is.
    is_station
        True where there are servers.
    spread_h
        Standard deviation of the normal time with the quartiles of this one, in hours.
    """

    line: LineKey | None
    post: StationKey | None
    is_station: bool
    spread_h: float


@dataclass
class Stops:
    """The stops of moves, each found once."""

    procedures: Mapping[str, Procedure]
    green_share: float
    """Time of the green channel, as a share of a described mean with channels."""

    def __post_init__(self) -> None:
        self._found: dict[tuple[int, int], tuple[Stop, ...]] = {}

    def of(self, network: CompiledNetwork, move: int) -> tuple[Stop, ...]:
        """Stops of a move, in their order."""
        key = (id(network), move)
        if key not in self._found:
            self._found[key] = tuple(self._stops(network, move))
        return self._found[key]

    def posts(self, network: CompiledNetwork, move: int) -> tuple[StationKey, ...]:
        """Border posts that a move passes."""
        return tuple(stop.post for stop in self.of(network, move) if stop.post)

    def _stops(self, network: CompiledNetwork, move: int) -> Iterator[Stop]:
        for step in network.steps_of(move):
            if step.activity is Activity.SAILING:
                start, end = network.move_ends[move]
                yield Stop((step.ref, start, end), None, False, 0.0)
            elif step.activity in _TIMED:
                mean_h, row = step.time_h, None
                if step.activity in (Activity.BORDER, Activity.PORT):
                    row = self.procedures[step.ref]
                    mean_h *= self.green_share if row.exchange else 1.0
                cv = sqrt(step.time_var_h2) / step.time_h if step.time_h else 0.0
                is_station = row is not None and row.is_station
                post = row.key if row and is_station and row.is_whole_post else None
                yield Stop(None, post, is_station, typical_spread_h(mean_h, cv))


class Passage(NamedTuple):
    """Unit loads a year that make some moves one after another."""

    network: CompiledNetwork
    moves: Sequence[int]
    per_year: float
    is_background: bool


def passages(
    sets: Sequence[ChoiceSet], shares: Sequence[FloatArray], background: Iterable[Background]
) -> Iterator[Passage]:
    """All who come: the routes of the flows, then the other traffic."""
    for one, share in zip(sets, shares, strict=True):
        if not one.flow.scheduled_h:
            for route, part in zip(one.routes, share.tolist(), strict=True):
                yield Passage(one.network, route.moves, one.per_year * part, False)
    for item in background:
        yield Passage(item.network, (item.move,), item.per_year, True)


def traffic_of_posts(
    every: Iterable[Passage],
    stops_of: Callable[[CompiledNetwork, int], Sequence[Stop]],
    crossings: Iterable[Crossing],
    offers: Mapping[LineKey, Offer],
) -> dict[StationKey, Traffic]:
    """Unit loads a year that come to each post, those observed, and those off the same ship.

    Parameters
    ----------
    every
        Who comes.
    stops_of
        The stops of a move of a network.
    crossings
        Borders with an observed traffic.
    offers
        Services, which say how many come off one ship.
    """
    load: dict[tuple[StationKey, bool], float] = defaultdict(float)
    off_ship: dict[tuple[StationKey, LineKey], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for network, moves, per_year, is_background in every:
        line: LineKey | None = None
        variance = 0.0
        for stop in (stop for move in moves for stop in stops_of(network, move)):
            if stop.line is not None:
                line, variance = stop.line, 0.0
                continue
            if stop.post is not None:
                load[stop.post, is_background] += per_year
                if line is not None:
                    together = off_ship[stop.post, line]
                    together[0] += per_year
                    together[1] += per_year * sqrt(variance)
            if stop.is_station or not is_background:
                variance += stop.spread_h**2
    observed: dict[StationKey, float] = {}
    for crossing in crossings:
        for stop in stops_of(crossing.network, crossing.move):
            if stop.post is not None:
                observed[stop.post] = observed.get(stop.post, 0.0) + crossing.observed
    posts = dict.fromkeys([*(post for post, _ in load), *observed])
    total = {post: load.get((post, False), 0.0) + load.get((post, True), 0.0) for post in posts}
    bursts = _bursts(off_ship, total, offers)
    return {
        post: Traffic(
            load.get((post, False), 0.0),
            load.get((post, True), 0.0),
            observed.get(post, nan),
            bursts.get(post, ()),
        )
        for post in posts
    }


def _bursts(
    off_ship: Mapping[tuple[StationKey, LineKey], Sequence[float]],
    total: Mapping[StationKey, float],
    offers: Mapping[LineKey, Offer],
) -> dict[StationKey, tuple[Burst, ...]]:
    """Those who come to each post off the same ship: their share, number and spread."""
    found: dict[StationKey, tuple[Burst, ...]] = {}
    for (post, line), (number, spread) in off_ship.items():
        trips = offers[line].trips_per_h * 8766 if line in offers else 0.0
        if number > 0 and trips > 0:
            burst = Burst(number / total[post], number / trips, spread / number)
            found[post] = (*found.get(post, ()), burst)
    return found


def typical_spread_h(mean_h: float, cv: float) -> float:
    """Standard deviation of the normal time that has the quartiles of a lognormal one, in hours.

    The middle half of the times says how far those who were together drift apart; a few that take
    very long, as when one lorry in ten has no permit, do not.

    >>> round(typical_spread_h(10.0, 0.1), 2), round(typical_spread_h(4.8, 3.0), 2)
    (0.99, 2.73)
    """
    sigma = sqrt(log(1 + cv**2))
    median = mean_h / sqrt(1 + cv**2)
    return median * 2 * sinh(_QUARTILE * sigma) / (2 * _QUARTILE)
