"""The ground of a map: projection, view, and the land in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from lajvard.corridor import Table
from lajvard.report.outlines import Outline, country_outlines

Points = NDArray[np.float64]
"""Positions: (n, 2), degrees or km."""

OUTER = 3.0
"""Percent of the main places that may lie outside the view on each side."""

PADDING = 0.045
SMALLEST_KM = 60.0
WIDEST, TALLEST = 2.6, 0.85
"""Limits of width over height, and of height over width."""


@dataclass(frozen=True)
class View:
    """A part of the earth on Lambert's azimuthal equal-area projection about its centre.

    Attributes
    ----------
    lon, lat
        Centre of the projection in degrees.
    box
        Left, bottom, right and top in km from the centre.
    """

    lon: float
    lat: float
    box: tuple[float, float, float, float]

    @cached_property
    def _transformer(self) -> Transformer:
        return _transformer(self.lon, self.lat)

    def project(self, lon_lat: Points) -> Points:
        """Positions in km from degrees: (n, 2)."""
        x, y = self._transformer.transform(lon_lat[:, 0], lon_lat[:, 1])
        return np.stack([x, y], axis=1)

    def back(self, x_y: Points) -> Points:
        """Positions in degrees from km: (n, 2)."""
        lon, lat = self._transformer.transform(x_y[:, 0], x_y[:, 1], direction="INVERSE")
        return np.stack([lon, lat], axis=1)

    @property
    def width(self) -> float:
        """Width in km."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Height in km."""
        return self.box[3] - self.box[1]

    def holds(self, x_y: Points) -> NDArray[np.bool_]:
        """Which positions (km) lie in the view: (n,)."""
        left, bottom, right, top = self.box
        x, y = x_y.T
        inside: NDArray[np.bool_] = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
        return inside


def _transformer(lon: float, lat: float) -> Transformer:
    laea = f"+proj=laea +lon_0={lon:.4f} +lat_0={lat:.4f} +ellps=WGS84 +units=km"
    return Transformer.from_crs("EPSG:4326", laea, always_xy=True)


def view_of(places: Points, inner: Points) -> View:
    """The view that holds all inner places and nearly all others.

    Parameters
    ----------
    places : (n, 2)
        Degrees; a few of the outermost may fall outside, so that a far end does not shrink the
        rest.
    inner : (m, 2)
        Degrees; all of them are in the view.
    """
    every = np.concatenate([places, inner])
    lon, lat = _centre(inner if len(inner) else every)
    whole = View(lon, lat, (0.0, 0.0, 0.0, 0.0))
    points = whole.project(every)
    points = points[np.isfinite(points).all(axis=1)]
    low = np.percentile(points, OUTER, axis=0, method="lower")
    high = np.percentile(points, 100 - OUTER, axis=0, method="higher")
    if len(inner):
        kept = whole.project(inner)
        low, high = np.minimum(low, kept.min(axis=0)), np.maximum(high, kept.max(axis=0))
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, SMALLEST_KM)
    half = half + PADDING * half.max() * 2
    half[1] = max(half[1], half[0] / WIDEST)
    half[0] = max(half[0], half[1] / TALLEST)
    left, bottom = middle - half
    right, top = middle + half
    return View(lon, lat, (float(left), float(bottom), float(right), float(top)))


def _centre(lon_lat: Points) -> tuple[float, float]:
    """Middle of positions on the sphere, in degrees."""
    lon, lat = np.radians(lon_lat).T
    east = np.arctan2(np.sin(lon).mean(), np.cos(lon).mean())
    return float(np.degrees(east)), float(np.degrees((lat.min() + lat.max()) / 2))


@dataclass(frozen=True, eq=False)
class Land:
    """The part of a country that is in view, in km."""

    name: str
    shape: BaseGeometry


def land_in(view: View, tolerance_km: float, outlines: Sequence[Outline] = ()) -> list[Land]:
    """The countries in view, clipped, and simplified to what can be seen."""
    frame = shapely.box(*view.box)
    window = _window(view)
    found = []
    for outline in outlines or country_outlines():
        near = [shape for shape in outline.polygons if shape.intersects(window)]
        if not near:
            continue
        clipped = shapely.make_valid(shapely.MultiPolygon(near)).intersection(window)
        projected = shapely.transform(clipped, view.project)
        shape = shapely.make_valid(projected).intersection(frame).simplify(tolerance_km)
        if shape.area > 0:
            found.append(Land(outline.name, shape))
    return found


def _window(view: View) -> BaseGeometry:
    """What holds the view in degrees, with room to spare."""
    left, bottom, right, top = view.box
    along = np.linspace(0, 1, 30)
    edge = np.concatenate(
        [
            np.stack([left + along * (right - left), np.full(30, side)], axis=1)
            for side in (bottom, top)
        ]
        + [
            np.stack([np.full(30, side), bottom + along * (top - bottom)], axis=1)
            for side in (left, right)
        ]
    )
    lon_lat = view.back(edge)
    if not np.isfinite(lon_lat).all() or np.ptp(lon_lat[:, 0]) > 300:
        return Polygon(shapely.box(-180, -90, 180, 90))
    low, high = lon_lat.min(axis=0) - 1, lon_lat.max(axis=0) + 1
    return Polygon(shapely.box(*np.maximum(low, (-180, -90)), *np.minimum(high, (180, 90))))


def rings_of(shape: BaseGeometry) -> list[Points]:
    """All rings of the polygons of a shape: each (n, 2)."""
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return [
        shapely.get_coordinates(ring)
        for polygon in polygons
        for ring in (polygon.exterior, *polygon.interiors)
    ]


def spots_in(shape: BaseGeometry, count: int = 9) -> Points:
    """Points inside a shape for its name, those far from its edge first: (n, 2)."""
    parts: list[BaseGeometry] = list(shapely.get_parts(shape))
    largest = max(parts, key=shapely.area)
    left, bottom, right, top = largest.bounds
    grid = np.stack(
        np.meshgrid(
            np.linspace(left, right, count + 2)[1:-1], np.linspace(bottom, top, count + 2)[1:-1]
        ),
        axis=-1,
    ).reshape(-1, 2)
    points = np.asarray(shapely.points(grid))
    inside = np.asarray(shapely.contains(largest, points))
    depth = shapely.distance(largest.boundary, points[inside])
    return np.asarray(grid[inside][np.argsort(-depth)], dtype=np.float64)


def coordinates(nodes: Table) -> Points:
    """Positions of nodes in degrees: (n, 2)."""
    return np.stack([nodes.numbers("x_coord"), nodes.numbers("y_coord")], axis=1)


def round_length_km(longest: float) -> float:
    """A round length that is at most `longest`, for a scale bar.

    >>> round_length_km(730.0), round_length_km(1.7)
    (500.0, 1.0)
    """
    power = 10.0 ** np.floor(np.log10(longest))
    return float(max(step * power for step in (1, 2, 5) if step * power <= longest))
