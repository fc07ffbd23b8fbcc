"""What must hold for the routes of any network."""

from itertools import islice
from random import Random

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.routes.small import Small, small

from lajvard.network.arrays import FloatArray
from lajvard.routes.kbest_kernels import k_best
from lajvard.routes.pareto_kernels import pareto_front
from lajvard.routes.search_kernels import reverse_network, shortest_paths

K = 20


@st.composite
def networks(draw: st.DrawFn, n_criteria: int = 3) -> Small:
    """Up to 8 states and 24 moves with small whole costs, from two states to two others."""
    n_states = draw(st.integers(4, 8))
    state, whole = st.integers(0, n_states - 1), st.integers(0, 6)
    moves = draw(st.lists(st.tuples(state, state), min_size=1, max_size=24))
    row = st.tuples(*[whole] * n_criteria)
    cost = draw(st.lists(row, min_size=len(moves), max_size=len(moves)))
    place = draw(st.lists(state, min_size=n_states, max_size=n_states))
    return small(n_states, moves, np.array(cost, dtype=np.float64), [0, 1], [2, 3], place)


def front(network: Small) -> FloatArray:
    return pareto_front(*network.arrays, *network.ends).cost


def first_costs(network: Small) -> list[float]:
    """Costs of the first routes by the first criterion."""
    ranked = k_best(network.first_move, network.move_to, network.cost[:, 0], *network.ends)
    return [route.cost for route in islice(ranked, K)]


def move_list(network: Small) -> list[tuple[int, int]]:
    return list(zip(network.move_from.tolist(), network.move_to.tolist(), strict=True))


def covers(better: FloatArray, points: FloatArray) -> bool:
    """Whether each point is met or beaten by one of `better`."""
    return all((better <= point).all(axis=1).any() for point in points)


@given(networks())
def test_no_route_of_a_front_beats_another(network: Small) -> None:
    points = front(network)
    for point in points:
        assert (points <= point).all(axis=1).sum() == 1
    assert points.tolist() == sorted(points.tolist())


@given(networks())
def test_the_best_of_a_front_is_the_shortest_path(network: Small) -> None:
    points = front(network)
    for c, weight in enumerate(network.cost.T):
        found = shortest_paths(*network.arrays[:2], weight, network.sources)
        shortest = found.distance[network.targets].min()
        assert points[:, c].min(initial=np.inf) == shortest
        assert min(first_costs(network._replace(cost=network.cost[:, [c]])), default=np.inf) == (
            shortest
        )


@given(
    networks(),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.lists(st.integers(0, 6), min_size=3, max_size=3),
)
def test_another_move_makes_nothing_worse(
    network: Small, move: tuple[int, int], cost: list[int]
) -> None:
    rows = np.vstack([network.cost, cost])
    more = small(len(network.place), [*move_list(network), move], rows, *network.ends)
    assert covers(front(more), front(network))
    for fewer, many in zip(first_costs(network), first_costs(more), strict=False):
        assert many <= fewer


@given(networks(), st.sampled_from([0.25, 3.0, 1024.0]))
def test_costs_scale(network: Small, factor: float) -> None:
    scaled = network._replace(cost=network.cost * factor)
    assert front(scaled).tolist() == (front(network) * factor).tolist()
    assert first_costs(scaled) == [cost * factor for cost in first_costs(network)]


@given(networks(), st.randoms(use_true_random=False))
def test_names_of_states_do_not_matter(network: Small, random: Random) -> None:
    names = list(range(len(network.place)))
    random.shuffle(names)
    renamed = small(
        len(names),
        [(names[a], names[b]) for a, b in move_list(network)],
        network.cost,
        [names[s] for s in network.sources],
        [names[s] for s in network.targets],
    )
    assert front(renamed).tolist() == front(network).tolist()
    assert first_costs(renamed) == first_costs(network)


@given(networks(), st.sets(st.integers(0, 2), min_size=1))
def test_a_front_by_fewer_criteria_is_part_of_the_whole(network: Small, criteria: set[int]) -> None:
    columns = sorted(criteria)
    some = front(network._replace(cost=network.cost[:, columns]))
    seen = {tuple(point) for point in front(network)[:, columns].tolist()}
    assert {tuple(point) for point in some.tolist()} <= seen


@given(networks(), st.permutations([0, 1, 2]))
def test_the_order_of_criteria_does_not_matter(network: Small, order: list[int]) -> None:
    turned = front(network._replace(cost=network.cost[:, order]))
    assert sorted(turned.tolist()) == sorted(front(network)[:, order].tolist())


@given(networks())
def test_the_way_back_costs_the_same(network: Small) -> None:
    back = reverse_network(*network.arrays[:2])
    turned = network._replace(
        first_move=back.first_move,
        move_to=back.move_to,
        cost=network.cost[back.move],
        sources=network.targets,
        targets=network.sources,
    )
    assert front(turned).tolist() == front(network).tolist()
    assert first_costs(turned) == first_costs(network)


@given(networks(), st.data())
def test_a_stop_on_the_way_changes_nothing(network: Small, data: st.DataObject) -> None:
    moves = move_list(network)
    split = data.draw(st.integers(0, len(moves) - 1))
    begin, end = moves[split]
    assume(begin != end)
    stop = len(network.place)
    moves[split] = (begin, stop)
    rows = np.vstack([network.cost, np.zeros((1, 3))])
    longer = small(stop + 1, [*moves, (stop, end)], rows, *network.ends)
    assert front(longer).tolist() == front(network).tolist()
    assert first_costs(longer) == first_costs(network)


@given(networks())
def test_best_routes_come_in_order_and_once(network: Small) -> None:
    weight = network.cost[:, 0]
    routes = list(islice(k_best(*network.arrays[:2], weight, *network.ends), K))
    keys = [(route.cost, tuple(route.moves.tolist())) for route in routes]
    assert keys == sorted(set(keys))
    for cost, moves in keys:
        assert weight[list(moves)].sum() == cost
        states = [network.move_from[moves[0]], *network.move_to[list(moves)]]
        assert len(states) == len(set(states))


@given(networks())
def test_routes_that_return_to_no_place_are_some_of_all(network: Small) -> None:
    words = (*network.arrays[:2], network.cost[:, 0], *network.ends)
    some = [tuple(route.moves.tolist()) for route in k_best(*words, place=network.place)]
    every = [tuple(route.moves.tolist()) for route in k_best(*words)]
    assert [moves for moves in every if moves in set(some)] == some
