"""One replication: a model, a seed and a number in, statistics and the log out."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError, NumericsError
from lajvard.simulation.access_kernels import as_argument
from lajvard.simulation.engine_kernels import play
from lajvard.simulation.model import FloatArray, IntArray, Model
from lajvard.simulation.setup import Prepared, new_state, prepared
from lajvard.simulation.state_kernels import (
    HISTOGRAM_FIRST,
    N_HISTOGRAM,
    NONE,
    Memory,
    Phase,
    Records,
    Status,
    point,
    records,
)

LogChoice = Literal["none", "sample", "all"]
CountArray = NDArray[np.int64]

EVENT_LISTS = {"auto": 0, "heap": 1, "calendar": 2}
MAX_LOG_ROWS = 2_000_000_000
PART_ROWS = 1 << 20
"""Rows of a part of the log, where it is handed on in parts."""


class ActivityColumns(NamedTuple):
    """The log of a replication: one row an activity of a journey, those of each in their order.

    Rows of different journeys lie as they were written: those of others may lie between them, and
    driving and resting are written before they have ended.

    `share` is the part of the step's distance, money and emission that the row carries: 1 for the
    step's own row, less for a stretch of driving between two rests, 0 for waits; then `step` is -1.
    """

    journey: IntArray
    seq: NDArray[np.int16]  # 0, 1, … within a journey
    activity: NDArray[np.int16]  # index into Model.activity_names
    place: IntArray  # index into Model.place_ids
    start_s: IntArray  # whole seconds since hour 0
    end_s: IntArray
    step: IntArray  # index into Model.steps, -1 on rows that carry nothing
    source: NDArray[np.int16]
    route: IntArray
    share: NDArray[np.float32]


class StationStatistics(NamedTuple):
    """One entry a station. A wait is counted when it ends, a wait of 0 as well."""

    arrivals: CountArray
    waits: CountArray
    wait_sum_h: FloatArray
    wait_squares_h2: FloatArray
    wait_histogram: CountArray  # (n_stations, len(HISTOGRAM_EDGES_H))
    queue_by_hour: FloatArray  # (n_hours, n_stations) mean number that waits, in line and outside
    longest_queue: IntArray
    busy_h: FloatArray  # server-hours of services that have ended
    blocked_h: FloatArray  # server-hours held by those who had no room ahead
    offered_h: FloatArray  # server-hours of the timeline
    closed_h: FloatArray  # hours without any server
    outside_h: FloatArray  # hours that consignments waited outside a full yard


class LineStatistics(NamedTuple):
    """One entry a line."""

    departures: CountArray
    empties: CountArray  # trips without cargo to where cargo waits
    carried: FloatArray  # units
    offered: FloatArray  # units, over all departures
    waits: CountArray
    wait_sum_h: FloatArray
    wait_squares_h2: FloatArray
    wait_histogram: CountArray
    queue_by_hour: FloatArray  # (n_hours, n_lines)


class RouteStatistics(NamedTuple):
    """One entry a route; journeys count when they end, by the route on which they end."""

    started: CountArray
    journeys: CountArray
    time_sum_h: FloatArray
    time_squares_h2: FloatArray
    time_histogram: CountArray
    cost_usd: FloatArray  # of the steps that were done, on unfinished journeys as well
    emission_kgco2e: FloatArray


class PoolStatistics(NamedTuple):
    """One entry a pool of tokens."""

    waits: CountArray
    wait_sum_h: FloatArray
    wait_squares_h2: FloatArray
    wait_histogram: CountArray
    queue_by_hour: FloatArray


class Statistics(NamedTuple):
    """What a replication counts, whether it is logged or not."""

    stations: StationStatistics
    lines: LineStatistics
    routes: RouteStatistics
    pools: PoolStatistics
    steps_done: CountArray  # (n_steps,)
    in_system_by_hour: FloatArray  # (n_hours,) mean number of consignments under way
    begun_by_day: CountArray  # (n_days,)
    ended_by_day: CountArray
    time_sum_by_day_h: FloatArray  # of the journeys that end that day
    time_squares_by_day_h2: FloatArray
    n_begun: int
    n_ended: int
    n_under_way: int  # at the end


class Replication(NamedTuple):
    """The result of one replication."""

    statistics: Statistics
    log: ActivityColumns | None
    under_way: IntArray  # journeys that have not ended, ascending
    n_events: int  # changes of state, from the event list or played ahead of it
    seconds: float


def _edges() -> FloatArray:
    """Lower edges of the cells of all histograms."""
    cell = np.arange(N_HISTOGRAM - 1)
    edges = HISTOGRAM_FIRST * 2.0 ** (cell // 4) * (1 + cell % 4 / 4)
    return np.concatenate([[0.0], edges])


HISTOGRAM_EDGES_H = _edges()
"""Lower edges of the cells of every histogram of times, in hours: about a fifth apart."""


def simulate_replication(
    model: Model,
    *,
    seed: int,
    replication: int,
    log: LogChoice = "none",
    sample_every: int = 1,
    watched: Sequence[int] = (),
    event_list: Literal["auto", "heap", "calendar"] = "auto",
    keep: Callable[[ActivityColumns], object] | None = None,
) -> Replication:
    """Play one replication of a model.

    The same model, seed and replication give the same result, whatever ran before or runs beside
    it: threads may run replications of one model at once, the interpreter lock is free meanwhile.

    Parameters
    ----------
    model
        What is simulated.
    seed
        Of the run, 0 <= seed < 2**32; replications of one seed are independent of each other.
    replication
        Number of the replication, from 0.
    log
        Rows of `none`, of `all` or of a `sample` of the journeys.
    sample_every
        With log="sample", every n-th journey is logged.
    watched
        With log="sample", sources of which every journey is logged.
    event_list
        For tests: keep to one of the two event lists. The result does not depend on it.
    keep
        Given the log part by part, whenever about `PART_ROWS` rows are there, so that memory does
        not grow with the length of the simulation. A part has to be written before `keep` returns;
        `Replication.log` is then None.

    Returns
    -------
    Replication
        Statistics, the log if there is one, number of events, seconds it took.

    Raises
    ------
    InputError
        A seed, a replication or a model that cannot be played.
    NumericsError
        More log rows than an array can hold.

    Notes
    -----
    What each step does is written in ``docs/background/simulation.md``.
    """
    begin = perf_counter()
    _check(seed, replication, log, sample_every)
    plan = prepared(model)
    sample = {"none": 0, "sample": sample_every, "all": 1}[log]
    n_rows = None if keep is None else PART_ROWS
    world, memory = new_state(plan, seed, replication, sample, EVENT_LISTS[event_list], n_rows)
    memory.source["watched"][list(watched)] = 1
    memory = _play(world, memory, model.horizon_h, keep)
    plan.remember(len(memory.actor), int(world[0].n_log))
    result = _statistics(plan, world, memory)
    columns = _columns(world, memory) if sample else None
    if columns is not None and keep is not None:
        keep(columns)
        columns = None
    events = int(world[0].n_events + world[0].n_ahead)
    return Replication(result, columns, _under_way(world, memory), events, perf_counter() - begin)


def _under_way(world: Records, memory: Memory) -> IntArray:
    """Journeys that have not ended, ascending."""
    consignments = memory.actor[int(world[0].first_consignment) :]
    active = consignments["journey"][consignments["phase"] != Phase.FREE]
    return np.sort(active.astype(np.int64))


def _check(seed: int, replication: int, log: str, sample_every: int) -> None:
    """Raise if there is no such replication."""
    for name, value in (("seed", seed), ("replication", replication)):
        if not 0 <= value < 2**32:
            raise InputError("simulate", f"{name} {value}", "Give a whole number in [0, 2**32).")
    if log not in ("none", "sample", "all"):
        raise InputError("simulate", f"log '{log}'", "Choose none, sample or all.")
    if sample_every < 1:
        raise InputError("simulate", f"sample_every {sample_every}", "Give at least 1.")


def _play(
    world: Records,
    memory: Memory,
    horizon_h: float,
    keep: Callable[[ActivityColumns], object] | None,
) -> Memory:
    """Run to the end; larger tables whenever one is full, or a log that is handed on in parts."""
    begin = True
    while True:
        status = play(as_argument(world, memory), begin, horizon_h)
        begin = False
        if status == Status.DONE:
            return memory
        if status == Status.LOG_FULL and keep is not None and _is_half_full(world, memory):
            keep(_columns(world, memory))
            world[0].n_log = 0
        elif status == Status.LOG_FULL:
            memory = _with_larger_log(memory)
        else:
            memory = _with_more_actors(world, memory)
        point(world, memory)


def _is_half_full(world: Records, memory: Memory) -> bool:
    """True where the log is worth handing on; else it is too small for those who write in it."""
    return int(world[0].n_log) >= len(memory.log_step) // 2


def _larger(old: Records, size: int) -> Records:
    """A table with room for `size` records that begins like the old one."""
    new = records(size, old.dtype)
    new[: len(old)] = old
    return new


def _with_larger_log(memory: Memory) -> Memory:
    """The memory with twice the room for log rows."""
    size = 2 * len(memory.log_step)
    if size > MAX_LOG_ROWS:
        raise NumericsError("simulate", f"a log of {size} rows", "Log a sample of the journeys.")
    names = [name for name in Memory._fields if name.startswith("log_")]
    return memory._replace(**{name: _larger(getattr(memory, name), size) for name in names})


def _with_more_actors(world: Records, memory: Memory) -> Memory:
    """The memory with twice the actors, the new ones in the list of free ones."""
    n = len(memory.actor)
    actor = _larger(memory.actor, 2 * n)
    actor["next"][n:] = np.append(np.arange(n + 1, 2 * n), NONE)
    world[0].free = n
    return memory._replace(
        actor=actor,
        driver=_larger(memory.driver, 2 * n),
        heap=_larger(memory.heap, 2 * n),
        link=_larger(memory.link, 2 * n),
    )


def _by_hour(world: Records, memory: Memory, n_hours: int) -> FloatArray:
    """Mean number of those present in each hour and column."""
    presence = memory.presence.reshape(-1, int(world[0].n_columns))[:n_hours]
    return np.asarray(presence["part"] + np.cumsum(presence["change"], axis=0))


def _tallies(memory: Memory, part: slice) -> tuple[CountArray, FloatArray, FloatArray, CountArray]:
    """Number, sum, squares and histogram of some columns."""
    tally = memory.tally[part]
    histogram = memory.histogram["value"].reshape(-1, N_HISTOGRAM)[part].copy()
    return tally["n"].copy(), tally["total"].copy(), tally["squares"].copy(), histogram


def _statistics(plan: Prepared, world: Records, state: Memory) -> Statistics:
    """Name what was counted."""
    n_hours = int(np.ceil(plan.model.horizon_h))
    hours = _by_hour(world, state, n_hours)
    n_stations, n_lines, n_pools = len(state.station), len(state.line), len(state.pool)
    lines_at, pools_at = n_stations, n_stations + n_lines
    routes_at = pools_at + n_pools + 1
    done = state.step["done"].copy()
    by_day = state.by_day[: int(np.ceil(plan.model.horizon_h / 24))]
    w, station, line = world[0], state.station, state.line
    return Statistics(
        StationStatistics(
            station["arrivals"].copy(),
            *_tallies(state, slice(0, lines_at)),
            hours[:, :lines_at],
            station["most"].copy(),
            station["busy_h"].copy(),
            station["blocked_h"].copy(),
            *_offered(state, plan.model.horizon_h),
            station["outside_h"].copy(),
        ),
        LineStatistics(
            line["departures"].copy(),
            line["empties"].copy(),
            line["carried"].copy(),
            line["offered"].copy(),
            *_tallies(state, slice(lines_at, pools_at)),
            hours[:, lines_at:pools_at],
        ),
        RouteStatistics(
            state.route["started"].copy(),
            *_tallies(state, slice(routes_at, None)),
            plan.by_route(done * plan.model.steps.cost_usd),
            plan.by_route(done * plan.model.steps.emission_kgco2e),
        ),
        PoolStatistics(
            *_tallies(state, slice(pools_at, pools_at + n_pools)),
            hours[:, pools_at : pools_at + n_pools],
        ),
        done,
        hours[:, pools_at + n_pools],
        by_day["begun"].astype(np.int64),
        by_day["ended"].astype(np.int64),
        by_day["hours"].copy(),
        by_day["squares"].copy(),
        int(w.n_journeys),
        int(w.n_journeys - w.n_active),
        int(w.n_active),
    )


def _offered(state: Memory, horizon_h: float) -> tuple[FloatArray, FloatArray]:
    """Server-hours that each station offered, and hours without any."""
    n = len(state.station)
    offered, closed = np.zeros(n), np.zeros(n)
    change = state.change
    end = state.station["end"]
    begin = np.concatenate([[0], end[:-1]])
    for s in range(n):
        part = change[begin[s] : end[s]]
        hours = np.diff(np.append(part["when"], horizon_h))
        offered[s] = float(part["servers"] @ hours)
        closed[s] = float(hours[part["servers"] == 0].sum())
    return offered, closed


def _columns(world: Records, memory: Memory) -> ActivityColumns:
    """The log, column by column."""
    n = int(world[0].n_log)
    names = ("journey", "seq", "activity", "place", "start", "end", "step", "source", "route")
    columns = [getattr(memory, f"log_{name}")["value"][:n] for name in (*names, "share")]
    return ActivityColumns(*(np.asarray(column) for column in columns))
