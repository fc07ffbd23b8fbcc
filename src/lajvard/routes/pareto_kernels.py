"""Exact Pareto sets of routes by multi-criteria label setting.

A label is one way to come from a source to a state. Its values are the least that a route which
begins like this can cost, criterion by criterion. Labels are settled in ascending order of the
first value and, where that is equal, of the sum of the others. So what is settled later at a state
is not better in the first, and is beaten by what came before exactly when it is no better in the
other four. Each state therefore keeps a list of those four alone, without the entries that a later
one beats. The complete routes make one more list; a label that one of them beats is dropped
wherever it is.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard._jit import njit
from lajvard.errors import NumericsError
from lajvard.network.arrays import FloatArray, IntArray
from lajvard.routes.reduced import Reduced, reduce_network
from lajvard.routes.search_kernels import States

MAX_CRITERIA = 5
LANES = 16
"""Lists are filled up to a multiple of this, so that vector instructions leave no rest."""
CHUNK = np.uint64(2 * LANES)
ROOM = 1 << 17
"""Labels and entries to begin with; memory is not taken until it is written to."""
DONE, LABELS_FULL, LISTS_FULL = 0, 1, 2


class ParetoFront(NamedTuple):
    """Routes that no other beats: their costs (n_routes, n_criteria) and their moves."""

    cost: FloatArray
    moves: tuple[IntArray, ...]


class _Network(NamedTuple):
    """The moves, and the list that the labels of each state are compared with."""

    first_move: IntArray
    move_to: IntArray
    excess: FloatArray
    list_of: IntArray


class _Labels(NamedTuple):
    """Labels in the order they were made, the complete ones, and a heap of those that wait."""

    value: FloatArray
    state: IntArray
    parent: IntArray
    move: IntArray
    complete: IntArray
    heap_key: FloatArray
    heap_rest: FloatArray
    heap_label: IntArray


class _Lists(NamedTuple):
    """A list of entries for each state, filled up to whole lanes, and one for complete routes."""

    start: NDArray[np.int64]
    size: NDArray[np.int64]
    room: NDArray[np.int64]
    entry: FloatArray


def pareto_front(
    first_move: IntArray,
    move_to: IntArray,
    cost: FloatArray,
    sources: States,
    targets: States,
    *,
    max_labels: int = 10_000_000,
) -> ParetoFront:
    """All routes that are not beaten by another in every criterion: the exact Pareto set.

    Parameters
    ----------
    first_move : (n_states + 1,)
        The moves that leave state s are ``first_move[s]:first_move[s + 1]``.
    move_to : (n_moves,)
        The state that a move ends in.
    cost : (n_moves, n_criteria)
        What a move adds to each of one to five criteria, >= 0; infinite if it is closed.
    sources, targets
        States that a route may begin in, and end in. A state that is both makes a route without
        moves, which beats all others.
    max_labels
        How many partial routes memory is set aside for, about 100 bytes each.

    Returns
    -------
    cost : (n_routes, n_criteria)
        In lexicographic order, each combination once. Costs are told apart to 14 digits of the
        longest possible route, see `lajvard.routes.reduced`.
    moves
        The moves of each route in order of travel.

    Raises
    ------
    NumericsError
        More than `max_labels` partial routes.

    Notes
    -----
    Label setting after Martins [1]_ in the form of NAMOA* [2]_ with lower bounds from one backward
    search a criterion and dominance checks without the first criterion [3]_. That is the one
    that varies least like the others, which makes the lists short.

    References
    ----------
    .. [1] Martins (1984), On a multicriteria shortest path problem, EJOR 16:236-245.
    .. [2] Mandow, Pérez de la Cruz (2010), Multiobjective A* search with consistent heuristics,
       J. ACM 57:27.
    .. [3] Pulido, Mandow, Pérez de la Cruz (2015), Dimensionality reduction in multiobjective
       shortest path search, Comput. Oper. Res. 64:60-70.

    Examples
    --------
    Two moves side by side, one fast and one cheap, and then a third:

    >>> first, to = np.array([0, 2, 3, 3], np.int32), np.array([1, 1, 2], np.int32)
    >>> front = pareto_front(first, to, np.array([[2.0, 9.0], [3.0, 4.0], [1.0, 1.0]]), [0], [2])
    >>> front.cost, [moves.tolist() for moves in front.moves]
    (array([[ 3., 10.], [ 4.,  5.]]), [[0, 2], [1, 2]])
    """
    reduced = reduce_network(first_move, move_to, cost, sources, targets)
    order = _order(reduced.excess)
    list_of = np.arange(len(first_move) - 1, dtype=np.int32)
    list_of[np.asarray(targets, dtype=np.int32)] = len(list_of)
    source = np.unique(np.asarray(sources, dtype=np.int64))
    labels, count = _first_labels(reduced.bound[:, order], source, min(ROOM, max_labels))
    lists = _no_entries(len(list_of) + 1)
    excess = _padded(reduced.excess[:, order])
    network = _Network(reduced.first_move, reduced.move_to, excess, list_of)
    while (status := _settle(network, labels, lists, count)) != DONE:
        if status == LISTS_FULL:
            lists = lists._replace(entry=_twice_as_wide(lists.entry))
        elif len(labels.state) < max_labels:
            size = min(2 * len(labels.state), max_labels)
            labels = _Labels(*(_longer(array, size) for array in labels))
        else:
            raise NumericsError(
                "Pareto set",
                f"more than {max_labels:,} partial routes that no other beats",
                "Take fewer criteria, or say more places to pass or to avoid.",
            )
    return _front(labels, labels.complete[: count[3]], order, reduced)


def _order(excess: FloatArray) -> list[int]:
    """The criteria, that one first whose excess is least correlated with the others'."""
    spread = excess - excess.mean(axis=0) if len(excess) else excess
    norm = np.sqrt((spread**2).sum(axis=0))
    unit = spread / np.where(norm > 0, norm, 1.0)
    likeness = np.where(norm > 0, (unit.T @ unit).sum(axis=0), np.inf)
    first = int(likeness.argmin())
    return [first, *(c for c in range(excess.shape[1]) if c != first)]


