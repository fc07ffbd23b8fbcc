"""The k best loopless routes by one cost, one after the other.

The routes not yet given are held as branches: all routes that begin with certain moves and do not
go on with certain others. Taking the best route out of a branch leaves smaller branches, one for
each place where another route can leave it. A branch waits with a lower bound, found by looking
one move ahead, and is searched only when its turn comes.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard._jit import njit
from lajvard.network.arrays import FloatArray, IntArray
from lajvard.routes.reduced import Reduced, reduce_network
from lajvard.routes.search_kernels import States

NO_LABEL = -1


class RankedRoute(NamedTuple):
    """A route's cost and its moves in order of travel."""

    cost: float
    moves: IntArray


class _Branch(NamedTuple):
    """All routes that begin with the first moves of `route` and go on with none of `banned`."""

    route: IntArray
    n_fixed: int
    banned: IntArray


class _Network(NamedTuple):
    """What the kernels read: moves without those that no route uses, states and their places."""

    first_move: IntArray
    move_from: IntArray
    move_to: IntArray
    excess: FloatArray
    bound: FloatArray
    is_target: NDArray[np.bool_]
    place: IntArray
    source: IntArray


class _Room(NamedTuple):
    """What the kernels write in: marks of states and places, and a label for each move."""

    state_mark: NDArray[np.int64]
    place_mark: NDArray[np.int64]
    key: FloatArray
    parent: IntArray
    move: IntArray
    depth: IntArray
    heap: IntArray


def k_best(
    first_move: IntArray,
    move_to: IntArray,
    weight: FloatArray,
    sources: States,
    targets: States,
    *,
    place: IntArray | None = None,
) -> Iterator[RankedRoute]:
    """Loopless routes, best first; ask for as many as are wanted, or until one pleases.

    Parameters
    ----------
    first_move : (n_states + 1,)
        The moves that leave state s are ``first_move[s]:first_move[s + 1]``.
    move_to : (n_moves,)
        The state that a move ends in.
    weight : (n_moves,)
        What a move adds to the cost, >= 0; infinite if it is closed.
    sources, targets
        States that a route may begin in, and end in. The sources act as one state and so do the
        targets: a route leaves the sources with its first move and ends at the first target. With
        a state that is both, the route without moves is the only one.
    place : (n_states,), optional
        The place of each state. A route then enters no place again that it has left, but may pass
        several states of a place in one visit. Without it each state is a place of its own.

    Yields
    ------
    RankedRoute
        In order of cost and, where costs are equal, of the sequence of moves. Costs are told
        apart to 14 digits of the longest possible route, see `lajvard.routes.reduced`.

    Notes
    -----
    Yen's algorithm [1]_ with Lawler's partition [2]_, on moves rather than pairs of states, so
    that moves side by side make different routes. Searches are led by the exact cost from each
    state to the targets in the whole network. To leave out routes that come back to a place is
    hard in general; here a search may return one, which is then not given but only divided, and
    no branch keeps the moves that led back.

    References
    ----------
    .. [1] Yen (1971), Finding the K shortest loopless paths in a network, Manag. Sci. 17:712-716.
    .. [2] Lawler (1972), A procedure for computing the K best solutions to discrete optimization
       problems, Manag. Sci. 18:401-405.

    Examples
    --------
    Two moves side by side, then a third:

    >>> first, to = np.array([0, 2, 3, 3], np.int32), np.array([1, 1, 2], np.int32)
    >>> for route in k_best(first, to, np.array([3.0, 2.0, 1.5]), [0], [2]):
    ...     print(route.cost, route.moves)
    3.5 [1 2]
    4.5 [0 2]
    """
    if np.intersect1d(sources, targets).size:
        yield RankedRoute(0.0, np.empty(0, dtype=np.int32))
        return
    reduced = reduce_network(first_move, move_to, weight[:, None], sources, targets)
    network = _network(reduced, np.unique(np.asarray(sources, dtype=np.int64)), targets, place)
    for whole, moves in _ranked(network, _room(network)):
        yield RankedRoute(float(whole / reduced.quanta[0]), reduced.move[moves])


def _network(
    reduced: Reduced, sources: IntArray, targets: States, place: IntArray | None
) -> _Network:
    n_states = len(reduced.first_move) - 1
    states = np.arange(n_states, dtype=np.int32)
    bound = reduced.bound[:, 0]
    is_target = np.zeros(n_states, dtype=np.bool_)
    is_target[np.asarray(targets, dtype=np.int32)] = True
    return _Network(
        reduced.first_move,
        np.repeat(states, np.diff(reduced.first_move)),
        reduced.move_to,
        np.ascontiguousarray(reduced.excess[:, 0]),
        np.ascontiguousarray(bound),
        is_target,
        states if place is None else np.array(place, dtype=np.int32),
        states[sources[np.isfinite(bound[sources])]],
    )


