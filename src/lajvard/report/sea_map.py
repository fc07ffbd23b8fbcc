"""The map of the sea: depths, hazards, routes of a cable and landings."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse, Rectangle
from numpy.typing import NDArray

from lajvard.corridor import Corridor
from lajvard.fibre.seabed.cable_path import CableDesign, CableRoute
from lajvard.fibre.seabed.depth import Seabed
from lajvard.fibre.seabed.landings import LandingComparison
from lajvard.fibre.sites import Landing
from lajvard.report.charts import WIDTH, dense, settle
from lajvard.report.figure import GREY, INK, LAJVARD, LAND, PAPER, figure, svg
from lajvard.report.key import ROW, Entry, draw_key, key_rows

FloatArray = NDArray[np.float64]

DEPTHS = (0.0, 20.0, 50.0, 100.0, 200.0, 500.0, 800.0)
DEPTH_COLOURS = ("#edf4f9", "#dfebf4", "#cfe0ee", "#b9d0e5", "#9dbbd8", "#7fa3c9", "#6289b6")
SHORE = "#8a9bb0"
SAFEST, OTHER, STRAIGHT = "#b0622a", "#7d95cc", "#6f7360"
HAZARD = "#9c4457"

_HEIGHT, _LEFT = 560.0, 318.0
_MOST_CELLS = 220

LINE_STYLES: dict[str, dict[str, Any]] = {
    "lane": {"color": "#5f7f9e", "lw": 1.3, "ls": (0, (6, 3))},
    "pipeline": {"color": "#6b4a4a", "lw": 1.6, "ls": "-"},
    "cable": {"color": "#3b7f74", "lw": 1.3, "ls": (0, (1, 1.6))},
    "fault": {"color": "#c78a3a", "lw": 1.2, "ls": (0, (3, 2, 1, 2))},
}
AREA_STYLES: dict[str, dict[str, Any]] = {
    "field": {"fc": "#6b4a4a22", "ec": "#6b4a4a", "lw": 0.9},
    "mud_volcano": {"fc": "#9c445718", "ec": HAZARD, "lw": 0.8, "ls": (0, (2, 2))},
    "anchorage": {"fc": "#8a5a9733", "ec": "#8a5a97", "lw": 0.9},
    "earthquake": {"fc": "none", "ec": "#c78a3a", "lw": 0.9, "ls": (0, (1, 2))},
    "fishing": {"fc": "#3b7f7422", "ec": "#3b7f74", "lw": 0.8},
    "exclusion": {"fc": "#00000022", "ec": INK, "lw": 1.0},
}
WORDS = {
    "lane": "shipping lane",
    "pipeline": "pipeline",
    "cable": "cable in the making",
    "fault": "axis of a seismic belt",
    "field": "oil or gas field",
    "mud_volcano": "mud volcanoes",
    "anchorage": "anchorage",
    "earthquake": "shaken by earthquakes",
    "fishing": "fishing ground",
    "exclusion": "exclusion",
}
NAMED = ("lane", "pipeline", "cable", "field", "mud_volcano", "exclusion", "fishing")
"""Kinds of hazards that are named on the map; of the others the key says enough."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the map, km on it."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.top - self.bottom


def sea_map(
    corridor: Corridor, design: CableDesign, compared: LandingComparison | None = None
) -> str:
    """Two maps: the whole sea with the pairs of landings, and the crossing with its hazards.

    Parameters
    ----------
    corridor
        Its hazards are drawn.
    design
        The routes of one pair; the cheapest is in the accent colour.
    compared
        The cheapest route of each pair, for the map of the whole sea.
    """
    entries = _key(corridor, design)
    strip = 12 + ROW * key_rows(entries, left=4, right=WIDTH - 4)
    height = _HEIGHT + strip
    seabed = design.seabed
    x, y = seabed.grid.km
    whole = Window(*(float(v) for v in (x[0, 0], y[0, 0], x[0, -1], y[-1, 0])))
    close = _close_up(design, (WIDTH - _LEFT - 10) / _HEIGHT)
    with figure(WIDTH, height) as drawn:
        left = drawn.add_axes((0, strip / height, _LEFT / WIDTH, _HEIGHT / height))
        share = (_LEFT + 10) / WIDTH
        right = drawn.add_axes((share, strip / height, 1 - share, _HEIGHT / height))
        _ground(left, seabed, _shaped(whole, _LEFT / _HEIGHT), labels=False)
        _ground(right, seabed, close, labels=True)
        _overview(left, design, compared, close)
        _crossing(right, corridor, design)
        _say_coarse(right, seabed)
        draw_key(drawn, entries, left=4, right=WIDTH - 4, top=strip - 20)
        names = f"{design.start.name} to {design.end.name}"
        return svg(drawn, "sea-map", f"Map of the sea with depths, hazards and routes {names}")


def coarse_words(seabed: Seabed) -> str:
    """What a drawing says of a coarse seabed."""
    return f" – coarse seabed, off by some {seabed.error_m:.0f} m" if seabed.coarse else ""


