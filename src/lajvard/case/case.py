"""A case: the networks, flows and choice sets of a corridor on one day."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from lajvard.case.choice import Choice, ChoiceSet, LineKey, Way, choice_set, route_shares
from lajvard.case.demand import (
    EmptyReturn,
    Flow,
    empty_returns,
    flows_of,
    grown,
    without_tonnes,
)
from lajvard.case.gravity import Gravity, missing_flows
from lajvard.case.parameters import TOPIC, FlowParameters, ways_of
from lajvard.case.reuse import Kept, kept_moves, reused, same_networks
from lajvard.case.services import (
    Key,
    Offer,
    mean_away_h,
    offers_of,
    pools_of,
    room_of,
)
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.network import CompiledNetwork, compile_network
from lajvard.network.arrays import FloatArray
from lajvard.network.compile import on_the_day
from lajvard.routes import NoRoute, Route, Weights, od_table

DEFAULT_YEAR = 2025
Tell = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Case:
    """What flows are modelled on.

    Attributes
    ----------
    corridor
        The rows in force.
    networks
        By cargo class.
    sets
        A choice set for each flow that has a route.
    empties
        What goes back empty between the ends of flows.
    left_out
        Flows and rows that are not modelled, and why.
    gravity
        The gravity model behind flows that nobody counted, if they were asked for.
    """

    corridor: Corridor
    parameters: FlowParameters
    ways: tuple[Way, ...]
    networks: Mapping[str, CompiledNetwork] = field(repr=False)
    sets: tuple[ChoiceSet, ...] = field(repr=False)
    empties: tuple[EmptyReturn, ...] = field(repr=False)
    offers: Mapping[LineKey, Offer] = field(repr=False)
    left_out: tuple[tuple[str, str], ...]
    gravity: Gravity | None = None

    @cached_property
    def pools(self) -> Mapping[Key, Sequence[Offer]]:
        """Offers by the fleet that they draw on, or by themselves."""
        return pools_of(self.offers)

    @cached_property
    def away_h(self) -> Mapping[Key, float]:
        """Mean hours of a vessel for one sailing of each pool."""
        return {key: mean_away_h(offers) for key, offers in self.pools.items()}

    def room(self) -> dict[LineKey, float]:
        """Units a year that the flows may put on each service, and tokens of permits."""
        return room_of(self.corridor, self.offers, self.parameters.fill)

    def logit_shares(self) -> tuple[FloatArray, ...]:
        """Shares of the routes of each set, such that no service is asked for more than it has."""
        return route_shares(self.sets, self.parameters.choice(0.0), self.room())


def make_case(
    corridor: Corridor,
    *,
    as_of: str | dt.date | None = None,
    demand: Sequence[Flow] | None = None,
    parameters: FlowParameters | None = None,
    years: float = 0.0,
    gravity: bool = False,
    only_best: bool = False,
    base: "Case | None" = None,
    progress: Tell = lambda _: None,
) -> Case:
    """Compile the networks of a corridor and find what its flows choose from.

    Parameters
    ----------
    corridor
        The description, with the patches of a scenario if there is one.
    as_of
        The day; by default the description as it stands.
    demand
        Flows instead of those of the table `demand`.
    parameters
        Instead of those that the corridor states.
    years
        Years of growth at the rate of the parameters.
    gravity
        Whether pairs of places without data get flows by a gravity model.
    only_best
        Whether one route a flow is enough: for an equilibrium, which finds its own.
    base
        A case of which networks and choice sets are taken where they hold here too; nothing
        changes but the time that it takes.
    progress
        Told what is being done.

    Raises
    ------
    InputError
        The description does not compile, or no flow has a route.
    """
    view = on_the_day(corridor, as_of)
    given = parameters or FlowParameters.of(view)
    flows = flows_of(view) if demand is None else tuple(demand)
    if years:
        flows = grown(flows, _growth(view, given, parameters), years)
    networks = _Networks(view, progress)
    if base is not None and same_networks(base.corridor, view):
        networks.update(base.networks)
    before = _Before(base)
    fitted = None
    if gravity:
        progress("Estimating flows that nobody counted")
        more, fitted = _not_counted(view, flows, networks)
        flows = (*flows, *more)
    ways = ways_of(view)
    left_out = list(without_tonnes(view)) if demand is None else []
    sets = []
    for at, flow in enumerate(flows, start=1):
        progress(f"Finding routes: flow {at} of {len(flows)}")
        network = networks[flow.cargo_class]
        choice = given.choice(flow.value_of_time_usd_h(network.cargo))
        if only_best:
            choice = replace(choice, k=1, shortlist=0)
        named = () if only_best else ways
        try:
            found = before.reused(flow, choice, named, network)
            sets.append(found or choice_set(network, flow, choice, named))
        except NoRoute as error:
            left_out.append((flow.name, f"no route: {error.what}"))
    if not sets:
        raise InputError("demand", "no flow has a route", "See `lajvard check`.")
    cargo = {name: network.cargo for name, network in networks.items()}
    routed = [one.flow for one in sets]
    return Case(
        view,
        given,
        ways,
        networks,
        tuple(sets),
        empty_returns(routed, cargo, given.empty_share),
        offers_of(view, DEFAULT_YEAR),
        tuple(left_out),
        fitted,
    )


def _growth(corridor: Corridor, given: FlowParameters, own: FlowParameters | None) -> float:
    """Growth a year; a corridor that states none has no default for it."""
    if own is None and (f"{TOPIC}-growth",) not in corridor.used("parameter"):
        remedy = f"Add a row '{TOPIC}-growth' to parameter.csv, such as 0.03."
        raise InputError("years", "the corridor states no growth", remedy)
    return given.growth


class _Networks(dict[str, CompiledNetwork]):
    """Networks by cargo class, compiled when they are asked for."""

    def __init__(self, corridor: Corridor, progress: Tell) -> None:
        super().__init__()
        self._corridor, self._progress = corridor, progress

    def __missing__(self, cargo: str) -> CompiledNetwork:
        self._progress(f"Compiling the network of {cargo}")
        self[cargo] = compile_network(self._corridor, cargo=cargo)
        return self[cargo]


class _Before:
    """The choice sets of a base, for those that still hold."""

    def __init__(self, base: Case | None) -> None:
        self._sets = {one.flow.name: one for one in base.sets} if base is not None else {}
        self._kept: dict[str, Kept] = {}

    def reused(
        self, flow: Flow, choice: Choice, ways: Sequence[Way], network: CompiledNetwork
    ) -> ChoiceSet | None:
        """The set of the flow of this name, None where it has to be found anew."""
        old = self._sets.get(flow.name)
        if old is None or old.flow.cargo_class != flow.cargo_class:
            return None
        cargo = flow.cargo_class
        if cargo not in self._kept:
            self._kept[cargo] = kept_moves(old.network, network)
        return reused(old, flow, choice, ways, network, self._kept[cargo])


def _not_counted(
    corridor: Corridor, flows: Sequence[Flow], networks: _Networks
) -> tuple[tuple[Flow, ...], Gravity]:
    """Flows of the pairs of places of the known flows for which nothing is known.

    They travel in the class that most of the known tonnes travel in.
    """
    nodes = corridor.used("node")
    country_of = dict(zip(nodes.text("node_id"), nodes.text("country"), strict=True))
    places = list(dict.fromkeys(end for flow in flows for end in (flow.origin, flow.destination)))
    tonnes: dict[str, float] = {}
    for flow in flows:
        tonnes[flow.cargo_class] = tonnes.get(flow.cargo_class, 0.0) + flow.tonnes_per_year
    cargo = max(tonnes, key=lambda name: tonnes[name])
    network = networks[cargo]
    cost = od_table(network, places, places, weights=Weights()) / network.cargo.payload_t
    country = {place: country_of.get(place, place) for place in places}
    return missing_flows(flows, cost, country, cargo)


def way_of(route: Route, ways: Sequence[Way]) -> str:
    """Title of the first named way that a route takes, or its countries where it takes none."""
    network = route.network
    arrays, moves = network.arrays, list(route.moves)
    links = {network.link_ids[ix] for ix in arrays.move_link[moves].tolist() if ix >= 0}
    services = {step.ref for step in route.steps if step.activity.label == "sailing"}
    nodes = {network.node_ids[ix] for ix in route.node_ixs}
    touched = {*nodes, *route.countries, *route.modes, *links, *services}
    for way in ways:
        if way.via and touched.issuperset(way.via) and touched.isdisjoint(way.avoid):
            return way.title
    return "-".join(route.countries)


def scales_usd(case: Case) -> FloatArray:
    """Scale of the logit of each flow in USD: (n_flows,)."""
    return np.array([case.parameters.scale * float(one.cost_usd.min()) for one in case.sets])
