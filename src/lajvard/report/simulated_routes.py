"""Figures of simulated journeys: time and money over distance, times by way, hours by cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lajvard.analysis.profiles import CauseHours, ProfileRow
from lajvard.report.charts import STEP, WIDTH, dense, settle
from lajvard.report.figure import GREY, INK, LAJVARD, PAPER, figure, halo, quiet, svg
from lajvard.report.key import Entry, draw_key
from lajvard.routes import Route
from lajvard.tables.numbers import TimeUnit, rounded, tick, unit_for

FloatArray = NDArray[np.float64]

BAND = "#c9d3ec"
CAUSE_COLOURS: Mapping[str, str] = {
    "moving": LAJVARD,
    "rest": "#c5cee2",
    "handling": "#a7987f",
    "formalities": "#b0532a",
    "permit": "#d98e5f",
    "queue": "#e5b58f",
    "waiting for departure": "#dca64a",
    "closure": "#6b4a4a",
    "opening hours": "#8c7a5b",
    "repair": "#8a8f9c",
}
"""Causes of hours in the order of the bars."""

_PALE = ("rest", "queue", "waiting for departure", "permit", "handling")


def profile_chart(rows: Sequence[ProfileRow], expected: Route | None, name: str) -> str:
    """Time and USD over km: the median of simulated journeys in its band from p10 to p90.

    `expected` is the same route as it is computed without simulation.
    """
    unit = unit_for(rows[-1].total_h[2])
    with figure(WIDTH, 660) as drawn:
        top, bottom = drawn.subplots(
            2, 1, sharex=True, gridspec_kw={"height_ratios": (1.9, 1), "hspace": 0.14}
        )
        drawn.subplots_adjust(left=0.058, right=0.985, top=0.915, bottom=0.07)
        hours = [tuple(hour / unit.hours for hour in row.total_h) for row in rows]
        _band(top, rows, hours)
        _band(bottom, rows, [row.total_usd for row in rows])
        if expected is not None:
            km = [0.0, *(stage.total_km for stage in expected.stages)]
            line = [0.0, *(stage.total_h / unit.hours for stage in expected.stages)]
            top.plot(km, line, color=STEP, lw=1.1, ls=(0, (4, 3)), zorder=4)
            usd = [0.0, *(stage.total_usd for stage in expected.stages)]
            bottom.plot(km, usd, color=STEP, lw=1.1, ls=(0, (4, 3)), zorder=4)
        for axes, word in ((top, unit.word), (bottom, "USD")):
            _finish(axes, word)
        bottom.set_xlabel("km from the origin", loc="right")
        _name_steps(top, rows, unit)
        entries = [
            Entry("median of the simulated journeys", {"color": LAJVARD, "lw": 2.4}),
            Entry("from p10 to p90", {"color": BAND, "lw": 9, "solid_capstyle": "butt"}),
        ]
        if expected is not None:
            dashed = {"color": STEP, "lw": 1.1, "ls": (0, (4, 3))}
            entries.append(Entry("expected without simulation", dashed))
        draw_key(drawn, entries, left=54, right=WIDTH - 8, top=645)
        return svg(drawn, "sim-tcd", f"Simulated time and US dollars over distance, {name}")


def _band(axes: Axes, rows: Sequence[ProfileRow], totals: Sequence[tuple[float, ...]]) -> None:
    km = np.array([0.0, *(row.total_km for row in rows)])
    low, middle, high = np.array([(0.0, 0.0, 0.0), *totals]).T
    axes.fill_between(km, low, high, color=BAND, lw=0, zorder=1)
    axes.plot(km, middle, color=LAJVARD, lw=2.4, zorder=3)
    axes.set_xlim(0, 1.03 * km[-1])
    axes.set_ylim(0, 1.06 * high.max())


def _finish(axes: Axes, word: str) -> None:
    axes.grid(axis="y")
    quiet(axes, x=True)
    axes.xaxis.set_major_formatter(lambda value, _: tick(value))
    axes.yaxis.set_major_formatter(lambda value, _: tick(value))
    axes.set_title(word, loc="left", fontsize=8.5, color=GREY, pad=6)


def _name_steps(axes: Axes, rows: Sequence[ProfileRow], unit: TimeUnit) -> None:
    """Name the tallest stops at the middle of their steps."""
    before = [0.0, *(row.total_h[1] for row in rows)]
    stops = [(row, start) for row, start in zip(rows, before, strict=False) if row.is_stop]
    stops.sort(key=lambda one: -one[0].mean_h)
    total = rows[-1].mean_total_h
    labels = [
        (row.total_km, (start + row.total_h[1]) / 2 / unit.hours, row)
        for row, start in stops[:7]
        if row.mean_h > 0.03 * total
    ]
    if not labels:
        return
    texts = [
        axes.text(x, y, _stop_text(row, unit), color=INK, fontsize=8.5) for x, y, row in labels
    ]
    corners = np.array([(0.0, 0.0), *((row.total_km, row.total_h[1] / unit.hours) for row in rows)])
    lines = dense(axes.transData.transform(corners))
    settle(axes, texts, axes.transData.transform([label[:2] for label in labels]), lines, name="s")


def _stop_text(row: ProfileRow, unit: TimeUnit) -> str:
    low, middle, high = (rounded(hour / unit.hours, 1) for hour in row.hours)
    return f"{row.name}: {middle} ({low} to {high}) {unit.word}"


# ---------------------------------------------------------------- distributions


@dataclass(frozen=True)
class Times:
    """Hours of the journeys of a way, and lines that mark observed ones: text and hours."""

    name: str
    hours: FloatArray
    strong: bool = False
    marks: tuple[tuple[str, float], ...] = ()


def times_chart(ways: Sequence[Times], name: str, what: str) -> str:
    """One ridge a way: the density of its journey times; median and p95 are marked."""
    unit = unit_for(max(float(np.quantile(one.hours, 0.95)) for one in ways))
    right = max(float(np.quantile(one.hours, 0.995)) for one in ways) / unit.hours
    marks = [hours / unit.hours for one in ways for _, hours in one.marks]
    right = max([right, *(1.05 * mark for mark in marks)])
    row = 74
    with figure(WIDTH, 46 + row * len(ways)) as drawn:
        for number, one in enumerate(ways):
            axes = _ridge_axes(drawn, number, len(ways), row)
            _ridge(axes, one, unit, right, number)
        axes.set_xlabel(unit.word, loc="right")
        axes.tick_params(labelbottom=True)
        return svg(drawn, name, f"Distribution of {unit.word} of {what}")


def _ridge_axes(drawn: Figure, number: int, count: int, row: float) -> Axes:
    height = 46 + row * count
    bottom = (40 + row * (count - 1 - number)) / height
    return drawn.add_axes((0.2, bottom, 0.785, 0.93 * row / height))


def _ridge(axes: Axes, one: Times, unit: TimeUnit, right: float, number: int) -> None:
    at = np.linspace(0, right, 400)
    hours = one.hours / unit.hours
    height = density(hours, at)
    colour = LAJVARD if one.strong else GREY
    axes.fill_between(at, height, color=colour, alpha=0.22, lw=0)
    axes.plot(at, height, color=colour, lw=1.4)
    top = float(height.max())
    axes.set_xlim(0, right)
    axes.set_ylim(0, 1.32 * top)
    quiet(axes, x=True)
    axes.set_yticks([])
    axes.tick_params(labelbottom=False)
    axes.grid(axis="x")
    _quantile_marks(axes, hours, colour, top, number)
    for text, at_h in one.marks:
        x = at_h / unit.hours
        axes.plot([x, x], [0, 1.05 * top], color=STEP, lw=1.3)
        share = float((one.hours <= at_h).mean())
        label = axes.text(
            x, 1.1 * top, f"{text}: {rounded(100 * share)} of 100 are as fast", color=STEP,
            fontsize=8.5, ha="center", va="bottom",
        )  # fmt: skip
        halo(label, f"mark-{number}")
    axes.text(
        -0.012, 0.3, one.name, transform=axes.transAxes, ha="right", fontsize=9, color=INK,
        fontweight="bold" if one.strong else "normal",
    )  # fmt: skip
    axes.text(
        -0.012, 0.06, f"n = {len(hours):,}", transform=axes.transAxes, ha="right", fontsize=8,
        color=GREY,
    )  # fmt: skip


def _quantile_marks(axes: Axes, days: FloatArray, colour: str, top: float, number: int) -> None:
    median, p95 = np.quantile(days, [0.5, 0.95])
    for value, word, high in ((median, "median", 0.55), (p95, "p95", 0.38)):
        axes.plot([value, value], [0, high * top], color=colour, lw=1.2)
        text = axes.text(
            value, (high + 0.03) * top, f"{word} {rounded(float(value), 1)}", color=INK,
            fontsize=8, ha="center" if word == "median" else "left", va="bottom",
        )  # fmt: skip
        halo(text, f"{word}-{number}")


def density(values: FloatArray, at: FloatArray) -> FloatArray:
    """Density of positive values by Gaussian kernels on their logarithms: (n_at,).

    Silverman's rule for the width. Times are skewed; their logarithms hardly are.

    >>> at = np.linspace(0.01, 10, 2000)
    >>> density = density(np.array([2.0, 3.0, 4.0]), at)
    >>> round(float(density.sum() * (at[1] - at[0])), 2)
    1.0
    """
    logs = np.log(values[values > 0])
    spread = min(float(logs.std()), float(np.subtract(*np.quantile(logs, [0.75, 0.25]))) / 1.34)
    width = max(0.9 * (spread or float(logs.std())) * len(logs) ** -0.2, 0.01)
    known = np.maximum(at, 1e-9)
    centre = (np.log(known)[:, None] - logs[None, :]) / width
    total = np.exp(-(centre**2) / 2).sum(axis=1)
    return np.asarray(total / (len(logs) * width * np.sqrt(2 * np.pi) * known))


# ---------------------------------------------------------------- causes


def causes_chart(ways: Sequence[CauseHours]) -> str:
    """One bar a way: mean hours by cause, and the 95 % interval of the whole."""
    order = sorted(ways, key=lambda way: sum(way.hours.values()))
    unit = unit_for(max(way.high_h for way in order))
    longest = max(max(way.high_h, sum(way.hours.values())) for way in order) / unit.hours
    height = 50 + 36 * len(order)
    with figure(WIDTH, height) as drawn:
        axes = drawn.add_axes((0.175, 0.0, 0.81, 1.0))
        quiet(axes)
        axes.set_xticks([])
        axes.set_xlim(0, 1.12 * longest)
        axes.set_ylim(len(order) - 0.4, -0.4 - 44 / 36)
        axes.set_yticks(range(len(order)), [way.name for way in order])
        for label, way in zip(axes.get_yticklabels(), order, strict=True):
            label.set(color=INK, fontweight="bold" if way.strong else "normal", fontsize=9)
        for row, way in enumerate(order):
            _cause_bar(axes, row, way, longest, unit)
        used = [name for name in CAUSE_COLOURS if any(way.hours.get(name) for way in order)]
        entries = [Entry(name, _square(CAUSE_COLOURS[name])) for name in used]
        draw_key(drawn, entries, left=4, right=WIDTH - 8, top=height - 8)
        return svg(drawn, "sim-causes", f"Mean {unit.word} by cause, with 95 % intervals")


def _square(colour: str) -> dict[str, Any]:
    return {"marker": "s", "ms": 8, "color": colour, "ls": ""}


def _cause_bar(axes: Axes, row: int, way: CauseHours, longest: float, unit: TimeUnit) -> None:
    parts = [way.hours.get(name, 0.0) / unit.hours for name in CAUSE_COLOURS]
    edges = np.concatenate([[0.0], np.cumsum(parts)])
    for (left, right), name in zip(pairwise(edges), CAUSE_COLOURS, strict=True):
        axes.barh(row, right - left, 0.6, left, color=CAUSE_COLOURS[name], ec=PAPER, lw=0.8)
        if right - left > 0.028 * longest:
            axes.text(
                (left + right) / 2, row, rounded(right - left, unit.digits),
                color=INK if name in _PALE else PAPER, fontsize=8, ha="center", va="center",
            )  # fmt: skip
    low, high = way.low_h / unit.hours, way.high_h / unit.hours
    if np.isfinite(low):
        axes.plot([low, high], [row + 0.4] * 2, color=INK, lw=1.3)
        for end in (low, high):
            axes.plot([end, end], [row + 0.34, row + 0.46], color=INK, lw=1.3)
    right = max(high if np.isfinite(high) else 0.0, edges[-1])
    axes.text(
        right + 0.008 * longest, row, rounded(float(edges[-1]), unit.digits), color=INK,
        fontsize=8.5, fontweight="bold", va="center",
    )  # fmt: skip
