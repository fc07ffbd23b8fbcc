"""The engine: takes one event after the other and lets the actor do what comes next.

The state is one tuple of record arrays, so that a new model is new numbers and never new code.
References to the arrays are not counted inside: nothing here makes or drops an array.
"""

import math

import numpy as np

from lajvard.simulation.access_kernels import (
    actor_at,
    day_at,
    driver_at,
    line_at,
    pool_at,
    real_at,
    route_at,
    rule_at,
    source_at,
    station_at,
    step_at,
)
from lajvard.simulation.event_kernels import (
    TO_CALENDAR,
    TUNE_EVERY,
    put_back,
    schedule,
    schedule_other,
    take_next,
    tune,
)
from lajvard.simulation.kind_kernels import inlined, inside
from lajvard.simulation.line_kernels import clock, join_line, on_vessel
from lajvard.simulation.model import StepKind
from lajvard.simulation.random_kernels import uniform
from lajvard.simulation.record_kernels import log_row, present, tally
from lajvard.simulation.state_kernels import NEVER, NONE, Phase, Purpose, State, Status, whole
from lajvard.simulation.station_kernels import arrive, change_servers, free_place, has_room, leave
from lajvard.simulation.step_kernels import append, number_of, opens_at, step_hours

FREE, START, OWN, DRIVE = (
    np.int64(Phase.FREE),
    np.int64(Phase.START),
    np.int64(Phase.OWN),
    np.int64(Phase.DRIVE),
)
REST, BAN, GATE, SERVED = (
    np.int64(Phase.REST),
    np.int64(Phase.BAN),
    np.int64(Phase.GATE),
    np.int64(Phase.SERVED),
)
ADMITTED, LOADING, SAILING = (
    np.int64(Phase.ADMITTED),
    np.int64(Phase.LOADING),
    np.int64(Phase.SAILING),
)
UNLOADING, LANDED, WAIT_PERMIT = (
    np.int64(Phase.UNLOADING),
    np.int64(Phase.LANDED),
    np.int64(Phase.PERMIT),
)
DELAY, MOVE, STATION = whole(StepKind.DELAY, StepKind.MOVE, StepKind.STATION)
SERVICE, PERMIT, BRANCH = (
    np.int64(StepKind.SERVICE),
    np.int64(StepKind.PERMIT),
    np.int64(StepKind.BRANCH),
)
OF_BRANCH, OF_ROUTE, OF_ARRIVAL = (
    np.int64(Purpose.BRANCH),
    np.int64(Purpose.ROUTE),
    np.int64(Purpose.ARRIVAL),
)
LOG_FULL, ACTORS_FULL, DONE = (
    np.int64(Status.LOG_FULL),
    np.int64(Status.ACTORS_FULL),
    np.int64(Status.DONE),
)
LOG_CLOSURE, LOG_YARD, LOG_LOADING, LOG_UNLOADING = whole(2, 3, 5, 6)
LOG_PERMIT, LOG_REST, LOG_BAN = whole(7, 8, 9)
NO_STEP = np.int64(0)
ROWS_EACH = 8
SMALL = 1e-9
A_MOMENT = 1e-6


@inside
def run(m: State, until: float) -> int:
    """Play all events before `until`; `Status`.

    After `LOG_FULL` and `ACTORS_FULL` it goes on where it was, with larger arrays.
    """
    log_size = m.log_size
    while True:
        if m.sample > 0 and m.n_log + ROWS_EACH * (m.n_active + 1) > log_size:
            return LOG_FULL
        if m.free == NONE:
            return ACTORS_FULL
        a = take_next(m)
        if a == NONE:
            return DONE
        now = actor_at(m.actor, a).when
        if now >= until:
            put_back(m, a)
            return DONE
        m.now = now
        m.n_events += 1
        if m.n_events & (TUNE_EVERY - 1) == 0 or (m.n_heap > TO_CALENDAR and m.lists != 1):
            tune(m)
        if a < m.first_station:
            a = _create(m, a, now)
        if a >= m.first_consignment:
            when = _go_on(m, a, now)
        else:
            when = _by_the_clock(m, a, now)
        if when < NEVER:
            schedule(m, a, when)


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
    return _new_period(m, a - m.first_pool, now)


# ------------------------------------------------------------- beginning and end


