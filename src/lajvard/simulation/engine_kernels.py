"""The engine: takes one event after the other and lets the actor do what comes next.

The state is one address, so that a new model is new numbers and never new code. What happens with
every consignment at every place is merged into one loop; what happens seldom is called from it.
"""

from typing import Any

from lajvard._jit import njit
from lajvard.simulation.access_kernels import actor_at, driver_at, station_at, step_at, world_at
from lajvard.simulation.ahead_kernels import play_ahead
from lajvard.simulation.drive_kernels import after_stop, drive_by_rule, end_of_stretch
from lajvard.simulation.event_kernels import (
    put_back,
    schedule,
    take_next,
    tune,
)
from lajvard.simulation.kind_kernels import inlined, inside
from lajvard.simulation.line_kernels import clock, join_line, on_vessel, send_idle, voyage
from lajvard.simulation.model import StepKind
from lajvard.simulation.permit_kernels import ask_permit, count_granted, new_period
from lajvard.simulation.record_kernels import close_books, log_other, log_row
from lajvard.simulation.source_kernels import create, finish, prepare
from lajvard.simulation.state_kernels import NEVER, NONE, Phase, Purpose, State, Status, whole
from lajvard.simulation.station_kernels import arrive, change_servers, free_place, has_room, leave
from lajvard.simulation.step_kernels import (
    look_ahead,
    look_ahead_at,
    number_for,
    opens_at,
)

START, LANDED, OWN, DRIVE = whole(Phase.START, Phase.LANDED, Phase.OWN, Phase.DRIVE)
GATE, SERVED, ADMITTED = whole(Phase.GATE, Phase.SERVED, Phase.ADMITTED)
REST, BAN = whole(Phase.REST, Phase.BAN)
DELAY, MOVE, STATION = whole(StepKind.DELAY, StepKind.MOVE, StepKind.STATION)
SERVICE, PERMIT, BRANCH = whole(StepKind.SERVICE, StepKind.PERMIT, StepKind.BRANCH)
(OF_BRANCH,) = whole(Purpose.BRANCH)
LOG_FULL, ACTORS_FULL, DONE = whole(Status.LOG_FULL, Status.ACTORS_FULL, Status.DONE)
LOG_CLOSURE, LOG_YARD = whole(2, 3)


@njit(counting=False, linking="whole")
def play(world: Any, begin: bool, until: float) -> int:
    """Play all events before `until`, from the beginning or from where it stopped; `Status`.

    Parameters
    ----------
    world
        Address of the world, whose tables have to stay where they are meanwhile.
    begin
        Whether nothing has happened yet.
    until
        Hour of the end.
    """
    m = world_at(world, 0)
    m.until = until
    if begin:
        prepare(m)
    while True:
        if m.n_log > m.log_limit:
            return LOG_FULL
        if m.n_events >= m.tune_at:
            tune(m)
        a = take_next(m)
        if a == NONE:
            break
        now = actor_at(m.actor, a).when
        if now >= until:
            put_back(m, a)
            break
        m.now = now
        m.n_events += 1
        if a < m.first_station:
            if m.free == NONE:
                m.n_events -= 1
                put_back(m, a)
                return ACTORS_FULL
            a = create(m, a, now)
        m.ahead = NONE
        if a >= m.first_consignment:
            when = _go_on(m, a, now)
        else:
            when = _by_the_clock(m, a, now)
        if m.wake != NONE:
            send_idle(m, now)
        if when < NEVER:
            schedule(m, a, when)
            if a >= m.first_consignment and m.ahead != NONE:
                look_ahead(m, a, m.ahead)
    close_books(m, until)
    return DONE


@inside
def _by_the_clock(m: State, a: int, now: float) -> float:
    """Events of stations, lines, vessels and pools; when the same actor has its next."""
    if a < m.first_line:
        return change_servers(m, a - m.first_station, now)
    if a < m.first_vessel:
        return clock(m, a - m.first_line, now)
    if a < m.first_pool:
        on_vessel(m, a - m.first_vessel, now)
        return NEVER
    return new_period(m, a - m.first_pool, now)


@inlined
def _go_on(m: State, a: int, now: float) -> float:
    """The pending event of consignment `a`, and what it does next; when that ends."""
    actor = actor_at(m.actor, a)
    phase = actor.phase
    k = actor.step
    step = step_at(m.step, k)
    go = True
    when = NEVER
    if phase == DRIVE and step.rule != NONE:
        if not end_of_stretch(m, a, k, now):
            when = drive_by_rule(m, a, k, now)
            go = False
    elif phase == SERVED or phase == OWN or phase == DRIVE:  # noqa: PLR1714
        log_row(m, a, step.activity, actor.since, now, 1.0)
        if phase == SERVED:
            s = step.target
            station_at(m.station, s).busy_h += now - actor.since
            if step.ahead != NONE and not has_room(m, a, step.ahead, now):
                go = False
            else:
                leave(m, s, now)
    elif phase > LANDED:
        when = _seldom(m, a, k, phase, now)
        go = actor.phase == LANDED
    if go and phase != START:
        actor.step = k + 1
        step.done += 1
        if k + 1 == step.end:
            finish(m, a, step.route, now)
            when = NEVER
            go = False
    if go:
        when = _begin(m, a, now)
    return when


