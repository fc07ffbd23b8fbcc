"""What a scenario does not touch: networks and choice sets of the base that hold in it too."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lajvard.case.choice import Alternative, Choice, ChoiceSet
from lajvard.case.demand import Flow
from lajvard.corridor import Corridor
from lajvard.network import CompiledNetwork
from lajvard.network.arrays import IntArray
from lajvard.routes import Route

NO_NETWORK = frozenset(
    {"alternative", "demand", "observation", "parameter", "record", "share", "source"}
)
"""Tables that no network is made of."""


def same_networks(old: Corridor, new: Corridor) -> bool:
    """Whether all tables that networks are made of hold the same cells."""
    return old.date == new.date and all(
        table.cells == new[table.name].cells for table in old if table.name not in NO_NETWORK
    )


@dataclass(frozen=True, eq=False)
class Kept:
    """The moves of one network in another of the same cargo class.

    Attributes
    ----------
    place : (n_moves_old,)
        Index of each move of the old network in the new one, -1 where it is gone, or dearer by
        any criterion.
    is_no_better
        Whether the new network has no move that the old one lacks, and none that is cheaper by
        any criterion: then every route that was best, and lost none of its moves, still is.
    """

    place: IntArray
    is_no_better: bool


def kept_moves(old: CompiledNetwork, new: CompiledNetwork) -> Kept:
    """Find the moves of a network in another, by what they are called."""
    if old is new:
        return Kept(np.arange(len(old.arrays.move_to), dtype=np.int32), True)
    at = {key: ix for ix, key in enumerate(_names(new))}
    names = _names(old)
    place = np.array([at.get(key, -1) for key in names], dtype=np.int32)
    there = np.flatnonzero(place >= 0)
    before, now = old.arrays.cost[there], new.arrays.cost[place[there]]
    is_no_better = len(there) == len(at) == len(new.arrays.move_to) and bool((now >= before).all())
    is_no_better &= len(set(names)) == len(names) and old.cargo == new.cargo
    place[there[(now != before).any(axis=1)]] = -1
    return Kept(place, is_no_better)


def _names(network: CompiledNetwork) -> list[tuple[object, ...]]:
    """What each move is called: its ends with their modes, its kind and its row."""
    arrays = network.arrays
    ids = {0: network.link_ids, 1: network.transfer_ids, 2: network.service_ids}
    modes = [network.mode_names[ix] for ix in arrays.state_mode.tolist()]
    columns = (arrays.move_from, arrays.move_to, arrays.move_kind, arrays.move_ref)
    rows = zip(network.move_ends, *(column.tolist() for column in columns), strict=True)
    return [
        (*ends, modes[start], modes[end], kind, ids[kind][ref])
        for ends, start, end, kind, ref in rows
    ]


class ReusedSets:
    """The choice sets of a base, for those that still hold."""

    def __init__(self, sets: Sequence[ChoiceSet]) -> None:
        self._sets = {one.flow.name: one for one in sets}
        self._kept: dict[str, Kept] = {}

    def of(
        self,
        flow: Flow,
        choice: Choice,
        alternatives: Sequence[Alternative],
        network: CompiledNetwork,
    ) -> ChoiceSet | None:
        """The set of the flow of this name, None where it has to be found anew."""
        old = self._sets.get(flow.name)
        if old is None or old.flow.cargo_class != flow.cargo_class:
            return None
        if flow.cargo_class not in self._kept:
            self._kept[flow.cargo_class] = kept_moves(old.network, network)
        return reused(old, flow, choice, alternatives, network, self._kept[flow.cargo_class])


def reused(
    old: ChoiceSet, flow: Flow, choice: Choice, alternatives: Sequence[Alternative],
    network: CompiledNetwork,
    kept: Kept,
) -> ChoiceSet | None:  # fmt: skip
    """The choice set of the base for a network in which it still holds; None if it may not.

    Notes
    -----
    A network without new or cheaper moves has no new or cheaper routes. So if all routes from
    which the set was taken are there unchanged (the k best, the whole Pareto set, the best of
    each alternative), they are found again.
    """
    ends = [(f.origin, f.destination, f.cargo_class, f.via, f.avoid) for f in (old.flow, flow)]
    if ends[0] != ends[1] or (choice, tuple(alternatives)) != old.asked or not kept.is_no_better:
        return None
    if (kept.place[old.examined] < 0).any():
        return None
    if network is old.network:
        return replace(old, flow=flow)
    routes = tuple(
        Route(network, tuple(kept.place[list(route.moves)].tolist())) for route in old.routes
    )
    examined = kept.place[old.examined]
    return replace(old, flow=flow, network=network, routes=routes, examined=examined)
