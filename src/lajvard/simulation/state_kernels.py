"""The state of a replication: tables of records, one record a thing, that the kernels share.

All memory of a replication is here, and all of it is made before the replication runs. What waits
hangs on an intrusive link: `actor.next` is the next of a server's queue, of a vessel's load, of a
day of the calendar or of the free records, for an actor is only ever in one of them.
"""

from enum import IntEnum
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

Records = NDArray[Any]
"""An array of records: ``m.actor[a].when``."""

NONE = cast("int", np.int64(-1))
NEVER = np.inf
DAYS = 1024
"""Days of a page of the calendar that orders the events, a power of two."""

PAGES = 8192
"""Pages that lie open to be written on, a power of two: later ones share them."""

LINE_BYTES = 64
PIECE_BYTES = 1 << 23
BYTE = np.dtype("u1")

ROWS_EACH = 6
"""Rows that one event writes at most for each consignment there is, and as many again."""

N_HISTOGRAM = 104
HISTOGRAM_OCTAVES = 25
HISTOGRAM_FIRST = 2.0**-12
"""Waits below this many hours (about one second) fall in cell 0, 0 included."""


def whole(*numbers: int) -> tuple[int, ...]:
    """Constants for kernels: of a fixed type, so that a kernel is not compiled for each value."""
    return cast("tuple[int, ...]", tuple(np.int64(number) for number in numbers))


class Phase(IntEnum):
    """What an actor is doing; what its pending event will end, if it has one."""

    FREE = 0
    START = 1
    LANDED = 2
    OWN = 3
    """The time of a delay, an issuing office: the step's own row."""
    DRIVE = 4
    REST = 5
    BAN = 6
    GATE = 7
    YARD = 8
    """Outside a full yard. No event."""
    QUEUE = 9
    """In the line of a station. No event."""
    SERVED = 10
    BLOCKED = 11
    """Served, but there is no room ahead. No event."""
    ADMITTED = 12
    """Was blocked, and now has room."""
    WAIT = 13
    """For a departure, on land or on board of what has not left. No event."""
    LOADING = 14
    SAILING = 15
    UNLOADING = 16
    PERMIT = 17
    """In the line of a pool. No event."""
    IDLE = 18
    """A vessel without anything to do. No event."""
    BOARDING = 19
    BERTH_OUT = 20
    """A vessel that waits for a berth to load. No event."""
    STORM = 21
    BERTH_IN = 22
    """A vessel that waits for a berth to unload. No event."""


class Purpose(IntEnum):
    """What a random number is for: the last word of its address."""

    TIME = 0
    BRANCH = 1
    ROUTE = 2
    ARRIVAL = 3
    SAILING = 4
    GATE_OPEN = 5
    GATE_CLOSED = 6


class Status(IntEnum):
    """Why a kernel came back."""

    DONE = 0
    LOG_FULL = 1
    ACTORS_FULL = 2


WORLD_NUMBERS = [
    ("now", "f8"),
    ("key_0", "u8"),
    ("key_1", "u8"),
    ("n_events", "i8"),  # taken off the event list
    ("n_ahead", "i8"),  # that consignments played ahead of the list
    ("until", "f8"),  # hour of the end
    ("n_log", "i8"),
    ("free", "i4"),
    ("n_active", "i4"),
    ("n_journeys", "i4"),
    ("sample", "i4"),  # every how many journeys is logged; 0 for none
    ("first_station", "i4"),
    ("first_line", "i4"),
    ("first_vessel", "i4"),
    ("first_pool", "i4"),
    ("first_consignment", "i4"),
    ("ahead", "i4"),  # step whose random word the consignment needs next
    ("wake", "i4"),  # fleet whose idle vessels have to look for work after this event
    ("in_system", "i4"),  # column of `presence`
    ("lists", "i4"),  # 0: heap, then calendar; 1: heap only; 2: calendar only
    ("calendar", "i4"),  # 1 while the event list is the calendar
    ("n_heap", "i8"),
    ("n_today", "i8"),  # events on the open page of the calendar
    ("n_later", "i8"),  # events on later pages
    ("page", "i8"),  # the open page, counted on without end
    ("day", "i8"),  # the day of the open page that is looked at next
    ("per_hour", "f8"),  # days of the calendar an hour
    ("tune_at", "i8"),  # events when the width is looked at again
    ("n_tuned", "i8"),  # events when the width was last looked at
    ("tuned_at", "f8"),
    ("n_actors", "i8"),
    ("n_stations", "i8"),
    ("n_lines", "i8"),
    ("n_priorities", "i8"),
    ("n_columns", "i8"),
    ("log_limit", "i8"),  # rows from which on the log is too full to go on
]

