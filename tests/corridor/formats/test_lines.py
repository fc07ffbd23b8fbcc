import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from lajvard.corridor.formats.lines import geodesic_lines, split_at_antimeridian

LON = st.floats(-180, 180)
LAT = st.floats(-80, 80)


@given(LON, LAT, LON, LAT)
def test_geodesic_lines__have_the_length_of_the_geodesic(
    lon: float, lat: float, to_lon: float, to_lat: float
) -> None:
    (line,) = geodesic_lines(np.array([[lon, lat, to_lon, to_lat]]))
    assert line is not None
    wgs84 = Geod(ellps="WGS84")
    _, _, metres = wgs84.inv(lon, lat, to_lon, to_lat)
    assert wgs84.geometry_length(line) == pytest.approx(metres, rel=1e-3, abs=1)
    coordinates = shapely.get_coordinates(line)
    assert np.abs(coordinates[:, 0]).max() <= 180
    for part in getattr(line, "geoms", [line]):
        assert np.abs(np.diff(shapely.get_coordinates(part)[:, 0])).max() <= 180


def test_geodesic_lines__leave_out_what_has_no_place() -> None:
    lines = geodesic_lines(np.array([[0, 0, 1, 1], [0, 0, np.nan, 1]]))
    assert shapely.get_num_coordinates(lines[0]) == 5  # 157 km in pieces of at most 50
    assert lines[1] is None
    assert geodesic_lines(np.empty((0, 4))) == []


def test_split_at_antimeridian__goes_both_ways() -> None:
    west = split_at_antimeridian(np.array([[-170.0, 0.0], [170.0, 10.0]]))
    assert west.wkt == "MULTILINESTRING ((-170 0, -180 5), (180 5, 170 10))"
    east = split_at_antimeridian(np.array([[170.0, 0.0], [-170.0, 10.0]]))
    assert east.wkt == "MULTILINESTRING ((170 0, 180 5), (-180 5, -170 10))"
    assert split_at_antimeridian(np.array([[1.0, 2.0], [3.0, 4.0]])).geom_type == "LineString"


def test_split_at_antimeridian__knows_that_180_and_minus_180_are_one() -> None:
    along = split_at_antimeridian(np.array([[180.0, 0.0], [-180.0, 5.0], [180.0, 6.0]]))
    assert along.wkt == "LINESTRING (180 0, 180 5, 180 6)"
    west = split_at_antimeridian(np.array([[-180.0, 0.0], [180.0, 5.0], [170.0, 7.0]]))
    assert shapely.get_parts(west)[1].wkt == "LINESTRING (180 5, 170 7)"


@given(st.floats(0.1, 179), st.floats(0.1, 179), LAT, LAT)
def test_split_at_antimeridian__crosses_on_the_straight_line(
    before: float, after: float, lat: float, to_lat: float
) -> None:
    west = before / (before + after)
    if before + after >= 180:
        return
    line = split_at_antimeridian(np.array([[180 - before, lat], [-180 + after, to_lat]]))
    first, second = shapely.get_parts(line)
    assert first.coords[-1][0] == 180
    assert second.coords[0][0] == -180
    crossing = lat + west * (to_lat - lat)
    assert first.coords[-1][1] == pytest.approx(crossing, abs=1e-6)
    assert second.coords[0][1] == first.coords[-1][1]
