"""The model of a simulation: frozen arrays that any corridor fills, and names that lead back.

Hours are counted from the start of the simulated time. Everything is indexed: a *source* makes
consignments, each takes one *route* of the source's choice set, a route is a run of *steps*, and a
step uses a *station*, a *line* of a fleet, a *pool* of tokens or nothing. *Gates* are things that
open and close by themselves: storms, closed roads, a data link that is down.

What each step does, in which order things happen at one moment, and how vessels choose is written
in `docs/background/simulation.md`. Who fills a model has to know:

- `activity_names` begins with `ENGINE_ACTIVITIES`, the rows that the engine writes by itself:
  waits, rests, loading. Steps may use any of these or further ones for their own row.
- A step whose distribution is -1 takes no time.
- `Steps.ahead` names, for a station step, the station further on whose yard must have room before
  the consignment leaves its server here (paired posts); the place there is taken at that moment
  and kept on the way. Arrivals without such a place wait outside a full yard. -1 for none.
- A fleet without vessels has as many as it needs: its lines leave by themselves.
- A week of a timetable begins with hour 0 of the simulation.
- A row of the log that carries a part of its step (driving between two rests) has that part in
  `share`; waits and rests carry nothing, their share is 0.
"""

import hashlib
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int32]
SmallArray = NDArray[np.int8]
FloatArray = NDArray[np.float64]


EVERY_DAY = 127
"""Of `Rules.ban_days`: all days of the week."""


def servers_left(servers: ArrayLike, share: ArrayLike) -> FloatArray:
    """A share of servers in whole ones: at least one, unless there were none or nothing is left."""
    left = np.multiply(servers, share)
    return np.where(left > 0, np.maximum(1, np.rint(left)), 0.0)


class StepKind(IntEnum):
    """What a step of a route does."""

    DELAY = 0
    """Takes the time of its distribution, undisturbed: loading by the shipper, rest at a place."""
    MOVE = 1
    """Driving or hauling: like a delay, but under its driver rule and its gates."""
    STATION = 2
    """Waits for a server of station `target`, then is served for the time of its distribution."""
    SERVICE = 3
    """Boards the next departure of line `target` that has room, sails, and is unloaded."""
    PERMIT = 4
    """Waits for a token of pool `target`, then for the time of its distribution (issuing)."""
    BRANCH = 5
    """Goes on with the next step, or with probability `probability` skips `skip` steps."""


ENGINE_ACTIVITIES = (
    "queue",
    "opening_hours",
    "closure",
    "yard",
    "wait",
    "loading",
    "unloading",
    "permit",
    "rest",
    "night_ban",
)
"""What the engine logs by itself.

Waits for a server, for a station to open by its hours, for a gate, for room in a yard and for a
departure; loading and unloading; the wait for a token; a driver's rest; hours of banned driving.
"""


class Sources(NamedTuple):
    """Where consignments begin."""

    class_ix: IntArray  # (n_sources,) consignment class
    tonnes: FloatArray  # (n_sources,) mass of one consignment
    first_rate: IntArray  # (n_sources + 1,) into rate_*
    rate_time_h: FloatArray  # ascending within a source; the cumulative rate is linear between
    rate_total: FloatArray  # expected arrivals until that time; the first is 0, the last the total
    first_scheduled: (
        IntArray  # (n_sources + 1,) into scheduled_h: a source with entries has no rate
    )
    scheduled_h: FloatArray  # ascending within a source
    first_route: IntArray  # (n_sources + 1,) into Routes: the choice set


class Routes(NamedTuple):
    """The choice sets of all sources, one after the other."""

    share_total: FloatArray  # (n_routes,) cumulative share within its source; the last is 1
    first_step: IntArray  # (n_routes + 1,) into Steps


class Steps(NamedTuple):
    """The steps of all routes, one after the other."""

    kind: SmallArray  # (n_steps,) StepKind
    target: IntArray  # station, line or pool; -1 for none
    distribution: IntArray  # of the time, -1 for none
    scale: FloatArray  # the drawn time is multiplied by this
    probability: FloatArray  # of a branch
    skip: IntArray  # of a branch: steps that it jumps over
    link_gate: IntArray  # of a branch: while this gate is closed it never skips; -1 for none
    rule: SmallArray  # driver rule of a move, -1 for none
    ahead: IntArray  # of a station: the station whose yard must have room first; -1 for none
    gate: IntArray  # must be open when the step begins, -1 for none
    patience_h: FloatArray  # waits so long at a closed gate, infinite for ever
    other_route: IntArray  # the route taken from its beginning of the same place on afterwards, -1
    other_step: IntArray  # the step of that route to go on with
    units: FloatArray  # places that the consignment takes on a line (lorries, wagons, TEU)
    activity: IntArray  # index into activity_names, of the log row of the step itself
    place: IntArray  # index into place_ids
    distance_km: FloatArray
    cost_usd: FloatArray
    emission_kgco2e: FloatArray


