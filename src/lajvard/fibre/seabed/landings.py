"""Pairs of landings beside each other: length, cost, repairs, and what the choice is worth."""

from collections.abc import Sequence
from dataclasses import dataclass

from lajvard.corridor import Corridor
from lajvard.errors import InputError, NumericsError
from lajvard.fibre.seabed.cable_path import (
    CableRoute,
    arrivals,
    geodesic_km,
    route_to,
    straight_route,
)
from lajvard.fibre.seabed.depth import Seabed, read_seabed
from lajvard.fibre.seabed.surface import Surface, cost_surface
from lajvard.fibre.sites import Landing, landing
from lajvard.progress import Progress, Report, quiet

CLEARLY = 1.2
"""One thing matters more than another when its effect is so many times as large."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A length that was published for a pair of landings."""

    km: float
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class LandingPair:
    """The cheapest cable between two landings.

    Attributes
    ----------
    system
        The cable system that the pair belongs to in the table of spans.
    route
        The route of least life-cycle cost; None where no water leads.
    straight
        The geodesic as a cable; None where it is closed.
    announced
        Lengths that were published.
    """

    start: Landing
    end: Landing
    system: str
    route: CableRoute | None
    straight: CableRoute | None
    announced: tuple[Announced, ...]

    @property
    def geodesic_km(self) -> float:
        """Shortest distance on the ellipsoid."""
        return geodesic_km(self.start, self.end)

    @property
    def name(self) -> str:
        """Both landings."""
        return f"{self.start.name} - {self.end.name}"

    @property
    def too_short(self) -> tuple[Announced, ...]:
        """Announced lengths that no cable can have: they are below the geodesic."""
        return tuple(one for one in self.announced if one.km < self.geodesic_km)


@dataclass(frozen=True, eq=False)
class LandingComparison:
    """Pairs of landings on one seabed, the cheapest first."""

    pairs: tuple[LandingPair, ...]
    surface: Surface

    @property
    def systems(self) -> dict[str, tuple[LandingPair, ...]]:
        """Pairs by cable system, the system with most pairs first."""
        found: dict[str, list[LandingPair]] = {}
        for pair in self.pairs:
            found.setdefault(pair.system, []).append(pair)
        ordered = sorted(found.items(), key=lambda item: -len(item[1]))
        return {name: tuple(pairs) for name, pairs in ordered}

    @property
    def verdict(self) -> str:
        """What matters more, the landings or the path between them, in words; may be empty."""
        for name, pairs in self.systems.items():
            said = _weighed(name, pairs)
            if said:
                return said
        return ""


def of_landings_usd(pairs: Sequence[LandingPair]) -> float:
    """Life-cycle cost between the dearest and the cheapest pair."""
    costs = [pair.route.life_cycle_usd for pair in pairs if pair.route is not None]
    return max(costs) - min(costs) if costs else 0.0


def of_path_usd(pairs: Sequence[LandingPair]) -> float:
    """What the best path saves against a straight line at most; nan where none is open."""
    saved = (
        pair.straight.life_cycle_usd - pair.route.life_cycle_usd
        for pair in pairs
        if pair.straight is not None and pair.route is not None
    )
    return max(saved, default=float("nan"))


def _weighed(name: str, pairs: Sequence[LandingPair]) -> str:
    landings, path = of_landings_usd(pairs), of_path_usd(pairs)
    if len(pairs) < 2 or not path >= 0:
        return ""
    said = (
        f"{name or 'Cable'}: the choice of landings moves the life-cycle cost by "
        f"{landings / 1e6:.1f} million USD, the best path instead of a straight line by up to "
        f"{path / 1e6:.1f} million USD: "
    )
    if landings > CLEARLY * path:
        return said + "the landings matter more than the path."
    if path > CLEARLY * landings:
        return said + "the path matters more than the landings."
    return said + "both matter about as much."


def compare_landings(
    corridor: Corridor,
    pairs: Sequence[tuple[str, str]] = (),
    *,
    seabed: Seabed | None = None,
    progress: Report = quiet,
) -> LandingComparison:
    """The cheapest cable between each pair of landings.

    Parameters
    ----------
    corridor
        The tables of the fibre layer are read.
    pairs
        Identifiers or names of landings; by default the pairs of all submarine spans that are
        not ended.
    seabed
        From `read_seabed`; by default the coarse surface of the corridor.
    progress
        Told what is being done.

    Raises
    ------
    InputError
        Unknown landings, or no pair at all.
    """
    tell = progress
    chosen = [(landing(corridor, one), landing(corridor, other)) for one, other in pairs]
    chosen = chosen or _spans(corridor)
    if not chosen:
        raise InputError("landings", "the corridor has no submarine span", "Name two landings.")
    if seabed is None:
        tell(Progress("Interpolating the seabed"))
        places = [(one.lon, one.lat) for pair in chosen for one in pair]
        seabed = read_seabed(corridor, places=places)
    surface = cost_surface(corridor, seabed)
    found = []
    for start in {one.site_id: one for one, _ in chosen}.values():
        tell(Progress(f"Searching paths from {start.name}"))
        way = arrivals(surface, start)
        for one, end in chosen:
            if one.site_id != start.site_id:
                continue
            try:
                route = route_to(surface, way, start, end)
            except NumericsError:
                route = None
            straight = straight_route(surface, start, end)
            system, announced = _announced(corridor, start, end)
            found.append(LandingPair(start, end, system, route, straight, announced))
    ordered = sorted(
        found,
        key=lambda pair: pair.route.life_cycle_usd if pair.route is not None else float("inf"),
    )
    return LandingComparison(tuple(ordered), surface)


def _spans(corridor: Corridor) -> list[tuple[Landing, Landing]]:
    span = corridor.used("cable_span")
    ends = zip(*(span.text(name) for name in ("from_site_id", "to_site_id")), strict=True)
    kinds = zip(span.text("medium"), span.text("status"), strict=True)
    return [
        (landing(corridor, one), landing(corridor, other))
        for (one, other), (medium, status) in zip(ends, kinds, strict=True)
        if medium == "submarine" and status != "ended"
    ]


def _announced(
    corridor: Corridor, start: Landing, end: Landing
) -> tuple[str, tuple[Announced, ...]]:
    """System and published lengths of the spans between two landings, competing ones, too."""
    system, found = "", []
    for row in corridor["cable_span"].records():
        if {row.from_site_id, row.to_site_id} != {start.site_id, end.site_id}:
            continue
        system = row.system or system
        if row.length is not None and row.basis == "published":
            found.append(Announced(row.length, row.status, row.source_id))
    return system, tuple(found)