ACTOR = np.dtype(
    [
        ("when", "f8"),  # of the pending event
        ("since", "f8"),  # when it began what it does now
        ("hours", "f8"),  # that the next step of a drawn time will take
        ("left", "f8"),  # driving: hours to go; waiting at a closed station: when it opens
        ("next", "i4"),
        ("step", "i4"),
        ("journey", "i4"),
        ("number", "i4"),  # within its source
        ("source", "i2"),
        ("seq", "i2"),
        ("room", "i4"),  # station where a place is kept for it
        ("phase", "i1"),
        ("priority", "i1"),
        ("logged", "i1"),
        ("why", "i1"),  # activity of the wait for `left`
        ("spare", "i4"),
    ],
    align=True,
)

DRIVER = np.dtype(
    [("born", "f8"), ("driven", "f8"), ("stopped", "f8"), ("whole", "f8")], align=True
)

STEP = np.dtype(
    [
        ("scale", "f8"),
        ("target", "i4"),
        ("distribution", "i4"),
        ("stream", "u4"),
        ("gate", "i4"),
        ("ahead", "i4"),
        ("end", "i4"),  # the step after the last of its route
        ("activity", "i2"),
        ("kind", "i1"),
        ("rule", "i1"),
        ("alone", "i4"),  # 1: its end concerns nobody else, and a timed step or a rule follows
        ("route", "i4"),
        ("place", "i4"),
        ("done", "i8"),
        ("units", "f8"),
        ("probability", "f8"),
        ("patience", "f8"),
        ("skip", "i4"),
        ("link_gate", "i4"),
        ("other_step", "i4"),
    ],
    align=True,
)

SOURCE = np.dtype(
    [
        ("level", "f8"),  # cumulative rate at the last arrival
        ("tonnes", "f8"),
        ("stream", "u4"),
        ("cursor", "i4"),
        ("last_rate", "i4"),
        ("scheduled", "i4"),  # next entry, and the end of them
        ("end_scheduled", "i4"),
        ("first_route", "i4"),
        ("end_route", "i4"),
        ("count", "i4"),
        ("priority", "i4"),
        ("watched", "i4"),  # 1: every journey is logged, when any is
    ],
    align=True,
)

ROUTE = np.dtype([("share", "f8"), ("first", "i4"), ("end", "i4"), ("started", "i8")], align=True)

STATION = np.dtype(
    [
        ("servers", "i4"),
        ("busy", "i4"),
        ("yard", "i4"),
        ("inside", "i4"),
        ("waiting", "i4"),
        ("cursor", "i4"),  # the entry of the timeline in force
        ("end", "i4"),
        ("entry_first", "i4"),
        ("entry_last", "i4"),
        ("most", "i4"),  # longest line
        ("arrivals", "i8"),
        ("busy_h", "f8"),
        ("blocked_h", "f8"),
        ("outside_h", "f8"),
        ("closed_h", "f8"),
    ],
    align=True,
)

QUEUE = np.dtype([("first", "i4"), ("last", "i4")], align=True)

GATE = np.dtype([("cursor", "i4"), ("end", "i4")], align=True)

