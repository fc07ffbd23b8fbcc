"""Paths over a field of cost: their integral, descent on arrival times, and relaxation.

Points are (row, column) with cell middles at whole numbers; lengths are in cells. A cell that is
closed has a cost that is inf or not a number, and no path enters it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard._jit import njit

FloatArray = NDArray[np.float64]
CostArray = NDArray[Any]

PER_CELL = 10
"""Samples that an integral takes for each cell of length."""


@njit
def cost_at(cost: CostArray, y: float, x: float) -> float:
    """Cost at a point: bilinear between open cell middles, else that of its cell; inf if closed."""
    rows, columns = cost.shape
    row, column = int(np.floor(y + 0.5)), int(np.floor(x + 0.5))
    if row < 0 or column < 0 or row >= rows or column >= columns:
        return np.inf
    own = float(cost[row, column])
    if not own < np.inf:
        return np.inf
    top, left = int(np.floor(y)), int(np.floor(x))
    fy, fx = y - top, x - left
    total, weight = 0.0, 0.0
    for down in range(2):
        for right in range(2):
            r, c = top + down, left + right
            if 0 <= r < rows and 0 <= c < columns and cost[r, c] < np.inf:
                share = (fy if down else 1.0 - fy) * (fx if right else 1.0 - fx)
                total += share * cost[r, c]
                weight += share
    return total / weight if weight > 0.0 else own


@njit
def segment(cost: CostArray, y0: float, x0: float, y1: float, x1: float) -> float:
    """Integral of the cost along a straight line, by the midpoint rule.

    It is inf through a closed cell, and between two closed cells that meet at a corner.
    """
    length = np.hypot(y1 - y0, x1 - x0)
    count = max(1, int(np.ceil(length * PER_CELL)))
    total = 0.0
    row, column = int(np.floor(y0 + 0.5)), int(np.floor(x0 + 0.5))
    for k in range(count):
        share = (k + 0.5) / count
        y, x = y0 + share * (y1 - y0), x0 + share * (x1 - x0)
        total += cost_at(cost, y, x)
        if not total < np.inf:
            return np.inf
        r, c = int(np.floor(y + 0.5)), int(np.floor(x + 0.5))
        if r != row and c != column and not cost[r, column] + cost[row, c] < np.inf:
            return np.inf
        row, column = r, c
    return float(total * length / count)


@njit
def integral(cost: CostArray, points: FloatArray) -> float:
    """Integral of the cost along a line of points: (n, 2)."""
    total = 0.0
    for k in range(len(points) - 1):
        total += segment(cost, points[k, 0], points[k, 1], points[k + 1, 0], points[k + 1, 1])
    return total


@njit
def running_integral(cost: CostArray, points: FloatArray, out: FloatArray) -> None:
    """Fill `out` with the integral from the first point to each: (n,)."""
    out[0] = 0.0
    for k in range(len(points) - 1):
        ahead = segment(cost, points[k, 0], points[k, 1], points[k + 1, 0], points[k + 1, 1])
        out[k + 1] = out[k] + ahead


@njit
def ray_integrals(cost: CostArray, row: int, column: int, out: FloatArray) -> None:
    """Fill `out` with the integral along the straight line from (row, column) to each cell."""
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            out[y, x] = segment(cost, row, column, y, x)


@njit
def height_at(time: FloatArray, y: float, x: float) -> tuple[float, float, float]:
    """Time and its slopes at a point, bilinear; inf where a corner is not reached."""
    rows, columns = time.shape
    if not (0.0 <= y <= rows - 1 and 0.0 <= x <= columns - 1):
        return np.inf, 0.0, 0.0
    top, left = int(np.floor(y)), int(np.floor(x))
    top, left = min(max(top, 0), rows - 2), min(max(left, 0), columns - 2)
    fy, fx = y - top, x - left
    a, b = time[top, left], time[top, left + 1]
    c, d = time[top + 1, left], time[top + 1, left + 1]
    if not a + b + c + d < np.inf:
        return np.inf, 0.0, 0.0
    down = (1.0 - fx) * (c - a) + fx * (d - b)
    right = (1.0 - fy) * (b - a) + fy * (d - c)
    here = (1.0 - fy) * ((1.0 - fx) * a + fx * b) + fy * ((1.0 - fx) * c + fx * d)
    return here, down, right


@njit
def lower_neighbour(time: FloatArray, row: int, column: int) -> tuple[int, int]:
    """The neighbour to which time falls fastest; corners of closed cells are not cut."""
    rows, columns = time.shape
    best, found = 0.0, (row, column)
    for down in range(-1, 2):
        for right in range(-1, 2):
            r, c = row + down, column + right
            if (down == 0 and right == 0) or r < 0 or c < 0 or r >= rows or c >= columns:
                continue
            if not time[r, c] < time[row, column]:
                continue
            slant = down != 0 and right != 0
            if slant and not time[r, column] + time[row, c] < np.inf:
                continue
            fall = (time[row, column] - time[r, c]) / (1.4142135623730951 if slant else 1.0)
            if fall > best:
                best, found = fall, (r, c)
    return found


@njit
def trace(
    time: FloatArray, row: int, column: int, end_row: int, end_column: int, stride: float
) -> FloatArray:
    """Line of steepest descent from a cell to the source of `time`: (n, 2).

    Where the slope is of no use (beside closed cells, at creases) it goes on from cell to cell,
    each earlier than the last. The last point is the source; the one before is less than a cell
    and a half away from it unless no cell was earlier, which is for the caller to look at.
    """
    points = np.empty((1024, 2))
    points[0, 0], points[0, 1] = row, column
    count = 1
    y, x = float(row), float(column)
    best = time[row, column]
    smooth = True
    while True:
        r, c = int(np.floor(y + 0.5)), int(np.floor(x + 0.5))
        if abs(r - end_row) + abs(c - end_column) <= 1:
            break
        slant = abs(r - end_row) == 1 and abs(c - end_column) == 1
        if slant and time[r, end_column] + time[end_row, c] < np.inf:
            break
        _, down, right = height_at(time, y, x)
        steep = np.hypot(down, right)
        moved = False
        if smooth and steep > 0.0:
            to_y, to_x = y - stride * down / steep, x - stride * right / steep
            there = height_at(time, to_y, to_x)[0]
            if there < best:
                y, x, best, moved = to_y, to_x, there, True
        if not moved:
            if y == r and x == c:
                r, c = lower_neighbour(time, r, c)
                if r == y and c == x:
                    break
            y, x = float(r), float(c)
            smooth = time[r, c] < best
            best = min(best, time[r, c])
        if count + 1 >= len(points):
            longer = np.empty((2 * len(points), 2))
            longer[:count] = points[:count]
            points = longer
        points[count, 0], points[count, 1] = y, x
        count += 1
    points[count, 0], points[count, 1] = end_row, end_column
    return points[: count + 1].copy()


@njit
def shorten(cost: CostArray, points: FloatArray, reach: int) -> int:
    """Straighten stretches of `reach` steps where that is cheaper; returns how many were."""
    done = 0
    k = 0
    while k + reach < len(points):
        far = k + reach
        before = 0.0
        for i in range(k, far):
            before += segment(cost, points[i, 0], points[i, 1], points[i + 1, 0], points[i + 1, 1])
        y0, x0, y1, x1 = points[k, 0], points[k, 1], points[far, 0], points[far, 1]
        if segment(cost, y0, x0, y1, x1) < before * (1.0 - 1e-9):
            for i in range(k + 1, far):
                share = (i - k) / reach
                points[i, 0] = y0 + share * (y1 - y0)
                points[i, 1] = x0 + share * (x1 - x0)
            done += 1
        k += max(1, reach // 2)
    return done


@njit
def shift(cost: CostArray, points: FloatArray, reach: int, by: float) -> int:
    """Bend the line sideways around every point where that is cheaper; returns how often it was.

    A point moves by `by`, its neighbours up to `reach` steps away less and less.
    """
    done = 0
    n = len(points)
    kept = np.empty((2 * reach + 1, 2))
    for k in range(1, n - 1):
        low, high = max(0, k - reach), min(n - 1, k + reach)
        along_y = points[high, 0] - points[low, 0]
        along_x = points[high, 1] - points[low, 1]
        length = np.hypot(along_y, along_x)
        if length == 0.0:
            continue
        before = 0.0
        for i in range(low, high):
            before += segment(cost, points[i, 0], points[i, 1], points[i + 1, 0], points[i + 1, 1])
        for i in range(low, high + 1):
            kept[i - low, 0], kept[i - low, 1] = points[i, 0], points[i, 1]
        for side in (-by, by):
            for i in range(low + 1, high):
                span = (k - low) if i <= k else (high - k)
                share = side * (1.0 - abs(i - k) / span)
                points[i, 0] = kept[i - low, 0] - share * along_x / length
                points[i, 1] = kept[i - low, 1] + share * along_y / length
            after = 0.0
            for i in range(low, high):
                after += segment(
                    cost, points[i, 0], points[i, 1], points[i + 1, 0], points[i + 1, 1]
                )
            if after < before * (1.0 - 1e-9):
                done += 1
                break
            for i in range(low, high + 1):
                points[i, 0], points[i, 1] = kept[i - low, 0], kept[i - low, 1]
    return done


@njit
def relax(cost: CostArray, points: FloatArray, rounds: int) -> None:
    """Make a line cheaper in place; its ends stay. No move that is dearer is made."""
    for _ in range(rounds):
        done = 0
        for reach in (64, 32, 16, 8, 4, 2):
            done += shorten(cost, points, reach)
        for reach in (16, 6, 1):
            for by in (0.5, 0.15):
                done += shift(cost, points, reach, by)
        if done == 0:
            break
