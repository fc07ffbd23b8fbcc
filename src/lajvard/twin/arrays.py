"""From planned steps, stations, lines and gates to the arrays of a model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lajvard.case.closures import Gate
from lajvard.network.arrays import FloatArray, IntArray
from lajvard.network.calendars import DriverRules
from lajvard.network.procedures import Shape
from lajvard.simulation.distributions import quantile_table
from lajvard.simulation.model import (
    ENGINE_ACTIVITIES,
    Fleets,
    Gates,
    Lines,
    Pools,
    Routes,
    Rules,
    Sources,
    Stations,
    StepKind,
    Steps,
)
from lajvard.twin.lines import Fleet, ServiceLine
from lajvard.twin.stations import Station
from lajvard.twin.steps import Plan

ACTIVITIES = ("moving", "clearance", "sailing", "transfer", "inspection")
"""Activities of steps besides those that the engine writes; others follow as they come."""


@dataclass(frozen=True)
class Source:
    """Where unit loads begin: their class, when they leave, and the routes they take."""

    name: str
    cargo_class: str
    tonnes: float
    hours: FloatArray
    total: FloatArray
    scheduled_h: tuple[float, ...]
    shares: FloatArray
    route_names: tuple[str, ...]
    routes: tuple[tuple[Plan, ...], ...]
    per_year: float = 0.0


class Names:
    """Names that become numbers in the order in which they come."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._numbers = {name: ix for ix, name in enumerate(known)}

    def ix(self, name: str) -> int:
        """Number of a name, a new one if it is new."""
        return self._numbers.setdefault(name, len(self._numbers))

    def find(self, name: str) -> int:
        """Number of a name, -1 if it is not there."""
        return self._numbers.get(name, -1)

    def all(self) -> tuple[str, ...]:
        """The names in the order of their numbers."""
        return tuple(self._numbers)


