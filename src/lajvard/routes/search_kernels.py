"""Shortest paths by one criterion: from some states to all, backwards, and tables of many pairs.

A network is given as compressed rows: the moves that leave state ``s`` are
``first_move[s]:first_move[s + 1]``, and move ``m`` ends in state ``move_to[m]``. Weights are >= 0;
a move of infinite weight is closed.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from lajvard._jit import njit
from lajvard.network.arrays import FloatArray, IntArray

States = Sequence[int] | NDArray[np.integer[Any]]

StateArray = NDArray[np.uint32]
"""States and entries inside the kernels: unsigned, so that an index needs no test for its sign."""

Scalar = TypeVar("Scalar", bound=np.generic)

NONE = np.uint32(0xFFFFFFFF)
ZERO, ONE = np.uint64(0), np.uint64(1)
N_BUCKETS = 4096
SMALLEST = 1e-300
CIRCLE = np.uint64(N_BUCKETS - 1)


class ShortestPaths(NamedTuple):
    """Distance of every state, and the move that the shortest path to it ends with."""

    distance: FloatArray
    move: IntArray


class Reversed(NamedTuple):
    """A network with every move turned round; ``move`` is what it is called forwards."""

    first_move: IntArray
    move_to: IntArray
    move: IntArray


class _Network(NamedTuple):
    """A network as the kernels take it; `inverse_width` is buckets per unit of distance."""

    first_move: StateArray
    move_to: StateArray
    weight: FloatArray
    inverse_width: float


class _Waiting(NamedTuple):
    """Room for the states that wait: chains of entries in buckets, and a pile at hand."""

    bucket: StateArray
    key: FloatArray
    state: StateArray
    next: StateArray
    pile_key: FloatArray
    pile_state: StateArray


class _Places(NamedTuple):
    """The states of places one after the other, and where those of each begin."""

    first: StateArray
    state: StateArray


def shortest_paths(
    first_move: IntArray,
    move_to: IntArray,
    weight: FloatArray,
    sources: States,
    targets: States = (),
) -> ShortestPaths:
    """Shortest paths from the nearest of some states to all others.

    Parameters
    ----------
    first_move : (n_states + 1,)
        Where the moves of each state begin.
    move_to : (n_moves,)
        The state that a move ends in.
    weight : (n_moves,)
        Length of a move, >= 0; infinite if it is closed.
    sources
        States at distance 0.
    targets
        The search ends when all of these are reached for good; states that are not by then count
        as not reached. Without targets it goes on to the end.

    Returns
    -------
    distance : (n_states,)
        Infinite where nothing leads.
    move : (n_states,)
        Last move of one of the shortest paths, -1 at a source and where nothing leads.

    Notes
    -----
    Dijkstra's algorithm [1]_ with states waiting in a circle of buckets [2]_, each a quarter of
    the usual weight wide. A bucket is emptied in any order, which spares the sorting and leaves
    some states twice. Very uneven weights would make that many: then a heap is used.

    References
    ----------
    .. [1] Dijkstra (1959), A note on two problems in connexion with graphs, Numer. Math. 1:269-271.
    .. [2] Dial (1969), Algorithm 360: shortest-path forest with topological ordering,
       Comm. ACM 12:632-633; Meyer, Sanders (2003), Δ-stepping: a parallelizable shortest path
       algorithm, J. Algorithms 49:114-152.

    Examples
    --------
    Three places in a row, and a longer way from the first to the last:

    >>> first, to = np.array([0, 2, 3, 3], np.int32), np.array([1, 2, 2], np.int32)
    >>> shortest_paths(first, to, np.array([1.0, 5.0, 2.0]), [0])
    ShortestPaths(distance=array([0., 1., 3.]), move=array([-1,  0,  2], dtype=int32))
    """
    network = _network(first_move, move_to, weight)
    found = _unfilled(network)
    _search(network, _waiting(network), _states(sources), _states(targets), found)
    return found


def reverse_network(first_move: IntArray, move_to: IntArray) -> Reversed:
    """Turn every move round, for searches from the destination.

    Moves into a state keep their order; ``weight[reversed.move]`` are the weights to search with.

    Examples
    --------
    >>> back = reverse_network(np.array([0, 2, 3, 3]), np.array([1, 2, 2]))
    >>> back.first_move, back.move_to, back.move
    (array([0, 0, 1, 3], dtype=int32), array([0, 0, 1], dtype=int32), array([0, 1, 2], dtype=int32))
    """
    n_states = len(first_move) - 1
    tail = np.repeat(np.arange(n_states, dtype=np.int32), np.diff(first_move))
    first = np.zeros(n_states + 1, dtype=np.int32)
    np.cumsum(np.bincount(move_to, minlength=n_states), out=first[1:])
    move = np.argsort(move_to, kind="stable").astype(np.int32)
    return Reversed(first, tail[move], move)


def path_to(found: ShortestPaths, move_from: IntArray, state: int) -> list[int]:
    """The moves of the shortest path to a state, in order of travel; empty at a source.

    Parameters
    ----------
    found
        From `shortest_paths`.
    move_from : (n_moves,)
        The state that a move begins in.
    state
        One that was reached.

    Examples
    --------
    >>> found = ShortestPaths(np.array([0.0, 1.0, 3.0]), np.array([-1, 0, 2], np.int32))
    >>> path_to(found, np.array([0, 0, 1]), 2)
    [0, 2]
    """
    moves = []
    while (move := int(found.move[state])) >= 0:
        moves.append(move)
        state = int(move_from[move])
    return moves[::-1]


def distance_table(
    first_move: IntArray,
    move_to: IntArray,
    weight: FloatArray,
    origins: Sequence[States],
    destinations: Sequence[States],
    *,
    n_threads: int = 1,
) -> FloatArray:
    """Least distance between places, each of which is several states.

    Parameters
    ----------
    first_move, move_to, weight
        The network, as in `shortest_paths`.
    origins, destinations
        The states of each place.
    n_threads
        How many origins are searched from at once; worth it for large networks.

    Returns
    -------
    table : (n_origins, n_destinations)
        Infinite where nothing leads, also to a place without states.

    Examples
    --------
    >>> first, to = np.array([0, 2, 3, 3], np.int32), np.array([1, 2, 2], np.int32)
    >>> distance_table(first, to, np.array([1.0, 5.0, 2.0]), [[0], [1]], [[1], [2], [0, 2]])
    array([[1., 3., 0.],
           [0., 2., 2.]])
    """
    network = _network(first_move, move_to, weight)
    starts, ends = _places(origins), _places(destinations)
    table = np.full((len(origins), len(destinations)), np.inf)

    def fill(rows: tuple[int, int]) -> None:
        found = _unfilled(network)
        _fill_rows(network, _waiting(network), starts, ends, found, *rows, table)

    shares = np.linspace(0, len(origins), n_threads + 1).round().astype(int).tolist()
    with ThreadPoolExecutor(n_threads) as threads:
        list(threads.map(fill, pairwise(shares)))
    return table


def _network(first_move: IntArray, move_to: IntArray, weight: FloatArray) -> _Network:
    weight = _frozen(np.ascontiguousarray(weight, dtype=np.float64))
    return _Network(_states(first_move), _states(move_to), weight, _inverse_width(weight))


def _inverse_width(weight: FloatArray) -> float:
    """Four buckets to the usual weight; 0 if not even four such weights a bucket are enough."""
    largest = weight.max(initial=0.0)
    if np.isinf(largest):
        largest = weight[np.isfinite(weight)].max(initial=0.0)
    some = np.sort(weight[:: 1 + len(weight) // 1024])
    some = some[(some > 0) & (some <= largest)]
    usual = float(some[len(some) // 2]) if len(some) else 0.0
    width = max(usual / 4, float(largest) / (N_BUCKETS - 3))
    return 1 / width if SMALLEST < width < 4 * usual else 0.0


def _waiting(network: _Network) -> _Waiting:
    """Room for all that can wait in buckets until that is given up, or in a heap."""
    size = 2 * len(network.first_move) + len(network.move_to)
    (key, pile_key), bucket = np.empty((2, size)), np.empty(N_BUCKETS, np.uint32)
    state, next_, pile_state = np.empty((3, size), np.uint32)
    return _Waiting(bucket, key, state, next_, pile_key, pile_state)


def _unfilled(network: _Network) -> ShortestPaths:
    n_states = len(network.first_move) - 1
    return ShortestPaths(np.empty(n_states), np.empty(n_states, dtype=np.int32))


def _places(places: Sequence[States]) -> _Places:
    states = [_states(place) for place in places]
    first = np.cumsum([0, *map(len, states)])
    return _Places(_states(first), np.concatenate([*states, _states([])]))


def _states(numbers: States) -> StateArray:
    return _frozen(np.ascontiguousarray(numbers, dtype=np.int32).view(np.uint32))


def _frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """A read-only view: kernels are compiled once for what may and what may not be written."""
    view = array.view()
    view.flags.writeable = False
    return view


@njit
def _search(
    network: _Network,
    waiting: _Waiting,
    sources: StateArray,
    targets: StateArray,
    found: ShortestPaths,
) -> None:
    """Fill `found` from the sources."""
    if not _search_in_buckets(network, waiting, sources, targets, found):
        _search_by_heap(network, waiting, sources, targets, found)


@njit
def _search_in_buckets(
    network: _Network,
    waiting: _Waiting,
    sources: StateArray,
    targets: StateArray,
    found: ShortestPaths,
) -> bool:
    """Fill `found`; False if more states were found again than for the first time.

    All that waits in bucket ``here`` lies on the pile, all that waits farther on in the others.
    """
    first_move, move_to, weight, inverse_width = network
    bucket, entry_key, entry_state, entry_next, pile_key, pile_state = waiting
    distance, move = found
    if inverse_width == 0.0:
        return False
    bucket[:], distance[:], move[:] = NONE, np.inf, -1
    here, n_pile, n_entries, n_final = ZERO, ZERO, ZERO, 0
    n_waiting, n_new, n_again = 0, 0, 0
    for source in sources:
        if distance[source] > 0.0:
            distance[source] = 0.0
            pile_key[n_pile], pile_state[n_pile] = 0.0, source
            n_pile += ONE
            n_new += 1
    while True:
        if n_pile == ZERO:
            while (
                n_final < len(targets) and distance[targets[n_final]] * inverse_width < here + ONE
            ):
                n_final += 1
            if n_waiting == 0 or 0 < n_final == len(targets):
                break
            while bucket[here & CIRCLE] == NONE:
                here += ONE
            entry = bucket[here & CIRCLE]
            bucket[here & CIRCLE] = NONE
            while entry != NONE:
                pile_key[n_pile], pile_state[n_pile] = entry_key[entry], entry_state[entry]
                n_pile += ONE
                n_waiting -= 1
                entry = entry_next[entry]
        n_pile -= ONE
        key, state = pile_key[n_pile], pile_state[n_pile]
        if key > distance[state]:
            continue
        for m in range(first_move[state], first_move[state + ONE]):
            to = move_to[m]
            reach = key + weight[m]
            if reach < distance[to]:
                if distance[to] == np.inf:
                    n_new += 1
                else:
                    n_again += 1
                distance[to] = reach
                move[to] = m
                there = np.uint64(int(reach * inverse_width))
                if there > here:
                    there &= CIRCLE
                    entry_key[n_entries], entry_state[n_entries] = reach, to
                    entry_next[n_entries] = bucket[there]
                    bucket[there] = n_entries
                    n_entries += ONE
                    n_waiting += 1
                else:
                    pile_key[n_pile], pile_state[n_pile] = reach, to
                    n_pile += ONE
        if n_again > n_new:
            return False
    for entry in bucket:
        while entry != NONE:
            state = entry_state[entry]
            if entry_key[entry] == distance[state]:  # reached, but perhaps not by the shortest path
                distance[state], move[state] = np.inf, -1
            entry = entry_next[entry]
    return True


@njit
def _search_by_heap(
    network: _Network,
    waiting: _Waiting,
    sources: StateArray,
    targets: StateArray,
    found: ShortestPaths,
) -> None:
    """Fill `found`: every state is left once, in order of distance."""
    first_move, move_to, weight, _ = network
    heap_key, heap_state = waiting.pile_key, waiting.pile_state
    distance, move = found
    distance[:], move[:] = np.inf, -1
    size, n_final = 0, 0
    for source in sources:
        if distance[source] > 0.0:
            distance[source] = 0.0
            heap_key[size], heap_state[size] = 0.0, source
            size += 1
    while size > 0:
        key, state = heap_key[0], heap_state[0]
        while n_final < len(targets) and distance[targets[n_final]] <= key:
            n_final += 1
        if 0 < n_final == len(targets):
            break
        size -= 1
        _sift_down(heap_key, heap_state, size)
        if key > distance[state]:
            continue
        for m in range(first_move[state], first_move[state + ONE]):
            to = move_to[m]
            reach = key + weight[m]
            if reach < distance[to]:
                distance[to] = reach
                move[to] = m
                _sift_up(heap_key, heap_state, size, reach, to)
                size += 1
    for i in range(size):
        state = heap_state[i]
        if key < heap_key[i] == distance[state]:
            distance[state], move[state] = np.inf, -1


@njit
def _sift_up(key: FloatArray, state: StateArray, hole: int, k: float, s: np.uint32) -> None:
    """Put a state into a heap of four children a parent, from an empty place upwards."""
    while hole > 0:
        parent = (hole - 1) >> 2
        if key[parent] <= k:
            break
        key[hole], state[hole] = key[parent], state[parent]
        hole = parent
    key[hole], state[hole] = k, s


@njit
def _sift_down(key: FloatArray, state: StateArray, size: int) -> None:
    """Put the last state, at place `size`, into the empty root of the heap before it."""
    k, s = key[size], state[size]
    hole = 0
    while True:
        child = 4 * hole + 1
        if child >= size:
            break
        least = key[child]
        for other in range(child + 1, min(child + 4, size)):
            if key[other] < least:
                child, least = other, key[other]
        if least >= k:
            break
        key[hole], state[hole] = least, state[child]
        hole = child
    key[hole], state[hole] = k, s


@njit
def _fill_rows(
    network: _Network,
    waiting: _Waiting,
    origins: _Places,
    destinations: _Places,
    found: ShortestPaths,
    first_row: int,
    last_row: int,
    table: FloatArray,
) -> None:
    """Fill some rows of a distance table: one search an origin."""
    for row in range(first_row, last_row):
        sources = origins.state[origins.first[row] : origins.first[row + 1]]
        _search(network, waiting, sources, destinations.state, found)
        for column in range(table.shape[1]):
            for i in range(destinations.first[column], destinations.first[column + 1]):
                reach = found.distance[destinations.state[i]]
                table[row, column] = min(table[row, column], reach)
