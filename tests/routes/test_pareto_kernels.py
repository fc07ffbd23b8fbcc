"""Pareto sets against brute force, compiled and interpreted."""

import numpy as np
import pytest
from tests.routes.small import (
    Small,
    all_routes,
    cost_of,
    interpreted,
    not_beaten,
    random_small,
    small,
)

from lajvard.errors import NumericsError
from lajvard.network.arrays import FloatArray
from lajvard.routes import pareto_kernels
from lajvard.routes.pareto_kernels import pareto_front

N_NETWORKS = 1000
N_STRIP = 24


def strip(seed: int, n_criteria: int, noise: float = 0.3) -> Small:
    """Places along a strip, each joined to the next three, with costs that differ by move."""
    rng = np.random.default_rng(seed)
    xy = np.column_stack([np.sort(rng.uniform(0, 12, N_STRIP)), rng.uniform(0, 3, N_STRIP)])
    pairs = [(a, b) for a in range(N_STRIP) for b in range(a + 1, min(a + 4, N_STRIP))]
    moves = pairs + [(b, a) for a, b in pairs]
    km = np.linalg.norm([xy[a] - xy[b] for a, b in moves], axis=1)[:, None]
    cost = km * rng.lognormal(0, noise, (len(moves), n_criteria))
    return small(N_STRIP, moves, cost, [0], [N_STRIP - 1])


def slow_front(network: Small) -> FloatArray:
    """Costs of the Pareto set by correcting labels until nothing changes, without any bounds."""
    fronts: list[set[tuple[float, ...]]] = [set() for _ in network.place]
    for source in network.sources:
        fronts[source] = {(0.0,) * network.cost.shape[1]}
    changed = list(network.sources)
    while changed:
        state = changed.pop(0)
        for m in range(network.first_move[state], network.first_move[state + 1]):
            to = int(network.move_to[m])
            new = {tuple(np.add(label, network.cost[m]).tolist()) for label in fronts[state]}
            merged = set(not_beaten(fronts[to] | new))
            if merged != fronts[to]:
                fronts[to] = merged
                changed.append(to)
    ends: set[tuple[float, ...]] = set().union(*(fronts[target] for target in network.targets))
    return np.array(not_beaten(ends))


def test_pareto_front__is_that_of_brute_force_on_random_networks() -> None:
    for seed in range(N_NETWORKS):
        network = random_small(seed)
        front = pareto_front(*network.arrays, *network.ends)
        expected = not_beaten({cost_of(network, moves) for moves in all_routes(network)})
        assert [tuple(cost) for cost in front.cost.tolist()] == expected, seed
        routes = set(all_routes(network))
        for cost, moves in zip(front.cost.tolist(), front.moves, strict=True):
            assert tuple(moves.tolist()) in routes, seed
            assert cost_of(network, tuple(moves.tolist())) == tuple(cost), seed


def test_pareto_front__is_the_same_interpreted() -> None:
    with interpreted() as plain:
        for seed in range(30):
            network = random_small(seed)
            slow = plain.pareto_kernels.pareto_front(*network.arrays, *network.ends)
            fast = pareto_front(*network.arrays, *network.ends)
            assert slow.cost.tolist() == fast.cost.tolist()
            assert [m.tolist() for m in slow.moves] == [m.tolist() for m in fast.moves]


@pytest.mark.parametrize("n_criteria", [2, 3, 5])
def test_pareto_front__agrees_with_label_correction(n_criteria: int) -> None:
    for seed in range(3):
        network = strip(seed, n_criteria)
        front = pareto_front(*network.arrays, *network.ends)
        expected = slow_front(network)
        assert len(expected) > 2
        np.testing.assert_allclose(front.cost, expected, rtol=1e-9)


def test_pareto_front__does_not_depend_on_the_room_it_begins_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = strip(5, 5, noise=0.8)
    wide = pareto_front(*network.arrays, *network.ends)
    assert len(wide.cost) > 200
    monkeypatch.setattr(pareto_kernels, "ROOM", 16)
    narrow = pareto_front(*network.arrays, *network.ends)
    assert narrow.cost.tolist() == wide.cost.tolist()
    assert [m.tolist() for m in narrow.moves] == [m.tolist() for m in wide.moves]


def test_pareto_front__says_when_there_are_too_many_partial_routes() -> None:
    network = strip(5, 5, noise=0.8)
    with pytest.raises(NumericsError, match="more than 500 partial routes") as caught:
        pareto_front(*network.arrays, *network.ends, max_labels=500)
    assert "fewer criteria" in caught.value.remedy


def test_pareto_front__tells_ties_by_value_and_not_by_rounding() -> None:
    # 0.1 + 0.2 is not 0.3 in floating point, yet both ways are equally long.
    moves = [(0, 1), (1, 2), (0, 2)]
    cost = np.array([[0.1, 0.2], [0.2, 0.1], [0.3, 0.3]])
    network = small(3, moves, cost, [0], [2])
    front = pareto_front(*network.arrays, *network.ends)
    assert front.cost.tolist() == [[0.3, 0.3]]


def test_pareto_front__keeps_what_is_better_by_very_little() -> None:
    cost = np.array([[1000.0, 2.0], [1000.0 + 1e-8, 2.0 - 1e-10], [1000.0, 2.0 + 1e-10]])
    network = small(2, [(0, 1)] * 3, cost, [0], [1])
    front = pareto_front(*network.arrays, *network.ends)
    assert [moves.tolist() for moves in front.moves] == [[0], [1]]
    np.testing.assert_allclose(front.cost, cost[:2], rtol=1e-15)


@pytest.mark.parametrize("scale", [1e-200, 1e-12, 1.0, 1e12, 1e200])
def test_pareto_front__works_in_any_unit(scale: float) -> None:
    network = strip(1, 3)
    front = pareto_front(*network.arrays, *network.ends)
    scaled = pareto_front(*network.arrays[:2], network.cost * scale, *network.ends)
    np.testing.assert_allclose(scaled.cost, front.cost * scale, rtol=1e-9)


def test_pareto_front__to_where_nothing_leads_is_empty() -> None:
    network = small(3, [(0, 1), (2, 1)], np.ones((2, 3)), [0], [2])
    front = pareto_front(*network.arrays, *network.ends)
    assert front.cost.shape == (0, 3)
    assert front.moves == ()


def test_pareto_front__from_a_place_to_itself_stays_there() -> None:
    network = small(2, [(0, 1), (1, 0)], np.zeros((2, 2)), [0, 1], [1])
    front = pareto_front(*network.arrays, *network.ends)
    assert front.cost.tolist() == [[0, 0]]
    assert [moves.tolist() for moves in front.moves] == [[]]


def test_pareto_front__in_nothing() -> None:
    alone = small(1, [], np.zeros((0, 2)), [0], [0])
    assert pareto_front(*alone.arrays, *alone.ends).cost.tolist() == [[0, 0]]
    empty = small(0, [], np.zeros((0, 2)), [], [])
    assert pareto_front(*empty.arrays, *empty.ends).cost.shape == (0, 2)


def test_pareto_front__uses_no_closed_move() -> None:
    cost = np.array([[1.0, np.inf], [5.0, 5.0]])
    network = small(2, [(0, 1)] * 2, cost, [0], [1])
    assert [m.tolist() for m in pareto_front(*network.arrays, *network.ends).moves] == [[1]]
