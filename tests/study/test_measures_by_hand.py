"""Measures of counts that are stated, so that each is a small sum."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.study.small import floats, ints, small_model

from lajvard.simulation.model import Model, Pools, StepKind
from lajvard.simulation.simulate import (
    HISTOGRAM_EDGES_H,
    LineStatistics,
    PoolStatistics,
    RouteStatistics,
    StationStatistics,
    Statistics,
)
from lajvard.study.measures import (
    daily_series,
    histogram_quantile,
    measures_of,
    values_of,
    without,
)

MODEL = replace(small_model(), pools=Pools(floats(1), floats(1)), pool_names=("permits",))
NAMES = MODEL.activity_names
N_CELLS = len(HISTOGRAM_EDGES_H)


def cells(*numbers: int) -> np.ndarray:
    """One row with a count in each of these cells."""
    row = np.zeros((1, N_CELLS), np.int64)
    np.add.at(row[0], list(numbers), 1)
    return row


STATIONS = StationStatistics(
    arrivals=ints(11),
    waits=ints(10),
    wait_sum_h=floats(30),
    wait_squares_h2=floats(100),
    wait_histogram=cells(1),
    queue_by_hour=np.zeros((48, 1)),
    longest_queue=ints(4),
    busy_h=floats(25),
    blocked_h=floats(10),
    offered_h=floats(100),
    closed_h=floats(8),
    outside_h=floats(5),
)
LINES = LineStatistics(
    departures=ints(2),
    empties=ints(0),
    carried=floats(15),
    offered=floats(20),
    waits=ints(5),
    wait_sum_h=floats(60),
    wait_squares_h2=floats(900),
    wait_histogram=cells(1),
    queue_by_hour=np.zeros((48, 1)),
)
ROUTES = RouteStatistics(
    started=ints(6, 8),
    journeys=ints(4, 6),
    time_sum_h=floats(80, 240),
    time_squares_h2=floats(2000, 10000),
    time_histogram=np.concatenate([cells(49, 49, 49, 49), cells(50, 50, 50, 50, 50, 50)]),
    cost_usd=floats(2500, 7000),
    emission_kgco2e=floats(1000, 1400),
)
COUNTS = Statistics(
    stations=STATIONS,
    lines=LINES,
    routes=ROUTES,
    pools=PoolStatistics(ints(2), floats(9), floats(50), cells(1), np.zeros((48, 1))),
    steps_done=ints(6, 5, 4, 8, 7, 6),
    in_system_by_hour=np.repeat(floats(2, 4), 24),
    begun_by_day=ints(7, 7),
    ended_by_day=ints(4, 6),
    time_sum_by_day_h=floats(100, 220),
    time_squares_by_day_h2=floats(1, 1),
    n_begun=14,
    n_ended=10,
    n_under_way=4,
)
"""At the post 10 stays, on the ferry 5 waits, for permits 2; 4 journeys by ferry, 6 by road."""


def counts(**more: object) -> Statistics:
    """The counts, with others for some."""
    return COUNTS._replace(**more)  # type: ignore[arg-type]


def measured(found: Statistics, days: float = 2.0, model: Model = MODEL) -> dict[str, float]:
    keys = [measure.key for measure in measures_of(model)]
    return dict(zip(keys, values_of(model, found, days).tolist(), strict=True))


def test_values_of__each_is_a_sum_over_a_count() -> None:
    found = measured(counts())
    assert found["station_h/post"] == pytest.approx((30 + 25 + 10 + 5) / 10)
    assert found["station_wait_h/post"] == pytest.approx((30 + 5) / 10)
    assert found["busy_share/post"] == pytest.approx(25 / 100)
    assert found["line_wait_h/ferry"] == pytest.approx(60 / 5)
    assert found["load_share/ferry"] == pytest.approx(15 / 20)
    assert found["permit_wait_h/permits"] == pytest.approx(9 / 2)
    assert found["journey_h"] == pytest.approx((80 + 240) / (4 + 6))
    assert found["journey_h/by ferry"] == pytest.approx(80 / 4)
    assert found["journey_h/by road"] == pytest.approx(240 / 6)
    assert found["arrived_per_day"] == pytest.approx(10 / 2)
    assert found["arrived_per_day/by road"] == pytest.approx(6 / 2)


def test_values_of__a_delay_after_a_station_is_added_if_it_is_an_inspection() -> None:
    # of the 5 who leave the post by step 1, 4 are delayed by step 2, for 3 h each
    kinds = MODEL.steps.kind.copy()
    kinds[2] = StepKind.DELAY
    delay = MODEL.steps._replace(kind=kinds, scale=floats(1, 1, 3, 1, 1, 1))
    loading = replace(MODEL, steps=delay)
    assert measured(COUNTS, model=loading)["station_h/post"] == pytest.approx(7)
    names = tuple("inspection" if ix == 12 else name for ix, name in enumerate(NAMES))
    inspected = replace(loading, activity_names=names)
    found = measured(COUNTS, model=inspected)
    assert found["station_h/post"] == pytest.approx(7 + 4 * 3 / 5)
    assert found["station_wait_h/post"] == pytest.approx(3.5)
    assert found["journey_h"] == pytest.approx(32)


def test_values_of__who_is_under_way_has_done_half_of_the_steps() -> None:
    found = measured(counts())
    assert found["cost_usd"] == pytest.approx(9500 / ((14 + 10) / 2))
    assert found["emission_kgco2e/A-B"] == pytest.approx(2400 / ((14 + 10) / 2))


def test_values_of__the_95th_of_100_lies_in_the_cell_of_the_longer_times() -> None:
    # 4 of 1 to 1.25 h, then 6 of 1.25 to 1.5 h: 9.5 of 10 is 5.5 of these 6
    assert HISTOGRAM_EDGES_H[49:52].tolist() == [1.0, 1.25, 1.5]
    assert measured(counts())["journey_p95_h"] == pytest.approx(1.25 + 0.25 * 5.5 / 6)


def test_values_of__nothing_counted_is_not_a_number() -> None:
    begun = counts().routes._replace(
        journeys=ints(0, 0), time_histogram=np.zeros((2, N_CELLS), np.int64)
    )
    stations = counts().stations._replace(waits=ints(0), offered_h=floats(0))
    found = measured(counts(routes=begun, stations=stations))
    nothing = ("journey_h", "journey_p95_h", "cost_usd", "emission_kgco2e", "station_h/post")
    for name in (*nothing, "station_wait_h/post", "busy_share/post"):
        assert math.isnan(found[name]), name
    assert found["arrived_per_day"] == 0
    assert math.isnan(measured(counts(), days=0.0)["arrived_per_day"])


def test_without__leaves_differences_and_what_is_a_series_or_a_record() -> None:
    first = counts(n_begun=5, n_ended=3, steps_done=ints(1, 1, 1, 1, 1, 1))
    left = without(counts(), first)
    assert (left.n_begun, left.n_ended) == (9, 7)
    assert left.steps_done.tolist() == [5, 4, 3, 7, 6, 5]
    assert left.stations.waits.tolist() == [0]
    assert left.stations.longest_queue.tolist() == [4]
    assert left.in_system_by_hour.tolist() == counts().in_system_by_hour.tolist()
    assert left.ended_by_day.tolist() == [4, 6]


def test_daily_series__is_the_mean_of_whole_days_over_replications() -> None:
    assert daily_series([counts()]).tolist() == [2, 4]
    longer = counts(in_system_by_hour=np.repeat(floats(6, 0), 24))
    assert daily_series([counts(), longer]).tolist() == [4, 2]
    part = counts(in_system_by_hour=np.repeat(floats(6, 3), (24, 5)))
    assert daily_series([part]).tolist() == [6]


@pytest.mark.parametrize(("q", "hours"), [(0.2, 1.0), (0.5, 1.0), (0.75, 1.125), (1.0, 1.25)])
def test_histogram_quantile__is_linear_within_its_cell(q: float, hours: float) -> None:
    below, row = int(np.searchsorted(HISTOGRAM_EDGES_H, 1.0)), np.zeros(N_CELLS)
    row[below - 1] = 1
    row[below] = 1
    low = float(HISTOGRAM_EDGES_H[below - 1])
    wanted = low + (1.0 - low) * q / 0.5 if q < 0.5 else hours
    assert histogram_quantile(row, q) == pytest.approx(wanted)
