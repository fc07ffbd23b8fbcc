"""From a network and a demand to the arrays that the kernels work on, and back."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard.assignment.arrays import Demand, FacilityKind, FlowNetwork, IntArray
from lajvard.assignment.delay import packed_parameters
from lajvard.assignment.state_kernels import AssignmentProblem, PathSet, State
from lajvard.assignment.tree_kernels import Forest


class Prepared(NamedTuple):
    """A problem, and where its links and pairs come from."""

    problem: AssignmentProblem
    link: IntArray  # (n_links,) of the network, for each link of the problem
    place: IntArray  # (n_links,) the other way round
    pair: IntArray  # (n_pairs_kept,) of the demand, for each pair of the problem
    n_states: int  # with a second one for each zone
    n_zones: int


def prepare(network: FlowNetwork, demand: Demand, *, is_system: bool) -> Prepared:
    """Sort links by tail and pairs by class and origin; zones get a state of their own to leave by.

    Links that leave a zone that no path may pass through (``network.first_thru``) begin in a
    second state, which nothing leads to: so nothing can pass. Pairs whose origin is their
    destination are left out: they use no link.
    """
    n_zones, n_states = network.first_thru, network.n_states
    if len(demand.origin):
        n_states = max(n_states, int(demand.origin.max()) + 1, int(demand.destination.max()) + 1)
    tail = np.where(network.tail < n_zones, network.tail + n_states, network.tail)
    n_states += n_zones
    link = np.argsort(tail, kind="stable").astype(np.int32)
    place = np.empty_like(link)
    place[link] = np.arange(len(link), dtype=np.int32)
    facility = network.facility[link]
    members = np.argsort(facility, kind="stable").astype(np.int32)
    members = members[facility[members] >= 0]
    n_facilities = len(network.facilities.kind)

    pair = np.flatnonzero(demand.origin != demand.destination).astype(np.int32)
    order = np.lexsort((demand.destination[pair], demand.origin[pair], demand.klass[pair]))
    pair = pair[order]
    origin, klass = demand.origin[pair].astype(np.int32), demand.klass[pair].astype(np.int32)
    is_new = np.ones(len(pair), dtype=bool)
    is_new[1:] = (origin[1:] != origin[:-1]) | (klass[1:] != klass[:-1])
    first_pair = np.append(np.flatnonzero(is_new), len(pair))
    start = origin[is_new]
    problem = AssignmentProblem(
        first_out=_first_of(tail, n_states),
        tail=tail[link].astype(np.int32),
        head=network.head[link].astype(np.int32),
        facility=facility.astype(np.int32),
        fixed=np.ascontiguousarray(network.fixed[:, link], dtype=np.float64),
        load=np.ascontiguousarray(network.load[:, link], dtype=np.float64),
        weight=np.asarray(network.weight, dtype=np.float64),
        kind=np.asarray(network.facilities.kind, dtype=np.int8),
        parameter=packed_parameters(network.facilities),
        first_member=_first_of(facility[members], n_facilities),
        member=members,
        is_system=is_system,
        is_bent=bool((network.facilities.kind == FacilityKind.QUEUE).any()),
        group_class=klass[is_new],
        group_origin=np.where(start < n_zones, start + n_states - n_zones, start).astype(np.int32),
        first_pair=first_pair.astype(np.int32),
        target=demand.destination[pair].astype(np.int32),
        volume=np.asarray(demand.volume[pair], dtype=np.float64),
    )
    frozen: dict[str, Any] = {
        name: _frozen(value)
        for name, value in problem._asdict().items()
        if isinstance(value, np.ndarray)
    }
    return Prepared(problem._replace(**frozen), link, place, pair, n_states, n_zones)


def new_state(problem: AssignmentProblem) -> State:
    """Costs and loads without any flow."""
    n_facilities, shape = len(problem.kind), problem.fixed.shape
    return State(
        load=np.zeros(n_facilities),
        worth=np.zeros(n_facilities),
        slope=np.zeros(n_facilities),
        bend=np.zeros(n_facilities),
        cost=np.zeros(shape),
        more=np.zeros(n_facilities),
        visits=np.zeros(n_facilities),
        touched=np.zeros(n_facilities, dtype=np.int32),
        touched_more=np.zeros(n_facilities),
        touched_visits=np.zeros(n_facilities),
        path_cost=np.zeros(1),
    )


def new_forest(problem: AssignmentProblem, n_states: int) -> Forest:
    """Room for a tree of each group."""
    n_groups = len(problem.group_class)
    return Forest(
        last_link=np.empty((n_groups, n_states), dtype=np.int32),
        order=np.empty((n_groups, n_states), dtype=np.int32),
        size=np.zeros(n_groups, dtype=np.int32),
        distance=np.empty(n_states),
        queue=np.zeros(n_states, dtype=np.int32),
        is_queued=np.zeros(n_states, dtype=np.int32),
        child=np.zeros(n_states, dtype=np.int32),
        sibling=np.zeros(n_states, dtype=np.int32),
    )


def new_paths(n_pairs: int, n_paths: int = 0, n_links: int = 0) -> PathSet:
    """A path set without paths, and with room for some."""
    return PathSet(
        np.zeros(n_pairs + 1, dtype=np.int64),
        np.zeros(n_paths + 1, dtype=np.int64),
        np.zeros(n_links, dtype=np.int32),
        np.zeros(n_paths),
    )


def enlarged(paths: PathSet, group_start: int, n_paths: int, n_links: int) -> PathSet:
    """The same path set with more room; what is valid ends with the first pair of a group."""
    used = int(paths.first_path[group_start])
    more = new_paths(len(paths.first_path) - 1, n_paths, n_links)
    more.first_path[:] = paths.first_path
    more.first_link[: used + 1] = paths.first_link[: used + 1]
    more.flow[:used] = paths.flow[:used]
    n_used = int(paths.first_link[used])
    more.link[:n_used] = paths.link[:n_used]
    return more


def _first_of(key: IntArray, n_keys: int) -> IntArray:
    """Where the rows of each key begin, in rows that are sorted by key: (n_keys + 1,)."""
    first = np.zeros(n_keys + 1, dtype=np.int32)
    np.cumsum(np.bincount(key, minlength=n_keys), out=first[1:])
    return first


def _frozen(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """A read-only view."""
    view = array.view()
    view.flags.writeable = False
    return view
