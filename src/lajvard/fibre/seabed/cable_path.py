"""Where a submarine cable lies: least-cost paths, and the choice between cost and repairs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor import Corridor
from lajvard.errors import InputError, NumericsError
from lajvard.fibre.seabed.depth import Seabed, read_seabed
from lajvard.fibre.seabed.eikonal import Arrival, arrival_times, least_cost_path
from lajvard.fibre.seabed.path_kernels import running_integral
from lajvard.fibre.seabed.surface import Surface, at_ends, band_of, cost_surface, with_parameters
from lajvard.fibre.sites import Landing, landing
from lajvard.progress import Progress, Report, quiet

FloatArray = NDArray[np.float64]

WEIGHTS = (1.0, 1.6, 2.5, 4.0, 6.3, 10.0, 16.0, 25.0, 40.0, 100.0)
"""How many times its price a repair counts for, in the sweep from cheap to safe."""

FARTHEST_KM = 40.0
"""A landing may be so far from the water of the grid, whose shore is coarse."""


_ALONG = ("lon", "lat", "depth_m", "slope_deg", "buried", "band")
_SUMMED = ("kp_km", "usd", "repairs")


@dataclass(frozen=True, eq=False)
class CableRoute:
    """A cable from one landing to the other.

    Attributes
    ----------
    weight
        How many times its price a repair counted for when the path was sought; nan for a straight
        line.
    lon, lat : (n,)
        Points of the line; the first and the last are the landings.
    kp_km : (n,)
        Length of the line on the ellipsoid up to each point.
    depth_m, slope_deg : (n,)
        Of the seabed there; 0 at the landings.
    buried : (n,)
        Whether the cable is buried there.
    band : (n,)
        Number of the band of depth, which says the type of the cable.
    usd, repairs : (n,)
        Laying cost, and expected repairs a year, up to each point.
    slack
        Cable laid beyond the length of the line, as a share; in the cost already.
    worth_usd
        What one repair a year costs over the life of the cable.
    coarse
        Whether the seabed under it is coarse: every result from it is so, too.
    """

    weight: float
    lon: FloatArray
    lat: FloatArray
    kp_km: FloatArray
    depth_m: FloatArray
    slope_deg: FloatArray
    buried: NDArray[np.bool_]
    band: NDArray[np.intp]
    usd: FloatArray
    repairs: FloatArray
    slack: float
    worth_usd: float
    coarse: bool

    def reversed(self) -> "CableRoute":
        """The same cable from its other end."""
        turned = {name: getattr(self, name)[::-1] for name in _ALONG}
        summed = {name: getattr(self, name)[-1] - getattr(self, name)[::-1] for name in _SUMMED}
        return replace(self, **turned, **summed)

    @property
    def length_km(self) -> float:
        """Length of the line."""
        return float(self.kp_km[-1])

    @property
    def cable_km(self) -> float:
        """Length of the cable, slack included."""
        return self.length_km * (1.0 + self.slack)

    @property
    def lay_usd(self) -> float:
        """Cost of cable, laying, burial and crossings."""
        return float(self.usd[-1])

    @property
    def repairs_per_year(self) -> float:
        """Expected repairs a year."""
        return float(self.repairs[-1])

    @property
    def life_cycle_usd(self) -> float:
        """Laying, and repairs over the life of the cable, discounted."""
        return self.lay_usd + self.worth_usd * self.repairs_per_year

    @property
    def deepest_m(self) -> float:
        """Depth of the deepest point."""
        return float(self.depth_m.max())

    @property
    def buried_share(self) -> float:
        """Share of the length that is buried."""
        km = np.diff(self.kp_km)
        both = self.buried[:-1] & self.buried[1:]
        return float((km * both).sum() / km.sum())


@dataclass(frozen=True, eq=False)
class CableDesign:
    """The ways to lay a cable between two landings.

    Attributes
    ----------
    front
        Routes of which none is beaten in both life-cycle cost and repairs, the cheapest first.
    straight
        The geodesic as a cable; None where it meets land or an exclusion.
    low, high
        The cheapest route with all parameters at their cheap and safe, or dear and risky, ends.
    """

    start: Landing
    end: Landing
    surface: Surface
    front: tuple[CableRoute, ...]
    straight: CableRoute | None
    low: CableRoute
    high: CableRoute

    @property
    def best(self) -> CableRoute:
        """The route of least life-cycle cost."""
        return self.front[0]

    @property
    def seabed(self) -> Seabed:
        """The seabed that it lies on."""
        return self.surface.seabed

    @cached_property
    def geodesic_km(self) -> float:
        """Shortest distance between the landings on the ellipsoid."""
        return geodesic_km(self.start, self.end)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers should know."""
        return (*seabed_notes(self.seabed), *self._shore_notes())

    def _shore_notes(self) -> tuple[str, ...]:
        said = []
        route = self.best
        for site, km in (
            (self.start, route.kp_km[1]),
            (self.end, route.kp_km[-1] - route.kp_km[-2]),
        ):
            if km > 3.0 * self.seabed.grid.cell_km:
                said.append(
                    f"{site.name}: {km:.0f} km from the landing to the water of this seabed are "
                    "counted as a straight shore end."
                )
        return tuple(said)