@inside
def _seldom(m: State, a: int, k: int, phase: int, now: float) -> float:
    """Ends of what happens seldom; when the next ends, phase `LANDED` if the step is over."""
    actor = actor_at(m.actor, a)
    since = actor.since
    actor.since = now
    if phase == ADMITTED:
        log_other(m, a, LOG_YARD, since, now, 0.0)
        s = step_at(m.step, k).target
        station_at(m.station, s).blocked_h += now - since
        leave(m, s, now)
        actor.phase = LANDED
        return now
    if phase == GATE:
        log_other(m, a, LOG_CLOSURE, since, now, 0.0)
        return _after_gate(m, a, k, now)
    if phase == REST or phase == BAN:  # noqa: PLR1714
        return after_stop(m, a, k, phase, since, now)
    return voyage(m, a, k, phase, since, now)


@inlined
def _begin(m: State, a: int, now: float) -> float:
    """Consignment `a` begins its step; when that ends, `NEVER` if others decide."""
    actor = actor_at(m.actor, a)
    when = NEVER
    while True:
        k = actor.step
        step = step_at(m.step, k)
        kind = step.kind
        if step.gate != NONE and _stopped(m, a, k, now):
            when = actor.when
            break
        timed = kind == MOVE or kind == DELAY  # noqa: PLR1714
        if kind == STATION:
            timed = arrive(m, a, step.target, now)
        if timed:
            actor.since = now
            hours = actor.hours
            when = now + hours
            if kind == MOVE:
                actor.phase = DRIVE
                if step.rule != NONE:
                    actor.left = hours
                    driver_at(m.driver, a).whole = hours
                    when = drive_by_rule(m, a, k, now)
            elif kind == DELAY:
                actor.phase = OWN
                count_granted(m, step.target)
            if step.alone != 0:
                when = play_ahead(m, a, when)
                k = actor.step
            if k + 1 < step.end:
                m.ahead = k + 1
            break
        if kind == STATION:
            break
        if kind != BRANCH:
            when = _ask(m, a, k, kind, now)
            break
        if _branch(m, a, k, now):
            break
    return when


@inside
def _ask(m: State, a: int, k: int, kind: int, now: float) -> float:
    """Consignment `a` asks for a departure or a token; when its step ends, if that is known."""
    actor_at(m.actor, a).since = now
    target = step_at(m.step, k).target
    if kind == SERVICE:
        if k + 1 < step_at(m.step, k).end:
            look_ahead_at(m, a, k + 1)
        join_line(m, a, target, now)
        return NEVER
    return ask_permit(m, a, k, target, now)


@inside
def _branch(m: State, a: int, k: int, now: float) -> bool:
    """Consignment `a` goes on after branch `k`; whether that was the end of its route."""
    step = step_at(m.step, k)
    after = k + 1
    link_open = step.link_gate == NONE or opens_at(m, step.link_gate, now) == now
    if link_open and number_for(m, a, step.stream, OF_BRANCH) < step.probability:
        after += step.skip
    step.done += 1
    if after >= step.end:
        finish(m, a, step.route, now)
        return True
    actor_at(m.actor, a).step = after
    look_ahead_at(m, a, after)
    return False


@inside
def _stopped(m: State, a: int, k: int, now: float) -> bool:
    """Whether `a` stands before a closed gate; `when` is when it goes on or loses patience."""
    step, actor = step_at(m.step, k), actor_at(m.actor, a)
    open_h = opens_at(m, step.gate, now)
    if open_h <= now:
        return False
    actor.phase = GATE
    actor.since = now
    actor.left = 0.0
    actor.when = open_h
    if step.other_step != NONE and open_h - now > step.patience:
        actor.left = 1.0
        actor.when = now + step.patience
    return True


@inside
def _after_gate(m: State, a: int, k: int, now: float) -> float:
    """The gate is open, or patience is over and the other route is taken."""
    actor = actor_at(m.actor, a)
    if actor.left > 0:
        actor.step = step_at(m.step, k).other_step
        look_ahead_at(m, a, actor.step)
        if actor.room != NONE:
            free_place(m, actor.room, now)
            actor.room = NONE
    actor.phase = START
    return now
