"""Stations: lines by priority, servers by the clock, yards that hold back those before them."""

from lajvard.simulation.access_kernels import actor_at, change_at, queue_at, station_at
from lajvard.simulation.event_kernels import schedule, schedule_other
from lajvard.simulation.kind_kernels import inlined, inside
from lajvard.simulation.record_kernels import log_row, present, tally
from lajvard.simulation.state_kernels import NEVER, NONE, Phase, State, whole
from lajvard.simulation.step_kernels import append, step_hours

QUEUE, SERVED, YARD = whole(Phase.QUEUE, Phase.SERVED, Phase.YARD)
BLOCKED, ADMITTED = whole(Phase.BLOCKED, Phase.ADMITTED)
LOG_QUEUE, LOG_YARD = whole(0, 3)


@inlined
def arrive(m: State, a: int, s: int, now: float) -> float:
    """Consignment `a` comes to station `s`; when its service ends, `NEVER` if it has to wait."""
    station = station_at(m.station, s)
    station.arrivals += 1
    if station.yard != NONE:
        if actor_at(m.actor, a).room == s:
            actor_at(m.actor, a).room = NONE
        elif station.inside >= station.yard:
            actor_at(m.actor, a).phase = YARD
            actor_at(m.actor, a).since = now
            station.entry_first, station.entry_last = append(
                m, station.entry_first, station.entry_last, a
            )
            return NEVER
        else:
            station.inside += 1
    return enter(m, a, s, now)


@inlined
def enter(m: State, a: int, s: int, now: float) -> float:
    """Consignment `a`, in the yard of `s`, goes to a server or joins the line of its class."""
    station = station_at(m.station, s)
    actor = actor_at(m.actor, a)
    actor.since = now
    if station.busy < station.servers:
        station.busy += 1
        actor.phase = SERVED
        tally(m, station, s, 0.0)
        return now + step_hours(m, a, actor.step)
    _join(m, a, s, now)
    return NEVER


@inside
def _join(m: State, a: int, s: int, now: float) -> None:
    """Consignment `a` joins the line of its class at station `s`."""
    station = station_at(m.station, s)
    actor = actor_at(m.actor, a)
    actor.phase = QUEUE
    actor.left = now
    if station.servers == 0:
        _note_opening(m, a, s)
    queue = queue_at(m.queue, s * m.n_priorities + actor.priority)
    queue.first, queue.last = append(m, queue.first, queue.last, a)
    station.waiting += 1
    station.most = max(station.most, station.waiting)


@inside
def _note_opening(m: State, a: int, s: int) -> None:
    """Let `a` know when its closed station opens, and why it is closed now."""
    station = station_at(m.station, s)
    i = station.cursor
    actor_at(m.actor, a).why = change_at(m.change, i).why
    while i < station.end and change_at(m.change, i).servers == 0:
        i += 1
    actor_at(m.actor, a).left = change_at(m.change, i).when if i < station.end else NEVER


@inside
def serve_waiting(m: State, s: int, now: float) -> None:
    """Servers of station `s` that are free take the next of the line."""
    station = station_at(m.station, s)
    while station.busy < station.servers and station.waiting > 0:
        q = s * m.n_priorities
        while queue_at(m.queue, q).first == NONE:
            q += 1
        a = queue_at(m.queue, q).first
        queue_at(m.queue, q).first = actor_at(m.actor, a).next
        station.waiting -= 1
        station.busy += 1
        _end_of_wait(m, a, s, now)
        schedule(m, a, now + step_hours(m, a, actor_at(m.actor, a).step))


@inside
def _end_of_wait(m: State, a: int, s: int, now: float) -> None:
    """Write down the wait of `a` for a server, and begin its service."""
    actor = actor_at(m.actor, a)
    since, opening = actor.since, min(actor.left, now)
    if opening > since:
        log_row(m, a, actor.why, since, opening, 0.0)
    if now > opening:
        log_row(m, a, LOG_QUEUE, opening, now, 0.0)
    present(m, s, since, now)
    tally(m, station_at(m.station, s), s, now - since)
    actor.phase = SERVED
    actor.since = now


@inside
def has_room(m: State, a: int, ahead: int, now: float) -> bool:
    """Keep a place for `a` at the station ahead, or let it wait for one where it is."""
    station = station_at(m.station, ahead)
    if station.yard == NONE:
        return True
    actor = actor_at(m.actor, a)
    if station.inside < station.yard:
        station.inside += 1
        actor.room = ahead
        return True
    actor.phase = BLOCKED
    actor.since = now
    station.entry_first, station.entry_last = append(m, station.entry_first, station.entry_last, a)
    return False


@inlined
def leave(m: State, s: int, now: float) -> None:
    """One leaves its server and the yard of station `s`."""
    station = station_at(m.station, s)
    station.busy -= 1
    if station.waiting > 0:
        serve_waiting(m, s, now)
    if station.yard != NONE:
        free_place(m, s, now)


@inside
def free_place(m: State, s: int, now: float) -> None:
    """A place in the yard of `s` is free: the first of those outside or blocked gets it."""
    station = station_at(m.station, s)
    station.inside -= 1
    while station.inside < station.yard and station.entry_first != NONE:
        a = station.entry_first
        actor = actor_at(m.actor, a)
        station.entry_first = actor.next
        station.inside += 1
        if actor.phase == BLOCKED:
            actor.room = s
            actor.phase = ADMITTED
            schedule_other(m, a, now)
        else:
            log_row(m, a, LOG_YARD, actor.since, now, 0.0)
            present(m, s, actor.since, now)
            station.outside_h += now - actor.since
            end = enter(m, a, s, now)
            if end < NEVER:
                schedule_other(m, a, end)


@inside
def change_servers(m: State, s: int, now: float) -> float:
    """The timeline of station `s` goes one entry on; when it does so again."""
    station = station_at(m.station, s)
    i = station.cursor + 1
    station.cursor = i
    station.servers = change_at(m.change, i).servers
    serve_waiting(m, s, now)
    if i + 1 < station.end:
        when: float = change_at(m.change, i + 1).when
        return when
    return NEVER
