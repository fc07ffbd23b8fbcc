"""The k best routes against brute force and networkx, compiled and interpreted."""

from itertools import islice

import networkx as nx
import numpy as np
import pytest
from tests.routes.small import (
    Small,
    all_routes,
    cost_of,
    interpreted,
    random_small,
    returns_to_a_place,
    small,
)

from lajvard.routes.kbest_kernels import RankedRoute, k_best

N_NETWORKS = 1000
K = 12


def ranked(network: Small) -> list[tuple[float, tuple[int, ...]]]:
    """Costs and moves of all routes by brute force, in order."""
    return sorted((cost_of(network, moves)[0], moves) for moves in all_routes(network))


def plain(routes: list[RankedRoute]) -> list[tuple[float, tuple[int, ...]]]:
    return [(route.cost, tuple(route.moves.tolist())) for route in routes]


def by_networkx(network: Small, k: int) -> list[float]:
    """Costs in the order of networkx; moves side by side get a node of their own."""
    if set(network.sources) & set(network.targets):
        return [0.0]
    graph = nx.DiGraph()
    graph.add_nodes_from(["from", "to"])
    role = dict.fromkeys(network.sources, "from") | dict.fromkeys(network.targets, "to")
    for m, (tail, head) in enumerate(zip(network.move_from, network.move_to, strict=True)):
        if np.isfinite(network.cost[m]).all():
            graph.add_edge(role.get(int(tail), int(tail)), f"move {m}", weight=network.cost[m, 0])
            graph.add_edge(f"move {m}", role.get(int(head), int(head)), weight=0.0)
    if not nx.has_path(graph, "from", "to"):
        return []
    paths = nx.shortest_simple_paths(graph, "from", "to", weight="weight")
    return [nx.path_weight(graph, path, "weight") for path in islice(paths, k)]


def only_first_criterion(network: Small) -> Small:
    """The network with the other criteria left out, closed where any of them is."""
    is_open = np.isfinite(network.cost).all(axis=1)
    return network._replace(cost=np.where(is_open, network.cost[:, 0], np.inf)[:, None])


def test_k_best__is_the_order_of_brute_force_on_random_networks() -> None:
    for seed in range(N_NETWORKS):
        network = only_first_criterion(random_small(seed))
        arrays = network.first_move, network.move_to, network.cost[:, 0]
        routes = list(islice(k_best(*arrays, *network.ends), K))
        assert plain(routes) == ranked(network)[:K], seed


def test_k_best__is_the_order_of_networkx_on_random_networks() -> None:
    for seed in range(N_NETWORKS):
        network = only_first_criterion(random_small(seed))
        arrays = network.first_move, network.move_to, network.cost[:, 0]
        routes = islice(k_best(*arrays, *network.ends), K)
        assert [route.cost for route in routes] == by_networkx(network, K), seed


def test_k_best__gives_all_routes_in_the_end() -> None:
    for seed in range(60):
        network = only_first_criterion(random_small(seed))
        arrays = network.first_move, network.move_to, network.cost[:, 0]
        assert plain(list(k_best(*arrays, *network.ends))) == ranked(network)


def test_k_best__returns_to_no_place() -> None:
    n_left_out = 0
    for seed in range(300):
        network = only_first_criterion(random_small(seed))
        arrays = network.first_move, network.move_to, network.cost[:, 0]
        routes = list(k_best(*arrays, *network.ends, place=network.place))
        kept = [pair for pair in ranked(network) if not returns_to_a_place(network, pair[1])]
        assert plain(routes) == kept, seed
        n_left_out += len(ranked(network)) - len(kept)
    assert n_left_out > 500


def test_k_best__is_the_same_interpreted() -> None:
    with interpreted() as slow:
        for seed in range(15):
            network = only_first_criterion(random_small(seed))
            arrays = network.first_move, network.move_to, network.cost[:, 0]
            for place in (None, network.place):
                words = (*arrays, *network.ends)
                found = islice(slow.kbest_kernels.k_best(*words, place=place), K)
                expected = islice(k_best(*words, place=place), K)
                assert plain(list(found)) == plain(list(expected))


def test_k_best__changes_mode_at_a_place_but_does_not_come_back() -> None:
    # States 1 and 2 are one place: 0 -> 1 -> 2 -> 3 passes it once, 0 -> 1 -> 4 -> 2 -> 3 twice.
    moves = [(0, 1), (1, 2), (2, 3), (1, 4), (4, 2)]
    network = small(5, moves, np.array([[1.0], [5.0], [1.0], [1.0], [1.0]]), [0], [3])
    arrays = network.first_move, network.move_to, network.cost[:, 0]
    place = np.array([0, 1, 1, 2, 3], dtype=np.int32)
    assert [route.cost for route in k_best(*arrays, [0], [3])] == [4, 7]
    assert [route.cost for route in k_best(*arrays, [0], [3], place=place)] == [7]


def test_k_best__orders_equal_routes_by_their_moves() -> None:
    n_steps = 5
    moves = [(i, i + 1) for i in range(n_steps) for _ in range(2)]
    weight = np.full(2 * n_steps, 0.1)
    network = small(n_steps + 1, moves, weight[:, None], [0], [n_steps])
    routes = list(k_best(network.first_move, network.move_to, weight, *network.ends))
    sequences = [tuple(route.moves.tolist()) for route in routes]
    assert len(sequences) == 2**n_steps
    assert sequences == sorted(sequences)
    assert {route.cost for route in routes} == {0.5}


@pytest.mark.parametrize(
    ("n_states", "moves", "sources", "targets", "expected"),
    [
        (3, [(0, 1), (2, 1)], [0], [2], []),
        (2, [(0, 1), (1, 0)], [0, 1], [1], [(0.0, ())]),
        (1, [], [0], [0], [(0.0, ())]),
        (1, [(0, 0)], [0], [0], [(0.0, ())]),
        (0, [], [], [], []),
    ],
)
def test_k_best__at_the_edges(
    n_states: int,
    moves: list[tuple[int, int]],
    sources: list[int],
    targets: list[int],
    expected: list[tuple[float, tuple[int, ...]]],
) -> None:
    network = small(n_states, moves, np.ones((len(moves), 1)), sources, targets)
    arrays = network.first_move, network.move_to, network.cost[:, 0]
    assert plain(list(k_best(*arrays, *network.ends))) == expected
