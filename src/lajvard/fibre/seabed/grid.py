"""A grid of square cells in a local map projection, for fields of depth and cost.

Transverse Mercator about the middle of the area is conformal: it keeps angles, so that what does
not depend on direction on the ground does not on the map. Its scale differs from 1 by 0.14 % at
340 km from the middle; fields of cost are divided by it and lengths are taken from the ellipsoid.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Box:
    """An area in degrees."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return f"{self.west:.2f} to {self.east:.2f} E, {self.south:.2f} to {self.north:.2f} N"

    def around(self, lon: FloatArray, lat: FloatArray) -> "Box":
        """The box that holds these places, too."""
        return Box(
            min(self.west, float(lon.min())),
            min(self.south, float(lat.min())),
            max(self.east, float(lon.max())),
            max(self.north, float(lat.max())),
        )

    def wider(self, km: float) -> "Box":
        """The box with a margin."""
        high = km / 111.0
        wide = high / np.cos(np.radians((self.south + self.north) / 2))
        return Box(self.west - wide, self.south - high, self.east + wide, self.north + high)


@dataclass(frozen=True)
class Grid:
    """Square cells; row 0 is the southernmost, rows and columns may be fractions.

    Attributes
    ----------
    box
        The area that it covers.
    cell_km
        Length of the side of a cell.

    Examples
    --------
    >>> grid = Grid(Box(50.0, 39.0, 52.0, 41.0), cell_km=10.0)
    >>> row, column = grid.cells(np.array([51.0]), np.array([40.0]))
    >>> lon, lat = grid.places(row, column)
    >>> grid.shape, round(float(lon[0]), 6), round(float(lat[0]), 6)
    ((24, 19), 51.0, 40.0)
    """

    box: Box
    cell_km: float

    @cached_property
    def _projection(self) -> Any:
        from pyproj import Transformer

        lon, lat = (self.box.west + self.box.east) / 2, (self.box.south + self.box.north) / 2
        local = f"+proj=tmerc +lon_0={lon} +lat_0={lat} +ellps=WGS84 +units=km"
        return Transformer.from_crs("EPSG:4326", local, always_xy=True)

    @cached_property
    def _frame(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the box on the map, km."""
        lon = np.linspace(self.box.west, self.box.east, 33)
        lat = np.linspace(self.box.south, self.box.north, 33)
        edge_lon = np.concatenate([lon, lon, np.full(33, lon[0]), np.full(33, lon[-1])])
        edge_lat = np.concatenate([np.full(33, lat[0]), np.full(33, lat[-1]), lat, lat])
        x, y = self._projection.transform(edge_lon, edge_lat)
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    @cached_property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        west, south, east, north = self._frame
        rows, columns = (north - south) / self.cell_km, (east - west) / self.cell_km
        return int(np.ceil(rows)) + 1, int(np.ceil(columns)) + 1

    def on_map(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Places as km east and north on the map."""
        x, y = self._projection.transform(lon, lat)
        return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)

    def cells(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Row and column of places, with fractions."""
        x, y = self.on_map(lon, lat)
        west, south, _, _ = self._frame
        return (y - south) / self.cell_km, (x - west) / self.cell_km

    def places(self, row: FloatArray, column: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Longitude and latitude of rows and columns."""
        west, south, _, _ = self._frame
        x, y = west + np.asarray(column) * self.cell_km, south + np.asarray(row) * self.cell_km
        lon, lat = self._projection.transform(x, y, direction="INVERSE")
        return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)

    @cached_property
    def km(self) -> tuple[FloatArray, FloatArray]:
        """Map coordinates of the middles, km east and north of the middle: each (rows, columns)."""
        west, south, _, _ = self._frame
        rows, columns = self.shape
        x, y = west + self.cell_km * np.arange(columns), south + self.cell_km * np.arange(rows)
        shape = rows, columns
        return np.broadcast_to(x[None, :], shape), np.broadcast_to(y[:, None], shape)

    @cached_property
    def scale(self) -> FloatArray:
        """Length on the map over length on the ground: (1, columns).

        For transverse Mercator it is 1 + x^2 / (2 R^2) to fourth order, the same in every row.
        """
        x = self.km[0][:1]
        return np.asarray(1.0 + x**2 / (2.0 * 6371.0**2), dtype=np.float64)
