"""What is written down while the simulation runs: rows of the log, and statistics."""

import math
from typing import Any

import numpy as np

from lajvard.simulation.access_kernels import (
    actor_at,
    count_at,
    log_at,
    presence_at,
    step_at,
    whole_at,
)
from lajvard.simulation.kind_kernels import inlined, inside
from lajvard.simulation.state_kernels import (
    HISTOGRAM_FIRST,
    HISTOGRAM_OCTAVES,
    N_HISTOGRAM,
    Phase,
    State,
    whole,
)

FIRST_EXPONENT = 1 - int(math.log2(1 / HISTOGRAM_FIRST))
QUEUE, YARD, WAIT, PERMIT = (
    np.int64(Phase.QUEUE),
    np.int64(Phase.YARD),
    np.int64(Phase.WAIT),
    np.int64(Phase.PERMIT),
)
(BLOCKED,) = whole(Phase.BLOCKED)


@inlined
def log_row(m: State, a: int, activity: int, start: float, end: float, share: float) -> None:
    """Write that consignment `a` did `activity` at its step, if its journey is logged."""
    actor = actor_at(m.actor, a)
    if actor.logged == 0:
        return
    row = log_at(m.log, m.n_log)
    m.n_log += 1
    row.journey = actor.journey
    row.step = actor.step
    row.place = whole_at(m.place, actor.step).value
    row.start = int(start * 3600.0 + 0.5)
    row.end = int(end * 3600.0 + 0.5)
    row.share = share
    row.seq = actor.seq
    row.activity = activity
    row.source = actor.source
    actor.seq += 1


@inlined
def histogram_cell(hours: float) -> int:
    """Cell of a time: 0 below `HISTOGRAM_FIRST`, then four cells of equal width an octave."""
    if hours < HISTOGRAM_FIRST:
        return 0
    mantissa, exponent = math.frexp(hours)
    cell = 4 * (exponent - FIRST_EXPONENT) + int((mantissa - 0.5) * 8.0) + 1
    return min(cell, N_HISTOGRAM - 1)


@inlined
def tally(m: State, record: Any, column: int, hours: float) -> None:
    """Count a time in a record with n, sum and squares, and in its histogram."""
    record.n += 1
    record.sum += hours
    record.squares += hours * hours
    count_at(m.histogram, column * N_HISTOGRAM + histogram_cell(hours)).value += 1


@inlined
def present(m: State, column: int, start: float, end: float) -> None:
    """Count one who was there from `start` to `end`.

    The first number of an hour collects what of the hour is beyond whole hours, the second the
    change in the number of those who are there the whole hour: two cells however long it lasted.
    """
    first, last = int(start), int(end)
    n = m.n_columns
    presence_at(m.presence, first * n + column).part += first + 1 - start
    presence_at(m.presence, (first + 1) * n + column).change += 1.0
    presence_at(m.presence, last * n + column).part += end - last
    presence_at(m.presence, last * n + column).change -= 1.0


@inside
def close_books(m: State, end: float) -> None:
    """Count those who still wait, and those who are still under way, up to the end."""
    for a in range(m.first_consignment, m.n_actors):
        actor = actor_at(m.actor, a)
        if actor.phase == 0:
            continue
        present(m, m.in_system, actor.born, end)
        k = actor.step
        if actor.phase in (QUEUE, YARD):
            present(m, step_at(m.step, k).target, actor.since, end)
        elif actor.phase == WAIT:
            present(m, m.first_line - m.first_station + step_at(m.step, k).target, actor.since, end)
        elif actor.phase == PERMIT:
            column = m.first_pool - m.first_vessel + m.first_line - m.first_station
            present(m, column + step_at(m.step, k).target, actor.since, end)


OCTAVES = HISTOGRAM_OCTAVES
