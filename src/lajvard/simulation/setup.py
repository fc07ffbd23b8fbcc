"""From a model to the state of a replication: records made once a model, copied a replication."""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError
from lajvard.simulation import state_kernels as st
from lajvard.simulation.check import model_problems, too_many
from lajvard.simulation.model import EVERY_DAY, FloatArray, IntArray, Model, StepKind
from lajvard.simulation.random_kernels import make_key
from lajvard.simulation.state_kernels import (
    NONE,
    ROWS_EACH,
    Memory,
    Records,
    Room,
    point,
    records,
    records_of,
)
from lajvard.simulation.timelines import capacity_times, closed_times, server_times

FIRST_ACTORS = 1024
FIRST_ROWS = 65536


@dataclass(frozen=True, eq=False)
class Prepared:
    """A model as templates of records, and what is remembered of its last replication."""

    model: Model
    templates: dict[str, Records]
    gate_stream: NDArray[np.uint32]
    route_of_step: IntArray
    sizes: dict[str, int] = field(default_factory=dict)

    def remember(self, n_actors: int, n_rows: int) -> None:
        """Make the tables of the next replication about as large as this one needed them."""
        self.sizes["actors"] = max(self.sizes.get("actors", 0), n_actors)
        rows = n_rows + n_rows // 16 + 2 * ROWS_EACH * n_actors
        self.sizes["rows"] = max(self.sizes.get("rows", 0), rows)

    def by_route(self, values: FloatArray) -> FloatArray:
        """Sums over the steps of each route."""
        n_routes = len(self.model.routes.share_total)
        return np.bincount(self.route_of_step, values, minlength=n_routes).astype(np.float64)


def stream_of(name: str) -> int:
    """The word that a name has in the address of a random number."""
    return crc32(name.encode())


@lru_cache(maxsize=8)
def prepared(model: Model) -> Prepared:
    """The templates of a model, kept for the next replication.

    Raises
    ------
    InputError
        The model cannot be played, and all that is wrong with it; or too many unit loads set out.
    """
    problems = model_problems(model)
    if problems:
        raise InputError("model", "; ".join(problems), "Compile the model anew.")
    if found := too_many(model):
        remedy = "Simulate fewer days, or look at tonnes_per_year and arrivals_per_day."
        raise InputError("simulation", found, remedy)
    templates = {
        "step": _steps(model),
        "source": _sources(model),
        "route": _routes(model),
        "line": _lines(model),
        "vessel": _vessels(model),
        "fleet": _ranges(st.FLEET, model.fleets.first_vessel),
        "terminal": _terminals(model),
        "pool": _pools(model),
        "rule": _rules(model),
        "quantiles": records_of(model.quantiles, st.REAL),
        "rate_time": records_of(model.sources.rate_time_h, st.REAL),
        "rate_total": records_of(model.sources.rate_total, st.REAL),
        "scheduled": records_of(model.sources.scheduled_h, st.REAL),
        "departure": records_of(model.lines.departure_h, st.REAL),
    }
    gate_stream = np.array([stream_of(f"gate {name}") for name in model.gate_names], np.uint32)
    route_of_step = templates["step"]["route"].astype(np.int32)
    return Prepared(model, templates, gate_stream, route_of_step)


def _ranges(dtype: np.dtype[Any], first: IntArray) -> Records:
    """Records of first and end out of an array of beginnings."""
    made = records(len(first) - 1, dtype)
    made["first"], made["end"] = first[:-1], first[1:]
    return made


def step_streams(model: Model) -> NDArray[np.uint32]:
    """The word of each step in addresses: by place, activity and how often they came before.

    Not by its number: a step that a scenario adds or takes away leaves the others their numbers.
    """
    streams = np.zeros(len(model.steps.kind), np.uint32)
    first = model.routes.first_step
    for r in range(len(first) - 1):
        seen: Counter[str] = Counter()
        for k in range(first[r], first[r + 1]):
            place = model.place_ids[model.steps.place[k]]
            activity = model.activity_names[model.steps.activity[k]]
            name = f"{model.steps.kind[k]}|{place}|{activity}"
            streams[k] = stream_of(f"{name}|{seen[name]}")
            seen[name] += 1
    return streams


