"""Charts: what stands beside an axis is what the axis shows."""

import itertools
import re

import matplotlib.ticker
import pytest
from tests.built import quick_report_data

from lajvard.analysis.report_data import ReportData
from lajvard.report import charts
from lajvard.tables.numbers import tick


@pytest.fixture(scope="module")
def real() -> ReportData:
    return quick_report_data()


@pytest.mark.parametrize("step", [0.25, 0.5, 2.5, 20.0, 2500.0])
def test_tick__reads_back_as_the_value(step: float) -> None:
    values = matplotlib.ticker.MultipleLocator(step).tick_values(0.0, 8 * step)
    for value in values:
        assert float(tick(value).replace(",", "").replace("\N{MINUS SIGN}", "-")) == value


def test_time_cost_distance__has_ticks_at_even_steps(real: ReportData) -> None:
    comparison = real.comparisons[0]
    drawn = charts.time_cost_distance(comparison.ways, comparison.main, dict(real.short))
    numbers = [float(text) for text in re.findall(r">(\d{1,2}(?:\.\d+)?)</text>", drawn)]
    days = numbers[: numbers.index(0.0, 1)]  # the next zero begins another axis
    assert len(days) > 4
    assert len({round(b - a, 6) for a, b in itertools.pairwise(days)}) == 1
