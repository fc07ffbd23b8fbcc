"""What grids of depths say of their numbers is applied or refused; damage is an error."""

import os
import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.fibre.seabed.test_depth import BOX, ascii_grid, bowl, geotiff, netcdf

from lajvard.errors import InputError
from lajvard.fibre.seabed import apart, files
from lajvard.fibre.seabed.files import read_elevations
from lajvard.fibre.seabed.units import METRES, degrees, heights

SEED = 30
LON, LAT = np.arange(49.8, 51.2, 0.02), np.arange(39.8, 41.2, 0.02)
HEIGHTS = bowl(LON, LAT).astype(np.float64)


def write(
    path: Path,
    values: Any = HEIGHTS,
    *,
    name: str = "elevation",
    dims: tuple[str, ...] = ("lat", "lon"),
    coords: Mapping[str, Any] | None = None,
    **attributes: Any,
) -> Path:
    """A netCDF file of one variable."""
    import xarray

    placed = {"lat": LAT, "lon": LON} if coords is None else coords
    field = xarray.DataArray(values, dims=dims, coords=placed, attrs=attributes, name=name)
    field.to_netcdf(path, engine="h5netcdf")
    return path


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """In this process, which is quicker, unless a test is of the other."""
    if "apart" not in request.node.name:
        monkeypatch.setattr(files, "read_apart", lambda reader, *rest: reader(*rest))


def metres(path: Path) -> Any:
    found = read_elevations(path, BOX)
    return found.metres, bowl(found.lon, found.lat)


# ---------------------------------------------------------------- units


@pytest.mark.parametrize("unit", ["m", "metres", "km", "dm", "cm", "feet", "Fathoms", "0.1 m", ""])
def test_read_elevations__applies_the_unit(unit: str, tmp_path: Path) -> None:
    times = 0.1 if unit == "0.1 m" else METRES.get(unit.lower(), 1.0)
    found, wanted = metres(write(tmp_path / "a.nc", HEIGHTS / times, units=unit))
    assert found == pytest.approx(wanted, abs=2.1)


