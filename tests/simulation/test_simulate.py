"""Replications: what may never happen, and what must not matter."""

import dataclasses
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulation.samples import everything, random_model

from lajvard._jit import JIT_ENABLED
from lajvard.errors import InputError
from lajvard.simulation.build import ModelBuilder
from lajvard.simulation.model import Model, StepKind
from lajvard.simulation.simulate import (
    HISTOGRAM_EDGES_H,
    ActivityColumns,
    Replication,
    simulate_replication,
)

ROOT = Path(__file__).parents[2]
seeds = st.integers(0, 2**32 - 1)


def logged(model: Model, seed: int = 1, **more: Any) -> tuple[Replication, ActivityColumns]:
    result = simulate_replication(model, seed=seed, replication=0, log="all", **more)
    assert result.log is not None
    return result, result.log


def same(one: ActivityColumns, other: ActivityColumns) -> bool:
    pairs: Any = zip(one, other, strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def single(servers: int, rate: float = 1.0, mean: float = 1.8) -> Model:
    b = ModelBuilder(horizon_h=300.0)
    station = b.station("post", servers)
    step = b.step(StepKind.STATION, target=station, distribution=b.time("lognormal", mean, 0.9))
    b.source("lorries", [(1.0, [step])], rate_per_h=rate)
    return b.build()


# ------------------------------------------------------------- what may never happen


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_simulate_replication__loses_nobody_and_never_goes_back_in_time(seed: int) -> None:
    model = random_model(seed)
    result, log = logged(model, seed)
    s = result.statistics
    assert s.n_begun == s.n_ended + s.n_under_way
    assert s.begun_by_day.sum() == s.n_begun
    assert s.routes.journeys.sum() == s.n_ended == s.ended_by_day.sum()
    assert (log.end_s >= log.start_s).all()
    assert (log.end_s <= model.horizon_h * 3600).all()
    order = np.lexsort((log.seq, log.journey))
    together = log.journey[order][1:] == log.journey[order][:-1]
    assert (log.start_s[order][1:] >= log.end_s[order][:-1])[together].all()
    assert (np.diff(log.seq[order])[together] == 1).all()
    assert (log.seq[order][1:][~together] == 0).all()


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_simulate_replication__never_serves_more_than_servers_and_yards_hold(seed: int) -> None:
    model = random_model(seed)
    result, log = logged(model, seed)
    s = result.statistics.stations
    station_step = (model.steps.kind == StepKind.STATION)[log.step] & (log.step >= 0)
    for ix in range(len(model.station_names)):
        part = slice(model.stations.first_shift[ix], model.stations.first_shift[ix + 1])
        rows = np.flatnonzero(station_step & (model.steps.target[log.step] == ix))
        times = np.concatenate([log.start_s[rows], log.end_s[rows]])
        steps = np.concatenate([np.ones(len(rows)), -np.ones(len(rows))])
        busy = np.cumsum(steps[np.lexsort((steps, times))])
        assert busy.max(initial=0) <= model.stations.shift_servers[part].max()
        assert s.busy_h[ix] >= 0
    assert (result.statistics.lines.carried <= result.statistics.lines.offered + 1e-6).all()


def test_simulate_replication__counts_what_the_log_says() -> None:
    model = everything()
    result, log = logged(model)
    queue = result.statistics.stations.queue_by_hour
    hours = (log.end_s - log.start_s) / 3600
    names = np.array(model.activity_names)[log.activity]
    waits = np.isin(names, ["queue", "opening_hours"]).sum()
    assert waits > 10
    assert queue.sum() >= hours[names == "queue"].sum() - 1
    assert (queue > -1e-9).all()
    s = result.statistics
    assert s.stations.wait_histogram.sum(axis=1).tolist() == s.stations.waits.tolist()
    assert s.routes.time_histogram.sum() == s.n_ended
    whole = s.in_system_by_hour.sum()
    ended = s.routes.time_sum_h.sum()
    assert ended <= whole
    assert s.steps_done.sum() > 0
    assert len(HISTOGRAM_EDGES_H) == s.stations.wait_histogram.shape[1]


def test_simulate_replication__counts_the_queue_by_hour() -> None:
    b = ModelBuilder(horizon_h=12.0)
    post = b.station("post", 1)
    step = b.step(StepKind.STATION, target=post, distribution=b.time("fixed", 4.0))
    b.source("lorries", [(1.0, [step])], scheduled_h=[0.5, 1.0, 1.5])
    s = simulate_replication(b.build(), seed=1, replication=0).statistics
    expected = [0, 0.5 + 0, 2, 2, 1.5, 1, 1, 1, 0.5, 0, 0, 0]
    expected[1] = 1 + 0.5
    assert s.stations.queue_by_hour[:, 0] == pytest.approx(expected)
    assert s.stations.wait_sum_h[0] == 3.5 + 7.0
    assert s.stations.busy_h[0] == 8.0
    assert (s.n_begun, s.n_ended, s.n_under_way) == (3, 2, 1)
    assert s.in_system_by_hour.sum() == pytest.approx(4.0 + 7.5 + 10.5)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(1, 4))
