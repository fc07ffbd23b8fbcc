"""The convoy of 2018, sent again and again: a distribution for one observed journey to fall into.

One convoy a replication would need many replications to say anything. So it leaves every fourth
day of the two months around its day, under the rules and with the closures of its year.
"""

import datetime as dt
from dataclasses import dataclass, replace

from lajvard.analysis.convoy import CONVOY, convoy_flow
from lajvard.case import Case
from lajvard.case.demand import flows_of
from lajvard.corridor import Corridor
from lajvard.schema import first_day
from lajvard.twin.compile import build_model
from lajvard.twin.probes import PROBE
from lajvard.twin.work import ModelBuild

CONVOY_SOURCE = f"{PROBE}convoy-2018"
"""The source of the lorries of all convoys."""

EVERY_DAYS = 4
EACH_SIDE = 7
"""Convoys before that of the day, and after it."""

DAYS_AFTER = 45.0
"""Simulated days after the last of them left."""


@dataclass(frozen=True, slots=True)
class Convoys:
    """The model in which the convoy leaves again, and how often."""

    build: ModelBuild
    convoys: int
    lorries: int


def winter_convoys(
    corridor: Corridor, *, demand_id: str = CONVOY, alternative: str = "lapis_lazuli"
) -> Convoys:
    """The model of the winter of 2018 in which the convoy leaves every fourth day.

    Raises
    ------
    InputError
        The corridor has no such demand row or alternative.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> found = winter_convoys(built_in())
    >>> found.convoys, found.lorries, found.build.year
    (15, 9, 2018)
    """
    one = convoy_flow(corridor, demand_id, alternative=alternative)
    day = _day(corridor, demand_id)
    lorries = len(one.scheduled_h)
    leaves = [
        hour + 24.0 * EVERY_DAYS * number
        for number in range(-EACH_SIDE, EACH_SIDE + 1)
        for hour in one.scheduled_h
    ]
    flow = replace(one, name=CONVOY_SOURCE, scheduled_h=tuple(leaves))
    others = [other for other in flows_of(corridor.as_of(day)) if other.name != demand_id]
    days = leaves[-1] / 24 + DAYS_AFTER
    build = build_model(Case(corridor, as_of=day, demand=(flow, *others)), days=days)
    return Convoys(build, 2 * EACH_SIDE + 1, lorries)


def _day(corridor: Corridor, demand_id: str) -> dt.date:
    table = corridor.used("demand")
    return first_day(table.text("period_start")[table.ix(demand_id)])
