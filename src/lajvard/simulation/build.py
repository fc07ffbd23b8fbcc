"""Models put together by hand: for tests, benchmarks and first tries.

Corridors are compiled from their description elsewhere; here every call adds one thing and gives
its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np

from lajvard.simulation.distributions import quantile_table
from lajvard.simulation.model import (
    ENGINE_ACTIVITIES,
    EVERY_DAY,
    Fleets,
    FloatArray,
    Gates,
    IntArray,
    Lines,
    Model,
    Pools,
    Routes,
    Rules,
    Sources,
    Stations,
    StepKind,
    Steps,
)
from lajvard.simulation.random_kernels import N_KNOTS

YEAR_H = 8760.0
STEP_DEFAULTS: dict[str, float] = {
    "target": -1,
    "distribution": -1,
    "scale": 1.0,
    "probability": 0.0,
    "skip": 0,
    "link_gate": -1,
    "rule": -1,
    "ahead": -1,
    "gate": -1,
    "patience_h": np.inf,
    "other_route": -1,
    "other_step": -1,
    "units": 1.0,
    "place": 0,
    "distance_km": 0.0,
    "cost_usd": 0.0,
    "emission_kgco2e": 0.0,
}
WHOLE = {"target", "distribution", "skip", "link_gate", "ahead", "gate", "other_route"}
WHOLE |= {"other_step", "place"}
_LINE_WHOLE = ("fleet", "origin", "destination", "sailing", "gate")
_LINE_REAL = ("capacity", "max_wait_h", "headway_h", "loading_h", "unloading_h")
_LINE_UNIT = ("loading_unit_h", "unloading_unit_h")
ACTIVITY_OF = {
    StepKind.DELAY: "delay",
    StepKind.MOVE: "moving",
    StepKind.STATION: "service",
    StepKind.SERVICE: "sailing",
    StepKind.PERMIT: "issuing",
    StepKind.BRANCH: "branch",
}


def _ints(values: Sequence[Any]) -> IntArray:
    return np.array(values, np.int32).reshape(-1)


def _floats(values: Sequence[Any]) -> FloatArray:
    return np.array(values, np.float64).reshape(-1)


def _firsts(parts: Sequence[Sequence[Any]]) -> IntArray:
    return _ints([0, *accumulate(len(part) for part in parts)])


def _flat(parts: Sequence[Sequence[Any]]) -> list[Any]:
    return [item for part in parts for item in part]


@dataclass
class ModelBuilder:
    """Collects the parts of a model.

    Examples
    --------
    >>> b = ModelBuilder(horizon_h=240.0)
    >>> post = b.station("post", servers=2)
    >>> served = b.step(StepKind.STATION, target=post, distribution=b.time("exponential", 1.0))
    >>> b.source("lorries", rate_per_h=1.5, routes=[(1.0, [served])])
    0
    >>> b.build().station_names
    ('post',)
    """

    horizon_h: float = YEAR_H
    n_places: int = 1
    class_priority: Sequence[int] = (0,)
    _tables: list[FloatArray] = field(default_factory=list)
    _known: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def _add(self, what: str, **values: Any) -> int:
        parts = self._parts.setdefault(what, [])
        parts.append(values)
        return len(parts) - 1

    def _all(self, what: str, name: str) -> list[Any]:
        return [part[name] for part in self._parts.get(what, [])]

    def time(self, form: str, mean: float, cv: float = 0.0, **more: Any) -> int:
        """Number of a distribution of times."""
        key = (form, mean, cv, tuple(sorted(more.items())))
        if key not in self._known:
            self._known[key] = len(self._tables)
            self._tables.append(quantile_table(form, mean, cv, **more))
        return self._known[key]

    def station(
        self,
        name: str,
        servers: int = 1,
        *,
        shifts: Sequence[tuple[float, int]] = (),
        yard: int = -1,
        gates: Sequence[int] = (),
    ) -> int:
        """Number of a station, with `servers` always or by `shifts` of (hour, servers)."""
        shifts = list(shifts) or [(0.0, servers)]
        return self._add("station", name=name, shifts=shifts, yard=yard, gates=list(gates))

    def gate(
        self,
        name: str,
        *,
        rate_per_h: float = 0.0,
        mean_closed_h: float = 0.0,
        months: int = 4095,
        left: float = 0.0,
        dated: Sequence[tuple[float, float]] = (),
    ) -> int:
        """Number of a gate with random and with dated closures."""
        often = {"rate": rate_per_h, "mean": mean_closed_h, "months": months}
        return self._add("gate", name=name, left=left, dated=dated, **often)

    def terminal(self, berths: int = -1) -> int:
        """Number of a terminal."""
        return self._add("terminal", berths=berths)

    def fleet(self, homes: Sequence[int] = ()) -> int:
        """Number of a fleet with a vessel at each of `homes`, or without vessels."""
        return self._add("fleet", homes=list(homes))

    def line(self, name: str, fleet: int, origin: int, destination: int, **values: Any) -> int:
        """Number of a line; `values` as the fields of `Lines`.

        `departures` stand for `departure_h`, and `losses` are gates that take some capacity.
        """
        defaults: dict[str, Any] = {
            "operation": 0,
            "capacity": 1.0,
            "max_wait_h": np.inf,
            "headway_h": 1.0,
        }
        defaults |= {"departures": [], "sailing": -1, "loading_h": 0.0, "unloading_h": 0.0}
        defaults |= {"loading_unit_h": 0.0, "unloading_unit_h": 0.0, "losses": []}
        defaults |= {"gate": -1, "empty": 0}
        ends = {"name": name, "fleet": fleet, "origin": origin, "destination": destination}
        return self._add("line", **(defaults | values | ends))

    def pool(self, name: str, quota: float = np.inf, period_h: float = 24.0) -> int:
        """Number of a pool of tokens."""
        return self._add("pool", name=name, quota=quota, period=period_h)

    def rule(
        self,
        driving_h: float = 9.0,
        rest_h: float = 11.0,
        ban: tuple[float, float] = (np.nan, np.nan),
        ban_days: int = EVERY_DAY,
    ) -> int:
        """Number of a driver rule, with driving banned between two hours of the day."""
        return self._add("rule", driving=driving_h, rest=rest_h, ban=ban, ban_days=ban_days)

    def step(self, kind: StepKind, *, activity: str = "", **values: float) -> dict[str, Any]:
        """A step of a route; `values` as the fields of `Steps`."""
        unknown = set(values) - set(STEP_DEFAULTS)
        if unknown:
            raise TypeError(f"step: unknown {sorted(unknown)}")
        return STEP_DEFAULTS | values | {"kind": kind, "activity": activity or ACTIVITY_OF[kind]}

    def source(
        self,
        name: str,
        routes: Sequence[tuple[float, Sequence[dict[str, Any]]]],
        *,
        rate_per_h: float = 0.0,
        rates: Sequence[tuple[float, float]] = (),
        scheduled_h: Sequence[float] = (),
        class_ix: int = 0,
        tonnes: float = 20.0,
    ) -> int:
        """Number of a source with a choice of (share, steps).

        `rates` are points (hour, expected arrivals until then) of the cumulative rate.
        """
        if not len(scheduled_h):
            rates = rates or [(0.0, 0.0), (self.horizon_h, rate_per_h * self.horizon_h)]
        return self._add(
            "source",
            name=name,
            routes=list(routes),
            rates=list(rates),
            scheduled=list(scheduled_h),
            class_ix=class_ix,
            tonnes=tonnes,
        )

    # ------------------------------------------------------------- the whole

    def build(self) -> Model:
        """The model of all that was added."""
        steps = _flat([route[1] for route in self._routes()])
        names = list(ACTIVITY_OF.values())
        used = [str(step["activity"]) for step in steps]
        activities = (*ENGINE_ACTIVITIES, *dict.fromkeys(names + used))
        activities = tuple(dict.fromkeys(activities))
        return Model(
            sources=self._build_sources(),
            routes=self._build_routes(),
            steps=self._build_steps(steps, activities),
            stations=self._build_stations(),
            gates=self._build_gates(),
            lines=self._build_lines(),
            fleets=self._build_fleets(),
            pools=Pools(_floats(self._all("pool", "quota")), _floats(self._all("pool", "period"))),
            rules=self._build_rules(),
            quantiles=np.array(self._tables).reshape(-1, N_KNOTS),
            class_priority=np.array(self.class_priority, np.int8),
            horizon_h=float(self.horizon_h),
            month_start_h=np.linspace(0.0, YEAR_H, 13),
            class_names=tuple(f"class {ix}" for ix in range(len(self.class_priority))),
            source_names=tuple(self._all("source", "name")),
            route_names=tuple(f"route {ix}" for ix in range(len(self._routes()))),
            station_names=tuple(self._all("station", "name")),
            line_names=tuple(self._all("line", "name")),
            gate_names=tuple(self._all("gate", "name")),
            pool_names=tuple(self._all("pool", "name")),
            activity_names=activities,
            place_ids=tuple(f"place {ix}" for ix in range(self.n_places)),
        )

    def _routes(self) -> list[tuple[float, Sequence[dict[str, Any]]]]:
        return _flat(self._all("source", "routes"))

    def _build_sources(self) -> Sources:
        rates, scheduled = self._all("source", "rates"), self._all("source", "scheduled")
        points = _flat(rates)
        return Sources(
            class_ix=_ints(self._all("source", "class_ix")),
            tonnes=_floats(self._all("source", "tonnes")),
            first_rate=_firsts(rates),
            rate_time_h=_floats([point[0] for point in points]),
            rate_total=_floats([point[1] for point in points]),
            first_scheduled=_firsts(scheduled),
            scheduled_h=_floats(_flat(scheduled)),
            first_route=_firsts(self._all("source", "routes")),
        )

    def _build_routes(self) -> Routes:
        shares = [
            np.cumsum([share for share, _ in routes]) / sum(share for share, _ in routes)
            for routes in self._all("source", "routes")
        ]
        first = _firsts([steps for _, steps in self._routes()])
        return Routes(np.concatenate([*shares, np.zeros(0)]), first)

    def _build_steps(self, steps: list[dict[str, Any]], activities: tuple[str, ...]) -> Steps:
        columns: dict[str, Any] = {
            name: (_ints if name in WHOLE else _floats)([step[name] for step in steps])
            for name in STEP_DEFAULTS
        }
        columns["rule"] = np.array([step["rule"] for step in steps], np.int8)
        columns["kind"] = np.array([step["kind"] for step in steps], np.int8)
        columns["activity"] = _ints([activities.index(step["activity"]) for step in steps])
        return Steps(**columns)

    def _build_stations(self) -> Stations:
        shifts, gates = self._all("station", "shifts"), self._all("station", "gates")
        return Stations(
            first_shift=_firsts(shifts),
            shift_time_h=_floats([shift[0] for shift in _flat(shifts)]),
            shift_servers=_ints([shift[1] for shift in _flat(shifts)]),
            yard=_ints(self._all("station", "yard")),
            first_gate=_firsts(gates),
            gate=_ints(_flat(gates)),
        )

    def _build_gates(self) -> Gates:
        dated = self._all("gate", "dated")
        return Gates(
            rate_per_h=_floats(self._all("gate", "rate")),
            mean_closed_h=_floats(self._all("gate", "mean")),
            months=_ints(self._all("gate", "months")),
            left=_floats(self._all("gate", "left")),
            first_dated=_firsts(dated),
            dated_from_h=_floats([pair[0] for pair in _flat(dated)]),
            dated_until_h=_floats([pair[1] for pair in _flat(dated)]),
        )

    def _build_lines(self) -> Lines:
        departures, losses = self._all("line", "departures"), self._all("line", "losses")
        whole = {name: _ints(self._all("line", name)) for name in _LINE_WHOLE}
        real = {name: _floats(self._all("line", name)) for name in (*_LINE_REAL, *_LINE_UNIT)}
        small = {
            name: np.array(self._all("line", name), np.int8) for name in ("operation", "empty")
        }
        columns: dict[str, Any] = whole | real | small
        return Lines(
            first_departure=_firsts(departures),
            departure_h=_floats(_flat(departures)),
            first_loss=_firsts(losses),
            loss=_ints(_flat(losses)),
            **columns,
        )

    def _build_fleets(self) -> Fleets:
        homes = self._all("fleet", "homes")
        return Fleets(_firsts(homes), _ints(_flat(homes)), _ints(self._all("terminal", "berths")))

    def _build_rules(self) -> Rules:
        bans = self._all("rule", "ban")
        return Rules(
            _floats(self._all("rule", "driving")),
            _floats(self._all("rule", "rest")),
            _floats([ban[0] for ban in bans]),
            _floats([ban[1] for ban in bans]),
            _ints(self._all("rule", "ban_days")),
        )
