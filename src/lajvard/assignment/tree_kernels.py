"""Shortest-path trees that are corrected rather than grown anew when costs have changed."""

from typing import NamedTuple

from lajvard._jit import njit
from lajvard.assignment.arrays import FloatArray, IntArray
from lajvard.assignment.state_kernels import AssignmentProblem


class Forest(NamedTuple):
    """A tree for each group, and room for work on one of them.

    ``order[g, :size[g]]`` are the states that group g reaches, parents before children.
    """

    last_link: IntArray  # (n_groups, n_states) link that the path to a state ends with, or -1
    order: IntArray  # (n_groups, n_states)
    size: IntArray  # (n_groups,) 0: no tree yet
    distance: FloatArray  # (n_states,)
    queue: IntArray  # (n_states,)
    is_queued: IntArray  # (n_states,) all 0 in between
    child: IntArray  # (n_states,)
    sibling: IntArray  # (n_states,)


@njit(counting=False)
def correct_tree(problem: AssignmentProblem, cost: FloatArray, forest: Forest, group: int) -> None:
    """Fill ``forest.distance`` from the group's origin, and correct its tree.

    Distances along the last tree are upper bounds; states from which a link leads to an
    improvement are worked off first in, first out, until none is left. `cost` is (n_links,) of
    the group's class, >= 0. Distances are sums in order of travel, to the last bit.
    """
    distance, queue, is_queued = forest.distance, forest.queue, forest.is_queued
    last_link, order = forest.last_link[group], forest.order[group]
    first_out, tail, head = problem.first_out, problem.tail, problem.head
    n_states = len(distance)
    size = forest.size[group]
    origin = problem.group_origin[group]
    if size == 0:
        last_link[:] = -1
        order[0] = origin
        size = 1
    distance[:] = float("inf")
    distance[origin] = 0.0
    for i in range(1, size):
        link = last_link[order[i]]
        distance[order[i]] = distance[tail[link]] + cost[link]
    first, n_queued, is_changed = 0, 0, False
    for i in range(size):
        state = order[i]
        if is_queued[state] != 0:  # it will have its turn
            continue
        here = distance[state]
        for link in range(first_out[state], first_out[state + 1]):
            reach = here + cost[link]
            to = head[link]
            if reach < distance[to]:
                distance[to] = reach
                last_link[to] = link
                is_changed = True
                if is_queued[to] == 0:
                    is_queued[to] = 1
                    queue[(first + n_queued) % n_states] = to
                    n_queued += 1
    while n_queued > 0:
        state = queue[first]
        first += 1
        if first == n_states:
            first = 0
        n_queued -= 1
        is_queued[state] = 0
        here = distance[state]
        for link in range(first_out[state], first_out[state + 1]):
            reach = here + cost[link]
            to = head[link]
            if reach < distance[to]:
                distance[to] = reach
                last_link[to] = link
                if is_queued[to] == 0:
                    is_queued[to] = 1
                    place = first + n_queued
                    queue[place if place < n_states else place - n_states] = to
                    n_queued += 1
    if is_changed:
        size = _order_tree(problem, forest, group)
    forest.size[group] = size


@njit(counting=False)
def _order_tree(problem: AssignmentProblem, forest: Forest, group: int) -> int:
    """Fill the order of a tree, and return its size."""
    child, sibling, distance = forest.child, forest.sibling, forest.distance
    last_link, order = forest.last_link[group], forest.order[group]
    child[:] = -1
    for state in range(len(child)):
        if distance[state] < float("inf") and last_link[state] >= 0:
            parent = problem.tail[last_link[state]]
            sibling[state] = child[parent]
            child[parent] = state
    order[0] = problem.group_origin[group]
    size, at = 1, 0
    while at < size:  # breadth first: the order is its own queue
        state = child[order[at]]
        at += 1
        while state >= 0:
            order[size] = state
            size += 1
            state = sibling[state]
    return size
