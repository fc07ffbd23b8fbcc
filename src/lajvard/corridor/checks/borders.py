"""Checks of borders: what crosses one meets procedures, and procedures stand on a way."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lajvard.corridor.checks.findings import Findings
from lajvard.corridor.checks.view import BY_SERVICE, View
from lajvard.corridor.table import Table
from lajvard.errors import Severity

_WAYS = {"outbound": ("outbound",), "inbound": ("inbound",)}
_BOTH = ("outbound", "inbound")


@dataclass(frozen=True, slots=True)
class _Crossing:
    """A link or service between two countries, by the mode that meets the posts."""

    table: Table
    ix: int
    column: str
    mode: str
    a: str
    b: str
    directed: bool
    open: bool

    @property
    def needs(self) -> list[tuple[str, str, str]]:
        """Post, other side and direction of each procedure that goods on the way meet."""
        there = [(self.a, self.b, "outbound"), (self.b, self.a, "inbound")]
        back = [(self.b, self.a, "outbound"), (self.a, self.b, "inbound")]
        return there if self.directed else there + back


class _Posts:
    """Procedures that add time, by post, other side, mode and direction."""

    def __init__(self, table: Table) -> None:
        self._known: set[tuple[str, str, str, str]] = set()
        self._others: dict[tuple[str, str], set[str]] = defaultdict(set)
        names = ("node_id", "other_node_id", "mode", "direction", "part_of")
        for node, other, mode, direction, part_of in zip(
            *(table.text(name) for name in names), strict=True
        ):
            if not part_of:
                for way in _WAYS.get(direction, _BOTH):
                    self._known.add((node, other, mode, way))
                self._others[node, mode].add(other)

    def has(self, node: str, other: str, mode: str, way: str) -> bool:
        """Whether a unit load meets a procedure; at a port one for all other ports counts."""
        anywhere = mode in BY_SERVICE and (node, "", mode, way) in self._known
        return anywhere or (node, other, mode, way) in self._known

    def others(self, node: str, mode: str) -> list[str]:
        """The other sides that the procedures of a post name."""
        return sorted(self._others.get((node, mode), set()) - {""})


def check_borders(view: View, findings: Findings) -> None:
    """Report borders without procedures and procedures without a border."""
    every, now = _Posts(view.corridor.used("procedure")), _Posts(view.now("procedure"))
    kinds: list[tuple[bool, Severity, _Posts]] = [(True, "error", now), (False, "warning", every)]
    crossings = list(_crossings(view))
    for is_open, severity, posts in kinds:
        for table in (view.links, view.services):
            mine = {one.ix: one for one in crossings if one.open is is_open and one.table is table}
            _report(table, mine, posts, severity, findings)
    _check_stray(view, findings)


def _crossings(view: View) -> Iterator[_Crossing]:
    links, services = view.links, view.services
    starts, ends = links.text("from_node_id"), links.text("to_node_id")
    directed, is_open = links.flags("directed"), view.open_links
    for ix in np.flatnonzero(view.abroad).tolist():
        if view.link_modes[ix] not in BY_SERVICE:
            where = (starts[ix], ends[ix], bool(directed[ix]), bool(is_open[ix]))
            yield _Crossing(links, ix, "link_id", view.link_modes[ix], *where)
    runs = view.operates(services)
    for ix, link in enumerate(view.service_links.tolist()):
        if link >= 0 and view.abroad[link]:
            able = bool(is_open[link] and runs[ix])
            where = (starts[link], ends[link], bool(directed[link]), able)
            yield _Crossing(services, ix, "link_id", view.service_mode(ix), *where)


def _report(
    table: Table,
    crossings: dict[int, _Crossing],
    posts: _Posts,
    severity: Severity,
    findings: Findings,
) -> None:
    missing = {
        ix: [
            (node, way)
            for node, other, way in crossing.needs
            if not posts.has(node, other, crossing.mode, way)
        ]
        for ix, crossing in crossings.items()
    }
    bare = [ix for ix, needs in missing.items() if len(needs) == len(crossings[ix].needs)]
    findings.add(
        severity,
        table,
        bare,
        "link_id",
        "crosses a border with no procedure at either end",
        detail=lambda ix: f"({crossings[ix].mode}, '{crossings[ix].a}' to '{crossings[ix].b}'):",
        remedy=lambda ix: _remedy(crossings[ix], posts),
    )
    for ix in sorted(set(missing) - set(bare)):
        for node, what in _gaps(crossings[ix], missing[ix]):
            findings.add(
                "warning",
                table,
                [ix],
                "link_id",
                f"crosses a border with no {what} at one end",
                detail=f"({crossings[ix].mode}):",
                value=node,
                remedy=f"Add what is done at '{node}', with mean_h 0 if nobody stops.",
            )


def _gaps(crossing: _Crossing, missing: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Posts at which something is missing, and what: all procedures, or those of one direction."""
    for node in dict.fromkeys(node for node, _ in missing):
        needed = {way for post, _, way in crossing.needs if post == node}
        gone = {way for post, way in missing if post == node}
        yield node, "procedure" if gone == needed else f"{min(gone)} procedure"


def _remedy(crossing: _Crossing, posts: _Posts) -> str:
    for node in (crossing.a, crossing.b):
        others = posts.others(node, crossing.mode)
        if others:
            named = "', '".join(others)
            return f"The {crossing.mode} procedures at '{node}' name '{named}' as other side."
    return "Add what is done at each end to procedure.csv, with mean_h 0 if nobody stops."


def _check_stray(view: View, findings: Findings) -> None:
    """Procedures at a border over which nothing leads: nothing will ever meet them."""
    table = view.corridor.used("procedure")
    joined = set(_joined(view))
    nodes, others, modes = (table.text(name) for name in ("node_id", "other_node_id", "mode"))
    stray = [
        ix
        for ix, (node, other, mode) in enumerate(zip(nodes, others, modes, strict=True))
        if node in view.node_ix and other in view.node_ix and (node, other, mode) not in joined
    ]
    findings.add(
        "warning",
        table,
        stray,
        "other_node_id",
        "no link or service",
        detail=lambda ix: f"by {modes[ix]} joins '{nodes[ix]}' to",
        remedy="Look at the two posts and the mode: a lorry on a ferry meets procedures by road.",
    )


def _joined(view: View) -> Iterator[tuple[str, str, str]]:
    """Post, other side and mode of all that goods can meet, in whatever state it is."""
    starts, ends = view.links.text("from_node_id"), view.links.text("to_node_id")
    for a, b, mode in zip(starts, ends, view.link_modes, strict=True):
        yield a, b, mode
        yield b, a, mode
    for ix, link in enumerate(view.service_links.tolist()):
        if link >= 0:
            mode = view.service_mode(ix)
            yield starts[link], ends[link], mode
            yield ends[link], starts[link], mode
