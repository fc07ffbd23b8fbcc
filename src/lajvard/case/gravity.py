"""Flows that nobody counted: a doubly constrained gravity model fitted to those that are known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lajvard.case.demand import GRAVITY, Flow
from lajvard.errors import InputError, NumericsError
from lajvard.network.arrays import FloatArray

BoolArray = NDArray[np.bool_]


def furness(
    seed: FloatArray,
    origins: FloatArray,
    destinations: FloatArray,
    *,
    tolerance: float = 1e-9,
    max_iterations: int = 10_000,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Scale the rows and columns of a matrix until they have given totals.

    Parameters
    ----------
    seed : (n_origins, n_destinations)
        What is scaled, >= 0; a zero stays zero.
    origins : (n_origins,)
        Totals of the rows, >= 0.
    destinations : (n_destinations,)
        Totals of the columns, >= 0, with the same sum.
    tolerance
        Largest deviation of a total, as a share of the sum of all.

    Returns
    -------
    table : (n_origins, n_destinations)
        ``row[:, None] * seed * column``.
    row, column
        The factors.

    Raises
    ------
    InputError
        The totals differ in sum, are negative, or one has no cell to go to.
    NumericsError
        The zeros of the seed leave no table with these totals.

    Notes
    -----
    Iterative proportional fitting, in transport the Furness method [1]_; the limit is the table
    of least information gain over the seed [2]_.

    References
    ----------
    .. [1] Furness (1965), Time function iteration, Traffic Engineering and Control 7:458-460.
    .. [2] Ireland, Kullback (1968), Contingency tables with given marginals, Biometrika
       55:179-188.

    Examples
    --------
    >>> table, _, _ = furness(np.ones((2, 2)), np.array([3.0, 1.0]), np.array([2.0, 2.0]))
    >>> table
    array([[1.5, 1.5],
           [0.5, 0.5]])
    """
    _check_totals(seed, origins, destinations)
    total = max(float(origins.sum()), 1e-300)
    row, column = np.ones(len(origins)), np.ones(len(destinations))
    off = np.inf
    for _ in range(max_iterations):
        row = _quotient(origins, seed @ column)
        column = _quotient(destinations, row @ seed)
        off = float(np.abs(row * (seed @ column) - origins).max(initial=0.0)) / total
        if off <= tolerance:
            return row[:, None] * seed * column, row, column
    remedy = "The cells that are zero leave no table with these totals: change totals or zeros."
    what = f"totals still miss by {off:.1e} of the sum after {max_iterations} iterations"
    raise NumericsError("gravity", what, remedy)


def _quotient(wanted: FloatArray, found: FloatArray) -> FloatArray:
    return np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)


def _check_totals(seed: FloatArray, origins: FloatArray, destinations: FloatArray) -> None:
    where = "gravity"
    for what, totals, cells in (
        ("row", origins, seed.sum(axis=1)),
        ("column", destinations, seed.sum(axis=0)),
    ):
        if not (np.isfinite(totals).all() and (totals >= 0).all()):
            raise InputError(where, f"a {what} total is negative or no number", "Give totals >= 0.")
        lost = np.flatnonzero((totals > 0) & (cells <= 0))
        if len(lost):
            raise InputError(where, f"{what} {lost[0]} has a total and no cell", "Give it a cell.")
    if not np.isclose(origins.sum(), destinations.sum(), rtol=1e-6):
        found = f"rows sum to {origins.sum():g}, columns to {destinations.sum():g}"
        raise InputError(where, found, "Make both sums the same.")


@dataclass(frozen=True, eq=False)
class Gravity:
    """A gravity model fitted to known cells.

    Attributes
    ----------
    table : (n_origins, n_destinations)
        The model's value of every cell, known or not.
    beta
        Deterrence: T ~ exp(-beta x cost).
    mean_cost, observed_mean_cost
        Over the known cells, weighted by the model and by the observation.
    """

    table: FloatArray
    beta: float
    mean_cost: float
    observed_mean_cost: float


