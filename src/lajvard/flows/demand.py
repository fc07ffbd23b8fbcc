"""Flows of goods of a corridor: what the table of demand says, in unit loads a year."""

from dataclasses import dataclass

from lajvard.corridor import Corridor
from lajvard.errors import InputError


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

    def __post_init__(self) -> None:
        if len(self.seasonality) not in (0, 12):
            found = f"{len(self.seasonality)} factors of seasonality"
            raise InputError(f"demand '{self.name}'", found, "Give twelve, or none.")
        if list(self.scheduled_h) != sorted(self.scheduled_h):
            raise InputError(f"demand '{self.name}'", "departures are not ascending", "Sort them.")


def flows_of(corridor: Corridor) -> tuple[Flow, ...]:
    """The flows of the table `demand`: used and operating rows that state tonnes a year.

    Rows with an end are history, unless the corridor is that of a day (`Corridor.as_of`).

    >>> from lajvard.corridor import built_in
    >>> flows = {flow.name: flow for flow in flows_of(built_in())}
    >>> flows["AF-TR-all"].origin, flows["AF-TR-all"].cargo_class
    ('AFKBL', 'truck')
    """
    table = corridor.used("demand")
    tonnes = table.numbers("tonnes_per_year")
    names = ("demand_id", "origin_node_id", "dest_node_id", "cargo_class", "status", "until")
    columns = [table.text(name) for name in names]
    found = []
    for ix, row in enumerate(zip(*columns, strict=True)):
        name, origin, destination, cargo_class, status, until = row
        ended = bool(until) and corridor.date is None
        if tonnes[ix] > 0 and status == "operating" and not ended:
            season = tuple(float(item) for item in table.lists("seasonality")[ix])
            flow = Flow(name, origin, destination, cargo_class, float(tonnes[ix]), season)
            found.append(flow)
    return tuple(found)
