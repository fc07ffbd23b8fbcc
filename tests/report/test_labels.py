import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lajvard.report.labels import CANDIDATES, label_box, overlaps, place_labels

BOUNDS = (0.0, 0.0, 400.0, 300.0)


def boxes_of(placed: list[NDArray[np.float64] | None]) -> NDArray[np.float64]:
    return np.array([box for box in placed if box is not None]).reshape(-1, 4)


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_place_labels__never_overlaps(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    anchors = random.uniform((0, 0), (400, 300), (count, 2))
    sizes = random.uniform((20, 8), (90, 12), (count, 2))
    obstacles = np.array([[100.0, 100.0, 140.0, 130.0]])
    boxes = boxes_of(place_labels(anchors, sizes, bounds=BOUNDS, obstacles=obstacles))
    for ix, box in enumerate(boxes):
        assert not overlaps(box, np.delete(boxes, ix, axis=0)).any()
        assert not overlaps(box, obstacles).any()
        assert (box[:2] >= 0).all()
        assert box[2] <= 400
        assert box[3] <= 300


def test_place_labels__serves_the_first_first() -> None:
    anchors, sizes = np.full((9, 2), 150.0), np.full((9, 2), 40.0)
    placed = place_labels(anchors, sizes, bounds=(100, 100, 200, 200), gaps=(5,))
    assert placed[0] is not None
    assert any(box is None for box in placed)


def test_place_labels__keeps_off_lines() -> None:
    line = np.stack([np.arange(100.0, 200.0, 3), np.full(34, 150.0)], axis=1)
    anchor, size = np.array([[150.0, 150.0]]), np.array([[40.0, 10.0]])
    [box] = place_labels(anchor, size, bounds=BOUNDS, lines=line)
    assert box is not None
    assert not ((line >= box[:2]) & (line <= box[2:])).all(axis=1).any()


def test_label_box__lies_on_the_side_it_is_asked_for() -> None:
    anchor, size = np.array([50.0, 50.0]), np.array([20.0, 10.0])
    for place in CANDIDATES:
        left, bottom, right, top = label_box(anchor, size, place, 5.0)
        centre = np.array([(left + right) / 2, (bottom + top) / 2]) - anchor
        assert tuple(np.sign(np.round(centre, 6))) == (place.dx, place.dy)
        assert right - left == 20
        assert top - bottom == 10
