"""Shares by logit with nests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lajvard.assignment.logit import logit_shares, nested_shares

COSTS = st.lists(st.floats(0, 1000), min_size=1, max_size=6)


@given(COSTS, st.floats(0.05, 1.0), st.data())
def test_nested_shares__sum_to_one_and_fall_with_cost(
    costs: list[float], nest: float, data: st.DataObject
) -> None:
    nests = data.draw(st.lists(st.sampled_from("abc"), min_size=len(costs), max_size=len(costs)))
    zero = np.zeros(len(costs))
    found = nested_shares(np.array(costs), 50.0, zero, nests, nest)
    assert found.sum() == pytest.approx(1.0)
    dearer = np.array(costs)
    dearer[0] += 25.0
    assert nested_shares(dearer, 50.0, zero, nests, nest)[0] <= found[0] + 1e-12


def test_nested_shares__one_nest_is_a_logit_of_the_smaller_scale() -> None:
    costs, zero = np.array([100.0, 110.0, 130.0]), np.zeros(3)
    one_nest = nested_shares(costs, 20.0, zero, ["a"] * 3, 0.5)
    assert one_nest == pytest.approx(logit_shares(costs, 10.0, zero))
    each_its_own = nested_shares(costs, 20.0, zero, ["a", "b", "c"], 0.5)
    assert each_its_own == pytest.approx(logit_shares(costs, 20.0, zero))


def test_nested_shares__a_new_road_takes_from_roads() -> None:
    """Red bus, blue bus: with perfect nests the railway keeps its half."""
    zero = np.zeros(3)
    costs = np.array([100.0, 100.0, 100.0])
    found = nested_shares(costs, 10.0, zero, ["rail", "road", "road"], 1e-3)
    assert found == pytest.approx([0.5, 0.25, 0.25], abs=1e-3)
