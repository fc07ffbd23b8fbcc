"""The convoy of 2018, sent again and again: a distribution for one observed journey to fall into.

One convoy a replication would need many replications to say anything. So it leaves every fourth
day of the two months around its day, under the rules and with the closures of its year.
"""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from lajvard.analysis.case_studies.facts import facts_of
from lajvard.case import Case
from lajvard.case.demand import Flow, flows_of
from lajvard.case.years import hours_since
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.schema import first_day
from lajvard.twin.compile import build_model
from lajvard.twin.probes import PROBE
from lajvard.twin.work import ModelBuild

_FACTS = facts_of("convoy")
CONVOY, ALTERNATIVE = _FACTS["demand_id"], _FACTS["alternative"]
"""The demand row of the convoy, and the named alternative that it took."""

CONVOY_LEFT = first_day(_FACTS["left"])


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day by which an observed journey had come to a country."""

    country: str
    place: str
    day: str


CONVOY_MILESTONES = tuple(Milestone(**one) for one in _FACTS["milestones"])
"""Where the convoy was when."""

CONVOY_SOURCE = f"{PROBE}convoy-2018"
"""The source of the lorries of all convoys."""

EVERY_DAYS = 4
EACH_SIDE = 7
"""Convoys before that of the day, and after it."""

DAYS_AFTER = 45.0
"""Simulated days after the last of them left."""


def convoy_flow(
    corridor: Corridor, demand_id: str = CONVOY, *, alternative: str = "", hour: float = 4.0
) -> Flow:
    """A flow of lorries that leave together, from a demand row that counts them.

    Parameters
    ----------
    demand_id
        A row with lorries and the day on which their period starts.
    alternative
        The named way that they take; empty for any.
    hour
        Hour of that day (UTC) at which they leave; 4 is 08:30 in Herat, chosen.

    Raises
    ------
    InputError
        There is no such row or way, or it states no lorries and no day.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> flow = convoy_flow(built_in())
    >>> len(flow.scheduled_h), flow.tonnes, flow.scheduled_h[0] / 24
    (9, 15.0, 346.1666666666667)
    """
    table = corridor.used("demand")
    ix = table.ix(demand_id)
    lorries, tonnes = float(table.numbers("lorries")[ix]), float(table.numbers("tonnes")[ix])
    start = table.text("period_start")[ix]
    if not (lorries >= 1 and start):
        remedy = "State lorries and the first day of the period."
        raise InputError(f"demand '{demand_id}'", "counts no lorries of a day", remedy)
    day = first_day(start)
    leaves = hours_since(day.year, day) + hour
    via: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    if alternative:
        ways = corridor.used("alternative")
        way = ways.ix(alternative)
        via, avoid = ways.lists("via")[way], ways.lists("avoid")[way]
    return Flow(
        demand_id,
        table.text("origin_node_id")[ix],
        table.text("dest_node_id")[ix],
        table.text("cargo_class")[ix],
        scheduled_h=(leaves,) * round(lorries),
        tonnes=None if np.isnan(tonnes) else tonnes / lorries,
        via=via,
        avoid=avoid,
    )


@dataclass(frozen=True, slots=True)
class Convoys:
    """The model in which the convoy leaves again, and how often."""

    build: ModelBuild
    convoys: int
    lorries: int


def winter_convoys(
    corridor: Corridor, *, demand_id: str = CONVOY, alternative: str = ALTERNATIVE
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
