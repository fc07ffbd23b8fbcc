"""Shares by way of the largest flows, of the base and of a scenario, as bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from lajvard.report.charts import WIDTH
from lajvard.report.figure import GREY, INK, LIGHT, PAPER, colours, figure, quiet, svg
from lajvard.report.key import ROW, Entry, draw_key, key_rows
from lajvard.tables.numbers import percent

OTHER = "other ways, by land between neighbours"
"""Ways without a name, together."""

_BAR, _THIN, _PITCH = 13.0, 8.0, 34.0
_LEFT = 0.29


@dataclass(frozen=True)
class FlowShares:
    """Shares of a flow by way, in the base and in the scenario if there is one."""

    title: str
    size: str
    base: Mapping[str, float]
    scenario: Mapping[str, float] | None = None


def shares_chart(flows: Sequence[FlowShares], ways: Sequence[str], scenario: str) -> str:
    """A bar a flow, divided by way; under it a thinner one for the scenario.

    Parameters
    ----------
    ways
        Named ways in the order of their colours; what is not among them is drawn as `OTHER`.
    scenario
        What the thin bars stand for, empty without a scenario.
    """
    colour = {**colours(list(ways), ways[0] if ways else ""), OTHER: LIGHT}
    used = [way for way in (*ways, OTHER) if any(_part(one, way, ways) > 0.002 for one in flows)]
    entries = [
        Entry(_short(way), {"color": colour[way], "lw": 8, "solid_capstyle": "butt"})
        for way in used
    ]
    strip = 12 + ROW * key_rows(entries, left=4, right=WIDTH - 4)
    body = _PITCH * len(flows) + 8
    height = body + strip
    with figure(WIDTH, height) as drawn:
        axes = drawn.add_axes((_LEFT, strip / height, 0.995 - _LEFT, body / height))
        axes.set(xlim=(0, 1), ylim=(_PITCH * len(flows), -8), xticks=[], yticks=[])
        quiet(axes)
        for row, one in enumerate(flows):
            top = row * _PITCH
            _bar(axes, top, _BAR, _parts(one.base, ways), colour, figures=True)
            if one.scenario is not None:
                _bar(axes, top + _BAR + 2, _THIN, _parts(one.scenario, ways), colour)
            axes.text(-0.012, top + 5, one.title, ha="right", va="center", fontsize=8.5, color=INK)
            axes.text(-0.012, top + 17, one.size, ha="right", va="center", fontsize=7.5, color=GREY)
        draw_key(drawn, entries, left=4, right=WIDTH - 4, top=strip - 20)
        more = f"; thin bars: {scenario}" if scenario else ""
        return svg(drawn, "flow-shares", f"Shares by way of the largest flows{more}")


def _short(way: str) -> str:
    return way.split(" (")[0]


def _parts(shares: Mapping[str, float], ways: Sequence[str]) -> dict[str, float]:
    """Shares of the named ways in their order, then of all others together."""
    found = {way: shares.get(way, 0.0) for way in ways}
    found[OTHER] = max(0.0, sum(shares.values()) - sum(found.values()))
    return found


def _part(one: FlowShares, way: str, ways: Sequence[str]) -> float:
    every = [one.base] if one.scenario is None else [one.base, one.scenario]
    return max(_parts(shares, ways)[way] for shares in every)


def _bar(
    axes: Axes,
    top: float,
    thick: float,
    parts: Mapping[str, float],
    colour: Mapping[str, str],
    *,
    figures: bool = False,
) -> None:
    start = 0.0
    for way, share in parts.items():
        if share <= 0:
            continue
        axes.barh(top, share, thick, left=start, align="edge", color=colour[way], ec=PAPER, lw=0.5)
        if figures and share >= 0.06:
            dark = colour[way] == LIGHT
            axes.text(
                start + share / 2, top + thick / 2 + 0.4, percent(share), ha="center",
                va="center", fontsize=7.5, color=INK if dark else PAPER,
            )  # fmt: skip
        start += share
