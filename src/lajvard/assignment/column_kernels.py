"""Column generation: shortest paths join the paths in use, unused ones leave; the exact gap."""

from lajvard._jit import njit
from lajvard.assignment.arrays import FloatArray, IntArray
from lajvard.assignment.state_kernels import AssignmentProblem, PathSet, State, put_on_path, refresh
from lajvard.assignment.tree_kernels import Forest, correct_tree

DONE, FULL = 0, 1


@njit(counting=False)
def generate(
    problem: AssignmentProblem,
    state: State,
    forest: Forest,
    old: PathSet,
    new: PathSet,
    least_cost: FloatArray,
    first_group: int,
    slack: float,
    keeps_unused: bool,
    is_loading: bool,
    total: FloatArray,
) -> tuple[int, int]:
    """Copy the paths of all pairs from `old` to `new`, with the shortest path where it is shorter.

    Parameters
    ----------
    problem, state, forest
        Costs stay as they are, but for `is_loading`.
    old, new
        Path sets; `new` needs room.
    least_cost : (n_pairs,)
        Filled with the cost of the shortest path; infinite if there is none, and then the pair
        gets no paths.
    first_group
        Where to begin; groups before it are in `new` already.
    slack
        A path joins when it is shorter by more than this share of the best in use.
    keeps_unused
        Paths without flow stay.
    is_loading
        Pairs without a path get their whole volume on the shortest one, and costs follow at once.
    total : (2,)
        Increased by the cost of all flow on the paths it uses, and on shortest paths.

    Returns
    -------
    status, index
        DONE; or FULL, and the group that no longer fits.
    """
    for group in range(first_group, len(problem.group_class)):
        k = problem.group_class[group]
        cost = state.cost[k]
        pairs = problem.first_pair[group], problem.first_pair[group + 1]
        correct_tree(problem, cost, forest, group)
        last_link = forest.last_link[group]
        used = new.first_path[pairs[0]]
        n_paths = old.first_path[pairs[1]] - old.first_path[pairs[0]] + pairs[1] - pairs[0]
        if used + n_paths > len(new.flow):
            return FULL, group
        total_used, total_least = 0.0, 0.0
        for pair in range(pairs[0], pairs[1]):
            volume = problem.volume[pair]
            least = forest.distance[problem.target[pair]]
            least_cost[pair] = least
            best, n_old = float("inf"), used
            if volume > 0.0 and least < float("inf"):
                for path in range(old.first_path[pair], old.first_path[pair + 1]):
                    here, flow = 0.0, old.flow[path]
                    place = new.first_link[used]
                    n_links = old.first_link[path + 1] - old.first_link[path]
                    if place + n_links > len(new.link):
                        return FULL, group
                    for i in range(old.first_link[path], old.first_link[path + 1]):
                        link = old.link[i]
                        here += cost[link]
                        new.link[place] = link
                        place += 1
                    total_used += flow * here
                    if flow > 0.0 or keeps_unused:
                        best = min(best, here)
                        new.flow[used] = flow
                        used += 1
                        new.first_link[used] = place
                total_least += volume * least
                if best == float("inf") or least < best * (1.0 - slack):
                    if not trace(problem, last_link, problem.target[pair], new, used):
                        return FULL, group
                    new.flow[used] = volume if used == n_old else 0.0
                    used += 1
            new.first_path[pair + 1] = used
        if is_loading:
            _load_new(problem, state, group, old, new)
        total[0] += total_used
        total[1] += total_least
    return DONE, 0


@njit(counting=False)
def _load_new(
    problem: AssignmentProblem, state: State, group: int, old: PathSet, new: PathSet
) -> None:
    """Put the flow of pairs that had no path on their new one, and refresh the costs there."""
    k, marked, n_touched = problem.group_class[group], state.more, 0
    for pair in range(problem.first_pair[group], problem.first_pair[group + 1]):
        if old.first_path[pair] < old.first_path[pair + 1]:
            continue
        for path in range(new.first_path[pair], new.first_path[pair + 1]):
            ends = new.first_link[path], new.first_link[path + 1]
            put_on_path(problem, state, k, new.flow[path], new.link, ends[0], ends[1])
            for i in range(ends[0], ends[1]):
                facility = problem.facility[new.link[i]]
                if facility >= 0 and marked[facility] == 0.0:
                    marked[facility] = 1.0
                    state.touched[n_touched] = facility
                    n_touched += 1
    for i in range(n_touched):
        marked[state.touched[i]] = 0.0
        refresh(problem, state, state.touched[i])


@njit(counting=False)
def trace(
    problem: AssignmentProblem, last_link: IntArray, state: int, paths: PathSet, path: int
) -> bool:
    """Write a tree's path to a state as the last path of a set; False if there is no room."""
    at = state
    place = paths.first_link[path]
    while last_link[at] >= 0:
        place += 1
        at = problem.tail[last_link[at]]
    if place > len(paths.link):
        return False
    paths.first_link[path + 1] = place
    while last_link[state] >= 0:
        place -= 1
        paths.link[place] = last_link[state]
        state = problem.tail[last_link[state]]
    return True
