import numpy as np
import pytest
import shapely
from shapely import Polygon

from lajvard.report.mapping import View, land_in, rings_of, spots_in, view_of
from lajvard.report.outlines import Outline

SQUARE = np.array([[50.0, 30.0], [70.0, 30.0], [70.0, 45.0], [50.0, 45.0], [50.0, 30.0]])
HOLE = np.array([[58.0, 36.0], [58.0, 38.0], [60.0, 38.0], [60.0, 36.0], [58.0, 36.0]])


def test_view_of__holds_inner_places_and_forgets_far_ones() -> None:
    random = np.random.default_rng(1)
    near = random.uniform((45, 33), (65, 43), (100, 2))
    places = np.concatenate([near, [[121.0, 31.0], [4.0, 52.0]]])
    view = view_of(places, near[:5])
    assert view.holds(view.project(near[:5])).all()
    assert not view.holds(view.project(places[-2:])).any()
    assert view.holds(view.project(near)).mean() > 0.9


@pytest.mark.parametrize("count", [1, 2])
def test_view_of__has_room_around_few_places(count: int) -> None:
    view = view_of(np.array([[62.2, 34.3], [62.3, 35.3]])[:count], np.empty((0, 2)))
    assert view.width >= 100
    assert view.height >= 100


def test_project__keeps_lengths_near_the_centre_and_comes_back() -> None:
    view = View(60.0, 38.0, (-1000.0, -800.0, 1000.0, 800.0))
    points = np.array([[60.0, 38.0], [60.0, 39.0]])
    projected = view.project(points)
    assert projected[0] == pytest.approx([0, 0], abs=1e-6)
    assert projected[1] == pytest.approx([0, 111.0], abs=0.2)
    assert view.back(projected) == pytest.approx(points, abs=1e-6)


def test_land_in__clips_to_the_view_and_keeps_holes() -> None:
    view = View(60.0, 38.0, (-300.0, -400.0, 300.0, 400.0))
    far = Outline("far", (Polygon(np.add(SQUARE, (100, 0))),))
    [land] = land_in(view, 1.0, [Outline("here", (Polygon(SQUARE, [HOLE]),)), far])
    assert land.name == "here"
    assert shapely.box(*view.box).buffer(1e-6).contains(land.shape)
    assert len(rings_of(land.shape)) == 2
    assert 0.85 < land.shape.area / (600 * 800) < 0.98


def test_land_in__holds_both_sides_of_the_antimeridian() -> None:
    view = view_of(np.array([[150.0, 35.0], [-150.0, 65.0]]), np.empty((0, 2)))
    assert abs(view.lon) == pytest.approx(180)
    west = Polygon([(170, 40), (180, 40), (180, 60), (170, 60)])
    east = Polygon([(-180, 40), (-170, 40), (-170, 60), (-180, 60)])
    shapes = land_in(view, 1.0, [Outline("west", (west,)), Outline("east", (east,))])
    assert [land.name for land in shapes] == ["west", "east"]
    first, second = (land.shape for land in shapes)
    assert first.area == pytest.approx(second.area, rel=0.01)
    assert first.distance(second) < 1
    assert first.intersection(second).area == pytest.approx(0, abs=1e3)


def test_spots_in__are_inside_deepest_first() -> None:
    shape = shapely.box(0, 0, 10, 10)
    spots = spots_in(shape)
    assert shapely.contains(shape, shapely.points(spots)).all()
    assert spots[0] == pytest.approx([5, 5])
