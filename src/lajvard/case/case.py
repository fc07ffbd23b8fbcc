"""A case: a corridor on one day under one scenario, of which everything is read once."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from os import PathLike
from typing import Any
from weakref import WeakValueDictionary

from lajvard.case.applies import closures_of_scenario, refuse_other_years
from lajvard.case.calibration import calibrated
from lajvard.case.choice import (
    Alternative,
    Choice,
    ChoiceSet,
    LineKey,
    RouteChoice,
    choice_set,
    choose_routes,
)
from lajvard.case.closures import YearClosures, year_closures
from lajvard.case.demand import (
    EmptyReturn,
    Flow,
    empty_returns,
    flows_of,
    grown,
    without_tonnes,
)
from lajvard.case.gravity import Gravity
from lajvard.case.networks import Networks, flows_not_counted, networks_of
from lajvard.case.parameters import CaseParameters, alternatives_of, stated_growth
from lajvard.case.post_traffic import Stops
from lajvard.case.posts import Post
from lajvard.case.reuse import ReusedSets
from lajvard.case.services import Key, Offer, mean_away_h, offers_of, pools_of, room_of
from lajvard.case.traffic import (
    Background,
    Crossing,
    CrossingKey,
    background_of,
    crossings_of,
    observed_counts,
)
from lajvard.case.years import DEFAULT_YEAR, check_year, day_of, whole_year
from lajvard.corridor import Corridor, Scenario, find_scenario, without_errors
from lajvard.errors import InputError
from lajvard.network import CompiledNetwork
from lajvard.network.arrays import FloatArray
from lajvard.network.calendars import Calendars, DriverRules
from lajvard.network.closures import Closure, read_closures
from lajvard.network.compile import on_the_day
from lajvard.network.procedures import (
    Procedure,
    exchange_instruments,
    read_procedures,
)
from lajvard.progress import Progress, Report, quiet
from lajvard.routes import NoRoute, Weights


class Case:
    """A corridor on one day under one scenario: what routes, flows and simulation start from.

    Nothing is computed before it is asked for, and everything once. A case never changes; parts
    that a scenario does not touch are those of the case without it.

    Parameters
    ----------
    corridor
        The description, without the scenario.
    scenario
        What to change: a `Scenario`, the name of a built-in one, or a YAML file.
    as_of
        The day whose rows are in force. By default the description as it stands: rows without an
        end, and no dated closure but those of the scenario.
    year
        The year of the simulation and of timetables; by default that of `as_of`, else 2025. When
        a day or a year is given, the dated closures of that year happen.
    demand
        Flows instead of those of the table `demand`.
    parameters
        Instead of those that the corridor states.
    growth_years
        Years of growth of the flows at the rate of the parameters.
    gravity
        Whether pairs of places without data get flows by a gravity model.
    background
        Whether borders and services also see the observed traffic beyond the described demand.
    progress
        Told what is being done.

    Attributes
    ----------
    corridor
        The description, without the scenario.
    changed
        The description with the patches of the scenario.
    scenario
        The `Scenario`, None for the corridor as described.
    as_of
        The day, None for the description as it stands.
    year
        The simulated year.
    parameters
        What is assumed beyond the other tables.

    Raises
    ------
    InputError
        The corridor or the scenario has errors, or the day or year cannot be used.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> case = Case(built_in(), scenario="torkham-chaman-closed", as_of="2025-06-01")
    >>> case
    Case(lapis_lazuli, scenario 'torkham-chaman-closed', as of 2025-06-01)
    >>> case.year, case.base.scenario
    (2025, None)
    """

    corridor: Corridor
    changed: Corridor
    scenario: Scenario | None
    as_of: dt.date | None
    year: int
    parameters: CaseParameters
    progress: Report
    _demand: tuple[Flow, ...] | None
    _growth_years: float
    _gravity: bool
    _background: bool
    _in_year: bool
    _arguments: Mapping[str, Any]

    def __init__(
        self,
        corridor: Corridor,
        *,
        scenario: Scenario | str | PathLike[str] | None = None,
        as_of: str | dt.date | None = None,
        year: int | None = None,
        demand: Sequence[Flow] | None = None,
        parameters: CaseParameters | None = None,
        growth_years: float = 0.0,
        gravity: bool = False,
        background: bool = True,
        progress: Report = quiet,
        _in_year: bool = False,
    ) -> None:
        given = find_scenario(scenario)
        check_year(year)
        flows = None if demand is None else tuple(demand)
        day = day_of(as_of) or corridor.date or (dt.date(year, 7, 1) if year else None)
        self.__dict__.update(
            corridor=corridor,
            changed=without_errors(corridor.apply(given) if given else corridor),
            scenario=given,
            as_of=day,
            year=year or (day.year if day else DEFAULT_YEAR),
            progress=progress,
            _demand=flows,
            _growth_years=growth_years,
            _gravity=gravity,
            _background=background,
            _in_year=_in_year,
            _arguments={
                "as_of": as_of, "year": year, "demand": flows, "parameters": parameters,
                "growth_years": growth_years, "gravity": gravity,
                "background": background, "progress": progress,
            },
        )  # fmt: skip
        self.__dict__["parameters"] = parameters or CaseParameters.of(self.view)
        if given is None and not _in_year:
            _bases.setdefault(self._base_key(), self)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Case does not change: make another to set '{name}'")

    @property
    def name(self) -> str:
        """The name of the scenario, or that of the corridor."""
        return self.scenario.name if self.scenario else self.corridor.name

    def __repr__(self) -> str:
        parts = [self.corridor.name]
        if self.scenario:
            parts.append(f"scenario '{self.scenario.name}'")
        if self.as_of:
            parts.append(f"as of {self.as_of}")
        return f"Case({', '.join(parts)})"

    @cached_property
    def view(self) -> Corridor:
        """The rows in force on the day."""
        return on_the_day(self.changed, self.as_of)

    @cached_property
    def base(self) -> "Case":
        """The case without the scenario; itself if there is none."""
        if self.scenario is None:
            return self
        known = _bases.get(self._base_key()) or Case(self.corridor, **self._arguments)
        return known.through_the_year if self._in_year else known

    def _base_key(self) -> tuple[object, ...]:
        """What cases that differ in their scenario only have in common."""
        given = self._arguments
        demand = None if self._demand is None else tuple(map(id, self._demand))
        return (
            id(self.corridor), self.as_of, given["year"], demand, id(given["parameters"]),
            self._growth_years, self._gravity, self._background, self.progress,
        )  # fmt: skip

    @property
    def rows(self) -> Corridor:
        """The rows in force on the day; of the description as it stands all, with an end or not."""
        return self.changed if self.as_of is None else self.view

    @property
    def is_dated(self) -> bool:
        """True where a day or a year is given: dated closures of the year happen."""
        return self.as_of is not None

    @cached_property
    def through_the_year(self) -> "Case":
        """The case in which is shut what dated closures shut all year, and nothing else.

        Posts are calibrated in this state, and a simulation chooses routes in it: closures that
        begin or end in the year come and go while it runs.
        """
        day, (first, last) = self.as_of, whole_year(self.year)
        if self._in_year or day is None:
            return self
        complete = [row for row in self.closures if row.left == 0]
        if all(row.covers(day, day) == row.covers(first, last) for row in complete):
            return self
        return Case(self.corridor, scenario=self.scenario, **self._arguments, _in_year=True)

    @cached_property
    def closures(self) -> tuple[Closure, ...]:
        """The closures of the description that are in force."""
        return read_closures(self.view)

    @cached_property
    def scenario_closures(self) -> tuple[Closure, ...]:
        """The dated closures that the scenario adds or changes: they happen, day given or not."""
        return closures_of_scenario(self.corridor, self.changed) if self.scenario else ()

    @cached_property
    def year_closures(self) -> YearClosures:
        """Closures as processes of the simulated year, with the failures of data links.

        Raises
        ------
        InputError
            A dated closure of the scenario lies outside the year.
        """
        rows = read_closures(self.changed) if self.is_dated else self.closures
        refuse_other_years(self.scenario, self.scenario_closures, self.year)
        return year_closures(
            rows,
            self.year,
            dated=self.is_dated,
            also=() if self.is_dated else self.scenario_closures,
            instruments=sorted(exchange_instruments(self.view)),
            channels=self.parameters.channels.described_by(self.view),
        )

    @cached_property
    def calendars(self) -> Calendars:
        """Opening hours and timetables."""
        return Calendars(self.view.used("calendar"))

    @cached_property
    def driver_rules(self) -> DriverRules:
        """Driver hours and bans on driving of the year."""
        return DriverRules.of(self.view.used("calendar"), self.year)

    @cached_property
    def procedures(self) -> Mapping[str, Procedure]:
        """Procedures by id."""
        return {row.procedure_id: row for row in read_procedures(self.view)}

    # ------------------------------------------------------------ networks and choice

    @cached_property
    def networks(self) -> Networks:
        """Networks by cargo class, each compiled when it is first asked for."""
        shut_for = whole_year(self.year) if self._in_year else None
        return networks_of(self.view, shut_for, self.progress)

    def network(self, cargo: str) -> CompiledNetwork:
        """The network of a cargo class.

        Raises
        ------
        InputError
            There is no such class, or a price or emission factor that it needs.
        """
        return self.networks[cargo]

    def choice(self, flow: Flow) -> Choice:
        """How the unit loads of a flow choose their routes."""
        cargo = self.network(flow.cargo_class).cargo
        return self.parameters.choice(flow.value_of_time_usd_h(cargo))

    def weights(self, cargo: str, value_of_time_usd_h: float | None = None) -> Weights:
        """What makes one generalised cost for a cargo class, at its value of time or another."""
        if value_of_time_usd_h is None:
            value_of_time_usd_h = self.network(cargo).cargo.value_of_time_usd_h
        return self.parameters.choice(value_of_time_usd_h).weights

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        """The named alternatives."""
        return alternatives_of(self.view)

    @cached_property
    def _flows(self) -> tuple[tuple[Flow, ...], Gravity | None]:
        flows = flows_of(self.view) if self._demand is None else self._demand
        if self._growth_years:
            stated = self._arguments["parameters"] or stated_growth(self.view)
            flows = grown(flows, stated.growth, self._growth_years)
        if not self._gravity:
            return flows, None
        self.progress(Progress("Estimating flows that nobody counted"))
        more, fitted = flows_not_counted(self.view, flows, self.networks)
        return (*flows, *more), fitted

    @property
    def flows(self) -> tuple[Flow, ...]:
        """All flows, those included that have no route."""
        return self._flows[0]

    @property
    def gravity_model(self) -> Gravity | None:
        """The gravity model behind flows that nobody counted, if they were asked for."""
        return self._flows[1]

    def choice_set(self, flow: Flow) -> ChoiceSet:
        """The routes that the unit loads of a flow choose from.

        Raises
        ------
        NoRoute
            Nothing leads from its origin to its destination.
        """
        alternatives = () if flow.via or flow.avoid else self.alternatives
        network, choice = self.network(flow.cargo_class), self.choice(flow)
        found = self._reused.of(flow, choice, alternatives, network)
        return found or choice_set(network, flow, choice, alternatives)

    def best_set(self, flow: Flow) -> ChoiceSet:
        """The choice set of a flow that holds only the route of least generalised cost."""
        choice = replace(self.choice(flow), k=1, shortlist=0)
        return choice_set(self.network(flow.cargo_class), flow, choice)

    @cached_property
    def _reused(self) -> ReusedSets:
        try:
            return ReusedSets(() if self.base is self else self.base.sets)
        except InputError:  # a scenario may make possible what is not without it
            return ReusedSets(())

    @cached_property
    def _routed(self) -> tuple[tuple[ChoiceSet, ...], tuple[tuple[str, str], ...]]:
        return self._each_flow(self.choice_set)

    @cached_property
    def best_sets(self) -> tuple[ChoiceSet, ...]:
        """The best route of each flow that has one: enough for an equilibrium to start from."""
        return self._each_flow(self.best_set)[0]

    def _each_flow(
        self, find: Callable[[Flow], ChoiceSet]
    ) -> tuple[tuple[ChoiceSet, ...], tuple[tuple[str, str], ...]]:
        """What is found for each flow, and the flows without a route with the reason."""
        found, without = [], []
        for number, flow in enumerate(self.flows, start=1):
            self.progress(Progress("Finding routes", number, len(self.flows)))
            try:
                found.append(find(flow))
            except NoRoute as error:
                without.append((flow.name, error.what))
        if not found:
            raise InputError("demand", "no flow has a route", "See `lajvard check`.")
        return tuple(found), tuple(without)

    @property
    def sets(self) -> tuple[ChoiceSet, ...]:
        """A choice set for each flow that has a route.

        Raises
        ------
        InputError
            No flow has one.
        """
        return self._routed[0]

    @cached_property
    def left_out(self) -> tuple[tuple[str, str], ...]:
        """Flows and rows of demand that are not modelled, and why."""
        unstated = without_tonnes(self.view) if self._demand is None else ()
        without = ((name, f"no route: {what}") for name, what in self.without_route)
        return (*unstated, *without)

    @property
    def without_route(self) -> tuple[tuple[str, str], ...]:
        """Flows to whose destination nothing leads, and why."""
        return self._routed[1]

    @cached_property
    def route_choice(self) -> RouteChoice:
        """The choice of routes, such that no service is asked for more than it has."""
        return choose_routes(self.sets, self.parameters.choice(0.0), self.room)

    @property
    def shares(self) -> tuple[FloatArray, ...]:
        """Shares of the routes of each set: (n_routes,) each."""
        return self.route_choice.shares

    @cached_property
    def empties(self) -> tuple[EmptyReturn, ...]:
        """What goes back empty between the ends of flows."""
        cargo = {one.flow.cargo_class: one.network.cargo for one in self.sets}
        return empty_returns([one.flow for one in self.sets], cargo, self.parameters.empty_share)

    # ------------------------------------------------------------ services

    @cached_property
    def offers(self) -> Mapping[LineKey, Offer]:
        """The operating services, by direction."""
        return offers_of(self.view, self.year, effects=self.year_closures.capacity_left)

    @cached_property
    def pools(self) -> Mapping[Key, Sequence[Offer]]:
        """Offers by the fleet that they draw on, or by themselves."""
        return pools_of(self.offers)

    @cached_property
    def away_h(self) -> Mapping[Key, float]:
        """Mean hours of a vessel for one sailing of each pool."""
        return {key: mean_away_h(offers) for key, offers in self.pools.items()}

    @cached_property
    def room(self) -> Mapping[LineKey, float]:
        """Units a year that the flows may put on each service, and tokens of permits."""
        return room_of(self.view, self.offers, self.parameters.fill)

    # ------------------------------------------------------------ borders

    @cached_property
    def crossings(self) -> Mapping[CrossingKey, Crossing]:
        """The border crossings with an observed traffic, by direction."""
        before = None
        if self.base is not self:
            usual = self.base.through_the_year.crossings
            before = {key: crossing.observed for key, crossing in usual.items()}
        return crossings_of(
            self.networks, self.sets, self.shares, observed_counts(self.view), before
        )

    @cached_property
    def background(self) -> tuple[Background, ...]:
        """Traffic beside the flows that is observed at borders and on services."""
        if not self._background:
            return ()
        before = None
        if self.base is not self:
            usual = self.base.through_the_year.background
            before = {item.name: item.per_year for item in usual}
        return background_of(
            self.networks, self.crossings, self.offers, self.sets, self.shares, before
        )

    @cached_property
    def stops(self) -> Stops:
        """Border posts and other timed stops of moves."""
        return Stops(self.procedures, self.parameters.channels.base)

    @cached_property
    def posts(self) -> Mapping[Key, Post]:
        """All posts of which the mean total clearance is described, with what they can do.

        They are calibrated once, in the state of the year without the scenario: a scenario keeps
        what was found, and changes only what it states itself.
        """
        return calibrated(self)


_bases: WeakValueDictionary[tuple[object, ...], Case] = WeakValueDictionary()
"""Cases without a scenario that are still in use: a case with one finds its own here."""
