"""Closed times, servers and capacities by the clock, before anything is played."""

import dataclasses

import numpy as np
import pytest

from lajvard.simulation.build import ModelBuilder
from lajvard.simulation.model import Model, StepKind
from lajvard.simulation.random_kernels import make_key
from lajvard.simulation.timelines import (
    capacity_times,
    closed_times,
    next_start,
    server_times,
)

JANUARY_H = 31 * 24.0
STREAM = np.zeros(2, np.uint32)


def winter(*, left: float = 0.5, servers: int = 4, units: float = 1.0) -> Model:
    """A post and a ferry that lose some capacity six times each January, and works at the post."""
    b = ModelBuilder(horizon_h=8760.0)
    snow = b.gate("snow", rate_per_h=6 / 600, mean_closed_h=24.0, months=1, left=left)
    works = b.gate("works", left=0.3, dated=[(4000.0, 4100.0)])
    post = b.station("post", shifts=[(0.0, servers), (5000.0, 0), (5010.0, servers)], gates=[snow])
    b.station("both", servers, gates=[snow, works])
    here, there = b.terminal(), b.terminal()
    line = b.line("ferry", b.fleet(), here, there, capacity=10.0, losses=[snow, works])
    b.line("other", b.fleet(), here, there, capacity=10.0)
    sail = b.step(StepKind.SERVICE, target=line, units=units)
    b.source("lorries", [(1.0, [b.step(StepKind.STATION, target=post), sail])], rate_per_h=0.1)
    return b.build()


def test_closed_times__are_as_many_as_described_and_begin_in_their_season() -> None:
    model = winter()
    closures = []
    for replication in range(200):
        first, closed = closed_times(model, STREAM, make_key(1, replication))
        closures.append(closed[first[0] : first[1]])
    numbers = np.array([len(found) for found in closures])
    lengths = np.concatenate([found["until"] - found["begin"] for found in closures])
    assert np.concatenate([found["begin"] for found in closures]).max() < JANUARY_H
    expected = 6 / 600 * (JANUARY_H - 24 * numbers.mean())
    assert abs(numbers.mean() - expected) < 4 * numbers.std() / np.sqrt(len(numbers))
    assert abs(lengths.mean() - 24) < 4 * 24 / np.sqrt(len(lengths))


def test_server_times__leave_a_share_while_a_gate_is_closed() -> None:
    model = winter()
    first_closed, closed = closed_times(model, STREAM, make_key(1, 0))
    first, change = server_times(model, first_closed, closed)
    post, both = change[: first[1]], change[first[1] :]
    snow = closed[first_closed[0] : first_closed[1]]
    assert len(snow) > 1
    assert post["when"][1:-2].tolist() == np.ravel(snow.tolist()).tolist()
    assert post["servers"].tolist() == [4, *[2, 4] * len(snow), 0, 4]
    assert both["when"][-2:].tolist() == [4000.0, 4100.0]
    assert both["servers"][-2:].tolist() == [1, 4]


@pytest.mark.parametrize(("left", "servers", "works"), [(0.1, 4, 1), (0.5, 1, 1), (0.0, 4, 0)])
def test_server_times__leave_at_least_one_unless_all_is_shut(
    left: float, servers: int, works: int
) -> None:
    model = winter(left=left, servers=servers)
    _, change = server_times(model, *closed_times(model, STREAM, make_key(1, 0)))
    assert change["servers"][change["when"] < JANUARY_H].min() == works


def test_server_times__leave_the_least_of_two_gates() -> None:
    model = winter()
    same = model.gates._replace(left=np.array([0.25, 0.75]))
    both = dataclasses.replace(model, gates=same)
    first_closed = np.array([0, 1, 2], np.int32)
    closed = np.array([(100.0, 300.0), (200.0, 400.0)], [("begin", "f8"), ("until", "f8")])
    first, change = server_times(both, first_closed, closed)
    assert change[first[1] :][["when", "servers"]].tolist() == [
        *((0.0, 4), (100.0, 1), (300.0, 3), (400.0, 4))
    ]


@pytest.mark.parametrize(("units", "during"), [(1.0, 3.0), (4.0, 4.0)])
def test_capacity_times__leave_room_for_one(units: float, during: float) -> None:
    model = winter(units=units)
    first_closed, closed = closed_times(model, STREAM, make_key(1, 0))
    first, cut = capacity_times(model, first_closed, closed)
    assert first[2] == first[1]  # the other line loses nothing
    n_snow = int(first_closed[1])
    assert cut["capacity"].tolist() == [*[5.0, 10.0] * n_snow, during, 10.0]
    assert cut["when"][-2:].tolist() == [4000.0, 4100.0]


YEAR = [730.5 * month for month in range(13)]


@pytest.mark.parametrize("months", [0b111111111111, 0b000000000001, 0b100000000110])
@pytest.mark.parametrize("hours", [0.0, 700.0, 730.5, 5000.0, 60_000.0])
def test_next_start__counts_the_hours_in_season(months: int, hours: float) -> None:
    after = 1000.0
    begin = next_start(1.0, months, YEAR, after, hours)
    step = 0.5
    middles = np.arange(after + step / 2, begin, step)
    in_season = (months >> (np.floor(middles % YEAR[12] / 730.5).astype(int)) & 1).astype(bool)
    assert in_season.sum() * step == pytest.approx(hours, abs=step)


@pytest.mark.parametrize("rate", [1e-12, 1e-300, 5e-324])
def test_next_start__of_what_hardly_ever_happens_takes_no_time_to_find(rate: float) -> None:
    assert next_start(rate, 0b1, YEAR, 0.0, 1.0) > 1e12
