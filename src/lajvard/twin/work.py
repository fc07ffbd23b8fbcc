"""A model in the making: routes, other traffic, stations and lines of a description."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import isnan, nan
from typing import NamedTuple

import numpy as np

from lajvard.case.calibration import PostCalibration, overloaded
from lajvard.case.choice import Choice, ChoiceSet, choice_set, route_shares
from lajvard.case.demand import Flow
from lajvard.case.services import permit_quota, room_of
from lajvard.case.traffic import CrossingKey, crossings_of, observed_counts
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.network import CompiledNetwork, compile_network
from lajvard.network.arrays import FloatArray
from lajvard.routes import NoRoute
from lajvard.simulation.model import Model
from lajvard.twin.arrays import (
    Names,
    Numbers,
    Shapes,
    Source,
    activity_names,
    gate_arrays,
    line_arrays,
    pool_arrays,
    rule_arrays,
    source_arrays,
    station_arrays,
    step_arrays,
)
from lajvard.twin.arrivals import arrival_curve, month_starts_h
from lajvard.twin.assumptions import Assumptions
from lajvard.twin.gates import (
    Gate,
    gated_routes,
    gates_of,
    gates_of_services,
    link_gate,
    met_by_moves,
    taken_by,
)
from lajvard.twin.lines import berths_of, both_ways, fleets_of, lines_of
from lajvard.twin.loads import bursts, on_the_way_h, runs, station_loads
from lajvard.twin.posts import Capacity, Traffic
from lajvard.twin.stations import Station, stations_of, transfer_stations
from lajvard.twin.steps import (
    DriverRules,
    Planner,
    StationKey,
    exchange_instruments,
    procedures_of,
)
from lajvard.twin.traffic import BACKGROUND, Background, background_of


@dataclass(frozen=True, eq=False)
class ModelBuild:
    """A model, and what it was made of.

    Attributes
    ----------
    model
        For the engine.
    year
        The simulated year; hour 0 is its 1 January 00:00 UTC.
    posts
        Border posts as published and as calibrated.
    choices, shares
        The choice sets of the flows, and the shares of their routes, in the order of the first
        sources of the model; the sources after them are background traffic.
    step_modes
        The mode of travel at each step of the model.
    notes
        What was left out or assumed, in words.
    """

    model: Model
    year: int
    posts: tuple[PostCalibration, ...]
    choices: tuple[ChoiceSet, ...]
    shares: tuple[FloatArray, ...]
    step_modes: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...] = ()


class Before(NamedTuple):
    """What a scenario leaves as it is."""

    observed: dict[CrossingKey, float]
    """Unit loads a year that were counted."""

    background: dict[str, float]
    """Those of other traffic, by name."""

    capacities: dict[StationKey, Capacity]


class ModelWork:
    """A model in the making."""

    def __init__(
        self,
        corridor: Corridor,
        view: Corridor,
        year: int,
        dated: bool,
        choice: Choice,
        assumptions: Assumptions,
        horizon_h: float,
    ) -> None:
        self.view, self.year, self.choice, self.assumptions = view, year, choice, assumptions
        self.horizon_h = horizon_h
        gates = gates_of(corridor if dated else view, year, dated=dated)
        effects = self._effects([gate for gate in gates if gate.left])
        shares = [(gate, effects.get(gate.thing[3], 1.0)) for gate in gates if gate.left]
        self.losses = [
            replace(gate, left=gate.left / share) for gate, share in shares if gate.left < share
        ]
        self.instruments = exchange_instruments(view)
        channels = assumptions.channels.described_by(view)
        links = [link_gate(name, channels) for name in sorted(self.instruments)]
        self.closing = [*(gate for gate in gates if not gate.left), *links]
        self.gates: tuple[Gate, ...] = (*self.closing, *self.losses)
        self.service_gates = gates_of_services(self.closing)
        self.lines = lines_of(
            view,
            year,
            gates=self.service_gates,
            effects=effects,
            losses=gates_of_services(self.losses),
        )
        self.procedures = procedures_of(view)
        self.rules = DriverRules.of(view, year)
        payloads = view.used("cargo_class").numbers("payload_t")
        self.transfers = transfer_stations(view, float(payloads[0]) if len(payloads) else 1.0)
        self.planner = Planner(
            view, self.procedures, self.rules, assumptions, transfers=frozenset(self.transfers)
        )
        self.networks: dict[str, CompiledNetwork] = {}
        self.notes: list[str] = []
        self.background: tuple[Background, ...] = ()

    def _effects(self, losses: Sequence[Gate]) -> dict[str, float]:
        """What dated closures leave of the capacity of services in most of the year."""
        half = float(month_starts_h(self.year)[-1]) / 2
        found: dict[str, float] = {}
        for service in {gate.thing[3] for gate in losses} - {""}:
            same = [gate for gate in losses if gate.thing[3] == service and gate.dated_h]
            if sum(end - start for gate in same for start, end in gate.dated_h) > half:
                found[service] = min(gate.left for gate in same)
        return found

    def network(self, cargo: str) -> CompiledNetwork:
        """The network of a class of cargo, compiled once."""
        if cargo not in self.networks:
            self.networks[cargo] = compile_network(self.view, cargo=cargo)
        return self.networks[cargo]

    def choose(self, flows: Sequence[Flow]) -> None:
        """Find the choice sets and shares of all flows."""
        sets, costs = [], {}
        for flow in flows:
            network = self.network(flow.cargo_class)
            try:
                sets.append(choice_set(network, flow, self.choice))
            except NoRoute as error:
                self.notes.append(f"demand {flow.name} is left out: {error.what}")
            weights = self.choice.weights.of(network)
            costs[flow.cargo_class] = network.arrays.cost @ weights
        if not sets:
            raise InputError("demand", "no flow has a route", "See `lajvard check`.")
        self.sets = tuple(sets)
        self.move_cost = costs
        room = room_of(self.view, self.lines, self.choice.fill)
        self.shares = route_shares(self.sets, self.choice, room)

    def add_background(self, *, wanted: bool, before: Before | None) -> None:
        """Find what fills borders and services beside the described demand."""
        self._before = before
        for cargo in self.view.used("cargo_class").text("cargo_class"):
            self.network(cargo)
        observed = observed_counts(self.view)
        self.crossings = crossings_of(
            self.networks, self.sets, self.shares, observed, before.observed if before else None
        )
        if wanted:
            self.background = background_of(
                self.networks,
                self.planner,
                self.crossings,
                self.lines,
                self.sets,
                self.shares,
                self.service_gates,
                before.background if before else None,
            )

    def before(self) -> Before:
        """What a scenario of this description leaves as it is."""
        observed = {key: crossing.observed for key, crossing in self.crossings.items()}
        background = {item.name: item.per_year for item in self.background}
        *_, capacities = self._stations(self.sources(), self._year_h())
        return Before(observed, background, capacities)

    def _year_h(self) -> float:
        """The end of the year, or of the simulation if that is later."""
        return max(float(month_starts_h(self.year)[-1]), self.horizon_h)

    def sources(self) -> tuple[Source, ...]:
        """The sources of the flows, then those of the background."""
        return (*self._flow_sources(), *self._background_sources())

    def _flow_sources(self) -> Iterator[Source]:
        met = {
            cargo: met_by_moves(network, self.closing) for cargo, network in self.networks.items()
        }
        for one, share in zip(self.sets, self.shares, strict=True):
            flow, network = one.flow, one.network
            cargo = flow.cargo_class
            routes = gated_routes(
                one,
                lambda move, network=network: self.planner.plans(network, move),  # type: ignore[misc]
                met[cargo],
                self.move_cost[cargo],
                self.assumptions.patience_h,
                open_to=share >= self.assumptions.least_share,
            )
            hours, total = np.empty(0), np.empty(0)
            if not flow.scheduled_h:
                hours, total = arrival_curve(
                    one.per_year,
                    self.year,
                    seasonality=flow.seasonality,
                    weekdays=self.assumptions.weekdays,
                    until_h=self.horizon_h,
                )
            names = tuple(
                f"{flow.name} {number + 1}: {route.name}" for number, route in enumerate(one.routes)
            )
            yield Source(
                flow.name, cargo, one.unit_t, hours, total, flow.scheduled_h, share, names,
                tuple(routes), one.per_year if not flow.scheduled_h else 0.0,
            )  # fmt: skip

    def _background_sources(self) -> Iterator[Source]:
        weekdays = self.assumptions.weekdays
        for item in self.background:
            hours, total = arrival_curve(
                item.per_year, self.year, weekdays=weekdays, until_h=self.horizon_h
            )
            one = np.ones(1)
            yield Source(
                item.name,
                BACKGROUND,
                item.tonnes,
                hours,
                total,
                (),
                one,
                (item.name,),
                (item.plans,),
                item.per_year,
            )

    def build(self) -> ModelBuild:
        """Put it all together."""
        sources = self.sources()
        months = month_starts_h(self.year)
        months[-1] = self._year_h()
        stations, posts, _ = self._stations(sources, self._year_h())
        used = {plan.line for source in sources for plans in source.routes for plan in plans}
        lines = [line for key, line in self.lines.items() if key in used]
        lines = both_ways(lines, self.lines)
        fleets, notes = fleets_of(self.view, {line.key: line for line in lines})
        terminals = list(dict.fromkeys(place for line in lines for place in line.key[1:]))
        berths = dict(zip(terminals, berths_of(self.view, terminals), strict=True))
        numbers = Numbers(
            places=Names(
                (*self.view.used("node").text("node_id"), *self.view.used("link").text("link_id"))
            ),
            activities=activity_names(),
            shapes=Shapes(),
            stations={station.key: ix for ix, station in enumerate(stations)},
            lines={line.key: ix for ix, line in enumerate(lines)},
            pools=Names(),
            gates=Names(gate.name for gate in self.gates),
        )
        classes = Names((*self.view.used("cargo_class").text("cargo_class"), BACKGROUND))
        source_part, route_part = source_arrays(sources, classes)
        steps = step_arrays(sources, stations, numbers)
        line_part, fleet_part = line_arrays(lines, fleets, berths, numbers)
        model = Model(
            sources=source_part,
            routes=route_part,
            steps=steps,
            stations=station_arrays(stations, numbers.gates),
            gates=gate_arrays(self.gates),
            lines=line_part,
            fleets=fleet_part,
            pools=pool_arrays([self._pool(name) for name in numbers.pools.all()]),
            rules=rule_arrays(self.rules),
            quantiles=numbers.shapes.tables(),
            class_priority=self._priorities(classes.all()),
            horizon_h=self.horizon_h,
            month_start_h=months,
            class_names=classes.all(),
            source_names=tuple(source.name for source in sources),
            route_names=tuple(name for source in sources for name in source.route_names),
            station_names=tuple(station.name for station in stations),
            line_names=tuple(f"{line.key[0]} from {line.key[1]}" for line in lines),
            gate_names=tuple(gate.name for gate in self.gates),
            pool_names=numbers.pools.all(),
            activity_names=numbers.activities.all(),
            place_ids=numbers.places.all(),
        )
        modes = tuple(p.mode for source in sources for plans in source.routes for p in plans)
        self._check_pools(sources)
        all_notes = (*self.notes, *overloaded(posts), *notes)
        return ModelBuild(model, self.year, posts, self.sets, self.shares, modes, all_notes)

    def _stations(
        self, sources: Sequence[Source], horizon_h: float
    ) -> tuple[tuple[Station, ...], tuple[PostCalibration, ...], dict[StationKey, Capacity]]:
        keys, flows = station_loads(sources)
        observed: dict[StationKey, float] = {}
        for crossing in self.crossings.values():
            for plan in self.planner.plans(crossing.network, crossing.move):
                if plan.station is not None:
                    before = observed.get(plan.station, 0.0)
                    observed[plan.station] = before + crossing.observed
        together = bursts(sources, self.lines)
        traffic = {
            key: Traffic(
                flows[key, False], flows[key, True], observed.get(key, nan), together.get(key, ())
            )
            for key in keys
        }
        rows = {("", "", "", "", name): value for name, value in self.transfers.items()}
        transfers = {
            key: rows["", "", "", "", key[4]] for key in keys if ("", "", "", "", key[4]) in rows
        }
        return stations_of(
            self.view,
            self.procedures,
            traffic,
            transfers,
            year=self.year,
            horizon_h=horizon_h,
            assumptions=self.assumptions,
            losses=taken_by(self.losses, keys),
            on_the_way_h=on_the_way_h(sources),
            before=self._before.capacities if self._before else None,
        )

    def _priorities(self, classes: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
        """As described; where nothing is said cooled goods are served first."""
        table = self.view.used("cargo_class")
        stated, cold = table.numbers("priority"), table.flags("refrigerated")
        found = {
            name: (0 if cold[ix] else 1) if isnan(stated[ix]) else int(stated[ix])
            for ix, name in enumerate(table.text("cargo_class"))
        }
        return np.array([found.get(name, 1) for name in classes], dtype=np.int8)

    def _pool(self, regime_id: str) -> tuple[float, float]:
        return permit_quota(self.view, regime_id)

    def _check_pools(self, sources: Sequence[Source]) -> None:
        """Note the permits that more lorries need than there are."""
        asked: dict[str, float] = defaultdict(float)
        for source, plans, per_year in runs(sources):
            for plan in plans:
                if plan.pool and source.cargo_class != BACKGROUND:
                    asked[plan.pool] += per_year
        for name, number in asked.items():
            quota, period = self._pool(name)
            if number > quota * 8766 / period:
                self.notes.append(
                    f"{name}: {number:,.0f} tokens a year are asked for, "
                    f"{quota * 8766 / period:,.0f} are there"
                )
