"""Days and months of a simulated year, as hours since its 1 January 00:00 UTC."""

import datetime as dt

import numpy as np

from lajvard.errors import InputError
from lajvard.network.arrays import FloatArray
from lajvard.schema import first_day
from lajvard.schema.cells import is_date

DEFAULT_YEAR = 2025
"""The year of a description that names no day: 365 days, beginning on a Wednesday."""

EVEN_WEEK = (1.0,) * 7
"""Weekday factors from Monday on; nothing is published, so every day is as busy as another."""


def month_starts_h(year: int) -> FloatArray:
    """Hours since 1 January 00:00 at which the months of a year begin, and its end: (13,).

    >>> month_starts_h(2024)[[0, 1, 2, 12]]
    array([   0.,  744., 1440., 8784.])
    """
    days = [(dt.date(year, month, 1) - dt.date(year, 1, 1)).days for month in range(1, 13)]
    days.append((dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days)
    return np.array(days, dtype=np.float64) * 24


def whole_year(year: int) -> tuple[dt.date, dt.date]:
    """First and last day of a year."""
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def check_year(year: int | None) -> None:
    """Refuse a year that has no calendar, or whose last day has no next.

    Raises
    ------
    InputError
        The year is not from 1 to 9998.
    """
    if year is not None and not dt.MINYEAR <= year < dt.MAXYEAR:
        expected = f"expected {dt.MINYEAR} to {dt.MAXYEAR - 1}, found {year}"
        raise InputError("year", expected, "Say the year to look at, such as 2025.")


def hours_since(year: int, day: str | dt.date) -> float:
    """Hours from 1 January of `year` to the first hour of `day`.

    >>> hours_since(2018, "2018-12-13")
    8304.0
    """
    date = first_day(day) if isinstance(day, str) else day
    return (date - dt.date(year, 1, 1)).days * 24.0


def day_of(day: str | dt.date | None) -> dt.date | None:
    """A day that is given as one or as text such as 2020-12-21; None stays None.

    Raises
    ------
    InputError
        The text is not a date.
    """
    if not isinstance(day, str):
        return day
    if not is_date(day):
        raise InputError("as_of", f"'{day}' is not a date", "Write it as 2020-12-21.")
    return first_day(day)
