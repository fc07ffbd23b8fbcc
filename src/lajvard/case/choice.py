"""Choice sets of routes, and the shares of a flow that take each of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from lajvard.assignment.logit import nested_shares, path_sizes
from lajvard.case.demand import Flow
from lajvard.errors import InputError
from lajvard.network import CompiledNetwork, MoveKind
from lajvard.network.arrays import FloatArray, IntArray
from lajvard.routes import Route, Weights, best_route, find_routes

BoolArray = NDArray[np.bool_]
LineKey = tuple[str, str, str]
"""A service and the places between which it runs."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How unit loads choose their routes.

    Attributes
    ----------
    k, shortlist, most
        Routes of the choice set: the k best by generalised cost, so many that show the Pareto
        set (0: none of it), and at most so many in all.
    scale
        Scale of the logit as a share of the least generalised cost of the set: of two routes
        whose costs differ by this share of it, the cheaper is chosen e times as often. An
        estimate; nothing is published.
    weights
        What makes one generalised cost of time and money.
    overlap
        Whether routes that share most of their way count as variants of one (path size logit).
    fill
        Most that the described demand takes of a service whose volume is not observed, and of
        the quota of a permit.
    shares
        Shares by name of the flow instead of the logit, in the order of its choice set.
    nest
        Dissimilarity of routes by one main mode, in (0, 1]: 1 for no nests, less when such
        routes are closer substitutes than routes by other modes.
    detour
        The best route of a named way belongs to the set up to this multiple of the least cost.
    """

    k: int = 5
    shortlist: int = 6
    most: int = 8
    scale: float = 0.1
    weights: Weights = field(default_factory=Weights)
    overlap: bool = True
    fill: float = 0.85
    shares: Mapping[str, Sequence[float]] = field(default_factory=dict)
    nest: float = 1.0
    detour: float = 2.0

    def __post_init__(self) -> None:
        if (
            min(self.k, self.shortlist + 1, self.most) < 1
            or self.scale <= 0
            or not 0 < self.fill <= 1
        ):
            remedy = "Give k and most >= 1, shortlist >= 0, scale > 0 and fill in (0, 1]."
            raise InputError("choice", f"cannot choose by {self}", remedy)
        if not 0 < self.nest <= 1 or self.detour < 1:
            remedy = "Give nest in (0, 1] and detour >= 1."
            raise InputError("choice", f"cannot choose by {self}", remedy)


@dataclass(frozen=True, slots=True)
class Alternative:
    """A row of the table `alternative`: what its routes pass, and what they do not touch."""

    name: str
    title: str
    via: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


def _no_moves() -> IntArray:
    return np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class ChoiceSet:
    """The routes that the unit loads of a flow choose from, and what they were taken from."""

    flow: Flow
    network: CompiledNetwork
    routes: tuple[Route, ...]
    cost_usd: FloatArray = field(repr=False)  # (n_routes,) generalised
    log_size: FloatArray = field(repr=False)  # (n_routes,) logarithm of the path size
    examined: IntArray = field(default_factory=_no_moves, repr=False)  # moves of all routes found
    asked: tuple[Choice, tuple[Alternative, ...]] | None = field(default=None, repr=False)

    @cached_property
    def main_modes(self) -> tuple[str, ...]:
        """The mode of most of the way of each route, which is its nest."""
        return tuple(main_mode(route) for route in self.routes)

    @property
    def per_year(self) -> float:
        """Unit loads a year."""
        return self.flow.tonnes_per_year / self.unit_t

    @property
    def unit_t(self) -> float:
        """Mass of one unit load."""
        return self.flow.unit_t(self.network.cargo)

    @cached_property
    def states(self) -> tuple[tuple[int, ...], ...]:
        """The state from which each move of each route starts."""
        start = self.network.arrays.move_from
        return tuple(tuple(int(start[move]) for move in route.moves) for route in self.routes)

    @cached_property
    def uses(self) -> tuple[Mapping[LineKey, float], ...]:
        """Places on services and tokens of permits that a unit load needs on each route."""
        return tuple(_uses(route) for route in self.routes)


def token(regime_id: str) -> LineKey:
    """The key under which the tokens of a permit stand beside services."""
    return (regime_id, "", "")


def main_mode(route: Route) -> str:
    """The mode by which a route goes farthest: road, rail, sea; empty without travel."""
    network, arrays = route.network, route.network.arrays
    km: dict[str, float] = {}
    for move in route.moves:
        if arrays.move_mode[move] >= 0:
            mode = network.mode_names[int(arrays.move_mode[move])].split(" ")[0]
            km[mode] = km.get(mode, 0.0) + float(arrays.distance_km[move])
    return max(km, key=lambda mode: km[mode], default="")


def _uses(route: Route) -> dict[LineKey, float]:
    network, moves = route.network, route.moves
    found: dict[LineKey, float] = {}
    is_service = network.arrays.move_kind[list(moves)] == MoveKind.SERVICE
    for place in np.flatnonzero(is_service).tolist():
        service = network.service_ids[int(network.arrays.move_ref[moves[place]])]
        key = (service, *network.move_ends[moves[place]])
        found[key] = found.get(key, 0.0) + units_of(network, service)
    for move in moves:
        for regime in network.move_permits.get(move, ()):
            found[token(regime)] = found.get(token(regime), 0.0) + 1
    return found


def choice_set(
    network: CompiledNetwork, flow: Flow, choice: Choice, ways: Sequence[Alternative] = ()
) -> ChoiceSet:
    """The routes that the unit loads of a flow choose from, cheapest first.

    Parameters
    ----------
    ways
        Named ways whose best route is in the set too, unless it is a long detour.

    Raises
    ------
    NoRoute
        Nothing leads from its origin to its destination.
    """
    search = partial(find_routes, network, flow.origin, flow.destination)
    best = search(k=choice.k, weights=choice.weights, via=flow.via, avoid=flow.avoid)
    front: Sequence[Route] = ()
    examined = {move for route in best for move in route.moves}
    if choice.shortlist:
        pareto = search(via=flow.via, avoid=flow.avoid)
        examined.update(move for route in pareto for move in route.moves)
        front = pareto.shortlist(choice.shortlist)
    found = {route.moves: route for route in (*best, *front)}
    weights = choice.weights.of(network)

    def cost_of(moves: tuple[int, ...]) -> float:
        return float(network.arrays.cost[list(moves)].sum(axis=0) @ weights)

    cost = {moves: cost_of(moves) for moves in found}
    keep = sorted(found, key=lambda moves: (cost[moves], moves))[: choice.most]
    for route in _best_of_ways(network, flow, ways, choice.weights):
        examined.update(route.moves)
        cost[route.moves] = cost_of(route.moves)
        if route.moves not in keep and cost[route.moves] <= choice.detour * cost[keep[0]]:
            found[route.moves] = route
            keep.append(route.moves)
    keep.sort(key=lambda moves: (cost[moves], moves))
    routes = tuple(found[moves] for moves in keep)
    costs = np.array([cost[moves] for moves in keep])
    size = path_sizes(network.arrays.cost @ weights, keep) if choice.overlap else np.ones(len(keep))
    seen = np.array(sorted(examined), dtype=np.int32)
    return ChoiceSet(flow, network, routes, costs, np.log(size), seen, (choice, tuple(ways)))


def _best_of_ways(
    network: CompiledNetwork, flow: Flow, ways: Sequence[Alternative], weights: Weights
) -> Iterator[Route]:
    """The best route of each way that has one; a way through a place that is not there has none."""
    for way in ways:
        via, avoid = (*flow.via, *way.via), (*flow.avoid, *way.avoid)
        try:
            found = best_route(
                network, flow.origin, flow.destination, weights=weights, via=via, avoid=avoid
            )
        except InputError:
            continue
        if found is not None:
            yield found


@dataclass(frozen=True, eq=False)
class RouteChoice:
    """Shares of the routes of all flows, and the tolls that keep services within their room.

    Attributes
    ----------
    shares
        Of the routes of each set: (n_routes,) each.
    toll_usd
        By service and permit; 0 where there is room enough.
    """

    shares: tuple[FloatArray, ...]
    toll_usd: Mapping[LineKey, float]

    def of(self, one: ChoiceSet, choice: Choice) -> FloatArray:
        """Shares of the routes of another set under the same tolls: (n_routes,)."""
        toll = [
            sum(units * self.toll_usd.get(key, 0.0) for key, units in use.items())
            for use in one.uses
        ]
        return _shares(one, choice, np.array(toll))


def choose_routes(
    sets: Sequence[ChoiceSet], choice: Choice, room: Mapping[LineKey, float]
) -> RouteChoice:
    """Shares of all flows, such that no service or permit is asked for more than there is.

    Parameters
    ----------
    sets
        The choice sets of all flows.
    room
        Units (lorries, wagons, TEU) a year that the described demand may put on each service,
        and tokens a year of permits with a quota (`token`).

    Notes
    -----
    Where the shares of the logit would ask for more than the room of a service, its users pay a
    toll in the choice (not in the journey) that grows until they fit: the Lagrange multipliers of
    a logit assignment with capacities [1]_, found by repeated correction of each toll by
    scale x ln(asked / room). What has no other way goes on whatever the toll.

    References
    ----------
    .. [1] Bell (1995), Stochastic user equilibrium assignment in networks with queues, Transp.
       Res. B 29:125-137.
    """
    keys = {key: ix for ix, key in enumerate(room)}
    most = np.maximum(np.array([*room.values()]), 1e-9)
    toll, shares = np.zeros(len(keys)), [_shares(one, choice, 0.0) for one in sets]
    asks = [_asks(one, keys) for one in sets]
    touched = [ix for ix, ask in enumerate(asks) if ask.any()]
    for _ in range(200):
        asked = np.zeros(len(keys))
        for ix in touched:
            asked += sets[ix].per_year * (shares[ix] @ asks[ix])
        is_asked = asked > 0
        over = asked[is_asked] / most[is_asked]
        if over.max(initial=1.0) < 1.01:
            break
        toll[is_asked] = np.maximum(0.0, toll[is_asked] + 500.0 * np.log(over))
        for ix in touched:
            shares[ix] = _shares(sets[ix], choice, asks[ix] @ toll)
    return RouteChoice(tuple(shares), dict(zip(keys, toll.tolist(), strict=True)))


def route_shares(
    sets: Sequence[ChoiceSet], choice: Choice, room: Mapping[LineKey, float]
) -> tuple[FloatArray, ...]:
    """Shares of the routes of each set; see `choose_routes`."""
    return choose_routes(sets, choice, room).shares


def _asks(one: ChoiceSet, keys: Mapping[LineKey, int]) -> FloatArray:
    """What each route asks of the services and permits that have room: (n_routes, n_keys)."""
    found = np.zeros((len(one.routes), len(keys)))
    for row, use in zip(found, one.uses, strict=True):
        for key, units in use.items():
            if key in keys:
                row[keys[key]] += units
    return found


def _shares(one: ChoiceSet, choice: Choice, toll_usd: FloatArray | float) -> FloatArray:
    given = choice.shares.get(one.flow.name)
    if given is not None:
        return _given(given, one)
    scale = max(choice.scale * float(one.cost_usd.min()), 1e-9)
    nests = one.main_modes if choice.nest < 1 else ()
    return nested_shares(one.cost_usd + toll_usd, scale, one.log_size, nests, choice.nest)


def _given(shares: Sequence[float], one: ChoiceSet) -> FloatArray:
    values = np.asarray(shares, dtype=np.float64)
    where = f"shares of '{one.flow.name}'"
    if len(values) != len(one.routes):
        found = f"{len(values)} shares for {len(one.routes)} routes"
        raise InputError(where, found, "Give one for each route of the choice set, in its order.")
    if not (values >= 0).all() or abs(values.sum() - 1) > 1e-6:
        raise InputError(where, f"{list(shares)} are no shares", "Give shares >= 0 with sum 1.")
    return np.asarray(values / values.sum())


def service_load(sets: Sequence[ChoiceSet], shares: Sequence[FloatArray]) -> dict[LineKey, float]:
    """Units a year that the flows put on each service, by direction, and tokens that they need."""
    load: dict[LineKey, float] = {}
    for one, share in zip(sets, shares, strict=True):
        for use, part in zip(one.uses, share, strict=True):
            for key, units in use.items():
                load[key] = load.get(key, 0.0) + one.per_year * float(part) * units
    return load


def units_of(network: CompiledNetwork, service_id: str) -> float:
    """Places that one unit load takes on a service: lorries, wagons or TEU."""
    return network.service_units[service_id]


def alternative_of(route: Route, alternatives: Sequence[Alternative]) -> str:
    """Title of the first alternative that a route takes, or its countries where it takes none."""
    network = route.network
    arrays, moves = network.arrays, list(route.moves)
    links = {network.link_ids[ix] for ix in arrays.move_link[moves].tolist() if ix >= 0}
    services = {step.ref for step in route.steps if step.activity.label == "sailing"}
    nodes = {network.node_ids[ix] for ix in route.node_ixs}
    touched = {*nodes, *route.countries, *route.modes, *links, *services}
    for one in alternatives:
        if one.via and touched.issuperset(one.via) and touched.isdisjoint(one.avoid):
            return one.title
    return "-".join(route.countries)
