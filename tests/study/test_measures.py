"""Measures: what the counts of the engine say, by hand and against the journey log."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.study.small import small_model

from lajvard.simulation.build import ModelBuilder
from lajvard.simulation.model import StepKind
from lajvard.simulation.simulate import HISTOGRAM_EDGES_H, simulate_replication
from lajvard.study.measures import (
    KINDS,
    daily_series,
    histogram_quantile,
    measures_of,
    values_of,
    without,
)

MODEL = small_model()
WHOLE = simulate_replication(MODEL, seed=3, replication=0, log="all")


def measured(days: float = 60.0) -> dict[str, float]:
    keys = [measure.key for measure in measures_of(MODEL)]
    return dict(zip(keys, values_of(MODEL, WHOLE.statistics, days), strict=True))


def test_measures_of__names_the_things_of_a_model() -> None:
    measures = measures_of(MODEL)
    assert [m.key for m in measures][:3] == ["journey_h", "journey_p95_h", "cost_usd"]
    assert {m.by for m in measures} == {"", "flow", "route", "station", "line"}
    assert {m.name for m in measures} <= set(KINDS)
    assert len({m.key for m in measures}) == len(measures)


def test_values_of__agree_with_the_log() -> None:
    log = WHOLE.log
    assert log is not None
    hours = (log.end_s - log.start_s) / 3600.0
    at_post = log.place == 0
    found = measured()
    assert found["station_h/post"] == pytest.approx(
        hours[at_post].sum() / np.isin(log.activity, 11).sum(), rel=0.02
    )
    waits, boarded = log.activity == 4, log.activity == 12
    mean_wait_h = hours[waits].sum() / boarded.sum()
    assert found["line_wait_h/ferry"] == pytest.approx(mean_wait_h, rel=0.05)
    ended = WHOLE.statistics.routes.journeys
    assert found["arrived_per_day"] == ended.sum() / 60.0
    both = found["journey_h/by ferry"] * ended[0] + found["journey_h/by road"] * ended[1]
    assert found["journey_h"] == pytest.approx(both / ended.sum())
    assert found["journey_h/A-B"] == found["journey_h"]


def test_values_of__cost_is_that_of_a_whole_journey() -> None:
    ferry, road = 550.0, 1050.0
    assert 0.6 * ferry + 0.4 * road == pytest.approx(measured()["cost_usd"], rel=0.03)


def test_values_of__leave_background_out_of_journeys() -> None:
    filler = replace(MODEL, class_names=("background",))
    measures = measures_of(filler)
    assert {m.by for m in measures} == {"", "station", "line"}
    values = values_of(filler, WHOLE.statistics, 60.0)
    assert math.isnan(values[0])
    assert not math.isnan(values[-1])


def test_measures_of__routes_keep_their_name_in_another_order() -> None:
    numbered = replace(MODEL, route_names=("A-B 1: by ferry", "A-B 2: by road"))
    turned = replace(MODEL, route_names=("A-B 2: by ferry", "A-B 1: by road"))
    assert measures_of(numbered) == measures_of(turned)
    twice = replace(MODEL, route_names=("A-B 1: by road", "A-B 2: by road"))
    assert [m.of for m in measures_of(twice) if m.by == "route"] == ["A-B: by road"] * 2


@pytest.mark.parametrize("days", [10, 25])
def test_without__takes_the_beginning_away(days: int) -> None:
    beginning = simulate_replication(replace(MODEL, horizon_h=days * 24.0), seed=3, replication=0)
    left = without(WHOLE.statistics, beginning.statistics)
    whole, first = WHOLE.statistics, beginning.statistics
    np.testing.assert_array_equal(whole.ended_by_day[:days], first.ended_by_day)
    np.testing.assert_array_equal(whole.begun_by_day[:days], first.begun_by_day)
    assert left.routes.journeys.sum() == whole.ended_by_day[days:].sum()
    assert left.routes.time_sum_h.sum() == pytest.approx(whole.time_sum_by_day_h[days:].sum())
    assert left.stations.wait_histogram.min() >= 0
    assert left.ended_by_day is whole.ended_by_day


def test_daily_series__is_who_is_under_way() -> None:
    series = daily_series([WHOLE.statistics])
    assert series.shape == (60,)
    assert series[0] < series[10:].mean()
    found = measured()
    little = found["arrived_per_day"] / 24 * found["journey_h"]
    assert series[10:].mean() == pytest.approx(little, rel=0.1)


@pytest.mark.parametrize("q", [0.05, 0.5, 0.95])
def test_histogram_quantile__is_near_that_of_the_times(q: float) -> None:
    times = np.random.Generator(np.random.Philox(key=1)).lognormal(3.0, 0.5, 5000)
    cells = np.searchsorted(HISTOGRAM_EDGES_H, times, side="right") - 1
    counts = np.bincount(cells, minlength=len(HISTOGRAM_EDGES_H)).astype(float)
    assert histogram_quantile(counts, q) == pytest.approx(np.quantile(times, q), rel=0.03)


def test_histogram_quantile__of_nothing_is_none_and_of_the_last_cell_its_edge() -> None:
    counts = np.zeros(len(HISTOGRAM_EDGES_H))
    assert math.isnan(histogram_quantile(counts, 0.5))
    counts[-1] = 3.0
    assert histogram_quantile(counts, 0.5) == HISTOGRAM_EDGES_H[-1]


def test_values_of__station_time_has_the_inspections_of_the_channels() -> None:
    b = ModelBuilder(horizon_h=5000.0)
    green, more = b.time("exponential", 1.0), b.time("fixed", 1.0)
    steps = [
        b.step(StepKind.STATION, target=b.station("post", 9), distribution=green),
        b.step(StepKind.BRANCH, activity="inspection", probability=0.7, skip=3),
        b.step(StepKind.DELAY, activity="inspection", distribution=more, scale=2.0),
        b.step(StepKind.BRANCH, activity="inspection", probability=0.8, skip=1),
        b.step(StepKind.DELAY, activity="inspection", distribution=more, scale=5.0),
        b.step(StepKind.STATION, target=b.station("other", 9), distribution=green),
    ]
    b.source("lorries", [(1.0, steps)], rate_per_h=1.0)
    model = b.build()
    done = simulate_replication(model, seed=1, replication=0, log="all")
    assert done.log is not None
    keys = [measure.key for measure in measures_of(model)]
    found = dict(zip(keys, values_of(model, done.statistics, 200.0), strict=True))
    hours = (done.log.end_s - done.log.start_s) / 3600.0
    at_other = done.log.step == 5
    mean = hours[~at_other].sum() / (done.log.step == 0).sum()
    assert found["station_h/post"] == pytest.approx(mean, rel=1e-3)
    assert found["station_h/post"] == pytest.approx(1 + 0.3 * 2 + 0.06 * 5, abs=0.1)
    assert found["station_h/other"] == pytest.approx(hours[at_other].mean(), rel=1e-3)
