"""Placing labels on a map: greedy, by priority, without overlaps."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
"""Rectangles: (n, 4) left, bottom, right, top."""


class Candidate(NamedTuple):
    """A place for a label beside its point.

    ``dx`` and ``dy`` say where the label's box lies: -1 left or below, 0 centred, 1 right or
    above; ``cost`` what it costs to use it.
    """

    dx: int
    dy: int
    cost: float


CANDIDATES = (
    Candidate(1, 0, 0.0),
    Candidate(1, 1, 0.2),
    Candidate(-1, 0, 0.3),
    Candidate(0, 1, 0.4),
    Candidate(0, -1, 0.5),
    Candidate(1, -1, 0.5),
    Candidate(-1, 1, 0.6),
    Candidate(-1, -1, 0.7),
)


def label_box(
    anchor: NDArray[np.float64], size: NDArray[np.float64], place: Candidate, gap: float
) -> NDArray[np.float64]:
    """The box of a label of this size at `place` beside its point: (4,).

    >>> label_box(np.array([10.0, 10.0]), np.array([4.0, 2.0]), CANDIDATES[0], 1.0).tolist()
    [11.0, 9.0, 15.0, 11.0]
    """
    direction = np.array([place.dx, place.dy], dtype=np.float64)
    reach = gap / max(1.0, float(np.linalg.norm(direction)) ** 0.5)
    centre = anchor + direction * (size / 2 + reach)
    return np.concatenate([centre - size / 2, centre + size / 2])


def overlaps(box: NDArray[np.float64], boxes: Boxes) -> NDArray[np.bool_]:
    """Which of `boxes` overlap `box`: (n,)."""
    found: NDArray[np.bool_] = (
        (boxes[:, 0] < box[2])
        & (boxes[:, 2] > box[0])
        & (boxes[:, 1] < box[3])
        & (boxes[:, 3] > box[1])
    )
    return found


def place_labels(
    anchors: NDArray[np.float64],
    sizes: NDArray[np.float64],
    *,
    bounds: tuple[float, float, float, float],
    obstacles: Boxes | None = None,
    lines: NDArray[np.float64] | None = None,
    gaps: Sequence[float] = (5.0, 9.0),
    margin: float = 1.5,
    line_cost: float = 0.15,
) -> list[NDArray[np.float64] | None]:
    """A box for each label, the most important first, or None where nothing fits.

    Parameters
    ----------
    anchors : (n, 2)
        Points that the labels belong to, in order of importance.
    sizes : (n, 2)
        Width and height of each label.
    bounds
        Left, bottom, right and top of the room there is.
    obstacles : (m, 4)
        Boxes that no label may cover.
    lines : (k, 2)
        Points along lines that labels should rather not cover.
    gaps
        Distances from the point that are tried, in order.
    margin
        Room kept around every label.
    line_cost
        What covering one point of a line costs; the candidates cost up to 0.7.

    Returns
    -------
    list of (4,) boxes or None
        No two boxes overlap, and none overlaps an obstacle.

    Examples
    --------
    >>> points, sizes = np.zeros((2, 2)), np.full((2, 2), 4.0)
    >>> first, second = place_labels(points, sizes, bounds=(-20, -20, 20, 20))
    >>> bool(overlaps(first, second[None, :]).any())
    False
    """
    taken = np.empty((0, 4)) if obstacles is None else np.asarray(obstacles, dtype=np.float64)
    line = np.empty((0, 2)) if lines is None else lines
    pad = np.array([-margin, -margin, margin, margin])
    placed: list[NDArray[np.float64] | None] = []
    for anchor, size in zip(anchors, sizes, strict=True):
        best, least = None, np.inf
        for far, gap in enumerate(gaps):
            for place in CANDIDATES:
                box = label_box(anchor, size, place, gap)
                if not _inside(box, bounds) or overlaps(box + pad, taken).any():
                    continue
                cost = place.cost + 0.8 * far + line_cost * _covered(box, line)
                if cost < least:
                    best, least = box, cost
        placed.append(best)
        if best is not None:
            taken = np.concatenate([taken, best[None, :]])
    return placed


def _inside(box: NDArray[np.float64], bounds: tuple[float, float, float, float]) -> bool:
    left, bottom, right, top = bounds
    return bool(box[0] >= left and box[1] >= bottom and box[2] <= right and box[3] <= top)


def _covered(box: NDArray[np.float64], points: NDArray[np.float64]) -> int:
    """How many points lie in a box."""
    inside = (points >= box[:2]) & (points <= box[2:])
    return int(inside.all(axis=1).sum())
