"""The model beside published times, prices and lengths, value by value."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from lajvard.case import Case
from lajvard.errors import InputError
from lajvard.routes import NoRoute, Route, find_routes
from lajvard.routes.route import lognormal_quantile

Z95 = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""

MEASURED = ("distance", "observed", "market", "tariff")
"""Kinds of targets that tell how well the model does; the others are plans and claims."""


@dataclass(frozen=True, eq=False)
class TargetResult:
    """A published figure and the route of the model that it is compared with.

    Attributes
    ----------
    kind
        distance, observed, market or tariff; or official, planned, claimed, projection.
    length_km, days_low, days_high, cost_usd
        What was published, None where nothing was.
    route
        The best route of the model under the target's via, avoid and modes, None if there is none.
    reason
        Why there is none.
    """

    target_id: str
    label: str
    kind: str
    cargo_class: str
    year: str
    length_km: float | None
    days_low: float | None
    days_high: float | None
    cost_usd: float | None
    route: Route | None
    reason: str
    note: str
    source_id: tuple[str, ...]

    @property
    def measured(self) -> bool:
        """Whether the figure tells how well the model does."""
        return self.kind in MEASURED

    @property
    def independent(self) -> bool:
        """Whether no part of the model was taken from the figure; else its note says so."""
        return not self.note.casefold().startswith("not independent")

    @property
    def length_error(self) -> float | None:
        """Model over published length, less one."""
        return _error(self.route.distance_km if self.route else None, self.length_km)

    @property
    def cost_error(self) -> float | None:
        """Model over published price, less one."""
        return _error(self.route.cost_usd if self.route else None, self.cost_usd)

    @property
    def time_error(self) -> float | None:
        """Expected days of the model over the nearest published days, less one; 0 within them."""
        if self.route is None or self.days_low is None:
            return None
        days, low = self.route.time_h / 24, self.days_low
        high = self.days_high if self.days_high is not None else low
        return _error(days, min(max(days, low), high))

    @property
    def within_spread(self) -> bool | None:
        """Whether a published day lies between the 5th and 95th percentiles of the model."""
        if self.route is None or self.days_low is None:
            return None
        high = self.days_high if self.days_high is not None else self.days_low
        mean, var = self.route.time_h, self.route.time_sd_h**2
        early = lognormal_quantile(mean, var, -Z95) / 24
        return early <= high and self.days_low <= self.route.p95_h / 24


def _error(model: float | None, published: float | None) -> float | None:
    return model / published - 1 if model is not None and published else None


def validate_targets(case: Case) -> tuple[TargetResult, ...]:
    """Compare every row of ``target`` with the best route of the model.

    The route is the best by generalised cost, as flows choose, that passes the target's ``via``,
    does not touch its ``avoid`` and uses no other mode than its ``modes``. Nothing is tuned to
    meet a target.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> results = {result.target_id: result for result in validate_targets(Case(built_in()))}
    >>> results["D04"].length_km, round(results["D04"].route.distance_km, -1)
    (1416.0, 1430.0)
    """
    return tuple(_result(case, ix) for ix in range(len(case.rows.used("target"))))


def _result(case: Case, ix: int) -> TargetResult:
    table = case.rows.used("target")
    cells: dict[str, Any] = {name: table.text(name)[ix] for name in _TEXTS}
    cells |= {name: _known(table.numbers(name)[ix]) for name in _NUMBERS}
    route, reason = _route(
        case,
        table.text("cargo_class")[ix],
        table.text("origin_node_id")[ix],
        table.text("dest_node_id")[ix],
        table.lists("via")[ix],
        table.lists("avoid")[ix],
        table.lists("modes")[ix],
    )
    sources = table.lists("source_id")[ix]
    return TargetResult(**cells, route=route, reason=reason, source_id=sources)


_TEXTS = ("target_id", "label", "kind", "cargo_class", "year", "note")
_NUMBERS = ("length_km", "days_low", "days_high", "cost_usd")


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)


def _route(
    case: Case,
    cargo: str,
    origin: str,
    destination: str,
    via: Sequence[str],
    avoid: Sequence[str],
    modes: Sequence[str],
) -> tuple[Route | None, str]:
    try:
        network, weights = case.network(cargo), case.weights(cargo)
    except InputError as error:
        return None, str(error)
    families = {name.split(" ")[0] for name in network.mode_names}
    other = [f"mode:{mode}" for mode in sorted(families - set(modes))] if modes else []
    try:
        found = find_routes(
            network, origin, destination, k=1, weights=weights, via=via, avoid=[*avoid, *other]
        )
        return found[0], ""
    except (NoRoute, InputError) as error:
        return None, f"{error.what}. {error.remedy}".strip()
