"""The convoy of 2018 to replay."""

from dataclasses import dataclass

import numpy as np

from lajvard.case import Case
from lajvard.case.demand import Flow, flows_of
from lajvard.case.years import hours_since
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.schema import first_day
from lajvard.twin.compile import build_model
from lajvard.twin.work import ModelBuild

CONVOY = "LL-pilot-all"
"""The demand row of the convoy of 2018: nine lorries from Herat on 13 December."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day by which an observed journey had come to a country."""

    country: str
    place: str
    day: str


CONVOY_MILESTONES = (
    Milestone("AZ", "Baku", "2018-12-25"),
    Milestone("TR", "Türkiye", "2018-12-28"),
)
"""Where the convoy was when, as the record R003 of the built-in corridor tells it: in Baku by the
25th, in Türkiye about the 28th."""


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


def convoy_2018(
    corridor: Corridor,
    *,
    demand_id: str = CONVOY,
    alternative: str = "lapis_lazuli",
    days_after: float = 90.0,
) -> ModelBuild:
    """The model in which the convoy of 2018 leaves again, among the traffic of its day.

    The rows in force on its first day are simulated from 1 January on, with the dated closures of
    that year, until `days_after` days after it left. Its journeys are those of the source that is
    called like its demand row; `CONVOY_MILESTONES` says where the real one was when.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> build = convoy_2018(built_in())
    >>> build.year, build.model.source_names[0]
    (2018, 'LL-pilot-all')
    """
    flow = convoy_flow(corridor, demand_id, alternative=alternative)
    day = first_day(
        corridor.used("demand").text("period_start")[corridor.used("demand").ix(demand_id)]
    )
    others = [other for other in flows_of(corridor.as_of(day)) if other.name != demand_id]
    case = Case(corridor, as_of=day, demand=(flow, *others))
    return build_model(case, days=flow.scheduled_h[0] / 24 + days_after)
