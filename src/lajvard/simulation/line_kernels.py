"""Lines: departures that are full, due or late, and the vessels that fleets send."""

import numpy as np

from lajvard.simulation.access_kernels import (
    actor_at,
    cut_at,
    driver_at,
    fleet_at,
    line_at,
    real_at,
    step_at,
    terminal_at,
    vessel_at,
)
from lajvard.simulation.event_kernels import cancel, schedule_other
from lajvard.simulation.kind_kernels import inside
from lajvard.simulation.random_kernels import draw, uniform
from lajvard.simulation.record_kernels import log_other, tally_other
from lajvard.simulation.state_kernels import NEVER, NONE, Phase, Purpose, State, whole
from lajvard.simulation.step_kernels import append, opens_at

WAIT, LOADING, SAILING = whole(Phase.WAIT, Phase.LOADING, Phase.SAILING)
UNLOADING, LANDED, IDLE = whole(Phase.UNLOADING, Phase.LANDED, Phase.IDLE)
BOARDING, BERTH_OUT, BERTH_IN = whole(Phase.BOARDING, Phase.BERTH_OUT, Phase.BERTH_IN)
(STORM,) = whole(Phase.STORM)
OF_SAILING, NO_STEP = whole(Purpose.SAILING, 0)
LOG_CLOSURE, LOG_WAIT, LOG_LOADING, LOG_UNLOADING = whole(2, 4, 5, 6)
WHEN_FULL, HEADWAY, TIMETABLE = 0, 1, 2
SMALL = 1e-9
WEEK = 168.0


@inside
def _capacity_now(m: State, ln: int, now: float) -> None:
    """Let line `ln` have the capacity of this hour, before anybody looks at it."""
    line = line_at(m.line, ln)
    while line.cut < line.end_cut and cut_at(m.cut, line.cut).when <= now:
        line.capacity = cut_at(m.cut, line.cut).capacity
        line.cut += 1


@inside
def join_line(m: State, a: int, ln: int, now: float) -> None:
    """Consignment `a` comes to line `ln` and waits for a departure."""
    _capacity_now(m, ln, now)
    line = line_at(m.line, ln)
    actor = actor_at(m.actor, a)
    actor.phase = WAIT
    actor.since = now
    line.first, line.last = append(m, line.first, line.last, a)
    line.waiting += step_at(m.step, actor.step).units
    if not _has_vessels(m, line.fleet):
        _leave_by_itself(m, ln, now)
        return
    v = line.boarding
    if v != NONE:
        _go_aboard(m, v, ln)
        if _is_full(m, v, ln):
            vessel_actor = m.first_vessel + v
            if line.max_wait < NEVER:
                cancel(m, vessel_actor)
            _close(m, v, now)
    if line.boarding == NONE and line.waiting > 0:
        m.wake = line.fleet


@inside
def _has_vessels(m: State, f: int) -> bool:
    """Whether the departures of fleet `f` need one of its vessels."""
    known: bool = fleet_at(m.fleet, f).end > fleet_at(m.fleet, f).first
    return known


@inside
def sailing_hours(m: State, ln: int) -> float:
    """Time of the next sailing of line `ln`, which has the line and its number as address."""
    line = line_at(m.line, ln)
    line.sailings += 1
    if line.sailing == NONE:
        return 0.0
    key = (np.uint64(m.key_0), np.uint64(m.key_1))
    u = uniform(key, line.sailings, line.stream, NO_STEP, OF_SAILING)
    return draw(m.quantiles, line.sailing, u)


@inside
def _step_aboard(m: State, ln: int) -> int:
    """Take the first of the line `ln` off it."""
    line = line_at(m.line, ln)
    a: int = line.first
    line.first = actor_at(m.actor, a).next
    line.waiting -= step_at(m.step, actor_at(m.actor, a).step).units
    if line.first == NONE:
        line.waiting = 0.0
    return a


@inside
def _end_of_wait(m: State, a: int, ln: int, now: float) -> None:
    """Write down the wait of `a` for its departure."""
    since, column = actor_at(m.actor, a).since, m.n_stations + ln
    log_other(m, a, LOG_WAIT, since, now, 0.0)
    tally_other(m, column, since, now)


@inside
def _count_departure(m: State, ln: int, units: float, room: float) -> None:
    """Write down a departure, what it carries and what it had room for."""
    line = line_at(m.line, ln)
    line.departures += 1
    line.carried += units
    line.offered += room