def test_simulate_replication__lets_nobody_wait_longer_for_more_servers(
    seed: int, servers: int
) -> None:
    """At one first come, first served station, with the same arrivals and service times."""
    waits = []
    for n in (servers, servers + 1):
        _, log = logged(single(n), seed)
        begin = np.zeros(1000)
        served = log.step >= 0
        begin[log.journey[served]] = log.start_s[served]
        waits.append((set(log.journey[served].tolist()), begin))
    both = np.array(sorted(waits[0][0] & waits[1][0]), dtype=int)
    assert (waits[1][1][both] <= waits[0][1][both]).all()


# ------------------------------------------------------------- what must not matter


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_simulate_replication__does_not_depend_on_the_event_list(seed: int) -> None:
    model = random_model(seed)
    _, heap = logged(model, seed, event_list="heap")
    _, calendar = logged(model, seed, event_list="calendar")
    _, automatic = logged(model, seed)
    assert same(heap, calendar)
    assert same(heap, automatic)


def test_simulate_replication__does_not_depend_on_the_event_list_when_many_are_pending() -> None:
    model = everything(horizon_h=300.0, rate=12.0)
    _, heap = logged(model, event_list="heap")
    _, automatic = logged(model)
    assert same(heap, automatic)


def test_simulate_replication__does_not_depend_on_the_event_list_when_nothing_comes() -> None:
    """A thousand events in a moment make short days; the next are further than all pages ahead."""
    b = ModelBuilder(horizon_h=30000.0)
    first = b.step(StepKind.DELAY, distribution=b.time("lognormal", 0.001, 0.5))
    post = b.step(
        StepKind.STATION, target=b.station("post", 900), distribution=b.time("gamma", 9000.0, 1.0)
    )
    line = b.line("train", b.fleet([]), b.terminal(), b.terminal(), capacity=9.0, max_wait_h=5000.0)
    train = b.step(StepKind.SERVICE, target=line)
    b.source("lorries", [(1.0, [first, post, train])], scheduled_h=[ix * 1e-6 for ix in range(999)])
    model = b.build()
    result, heap = logged(model, event_list="heap")
    _, calendar = logged(model, event_list="calendar")
    assert same(heap, calendar)
    assert result.statistics.n_begun == 999
    assert result.statistics.n_ended > 900


def test_simulate_replication__does_not_depend_on_workers_and_their_order() -> None:
    model = everything()

    def rows(replication: int) -> ActivityColumns:
        log = simulate_replication(model, seed=9, replication=replication, log="all").log
        assert log is not None
        return log

    forwards = [rows(replication) for replication in range(6)]
    with ThreadPoolExecutor(2) as pool:
        backwards = list(pool.map(rows, reversed(range(6))))[::-1]
    assert all(same(a, b) for a, b in zip(forwards, backwards, strict=True))
    assert not same(forwards[0], forwards[1])


def test_simulate_replication__leaves_others_their_draws_when_a_lorry_is_added() -> None:
    def model(more: bool) -> Model:
        b = ModelBuilder(horizon_h=500.0)
        step = b.step(StepKind.DELAY, distribution=b.time("gamma", 3.0, 0.5))
        if more:
            b.source("added", [(1.0, [step])], scheduled_h=[1.0])
        b.source("lorries", [(1.0, [step])], rate_per_h=1.0)
        return b.build()

    _, before = logged(model(False))
    _, after = logged(model(True))
    mine = after.source == 1
    times = sorted(zip(before.start_s.tolist(), before.end_s.tolist(), strict=True))
    assert times == sorted(
        zip(after.start_s[mine].tolist(), after.end_s[mine].tolist(), strict=True)
    )


def test_simulate_replication__shares_draws_between_scenarios() -> None:
    """A scenario that adds a step before leaves the times of the step after it."""

    def hours(extra: bool) -> list[int]:
        b = ModelBuilder(horizon_h=400.0, n_places=2)
        last = b.step(StepKind.DELAY, distribution=b.time("gamma", 3.0, 0.5), place=1)
        first = b.step(StepKind.DELAY, distribution=b.time("fixed", 2.0), place=0)
        b.source("lorries", [(1.0, [first, last] if extra else [last])], rate_per_h=0.5)
        _, log = logged(b.build())
        rows = log.place == 1
        spent = dict(zip(log.journey[rows].tolist(), (log.end_s - log.start_s)[rows], strict=True))
        return [int(spent[j]) for j in range(100)]

    assert np.abs(np.array(hours(True)) - np.array(hours(False))).max() <= 1


def test_simulate_replication__samples_journeys() -> None:
    model = everything()
    _, log = logged(model)
    part = simulate_replication(model, seed=1, replication=0, log="sample", sample_every=5)
    none = simulate_replication(model, seed=1, replication=0)
    assert none.log is None
    assert part.log is not None
    chosen = log.journey % 5 == 0
    assert same(part.log, ActivityColumns(*(column[chosen] for column in log)))
    assert none.statistics.n_ended == part.statistics.n_ended


