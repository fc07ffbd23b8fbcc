"""Quantile tables have the moments and the quantiles that they promise."""

import numpy as np
import pytest
from scipy import stats

from lajvard._jit import JIT_ENABLED
from lajvard.errors import InputError
from lajvard.simulation.distributions import FORMS, quantile_table, table_moments
from lajvard.simulation.model import FloatArray
from lajvard.simulation.random_kernels import draw
from lajvard.simulation.state_kernels import REAL, records_of


def drawn(table: FloatArray, p: float) -> float:
    """The value of one table at a probability."""
    memory = records_of(table, REAL)
    return draw(memory.ctypes.data if JIT_ENABLED else memory, 0, p)


HEAVY = (
    [("lognormal", cv) for cv in (0.05, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0)]
    + [("gamma", cv) for cv in (0.05, 0.3, 1.0, 2.0, 4.0)]
    + [("exponential", 1.0), ("triangular", 0.3), ("fixed", 0.0)]
)


@pytest.mark.parametrize(("form", "cv"), HEAVY)
def test_quantile_table__meets_mean_and_second_moment(form: str, cv: float) -> None:
    mean, second = table_moments(quantile_table(form, 3.0, cv))
    assert mean == pytest.approx(3.0, rel=5e-5)
    assert second == pytest.approx(9.0 * (1 + cv * cv), rel=5e-5)


@pytest.mark.parametrize(("form", "cv"), HEAVY)
def test_quantile_table__ascends_from_zero_or_more(form: str, cv: float) -> None:
    table = quantile_table(form, 3.0, cv)
    assert table[0] >= 0
    assert (np.diff(table) >= 0).all()


@pytest.mark.parametrize("cv", [0.2, 0.5, 1.0, 2.0])
def test_quantile_table__has_the_quantiles_of_the_lognormal(cv: float) -> None:
    sigma = np.sqrt(np.log1p(cv * cv))
    exact = stats.lognorm(s=sigma, scale=5.0 * np.exp(-sigma * sigma / 2))
    table = quantile_table("lognormal", 5.0, cv)
    for p in (0.02, 0.1, 0.5, 0.9, 0.99, 0.999):
        assert drawn(table, p) == pytest.approx(exact.ppf(p), rel=0.015)


def test_draw__is_linear_within_a_cell_and_reaches_the_tail() -> None:
    table = quantile_table("exponential", 1.0)
    assert drawn(table, 0.5 + 0.5 / 256) == pytest.approx(
        (drawn(table, 0.5) + drawn(table, 0.5 + 1 / 256)) / 2
    )
    assert drawn(table, 1 - 1e-4) == pytest.approx(-np.log(1e-4), rel=0.01)
    assert drawn(table, 1 - 2.0**-53) <= table[-1]


def test_quantile_table__of_three_corners_has_their_moments() -> None:
    table = quantile_table("triangular", low=1.0, mode=2.0, high=6.0)
    exact = stats.triang(c=0.2, loc=1.0, scale=5.0)
    assert table_moments(table) == pytest.approx((exact.mean(), exact.moment(2)), rel=5e-5)
    assert table[[0, -1]] == pytest.approx([1.0, 6.0], rel=2e-3)


def test_quantile_table__of_observed_times_has_their_moments() -> None:
    values = np.random.default_rng(1).lognormal(1.0, 1.0, 400)
    table = quantile_table("empirical", values=list(values))
    assert table_moments(table) == pytest.approx((values.mean(), (values**2).mean()), rel=5e-5)
    assert np.ptp(quantile_table("empirical", values=[2.0, 2.0])) == 0


@pytest.mark.parametrize(
    ("form", "mean", "cv"),
    [("normal", 1.0, 1.0), ("gamma", -1.0, 1.0), ("gamma", 1.0, np.inf), ("empirical", 1.0, 0.0)],
)
def test_quantile_table__refuses_what_is_no_distribution(form: str, mean: float, cv: float) -> None:
    with pytest.raises(InputError, match="distribution"):
        quantile_table(form, mean, cv)


def test_quantile_table__refuses_corners_out_of_order() -> None:
    with pytest.raises(InputError, match="triangular"):
        quantile_table("triangular", low=2.0, mode=1.0, high=3.0)
    with pytest.raises(InputError, match="triangular"):
        quantile_table("triangular", 1.0, 0.9)


def test_forms__are_all_tested() -> None:
    assert {form for form, _ in HEAVY} | {"empirical"} == set(FORMS)
