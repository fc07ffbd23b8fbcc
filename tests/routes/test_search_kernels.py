"""Shortest paths against SciPy, networkx and themselves, compiled and interpreted."""

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from tests.routes.small import Small, interpreted, random_small, small

from lajvard.network.arrays import FloatArray
from lajvard.routes import search_kernels
from lajvard.routes.search_kernels import (
    distance_table,
    path_to,
    reverse_network,
    shortest_paths,
)

N_NETWORKS = 1000


def by_scipy(network: Small, weight: FloatArray) -> FloatArray:
    """Distance from the nearest source, of the shortest of moves side by side."""
    n_states = len(network.place)
    dense = np.full((n_states, n_states), np.inf)
    np.minimum.at(dense, (network.move_from, network.move_to), weight)
    rows, columns = np.nonzero(np.isfinite(dense))
    matrix = csr_array((dense[rows, columns], (rows, columns)), shape=dense.shape)
    found: FloatArray = dijkstra(matrix, indices=network.sources, min_only=True)
    return found


def by_networkx(network: Small, weight: FloatArray) -> FloatArray:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(len(network.place)))
    for tail, head, w in zip(network.move_from, network.move_to, weight, strict=True):
        if np.isfinite(w):
            graph.add_edge(int(tail), int(head), weight=float(w))
    lengths = nx.multi_source_dijkstra_path_length(graph, set(network.sources))
    return np.array([lengths.get(state, np.inf) for state in graph])


def test_shortest_paths__agree_with_scipy_and_networkx_on_random_networks() -> None:
    for seed in range(N_NETWORKS):
        network = random_small(seed)
        weight = network.cost[:, 0]
        found = shortest_paths(network.first_move, network.move_to, weight, network.sources)
        assert found.distance.tolist() == by_scipy(network, weight).tolist(), seed
        assert found.distance.tolist() == by_networkx(network, weight).tolist(), seed


def test_shortest_paths__lead_there_at_their_length() -> None:
    for seed in range(200):
        network = random_small(seed)
        weight = network.cost[:, 0]
        found = shortest_paths(network.first_move, network.move_to, weight, network.sources)
        for state in np.flatnonzero(np.isfinite(found.distance)):
            moves = path_to(found, network.move_from, int(state))
            assert weight[moves].sum() == found.distance[state]
            begin = network.move_from[moves[0]] if moves else state
            assert begin in network.sources


def test_shortest_paths__are_the_same_interpreted() -> None:
    with interpreted() as plain:
        assert not hasattr(plain.search_kernels._search, "signatures")
        for seed in range(30):
            network = random_small(seed)
            words = (network.first_move, network.move_to, network.cost[:, 0], *network.ends)
            slow, fast = plain.search_kernels.shortest_paths(*words), shortest_paths(*words)
            assert slow.distance.tolist() == fast.distance.tolist()
            assert slow.move.tolist() == fast.move.tolist()
        table = plain.search_kernels.distance_table(*words[:3], [[0], [1]], [[2], [3, 4]])
        assert table.tolist() == distance_table(*words[:3], [[0], [1]], [[2], [3, 4]]).tolist()


@pytest.mark.parametrize("weights", ["even", "uneven", "very uneven", "zero", "some closed"])
def test_shortest_paths__agree_with_scipy_on_a_grid(weights: str) -> None:
    rng = np.random.default_rng(7)
    side = 40
    place = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([place[:, :-1].ravel(), place[:, 1:].ravel()]),
            np.column_stack([place[:-1].ravel(), place[1:].ravel()]),
        ]
    )
    moves = [(int(a), int(b)) for a, b in np.concatenate([pairs, pairs[:, ::-1]])]
    n = len(moves)
    kinds = {
        "even": rng.uniform(1, 2, n),
        "uneven": rng.lognormal(0, 1.5, n),
        "very uneven": rng.lognormal(0, 6, n),
        "zero": np.zeros(n),
        "some closed": np.where(rng.random(n) < 0.2, np.inf, rng.uniform(0, 1, n)),
    }
    weight = kinds[weights]
    network = small(side * side, moves, weight[:, None], [0, 820], [])
    found = shortest_paths(network.first_move, network.move_to, network.cost[:, 0], [0, 820])
    assert found.distance.tolist() == by_scipy(network, network.cost[:, 0]).tolist()


