"""The charts: time and cost over distance, where the time goes, time against cost."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from numpy.typing import NDArray

from lajvard.analysis.alternatives import ComparedAlternative
from lajvard.report.figure import (
    GREY,
    GROUP_COLOURS,
    INK,
    PAPER,
    colours,
    figure,
    grouped,
    halo,
    quiet,
    svg,
)
from lajvard.report.key import Entry, draw_key, put, root, text_sizes
from lajvard.report.labels import place_labels
from lajvard.routes import Route, Stage
from lajvard.tables.numbers import TimeUnit, rounded, tick, unit_for, usd

WIDTH = 940.0
"""Width of all figures in points; the page scales them."""

STEP = "#b0532a"


def time_cost_distance(
    ways: Sequence[ComparedAlternative], main: ComparedAlternative, short: dict[str, str]
) -> str:
    """The UNESCAP chart [1]_: time, and below it USD, over km of the best route of each way.

    A leg is a slope, a stop a vertical step; the tallest step of the main way is named.

    References
    ----------
    .. [1] UNESCAP, Time/Cost-Distance Methodology, https://www.unescap.org.
    """
    colour = colours([way.name for way in ways], main.name)
    with figure(WIDTH, 700) as drawn:
        top, bottom = drawn.subplots(
            2, 1, sharex=True, gridspec_kw={"height_ratios": (1.15, 1), "hspace": 0.12}
        )
        drawn.subplots_adjust(left=0.058, right=0.985, top=0.965, bottom=0.065)
        for axes, axis in ((top, _time_axis(ways)), (bottom, _MONEY)):
            _over_distance(axes, ways, main, colour, short, axis)
        bottom.set_xlabel("km from the origin", loc="right")
        names = ", ".join(short[way.name] for way in ways)
        return svg(drawn, "tcd", f"Time and US dollars over distance for {names}")


def _over_distance(
    axes: Axes,
    ways: Sequence[ComparedAlternative],
    main: ComparedAlternative,
    colour: dict[str, str],
    short: dict[str, str],
    axis: "_Axis",
) -> None:
    """One panel: the lines, and their names at their ends."""
    ends: list[tuple[float, float, str, str, bool]] = []
    traces = {}
    for way in sorted(ways, key=lambda way: way is main):
        if way.route is None:
            continue
        line = _trace(way.route, axis)
        traces[way.name] = line
        strong = way is main
        axes.plot(*line.T, color=colour[way.name], lw=2.6 if strong else 1.3, zorder=3 + strong)
        axes.plot(*line[-1], "o", ms=5 if strong else 4, color=colour[way.name], zorder=5)
        text = f"{short[way.name]}  {axis.shown(line[-1, 1])}"
        ends.append((*line[-1], text, colour[way.name], strong))
    axes.set_xlim(0, 1.22 * max(end[0] for end in ends))
    axes.set_ylim(0, 1.1 * max(end[1] for end in ends))
    axes.grid(axis="y")
    quiet(axes, x=True)
    axes.xaxis.set_major_formatter(lambda value, _: tick(value))
    axes.yaxis.set_major_formatter(lambda value, _: tick(value))
    axes.set_title(axis.word, loc="left", fontsize=8.5, color=GREY, pad=6)
    ends.sort(key=lambda end: not end[4])
    texts = [(x, y, text, ink, strong) for x, y, text, ink, strong in ends]
    if main.route is not None:
        texts[1:1] = _step_labels(axes, main.route, axis)
    _label(axes, texts, traces.values(), axis.word)


def _trace(route: Route, axis: "_Axis") -> NDArray[np.float64]:
    """The corners of a route's line: (n, 2) km and what the axis shows."""
    return np.array([(0.0, 0.0), *((s.total_km, axis.total(s)) for s in route.stages)])


def _step_labels(
    axes: Axes, route: Route, axis: "_Axis"
) -> list[tuple[float, float, str, str, bool]]:
    """Draw the tallest step of a route in another colour; labels of it and of other tall ones."""
    stops = sorted((s for s in route.stages if s.is_stop), key=lambda s: -axis.part(s))
    total = sum(axis.part(stage) for stage in route.stages)
    labels = []
    for number, stage in enumerate(stops[:5]):
        size, top = axis.part(stage), axis.total(stage)
        if size < 0.03 * total:
            break
        text = f"{_place(stage)} {axis.shown(size)}"
        if number == 0:
            axes.plot([stage.total_km] * 2, [top - size, top], color=STEP, lw=4.5, zorder=6)
            text = f"tallest step: {text}"
        ink = GREY if number else STEP
        labels.append((stage.total_km, top - size / 2, text, ink, number == 0))
    return labels


