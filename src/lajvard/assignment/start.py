"""Paths to start from, and paths to give back."""

import numpy as np

from lajvard.assignment.arrays import Demand, FlowNetwork, IntArray, LongArray, Paths
from lajvard.assignment.prepare import Prepared, new_paths
from lajvard.assignment.result import Assignment
from lajvard.assignment.state_kernels import PathSet
from lajvard.errors import InputError


def given_paths(
    prepared: Prepared, network: FlowNetwork, demand: Demand, start: Assignment | None
) -> PathSet:
    """The paths of an earlier result that still exist, for the pairs of now.

    Links are the same when they join the same states, the second of two parallel ones the second.
    """
    n_pairs = len(prepared.pair)
    if start is None:
        return new_paths(n_pairs)
    if len(start.network.weight) != len(network.weight):
        what = f"{len(start.network.weight)} classes, the network has {len(network.weight)}"
        raise InputError("start", what, "Start from a result with the same classes.")
    link_now = _same_links(start.network, network)
    old, klass = start.paths, start.demand.klass[start.path_pair]
    link = link_now[old.link]
    path_of = np.repeat(np.arange(len(old.flow)), np.diff(old.first_link))
    cost = network.fixed[klass[path_of], link]
    dead = np.bincount(path_of[(link < 0) | ~np.isfinite(cost)], minlength=len(old.flow)) > 0
    pair = _same_pairs(start.demand, demand, prepared)[start.path_pair]
    kept = np.flatnonzero(~dead & (pair >= 0) & (old.flow > 0))
    kept = kept[np.argsort(pair[kept], kind="stable")]
    found = Paths(
        _first(np.bincount(pair[kept], minlength=n_pairs)),
        _first(np.diff(old.first_link)[kept]),
        prepared.place[link[_stretches(old.first_link, kept)]],
        old.flow[kept],
    )
    total = np.bincount(pair[kept], weights=found.flow, minlength=n_pairs)
    scale = np.divide(prepared.problem.volume, total, out=np.zeros(n_pairs), where=total > 0)
    return PathSet(*found[:3], found.flow * scale[pair[kept]])


def paths_of(prepared: Prepared, paths: PathSet, n_pairs: int) -> Paths:
    """The paths of an assignment in the order and with the links of its demand and network."""
    count = np.zeros(n_pairs, dtype=np.int64)
    count[prepared.pair] = np.diff(paths.first_path)
    order = _stretches(paths.first_path, np.argsort(prepared.pair, kind="stable"))
    n_paths = int(paths.first_path[-1])
    first_link = paths.first_link[: n_paths + 1]
    made = Paths(
        _first(count),
        _first(np.diff(first_link)[order]),
        prepared.link[paths.link[_stretches(first_link, order)]],
        paths.flow[order],
    )
    for array in made:
        array.flags.writeable = False
    return made


def _same_links(old: FlowNetwork, new: FlowNetwork) -> IntArray:
    """The index in `new` of each link of `old`, -1 if there is none."""
    if np.array_equal(old.tail, new.tail) and np.array_equal(old.head, new.head):
        return np.arange(len(old.tail), dtype=np.int32)
    known = {key: ix for ix, key in enumerate(_link_keys(new))}
    return np.array([known.get(key, -1) for key in _link_keys(old)], dtype=np.int32)


def _link_keys(network: FlowNetwork) -> list[tuple[int, int, int]]:
    """Tail, head, and how many links before have the same."""
    seen: dict[tuple[int, int], int] = {}
    keys = []
    for ends in zip(network.tail.tolist(), network.head.tolist(), strict=True):
        seen[ends] = seen.get(ends, -1) + 1
        keys.append((*ends, seen[ends]))
    return keys


def _same_pairs(old: Demand, new: Demand, prepared: Prepared) -> LongArray:
    """For each pair of `old` the pair of the problem, -1 if there is none with a volume."""
    known: dict[tuple[int, int, int], int] = {}
    columns = (new.origin, new.destination, new.klass)
    kept = (column[prepared.pair].tolist() for column in columns)
    for ix, key in enumerate(zip(*kept, strict=True)):
        if prepared.problem.volume[ix] > 0:
            known.setdefault(key, ix)
    keys = zip(old.origin.tolist(), old.destination.tolist(), old.klass.tolist(), strict=True)
    return np.array([known.get(key, -1) for key in keys], dtype=np.int64)


def _first(count: LongArray) -> LongArray:
    first = np.zeros(len(count) + 1, dtype=np.int64)
    np.cumsum(count, out=first[1:])
    return first


def _stretches(first: LongArray, chosen: LongArray) -> LongArray:
    """Indices of the elements of some stretches, one stretch after the other."""
    length = (first[1:] - first[:-1])[chosen]
    begin = _first(length)
    return np.repeat(first[chosen] - begin[:-1], length) + np.arange(begin[-1])
