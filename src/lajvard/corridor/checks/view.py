"""The used rows of nodes, links and services as arrays, as far as their cells can be read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.table import Table
from lajvard.schema import bad_cells

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

BY_SERVICE = ("sea", "inland_waterway", "air")
"""Modes in which goods move by services only: a sea link alone takes nobody along."""

UNITS = {"road": "lorries", "rail": "wagons"} | dict.fromkeys(BY_SERVICE, "teu")
"""The column of a cargo class that says whether it can go by a mode."""

_MET_BY = {"lorry": "road", "wagon": "rail"}


@dataclass(frozen=True)
class View:
    """A corridor for the checks that look at more than one table.

    Identifiers that are not known have the index -1; cells that are no numbers are not a number.
    Where a node has several rows (its history) the first one counts.
    """

    corridor: Corridor

    def now(self, name: str) -> Table:
        """The used rows of a table that hold as the description stands."""
        table = self.corridor.used(name)
        holds = self._holds(table)
        return table if holds.all() else table.select(holds)

    def _holds(self, table: Table) -> BoolArray:
        """Which rows hold: those in force on the corridor's day, or else those without an end."""
        if self.corridor.date is not None:
            return np.ones(len(table), dtype=np.bool_)
        return np.array([not cell for cell in table.text("until")], dtype=np.bool_)

    def operates(self, table: Table) -> BoolArray:
        """Which rows hold and operate: (n_rows,).

        A row whose status cannot be read counts as operating: what is wrong with it is said once,
        and not again for all that hangs on it.
        """
        others = set(table.schema.columns["status"].allowed) - {"operating"}
        runs = np.array([cell not in others for cell in table.text("status")], dtype=np.bool_)
        return self._holds(table) & runs

    @cached_property
    def nodes(self) -> Table:
        """The used nodes."""
        return self.corridor.used("node")

    @cached_property
    def links(self) -> Table:
        """The used links."""
        return self.corridor.used("link")

    @cached_property
    def services(self) -> Table:
        """The used services."""
        return self.corridor.used("service")

    @cached_property
    def node_ix(self) -> dict[str, int]:
        """Index of each node id."""
        return first_ix(self.nodes.text("node_id"))

    @cached_property
    def countries(self) -> Sequence[str]:
        """Country of each node."""
        return self.nodes.text("country")

    @cached_property
    def country_ix(self) -> IntArray:
        """Number of the country of each node, -1 where the cell is none: (n_nodes,)."""
        bad = set(bad_cells(self.nodes.schema.columns["country"], self.countries))
        known = first_ix(["" if ix in bad else cell for ix, cell in enumerate(self.countries)])
        return np.array([known.get(cell, -1) for cell in self.countries], dtype=np.int64)

    @cached_property
    def x(self) -> FloatArray:
        """Longitudes of the nodes: (n_nodes,)."""
        return within_limits(self.nodes, "x_coord")

    @cached_property
    def y(self) -> FloatArray:
        """Latitudes of the nodes: (n_nodes,)."""
        return within_limits(self.nodes, "y_coord")

    def ends(self, table: Table, column: str) -> IntArray:
        """Index of the node that each row of `table` names in `column`: (n_rows,)."""
        known = self.node_ix
        return np.array([known.get(cell, -1) for cell in table.text(column)], dtype=np.int64)

    @cached_property
    def start(self) -> IntArray:
        """Index of the node where each link starts: (n_links,)."""
        return self.ends(self.links, "from_node_id")

    @cached_property
    def end(self) -> IntArray:
        """Index of the node where each link ends: (n_links,)."""
        return self.ends(self.links, "to_node_id")

    @cached_property
    def joined(self) -> BoolArray:
        """Which links have both ends: (n_links,)."""
        return (self.start >= 0) & (self.end >= 0)

    @cached_property
    def abroad(self) -> BoolArray:
        """Which links cross a border: (n_links,)."""
        found: BoolArray = self.joined.copy()
        here, there = (self.country_ix[end[found]] for end in (self.start, self.end))
        found[found] = (here != there) & (here >= 0) & (there >= 0)
        return found

    @cached_property
    def open_links(self) -> BoolArray:
        """Which links operate and have both ends: (n_links,)."""
        return self.joined & self.operates(self.links)

    @cached_property
    def link_modes(self) -> Sequence[str]:
        """Mode of each link."""
        return self.links.text("mode")

    @cached_property
    def link_labels(self) -> list[str]:
        """Mode of each link, with its gauge on a railway: as states of a network are named."""
        modes, gauges = self.link_modes, self.links.text("gauge_mm")
        return [label(mode, gauge) for mode, gauge in zip(modes, gauges, strict=True)]

    @cached_property
    def service_links(self) -> IntArray:
        """Index of the link that each service runs on: (n_services,)."""
        known = first_ix(self.links.text("link_id"))
        ids = self.services.text("link_id")
        return np.array([known.get(cell, -1) for cell in ids], dtype=np.int64)

    @cached_property
    def open_services(self) -> list[int]:
        """Services that operate on links that do."""
        able = (self.service_links >= 0) & self.operates(self.services)
        return [
            ix for ix in np.flatnonzero(able).tolist() if self.open_links[self.service_links[ix]]
        ]

    def service_mode(self, service: int) -> str:
        """What goods on a service travel by when they meet its ports: a lorry stays a lorry."""
        carried = self.services.text("carries")[service]
        return _MET_BY.get(carried) or self.link_modes[self.service_links[service]]

    @cached_property
    def gauges(self) -> Mapping[int, set[str]]:
        """Railways of a known gauge at each node, whatever their status."""
        found: dict[int, set[str]] = defaultdict(set)
        for ix in np.flatnonzero(self.joined).tolist():
            if self.link_labels[ix].startswith("rail "):
                found[int(self.start[ix])].add(self.link_labels[ix])
                found[int(self.end[ix])].add(self.link_labels[ix])
        return found

    def boards(self, service: int) -> list[str]:
        """States in which goods board a service: wagons by gauge of the link, or of its ends."""
        mode, link = self.service_mode(service), int(self.service_links[service])
        gauge = self.links.text("gauge_mm")[link]
        if mode != "rail" or gauge:
            return [label(mode, gauge) if mode == "rail" else mode]
        here, there = (self.gauges.get(int(end[link]), set()) for end in (self.start, self.end))
        return sorted(here & there or here | there or {"rail"})

    @cached_property
    def ways(self) -> "Ways":
        """All that carries goods: operating roads and railways, and operating services."""
        links = self.links
        carries = np.array([mode not in BY_SERVICE for mode in self.link_modes], dtype=np.bool_)
        rows = np.flatnonzero(self.open_links & carries).tolist()
        names = [self.link_labels[ix] for ix in rows]
        for service in self.open_services:
            boards = self.boards(service)
            rows += [int(self.service_links[service])] * len(boards)
            names += boards
        label_names = sorted({*names, *self._transfer_labels})
        numbers = {name: number for number, name in enumerate(label_names)}
        which = np.array(rows, dtype=np.int64)
        labels = np.array([numbers[name] for name in names], dtype=np.int64)
        back = ~links.flags("directed")[which]
        return Ways(self.start[which], self.end[which], labels, back, tuple(label_names))

    @cached_property
    def _transfer_labels(self) -> set[str]:
        return {name for change in self.changes for name in (change.before, change.after)}

    @cached_property
    def changes(self) -> "list[CellChange]":
        """The operating transfers, once for each direction in which they work."""
        table = self.corridor.used("transfer")
        nodes, able = self.ends(table, "node_id"), self.operates(table)
        classes, back = table.lists("cargo_class"), ~table.flags("directed")
        names = ("from_mode", "from_gauge_mm", "to_mode", "to_gauge_mm")
        found = []
        for ix, row in enumerate(zip(*(table.text(name) for name in names), strict=True)):
            if nodes[ix] >= 0 and able[ix]:
                node, before, after = int(nodes[ix]), label(*row[:2]), label(*row[2:])
                found.append(CellChange(node, before, after, classes[ix]))
                if back[ix]:
                    found.append(CellChange(node, after, before, classes[ix]))
        return found


