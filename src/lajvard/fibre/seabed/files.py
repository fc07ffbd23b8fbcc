"""Reading seabed grids that users bring: netCDF (GEBCO), GeoTIFF and ESRI ASCII."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError, did_you_mean, guarded_reading, require_extra
from lajvard.fibre.seabed.apart import read_apart
from lajvard.fibre.seabed.grid import Box
from lajvard.fibre.seabed.units import degrees, heights, is_axis

NETCDF, RASTER = (".nc", ".nc4", ".netcdf"), (".tif", ".tiff", ".asc")
MOST_CELLS_READ = 1_000_000_000
"""Cells of a file within the area of a corridor: 15 arc seconds of a quarter of the world."""

_NAMES = ("elevation", "z", "Band1", "topo", "bathymetry", "depth")
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

    What a file says of its numbers is applied: scale, offset, no data, valid range, units of
    length and the direction (``positive = "down"``).

    Parameters
    ----------
    path
        ``.nc`` with ``elevation(lat, lon)`` in metres, negative below sea level, as GEBCO
        publishes it, latitudes in either order; ``.tif`` or ``.asc`` in longitude and latitude.

    Raises
    ------
    InputError
        There is no such file, it is damaged, of another kind, in another projection or in units
        that are not known, or it does not cover the box; or the library that reads it is not
        installed.
    """
    if path.is_dir():
        raise InputError(str(path), "is a folder", "Name the file of the grid in it.")
    if not path.is_file():
        raise InputError(str(path), "there is no such file")
    kind = path.suffix.lower()
    if kind not in NETCDF + RASTER:
        remedy = f"Give a file that ends in one of {', '.join(NETCDF + RASTER)}."
        raise InputError(str(path), f"'{kind}' is no kind of seabed grid that can be read", remedy)
    modules = ["h5netcdf", "xarray"] if kind in NETCDF else ["rasterio"]
    require_extra("seabed", str(path), modules)
    what, remedy, reader = _KINDS["netcdf" if kind in NETCDF else "raster"]
    with guarded_reading(str(path), f"cannot be read as {what}", remedy):
        try:
            found = reader(path, box)
        except MemoryError:
            raise InputError(
                str(path), "asks for more memory than there is", "Cut out a smaller area."
            ) from None
    if found.metres.shape[0] < 2 or found.metres.shape[1] < 2:
        raise InputError(str(path), f"does not cover {box}", "Cut out a larger area.")
    return found


# ---------------------------------------------------------------- netCDF


def _netcdf(path: Path, box: Box) -> Elevations:
    found: Elevations = read_apart(_netcdf_here, path, box)
    return found


def _netcdf_here(path: Path, box: Box) -> Elevations:
    import xarray

    with xarray.open_dataset(path, engine="h5netcdf", decode_times=False) as data:
        field = data[_variable(path, data)]
        lon_name = _axis(path, field, _LON, longitude=True)
        lat_name = _axis(path, field, _LAT, longitude=False)
        for name, count in field.sizes.items():
            if name not in (lon_name, lat_name) and count != 1:
                raise InputError(
                    str(path),
                    f"'{field.name}' has {count} values along '{name}', where one is needed",
                    f"Take one of them: ncks -d {name},0 old.nc new.nc.",
                )
        rest = {name: 0 for name in field.sizes if name not in (lon_name, lat_name)}
        field = field.isel(rest).transpose(lat_name, lon_name)
        lon = _coordinates(path, field, lon_name, longitude=True)
        lat = _coordinates(path, field, lat_name, longitude=False)
        named = f"{field.name} {field.attrs.get('standard_name', '')}"
        units, positive = (str(field.attrs.get(name, "")) for name in ("units", "positive"))
        factor = heights(str(path), f"'{field.name}'", units, positive, named)

        def part(rows: slice, columns: slice) -> NDArray[np.float64]:
            held = field.isel({lat_name: rows, lon_name: columns})
            if held.dtype.kind not in "iuf":
                raise InputError(str(path), f"'{field.name}' holds no numbers but {held.dtype}")
            values = np.asarray(held.values, dtype=np.float64)
            values[~_valid(values, field.attrs, field.encoding)] = np.nan
            return factor * values

        return _cut(path, box, lon, lat, part)


