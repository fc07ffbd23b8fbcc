"""How many there are at a time: throughput, queues, lorries in the system, utilisation."""

from collections.abc import Mapping, Sequence
from typing import Literal

import ibis

from lajvard.errors import InputError
from lajvard.indicators.by import (
    JOURNEY,
    ONE,
    RUN,
    By,
    Condition,
    activities_of,
    check_by,
    group_columns,
    month,
    of_flows,
    of_whole_journeys,
)
from lajvard.indicators.summary import ENOUGH, summarise

Over = Literal["all", "time", "hour", "weekday", "month"]

OVERS: tuple[Over, ...] = ("all", "time", "hour", "weekday", "month")
"""What numbers over time can be grouped by: nothing, each bin, or hour, weekday or month."""

_REPLICATIONS = 10
"""Replications that say something of a single moment."""

_QUEUE = activities_of("queue")
_SERVED = [*activities_of("formalities"), *activities_of("handling")]


def throughput(
    log: ibis.Table,
    by: By = (),
    *,
    over: Over = "all",
    measure: Literal["consignments", "tonnes"] = "consignments",
) -> ibis.Table:
    """Consignments, or tonnes, a day that arrive; by `bcp`, `link` or `country`: that leave it.

    Returns
    -------
    ibis.Table
        `by`, what `over` names, and the columns of `SUMMARY`, in consignments (or t) a day. An
        observation is a day (UTC) of a replication, days without any included.

    Notes
    -----
    The number of journeys, or the sum of their tonnes, whose last activity (there) ends on the
    day. The first and the last day of a log may be short. Background traffic of a simulation counts
    by `bcp` and `link` only.
    """
    names = check_by(by)
    rows = group_columns(log, names, None if _at_places(names) else of_whole_journeys)
    keys = dict.fromkeys([*JOURNEY, *(name for name in names if name != "period")])
    left = rows.group_by(list(keys)).aggregate(
        end=rows.end.max(), tonnes=rows.tonnes.max().fill_null(0.0)
    )
    amount = left.tonnes if measure == "tonnes" else ONE
    counted = left.select(*_keys(names), bin=_bin(left.end, 24), amount=amount)
    counts = counted.group_by([*_keys(names), "bin"]).aggregate(value=counted.amount.sum())
    filled = _filled(counts, log, names, 24)
    filled = filled.mutate(value=filled.value.fill_null(0.0))
    return _told(filled, names, over, 24)


def queue_length(
    log: ibis.Table, by: By = ("bcp",), *, over: Over = "all", bin_h: int = 1
) -> ibis.Table:
    r"""Consignments that stand in line, on average over an hour, at each border and port.

    Parameters
    ----------
    over
        ``all`` for one figure, ``hour`` of the day, ``weekday`` (0 is Monday), ``month`` of the
        year, or ``time`` for the course of it. All UTC.
    bin_h
        Hours of a bin: the numbers are means over it. A divisor of 24 or a multiple of it.

    Returns
    -------
    ibis.Table
        `by`, what `over` names, and the columns of `SUMMARY`, in consignments. An observation is
        a bin of a replication, empty ones included.

    Notes
    -----
    The time average of the number :math:`N(t)` in line in a bin of length `h`,
    :math:`\frac1h\int N(t)\,dt`, exact: no sampling. Its mean over all bins is Little's
    :math:`\lambda W`. In line means the activities of cause `queue`.
    """
    names = check_by(by)
    found = _bins(log, names, bin_h, lambda rows: rows.activity.isin(_QUEUE))
    return _told(found, names, over, bin_h)


def in_system(log: ibis.Table, by: By = (), *, over: Over = "all", bin_h: int = 24) -> ibis.Table:
    """Consignments that are on their way, on average over a day, anywhere or in each country.

    Parameters
    ----------
    over, bin_h
        As of `queue_length`.

    Returns
    -------
    ibis.Table
        `by`, what `over` names, and the columns of `SUMMARY`, in consignments (one lorry each,
        where they travel by lorry). An observation is a bin of a replication.

    Notes
    -----
    The time average of the number of journeys in some activity, as in `queue_length`. Background
    traffic of a simulation counts by `bcp` and `link` only.
    """
    names = check_by(by)
    where = None if _at_places(names) else of_flows
    return _told(_bins(log, names, bin_h, where), names, over, bin_h)


