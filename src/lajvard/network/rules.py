"""What the tables say about passing a place: procedures, permits and closures, by number."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from lajvard.corridor import Corridor, Table
from lajvard.network.arrays import Activity, Cargo, Shut
from lajvard.network.prices import NOT_KNOWN, Prices, basis_ix
from lajvard.network.waits import (
    NO_WAIT,
    Wait,
    closed_gaps_h,
    closure_wait,
    departure_gaps_h,
    gap_wait,
)
from lajvard.schema import first_day, last_day

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RISK_YEARS = 5
"""Dated closures of so many years before the chosen day count as risk."""


class Act(NamedTuple):
    """One activity that a unit load meets, before it is put into a move."""

    activity: Activity
    ref: int
    wait: Wait
    cost_usd: float
    time_basis: int
    cost_basis: int


class Calendars:
    """Waits for opening hours and timetabled departures, and the driver-hours rule."""

    def __init__(self, table: Table) -> None:
        self._rows: dict[str, list[int]] = defaultdict(list)
        for ix, calendar_id in enumerate(table.text("calendar_id")):
            self._rows[calendar_id].append(ix)
        self._table = table

    def opening_wait(self, calendar_id: str) -> Wait:
        """Wait until the calendar is open, or for the next convoy; none for an empty id."""
        windows = list(self._hours(calendar_id, "opening_hours"))
        if windows:
            return gap_wait(closed_gaps_h(windows), 168.0)
        return self.departure_wait(calendar_id)

    def open_share(self, calendar_id: str) -> float:
        """Share of the week that the calendar is open; all of it for an empty id."""
        windows = list(self._hours(calendar_id, "opening_hours"))
        return 1.0 - float(closed_gaps_h(windows).sum()) / 168.0 if windows else 1.0

    def departure_wait(self, calendar_id: str) -> Wait:
        """Wait until the next departure of a timetable."""
        times = [start for start, _ in self._hours(calendar_id, "departures")]
        return gap_wait(departure_gaps_h(times), 168.0) if times else NO_WAIT

    def _hours(self, calendar_id: str, kind: str) -> list[tuple[float, float]]:
        table = self._table
        found = []
        for ix in self._rows.get(calendar_id, ()):
            if table.text("kind")[ix] == kind and table.text("opens")[ix]:
                start = _clock(table.text("opens")[ix])
                end = _clock(table.text("closes")[ix] or "24:00")
                end += 24.0 if end <= start else 0.0
                days = table.lists("days")[ix]
                wanted = DAYS if "daily" in days else days
                found += [
                    (24.0 * DAYS.index(day) + start, 24.0 * DAYS.index(day) + end) for day in wanted
                ]
        return found

    def rest_per_driving(self, country: str) -> float:
        """Hours of rest for an hour of driving under the driver-hours rule of a country."""
        table = self._table
        driving, rest = table.numbers("driving_h"), table.numbers("rest_h")
        best, rank = 0.0, -1
        for ix, kind in enumerate(table.text("kind")):
            where = table.text("country")[ix]
            if kind == "driver_hours" and where in ("", country) and (len(where) > rank):
                best, rank = float(rest[ix] / driving[ix]), len(where)
        return best


def _clock(text: str) -> float:
    return int(text[:2]) + int(text[3:]) / 60


class Procedures:
    """Activities at border posts and ports, by place, other side, mode and direction."""

    def __init__(
        self,
        table: Table,
        cargo: Cargo,
        prices: Prices,
        calendars: Calendars,
        country: dict[str, str],
    ) -> None:
        self._acts: dict[tuple[str, str, str, str], list[Act]] = defaultdict(list)
        means, cvs = table.numbers("mean_h"), table.numbers("cv")
        fees = np.nan_to_num(table.numbers("fee_usd"))
        known = ~np.isnan(table.numbers("fee_usd"))
        classes = table.lists("cargo_class")
        units = {"road": cargo.lorries, "rail": cargo.wagons}
        columns = (
            "node_id",
            "other_node_id",
            "mode",
            "direction",
            "basis",
            "part_of",
            "calendar_id",
        )
        for ix, row in enumerate(zip(*(table.text(name) for name in columns), strict=True)):
            node, other, mode, direction, basis, part_of, calendar_id = row
            if part_of or (classes[ix] and cargo.cargo_class not in classes[ix]):
                continue
            kind = Activity.BORDER if other else Activity.PORT
            fee = fees[ix] * units.get(mode, 1.0)
            cost_basis = basis_ix(basis) if known[ix] else NOT_KNOWN
            if mode in ("road", "rail") and node in country:
                haulage = prices.haulage(mode, country[node])
                if haulage.includes_border_fees:
                    fee, cost_basis = 0.0, haulage.basis
            wait = Wait(float(means[ix]), float((means[ix] * cvs[ix]) ** 2))
            acts = [Act(kind, ix, wait, float(fee), basis_ix(basis), cost_basis)]
            closed = calendars.opening_wait(calendar_id)
            if closed.mean_h:
                acts.insert(
                    0, Act(Activity.OPENING_HOURS, ix, closed, 0.0, basis_ix(basis), NOT_KNOWN)
                )
            for way in ("outbound", "inbound") if direction == "both" else (direction,):
                self._acts[node, other, mode, way] += acts

    def at(self, node: str, other: str, mode: str, way: str) -> list[Act]:
        """Activities at `node` on the way to or from `other`, those of any other side included.

        By sea the latter are met once, in the change between ship and land (`other` empty), and
        not again on the legs of the ship.
        """
        acts = self._acts.get((node, other, mode, way), [])
        anywhere = bool(other) and mode in ("road", "rail")
        return acts + self._acts.get((node, "", mode, way), []) if anywhere else acts

    def __bool__(self) -> bool:
        return bool(self._acts)

    def nodes(self, mode: str) -> set[str]:
        """Nodes where something is done by `mode` whatever the other side."""
        return {node for node, other, by, _ in self._acts if by == mode and not other}


class Permits:
    """Tokens that a unit load needs to enter a country by a mode."""

    def __init__(self, table: Table, cargo: Cargo, prices: Prices) -> None:
        self._rows: list[tuple[str, str, str, Act]] = []
        means, cvs = np.nan_to_num(table.numbers("delay_mean_h")), table.numbers("delay_cv")
        costs, classes = table.numbers("cost_usd"), table.lists("cargo_class")
        kinds = ("permit", "visa", "escort", "entry_fee")
        columns = ("kind", "mode", "country", "from_country", "basis")
        for ix, row in enumerate(zip(*(table.text(name) for name in columns), strict=True)):
            kind, mode, country, origin, basis = row
            if kind not in kinds or not country:
                continue
            if classes[ix] and cargo.cargo_class not in classes[ix]:
                continue
            units = cargo.lorries if mode == "road" else cargo.wagons if mode == "rail" else 1.0
            cost = 0.0 if np.isnan(costs[ix]) else float(costs[ix]) * units
            wait = Wait(float(means[ix]), float((means[ix] * cvs[ix]) ** 2))
            cost_basis = NOT_KNOWN if np.isnan(costs[ix]) else basis_ix(basis)
            if kind == "entry_fee" and mode and prices.haulage(mode, country).includes_border_fees:
                cost, cost_basis = 0.0, prices.haulage(mode, country).basis
            act = Act(Activity.PERMIT, ix, wait, cost, basis_ix(basis), cost_basis)
            self._rows.append((mode, country, origin, act))

    def entering(self, country: str, origin: str, mode: str) -> list[Act]:
        """Tokens needed to enter `country` from the country `origin` by `mode`."""
        return [
            act
            for by, where, start, act in self._rows
            if where == country and start in ("", origin) and by in ("", mode)
        ]


@dataclass(frozen=True)
class Closing:
    """A closure as the compiler uses it."""

    ref: int
    node_id: str
    other_node_id: str
    link_id: str
    service_id: str
    mode: str
    share: float
    wait: Wait
    shut: Shut | None
    basis: int


def closings(corridor: Corridor, day: date | None) -> list[Closing]:
    """The complete closures of a corridor: share of time, expected wait, whether shut on `day`.

    Random closures keep an arrival waiting. Dated ones shut what they name while they last; where
    no random closure stands for them, they count as risk (if the like can recur) by the share of
    the last `RISK_YEARS` years (before `day`, or before the last closure that is described) that
    they covered. A closure that leaves some capacity makes queues, which are the simulation's, and
    is passed over.
    """
    table = corridor.used("closure")
    rates, lengths = table.numbers("events_per_year"), table.numbers("mean_duration_h")
    starts, ends = table.text("start_date"), table.text("end_date")
    horizon = day or max([first_day(cell) for cell in (*starts, *ends) if cell], default=date.max)
    kinds, recurs = table.text("kind"), table.flags("recurs")
    closed = np.flatnonzero(table.numbers("effect") == 0).tolist()
    things = list(zip(*(table.text(name) for name in _THING), strict=True))
    recurrent = {things[ix] for ix in closed if kinds[ix] == "random"}
    found = []
    for ix in closed:
        share, wait, shut = 0.0, NO_WAIT, None
        if kinds[ix] == "random":
            share, wait = closure_wait(float(rates[ix]), float(lengths[ix]))
        elif recurs[ix] and things[ix] not in recurrent:
            share = _dated_share(starts[ix], ends[ix], horizon)
        if kinds[ix] == "dated" and day and _covers(starts[ix], ends[ix], day):
            shut = _shut(table, ix)
        if share or shut:
            found.append(_closing(table, ix, share, wait, shut))
    return found


_THING = ("node_id", "other_node_id", "link_id", "service_id", "mode")


def _closing(table: Table, ix: int, share: float, wait: Wait, shut: Shut | None) -> Closing:
    node, other, link, service, mode, basis = (table.text(name)[ix] for name in (*_THING, "basis"))
    return Closing(ix, node, other, link, service, mode, share, wait, shut, basis_ix(basis))


def _shut(table: Table, ix: int) -> Shut:
    names = ("node_id", "link_id", "service_id")
    what = next(cell for name in names if (cell := table.text(name)[ix]))
    return Shut(
        table.text("closure_id")[ix], what, table.text("reason")[ix], table.text("start_date")[ix]
    )


def _dated_share(start: str, end: str, horizon: date) -> float:
    if not start:
        return 0.0
    begin = horizon - timedelta(days=round(365.25 * RISK_YEARS))
    first, last = first_day(start), last_day(end) if end else first_day(start)
    days = (min(last, horizon) - max(first, begin)).days + 1
    return min(0.95, max(0, days) / (365.25 * RISK_YEARS))


def _covers(start: str, end: str, day: date) -> bool:
    return bool(start) and first_day(start) <= day and (not end or day <= last_day(end))