def _variable(path: Path, data: Any) -> str:
    found = {str(name): data[name] for name in data.data_vars}
    for name in _NAMES:
        if name in found:
            return name
    for name, field in found.items():
        standard = str(field.attrs.get("standard_name", ""))
        if standard in ("surface_altitude", "bedrock_altitude") or "sea_floor_depth" in standard:
            return name
    raise _lacking(path, "variable", _NAMES[0], list(found))


def _axis(path: Path, field: Any, known: tuple[str, ...], *, longitude: bool) -> str:
    """Name of the dimension of a coordinate, that has its values."""
    dims = [str(name) for name in field.dims]
    by_units = [
        name
        for name in dims
        if name in field.coords and is_axis(field[name].attrs.get("units"), longitude=longitude)
    ]
    by_name = {name.lower(): name for name in dims}
    found = next(iter(by_units), None) or next(
        (by_name[name] for name in known if name in by_name), None
    )
    if found is None:
        raise _lacking(path, "dimension", known[0], dims)
    if found not in field.coords:
        remedy = f"Add a variable '{found}({found})' with them; GDAL and GMT write one."
        raise InputError(str(path), f"dimension '{found}' has no coordinates", remedy)
    return found


def _lacking(path: Path, what: str, wanted: str, found: list[str]) -> InputError:
    remedy = did_you_mean(wanted, found) or f"It has {', '.join(found) or 'none'}."
    return InputError(str(path), f"has no {what} '{wanted}'", remedy)


def _coordinates(path: Path, field: Any, name: str, *, longitude: bool) -> NDArray[np.float64]:
    axis = field[name]
    if axis.dtype.kind not in "iuf":
        raise InputError(str(path), f"coordinates '{name}' are no numbers but {axis.dtype}")
    factor = degrees(str(path), name, str(axis.attrs.get("units", "")), longitude=longitude)
    return factor * np.asarray(axis.values, dtype=np.float64)


def _valid(
    values: NDArray[np.float64], attributes: Mapping[str, Any], encoding: Mapping[str, Any]
) -> NDArray[np.bool_]:
    """Values that the attributes ``valid_range``, ``valid_min`` and ``valid_max`` allow.

    They are stated for the numbers as they are packed (CF conventions 1.11, 2.5.1).
    """
    low, high = -np.inf, np.inf
    if "valid_range" in attributes:
        low, high = np.asarray(attributes["valid_range"], dtype=np.float64).ravel()[:2]
    low = float(np.asarray(attributes.get("valid_min", low)))
    high = float(np.asarray(attributes.get("valid_max", high)))
    scale, offset = (float(np.asarray(encoding.get(name, usual))) for name, usual in _PACKING)
    low, high = sorted((low * scale + offset, high * scale + offset))
    allowed: NDArray[np.bool_] = (values >= low) & (values <= high)
    return allowed


_PACKING = (("scale_factor", 1.0), ("add_offset", 0.0))

# ---------------------------------------------------------------- GeoTIFF and ESRI ASCII


