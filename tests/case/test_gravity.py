"""Furness and the gravity model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lajvard.case.demand import GRAVITY, Flow
from lajvard.case.gravity import fit_gravity, furness, missing_flows
from lajvard.errors import InputError, NumericsError


@given(
    st.lists(st.floats(0.1, 100), min_size=2, max_size=6),
    st.lists(st.floats(0.1, 100), min_size=2, max_size=6),
    st.integers(0, 99),
)
def test_furness__has_the_totals(rows: list[float], columns: list[float], seed: int) -> None:
    origins, destinations = np.array(rows), np.array(columns)
    destinations *= origins.sum() / destinations.sum()
    matrix = np.random.default_rng(seed).uniform(0.5, 2.0, (len(rows), len(columns)))
    table, row, column = furness(matrix, origins, destinations)
    assert table.sum(axis=1) == pytest.approx(origins, rel=1e-6)
    assert table.sum(axis=0) == pytest.approx(destinations, rel=1e-6)
    assert table == pytest.approx(row[:, None] * matrix * column)


def test_furness__keeps_cross_ratios_of_the_seed() -> None:
    seed = np.array([[1.0, 2.0], [3.0, 4.0]])
    table, _, _ = furness(seed, np.array([10.0, 20.0]), np.array([12.0, 18.0]))
    ratio = table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0])
    assert ratio == pytest.approx(1 * 4 / (2 * 3))


def test_furness__nothing_stays_nothing() -> None:
    table, _, _ = furness(np.ones((2, 2)), np.zeros(2), np.zeros(2))
    assert (table == 0).all()


def test_furness__refuses_what_has_no_table() -> None:
    two = np.array([1.0, 1.0])
    with pytest.raises(InputError, match="sum"):
        furness(np.ones((2, 2)), two, 2 * two)
    with pytest.raises(InputError, match="negative"):
        furness(np.ones((2, 2)), -two, -two)
    with pytest.raises(InputError, match="no cell"):
        furness(np.array([[0.0, 0.0], [1.0, 1.0]]), two, two)
    with pytest.raises(NumericsError, match="zero"):
        furness(
            np.array([[1.0, 0.0], [1.0, 1.0]]), 2 * two, np.array([1.0, 3.0]), max_iterations=50
        )


def truth(n: int, beta: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    cost = rng.uniform(10, 100, (n, n))
    return np.outer(rng.uniform(1, 9, n), rng.uniform(1, 9, n)) * np.exp(-beta * cost), cost


@pytest.mark.parametrize("beta", [0.0, 0.02, 0.1])
def test_fit_gravity__finds_the_deterrence_and_the_cells_that_were_hidden(beta: float) -> None:
    observed, cost = truth(6, beta)
    known = ~np.eye(6, dtype=bool)
    known[2, 4] = known[5, 1] = False
    found = fit_gravity(observed, known, cost)
    assert found.beta == pytest.approx(beta, abs=1e-8)
    assert found.mean_cost == pytest.approx(found.observed_mean_cost)
    assert found.table[2, 4] == pytest.approx(observed[2, 4], rel=1e-5)
    assert found.table[5, 1] == pytest.approx(observed[5, 1], rel=1e-5)


def test_fit_gravity__leaves_what_nothing_is_known_of() -> None:
    observed, cost = truth(4, 0.05)
    known = np.ones((4, 4), dtype=bool)
    known[3] = False
    cost[0, 1] = np.inf
    found = fit_gravity(observed, known, cost)
    assert (found.table[3] == 0).all()
    assert found.table[0, 1] == 0
    with pytest.raises(InputError, match="no cell is known"):
        fit_gravity(observed, np.zeros((4, 4), dtype=bool), cost)


def test_missing_flows__are_marked_as_modelled_and_leave_counted_pairs_alone() -> None:
    country = {"A": "AA", "B": "BB", "C": "CC", "D": "CC"}
    pairs = {"AB": 100.0, "BA": 80.0, "AC": 50.0, "CA": 40.0, "BC": 30.0, "DB": 20.0}
    flows = [Flow(name, name[0], name[1], "truck", tonnes) for name, tonnes in pairs.items()]
    cost = np.full((4, 4), 10.0)
    found, fitted = missing_flows(flows, cost, country, "box")
    ends = {(flow.origin, flow.destination) for flow in found}
    assert not ends & {(name[0], name[1]) for name in pairs}
    assert ("C", "B") in ends
    assert ("C", "D") not in ends  # one country
    assert all(flow.basis == GRAVITY and flow.cargo_class == "box" for flow in found)
    assert fitted.beta == 0.0  # all costs are one


def test_missing_flows__does_not_extrapolate() -> None:
    """Two towns beside each other, which nobody counted, would trade more than all others."""
    country = {name: name for name in "ABCD"}
    cost = np.array([[0, 50, 80, 60], [50, 0, 1, 40], [80, 1, 0, 70], [60, 40, 70, 0]], float)
    truth_t = 1e4 * np.exp(-0.05 * cost)
    pairs = ["AB", "BA", "AC", "CA", "AD", "DA", "BD", "DB", "DC"]
    flows = [
        Flow(name, name[0], name[1], "truck", truth_t["ABCD".index(name[0]), "ABCD".index(name[1])])
        for name in pairs
    ]
    found, _ = missing_flows(flows, cost, country, "box")
    assert {flow.name for flow in found} == {"gravity-C-D"}  # not B - C, C - B
    assert found[0].tonnes_per_year == pytest.approx(truth_t[2, 3])
