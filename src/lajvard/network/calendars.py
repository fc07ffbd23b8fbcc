"""Calendars of a description as values: opening hours, timetables, driver hours, driving bans.

This is the one place that reads the table `calendar`. All hours are UTC.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from math import floor, inf, nan

import numpy as np

from lajvard.corridor import Table
from lajvard.errors import InputError
from lajvard.network.waits import (
    NO_WAIT,
    WEEK_H,
    Wait,
    closed_gaps_h,
    departure_gaps_h,
    gap_wait,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CONVOY_H = 1 / 60
"""How long a convoy can be joined when it leaves, in hours."""

Window = tuple[float, float]
"""Opening and closing in hours since Monday 00:00; the closing may lie beyond 168."""


class Calendars:
    """Opening hours and timetables by calendar id."""

    def __init__(self, table: Table) -> None:
        self._windows: dict[tuple[str, str], list[Window]] = defaultdict(list)
        offsets = np.nan_to_num(table.numbers("utc_offset_h")).tolist()
        names = ("calendar_id", "kind", "opens", "closes")
        rows = zip(*(table.text(name) for name in names), table.lists("days"), offsets, strict=True)
        for calendar_id, kind, opens, closes, days, offset in rows:
            if opens:
                start, end = clock_h(opens), clock_h(closes)
                end += 24.0 if end <= start else 0.0
                for day in DAYS if "daily" in days else days:
                    at = (24.0 * DAYS.index(day) + start - offset) % WEEK_H
                    self._windows[calendar_id, kind].append((at, at + end - start))

    def opening_hours(self, calendar_id: str) -> list[Window]:
        """Windows in which a calendar is open; empty if it states none."""
        return list(self._windows.get((calendar_id, "opening_hours"), ()))

    def departures_h(self, calendar_id: str) -> list[float]:
        """Departures of a timetable, in hours since Monday 00:00."""
        return [start for start, _ in self._windows.get((calendar_id, "departures"), ())]

    def windows(self, calendar_id: str) -> list[Window]:
        """Windows in which a place can be passed; empty if always.

        Before a convoy everybody waits for its departure: the place is open for `CONVOY_H` then.
        """
        convoys = [(start, start + CONVOY_H) for start in self.departures_h(calendar_id)]
        return [*self.opening_hours(calendar_id), *convoys]

    def opening_wait(self, calendar_id: str) -> Wait:
        """Wait until a calendar is open, or for the next convoy; none for an empty id."""
        windows = self.opening_hours(calendar_id)
        if windows:
            return gap_wait(closed_gaps_h(windows), WEEK_H)
        return self.departure_wait(calendar_id)

    def departure_wait(self, calendar_id: str) -> Wait:
        """Wait until the next departure of a timetable."""
        times = self.departures_h(calendar_id)
        return gap_wait(departure_gaps_h(times), WEEK_H) if times else NO_WAIT

    def open_share(self, calendar_id: str) -> float:
        """Share of the week in which a place can be passed; all of it for an empty id."""
        windows = self.windows(calendar_id)
        return 1.0 - float(closed_gaps_h(windows).sum()) / WEEK_H if windows else 1.0


def clock_h(text: str) -> float:
    """Hours of a time of day; 24 of an empty one.

    >>> clock_h("06:30"), clock_h("")
    (6.5, 24.0)
    """
    return int(text[:2]) + int(text[3:]) / 60 if text else 24.0


def since_new_year_h(hour_of_week: float, year: int) -> float:
    """Hours since Monday 00:00 as hours of a week that begins on 1 January 00:00 of a year.

    >>> since_new_year_h(0.0, 2025)
    120.0
    """
    return (hour_of_week - dt.date(year, 1, 1).weekday() * 24.0) % WEEK_H


@dataclass(frozen=True)
class DriverRules:
    """Driver-hours rules and bans on driving: those of each country, and of all others.

    Attributes
    ----------
    driving_h, rest_h
        Hours at the wheel after which a driver rests, and for how long.
    ban_from_h, ban_until_h, ban_days
        Hours of the day of a ban on driving, and its days as bits from 1 January on.
    countries
        Whose rules these are; the empty text stands for all others.
    """

    driving_h: tuple[float, ...]
    rest_h: tuple[float, ...]
    ban_from_h: tuple[float, ...]
    ban_until_h: tuple[float, ...]
    ban_days: tuple[int, ...]
    countries: tuple[str, ...]

    @classmethod
    def of(cls, table: Table, year: int = 2025) -> "DriverRules":
        """The rules of the table `calendar`, for a year.

        Raises
        ------
        InputError
            A country has two bans at different hours.
        """
        hours, bans = _driver_hours(table), _bans(table, dt.date(year, 1, 1).weekday())
        countries = tuple(dict.fromkeys((*hours, *bans)))
        driven = [hours.get(name, hours.get("", (inf, 0.0))) for name in countries]
        banned = [bans.get(name, bans.get("", (nan, nan, 0))) for name in countries]
        return cls(
            tuple(item[0] for item in driven),
            tuple(item[1] for item in driven),
            tuple(item[0] for item in banned),
            tuple(item[1] for item in banned),
            tuple(item[2] for item in banned),
            countries,
        )

    def of_country(self, country: str) -> int:
        """The rule that holds in a country: its own before one for everywhere; -1 for none."""
        for wanted in (country, ""):
            if wanted in self.countries:
                return self.countries.index(wanted)
        return -1

    def rest_per_driving(self, country: str) -> float:
        """Hours of rest for an hour of driving in a country."""
        rule = self.of_country(country)
        return self.rest_h[rule] / self.driving_h[rule] if rule >= 0 else 0.0


def _driver_hours(table: Table) -> dict[str, tuple[float, float]]:
    """Hours of driving and of rest by country; of two rows of a country the first holds."""
    driving, rest = table.numbers("driving_h"), table.numbers("rest_h")
    found: dict[str, tuple[float, float]] = {}
    for ix, kind in enumerate(table.text("kind")):
        if kind == "driver_hours":
            hours = (float(driving[ix]), float(rest[ix]))
            found.setdefault(table.text("country")[ix], hours)
    return found


def _bans(table: Table, new_year: int) -> dict[str, tuple[float, float, int]]:
    """Beginning, end and days of the ban of each country; `new_year` is the day of 1 January."""
    offsets = np.nan_to_num(table.numbers("utc_offset_h"))
    bans: dict[str, tuple[float, float, int]] = {}
    for ix, (kind, country) in enumerate(
        zip(table.text("kind"), table.text("country"), strict=True)
    ):
        if kind != "driving_ban":
            continue
        ends = (table.text("opens")[ix] or "00:00", table.text("closes")[ix])
        start, end = (clock_h(cell) - float(offsets[ix]) for cell in ends)
        days = table.lists("days")[ix] or ("daily",)
        local = range(7) if "daily" in days else map(DAYS.index, days)
        bits = {(day + floor(start / 24) - new_year) % 7 for day in local}
        hours = (start % 24, end % 24)
        *same, known = bans.get(country, (*hours, 0))
        if tuple(same) != hours:
            what = f"'{table.text('calendar_id')[ix]}' is a second ban, at other hours"
            remedy = "State one ban a country, or several days at the same hours."
            raise InputError("calendar", f"{what}, in {country or 'all countries'}", remedy)
        bans[country] = (*hours, known | sum(1 << bit for bit in bits))
    return bans
