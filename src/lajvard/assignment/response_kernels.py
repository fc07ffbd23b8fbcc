"""How loads answer to delays when paths are chosen by logit."""

from math import exp

from lajvard._jit import njit
from lajvard.assignment.arrays import FloatArray
from lajvard.assignment.state_kernels import AssignmentProblem, PathSet, State


@njit(counting=False)
def choose(
    problem: AssignmentProblem,
    state: State,
    paths: PathSet,
    scale: FloatArray,
    log_size: FloatArray,
) -> None:
    """Set the flow of every path to what a logit at the costs of now gives it."""
    for group in range(len(problem.group_class)):
        k = problem.group_class[group]
        for pair in range(problem.first_pair[group], problem.first_pair[group + 1]):
            first, last = paths.first_path[pair], paths.first_path[pair + 1]
            most = -float("inf")
            for path in range(first, last):
                cost = 0.0
                for i in range(paths.first_link[path], paths.first_link[path + 1]):
                    cost += state.cost[k, paths.link[i]]
                paths.flow[path] = log_size[path] - scale[k] * cost
                most = max(most, paths.flow[path])
            total = 0.0
            for path in range(first, last):
                paths.flow[path] = exp(max(paths.flow[path] - most, -460.0))
                total += paths.flow[path]
            for path in range(first, last):
                paths.flow[path] *= problem.volume[pair] / total


@njit(counting=False)
def fill_response(
    problem: AssignmentProblem,
    state: State,
    paths: PathSet,
    scale: FloatArray,
    load: FloatArray,
    response: FloatArray,
) -> None:
    """Fill the loads of path flows that are a logit, and how they fall as delays grow.

    Parameters
    ----------
    problem, state, paths, scale
        As `choose` left them.
    load : (n_facilities,)
        Filled with the load.
    response : (n_facilities, n_facilities)
        Filled with minus the derivative of each load (row) by each delay (column): over all pairs,
        the covariance of load and visits among the paths.
    """
    load[:] = 0.0
    response[:] = 0.0
    mean_load, mean_visits, touched = state.more, state.visits, state.touched
    for group in range(len(problem.group_class)):
        k = problem.group_class[group]
        rate = scale[k] * problem.weight[k]
        for pair in range(problem.first_pair[group], problem.first_pair[group + 1]):
            n_touched = 0
            for path in range(paths.first_path[pair], paths.first_path[pair + 1]):
                flow = paths.flow[path]
                first, last = paths.first_link[path], paths.first_link[path + 1]
                for i in range(first, last):
                    here = problem.facility[paths.link[i]]
                    if here < 0 or flow == 0.0:
                        continue
                    if mean_visits[here] == 0.0:
                        touched[n_touched] = here
                        n_touched += 1
                    units = flow * problem.load[k, paths.link[i]]
                    mean_load[here] += units
                    mean_visits[here] += flow
                    load[here] += units
                    for j in range(first, last):
                        there = problem.facility[paths.link[j]]
                        if there >= 0:
                            response[here, there] += rate * units
            for i in range(n_touched):
                share = rate * mean_load[touched[i]] / problem.volume[pair]
                for j in range(n_touched):
                    response[touched[i], touched[j]] -= share * mean_visits[touched[j]]
            for i in range(n_touched):
                mean_load[touched[i]], mean_visits[touched[i]] = 0.0, 0.0
