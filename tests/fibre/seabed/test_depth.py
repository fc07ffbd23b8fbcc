"""The seabed from soundings and from files of three kinds."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pyproj import Geod
from tests.fibre.seas import caspian, pond

from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.fibre.seabed.depth import flat_over_water, read_seabed
from lajvard.fibre.seabed.files import read_elevations
from lajvard.fibre.seabed.grid import Box, Grid

BOX = Box(50.0, 40.0, 51.0, 41.0)


def bowl(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int16]:
    """A bowl 270 m below sea level in the middle, 20 m above at the corners."""
    away = np.hypot(lon[None, :] - 50.5, lat[:, None] - 40.5)
    heights = np.round(-270 + 290 * away / np.hypot(0.5, 0.5))
    return np.asarray(heights, dtype=np.int16)


def netcdf(path: Path, *, descending: bool = False, name: str = "elevation") -> Path:
    import xarray

    lon, lat = np.arange(49.8, 51.2, 0.02), np.arange(39.8, 41.2, 0.02)
    heights = bowl(lon, lat)
    if descending:
        lat, heights = lat[::-1], heights[::-1]
    coordinates = {"lat": lat, "lon": lon}
    data = xarray.Dataset({name: (("lat", "lon"), heights)}, coords=coordinates)
    data.to_netcdf(path, engine="h5netcdf")
    return path


def geotiff(path: Path, *, crs: str = "EPSG:4326") -> Path:
    import rasterio

    lon, lat = np.arange(49.8, 51.2, 0.02), np.arange(39.8, 41.2, 0.02)
    place = rasterio.Affine(0.02, 0.0, lon[0] - 0.01, 0.0, -0.02, lat[-1] + 0.01)
    shape = {"height": len(lat), "width": len(lon), "count": 1, "dtype": "int16"}
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=place, **shape) as out:
        out.write(bowl(lon, lat)[::-1], 1)
    return path


def ascii_grid(path: Path) -> Path:
    lon, lat = np.arange(49.8, 51.2, 0.02), np.arange(39.8, 41.2, 0.02)
    head = (
        f"ncols {len(lon)}\nnrows {len(lat)}\nxllcorner {lon[0] - 0.01}\n"
        f"yllcorner {lat[0] - 0.01}\ncellsize 0.02\nNODATA_value -9999\n"
    )
    rows = "\n".join(" ".join(map(str, row)) for row in bowl(lon, lat)[::-1])
    path.write_text(f"{head}{rows}\n")
    return path


WRITERS = {
    "up.nc": netcdf,
    "down.nc": lambda path: netcdf(path, descending=True),
    "grid.tif": geotiff,
    "grid.asc": ascii_grid,
}


@pytest.mark.parametrize("name", WRITERS)
def test_read_elevations__of_each_kind_are_the_same(name: str, tmp_path: Path) -> None:
    found = read_elevations(WRITERS[name](tmp_path / name), BOX)
    assert (np.diff(found.lon) > 0).all()
    assert (np.diff(found.lat) > 0).all()
    assert found.lon[0] == pytest.approx(50.0, abs=0.021)
    assert found.metres == pytest.approx(bowl(found.lon, found.lat), abs=2)


@pytest.mark.parametrize("name", WRITERS)
def test_read_seabed__of_a_file(name: str, tmp_path: Path) -> None:
    found = read_seabed(pond(), WRITERS[name](tmp_path / name), level_m=-29.5)
    assert (found.coarse, found.warnings) == (False, ())
    assert found.origin == f"the file {name}"
    assert np.nanmax(found.depth) == pytest.approx(270 - 29.5, abs=6)
    row, column = found.grid.cells(np.array([50.5]), np.array([40.5]))
    middle = found.depth[round(row[0]), round(column[0])]
    assert middle == np.nanmax(found.depth)


def test_read_seabed__is_shallower_when_the_level_falls(tmp_path: Path) -> None:
    file = netcdf(tmp_path / "bed.nc")
    high, low = (read_seabed(pond(), file, level_m=level, cell_km=3) for level in (-27.0, -31.0))
    assert np.nanmax(high.depth - low.depth) == pytest.approx(4.0)
    assert (low.depth > 0).sum() < (high.depth > 0).sum()


def test_flat_over_water__warns_of_old_grids(tmp_path: Path) -> None:
    import xarray

    lon, lat = np.arange(49.8, 51.2, 0.05), np.arange(39.8, 41.2, 0.05)
    heights = np.full((len(lat), len(lon)), -30, dtype=np.int16)
    heights[:, :3] = 40
    file = tmp_path / "etopo5.nc"
    coordinates = {"lat": lat, "lon": lon}
    xarray.Dataset({"z": (("lat", "lon"), heights)}, coords=coordinates).to_netcdf(
        file, engine="h5netcdf"
    )
    found = read_seabed(pond(), file)
    assert len(found.warnings) == 1
    assert "flat over water: 100 % of it lies at -30 m" in found.warnings[0]
    assert flat_over_water(np.full((3, 3), 50, np.float32), -29.5)[0].startswith("the grid has no")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.nc", "there is no such file"),
        ("depths.xyz", "'.xyz' is no kind of seabed grid"),
        ("broken.nc", "cannot be read as netCDF 4"),
        ("broken.tif", "cannot be read as a raster"),
    ],
)
def test_read_elevations__says_what_is_wrong(name: str, said: str, tmp_path: Path) -> None:
    if name != "missing.nc":
        (tmp_path / name).write_text("depth")
    with pytest.raises(InputError, match=said):
        read_elevations(tmp_path / name, BOX)


def test_read_elevations__names_what_a_file_lacks(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no variable 'elevation'\. Did you mean 'elevatio'"):
        read_elevations(netcdf(tmp_path / "a.nc", name="elevatio"), BOX)
    far = Box(10.0, 10.0, 11.0, 11.0)
    for name, write in WRITERS.items():
        with pytest.raises(InputError, match=r"does not cover 10\.00 to 11\.00 E"):
            read_elevations(write(tmp_path / name), far)
    with pytest.raises(InputError, match="gdalwarp"):
        read_elevations(geotiff(tmp_path / "utm.tif", crs="EPSG:32639"), BOX)


def test_read_elevations__keeps_what_is_not_known(tmp_path: Path) -> None:
    file = ascii_grid(tmp_path / "holes.asc")
    lines = file.read_text().splitlines()
    lines[40] = " ".join(["-9999"] * 70)
    file.write_text("\n".join(lines) + "\n")
    assert np.isnan(read_elevations(file, BOX).metres).any(axis=1).sum() == 1


# ---------------------------------------------------------------- soundings


def test_read_seabed__from_soundings_is_called_coarse() -> None:
    found = read_seabed(caspian(), cell_km=4.0)
    assert found.coarse
    assert 50 < found.error_m < 150
    assert found.level_m == -29.5
    assert 700 < found.depth.max() < 1050
    wet_km2 = float((found.depth > 0).sum()) * 16.0
    assert 300_000 < wet_km2 < 400_000  # 371,000 km2 in atlases, and the level has fallen


def test_read_seabed__from_soundings_meets_them() -> None:
    found, sounding = read_seabed(caspian(), cell_km=4.0), caspian()["sounding"]
    row, column = found.grid.cells(sounding.numbers("x_coord"), sounding.numbers("y_coord"))
    sure = sounding.numbers("error_m") <= 20
    there = found.elevation[row.round().astype(int), column.round().astype(int)]
    inside = sure & (there < 0)
    gap = np.abs(there - sounding.numbers("elevation"))[inside]
    assert np.median(gap) < 20


def test_read_seabed__keeps_islands_dry() -> None:
    corridor = pond()
    corners = [("50.4", "40.4"), ("50.6", "40.4"), ("50.6", "40.6"), ("50.4", "40.6")]
    rows = [*corridor["shoreline"].dicts()]
    rows += [
        rows[0] | {"ring": "isle", "vertex": str(at), "x_coord": x, "y_coord": y, "side": "land"}
        for at, (x, y) in enumerate([*corners, corners[0]])
    ]
    found = read_seabed(corridor.with_table(corridor["shoreline"].with_rows(rows)))
    row, column = found.grid.cells(np.array([50.5, 50.2]), np.array([40.5, 40.2]))
    depth = found.depth[row.round().astype(int), column.round().astype(int)]
    assert depth[0] < 0 < depth[1]


def test_read_seabed__without_anything_to_go_by() -> None:
    with pytest.raises(InputError, match="there is neither a shoreline nor a landing"):
        read_seabed(Corridor.of({}, name="c"))
    with pytest.raises(InputError, match="has 0 soundings and 0 vertices"):
        read_seabed(Corridor.of({}, name="c"), places=[(50.0, 40.0), (51.0, 41.0)])


# ---------------------------------------------------------------- the grid


def test_grid__keeps_lengths_and_comes_back() -> None:
    grid = Grid(Box(47.0, 36.5, 54.0, 47.0), 2.0)
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(47, 54, 200), rng.uniform(36.5, 47, 200)
    row, column = grid.cells(lon, lat)
    assert ((row >= 0) & (row <= grid.shape[0] - 1)).all()
    back = np.array(grid.places(row, column))
    assert back == pytest.approx(np.array([lon, lat]), abs=1e-8)
    metres = np.asarray(Geod(ellps="WGS84").inv(lon, lat, lon + 0.01, lat + 0.01)[2])
    there = grid.cells(lon + 0.01, lat + 0.01)
    on_map = 2.0 * np.hypot(there[0] - row, there[1] - column)
    scale = grid.scale[0][column.round().astype(int)]
    assert on_map / scale == pytest.approx(metres / 1000, rel=2e-4)


def test_read_elevations__applies_scale_and_offset_of_the_band(tmp_path: Path) -> None:
    import rasterio

    path = geotiff(tmp_path / "scaled.tif")
    plain = read_elevations(path, BOX).metres
    with rasterio.open(path, "r+") as band:
        band.scales, band.offsets = (0.1,), (5.0,)
    assert read_elevations(path, BOX).metres == pytest.approx(0.1 * plain + 5.0, abs=1e-3)
