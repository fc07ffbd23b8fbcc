"""What the routes of all sources ask of stations."""

from collections.abc import Iterator, Sequence

from lajvard.network.procedures import StationKey
from lajvard.twin.arrays import Source
from lajvard.twin.steps import Plan


def runs(sources: Sequence[Source]) -> Iterator[tuple[Source, tuple[Plan, ...], float]]:
    """All routes with their sources and the unit loads a year that take them."""
    for source in sources:
        per_year = source.per_year
        for plans, share in zip(source.routes, source.shares, strict=True):
            yield source, plans, per_year * float(share)


def stations_met(sources: Sequence[Source]) -> dict[StationKey, float]:
    """The stations in the order in which they are met, with unit loads a year."""
    loads: dict[StationKey, float] = {}
    for _, plans, per_year in runs(sources):
        for plan in plans:
            if plan.station is not None:
                loads[plan.station] = loads.get(plan.station, 0.0) + per_year
    return loads


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