class Stations(NamedTuple):
    """Places with servers and a line."""

    first_shift: IntArray  # (n_stations + 1,) into shift_*
    shift_time_h: FloatArray  # ascending within a station, the first is 0
    shift_servers: IntArray  # servers from that time on
    yard: IntArray  # consignments that it holds, waiting and in service; -1 for no limit
    first_gate: IntArray  # (n_stations + 1,) into gate
    gate: IntArray  # gates that close the station


class Gates(NamedTuple):
    """Processes that close and open again; shared by all who meet them."""

    rate_per_h: FloatArray  # (n_gates,) starts of random closures an hour while open, in season
    mean_closed_h: FloatArray  # their exponential mean length
    months: IntArray  # bit m - 1 set: random closures start in month m
    left: FloatArray  # share of the servers or the capacity that it leaves what it does not shut
    first_dated: IntArray  # (n_gates + 1,) into dated_*
    dated_from_h: FloatArray
    dated_until_h: FloatArray


class Lines(NamedTuple):
    """Directed offers of a fleet: from one terminal to another."""

    fleet: IntArray  # (n_lines,)
    origin: IntArray  # terminal
    destination: IntArray  # terminal
    operation: SmallArray  # 0 leaves when full, 1 headway, 2 timetable
    capacity: FloatArray  # units
    max_wait_h: FloatArray  # since the first unit came aboard; infinite for ever
    headway_h: FloatArray
    first_departure: IntArray  # (n_lines + 1,) into departure_h, of a timetable
    departure_h: FloatArray  # hours within a week, ascending within a line
    sailing: IntArray  # distribution
    loading_h: FloatArray  # time of a departure, whatever its load
    unloading_h: FloatArray
    loading_unit_h: FloatArray  # time that each unit on board adds, 1 / rate
    unloading_unit_h: FloatArray
    gate: IntArray  # must be open to leave, -1 for none
    first_loss: IntArray  # (n_lines + 1,) into loss
    loss: IntArray  # gates that, while closed, take some of the capacity; who is aboard stays
    empty: SmallArray  # 1: may go back empty when nobody waits at its origin but at its destination


class Fleets(NamedTuple):
    """Vessels (or trains) that serve the lines between their terminals."""

    first_vessel: IntArray  # (n_fleets + 1,)
    vessel_home: IntArray  # (n_vessels,) terminal where it starts
    berths: (
        IntArray  # (n_terminals,) vessels of all fleets that load or unload at once; -1 no limit
    )


class Pools(NamedTuple):
    """Tokens: permits and visas with a quota a period."""

    quota: FloatArray  # (n_pools,) tokens a period, infinite for no quota; unused ones lapse
    period_h: FloatArray


class Rules(NamedTuple):
    """Driver-hours rules and bans on driving."""

    driving_h: FloatArray  # (n_rules,) longest driving before the rest
    rest_h: FloatArray
    ban_from_h: FloatArray  # hour of the day (UTC) from which driving is banned; NaN for none
    ban_until_h: FloatArray  # the same hour: a whole day
    ban_days: IntArray  # bit d set: on day d of each week, the first of which begins with hour 0


@dataclass(frozen=True, eq=False)
class Model:
    """Everything that a replication needs but its seed and number."""

    sources: Sources
    routes: Routes
    steps: Steps
    stations: Stations
    gates: Gates
    lines: Lines
    fleets: Fleets
    pools: Pools
    rules: Rules
    quantiles: FloatArray  # (n_distributions, n_cells + 1), see `lajvard.simulation.distributions`
    class_priority: SmallArray  # (n_classes,) 0 is served first
    horizon_h: float
    month_start_h: FloatArray  # (13,) when the months of the simulated year begin, and its end
    class_names: tuple[str, ...]
    source_names: tuple[str, ...]
    route_names: tuple[str, ...]
    station_names: tuple[str, ...]
    line_names: tuple[str, ...]
    gate_names: tuple[str, ...]
    pool_names: tuple[str, ...]
    activity_names: tuple[str, ...]
    place_ids: tuple[str, ...]

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of all arrays and names: equal models have equal hashes."""
        digest = hashlib.sha256()
        for item in fields(self):
            value = getattr(self, item.name)
            for part in (
                value if isinstance(value, tuple) and hasattr(value, "_fields") else [value]
            ):
                digest.update(item.name.encode())
                if isinstance(part, np.ndarray):
                    digest.update(repr((part.dtype.str, part.shape)).encode())
                    digest.update(np.ascontiguousarray(part).tobytes())
                else:
                    digest.update(repr(part).encode())
        return digest.hexdigest()