def _padded(values: FloatArray) -> FloatArray:
    """Values with criteria of zero added, up to five: the kernel knows no other number."""
    return np.pad(values, ((0, 0), (0, MAX_CRITERIA - values.shape[1])))


def _first_labels(
    bound: FloatArray, sources: NDArray[np.int64], size: int
) -> tuple[_Labels, NDArray[np.int64]]:
    """One label a source that leads to a target, in a sorted heap, and how many of everything."""
    sources = sources[np.isfinite(bound[sources, 0])]
    value = _padded(bound[sources])
    rest = value[:, 1:].sum(axis=1)
    rank = np.lexsort((rest, value[:, 0]))
    n, size = len(sources), max(size, len(sources))
    state, parent, move, complete, heap_label = np.empty((5, size), dtype=np.int32)
    values, (key, sums) = np.empty((size, MAX_CRITERIA)), np.empty((2, size))
    values[:n], state[:n], parent[:n], move[:n] = value, sources, -1, -1
    key[:n], sums[:n], heap_label[:n] = value[rank, 0], rest[rank], rank
    labels = _Labels(values, state, parent, move, complete, key, sums, heap_label)
    return labels, np.array([n, n, 0, 0])


def _no_entries(n_lists: int) -> _Lists:
    start, size, room = np.zeros((3, n_lists), dtype=np.int64)
    return _Lists(start, size, room, np.empty((MAX_CRITERIA - 1, ROOM)))


