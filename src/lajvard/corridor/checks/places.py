"""Checks of where things are: coordinates, lengths against the great circle, speeds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor.checks.exchanged import exchanged_nodes
from lajvard.corridor.checks.findings import Findings
from lajvard.corridor.checks.view import BoolArray, FloatArray, View, within_limits
from lajvard.errors import Severity
from lajvard.schema import MODES

TOLERANCE = 0.005
ROUNDED_KM = 0.05
"""Coordinates of three decimals are off by so much."""
"""A link may be shorter than the great circle by this share: coordinates are rounded."""

TIMES_LONGER, LONG_KM = 4.0, 100.0
"""A link so many times as long as the great circle, and longer than this, is doubtful."""


def check_places(view: View, findings: Findings) -> None:
    """Report coordinates, lengths and speeds that cannot be."""
    nodes = view.nodes
    at_zero = (view.x == 0) & (view.y == 0)
    findings.add(
        "error",
        nodes,
        np.flatnonzero(at_zero).tolist(),
        "x_coord",
        "lies at longitude 0, latitude 0, found",
        remedy="Write the coordinates of the place.",
    )
    sound = np.isfinite(view.x) & np.isfinite(view.y) & ~at_zero
    exchanged = exchanged_nodes(view, sound)
    findings.add(
        "error",
        nodes,
        np.flatnonzero(exchanged).tolist(),
        "x_coord",
        "longitude and latitude seem to be exchanged, found",
        value=lambda ix: f"{nodes.text('x_coord')[ix]}, {nodes.text('y_coord')[ix]}",
        remedy="x_coord is the longitude, y_coord the latitude.",
    )
    _check_lengths(view, sound & ~exchanged, findings)
    _check_speeds(view, findings)


def great_circle_km(
    x: FloatArray, y: FloatArray, x_there: FloatArray, y_there: FloatArray
) -> FloatArray:
    """Shortest distance over the ground between places: (n,).

    Notes
    -----
    The geodesic on the WGS 84 ellipsoid [1]_, exact to nanometres and quick enough (a
    microsecond a pair). A sphere would be wrong by up to 0.56 % and so use up the tolerance.

    References
    ----------
    .. [1] Karney (2013), Journal of Geodesy 87:43–55.

    Examples
    --------
    >>> great_circle_km(*np.array([[52.98], [40.0], [49.4], [39.9]])).round(0)
    array([306.])
    """
    from pyproj import Geod

    metres = Geod(ellps="WGS84").inv(x, y, x_there, y_there)[2]
    return np.asarray(metres, dtype=np.float64) / 1000


def _check_lengths(view: View, sound: BoolArray, findings: Findings) -> None:
    links, lengths = view.links, within_limits(view.links, "length")
    loops = view.joined & (view.start == view.end)
    findings.add(
        "error",
        links,
        np.flatnonzero(loops).tolist(),
        "to_node_id",
        "the link ends where it starts, at",
        remedy="Name the place at its other end.",
    )
    able = view.joined & ~loops & np.isfinite(lengths)
    able[able] = sound[view.start[able]] & sound[view.end[able]]
    rows = np.flatnonzero(able)
    if not len(rows):
        return
    start, end = view.start[rows], view.end[rows]
    direct = great_circle_km(view.x[start], view.y[start], view.x[end], view.y[end])
    length = lengths[rows]
    flown = np.array([view.link_modes[ix] == "air" for ix in rows.tolist()], dtype=np.bool_)
    short = length < direct * (1 - TOLERANCE) - ROUNDED_KM
    long = (length > direct * TIMES_LONGER) & (length > LONG_KM)
    kinds: list[tuple[Severity, BoolArray, str]] = [
        ("error", short & ~flown, "is shorter than the great circle of"),
        ("warning", short & flown, "is shorter than the great circle of"),
        ("warning", long, f"is more than {TIMES_LONGER:g} times the great circle of"),
    ]
    for severity, which, message in kinds:
        findings.add(
            severity,
            links,
            rows[which].tolist(),
            "length",
            message,
            detail=lambda ix: f"{direct[np.searchsorted(rows, ix)]:.1f} km, found",
            remedy="Look at the coordinates of both ends and at the unit, which is km.",
        )


def _check_speeds(view: View, findings: Findings) -> None:
    links, services, modes = view.links, view.services, view.link_modes
    limits = _limits(modes)
    fast = np.flatnonzero(within_limits(links, "free_speed") > limits).tolist()
    for mode in sorted({modes[ix] for ix in fast}):
        findings.add(
            "error",
            links,
            [ix for ix in fast if modes[ix] == mode],
            "free_speed",
            f"is faster than {MODES[mode].max_speed_kmh:g} km/h, the most by {mode}, found",
            remedy="Look at the unit, which is km/h.",
        )
    known = np.flatnonzero(view.service_links >= 0)
    on = view.service_links[known]
    with np.errstate(divide="ignore", invalid="ignore"):
        sailing_kmh = within_limits(links, "length")[on] / services.numbers("sailing_h")[known]
    findings.add(
        "error",
        services,
        known[sailing_kmh > limits[on]].tolist(),
        "sailing_h",
        "is too short for its link:",
        detail=lambda ix: f"{sailing_kmh[np.searchsorted(known, ix)]:.0f} km/h, found",
        remedy="Look at the unit, which is hours.",
    )


def _limits(modes: Sequence[str]) -> NDArray[np.float64]:
    limit = {mode: MODES[mode].max_speed_kmh if mode in MODES else np.inf for mode in set(modes)}
    return np.array([limit[mode] for mode in modes], dtype=np.float64)
