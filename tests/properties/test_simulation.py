"""What must hold in every replication of any model."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.simulation import models
from tests.simulation.models import Small, corridor

from lajvard.simulation.build import ModelBuilder
from lajvard.simulation.model import Model, StepKind
from lajvard.simulation.simulate import (
    ActivityColumns,
    LogChoice,
    Replication,
    Statistics,
    simulate_replication,
)

SEED = 7
PLAIN = Small()
FULL = Small(rates_per_h=(1.4, 1.1), yard=1, closing_per_h=0.1, patience_h=1.0)
NIGHT = Small(shifts=((0.0, 2), (60.0, 0), (90.0, 3), (150.0, 1)), quota=8.0)
HEADWAY = Small(operation=1, vessels=1, capacity=3.0)
TIMETABLE = Small(operation=2, units=(1.0, 1.5), yard=3)

smalls = st.builds(
    Small,
    horizon_h=st.sampled_from([60.0, 200.5, 400.0]),
    rates_per_h=st.tuples(st.floats(0.05, 2.0), st.floats(0.0, 2.0)),
    priorities=st.sampled_from([(0, 1), (1, 0), (0, 0)]),
    servers=st.tuples(st.integers(1, 4), st.integers(1, 3)),
    shifts=st.sampled_from([(), NIGHT.shifts, ((0.0, 0), (30.0, 2), (30.5, 1))]),
    yard=st.sampled_from([-1, 1, 2, 5]),
    form=st.sampled_from(["lognormal", "gamma", "exponential", "fixed"]),
    cv=st.floats(0.1, 2.0),
    capacity=st.sampled_from([2.0, 3.5, 10.0]),
    operation=st.integers(0, 2),
    max_wait_h=st.sampled_from([0.0, 12.0, np.inf]),
    headway_h=st.floats(1.0, 30.0),
    vessels=st.integers(1, 2),
    berths=st.sampled_from([-1, 1]),
    units=st.sampled_from([(1.0, 1.0), (1.0, 2.0), (0.7, 1.3)]),
    quota=st.sampled_from([0.0, 3.0, 20.0, np.inf]),
    closing_per_h=st.sampled_from([0.0, 0.02, 0.5]),
    closed_h=st.floats(0.1, 20.0),
    patience_h=st.sampled_from([0.0, 3.0, np.inf]),
    driving_h=st.floats(0.5, 20.0),
    ban=st.sampled_from([(np.nan, np.nan), (22.0, 5.0), (1.0, 4.0)]),
    skipped=st.floats(0.0, 1.0),
    around=st.floats(0.0, 1.0),
)
any_small = given(small=smalls, replication=st.integers(0, 1000))
few = settings(max_examples=40)


def played(model: Model, replication: int = 0, log: LogChoice = "all") -> Replication:
    return simulate_replication(model, seed=SEED, replication=replication, log=log)


def rows(result: Replication) -> ActivityColumns:
    assert result.log is not None
    return result.log


def arrays(statistics: Statistics) -> Iterator[NDArray[Any]]:
    """All numbers of the statistics."""
    for part in statistics:
        for item in part if isinstance(part, tuple) else (part,):
            yield np.asarray(item)


def same_statistics(one: Replication, other: Replication) -> bool:
    pairs = zip(arrays(one.statistics), arrays(other.statistics), strict=True)
    return all(a.tobytes() == b.tobytes() for a, b in pairs)


def same_log(one: Replication, other: Replication) -> bool:
    return all(
        getattr(rows(one), name).tobytes() == getattr(rows(other), name).tobytes()
        for name in ActivityColumns._fields
    )


def most_at_once(start: NDArray[np.int64], end: NDArray[np.int64]) -> int:
    """Largest number of intervals that overlap; one may begin in the second another ends."""
    longer = end > start
    start, end = start[longer], end[longer]
    when = np.concatenate([end, start])
    step = np.concatenate([-np.ones(len(end), int), np.ones(len(start), int)])
    order = np.argsort(when, kind="stable")
    return int(np.cumsum(step[order]).max(initial=0))


# ------------------------------------------------------------- one replication


@few
@any_small
@example(PLAIN, 0)
@example(FULL, 0)
@example(NIGHT, 0)
@example(HEADWAY, 0)
@example(TIMETABLE, 0)
def test_all_who_began_have_ended_or_are_under_way(small: Small, replication: int) -> None:
    model = corridor(small)
    statistics = played(model, replication, "none").statistics
    assert statistics.n_begun == statistics.n_ended + statistics.n_under_way
    assert statistics.n_begun == statistics.begun_by_day.sum()
    assert statistics.n_begun == statistics.routes.started.sum()
    assert statistics.n_ended == statistics.ended_by_day.sum()
    assert statistics.n_ended == statistics.routes.journeys.sum()
    assert statistics.n_under_way >= 0
    assert (statistics.begun_by_day.cumsum() >= statistics.ended_by_day.cumsum()).all()
    for part in (statistics.stations, statistics.lines, statistics.pools):
        assert (part.wait_histogram.sum(axis=1) == part.waits).all()
    assert (statistics.stations.arrivals >= statistics.stations.waits).all()


@few
@any_small
@example(PLAIN, 0)
@example(FULL, 0)
@example(TIMETABLE, 0)
def test_no_time_is_negative(small: Small, replication: int) -> None:
    result = played(corridor(small), replication)
    log = rows(result)
    assert (log.start_s >= 0).all()
    assert (log.end_s >= log.start_s).all()
    assert (log.end_s <= small.horizon_h * 3600).all()
    assert ((log.share >= 0) & (log.share <= 1 + 1e-6)).all()
    assert all((part >= -1e-9).all() for part in arrays(result.statistics))


@few
@any_small
@example(PLAIN, 0)
@example(FULL, 0)
@example(NIGHT, 0)
@example(HEADWAY, 0)
@example(TIMETABLE, 0)
def test_activities_of_a_journey_follow_each_other(small: Small, replication: int) -> None:
    log = models.in_order(rows(played(corridor(small), replication)))
    same = log.journey[1:] == log.journey[:-1]
    assert (log.seq[1:][same] == log.seq[:-1][same] + 1).all()
    assert (log.seq[1:][~same] == 0).all()
    assert (log.start_s[1:][same] == log.end_s[:-1][same]).all()


@few
@any_small
@example(PLAIN, 0)
@example(FULL, 0)
def test_no_server_serves_two(small: Small, replication: int) -> None:
    """Those who have no room ahead keep their server, too."""
    model = corridor(replace(small, shifts=()))
    log = models.in_order(rows(played(model, replication)))
    kind, target = models.kinds(model, log), models.targets(model, log)
    end = log.end_s.astype(np.int64)
    ahead = model.steps.ahead[log.step] >= 0
    follows = (log.journey[1:] == log.journey[:-1]) & (
        log.activity[1:] == model.activity_names.index("yard")
    )
    held = np.append(follows, False) & ahead & (kind == StepKind.STATION)
    end[held] = end[np.flatnonzero(held) + 1]
    for station, servers in enumerate((*small.servers, 2)):  # the last is the scanner
        here = (kind == StepKind.STATION) & (target == station)
        assert most_at_once(log.start_s[here].astype(np.int64), end[here]) <= servers


@few
@any_small
@example(FULL, 0)
def test_no_yard_holds_more_than_it_has_room_for(small: Small, replication: int) -> None:
    """From the end of the exit post, where the place is taken, to the end of the entry post."""
    model = corridor(replace(small, yard=max(small.yard, 1)))
    log = models.in_order(rows(played(model, replication)))
    at = models.kinds(model, log) == StepKind.STATION
    target = models.targets(model, log)
    start, end, journey = (c[at & (target == 1)] for c in (log.start_s, log.end_s, log.journey))
    assert most_at_once(start.astype(np.int64), end.astype(np.int64)) <= small.servers[1]
    begun = {int(j): int(s) for j, s in zip(journey, start, strict=True)}
    queued = np.flatnonzero(np.append(False, at[:-1] & (target[:-1] == 0)))
    waits = [q for q in queued if log.activity[q] == 0 and int(log.journey[q]) in begun]
    first = {int(log.journey[q]): int(log.start_s[q]) for q in waits}
    inside = np.array([first.get(int(j), int(s)) for j, s in zip(journey, start, strict=True)])
    assert most_at_once(inside.astype(np.int64), end.astype(np.int64)) <= max(small.yard, 1)


@few
@any_small
@example(PLAIN, 0)
@example(HEADWAY, 0)
@example(TIMETABLE, 0)
def test_no_departure_is_fuller_than_it_is(small: Small, replication: int) -> None:
    """Those of one departure sail at one moment and arrive at one moment."""
    model = corridor(replace(small, form="lognormal"))
    result = played(model, replication)
    log, lines = rows(result), result.statistics.lines
    assert (lines.carried <= lines.offered + 1e-9).all()
    most = lines.departures * model.lines.capacity
    assert ((most / 2 <= lines.offered + 1e-9) & (lines.offered <= most + 1e-9)).all()
    aboard = models.kinds(model, log) == StepKind.SERVICE
    sailing = np.stack([log.start_s[aboard], log.end_s[aboard]], axis=1)
    _, which = np.unique(sailing, axis=0, return_inverse=True)
    carried = np.bincount(which.ravel(), model.steps.units[log.step[aboard]])
    assert (carried <= small.capacity + 1e-9).all()
    assert carried.sum() <= lines.carried.sum() + 1e-9
    if small.operation == 0 and np.isinf(small.max_wait_h) and small.units == (1.0, 1.0):
        assert (lines.offered - lines.carried < np.maximum(lines.departures, 1)).all()


# ------------------------------------------------------------- two replications


@few
@given(
    servers=st.integers(1, 4),
    rate=st.floats(0.2, 5.0),
    form=st.sampled_from(["lognormal", "exponential", "gamma", "fixed"]),
    cv=st.floats(0.1, 2.5),
    replication=st.integers(0, 1000),
)
def test_more_servers_never_make_anyone_wait_longer(
    servers: int, rate: float, form: str, cv: float, replication: int
) -> None:
    """Kiefer, Wolfowitz (1955): the vector of work left is smaller, component by component."""

    def starts(n: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        model = models.queue(servers=n, rate_per_h=rate, form=form, cv=cv, horizon_h=200.0)
        log = rows(played(model, replication))
        served = log.step >= 0
        return log.journey[served], log.start_s[served]

    (few_who, few_start), (many_who, many_start) = starts(servers), starts(servers + 1)
    later = dict(zip(few_who.tolist(), few_start.tolist(), strict=True))
    sooner = dict(zip(many_who.tolist(), many_start.tolist(), strict=True))
    assert set(later) <= set(sooner)
    assert all(sooner[who] <= begin for who, begin in later.items())


@few
@given(rate=st.floats(0.1, 3.0), replication=st.integers(0, 1000), servers=st.integers(1, 3))
def test_a_further_source_moves_nobody_elses_draws(
    rate: float, replication: int, servers: int
) -> None:
    def model(further: bool) -> Model:
        b = ModelBuilder(horizon_h=150.0)
        post, time = b.station("post", servers), b.time("lognormal", 1.0, 1.0)
        serve = b.step(StepKind.STATION, target=post, distribution=time)
        start = b.step(StepKind.DELAY, distribution=b.time("fixed", 0.01))
        road = b.step(StepKind.MOVE, distribution=b.time("gamma", 5.0, 0.5))
        around = b.step(StepKind.MOVE, distribution=b.time("gamma", 9.0, 0.5))
        routes = [(0.6, [start, road, serve]), (0.4, [start, serve, around])]
        b.source("lorries", routes, rate_per_h=1.0)
        if further:
            b.source("others", routes, rate_per_h=rate)
        return b.build()

    def drawn(further: bool) -> list[list[tuple[int, int]]]:
        """Beginning of each journey of the first source, and its steps with their durations."""
        log = models.in_order(rows(played(model(further), replication)))
        first = (log.source == 0) & (log.step >= 0)
        found: dict[int, list[tuple[int, int]]] = {}
        for who, step, start, end in zip(
            *(c[first].tolist() for c in (log.journey, log.step, log.start_s, log.end_s)),
            strict=True,
        ):
            found.setdefault(who, [(start, 0)]).append((step, end - start))
        return list(found.values())

    alone, beside = drawn(False), drawn(True)
    assert len(alone) == len(beside)
    for one, other in zip(alone, beside, strict=True):
        assert one[0] == other[0]
        for (step, hours), (other_step, other_hours) in zip(one[1:], other[1:], strict=False):
            assert step == other_step
            assert abs(hours - other_hours) <= 1


def test_a_replication_does_not_depend_on_what_ran_before() -> None:
    model = corridor(FULL)
    first = played(model, 3)
    for other in (PLAIN, TIMETABLE, replace(FULL, rates_per_h=(5.0, 5.0))):
        played(corridor(other), 3)
    played(model, 4)
    again, anew = played(model, 3), played(corridor(FULL), 3)
    assert same_log(first, again)
    assert same_statistics(first, again)
    assert same_log(first, anew)
    assert same_statistics(first, anew)


def test_replications_do_not_depend_on_those_beside_them() -> None:
    settings_ = [PLAIN, FULL, NIGHT, HEADWAY, TIMETABLE]
    tasks = [(corridor(small), replication) for small in settings_ for replication in range(4)]
    alone = [played(*task) for task in tasks]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda task: played(*task), reversed(tasks)))[::-1]
    for one, other in zip(alone, together, strict=True):
        assert same_log(one, other)
        assert same_statistics(one, other)


def test_replications_and_seeds_differ() -> None:
    model = corridor(PLAIN)
    ends = {
        simulate_replication(
            model, seed=seed, replication=replication
        ).statistics.time_sum_by_day_h.tobytes()
        for seed in (0, 1, 2**32 - 1)
        for replication in (0, 1, 2**32 - 1)
    }
    assert len(ends) == 9


@few
@any_small
@example(FULL, 0)
@example(NIGHT, 0)
@example(HEADWAY, 0)
@example(TIMETABLE, 0)
@example(replace(FULL, rates_per_h=(30.0, 20.0), horizon_h=100.0), 0)
def test_both_event_lists_give_the_same(small: Small, replication: int) -> None:
    model = corridor(small)
    one, other = (
        simulate_replication(model, seed=SEED, replication=replication, log="all", event_list=name)
        for name in ("heap", "calendar")
    )
    assert same_log(one, other)
    assert same_statistics(one, other)


@few
@any_small
@example(FULL, 0)
@example(NIGHT, 0)
@example(HEADWAY, 0)
@example(TIMETABLE, 0)
def test_the_log_changes_nothing(small: Small, replication: int) -> None:
    model = corridor(small)
    logged, silent = played(model, replication), played(model, replication, "none")
    assert silent.log is None
    assert same_statistics(logged, silent)


def test_a_sample_has_whole_journeys_of_the_log() -> None:
    model = corridor(PLAIN)
    whole = models.in_order(rows(played(model)))
    some = models.in_order(
        rows(simulate_replication(model, seed=SEED, replication=0, log="sample", sample_every=3))
    )
    chosen = np.isin(whole.journey, np.unique(some.journey))
    assert 0.2 < len(np.unique(some.journey)) / len(np.unique(whole.journey)) < 0.5
    for name in ActivityColumns._fields:
        assert getattr(some, name).tolist() == getattr(whole, name)[chosen].tolist()
