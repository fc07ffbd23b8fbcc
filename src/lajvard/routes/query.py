"""What a route has to pass and to avoid, and the network that is left under that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError, did_you_mean
from lajvard.network import CompiledNetwork, MoveKind
from lajvard.network.arrays import FloatArray, IntArray
from lajvard.routes.search_kernels import shortest_paths

KINDS = ("node", "country", "mode", "link", "service")
MAX_VIA = 8


@dataclass(frozen=True, slots=True)
class Constraint:
    """Something that every route passes (``via``) or that none touches (``avoid``).

    ``kind`` is one of KINDS; ``what`` its id; ``name`` how a reader knows it.
    """

    verb: str
    kind: str
    what: str
    name: str

    def __str__(self) -> str:
        return f"{self.verb} {self.name}"


class Graph(NamedTuple):
    """A network under constraints, as the kernels take it.

    States are doubled for each thing that has to be passed, so that a state knows which of them
    lie behind; ``move`` leads back to the moves of the network.
    """

    first_move: IntArray
    move_to: IntArray
    cost: FloatArray
    move: IntArray
    sources: IntArray
    targets: IntArray
    place: IntArray


def parse_constraint(network: CompiledNetwork, verb: str, text: str) -> Constraint:
    """A constraint from a word: a place, country, mode, link or service.

    A word that could be several is read in that order; ``kind:word`` says which is meant.

    Raises
    ------
    InputError
        The network has nothing of that name, or several places have it.
    """
    kind, _, word = text.partition(":")
    if word and kind in KINDS:
        found = _named(network, kind, word)
        if found is not None:
            return Constraint(verb, kind, found, _title(network, kind, found))
    else:
        for kind in KINDS:
            found = _named(network, kind, text)
            if found is not None:
                return Constraint(verb, kind, found, _title(network, kind, found))
    known = [*network.place_words, *_families(network), *network.service_ids]
    remedy = did_you_mean(text, known) or "Give a place, country (AF), mode (sea), link or service."
    raise InputError(verb, f"nothing is called '{text}'", remedy)


def _named(network: CompiledNetwork, kind: str, word: str) -> str | None:
    if kind == "node":
        return network.node_ids[network.node_ix(word)] if network.nodes_called(word) else None
    known: Sequence[str] = {
        "country": sorted(set(network.node_countries)),
        "mode": _families(network),
        "link": network.link_ids,
        "service": network.service_ids,
    }[kind]
    return word if word in known else None


def _title(network: CompiledNetwork, kind: str, what: str) -> str:
    return network.node_names[network.node_ix(what)] if kind == "node" else f"{kind} {what}"


def _families(network: CompiledNetwork) -> list[str]:
    return sorted({name.split(" ")[0] for name in network.mode_names})


def touched(network: CompiledNetwork, constraint: Constraint) -> NDArray[np.bool_]:
    """Which moves touch what a constraint names: (n_moves,)."""
    arrays = network.arrays
    node_from = arrays.state_node[arrays.move_from]
    node_to = arrays.state_node[arrays.move_to]
    if constraint.kind in ("node", "country"):
        names = network.node_ids if constraint.kind == "node" else network.node_countries
        there = np.array([name == constraint.what for name in names], dtype=np.bool_)
        either: NDArray[np.bool_] = there[node_from] | there[node_to]
        return either
    if constraint.kind == "mode":
        family = [name.split(" ")[0] == constraint.what for name in network.mode_names]
        of_mode: NDArray[np.bool_] = np.array([*family, False], dtype=np.bool_)[arrays.move_mode]
        return of_mode
    ids = network.link_ids if constraint.kind == "link" else network.service_ids
    ref = arrays.move_link if constraint.kind == "link" else arrays.move_ref
    is_kind = ref >= 0 if constraint.kind == "link" else arrays.move_kind == MoveKind.SERVICE
    named = np.array([name == constraint.what for name in ids], dtype=np.bool_)
    chosen = np.zeros(len(ref), dtype=np.bool_)
    chosen[is_kind] = named[ref[is_kind]]
    return chosen


def constrained(
    network: CompiledNetwork,
    origin: int,
    destination: int,
    constraints: Sequence[Constraint],
    columns: Sequence[int],
) -> Graph:
    """The network from `origin` to `destination` under constraints, with some criteria."""
    arrays = network.arrays
    allowed = np.ones(len(arrays.move_to), dtype=np.bool_)
    vias = []
    for constraint in constraints:
        moves = touched(network, constraint)
        if constraint.verb == "avoid":
            allowed &= ~moves
        elif not _at_start(network, origin, constraint):
            vias.append(moves)
    if len(vias) > MAX_VIA:
        raise InputError("via", f"{len(vias)} things to pass", f"Give at most {MAX_VIA}.")
    kept = np.flatnonzero(allowed).astype(np.int32)
    bits = np.zeros(len(kept), dtype=np.int64)
    for number, moves in enumerate(vias):
        bits |= moves[kept].astype(np.int64) << number
    n_states, n_layers = len(arrays.state_node), 1 << len(vias)
    tail, head = arrays.move_from[kept], arrays.move_to[kept]
    layers = np.arange(n_layers)[:, None]
    to = (head + n_states * (layers | bits)).astype(np.int32).ravel()
    first = np.zeros(n_states * n_layers + 1, dtype=np.int32)
    np.cumsum(np.tile(np.bincount(tail, minlength=n_states), n_layers), out=first[1:])
    n_nodes = len(network.node_ids)
    return Graph(
        first_move=first,
        move_to=to,
        cost=np.tile(np.ascontiguousarray(arrays.cost[kept][:, list(columns)]), (n_layers, 1)),
        move=np.tile(kept, n_layers),
        sources=network.states_of(origin),
        targets=(network.states_of(destination) + n_states * (n_layers - 1)).astype(np.int32),
        place=(arrays.state_node + n_nodes * layers).astype(np.int32).ravel(),
    )


def _at_start(network: CompiledNetwork, origin: int, constraint: Constraint) -> bool:
    return (constraint.kind == "node" and network.node_ids[origin] == constraint.what) or (
        constraint.kind == "country" and network.node_countries[origin] == constraint.what
    )


def reachable(graph: Graph) -> bool:
    """Whether a target can be reached from a source.

    >>> empty = np.zeros(1, np.int32)
    >>> reachable(
    ...     Graph(
    ...         np.zeros(2, np.int32), empty[:0], np.zeros((0, 1)), empty[:0], empty, empty, empty
    ...     )
    ... )
    True
    """
    any_length = np.zeros(len(graph.move_to))
    found = shortest_paths(graph.first_move, graph.move_to, any_length, graph.sources)
    return bool(np.isfinite(found.distance[graph.targets]).any())
