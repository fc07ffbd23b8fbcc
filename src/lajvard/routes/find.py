"""Finding routes: the exact Pareto set, the k best, one to all and tables of many pairs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import overload

import numpy as np

from lajvard.errors import InputError, NumericsError, did_you_mean
from lajvard.network import CompiledNetwork
from lajvard.network.arrays import FloatArray
from lajvard.routes.kbest_kernels import k_best
from lajvard.routes.pareto_kernels import pareto_front
from lajvard.routes.query import Constraint, Graph, constrained, parse_constraint, reachable
from lajvard.routes.route import Route
from lajvard.routes.search_kernels import distance_table, shortest_paths

PARETO_CRITERIA = ("time", "cost", "emission", "sd", "risk")
"""Criteria of a Pareto set: hours, USD, kg CO2e, standard deviation of hours, probability."""


class NoRoute(NumericsError):  # noqa: N818 - it is an answer before it is an error
    """There is no route; the error names the constraint that closed the last one.

    Attributes
    ----------
    alone
        The constraints of which each, if it alone is given up, opens a route.
    """

    alone: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """What makes one generalised cost (USD) of several criteria.

    Attributes
    ----------
    value_of_time_usd_h
        USD for an hour; by default what the cargo class says.
    carbon_price_usd_t
        USD for a tonne of CO2e.
    variance_usd_h2
        USD for an h² of variance of the time.
    risk_usd
        USD for a unit of risk, which is -ln(1 - share of time closed).
    """

    value_of_time_usd_h: float | None = None
    carbon_price_usd_t: float = 0.0
    variance_usd_h2: float = 0.0
    risk_usd: float = 0.0

    def of(self, network: CompiledNetwork) -> FloatArray:
        """Weights of the network's criteria: (5,).

        Raises
        ------
        InputError
            A weight is negative or not a number.
        """
        time = self.value_of_time_usd_h
        time = network.cargo.value_of_time_usd_h if time is None else time
        carbon = self.carbon_price_usd_t / 1000
        weights = np.array([time, 1.0, carbon, self.variance_usd_h2, self.risk_usd])
        if not (weights >= 0).all() or not np.isfinite(weights).all():
            raise InputError("weights", f"{self} has a negative weight", "Give weights >= 0.")
        return weights


@dataclass(frozen=True, eq=False)
class RouteSet(Sequence[Route]):
    """Routes from one place to another: a Pareto set, or the k best in order."""

    routes: tuple[Route, ...]
    origin: str
    destination: str
    criteria: tuple[str, ...]
    constraints: tuple[Constraint, ...] = ()

    def __len__(self) -> int:
        return len(self.routes)

    @overload
    def __getitem__(self, ix: int) -> Route: ...
    @overload
    def __getitem__(self, ix: slice) -> tuple[Route, ...]: ...
    def __getitem__(self, ix: int | slice) -> Route | tuple[Route, ...]:
        return self.routes[ix]

    def __iter__(self) -> Iterator[Route]:
        return iter(self.routes)

    def best(self, criterion: str) -> Route:
        """The route that is best by one criterion, ties broken by time and cost."""
        value = _VALUES[_known_criterion(criterion)]
        return min(self.routes, key=lambda r: (value(r), r.time_h, r.cost_usd))

    def shortlist(self, count: int) -> tuple[Route, ...]:
        """At most `count` routes that show the choice, fastest first.

        The best by each criterion come first; then, again and again, the route whose criteria
        (scaled to the range of the set) lie farthest from those already chosen.
        """
        if len(self.routes) <= count:
            return tuple(sorted(self.routes, key=lambda route: route.time_h))
        names = self.criteria if len(self.criteria) > 1 else ("time", "cost")
        points = np.array([[_VALUES[name](route) for name in names] for route in self.routes])
        span = np.ptp(points, axis=0)
        points = points / np.where(span > 0, span, 1.0)
        chosen = list(dict.fromkeys(int(ix) for ix in points.argmin(axis=0)))[:count]
        while len(chosen) < count:
            gaps = np.linalg.norm(points[:, None] - points[chosen], axis=2).min(axis=1)
            chosen.append(int(gaps.argmax()))
        return tuple(sorted((self.routes[ix] for ix in chosen), key=lambda route: route.time_h))

    def __repr__(self) -> str:
        count = f"{len(self)} route{'' if len(self) == 1 else 's'}"
        rules = "".join(f", {constraint}" for constraint in self.constraints)
        return f"RouteSet({self.origin} - {self.destination}: {count}{rules})"

    def _repr_html_(self) -> str:
        from lajvard.routes.show import routes_html

        return routes_html(self)


_VALUES: dict[str, Callable[[Route], float]] = {
    "time": lambda route: route.time_h,
    "cost": lambda route: route.cost_usd,
    "emission": lambda route: route.emission_kgco2e,
    "sd": lambda route: route.time_sd_h,
    "risk": lambda route: route.risk,
}


def _known_criterion(name: str) -> str:
    if name not in PARETO_CRITERIA:
        remedy = did_you_mean(name, PARETO_CRITERIA) or f"Choose of {', '.join(PARETO_CRITERIA)}."
        raise InputError("criteria", f"unknown criterion '{name}'", remedy)
    return name


def find_routes(
    network: CompiledNetwork,
    origin: str,
    destination: str,
    *,
    criteria: Sequence[str] = PARETO_CRITERIA,
    k: int | None = None,
    weights: Weights = Weights(),
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
) -> RouteSet:
    """Routes of one unit load from `origin` to `destination`.

    Without `k`, the exact Pareto set: every route that no other beats or equals in all of
    `criteria` at once, one for each combination of values, fastest first. With `k`, the k best
    routes by one generalised cost, best first, none of which passes a place twice.

    Parameters
    ----------
    network
        From `compile_network`.
    origin, destination
        Node ids or names.
    criteria
        Out of time, cost, emission, sd (standard deviation of the time) and risk.
    k
        How many of the best routes by `weights`, >= 1.
    weights
        What makes one cost of the criteria; used with `k`.
    via, avoid
        Places, countries, modes, links or services that every route passes (in any order), or
        that none touches; see `parse_constraint`.

    Raises
    ------
    NoRoute
        Nothing leads there under the constraints; the error names the one that closed the last
        route.
    InputError
        Something is called by a name that the network does not know.
    NumericsError
        The Pareto set has more labels than memory is set aside for.

    Notes
    -----
    Pareto sets by multi-criteria label setting (Martins 1984 [1]_) with lower bounds from one
    backward search a criterion, k best by Yen (1971) [2]_. The variance stands for the standard
    deviation, which grows with it and does not add up.

    References
    ----------
    .. [1] Martins (1984), On a multicriteria shortest path problem, EJOR 16:236-245.
    .. [2] Yen (1971), Finding the K shortest loopless paths in a network, Manag. Sci. 17:712-716.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> from lajvard.network import compile_network
    >>> network = compile_network(built_in())
    >>> routes = find_routes(network, "Herat", "Istanbul", criteria=["time", "cost"])
    >>> routes.best("time").countries[0], routes.best("time").countries[-1]
    ('AF', 'TR')
    """
    constraints = _constraints(network, via, avoid)
    start, end = network.node_ix(origin), network.node_ix(destination)
    names = tuple(dict.fromkeys(_known_criterion(name) for name in criteria))
    if not names:
        raise InputError("criteria", "no criterion", f"Choose of {', '.join(PARETO_CRITERIA)}.")
    if k is not None and k < 1:
        raise InputError("k", f"{k} routes", "Ask for at least one.")
    columns = range(5) if k else [PARETO_CRITERIA.index(name) for name in names]
    graph = constrained(network, start, end, constraints, columns)
    if not reachable(graph):
        raise _no_route(network, start, end, constraints)
    if k is None:
        ends = (graph.sources, graph.targets)
        paths = pareto_front(graph.first_move, graph.move_to, graph.cost, *ends).moves
        routes = [Route(network, tuple(graph.move[path].tolist())) for path in paths]
    else:
        routes = _best(network, graph, k, weights)
    if k is None:
        routes.sort(key=lambda route: (route.time_h, route.cost_usd))
    start_name, end_name = network.node_names[start], network.node_names[end]
    return RouteSet(tuple(routes), start_name, end_name, names if k is None else (), constraints)


def best_route(
    network: CompiledNetwork,
    origin: str,
    destination: str,
    *,
    weights: Weights = Weights(),
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
) -> Route | None:
    """The route of least generalised cost; None without asking why if there is none.

    The arguments and errors are those of `find_routes`.

    >>> from lajvard.corridor import built_in
    >>> from lajvard.network import compile_network
    >>> network = compile_network(built_in())
    >>> best_route(network, "Herat", "Istanbul", avoid=["road"]) is None
    True
    """
    constraints = _constraints(network, via, avoid)
    ends = (network.node_ix(origin), network.node_ix(destination))
    graph = constrained(network, *ends, constraints, range(5))
    return _best(network, graph, 1, weights)[0] if reachable(graph) else None


def _constraints(
    network: CompiledNetwork, via: Sequence[str], avoid: Sequence[str]
) -> tuple[Constraint, ...]:
    return tuple(
        parse_constraint(network, verb, text)
        for verb, texts in (("avoid", avoid), ("via", via))
        for text in texts
    )


def _best(network: CompiledNetwork, graph: Graph, k: int, weights: Weights) -> list[Route]:
    """The k best by generalised cost, best first."""
    cost, ends = graph.cost @ weights.of(network), (graph.sources, graph.targets)
    ranked = k_best(graph.first_move, graph.move_to, cost, *ends, place=graph.place)
    return [Route(network, tuple(graph.move[one.moves].tolist())) for one in islice(ranked, k)]


def _no_route(
    network: CompiledNetwork, start: int, end: int, constraints: Sequence[Constraint]
) -> NoRoute:
    where = f"route {network.node_names[start]} - {network.node_names[end]}"
    cargo = f"{network.cargo.name} ({network.cargo.cargo_class})"
    for count in range(len(constraints) + 1):
        if not reachable(constrained(network, start, end, constraints[:count], [0])):
            break
    if count:
        closing = constraints[count - 1]
        what = f"no route for {cargo}: '{closing}' closed the last one"
        alone = _each_alone(network, start, end, constraints)
        remedy = f"There is one without it{_but(constraints[: count - 1])}."
        if len(alone) > 1:
            remedy = f"One of these given up opens one: {', '.join(map(str, alone))}."
        error = NoRoute(where, what, remedy)
        error.alone = alone
        return error
    for side, ix in (("leaves", start), ("reaches", end)):
        if not len(network.states_of(ix)):
            what = f"nothing that operates {side} {network.node_names[ix]} for {cargo}"
            return NoRoute(where, what, _closed(network))
    return NoRoute(where, f"no route for {cargo} on what operates", _closed(network))


def _each_alone(
    network: CompiledNetwork, start: int, end: int, constraints: Sequence[Constraint]
) -> tuple[Constraint, ...]:
    """The constraints without which, all others kept, there is a route."""
    return tuple(
        given_up
        for ix, given_up in enumerate(constraints)
        if reachable(
            constrained(network, start, end, [*constraints[:ix], *constraints[ix + 1 :]], [0])
        )
    )


def _but(kept: Sequence[Constraint]) -> str:
    return f" (with {', '.join(map(str, kept))})" if kept else ""


def _closed(network: CompiledNetwork) -> str:
    if network.shut:
        shut = ", ".join(f"{s.what} since {s.since} ({s.reason})" for s in network.shut)
        return f"Closed on {network.as_of}: {shut}."
    return "Try another cargo class or date."


def one_to_all(
    network: CompiledNetwork, origin: str, *, weights: Weights | None = None
) -> dict[str, float]:
    """Least time in hours (or generalised cost in USD) from `origin` to every place it reaches.

    >>> from lajvard.corridor import built_in
    >>> from lajvard.network import compile_network
    >>> hours = one_to_all(compile_network(built_in()), "Herat")
    >>> hours["AFHEA"], hours["AFTGD"] > 0
    (0.0, True)
    """
    arrays = network.arrays
    sources = network.states_of(network.node_ix(origin))
    found = shortest_paths(arrays.first_move, arrays.move_to, _one_cost(network, weights), sources)
    least = np.full(len(network.node_ids), np.inf)
    np.minimum.at(least, arrays.state_node, found.distance)
    return {network.node_ids[ix]: float(least[ix]) for ix in np.flatnonzero(np.isfinite(least))}


def od_table(
    network: CompiledNetwork,
    origins: Sequence[str],
    destinations: Sequence[str],
    *,
    weights: Weights | None = None,
) -> FloatArray:
    """Least time in hours, or generalised cost in USD, between places.

    Returns
    -------
    table : (n_origins, n_destinations)
        Infinite where nothing leads there.
    """
    places = [
        [network.states_of(network.node_ix(name)) for name in names]
        for names in (origins, destinations)
    ]
    cost, arrays = _one_cost(network, weights), network.arrays
    return distance_table(arrays.first_move, arrays.move_to, cost, *places)


def _one_cost(network: CompiledNetwork, weights: Weights | None) -> FloatArray:
    """What is least: hours, or generalised cost by `weights`: (n_moves,)."""
    cost = network.arrays.cost
    return cost[:, 0].copy() if weights is None else cost @ weights.of(network)