class Shapes:
    """Quantile tables, one a form, coefficient of variation and mean."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, float, float, tuple[float, ...]], int] = {}

    def ix(self, shape: Shape, mean: float = 1.0) -> int:
        """Number of the table of a shape; steps scale theirs and so need only those of mean 1."""
        form, cv = str(shape[0]), float(shape[1])
        values = tuple(float(value) for value in shape[2:])
        form, cv = ("fixed", 0.0) if not cv and form != "exponential" else (form or "fixed", cv)
        return self._numbers.setdefault((form, cv, mean, values), len(self._numbers))

    def tables(self) -> FloatArray:
        """The tables, one a row."""
        if not self._numbers:
            self.ix(("fixed", 0.0))
        return np.stack([_table(*key) for key in self._numbers])


def _table(form: str, cv: float, mean: float, values: tuple[float, ...]) -> FloatArray:
    """The table of a shape; observed times are scaled to the mean."""
    if not values:
        return quantile_table(form, mean, cv)
    scale = mean * len(values) / sum(values)
    return quantile_table(form, values=[scale * value for value in values])


@dataclass(frozen=True)
class Numbers:
    """The numbers of all that steps refer to."""

    places: Names
    activities: Names
    shapes: Shapes
    stations: Mapping[object, int]
    lines: Mapping[object, int]
    pools: Names
    gates: Names


def starts(counts: Sequence[int]) -> IntArray:
    """Where each of several lists begins when they stand one after another, and the end."""
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int32)


def source_arrays(sources: Sequence[Source], classes: Names) -> tuple[Sources, Routes]:
    """Sources and routes; the steps of the routes come in the same order."""
    counts = [len(source.routes) for source in sources]
    totals = [np.cumsum(source.shares) for source in sources]
    for total in totals:
        total[-1] = 1.0
    made = Sources(
        class_ix=_ints(classes.ix(source.cargo_class) for source in sources),
        tonnes=_floats(source.tonnes for source in sources),
        first_rate=starts([len(source.hours) for source in sources]),
        rate_time_h=_joined([source.hours for source in sources]),
        rate_total=_joined([source.total for source in sources]),
        first_scheduled=starts([len(source.scheduled_h) for source in sources]),
        scheduled_h=_joined([np.array(source.scheduled_h) for source in sources]),
        first_route=starts(counts),
    )
    steps = [len(plans) for source in sources for plans in source.routes]
    return made, Routes(share_total=_joined(totals), first_step=starts(steps))


def step_arrays(sources: Sequence[Source], stations: Sequence[Station], numbers: Numbers) -> Steps:
    """The steps of all routes, one after another."""
    service = {
        procedure: hours for station in stations for procedure, hours in station.service_h.items()
    }
    rows: list[dict[str, float]] = []
    first_route = 0
    first_step = starts([len(plans) for source in sources for plans in source.routes])
    for source in sources:
        heads = [_heads(plans) for plans in source.routes]
        for plans in source.routes:
            for plan in plans:
                row = _row(plan, numbers, service)
                if plan.other is not None:
                    route, move = plan.other
                    row["other_route"] = first_route + route
                    row["other_step"] = int(first_step[first_route + route]) + heads[route][move]
                rows.append(row)
        first_route += len(source.routes)
    columns = {name: _column(name, rows) for name in Steps._fields}
    return Steps(**columns)


_SMALL = frozenset({"kind", "rule"})
_WHOLE = frozenset(
    {
        *("target", "distribution", "skip", "link_gate", "ahead", "gate"),
        *("other_route", "other_step", "activity", "place"),
    }
)


def _column(name: str, rows: Sequence[Mapping[str, float]]) -> Any:
    kind = np.int8 if name in _SMALL else np.int32 if name in _WHOLE else np.float64
    return np.array([row[name] for row in rows], dtype=kind)


def _heads(plans: Sequence[Plan]) -> dict[int, int]:
    """The first step of each move of a route."""
    found: dict[int, int] = {}
    for ix, plan in enumerate(plans):
        found.setdefault(plan.move, ix)
    last = len(plans)
    for move in range(max(found, default=0), -1, -1):
        last = found.setdefault(move, last)
    return found


def _row(plan: Plan, numbers: Numbers, service: Mapping[str, float]) -> dict[str, float]:
    mean = service.get(plan.procedure, plan.mean_h) if plan.station else plan.mean_h
    target = -1
    if plan.station is not None:
        target = numbers.stations[plan.station]
    elif plan.line is not None:
        target = numbers.lines[plan.line]
    elif plan.pool:
        target = numbers.pools.ix(plan.pool)
    timed = mean > 0 and plan.kind not in (StepKind.SERVICE, StepKind.BRANCH)
    return {
        "kind": int(plan.kind),
        "target": target,
        "distribution": numbers.shapes.ix(plan.shape) if timed else -1,
        "scale": mean,
        "probability": plan.probability,
        "skip": plan.skip,
        "link_gate": numbers.gates.find(plan.link_gate),
        "rule": plan.rule,
        "ahead": numbers.stations.get(plan.ahead, -1),
        "gate": numbers.gates.find(plan.gates[0]) if plan.gates else -1,
        "patience_h": plan.patience_h,
        "other_route": -1,
        "other_step": -1,
        "units": plan.units,
        "activity": numbers.activities.ix(plan.activity),
        "place": numbers.places.ix(plan.place),
        "distance_km": plan.distance_km,
        "cost_usd": plan.cost_usd,
        "emission_kgco2e": plan.emission_kgco2e,
    }


def station_arrays(stations: Sequence[Station], gates: Names) -> Stations:
    """Servers over time and yards; closures that leave nothing stand on the steps instead."""
    return Stations(
        first_shift=starts([len(station.shifts) for station in stations]),
        shift_time_h=_floats(at for station in stations for at, _ in station.shifts),
        shift_servers=_ints(count for station in stations for _, count in station.shifts),
        yard=_ints(station.yard for station in stations),
        first_gate=starts([len(station.losses) for station in stations]),
        gate=_ints(gates.find(name) for station in stations for name in station.losses),
    )


def gate_arrays(gates: Sequence[Gate]) -> Gates:
    """Random and dated closures."""
    return Gates(
        rate_per_h=_floats(gate.rate_per_h for gate in gates),
        mean_closed_h=_floats(gate.mean_closed_h for gate in gates),
        months=_ints(gate.months for gate in gates),
        left=_floats(gate.left for gate in gates),
        first_dated=starts([len(gate.dated_h) for gate in gates]),
        dated_from_h=_floats(start for gate in gates for start, _ in gate.dated_h),
        dated_until_h=_floats(end for gate in gates for _, end in gate.dated_h),
    )


def line_arrays(
    lines: Sequence[ServiceLine],
    fleets: Sequence[Fleet],
    berths: Mapping[str, int],
    numbers: Numbers,
) -> tuple[Lines, Fleets]:
    """Lines and fleets; `berths` has every terminal, in order."""
    fleet_ix = {fleet.name: ix for ix, fleet in enumerate(fleets)}
    terminals = {name: ix for ix, name in enumerate(berths)}
    made = Lines(
        fleet=_ints(fleet_ix[line.fleet] for line in lines),
        origin=_ints(terminals[line.key[1]] for line in lines),
        destination=_ints(terminals[line.key[2]] for line in lines),
        operation=np.array([line.operation for line in lines], dtype=np.int8),
        capacity=_floats(line.capacity * (line.unit_m or 1.0) for line in lines),
        max_wait_h=_floats(line.max_wait_h for line in lines),
        headway_h=_floats(line.headway_h for line in lines),
        first_departure=starts([len(line.departures_h) for line in lines]),
        departure_h=_floats(at for line in lines for at in line.departures_h),
        sailing=_ints(numbers.shapes.ix(line.sailing, line.sailing_h) for line in lines),
        loading_h=_floats(line.loading_h for line in lines),
        unloading_h=_floats(line.unloading_h for line in lines),
        loading_unit_h=_floats(line.loading_unit_h / (line.unit_m or 1.0) for line in lines),
        unloading_unit_h=_floats(line.unloading_unit_h / (line.unit_m or 1.0) for line in lines),
        first_loss=starts([len(line.losses) for line in lines]),
        loss=_ints(numbers.gates.find(name) for line in lines for name in line.losses),
        gate=_ints(numbers.gates.find(line.gate) for line in lines),
        empty=np.array([line.operation == 0 for line in lines], dtype=np.int8),
    )
    homes = [terminals[home] for fleet in fleets for home in fleet.homes]
    count = [len(fleet.homes) for fleet in fleets]
    return made, Fleets(starts(count), _ints(homes), _ints(berths.values()))


def pool_arrays(pools: Sequence[tuple[float, float]]) -> Pools:
    """Quota and period of each pool."""
    return Pools(_floats(quota for quota, _ in pools), _floats(period for _, period in pools))


def rule_arrays(rules: DriverRules) -> Rules:
    """Driver-hours rules and bans on driving."""
    return Rules(
        _floats(rules.driving_h),
        _floats(rules.rest_h),
        _floats(rules.ban_from_h),
        _floats(rules.ban_until_h),
        np.array(rules.ban_days, np.int32),
    )


def activity_names() -> Names:
    """The activities of the engine, then those of the steps."""
    return Names((*ENGINE_ACTIVITIES, *ACTIVITIES))


def _floats(values: Iterable[float]) -> FloatArray:
    return np.array(list(values), dtype=np.float64)


def _ints(values: Iterable[int]) -> IntArray:
    return np.array(list(values), dtype=np.int32)


def _joined(parts: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate(parts).astype(np.float64) if parts else np.empty(0)