def _room(network: _Network) -> _Room:
    n_states, n_moves = len(network.place), len(network.move_to)
    n_places = int(network.place.max(initial=-1)) + 1
    parent, move, depth, heap = np.empty((4, n_moves), dtype=np.int32)
    marks = np.zeros(n_states, dtype=np.int64), np.zeros(n_places, dtype=np.int64)
    return _Room(*marks, np.empty(n_moves), parent, move, depth, heap)


def _ranked(network: _Network, room: _Room) -> Iterator[tuple[float, IntArray]]:
    """All routes, best first, with their costs in quanta.

    Branches and the best routes of branches wait in one queue. At equal cost a branch comes first,
    for it may hold a route with an earlier sequence of moves.
    """
    nothing, number = np.empty(0, dtype=np.int32), count(1)
    queue: list[tuple[float, bool, tuple[int, ...], int, _Branch]] = []
    heappush(queue, (0.0, False, (), 0, _Branch(nothing, 0, nothing)))
    while queue:
        whole, is_found, _, _, branch = heappop(queue)
        if not is_found:
            whole, moves = _best_of(network, room, branch, next(number))
            if np.isfinite(whole):
                found = branch._replace(route=moves)
                heappush(queue, (whole, True, tuple(moves.tolist()), next(number), found))
            continue
        n_before_return = _moves_before_return(network, room, branch.route, next(number))
        if n_before_return == len(branch.route):
            yield whole, branch.route
        last = min(n_before_return, len(branch.route) - 1)
        for bound, smaller in _divided(network, room, branch, last, next(number)):
            heappush(queue, (bound, False, (), next(number), smaller))


def _best_of(network: _Network, room: _Room, branch: _Branch, mark: int) -> tuple[float, IntArray]:
    """Cost and moves of the best route of a branch; infinite if there is none."""
    out = np.empty(len(network.place), dtype=np.int32)
    length, whole = _search(network, room, *branch, mark, out)
    return whole, out[:length].copy()


def _divided(
    network: _Network, room: _Room, branch: _Branch, last: int, mark: int
) -> Iterator[tuple[float, _Branch]]:
    """What is left of a branch without its best route, and lower bounds.

    One branch for each place to leave the route, from its first free move to move `last`.
    """
    bounds = np.empty(last + 1)
    _look_ahead(network, room, *branch, mark, bounds)
    for n_fixed in range(branch.n_fixed, last + 1):
        if np.isfinite(bounds[n_fixed]):
            taken = branch.route[n_fixed : n_fixed + 1]
            banned = np.append(branch.banned, taken) if n_fixed == branch.n_fixed else taken
            yield float(bounds[n_fixed]), _Branch(branch.route, n_fixed, banned)


@njit
def _search(
    network: _Network,
    room: _Room,
    route: IntArray,
    n_fixed: int,
    banned: IntArray,
    mark: int,
    out: IntArray,
) -> tuple[int, float]:
    """Fill `out` with the best route of a branch, the first of equals; its length and cost."""
    n_labels = 0
    if n_fixed == 0:
        for state in network.source:
            n_labels += _spread(
                network,
                room,
                state,
                network.bound[state],
                NO_LABEL,
                banned,
                mark,
                n_labels,
                n_labels,
            )
    else:
        reach = network.bound[network.move_from[route[0]]]
        for i in range(n_fixed):
            out[i] = route[i]
            reach += network.excess[route[i]]
            _visit(network, room, network.move_from[route[i]], mark)
        spur = network.move_to[route[n_fixed - 1]]
        _visit(network, room, spur, mark)
        n_labels += _spread(network, room, spur, reach, NO_LABEL, banned, mark, 0, 0)
    size = n_labels
    while size > 0:
        label = room.heap[0]
        size -= 1
        _sift_down(room, size)
        state = network.move_to[room.move[label]]
        if room.state_mark[state] == mark:
            continue
        room.state_mark[state] = mark
        if network.is_target[state]:
            return _trace(room, label, n_fixed, out), room.key[label]
        added = _spread(
            network, room, state, room.key[label], label, banned[:0], mark, n_labels, size
        )
        n_labels += added
        size += added
    return 0, np.inf


