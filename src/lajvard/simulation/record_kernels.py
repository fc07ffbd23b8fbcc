"""What is written down while the simulation runs: rows of the log, and statistics."""

import math

from lajvard.simulation.access_kernels import (
    actor_at,
    count_at,
    driver_at,
    presence_at,
    share_at,
    short_at,
    step_at,
    tally_at,
    whole_at,
)
from lajvard.simulation.kind_kernels import inlined, inside
from lajvard.simulation.state_kernels import HISTOGRAM_FIRST, N_HISTOGRAM, Phase, State, whole

FIRST_EXPONENT = 1 - int(math.log2(1 / HISTOGRAM_FIRST))
FREE, QUEUE, YARD = whole(Phase.FREE, Phase.QUEUE, Phase.YARD)
WAIT, PERMIT = whole(Phase.WAIT, Phase.PERMIT)


@inlined
def log_row(m: State, a: int, activity: int, start: float, end: float, share: float) -> None:
    """Write that consignment `a` did `activity` at its step, if its journey is logged."""
    actor = actor_at(m.actor, a)
    if actor.logged == 0:
        return
    n = m.n_log
    m.n_log = n + 1
    k = actor.step
    step = step_at(m.step, k)
    whole_at(m.log_journey, n).value = actor.journey
    whole_at(m.log_step, n).value = k if share > 0.0 else -1
    whole_at(m.log_route, n).value = step.route
    whole_at(m.log_place, n).value = step.place
    whole_at(m.log_start, n).value = int(start * 3600.0 + 0.5)
    whole_at(m.log_end, n).value = int(end * 3600.0 + 0.5)
    share_at(m.log_share, n).value = share
    short_at(m.log_seq, n).value = actor.seq
    short_at(m.log_activity, n).value = activity
    short_at(m.log_source, n).value = actor.source
    actor.seq += 1


@inside
def log_other(m: State, a: int, activity: int, start: float, end: float, share: float) -> None:
    """`log_row` for those who are not in a hurry; nothing where no time has passed."""
    if end > start or share > 0.0:
        log_row(m, a, activity, start, end, share)


@inlined
def histogram_cell(hours: float) -> int:
    """Cell of a time: 0 below `HISTOGRAM_FIRST`, then four cells of equal width an octave."""
    if hours < HISTOGRAM_FIRST:
        return 0
    mantissa, exponent = math.frexp(hours)
    cell = 4 * (exponent - FIRST_EXPONENT) + int((mantissa - 0.5) * 8.0) + 1
    return cell if cell < N_HISTOGRAM else N_HISTOGRAM - 1


@inlined
def tally(m: State, column: int, hours: float) -> None:
    """Count a time of a station, line, pool or route, and in its histogram."""
    counted = tally_at(m.tally, column)
    counted.n += 1
    counted.total += hours
    counted.squares += hours * hours
    count_at(m.histogram, column * N_HISTOGRAM + histogram_cell(hours)).value += 1


@inlined
def present(m: State, column: int, start: float, end: float) -> None:
    """Count one who was there from `start` to `end`.

    The first number of an hour collects what of the hour is beyond whole hours, the second the
    change in the number of those who are there the whole hour: two cells however long it lasted.
    """
    first, last, n = int(start), int(end), m.n_columns
    begin = presence_at(m.presence, first * n + column)
    if first == last:
        begin.part += end - start
        return
    finish = presence_at(m.presence, last * n + column)
    begin.part += first + 1 - start
    presence_at(m.presence, (first + 1) * n + column).change += 1.0
    finish.part += end - last
    finish.change -= 1.0


@inside
def tally_other(m: State, column: int, start: float, end: float) -> None:
    """`tally` and `present` for those who are not in a hurry."""
    tally(m, column, end - start)
    present(m, column, start, end)


@inlined
def tally_nothing(m: State, column: int) -> None:
    """Count a wait of no time."""
    tally_at(m.tally, column).n += 1
    count_at(m.histogram, column * N_HISTOGRAM).value += 1


@inside
def close_books(m: State, end: float) -> None:
    """Count those who still wait, and those who are still under way, up to the end."""
    for a in range(m.first_consignment, m.n_actors):
        actor = actor_at(m.actor, a)
        phase = actor.phase
        if phase == FREE:
            continue
        present(m, m.in_system, driver_at(m.driver, a).born, end)
        column = step_at(m.step, actor.step).target
        if phase == WAIT:
            column += m.n_stations
        elif phase == PERMIT:
            column += m.n_stations + m.n_lines
        if phase == QUEUE or phase == YARD or phase == WAIT or phase == PERMIT:  # noqa: PLR1714
            present(m, column, actor.since, end)
