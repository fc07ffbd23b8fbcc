"""The time/cost-distance method of UNESCAP: a route as legs and stops with running totals."""

import ibis

from lajvard.indicators.by import JOURNEY, By, check_by, duration, group_columns, of_whole_journeys
from lajvard.indicators.summary import ENOUGH

_BAND = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
_BANDS = ("hours", "usd", "total_hours", "total_usd")
_SUMS = ("km", "hours", "usd", "total_km", "total_hours", "total_usd")

TIME_COST_DISTANCE = (
    "row",
    "kind",
    "node_id",
    "link_id",
    "country",
    "mode",
    "n",
    *_SUMS,
    *(f"{name}_{band}" for name in _BANDS for band in _BAND),
    "bottleneck",
    "enough",
    "warning",
)
"""The columns of `time_cost_distance`, after those that it is grouped by."""


def time_cost_distance(log: ibis.Table, by: By = ("route",)) -> ibis.Table:
    """The time/cost-distance table of each route: one row a leg or stop, in travel order.

    Parameters
    ----------
    log
        A journey log.
    by
        Any of `DIMENSIONS` that a journey has as a whole: `country`, `mode`, `bcp`, `link` and
        `period` are not among them. `route` is always one of them.

    Returns
    -------
    ibis.Table
        `by` and the columns of `TIME_COST_DISTANCE`: means of `km`, `hours` and `usd` of the row
        and of the running totals after it (``total_…``), median and p10 to p90 of hours and USD
        (``…_p50``), the `bottleneck` (the stop that takes longest), and `enough` with a `warning`.
        `n` counts the journeys that pass; a total is that of those journeys since their start.

    Notes
    -----
    A leg is a slope of the chart, a stop a vertical step, and the tallest step the bottleneck.
    All activities at a node make one stop. Rows are ordered by the mean position that they have in
    the journeys that pass them. Source: UNESCAP, time/cost-distance methodology
    (https://www.unescap.org/).
    """
    allowed = ("corridor", "scenario", "run_id", "flow", "route", "consignment_class", "direction")
    names = check_by([*check_by(by, allowed), "route"], allowed)
    rows = _running(_places(log, names))
    found = rows.group_by([*names, "is_link", "place"]).aggregate(
        n=rows.count(),
        position=rows.position.mean(),
        **{name: rows[name].mean() for name in _SUMS},
        **{f"{name}_q": rows[name].quantile(list(_BAND.values())) for name in _BANDS},
    )
    described = found.left_join(_described(log), ["is_link", "place"])
    return _named(described.select(*found.columns, "country", "mode"), names)


def _with_place(rows: ibis.Table) -> ibis.Table:
    """With one column for nodes and links."""
    place = ibis.coalesce(rows.link_id, rows.node_id, "")
    return rows.mutate(is_link=rows.link_id.notnull(), place=place)


def _described(log: ibis.Table) -> ibis.Table:
    """Country and mode of each place."""
    rows = _with_place(log)
    return rows.group_by(["is_link", "place"]).aggregate(
        country=rows.country.max(), mode=rows["mode"].max()
    )


def _places(log: ibis.Table, by: tuple[str, ...]) -> ibis.Table:
    """What each journey spent at each place and on each link."""
    rows = _with_place(group_columns(log, by, of_whole_journeys))
    keys = dict.fromkeys([*JOURNEY, *by, "is_link", "place"])
    return rows.group_by(list(keys)).aggregate(
        first=rows.seq.min(),
        km=rows.distance_km.sum().fill_null(0.0),
        hours=duration(rows).sum().fill_null(0.0),
        usd=rows.cost_usd.sum().fill_null(0.0),
    )


def _running(places: ibis.Table) -> ibis.Table:
    """With running totals and the number of each place on its journey."""
    so_far = ibis.cumulative_window(group_by=JOURNEY, order_by=["first", "place"])
    return places.mutate(
        position=places.km.count().over(so_far),
        **{f"total_{name}": places[name].sum().over(so_far) for name in ("km", "hours", "usd")},
    )


def _named(found: ibis.Table, names: tuple[str, ...]) -> ibis.Table:
    bands = {
        f"{name}_{band}": found[f"{name}_q"][ix] for name in _BANDS for ix, band in enumerate(_BAND)
    }
    is_stop = ~found.is_link
    order = ["position", "place"]
    tallest = found.hours.max(where=is_stop).over(ibis.window(group_by=list(names)))
    enough = found.n >= ENOUGH
    few = f" journeys are too few to say: wanted are {ENOUGH}"
    found = found.mutate(
        row=ibis.row_number().over(ibis.window(group_by=list(names), order_by=order)) + 1,
        kind=ibis.ifelse(is_stop, "stop", "leg"),
        node_id=ibis.ifelse(is_stop, found.place, ""),
        link_id=ibis.ifelse(is_stop, "", found.place),
        bottleneck=(is_stop & (found.hours == tallest)).fill_null(False),
        enough=enough,
        warning=ibis.ifelse(enough, "", found.n.cast("string") + few),
        **bands,
    )
    return found.order_by([*names, "row"]).select(*names, *TIME_COST_DISTANCE)
