"""Stochastic user equilibrium: path sets with variety, and flows that agree with a logit."""

from math import exp, log

from lajvard._jit import njit
from lajvard.assignment.arrays import FloatArray, IntArray
from lajvard.assignment.column_kernels import DONE, FULL, trace
from lajvard.assignment.delay_kernels import FREE
from lajvard.assignment.equalise_kernels import MAX_HALVINGS, SETTLED, compare, shift_load
from lajvard.assignment.state_kernels import AssignmentProblem, PathSet, State
from lajvard.assignment.tree_kernels import Forest, correct_tree

FAR = 460.0
"""Log-odds at which a path counts as not chosen: 1e-200."""


@njit(counting=False)
def vary(
    problem: AssignmentProblem,
    state: State,
    forest: Forest,
    old: PathSet,
    new: PathSet,
    first_group: int,
    penalty: float,
    round_link: IntArray,
    cost: FloatArray,
    used_in: IntArray,
) -> tuple[int, int]:
    """Copy paths from `old` to `new`, with others found by making used links dearer.

    In each round the links of an origin's paths cost `penalty` times as much as before, and its
    shortest paths are found anew. `round_link` is room, (n_rounds, n_states); `cost` and
    `used_in` are room, (n_links,).

    Returns
    -------
    status, index
        DONE; or FULL, and the group that no longer fits.
    """
    n_rounds = len(round_link)
    for group in range(first_group, len(problem.group_class)):
        pairs = problem.first_pair[group], problem.first_pair[group + 1]
        paths = old.first_path[pairs[0]], old.first_path[pairs[1]]
        n_paths = paths[1] - paths[0] + n_rounds * (pairs[1] - pairs[0])
        used = new.first_path[pairs[0]]
        if used + n_paths > len(new.flow):
            return FULL, group
        here = state.cost[problem.group_class[group]]
        for link in range(len(cost)):
            cost[link] = here[link]
        used_in[:] = -1
        for turn in range(n_rounds):
            correct_tree(problem, cost, forest, group)
            for at in range(round_link.shape[1]):
                round_link[turn, at] = forest.last_link[group, at]
            for pair in range(pairs[0], pairs[1]):
                if problem.volume[pair] > 0.0:
                    at = problem.target[pair]
                    while round_link[turn, at] >= 0:
                        link = round_link[turn, at]
                        if used_in[link] < turn:
                            used_in[link] = turn
                            cost[link] *= penalty
                        at = problem.tail[link]
        for pair in range(pairs[0], pairs[1]):
            first = used
            for path in range(old.first_path[pair], old.first_path[pair + 1]):
                place = new.first_link[used]
                if place + old.first_link[path + 1] - old.first_link[path] > len(new.link):
                    return FULL, group
                for i in range(old.first_link[path], old.first_link[path + 1]):
                    new.link[place] = old.link[i]
                    place += 1
                new.flow[used] = old.flow[path]
                used += 1
                new.first_link[used] = place
            if problem.volume[pair] > 0.0:
                for turn in range(n_rounds):
                    if not trace(problem, round_link[turn], problem.target[pair], new, used):
                        return FULL, group
                    if not _is_among(new, first, used):
                        new.flow[used] = 0.0
                        used += 1
            new.first_path[pair + 1] = used
    return DONE, 0


@njit(counting=False)
def _is_among(paths: PathSet, first: int, path: int) -> bool:
    """Whether a path is one of those from `first` up to it."""
    start, length = paths.first_link[path], paths.first_link[path + 1] - paths.first_link[path]
    for other in range(first, path):
        begin = paths.first_link[other]
        if paths.first_link[other + 1] - begin != length:
            continue
        i = 0
        while i < length and paths.link[begin + i] == paths.link[start + i]:
            i += 1
        if i == length:
            return True
    return False


@njit(counting=False)
def fill_log_sizes(
    problem: AssignmentProblem, paths: PathSet, power: float, count: IntArray, log_size: FloatArray
) -> None:
    """Log of the path size of each path to a power, with lengths the costs without load.

    `count` is room, (n_links,), all 0.
    """
    for group in range(len(problem.group_class)):
        k = problem.group_class[group]
        for pair in range(problem.first_pair[group], problem.first_pair[group + 1]):
            first, last = paths.first_path[pair], paths.first_path[pair + 1]
            ends = paths.first_link[first], paths.first_link[last]
            for i in range(ends[0], ends[1]):
                count[paths.link[i]] += 1
            for path in range(first, last):
                length, size = 0.0, 0.0
                for i in range(paths.first_link[path], paths.first_link[path + 1]):
                    link = paths.link[i]
                    cost = problem.fixed[k, link]
                    if problem.facility[link] >= 0:
                        free = problem.parameter[problem.facility[link], FREE]
                        cost += problem.weight[k] * free
                    length += cost
                    size += cost / count[link]
                log_size[path] = power * log(size / length) if size > 0.0 else 0.0
            for i in range(ends[0], ends[1]):
                count[paths.link[i]] = 0


