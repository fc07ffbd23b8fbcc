"""Reading seabed grids that users bring: netCDF (GEBCO), GeoTIFF and ESRI ASCII."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError, did_you_mean, require_extra
from lajvard.fibre.seabed.grid import Box

NETCDF, RASTER = (".nc", ".nc4", ".netcdf"), (".tif", ".tiff", ".asc")
_NAMES = ("elevation", "z", "Band1", "topo", "bathymetry")
_LON, _LAT = ("lon", "longitude", "x"), ("lat", "latitude", "y")


@dataclass(frozen=True, eq=False)
class Elevations:
    """Heights of the ground on a grid of degrees.

    Attributes
    ----------
    lon : (n,), lat : (m,)
        Middles of the cells, ascending.
    metres : (m, n)
        Above sea level, negative below; not a number where nothing is known.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    metres: NDArray[np.float32]


def read_elevations(path: Path, box: Box) -> Elevations:
    """The part of a seabed grid that lies in `box`.

    Parameters
    ----------
    path
        ``.nc`` with ``elevation(lat, lon)`` in metres, negative below sea level, as GEBCO
        publishes it, latitudes in either order; ``.tif`` or ``.asc`` in longitude and latitude.

    Raises
    ------
    InputError
        There is no such file, it is of another kind or in another projection, or it does not
        cover the box; or the library that reads it is not installed.
    """
    if not path.is_file():
        raise InputError(str(path), "there is no such file")
    kind = path.suffix.lower()
    if kind not in NETCDF + RASTER:
        remedy = f"Give a file that ends in one of {', '.join(NETCDF + RASTER)}."
        raise InputError(str(path), f"'{kind}' is no kind of seabed grid that can be read", remedy)
    modules = ["h5netcdf", "xarray"] if kind in NETCDF else ["rasterio"]
    require_extra("seabed", str(path), modules)
    found = _netcdf(path, box) if kind in NETCDF else _raster(path, box)
    if found.metres.shape[0] < 2 or found.metres.shape[1] < 2:
        raise InputError(str(path), f"does not cover {box}", "Cut out a larger area.")
    return found


def _netcdf(path: Path, box: Box) -> Elevations:
    import xarray

    try:
        opened = xarray.open_dataset(path, engine="h5netcdf")
    except (OSError, ValueError) as error:
        remedy = "Save it as netCDF 4; `ncks -4 old.nc new.nc` does."
        raise InputError(str(path), f"cannot be read as netCDF 4 ({error})", remedy) from None
    with opened as data:
        name = _one_of(path, _NAMES, [str(name) for name in data.data_vars], "variable")
        field = data[name]
        lon = _one_of(path, _LON, [str(name) for name in field.dims], "dimension")
        lat = _one_of(path, _LAT, [str(name) for name in field.dims], "dimension")
        field = field.transpose(lat, lon).sortby([lat, lon])
        field = field.sel({lon: slice(box.west, box.east), lat: slice(box.south, box.north)})
        metres = np.asarray(field.values, dtype=np.float32)
        return Elevations(_degrees(field[lon].values), _degrees(field[lat].values), metres)


def _one_of(path: Path, known: tuple[str, ...], found: list[str], what: str) -> str:
    for name in known:
        if name in found:
            return name
    remedy = did_you_mean(known[0], found) or f"It has {', '.join(found) or 'none'}."
    raise InputError(str(path), f"has no {what} '{known[0]}'", remedy)


def _degrees(values: Any) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64)


def _raster(path: Path, box: Box) -> Elevations:
    import rasterio
    from rasterio.errors import RasterioIOError
    from rasterio.windows import Window

    try:
        opened = rasterio.open(path)
    except RasterioIOError as error:
        raise InputError(str(path), f"cannot be read as a raster ({error})") from None
    with opened as data:
        if data.crs is not None and not data.crs.is_geographic:
            remedy = "Warp it first: gdalwarp -t_srs EPSG:4326 old.tif new.tif."
            raise InputError(str(path), f"is in {data.crs}, not in longitude, latitude", remedy)
        place = data.transform
        lon = place.c + place.a * (np.arange(data.width) + 0.5)
        lat = place.f + place.e * (np.arange(data.height) + 0.5)
        columns = np.flatnonzero((lon >= box.west) & (lon <= box.east))
        rows = np.flatnonzero((lat >= box.south) & (lat <= box.north))
        if not len(columns) or not len(rows):
            raise InputError(str(path), f"does not cover {box}", "Cut out another area.")
        window = Window(columns[0], rows[0], len(columns), len(rows))
        metres = data.read(1, window=window, masked=True).astype(np.float64).filled(np.nan)
        metres = (metres * data.scales[0] + data.offsets[0]).astype(np.float32)
    lon, lat = lon[columns], lat[rows]
    if lat[0] > lat[-1]:
        lat, metres = lat[::-1], metres[::-1]
    return Elevations(lon, np.ascontiguousarray(lat), np.ascontiguousarray(metres))
