"""Values that no sea and no land has are named."""

from pathlib import Path

import numpy as np
import pytest
from tests.fibre.seabed.test_depth import bowl
from tests.fibre.seas import pond

from lajvard.fibre.seabed.depth import read_seabed
from lajvard.fibre.seabed.files import Elevations
from lajvard.fibre.seabed.plausible import DEEPEST_M, HIGHEST_M, deepest_plausible, doubts

LON, LAT = np.arange(50.0, 51.0, 0.02), np.arange(40.0, 41.0, 0.02)


def grid(value: float, cells: int = 5) -> Elevations:
    """The bowl with a block of one value."""
    metres = bowl(LON, LAT).astype(np.float32)
    metres[10 : 10 + cells, 20 : 20 + cells] = value
    return Elevations(LON, LAT, metres)


@pytest.mark.parametrize("value", [-9999, -32768, 99999, -99999, 9999, 1e20, -3.4e38, 9.96921e36])
def test_doubts__name_a_block_of_no_data(value: float) -> None:
    found, said = doubts(grid(value), "depths.tif", 300.0)
    (line,) = said
    assert line.startswith("depths.tif: 25 cells in 50.40 to 50.48 E, 40.20 to 40.28 N hold ")
    assert f"hold {value:g} m" in line or f"hold {value:.0f} m" in line
    assert "gdal_edit.py -a_nodata" in line
    assert "_FillValue" in line
    unknown = int(np.isnan(found.metres).sum())
    assert unknown == (0 if -DEEPEST_M <= value <= HIGHEST_M else 25)


def test_doubts__name_a_fill_that_could_be_a_depth_by_the_step_at_its_edge() -> None:
    (line,) = doubts(grid(-999), "depths.tif", 1053.0)[1]
    assert "25 cells" in line
    assert "hold -999 m, a step of more than 100 m from the cells around them" in line
    assert doubts(grid(-999, cells=1), "depths.tif", 1053.0)[1] == []
    deep = grid(-999)
    metres = deep.metres - 800  # a plain at 999 m within a deep basin
    metres[10:15, 20:25] = -999
    assert doubts(Elevations(LON, LAT, metres), "depths.tif", 1053.0)[1] == []


def test_doubts__name_depths_beyond_the_soundings() -> None:
    feet = Elevations(LON, LAT, (bowl(LON, LAT) / 0.3048).astype(np.float32))
    (line,) = [line for line in doubts(feet, "feet.nc", 270.0)[1] if "hold from" in line]
    assert "which is deeper than the soundings of this sea allow (640 m)" in line
    assert "Check the unit and the scale of the file" in line
    assert doubts(feet, "feet.nc", None)[1] == []
    assert doubts(grid(-270), "a.nc", 270.0)[1] == []


def test_doubts__lists_the_most_frequent_values_and_the_rest_together() -> None:
    metres = bowl(LON, LAT).astype(np.float32)
    for row, value in enumerate((-5001, -5002, -5003, -5004, -5005)):
        metres[row, : 10 - row] = value
    said = doubts(Elevations(LON, LAT, metres), "a.nc", 300.0)[1]
    assert len(said) == 4
    assert ["10 cells" in said[0], "9 cells" in said[1], "8 cells" in said[2]] == [True] * 3
    assert "13 cells" in said[3]
    assert "hold from -5005 to -5004 m" in said[3]


def test_doubts__of_one_cell_and_of_nothing_known() -> None:
    one = bowl(LON, LAT).astype(np.float32)
    one[3, 4] = -9000
    (line,) = doubts(Elevations(LON, LAT, one), "a.nc", 300.0)[1]
    assert line.startswith("a.nc: 1 cell at 50.08 E, 40.06 N holds -9000 m")
    nothing = Elevations(LON, LAT, np.full((50, 50), np.nan, np.float32))
    assert doubts(nothing, "a.nc", 300.0)[1] == []


def test_deepest_plausible__is_never_more_than_the_deepest_of_the_world() -> None:
    assert deepest_plausible(9000.0) == DEEPEST_M
    assert deepest_plausible(-20.0) == 100.0  # a sounding on dry ground


def test_read_seabed__warns_of_what_is_doubtful(tmp_path: Path) -> None:
    import xarray

    for value, count in ((-9999, 1), (np.nan, 0)):
        field = xarray.DataArray(
            grid(value).metres, dims=("lat", "lon"), coords={"lat": LAT, "lon": LON}, name="z"
        )
        field.to_netcdf(tmp_path / "z.nc", engine="h5netcdf")
        found = read_seabed(pond(), tmp_path / "z.nc")
        assert len(found.warnings) == count
        middle = found.elevation[1:-1, 1:-1]
        assert np.isnan(middle).any() == (count == 0)
        assert (middle < -9000).any() == (count == 1)
