"""Arrival times over a field of cost: second-order fast marching with a bucket queue.

``|grad T| = c`` on a grid of square cells [1]_. Times lie in one padded array that says by sign how
far a cell has come, so that a step touches little memory:

========== ===============================================
T >= 0     accepted
T < 0      tentative, the time is -T; -inf: not seen yet
not a number  closed, or outside
========== ===============================================

The queue is a ring of buckets [2]_, each a chain of nodes in a pool that grows. Cells of one
bucket are taken in any order, which is what makes the queue untidy and quick. It costs accuracy
only where a cell of the bucket could have made another one earlier. An update from neighbours with
times a <= b ends at b or later, at b itself when b - a is the cost of the cell; where it ends a
share s of that cost after b, taking it too soon makes it late by about s^2 / 2 of the cost. With 32
buckets to the least cost that is 5e-4 of a cell at worst and hardly ever; tests compare with exact
distances.

References
----------
.. [1] Sethian (1999), SIAM Review 41:199–235; second order as in section 4 there.
.. [2] Yatziv, Bartesaghi, Sapiro (2006), Journal of Computational Physics 212:393–399.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard._jit import njit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
CostArray = NDArray[Any]

MARGIN = 2
"""Closed cells around the grid, so that no step has to look where the grid ends."""

MOST_BUCKETS = 1 << 21
"""Where the dearest cell costs more than some 30,000 times the cheapest, buckets get wider."""


@njit
def arrival(
    time: FloatArray, cost: CostArray, at: int, latest: float, step: int, cross: int
) -> float:
    """Time of a tentative cell from its neighbour at ``at - step``, accepted at `latest`.

    It is inf when the neighbour on the other side is earlier: that one has been asked. `step` and
    `cross` are offsets along the neighbour's axis, with its sign, and along the other one.
    """
    ahead = time[at + step]
    if 0.0 <= ahead < latest:
        return np.inf
    slow = float(cost[at])
    # the axis of the neighbour: alpha (T - a) with alpha 1 or 3/2
    a, wa = latest, 1.0
    behind = time[at - 2 * step]
    if behind >= 0.0 and behind <= latest:
        a, wa = (4.0 * latest - behind) / 3.0, 1.5
    # the other axis
    left, right = time[at - cross], time[at + cross]
    b, wb, first = 0.0, 0.0, np.inf
    if left >= 0.0 and not (right >= 0.0 and right < left):
        b, wb, first = left, 1.0, left
        further = time[at - 2 * cross]
        if further >= 0.0 and further <= left:
            b, wb = (4.0 * left - further) / 3.0, 1.5
    elif right >= 0.0:
        b, wb, first = right, 1.0, right
        further = time[at + 2 * cross]
        if further >= 0.0 and further <= right:
            b, wb = (4.0 * right - further) / 3.0, 1.5
    alone = a + slow / wa
    if alone < latest:
        alone = latest + slow
    if wb == 0.0 or first >= alone:
        return alone
    wa2, wb2 = wa * wa, wb * wb
    total = wa2 + wb2
    mean = (wa2 * a + wb2 * b) / total
    gap = a - b
    root = total * slow * slow - wa2 * wb2 * gap * gap
    if root >= 0.0:
        both = mean + np.sqrt(root) / total
        if both >= latest and both >= first:
            return float(both)
    # first order, when the second makes no sense
    gap = latest - first
    if abs(gap) < slow:
        return float(0.5 * (latest + first + np.sqrt(2.0 * slow * slow - gap * gap)))
    return float(min(latest, first) + slow)


@njit
def march(
    time: FloatArray,
    cost: CostArray,
    width: int,
    seeds: IntArray,
    bucket_width: float,
    n_buckets: int,
    stop_at: int,
) -> tuple[int, int]:
    """Fill `time` from the accepted `seeds`; returns (status, cells accepted).

    Parameters
    ----------
    time : (height * width,)
        Padded field as described above; seeds are accepted already.
    cost : (height * width,)
        Cost of crossing one cell straight, > 0; what it is where a cell is closed does not matter.
    width
        Cells in a row of the padded field.
    bucket_width
        Of time, > 0.
    n_buckets
        A power of 2; buckets times width must exceed the largest step of time.
    stop_at
        End when this cell is accepted; -1 to go on to the end. What has been accepted is final.
    """
    mask = n_buckets - 1
    per = 1.0 / bucket_width
    head = np.full(n_buckets, -1, np.int32)
    cell = np.empty(1 << 12, np.int32)
    link = np.empty(1 << 12, np.int32)
    for node in range(len(link)):
        link[node] = node + 1
    free = 0
    waiting = 0
    accepted = 0
    steps = (1, -1, width, -width)
    start = np.inf
    for seed in seeds:
        start = min(start, time[seed])
    bucket = int(start * per)
    n_seeds = len(seeds)
    taken = 0
    while taken < n_seeds or waiting > 0:
        if taken < n_seeds:
            here = seeds[taken]
            taken += 1
            latest = time[here]
        else:
            node = head[bucket & mask]
            if node < 0:
                bucket += 1
                continue
            head[bucket & mask] = link[node]
            link[node] = free
            free = node
            waiting -= 1
            here = cell[node]
            latest = time[here]
            if latest >= 0.0:
                continue
            latest = -latest
            time[here] = latest
        accepted += 1
        if here == stop_at:
            return 0, accepted
        for step in steps:
            there = here + step
            known = time[there]
            if not known < 0.0 or -known <= latest:
                continue
            cross = width if abs(step) == 1 else 1
            found = arrival(time, cost, there, latest, step, cross)
            if found < -known:
                time[there] = -found
                goal = int(found * per)
                if known != -np.inf and int(-known * per) == goal:
                    continue
                if goal < bucket:
                    goal = bucket
                if free >= len(cell):
                    size = len(cell)
                    more_cell = np.empty(2 * size, np.int32)
                    more_link = np.empty(2 * size, np.int32)
                    more_cell[:size] = cell
                    more_link[:size] = link
                    for fresh in range(size, 2 * size):
                        more_link[fresh] = fresh + 1
                    cell, link = more_cell, more_link
                node = free
                free = link[node]
                cell[node] = there
                link[node] = head[goal & mask]
                head[goal & mask] = node
                waiting += 1
    return 0, accepted
