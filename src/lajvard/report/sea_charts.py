"""Charts of a cable route: its profile, and cost against repairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from lajvard.fibre.seabed.cable_path import CableDesign, CableRoute
from lajvard.fibre.seabed.landings import LandingComparison
from lajvard.fibre.seabed.surface import CABLE_TYPES
from lajvard.report.charts import WIDTH, settle
from lajvard.report.figure import GREY, INK, LAJVARD, PAPER, figure, quiet, svg
from lajvard.report.key import Entry, draw_key
from lajvard.report.sea_map import OTHER, SAFEST, STRAIGHT, coarse_words

CABLE_COLOURS = ("#12265c", "#3f62b0", "#8fa9dc", "#c9d6ee")
"""From the heaviest cable to the lightest."""

GROUND, SEA = "#d9cfbf", "#e3edf5"


def profile_chart(design: CableDesign) -> str:
    """Depth along the cheapest route, its cable and burial, and the running cost."""
    route = design.best
    with figure(WIDTH, 385) as drawn:
        top, bottom = drawn.subplots(
            2, 1, sharex=True, gridspec_kw={"height_ratios": (2.1, 1), "hspace": 0.12}
        )
        drawn.subplots_adjust(left=0.058, right=0.985, top=0.93, bottom=0.17)
        _depths(top, route, design)
        _money(bottom, route)
        bottom.set_xlim(0, route.length_km)
        bottom.set_xlabel(f"km from {design.start.name}", loc="right")
        used = sorted({*route.band.tolist()})
        entries = [
            Entry(CABLE_TYPES[band], {"color": CABLE_COLOURS[band], "lw": 6.0}) for band in used
        ]
        entries.append(Entry("buried", {"color": INK, "lw": 1.6}))
        if len(design.front) > 1:
            entries.append(Entry("seabed of the route with fewest repairs", _other_line()))
        draw_key(drawn, entries, left=4, right=WIDTH - 8, top=16)
        names = f"{design.start.name} to {design.end.name}"
        return svg(drawn, "sea-profile", f"Depth and cost along the cable from {names}")


def _other_line() -> dict[str, Any]:
    return {"color": SAFEST, "lw": 1.1, "ls": (0, (3, 2))}


def _depths(axes: Axes, route: CableRoute, design: CableDesign) -> None:
    floor = 1.22 * max(route.deepest_m, *(one.deepest_m for one in (design.front[-1], route)))
    axes.set_ylim(floor, 0)
    axes.fill_between(route.kp_km, 0, route.depth_m, color=SEA, lw=0)
    axes.fill_between(route.kp_km, route.depth_m, floor, color=GROUND, lw=0)
    axes.plot(route.kp_km, route.depth_m, color=LAJVARD, lw=1.8)
    if len(design.front) > 1:
        safe = design.front[-1]
        axes.plot(safe.kp_km * route.length_km / safe.length_km, safe.depth_m, **_other_line())
    for begin, end, band in runs(route.band):
        km = route.kp_km[[begin, min(end, len(route.kp_km) - 1)]]
        axes.plot(km, [0.93 * floor] * 2, color=CABLE_COLOURS[band], lw=6, solid_capstyle="butt")
    for begin, end, is_buried in runs(route.buried.astype(np.int64)):
        if is_buried:
            km = route.kp_km[[begin, min(end, len(route.kp_km) - 1)]]
            axes.plot(km, [0.975 * floor] * 2, color=INK, lw=1.6, solid_capstyle="butt")
    axes.grid(axis="y")
    quiet(axes)
    level = f"{design.seabed.level_m:g}"
    words = f"m of depth below the level of {level} m{coarse_words(design.seabed)}"
    axes.set_title(words, loc="left", fontsize=8.5, color=GREY, pad=6)


def runs(values: NDArray[np.int64] | NDArray[np.intp]) -> list[tuple[int, int, int]]:
    """Stretches of one value: (first index, index after the last, value).

    >>> runs(np.array([1, 1, 0]))
    [(0, 2, 1), (2, 3, 0)]
    """
    cuts = np.flatnonzero(np.diff(values)) + 1
    bounds = [0, *cuts.tolist(), len(values)]
    return [(bounds[k], bounds[k + 1], int(values[bounds[k]])) for k in range(len(bounds) - 1)]


def _money(axes: Axes, route: CableRoute) -> None:
    axes.plot(route.kp_km, route.usd / 1e6, color=LAJVARD, lw=1.8)
    axes.fill_between(route.kp_km, 0, route.usd / 1e6, color=LAJVARD, alpha=0.08, lw=0)
    axes.set_ylim(0, 1.12 * route.lay_usd / 1e6)
    axes.grid(axis="y")
    quiet(axes, x=True)
    axes.set_title(
        "million USD laid up to here, slack included", loc="left", fontsize=8.5, color=GREY, pad=5
    )


def choice_chart(design: CableDesign, compared: LandingComparison | None) -> str:
    """Life-cycle cost against repairs: the routes of one pair, and the pairs of landings."""
    both = compared is not None and len(compared.pairs) > 1
    with figure(WIDTH, 380) as drawn:
        panels = drawn.subplots(1, 2 if both else 1, sharex=True, sharey=True, squeeze=False)[0]
        drawn.subplots_adjust(left=0.058, right=0.985, top=0.9, bottom=0.13, wspace=0.08)
        named = [_front(panels[0], design)]
        pair = f"{design.start.name} - {design.end.name}"
        coarse = " (coarse seabed)" if design.seabed.coarse else ""
        words = [f"million USD over the life: routes {pair}{coarse}"]
        if compared is not None and both:
            named.append(_pairs(panels[1], compared, design))
            words.append("the same: the cheapest route of each pair of landings")
        for axes, title in zip(panels, words, strict=True):
            axes.margins(x=0.12, y=0.16)
            axes.grid()
            quiet(axes, x=True, y=True)
            axes.set_xlabel("expected repairs a year", loc="right")
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:.2f}")
            axes.set_title(title, loc="left", fontsize=8.5, color=GREY, pad=8)
        panels[0].autoscale_view()
        for number, (axes, names) in enumerate(zip(panels, named, strict=True)):
            _write_names(axes, names, f"sea-choice-{number}")
        return svg(drawn, "sea-choice", "Life-cycle cost against expected repairs a year")


@dataclass(frozen=True, eq=False)
class _Named:
    """A point with its name."""

    point: NDArray[np.float64]
    words: str
    ink: str
    strong: bool = False


def _front(axes: Axes, design: CableDesign) -> list[_Named]:
    points = _costs(design.front)
    axes.plot(*points.T, color=OTHER, lw=1.2, zorder=2)
    axes.plot(*points.T, "o", ms=5.5, color=OTHER, mec=PAPER, mew=0.8, zorder=3)
    axes.plot(*points[0], "o", ms=9, color=LAJVARD, mec=PAPER, mew=1.2, zorder=4)
    cheapest = f"cheapest, {design.best.length_km:.0f} km"
    named = [_Named(points[0], cheapest, LAJVARD, strong=True)]
    if len(points) > 1:
        axes.plot(*points[-1], "o", ms=9, color=SAFEST, mec=PAPER, mew=1.2, zorder=4)
        safe = f"fewest repairs, {design.front[-1].length_km:.0f} km"
        named.append(_Named(points[-1], safe, SAFEST))
    if design.straight is not None:
        point = _costs([design.straight])[0]
        axes.plot(*point, "X", ms=9, color=STRAIGHT, mec=PAPER, mew=1.0, zorder=4)
        words = f"straight line, {design.straight.length_km:.0f} km"
        named.append(_Named(point, words, STRAIGHT))
    return named


def _pairs(axes: Axes, compared: LandingComparison, design: CableDesign) -> list[_Named]:
    chosen = {design.start.site_id, design.end.site_id}
    named = []
    for pair in compared.pairs:
        if pair.route is None:
            continue
        [point] = _costs([pair.route])
        mine = {pair.start.site_id, pair.end.site_id} == chosen
        size, colour = (9.0, LAJVARD) if mine else (6.5, OTHER)
        axes.plot(*point, "o", ms=size, color=colour, mec=PAPER, mew=0.8, zorder=3)
        named.append(_Named(point, pair.name, LAJVARD if mine else INK, strong=mine))
    return named


def _costs(routes: Sequence[CableRoute]) -> NDArray[np.float64]:
    """Repairs a year and life-cycle cost in millions: (n, 2)."""
    return np.array([(one.repairs_per_year, one.life_cycle_usd / 1e6) for one in routes])


def _write_names(axes: Axes, named: Sequence[_Named], name: str) -> None:
    """Write names beside their points, off each other; axes have their final limits."""
    texts = [
        axes.text(float(one.point[0]), float(one.point[1]), one.words, color=one.ink, fontsize=8.5)
        for one in named
    ]
    for text, one in zip(texts, named, strict=True):
        text.set_fontweight("bold" if one.strong else "normal")
    anchors = axes.transData.transform(np.array([one.point for one in named]))
    dots = np.concatenate([anchors - 4, anchors + 4], axis=1)
    settle(axes, texts, anchors, anchors, obstacles=dots, name=name)
