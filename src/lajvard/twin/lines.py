"""Services as lines of fleets: capacity, operation, vessels and the terminals that they join."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from lajvard.case.choice import LineKey
from lajvard.case.services import FLEET_USE, Offer, stated_vessels
from lajvard.corridor import Corridor
from lajvard.network.procedures import Shape
from lajvard.twin.steps import decks_of


@dataclass(frozen=True)
class ServiceLine(Offer):
    """One direction of a service, with the chances of its sailings and the gate of its ships.

    ``losses`` are gates that take some capacity while they are closed, as low water or works do.
    ``unit_m`` is the deck length of a usual lorry where lorries share lane metres, else 0.
    """

    sailing: Shape = ("lognormal", 0.0)
    gate: str = ""
    unit_m: float = 0.0
    losses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fleet:
    """Vessels and the terminals where they start; none means as many as its lines need."""

    name: str
    homes: tuple[str, ...]


def lines_of(
    corridor: Corridor,
    offers: Mapping[LineKey, Offer],
    *,
    gates: Mapping[str, Sequence[str]],
    losses: Mapping[str, Sequence[str]] | None = None,
) -> dict[LineKey, ServiceLine]:
    """The services of a case as lines, by direction.

    Parameters
    ----------
    gates
        The gates of each service; the first holds its ships.
    losses
        The gates that take some of the capacity of a service for a while.
    """
    table, decks = corridor.used("service"), decks_of(corridor)
    cv = dict(zip(table.text("service_id"), table.numbers("sailing_cv"), strict=True))
    return {
        key: ServiceLine(
            **vars(offer),
            sailing=("lognormal", float(cv[key[0]])),
            gate=next(iter(gates.get(key[0], ())), ""),
            unit_m=decks.get(key[0], 0.0),
            losses=tuple((losses or {}).get(key[0], ())),
        )
        for key, offer in offers.items()
    }


def both_ways(
    used: Sequence[ServiceLine], every: Mapping[LineKey, ServiceLine]
) -> list[ServiceLine]:
    """The lines that are used and their ways back, without which vessels would strand."""
    keys = dict.fromkeys(line.key for line in used)
    for service, start, end in tuple(keys):
        if (service, end, start) in every:
            keys.setdefault((service, end, start))
    return [every[key] for key in keys]


def fleets_of(
    corridor: Corridor, lines: Mapping[LineKey, ServiceLine]
) -> tuple[tuple[Fleet, ...], list[str]]:
    """The fleets of the lines, and what had to be assumed.

    A fleet has the vessels of its service with the most, since services that share a fleet each
    name all of it. It gets more where its lines could not be run with that, and as many as they
    need when no service states a number. They start spread over its terminals.
    """
    stated = stated_vessels(corridor)
    use: dict[str, float] = defaultdict(float)
    terminals: dict[str, list[str]] = defaultdict(list)
    for line in lines.values():
        use[line.fleet] += line.trips_per_h * line.vessel_h
        for place in line.key[1:]:
            if place not in terminals[line.fleet]:
                terminals[line.fleet].append(place)
    fleets, notes = [], []
    for name in use:
        count = int(stated.get(name, 0))
        needed = ceil(use[name] / FLEET_USE - 1e-9)
        if 0 < count < needed:
            notes.append(
                f"fleet {name}: {count} vessels cannot run its lines, which keep "
                f"{use[name]:.1f} busy; {needed} assumed"
            )
            count = needed
        places = terminals[name]
        fleets.append(Fleet(name, tuple(places[ix % len(places)] for ix in range(count))))
    return tuple(fleets), notes


def berths_of(corridor: Corridor, terminals: Sequence[str]) -> list[int]:
    """Berths of each terminal, by the observations of "berths" at the place; -1 for no limit."""
    table = corridor.used("observation")
    values = table.numbers("value")
    found = {
        node: int(values[ix])
        for ix, (node, what) in enumerate(
            zip(table.text("node_id"), table.text("indicator"), strict=True)
        )
        if node and what == "berths" and values[ix] >= 1
    }
    return [found.get(terminal, -1) for terminal in terminals]
