"""Time and money at border crossing points: CPMM's TFI1 and TFI2."""

from collections.abc import Collection

import ibis

from lajvard.indicators.by import (
    DIMENSIONS,
    JOURNEY,
    By,
    check_by,
    duration,
    first_countries,
    group_columns,
    month,
    of_flows,
)
from lajvard.indicators.summary import summarise
from lajvard.schema import ACTIVITIES

AT_BORDER = [name for name, activity in ACTIVITIES.items() if activity.border != "no"]
"""Activities that count for the time and cost of a border crossing point."""

MARKS = [name for name, activity in ACTIVITIES.items() if activity.border == "post"]
"""Activities that happen at border crossing points only."""

_DIRECTION = "direction"
_OF_STAYS = tuple(name for name in DIMENSIONS if name != "link")


def tfi1(log: ibis.Table, by: By = (), *, posts: Collection[str] | None = None) -> ibis.Table:
    r"""Hours to clear a border crossing point, the queue included (CPMM TFI1).

    Parameters
    ----------
    log
        A journey log.
    by
        Any of `DIMENSIONS` but `link`.
    posts
        Nodes that are border crossing points; all where a border activity happened when not given.

    Returns
    -------
    ibis.Table
        `by` and the columns of `SUMMARY`, in hours. An observation is the stay of one journey at
        one post: the post of each country counts for itself.

    Notes
    -----
    :math:`\sum_a (end_a - start_a)` over the activities `a` of the stay that count at a border:
    queue, yard, formalities, permit, opening hours, closure. Not counted: rest, loading, waiting
    for a ferry or train. All that pass count, background traffic of a simulation too. A second
    stay of a journey at the same post is counted with the first. Definition: CAREC, Corridor
    Performance Measurement and Monitoring (https://cpmm.carecprogram.org/), trade facilitation
    indicator 1.

    Examples
    --------
    >>> from lajvard.journeys import log_of
    >>> at = {"node_id": "TMKRW", "country": "TM"}
    >>> queue = {"activity": "queue", "start": "2025-01-01T00:00", "end": "2025-01-01T06:00"}
    >>> customs = {"activity": "customs", "start": "2025-01-01T06:00", "end": "2025-01-01T08:30"}
    >>> tfi1(log_of([at | queue, at | customs]), by=["bcp"]).to_pyarrow()["mean"].to_pylist()
    [8.5]
    """
    names = check_by(by, _OF_STAYS)
    return summarise(border_stays(log, names, posts), names, "hours")


def tfi2(log: ibis.Table, by: By = (), *, posts: Collection[str] | None = None) -> ibis.Table:
    r"""US dollars paid at a border crossing point, unofficial payments included (CPMM TFI2).

    Parameters
    ----------
    log, by, posts
        As of `tfi1`.

    Returns
    -------
    ibis.Table
        `by` and the columns of `SUMMARY`, in USD. An observation is the stay of one journey at
        one post.

    Notes
    -----
    :math:`\sum_a cost\_usd_a + unofficial\_usd_a` over the activities that count for TFI1.
    Definition: CAREC CPMM, trade facilitation indicator 2. Observed logs hold unofficial payments
    as far as drivers reported them, simulated ones as far as the description states them.
    Background traffic of a simulation pays nothing and does not count.
    """
    names = check_by(by, _OF_STAYS)
    return summarise(border_stays(log.filter(of_flows(log)), names, posts), names, "usd")


def border_stays(
    log: ibis.Table, by: Collection[str], posts: Collection[str] | None = None
) -> ibis.Table:
    """One row for each stay of a journey at a border crossing point.

    Returns
    -------
    ibis.Table
        Columns of the journey, `node_id`, those of `by`, `began`, `first` (number of its first
        activity), `hours` and `usd`.
    """
    at_border = log.node_id.notnull() & log.service_id.isnull() & log.activity.isin(AT_BORDER)
    if posts is not None:
        at_border &= log.node_id.isin(list(posts))
    needed = {*by, "country"} - {_DIRECTION} if _DIRECTION in by else set(by)
    rows = group_columns(log.filter(at_border), needed)
    keys = dict.fromkeys([*JOURNEY, "node_id", *sorted(needed - {"period"})])
    stays = rows.group_by(list(keys)).aggregate(
        began=rows.start.min(),
        first=rows.seq.min(),
        hours=duration(rows).sum(),
        usd=(rows.cost_usd.fill_null(0.0) + rows.unofficial_usd.fill_null(0.0)).sum(),
        is_post=rows.activity.isin(MARKS).any(),
    )
    if posts is None:
        stays = stays.filter(stays.is_post)
    if _DIRECTION in by:
        stays = _with_direction(stays, log)
    return stays.mutate(period=month(stays.began)) if "period" in by else stays


def _with_direction(stays: ibis.Table, log: ibis.Table) -> ibis.Table:
    """Whether each stay is on the way out of the country of its post, or into it.

    The first post of a country that the journey comes to from another is where it enters.
    """
    rows = stays.left_join(first_countries(log), JOURNEY)
    rows = rows.select(*stays.columns, "first_country")
    journey = ibis.window(group_by=JOURNEY, order_by="first")
    before = rows.country.lag().over(journey).fill_null(rows.first_country)
    enters = (rows.country != before).fill_null(False)
    return rows.mutate(direction=ibis.ifelse(enters, "inbound", "outbound"))
