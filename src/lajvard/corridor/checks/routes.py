"""Check that all demand has a route by what its unit load can use."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from lajvard.corridor.checks.findings import Findings
from lajvard.corridor.checks.network import PAIRS
from lajvard.corridor.checks.view import BoolArray, IntArray, View, usable_modes
from lajvard.corridor.table import Table


def check_routes(view: View, findings: Findings) -> None:
    """Report demand, and pairs to be compared, that no route serves."""
    reaches = {
        cell: _Reach(view, cell)
        for name in PAIRS
        for cell in set(view.now(name).text("cargo_class"))
        if cell and cell in view.corridor.used("cargo_class").text("cargo_class")
    }
    for name in PAIRS:
        _check_pairs(view, view.now(name), reaches, findings)


def _check_pairs(
    view: View, table: Table, reaches: Mapping[str, "_Reach"], findings: Findings
) -> None:
    classes, origins = table.text("cargo_class"), table.text("origin_node_id")
    starts, ends = (view.ends(table, f"{end}_node_id").tolist() for end in ("origin", "dest"))
    unserved = [
        ix
        for ix, (start, end) in enumerate(zip(starts, ends, strict=True))
        if start >= 0 and end >= 0 and classes[ix] in reaches
        if not reaches[classes[ix]].joins(start, end)
    ]
    findings.add(
        "warning",
        table,
        unserved,
        "dest_node_id",
        "no route",
        detail=lambda ix: f"for '{classes[ix]}' from '{origins[ix]}' to",
        remedy=lambda ix: reaches[classes[ix]].remedy,
    )


class _Reach:
    """What one cargo class can reach: states (node, mode) and the ways between them."""

    def __init__(self, view: View, cargo_class: str) -> None:
        self._modes = usable_modes(view, cargo_class)
        self._view = view
        names = view.ways.label_names
        self._n_labels = max(1, len(names))
        able = np.array([name.split(" ")[0] in self._modes for name in names], dtype=np.bool_)
        tail, head = self._moves(cargo_class, able)
        self._states, both = np.unique(np.concatenate([tail, head]), return_inverse=True)
        size = len(self._states)
        ends = both[: len(tail)], both[len(tail) :]
        self._graph = csr_array((np.ones(len(tail), np.int8), ends), shape=(size, size))
        self._seen: dict[int, BoolArray] = {}

    def _moves(self, cargo_class: str, able: BoolArray) -> tuple[IntArray, IntArray]:
        """Tails and heads of all moves; a state is node * n_labels + label."""
        ways, n_labels = self._view.ways, self._n_labels
        on = able[ways.label]
        here = ways.start[on] * n_labels + ways.label[on]
        there = ways.end[on] * n_labels + ways.label[on]
        number = {name: ix for ix, name in enumerate(ways.label_names)}
        pairs = [
            (change.node * n_labels + number[change.before], change.node * n_labels + after)
            for change in self._view.changes
            if able[number[change.before]] and able[after := number[change.after]]
            if not change.cargo_classes or cargo_class in change.cargo_classes
        ]
        tail, head = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        back = ways.back[on]
        tails = np.concatenate([here, there[back], tail])
        return tails, np.concatenate([there, here[back], head])

    @cached_property
    def _parts(self) -> NDArray[np.int32]:
        """Parts of states that reach one another when directions do not count: (n_states,)."""
        return np.asarray(connected_components(self._graph, directed=False)[1], dtype=np.int32)

    @cached_property
    def _two_way(self) -> NDArray[np.int32]:
        """Parts of states that reach one another: (n_states,)."""
        found = connected_components(self._graph, directed=True, connection="strong")
        return np.asarray(found[1], dtype=np.int32)

    def joins(self, origin: int, dest: int) -> bool:
        """Whether a route leads from one node to another."""
        here, there = self._at(origin), self._at(dest)
        if origin == dest or np.intersect1d(self._two_way[here], self._two_way[there]).size:
            return True
        if not np.intersect1d(self._parts[here], self._parts[there]).size:
            return False
        if origin not in self._seen:
            self._seen[origin] = self._reached(here)
        return bool(self._seen[origin][there].any())

    def _at(self, node: int) -> slice:
        """The states of a node."""
        first, last = np.searchsorted(self._states, (node + np.array([0, 1])) * self._n_labels)
        return slice(int(first), int(last))

    def _reached(self, start: slice) -> BoolArray:
        seen = np.zeros(len(self._states), dtype=np.bool_)
        for state in range(start.start, start.stop):
            if not seen[state]:
                seen[breadth_first_order(self._graph, state, return_predecessors=False)] = True
        return seen

    @property
    def remedy(self) -> str:
        """What to look at when there is no route."""
        modes = ", ".join(mode.replace("_", " ") for mode in self._modes)
        return f"It can go by {modes or 'no mode'}: look at links, services and transfers."
