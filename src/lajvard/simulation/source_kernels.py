"""Where consignments begin and end."""

import math

import numpy as np

from lajvard.simulation.access_kernels import (
    actor_at,
    change_at,
    day_at,
    driver_at,
    real_at,
    route_at,
    source_at,
    station_at,
)
from lajvard.simulation.event_kernels import schedule_other
from lajvard.simulation.kind_kernels import inside
from lajvard.simulation.line_kernels import next_departure
from lajvard.simulation.random_kernels import uniform
from lajvard.simulation.record_kernels import present, tally
from lajvard.simulation.state_kernels import NEVER, NONE, Phase, Purpose, State, whole
from lajvard.simulation.step_kernels import look_ahead_at, number_for

FREE, START = whole(Phase.FREE, Phase.START)
OF_ROUTE, OF_ARRIVAL = whole(Purpose.ROUTE, Purpose.ARRIVAL)
(NO_STEP,) = whole(0)


@inside
def prepare(m: State) -> None:
    """Put everything to its beginning: links, free records, first events."""
    m.free = NONE
    for a in range(m.n_actors - 1, m.first_consignment - 1, -1):
        actor_at(m.actor, a).next = m.free
        m.free = a
    for s in range(m.first_station):
        when = next_arrival(m, s)
        if when < NEVER:
            schedule_other(m, s, when)
    for s in range(m.n_stations):
        station = station_at(m.station, s)
        station.servers = change_at(m.change, station.cursor).servers
        if station.cursor + 1 < station.end:
            schedule_other(m, m.first_station + s, change_at(m.change, station.cursor + 1).when)
    for ln in range(m.n_lines):
        when = next_departure(m, ln)
        if when < NEVER:
            schedule_other(m, m.first_line + ln, when)


@inside
def create(m: State, s: int, now: float) -> int:
    """A consignment begins at source `s`, which waits for its next one."""
    source = source_at(m.source, s)
    a: int = m.free
    actor, driver = actor_at(m.actor, a), driver_at(m.driver, a)
    m.free = actor.next
    m.n_active += 1
    driver.born = now
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
    driver.driven = 0.0
    driver.stopped = now
    m.n_journeys += 1
    u = number_for(m, a, NO_STEP, OF_ROUTE)
    r = source.first_route
    while r < source.end_route - 1 and u >= route_at(m.route, r).share:
        r += 1
    actor.step = route_at(m.route, r).first
    look_ahead_at(m, a, actor.step)
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
    source.level -= math.log(uniform(key, n, source.stream, NO_STEP, OF_ARRIVAL))
    i = source.cursor
    while i < source.last_rate and real_at(m.rate_total, i + 1).value <= source.level:
        i += 1
    source.cursor = i
    if i >= source.last_rate:
        return NEVER
    low, high = real_at(m.rate_total, i).value, real_at(m.rate_total, i + 1).value
    begin, end = real_at(m.rate_time, i).value, real_at(m.rate_time, i + 1).value
    hour: float = begin + (source.level - low) / (high - low) * (end - begin)
    return hour


@inside
def finish(m: State, a: int, r: int, now: float) -> None:
    """Consignment `a` has arrived by route `r`."""
    actor, born = actor_at(m.actor, a), driver_at(m.driver, a).born
    hours = now - born
    tally(m, m.in_system + 1 + r, hours)
    present(m, m.in_system, born, now)
    day = day_at(m.by_day, int(now / 24.0))
    day.ended += 1.0
    day.hours += hours
    day.squares += hours * hours
    actor.phase = FREE
    actor.next = m.free
    m.free = a
    m.n_active -= 1
