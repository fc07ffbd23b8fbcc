"""Assignment on networks that are solved by hand."""

import pytest
from tests.flows.small import demand, network

from lajvard.flows.assign import assign
from lajvard.flows.delay import bpr
from lajvard.flows.engine import NoPath


def linear(free_h: float, per_unit: float) -> tuple:  # type: ignore[type-arg]
    """A delay of `free_h` and `per_unit` more for each unit of load."""
    return bpr(free_h, free_h / per_unit, alpha=1.0, beta=1.0)


def test_assign__braess() -> None:
    # 0-1 and 2-3 take 10 x, 0-2 and 1-3 50 + x, the bridge 1-2 10 + x: all paths cost 92
    ends = [(0, 1), (2, 3), (0, 2), (1, 3), (1, 2)]
    rows = [linear(1e-9, 10), linear(1e-9, 10), linear(50, 1), linear(50, 1), linear(10, 1)]
    with_bridge = assign(network(ends, range(5), rows), demand((0, 3, 6)), relative_gap=1e-12)
    assert with_bridge.link_flow[0] == pytest.approx([4, 4, 2, 2, 2])
    assert with_bridge.least_cost == pytest.approx([92])
    without = assign(network(ends[:4], range(4), rows[:4]), demand((0, 3, 6)), relative_gap=1e-12)
    assert without.least_cost == pytest.approx([83])


def test_assign__unreachable_pair_is_named() -> None:
    net = network([(0, 1)], [-1], fixed=1.0)
    with pytest.raises(NoPath, match=r"2 pairs .*: state 1 to 0 \(class 0\); 2 to 1") as error:
        assign(net._replace(first_thru=3), demand((0, 1, 1), (1, 0, 1), (2, 1, 5), (2, 0, 0)))
    assert error.value.pairs == (1, 2)
