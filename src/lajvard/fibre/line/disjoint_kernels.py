"""Two paths at least cost where what both use costs more the second time."""

import numpy as np
from numpy.typing import NDArray

from lajvard._jit import njit

F = NDArray[np.float64]
I = NDArray[np.int64]  # noqa: E741  # an array of integers beside F

FOUND, NO_PATH, NO_END = 0, 1, 2


@njit
def cheapest_way(
    tail: I, head: I, first: F, second: F, flow: I, source: int, target: int, dist: F, came: I
) -> int:
    """One shortest path in the residual network (Bellman-Ford); `came` holds signed arcs from 1."""
    dist[:] = np.inf
    came[:] = 0
    dist[source] = 0.0
    for _ in range(len(dist) + 1):
        better = False
        for a in range(len(tail)):
            u, v = tail[a], head[a]
            if flow[a] < 2 and dist[u] < np.inf:
                cost = first[a] if flow[a] == 0 else second[a]
                if dist[u] + cost < dist[v] - 1e-9:
                    dist[v], came[v], better = dist[u] + cost, a + 1, True
            if flow[a] > 0 and dist[v] < np.inf:
                cost = first[a] if flow[a] == 1 else second[a]
                if dist[v] - cost < dist[u] - 1e-9:
                    dist[u], came[u], better = dist[v] - cost, -(a + 1), True
        if not better:
            return FOUND if dist[target] < np.inf else NO_PATH
    return NO_END


@njit
def two_paths(tail: I, head: I, first: F, second: F, source: int, target: int, flow: I) -> int:
    """Fill `flow` (n_arcs,) with the uses of each arc by two paths of least total cost.

    The second use of an arc costs no less than the first, so that two shortest paths in the
    residual network, one after the other, are the minimum (Suurballe 1974, Bhandari 1999).
    """
    n = 0
    for a in range(len(tail)):
        n = max(n, tail[a] + 1, head[a] + 1)
    dist = np.empty(n)
    came = np.empty(n, np.int64)
    flow[:] = 0
    for _ in range(2):
        status = cheapest_way(tail, head, first, second, flow, source, target, dist, came)
        if status != FOUND:
            return status
        at = target
        while at != source:
            a = abs(came[at]) - 1
            if came[at] > 0:
                flow[a] += 1
                at = tail[a]
            else:
                flow[a] -= 1
                at = head[a]
    return FOUND