def _say_coarse(axes: Axes, seabed: Seabed) -> None:
    """In a corner of the close-up, whether its depths are those of a coarse seabed."""
    words = coarse_words(seabed).removeprefix(" – ")
    if words:
        axes.text(
            *(0.55, 0.018, f"depths: {words}"),
            transform=axes.transAxes,
            ha="center",
            va="bottom",
            fontsize=8,
            color=INK,
            gid="sea-coarse-halo",
            zorder=9,
        )


def _close_up(design: CableDesign, aspect: float) -> Window:
    every = [*design.front, *([design.straight] if design.straight else [])]
    places = [design.seabed.grid.on_map(one.lon, one.lat) for one in every]
    x, y = np.concatenate([one[0] for one in places]), np.concatenate([one[1] for one in places])
    pad = 0.08 * max(float(np.ptp(x)), float(np.ptp(y)))
    lower = 0.28 * float(np.ptp(x))  # hazards lie beside the routes, too
    around = Window(x.min() - pad, y.min() - max(pad, lower), x.max() + pad, y.max() + pad)
    return _shaped(around, aspect)


def _shaped(window: Window, aspect: float) -> Window:
    """The window made wider or higher so that it has this ratio of width to height."""
    wide = max(window.width, aspect * window.height)
    high = wide / aspect
    x, y = (window.left + window.right) / 2, (window.bottom + window.top) / 2
    return Window(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def _ground(axes: Axes, seabed: Seabed, window: Window, *, labels: bool) -> None:
    """Land, depths and their contours."""
    axes.set_xlim(window.left, window.right)
    axes.set_ylim(window.bottom, window.top)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(True)
    land = Rectangle((window.left, window.bottom), window.width, window.height)
    land.set(fc=LAND, ec="none", zorder=0)
    axes.add_patch(land)
    x, y = seabed.grid.km
    rows = np.flatnonzero((y[:, 0] >= window.bottom - 5) & (y[:, 0] <= window.top + 5))
    columns = np.flatnonzero((x[0] >= window.left - 5) & (x[0] <= window.right + 5))
    every = max(1, int(np.ceil(max(len(rows), len(columns)) / _MOST_CELLS)))
    part = np.ix_(rows[::every], columns[::every])
    depth = np.nan_to_num(seabed.depth[part], nan=-50.0)
    depth = np.where(depth > 0, depth, np.maximum(depth, -5.0))
    across, up = x[0][columns[::every]], y[:, 0][rows[::every]]
    ends = [*DEPTHS, max(1100.0, float(depth.max()) + 1)]
    axes.contourf(across, up, depth, levels=ends, colors=DEPTH_COLOURS, zorder=1)
    axes.contour(across, up, depth, levels=[0], colors=SHORE, linewidths=0.9, zorder=2)
    lines = axes.contour(
        across, up, depth, levels=DEPTHS[1:], colors=PAPER, linewidths=0.7, alpha=0.9, zorder=2
    )
    if labels:
        for text in axes.clabel(lines, fmt="%g m", fontsize=7, inline=True, colors="#55708f"):
            text.set_zorder(3)


def _overview(
    axes: Axes, design: CableDesign, compared: LandingComparison | None, close: Window
) -> None:
    grid = design.seabed.grid
    sites: dict[str, Landing] = {one.site_id: one for one in (design.start, design.end)}
    for pair in compared.pairs if compared else ():
        sites |= {one.site_id: one for one in (pair.start, pair.end)}
    routes = [pair.route for pair in (compared.pairs if compared else ()) if pair.route]
    traces = [_draw(axes, design, one, color=OTHER, lw=1.1, zorder=4) for one in routes]
    traces.append(_draw(axes, design, design.best, color=LAJVARD, lw=2.0, zorder=5))
    frame = Rectangle((close.left, close.bottom), close.width, close.height)
    frame.set(fc="none", ec=GREY, lw=0.8, ls=(0, (4, 3)), zorder=3)
    axes.add_patch(frame)
    _name_sites(axes, grid, list(sites.values()), traces, "overview")


def _crossing(axes: Axes, corridor: Corridor, design: CableDesign) -> None:
    grid = design.seabed.grid
    named = _hazards(axes, corridor, design)
    traces = []
    if design.straight is not None:
        style: dict[str, Any] = {"color": STRAIGHT, "lw": 1.2, "ls": (0, (5, 3))}
        traces.append(_draw(axes, design, design.straight, zorder=5, **style))
    between = (
        _draw(axes, design, one, color=OTHER, lw=1.1, zorder=5) for one in design.front[1:-1]
    )
    traces.extend(between)
    if len(design.front) > 1:
        traces.append(_draw(axes, design, design.front[-1], color=SAFEST, lw=2.0, zorder=6))
    traces.append(_draw(axes, design, design.best, color=LAJVARD, lw=2.6, zorder=7))
    _name_sites(axes, grid, [design.start, design.end], traces, "crossing", named)
    _scale(axes)


def _draw(axes: Axes, design: CableDesign, route: CableRoute, **style: Any) -> FloatArray:
    line = np.column_stack(design.seabed.grid.on_map(route.lon, route.lat))
    axes.plot(*line[:: max(1, len(line) // 300)].T, solid_capstyle="round", **style)
    return line


def _hazards(
    axes: Axes, corridor: Corridor, design: CableDesign
) -> list[tuple[float, float, str, str]]:
    """Draw hazards; returns where their names belong: x, y, name, colour."""
    grid, names = design.seabed.grid, []
    for row in corridor.used("hazard").records():
        if row.status == "ended":
            continue
        x, y = (float(v[0]) for v in grid.on_map(np.array([row.x_coord]), np.array([row.y_coord])))
        if row.end_x_coord is not None:
            end = grid.on_map(np.array([row.end_x_coord]), np.array([row.end_y_coord]))
            to_x, to_y = (float(v[0]) for v in end)
            style = LINE_STYLES.get(row.kind, LINE_STYLES["lane"])
            axes.plot([x, to_x], [y, to_y], zorder=4, **style)
            x, y = (x + to_x) / 2, (y + to_y) / 2
            ink = style["color"]
        else:
            style = AREA_STYLES.get(row.kind, AREA_STYLES["exclusion"])
            high = 2 * (row.radius_y or row.radius_x or 0.0)
            shape = Ellipse((x, y), 2 * (row.radius_x or 0.0), high, zorder=3, **style)
            axes.add_patch(shape)
            ink = style["ec"]
        left, right = axes.get_xlim()
        bottom, top = axes.get_ylim()
        if row.kind in NAMED and left < x < right and bottom < y < top:
            names.append((x, y, row.name, ink))
    return names


def _name_sites(
    axes: Axes,
    grid: Any,
    sites: Sequence[Landing],
    traces: Sequence[FloatArray],
    name: str,
    more: Sequence[tuple[float, float, str, str]] = (),
) -> None:
    """Mark landings and write their names, and more names, where they fit."""
    x, y = grid.on_map(np.array([s.lon for s in sites]), np.array([s.lat for s in sites]))
    axes.plot(x, y, "o", ms=6.5, color=PAPER, mec=INK, mew=1.4, ls="", zorder=9)
    texts = [
        axes.text(x[ix], y[ix], site.name, color=INK, fontsize=9, fontweight="bold", zorder=10)
        for ix, site in enumerate(sites)
    ]
    texts += [axes.text(a, b, word, color=ink, fontsize=7.8, zorder=10) for a, b, word, ink in more]
    places = [*zip(x, y, strict=True), *((a, b) for a, b, *_ in more)]
    anchors = axes.transData.transform(np.array(places))
    lines = [dense(axes.transData.transform(line[::4])) for line in traces]
    dots = anchors[: len(sites)]
    boxes = np.concatenate([dots - 5, dots + 5], axis=1)
    settle(
        axes, texts, anchors, np.concatenate([*lines, dots]), obstacles=boxes, name=f"sea-{name}"
    )


def _scale(axes: Axes) -> None:
    """A bar of a round length in the lower left corner."""
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    km = max(one for one in (10, 20, 50, 100, 200) if one < 0.3 * (right - left))
    x, y = left + 0.03 * (right - left), bottom + 0.035 * (top - bottom)
    axes.plot([x, x + km], [y, y], color=INK, lw=1.6, zorder=9, solid_capstyle="butt")
    text = axes.text(x + km / 2, y + 0.012 * (top - bottom), f"{km} km", zorder=9)
    text.set(fontsize=8, color=INK, ha="center", va="bottom")


def _key(corridor: Corridor, design: CableDesign) -> list[Entry]:
    entries = [Entry("cheapest over its life", {"color": LAJVARD, "lw": 2.6}, bold=True)]
    if len(design.front) > 1:
        entries.append(Entry("fewest repairs", {"color": SAFEST, "lw": 2.0}))
    entries.append(Entry("between them; other landings", {"color": OTHER, "lw": 1.1}))
    if design.straight is not None:
        style: dict[str, Any] = {"color": STRAIGHT, "lw": 1.2, "ls": (0, (5, 3))}
        entries.append(Entry("straight line", style))
    entries.append(Entry("landing", _dot(PAPER, INK, "o")))
    known = {row.kind for row in corridor.used("hazard").records() if row.status != "ended"}
    for kind, style in LINE_STYLES.items():
        if kind in known:
            entries.append(Entry(WORDS[kind], style))
    for kind, style in AREA_STYLES.items():
        if kind in known:
            entries.append(Entry(WORDS[kind], _dot(style["fc"], style["ec"], "o")))
    names = [f"{low:g}-{high:g} m" for low, high in itertools.pairwise(DEPTHS)]
    names.append(f"over {DEPTHS[-1]:g} m")
    entries += [
        Entry(name, _dot(colour, SHORE, "s"))
        for name, colour in zip(names, DEPTH_COLOURS, strict=True)
    ]
    return entries


def _dot(face: str, edge: str, shape: str) -> dict[str, Any]:
    return {"marker": shape, "ms": 8, "mfc": face, "mec": edge, "mew": 1.0, "ls": ""}
