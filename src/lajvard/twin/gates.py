"""Who meets closures on the way, and the ways around them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from lajvard.case.choice import BoolArray, ChoiceSet
from lajvard.case.closures import Gate, gates_of_services
from lajvard.network import CompiledNetwork, MoveKind
from lajvard.network.arrays import FloatArray
from lajvard.simulation.model import StepKind
from lajvard.twin.steps import Plan


def met_by_moves(network: CompiledNetwork, gates: Sequence[Gate]) -> dict[int, tuple[str, ...]]:
    """The gates on the way of each move: those of its link, and of the places that it joins.

    The first gate of a service is its lines' own and holds the ships; further ones hold who comes.
    A place that closes without naming another side closes all that comes into it by the mode.
    """
    arrays = network.arrays
    start, end = (arrays.state_node[states] for states in (arrays.move_from, arrays.move_to))
    families = np.array([name.split(" ")[0] for name in network.mode_names], dtype=object)
    family = families[arrays.state_mode[arrays.move_to]]
    travel = np.where(arrays.move_mode >= 0, families[arrays.move_mode], "")
    moving = arrays.move_kind != MoveKind.TRANSFER
    by_service = arrays.move_kind == MoveKind.SERVICE
    held = {names[0] for names in gates_of_services(gates).values()}
    met: dict[int, list[str]] = defaultdict(list)
    services = {service_id: ix for ix, service_id in enumerate(network.service_ids)}
    number = {node_id: ix for ix, node_id in enumerate(network.node_ids)}
    links = {link_id: ix for ix, link_id in enumerate(network.link_ids)}
    for gate in gates:
        node_id, other_id, link_id, service_id, mode = gate.thing
        node, other = number.get(node_id, -1), number.get(other_id, -1)
        if not any(gate.thing) or gate.name in held:
            continue
        if service_id:
            hit = (arrays.move_ref == services.get(service_id, -2)) & by_service
        elif link_id:
            hit = (arrays.move_link == links.get(link_id, -2)) & (arrays.move_kind == MoveKind.LINK)
        elif node < 0 or (other_id and other < 0):
            continue
        elif other_id:
            hit = ((start == node) & (end == other)) | ((start == other) & (end == node))
        else:
            hit = (end == node) & (start != node)
        if mode:
            hit = hit & ((family == mode) | (travel == mode))
        for move in np.flatnonzero(hit & moving):
            met[int(move)].append(gate.name)
    return {move: tuple(names) for move, names in met.items()}


Plans = tuple[Plan, ...]


def gated_routes(
    one: ChoiceSet,
    plans_of: Callable[[int], Plans],
    met: Mapping[int, tuple[str, ...]],
    move_cost: FloatArray,
    patience_h: float,
    *,
    open_to: BoolArray,
) -> list[Plans]:
    """The steps of all routes of a choice set with their gates and the ways around them.

    The gate of a closed road or border stands before the link, and those who come there wait. The
    news of it reaches them earlier: at the last place before it from which another route of the
    set goes on without it, they wait for `patience_h` and then take that route, the cheapest of
    those. Ships are waited for, however long the storm.

    Parameters
    ----------
    plans_of
        The steps of a move.
    met
        The gates on the way of each move.
    move_cost : (n_moves,)
        Generalised cost, by which the next best route is chosen.
    open_to : (n_routes,)
        Which routes are a way around.
    """
    return [
        _gated(one, number, plans_of, met, move_cost, patience_h, open_to)
        for number in range(len(one.routes))
    ]


def _gated(
    one: ChoiceSet,
    number: int,
    plans_of: Callable[[int], Plans],
    met: Mapping[int, tuple[str, ...]],
    move_cost: FloatArray,
    patience_h: float,
    open_to: BoolArray,
) -> Plans:
    moves = one.routes[number].moves
    ways: dict[int, list[Plan]] = defaultdict(list)
    for place, move in enumerate(moves):
        for gate in met.get(move, ()):
            if one.network.arrays.move_kind[move] == MoveKind.LINK:
                found = _way_around(one, number, place, gate, met, move_cost, open_to)
                if found is not None:
                    at, other = found
                    where = one.network.node_ids[
                        int(one.network.arrays.state_node[one.states[number][at]])
                    ]
                    decision = _gate_step(where, gate, at, "road")
                    ways[at].append(replace(decision, patience_h=patience_h, other=other))
    steps: list[Plan] = []
    for place, move in enumerate(moves):
        steps += ways[place]
        names = met.get(move, ())
        for plan in plans_of(move):
            travels = plan.kind in (StepKind.MOVE, StepKind.SERVICE)
            if travels and names:
                steps += [_gate_step(plan.place, gate, place, plan.mode) for gate in names[1:]]
                steps.append(replace(plan, move=place, gates=names[:1]))
            else:
                steps.append(replace(plan, move=place))
    return tuple(steps)


def _gate_step(where: str, gate: str, place: int, mode: str) -> Plan:
    return Plan(StepKind.MOVE, "closure", where, move=place, gates=(gate,), mode=mode)


def _way_around(
    one: ChoiceSet,
    number: int,
    place: int,
    gate: str,
    met: Mapping[int, tuple[str, ...]],
    move_cost: FloatArray,
    open_to: BoolArray,
) -> tuple[int, tuple[int, int]] | None:
    """Where to leave a route for the cheapest other one without the gate: (move, (route, move))."""
    for at in range(place, -1, -1):
        state = one.states[number][at]
        best: tuple[float, int, int] | None = None
        for other, states in enumerate(one.states):
            if other == number or not open_to[other] or (at and state not in states):
                continue
            joins = states.index(state) if at else 0
            rest = list(one.routes[other].moves[joins:])
            if not any(gate in met.get(move, ()) for move in rest):
                candidate = (float(move_cost[rest].sum()), other, joins)
                best = min(best, candidate) if best else candidate
        if best:
            return at, best[1:]
    return None
