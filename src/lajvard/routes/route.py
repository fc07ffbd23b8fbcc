"""A route that explains itself: legs, stops, hours, money, emissions, spread and sources."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, log, sqrt
from typing import Any

from lajvard.network import Activity, CompiledNetwork, Step
from lajvard.network.arrays import BASES, MONEY_ITEMS
from lajvard.routes.legal import LegalChain, legal_chain

TRAVELLING = frozenset({Activity.MOVING, Activity.REST, Activity.SAILING})
AT_BORDERS = frozenset({Activity.BORDER, Activity.PERMIT})
_Z95 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Stage:
    """A leg by one mode or a stop at one place, with totals since the start of the route.

    The rows of the UNESCAP time/cost-distance method [1]_: a leg is a slope of the chart, a stop
    a vertical step.

    References
    ----------
    .. [1] UNESCAP, Time/Cost-Distance Methodology, https://www.unescap.org.
    """

    kind: str
    place: str
    to_place: str
    country: str
    mode: str
    what: str
    distance_km: float
    time_h: float
    cost_usd: float
    emission_kgco2e: float
    total_km: float
    total_h: float
    total_usd: float

    @property
    def is_stop(self) -> bool:
        """Whether it is a stop rather than a leg."""
        return self.kind == "stop"


def lognormal_quantile(mean: float, var: float, z: float) -> float:
    """Quantile of the lognormal distribution with this mean and variance.

    Notes
    -----
    Matching moments: σ² = ln(1 + var/mean²), μ = ln(mean) - σ²/2, quantile exp(μ + zσ). A sum of
    independent positive times is close to lognormal (Fenton 1960 [1]_).

    References
    ----------
    .. [1] Fenton (1960), The sum of log-normal probability distributions in scatter transmission
       systems, IRE Trans. Commun. Syst. 8:57-67.

    Examples
    --------
    >>> lognormal_quantile(10.0, 0.0, 1.0)
    10.0
    >>> round(lognormal_quantile(10.0, 25.0, 0.0), 3)
    8.944
    """
    if mean <= 0:
        return 0.0
    sigma2 = log(1 + var / mean**2)
    return exp(log(mean) - sigma2 / 2 + z * sqrt(sigma2)) if sigma2 else mean


@dataclass(frozen=True, eq=False)
class Route:
    """One way through the network for one unit load.

    Attributes
    ----------
    network
        The network that it was found in.
    moves
        Its moves in travel order.
    """

    network: CompiledNetwork
    moves: tuple[int, ...]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All activities in travel order."""
        return tuple(step for move in self.moves for step in self.network.steps_of(move))

    def _total(self, criterion: int) -> float:
        return float(self.network.arrays.cost[list(self.moves), criterion].sum())

    @cached_property
    def time_h(self) -> float:
        """Expected hours from the first departure to the last arrival."""
        return self._total(0)

    @cached_property
    def cost_usd(self) -> float:
        """Expected USD for one unit load."""
        return self._total(1)

    @cached_property
    def emission_kgco2e(self) -> float:
        """Emission of one unit load in kg CO2e."""
        return self._total(2)

    @cached_property
    def time_sd_h(self) -> float:
        """Standard deviation of the time in hours, steps taken as independent."""
        return sqrt(self._total(3))

    @cached_property
    def risk(self) -> float:
        """Probability that something on the way is closed at a random time."""
        return 1 - exp(-self._total(4))

    @property
    def p50_h(self) -> float:
        """Median time in hours, of the lognormal with the route's mean and variance."""
        return lognormal_quantile(self.time_h, self.time_sd_h**2, 0.0)

    @property
    def p95_h(self) -> float:
        """Time in hours that 95 of 100 journeys keep, of the same lognormal."""
        return lognormal_quantile(self.time_h, self.time_sd_h**2, _Z95)

    @cached_property
    def distance_km(self) -> float:
        """Length in km."""
        return float(self.network.arrays.distance_km[list(self.moves)].sum())

    @cached_property
    def node_ixs(self) -> tuple[int, ...]:
        """Indices of the places that it passes, each once in a row."""
        arrays = self.network.arrays
        passed = [
            int(arrays.state_node[state])
            for move in self.moves
            for state in (arrays.move_from[move], arrays.move_to[move])
        ]
        return tuple(_without_repeats(passed))

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the places that it passes."""
        return tuple(self.network.node_names[ix] for ix in self.node_ixs)

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries in travel order."""
        return tuple(_without_repeats(self.network.node_countries[ix] for ix in self.node_ixs))

    @property
    def crossed_again(self) -> tuple[str, ...]:
        """Countries that it enters, leaves and enters again."""
        return tuple(sorted({c for c in self.countries if self.countries.count(c) > 1}))

    @cached_property
    def modes(self) -> tuple[str, ...]:
        """Modes of travel in order, rail of any gauge as rail."""
        return tuple(
            _without_repeats(
                step.mode.split(" ")[0] for step in self.steps if step.activity in TRAVELLING
            )
        )

    @property
    def name(self) -> str:
        """Countries and modes in short, such as ``AF-TM-AZ by road, sea, road``."""
        if not self.moves:
            return "no travel"
        modes = ", ".join(mode.replace("_", " ") for mode in self.modes)
        return f"{'-'.join(self.countries)} by {modes}"

    @cached_property
    def hours_by_activity(self) -> dict[str, float]:
        """Hours by activity, largest first."""
        return _summed((step.activity.label, step.time_h) for step in self.steps)

    @cached_property
    def money_by_item(self) -> dict[str, float]:
        """USD by item, largest first."""
        items = (
            (MONEY_ITEMS[step.activity], step.cost_usd)
            for step in self.steps
            if step.activity in MONEY_ITEMS
        )
        return _summed(items)

    @property
    def moving_h(self) -> float:
        """Hours in motion on road, rail or water."""
        moving = (Activity.MOVING, Activity.SAILING)
        return sum(step.time_h for step in self.steps if step.activity in moving)

    @property
    def border_h(self) -> float:
        """Hours at borders: procedures, queues and permits."""
        return sum(step.time_h for step in self.steps if step.activity in AT_BORDERS)

    @property
    def waiting_h(self) -> float:
        """All other hours: rest, ports, waiting for departures, loading, transfers, closures."""
        return self.time_h - self.moving_h - self.border_h

    @cached_property
    def time_share_by_basis(self) -> dict[str, float]:
        """Share of the hours that rests on published, derived, estimated or unknown figures."""
        return _shares((step.time_basis, step.time_h) for step in self.steps)

    @cached_property
    def cost_share_by_basis(self) -> dict[str, float]:
        """Share of the money that rests on published, derived, estimated or unknown figures."""
        return _shares((step.cost_basis, step.cost_usd) for step in self.steps)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Legs and stops in travel order with running totals (UNESCAP time/cost-distance)."""
        stages: list[Stage] = []
        km = hours = usd = 0.0
        for group in _grouped(self.steps):
            stage = _stage(group, km, hours, usd)
            km, hours, usd = stage.total_km, stage.total_h, stage.total_usd
            stages.append(stage)
        return tuple(stages)

    @property
    def bottleneck(self) -> Stage | None:
        """The stop that takes the longest: the tallest step of the chart; None without stops."""
        stops = [stage for stage in self.stages if stage.is_stop]
        return max(stops, key=lambda stage: stage.time_h, default=None)

    @cached_property
    def legal(self) -> LegalChain:
        """Which regimes hold in every country on the way, and where each chain breaks."""
        return legal_chain(self.network.legal, self.steps)

    def as_dict(self) -> dict[str, Any]:
        """The route as plain data, for JSON."""
        return {
            "name": self.name,
            "places": list(self.places),
            "countries": list(self.countries),
            "modes": list(self.modes),
            "distance_km": self.distance_km,
            "time_h": self.time_h,
            "time_sd_h": self.time_sd_h,
            "time_p50_h": self.p50_h,
            "time_p95_h": self.p95_h,
            "cost_usd": self.cost_usd,
            "emission_kgco2e": self.emission_kgco2e,
            "risk": self.risk,
            "hours_by_activity": self.hours_by_activity,
            "money_by_item": self.money_by_item,
            "time_share_by_basis": self.time_share_by_basis,
            "cost_share_by_basis": self.cost_share_by_basis,
            "stages": [
                {name: getattr(stage, name) for name in Stage.__dataclass_fields__}
                for stage in self.stages
            ],
            "legal": self.legal.as_dict(),
        }

    def __repr__(self) -> str:
        return (
            f"Route({self.name}: {self.distance_km:,.0f} km, {self.time_h:,.0f} h, "
            f"{self.cost_usd:,.0f} USD)"
        )

    def _repr_html_(self) -> str:
        from lajvard.routes.show import route_html
        from lajvard.tables.printable import printable

        return printable(route_html(self))


def _without_repeats(items: Iterable[Any]) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        if not kept or kept[-1] != item:
            kept.append(item)
    return kept


def _summed(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for name, amount in pairs:
        sums[name] = sums.get(name, 0.0) + amount
    return dict(sorted(sums.items(), key=lambda pair: -pair[1]))


def _shares(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums = _summed(pairs)
    total = sum(sums.values())
    return {basis: sums.get(basis, 0.0) / total if total else 0.0 for basis in BASES}


def _grouped(steps: Sequence[Step]) -> list[list[Step]]:
    """Runs of steps: travel by one mode without a stop, or activities at one place."""
    groups: list[list[Step]] = []
    for step in steps:
        if step.activity is Activity.CLOSURE and not step.time_h:
            continue
        if groups and _group(groups[-1][-1]) == _group(step):
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def _group(step: Step) -> tuple[str, str]:
    travelling = step.activity in TRAVELLING
    return ("leg", step.mode) if travelling else ("stop", step.node_id)


def _stage(group: Sequence[Step], km: float, hours: float, usd: float) -> Stage:
    first = group[0]
    kind, _ = _group(first)
    what = _summed((step.activity.label, step.time_h) for step in group)
    distance = sum(step.distance_km for step in group)
    time, cost = sum(step.time_h for step in group), sum(step.cost_usd for step in group)
    return Stage(
        kind=kind,
        place=first.place,
        to_place=group[-1].to_place,
        country=first.country,
        mode=first.mode,
        what=", ".join(what) if kind == "stop" else first.mode.replace("_", " "),
        distance_km=distance,
        time_h=time,
        cost_usd=cost,
        emission_kgco2e=sum(step.emission_kgco2e for step in group),
        total_km=km + distance,
        total_h=hours + time,
        total_usd=usd + cost,
    )