@njit(counting=False)
def equalise_logit(
    problem: AssignmentProblem,
    state: State,
    paths: PathSet,
    scale: FloatArray,
    log_size: FloatArray,
) -> float:
    """One pass over all pairs that have a choice; returns how much flow moved.

    Each path is weighed against the one with most flow by a Newton step on the log-odds t of the
    two: ``t + scale * (cost difference) = difference of log sizes``. A step moves no more than
    would equalise the costs alone.
    """
    moved = 0.0
    for group in range(len(problem.group_class)):
        k = problem.group_class[group]
        for pair in range(problem.first_pair[group], problem.first_pair[group + 1]):
            first, last = paths.first_path[pair], paths.first_path[pair + 1]
            base = first
            for path in range(first, last):
                if paths.flow[path] > paths.flow[base]:
                    base = path
            for path in range(first, last):
                if path != base:
                    flow = paths.flow[path]
                    _balance(problem, state, paths, k, path, base, scale[k], log_size)
                    moved += abs(paths.flow[path] - flow)
    return moved


@njit(counting=False)
def _balance(
    problem: AssignmentProblem,
    state: State,
    paths: PathSet,
    k: int,
    path: int,
    base: int,
    scale: float,
    log_size: FloatArray,
) -> None:
    """Bring the odds of two paths to what a logit has at the costs that result."""
    low, high, before = -FAR, FAR, 0.0
    both = paths.flow[path] + paths.flow[base]
    for turn in range(MAX_HALVINGS):
        gain, steepness, n_touched = compare(problem, state, paths, k, path, base)
        flow, odds = paths.flow[path], -FAR
        if flow > 0.0:
            odds = min(max(log(flow) - log(paths.flow[base]), -FAR), FAR)
        off = odds + scale * gain - log_size[path] + log_size[base]
        if turn == 0:
            before = abs(off)
        elif abs(off) <= SETTLED * before:
            return
        if off > 0.0:
            high = odds
        else:
            low = odds
        share = 1.0 / (1.0 + exp(-odds))
        bend = scale * max(steepness, 0.0) * both * share * (1.0 - share)
        wanted = min(max(odds - off / (1.0 + bend), -FAR), FAR)
        if turn > 0 and not low < wanted < high:
            wanted = 0.5 * (low + high)
        goal, rest = both / (1.0 + exp(-wanted)), both / (1.0 + exp(wanted))
        if steepness > 0.0:
            most = abs(off) / (scale * steepness)
            if abs(goal - flow) > most:
                goal = flow + most if goal > flow else flow - most
                rest = max(both - goal, rest)
        shift_load(problem, state, k, flow - goal, n_touched)
        paths.flow[path], paths.flow[base] = goal, rest
        if not problem.is_bent:
            return


@njit(counting=False)
def logit_residual(
    problem: AssignmentProblem,
    state: State,
    paths: PathSet,
    scale: FloatArray,
    log_size: FloatArray,
) -> float:
    """Flow that is not where a logit at the costs of now would have it."""
    off = 0.0
    for group in range(len(problem.group_class)):
        k = problem.group_class[group]
        for pair in range(problem.first_pair[group], problem.first_pair[group + 1]):
            first, last = paths.first_path[pair], paths.first_path[pair + 1]
            most = -float("inf")
            for path in range(first, last):
                cost = 0.0
                for i in range(paths.first_link[path], paths.first_link[path + 1]):
                    cost += state.cost[k, paths.link[i]]
                state.path_cost[path - first] = log_size[path] - scale[k] * cost
                most = max(most, state.path_cost[path - first])
            total = 0.0
            for path in range(first, last):
                state.path_cost[path - first] = exp(state.path_cost[path - first] - most)
                total += state.path_cost[path - first]
            for path in range(first, last):
                share = state.path_cost[path - first] / total
                off += 0.5 * abs(paths.flow[path] - problem.volume[pair] * share)
    return off