def seabed_notes(seabed: Seabed) -> tuple[str, ...]:
    """What a reader of results from a seabed should know."""
    said = list(seabed.warnings)
    if seabed.coarse:
        said.insert(
            0,
            f"COARSE seabed from {seabed.origin}: depths are off by some {seabed.error_m:.0f} m. "
            "Good for comparing, not for laying; give a grid with --bathymetry.",
        )
    return tuple(said)


def geodesic_km(start: Landing, end: Landing) -> float:
    """Shortest distance between two landings on the WGS 84 ellipsoid."""
    from pyproj import Geod

    metres = Geod(ellps="WGS84").inv(start.lon, start.lat, end.lon, end.lat)[2]
    return float(metres) / 1000.0


def design_route(
    corridor: Corridor,
    start: str,
    end: str,
    *,
    seabed: Seabed | None = None,
    weights: Sequence[float] = WEIGHTS,
    progress: Report = quiet,
) -> CableDesign:
    """The ways to lay a cable between two landings, from the cheapest to the safest.

    Parameters
    ----------
    corridor
        Its tables `cable_site`, `hazard`, `sounding`, `shoreline` and `parameter` are read.
    start, end
        Identifiers or names of landings.
    seabed
        From `read_seabed`; by default the coarse surface of the corridor.
    weights
        How many times its price a repair counts for; each gives a path.
    progress
        Told what is being done.

    Raises
    ------
    InputError
        Unknown landings, the same one twice, or one far from any water of the grid.
    NumericsError
        No water leads from one to the other.

    Notes
    -----
    Each path is the exact minimum of laying cost plus weighted repairs over all paths through the
    open cells of the grid (`eikonal`); there is no corridor outside which it does not look.
    """
    tell = progress
    here, there = landing(corridor, start), landing(corridor, end)
    if here.site_id == there.site_id:
        raise InputError("fibre route", f"both ends are {here.name}", "Name two landings.")
    if not weights or min(weights) < 0:
        raise InputError("fibre route", f"weights {list(weights)}", "Give numbers of 0 or more.")
    if seabed is None:
        tell(Progress("Interpolating the seabed"))
        seabed = read_seabed(corridor, places=[(one.lon, one.lat) for one in (here, there)])
    tell(Progress("Working out costs and hazards"))
    surface = cost_surface(corridor, seabed)
    found = []
    for number, weight in enumerate(sorted({*weights}), start=1):
        tell(Progress("Searching paths", number, len({*weights})))
        way = arrivals(surface, here, weight)
        found.append(route_to(surface, way, here, there, weight))
    tell(Progress("Working out the range of the numbers"))
    front = _undominated(found)
    cheap, dear = (
        priced(with_parameters(corridor, surface, numbers), front[0])
        for numbers in at_ends(surface.parameters)
    )
    straight = straight_route(surface, here, there)
    return CableDesign(here, there, surface, front, straight, cheap, dear)


def arrivals(surface: Surface, start: Landing, weight: float = 1.0) -> Arrival:
    """Least weighted cost of reaching each cell from a landing."""
    cell = _open_cell(surface, start)
    return arrival_times(surface.field(weight), cell, cell=surface.seabed.grid.cell_km)


def route_to(
    surface: Surface, way: Arrival, start: Landing, end: Landing, weight: float = 1.0
) -> CableRoute:
    """The cheapest route from the landing where `way` starts to another one."""
    cell = _open_cell(surface, end)
    if not way.time[cell] < np.inf:
        raise NumericsError(
            "fibre route",
            f"no water leads from {start.name} to {end.name} on this seabed",
            "Land, exclusions or the edge of the grid lie between; look at the level and the file.",
        )
    return _route(surface, start, end, least_cost_path(way, cell), weight)