@inside
def _create(m: State, s: int, now: float) -> int:
    """A consignment begins at source `s`, which waits for its next one."""
    source = source_at(m.source, s)
    a: int = m.free
    actor = actor_at(m.actor, a)
    m.free = actor.next
    m.n_active += 1
    actor.born = now
    actor.since = now
    actor.phase = START
    actor.source = s
    actor.number = source.count - 1
    actor.journey = m.n_journeys
    actor.seq = 0
    actor.room = NONE
    actor.priority = source.priority
    logged = m.sample > 0 and (source.watched != 0 or m.n_journeys % m.sample == 0)
    actor.logged = 1 if logged else 0
    driver_at(m.driver, a).driven = 0.0
    driver_at(m.driver, a).stopped = now
    m.n_journeys += 1
    u = number_of(m, a, NO_STEP, OF_ROUTE)
    r = source.first_route
    while r < source.end_route - 1 and u >= route_at(m.route, r).share:
        r += 1
    actor.step = route_at(m.route, r).first
    route_at(m.route, r).started += 1
    day_at(m.by_day, int(now / 24.0)).begun += 1.0
    when = next_arrival(m, s)
    if when < NEVER:
        schedule_other(m, s, when)
    return a


@inside
def next_arrival(m: State, s: int) -> float:
    """When source `s` makes its next consignment: from its list, or where its rate leads."""
    source = source_at(m.source, s)
    n = source.count
    source.count += 1
    if source.end_scheduled > source.scheduled:
        i = source.scheduled + n
        when: float = real_at(m.scheduled, i).value if i < source.end_scheduled else NEVER
        return when
    key = (np.uint64(m.key_0), np.uint64(m.key_1))
    source.level -= math.log(uniform(key, n, source.stream, 0, OF_ARRIVAL))
    i = source.cursor
    while i < source.last_rate and real_at(m.rate_total, i + 1).value <= source.level:
        i += 1
    source.cursor = i
    if i >= source.last_rate:
        return NEVER
    low, high = real_at(m.rate_total, i).value, real_at(m.rate_total, i + 1).value
    share = (source.level - low) / (high - low)
    hour: float = real_at(m.rate_time, i).value + share * (
        real_at(m.rate_time, i + 1).value - real_at(m.rate_time, i).value
    )
    return hour


@inside
def _finish(m: State, a: int, r: int, now: float) -> None:
    """Consignment `a` has arrived by route `r`."""
    actor = actor_at(m.actor, a)
    hours = now - actor.born
    tally(m, route_at(m.route, r), m.in_system + 1 + r, hours)
    present(m, m.in_system, actor.born, now)
    day = day_at(m.by_day, int(now / 24.0))
    day.ended += 1.0
    day.hours += hours
    day.squares += hours * hours
    actor.phase = FREE
    actor.next = m.free
    m.free = a
    m.n_active -= 1


# ------------------------------------------------------------- a consignment goes on


@inlined
def _go_on(m: State, a: int, now: float) -> float:
    """The pending event of consignment `a`, and what it does next; when that ends."""
    actor = actor_at(m.actor, a)
    phase = actor.phase
    k = actor.step
    if phase == SERVED:
        log_row(m, a, step_at(m.step, k).activity, actor.since, now, 1.0)
        s = step_at(m.step, k).target
        station_at(m.station, s).busy_h += now - actor.since
        ahead = step_at(m.step, k).ahead
        if ahead != NONE and not has_room(m, a, ahead, now):
            return NEVER
        leave(m, s, now)
    elif phase == DRIVE:
        if not _stop(m, a, k, now):
            return _drive(m, a, k, now)
    elif phase == OWN:
        log_row(m, a, step_at(m.step, k).activity, actor.since, now, 1.0)
    elif phase > LANDED:
        when = _seldom(m, a, k, phase, now)
        if when != now or actor.phase != LANDED:
            return when
    if phase != START:
        actor.step = k + 1
        step_at(m.step, k).done += 1
        if k + 1 == step_at(m.step, k).end:
            _finish(m, a, step_at(m.step, k).route, now)
            return NEVER
    return _begin(m, a, now)


