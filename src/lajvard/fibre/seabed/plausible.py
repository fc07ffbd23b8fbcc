"""Heights in a grid that cannot be heights: no data that nobody declared, wrong units."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lajvard.fibre.seabed.files import Elevations

DEEPEST_M, HIGHEST_M = 10_994.0, 8_849.0
"""Of the world: Challenger Deep (Gardner et al. 2014, 10,984 m ± 25 m; NOAA 2010, 10,994 m) and
Mount Everest (2020). No seabed lies deeper and no land higher."""

BEYOND_SHARE, BEYOND_M = 2.0, 100.0
"""A grid may be this many times as deep as the deepest sounding of its sea, and so much more: feet
read as metres are 3.3 times as deep."""

_FILLS = (-999.0, 999.0)
"""Numbers that stand for no data by habit and could be heights; others of the kind could not."""

_BLOCK_CELLS, _STEP_M = 4, 100.0
_SHOWN = 3


def deepest_plausible(deepest_sounding_m: float | None) -> float:
    """Depth below sea level beyond which a grid is doubted.

    Parameters
    ----------
    deepest_sounding_m
        Of the corridor in the area of the grid, metres below sea level; None if it has none.

    Examples
    --------
    >>> deepest_plausible(1053.0), deepest_plausible(None)
    (2206.0, 10994.0)
    """
    if deepest_sounding_m is None:
        return DEEPEST_M
    return min(DEEPEST_M, max(0.0, BEYOND_SHARE * deepest_sounding_m) + BEYOND_M)


def doubts(
    found: Elevations, name: str, deepest_sounding_m: float | None
) -> tuple[Elevations, list[str]]:
    """The grid without heights that no place on Earth has, and a warning for each doubtful value.

    Doubted is what lies deeper than `deepest_plausible` or higher than `HIGHEST_M`, and a block of
    -999 or 999 whose edge is a step of more than 100 m. Only what is beyond the deepest and the
    highest place of the world is taken as not known; the rest is used as it is.

    Parameters
    ----------
    found
        The grid.
    name
        Of its file, for the warnings.
    deepest_sounding_m
        Of the corridor in the area of the grid, metres below sea level; None if it has none.
    """
    metres = found.metres
    limit = deepest_plausible(deepest_sounding_m)
    with np.errstate(invalid="ignore"):
        impossible = (metres < -DEEPEST_M) | (metres > HIGHEST_M)
        beyond = (metres < -limit) | impossible
    said = _extremes(found, name, beyond, limit, deepest_sounding_m is not None)
    for fill in _FILLS:
        cells = _block(metres, fill) & ~beyond
        if cells.any():
            said.append(
                f"{name}: {_cells(found, cells)} {fill:g} m, a step of more than "
                f"{_STEP_M:g} m from the cells around them. {_remedy(fill)}"
            )
    if impossible.any():
        found = replace(found, metres=np.where(impossible, np.float32(np.nan), metres))
    return found, said


def _extremes(
    found: Elevations, name: str, beyond: NDArray[np.bool_], limit: float, by_soundings: bool
) -> list[str]:
    """A warning for each of the most frequent values beyond the limits, and one for the rest."""
    if not beyond.any():
        return []
    values, counts = np.unique(found.metres[beyond], return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_SHOWN]
    repeated = [float(values[at]) for at in order if counts[at] > 1]
    said = []
    rest = beyond.copy()
    for value in repeated:
        cells = beyond & (found.metres == np.float32(value))
        rest &= ~cells
        said.append(
            f"{name}: {_cells(found, cells)} {_shown(value)} m, "
            f"{_why(value, limit, by_soundings)}. {_remedy(value)}"
        )
    if rest.any():
        low, high = float(found.metres[rest].min()), float(found.metres[rest].max())
        worst = low if low < -limit else high
        span = f"{_shown(low)} m" if low == high else f"from {_shown(low)} to {_shown(high)} m"
        said.append(
            f"{name}: {_cells(found, rest)} {span}, "
            f"{_why(worst, limit, by_soundings)}. Check the unit and the scale of the file; "
            "declare what is no depth as no data."
        )
    return said


def _why(value: float, limit: float, by_soundings: bool) -> str:
    if value > HIGHEST_M:
        return f"which is higher than any land ({HIGHEST_M:,.0f} m) and is taken as not known"
    if value < -DEEPEST_M:
        return f"which is deeper than any sea ({DEEPEST_M:,.0f} m) and is taken as not known"
    if by_soundings:
        return f"which is deeper than the soundings of this sea allow ({limit:,.0f} m)"
    return f"which is deeper than {limit:,.0f} m"


def _remedy(value: float) -> str:
    return (
        f"If {_shown(value)} stands for no data, declare it: "
        f"gdal_edit.py -a_nodata {_shown(value)} FILE, or the attribute _FillValue of netCDF."
    )


def _shown(value: float) -> str:
    return f"{value:.0f}" if abs(value) < 1e7 and value == round(value) else f"{value:g}"


def _cells(found: Elevations, cells: NDArray[np.bool_]) -> str:
    rows, columns = np.nonzero(cells)
    lon, lat = found.lon[columns], found.lat[rows]
    count = len(rows)
    if count == 1:
        return f"1 cell at {lon[0]:.2f} E, {lat[0]:.2f} N holds"
    return (
        f"{count:,} cells in {lon.min():.2f} to {lon.max():.2f} E, "
        f"{lat.min():.2f} to {lat.max():.2f} N hold"
    )


def _block(metres: NDArray[np.float32], fill: float) -> NDArray[np.bool_]:
    """Cells of blocks that hold `fill` and end in a step."""
    from scipy import ndimage

    same = metres == np.float32(fill)
    blocks = np.zeros(metres.shape, dtype=np.bool_)
    if not same.any():
        return blocks
    labels, count = ndimage.label(same)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    for number, place in enumerate(ndimage.find_objects(labels), start=1):
        if sizes[number] < _BLOCK_CELLS:
            continue
        wider = tuple(slice(max(0, axis.start - 1), axis.stop + 1) for axis in place)
        inside = labels[wider] == number
        around = ndimage.binary_dilation(inside) & ~inside & np.isfinite(metres[wider])
        steps = np.abs(metres[wider][around] - fill)
        if len(steps) and np.median(steps) > _STEP_M:
            blocks[wider] |= inside
    return blocks
