"""Lines of links on the globe: along the geodesic, split at the antimeridian."""

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyproj import Geod
    from shapely.geometry.base import BaseGeometry

FloatArray = NDArray[np.float64]

STEP_KM = 50.0
"""Longest straight piece of a line."""


@cache
def _wgs84() -> "Geod":
    from pyproj import Geod

    return Geod(ellps="WGS84")


def geodesic_lines(ends: FloatArray, *, step_km: float = STEP_KM) -> list["BaseGeometry | None"]:
    """Lines along the shortest way on the WGS 84 ellipsoid, as a map should draw them.

    Parameters
    ----------
    ends : (n_lines, 4)
        Longitude and latitude of the start, longitude and latitude of the end, in degrees.
    step_km
        Lines are bent at least this often, > 0.

    Returns
    -------
    lines : (n_lines,)
        Line strings, or multi line strings where the antimeridian is crossed; None where an end
        is not a number.

    Examples
    --------
    >>> print(geodesic_lines(np.array([[179.9, 0.0, -179.9, 0.0]]))[0])
    MULTILINESTRING ((179.9 0, 180 0), (-180 0, -179.9 0))
    """
    import shapely

    lines: list[BaseGeometry | None] = [None] * len(ends)
    known = np.flatnonzero(np.isfinite(ends).all(axis=1))
    if not len(known):
        return lines
    _, _, metres = _wgs84().inv(*ends[known].T)
    plain = (metres <= 1000 * step_km) & (np.abs(ends[known, 0] - ends[known, 2]) <= 180)
    straight = shapely.linestrings(ends[known[plain]].reshape(-1, 2, 2))
    for ix, line in zip(known[plain], straight, strict=True):
        lines[ix] = line
    for ix, metre in zip(known[~plain], metres[~plain], strict=True):
        n_between = int(np.ceil(metre / (1000 * step_km))) - 1
        lines[ix] = split_at_antimeridian(_bent(ends[ix], n_between))
    return lines


def _bent(ends: FloatArray, n_between: int) -> FloatArray:
    lon, lat, to_lon, to_lat = ends
    between = _wgs84().npts(lon, lat, to_lon, to_lat, n_between) if n_between > 0 else []
    return np.array([ends[:2], *between, ends[2:]], dtype=np.float64)


def split_at_antimeridian(points: FloatArray) -> "BaseGeometry":
    """A line through `points`, cut where two neighbours are more than 180 degrees apart.

    Parameters
    ----------
    points : (n_points, 2)
        Longitude and latitude in degrees; at least two.
    """
    import shapely
    from antimeridian import fix_line_string

    if not (np.abs(np.diff(points[:, 0])) > 180).any():
        return shapely.LineString(points)
    points = points.copy()
    for before, after in pairwise(points):
        if abs(after[0] - before[0]) == 360:  # 180 and -180 are one meridian: nothing is crossed
            after[0] = before[0]
    line: BaseGeometry = fix_line_string(shapely.LineString(points), great_circle=False)
    return line
