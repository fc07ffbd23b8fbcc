"""Routes: shortest paths beside SciPy's, Pareto sets and k best routes.

Prints medians and ratios measured in one run; `make bench` runs it.
"""

import os
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from lajvard.corridor import built_in
from lajvard.network import compile_network
from lajvard.network.arrays import FloatArray, IntArray
from lajvard.routes import find_routes
from lajvard.routes.kbest_kernels import k_best
from lajvard.routes.pareto_kernels import pareto_front
from lajvard.routes.search_kernels import distance_table, shortest_paths

Numbers = NDArray[np.integer[Any]]

REPEATS = 7
N_ORIGINS = 20


class Network(NamedTuple):
    """Compressed rows and costs, as the kernels take them."""

    first_move: IntArray
    move_to: IntArray
    cost: FloatArray


def rows(n_states: int, tail: Numbers, head: Numbers, cost: FloatArray) -> Network:
    """Compressed rows of moves in any order."""
    order = np.lexsort((head, tail))
    first = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=n_states))])
    return Network(first.astype(np.int32), head[order].astype(np.int32), cost[order])


def road_network(*, n_links: int = 1_000_000, side: int = 600, seed: int = 1) -> Network:
    """A grid of places moved about at random, with some of its roads, each in both directions.

    Lengths are straight lines times a detour of up to 1.4; 2.8 roads leave a place.
    """
    rng = np.random.default_rng(seed)
    grid = np.arange(side * side).reshape(side, side)
    ends = np.hstack(
        [
            [grid[:, :-1].ravel(), grid[:, 1:].ravel()],
            [grid[:-1].ravel(), grid[1:].ravel()],
        ]
    )
    ends = ends[:, rng.permutation(ends.shape[1])[: n_links // 2]]
    xy = np.column_stack(np.divmod(grid.ravel(), side)) + rng.uniform(-0.35, 0.35, (side**2, 2))
    length = np.linalg.norm(xy[ends[0]] - xy[ends[1]], axis=1) * rng.uniform(1, 1.4, n_links // 2)
    tail, head = np.hstack([ends, ends[::-1]])
    return rows(side * side, tail, head, np.concatenate([length, length]))


def shuffled(network: Network, seed: int = 2) -> Network:
    """The same roads between places that are numbered at random."""
    n_states = len(network.first_move) - 1
    name = np.random.default_rng(seed).permutation(n_states)
    tail = np.repeat(name, np.diff(network.first_move))
    return rows(n_states, tail, name[network.move_to], network.cost)


def strip_network(n_places: int, noise: float, seed: int) -> Network:
    """Places in a strip of 4,500 by 1,500 km with roads, railways and transfers; five criteria.

    Road is fast and dear, rail slow, cheap and uncertain; every cost of every move differs from
    the usual by `noise`. Places 0 and 1 are the ends.
    """
    rng = np.random.default_rng(seed)
    xy = rng.uniform((0, 0), (4500, 1500), (n_places, 2))
    xy[0], xy[1] = (0, 750), (4500, 750)
    gap = np.linalg.norm(xy[:, None] - xy, axis=2)
    np.fill_diagonal(gap, np.inf)
    has_rail = rng.random(n_places) < 0.6
    per_km = {
        "road": [1 / 45, 1.3, 0.9, 0.3 / 45, 1e-5],
        "rail": [1 / 22, 0.55, 0.3, 0.8 / 22, 5e-6],
    }
    once = {"road": np.zeros(5), "rail": np.array([3, 40, 0, 2, 0])}
    pairs, costs = [], []
    for mode, places in {"road": np.arange(n_places), "rail": np.flatnonzero(has_rail)}.items():
        near = np.argsort(gap[np.ix_(places, places)], axis=1)[:, :3]
        joined = np.unique(np.sort([(a, b) for a, row in enumerate(near) for b in row]), axis=0)
        ends = places[np.concatenate([joined, joined[:, ::-1]])]
        km = gap[*ends.T][:, None] * 1.2
        border = (rng.random(len(ends)) < 0.15)[:, None] * [12, 180, 5, 60, 0.002]
        pairs.append(ends + n_places * (mode == "rail"))
        costs.append(km * per_km[mode] + once[mode] + border)
    change = np.column_stack([np.flatnonzero(has_rail), np.flatnonzero(has_rail) + n_places])
    pairs += [change, change[:, ::-1]]
    costs += [np.tile([18, 150, 8, 30, 0.001], (2 * len(change), 1))]
    tail, head = np.concatenate(pairs).T
    cost = np.concatenate(costs)
    return rows(2 * n_places, tail, head, cost * rng.lognormal(0, noise, cost.shape))


def seconds(*works: Callable[[], Any]) -> list[float]:
    """Median time of each work; they take turns, so that a busy moment strikes them all."""
    for work in works:
        work()
    times = np.empty((REPEATS, len(works)))
    for turn in times:
        for column, work in enumerate(works):
            start = time.perf_counter()
            work()
            turn[column] = time.perf_counter() - start
    return list(np.median(times, axis=0))


def bench_one_to_all() -> None:
    """One to all on 1,000,000 links beside SciPy, and a table of many origins."""
    roads = road_network()
    print(f"{len(roads.move_to):,} links, {len(roads.first_move) - 1:,} places, one to all:")
    for name, network in {"in rows": roads, "at random": shuffled(roads)}.items():
        first, to, length = network
        matrix = csr_array((length, to, first), shape=(len(first) - 1,) * 2)
        origin = len(first) // 2
        theirs = partial(dijkstra, matrix, indices=origin, return_predecessors=True)
        ours = partial(shortest_paths, first, to, length, [origin])
        assert np.allclose(theirs()[0], ours().distance), "distances differ"
        scipy_ms, our_ms = (1e3 * s for s in seconds(theirs, ours))
        print(f"  places numbered {name:9}  SciPy {scipy_ms:6.1f} ms, ", end="")
        print(f"Lajvard {our_ms:6.1f} ms: {scipy_ms / our_ms:.2f} times as fast")
    places = list(np.random.default_rng(3).integers(0, len(roads.first_move) - 1, (N_ORIGINS, 1)))
    counts = range(1, (os.cpu_count() or 1) + 1)
    tables = [partial(distance_table, *roads, places, places, n_threads=n) for n in counts]
    for n_threads, table_s in zip(counts, seconds(*tables), strict=True):
        print(f"  {N_ORIGINS} x {N_ORIGINS} table, {n_threads} thread(s): {table_s * 1e3:6.0f} ms")


def bench_strips() -> None:
    """Five-criteria Pareto sets and k best routes on random corridors."""
    print("random corridors, five criteria:")
    for noise, seed in ((0.0, 0), (0.0, 2), (0.03, 1), (0.03, 0)):
        first, to, cost = strip_network(300, noise, seed)
        weight = cost @ [10, 1, 0.1, 0, 0]
        front = partial(pareto_front, first, to, cost, [0], [1])
        best = partial(hundred_best, first, to, weight)
        front_ms, best_ms = (1e3 * s for s in seconds(front, best))
        n_routes = len(front().cost)
        print(f"  {len(to):,} moves, noise {noise:4.2f}: front of {n_routes:5} routes ", end="")
        print(f"{front_ms:6.1f} ms, 100 best {best_ms:5.1f} ms")


def hundred_best(first_move: IntArray, move_to: IntArray, weight: FloatArray) -> list[float]:
    """Costs of the 100 best routes from state 0 to state 1."""
    ranked = k_best(first_move, move_to, weight, [0], [1])
    return [route.cost for route in islice(ranked, 100)]


def bench_corridor() -> None:
    """Herat to Istanbul on the built-in corridor: five criteria, after compilation."""
    network = compile_network(built_in())
    moves = network.arrays
    ends = [network.states_of(network.node_ix(place)) for place in ("AFHEA", "TRIST")]
    whole = partial(find_routes, network, "AFHEA", "TRIST")
    search = partial(pareto_front, moves.first_move, moves.move_to, moves.cost, *ends)
    whole_ms, search_ms = (1e3 * s for s in seconds(whole, search))
    print(f"built-in corridor, {len(moves.move_to)} moves, Herat - Istanbul, five criteria:")
    print(
        f"  front of {len(whole())} routes: find_routes {whole_ms:.2f} ms (wanted: 50 ms), ", end=""
    )
    print(f"of which the search {search_ms:.2f} ms")


def main() -> None:
    """Print the tables."""
    bench_one_to_all()
    bench_strips()
    bench_corridor()


if __name__ == "__main__":
    main()
