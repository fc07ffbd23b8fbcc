"""Stochastic user equilibrium: logits that are solved by hand or by bisection."""

import numpy as np
import pytest
from scipy.optimize import brentq
from tests.flows.small import demand, grid, network

from lajvard.assignment.assign import assign
from lajvard.assignment.delay import bpr


def test_sue__two_routes_without_congestion() -> None:
    net = network([(0, 1), (0, 1)], [-1, -1], fixed=[[1.0, 3.0]])
    found = assign(net, demand((0, 1, 100)), model="sue", scale=0.5, relative_gap=1e-12)
    assert found.link_flow[0, 0] == pytest.approx(100 / (1 + np.exp(-1)))


def test_sue__two_routes_of_which_one_fills_up() -> None:
    net = network([(0, 1), (0, 1)], [0, -1], [bpr(1.0, 10.0)], fixed=[[0.0, 2.0]])
    found = assign(net, demand((0, 1, 30)), model="sue", scale=1.5, relative_gap=1e-12)

    def off(x: float) -> float:
        return float(x - 30 / (1 + np.exp(1.5 * (1 + 0.15 * (x / 10) ** 4 - 2.0))))

    assert found.link_flow[0, 0] == pytest.approx(brentq(off, 0, 30, xtol=1e-12))


@pytest.mark.parametrize("scale", [1e-6, 1.0, 30.0, 1e4])
def test_sue__converges_at_any_scale(scale: float) -> None:
    net = network([(0, 1)] * 3, [0, 1, -1], [bpr(1.0, 1.0), bpr(2.0, 5.0)], fixed=[[0, 0, 9.0]])
    trips = demand((0, 1, 20))
    found = assign(net, trips, model="sue", scale=scale, relative_gap=1e-9, n_paths=24)
    even = assign(net, trips, relative_gap=1e-10)
    if scale == 1e-6:
        assert found.link_flow[0] == pytest.approx([20 / 3] * 3, rel=1e-2)
    if scale == 1e4:
        assert found.link_flow[0] == pytest.approx(even.link_flow[0], rel=1e-4)


def test_sue__each_class_has_its_scale_and_value_of_time() -> None:
    net = network([(0, 1), (0, 1)], [-1, -1], fixed=[[1.0, 3.0], [8.0, 4.0]], weight=[1.0, 2.0])
    trips = demand((0, 1, 100, 0), (0, 1, 50, 1))
    found = assign(net, trips, model="sue", scale=np.array([0.5, 0.25]), relative_gap=1e-12)
    first, second = 100 / (1 + np.exp(-1)), 50 / (1 + np.exp(1))
    assert found.link_flow == pytest.approx(np.array([[first, 100 - first], [second, 50 - second]]))


def test_sue__paths_that_overlap_count_less_with_path_size() -> None:
    # three paths of 10, of which two share all but the last hour
    ends = [(0, 1), (1, 2), (1, 2), (0, 2)]
    net = network(ends, [-1] * 4, fixed=[[9.0, 1.0, 1.0, 10.0]])
    plain, sized = (
        assign(net, demand((0, 2, 60)), model="sue", path_size=size, relative_gap=1e-12).link_flow[
            0
        ]
        for size in (0.0, 1.0)
    )
    assert plain == pytest.approx([40, 20, 20, 20])
    size = 0.9 / 2 + 0.1  # Ben-Akiva and Bierlaire's formula
    assert sized[3] == pytest.approx(60 / (1 + 2 * size))
    assert sized[1] == pytest.approx(sized[2]) == pytest.approx(60 * size / (1 + 2 * size))


def test_sue__flows_are_the_logit_of_their_own_costs() -> None:
    net, trips = grid(5, seed=3)
    found = assign(net, trips, model="sue", scale=2.0, relative_gap=1e-10)
    paths, klass = found.paths, trips.klass[found.path_pair]
    first = paths.first_link[:-1]
    by_class = [np.add.reduceat(cost[paths.link], first) for cost in found.link_cost]
    utility = -2.0 * np.where(klass == 0, *by_class)
    odds = np.exp(utility)
    total = np.add.reduceat(odds, paths.first_path[:-1])[found.path_pair]
    assert paths.flow == pytest.approx(trips.volume[found.path_pair] * odds / total, rel=1e-6)
    # more than one path for nearly everybody, and no path twice
    assert len(paths.flow) > 2 * len(trips.origin)
    links = np.split(paths.link, first[1:])
    seen = {(pair, *way) for pair, way in zip(found.path_pair, links, strict=True)}
    assert len(seen) == len(paths.flow)


def test_sue__is_the_least_of_fisks_function() -> None:
    net = network([(0, 1)] * 3, [0, 1, -1], [bpr(1.0, 10.0), bpr(2.0, 5.0)], fixed=[[0, 0, 3.0]])
    found = assign(net, demand((0, 1, 30)), model="sue", scale=0.7, relative_gap=1e-12)

    def fisk(x: np.ndarray) -> float:
        beckmann = x[0] + 0.03 * 10 * (x[0] / 10) ** 5
        beckmann += 2 * (x[1] + 0.03 * 5 * (x[1] / 5) ** 5) + 3 * x[2]
        return float(beckmann + (x * np.log(x)).sum() / 0.7)

    flow = found.link_flow[0]
    assert found.objective == pytest.approx(fisk(flow))
    for step in ([0.1, -0.1, 0], [0, 0.1, -0.1], [-0.1, 0, 0.1]):
        assert fisk(flow + step) > found.objective


def test_sue__warm_start_keeps_the_paths() -> None:
    net, trips = grid(5, seed=3)
    base = assign(net, trips, model="sue", scale=2.0, relative_gap=1e-9)
    again = assign(net, trips, model="sue", scale=2.0, relative_gap=1e-8, start=base)
    assert again.iterations == 1
    assert again.link_flow == pytest.approx(base.link_flow, rel=1e-7)
