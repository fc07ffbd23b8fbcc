"""Checks of the fibre layer: sites, spans, hazards, soundings and shoreline."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from lajvard.corridor.checks.findings import Findings
from lajvard.corridor.checks.places import LONG_KM, TIMES_LONGER, TOLERANCE, great_circle_km
from lajvard.corridor.checks.view import (
    BoolArray,
    FloatArray,
    IntArray,
    View,
    first_ix,
    within_limits,
)
from lajvard.corridor.table import Table
from lajvard.errors import Severity

LINES = ("lane", "pipeline", "cable", "fault")
"""Kinds of hazards that have two ends."""

POINTS = ("earthquake",)
"""Kinds of hazards that may have neither an end nor a radius."""

_WITH_PLACES = ("cable_site", "hazard", "sounding", "shoreline")
_FAR_KM, _NEARER = 300.0, 0.25
_AT_NODE_KM = 100.0
_CORNERS = 4


def check_cables(view: View, findings: Findings) -> None:
    """Report what cannot be in the tables of the fibre layer."""
    for name in _WITH_PLACES:
        table = view.corridor.used(name)
        if len(table):
            _check_places(view, table, findings)
    _check_sites(view, findings)
    _check_spans(view, findings)
    _check_hazards(view.corridor.used("hazard"), findings)
    _check_shoreline(view.corridor.used("shoreline"), findings)


def _check_places(view: View, table: Table, findings: Findings) -> None:
    x, y = _place(table)
    at_zero = (x == 0) & (y == 0)
    findings.add(
        "error",
        table,
        np.flatnonzero(at_zero).tolist(),
        "x_coord",
        "lies at longitude 0, latitude 0, found",
        remedy="Write the coordinates of the place.",
    )
    known = np.isfinite(view.x) & np.isfinite(view.y)
    able = np.isfinite(x) & np.isfinite(y) & ~at_zero & (np.abs(x) <= 90)
    if not known.any() or not able.any():
        return
    middle = float(np.median(view.x[known])), float(np.median(view.y[known]))
    rows = np.flatnonzero(able)
    there = np.full(len(rows), middle[0]), np.full(len(rows), middle[1])
    as_is = great_circle_km(x[rows], y[rows], *there)
    turned = great_circle_km(y[rows], x[rows], *there)
    exchanged = rows[(as_is > _FAR_KM) & (turned < _NEARER * as_is)]
    findings.add(
        "error",
        table,
        exchanged.tolist(),
        "x_coord",
        "longitude and latitude seem to be exchanged, found",
        value=lambda ix: f"{table.text('x_coord')[ix]}, {table.text('y_coord')[ix]}",
        remedy="x_coord is the longitude, y_coord the latitude.",
    )


def _place(table: Table, x: str = "x_coord", y: str = "y_coord") -> tuple[FloatArray, FloatArray]:
    return within_limits(table, x), within_limits(table, y)


def _check_sites(view: View, findings: Findings) -> None:
    site = view.corridor.used("cable_site")
    at = view.ends(site, "node_id")
    x, y = _place(site)
    rows = np.flatnonzero((at >= 0) & np.isfinite(x) & np.isfinite(y))
    rows = rows[np.isfinite(view.x[at[rows]]) & np.isfinite(view.y[at[rows]])]
    if not len(rows):
        return
    km = great_circle_km(x[rows], y[rows], view.x[at[rows]], view.y[at[rows]])
    findings.add(
        "warning",
        site,
        rows[km > _AT_NODE_KM].tolist(),
        "node_id",
        f"is more than {_AT_NODE_KM:g} km away:",
        detail=lambda ix: f"{km[np.searchsorted(rows, ix)]:.0f} km, found",
        remedy="Look at the coordinates of both, or name a nearer place.",
    )


def _check_spans(view: View, findings: Findings) -> None:
    site, span = view.corridor.used("cable_site"), view.corridor.used("cable_span")
    known = first_ix(site.text("site_id"))
    start, end = (
        np.array([known.get(cell, -1) for cell in span.text(name)], dtype=np.int64)
        for name in ("from_site_id", "to_site_id")
    )
    joined = (start >= 0) & (end >= 0)
    loops = joined & (start == end)
    findings.add(
        "error",
        span,
        np.flatnonzero(loops).tolist(),
        "to_site_id",
        "the span ends where it starts, at",
        remedy="Name the site at its other end.",
    )
    if not joined.any():
        return
    _check_landings(site, span, joined, (start, end), findings)
    x, y = _place(site)
    length = within_limits(span, "length")
    able = joined & ~loops & np.isfinite(length)
    able[able] = np.isfinite((x + y)[start[able]]) & np.isfinite((x + y)[end[able]])
    rows = np.flatnonzero(able)
    if not len(rows):
        return
    direct = great_circle_km(x[start[rows]], y[start[rows]], x[end[rows]], y[end[rows]])
    long = (length[rows] > TIMES_LONGER * direct) & (length[rows] > LONG_KM)
    short = length[rows] < direct * (1 - TOLERANCE)
    kinds: list[tuple[Severity, BoolArray, str, str]] = [
        (
            "error",
            short,
            "is shorter than the geodesic of",
            "No cable can be: write no in used where it was announced so, or look at the unit, km.",
        ),
        (
            "warning",
            long,
            f"is more than {TIMES_LONGER:g} times the geodesic of",
            "Look at the coordinates of both ends and at the unit, which is km.",
        ),
    ]
    for severity, which, message, remedy in kinds:
        findings.add(
            severity,
            span,
            rows[which].tolist(),
            "length",
            message,
            detail=lambda ix: f"{direct[np.searchsorted(rows, ix)]:.1f} km, found",
            remedy=remedy,
        )


def _check_landings(
    site: Table,
    span: Table,
    joined: BoolArray,
    ends: tuple[IntArray, IntArray],
    findings: Findings,
) -> None:
    kinds, medium = site.text("site_type"), span.text("medium")
    for name, end in zip(("from_site_id", "to_site_id"), ends, strict=True):
        findings.add(
            "warning",
            span,
            [
                ix
                for ix in np.flatnonzero(joined).tolist()
                if medium[ix] == "submarine" and kinds[end[ix]] != "landing"
            ],
            name,
            "a submarine span ends at a site that is no landing, found",
            remedy="Write landing as its site_type, or name the landing.",
        )


def _check_hazards(hazard: Table, findings: Findings) -> None:
    if not len(hazard):
        return
    x, y = _place(hazard)
    end_x, end_y = _place(hazard, "end_x_coord", "end_y_coord")
    kinds = np.array(hazard.text("kind"), dtype=object)
    half = np.isfinite(end_x) != np.isfinite(end_y)
    is_line = np.isfinite(end_x) & np.isfinite(end_y)
    sized = within_limits(hazard, "radius_x") > 0
    must_end, may_be_small = np.isin(kinds, LINES), np.isin(kinds, (*LINES, *POINTS))
    both = "Give both end_x_coord and end_y_coord."
    for wrong, column, message, remedy in (
        (half, "end_x_coord", "one coordinate of the other end is missing:", both),
        (must_end & ~is_line & ~half, "end_x_coord", "a line without another end:", both),
        (
            is_line & (x == end_x) & (y == end_y),
            "end_x_coord",
            "a line ends where it starts:",
            both,
        ),
        (
            ~is_line & ~half & ~sized & ~may_be_small,
            "radius_x",
            "an area without a size:",
            "Give its half width in km.",
        ),
    ):
        findings.add(
            "error",
            hazard,
            np.flatnonzero(wrong).tolist(),
            column,
            message,
            value=lambda ix: str(kinds[ix]),
            remedy=remedy,
        )


def _check_shoreline(shoreline: Table, findings: Findings) -> None:
    for wrong in _open_rings(shoreline):
        row, column, message, value, remedy = wrong
        findings.add(
            "error", shoreline, [row], column, message, value=lambda _, v=value: v, remedy=remedy
        )


def rings(shoreline: Table) -> dict[str, list[int]]:
    """Rows of each ring in the order of their vertices.

    >>> table = Table.of("shoreline", {"ring": ["a", "a"], "vertex": ["2", "1"]})
    >>> rings(table)
    {'a': [1, 0]}
    """
    found: dict[str, list[int]] = defaultdict(list)
    numbers = shoreline.numbers("vertex")
    for ix, ring in enumerate(shoreline.text("ring")):
        found[ring].append(ix)
    return {ring: sorted(rows, key=lambda ix: numbers[ix]) for ring, rows in found.items()}


def _open_rings(shoreline: Table) -> Iterator[tuple[int, str, str, str, str]]:
    """What is wrong with rings: row, column, message, value, remedy."""
    import shapely

    x, y = _place(shoreline)
    sides = shoreline.text("side")
    for ring, rows in rings(shoreline).items():
        points = np.column_stack([x[rows], y[rows]])
        if not np.isfinite(points).all():
            continue  # said of the cells
        last = rows[-1]
        if len(rows) < _CORNERS:
            what = "a ring has fewer than three corners:"
            yield last, "ring", what, ring, "Add the vertices that are missing."
        elif (points[0] != points[-1]).any():
            where = f"{x[last]:g}, {y[last]:g}"
            remedy = f"Repeat its first vertex, {points[0, 0]:g}, {points[0, 1]:g}, as its last."
            yield last, "vertex", f"the ring '{ring}' does not close, it ends at", where, remedy
        elif not shapely.LinearRing(points).is_simple:
            remedy = "Look at the order of the vertices."
            yield last, "ring", "a ring crosses itself:", ring, remedy
        if len({sides[ix] for ix in rows}) > 1:
            yield last, "side", "a ring has two sides:", ring, "Write one side in all its rows."
