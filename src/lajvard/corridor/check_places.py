"""Checks of where things are: coordinates, lengths against the great circle, speeds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor.check_findings import Findings
from lajvard.corridor.check_view import BoolArray, FloatArray, IntArray, View, within_limits
from lajvard.errors import Severity
from lajvard.schema import MODES

TOLERANCE = 0.005
"""A link may be shorter than the great circle by this share: coordinates are rounded."""

TIMES_LONGER, LONG_KM = 4.0, 100.0
"""A link so many times as long as the great circle, and longer than this, is doubtful."""

_FAR_KM, _NEARER = 300.0, 0.25
_EARTH_KM = 6371.0


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
    exchanged = _swapped(view, sound)
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


def _swapped(view: View, sound: BoolArray) -> BoolArray:
    """Which nodes lie far from all that they belong to, and near to it when exchanged.

    A node belongs to its country (when that has three nodes or more) and to the nodes at the
    other ends of its links; each of these is represented by its median, which one wrong node
    does not move. It counts as exchanged when it is more than 300 km away from each, the
    exchange would bring it at least four times nearer to each, and nearer to the median of all
    nodes. A longitude above 90 degrees cannot have been a latitude.
    """
    if sound.sum() < 3:
        return np.zeros(len(sound), dtype=np.bool_)
    x, y = np.where(sound, view.x, np.nan), np.where(sound, view.y, np.nan)
    country = view.country_ix  # -1 stands for none, and picks the last group, which is empty
    every, n_countries = np.arange(len(x)), int(country.max()) + 2
    by_country = _medians(every, country, x, y, fewest=3, n_groups=n_countries)[:, country]
    able = view.joined & sound[view.start] & sound[view.end]
    start, end = view.start[able], view.end[able]
    other, mine = np.concatenate([end, start]), np.concatenate([start, end])
    by_links = _medians(other, mine, x, y, fewest=1, n_groups=len(x))
    everything = np.array([[np.nanmedian(x)], [np.nanmedian(y)]])
    judged = np.zeros(len(x), dtype=np.bool_)
    agreed = np.abs(x) <= 90
    for near in (by_country, by_links):
        known = np.isfinite(near[0])
        here, there = _away_km(x, y, near), _away_km(y, x, near)
        agreed &= ~known | ((here > _FAR_KM) & (there < _NEARER * here))
        judged |= known
    nearer = _away_km(y, x, everything) < _away_km(x, y, everything)
    swapped: BoolArray = judged & agreed & nearer
    return swapped


def _medians(
    which: IntArray,
    group: IntArray,
    x: FloatArray,
    y: FloatArray,
    *,
    fewest: int,
    n_groups: int,
) -> FloatArray:
    """Median coordinates of the nodes `which` by `group`, not a number for few: (2, n_groups)."""
    known = np.isfinite(x[which]) & (group >= 0)
    which, group = which[known], group[known]
    counts = np.bincount(group, minlength=n_groups)
    first = np.concatenate([[0], np.cumsum(counts)])
    low, high = first[:-1] + (counts - 1) // 2, first[:-1] + counts // 2
    medians = np.full((2, n_groups), np.nan)
    enough = counts >= fewest
    for axis, values in enumerate((x, y)):
        ordered = values[which][np.lexsort((values[which], group))]
        medians[axis, enough] = (ordered[low[enough]] + ordered[high[enough]]) / 2
    return medians


def _away_km(x: FloatArray, y: FloatArray, place: FloatArray) -> FloatArray:
    """Distance to a place on the sphere, near enough to tell far from near."""
    lon, lat = np.radians(x - place[0]), np.radians(y)
    lat_there = np.radians(place[1])
    half = np.sin((lat - lat_there) / 2) ** 2
    half = half + np.cos(lat) * np.cos(lat_there) * np.sin(lon / 2) ** 2
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))), dtype=np.float64)


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
    able = view.joined & np.isfinite(lengths)
    able[able] = sound[view.start[able]] & sound[view.end[able]]
    rows = np.flatnonzero(able)
    if not len(rows):
        return
    start, end = view.start[rows], view.end[rows]
    direct = great_circle_km(view.x[start], view.y[start], view.x[end], view.y[end])
    length = lengths[rows]
    flown = np.array([view.link_modes[ix] == "air" for ix in rows.tolist()], dtype=np.bool_)
    short = length < direct * (1 - TOLERANCE)
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
