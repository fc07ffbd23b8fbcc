"""Small random networks, all their routes by brute force, and the kernels without compiling."""

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import NamedTuple
from unittest import mock

import numpy as np

from lajvard.network.arrays import FloatArray, IntArray

KERNELS = ("search_kernels", "reduced", "pareto_kernels", "kbest_kernels")


class Small(NamedTuple):
    """A network of a few states, and where routes begin and end."""

    first_move: IntArray
    move_from: IntArray
    move_to: IntArray
    cost: FloatArray
    sources: list[int]
    targets: list[int]
    place: IntArray

    @property
    def arrays(self) -> tuple[IntArray, IntArray, FloatArray]:
        """What the searches take first."""
        return self.first_move, self.move_to, self.cost

    @property
    def ends(self) -> tuple[list[int], list[int]]:
        """Sources and targets."""
        return self.sources, self.targets


def small(
    n_states: int,
    moves: list[tuple[int, int]],
    cost: FloatArray,
    sources: list[int],
    targets: list[int],
    place: list[int] | None = None,
) -> Small:
    """A network from a list of (from, to), in any order."""
    ends = np.array(moves, dtype=np.int32).reshape(-1, 2)
    order = np.argsort(ends[:, 0], kind="stable")
    tail, head = ends[order].T.copy()
    first = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=n_states))])
    places = np.array(range(n_states) if place is None else place, dtype=np.int32)
    rows = np.asarray(cost, dtype=np.float64)[order]
    return Small(first.astype(np.int32), tail, head, rows, sources, targets, places)


def random_small(seed: int) -> Small:
    """5 to 8 states, moves side by side, loops, zero costs and many ties."""
    rng = np.random.default_rng(seed)
    n_states = int(rng.integers(5, 9))
    n_moves = int(rng.integers(n_states, 5 * n_states))
    moves = [(int(a), int(b)) for a, b in rng.integers(0, n_states, (n_moves, 2))]
    whole = rng.integers(0, 1 + rng.integers(1, 6), (n_moves, int(rng.integers(1, 6))))
    cost = np.where(rng.random(whole.shape) < 0.01, np.inf, whole.astype(np.float64))
    states, n_sources, n_targets = rng.permutation(n_states), *rng.integers(1, 3, 2)
    sources = sorted(states[:n_sources].tolist())
    shared = int(rng.random() < 0.05)
    targets = sorted(states[n_sources - shared :][:n_targets].tolist())
    place = rng.integers(0, n_states, n_states).tolist()
    return small(n_states, moves, cost, sources, targets, place)


def all_routes(network: Small) -> Iterator[tuple[int, ...]]:
    """The moves of every route that passes no state twice, from any source to any target.

    The sources count as one state and the targets as one.
    """

    def walk(state: int, seen: set[int], moves: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if state in network.targets:
            yield moves
            return
        for m in range(network.first_move[state], network.first_move[state + 1]):
            to = int(network.move_to[m])
            if to not in seen and np.isfinite(network.cost[m]).all():
                yield from walk(to, seen | {to}, (*moves, m))

    if set(network.sources) & set(network.targets):
        yield ()
        return
    for source in network.sources:
        yield from walk(source, set(network.sources), ())


def cost_of(network: Small, moves: tuple[int, ...]) -> tuple[float, ...]:
    """Costs of a route, criterion by criterion."""
    return tuple(network.cost[list(moves)].sum(axis=0).tolist())


def not_beaten(costs: set[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """Those that no other is as good as in all criteria, in lexicographic order."""
    points = np.array(sorted(costs))
    return [
        tuple(point.tolist())
        for point in points
        if ((points <= point).all(axis=1)).sum() == 1  # itself
    ]


def returns_to_a_place(network: Small, moves: tuple[int, ...]) -> bool:
    """Whether a route enters a place that it has left."""
    if not moves:
        return False
    states = [network.move_from[moves[0]], *network.move_to[list(moves)]]
    places = [int(network.place[state]) for state in states]
    visits = [p for p, before in zip(places, [None, *places], strict=False) if p != before]
    return len(visits) != len(set(visits))


@contextmanager
def interpreted() -> Iterator[SimpleNamespace]:
    """The modules of the searches with their kernels as plain Python."""
    names = ["lajvard._jit", *(f"lajvard.routes.{name}" for name in KERNELS)]
    compiled: dict[str, ModuleType] = {name: importlib.import_module(name) for name in names}
    try:
        for name in names:
            del sys.modules[name]
        with mock.patch.dict(os.environ, LAJVARD_JIT="0"):
            fresh = {name.rpartition(".")[2]: importlib.import_module(name) for name in names}
        yield SimpleNamespace(**fresh)
    finally:
        for name, module in compiled.items():
            parent, _, child = name.rpartition(".")
            sys.modules[name] = module
            setattr(sys.modules[parent], child, module)
