"""What the kernels of an assignment work on, and the upkeep of costs as loads change."""

from typing import NamedTuple

from lajvard._jit import njit
from lajvard.assignment.arrays import FloatArray, IntArray, LongArray, SmallArray
from lajvard.assignment.delay_kernels import delay_at


class AssignmentProblem(NamedTuple):
    """What stays as it is during an assignment; links are sorted by tail.

    A group is an origin and a class; the pairs of group g are ``first_pair[g]:first_pair[g + 1]``.
    """

    first_out: IntArray  # (n_states + 1,) first link that leaves a state
    tail: IntArray  # (n_links,)
    head: IntArray
    facility: IntArray
    fixed: FloatArray  # (n_classes, n_links)
    load: FloatArray  # (n_classes, n_links)
    weight: FloatArray  # (n_classes,)
    kind: SmallArray  # (n_facilities,)
    parameter: FloatArray  # (n_facilities, N_PARAMETERS)
    first_member: IntArray  # (n_facilities + 1,)
    member: IntArray  # links of each facility
    is_system: bool  # costs are marginal: system optimum
    is_bent: bool  # costs may bend so sharply that Newton steps go to and fro: they are checked
    group_class: IntArray  # (n_groups,)
    group_origin: IntArray
    first_pair: IntArray  # (n_groups + 1,)
    target: IntArray  # (n_pairs,)
    volume: FloatArray  # (n_pairs,)


class State(NamedTuple):
    """What changes with the flows."""

    load: FloatArray  # (n_facilities,)
    worth: FloatArray  # (n_facilities,) cost of an hour for all that passes
    slope: FloatArray  # (n_facilities,) derivative of the delay
    bend: FloatArray  # (n_facilities,) worth times second derivative; 0 but for a system optimum
    cost: FloatArray  # (n_classes, n_links)
    # room for comparing two paths: load and visits that a unit of flow on the first has more
    more: FloatArray  # (n_facilities,) all 0 in between
    visits: FloatArray  # (n_facilities,) all 0 in between
    touched: IntArray  # (n_facilities,)
    touched_more: FloatArray  # (n_facilities,)
    touched_visits: FloatArray  # (n_facilities,)
    path_cost: FloatArray  # (largest number of paths of a pair,)


class PathSet(NamedTuple):
    """Paths with room to grow; as `lajvard.assignment.arrays.Paths`."""

    first_path: LongArray
    first_link: LongArray
    link: IntArray
    flow: FloatArray


@njit(counting=False)
def refresh(problem: AssignmentProblem, state: State, facility: int) -> None:
    """Costs of all links of a facility, after its load has changed."""
    load = max(state.load[facility], 0.0)
    delay, slope, bend = delay_at(problem.kind, problem.parameter, facility, load)
    state.slope[facility] = slope
    toll = 0.0
    if problem.is_system:
        worth = state.worth[facility]
        toll = slope * worth
        state.bend[facility] = bend * worth
    for i in range(problem.first_member[facility], problem.first_member[facility + 1]):
        link = problem.member[i]
        for k in range(len(problem.weight)):
            state.cost[k, link] = (
                problem.fixed[k, link] + problem.weight[k] * delay + problem.load[k, link] * toll
            )


@njit(counting=False)
def refresh_all(problem: AssignmentProblem, state: State) -> None:
    """Costs of all links."""
    for k in range(len(problem.weight)):
        for link in range(len(problem.tail)):
            state.cost[k, link] = problem.fixed[k, link]
    for facility in range(len(problem.kind)):
        refresh(problem, state, facility)


@njit(counting=False)
def put_on_path(
    problem: AssignmentProblem,
    state: State,
    k: int,
    flow: float,
    links: IntArray,
    first: int,
    last: int,
) -> None:
    """Add the load of a flow of class k on ``links[first:last]``; costs stay as they are."""
    weight = problem.weight[k]
    for i in range(first, last):
        link = links[i]
        facility = problem.facility[link]
        if facility >= 0:
            state.load[facility] += flow * problem.load[k, link]
            state.worth[facility] += flow * weight


@njit(counting=False)
def load_paths(problem: AssignmentProblem, state: State, paths: PathSet) -> None:
    """Loads of all facilities from the path flows, without what rounding has left."""
    state.load[:] = 0.0
    state.worth[:] = 0.0
    for group in range(len(problem.group_class)):
        k = problem.group_class[group]
        for pair in range(problem.first_pair[group], problem.first_pair[group + 1]):
            first, last = paths.first_path[pair], paths.first_path[pair + 1]
            total = 0.0
            for path in range(first, last):
                total += paths.flow[path]
            if total <= 0.0:
                continue
            scale = problem.volume[pair] / total
            for path in range(first, last):
                if last - first == 1:
                    paths.flow[path] = problem.volume[pair]
                else:
                    paths.flow[path] *= scale
                flow, links = paths.flow[path], paths.link
                if flow > 0.0:
                    ends = paths.first_link[path], paths.first_link[path + 1]
                    put_on_path(problem, state, k, flow, links, ends[0], ends[1])


@njit(counting=False)
def fill_link_flows(problem: AssignmentProblem, paths: PathSet, flow: FloatArray) -> None:
    """Flow of each class on each link, (n_classes, n_links)."""
    flow[:] = 0.0
    for group in range(len(problem.group_class)):
        k = problem.group_class[group]
        first = paths.first_path[problem.first_pair[group]]
        last = paths.first_path[problem.first_pair[group + 1]]
        for path in range(first, last):
            for i in range(paths.first_link[path], paths.first_link[path + 1]):
                flow[k, paths.link[i]] += paths.flow[path]