# ------------------------------------------------------------- lines whose fleet has no vessels


@inside
def _leave_by_itself(m: State, ln: int, now: float) -> None:
    """A line that leaves when full does so, or asks to be looked at again."""
    line = line_at(m.line, ln)
    if line.operation != WHEN_FULL:
        return
    me = m.first_line + ln
    while line.first != NONE:
        deadline = actor_at(m.actor, line.first).since + line.max_wait
        if line.waiting < line.capacity - SMALL and deadline > now:
            _look_again(m, ln, me, deadline)
            return
        open_h = now
        if line.gate != NONE:
            open_h = opens_at(m, line.gate, now)
        if open_h > now:
            _look_again(m, ln, me, open_h)
            return
        _depart_by_itself(m, ln, now)
    _look_again(m, ln, me, NEVER)


@inside
def _look_again(m: State, ln: int, me: int, when: float) -> None:
    """Let the pending event of line `ln` be at `when`."""
    line = line_at(m.line, ln)
    if line.pending == 1:
        if actor_at(m.actor, me).when == when:
            return
        cancel(m, me)
    line.pending = 0
    if when < NEVER:
        line.pending = 1
        schedule_other(m, me, when)


@inside
def _depart_by_itself(m: State, ln: int, now: float) -> None:
    """All who wait and fit leave; each is at the other end after loading, sailing, unloading."""
    line = line_at(m.line, ln)
    hours = sailing_hours(m, ln)
    units, n = 0.0, 0
    a = line.first
    while a != NONE:
        more = step_at(m.step, actor_at(m.actor, a).step).units
        if units + more > line.capacity + SMALL:
            break
        units += more
        n += 1
        a = actor_at(m.actor, a).next
    ready = now + (line.loading + units * line.unit_loading)
    for _ in range(n):
        a = _step_aboard(m, ln)
        _end_of_wait(m, a, ln, now)
        actor_at(m.actor, a).since = now
        actor_at(m.actor, a).left = hours
        actor_at(m.actor, a).phase = LOADING
        driver_at(m.driver, a).whole = line.unloading + units * line.unit_unloading
        schedule_other(m, a, ready)
    _count_departure(m, ln, units, line.capacity)


@inside
def clock(m: State, ln: int, now: float) -> float:
    """The pending event of line `ln`: its clock strikes, or it may leave now; the next one."""
    _capacity_now(m, ln, now)
    line = line_at(m.line, ln)
    by_itself = not _has_vessels(m, line.fleet)
    if line.operation == WHEN_FULL:
        line.pending = 0
        _leave_by_itself(m, ln, now)
        return NEVER
    if by_itself:
        open_h = now
        if line.gate != NONE:
            open_h = opens_at(m, line.gate, now)
        if open_h > now:
            return open_h
        _depart_by_itself(m, ln, now)
    else:
        line.due = 1
        m.wake = line.fleet
    when = next_departure(m, ln)
    while when < now:
        when = next_departure(m, ln)
    return when