def _steps(model: Model) -> Records:
    steps, first = model.steps, model.routes.first_step
    made = records(len(steps.kind), st.STEP)
    for name in ("scale", "target", "distribution", "gate", "ahead", "activity", "kind", "rule"):
        made[name] = getattr(steps, name)
    for name in ("units", "probability", "skip", "link_gate", "place"):
        made[name] = getattr(steps, name)
    made["patience"] = steps.patience_h
    made["other_step"] = np.where(steps.other_route >= 0, steps.other_step, NONE)
    lengths = np.diff(first)
    made["end"] = np.repeat(first[1:], lengths)
    made["route"] = np.repeat(np.arange(len(lengths)), lengths)
    made["stream"] = step_streams(model)
    asks = steps.kind == StepKind.PERMIT
    asks[asks] = np.isinf(model.pools.quota[steps.target[asks]])
    timed = asks | np.isin(steps.kind, (StepKind.MOVE, StepKind.DELAY))
    made["kind"][asks] = StepKind.DELAY  # of a token without quota: nobody waits
    made["target"][timed & ~asks] = NONE
    same_route = made["route"][1:] == made["route"][:-1]
    made["alone"][:-1] = timed[:-1] & timed[1:] & same_route
    made["alone"] |= (steps.kind == StepKind.MOVE) & (made["rule"] != NONE)
    return made


def _sources(model: Model) -> Records:
    sources = model.sources
    made = records(len(sources.class_ix), st.SOURCE)
    made["tonnes"] = sources.tonnes
    made["stream"] = [stream_of(f"source {name}") for name in model.source_names]
    made["cursor"] = sources.first_rate[:-1]
    made["last_rate"] = sources.first_rate[1:] - 1
    made["scheduled"] = sources.first_scheduled[:-1]
    made["end_scheduled"] = sources.first_scheduled[1:]
    made["first_route"], made["end_route"] = sources.first_route[:-1], sources.first_route[1:]
    made["priority"] = model.class_priority[sources.class_ix]
    return made


def _routes(model: Model) -> Records:
    made = _ranges(st.ROUTE, model.routes.first_step)
    made["share"] = model.routes.share_total
    return made


def _lines(model: Model) -> Records:
    lines = model.lines
    made = records(len(lines.fleet), st.LINE)
    for name in ("fleet", "origin", "destination", "operation", "capacity", "sailing", "gate"):
        made[name] = getattr(lines, name)
    made["empty"] = lines.empty
    made["max_wait"], made["headway"] = lines.max_wait_h, lines.headway_h
    made["loading"], made["unloading"] = lines.loading_h, lines.unloading_h
    made["unit_loading"], made["unit_unloading"] = lines.loading_unit_h, lines.unloading_unit_h
    made["first_departure"] = lines.first_departure[:-1]
    made["end_departure"] = lines.first_departure[1:]
    made["stream"] = [stream_of(f"line {name}") for name in model.line_names]
    for name in ("first", "last", "boarding"):
        made[name] = NONE
    return made


def _vessels(model: Model) -> Records:
    fleets = model.fleets
    made = records(len(fleets.vessel_home), st.VESSEL)
    made["fleet"] = np.repeat(np.arange(len(fleets.first_vessel) - 1), np.diff(fleets.first_vessel))
    made["terminal"] = fleets.vessel_home
    made["first"] = made["last"] = NONE
    return made


def _terminals(model: Model) -> Records:
    made = records(len(model.fleets.berths), st.TERMINAL)
    made["berths"] = model.fleets.berths
    made["first"] = made["last"] = NONE
    return made


def _pools(model: Model) -> Records:
    made = records(len(model.pools.quota), st.POOL)
    made["quota"], made["hours"] = model.pools.quota, model.pools.period_h
    made["first"] = made["last"] = NONE
    return made


def _rules(model: Model) -> Records:
    rules = model.rules
    made = records(len(rules.driving_h), st.RULE)
    made["driving"], made["rest"] = rules.driving_h, rules.rest_h
    made["ban_from"] = rules.ban_from_h
    hours = (rules.ban_until_h - rules.ban_from_h) % 24.0
    hours[hours == 0] = 24.0
    made["ban_hours"] = np.where(np.isnan(hours) | (rules.ban_days & EVERY_DAY == 0), 0.0, hours)
    made["ban_days"] = rules.ban_days
    return made