LINE = np.dtype(
    [
        ("capacity", "f8"),
        ("max_wait", "f8"),
        ("headway", "f8"),
        ("loading", "f8"),
        ("unloading", "f8"),
        ("unit_loading", "f8"),  # what each unit on board adds
        ("unit_unloading", "f8"),
        ("waiting", "f8"),  # units in its line
        ("next_h", "f8"),  # the next departure by its clock
        ("fleet", "i4"),
        ("origin", "i4"),
        ("destination", "i4"),
        ("sailing", "i4"),
        ("gate", "i4"),
        ("stream", "u4"),
        ("first", "i4"),
        ("last", "i4"),
        ("boarding", "i4"),  # vessel that takes on board
        ("clock", "i4"),  # departures that its clock has given
        ("first_departure", "i4"),
        ("end_departure", "i4"),
        ("cut", "i4"),  # the next change of its capacity
        ("end_cut", "i4"),
        ("operation", "i1"),
        ("empty", "i1"),
        ("due", "i1"),
        ("pending", "i1"),
        ("sailings", "i8"),  # all, with and without cargo: the address of the sailing time
        ("departures", "i8"),
        ("empties", "i8"),
        ("carried", "f8"),
        ("offered", "f8"),
    ],
    align=True,
)

VESSEL = np.dtype(
    [
        ("fleet", "i4"),
        ("terminal", "i4"),  # where it is or where it goes
        ("line", "i4"),
        ("first", "i4"),
        ("last", "i4"),
        ("units", "f8"),
        ("began", "f8"),
        ("ready", "f8"),
        ("sailed", "f8"),
        ("arrived", "f8"),
        ("docked", "f8"),
        ("room", "f8"),  # units that it could take when it closed
    ],
    align=True,
)

FLEET = np.dtype([("first", "i4"), ("end", "i4")], align=True)

TERMINAL = np.dtype([("berths", "i4"), ("used", "i4"), ("first", "i4"), ("last", "i4")], align=True)

POOL = np.dtype(
    [
        ("quota", "f8"),
        ("hours", "f8"),
        ("used", "f8"),
        ("period", "i8"),
        ("first", "i4"),
        ("last", "i4"),
        ("pending", "i4"),
    ],
    align=True,
)

RULE = np.dtype(
    [
        ("driving", "f8"),
        ("rest", "f8"),
        ("ban_from", "f8"),
        ("ban_hours", "f8"),
        ("ban_days", "i8"),
    ],
    align=True,
)

CHANGE = np.dtype([("when", "f8"), ("servers", "i4"), ("why", "i4")], align=True)

CLOSED = np.dtype([("begin", "f8"), ("until", "f8")], align=True)
CUT = np.dtype([("when", "f8"), ("capacity", "f8")], align=True)

PENDING = np.dtype([("when", "f8"), ("actor", "i8")], align=True)

REAL = np.dtype([("value", "f8")])
WHOLE = np.dtype([("value", "i4")])
COUNT = np.dtype([("value", "i8")])
WORD = np.dtype([("value", "u8")])
SHORT = np.dtype([("value", "i2")])
SHARE = np.dtype([("value", "f4")])
TALLY = np.dtype([("n", "i8"), ("total", "f8"), ("squares", "f8")])
PRESENCE = np.dtype([("part", "f8"), ("change", "f8")])
DAY = np.dtype([("begun", "f8"), ("ended", "f8"), ("hours", "f8"), ("squares", "f8")])


