"""Waits against hand-worked cases and against simulation of what they describe."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lajvard.network.waits import (
    WEEK_H,
    closed_gaps_h,
    closure_wait,
    departure_gaps_h,
    full_wait,
    gap_wait,
)


def test_gap_wait__of_a_post_open_half_the_day() -> None:
    wait = gap_wait([12.0], 24.0)
    assert wait.mean_h == pytest.approx(12**2 / 48)
    assert wait.var_h2 == pytest.approx(12**3 / 72 - 9)


def test_gap_wait__of_a_regular_departure_is_uniform() -> None:
    wait = gap_wait([6.0], 6.0)
    assert wait == pytest.approx((3.0, 36 / 12))


@given(st.lists(st.floats(0.1, 40), min_size=1, max_size=6))
def test_gap_wait__is_what_random_arrivals_meet(gaps: list[float]) -> None:
    period = sum(gaps) + 10.0
    wait = gap_wait(gaps, period)
    arrival = np.linspace(0, period, 200_001)[:-1] + period / 400_000
    ends = 10.0 + np.cumsum(gaps)
    starts = np.concatenate([[10.0], ends[:-1]])
    inside = (arrival[:, None] >= starts) & (arrival[:, None] < ends)
    waits = (inside * (ends - arrival[:, None])).sum(axis=1)
    assert wait.mean_h == pytest.approx(waits.mean(), rel=1e-3)
    assert wait.var_h2 == pytest.approx(waits.var(), rel=1e-2, abs=1e-6)


def test_closed_gaps_h__with_a_night_shift_over_the_week_s_end() -> None:
    assert closed_gaps_h([(160.0, 172.0)]).tolist() == [156.0]


def test_closed_gaps_h__when_always_open_or_never() -> None:
    assert closed_gaps_h([(24.0 * day, 24.0 * day + 24) for day in range(7)]).tolist() == []
    assert closed_gaps_h([]).tolist() == [WEEK_H]


def test_departure_gaps_h__of_one_weekly_sailing() -> None:
    assert departure_gaps_h([30.0]).tolist() == [WEEK_H]


def test_full_wait__counts_whole_places() -> None:
    assert full_wait(9.6, 2.0) == full_wait(10, 2.0)
    assert full_wait(1.4, 2.0) == (0.0, 0.0)


def test_full_wait__of_a_vessel_for_one() -> None:
    assert full_wait(1, 2.0) == (0.0, 0.0)


@given(st.integers(2, 80), st.floats(0.05, 20))
def test_full_wait__is_half_the_time_to_fill(capacity: int, rate: float) -> None:
    assert full_wait(capacity, rate).mean_h == pytest.approx((capacity - 1) / (2 * rate))


@given(st.integers(2, 60), st.floats(0.1, 5))
def test_full_wait__with_a_very_long_limit_is_as_without(capacity: int, rate: float) -> None:
    limit = 3 * capacity / rate + 30 / rate
    assert full_wait(capacity, rate, limit) == pytest.approx(full_wait(capacity, rate), rel=1e-3)


@given(st.integers(2, 60), st.floats(0.1, 5), st.floats(0.5, 40), st.floats(1.05, 3))
def test_full_wait__grows_with_the_limit(
    capacity: int, rate: float, limit: float, factor: float
) -> None:
    short, long = full_wait(capacity, rate, limit), full_wait(capacity, rate, limit * factor)
    assert 0 < short.mean_h <= long.mean_h + 1e-9
    assert short.mean_h <= limit


@pytest.mark.parametrize(
    ("capacity", "rate", "limit"), [(5, 1.0, 3.0), (53, 2.0, 12.0), (2, 1.0, 1.0), (3, 0.1, 5.0)]
)
def test_full_wait__is_what_simulated_vessels_do(capacity: int, rate: float, limit: float) -> None:
    rng = np.random.default_rng(7)
    gaps = rng.exponential(1 / rate, (40_000, capacity - 1))
    arrival = np.concatenate([np.zeros((40_000, 1)), gaps.cumsum(axis=1)], axis=1)
    leave = np.minimum(arrival[:, -1], limit)[:, None]
    waits = (leave - arrival)[arrival <= leave]
    wait = full_wait(capacity, rate, limit)
    assert wait.mean_h == pytest.approx(waits.mean(), rel=0.02)
    assert wait.var_h2 == pytest.approx(waits.var(), rel=0.03)


def test_closure_wait__is_what_an_alternating_process_does() -> None:
    share, wait = closure_wait(40, 30)
    rng = np.random.default_rng(3)
    up = rng.exponential(30 * (1 - share) / share, 20_000)
    down = rng.exponential(30.0, 20_000)
    ends = np.cumsum(up + down)
    arrival = rng.uniform(0, ends[-1], 400_000)
    cycle = np.searchsorted(ends, arrival)
    waits = np.maximum(0, np.minimum(ends[cycle] - arrival, down[cycle]))
    waits[ends[cycle] - arrival > down[cycle]] = 0.0
    assert wait.mean_h == pytest.approx(waits.mean(), rel=0.05)
    assert wait.var_h2 == pytest.approx(waits.var(), rel=0.1)


def test_closure_wait__never_takes_the_whole_year() -> None:
    assert closure_wait(366, 8760)[0] == 0.95
