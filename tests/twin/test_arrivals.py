"""When unit loads leave."""

import numpy as np
import pytest

from lajvard.case.years import hours_since, month_starts_h
from lajvard.twin.arrivals import arrival_curve


def test_arrival_curve__follows_the_season() -> None:
    season = (2.0, *(1.0,) * 10, 0.0)
    hours, total = arrival_curve(1000.0, 2025, seasonality=season)
    assert hours.tolist() == month_starts_h(2025).tolist()
    assert total[-1] == pytest.approx(1000.0)
    part = np.diff(total)
    assert part[0] / 31 == pytest.approx(2 * part[1] / 28)
    assert part[11] == 0


def test_arrival_curve__follows_the_week() -> None:
    week = (1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0)
    hours, total = arrival_curve(365.0, 2025, weekdays=week)
    first_sunday = 4  # 1 January 2025 is a Wednesday
    part = np.diff(total)
    assert len(hours) == 366
    assert part[first_sunday] == 0
    assert part[first_sunday - 1] == pytest.approx(part[0] / 2)
    assert total[-1] == pytest.approx(365.0)


def test_arrival_curve__goes_on_beyond_the_year() -> None:
    hours, total = arrival_curve(100.0, 2025, until_h=9000.0)
    assert hours[-1] >= 9000.0
    assert np.interp(8760.0, hours, total) == pytest.approx(100.0)
    assert (np.diff(hours) > 0).all()


def test_hours_since__counts_leap_days() -> None:
    assert hours_since(2024, "2024-03-01") == (31 + 29) * 24
    assert month_starts_h(2024)[12] == 8784
