"""What a consignment does alone is played at once, ahead of the event list.

Driving, resting and waiting for the end of a ban concern nobody else, and nothing that others do
changes them. So their ends need not wait on the event list: all that follow one another are
played in one go, and the list gets the first end that matters to others. The rows of a journey
keep their order, those of different journeys do not.
"""

from lajvard.simulation.access_kernels import actor_at, driver_at, step_at
from lajvard.simulation.drive_kernels import SMALL, after_stop, drive_by_rule, end_of_stretch
from lajvard.simulation.kind_kernels import inside
from lajvard.simulation.model import StepKind
from lajvard.simulation.record_kernels import log_row
from lajvard.simulation.state_kernels import NONE, Phase, State, whole
from lajvard.simulation.step_kernels import is_open, look_ahead

OWN, DRIVE = whole(Phase.OWN, Phase.DRIVE)
DELAY, MOVE = whole(StepKind.DELAY, StepKind.MOVE)


@inside
def play_ahead(m: State, a: int, when: float) -> float:
    """Play all that consignment `a`, which is under way until `when`, does alone; when it ends.

    An end at or after the horizon is left to the event list, and so is all when the log is full.
    """
    actor = actor_at(m.actor, a)
    n = 0
    while when < m.until and m.n_log <= m.log_limit:
        k = actor.step
        step = step_at(m.step, k)
        phase = actor.phase
        ruled = step.rule != NONE and step.kind == MOVE
        if phase != DRIVE and phase != OWN:  # noqa: PLR1714
            since = actor.since
            actor.since = when
            when = after_stop(m, a, k, phase, since, when)
            n += 1
            continue
        if ruled and actor.left - (when - actor.since) > SMALL:
            end_of_stretch(m, a, k, when)
            when = drive_by_rule(m, a, k, when)
            n += 1
            continue
        if k + 1 >= step.end or not _goes_on(m, k + 1, when):
            break
        if ruled:
            end_of_stretch(m, a, k, when)
        else:
            log_row(m, a, step.activity, actor.since, when, 1.0)
        step.done += 1
        actor.step = k + 1
        look_ahead(m, a, k + 1)
        when = begin_alone(m, a, k + 1, when)
        n += 1
    m.n_ahead += n
    return when


@inside
def _goes_on(m: State, k: int, when: float) -> bool:
    """Whether step `k`, begun at `when`, takes its time and concerns nobody else."""
    step = step_at(m.step, k)
    timed: bool = step.kind == MOVE or step.kind == DELAY  # noqa: PLR1714
    return timed and (step.gate == NONE or is_open(m, step.gate, when))


@inside
def begin_alone(m: State, a: int, k: int, now: float) -> float:
    """Consignment `a` begins to move or to wait for itself; when that ends."""
    actor, step = actor_at(m.actor, a), step_at(m.step, k)
    actor.since = now
    hours = actor.hours
    if step.kind == DELAY:
        actor.phase = OWN
    else:
        actor.phase = DRIVE
        if step.rule != NONE:
            actor.left = hours
            driver_at(m.driver, a).whole = hours
            return drive_by_rule(m, a, k, now)
    end: float = now + hours
    return end
