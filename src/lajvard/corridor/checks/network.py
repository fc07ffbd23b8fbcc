"""Checks of what hangs together: parts cut off, changes of mode, links without a service."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from lajvard.corridor.checks.findings import Findings
from lajvard.corridor.checks.view import BY_SERVICE, IntArray, View
from lajvard.corridor.table import Table

PAIRS = ("demand", "od_pair")
"""Tables whose rows want goods to go from one node to another."""


def check_network(view: View, findings: Findings) -> None:
    """Report parts of the network that nothing reaches."""
    _check_parts(view, findings)
    _check_changes(view, findings)
    _check_services_of_links(view, findings)


def _check_parts(view: View, findings: Findings) -> None:
    """Operating nodes without a link, and parts that no operating link joins to the rest."""
    nodes, linked = view.nodes, view.joined
    if not len(nodes):
        return
    named = np.zeros(len(nodes), dtype=np.bool_)
    named[view.start[linked]] = named[view.end[linked]] = True
    first = np.zeros(len(nodes), dtype=np.bool_)
    first[list(view.node_ix.values())] = True
    lonely = first & ~named & view.operates(nodes)
    findings.add(
        "warning",
        nodes,
        np.flatnonzero(lonely).tolist(),
        "node_id",
        "no link starts or ends at",
        remedy="Add a link, or give the node another status than operating.",
    )
    part = _parts(view.start[view.open_links], view.end[view.open_links], len(nodes))
    rest = first & named & view.operates(nodes)
    sizes = np.bincount(part[rest], minlength=part.max(initial=0) + 1)
    main = int(sizes.argmax())
    wanted = _wanted(view, part, main)
    for number in np.flatnonzero(sizes).tolist():
        if number != main:
            members = np.flatnonzero(rest & (part == number)).tolist()
            _report_part(nodes, members, number in wanted, findings)


def _parts(start: IntArray, end: IntArray, n_nodes: int) -> IntArray:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(start), dtype=np.int8)
    graph = coo_array((ones, (start, end)), shape=(n_nodes, n_nodes)).tocsr()
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _wanted(view: View, part: IntArray, main: int) -> set[int]:
    """Parts that demand joins to another one."""
    found: set[int] = set()
    for name in PAIRS:
        table = view.now(name)
        origin, dest = view.ends(table, "origin_node_id"), view.ends(table, "dest_node_id")
        known = (origin >= 0) & (dest >= 0)
        a, b = part[origin[known]], part[dest[known]]
        found |= {int(number) for number in np.concatenate([a[a != b], b[a != b]])}
    return found - {main}


def _report_part(nodes: Table, members: list[int], is_wanted: bool, findings: Findings) -> None:
    ids = nodes.text("node_id")
    some = ", ".join(ids[ix] for ix in members[:3]) + (", …" if len(members) > 3 else "")
    count = f"{len(members)} node{'s' if len(members) > 1 else ''}"
    findings.add(
        "warning",
        nodes,
        members[:1],
        "node_id",
        "no operating link joins this part to the rest of the network",
        detail=f"({count}):",
        value=some,
        remedy="Demand needs one." if is_wanted else "Look at the status of its links.",
    )


def _check_changes(view: View, findings: Findings) -> None:
    """Operating nodes where goods arrive by one mode or gauge and can never go on by another."""
    ways = view.ways
    n_labels = max(1, len(ways.label_names))
    states = np.unique(np.concatenate([ways.start, ways.end]) * n_labels + np.tile(ways.label, 2))
    counts = np.bincount(states // n_labels, minlength=1)
    met: dict[int, set[str]] = defaultdict(set)
    for state in states[counts[states // n_labels] > 1].tolist():
        met[state // n_labels].add(ways.label_names[state % n_labels])
    joined: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for change in view.changes:
        joined[change.node].append((change.before, change.after))
    apart = {
        node: groups
        for node, names in met.items()
        if len(groups := _groups(names, joined.get(node, ()))) > 1
    }
    findings.add(
        "warning",
        view.nodes,
        sorted(apart),
        "node_id",
        "no transfer joins the modes that meet here",
        detail=lambda ix: f"({' | '.join(apart[ix])}):",
        remedy="Add a row to transfer.csv if goods can change there.",
    )


def _groups(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Modes of a node by what transfers join, as words."""
    wanted = set(names)
    group = {name: {name} for name in wanted}
    for before, after in pairs:
        both = group.get(before, {before}) | group.get(after, {after})
        group |= dict.fromkeys(both, both)
    found = {frozenset(group[name] & wanted) for name in wanted}
    return sorted(" and ".join(sorted(names)) for names in found)


def _check_services_of_links(view: View, findings: Findings) -> None:
    """Sea links (and air, and inland waterways) that operate although no service runs on them."""
    served = set(view.service_links[view.operates(view.services)].tolist())
    idle = [
        ix
        for ix in np.flatnonzero(view.open_links).tolist()
        if view.link_modes[ix] in BY_SERVICE and ix not in served
    ]
    findings.add(
        "warning",
        view.links,
        idle,
        "link_id",
        "no operating service runs on",
        remedy="Add one to service.csv: by sea, river and air goods move by services only.",
    )