class Ways(NamedTuple):
    """Ways that goods can go, in arrays: (n_ways,) each."""

    start: IntArray
    end: IntArray
    label: IntArray
    back: BoolArray
    label_names: tuple[str, ...]


class CellChange(NamedTuple):
    """A transfer from one state of a node to another."""

    node: int
    before: str
    after: str
    cargo_classes: tuple[str, ...]


def within_limits(table: Table, column: str) -> FloatArray:
    """Cells as numbers, not a number where the column does not allow them: (n_rows,)."""
    limits = table.schema.columns[column]
    low = -np.inf if limits.minimum is None else limits.minimum
    high = np.inf if limits.maximum is None else limits.maximum
    values = table.numbers(column)
    return np.where((values >= low) & (values <= high), values, np.nan)


def first_ix(ids: Sequence[str]) -> dict[str, int]:
    """Index of the first row of each id."""
    return {cell: len(ids) - 1 - ix for ix, cell in enumerate(reversed(ids)) if cell}


def label(mode: str, gauge: str) -> str:
    """Mode with the gauge of a railway.

    >>> label("rail", "1520"), label("road", "")
    ('rail 1520', 'road')
    """
    return f"rail {gauge}" if mode == "rail" and gauge else mode


def usable_modes(view: View, cargo_class: str) -> list[str]:
    """Modes that a cargo class can go by."""
    table = view.corridor.used("cargo_class")
    ix = table.text("cargo_class").index(cargo_class)
    return [mode for mode, units in UNITS.items() if table.numbers(units)[ix] > 0]
