"""Pairs of paths against all pairs that there are."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from lajvard.errors import InputError
from lajvard.fibre.line.disjoint import Edge, PathPair, disjoint_pair
from lajvard.fibre.line.disjoint_kernels import NO_PATH, two_paths

PRICES = {"shared_link": 1000.0, "shared_group": 100.0, "shared_place": 10.0}


def simple_paths(
    edges: list[Edge], at: int, end: int, seen: tuple[int, ...]
) -> Iterator[tuple[int, ...]]:
    """Every path without a place twice, as indices of edges."""
    if at == end:
        yield ()
        return
    for ix, edge in enumerate(edges):
        if at in (edge.start, edge.end):
            to = edge.end if at == edge.start else edge.start
            assert isinstance(to, int)
            if to not in seen and to != at:
                for rest in simple_paths(edges, to, end, (*seen, to)):
                    yield (ix, *rest)


def price(edges: list[Edge], first: tuple[int, ...], second: tuple[int, ...]) -> float:
    """Length and price of what is shared, from the paths alone."""

    def places(path: tuple[int, ...]) -> set[object]:
        count: dict[object, int] = defaultdict(int)
        for ix in path:
            count[edges[ix].start] += 1
            count[edges[ix].end] += 1
        return {place for place, n in count.items() if n > 1}

    def groups(path: tuple[int, ...]) -> set[frozenset[object]]:
        return {frozenset((edges[ix].start, edges[ix].end)) for ix in path}

    same = set(first) & set(second)
    beside = groups(first) & groups(second) - groups(tuple(same))
    total = sum(edges[ix].length for ix in (*first, *second))
    total += PRICES["shared_link"] * len(same) + PRICES["shared_group"] * len(beside)
    return total + PRICES["shared_place"] * len(places(first) & places(second))


@pytest.mark.parametrize("seed", range(60))
def test_disjoint_pair__is_the_best_of_all_pairs(seed: int) -> None:
    random = np.random.default_rng(seed)
    n = int(random.integers(3, 7))
    edges = [Edge(f"{i}", i, i + 1, float(random.integers(1, 20))) for i in range(n - 1)]
    for number in range(int(random.integers(1, 7))):
        a, b = (int(x) for x in random.choice(n, 2, replace=False))
        edges.append(Edge(f"more {number}", a, b, float(random.integers(1, 20))))
    pair = disjoint_pair(edges, 0, n - 1, **PRICES)
    paths = list(simple_paths(edges, 0, n - 1, (0,)))
    least = min(price(edges, *both) for both in product(paths, repeat=2))
    assert price(edges, pair.first, pair.second) == pytest.approx(least)
    assert set(pair.shared_edges) == set(pair.first) & set(pair.second)


def test_disjoint_pair__takes_the_shortest_path_back_when_it_must() -> None:
    """The trap: the shortest path alone leaves no second one."""
    edges = [
        Edge("sa", "s", "a", 1),
        Edge("ab", "a", "b", 1),
        Edge("bt", "b", "t", 1),
        Edge("sb", "s", "b", 4),
        Edge("at", "a", "t", 4),
    ]
    pair = disjoint_pair(edges, "s", "t")
    assert not pair.shared_edges
    assert not pair.shared_places
    assert sorted([*pair.first, *pair.second]) == [0, 2, 3, 4]


def test_disjoint_pair__shares_a_bridge_and_says_so() -> None:
    edges = [
        Edge("road", "s", "m", 5),
        Edge("rail", "s", "m", 6),
        Edge("bridge", "m", "t", 2),
    ]
    pair: PathPair = disjoint_pair(edges, "s", "t")
    assert pair.shared_edges == (2,)
    assert pair.shared_groups == (("s", "m"),)
    assert pair.shared_places == ("m",)
    assert {edges[pair.first[0]].edge_id, edges[pair.second[0]].edge_id} == {"road", "rail"}


def test_disjoint_pair__refuses_what_has_no_answer() -> None:
    edges = [Edge("ab", "a", "b", 1), Edge("cd", "c", "d", 1)]
    with pytest.raises(InputError, match="nothing leads from 'a' to 'c'"):
        disjoint_pair(edges, "a", "c")
    with pytest.raises(InputError, match="'x' is no place"):
        disjoint_pair(edges, "a", "x")
    with pytest.raises(InputError, match="both ends are 'a'"):
        disjoint_pair(edges, "a", "a")
    with pytest.raises(InputError, match="edge 'ab' has length 0"):
        disjoint_pair([Edge("ab", "a", "b", 0)], "a", "b")


def test_two_paths__interpreted_says_the_same() -> None:
    tail, head = np.array([0, 0, 1, 2]), np.array([1, 2, 3, 3])
    first, second = np.array([1.0, 5.0, 1.0, 5.0]), np.array([3.0, 6.0, 2.0, 7.0])
    compiled, plain = np.zeros(4, np.int64), np.zeros(4, np.int64)
    assert two_paths(tail, head, first, second, 0, 3, compiled) == 0
    assert two_paths.py_func(tail, head, first, second, 0, 3, plain) == 0
    np.testing.assert_array_equal(compiled, plain)
    assert compiled.tolist() == [2, 0, 2, 0]
    assert two_paths(tail, head, first, second, 3, 0, compiled) == NO_PATH
