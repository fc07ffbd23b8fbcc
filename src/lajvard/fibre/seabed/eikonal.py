"""Arrival times and least-cost paths over a field of cost."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError, NumericsError
from lajvard.fibre.seabed.eikonal_kernels import MARGIN, MOST_BUCKETS, march
from lajvard.fibre.seabed.path_kernels import integral, ray_integrals, relax, trace

FloatArray = NDArray[np.float64]

NEAR, FINER = 12, 5
"""Around a source so many cells are computed on a grid that is so many times finer."""

BENT = 0.98
"""Times from the finer grid count where they are below this share of those on straight lines."""

PER_STEP = 32
"""Buckets in the least time that a wave needs to cross a cell."""

CLOSED = np.float32(-1.0)


@dataclass(frozen=True, eq=False)
class Arrival:
    """Times at which a wave from a source reaches the cells of a grid.

    Attributes
    ----------
    time : (n_rows, n_columns)
        Least cost of getting from the source to the middle of each cell; inf where nothing leads.
    cost : (n_rows, n_columns)
        Cost of one unit of length; inf where a cell is closed.
    cell
        Length of the side of a cell.
    source
        Row and column of the source.
    """

    time: FloatArray
    cost: NDArray[Any]
    cell: float
    source: tuple[int, int]


def arrival_times(
    cost: NDArray[Any],
    source: tuple[int, int],
    *,
    cell: float = 1.0,
    until: tuple[int, int] | None = None,
) -> Arrival:
    """Least cost of getting from a cell to every other one, in any direction.

    Parameters
    ----------
    cost : (n_rows, n_columns)
        Cost of one unit of length in each cell, > 0; inf or not a number where it is closed.
    source
        Row and column where the wave starts.
    cell
        Length of the side of a cell.
    until
        Row and column of a cell: end when its time is known. Later times are then inf.

    Raises
    ------
    InputError
        The source is closed or outside, or a cost is not above 0.

    Notes
    -----
    Second-order fast marching (see `eikonal_kernels`). Close to the source, where a difference
    of second order means nothing, times come from straight lines, exact where the cost is even,
    or from a grid that is `FINER` times finer where that is earlier by more than its own error.
    They are used as far as no way out of these surroundings and back can beat them.

    Examples
    --------
    >>> time = arrival_times(np.ones((50, 50)), (0, 0)).time
    >>> round(float(time[40, 30]), 1)
    50.0
    """
    field = np.asarray(cost)
    rows, columns = field.shape
    row, column = source
    if not (0 <= row < rows and 0 <= column < columns):
        raise InputError("arrival_times", f"the source {source} is outside the grid")
    if not np.isfinite(field[row, column]):
        raise InputError("arrival_times", f"the source {source} is in a closed cell")
    padded, least, most = _padded(field)
    if not least > 0:
        raise InputError("arrival_times", f"a cost is {least:g}, it must be above 0")
    width = columns + 2 * MARGIN
    time = np.full(padded.shape, -np.inf)
    _close(time, padded)
    seeds = _near_source(field, source, time, width)
    stop = -1 if until is None else (until[0] + MARGIN) * width + until[1] + MARGIN
    _run(time, padded, seeds, least, most, stop)
    inner = time[MARGIN:-MARGIN, MARGIN:-MARGIN]
    for line in inner:  # row by row: no second copy of a large field
        line[~(line >= 0)] = np.inf
        line *= cell
    return Arrival(inner, field, cell, source)


def _padded(field: NDArray[Any]) -> tuple[NDArray[np.float32], float, float]:
    """The field with a closed margin, in single precision, and its least and largest cost."""
    rows, columns = field.shape
    padded = np.full((rows + 2 * MARGIN, columns + 2 * MARGIN), CLOSED)
    inner = padded[MARGIN:-MARGIN, MARGIN:-MARGIN]
    least, most = np.inf, -np.inf
    for row in range(rows):  # row by row: no second copy of a large field
        line = field[row]
        is_open = line < np.inf
        inner[row, is_open] = line[is_open]
        if is_open.any():
            least, most = min(least, line[is_open].min()), max(most, line[is_open].max())
    return padded, float(least), float(most)


def _near_source(
    field: NDArray[Any], source: tuple[int, int], time: FloatArray, width: int
) -> NDArray[np.int32]:
    """Set the times around the source and return their places in the padded field, by time."""
    low = [max(0, at - NEAR) for at in source]
    high = [min(size, at + NEAR + 1) for at, size in zip(source, field.shape, strict=True)]
    box = np.ascontiguousarray(field[low[0] : high[0], low[1] : high[1]], dtype=np.float64)
    row, column = source[0] - low[0], source[1] - low[1]
    straight = np.empty(box.shape)
    ray_integrals(box, row, column, straight)
    bent = _on_finer_grid(box, row, column)
    first = np.where(bent < BENT * straight, bent, straight)
    first[~(box < np.inf)] = np.inf
    edges = [first[0], first[-1], first[:, 0], first[:, -1]]
    inside = (low[0] > 0, high[0] < field.shape[0], low[1] > 0, high[1] < field.shape[1])
    limit = min(
        (edge.min() for edge, real in zip(edges, inside, strict=True) if real), default=1e300
    )
    rows, columns = np.nonzero((first <= limit) & np.isfinite(first))
    order = np.argsort(first[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    places = (rows + low[0] + MARGIN) * width + columns + low[1] + MARGIN
    time.ravel()[places] = first[rows, columns]
    return places.astype(np.int32)


def _on_finer_grid(box: FloatArray, row: int, column: int) -> FloatArray:
    """Times at the middles of the cells of a small field, computed on a finer one: its shape."""
    fine = np.repeat(np.repeat(box, FINER, axis=0), FINER, axis=1)
    padded, least, most = _padded(fine)
    width = padded.shape[1]
    time = np.full(padded.shape, -np.inf)
    _close(time, padded)
    steps = np.arange(FINER) - FINER // 2
    within = np.hypot(steps[:, None], steps[None, :]) * box[row, column]
    top, left = MARGIN + row * FINER, MARGIN + column * FINER
    time[top : top + FINER, left : left + FINER] = within
    rows, columns = np.indices((FINER, FINER))
    places = ((rows + top) * width + columns + left).ravel()
    seeds = places[np.argsort(within.ravel(), kind="stable")].astype(np.int32)
    _run(time, padded, seeds, least, most, -1)
    middle = slice(FINER // 2, None, FINER)
    inner = time[MARGIN:-MARGIN, MARGIN:-MARGIN][middle, middle]
    return np.where(inner >= 0, inner / FINER, np.inf)


def _close(time: FloatArray, padded: NDArray[np.float32]) -> None:
    for row in range(len(time)):
        time[row, padded[row] == CLOSED] = np.nan


def _run(
    time: FloatArray,
    padded: NDArray[np.float32],
    seeds: NDArray[np.int32],
    least: float,
    most: float,
    stop: int,
) -> None:
    reach = 2.0 * most + float(time.ravel()[seeds].max())
    bucket = max(least / PER_STEP, reach / (MOST_BUCKETS - 2))
    n_buckets = 1 << int(np.ceil(np.log2(reach / bucket + 2.0)))
    march(time.ravel(), padded.ravel(), time.shape[1], seeds, bucket, n_buckets, stop)


def least_cost_path(arrival: Arrival, end: tuple[int, int], *, rounds: int = 4) -> FloatArray:
    """The cheapest line from the source of `arrival` to a cell: (n, 2) rows and columns.

    Parameters
    ----------
    end
        Row and column where it ends.
    rounds
        How often the line is relaxed; each time it becomes cheaper or stays.

    Raises
    ------
    NumericsError
        Nothing leads there.

    Notes
    -----
    Steepest descent on the times from the end to the source, then relaxation: stretches are
    straightened and bent sideways where the integral of the cost becomes less, and nowhere else.

    Examples
    --------
    >>> path = least_cost_path(arrival_times(np.ones((9, 9)), (1, 1)), (7, 7))
    >>> path[0].tolist(), path[-1].tolist(), round(path_cost(np.ones((9, 9)), path), 3)
    ([1.0, 1.0], [7.0, 7.0], 8.485)
    """
    if not arrival.time[end] < np.inf:
        raise NumericsError(
            "least_cost_path",
            f"nothing leads from {arrival.source} to {end}",
            "Closed cells (land, exclusions, the edge of the grid) lie between them.",
        )
    path = trace(arrival.time, *end, *arrival.source, 0.5)[::-1].copy()
    if np.abs(path[1] - path[0]).max() > NEAR or not integral(arrival.cost, path) < np.inf:
        raise NumericsError(
            "least_cost_path",
            f"the descent from {end} to {arrival.source} is stuck at {path[1].tolist()}",
            "Take smaller cells.",
        )
    relax(arrival.cost, path, rounds)
    return path


def path_cost(cost: NDArray[Any], path: FloatArray, *, cell: float = 1.0) -> float:
    """Integral of the cost along a line of rows and columns; inf through a closed cell.

    Cost is bilinear between the middles of open cells and is sampled ten times a cell.
    """
    return cell * float(integral(cost, path))