@inside
def _seldom(m: State, a: int, k: int, phase: int, now: float) -> float:
    """Ends of what happens seldom; when the next begins, phase `LANDED` if the step is over."""
    actor = actor_at(m.actor, a)
    since = actor.since
    actor.since = now
    if phase == ADMITTED:
        log_row(m, a, LOG_YARD, since, now, 0.0)
        station_at(m.station, step_at(m.step, k).target).blocked_h += now - since
        leave(m, step_at(m.step, k).target, now)
    elif phase == GATE:
        log_row(m, a, LOG_CLOSURE, since, now, 0.0)
        return _after_gate(m, a, k, now)
    elif phase in (REST, BAN):
        return _after_rest(m, a, k, phase, since, now)
    elif phase == LOADING:
        if now > since:
            log_row(m, a, LOG_LOADING, since, now, 0.0)
        actor.phase = SAILING
        return now + actor.left
    elif phase == SAILING:
        log_row(m, a, step_at(m.step, k).activity, since, now, 1.0)
        actor.phase = UNLOADING
        unloading: float = line_at(m.line, step_at(m.step, k).target).unloading
        return now + unloading
    elif phase == UNLOADING and now > since:
        log_row(m, a, LOG_UNLOADING, since, now, 0.0)
    actor.phase = LANDED
    return now


@inlined
def _begin(m: State, a: int, now: float) -> float:
    """Consignment `a` begins its step; when that ends, `NEVER` if others decide."""
    actor = actor_at(m.actor, a)
    while True:
        k = actor.step
        step = step_at(m.step, k)
        if step.gate != NONE:
            open_h = opens_at(m, step.gate, now)
            if open_h > now:
                return _wait_for_gate(m, a, k, now, open_h)
        kind = step.kind
        if kind == STATION:
            return arrive(m, a, step.target, now)
        actor.since = now
        if kind == MOVE:
            actor.left = step_hours(m, a, k)
            return _drive(m, a, k, now)
        if kind == DELAY:
            actor.phase = OWN
            return now + step_hours(m, a, k)
        if kind == SERVICE:
            join_line(m, a, step.target, now)
            return NEVER
        if kind == PERMIT:
            return _ask_permit(m, a, k, now)
        if _branch(m, a, k, now):
            return NEVER


@inside
def _branch(m: State, a: int, k: int, now: float) -> bool:
    """Consignment `a` goes on after branch `k`; whether that was the end of its route."""
    step = step_at(m.step, k)
    after = k + 1
    link_open = step.link_gate == NONE or opens_at(m, step.link_gate, now) == now
    if link_open and number_of(m, a, step.stream, OF_BRANCH) < step.probability:
        after += step.skip
    actor_at(m.actor, a).step = after
    step.done += 1
    if after >= step.end:
        _finish(m, a, step.route, now)
        return True
    return False


# ------------------------------------------------------------- gates


@inside
def _wait_for_gate(m: State, a: int, k: int, now: float, open_h: float) -> float:
    """Consignment `a` stands before a closed gate; when it goes on or loses patience."""
    actor = actor_at(m.actor, a)
    actor.phase = GATE
    actor.since = now
    step = step_at(m.step, k)
    if step.other_step != NONE and open_h - now > step.patience:
        gives_up: float = now + step.patience
        actor.left = 1.0
        return gives_up
    actor.left = 0.0
    return open_h


@inside
def _after_gate(m: State, a: int, k: int, now: float) -> float:
    """The gate is open, or patience over and the other route is taken."""
    actor = actor_at(m.actor, a)
    if actor.left > 0:
        actor.step = step_at(m.step, k).other_step
        if actor.room != NONE:
            free_place(m, actor.room, now)
            actor.room = NONE
    actor.phase = START
    return now


# ------------------------------------------------------------- driving


@inlined
def _drive(m: State, a: int, k: int, now: float) -> float:
    """Consignment `a` drives, as far as its driver may; when that ends."""
    actor = actor_at(m.actor, a)
    actor.phase = DRIVE
    rule = step_at(m.step, k).rule
    if rule == NONE:
        end: float = now + actor.left
        return end
    return _drive_by_rule(m, a, rule, now)