def test_search__takes_a_heap_when_buckets_do_not_pay() -> None:
    # Two ways to each next state, the longer looked at first, and all of them in one bucket.
    lengths = 2.0 ** np.arange(6, -10, -1)
    moves = [(2 * i + a, 2 * i + b) for i in range(16) for a, b in ((0, 1), (0, 2), (1, 2))]
    weight = np.concatenate([np.outer(lengths, [1, 2.5, 1]).ravel(), np.full(200, 4e3)])
    network = small(34, moves + [(32, 33)] * 200, weight[:, None], [0], [])
    inside = search_kernels._network(network.first_move, network.move_to, network.cost[:, 0])
    found, waiting = search_kernels._unfilled(inside), search_kernels._waiting(inside)
    ends = search_kernels._states([0]), search_kernels._states([])
    assert not search_kernels._search_in_buckets(inside, waiting, *ends, found)
    search_kernels._search(inside, waiting, *ends, found)
    assert found.distance[32] == 2 * lengths.sum()


def test_shortest_paths__stop_when_the_targets_are_reached() -> None:
    network = small(4, [(0, 1), (1, 2), (2, 3)], np.array([[1.0], [9.0], [9.0]]), [0], [1])
    found = shortest_paths(network.first_move, network.move_to, network.cost[:, 0], [0], [1])
    assert found.distance.tolist() == [0, 1, np.inf, np.inf]
    assert found.move.tolist() == [-1, 0, -1, -1]


def test_shortest_paths__to_targets_are_those_to_all() -> None:
    for seed in range(200):
        network = random_small(seed)
        weight = network.cost[:, 0]
        words = (network.first_move, network.move_to, weight, network.sources)
        some, every = shortest_paths(*words, network.targets), shortest_paths(*words)
        assert (some.distance[network.targets] == every.distance[network.targets]).all()
        reached = np.isfinite(some.distance)
        assert (some.distance[reached] == every.distance[reached]).all()


def test_shortest_paths__in_nothing() -> None:
    none = np.zeros(0, dtype=np.int32)
    empty = shortest_paths(np.zeros(1, dtype=np.int32), none, np.zeros(0), [])
    assert empty.distance.size == 0
    alone = shortest_paths(np.zeros(2, dtype=np.int32), none, np.zeros(0), [0], [0])
    assert alone.distance.tolist() == [0]
    assert alone.move.tolist() == [-1]
    nowhere = shortest_paths(np.zeros(3, dtype=np.int32), none, np.zeros(0), [])
    assert nowhere.distance.tolist() == [np.inf, np.inf]


def test_reverse_network__turns_distances_round() -> None:
    for seed in range(200):
        network = random_small(seed)
        weight = network.cost[:, 0]
        back = reverse_network(network.first_move, network.move_to)
        assert (
            network.move_to[back.move]
            == np.repeat(range(len(network.place)), np.diff(back.first_move))
        ).all()
        ahead = distance_table(*network.arrays[:2], weight, [[s] for s in network.sources], [[0]])
        found = shortest_paths(back.first_move, back.move_to, weight[back.move], [0])
        assert found.distance[network.sources].tolist() == ahead[:, 0].tolist()


@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_distance_table__agrees_with_single_searches(n_threads: int) -> None:
    network = random_small(3)
    weight = network.cost[:, 0]
    places = [[0, 1], [2], [], [3, 4], [0]]
    table = distance_table(*network.arrays[:2], weight, places, places, n_threads=n_threads)
    for row, origin in enumerate(places):
        found = shortest_paths(*network.arrays[:2], weight, origin)
        least = [found.distance[place].min(initial=np.inf) for place in places]
        assert table[row].tolist() == least


def test_distance_table__of_no_places_is_empty() -> None:
    network = random_small(3)
    assert distance_table(*network.arrays[:2], network.cost[:, 0], [], [[0]]).shape == (0, 1)


def test_search__has_room_for_all_that_waits() -> None:
    network = random_small(3)
    waiting = search_kernels._waiting(
        search_kernels._network(*network.arrays[:2], network.cost[:, 0])
    )
    assert len(waiting.key) >= 2 * len(network.place) + len(network.move_to)
