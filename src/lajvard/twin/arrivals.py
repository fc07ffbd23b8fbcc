"""When the unit loads of a flow leave."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from lajvard.case.years import EVEN_WEEK, month_starts_h
from lajvard.network.arrays import FloatArray


def arrival_curve(
    per_year: float,
    year: int,
    *,
    seasonality: Sequence[float] = (),
    weekdays: Sequence[float] = EVEN_WEEK,
    until_h: float = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """Expected arrivals until a time: hours and totals, linear between, (n_knots,) each.

    Parameters
    ----------
    per_year
        Arrivals in the whole year, which the last total is when it ends with the year.
    seasonality
        Twelve factors by month, empty for none.
    weekdays
        Seven factors from Monday on.
    until_h
        A simulation that goes on beyond the year goes on as the year began.

    Examples
    --------
    >>> hours, total = arrival_curve(365.0, 2025)
    >>> hours.tolist(), total.tolist()
    ([0.0, 8760.0], [0.0, 365.0])
    """
    months = month_starts_h(year)
    if not len(seasonality) and len(set(weekdays)) == 1:
        return _beyond(months[[0, 12]], np.array([0.0, per_year]), until_h)
    if len(set(weekdays)) == 1:
        hours = months
        weight = np.asarray(seasonality, dtype=np.float64) * np.diff(months)
    else:
        hours = np.arange(0.0, months[-1] + 24, 24)
        first = dt.date(year, 1, 1).weekday()
        weight = np.array([weekdays[(first + day) % 7] for day in range(len(hours) - 1)])
        if len(seasonality):
            month = np.searchsorted(months, hours[:-1], side="right") - 1
            weight = weight * np.asarray(seasonality)[month]
    total = np.concatenate([[0.0], np.cumsum(weight)])
    return _beyond(hours, total * (per_year / total[-1]), until_h)


def _beyond(hours: FloatArray, total: FloatArray, until_h: float) -> tuple[FloatArray, FloatArray]:
    """A curve that is repeated until it covers `until_h`."""
    every, totals = hours, total
    while every[-1] < until_h:
        totals = np.concatenate([totals, totals[-1] + total[1:]])
        every = np.concatenate([every, every[-1] + hours[1:]])
    return every, totals