def _longer(array: NDArray[Any], size: int) -> NDArray[Any]:
    """A copy with room for `size` rows."""
    longer = np.empty((size, *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer


def _twice_as_wide(array: FloatArray) -> FloatArray:
    wider = np.empty((len(array), 2 * array.shape[1]))
    wider[:, : array.shape[1]] = array
    return wider


def _front(labels: _Labels, complete: IntArray, order: list[int], reduced: Reduced) -> ParetoFront:
    """Costs and moves of the complete labels, in lexicographic order."""
    whole = np.empty((len(complete), len(order)))
    whole[:, order] = labels.value[complete, : len(order)]
    rank = np.lexsort(whole.T[::-1])
    first = np.zeros(len(complete) + 1, dtype=np.int64)
    _lengths(labels.parent, complete[rank], first)
    move = np.empty(first[-1], dtype=np.int32)
    _trace(labels.parent, labels.move, complete[rank], first, move)
    moves = tuple(np.split(reduced.move[move], first[1:-1])) if len(complete) else ()
    return ParetoFront(whole[rank] / reduced.quanta, moves)


@njit
def _settle(network: _Network, labels: _Labels, lists: _Lists, count: NDArray[np.int64]) -> int:
    """Settle labels until none waits (DONE) or something is full; to be called again then."""
    first_move, move_to, excess, list_of = network
    value, state, parent, move, complete, heap_key, heap_rest, heap_label = labels
    start, size, room, entry = lists
    n_labels, n_waiting, n_entries, n_complete = count
    last = len(start) - 1
    status = DONE
    while n_waiting > 0:
        label = heap_label[0]
        here = state[label]
        listed = list_of[here]
        degree = first_move[here + 1] - first_move[here]
        grows = size[listed] == room[listed]
        if n_labels + degree > len(state):
            status = LABELS_FULL
            break
        if grows and n_entries + max(2 * room[listed], LANES) > entry.shape[1]:
            status = LISTS_FULL
            break
        n_waiting -= 1
        _sift_down(heap_key, heap_rest, heap_label, n_waiting)
        v0, v1, v2 = value[label, 0], value[label, 1], value[label, 2]
        v3, v4 = value[label, 3], value[label, 4]
        if _is_beaten(entry, start[listed], size[listed], v1, v2, v3, v4):
            continue
        if listed != last and _is_beaten(entry, start[last], size[last], v1, v2, v3, v4):
            continue
        size[listed] = _drop_beaten(entry, start[listed], size[listed], v1, v2, v3, v4)
        if size[listed] == room[listed]:
            n_entries = _move_list(lists, listed, n_entries)
        at = start[listed] + size[listed]
        entry[0, at], entry[1, at], entry[2, at], entry[3, at] = v1, v2, v3, v4
        size[listed] += 1
        if listed == last:
            complete[n_complete] = label
            n_complete += 1
            continue
        back = state[parent[label]] if parent[label] >= 0 else -1
        for m in range(first_move[here], first_move[here + 1]):
            to = move_to[m]
            if to == back:
                continue
            w1, w2 = v1 + excess[m, 1], v2 + excess[m, 2]
            w3, w4 = v3 + excess[m, 3], v4 + excess[m, 4]
            there = list_of[to]
            if _is_beaten(entry, start[there], size[there], w1, w2, w3, w4):
                continue
            if there != last and _is_beaten(entry, start[last], size[last], w1, w2, w3, w4):
                continue
            w0 = v0 + excess[m, 0]
            value[n_labels, 0], value[n_labels, 1], value[n_labels, 2] = w0, w1, w2
            value[n_labels, 3], value[n_labels, 4] = w3, w4
            state[n_labels], parent[n_labels], move[n_labels] = to, label, m
            _sift_up(heap_key, heap_rest, heap_label, n_waiting, w0, w1 + w2 + w3 + w4, n_labels)
            n_labels += 1
            n_waiting += 1
    count[0], count[1], count[2], count[3] = n_labels, n_waiting, n_entries, n_complete
    return status


@njit
def _is_beaten(
    entry: FloatArray, start: int, size: int, v1: float, v2: float, v3: float, v4: float
) -> bool:
    """Whether an entry of a list is no worse in any value; the newest are looked at first.

    Plain loops over whole chunks, without a way out of them, become vector instructions; unsigned
    numbers spare the test for negative ones.
    """
    first = np.uint64(start)
    end = np.uint64(start + (size + LANES - 1) // LANES * LANES)
    while end > first:
        begin = end - min(CHUNK, end - first)
        beaten = False
        for i in range(begin, end):
            beaten |= (
                (entry[0, i] <= v1)
                & (entry[1, i] <= v2)
                & (entry[2, i] <= v3)
                & (entry[3, i] <= v4)
            )
        if beaten:
            return True
        end = begin
    return False


@njit
def _drop_beaten(
    entry: FloatArray, start: int, size: int, v1: float, v2: float, v3: float, v4: float
) -> int:
    """Put the last entry in the place of each that is no better in any value; the new size."""
    first = np.uint64(start)
    end = np.uint64(start + (size + LANES - 1) // LANES * LANES)
    while end > first:
        begin = end - min(CHUNK, end - first)
        beats = False
        for i in range(begin, end):
            beats |= _is_no_better(entry, i, v1, v2, v3, v4)
        if beats:
            for i in range(np.int64(end) - 1, np.int64(begin) - 1, -1):
                if _is_no_better(entry, i, v1, v2, v3, v4):
                    size -= 1
                    for c in range(MAX_CRITERIA - 1):
                        entry[c, i] = entry[c, start + size]
                    _clear(entry, start + size, start + size + 1)
        end = begin
    return size


@njit
def _is_no_better(entry: FloatArray, i: int, v1: float, v2: float, v3: float, v4: float) -> bool:
    return bool(
        (entry[0, i] >= v1) & (entry[1, i] >= v2) & (entry[2, i] >= v3) & (entry[3, i] >= v4)
    )


@njit
def _clear(entry: FloatArray, begin: int, end: int) -> None:
    """Fill up with entries that neither beat anything nor are beaten."""
    for i in range(begin, end):
        entry[0, i], entry[1, i] = np.inf, -np.inf


@njit
def _move_list(lists: _Lists, listed: int, end: int) -> int:
    """Move a list to `end`, where there is twice the room; the new end."""
    start, size, room, entry = lists
    for i in range(size[listed]):
        for c in range(4):
            entry[c, end + i] = entry[c, start[listed] + i]
    start[listed] = end
    room[listed] = max(2 * room[listed], LANES)
    _clear(entry, end + size[listed], end + room[listed])
    return int(end + room[listed])


@njit
def _sift_up(
    key: FloatArray, rest: FloatArray, label: IntArray, hole: int, k: float, r: float, x: int
) -> None:
    """Put a label into a heap of four children a parent, from an empty place upwards."""
    while hole > 0:
        above = (hole - 1) >> 2
        if key[above] < k or (key[above] == k and rest[above] <= r):
            break
        key[hole], rest[hole], label[hole] = key[above], rest[above], label[above]
        hole = above
    key[hole], rest[hole], label[hole] = k, r, x


@njit
def _sift_down(key: FloatArray, rest: FloatArray, label: IntArray, size: int) -> None:
    """Put the last label, at place `size`, into the empty root of the heap before it."""
    k, r, x = key[size], rest[size], label[size]
    hole = 0
    while True:
        child = 4 * hole + 1
        if child >= size:
            break
        least = key[child]
        for other in range(child + 1, min(child + 4, size)):
            if key[other] < least or (key[other] == least and rest[other] < rest[child]):
                child, least = other, key[other]
        if least > k or (least == k and rest[child] >= r):
            break
        key[hole], rest[hole], label[hole] = least, rest[child], label[child]
        hole = child
    key[hole], rest[hole], label[hole] = k, r, x


@njit
def _lengths(parent: IntArray, complete: IntArray, first: NDArray[np.int64]) -> None:
    """Fill `first` with where the moves of each complete label will begin."""
    for route, label in enumerate(complete):
        length = 0
        while parent[label] >= 0:
            length += 1
            label = parent[label]
        first[route + 1] = first[route] + length


@njit
def _trace(
    parent: IntArray,
    move: IntArray,
    complete: IntArray,
    first: NDArray[np.int64],
    out: IntArray,
) -> None:
    """Fill `out` with the moves of each complete label, from the source on."""
    for route, label in enumerate(complete):
        at = first[route + 1]
        while parent[label] >= 0:
            at -= 1
            out[at] = move[label]
            label = parent[label]