def _place(stage: Stage) -> str:
    return stage.place.split(" (")[0].split(" / ")[0]


@dataclass(frozen=True)
class _Axis:
    """What a panel shows upwards: parts and running totals of stages, and how they are written."""

    word: str
    part: Callable[[Stage], float]
    total: Callable[[Stage], float]
    shown: Callable[[float], str]


_MONEY = _Axis("USD", lambda stage: stage.cost_usd, lambda stage: stage.total_usd, usd)


def _time_axis(ways: Sequence[ComparedAlternative]) -> _Axis:
    unit = _unit(ways)
    return _Axis(
        unit.word,
        lambda stage: stage.time_h / unit.hours,
        lambda stage: stage.total_h / unit.hours,
        lambda time: f"{rounded(time, unit.digits)} {unit.word}",
    )


def _unit(ways: Sequence[ComparedAlternative]) -> TimeUnit:
    return unit_for(max((way.route.p95_h for way in ways if way.route), default=0.0))


def _label(
    axes: Axes,
    labels: Sequence[tuple[float, float, str, str, bool]],
    traces: Iterable[NDArray[np.float64]],
    name: str,
) -> None:
    """Write labels beside their points, off the lines and off each other."""
    texts = [
        axes.text(x, y, text, color=ink, fontsize=9, fontweight=_weight(strong), zorder=8)
        for x, y, text, ink, strong in labels
    ]
    lines = np.concatenate([_dense(axes, line) for line in traces])
    anchors = axes.transData.transform([(x, y) for x, y, *_ in labels])
    settle(axes, texts, anchors, lines, name=name)


def _weight(strong: bool) -> str:
    return "bold" if strong else "normal"


def settle(
    axes: Axes,
    texts: Sequence[Text],
    anchors: NDArray[np.float64],
    lines: NDArray[np.float64],
    *,
    obstacles: NDArray[np.float64] | None = None,
    name: str = "text",
) -> list[bool]:
    """Move texts to where they fit, in order of importance, and remove the rest.

    Parameters
    ----------
    axes
        The axes they are in; the page is as wide as the figure.
    texts
        Texts, the most important first.
    anchors : (n, 2)
        Their points on the page.
    lines : (k, 2)
        Points that they should rather not cover, on the page.
    obstacles : (m, 4)
        Boxes that they may not cover.
    name
        Makes the ids of the texts differ from those of other calls for the figure.

    Returns
    -------
    list of bool
        Which of them were placed.
    """
    sizes = text_sizes(root(axes), texts)
    box = axes.get_window_extent()
    bounds = (box.x0 + 1, box.y0 + 1, box.x1 - 1, box.y1 + 12)
    placed = place_labels(
        anchors, sizes, bounds=bounds, lines=lines, obstacles=obstacles, gaps=(7, 11, 18)
    )
    for ix, (text, where) in enumerate(zip(texts, placed, strict=True)):
        if where is None:
            text.remove()
            continue
        put(text, where, anchors[ix, 0])
        halo(text, f"{name}-{ix}")
    return [where is not None for where in placed]


def _dense(axes: Axes, line: NDArray[np.float64], every: float = 6.0) -> NDArray[np.float64]:
    return dense(axes.transData.transform(line), every)


def dense(line: NDArray[np.float64], every: float = 6.0) -> NDArray[np.float64]:
    """Points along a line at most `every` apart: (k, 2).

    >>> dense(np.array([[0.0, 0.0], [12.0, 0.0]])).tolist()
    [[0.0, 0.0], [6.0, 0.0], [12.0, 0.0]]
    """
    parts = [line[:1]]
    for start, end in itertools.pairwise(line):
        count = max(1, int(np.ceil(np.hypot(*(end - start)) / every)))
        share = np.arange(1, count + 1)[:, None] / count
        parts.append(start + share * (end - start))
    return np.concatenate(parts)


