"""Flows of goods of a corridor: what the table of demand says, in tonnes and unit loads a year."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.network.arrays import Cargo, FloatArray

GRAVITY = "gravity model"
"""Basis of a flow that nobody counted: `lajvard.case.gravity` estimates it."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Goods that go from one place to another in unit loads of one class.

    Attributes
    ----------
    tonnes_per_year
        Mass in a year; passed over when `scheduled_h` says when the unit loads leave.
    seasonality
        Twelve factors by month with mean 1, empty for none.
    scheduled_h
        Departures in hours since 1 January 00:00 UTC of the simulated year, ascending.
    tonnes
        Mass of one unit load; by default the payload of its class.
    via, avoid
        What its routes pass and do not touch, as in `find_routes`.
    commodity
        The goods, in the words of the description.
    value_of_time_usd_t_day
        What a day of delay of a tonne costs; None where only the cargo class says so.
    basis
        Where the tonnes come from: published, derived, estimate or `GRAVITY`.
    source_ids
        The publications that the flow rests on.
    """

    name: str
    origin: str
    destination: str
    cargo_class: str
    tonnes_per_year: float = 0.0
    seasonality: tuple[float, ...] = ()
    scheduled_h: tuple[float, ...] = ()
    tonnes: float | None = None
    via: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    commodity: str = ""
    value_of_time_usd_t_day: float | None = None
    basis: str = "estimate"
    source_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.seasonality) not in (0, 12):
            found = f"{len(self.seasonality)} factors of seasonality"
            raise InputError(f"demand '{self.name}'", found, "Give twelve, or none.")
        if list(self.scheduled_h) != sorted(self.scheduled_h):
            raise InputError(f"demand '{self.name}'", "departures are not ascending", "Sort them.")

    def unit_t(self, cargo: Cargo) -> float:
        """Mass of one unit load in tonnes."""
        return self.tonnes or cargo.payload_t

    def value_of_time_usd_h(self, cargo: Cargo) -> float:
        """USD that an hour of one unit load is worth: its own, or that of its cargo class."""
        if self.value_of_time_usd_t_day is None:
            return cargo.value_of_time_usd_h
        return self.value_of_time_usd_t_day * self.unit_t(cargo) / 24

    def tonnes_by_month(self) -> FloatArray:
        """Tonnes in each month of a year: (12,), with the sum of the year.

        >>> Flow("D", "A", "B", "truck", 1200.0).tonnes_by_month()[:2]
        array([100., 100.])
        """
        season = np.asarray(self.seasonality or (1.0,) * 12, dtype=np.float64)
        tonnes: FloatArray = self.tonnes_per_year * season / season.sum()
        return tonnes


def flows_of(corridor: Corridor) -> tuple[Flow, ...]:
    """The flows of the table `demand`: used and operating rows that state tonnes a year.

    Rows with an end are history, unless the corridor is that of a day (`Corridor.as_of`).

    >>> from lajvard.corridor import built_in
    >>> flows = {flow.name: flow for flow in flows_of(built_in())}
    >>> flows["AF-TR-all"].origin, flows["AF-TR-all"].cargo_class
    ('AFKBL', 'truck')
    """
    table = corridor.used("demand")
    tonnes, time_value = table.numbers("tonnes_per_year"), table.numbers("value_of_time_usd_t_day")
    names = ("demand_id", "origin_node_id", "dest_node_id", "cargo_class", "commodity", "basis")
    columns = [table.text(name) for name in names]
    seasons, sources = table.lists("seasonality"), table.lists("source_id")
    found = []
    for ix, row in enumerate(zip(*columns, strict=True)):
        name, origin, destination, cargo_class, commodity, basis = row
        if tonnes[ix] > 0 and _holds(corridor, ix):
            flow = Flow(
                name,
                origin,
                destination,
                cargo_class,
                float(tonnes[ix]),
                tuple(float(item) for item in seasons[ix]),
                commodity=commodity,
                value_of_time_usd_t_day=float(time_value[ix]) if time_value[ix] >= 0 else None,
                basis=basis,
                source_ids=tuple(one for one in sources[ix] if one != "estimate"),
            )
            found.append(flow)
    return tuple(found)


def _holds(corridor: Corridor, ix: int) -> bool:
    """Whether a row of demand holds: it is operating, and no history."""
    table = corridor.used("demand")
    ended = bool(table.text("until")[ix]) and corridor.date is None
    return table.text("status")[ix] == "operating" and not ended


def without_tonnes(corridor: Corridor) -> tuple[tuple[str, str], ...]:
    """Rows of demand in force that state no tonnes a year, with their remark: not modelled.

    They inform only, as a value of goods that go by pipe, or a part of another row.
    """
    table = corridor.used("demand")
    tonnes = table.numbers("tonnes_per_year")
    names, notes = table.text("demand_id"), table.text("note")
    rows = [ix for ix in range(len(table)) if not tonnes[ix] > 0 and _holds(corridor, ix)]
    return tuple((names[ix], notes[ix]) for ix in rows)


def grown(flows: Sequence[Flow], rate_per_year: float, years: float) -> tuple[Flow, ...]:
    """The flows after some years of even growth: tonnes x (1 + rate)^years.

    Raises
    ------
    InputError
        The rate is below -1 or not a number.

    Examples
    --------
    >>> grown([Flow("D", "A", "B", "truck", 100.0)], 0.1, 2)[0].tonnes_per_year
    121.00000000000001
    """
    if not (isfinite(rate_per_year) and rate_per_year >= -1 and isfinite(years)):
        found = f"{rate_per_year} a year for {years} years"
        raise InputError("growth", found, "Give a rate of at least -1, such as 0.03.")
    factor = (1 + rate_per_year) ** years
    return tuple(replace(flow, tonnes_per_year=flow.tonnes_per_year * factor) for flow in flows)


@dataclass(frozen=True, slots=True)
class EmptyReturn:
    """Lorries, wagons or boxes of one class that go back empty between two places, a year."""

    origin: str
    destination: str
    cargo_class: str
    loaded_there: float
    loaded_back: float
    empty: float


def empty_returns(
    flows: Sequence[Flow], cargo: Mapping[str, Cargo], share: float
) -> tuple[EmptyReturn, ...]:
    """What goes back empty: a share of the unit loads that find no load the other way.

    Parameters
    ----------
    flows
        With tonnes a year.
    cargo
        By cargo class.
    share
        Part of the imbalance of a pair and class that returns by the same pair, from 0 to 1.

    Examples
    --------
    >>> truck = Cargo("truck", "lorry", 20.0, 1.0, 0.0, 0.0, 12.5)
    >>> flows = [Flow("D", "A", "B", "truck", 2000.0), Flow("E", "B", "A", "truck", 500.0)]
    >>> [
    ...     (one.origin, one.destination, one.empty)
    ...     for one in empty_returns(flows, {"truck": truck}, 0.8)
    ... ]
    [('B', 'A', 60.0)]
    """
    loaded: dict[tuple[str, str, str], float] = defaultdict(float)
    for flow in flows:
        units = flow.tonnes_per_year / flow.unit_t(cargo[flow.cargo_class])
        loaded[flow.origin, flow.destination, flow.cargo_class] += units
    found = []
    for (origin, destination, name), there in loaded.items():
        back = loaded.get((destination, origin, name), 0.0)
        if there > back:
            found.append(
                EmptyReturn(destination, origin, name, there, back, share * (there - back))
            )
    return tuple(found)