@inside
def _drive_by_rule(m: State, a: int, rule: int, now: float) -> float:
    """The next stretch of driving, the rest before it, or the wait for the ban to end."""
    actor = actor_at(m.actor, a)
    r = rule_at(m.rule, rule)
    driver = driver_at(m.driver, a)
    if now - driver.stopped >= r.rest:
        driver.driven = 0.0
    stretch = actor.left
    if r.ban_hours > 0:
        into = (now - r.ban_from + A_MOMENT) % 24.0
        if into < r.ban_hours:
            actor.phase = BAN
            over: float = now + (r.ban_hours - into) + A_MOMENT
            return over
        stretch = min(stretch, 24.0 - into + A_MOMENT)
    may = r.driving - driver.driven
    if may <= SMALL:
        actor.phase = REST
        rested: float = now + r.rest
        return rested
    return now + min(stretch, may)


@inside
def _after_rest(m: State, a: int, k: int, phase: int, since: float, now: float) -> float:
    """A rest or a ban is over: the driving goes on."""
    log_row(m, a, LOG_REST if phase == REST else LOG_BAN, since, now, 0.0)
    if phase == REST:
        driver_at(m.driver, a).driven = 0.0
        driver_at(m.driver, a).stopped = now
    return _drive(m, a, k, now)


@inlined
def _stop(m: State, a: int, k: int, now: float) -> bool:
    """A stretch of driving is over: whether the move is."""
    actor = actor_at(m.actor, a)
    if step_at(m.step, k).rule == NONE:
        log_row(m, a, step_at(m.step, k).activity, actor.since, now, 1.0)
        return True
    return _end_of_stretch(m, a, k, now)


@inside
def _end_of_stretch(m: State, a: int, k: int, now: float) -> bool:
    """The same under a rule: the row carries its part of the move."""
    actor = actor_at(m.actor, a)
    hours = now - actor.since
    whole = step_hours(m, a, k)
    log_row(
        m, a, step_at(m.step, k).activity, actor.since, now, hours / whole if whole > 0 else 1.0
    )
    driver_at(m.driver, a).driven += hours
    driver_at(m.driver, a).stopped = now
    actor.left -= hours
    actor.since = now
    over: bool = actor.left <= SMALL
    return over


# ------------------------------------------------------------- permits


@inside
def _tokens(quota: float, period: int) -> float:
    """Whole tokens that a pool gives out in a period; parts of a token add up over periods."""
    return math.floor(quota * (period + 1) + SMALL) - math.floor(quota * period + SMALL)


@inside
def _ask_permit(m: State, a: int, k: int, now: float) -> float:
    """Consignment `a` asks pool `target` for a token; when the issuing ends."""
    p = step_at(m.step, k).target
    pool = pool_at(m.pool, p)
    actor = actor_at(m.actor, a)
    if pool.quota == NEVER:
        _grant(m, a, p, now)
        return now + step_hours(m, a, k)
    period = int(now / pool.hours + SMALL)
    if period != pool.period:
        pool.period = period
        pool.used = 0.0
    if pool.first == NONE and pool.used < _tokens(pool.quota, period):
        pool.used += 1.0
        _grant(m, a, p, now)
        return now + step_hours(m, a, k)
    actor.phase = WAIT_PERMIT
    pool.first, pool.last = append(m, pool.first, pool.last, a)
    if pool.pending == 0:
        pool.pending = 1
        schedule_other(m, m.first_pool + p, (period + 1) * pool.hours)
    return NEVER


@inside
def _grant(m: State, a: int, p: int, now: float) -> None:
    """Consignment `a` has its token; the issuing begins."""
    actor = actor_at(m.actor, a)
    column = m.first_pool - m.first_vessel + m.first_line - m.first_station + p
    tally(m, pool_at(m.pool, p), column, now - actor.since)
    if now > actor.since:
        log_row(m, a, LOG_PERMIT, actor.since, now, 0.0)
        present(m, column, actor.since, now)
    actor.since = now
    actor.phase = OWN


@inside
def _new_period(m: State, p: int, now: float) -> float:
    """Pool `p` has new tokens; when it has the next, if some still wait."""
    pool = pool_at(m.pool, p)
    pool.period = int(now / pool.hours + SMALL)
    pool.used = 0.0
    tokens = _tokens(pool.quota, pool.period)
    while pool.first != NONE and pool.used < tokens:
        a = pool.first
        pool.first = actor_at(m.actor, a).next
        pool.used += 1.0
        _grant(m, a, p, now)
        schedule_other(m, a, now + step_hours(m, a, actor_at(m.actor, a).step))
    if pool.first == NONE:
        pool.pending = 0
        return NEVER
    return (pool.period + 1) * pool.hours
