"""What passes borders: observed counts, and the flows that go there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from lajvard.case.choice import ChoiceSet, LineKey, service_load
from lajvard.case.networks import Networks
from lajvard.case.services import Offer
from lajvard.corridor import Corridor
from lajvard.network import CompiledNetwork, MoveKind
from lajvard.network.arrays import FloatArray
from lajvard.schema import first_day, last_day

COUNTED = ("trucks", "vehicles", "wagons", "throughput", "normal throughput", "throughput 24h")
"""Indicators of the table `observation` that count what passes a place in both directions."""

YEAR_DAYS = 365.25
LEAST_BACKGROUND = 0.5
"""Unit loads a year below which other traffic is left out."""

CrossingKey = tuple[str, str, str]
"""Place, other side and mode of a crossing in one direction."""


@dataclass(frozen=True)
class Crossing:
    """A border crossing in one direction: how many pass it."""

    described: float
    observed: float
    network: CompiledNetwork
    move: int


BACKGROUND = "background"
"""Class of the unit loads that only fill posts and ships."""


@dataclass(frozen=True)
class Background:
    """Unit loads that only pass a border or a ship, up to the traffic that is observed there."""

    name: str
    per_year: float
    network: CompiledNetwork
    move: int

    @property
    def tonnes(self) -> float:
        """Mass of one unit load."""
        return self.network.cargo.payload_t


def observed_counts(corridor: Corridor) -> dict[tuple[str, str], tuple[str, float]]:
    """Observed lorries or wagons a day at a place, both directions, by place and mode.

    Used rows of the indicators `COUNTED` in lorries, vehicles or wagons a day or a year, or in
    lorries or wagons of a period; the latest period counts. With it comes its beginning.
    """
    table = corridor.used("observation")
    found: dict[tuple[str, str], tuple[str, float]] = {}
    names = ("node_id", "mode", "indicator", "unit", "period_start", "period_end", "status")
    values = table.numbers("value")
    for ix, row in enumerate(zip(*(table.text(name) for name in names), strict=True)):
        node, mode, indicator, unit, start, end, status = row
        if not node or indicator not in COUNTED or status != "operating":
            continue
        thing, _, per = unit.partition(" ")[0].partition("/")
        if thing not in ("trucks", "vehicles", "wagons"):
            continue
        days = {"day": 1.0, "yr": YEAR_DAYS}.get(per, nan)
        if not per and start and end:
            days = float((last_day(end) - first_day(start)).days + 1)
        family = mode if mode in ("road", "rail") else ""
        if days > 0 and family and start >= found.get((node, family), ("", 0.0))[0]:
            found[node, family] = (start, float(values[ix]) / days)
    return found


def crossings_of(
    networks: Networks,
    sets: Sequence[ChoiceSet],
    shares: Sequence[FloatArray],
    observed: Mapping[tuple[str, str], tuple[str, float]],
    before: Mapping[CrossingKey, float] | None = None,
) -> dict[CrossingKey, Crossing]:
    """The border crossings by land that have an observed traffic, by direction.

    An observation belongs to a crossing when its place crosses the border by that mode to one
    other place only; of two at both posts the later one counts. In a scenario what is observed
    stays what it was `before`, also where the scenario opens a second crossing.
    """
    passing = _passing(sets, shares)
    found: dict[CrossingKey, Crossing] = {}
    for family, units in (("road", "lorries"), ("rail", "wagons")):
        network = networks.of_one(units)
        if network is None:
            continue
        partners: dict[str, dict[str, int]] = defaultdict(dict)
        for move in _abroad(network, family):
            start, end = network.move_ends[move]
            partners[start][end] = move
        for node, others in list(partners.items()):
            for other, move in others.items():
                key = (node, other, family)
                counts = [
                    observed[place, family] for place in key[:2] if (place, family) in observed
                ]
                half = None if before is None else before.get(key)
                if before is None and counts and len(others) == len(partners[other]) == 1:
                    half = max(counts)[1] * YEAR_DAYS / 2
                if half is not None:
                    found[key] = Crossing(passing.get(key, 0.0), half, network, move)
    return found


def _passing(sets: Sequence[ChoiceSet], shares: Sequence[FloatArray]) -> dict[CrossingKey, float]:
    """Lorries or wagons a year of the described demand across each border, by direction."""
    passing: dict[CrossingKey, float] = defaultdict(float)
    for one, share in zip(sets, shares, strict=True):
        cargo = one.network.cargo
        units = {"road": cargo.lorries, "rail": cargo.wagons}
        for route, part in zip(one.routes, share, strict=True):
            for move in route.moves:
                family = one.network.move_families[move]
                if one.network.arrays.move_kind[move] == MoveKind.LINK:
                    key = (*one.network.move_ends[move], family)
                    passing[key] += one.per_year * float(part) * units.get(family, 0.0)
    return passing


def _abroad(network: CompiledNetwork, family: str) -> list[int]:
    arrays = network.arrays
    country = np.array(network.node_countries, dtype=object)
    start, end = (arrays.state_node[states] for states in (arrays.move_from, arrays.move_to))
    crossing = (arrays.move_kind == MoveKind.LINK) & (country[start] != country[end])
    moves = np.flatnonzero(crossing).tolist()
    return [move for move in moves if network.move_families[move] == family]


def background_of(
    networks: Networks,
    crossings: Mapping[CrossingKey, Crossing],
    offers: Mapping[LineKey, Offer],
    sets: Sequence[ChoiceSet],
    shares: Sequence[FloatArray],
    before: Mapping[str, float] | None = None,
) -> tuple[Background, ...]:
    """What fills borders and services up to the traffic observed there.

    Half of the count of a border is taken for each direction. Where the described demand is more
    than what is observed, nothing is added and the described demand stays. In a scenario the rest
    stays what it was `before`, by name: what the scenario sends elsewhere comes on top of it.
    """
    found = []
    for key, crossing in crossings.items():
        name = f"{BACKGROUND} {'-'.join(key[:2])} {key[2]}"
        missing = crossing.observed - crossing.described
        missing = missing if before is None else before.get(name, 0.0)
        if missing > LEAST_BACKGROUND:
            found.append(Background(name, missing, crossing.network, crossing.move))
    load = service_load(sets, shares)
    moves = _service_moves(networks, offers.values())
    for line_key, offer in offers.items():
        name = f"{BACKGROUND} {line_key[0]} from {line_key[1]}"
        missing = offer.observed_per_year - load.get(line_key, 0.0)
        missing = missing if before is None else before.get(name, 0.0)
        if missing > LEAST_BACKGROUND and line_key in moves:
            found.append(Background(name, missing, *moves[line_key]))
    return tuple(found)


_UNITS = {"lorry": "lorries", "wagon": "wagons", "container": "teu"}
"""What is counted of a unit load on a service, by what the service carries."""


def _service_moves(
    networks: Networks, offers: Iterable[Offer]
) -> dict[LineKey, tuple[CompiledNetwork, int]]:
    """A move of each service and direction, by the class that takes one place on it if there is."""
    found: dict[LineKey, tuple[CompiledNetwork, int]] = {}
    for units in dict.fromkeys(_UNITS[offer.carries] for offer in offers):
        network = networks.of_one(units)
        if network is None:
            continue
        arrays = network.arrays
        for move in np.flatnonzero(arrays.move_kind == MoveKind.SERVICE).tolist():
            service = network.service_ids[int(arrays.move_ref[move])]
            found.setdefault((service, *network.move_ends[move]), (network, move))
    return found
