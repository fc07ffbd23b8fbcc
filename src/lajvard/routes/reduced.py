"""A network made ready for an exact search: whole costs, reduced by what is left to go.

Adding costs in floating point rounds, and where two routes are equal the rounding would decide
which is better. Here the cost of each move is counted in whole quanta instead. A quantum is a
power of ten so small that 10^14 of them make the longest possible route, and large enough that
every sum is exact: ties are ties, and a lower bound is never above what it bounds. Costs with up
to some nine decimals lose nothing by it; others change by less than anybody could measure.
"""

from typing import NamedTuple

import numpy as np

from lajvard.network.arrays import FloatArray, IntArray
from lajvard.routes.search_kernels import States, reverse_network, shortest_paths

DIGITS = 14
"""The quanta of a longest route: up to 10^14, so that sums of several stay below 2^53."""


class Reduced(NamedTuple):
    """The moves of a network that can be part of a route, with their reduced costs.

    Attributes
    ----------
    first_move : (n_states + 1,)
        Where the moves of each state begin.
    move_to : (n_moves,)
        The state that a move ends in.
    excess : (n_moves, n_criteria)
        What a move adds to the least that a route costs which has come to its beginning: whole
        numbers >= 0. Criterion by criterion some route from any state has no excess.
    move : (n_moves,)
        What a move is called outside, ascending.
    bound : (n_states, n_criteria)
        The least cost from a state to the nearest target, whole numbers; infinite if none can be
        reached.
    quanta : (n_criteria,)
        Quanta to a unit: a cost is a whole number divided by this.
    """

    first_move: IntArray
    move_to: IntArray
    excess: FloatArray
    move: IntArray
    bound: FloatArray
    quanta: FloatArray


def reduce_network(
    first_move: IntArray,
    move_to: IntArray,
    cost: FloatArray,
    sources: States,
    targets: States,
) -> Reduced:
    """Leave out what no route uses and reduce the costs of the rest.

    The sources act as one state and so do the targets: a route leaves the sources with its first
    move and ends where it first meets a target. Left out are moves into a source, out of a target
    and from a state to itself, moves with an infinite cost, and those that lead to no target.

    Parameters
    ----------
    first_move : (n_states + 1,)
        Where the moves of each state begin.
    move_to : (n_moves,)
        The state that a move ends in.
    cost : (n_moves, n_criteria)
        What a move adds to each criterion, >= 0; infinite if it is closed.
    sources, targets
        States that a route begins in, and ends in.

    Notes
    -----
    With π(s) the least cost from state s to a target, a move u → v of cost c has the excess
    c + π(v) - π(u) [1]_. The excess of a route and π of its source add up to its cost.

    References
    ----------
    .. [1] Johnson (1977), Efficient algorithms for shortest paths in sparse networks,
       J. ACM 24:1-13; for several criteria Tung, Chew (1992), EJOR 62:203-209.

    Examples
    --------
    >>> first, to = np.array([0, 2, 3, 3], np.int32), np.array([1, 2, 2], np.int32)
    >>> network = reduce_network(first, to, np.array([[0.1], [0.4], [0.2]]), [0], [2])
    >>> (network.excess / network.quanta).ravel(), (network.bound / network.quanta).ravel()
    (array([0. , 0.1, 0. ]), array([0.3, 0.2, 0. ]))
    """
    n_states = len(first_move) - 1
    move_from = np.repeat(np.arange(n_states), np.diff(first_move))
    whole, quanta = _in_quanta(cost, move_to, n_states)
    is_source, is_target = np.zeros((2, n_states), dtype=np.bool_)
    is_source[np.asarray(sources, dtype=np.int32)] = True
    is_target[np.asarray(targets, dtype=np.int32)] = True
    is_open = np.isfinite(whole).all(axis=1) & (move_to != move_from)
    is_open &= ~is_source[move_to] & ~is_target[move_from]
    whole = np.where(is_open[:, None], whole, np.inf)
    bound = _least_cost_to(first_move, move_to, whole, targets)
    kept = np.flatnonzero(is_open & np.isfinite(bound[move_to, 0]))
    tail, head = move_from[kept], move_to[kept].astype(np.int32)
    first = np.zeros(n_states + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail, minlength=n_states), out=first[1:])
    excess = whole[kept] + bound[head] - bound[tail]
    return Reduced(first, head, excess, kept.astype(np.int32), bound, quanta)


def _in_quanta(cost: FloatArray, move_to: IntArray, n_states: int) -> tuple[FloatArray, FloatArray]:
    """Costs as whole numbers, and how many quanta make a unit of each.

    A route comes into a state at most once, so it costs no more than the dearest move into each.
    """
    dearest = np.zeros((n_states, cost.shape[1]))
    np.maximum.at(dearest, move_to, np.where(np.isfinite(cost), cost, 0.0))
    limit = dearest.sum(axis=0)
    power = DIGITS - np.ceil(np.log10(np.where(limit > 0, limit, 1.0)))
    quanta = 10.0 ** np.minimum(power, 300)
    return np.rint(cost * quanta), quanta


def _least_cost_to(
    first_move: IntArray, move_to: IntArray, cost: FloatArray, targets: States
) -> FloatArray:
    back = reverse_network(first_move, move_to)
    columns = [
        shortest_paths(back.first_move, back.move_to, column[back.move], targets).distance
        for column in cost.T
    ]
    return np.column_stack(columns)