def straight_route(surface: Surface, start: Landing, end: Landing) -> CableRoute | None:
    """The geodesic between two landings as a cable, None where it is closed."""
    from pyproj import Geod

    grid = surface.seabed.grid
    ends = np.array([_open_cell(surface, site) for site in (start, end)], dtype=np.float64)
    lon, lat = grid.places(ends[:, 0], ends[:, 1])
    count = max(2, int(geodesic_km(start, end) / grid.cell_km))
    between = Geod(ellps="WGS84").npts(lon[0], lat[0], lon[1], lat[1], count)
    row, column = grid.cells(*np.array(between).T)
    line = np.concatenate([ends[:1], np.column_stack([row, column]), ends[1:]])
    found = _route(surface, start, end, line, float("nan"))
    return found if np.isfinite(found.usd[-1]) else None


def priced(surface: Surface, route: CableRoute) -> CableRoute:
    """The line of a route with the costs and repairs of another surface of the same grid."""
    row, column = surface.seabed.grid.cells(route.lon, route.lat)
    cells = np.column_stack([row, column])[1:-1]
    return _along(surface, route.lon, route.lat, cells, route.weight)


def _open_cell(surface: Surface, site: Landing) -> tuple[int, int]:
    """The cell nearest to a landing where a cable can lie."""
    grid = surface.seabed.grid
    row, column = (
        float(axis[0]) for axis in grid.cells(np.array([site.lon]), np.array([site.lat]))
    )
    rows, columns = np.nonzero(~surface.closed)
    if not len(rows):
        raise NumericsError(
            "fibre route", "there is no water on this seabed", "Look at the level and the file."
        )
    km = np.hypot(rows - row, columns - column) * grid.cell_km
    nearest = int(km.argmin())
    if km[nearest] > FARTHEST_KM:
        raise InputError(
            f"landing '{site.name}'",
            f"lies {km[nearest]:.0f} km from the water of this seabed",
            "Look at its coordinates, at the level of the water and at what the file covers.",
        )
    return int(rows[nearest]), int(columns[nearest])


def _route(
    surface: Surface, start: Landing, end: Landing, cells: FloatArray, weight: float
) -> CableRoute:
    lon, lat = surface.seabed.grid.places(cells[:, 0], cells[:, 1])
    lon = np.concatenate([[start.lon], lon, [end.lon]])
    lat = np.concatenate([[start.lat], lat, [end.lat]])
    return _along(surface, lon, lat, cells, weight)


def _along(
    surface: Surface, lon: FloatArray, lat: FloatArray, cells: FloatArray, weight: float
) -> CableRoute:
    """Depths, costs and repairs along a line; its first and last pieces are shore ends."""
    from pyproj import Geod
    from scipy.ndimage import map_coordinates

    km = np.asarray(Geod(ellps="WGS84").line_lengths(lon, lat), dtype=np.float64) / 1000.0
    kp = np.concatenate([[0.0], np.cumsum(km)])
    seabed, numbers = surface.seabed, surface.parameters
    nearest = np.floor(cells + 0.5).astype(np.int64).T

    def at_cells(field: FloatArray) -> FloatArray:
        return np.asarray(map_coordinates(field, cells.T, order=1, mode="nearest"))

    wet = np.where(surface.closed, 0.0, np.maximum(seabed.depth, 0.0))
    depth = np.concatenate([[0.0], at_cells(wet), [0.0]])
    slope = np.concatenate([[0.0], at_cells(seabed.slope_deg), [0.0]])
    buried = np.concatenate([[True], surface.buried[nearest[0], nearest[1]], [True]])
    shore = km[[0, -1]]
    usd = _running(surface.lay_field, cells, seabed.grid.cell_km, shore * numbers["lay_cost_0m"])
    rate = numbers["other_rate"] / 1000.0
    repairs = _running(surface.repair_field, cells, seabed.grid.cell_km, shore * rate)
    slack = numbers["slack"]
    return CableRoute(
        *(weight, lon, lat, kp, depth, slope, buried, band_of(depth)),
        *(usd * (1.0 + slack), repairs * (1.0 + slack), slack, surface.worth_usd),
        coarse=seabed.coarse,
    )


def _running(field: FloatArray, cells: FloatArray, cell_km: float, shore: FloatArray) -> FloatArray:
    """Running sum of a field along a line with its two shore ends: (n + 2,)."""
    along = np.empty(len(cells))
    running_integral(field, np.ascontiguousarray(cells), along)
    inner = shore[0] + along * cell_km
    return np.concatenate([[0.0], inner, [inner[-1] + shore[1]]])


def _undominated(routes: Sequence[CableRoute]) -> tuple[CableRoute, ...]:
    """Routes that no other beats in both cost and repairs; of near copies one."""
    kept: list[CableRoute] = []
    for route in sorted(routes, key=lambda one: (one.life_cycle_usd, one.repairs_per_year)):
        if not kept or route.repairs_per_year < kept[-1].repairs_per_year * (1.0 - 5e-3):
            kept.append(route)
    return tuple(kept)
