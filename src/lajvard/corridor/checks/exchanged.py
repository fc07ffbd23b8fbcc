"""Finding nodes whose longitude and latitude are exchanged, from links and from countries."""

import numpy as np

from lajvard.corridor.checks.view import BoolArray, FloatArray, IntArray, View, within_limits

_EARTH_KM = 6371.0
_SLACK = 1.02
"""A link is too short for its ends when the sphere says so by more than 2 %."""

_MOVED_KM = 50.0
"""An exchange that moves a node by less cannot be told from other mistakes."""

_FAR_KM, _NEARER = 300.0, 0.25
_ROUNDS = 20


def exchanged_nodes(view: View, sound: BoolArray) -> BoolArray:
    """Which of the `sound` nodes have longitude and latitude exchanged: (n_nodes,).

    A link is never shorter than the great circle. A node with links that are too short, of which
    exchanging its coordinates leaves fewer, is exchanged. Of two neighbours for which this holds
    the one that mends more links counts, or else the one that comes nearer to the middle of all
    nodes; with its coordinates put right the other is looked at again.

    A node without links counts as exchanged when it is more than 300 km away from the median of
    its country (of three nodes or more), and the exchange brings it at least four times nearer.
    """
    x, y = np.where(sound, view.x, np.nan), np.where(sound, view.y, np.nan)
    able = sound & (np.abs(x) <= 90)
    if not able.any():
        return able
    able &= _away_km(x, y, y, x) > _MOVED_KM
    linked, by_links = _by_links(view, x, y, able)
    return by_links | (able & ~linked & _by_country(view, x, y))


def _by_links(
    view: View, x: FloatArray, y: FloatArray, able: BoolArray
) -> tuple[BoolArray, BoolArray]:
    """Which nodes have links of a known length, and which are exchanged."""
    lengths = within_limits(view.links, "length")
    known = view.joined & np.isfinite(lengths)
    known[known] = np.isfinite(x[view.start[known]]) & np.isfinite(x[view.end[known]])
    start, end = view.start[known], view.end[known]
    mine, other = np.concatenate([start, end]), np.concatenate([end, start])
    most_km = _SLACK * np.tile(lengths[known], 2)
    counts = np.bincount(mine, minlength=len(x))
    middle = np.full(len(x), np.nanmedian(x)), np.full(len(x), np.nanmedian(y))
    gain_km = _away_km(x, y, *middle) - _away_km(y, x, *middle)
    x, y, found = x.copy(), y.copy(), np.zeros(len(x), dtype=np.bool_)
    for _ in range(_ROUNDS):
        short = _away_km(x[mine], y[mine], x[other], y[other]) > most_km
        before = np.bincount(mine[short], minlength=len(x))
        doubted = able & ~found & (before > 0)
        which = doubted[mine]
        a, b = mine[which], other[which]
        still = _away_km(y[a], x[a], x[b], y[b]) > most_km[which]
        mended = before - np.bincount(a[still], minlength=len(x))
        chosen = _best_of_neighbours(doubted & (mended > 0), mended, gain_km, a, b)
        if not chosen.any():
            break
        found |= chosen
        x[chosen], y[chosen] = y[chosen], x[chosen]
    return counts > 0, found


def _best_of_neighbours(
    able: BoolArray, mended: IntArray, gain_km: FloatArray, a: IntArray, b: IntArray
) -> BoolArray:
    """Of the nodes that could be exchanged, those with no better one at the end of a link."""
    rank = np.empty(len(able), dtype=np.int64)
    rank[np.lexsort((-np.arange(len(able)), gain_km, mended))] = np.arange(len(able))
    chosen: BoolArray = able.copy()
    chosen[a[able[a] & able[b] & (rank[a] < rank[b])]] = False
    return chosen


def _by_country(view: View, x: FloatArray, y: FloatArray) -> BoolArray:
    """Which nodes lie far from the others of their country, and near to them when exchanged."""
    country = view.country_ix  # -1 stands for none, and picks the last group, which is empty
    middle = _medians(country, x, y, n_groups=int(country.max()) + 2)[:, country]
    here, there = _away_km(x, y, *middle), _away_km(y, x, *middle)
    found: BoolArray = (here > _FAR_KM) & (there < _NEARER * here)
    return found


def _medians(group: IntArray, x: FloatArray, y: FloatArray, *, n_groups: int) -> FloatArray:
    """Median coordinates by group, not a number for groups of less than three: (2, n_groups)."""
    known = np.isfinite(x) & (group >= 0)
    group = group[known]
    counts = np.bincount(group, minlength=n_groups)
    first = np.concatenate([[0], np.cumsum(counts)])
    low, high = first[:-1] + (counts - 1) // 2, first[:-1] + counts // 2
    medians = np.full((2, n_groups), np.nan)
    enough = counts >= 3
    for axis, values in enumerate((x[known], y[known])):
        ordered = values[np.lexsort((values, group))]
        medians[axis, enough] = (ordered[low[enough]] + ordered[high[enough]]) / 2
    return medians


def _away_km(x: FloatArray, y: FloatArray, x_there: FloatArray, y_there: FloatArray) -> FloatArray:
    """Distance on the sphere, near enough to tell far from near: (n,)."""
    lat, lat_there = np.radians(y), np.radians(y_there)
    half = np.sin((lat - lat_there) / 2) ** 2
    half = half + np.cos(lat) * np.cos(lat_there) * np.sin(np.radians(x - x_there) / 2) ** 2
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))), dtype=np.float64)
