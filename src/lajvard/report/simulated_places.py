"""Figures of places and scenarios: queues by hour and month, posts, vessels, differences."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lajvard.analysis.simulated import Effect, LineUse, PostTimes, Queue
from lajvard.analysis.simulated_tables import with_interval
from lajvard.report.charts import WIDTH, settle
from lajvard.report.figure import (
    BASIS_COLOURS,
    GREY,
    INK,
    LAJVARD,
    LIGHT,
    OTHERS,
    PAPER,
    figure,
    quiet,
    svg,
)
from lajvard.report.key import Entry, draw_key
from lajvard.study.statistics import Estimate
from lajvard.tables.numbers import rounded, signed

FloatArray = NDArray[np.float64]

MONTHS = "JFMAMJJASOND"
_HEAT = LinearSegmentedColormap.from_list(
    "queue", ["#f4f6fb", "#c9d3ec", "#7d95cc", LAJVARD, "#131f4d"]
)
_ROW = 19.0


# ---------------------------------------------------------------- queues


def queue_chart(queues: Sequence[Queue]) -> str:
    """Two heat maps side by side: when most wait, by hour of the day and by month.

    A row is shaded by its own largest value, so that the pattern of a small queue shows as well;
    how long it is on average stands beside it.
    """
    height = 62 + _ROW * len(queues)
    with figure(WIDTH, height) as drawn:
        most = [max(q.by_hour.max(), np.nanmax(q.by_month)) or 1.0 for q in queues]
        top = np.array(most)[:, None]
        left = _heat_axes(drawn, 0.345, 0.335, height, len(queues))
        right = _heat_axes(drawn, 0.692, 0.1675, height, len(queues))
        _heat(left, np.array([queue.by_hour for queue in queues]) / top)
        _heat(right, np.array([queue.by_month for queue in queues]) / top)
        left.set_yticks(range(len(queues)), [queue.name for queue in queues])
        for label in left.get_yticklabels():
            label.set(color=INK, fontsize=8.5)
        left.set_xticks(range(0, 24, 3), [f"{hour:02d}" for hour in range(0, 24, 3)])
        left.set_title("by hour of the day (UTC)", loc="left", fontsize=8.5, color=GREY, pad=6)
        right.set_yticks([])
        right.set_xticks(range(12), list(MONTHS))
        right.set_title("by month", loc="left", fontsize=8.5, color=GREY, pad=6)
        _means(right, queues)
        _scale(drawn, height)
        return svg(drawn, "sim-queues", "Mean number that waits by hour of the day and by month")


def _heat_axes(drawn: Figure, left: float, width: float, height: float, rows: int) -> Axes:
    axes = drawn.add_axes((left, 36 / height, width, _ROW * rows / height))
    quiet(axes)
    return axes


def _heat(axes: Axes, shares: FloatArray) -> None:
    """Cells coloured by a share of one."""
    axes.pcolormesh(
        np.arange(shares.shape[1] + 1) - 0.5,
        np.arange(len(shares) + 1) - 0.5,
        np.ma.masked_invalid(shares),
        cmap=_HEAT,
        vmin=0,
        vmax=1,
        edgecolors=PAPER,
        linewidth=0.6,
    )
    axes.set_ylim(len(shares) - 0.5, -0.5)


def _means(axes: Axes, queues: Sequence[Queue]) -> None:
    """How many wait on average, and how long, beside the rows."""
    for row, queue in enumerate(queues):
        text = with_interval(queue.mean)
        axes.text(12.0, row, text, fontsize=8, color=INK, va="center")
        text = f"{rounded(queue.wait.value, 1)} h"
        axes.text(21.4, row, text, fontsize=8, color=INK, va="center", ha="right")
    axes.text(12.0, -1.05, "in line", fontsize=8.5, color=GREY, va="center")
    axes.text(21.4, -1.05, "wait", fontsize=8.5, color=GREY, va="center", ha="right")


def _scale(drawn: Figure, height: float) -> None:
    """What the colours stand for."""
    axes = drawn.add_axes((0.345, 8 / height, 0.16, 7 / height))
    axes.imshow(np.linspace(0, 1, 100)[None, :], aspect="auto", cmap=_HEAT)
    axes.set_xticks([])
    axes.set_yticks([])
    quiet(axes)
    axes.text(-3, 0, "nobody", ha="right", va="center", fontsize=8, color=GREY)
    text = "the largest hour or month of the row"
    axes.text(102, 0, text, ha="left", va="center", fontsize=8, color=GREY)


# ---------------------------------------------------------------- posts


def posts_chart(posts: Sequence[PostTimes]) -> str:
    """One dot a post: described hours against simulated ones, both on a logarithmic scale."""
    with figure(WIDTH, 470) as drawn:
        axes = drawn.add_axes((0.065, 0.1, 0.92, 0.8))
        axes.set_xscale("log")
        axes.set_yscale("log")
        every = [hours for one in posts for hours in (one.post.target_h, one.simulated.value)]
        span = np.array([0.75 * min(every), 1.35 * max(every)])
        axes.plot(span, span, color=LIGHT, lw=1.2, zorder=1)
        for one in posts:
            _post_dot(axes, one)
        axes.set_xlim(*span)
        axes.set_ylim(*span)
        quiet(axes, x=True, y=True)
        axes.grid(which="major")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:g}")
            axis.set_minor_formatter(lambda *_: "")
        axes.tick_params(which="minor", length=0)
        axes.set_xlabel("hours described, queue included", loc="right")
        axes.set_title("hours simulated", loc="left", fontsize=8.5, color=GREY, pad=6)
        _name_posts(axes, posts)
        used = [name for name in BASIS_COLOURS if any(_basis(one) == name for one in posts)]
        entries = [Entry(f"described time: {name}", _dot(name)) for name in used]
        entries.append(Entry("95 % interval of the mean", {"color": GREY, "lw": 1}))
        draw_key(drawn, entries, left=270, right=WIDTH - 8, top=455)
        return svg(drawn, "sim-posts", "Described against simulated hours of border posts")


def _basis(one: PostTimes) -> str:
    return one.post.target_basis or "not known"


def _dot(basis: str) -> dict[str, object]:
    hollow = basis in ("estimate", "not known")
    edge = GREY if hollow else BASIS_COLOURS[basis]
    fill = PAPER if hollow else BASIS_COLOURS[basis]
    return {"marker": "o", "ms": 7, "color": fill, "mec": edge, "mew": 1.2, "ls": ""}


def _post_dot(axes: Axes, one: PostTimes) -> None:
    x, found = one.post.target_h, one.simulated
    if np.isfinite(found.low):
        low, high = max(found.low, found.value / 2), min(found.high, 2 * found.value)
        axes.plot([x, x], [low, high], color=GREY, lw=1, zorder=2)
    style = _dot(_basis(one))
    axes.plot(x, found.value, zorder=4 if one.met else 3, **style)  # type: ignore[arg-type]


def _name_posts(axes: Axes, posts: Sequence[PostTimes]) -> None:
    """Names of the posts that are farthest off."""
    off = sorted(posts, key=lambda one: -abs(np.log1p(one.error)))
    named = [one for one in off if abs(one.error) > 0.15][:6]
    if not named:
        return
    texts = [
        axes.text(one.post.target_h, one.simulated.value, one.name, fontsize=8, color=INK)
        for one in named
    ]
    points = [(one.post.target_h, one.simulated.value) for one in named]
    dots = axes.transData.transform([(o.post.target_h, o.simulated.value) for o in posts])
    settle(axes, texts, axes.transData.transform(points), dots, name="posts")


# ---------------------------------------------------------------- vessels


def lines_chart(lines: Sequence[LineUse]) -> str:
    """One row a line: load factor, and the wait with its p95."""
    height = 58 + _ROW * len(lines)
    with figure(WIDTH, height) as drawn:
        room = _ROW * len(lines) / height
        load = drawn.add_axes((0.405, 30 / height, 0.17, room))
        wait = drawn.add_axes((0.61, 30 / height, 0.375, room))
        for row, line in enumerate(lines):
            load.barh(row, line.load.value, 0.62, color=LAJVARD)
            _whisker(load, row, line.load, INK)
            wait.barh(row, line.wait.value, 0.62, color="#dca64a")
            _whisker(wait, row, line.wait, INK)
            wait.plot([line.wait_p95.value] * 2, [row - 0.28, row + 0.28], color=GREY, lw=1.6)
        names = [f"{line.name} ({rounded(line.trips.value)} a year)" for line in lines]
        load.set_yticks(range(len(lines)), names)
        wait.set_yticks([])
        for label in load.get_yticklabels():
            label.set(color=INK, fontsize=8.5)
        for axes, title in (
            (load, "load factor"),
            (wait, "hours until a departure: mean, and p95 as a tick"),
        ):
            axes.set_ylim(len(lines) - 0.5, -0.5)
            quiet(axes, x=True)
            axes.grid(axis="x")
            axes.set_title(title, loc="left", fontsize=8.5, color=GREY, pad=6)
        load.set_xlim(0, 1.02)
        load.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
        wait.set_xlim(left=0)
        return svg(drawn, "sim-lines", "Load factors and waits of vessels and trains by line")


def _whisker(axes: Axes, row: float, found: Estimate, colour: str) -> None:
    if np.isfinite(found.low):
        axes.plot([found.low, found.high], [row, row], color=colour, lw=1.2)


# ---------------------------------------------------------------- scenarios


def forest_chart(effects: Sequence[Effect]) -> str:
    """Changes of journey times in days by way and scenario, each with its interval."""
    scenarios = list(dict.fromkeys(effect.scenario for effect in effects))
    things = list(dict.fromkeys(effect.of for effect in effects))
    step = 15.0
    block = step * len(scenarios) + 12
    height = 66 + block * len(things) + 17 * (len(scenarios) - 1)
    colour = dict(zip(scenarios, (LAJVARD, *OTHERS) * 3, strict=False))
    with figure(WIDTH, height) as drawn:
        bottom = 34 + 0.0
        axes = drawn.add_axes((0.2, bottom / height, 0.6, block * len(things) / height))
        axes.set_ylim(block * len(things), 0)
        axes.axvline(0, color=GREY, lw=1)
        for effect in effects:
            at = things.index(effect.of) * block + 12 + step * scenarios.index(effect.scenario)
            _effect(axes, at, effect, colour[effect.scenario])
        middle = [block * row + block / 2 for row in range(len(things))]
        axes.set_yticks(middle, things)
        for label in axes.get_yticklabels():
            label.set(color=INK, fontsize=9)
        for row in range(1, len(things)):
            axes.axhline(block * row, color=LIGHT, lw=0.6)
        quiet(axes, x=True)
        axes.grid(axis="x")
        axes.margins(x=0.08)
        axes.xaxis.set_major_formatter(lambda value, _: signed(value, 1))
        axes.set_xlabel("change of the mean journey time in days", loc="right")
        entries = [
            Entry(name, {"marker": "o", "ms": 7, "color": colour[name], "ls": ""})
            for name in scenarios
        ]
        draw_key(drawn, entries, left=4, right=WIDTH - 8, top=height - 12)
        return svg(drawn, "sim-forest", "Changes of journey times by scenario, 95 % intervals")


def _effect(axes: Axes, at: float, effect: Effect, colour: str) -> None:
    value, low, high = (
        hours / 24 for hours in (effect.change.value, effect.change.low, effect.change.high)
    )
    if np.isfinite(low):
        axes.plot([low, high], [at, at], color=colour, lw=1.6)
    fill = colour if effect.is_clear else PAPER
    axes.plot(value, at, "o", ms=7, color=fill, mec=colour, mew=1.4)
    said = signed(value, 2)
    if np.isfinite(low):
        said += f" ({signed(low, 2)} to {signed(high, 2)})"
    axes.text(1.02, at, said, transform=axes.get_yaxis_transform(), fontsize=8, color=INK,
              va="center")  # fmt: skip
