"""Speed, cost and time of whole journeys: CPMM's TFI3 and TFI4, SWOD, reliability."""

import ibis

from lajvard.indicators.by import OF_WAYS, By, activities_of, check_by, duration, observations
from lajvard.indicators.summary import enough_for, summarise

_MOVING = activities_of("moving")


def tfi3(log: ibis.Table, by: By = ()) -> ibis.Table:
    r"""US dollars to carry 20 t over 500 km, border cost included (CPMM TFI3).

    Returns
    -------
    ibis.Table
        `by` and the columns of `SUMMARY`, in USD per 500 km and 20 t. An observation is a journey
        (its part in a country or by a mode when grouped by these) with a known mass that has
        covered some distance.

    Notes
    -----
    :math:`\sum_j \frac{20}{t_j} C_j \cdot 500 / \sum_j d_j` with all money :math:`C` in USD, mass
    :math:`t` in t and distance :math:`d` in km of journey `j`. Border cost is part of it and must
    not be added again. Definition: CAREC CPMM, trade facilitation indicator 3.
    """
    names = check_by(by, OF_WAYS)
    found = observations(
        log,
        names,
        lambda rows: {
            "usd": rows.cost_usd.sum().fill_null(0.0),
            "km": rows.distance_km.sum(),
            "tonnes": rows.tonnes.max(),
        },
    )
    found = found.filter((found.km > 0) & (found.tonnes > 0))
    found = found.mutate(usd_500=found.usd * (20.0 * 500.0) / found.tonnes)
    return summarise(found, names, "usd_500", "km")


def swd(log: ibis.Table, by: By = ()) -> ibis.Table:
    r"""Speed with delay: distance over total time, stops included (CPMM SWD, TFI4).

    Returns
    -------
    ibis.Table
        `by` and the columns of `SUMMARY`, in km/h; an observation as of `tfi3`.

    Notes
    -----
    :math:`\sum_j d_j / \sum_j T_j`, `T` the hours of all activities. Definition: CAREC CPMM, trade
    facilitation indicator 4.
    """
    names = check_by(by, OF_WAYS)
    found = observations(
        log,
        names,
        lambda rows: {"km": rows.distance_km.sum(), "hours": duration(rows).sum()},
    )
    return summarise(found.filter(found.km > 0), names, "km", "hours")


def swod(log: ibis.Table, by: By = ()) -> ibis.Table:
    r"""Speed without delay: distance over the time spent moving (CPMM SWOD).

    Returns
    -------
    ibis.Table
        `by` and the columns of `SUMMARY`, in km/h; an observation as of `tfi3`.

    Notes
    -----
    :math:`\sum_j d_j / \sum_j M_j`, `M` the hours and `d` the distance under way: moving and
    sailing. Definition: CAREC CPMM, speed without delay.
    """
    names = check_by(by, OF_WAYS)
    found = observations(
        log,
        names,
        lambda rows: {"km": rows.distance_km.sum(), "hours": duration(rows).sum()},
        lambda rows: rows.activity.isin(_MOVING),
    )
    return summarise(found.filter(found.km > 0), names, "km", "hours")


def journey_hours(log: ibis.Table, by: By = ()) -> ibis.Table:
    r"""Hours from the first activity of a journey to the end of its last.

    Returns
    -------
    ibis.Table
        `by` and the columns of `SUMMARY`, in hours; an observation is a journey or its part. Time
        between activities that the log does not account for does not count.

    Notes
    -----
    :math:`\sum_a (end_a - start_a)` over the activities `a` of the journey.
    """
    names = check_by(by)
    return summarise(_journeys(log, names), names, "hours")


def _journeys(log: ibis.Table, by: tuple[str, ...]) -> ibis.Table:
    return observations(
        log,
        by,
        lambda rows: {
            "hours": duration(rows).sum(),
            "moving_hours": duration(rows).sum(where=rows.activity.isin(_MOVING)),
        },
    )


def reliability(log: ibis.Table, by: By = ()) -> ibis.Table:
    r"""How far the time of a journey can be relied on.

    Returns
    -------
    ibis.Table
        `by`; `n`, `replications`, `mean`, `sd`, `median`, `p95` of the hours of a journey; `cv`,
        the standard deviation over the mean; `buffer_h` and `buffer_index`, what must be added to
        the mean to be in time in 95 of 100 cases, in hours and as a share of it;
        `planning_time_index`, the p95 over the median of the time spent moving; `enough` and
        `warning`, for a p95.

    Notes
    -----
    Buffer index :math:`(p_{95} - \bar T)/\bar T`, planning time index :math:`p_{95}/T_{free}` [1]_.
    The free-flow time of a corridor is taken as the median of the time under way without any stop.

    References
    ----------
    .. [1] Federal Highway Administration (2006), Travel time reliability: making it there on
       time, all the time. FHWA-HOP-06-070.
    """
    names = check_by(by)
    found = _journeys(log, names)
    keys = list(names) or ["_all"]
    whole = summarise(found, names, "hours")
    free = summarise(found, names, "moving_hours").rename(free="median")
    if not names:
        whole, free = (table.mutate(_all=ibis.literal(0)) for table in (whole, free))
    both = whole.left_join(free.select(*keys, "free"), keys).select(*whole.columns, "free")
    wanted = enough_for(0.95)
    enough = both.n >= wanted
    few = f" journeys are too few for a p95: wanted are {wanted}"
    both = both.mutate(
        cv=both.sd / both.mean.nullif(0.0),
        buffer_h=both.p95 - both.mean,
        buffer_index=(both.p95 - both.mean) / both.mean.nullif(0.0),
        planning_time_index=both.p95 / both.free.nullif(0.0),
        enough=enough,
        warning=ibis.ifelse(enough, "", both.n.cast("string") + few),
    )
    return both.order_by(keys).select(*names, *RELIABILITY)


RELIABILITY = (
    "n",
    "replications",
    "mean",
    "sd",
    "cv",
    "median",
    "p95",
    "buffer_h",
    "buffer_index",
    "planning_time_index",
    "enough",
    "warning",
)
"""The columns of `reliability`, after those that it is grouped by."""
