"""Keys of figures: legends of lines and markers with words, in flowing rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform
from numpy import array, empty, float64
from numpy.typing import NDArray

from lajvard.report.figure import figure

ROW = 17.0
"""Height of a row of a key in points."""

_SIZE, _GAP, _SPACING = 8.5, 6.0, 18.0
"""Size of text, room between a sample and its text, and between entries, as `figure` sets them."""


@dataclass(frozen=True)
class Entry:
    """A sample and what it means; ``style`` is what `Line2D` takes."""

    text: str
    style: dict[str, Any] = field(default_factory=dict)
    bold: bool = False


def text_sizes(drawn: Figure, texts: Sequence[Text]) -> NDArray[float64]:
    """Widths and heights of texts on the page: (n, 2)."""
    if not texts:
        return empty((0, 2))
    renderer: Any = FigureCanvasAgg(drawn).get_renderer()  # type: ignore[no-untyped-call]
    boxes = [text.get_window_extent(renderer) for text in texts]
    return array([(box.width, box.height) for box in boxes])


def root(axes: Axes) -> Figure:
    """The figure that axes are in."""
    found = axes.get_figure(root=True)
    assert found is not None, "axes without a figure"
    return found


def put(text: Text, box: NDArray[float64], anchor_x: float) -> None:
    """Write a text into a box of the page, against the side that its point lies at."""
    left, bottom, right, top = box
    if anchor_x <= left:
        text.set(x=left, ha="left")
    elif anchor_x >= right:
        text.set(x=right, ha="right")
    else:
        text.set(x=(left + right) / 2, ha="center")
    text.set(transform=None, y=(bottom + top) / 2, va="center")


def key_rows(entries: Sequence[Entry], *, left: float, right: float) -> int:
    """How many rows a key takes between `left` and `right`."""
    with figure(1, 1) as measured:
        return len(_rows(measured, entries, right - left))


def draw_key(
    drawn: Figure, entries: Sequence[Entry], *, left: float, right: float, top: float
) -> None:
    """Draw a key whose first row is centred at `top`; lengths in points of the page.

    Each row is a legend of its own, as the columns of one legend would be aligned and need more
    room.
    """
    for row, members in enumerate(_rows(drawn, entries, right - left)):
        legend = drawn.legend(
            handles=[_handle(entry) for entry in members],
            handlelength=_sample(entries) / _SIZE,
            ncols=len(members),
            loc="center left",
            bbox_to_anchor=(left, top - row * ROW),
            bbox_transform=IdentityTransform(),
        )
        for text, entry in zip(legend.get_texts(), members, strict=True):
            text.set_fontweight("bold" if entry.bold else "normal")


def _handle(entry: Entry) -> Line2D:
    """What the legend draws a sample of; a marker stands alone, without a line through it."""
    alone = {"ls": ""} if "marker" in entry.style else {}
    return Line2D([], [], label=entry.text, **alone | entry.style)


def _sample(entries: Sequence[Entry]) -> float:
    """Room for a sample in points, less where all are markers."""
    return 10.0 if all("marker" in entry.style for entry in entries) else 24.0


def _rows(drawn: Figure, entries: Sequence[Entry], room: float) -> list[list[Entry]]:
    """The entries in rows, a new one where the next does not fit."""
    texts = [
        drawn.text(0, 0, entry.text, fontsize=_SIZE, fontweight="bold" if entry.bold else "normal")
        for entry in entries
    ]
    widths = text_sizes(drawn, texts)[:, 0]
    x, rows = 0.0, list[list[Entry]]()
    for entry, text, width in zip(entries, texts, widths, strict=True):
        text.remove()
        needed = _sample(entries) + _GAP + width
        if not rows or x + needed > room:
            x = 0.0
            rows.append([])
        rows[-1].append(entry)
        x += needed + _SPACING
    return rows