@inside
def next_departure(m: State, ln: int) -> float:
    """The next time at which the clock of line `ln` strikes."""
    line = line_at(m.line, ln)
    k = line.clock
    line.clock += 1
    if line.operation == HEADWAY:
        next_run: float = (k + 1) * line.headway
        return next_run
    n = line.end_departure - line.first_departure
    if line.operation != TIMETABLE or n == 0:
        return NEVER
    of_week = real_at(m.departure, line.first_departure + k % n).value
    departure: float = WEEK * (k // n) + of_week
    return departure


# ------------------------------------------------------------- vessels


@inside
def send_idle(m: State, now: float) -> None:
    """Every vessel without anything to do of the fleet that was woken looks for something.

    They look in their order, and again until none finds anything more.
    """
    fleet = fleet_at(m.fleet, m.wake)
    for ln in range(m.n_lines):
        if line_at(m.line, ln).fleet == m.wake:
            _capacity_now(m, ln, now)
    m.wake = NONE
    found = True
    while found:
        found = False
        for v in range(fleet.first, fleet.end):
            if actor_at(m.actor, m.first_vessel + v).phase == IDLE and _find_work(m, v, now):
                found = True


@inside
def _find_work(m: State, v: int, now: float) -> bool:
    """A departure that is due, the line where most wait, or an empty trip to where they do."""
    vessel = vessel_at(m.vessel, v)
    best, most = NONE, 0.0
    for ln in range(m.n_lines):
        line = line_at(m.line, ln)
        if line.fleet != vessel.fleet or line.origin != vessel.terminal:
            continue
        if line.due == 1:
            line.due = 0
            vessel.line = ln
            _go_aboard(m, v, ln)
            _close(m, v, now)
            return True
        wanted = line.waiting if line.operation == WHEN_FULL and line.boarding == NONE else 0.0
        if wanted > most:
            best, most = ln, wanted
    if best != NONE:
        _open_boarding(m, v, best, now)
        return True
    for ln in range(m.n_lines):
        line = line_at(m.line, ln)
        if line.fleet == vessel.fleet and line.origin == vessel.terminal and line.empty == 1:
            wanted = _wanted_at(m, vessel.fleet, line.destination)
            if wanted > most + SMALL:
                best, most = ln, wanted
    if best != NONE:
        vessel.line = best
        line_at(m.line, best).empties += 1
        _set_sail(m, v, now)
        return True
    return False


@inside
def _wanted_at(m: State, f: int, terminal: int) -> float:
    """Units that wait at a terminal beyond what the vessels there or on the way can take."""
    wanted, largest = 0.0, 0.0
    for ln in range(m.n_lines):
        line = line_at(m.line, ln)
        if line.fleet == f and line.origin == terminal:
            largest = line.capacity if line.capacity > largest else largest
            wanted += line.waiting if line.operation == WHEN_FULL else 0.0
            wanted += line.capacity if line.due == 1 else 0.0
    for v in range(fleet_at(m.fleet, f).first, fleet_at(m.fleet, f).end):
        phase = actor_at(m.actor, m.first_vessel + v).phase
        leaves = phase in (BERTH_OUT, LOADING, STORM)
        if vessel_at(m.vessel, v).terminal == terminal and not leaves:
            wanted -= largest
    return wanted


@inside
def _open_boarding(m: State, v: int, ln: int, now: float) -> None:
    """Vessel `v` takes those who wait on line `ln` and leaves when full or late."""
    vessel, line = vessel_at(m.vessel, v), line_at(m.line, ln)
    vessel.line = ln
    line.boarding = v
    _go_aboard(m, v, ln)
    if _is_full(m, v, ln):
        _close(m, v, now)
        return
    me = m.first_vessel + v
    actor_at(m.actor, me).phase = BOARDING
    if line.max_wait < NEVER:
        schedule_other(m, me, now + line.max_wait)


@inside
def _go_aboard(m: State, v: int, ln: int) -> None:
    """Those who wait on line `ln` go aboard vessel `v` in their order, while they fit."""
    vessel, line = vessel_at(m.vessel, v), line_at(m.line, ln)
    while line.first != NONE:
        more = step_at(m.step, actor_at(m.actor, line.first).step).units
        if vessel.units + more > line.capacity + SMALL:
            break
        a = _step_aboard(m, ln)
        vessel.units += more
        vessel.first, vessel.last = append(m, vessel.first, vessel.last, a)


@inside
def _is_full(m: State, v: int, ln: int) -> bool:
    """Whether vessel `v` is full, or the next of its line does not fit."""
    full: bool = (
        vessel_at(m.vessel, v).units >= line_at(m.line, ln).capacity - SMALL
        or line_at(m.line, ln).first != NONE
    )
    return full


@inside
def _close(m: State, v: int, now: float) -> None:
    """Nobody comes aboard any more: vessel `v` asks for a berth to load."""
    vessel = vessel_at(m.vessel, v)
    _capacity_now(m, vessel.line, now)
    line = line_at(m.line, vessel.line)
    vessel.room = line.capacity if line.capacity > vessel.units else vessel.units
    if line.boarding == v:
        line.boarding = NONE
    _ask_berth(m, v, BERTH_OUT, now)


@inside
def _ask_berth(m: State, v: int, phase: int, now: float) -> None:
    """Vessel `v` takes a berth where it is, or waits for one."""
    terminal = terminal_at(m.terminal, vessel_at(m.vessel, v).terminal)
    me = m.first_vessel + v
    actor_at(m.actor, me).phase = phase
    if terminal.berths != NONE and terminal.used >= terminal.berths:
        terminal.first, terminal.last = append(m, terminal.first, terminal.last, me)
        return
    terminal.used += 1
    _at_berth(m, v, now)


@inside
def _at_berth(m: State, v: int, now: float) -> None:
    """Vessel `v` begins to load or to unload."""
    vessel = vessel_at(m.vessel, v)
    line = line_at(m.line, vessel.line)
    me = m.first_vessel + v
    if actor_at(m.actor, me).phase == BERTH_OUT:
        vessel.began = now
        a = vessel.first
        while a != NONE:
            _end_of_wait(m, a, vessel.line, now)
            actor_at(m.actor, a).phase = LOADING
            a = actor_at(m.actor, a).next
        actor_at(m.actor, me).phase = LOADING
        schedule_other(m, me, now + (line.loading + vessel.units * line.unit_loading))
    else:
        vessel.docked = now
        actor_at(m.actor, me).phase = UNLOADING
        schedule_other(m, me, now + (line.unloading + vessel.units * line.unit_unloading))


@inside
def _free_berth(m: State, t: int, now: float) -> None:
    """A berth of terminal `t` is free: the next vessel takes it."""
    terminal = terminal_at(m.terminal, t)
    terminal.used -= 1
    if terminal.first != NONE:
        me = terminal.first
        terminal.first = actor_at(m.actor, me).next
        terminal.used += 1
        _at_berth(m, me - m.first_vessel, now)


@inside
def _set_sail(m: State, v: int, now: float) -> None:
    """Vessel `v` leaves, or waits until its gate is open."""
    vessel = vessel_at(m.vessel, v)
    line = line_at(m.line, vessel.line)
    me = m.first_vessel + v
    if line.gate != NONE:
        open_h = opens_at(m, line.gate, now)
        if open_h > now:
            actor_at(m.actor, me).phase = STORM
            schedule_other(m, me, open_h)
            return
    vessel.sailed = now
    vessel.terminal = line.destination
    actor_at(m.actor, me).phase = SAILING
    schedule_other(m, me, now + sailing_hours(m, vessel.line))


@inside
def on_vessel(m: State, v: int, now: float) -> None:
    """The pending event of vessel `v`."""
    vessel = vessel_at(m.vessel, v)
    me = m.first_vessel + v
    phase = actor_at(m.actor, me).phase
    if phase == BOARDING:
        _close(m, v, now)
    elif phase == LOADING:
        vessel.ready = now
        _count_departure(m, vessel.line, vessel.units, vessel.room)
        _free_berth(m, vessel.terminal, now)
        _set_sail(m, v, now)
    elif phase == STORM:
        _set_sail(m, v, now)
    elif phase == SAILING:
        vessel.arrived = now
        if vessel.first == NONE:
            actor_at(m.actor, me).phase = IDLE
            m.wake = vessel.fleet
        else:
            _ask_berth(m, v, BERTH_IN, now)
    elif phase == UNLOADING:
        _free_berth(m, vessel.terminal, now)
        _land(m, v, now)
        actor_at(m.actor, me).phase = IDLE
        m.wake = vessel.fleet


@inside
def _land(m: State, v: int, now: float) -> None:
    """All leave vessel `v`; their rows of the voyage are written."""
    vessel = vessel_at(m.vessel, v)
    a = vessel.first
    while a != NONE:
        following = actor_at(m.actor, a).next
        log_other(m, a, LOG_LOADING, vessel.began, vessel.ready, 0.0)
        log_other(m, a, LOG_CLOSURE, vessel.ready, vessel.sailed, 0.0)
        log_other(
            m,
            a,
            step_at(m.step, actor_at(m.actor, a).step).activity,
            vessel.sailed,
            vessel.arrived,
            1.0,
        )
        log_other(m, a, LOG_WAIT, vessel.arrived, vessel.docked, 0.0)
        log_other(m, a, LOG_UNLOADING, vessel.docked, now, 0.0)
        actor_at(m.actor, a).phase = LANDED
        schedule_other(m, a, now)
        a = following
    vessel.first = NONE
    vessel.last = NONE
    vessel.units = 0.0


@inside
def voyage(m: State, a: int, k: int, phase: int, since: float, now: float) -> float:
    """Loading, sailing or unloading of `a` without a vessel is over; when the next part is."""
    actor, step = actor_at(m.actor, a), step_at(m.step, k)
    if phase == LOADING:
        log_other(m, a, LOG_LOADING, since, now, 0.0)
        actor.phase = SAILING
        landfall: float = now + actor.left
        return landfall
    if phase == SAILING:
        log_other(m, a, step.activity, since, now, 1.0)
        actor.phase = UNLOADING
        unloading: float = driver_at(m.driver, a).whole
        return now + unloading
    log_other(m, a, LOG_UNLOADING, since, now, 0.0)
    actor.phase = LANDED
    return now