@pytest.mark.parametrize(
    ("said", "sign"),
    [
        ({"positive": "down"}, -1),
        ({"positive": "up"}, 1),
        ({"units": "m below sea level"}, -1),
        ({"units": "metres above mean sea level"}, 1),
        ({"units": "meters, positive down"}, -1),
        ({"standard_name": "sea_floor_depth_below_geoid"}, -1),
        ({"standard_name": "sea_floor_depth_below_geoid", "positive": "up"}, 1),
        ({"name": "depth"}, -1),
        ({"name": "seabed", "standard_name": "sea_floor_depth_below_sea_surface"}, -1),
    ],
)
def test_read_elevations__applies_the_direction(
    said: dict[str, Any], sign: int, tmp_path: Path
) -> None:
    found, wanted = metres(write(tmp_path / "a.nc", sign * HEIGHTS, **said))
    assert found == pytest.approx(wanted, abs=2.1)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"units": "degC"}, "'elevation' is in 'degC', which is no known unit of length"),
        ({"units": "metrs"}, "Did you mean 'metres'"),
        ({"units": "0 m"}, "no known unit of length"),
        ({"units": "days since 2000-01-01"}, "no known unit of length"),
        ({"positive": "west"}, "positive = 'west', not up or down"),
    ],
)
def test_read_elevations__refuses_units_by_name(
    said: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_elevations(write(tmp_path / "a.nc", **said), BOX)
    assert "a.nc" in str(caught.value)


def test_heights__is_metres_for_each_unit_and_refuses_any_other_word() -> None:
    for unit, factor in METRES.items():
        assert heights("f", "z", unit.upper()) == pytest.approx(factor)
        assert heights("f", "z", f"{unit} below datum") == pytest.approx(-factor)
    for unit in ("kg", "Pa", "m/s", "m2", "degrees", "hours", "?", "1e999 m", "nan m"):
        with pytest.raises(InputError, match="no known unit of length"):
            heights("f", "z", unit)


def test_degrees__refuses_other_units_and_the_other_coordinate() -> None:
    assert degrees("f", "lat", "radians", longitude=False) == pytest.approx(57.29578)
    for unit in ("m", "km", "degrees_north", "hours"):
        with pytest.raises(InputError, match=f"'lon' is in '{unit}', not in degrees of longitude"):
            degrees("f", "lon", unit, longitude=True)


@pytest.mark.parametrize("unit", ["ft", "fathom", "dm", "US survey foot", "metre"])
def test_read_elevations__applies_the_unit_of_a_band(unit: str, tmp_path: Path) -> None:
    import rasterio

    path = geotiff(tmp_path / "a.tif")
    plain = read_elevations(path, BOX).metres
    with rasterio.open(path, "r+") as band:
        band.units = (unit,)
    assert read_elevations(path, BOX).metres == pytest.approx(METRES[unit.lower()] * plain)
    with rasterio.open(path, "r+") as band:
        band.units = ("hPa",)
    with pytest.raises(InputError, match="band 1 is in 'hPa', which is no known unit of length"):
        read_elevations(path, BOX)


# ---------------------------------------------------------------- packing


def test_read_elevations__applies_scale_offset_no_data_and_valid_range(tmp_path: Path) -> None:
    import xarray

    for missing in ("_FillValue", "missing_value"):
        path = tmp_path / f"{missing}.nc"
        packed = np.round((HEIGHTS - 5.0) / 0.1).astype(np.int16)
        packed[30, 20:30] = -32000
        packed[31, 20:30] = 3000  # 305 m: out of the valid range
        field = xarray.Dataset({"elevation": (("lat", "lon"), packed)}, {"lat": LAT, "lon": LON})
        field["elevation"].attrs.update(
            scale_factor=0.1,
            add_offset=5.0,
            valid_max=np.int16(2000),
            **{missing: np.int16(-32000)},
        )
        field.to_netcdf(path, engine="h5netcdf")
        found, wanted = metres(path)
        assert np.isnan(found).sum() == 20
        assert found[~np.isnan(found)] == pytest.approx(wanted[~np.isnan(found)], abs=2.1)


def test_read_elevations__takes_what_is_not_finite_as_not_known(tmp_path: Path) -> None:
    values = HEIGHTS.copy()
    values[30, 20:22] = np.inf, -np.inf
    values[30, 22] = 1e300
    found, _ = metres(write(tmp_path / "a.nc", values))
    assert np.isnan(found).sum() == 2
    assert np.isinf(found).sum() == 1  # too large for the type: `doubts` removes it


# ---------------------------------------------------------------- dimensions and coordinates


def test_read_elevations__drops_dimensions_of_length_one_and_names_longer_ones(
    tmp_path: Path,
) -> None:
    dims = ("time", "lat", "band", "lon")
    one = HEIGHTS[None, :, None, :]
    found, wanted = metres(write(tmp_path / "a.nc", one, dims=dims))
    assert found == pytest.approx(wanted, abs=2.1)
    twice = np.repeat(one, 2, axis=0)
    with pytest.raises(InputError, match=r"has 2 values along 'time'.* ncks -d time,0 ") as caught:
        read_elevations(write(tmp_path / "b.nc", twice, dims=dims), BOX)
    assert "b.nc" in str(caught.value)
    none = HEIGHTS[None, :, None, :][:0]
    with pytest.raises(InputError, match="has 0 values along 'time'"):
        read_elevations(write(tmp_path / "c.nc", none, dims=dims), BOX)


@pytest.mark.parametrize(
    ("coords", "said"),
    [
        ({}, "dimension 'lon' has no coordinates"),
        ({"lon": LON}, "dimension 'lat' has no coordinates"),
        ({"lat": LAT, "lon": ("lon", LON, {"units": "m"})}, "'lon' is in 'm', not in degrees of l"),
        ({"lat": LAT, "lon": 1000 * LON}, "longitudes go from 49800 to 51200, which are no degree"),
        ({"lat": LAT, "lon": np.where(LON > 50.5, np.nan, LON)}, "neither only rise nor only fall"),
        ({"lat": np.round(LAT, 1), "lon": LON}, "latitudes neither only rise nor only fall"),
        ({"lat": LAT, "lon": [f"{one:.2f}" for one in LON]}, "coordinates 'lon' are no numbers"),
    ],
)
def test_read_elevations__refuses_coordinates_by_name(
    coords: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_elevations(write(tmp_path / "a.nc", coords=coords), BOX)
    assert "a.nc" in str(caught.value)


def test_read_elevations__finds_coordinates_by_their_units(tmp_path: Path) -> None:
    coords = {
        "south_north": ("south_north", LAT, {"units": "degrees_north"}),
        "west_east": ("west_east", LON[::-1], {"units": "degrees_east"}),
    }
    path = write(tmp_path / "a.nc", HEIGHTS[:, ::-1], dims=tuple(coords), coords=coords)
    found, wanted = metres(path)
    assert found == pytest.approx(wanted, abs=2.1)
    radians = {"lat": ("lat", np.radians(LAT), {"units": "radians"}), "lon": LON}
    found, wanted = metres(write(tmp_path / "b.nc", coords=radians))
    assert found == pytest.approx(wanted, abs=2.1)


def test_read_elevations__refuses_what_is_no_number(tmp_path: Path) -> None:
    words = np.full(HEIGHTS.shape, "deep")
    with pytest.raises(InputError, match="'elevation' holds no numbers"):
        read_elevations(write(tmp_path / "a.nc", words), BOX)


def test_read_elevations__refuses_rasters_without_place_or_with_more_bands(tmp_path: Path) -> None:
    import rasterio

    shape = {"driver": "GTiff", "height": 70, "width": 70, "dtype": "int16"}
    placed = rasterio.Affine(0.02, 0.0, 49.79, 0.0, -0.02, 41.2)
    turned = rasterio.Affine(0.02, 0.001, 49.79, 0.001, -0.02, 41.2)
    for name, more, said in (
        ("bands.tif", {"count": 3, "transform": placed}, "has 3 bands, where one is needed"),
        ("turned.tif", {"count": 1, "transform": turned}, "is turned"),
    ):
        with rasterio.open(tmp_path / name, "w", **shape, **more) as out:
            out.write(np.zeros((more["count"], 70, 70), np.int16))
        with pytest.raises(InputError, match=said):
            read_elevations(tmp_path / name, BOX)
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        rasterio.open(tmp_path / "no.tif", "w", count=1, **shape) as out,
    ):
        out.write(np.zeros((1, 70, 70), np.int16))
    with pytest.raises(InputError, match="says not where it lies"):
        read_elevations(tmp_path / "no.tif", BOX)


def test_read_elevations__opens_nothing_but_grids(tmp_path: Path) -> None:
    """GDAL would follow a file that names others, on this machine or another."""
    geotiff(tmp_path / "inner.tif")
    vrt = (
        '<VRTDataset rasterXSize="70" rasterYSize="70"><VRTRasterBand dataType="Int16" band="1">'
        '<SimpleSource><SourceFilename relativeToVRT="1">inner.tif</SourceFilename>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    for name in ("a.tif", "a.asc"):
        (tmp_path / name).write_text(vrt)
        with pytest.raises(InputError, match="cannot be read as a raster"):
            read_elevations(tmp_path / name, BOX)


# ---------------------------------------------------------------- damage


@pytest.mark.parametrize("name", ["a.nc", "a.tif", "a.asc"])
def test_read_elevations__is_an_input_error_whatever_is_damaged(name: str, tmp_path: Path) -> None:
    """Of netCDF only cut-off files: others can stop HDF5 for ever, which is why it runs apart."""
    writers: dict[str, Callable[[Path], Path]]
    writers = {".nc": netcdf, ".tif": geotiff, ".asc": ascii_grid}
    writer = writers[Path(name).suffix]
    whole, chance = writer(tmp_path / name).read_bytes(), random.Random(SEED)
    said = []
    for number in range(60):
        damaged = bytearray(whole)
        if number % 2 or name == "a.nc":
            del damaged[chance.randrange(len(damaged)) :]
        else:
            for _ in range(16):
                damaged[chance.randrange(min(4000, len(damaged)))] = chance.randrange(256)
        path = tmp_path / f"{number}{name}"
        path.write_bytes(damaged)
        try:
            read_elevations(path, BOX)
        except InputError as error:
            said.append((path.name, str(error)))
    assert len(said) > 10
    assert all(file in line for file, line in said)


@pytest.mark.parametrize("name", ["a.nc", "a.tif", "a.asc"])
def test_read_elevations__refuses_folders_empty_files_and_text(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(InputError, match=f"{name}: is a folder"):
        read_elevations(tmp_path / name, BOX)
    for text in ("", "lon,lat,depth\n50,40,-10\n", "\0" * 5000):
        (tmp_path / f"text-{name}").write_text(text)
        with pytest.raises(InputError, match=f"text-{name}: cannot be read as"):
            read_elevations(tmp_path / f"text-{name}", BOX)


def test_read_elevations__says_when_there_is_not_enough_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.nc")
    with monkeypatch.context() as patch:
        patch.setattr(files, "MOST_CELLS_READ", 100)
        with pytest.raises(InputError, match=r"has 2,500 cells in 50\.00 to 51\.00 E"):
            read_elevations(path, BOX)

    def greedy(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(files, "_cut", greedy)
    with pytest.raises(InputError, match="asks for more memory than there is"):
        read_elevations(path, BOX)


def endless(path: Path) -> None:
    time.sleep(60)


def killed(path: Path) -> None:
    os.kill(os.getpid(), 11)


def printing(path: Path) -> str:
    os.write(1, b"said by a library")
    return path.read_text()


def failing(path: Path) -> None:
    raise KeyError("Unable to open object")


def test_read_apart__ends_whatever_the_library_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.nc"
    path.write_text("read")
    root = str(Path(__file__).parents[3])
    monkeypatch.syspath_prepend(root)
    assert apart.read_apart(printing, path) == "read"
    with pytest.raises(KeyError, match="Unable to open object"):
        apart.read_apart(failing, path)
    with pytest.raises(InputError, match=r"ended the program that reads it \(code -11\)"):
        apart.read_apart(killed, path)
    monkeypatch.setattr(apart, "START_S", 3.0)
    with pytest.raises(InputError, match="takes more than 3 s to read: it is damaged"):
        apart.read_apart(endless, path)


def test_read_elevations__reads_netcdf_apart(tmp_path: Path) -> None:
    found, wanted = metres(netcdf(tmp_path / "a.nc"))
    assert found == pytest.approx(wanted, abs=2.1)
    with pytest.raises(InputError, match="'elevation' is in 'degC'"):
        read_elevations(write(tmp_path / "b.nc", units="degC"), BOX)
