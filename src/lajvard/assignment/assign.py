"""Assignment: from a network and a demand to flows in equilibrium."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from lajvard.assignment.arrays import Demand, FloatArray, FlowNetwork
from lajvard.assignment.check import check_demand, check_network
from lajvard.assignment.delay import delays
from lajvard.assignment.engine import Engine
from lajvard.assignment.objective import beckmann, class_factors
from lajvard.assignment.prepare import prepare
from lajvard.assignment.result import Assignment, Iteration
from lajvard.assignment.start import given_paths, paths_of
from lajvard.assignment.state_kernels import fill_link_flows
from lajvard.errors import InputError, NumericsError

Model = Literal["ue", "so", "sue"]
MODELS = ("ue", "so", "sue")


def assign(
    network: FlowNetwork,
    demand: Demand,
    *,
    model: Model = "ue",
    relative_gap: float = 1e-6,
    max_iterations: int = 500,
    start: Assignment | None = None,
    progress: Callable[[Iteration], None] | None = None,
    scale: float | FloatArray = 1.0,
    path_size: float = 0.0,
    n_paths: int = 8,
) -> Assignment:
    """Put a demand on a network so that flows and costs agree.

    Parameters
    ----------
    network, demand
        What is there, and who wants to go where.
    model
        ``ue``: user equilibrium, nobody can save by changing path [1]_. ``so``: system optimum,
        the least total cost; a user equilibrium of marginal costs. ``sue``: stochastic user
        equilibrium, paths are chosen by logit at the costs that result [2]_.
    relative_gap
        When to stop. ``ue`` and ``so``: share of the cost of all flow that would be saved on
        cheapest paths, all of them searched. ``sue``: share of all flow that is not on the path
        where its logit would have it.
    max_iterations
        Searches for shortest paths, each followed by several passes of equalising.
    start
        Begin with the paths and shares of an earlier result; paths that are closed now, or that
        lead over links that are gone, are dropped.
    progress
        Is called with a `Iteration` after each iteration.
    scale
        ``sue``: of the logit, per unit of cost, > 0; one number or one a class.
    path_size
        ``sue``: power of the path-size factor by which overlapping paths count less; 0 for none.
    n_paths
        ``sue``: rounds of path generation, >= 1.

    Returns
    -------
    Assignment

    Raises
    ------
    InputError
        Network, demand or a setting is wrong.
    NoPath
        A pair with volume is not connected.
    NumericsError
        The gap was not reached.

    Notes
    -----
    Path-based gradient projection [3]_ with Newton steps, many passes over the paths in use for
    each search for new ones [4]_. docs/background/assignment.md has formulas and limits.

    References
    ----------
    .. [1] Wardrop (1952), Some theoretical aspects of road traffic research, Proc. ICE 1:325-378;
       Beckmann, McGuire, Winsten (1956), Studies in the Economics of Transportation, Yale.
    .. [2] Fisk (1980), Some developments in equilibrium traffic assignment, Transp. Res. B
       14:243-255.
    .. [3] Jayakrishnan, Tsai, Prashker, Rajadhyaksha (1994), A faster path-based algorithm for
       traffic assignment, Transportation Research Record 1443:75-83.
    .. [4] Xie, Nie, Liu (2018), A greedy path-based algorithm for traffic assignment,
       Transportation Research Record 2672(48):36-44.

    Examples
    --------
    A road of an hour, and an hour more for each lorry on it, beside one of two hours that never
    fills up: of three lorries one takes the first.

    >>> from lajvard.assignment.arrays import Demand, FlowNetwork
    >>> from lajvard.assignment.delay import bpr, facilities
    >>> network = FlowNetwork(
    ...     first_thru=0,
    ...     tail=np.array([0, 0], np.int32),
    ...     head=np.array([1, 1], np.int32),
    ...     fixed=np.array([[0.0, 2.0]]),
    ...     facility=np.array([0, -1], np.int32),
    ...     load=np.ones((1, 2)),
    ...     weight=np.ones(1),
    ...     facilities=facilities([bpr(1.0, 1.0, alpha=1.0, beta=1.0)]),
    ... )
    >>> demand = Demand(*np.array([[0], [1]], np.int32), np.zeros(1, np.int8), np.array([3.0]))
    >>> found = assign(network, demand)
    >>> found.link_flow
    array([[1., 2.]])
    >>> found.select_link([0]).volume
    array([1.])
    """
    _check_settings(network, model, relative_gap, max_iterations, scale, path_size, n_paths)
    check_network(network)
    check_demand(network, demand)
    began = time.perf_counter()
    prepared = prepare(network, demand, is_system=model == "so")
    engine = Engine(prepared, given_paths(prepared, network, demand, start))
    scales = np.broadcast_to(np.asarray(scale, dtype=np.float64), network.weight.shape)
    if model == "sue":
        engine.make_stochastic(scales, path_size, n_paths)
    history: list[Iteration] = []
    for iteration in range(1, max_iterations + 1):
        engine.generate(relative_gap)
        seconds = time.perf_counter() - began
        history.append(Iteration(iteration, engine.gap, relative_gap, seconds, engine.n_paths))
        if progress is not None:
            progress(history[-1])
        if engine.gap <= relative_gap:
            return _result(network, demand, model, engine, history, scales)
        engine.equalise(relative_gap)
    raise NumericsError(
        "assign",
        f"relative gap {engine.gap:.2g} after {max_iterations} iterations, "
        f"wanted {relative_gap:.2g}",
        "Raise max_iterations or relax relative_gap.",
    )


def _result(
    network: FlowNetwork,
    demand: Demand,
    model: Model,
    engine: Engine,
    history: list[Iteration],
    scale: FloatArray,
) -> Assignment:
    """Name what the engine found, and freeze it."""
    prepared, n_pairs = engine.prepared, len(demand.origin)
    paths = paths_of(prepared, engine.paths, n_pairs)
    by_link = np.zeros(network.fixed.shape)
    fill_link_flows(engine.problem, engine.paths, by_link)
    link_flow = np.empty_like(by_link)
    link_flow[:, prepared.link] = by_link
    least_cost = np.zeros(n_pairs)
    least_cost[prepared.pair] = engine.least_cost
    load = engine.state.load.copy()
    delay = delays(network.facilities, load)
    for array in (link_flow, load, delay, least_cost):
        array.flags.writeable = False
    found = Assignment(
        network, demand, model, paths, link_flow, load, delay, least_cost,
        objective=float("nan"),
        relative_gap=engine.gap,
        iterations=len(history),
        history=tuple(history),
    )  # fmt: skip
    if model == "so":
        value = found.total_cost
    else:
        value = beckmann(network, link_flow, load)
    if model == "sue":
        value += engine.entropy(class_factors(network), scale)
    return replace(found, objective=value)


def _check_settings(
    network: FlowNetwork,
    model: str,
    relative_gap: float,
    max_iterations: int,
    scale: float | FloatArray,
    path_size: float,
    n_paths: int,
) -> None:
    """Raise what is wrong with the settings."""
    if model not in MODELS:
        known = ", ".join(MODELS)
        raise InputError("model", f"unknown model '{model}'", f"Known: {known}.")
    scales = np.asarray(scale, dtype=np.float64)
    shape = np.shape(network.weight)
    if scales.shape not in ((), shape) or not ((scales > 0) & np.isfinite(scales)).all():
        raise InputError("scale", f"{scale}", "Give a number above 0, or one for each class.")
    for name, value, least in (
        ("relative_gap", relative_gap, 1e-14),
        ("max_iterations", max_iterations, 1),
        ("path_size", path_size, 0),
        ("n_paths", n_paths, 1),
    ):
        if not (np.isfinite(value) and value >= least):
            raise InputError(name, f"{value}", f"Give a number from {least:g} up.")