def where_time_goes(
    ways: Sequence[ComparedAlternative], main: ComparedAlternative, short: dict[str, str]
) -> str:
    """One bar a way: time by group of activities; a tick marks the 95th percentile."""
    routes = {way.name: way.route for way in ways if way.route is not None}
    order = sorted(routes, key=lambda name: routes[name].time_h)
    with figure(WIDTH, 74 + 34 * len(order)) as drawn:
        axes = drawn.add_axes((0.175, 0.0, 0.81, 1.0))
        quiet(axes)
        axes.set_xticks([])
        unit = _unit(ways)
        longest = max(route.p95_h for route in routes.values()) / unit.hours
        axes.set_xlim(0, 1.1 * longest)
        axes.set_ylim(len(order) - 0.4, -1.9)
        axes.set_yticks(range(len(order)), [short[name] for name in order])
        for label, name in zip(axes.get_yticklabels(), order, strict=True):
            label.set(color=INK, fontweight="bold" if name == main.name else "normal", fontsize=9)
        for row, name in enumerate(order):
            _bar(axes, row, routes[name], longest, unit)
        groups = [name for name in GROUP_COLOURS if any(_has(r, name) for r in routes.values())]
        entries = [Entry(name, _square(GROUP_COLOURS[name])) for name in groups]
        draw_key(drawn, entries, left=4, right=WIDTH - 8, top=64 + 34 * len(order))
        return svg(
            drawn,
            "bars",
            f"Time in {unit.word} by activity, for the best route of each alternative",
        )


def _has(route: Route, group: str) -> bool:
    return grouped(route.hours_by_activity)[group] > 0


def _square(colour: str) -> dict[str, Any]:
    return {"marker": "s", "ms": 8, "color": colour, "ls": ""}


def _bar(axes: Axes, row: int, route: Route, longest: float, unit: TimeUnit) -> None:
    left = 0.0
    for group, hours in grouped(route.hours_by_activity).items():
        width = hours / unit.hours
        axes.barh(row, width, 0.6, left, color=GROUP_COLOURS[group], ec=PAPER, lw=0.8)
        if width > 0.03 * longest:
            ink = INK if group in _PALE else PAPER
            axes.text(
                left + width / 2,
                row,
                rounded(width, unit.digits),
                color=ink,
                fontsize=8,
                ha="center",
                va="center",
            )
        left += width
    tail = route.p95_h / unit.hours
    axes.plot([left, tail], [row, row], color=GREY, lw=1, zorder=1)
    axes.plot([tail] * 2, [row - 0.16, row + 0.16], color=GREY, lw=1.4)
    text = axes.text(
        left,
        row - 0.42,
        rounded(left, unit.digits),
        color=INK,
        fontsize=8.5,
        fontweight="bold",
        ha="right",
        va="center",
    )
    halo(text, f"bar-{row}")
    axes.text(
        tail + 0.006 * longest,
        row,
        f"{rounded(tail, unit.digits)} p95",
        color=GREY,
        fontsize=8,
        va="center",
    )


_PALE = ("drivers' rest", "waiting for a departure", "ports, loading, transfers")


def time_against_cost(
    ways: Sequence[ComparedAlternative], main: ComparedAlternative, short: dict[str, str]
) -> str:
    """Every Pareto route of every way as a point, time against USD; the best is named."""
    colour = colours([way.name for way in ways], main.name)
    shown = [way for way in ways if way.route is not None]
    unit = _unit(ways)
    with figure(WIDTH, 400) as drawn:
        axes = drawn.add_axes((0.058, 0.1, 0.927, 0.84))
        for way in shown:
            points = np.array([(r.time_h / unit.hours, r.cost_usd) for r in way.front]).reshape(
                -1, 2
            )
            axes.plot(*points.T, "o", ms=4, color=colour[way.name], alpha=0.45, mew=0)
        best = np.array([(w.route.time_h / unit.hours, w.route.cost_usd) for w in shown if w.route])
        for way, point in zip(shown, best, strict=True):
            axes.plot(*point, "o", ms=9, color=colour[way.name], mec=PAPER, mew=1.2, zorder=4)
        axes.margins(x=0.12, y=0.12)
        axes.autoscale_view()
        axes.grid()
        quiet(axes, x=True, y=True)
        axes.yaxis.set_major_formatter(lambda value, _: tick(value))
        axes.set_xlabel(f"expected {unit.word}", loc="right")
        axes.set_title("USD", loc="left", fontsize=8.5, color=GREY, pad=6)
        ordered = sorted(range(len(shown)), key=lambda ix: shown[ix] is not main)
        texts = [
            axes.text(
                best[ix, 0],
                best[ix, 1],
                short[shown[ix].name],
                color=colour[shown[ix].name],
                fontsize=9,
                fontweight=_weight(shown[ix] is main),
                zorder=8,
            )
            for ix in ordered
        ]
        everything = [(r.time_h / unit.hours, r.cost_usd) for w in shown for r in w.front]
        dots = axes.transData.transform(np.array([*everything, *best]).reshape(-1, 2))
        settle(axes, texts, axes.transData.transform(best[ordered]), dots)
        return svg(
            drawn, "scatter", f"Expected {unit.word} against US dollars for all Pareto routes"
        )
