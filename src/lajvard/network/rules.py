"""What the tables say about passing a place: procedures, permits and closures, by number."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isnan
from typing import NamedTuple

import numpy as np

from lajvard.corridor import Corridor, Table
from lajvard.network.arrays import Activity, Cargo, Shut
from lajvard.network.calendars import Calendars
from lajvard.network.closures import Closure, Thing, read_closures
from lajvard.network.prices import NOT_KNOWN, Prices, basis_ix
from lajvard.network.procedures import Procedure
from lajvard.network.waits import NO_WAIT, Wait, closure_wait

RISK_YEARS = 5
"""Dated closures of so many years before the chosen day count as risk."""


_LAND = ("road", "rail")


class Act(NamedTuple):
    """One activity that a unit load meets, before it is put into a move."""

    activity: Activity
    ref: int
    wait: Wait
    cost_usd: float
    time_basis: int
    cost_basis: int


class Procedures:
    """Activities at border posts and ports, by place, other side, mode and direction."""

    def __init__(
        self,
        procedures: Sequence[Procedure],
        cargo: Cargo,
        prices: Prices,
        calendars: Calendars,
        country: dict[str, str],
    ) -> None:
        self._acts: dict[tuple[str, str, str, str], list[Act]] = defaultdict(list)
        for row in procedures:
            if row.part_of or (row.cargo_classes and cargo.cargo_class not in row.cargo_classes):
                continue
            node, other, mode, direction, _ = row.key
            acts = [_done(row, cargo, prices, country)]
            closed = calendars.opening_wait(row.calendar_id)
            if closed.mean_h:
                basis = basis_ix(row.basis)
                acts.insert(0, Act(Activity.OPENING_HOURS, row.row, closed, 0.0, basis, NOT_KNOWN))
            for way in _ways(direction, is_inland=not other and mode in _LAND):
                self._acts[node, other, mode, way] += acts

    def at(self, node: str, other: str, mode: str, way: str) -> list[Act]:
        """Activities at `node` on the way to or from `other`, those of any other side included.

        By sea the latter are met once, in the change between ship and land (`other` empty), and
        not again on the legs of the ship.
        """
        acts = self._acts.get((node, other, mode, way), [])
        anywhere = bool(other) and mode in _LAND
        return acts + self._acts.get((node, "", mode, way), []) if anywhere else acts

    def __bool__(self) -> bool:
        return bool(self._acts)

    def nodes(self, mode: str) -> set[str]:
        """Nodes where something is done by `mode` whatever the other side."""
        return {node for node, other, by, _ in self._acts if by == mode and not other}


def _ways(direction: str, *, is_inland: bool) -> tuple[str, ...]:
    """On which ways an activity is met; one within a country, in both directions, on arrival.

    >>> _ways("both", is_inland=False), _ways("both", is_inland=True)
    (('outbound', 'inbound'), ('inbound',))
    """
    if direction != "both":
        return (direction,)
    return ("inbound",) if is_inland else ("outbound", "inbound")


def _done(row: Procedure, cargo: Cargo, prices: Prices, country: dict[str, str]) -> Act:
    """What a unit load does in a procedure, with its time and fee."""
    node, other, mode, _, _ = row.key
    units = {"road": cargo.lorries, "rail": cargo.wagons}.get(mode, 1.0)
    fee, cost_basis = 0.0, NOT_KNOWN
    if not isnan(row.fee_usd):
        fee, cost_basis = row.fee_usd * units, basis_ix(row.basis)
    if mode in ("road", "rail") and node in country:
        haulage = prices.haulage(mode, country[node])
        if haulage.includes_border_fees:
            fee, cost_basis = 0.0, haulage.basis
    wait = Wait(row.mean_h, (row.mean_h * row.cv) ** 2)
    kind = Activity.BORDER if other else Activity.PORT
    return Act(kind, row.row, wait, fee, basis_ix(row.basis), cost_basis)


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
    thing: Thing
    share: float
    wait: Wait
    shut: Shut | None
    basis: int


Period = tuple[date, date]
"""First and last day of a period."""


def closings(corridor: Corridor, day: date | None, shut_for: Period | None) -> list[Closing]:
    """The complete closures of a corridor: share of time, expected wait, whether they shut.

    Random closures keep an arrival waiting. Dated ones shut what they name if they last for the
    whole period `shut_for`; where no random closure stands for them, they count as risk (if the
    like can recur) by the share of the last `RISK_YEARS` years (before `day`, or before the last
    closure that is described) that they covered. A closure that leaves some capacity makes
    queues, which are the simulation's, and is passed over.
    """
    rows = read_closures(corridor)
    ends = [end for row in rows for end in (row.start, row.end) if end]
    horizon = day or max(ends, default=date.max)
    complete = [row for row in rows if row.left == 0]
    recurrent = {row.thing for row in complete if row.is_random}
    found = []
    for row in complete:
        share, wait = 0.0, NO_WAIT
        if row.is_random:
            share, wait = closure_wait(row.per_year, row.mean_h)
        elif row.recurs and row.thing not in recurrent:
            share = _dated_share(row, horizon)
        is_shut = shut_for is not None and row.covers(*shut_for)
        if share or is_shut:
            shut = _shut(row) if is_shut else None
            found.append(Closing(row.row, row.thing, share, wait, shut, basis_ix(row.basis)))
    return found


def _shut(row: Closure) -> Shut:
    thing = row.thing
    what = thing.node_id or thing.link_id or thing.service_id
    return Shut(row.closure_id, what, row.reason, row.start_text)


def _dated_share(row: Closure, horizon: date) -> float:
    """Share of the years before a day in which a dated closure lasted; without an end, one day."""
    if row.start is None:
        return 0.0
    begin = horizon - timedelta(days=round(365.25 * RISK_YEARS))
    days = (min(row.end or row.start, horizon) - max(row.start, begin)).days + 1
    return min(0.95, max(0, days) / (365.25 * RISK_YEARS))
