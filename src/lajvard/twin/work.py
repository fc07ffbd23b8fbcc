"""A model in the making: routes, other traffic, stations and lines of a description."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isnan

import numpy as np

from lajvard.case import Case
from lajvard.case.choice import ChoiceSet
from lajvard.case.closures import gates_of_services
from lajvard.case.demand import Flow
from lajvard.case.posts import PostCalibration
from lajvard.case.services import permit_quota
from lajvard.case.traffic import BACKGROUND
from lajvard.case.years import month_starts_h
from lajvard.network.arrays import FloatArray
from lajvard.routes import NoRoute
from lajvard.simulation.model import Model
from lajvard.simulation.utilisation import loads
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
from lajvard.twin.arrivals import arrival_curve
from lajvard.twin.gates import gated_routes, met_by_moves
from lajvard.twin.lines import berths_of, both_ways, fleets_of, lines_of
from lajvard.twin.loads import on_the_way_h, stations_met
from lajvard.twin.stations import Station, stations_of, transfer_stations
from lajvard.twin.steps import Planner
from lajvard.twin.traffic import background_plans


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


class ModelWork:
    """A model in the making."""

    def __init__(self, case: Case, extra: Sequence[Flow], horizon_h: float) -> None:
        self.case, self.view, self.year, self.horizon_h = case, case.view, case.year, horizon_h
        closures = case.year_closures
        self.closing, self.gates = closures.closing, closures.gates
        self.service_gates = gates_of_services(self.closing)
        self.lines = lines_of(
            self.view,
            case.offers,
            gates=self.service_gates,
            losses=gates_of_services(closures.losses),
        )
        payloads = self.view.used("cargo_class").numbers("payload_t")
        self.transfers = transfer_stations(self.view, float(payloads[0]) if len(payloads) else 1.0)
        self.planner = Planner(
            self.view,
            case.procedures,
            case.driver_rules,
            case.parameters.channels,
            transfers=frozenset(self.transfers),
        )
        self.notes = [f"demand {name} is left out: {why}" for name, why in case.without_route]
        self.background = case.background
        self.sets, self.shares = case.sets, case.shares
        for flow in extra:
            self._add(flow)

    def _add(self, flow: Flow) -> None:
        """Add a flow that is not part of the demand, such as probes."""
        try:
            one = self.case.choice_set(flow)
        except NoRoute as error:
            self.notes.append(f"demand {flow.name} is left out: {error.what}")
            return
        share = self.case.route_choice.of(one, self.case.choice(flow))
        self.sets, self.shares = (*self.sets, one), (*self.shares, share)

    def _year_h(self) -> float:
        """The end of the year, or of the simulation if that is later."""
        return max(float(month_starts_h(self.year)[-1]), self.horizon_h)

    def sources(self) -> tuple[Source, ...]:
        """The sources of the flows, then those of the background."""
        return (*self._flow_sources(), *self._background_sources())

    def _flow_sources(self) -> Iterator[Source]:
        parameters = self.case.parameters
        met: dict[str, dict[int, tuple[str, ...]]] = {}
        cost: dict[str, FloatArray] = {}
        for one, share in zip(self.sets, self.shares, strict=True):
            flow, network = one.flow, one.network
            cargo = flow.cargo_class
            if cargo not in met:
                met[cargo] = met_by_moves(network, self.closing)
                weights = self.case.weights(cargo).of(network)
                cost[cargo] = network.arrays.cost @ weights
            routes = gated_routes(
                one,
                lambda move, network=network: self.planner.plans(network, move),  # type: ignore[misc]
                met[cargo],
                cost[cargo],
                parameters.patience_h,
                open_to=share >= parameters.least_share,
            )
            hours, total = np.empty(0), np.empty(0)
            if not flow.scheduled_h:
                hours, total = arrival_curve(
                    one.per_year,
                    self.year,
                    seasonality=flow.seasonality,
                    weekdays=parameters.weekdays,
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
        weekdays = self.case.parameters.weekdays
        for item, plans in background_plans(
            self.background, self.planner, self.lines, self.service_gates
        ):
            hours, total = arrival_curve(
                item.per_year, self.year, weekdays=weekdays, until_h=self.horizon_h
            )
            yield Source(
                item.name, BACKGROUND, item.tonnes, hours, total, (), np.ones(1), (item.name,),
                (plans,), item.per_year,
            )  # fmt: skip

    def build(self) -> ModelBuild:
        """Put it all together."""
        sources = self.sources()
        months = month_starts_h(self.year)
        months[-1] = self._year_h()
        stations = self._stations(sources, self._year_h())
        posts = tuple(
            self.case.posts[station.key].calibration
            for station in stations
            if station.key in self.case.posts
        )
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
            rules=rule_arrays(self.case.driver_rules),
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
        overloads = (str(load) for load in loads(model) if load.utilisation >= 1)
        all_notes = (*self.notes, *overloads, *notes)
        return ModelBuild(model, self.year, posts, self.sets, self.shares, modes, all_notes)

    def _stations(self, sources: Sequence[Source], horizon_h: float) -> tuple[Station, ...]:
        loads = stations_met(sources)
        by_id = {("", "", "", "", name): value for name, value in self.transfers.items()}
        transfers = {
            key: by_id["", "", "", "", key[4]] for key in loads if ("", "", "", "", key[4]) in by_id
        }
        return stations_of(
            self.case,
            loads,
            transfers,
            horizon_h=horizon_h,
            on_the_way_h=on_the_way_h(sources),
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
