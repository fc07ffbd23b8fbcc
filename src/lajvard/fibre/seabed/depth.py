"""The seabed: depth below the level of the water, from a grid or from soundings."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor import Corridor
from lajvard.corridor.checks.cables import rings
from lajvard.errors import InputError
from lajvard.fibre.parameters import Parameters
from lajvard.fibre.seabed.files import Elevations, read_elevations
from lajvard.fibre.seabed.grid import Box, Grid
from lajvard.fibre.seabed.plausible import doubts

FloatArray = NDArray[np.float64]

TOPIC = "seabed"
"""Topic of the parameters of seabed, costs and repairs."""

FLAT_SHARE = 0.3
"""A grid of which so much of the water has one and the same elevation is flat over water."""

MOST_CELLS = 25_000_000
COARSE_CELL_KM = 1.0
DRY_M = 50.0
"""What land rises above the level of the shoreline in the coarse surface, which knows no land."""

_FOLDS, _SHORE_KM, _COARSE_KM = 8, 10.0, 4.0
_MARGIN = 0.5


@dataclass(frozen=True, eq=False)
class Seabed:
    """Heights of the ground on a grid, and the level of the water.

    Attributes
    ----------
    grid
        Where the cells are.
    elevation : (n_rows, n_columns)
        Metres above sea level, negative below; not a number where nothing is known.
    level_m
        Of the water, metres above sea level.
    origin
        Where the heights come from, in words.
    coarse
        Whether they are interpolated from few soundings: the shape of a sea, and no survey.
    error_m
        Of a coarse surface, root mean square error at soundings left out in turn; else nan.
    warnings
        What a reader of results should know.
    """

    grid: Grid
    elevation: FloatArray
    level_m: float
    origin: str
    coarse: bool
    error_m: float = float("nan")
    warnings: tuple[str, ...] = ()

    @cached_property
    def depth(self) -> FloatArray:
        """Level of the water minus elevation, metres; negative on land: (n_rows, n_columns)."""
        return self.level_m - self.elevation

    @cached_property
    def slope_deg(self) -> FloatArray:
        """Steepest slope of the ground: (n_rows, n_columns)."""
        north, east = np.gradient(np.where(np.isfinite(self.elevation), self.elevation, 0.0))
        run_m = 1000.0 * self.grid.cell_km / self.grid.scale
        return np.asarray(np.degrees(np.arctan(np.hypot(north, east) / run_m)), dtype=np.float64)


def read_seabed(
    corridor: Corridor,
    path: str | PathLike[str] | None = None,
    *,
    level_m: float | None = None,
    cell_km: float | None = None,
    places: Sequence[tuple[float, float]] = (),
) -> Seabed:
    """The seabed of `corridor`, from a file of depths or else from its soundings.

    Parameters
    ----------
    corridor
        Its tables `sounding`, `shoreline` and `parameter` are read.
    path
        A grid: netCDF (GEBCO), GeoTIFF or ESRI ASCII. Without it a coarse surface is interpolated
        from the soundings and the shoreline.
    level_m
        Level of the water above sea level; by default the parameter `caspian_level`.
    cell_km
        Size of the cells; by default 1 km for the coarse surface, that of the file for a file.
    places
        Longitudes and latitudes that the area has to hold. It holds the whole shoreline, too; a
        corridor without one gets half the distance between the places around them.

    Raises
    ------
    InputError
        Neither file nor soundings, or the file cannot be read.
    """
    parameters = Parameters.of(corridor, TOPIC)
    level = parameters["caspian_level"] if level_m is None else level_m
    box = _area(corridor, np.array(places, dtype=np.float64).reshape(-1, 2))
    if path is None:
        return _coarse(corridor, box, level, cell_km or COARSE_CELL_KM, parameters)
    name = Path(path).name
    found, doubtful = doubts(read_elevations(Path(path), box), name, _deepest(corridor, box))
    return _resampled(found, name, box, level, cell_km, doubtful)


def _deepest(corridor: Corridor, box: Box) -> float | None:
    """Metres below sea level of the deepest sounding in the area; None if it has none."""
    sounding = corridor.used("sounding")
    lon, lat = sounding.numbers("x_coord"), sounding.numbers("y_coord")
    within = (box.west <= lon) & (lon <= box.east) & (box.south <= lat) & (lat <= box.north)
    heights = sounding.numbers("elevation")[within]
    heights = heights[np.isfinite(heights)]
    return -float(heights.min()) if len(heights) else None


def _area(corridor: Corridor, places: FloatArray) -> Box:
    shoreline = corridor.used("shoreline")
    lon, lat = shoreline.numbers("x_coord"), shoreline.numbers("y_coord")
    if not len(lon) and not len(places):
        raise InputError("seabed", "there is neither a shoreline nor a landing")
    lon, lat = np.concatenate([lon, places[:, 0]]), np.concatenate([lat, places[:, 1]])
    box = Box(float(lon[0]), float(lat[0]), float(lon[0]), float(lat[0])).around(lon, lat)
    if len(shoreline):
        return box.wider(5.0)
    across = 111.0 * np.hypot(box.east - box.west, box.north - box.south)
    return box.wider(max(50.0, _MARGIN * float(across)))


# ---------------------------------------------------------------- a file


def _resampled(
    found: Elevations,
    name: str,
    box: Box,
    level: float,
    cell_km: float | None,
    doubtful: Sequence[str],
) -> Seabed:
    """Heights of a file on a grid of our own, bilinear."""
    from scipy.ndimage import map_coordinates

    lat_km = 111.2 * float(np.diff(found.lat).mean())
    lon_km = 111.2 * float(np.diff(found.lon).mean() * np.cos(np.radians(found.lat.mean())))
    own = min(lat_km, lon_km)
    held = Box(
        max(box.west, float(found.lon[0])),
        max(box.south, float(found.lat[0])),
        min(box.east, float(found.lon[-1])),
        min(box.north, float(found.lat[-1])),
    )
    grid = Grid(held, cell_km or own)
    size = grid.shape[0] * grid.shape[1]
    said = [*doubtful, *flat_over_water(found.metres, level)]
    if size > MOST_CELLS:
        grid = Grid(held, grid.cell_km * float(np.sqrt(1.02 * size / MOST_CELLS)))
        said.append(f"{size:,} cells were too many: cells of {grid.cell_km:.2f} km are used.")
    if grid.cell_km > 2.0 * own:
        said.append(f"cells of {grid.cell_km:.2f} km pass over what cells of {own:.2f} km show.")
    rows, columns = np.indices(grid.shape, dtype=np.float64)
    lon, lat = grid.places(rows, columns)
    at = [
        np.interp(axis, known, np.arange(len(known)))
        for axis, known in ((lat, found.lat), (lon, found.lon))
    ]
    metres = map_coordinates(found.metres.astype(np.float64), at, order=1, mode="nearest")
    outside = (lon < held.west) | (lon > held.east) | (lat < held.south) | (lat > held.north)
    metres[outside] = np.nan
    return Seabed(grid, metres, level, f"the file {name}", coarse=False, warnings=tuple(said))


def flat_over_water(metres: NDArray[np.float32], level: float) -> list[str]:
    """A warning when a grid has no seabed: most of its low cells hold one value.

    ETOPO5 and ETOPO20 hold the Caspian at -30 m. Without a warning every depth would be 0.5 m.

    >>> flat_over_water(np.full((9, 9), -30.0, dtype=np.float32), -29.5)[0].split(":")[0]
    'the grid is flat over water'
    """
    low = metres[np.isfinite(metres) & (metres <= level + 3.0)]
    if not len(low):
        return [f"the grid has no ground below the level of the water, {level:g} m."]
    values, counts = np.unique(low, return_counts=True)
    often = int(counts.argmax())
    share = counts[often] / len(low)
    if share < FLAT_SHARE:
        return []
    return [
        f"the grid is flat over water: {100 * share:.0f} % of it lies at {values[often]:g} m. It "
        "shows no seabed (ETOPO5 and ETOPO20 hold the Caspian at -30 m). Take GEBCO or ETOPO1."
    ]


# ---------------------------------------------------------------- soundings


def _coarse(
    corridor: Corridor, box: Box, level: float, cell_km: float, parameters: Parameters
) -> Seabed:
    """A surface through soundings and shoreline.

    Radial basis functions |r|, which do not overshoot, on soundings and points of the shoreline;
    the larger the error of a sounding, the less the surface is bound to it.
    """
    sounding, shoreline = corridor.used("sounding"), corridor.used("shoreline")
    if len(sounding) < 10 or not len(shoreline):
        raise InputError(
            f"corridor '{corridor.name}'",
            f"has {len(sounding)} soundings and {len(shoreline)} vertices of a shoreline",
            "Give a file of depths with --bathymetry, or fill sounding.csv and shoreline.csv.",
        )
    grid, work = Grid(box, cell_km), Grid(box, max(cell_km, _COARSE_KM))
    size = grid.shape[0] * grid.shape[1]
    if size > MOST_CELLS:
        least = cell_km * float(np.sqrt(size / MOST_CELLS))
        raise InputError(
            "seabed",
            f"cells of {cell_km:g} km are {size:,}, the most are {MOST_CELLS:,}",
            f"Take cells of {least:.2f} km or more; {len(sounding)} soundings show no more in "
            f"cells of less than {COARSE_CELL_KM:g} km.",
        )
    shore = parameters["shoreline_level"]
    lines = _shores(corridor, grid)
    ashore = np.concatenate([points for points, _ in lines])
    place = np.column_stack(grid.on_map(sounding.numbers("x_coord"), sounding.numbers("y_coord")))
    points = np.concatenate([place, ashore])
    height = np.concatenate([sounding.numbers("elevation"), np.full(len(ashore), shore)])
    error = np.concatenate(
        [np.nan_to_num(sounding.numbers("error_m"), nan=50.0), np.ones(len(ashore))]
    )
    through = _surface(points, height, error)
    x, y = work.km
    rough = through(np.column_stack([x.ravel(), y.ravel()])).reshape(work.shape)
    metres = _finer(rough, work, grid)
    lowest = float(sounding.numbers("elevation").min())
    metres = np.clip(metres, lowest, shore - 0.5)
    metres[~_in_water(lines, grid)] = shore + DRY_M
    wrong = _left_out(points, height, error, len(place))
    origin = f"{len(sounding)} soundings and the shoreline of the corridor"
    return Seabed(grid, metres, level, origin, coarse=True, error_m=wrong)


def _surface(
    points: FloatArray, height: FloatArray, error: FloatArray
) -> Callable[[FloatArray], FloatArray]:
    from scipy.interpolate import RBFInterpolator

    smoothing = (error / 20.0) ** 2
    found: Callable[[FloatArray], FloatArray] = RBFInterpolator(
        points / 100.0, height, smoothing=0.01 * smoothing, kernel="linear"
    )
    return lambda places: found(places / 100.0)


def _left_out(points: FloatArray, height: FloatArray, error: FloatArray, n: int) -> float:
    """Root mean square error at the first `n` points, an eighth of them left out in turn."""
    wrong = np.empty(n)
    for fold in range(_FOLDS):
        out = np.arange(len(points)) % _FOLDS == fold
        out[n:] = False
        kept = ~out
        told = _surface(points[kept], height[kept], error[kept])(points[out])
        wrong[out[:n]] = told - height[out]
    return float(np.sqrt((wrong**2).mean()))


def _shores(corridor: Corridor, grid: Grid) -> list[tuple[FloatArray, str]]:
    """Rings as points on the map at most 10 km apart, and what lies inside."""
    shoreline = corridor.used("shoreline")
    lon, lat, side = (
        *(shoreline.numbers(name) for name in ("x_coord", "y_coord")),
        shoreline.text("side"),
    )
    found = []
    for rows in rings(shoreline).values():
        corners = np.column_stack(grid.on_map(lon[rows], lat[rows]))
        parts = []
        for start, end in itertools.pairwise(corners):
            count = max(1, int(np.ceil(np.hypot(*(end - start)) / _SHORE_KM)))
            parts.append(start + (end - start) * (np.arange(count) / count)[:, None])
        found.append((np.concatenate(parts), side[rows[0]]))
    return found


def _in_water(lines: Sequence[tuple[FloatArray, str]], grid: Grid) -> NDArray[np.bool_]:
    import shapely

    x, y = grid.km
    wet = np.zeros(grid.shape, dtype=np.bool_)
    for points, side in sorted(lines, key=lambda line: line[1] == "land"):
        wet[shapely.contains_xy(shapely.Polygon(points), x, y)] = side != "land"
    return wet


def _finer(rough: FloatArray, work: Grid, grid: Grid) -> FloatArray:
    """A smooth field on finer cells."""
    from scipy.ndimage import map_coordinates

    (x, y), (x0, y0) = grid.km, work.km
    rows, columns = (y - y0[0, 0]) / work.cell_km, (x - x0[0, 0]) / work.cell_km
    return np.asarray(map_coordinates(rough, [rows, columns], order=3, mode="nearest"))
