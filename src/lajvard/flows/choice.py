"""Choice sets of routes, and the shares of a flow that take each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError
from lajvard.flows.demand import Flow
from lajvard.network import Activity, CompiledNetwork
from lajvard.network.arrays import FloatArray
from lajvard.routes import Route, Weights, find_routes

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
        set, and at most so many in all.
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
    """

    k: int = 5
    shortlist: int = 6
    most: int = 8
    scale: float = 0.1
    weights: Weights = field(default_factory=Weights)
    overlap: bool = True
    fill: float = 0.85
    shares: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if min(self.k, self.shortlist, self.most) < 1 or self.scale <= 0 or not 0 < self.fill <= 1:
            remedy = "Give k, shortlist and most >= 1, scale > 0 and fill in (0, 1]."
            raise InputError("choice", f"cannot choose by {self}", remedy)


@dataclass(frozen=True, eq=False)
class ChoiceSet:
    """The routes that the unit loads of a flow choose from."""

    flow: Flow
    network: CompiledNetwork
    routes: tuple[Route, ...]
    cost_usd: FloatArray = field(repr=False)  # (n_routes,) generalised
    log_size: FloatArray = field(repr=False)  # (n_routes,) logarithm of the path size

    @property
    def per_year(self) -> float:
        """Unit loads a year."""
        return self.flow.tonnes_per_year / self.unit_t

    @property
    def unit_t(self) -> float:
        """Mass of one unit load."""
        return self.flow.tonnes or self.network.cargo.payload_t

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


def _uses(route: Route) -> dict[LineKey, float]:
    network = route.network
    found: dict[LineKey, float] = {}
    for step in route.steps:
        if step.activity is Activity.SAILING:
            end = network.node_ids[network.node_names.index(step.to_place)]
            key = (step.ref, step.node_id, end)
            found[key] = found.get(key, 0.0) + units_of(network, step.ref)
        elif step.activity is Activity.PERMIT:
            found[token(step.ref)] = found.get(token(step.ref), 0.0) + 1
    return found


def choice_set(network: CompiledNetwork, flow: Flow, choice: Choice) -> ChoiceSet:
    """The routes that the unit loads of a flow choose from, cheapest first.

    Raises
    ------
    NoRoute
        Nothing leads from its origin to its destination.
    """
    search = partial(
        find_routes, network, flow.origin, flow.destination, via=flow.via, avoid=flow.avoid
    )
    best = search(k=choice.k, weights=choice.weights)
    front = search().shortlist(choice.shortlist)
    found = {route.moves: route for route in (*best, *front)}
    weights = choice.weights.of(network)
    cost = {moves: float(network.arrays.cost[list(moves)].sum(axis=0) @ weights) for moves in found}
    keep = sorted(found, key=lambda moves: (cost[moves], moves))[: choice.most]
    routes = tuple(found[moves] for moves in keep)
    costs = np.array([cost[moves] for moves in keep])
    size = path_sizes(network.arrays.cost @ weights, keep) if choice.overlap else np.ones(len(keep))
    return ChoiceSet(flow, network, routes, costs, np.log(size))


def path_sizes(move_cost: FloatArray, routes: Sequence[Sequence[int]]) -> FloatArray:
    """Share of each route that it does not have in common with others, in (0, 1]: (n_routes,).

    Parameters
    ----------
    move_cost : (n_moves,)
        Generalised cost of the moves, >= 0.
    routes
        The moves of each route.

    Notes
    -----
    PS_i = Σ_a (l_a / L_i) / n_a over the moves a of route i, where n_a routes use the move [1]_.

    References
    ----------
    .. [1] Ben-Akiva, Bierlaire (1999), Discrete choice methods and their applications to short
       term travel decisions, § 5.

    Examples
    --------
    Two routes that share half of their way, and one of its own:

    >>> path_sizes(np.ones(5), [[0, 1], [0, 2], [3, 4]])
    array([0.75, 0.75, 1.  ])
    """
    used = np.zeros(len(move_cost))
    for route in routes:
        used[list(route)] += 1
    sizes = []
    for route in routes:
        length = np.maximum(move_cost[list(route)], 1e-9)
        sizes.append(float((length / used[list(route)]).sum() / length.sum()))
    return np.array(sizes)


def logit_shares(cost_usd: FloatArray, scale_usd: float, log_size: FloatArray) -> FloatArray:
    """Shares of the routes of a choice set: (n_routes,), with sum 1.

    Notes
    -----
    Multinomial logit P_i ~ PS_i exp(-c_i / scale), with path sizes where routes overlap.

    Examples
    --------
    >>> logit_shares(np.array([100.0, 110.0]), 10.0, np.zeros(2)).round(3)
    array([0.731, 0.269])
    """
    utility = log_size - cost_usd / scale_usd
    weight = np.exp(utility - utility.max())
    return np.asarray(weight / weight.sum())


def route_shares(
    sets: Sequence[ChoiceSet], choice: Choice, room: Mapping[LineKey, float]
) -> tuple[FloatArray, ...]:
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
    toll = dict.fromkeys(room, 0.0)
    scales = [choice.scale * float(one.cost_usd.min()) for one in sets]
    shares = _shares(sets, choice, scales, toll)
    for _ in range(200):
        asked = service_load(sets, shares)
        worst = 1.0
        for key, most in room.items():
            if asked.get(key, 0.0) > 0:
                over = asked[key] / max(most, 1e-9)
                toll[key] = max(0.0, toll[key] + 500.0 * float(np.log(over)))
                worst = max(worst, over)
        if worst < 1.01:
            break
        shares = _shares(sets, choice, scales, toll)
    return shares


def _shares(
    sets: Sequence[ChoiceSet],
    choice: Choice,
    scales: Sequence[float],
    toll: Mapping[LineKey, float],
) -> tuple[FloatArray, ...]:
    found = []
    for one, scale in zip(sets, scales, strict=True):
        given = choice.shares.get(one.flow.name)
        if given is not None:
            found.append(_given(given, one))
            continue
        paid = np.array([sum(toll.get(key, 0.0) * n for key, n in use.items()) for use in one.uses])
        found.append(logit_shares(one.cost_usd + paid, max(scale, 1e-9), one.log_size))
    return tuple(found)


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
    return network_units(network)[service_id]


def network_units(network: CompiledNetwork) -> Mapping[str, float]:
    """Places that the unit load of a network takes on each of its services."""
    arrays, cargo = network.arrays, network.cargo
    by_family = {"road": cargo.lorries, "rail": cargo.wagons}
    found = {}
    for move in np.flatnonzero(arrays.move_kind == 2):
        family = network.mode_names[arrays.state_mode[arrays.move_from[move]]].split(" ")[0]
        found[network.service_ids[arrays.move_ref[move]]] = by_family.get(family, cargo.teu)
    return found