def _raster(path: Path, box: Box) -> Elevations:
    import rasterio
    from rasterio.enums import ColorInterp
    from rasterio.windows import Window

    driver = "AAIGrid" if path.suffix.lower() == ".asc" else "GTiff"  # no other: VRT opens URLs
    with _without_warnings(), rasterio.open(path, driver=driver) as data:
        if data.crs is not None and not data.crs.is_geographic:
            remedy = "Warp it first: gdalwarp -t_srs EPSG:4326 old.tif new.tif."
            raise InputError(str(path), f"is in {data.crs}, not in longitude, latitude", remedy)
        bands = sum(kind != ColorInterp.alpha for kind in data.colorinterp)
        if bands != 1:
            remedy = "Take the one with the heights: gdal_translate -b 1 old.tif new.tif."
            raise InputError(str(path), f"has {bands} bands, where one is needed", remedy)
        if np.dtype(data.dtypes[0]).kind not in "iuf":
            raise InputError(str(path), f"holds no heights but numbers of type {data.dtypes[0]}")
        place = data.transform
        if place.is_identity or place.b or place.d:
            found = "says not where it lies" if place.is_identity else "is turned"
            remedy = "Warp it first: gdalwarp -t_srs EPSG:4326 old.tif new.tif."
            raise InputError(str(path), f"{found}: its transform is {tuple(place)[:6]}", remedy)
        lon = place.c + place.a * (np.arange(data.width) + 0.5)
        lat = place.f + place.e * (np.arange(data.height) + 0.5)
        factor = heights(str(path), "band 1", data.units[0] or "")
        scale, offset = data.scales[0], data.offsets[0]

        def part(rows: slice, columns: slice) -> NDArray[np.float64]:
            window = Window.from_slices(rows, columns)
            values = data.read(1, window=window, masked=True).astype(np.float64).filled(np.nan)
            return np.asarray(factor * (values * scale + offset), dtype=np.float64)

        return _cut(path, box, lon, lat, part)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """What the library warns of is applied or refused here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


_KINDS: dict[str, tuple[str, str, Callable[[Path, Box], Elevations]]] = {
    "netcdf": ("netCDF 4", "Save it as netCDF 4; `ncks -4 old.nc new.nc` does.", _netcdf),
    "raster": ("a raster", "Export it again, or get the file again.", _raster),
}

# ---------------------------------------------------------------- both


def _cut(
    path: Path,
    box: Box,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    part: Callable[[slice, slice], NDArray[np.float64]],
) -> Elevations:
    """The cells in the box, their coordinates ascending."""
    chosen = []
    for what, axis, most, low, high in (
        ("latitudes", lat, 90.0, box.south, box.north),
        ("longitudes", lon, 360.0, box.west, box.east),
    ):
        steps = np.diff(axis)
        if not (np.isfinite(axis).all() and ((steps > 0).all() or (steps < 0).all())):
            remedy = "Sort the rows and columns of the grid, each once."
            raise InputError(str(path), f"its {what} neither only rise nor only fall", remedy)
        if len(axis) and np.abs(axis).max() > most + 1.0:
            found = f"its {what} go from {axis.min():g} to {axis.max():g}, which are no degrees"
            remedy = "Warp it first: gdalwarp -t_srs EPSG:4326 old.tif new.tif."
            raise InputError(str(path), found, remedy)
        within = np.flatnonzero((axis >= low) & (axis <= high))
        if not len(within):
            raise InputError(str(path), f"does not cover {box}", "Cut out another area.")
        chosen.append(slice(int(within[0]), int(within[-1]) + 1))
    rows, columns = chosen
    size = (rows.stop - rows.start) * (columns.stop - columns.start)
    if size > MOST_CELLS_READ:
        remedy = "Make a coarser grid of it: gdal_translate -outsize 50% 50% old.tif new.tif."
        raise InputError(str(path), f"has {size:,} cells in {box}", remedy)
    lat, lon, metres = lat[rows], lon[columns], part(rows, columns)
    metres[~np.isfinite(metres)] = np.nan
    if lat[0] > lat[-1]:
        lat, metres = lat[::-1], metres[::-1]
    if lon[0] > lon[-1]:
        lon, metres = lon[::-1], metres[:, ::-1]
    with np.errstate(over="ignore"):
        narrow = np.ascontiguousarray(metres, dtype=np.float32)
    return Elevations(np.ascontiguousarray(lon), np.ascontiguousarray(lat), narrow)