def test_simulate_replication__keeps_a_share_of_each_step() -> None:
    model = everything()
    result, log = logged(model)
    carried = np.bincount(log.step[log.step >= 0], log.share[log.step >= 0])
    done = result.statistics.steps_done[: len(carried)]
    under_way = result.statistics.n_under_way
    assert (carried >= done * (model.steps.kind[: len(carried)] != StepKind.BRANCH) - 1e-3).all()
    assert carried.sum() <= done.sum() + under_way


# ------------------------------------------------------------- arguments and models


@pytest.mark.parametrize(
    "wrong", [{"seed": -1}, {"seed": 2**32}, {"replication": -1}, {"sample_every": 0}]
)
def test_simulate_replication__refuses_numbers_out_of_range(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match="simulate"):
        simulate_replication(
            single(1),
            **({"seed": 1, "replication": 0, "log": "all"} | wrong),  # type: ignore[arg-type]
        )


def test_simulate_replication__names_all_that_is_wrong_with_a_model() -> None:
    model = single(1)
    steps = model.steps._replace(target=np.array([7], np.int32), skip=np.array([-1], np.int32))
    with pytest.raises(InputError, match=r"steps\.target.*; .*skips"):
        simulate_replication(dataclasses.replace(model, steps=steps), seed=1, replication=0)


# ------------------------------------------------------------- the machine code


INSPECTED = """
import re
from lajvard.simulation.engine_kernels import play
from lajvard.simulation.simulate import simulate_replication
from tests.simulation.test_simulate import single
simulate_replication(single(1), seed=1, replication=0)
code = next(iter(play.overloads.values())).library.get_llvm_str()
assert "define" in code
assert re.search(r"call \\w+ @NRT_(in|de)cref", code) is None
"""
"""Code that comes from a cache cannot be inspected, so it is compiled anew."""


@pytest.mark.skipif(not JIT_ENABLED, reason="nothing is compiled")
def test_play__counts_no_references(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", INSPECTED],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


SCRIPT = """
import sys
if sys.argv[1] == "counting":
    from numba.core.options import DefaultOptions
    del DefaultOptions._nrt
import numpy as np
from lajvard.simulation.build import ModelBuilder
from lajvard.simulation.model import StepKind
from lajvard.simulation.simulate import simulate_replication
b = ModelBuilder(horizon_h=60.0)
post = b.station("post", 1, yard=4)
a, c = b.terminal(), b.terminal()
line = b.line("line", b.fleet([a]), a, c, capacity=2.0, max_wait_h=4.0, empty=1)
b.line("back", 0, c, a, capacity=2.0, empty=1)
steps = [b.step(StepKind.STATION, target=post, distribution=b.time("gamma", 1.0, 0.7)),
         b.step(StepKind.MOVE, distribution=b.time("lognormal", 3.0, 0.7), rule=b.rule(2.0, 1.0)),
         b.step(StepKind.PERMIT, target=b.pool("visa", 6.0)),
         b.step(StepKind.SERVICE, target=line)]
b.source("lorries", [(1.0, steps)], rate_per_h=0.9)
log = simulate_replication(b.build(), seed=3, replication=0, log="all").log
print(len(log.step), [int(np.asarray(c, np.float64).sum() * 1000) for c in log])
"""


def _run(how: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, how],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | environment,
    )
    return done.stdout


def test_play__does_the_same_interpreted() -> None:
    assert _run("plain", LAJVARD_JIT="0") == _run("compiled")


@pytest.mark.validate
def test_play__does_the_same_with_references_counted(tmp_path: Any) -> None:
    assert _run("counting", NUMBA_CACHE_DIR=str(tmp_path)) == _run("compiled")


def test_simulate_replication__plays_many_events_of_one_moment_in_order() -> None:
    b = ModelBuilder(horizon_h=120.0)
    road = b.step(
        StepKind.MOVE,
        distribution=b.time("lognormal", 6.0, 0.3),
        rule=b.rule(9.0, 1.0, (20.0, 4.0)),
    )
    post = b.step(StepKind.STATION, target=b.station("post", 40), distribution=b.time("fixed", 0.1))
    b.source("lorries", [(1.0, [road, post])], rate_per_h=80.0)
    model = b.build()
    first, heap = logged(model, event_list="heap")
    again, calendar = logged(model, event_list="calendar")
    assert same(heap, calendar)
    assert first.n_events == again.n_events
    ends = heap.end_s[heap.activity == model.activity_names.index("night_ban")]
    assert np.unique(ends, return_counts=True)[1].max() > 300


def test_simulate_replication__counts_events_alike_in_whatever_memory() -> None:
    model = everything(horizon_h=300.0, rate=12.0)
    counts = {simulate_replication(model, seed=1, replication=0).n_events for _ in range(3)}
    assert len(counts) == 1


def test_simulate_replication__refuses_more_than_the_memory_holds() -> None:
    with pytest.raises(InputError, match="300,000,000 of them of 'lorries'"):
        simulate_replication(single(1, rate=1e6), seed=1, replication=0)
