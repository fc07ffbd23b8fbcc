"""Keys of figures: samples of lines and markers with words, in flowing rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy import array, empty, float64
from numpy.typing import NDArray

ROW = 17.0
"""Height of a row of a key in points."""

_NARROWER = 0.93
"""The page's typeface is narrower than the one that text is measured in."""


@dataclass(frozen=True)
class Entry:
    """A sample and what it means; ``style`` is what `Line2D` takes."""

    text: str
    style: dict[str, Any] = field(default_factory=dict)
    bold: bool = False

    @property
    def length(self) -> float:
        """Room for the sample in points."""
        return 10.0 if "marker" in self.style else 24.0


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
    scratch = Figure(dpi=72)
    widths = text_sizes(scratch, _texts(scratch, entries))[:, 0]
    return 1 + max((row for _, row in _flow(entries, widths, left, right)), default=-1)


def draw_key(
    drawn: Figure, entries: Sequence[Entry], *, left: float, right: float, top: float
) -> None:
    """Draw a key whose first row is centred at `top`; lengths in points of the page."""
    texts = _texts(drawn, entries)
    widths = text_sizes(drawn, texts)[:, 0]
    places = _flow(entries, widths, left, right)
    for entry, text, (x, row) in zip(entries, texts, places, strict=True):
        y = top - row * ROW
        sample = [x + entry.length / 2] if "marker" in entry.style else [x, x + entry.length]
        drawn.add_artist(Line2D(sample, [y] * len(sample), transform=None, **entry.style))
        text.set(transform=None, position=(x + entry.length + 6, y), va="center_baseline")


def _texts(drawn: Figure, entries: Sequence[Entry]) -> list[Text]:
    return [
        drawn.text(0, 0, entry.text, fontsize=8.5, fontweight="bold" if entry.bold else "normal")
        for entry in entries
    ]


def _flow(
    entries: Sequence[Entry], widths: NDArray[float64], left: float, right: float
) -> list[tuple[float, int]]:
    """Left ends and rows of the entries, a new row where the next does not fit."""
    x, row, places = left, 0, []
    for entry, width in zip(entries, widths, strict=True):
        needed = entry.length + 6 + width * _NARROWER
        if x > left and x + needed > right:
            x, row = left, row + 1
        places.append((x, row))
        x += needed + 18
    return places