# ------------------------------------------------------------- a replication


def new_state(
    plan: Prepared,
    seed: int,
    replication: int,
    sample: int,
    lists: int,
    n_rows: int | None = None,
) -> tuple[Records, Memory]:
    """World and memory of one replication, ready to be played.

    The log has room for `n_rows`; by default for about as many as the last replication had.
    """
    n_rows = n_rows or plan.sizes.get("rows", FIRST_ROWS)
    model, room = plan.model, Room()
    made = {name: room.copied(table) for name, table in plan.templates.items()}
    first_closed, closed = closed_times(model, plan.gate_stream, make_key(seed, replication))
    first_change, change = server_times(model, first_closed, closed)
    first_cut, cut = capacity_times(model, first_closed, closed)
    made["line"]["cut"], made["line"]["end_cut"] = first_cut[:-1], first_cut[1:]
    station = _stations(model, first_change)
    fixed = [len(made["source"]), len(station), len(made["line"])]
    fixed += [len(made["vessel"]), len(made["pool"])]
    n_actors = plan.sizes.get("actors", FIRST_ACTORS) + sum(fixed)
    n_hours = int(np.ceil(model.horizon_h))
    n_columns = len(station) + len(made["line"]) + len(made["pool"]) + 1
    n_priorities = int(model.class_priority.max(initial=0)) + 1
    queue = room.records(len(station) * n_priorities, st.QUEUE)
    queue["first"] = queue["last"] = NONE
    actor = room.records(n_actors, st.ACTOR)
    actor["phase"][sum(fixed[:3]) : sum(fixed[:4])] = st.Phase.IDLE
    days, pages = room.records(st.DAYS, st.WHOLE), room.records(st.PAGES, st.WHOLE)
    days["value"] = pages["value"] = NONE
    memory = Memory(
        actor=actor,
        driver=room.records(n_actors, st.DRIVER),
        queue=queue,
        station=room.copied(station),
        gate=room.copied(_gates(first_closed)),
        change=room.copied(change),
        closed=room.copied(closed),
        cut=room.copied(cut),
        days=days,
        occupied=room.records(st.DAYS // 64, st.WORD),
        pages=pages,
        link=room.records(n_actors, st.WHOLE),
        heap=room.records(n_actors, st.PENDING),
        **st.log_records(n_rows if sample else 1),
        tally=room.records(n_columns + len(made["route"]), st.TALLY),
        presence=room.records((n_hours + 2) * n_columns, st.PRESENCE),
        histogram=room.records((n_columns + len(made["route"])) * st.N_HISTOGRAM, st.COUNT),
        by_day=room.records(int(model.horizon_h // 24) + 2, st.DAY),
        **made,
    )
    world = _world(fixed, seed, replication)
    w = world[0]
    w.sample, w.lists, w.free, w.wake = sample, lists, NONE, NONE
    w.n_priorities, w.n_columns, w.in_system = n_priorities, n_columns, n_columns - 1
    point(world, memory)
    return world, memory


def _world(fixed: list[int], seed: int, replication: int) -> Records:
    """The record of everything that there is once."""
    world = records(1, st.WORLD)
    w = world[0]
    w.key_0, w.key_1 = make_key(seed, replication)
    w.first_station, w.first_line, w.first_vessel, w.first_pool, w.first_consignment = np.cumsum(
        fixed
    )
    return world


def _gates(first: IntArray) -> Records:
    """Gates, whose closed times begin where `first` says."""
    gate = records(len(first) - 1, st.GATE)
    gate["cursor"], gate["end"] = first[:-1], first[1:]
    return gate


def _stations(model: Model, first: IntArray) -> Records:
    """Stations, whose changes begin where `first` says."""
    station = records(len(first) - 1, st.STATION)
    station["yard"] = model.stations.yard
    station["cursor"], station["end"] = first[:-1], first[1:]
    station["entry_first"] = station["entry_last"] = NONE
    return station
