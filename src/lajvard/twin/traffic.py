"""Traffic beside the described demand: what is observed at borders and on services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lajvard.case.choice import ChoiceSet, LineKey, service_load
from lajvard.case.traffic import Crossing, CrossingKey
from lajvard.network import CompiledNetwork, MoveKind
from lajvard.network.arrays import FloatArray
from lajvard.simulation.model import StepKind
from lajvard.twin.lines import Line
from lajvard.twin.steps import Plan, Planner

BACKGROUND = "background"
"""Class of the unit loads that only fill posts and ships."""


@dataclass(frozen=True)
class Background:
    """Unit loads that only pass a border or a ship, up to the traffic that is observed there."""

    name: str
    per_year: float
    tonnes: float
    plans: tuple[Plan, ...]


def background_of(
    networks: Mapping[str, CompiledNetwork],
    planner: Planner,
    crossings: Mapping[CrossingKey, Crossing],
    lines: Mapping[LineKey, Line],
    sets: Sequence[ChoiceSet],
    shares: Sequence[FloatArray],
    gates: Mapping[str, Sequence[str]],
    before: Mapping[str, float] | None,
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
        if missing > 0.5:
            plans = planner.plans(crossing.network, crossing.move)
            tonnes = crossing.network.cargo.payload_t
            found.append(Background(name, missing, tonnes, _bare(plans)))
    load = service_load(sets, shares)
    moves = _service_moves(networks)
    for line_key, line in lines.items():
        name = f"{BACKGROUND} {line_key[0]} from {line_key[1]}"
        missing = line.observed_per_year - load.get(line_key, 0.0)
        missing = missing if before is None else before.get(name, 0.0)
        if missing > 0.5 and line_key in moves:
            network, move = moves[line_key]
            plans = _bare(planner.plans(network, move))
            names = tuple(gates.get(line_key[0], ())[1:])
            plans = tuple(
                replace(plan, gates=names[:1], units=line.unit_m or 1.0) if plan.line else plan
                for plan in plans
            )
            found.append(Background(name, missing, network.cargo.payload_t, plans))
    return tuple(found)


def _bare(plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """What background traffic does: it uses posts and ships, and pays and emits nothing."""
    kept = [plan for plan in plans if plan.kind in (StepKind.STATION, StepKind.SERVICE)]
    return tuple(
        replace(plan, cost_usd=0.0, emission_kgco2e=0.0, distance_km=0.0, move=0) for plan in kept
    )


def _service_moves(
    networks: Mapping[str, CompiledNetwork],
) -> dict[LineKey, tuple[CompiledNetwork, int]]:
    """A move of each service and direction, by the class that takes one place on it if there is."""
    found: dict[LineKey, tuple[CompiledNetwork, int]] = {}
    for network in networks.values():
        cargo, arrays = network.cargo, network.arrays
        places = {"road": cargo.lorries, "rail": cargo.wagons}
        for move in np.flatnonzero(arrays.move_kind == MoveKind.SERVICE).tolist():
            key = (network.service_ids[int(arrays.move_ref[move])], *network.move_ends[move])
            if key not in found or places.get(network.move_families[move], cargo.teu) == 1:
                found.setdefault(key, (network, move))
    return found
