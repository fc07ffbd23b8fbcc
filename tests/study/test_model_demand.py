"""Flows and when their unit loads leave."""

import numpy as np
import pytest
from tests.tiny import changed, tiny_corridor

from lajvard.errors import InputError
from lajvard.study.model_demand import Flow, arrival_curve, flows_of, hours_since, month_starts_h


def test_flows_of__takes_used_rows_with_tonnes() -> None:
    corridor = tiny_corridor()
    assert [flow.name for flow in flows_of(corridor)] == ["D1", "D2"]
    assert flows_of(corridor)[0].tonnes_per_year == 1000
    assert [flow.name for flow in flows_of(changed(corridor, "demand", 2, used="no"))] == ["D2"]
    assert [f.name for f in flows_of(changed(corridor, "demand", 2, tonnes_per_year=""))] == ["D2"]


def test_flows_of__leaves_history_to_its_day() -> None:
    corridor = changed(tiny_corridor(), "demand", 2, until="2020-12-31")
    assert [flow.name for flow in flows_of(corridor)] == ["D2"]
    assert [flow.name for flow in flows_of(corridor.as_of("2020-06-01"))] == ["D1", "D2"]


def test_flow__refuses_what_is_no_season() -> None:
    with pytest.raises(InputError, match="twelve"):
        Flow("D", "A", "B", "truck", 1.0, seasonality=(1.0, 2.0))
    with pytest.raises(InputError, match="ascending"):
        Flow("D", "A", "B", "truck", scheduled_h=(2.0, 1.0))


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