class Memory(NamedTuple):
    """All memory of a replication but the world: one record array for each kind of thing."""

    actor: Records  # sources, stations, lines, vessels, pools, then consignments
    driver: Records  # (n_actors,)
    step: Records
    source: Records
    route: Records
    station: Records
    queue: Records  # (n_stations * n_priorities,)
    gate: Records
    line: Records
    vessel: Records
    fleet: Records
    terminal: Records
    pool: Records
    rule: Records
    change: Records  # the timelines of all stations
    closed: Records  # the closed times of all gates
    quantiles: Records  # (n_distributions * N_KNOTS,)
    rate_time: Records
    rate_total: Records
    scheduled: Records
    departure: Records
    cut: Records  # when capacities of lines change
    days: Records  # (DAYS,) first actor of each day of the open page of the calendar
    occupied: Records  # (DAYS / 64,) one bit a day: somebody is there
    pages: Records  # (PAGES,) first actor of each later page
    link: Records  # (n_actors,) the next actor of a later page
    heap: Records
    log_journey: Records  # (n_rows,), as all of the log
    log_step: Records
    log_route: Records
    log_place: Records
    log_start: Records
    log_end: Records
    log_share: Records
    log_seq: Records
    log_activity: Records
    log_source: Records
    tally: Records  # (n_columns + n_routes,)
    presence: Records  # ((n_hours + 2) * n_columns,)
    histogram: Records  # ((n_columns + n_routes) * N_HISTOGRAM,)
    by_day: Records


ADDRESSES = [(name, "i8") for name in Memory._fields]
WORLD = np.dtype([*WORLD_NUMBERS, *ADDRESSES], align=True)

FIXED = (
    *("key_0", "key_1", "first_station", "first_line", "first_vessel", "first_pool"),
    *("first_consignment", "in_system", "lists", "n_actors", "n_stations", "n_lines"),
    *("n_priorities", "n_columns", "log_limit", "sample"),
)
"""Fields of the world that no kernel changes, besides the addresses."""

State = Any
"""The world as the kernels see it: its numbers, and where each table of `Memory` begins."""


def records(n: int, dtype: np.dtype[Any]) -> Records:
    """An array of `n` records, all 0, that begins with a line of the processor's cache."""
    memory = np.zeros(n * dtype.itemsize + LINE_BYTES, np.uint8)
    begin = -memory.ctypes.data % LINE_BYTES
    made: Records = memory[begin : begin + n * dtype.itemsize].view(dtype).view(np.recarray)
    return made


class Room:
    """Memory from which tables are cut one after the other.

    In pieces so large that the operating system can give large pages to them: with pages of 4 KiB
    the processor looks up the page of one consignment in a few anew.
    """

    def __init__(self) -> None:
        self._piece, self._used = records(0, BYTE), 0

    def records(self, n: int, dtype: np.dtype[Any]) -> Records:
        """An array of `n` records, all 0, that begins with a line of the processor's cache."""
        size = n * dtype.itemsize
        if self._used + size > len(self._piece):
            self._piece, self._used = records(max(size, PIECE_BYTES), BYTE), 0
        begin = self._used
        self._used += -(-size // LINE_BYTES) * LINE_BYTES
        made: Records = self._piece[begin : begin + size].view(np.ndarray).view(dtype)
        return made.view(np.recarray)

    def copied(self, table: Records) -> Records:
        """A table like this one."""
        made = self.records(len(table), table.dtype)
        made[:] = table
        return made


def records_of(values: NDArray[Any], dtype: np.dtype[Any]) -> Records:
    """The numbers of an array as records of one field each."""
    flat = np.ascontiguousarray(values, dtype[0]).reshape(-1)
    return flat.view(dtype).view(np.recarray)


LOG_TYPES = dict.fromkeys(("journey", "step", "route", "place", "start", "end"), WHOLE)
LOG_TYPES |= {"share": SHARE, "seq": SHORT, "activity": SHORT, "source": SHORT}


def log_records(n: int) -> dict[str, Records]:
    """Room for `n` rows of the log."""
    return {f"log_{name}": records(n, dtype) for name, dtype in LOG_TYPES.items()}


def point(world: Records, memory: Memory) -> None:
    """Write into the world where the tables are, and how many things there are."""
    w = world[0]
    for name in Memory._fields:
        w[name] = getattr(memory, name).ctypes.data
    w.n_actors, w.n_stations, w.n_lines = map(len, (memory.actor, memory.station, memory.line))
    most = ROWS_EACH * (len(memory.actor) + 1)
    w.log_limit = len(memory.log_step) - most if w.sample > 0 else 1 << 62