@njit
def _spread(
    network: _Network,
    room: _Room,
    state: int,
    reach: float,
    parent: int,
    banned: IntArray,
    mark: int,
    n_labels: int,
    size: int,
) -> int:
    """Make a label for each move that may be taken from a state, and queue it; how many."""
    added = 0
    for m in range(network.first_move[state], network.first_move[state + 1]):
        if _is_closed(network, room, state, m, banned, mark):
            continue
        label = n_labels + added
        room.key[label] = reach + network.excess[m]
        room.parent[label], room.move[label] = parent, m
        room.depth[label] = 0 if parent == NO_LABEL else room.depth[parent] + 1
        _sift_up(room, size + added, label)
        added += 1
    return added


@njit
def _is_closed(
    network: _Network, room: _Room, state: int, m: int, banned: IntArray, mark: int
) -> bool:
    """Whether a move is banned, leads to a marked state, or back into a marked place."""
    for other in banned:
        if other == m:
            return True
    to = network.move_to[m]
    there = network.place[to]
    if room.state_mark[to] == mark:
        return True
    return bool(room.place_mark[there] == mark and there != network.place[state])


@njit
def _visit(network: _Network, room: _Room, state: int, mark: int) -> None:
    room.state_mark[state] = mark
    room.place_mark[network.place[state]] = mark


@njit
def _trace(room: _Room, label: int, n_fixed: int, out: IntArray) -> int:
    """Write the moves that lead to a label behind the fixed ones; the number of all."""
    length = int(n_fixed + room.depth[label] + 1)
    for i in range(length - 1, n_fixed - 1, -1):
        out[i] = room.move[label]
        label = room.parent[label]
    return length


@njit
def _look_ahead(
    network: _Network,
    room: _Room,
    route: IntArray,
    n_fixed: int,
    banned: IntArray,
    mark: int,
    bounds: FloatArray,
) -> None:
    """Lower bounds of the branches that leave a route, by the best first move of each."""
    reach = network.bound[network.move_from[route[0]]]
    for i in range(len(bounds)):
        state = network.move_from[route[i]]
        if i > 0:
            _visit(network, room, state, mark)
        if i >= n_fixed:
            bounds[i] = np.inf
            none = banned if i == n_fixed else banned[:0]
            if i > 0:
                bounds[i] = reach + _least_excess(network, room, state, route[i], none, mark)
            else:
                for s in network.source:
                    least = _least_excess(network, room, s, route[i], none, mark)
                    bounds[i] = min(bounds[i], network.bound[s] + least)
        if i == 0:
            _visit(network, room, state, mark)
        reach += network.excess[route[i]]


@njit
def _least_excess(
    network: _Network, room: _Room, state: int, taken: int, banned: IntArray, mark: int
) -> float:
    """The least excess of a move from a state other than that taken; infinite if there is none."""
    least = np.inf
    for m in range(network.first_move[state], network.first_move[state + 1]):
        if m != taken and not _is_closed(network, room, state, m, banned, mark):
            least = min(least, network.excess[m])
    return least


@njit
def _moves_before_return(network: _Network, room: _Room, route: IntArray, mark: int) -> int:
    """How many moves a route makes before one that leads back into a place."""
    here = network.place[network.move_from[route[0]]]
    room.place_mark[here] = mark
    for i, m in enumerate(route):
        there = network.place[network.move_to[m]]
        if there != here and room.place_mark[there] == mark:
            return i
        room.place_mark[there] = mark
        here = there
    return len(route)


@njit
def _comes_first(room: _Room, a: int, b: int) -> bool:
    """Whether label a is before b: by cost, then by the sequence of moves."""
    if room.key[a] != room.key[b]:
        return bool(room.key[a] < room.key[b])
    x, y = a, b
    while room.depth[x] > room.depth[y]:
        x = room.parent[x]
    while room.depth[y] > room.depth[x]:
        y = room.parent[y]
    if x == y:
        return bool(room.depth[a] < room.depth[b])
    while room.parent[x] != room.parent[y]:
        x, y = room.parent[x], room.parent[y]
    return bool(room.move[x] < room.move[y])


@njit
def _sift_up(room: _Room, hole: int, label: int) -> None:
    """Put a label into a heap of four children a parent, from an empty place upwards."""
    heap = room.heap
    while hole > 0:
        above = (hole - 1) >> 2
        if _comes_first(room, heap[above], label):
            break
        heap[hole] = heap[above]
        hole = above
    heap[hole] = label


@njit
def _sift_down(room: _Room, size: int) -> None:
    """Put the last label, at place `size`, into the empty root of the heap before it."""
    heap = room.heap
    label, hole = heap[size], 0
    while True:
        child = 4 * hole + 1
        if child >= size:
            break
        for other in range(child + 1, min(4 * hole + 5, size)):
            if _comes_first(room, heap[other], heap[child]):
                child = other
        if not _comes_first(room, heap[child], label):
            break
        heap[hole] = heap[child]
        hole = child
    heap[hole] = label
