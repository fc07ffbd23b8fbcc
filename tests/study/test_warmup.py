"""MSER-5 on series whose warm-up is known."""

import math

import numpy as np
import pytest

from lajvard.study.warmup import WarmUp, mser


def by_definition(series: np.ndarray, batch: int) -> int:
    """The cut in batches, as White (1997) writes it."""
    means = [series[at : at + batch].mean() for at in range(0, len(series) - batch + 1, batch)]
    m = len(means)
    spreads = [float(np.var(means[d:]) / (m - d)) for d in range(m // 2 + 1)]
    return int(np.argmin(spreads))


@pytest.mark.parametrize("seed", range(10))
def test_mser__agrees_with_its_definition(seed: int) -> None:
    random = np.random.Generator(np.random.Philox(key=seed))
    series = 20 * (1 - np.exp(-np.arange(365) / 15)) + random.normal(size=365)
    found = mser(series)
    assert found == WarmUp(by_definition(series, 5) * 5, True)
    assert 15 <= found.days <= 90


def test_mser__leaves_nothing_out_of_a_series_that_begins_settled() -> None:
    series = np.random.Generator(np.random.Philox(key=1)).normal(10.0, 1.0, 400)
    assert mser(series).days <= 50


def test_mser__says_when_a_series_never_settles() -> None:
    assert mser(np.arange(200.0)) == WarmUp(0, False)


def test_mser__needs_four_batches() -> None:
    assert mser([1.0] * 19) == WarmUp(0, False)


def test_mser__of_a_constant_series_is_zero() -> None:
    assert mser([3.0] * 100) == WarmUp(0, True)


def test_mser__fills_days_without_a_value() -> None:
    series = [math.nan] * 5 + [0.0] * 5 + [7.0, 8.0, math.nan, 8.0, 7.0] * 20
    assert mser(series) == WarmUp(10, True)


def test_mser__looks_no_further_than_it_is_told() -> None:
    """A warm-up of 20 days, then a season that a longer cut would take away."""
    day = np.arange(365)
    series = 100 * (1 - np.exp(-day / 6)) + 30 * np.exp(-(((day - 110) / 15) ** 2))
    assert mser(series).days > 150
    assert 10 <= mser(series, longest=90).days <= 30
