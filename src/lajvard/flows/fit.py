"""Observed shares of ways beside those of the model, and the choice that fits them best."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, log, nan

import numpy as np

from lajvard.case import Case
from lajvard.case.choice import ChoiceSet, route_shares
from lajvard.case.parameters import ObservedShare, observed_shares
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.network.arrays import FloatArray
from lajvard.progress import Progress, Report, quiet
from lajvard.routes import Route

_FAMILY = {"lorries": "road", "wagons": "rail"}
_SCALES, _NESTS = (0.01, 1.0), (0.1, 1.0)


@dataclass(frozen=True, slots=True)
class SharePair:
    """An observed share and the modelled one; not a number where no flow of the model counts."""

    observed: ObservedShare
    modelled: float

    @property
    def error(self) -> float:
        """Modelled less observed."""
        return self.modelled - self.observed.value


@dataclass(frozen=True)
class Fit:
    """A choice fitted to observed shares.

    Attributes
    ----------
    scale, nest
        As in `Choice`.
    rmse
        Root of the mean squared error of the fitted shares.
    pairs
        All observed shares beside the model's.
    """

    scale: float
    nest: float
    pairs: tuple[SharePair, ...]

    @property
    def rmse(self) -> float:
        """Root of the mean squared error of the fitted shares."""
        errors = [pair.error for pair in self.pairs if pair.observed.fitted]
        return float(np.sqrt(np.nanmean(np.square(errors)))) if errors else nan


class _Counts:
    """Units of an observed share by route: those that pass, and those that are counted."""

    def __init__(self, sets: Sequence[ChoiceSet], observed: ObservedShare) -> None:
        self._sets, self.observed = sets, observed

    @cached_property
    def by_route(self) -> list[tuple[FloatArray, FloatArray]]:
        """For each set, units a year if all took one route: (n_routes,) that pass, that count."""
        wanted, found = self.observed, []
        for one in self._sets:
            counted = not wanted.flows or one.flow.name in wanted.flows
            pairs = [
                (_units(one, route, wanted.unit, wanted.passes) if counted else 0.0,
                 _units(one, route, wanted.unit, wanted.among) if counted else 0.0)
                for route in one.routes
            ]  # fmt: skip
            table = np.array(pairs) * one.per_year
            found.append((table[:, 0], table[:, 1]))
        return found

    def modelled(self, shares: Sequence[FloatArray]) -> float:
        """The share of the model."""
        passing = sum(float(a @ share) for (a, _), share in zip(self.by_route, shares, strict=True))
        among = sum(float(b @ share) for (_, b), share in zip(self.by_route, shares, strict=True))
        return passing / among if among > 0 else nan


def _units(one: ChoiceSet, route: Route, unit: str, words: Sequence[str]) -> float:
    """Units of a unit load on a route that passes any of the words; all routes without words."""
    network, cargo = one.network, one.network.cargo
    factor = {
        "lorries": cargo.lorries,
        "wagons": cargo.wagons,
        "teu": cargo.teu,
        "tonnes": one.unit_t,
    }[unit]
    links = network.arrays.move_link
    for move in route.moves:
        names = {*network.move_ends[move]}
        if links[move] >= 0:
            names.add(network.link_ids[int(links[move])])
        if (not words or names & {*words}) and _FAMILY.get(unit) in (
            None,
            network.move_families[move],
        ):
            return factor
    return 0.0


def compare_shares(
    corridor: Corridor, sets: Sequence[ChoiceSet], shares: Sequence[FloatArray]
) -> tuple[SharePair, ...]:
    """The observed shares of a corridor beside those of a model.

    Parameters
    ----------
    sets, shares
        The routes of each flow, and the shares of them.
    """
    return tuple(
        SharePair(observed, _Counts(sets, observed).modelled(shares))
        for observed in observed_shares(corridor)
    )


def fit_choice(case: Case, *, progress: Report = quiet) -> Fit:
    """The scale and the nests of the choice of routes that fit the observed shares best.

    Raises
    ------
    InputError
        The corridor states no observed share that is to be fitted, or fewer than two.

    Notes
    -----
    Least squares of the shares, each of weight one, over ln(scale) and nest by the simplex of
    Nelder and Mead (1965), The Computer Journal 7:308-313, from several starts; services keep
    their room, so that a share that capacity decides says little of the choice.
    """
    from scipy.optimize import minimize

    counts = [
        _Counts(case.sets, observed) for observed in observed_shares(case.view) if observed.fitted
    ]
    if len(counts) < 2:
        what = f"{len(counts)} observed shares to fit"
        raise InputError("share", what, "Give at least two rows of the table share.")
    room, base = case.room, case.parameters.choice(0.0)

    def shares_at(scale: float, nest: float) -> tuple[FloatArray, ...]:
        return route_shares(case.sets, replace(base, scale=scale, nest=nest), room)

    def loss(point: FloatArray) -> float:
        scale = min(max(exp(point[0]), _SCALES[0]), _SCALES[1])
        nest = min(max(float(point[1]), _NESTS[0]), _NESTS[1])
        outside = abs(float(point[0]) - log(scale)) + abs(float(point[1]) - nest)
        shares = shares_at(scale, nest)
        errors = np.array([one.modelled(shares) - one.observed.value for one in counts])
        found = float(np.nansum(errors**2)) + outside
        progress(
            Progress(f"Fitting: scale {scale:.3f}, nest {nest:.2f}, squared error {found:.4f}")
        )
        return found

    starts = [(log(0.05), 0.9), (log(0.2), 0.6)]
    options = {"maxfev": 60, "xatol": 0.01, "fatol": 1e-5}
    found = [minimize(loss, start, method="Nelder-Mead", options=options) for start in starts]
    best = min(found, key=lambda one: float(one.fun))
    scale = min(max(exp(best.x[0]), _SCALES[0]), _SCALES[1])
    nest = min(max(float(best.x[1]), _NESTS[0]), _NESTS[1])
    return Fit(scale, nest, compare_shares(case.view, case.sets, shares_at(scale, nest)))