def utilisation(
    log: ibis.Table,
    servers: Mapping[str, float],
    by: By = ("bcp",),
    *,
    over: Over = "all",
    bin_h: int = 24,
) -> ibis.Table:
    r"""Share of the servers of a post or terminal that are busy, where their number is known.

    Parameters
    ----------
    servers
        Servers by node: lanes, officers or cranes that work in parallel, > 0. Other nodes do not
        appear in the result.
    over, bin_h
        As of `queue_length`.

    Returns
    -------
    ibis.Table
        `by`, what `over` names, and the columns of `SUMMARY`; 1 is busy without a pause. It needs
        the log of all journeys: of a sample it is too low.

    Notes
    -----
    :math:`\rho = \frac{1}{c\,h}\int S(t)\,dt` with :math:`S(t)` consignments in formalities or
    handling and `c` servers. Shifts are not known to a log: closed hours count as idle. The
    statistics of a simulated station count its open servers only.
    """
    if not servers or min(servers.values()) <= 0:
        raise InputError("utilisation", "needs the servers of some nodes", "Give numbers above 0.")
    names = check_by(by)
    if "bcp" not in names:
        raise InputError("utilisation", "is a matter of nodes", "Tell it apart by 'bcp'.")
    found = _bins(
        log,
        names,
        bin_h,
        lambda rows: (
            rows.activity.isin(_SERVED)
            & rows.node_id.isin(list(servers))
            & rows.service_id.isnull()
        ),
    )
    number = found.bcp.cases(*[(node, float(n)) for node, n in servers.items()], else_=1.0)
    return _told(found.mutate(value=found.value / (number * ONE)), names, over, bin_h)


def _at_places(names: Sequence[str]) -> bool:
    """Whether all who pass count, background traffic of a simulation too."""
    return "bcp" in names or "link" in names


def _keys(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*RUN, *(name for name in names if name != "period")]))


def _bin(moment: ibis.Value, bin_h: int) -> ibis.Value:
    """Number of the bin since 1970."""
    return (moment.epoch_seconds().cast("int64") // (3600 * bin_h)).cast("int64")


def _bins(
    log: ibis.Table, names: tuple[str, ...], bin_h: int, where: Condition | None = None
) -> ibis.Table:
    """How many rows hold at a time, on average over each bin.

    A row adds one from its start to its end. Within the bin of its start it adds the time that is
    left of the bin; from the next bin on it counts in the level; in the bin of its end it takes
    away what was too much. So rows need not be multiplied by the bins that they span.
    """
    _check_bin(bin_h)
    told = group_columns(log, names, where)
    keys = _keys(names)
    steps = [
        told.select(
            *keys,
            bin=_bin(moment, bin_h),
            sign=ibis.literal(sign, "int64"),
            left=sign * _left_s(moment, bin_h),
        )
        for moment, sign in ((told.start, 1), (told.end, -1))
    ]
    both = ibis.union(*steps)
    changes = both.group_by([*keys, "bin"]).aggregate(step=both.sign.sum(), left=both.left.sum())
    filled = _filled(changes, log, names, bin_h)
    earlier = ibis.window(group_by=keys, order_by="bin", preceding=(None, 1))
    level = filled.step.fill_null(0).sum().over(earlier).fill_null(0).cast("float64")
    return filled.mutate(value=level + filled.left.fill_null(0).cast("float64") / (3600.0 * bin_h))


def _left_s(moment: ibis.Value, bin_h: int) -> ibis.Value:
    """Whole seconds that are left of its bin at a moment: sums of them are exact in any order."""
    return 3600 * bin_h - moment.epoch_seconds().cast("int64") % (3600 * bin_h)


def _filled(counts: ibis.Table, log: ibis.Table, names: tuple[str, ...], bin_h: int) -> ibis.Table:
    """With a row for each bin of the replication and each group of `names` seen in the run."""
    keys = _keys(names)
    span = log.group_by(RUN).aggregate(
        first_bin=_bin(log.start.min(), bin_h), last_bin=_bin(log.end.max(), bin_h)
    )
    groups = counts.select(*(name for name in keys if name != "replication")).distinct()
    grid = span.inner_join(groups, "run_id").select(*keys, "first_bin", "last_bin")
    bins = ibis.range(grid.first_bin, grid.last_bin + 1).unnest()
    grid = grid.select(*keys, bin=bins)
    joined = grid.left_join(counts, [*keys, "bin"])
    return joined.select(*grid.columns, *(c for c in counts.columns if c not in grid.columns))


def _told(found: ibis.Table, names: tuple[str, ...], over: Over, bin_h: int) -> ibis.Table:
    """Summed up by `names` and what `over` says."""
    if over not in OVERS:
        raise InputError("indicator", f"unknown '{over}'", f"One of {', '.join(OVERS)}.")
    if over == "hour" and bin_h > 1:
        raise InputError("indicator", f"bins of {bin_h} h know no hour", "Use bins of 1 h.")
    moment = (found.bin * (3600 * bin_h)).as_timestamp("s")
    if "period" in names:
        found = found.mutate(period=month(moment))
    if over == "all":
        return summarise(found, names, "value", wanted=max(ENOUGH, ENOUGH * 24 // bin_h))
    label = {
        "time": moment,
        "hour": moment.hour(),
        "weekday": moment.day_of_week.index(),
        "month": moment.month(),
    }[over]
    wanted = _REPLICATIONS if over == "time" else ENOUGH
    return summarise(found.mutate(**{over: label}), [*names, over], "value", wanted=wanted)


def _check_bin(bin_h: int) -> None:
    if bin_h < 1 or (24 % bin_h and bin_h % 24):
        remedy = "Use a divisor of 24, or whole days."
        raise InputError("indicator", f"bins of {bin_h} h do not fit into days", remedy)
