"""Two paths through a network that share as little as possible."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from lajvard.errors import InputError, NumericsError
from lajvard.fibre.line.disjoint_kernels import FOUND, NO_PATH, two_paths

SHARED_LINK, SHARED_GROUP, SHARED_PLACE = 1e8, 1e5, 1e2
"""What sharing costs, in km: a link above a risk, a risk above a place, a place above length.

So that no length of detour is refused to avoid a shared link, and some 100 km to avoid a place.
"""


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection of two places that may be used both ways.

    Edges between the same two places are one risk group: what happens there may take all of them.
    """

    edge_id: str
    start: Hashable
    end: Hashable
    length: float


@dataclass(frozen=True, slots=True)
class PathPair:
    """Two paths, as indices of edges in travel order, and what they share.

    Attributes
    ----------
    shared_edges
        Edges that both use: no other way was there.
    shared_groups
        Pairs of places between which both pass, over different edges.
    shared_places
        Places where both pass, ends left out.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    shared_edges: tuple[int, ...]
    shared_groups: tuple[tuple[Hashable, Hashable], ...]
    shared_places: tuple[Hashable, ...]


def disjoint_pair(
    edges: Sequence[Edge],
    source: Hashable,
    target: Hashable,
    *,
    shared_link: float = SHARED_LINK,
    shared_group: float = SHARED_GROUP,
    shared_place: float = SHARED_PLACE,
) -> PathPair:
    """The two paths of least length, plus a price of everything that they share.

    Parameters
    ----------
    edges
        The network; lengths are positive.
    shared_link, shared_group, shared_place
        Price of an edge that both use, of two places between which both pass over different
        edges, and of a place where both pass.

    Raises
    ------
    InputError
        An end is no place of the network, a length is not positive, or nothing leads from one end
        to the other.

    Notes
    -----
    Minimum-cost flow of two units by successive shortest paths, which is Suurballe's and
    Bhandari's method [1]_ where a second use is forbidden, and exact where it costs more than the
    first. Risks between two places are exact; groups that reach further are not seen here, they
    count in `lajvard.fibre.line.availability`.

    References
    ----------
    .. [1] Bhandari (1999), Survivable Networks: Algorithms for Diverse Routing, Kluwer.

    Examples
    --------
    >>> ring = [Edge("ab", "A", "B", 1), Edge("bc", "B", "C", 1), Edge("ac", "A", "C", 5)]
    >>> pair = disjoint_pair(ring, "A", "C")
    >>> pair.first, pair.second
    ((0, 1), (2,))
    """
    places = list(dict.fromkeys(p for edge in edges for p in (edge.start, edge.end)))
    number = {place: ix for ix, place in enumerate(places)}
    for end in (source, target):
        if end not in number:
            raise InputError("disjoint paths", f"'{end}' is no place of the network")
    if source == target:
        raise InputError("disjoint paths", f"both ends are '{source}'")
    wrong = [edge for edge in edges if not edge.length > 0]
    if wrong:
        found = f"edge '{wrong[0].edge_id}' has length {wrong[0].length:g}"
        raise InputError("disjoint paths", found, "Give lengths above 0.")
    groups = _groups(edges, number)
    arcs: list[tuple[int, int, float, float]] = []
    for (a, b), members in groups.items():
        cost = edges[members[0]].length
        again = cost + shared_link
        if len(members) > 1:
            again = edges[members[1]].length + shared_group
        arcs += [(2 * a + 1, 2 * b, cost, again), (2 * b + 1, 2 * a, cost, again)]
    ends = (number[source], number[target])
    for ix in range(len(places)):
        arcs.append((2 * ix, 2 * ix + 1, 0.0, 0.0 if ix in ends else shared_place))
    tail, head = (np.array([arc[at] for arc in arcs], np.int64) for at in (0, 1))
    first, second = (np.array([arc[at] for arc in arcs]) for at in (2, 3))
    flow = np.zeros(len(arcs), np.int64)
    status = two_paths(tail, head, first, second, 2 * ends[0] + 1, 2 * ends[1], flow)
    if status == NO_PATH:
        raise InputError("disjoint paths", f"nothing leads from '{source}' to '{target}'")
    if status != FOUND:
        raise NumericsError("disjoint paths", "no end after all rounds", "Give finite lengths.")
    return _pair(edges, groups, places, flow, ends)


def _groups(
    edges: Sequence[Edge], number: dict[Hashable, int]
) -> dict[tuple[int, int], tuple[int, ...]]:
    """Edges between the same two places, shortest first."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for ix, edge in enumerate(edges):
        a, b = sorted((number[edge.start], number[edge.end]))
        if a != b:
            found[a, b].append(ix)
    return {
        key: tuple(sorted(members, key=lambda ix: edges[ix].length))
        for key, members in found.items()
    }


def _pair(
    edges: Sequence[Edge],
    groups: dict[tuple[int, int], tuple[int, ...]],
    places: Sequence[Hashable],
    flow: np.ndarray[tuple[int], np.dtype[np.int64]],
    ends: tuple[int, int],
) -> PathPair:
    """Take the uses of arcs apart into two paths, the shorter first."""
    left: dict[int, list[int]] = defaultdict(list)
    for at, (a, b) in enumerate(groups):
        there, back = int(flow[2 * at]), int(flow[2 * at + 1])
        left[a] += [b] * there
        left[b] += [a] * back
    used: dict[tuple[int, int], int] = defaultdict(int)
    paths, passed = [], []
    for _ in range(2):
        at, path, seen = ends[0], [], []
        while at != ends[1]:
            to = left[at].pop()
            key = (min(at, to), max(at, to))
            members = groups[key]
            path.append(members[min(used[key], len(members) - 1)])
            used[key] += 1
            at = to
            seen.append(at)
        paths.append(tuple(path))
        passed.append(seen[:-1])
    order = sorted((0, 1), key=lambda ix: sum(edges[e].length for e in paths[ix]))
    first, second = paths[order[0]], paths[order[1]]
    twice = [key for key, count in used.items() if count > 1]
    return PathPair(
        first,
        second,
        tuple(ix for ix in first if ix in second),
        tuple((places[a], places[b]) for a, b in twice if len(groups[a, b]) > 1),
        tuple(places[ix] for ix in passed[0] if ix in passed[1]),
    )
