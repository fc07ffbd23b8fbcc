"""From the first event to the last: the one kernel that is called from outside."""

from typing import Any

from lajvard._jit import njit
from lajvard.simulation.access_kernels import actor_at, change_at, station_at, world_at
from lajvard.simulation.engine_kernels import next_arrival, run
from lajvard.simulation.event_kernels import schedule_other, tune
from lajvard.simulation.kind_kernels import inside
from lajvard.simulation.line_kernels import next_departure
from lajvard.simulation.record_kernels import close_books
from lajvard.simulation.state_kernels import NEVER, NONE, State, Status, whole

(DONE,) = whole(Status.DONE)


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
    if m.lists == 2:
        tune(m)


@njit(counting=False)
def play(world: Any, begin: bool, until: float) -> int:
    """Run to the end, from the beginning or from where it stopped; `Status`."""
    m = world_at(world, 0)
    if begin:
        prepare(m)
    status = run(m, until)
    if status == DONE:
        close_books(m, until)
    return status
