"""The flow map: every link as wide as the tonnes that it carries, coloured by mode."""

from collections import defaultdict
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from lajvard.corridor import Corridor
from lajvard.flows.assign_flows import FlowResult
from lajvard.report.charts import WIDTH
from lajvard.report.figure import figure, svg
from lajvard.report.key import ROW, Entry, draw_key, key_rows
from lajvard.report.map import (
    Drawing,
    Scene,
    draw_ground,
    goes_around,
    remarks,
    scene_of,
    shifted,
)
from lajvard.report.map_labels import draw_places, draw_scale, write_labels
from lajvard.report.mapping import Points
from lajvard.routes import Route

MODE_COLOURS = {"road": "#b0622a", "rail": "#1d3a8a", "sea": "#2f8a80"}
MODE_WORDS = {"road": "road", "rail": "rail", "sea": "ferry, sea or lake"}
WIDEST = 13.0
"""Width of the link that carries most, in points; others in proportion."""

_LEAST = 0.4
_MAIN_SHARE = 0.01
"""Flows of a smaller share of all tonnes do not stretch the map."""


def flow_map(corridor: Corridor, result: FlowResult) -> Drawing | None:
    """Tonnes a year on each link, both directions together; None without a load to draw."""
    loads = _loads(result)
    if not loads or not len(corridor.used("node")):
        return None
    scene = scene_of(corridor, _main_routes(result), None)
    most = max(loads.values())
    height = WIDTH * scene.view.height / scene.view.width
    entries = _key(loads, most)
    strip = 10 + ROW * key_rows(entries, left=4, right=WIDTH - 4)
    with figure(WIDTH, height + strip) as drawn:
        axes = drawn.add_axes((0, strip / (height + strip), 1, height / (height + strip)))
        draw_ground(axes, scene)
        along = _draw(axes, scene, corridor, loads, most)
        obstacles = draw_places(axes, scene.places)
        scale = draw_scale(axes, scene.view)
        write_labels(axes, scene.places, scene.land, scene.view, along, [*obstacles, scale])
        draw_key(drawn, entries, left=4, right=WIDTH - 4, top=strip - 18)
        words = f"Flow map of {corridor.title}: tonnes a year by link and mode"
        return Drawing(svg(drawn, "flow-map", words), remarks())


def _loads(result: FlowResult) -> dict[tuple[str, str], float]:
    """Tonnes a year by link and mode, both directions together."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for row in result.tables["links"]:
        link, mode, tonnes = row.text("link_id"), row.text("mode"), row.number("tonnes_per_year")
        found[link, "sea" if mode == "inland_waterway" else mode] += tonnes
    return dict(found)


def _main_routes(result: FlowResult) -> list[Route]:
    """The route that most take of every flow of some size."""
    least = _MAIN_SHARE * result.tonnes_per_year
    return [
        one.routes[int(share.argmax())]
        for one, share in zip(result.sets, result.shares, strict=True)
        if one.flow.tonnes_per_year >= least
    ]


def _draw(
    axes: Axes,
    scene: Scene,
    corridor: Corridor,
    loads: dict[tuple[str, str], float],
    most: float,
) -> Points:
    """Draw the loads, the largest first, side by side where two modes join two places."""
    table, around = corridor.used("link"), goes_around(corridor)
    ends = zip(table.text("from_node_id"), table.text("to_node_id"), strict=True)
    pair_of = {
        link: (ends_of, bool(around[ix]))
        for ix, (link, ends_of) in enumerate(zip(table.text("link_id"), ends, strict=True))
    }
    by_pair: dict[tuple[int, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (link, mode), tonnes in loads.items():
        (start, end), is_around = pair_of[link]
        if not is_around and start in scene.ix_of and end in scene.ix_of:
            first, last = sorted((scene.ix_of[start], scene.ix_of[end]))
            by_pair[first, last][mode] += tonnes
    along = [np.empty((0, 2))]
    for pair, modes in sorted(by_pair.items(), key=lambda item: -sum(item[1].values())):
        line = scene.points[list(pair)]
        if not np.isfinite(line).all():
            continue
        widths = {mode: max(_LEAST, WIDEST * tonnes / most) for mode, tonnes in modes.items()}
        place = -sum(widths.values()) / 2
        for mode in sorted(widths):
            beside = shifted(axes, line, place + widths[mode] / 2)
            style: dict[str, Any] = {"color": MODE_COLOURS[mode], "lw": widths[mode]}
            axes.plot(*beside.T, solid_capstyle="butt", alpha=0.9, zorder=3, **style)
            place += widths[mode]
        along.append(_points(axes.transData.transform(line)))
    return np.concatenate(along)


def _points(line: Points, every: float = 5.0) -> Points:
    """Points along a line of the page, so that labels keep off it."""
    steps = 2 + int(np.hypot(*(line[1] - line[0])) / every)
    return np.asarray(line[0] + np.linspace(0, 1, steps)[:, None] * (line[1] - line[0]))


def _key(loads: dict[tuple[str, str], float], most: float) -> list[Entry]:
    """Modes that carry something, then widths of round loads."""
    modes = {mode for _, mode in loads}
    entries = [
        Entry(MODE_WORDS[mode], {"color": colour, "lw": 4.0, "solid_capstyle": "butt"})
        for mode, colour in MODE_COLOURS.items()
        if mode in modes
    ]
    for tonnes in _round_loads(most):
        words = f"{tonnes / 1e6:g} million t a year"
        style = {"color": "#5d6679", "lw": WIDEST * tonnes / most, "solid_capstyle": "butt"}
        entries.append(Entry(words, style))
    return entries


def _round_loads(most: float) -> list[float]:
    """Round loads for the key: the largest that is there, and two smaller ones.

    >>> _round_loads(7.2e6)
    [5000000.0, 2000000.0, 500000.0]
    """
    power = 10.0 ** np.floor(np.log10(most))
    steps = [float(power * step) for step in (0.1, 0.2, 0.5, 1, 2, 5) if power * step <= most]
    return [steps[-1], steps[-2], steps[-4]]
