"""Stations: lines by priority, servers by the clock, yards that hold back those before them."""

from lajvard.simulation.access_kernels import actor_at, change_at, queue_at, station_at, step_at
from lajvard.simulation.event_kernels import schedule, schedule_other
from lajvard.simulation.kind_kernels import inlined, inside
from lajvard.simulation.record_kernels import log_other, log_row, present, tally, tally_nothing
from lajvard.simulation.state_kernels import NEVER, NONE, Phase, State, whole
from lajvard.simulation.step_kernels import append, look_ahead, take_hours

QUEUE, SERVED, YARD = whole(Phase.QUEUE, Phase.SERVED, Phase.YARD)
BLOCKED, ADMITTED = whole(Phase.BLOCKED, Phase.ADMITTED)
LOG_QUEUE, LOG_YARD = whole(0, 3)


@inlined
def arrive(m: State, a: int, s: int, now: float) -> bool:
    """Consignment `a` comes to station `s`; whether it is served at once."""
    station = station_at(m.station, s)
    station.arrivals += 1
    if station.yard != NONE and not _let_in(m, a, s, now):
        return False
    if station.busy < station.servers:
        station.busy += 1
        actor_at(m.actor, a).phase = SERVED
        tally_nothing(m, s)
        return True
    _join(m, a, s, now)
    return False


@inside
def _let_in(m: State, a: int, s: int, now: float) -> bool:
    """Whether `a` has a place in the yard of `s`; otherwise it waits outside."""
    station, actor = station_at(m.station, s), actor_at(m.actor, a)
    if actor.room == s:
        actor.room = NONE
        return True
    if station.inside < station.yard:
        station.inside += 1
        return True
    actor.phase = YARD
    actor.since = now
    station.entry_first, station.entry_last = append(m, station.entry_first, station.entry_last, a)
    return False


@inside
def _join(m: State, a: int, s: int, now: float) -> None:
    """Consignment `a` joins the line of its class at station `s`."""
    station, actor = station_at(m.station, s), actor_at(m.actor, a)
    actor.phase = QUEUE
    actor.since = now
    actor.left = now
    if station.servers == 0:
        _note_opening(m, a, s)
    queue = queue_at(m.queue, s * m.n_priorities + actor.priority)
    queue.first, queue.last = append(m, queue.first, queue.last, a)
    station.waiting += 1
    if station.waiting > station.most:
        station.most = station.waiting


@inside
def _note_opening(m: State, a: int, s: int) -> None:
    """Let `a` know when its closed station opens, and why it is closed now."""
    station, actor = station_at(m.station, s), actor_at(m.actor, a)
    i = station.cursor
    actor.why = change_at(m.change, i).why
    while i < station.end and change_at(m.change, i).servers == 0:
        i += 1
    actor.left = change_at(m.change, i).when if i < station.end else NEVER


@inside
def serve_waiting(m: State, s: int, now: float) -> None:
    """Servers of station `s` that are free take the next of the line."""
    station = station_at(m.station, s)
    while station.busy < station.servers and station.waiting > 0:
        q = s * m.n_priorities
        while queue_at(m.queue, q).first == NONE:
            q += 1
        a = queue_at(m.queue, q).first
        actor = actor_at(m.actor, a)
        queue_at(m.queue, q).first = actor.next
        station.waiting -= 1
        station.busy += 1
        opening = actor.left if actor.left < now else now
        if opening > actor.since:
            log_other(m, a, actor.why, actor.since, opening, 0.0)
        if now > opening:
            log_row(m, a, LOG_QUEUE, opening, now, 0.0)
        present(m, s, actor.since, now)
        tally(m, s, now - actor.since)
        actor.phase = SERVED
        actor.since = now
        k = actor.step
        schedule(m, a, now + actor.hours)
        if k + 1 < step_at(m.step, k).end:
            look_ahead(m, a, k + 1)


@inside
def has_room(m: State, a: int, ahead: int, now: float) -> bool:
    """Keep a place for `a` at the station ahead, or let it wait for one where it is."""
    station, actor = station_at(m.station, ahead), actor_at(m.actor, a)
    if station.yard == NONE:
        return True
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
            continue
        log_other(m, a, LOG_YARD, actor.since, now, 0.0)
        present(m, s, actor.since, now)
        station.outside_h += now - actor.since
        if station.busy < station.servers:
            station.busy += 1
            actor.phase = SERVED
            actor.since = now
            tally_nothing(m, s)
            schedule_other(m, a, now + take_hours(m, a, actor.step))
        else:
            _join(m, a, s, now)


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
