"""What the routes of all sources ask of stations: how many come, together or one by one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import log, sinh, sqrt

from lajvard.case.choice import LineKey
from lajvard.case.queueing import Burst
from lajvard.twin.arrays import Source
from lajvard.twin.lines import Line
from lajvard.twin.steps import Plan, StationKey
from lajvard.twin.traffic import BACKGROUND

_QUARTILE = 0.6744897501960817


def runs(sources: Sequence[Source]) -> Iterator[tuple[Source, tuple[Plan, ...], float]]:
    """All routes with their sources and the unit loads a year that take them."""
    for source in sources:
        per_year = source.per_year
        for plans, share in zip(source.routes, source.shares, strict=True):
            yield source, plans, per_year * float(share)


def station_loads(
    sources: Sequence[Source],
) -> tuple[tuple[StationKey, ...], Mapping[tuple[StationKey, bool], float]]:
    """The stations in the order in which they are met, and unit loads a year, by background."""
    keys: dict[StationKey, None] = {}
    loads: dict[tuple[StationKey, bool], float] = defaultdict(float)
    for source, plans, per_year in runs(sources):
        for plan in plans:
            if plan.station is not None:
                keys.setdefault(plan.station)
                loads[plan.station, source.cargo_class == BACKGROUND] += per_year
    return tuple(keys), loads


def bursts(
    sources: Sequence[Source], lines: Mapping[LineKey, Line]
) -> dict[StationKey, tuple[Burst, ...]]:
    """Those who come to each station off the same ship: their share, number and spread."""
    total: dict[StationKey, float] = defaultdict(float)
    off_ship: dict[tuple[StationKey, LineKey], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for _, plans, per_year in runs(sources):
        line: LineKey | None = None
        variance = 0.0
        for plan in plans:
            if plan.line is not None:
                line, variance = plan.line, 0.0
            elif plan.station is not None:
                total[plan.station] += per_year
                if line is not None:
                    found = off_ship[plan.station, line]
                    found[0] += per_year
                    found[1] += per_year * sqrt(variance)
            if plan.line is None:
                variance += typical_spread_h(plan.mean_h, float(plan.shape[1])) ** 2
    found_at: dict[StationKey, list[Burst]] = defaultdict(list)
    for (station, key), (number, spread) in off_ship.items():
        trips = lines[key].trips_per_h * 8766
        if number > 0 and trips > 0:
            burst = Burst(number / total[station], number / trips, spread / number)
            found_at[station].append(burst)
    return {station: tuple(several) for station, several in found_at.items()}


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


def on_the_way_h(sources: Sequence[Source]) -> dict[StationKey, float]:
    """Longest mean time that a place is kept at a post for those who come, by post."""
    found: dict[StationKey, float] = {}
    for _, plans, _ in runs(sources):
        for ix, plan in enumerate(plans):
            if plan.ahead is not None:
                kept = 0.0
                for after in plans[ix + 1 :]:
                    if after.station == plan.ahead:
                        break
                    kept += after.mean_h
                found[plan.ahead] = max(found.get(plan.ahead, 0.0), kept)
    return found
