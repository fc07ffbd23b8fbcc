"""Gradient projection: flow moves from dear paths of a pair to its cheapest one."""

from lajvard._jit import njit
from lajvard.assignment.state_kernels import AssignmentProblem, PathSet, State, refresh

MAX_HALVINGS = 40
SETTLED = 0.1
"""A step between two paths is right when this share of the gain is left."""


@njit(counting=False)
def equalise(
    problem: AssignmentProblem, state: State, paths: PathSet, spread: float, reach: float
) -> float:
    """One pass over all pairs that have a choice; costs follow every shift.

    Pairs whose dearest used path costs less than `spread` more than their cheapest, as a share of
    it, are left alone. A shift goes `reach` Newton steps far.

    Returns
    -------
    excess
        Cost that flow would have saved on the cheapest path of its pair, as seen in passing.
    """
    excess = 0.0
    for group in range(len(problem.group_class)):
        k = problem.group_class[group]
        cost = state.cost[k]
        for pair in range(problem.first_pair[group], problem.first_pair[group + 1]):
            first, last = paths.first_path[pair], paths.first_path[pair + 1]
            if last - first < 2:
                continue
            best, least, most = first, float("inf"), 0.0
            for path in range(first, last):
                here = 0.0
                for i in range(paths.first_link[path], paths.first_link[path + 1]):
                    here += cost[paths.link[i]]
                state.path_cost[path - first] = here
                if here < least:
                    best, least = path, here
                if paths.flow[path] > 0.0:
                    most = max(most, here)
            for path in range(first, last):
                excess += paths.flow[path] * (state.path_cost[path - first] - least)
            if most - least <= spread * least:
                continue
            for path in range(first, last):
                if path != best and paths.flow[path] > 0.0:
                    _shift(problem, state, paths, k, path, best, reach)
    return excess


@njit(counting=False)
def _shift(
    problem: AssignmentProblem,
    state: State,
    paths: PathSet,
    k: int,
    path: int,
    best: int,
    reach: float,
) -> None:
    """Move flow from a path to the best one by a Newton step on the difference of their costs."""
    gain, steepness, n_touched = compare(problem, state, paths, k, path, best)
    flow = paths.flow[path]
    step = flow if gain > 0.0 else 0.0
    if steepness * flow > reach * gain > 0.0:
        step = reach * gain / steepness
    paths.flow[path] -= step
    paths.flow[best] += step
    shift_load(problem, state, k, step, n_touched)
    if problem.is_bent and step > 0.0:
        _settle(problem, state, paths, k, path, best, gain, flow, step)


@njit(counting=False)
def _settle(
    problem: AssignmentProblem,
    state: State,
    paths: PathSet,
    k: int,
    path: int,
    best: int,
    gain: float,
    most: float,
    moved: float,
) -> None:
    """After a step, look for the right one between none and all until most of the gain is gone.

    `gain` is what the path was dearer by before, `most` its flow then, `moved` the step.
    """
    low, high = 0.0, most
    for _ in range(MAX_HALVINGS):
        now, steepness, n_touched = compare(problem, state, paths, k, path, best)
        if abs(now) <= SETTLED * gain or (now > 0.0 and moved >= most):
            return
        if now > 0.0:
            low = moved
        else:
            high = moved
        goal = moved + now / steepness if steepness > 0.0 else low
        if not low < goal < high:
            goal = 0.5 * (low + high)
        paths.flow[path] -= goal - moved
        paths.flow[best] += goal - moved
        shift_load(problem, state, k, goal - moved, n_touched)
        moved = goal


@njit(counting=False)
def compare(
    problem: AssignmentProblem, state: State, paths: PathSet, k: int, path: int, other: int
) -> tuple[float, float, int]:
    """How much dearer a path is than another, and how that falls with flow moved to the other.

    Leaves in ``state.touched[:n_touched]`` the facilities that a move would change.
    """
    cost, load, links = state.cost[k], problem.load[k], paths.link
    more, visits, facility_of = state.more, state.visits, problem.facility
    first, last = paths.first_link[path], paths.first_link[path + 1]
    first_other, last_other = paths.first_link[other], paths.first_link[other + 1]
    while first < last and first_other < last_other and links[first] == links[first_other]:
        first += 1
        first_other += 1
    while first < last and first_other < last_other and links[last - 1] == links[last_other - 1]:
        last -= 1
        last_other -= 1
    gain = 0.0
    for i in range(first, last):
        link = links[i]
        gain += cost[link]
        facility = facility_of[link]
        if facility >= 0:
            more[facility] += load[link]
            visits[facility] += 1.0
    for i in range(first_other, last_other):
        link = links[i]
        gain -= cost[link]
        facility = facility_of[link]
        if facility >= 0:
            more[facility] -= load[link]
            visits[facility] -= 1.0
    steepness, n_touched = 0.0, 0
    weight = problem.weight[k]
    for side in range(2):
        if side == 1:
            first, last = first_other, last_other
        for i in range(first, last):
            facility = facility_of[links[i]]
            if facility < 0:
                continue
            units, times = more[facility], visits[facility]
            if units != 0.0 or times != 0.0:
                steepness += weight * times * units * state.slope[facility]
                if problem.is_system:
                    steepness += weight * times * units * state.slope[facility]
                    steepness += units * units * state.bend[facility]
                more[facility], visits[facility] = 0.0, 0.0
                state.touched[n_touched] = facility
                state.touched_more[n_touched], state.touched_visits[n_touched] = units, times
                n_touched += 1
    return gain, steepness, n_touched


@njit(counting=False)
def shift_load(
    problem: AssignmentProblem, state: State, k: int, step: float, n_touched: int
) -> None:
    """Take the load of a flow that changes its path, after `compare`; costs follow."""
    if step == 0.0:
        return
    worth = step * problem.weight[k]
    for i in range(n_touched):
        facility = state.touched[i]
        state.load[facility] -= step * state.touched_more[i]
        state.worth[facility] -= worth * state.touched_visits[i]
        refresh(problem, state, facility)
