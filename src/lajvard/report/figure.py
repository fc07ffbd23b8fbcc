"""What all figures share: colours, style, and how they become SVG inside the page."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lajvard.network import Activity
from lajvard.tables.printable import printable

LAJVARD = "#1d3a8a"
"""The one accent: deep blue."""

INK = "#1b2233"
GREY = "#5d6679"
LIGHT = "#c9cfdb"
RULE = "#e3e7ee"
LAND = "#f6f4ef"
WATER = "#dfe9f2"
PAPER = "#ffffff"

OTHERS = ("#b0622a", "#3b7f74", "#8a5a97", "#a38a1f", "#5f7f9e", "#9c4457", "#6f7360")
"""Colours of the alternatives to the main one, in order."""

BASIS_COLOURS = {
    "published": LAJVARD,
    "derived": "#7d95cc",
    "estimate": "#d3d8e4",
    "not known": "#f0ece2",
}

GROUPS: dict[str, tuple[Activity, ...]] = {
    "on the road or rails": (Activity.MOVING,),
    "sailing": (Activity.SAILING,),
    "drivers' rest": (Activity.REST,),
    "borders and permits": (Activity.BORDER, Activity.PERMIT, Activity.OPENING_HOURS),
    "waiting for a departure": (Activity.WAIT_FOR_DEPARTURE,),
    "ports, loading, transfers": (
        Activity.PORT,
        Activity.LOADING,
        Activity.UNLOADING,
        Activity.TRANSFER,
    ),
    "closures": (Activity.CLOSURE,),
}
"""Activities as the charts group them."""

GROUP_COLOURS = {
    "on the road or rails": LAJVARD,
    "sailing": "#6d88c4",
    "drivers' rest": "#c5cee2",
    "borders and permits": "#b0532a",
    "waiting for a departure": "#dca64a",
    "ports, loading, transfers": "#a7987f",
    "closures": "#6b4a4a",
}

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lajvard",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "text.color": INK,
    "text.parse_math": False,  # names may have two dollar signs
    "axes.edgecolor": LIGHT,
    "axes.labelcolor": GREY,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": LIGHT,
    "ytick.color": LIGHT,
    "xtick.labelcolor": GREY,
    "ytick.labelcolor": GREY,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "legend.borderaxespad": 0,
    "legend.borderpad": 0,
    "legend.columnspacing": 2.1,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "legend.handlelength": 2.8,
    "legend.handletextpad": 0.7,
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
    "path.simplify": False,
}


@contextmanager
def figure(width: float, height: float) -> Iterator[Figure]:
    """A figure of this size in points, drawn in the report's style.

    Text is measured in a wide typeface, so that it fits in any that the reader's machine has.
    """
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # measured wide enough without them; the reader's machine has the letters of its scripts
        warnings.filterwarnings("ignore", r"Glyph .* missing from font", UserWarning)
        yield Figure(figsize=(width / 72, height / 72), dpi=72)


def svg(drawn: Figure, name: str, description: str) -> str:
    """The figure as an SVG element for an HTML page; call it within `figure`.

    Parameters
    ----------
    drawn
        The figure.
    name
        Makes the ids of its parts differ from those of other figures of the page.
    description
        What it shows, for readers who do not see it.
    """
    out = io.StringIO()
    drawn.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = printable(out.getvalue())
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text).replace("xlink:href", "href")
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    text = re.sub(
        r'^(<svg) width="[^"]*" height="[^"]*"|\s+width="[^"]+pt"|\s+height="[^"]+pt"', r"\1", text
    )
    label = f'role="img" aria-label="{escape(description)}"'
    return re.sub(r"\s*\n\s*", "\n", text.replace("<svg", f"<svg {label}", 1))


def halo(text: "mpl.text.Text", name: str) -> None:
    """Let the page draw a white edge around a text, so that it reads on top of lines.

    ``name`` is one that no other text of the figure has.
    """
    text.set_gid(f"halo-{name}")


def quiet(axes: Axes, *, x: bool = False, y: bool = False) -> None:
    """Take away what a chart does not need: ticks, and the spines that are not asked for."""
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(x)
    axes.spines["left"].set_visible(y)


def colours(names: list[str], main: str) -> dict[str, str]:
    """A colour for each alternative; the main one has the accent.

    >>> colours(["a", "b"], "b") == {"a": OTHERS[0], "b": LAJVARD}
    True
    """
    others = iter(OTHERS * (1 + len(names) // len(OTHERS)))
    return {name: LAJVARD if name == main else next(others) for name in names}


def grouped(hours_by_activity: dict[str, float]) -> dict[str, float]:
    """Hours by activity as hours by group of activities.

    >>> grouped({"border": 3.0, "permit": 1.0})["borders and permits"]
    4.0
    """
    return {
        group: sum(hours_by_activity.get(activity.label, 0.0) for activity in activities)
        for group, activities in GROUPS.items()
    }
