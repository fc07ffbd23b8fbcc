"""What a consignment does alone is played at once, ahead of the event list.

Driving, resting and waiting for the end of a ban concern nobody else, and nothing that others do
changes them. So their ends need not wait on the event list: all that follow one another are
played in one go, and the list gets the first end that matters to others. The rows of a journey
keep their order, those of different journeys do not.
"""

from lajvard.simulation.access_kernels import actor_at, driver_at, step_at
from lajvard.simulation.drive_kernels import LOG_BAN, LOG_REST, SMALL, next_stretch
from lajvard.simulation.kind_kernels import inside
from lajvard.simulation.model import StepKind
from lajvard.simulation.permit_kernels import count_granted
from lajvard.simulation.record_kernels import log_other
from lajvard.simulation.state_kernels import NONE, Phase, State, whole
from lajvard.simulation.step_kernels import drawn_hours, is_open

OWN, DRIVE, REST = whole(Phase.OWN, Phase.DRIVE, Phase.REST)
DELAY, MOVE = whole(StepKind.DELAY, StepKind.MOVE)


@inside
def play_ahead(m: State, a: int, when: float) -> float:
    """Play all that consignment `a`, which is under way until `when`, does alone; when it ends.

    An end at or after the horizon is left to the event list, and so is all when the log is full.
    Does what `end_of_stretch`, `after_stop` and `drive_by_rule` do, with all numbers at hand.
    """
    actor, driver = actor_at(m.actor, a), driver_at(m.driver, a)
    k, phase, since, left = actor.step, actor.phase, actor.since, actor.left
    whole_h, driven, stopped = driver.whole, driver.driven, driver.stopped
    n = 0
    while when < m.until and m.n_log <= m.log_limit:
        step = step_at(m.step, k)
        rule = step.rule if step.kind == MOVE else NONE
        activity, share, over = step.activity, 1.0, True
        if phase != DRIVE and phase != OWN:  # noqa: PLR1714
            activity, share, over = LOG_BAN, 0.0, False
            if phase == REST:
                activity, driven, stopped = LOG_REST, 0.0, when
        elif rule != NONE:
            hours = when - since
            share = hours / whole_h if whole_h > 0 else 1.0
            over = left - hours <= SMALL
        if over and (k + 1 >= step.end or not _goes_on(m, k + 1, when)):
            break
        if rule != NONE and phase == DRIVE:
            driven += hours
            stopped = when
            left -= hours
        if actor.logged != 0:
            log_other(m, a, activity, since, when, share)
        since = when
        n += 1
        if over:
            step.done += 1
            k += 1
            actor.step = k
            step = step_at(m.step, k)
            rule, phase = step.rule, DRIVE
            left = drawn_hours(m, a, k)
            when = since + left
            if step.kind == DELAY:
                rule, phase = NONE, OWN
                count_granted(m, step.target)
            whole_h = left if rule != NONE else whole_h
        if rule != NONE:
            phase, when, driven = next_stretch(m, rule, left, driven, stopped, since)
    actor.phase, actor.since, actor.left = phase, since, left
    driver.whole, driver.driven, driver.stopped = whole_h, driven, stopped
    m.n_ahead += n
    return when


@inside
def _goes_on(m: State, k: int, when: float) -> bool:
    """Whether step `k`, begun at `when`, takes its time and concerns nobody else."""
    step = step_at(m.step, k)
    timed: bool = step.kind == MOVE or step.kind == DELAY  # noqa: PLR1714
    return timed and (step.gate == NONE or is_open(m, step.gate, when))
