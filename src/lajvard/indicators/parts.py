"""What hours and money are made of: hours by cause, money by item."""

from collections.abc import Callable, Mapping

import ibis

from lajvard.indicators.by import By, check_by, duration, observations
from lajvard.indicators.summary import SUMMARY, summarise
from lajvard.schema import ACTIVITIES

CAUSES = tuple(dict.fromkeys(activity.cause for activity in ACTIVITIES.values()))
"""What the hours of a journey go to."""

ITEMS = tuple(dict.fromkeys(activity.item for activity in ACTIVITIES.values()))
"""What the money of a journey is paid for."""

_CAUSE_OF = {name: activity.cause for name, activity in ACTIVITIES.items()}
_ITEM_OF = {name: activity.item for name, activity in ACTIVITIES.items()}


def hours_by_cause(log: ibis.Table, by: By = ()) -> ibis.Table:
    r"""Where the hours go: moving, queue, formalities, waiting for a ferry, permit, rest, closure.

    Returns
    -------
    ibis.Table
        `by`, `cause`, `share` of all hours, and the columns of `SUMMARY`, in hours a journey (its
        part when grouped by country, place or mode). A journey without a cause counts with 0
        hours, so that the means add up to the mean of all hours. Causes nobody met are left out.

    Notes
    -----
    :math:`\sum_a (end_a - start_a)` over the activities `a` of a journey with the cause; which
    activity has which cause says `lajvard.schema.ACTIVITIES`. The split into queue and formalities
    is that of CAREC CPMM's list of activities.
    """
    return _parts(log, check_by(by), "cause", _CAUSE_OF, duration)


def money_by_item(log: ibis.Table, by: By = ()) -> ibis.Table:
    r"""What the money is paid for: haulage, fares, border fees, port fees, permits, handling.

    Returns
    -------
    ibis.Table
        `by`, `item`, `share` of all money, and the columns of `SUMMARY`, in USD a journey (its
        part). A journey that does not pay for an item counts with 0 USD. Items that nobody paid
        for are left out.

    Notes
    -----
    :math:`\sum_a cost\_usd_a` over the activities `a` of a journey with the item; which activity
    has which item says `lajvard.schema.ACTIVITIES`.
    """
    return _parts(log, check_by(by), "item", _ITEM_OF, lambda rows: rows.cost_usd.fill_null(0.0))


def _parts(
    log: ibis.Table,
    by: tuple[str, ...],
    label: str,
    part_of: Mapping[str, str],
    amount: Callable[[ibis.Table], ibis.Value],
) -> ibis.Table:
    parts = tuple(dict.fromkeys(part_of.values()))
    members = {part: [name for name, of in part_of.items() if of == part] for part in parts}
    wide = observations(
        log,
        by,
        lambda rows: {
            part: amount(rows).sum(where=rows.activity.isin(names)).fill_null(0.0)
            for part, names in members.items()
        },
    )
    keys = list(dict.fromkeys(["run_id", "replication", *by]))
    long = wide.select(*keys, *parts).pivot_longer(list(parts), names_to=label, values_to="amount")
    found = summarise(long, [*by, label], "amount")
    found = found.filter(found.mean > 0)
    total = found["mean"].sum().over(ibis.window(group_by=list(by) or None))
    return (
        found.mutate(share=found.mean / total)
        .order_by([*by, label])
        .select(*by, label, "share", *SUMMARY)
    )