def fit_gravity(observed: FloatArray, known: BoolArray, cost: FloatArray) -> Gravity:
    """A doubly constrained gravity model that has the totals and the mean cost of known cells.

    Parameters
    ----------
    observed : (n_origins, n_destinations)
        Tonnes of the known cells; others are passed over.
    known : (n_origins, n_destinations)
        Which cells are known.
    cost : (n_origins, n_destinations)
        Generalised cost of a tonne; infinite where nothing leads there.

    Raises
    ------
    InputError
        No cell is known.
    NumericsError
        No deterrence gives the observed mean cost.

    Notes
    -----
    T_ij = A_i O_i B_j D_j exp(-β c_ij) over the known cells, the balancing factors by `furness`,
    β such that the modelled mean cost is the observed one (Hyman's criterion [1]_), which is the
    maximum-likelihood estimate. The mean falls as β grows: Brent's method finds it. What is not
    known gets the same formula with the factors of its row and column; a row or column without a
    known cell stays without an estimate (zero).

    References
    ----------
    .. [1] Hyman (1969), The calibration of trip distribution models, Environment and Planning
       1:105-112.

    Examples
    --------
    >>> cost = np.array([[1.0, 2.0], [2.0, 1.0]])
    >>> truth = np.exp(-0.7 * cost) * np.outer([10.0, 20.0], [1.0, 3.0])
    >>> round(fit_gravity(truth, np.ones((2, 2), dtype=bool), cost).beta, 6)
    0.7
    """
    mask = known & np.isfinite(cost) & (observed > 0)
    if not mask.any():
        raise InputError("gravity", "no cell is known", "Give tonnes for some pairs.")
    tonnes = np.where(mask, observed, 0.0)
    rows, columns = tonnes.sum(axis=1), tonnes.sum(axis=0)
    finite = np.where(np.isfinite(cost), cost, 0.0)
    wanted = float((tonnes * finite).sum() / tonnes.sum())
    span = float(np.ptp(finite[mask]))

    def at(beta: float) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        deterrence = np.where(np.isfinite(cost), np.exp(-beta * (finite - finite[mask].min())), 0.0)
        table, row, column = furness(np.where(mask, deterrence, 0.0), rows, columns)
        return table, row, column, deterrence

    def mean(beta: float) -> float:
        return float((at(beta)[0] * finite).sum() / tonnes.sum())

    beta = _deterrence(mean, wanted, span) if span > 0 else 0.0
    table, row, column, deterrence = at(beta)
    every = row[:, None] * deterrence * column
    return Gravity(every, beta, float((table * finite).sum() / tonnes.sum()), wanted)


def _deterrence(mean: Callable[[float], float], wanted: float, span: float) -> float:
    """The deterrence that gives a mean cost, 0 where totals leave the mean no freedom."""
    from scipy.optimize import brentq

    low, high = -5.0 / span, 5.0 / span
    if abs(mean(low) - mean(high)) < 1e-9 * max(wanted, 1.0):
        return 0.0
    for _ in range(8):
        if mean(low) >= wanted >= mean(high):
            return float(brentq(lambda beta: mean(beta) - wanted, low, high, xtol=1e-10 / span))
        low, high = 2 * low, 2 * high
    what = f"no deterrence gives the observed mean cost of {wanted:g}"
    raise NumericsError("gravity", what, "Check the tonnes and costs of the known pairs.")


def missing_flows(
    flows: Sequence[Flow], cost: FloatArray, country: Mapping[str, str], cargo_class: str
) -> tuple[tuple[Flow, ...], Gravity]:
    """Flows of the pairs of places for which nothing is known, by a gravity model.

    Parameters
    ----------
    flows
        The known ones; those of one pair are added up.
    cost : (n_places, n_places)
        Generalised cost of a tonne.
    country
        Country of each place, in the order of `cost`.
    cargo_class
        The class that the missing flows travel in.

    Notes
    -----
    A pair of places in one country, or of which one has no known flow in that direction, stays
    not known. So does a pair whose cost lies outside that of the known pairs, or whose estimate
    is larger than any known flow: there the model would only extrapolate.
    """
    places = list(country)
    ix = {place: at for at, place in enumerate(places)}
    observed = np.zeros((len(places), len(places)))
    for flow in flows:
        if flow.origin in ix and flow.destination in ix:
            observed[ix[flow.origin], ix[flow.destination]] += flow.tonnes_per_year
    fitted = fit_gravity(observed, observed > 0, cost)
    found = []
    known = observed > 0
    least, most = cost[known].min(), cost[known].max()
    inside = (cost >= least) & (cost <= most) & (fitted.table <= observed.max())
    for (start, end), tonnes in np.ndenumerate(np.where(inside, fitted.table, 0.0)):
        same = country[places[start]] == country[places[end]]
        if observed[start, end] == 0 and tonnes > 0.5 and not same:
            name = f"gravity-{places[start]}-{places[end]}"
            found.append(
                Flow(
                    name,
                    places[start],
                    places[end],
                    cargo_class,
                    float(tonnes),
                    commodity="not known",
                    basis=GRAVITY,
                )
            )
    return tuple(found), fitted
