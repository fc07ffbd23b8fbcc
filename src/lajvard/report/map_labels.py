"""Places, names and the scale on a map; no two names overlap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from numpy.typing import NDArray

from lajvard.report.figure import GREY, INK, LAJVARD, PAPER
from lajvard.report.key import put, root, text_sizes
from lajvard.report.labels import Boxes, overlaps, place_labels
from lajvard.report.mapping import Land, Points, View, round_length_km, spots_in

MOST_LABELS = 120
LEAST_LAND = 0.004
"""Countries that fill less of the view have no name on it."""

SEAS = (
    ("Caspian Sea", 50.9, 42.2),
    ("Black Sea", 34.6, 43.2),
    ("Mediterranean Sea", 31.5, 34.2),
    ("Persian Gulf", 51.6, 27.1),
    ("Gulf of Oman", 59.0, 24.8),
    ("Arabian Sea", 63.5, 22.5),
    ("Red Sea", 38.0, 21.0),
    ("Baltic Sea", 19.5, 57.0),
    ("North Sea", 3.0, 56.0),
    ("Bay of Bengal", 88.0, 15.0),
    ("South China Sea", 114.0, 14.0),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A node on the map, in km; the lowest ``rank`` is named first."""

    name: str
    kind: str
    x: float
    y: float
    rank: float
    on_route: bool


@dataclass(frozen=True, slots=True)
class Marker:
    """How a kind of place is marked."""

    word: str
    shape: str
    size: float
    face: str


MARKERS = {
    "city": Marker("city", "o", 4.6, PAPER),
    "bcp": Marker("border crossing", "s", 4.2, "#e9b7a2"),
    "port": Marker("port", "^", 5.6, "#8fb3dc"),
    "gauge_break": Marker("gauge break", "D", 4.2, "#f0d48a"),
    "rail_terminal": Marker("rail terminal", "h", 4.4, "#cfd4dd"),
    "dryport": Marker("dry port", "p", 4.8, "#cfd4dd"),
}


def draw_places(axes: Axes, places: Sequence[Place]) -> list[NDArray[np.float64]]:
    """Mark the places; boxes on the page around those that names must not cover."""
    boxes = []
    for kind, marker in MARKERS.items():
        for strong in (False, True):
            chosen = [p for p in places if p.kind == kind and p.on_route == strong]
            chosen = [p for p in chosen if np.isfinite(p.x) and p.rank < 6]
            if not chosen:
                continue
            size = marker.size if strong else marker.size * 0.62
            xy = np.array([(p.x, p.y) for p in chosen])
            axes.plot(
                *xy.T,
                marker.shape,
                ms=size,
                mfc=marker.face,
                zorder=6 if strong else 5,
                mec=INK if strong else GREY,
                mew=0.8 if strong else 0.5,
            )
            half = size / 2 + 0.5
            page = axes.transData.transform(xy)
            boxes += [np.array([x - half, y - half, x + half, y + half]) for x, y in page]
    return boxes


def draw_scale(axes: Axes, view: View) -> NDArray[np.float64]:
    """Draw a scale bar at the lower left; its box on the page."""
    length = round_length_km(view.width / 6)
    left = view.box[0] + 0.018 * view.width
    low = view.box[1] + 0.03 * view.height
    tick = 0.006 * view.width
    xs = [left, left, left + length, left + length]
    axes.plot(xs, [low + tick, low, low, low + tick], color=GREY, lw=1.1, zorder=8)
    axes.text(
        left + length / 2,
        low + 0.6 * tick,
        f"{length:,.0f} km",
        fontsize=8,
        color=GREY,
        ha="center",
        va="bottom",
        zorder=8,
    )
    corners = axes.transData.transform([(left, low), (left + length, low)])
    return np.array([corners[0, 0] - 4, corners[0, 1] - 6, corners[1, 0] + 4, corners[0, 1] + 22])


def write_labels(
    axes: Axes,
    places: Sequence[Place],
    lands: Sequence[Land],
    view: View,
    lines: Points,
    obstacles: Sequence[NDArray[np.float64]],
) -> None:
    """Name places on routes, then seas and countries, then what else there is room for."""
    taken = np.array(obstacles).reshape(-1, 4)
    seen = [place for place in places if view.holds(np.array([[place.x, place.y]]))[0]]
    ordered = sorted(seen, key=lambda place: (place.rank, _KINDS.index(place.kind)))
    first = [place for place in ordered if place.on_route]
    rest = [place for place in ordered if not place.on_route and place.rank < 6]
    taken = _name_places(axes, first[:MOST_LABELS], lines, taken, 0)
    taken = _name_seas(axes, view, lands, taken)
    taken = _name_countries(axes, lands, view, lines, taken)
    _name_places(axes, rest[: max(0, MOST_LABELS - len(first))], lines, taken, 500)


_KINDS = ("port", "city", "bcp", "gauge_break", "rail_terminal", "dryport")


def _name_places(
    axes: Axes, places: Sequence[Place], lines: Points, taken: Boxes, number: int
) -> Boxes:
    """Name places in their order where there is room; the boxes that are taken after that."""
    texts = [_text(axes, place) for place in places]
    if not texts:
        return taken
    page = axes.transData.transform([(place.x, place.y) for place in places])
    frame = axes.get_window_extent()
    bounds = (frame.x0 + 3, frame.y0 + 3, frame.x1 - 3, frame.y1 - 3)
    sizes = text_sizes(root(axes), texts) * (1.0, 0.9)
    placed = place_labels(page, sizes, bounds=bounds, obstacles=taken, lines=lines, gaps=(4, 8, 13))
    for ix, (text, box) in enumerate(zip(texts, placed, strict=True)):
        if box is None:
            text.remove()
        else:
            put(text, box, page[ix, 0])
            text.set_gid(f"halo-{number + ix}")
            taken = np.concatenate([taken, box[None, :]])
    return taken


def _text(axes: Axes, place: Place) -> Text:
    end = place.rank < 1
    size = 10.0 if end else 8.6 if place.rank < 3 else 7.8 if place.on_route else 7.2
    ink = LAJVARD if end else INK if place.on_route else GREY
    return axes.text(
        0, 0, place.name, fontsize=size, color=ink, zorder=9, fontweight="bold" if end else "normal"
    )


def _name_seas(axes: Axes, view: View, lands: Sequence[Land], taken: Boxes) -> Boxes:
    if not lands:
        return taken
    points = view.project(np.array([(lon, lat) for _, lon, lat in SEAS]))
    for (name, _, _), point in zip(SEAS, points, strict=True):
        if np.isfinite(point).all() and view.holds(point[None, :])[0]:
            text = axes.text(0, 0, name, fontsize=8.5, color="#5b7fa6", style="italic", zorder=8)
            taken = _put_at(axes, text, point[None, :], np.empty((0, 2)), taken)
    return taken


def _name_countries(
    axes: Axes, lands: Sequence[Land], view: View, lines: Points, taken: Boxes
) -> Boxes:
    """Name the larger countries, where they are deepest and least is covered."""
    area = view.width * view.height
    for land in sorted(lands, key=lambda land: -land.shape.area):
        if land.shape.area < LEAST_LAND * area:
            break
        spots = spots_in(land.shape)
        if len(spots):
            name = _spaced(land.name)
            text = axes.text(0, 0, name, fontsize=7.2, color="#a49b88", zorder=8)
            taken = _put_at(axes, text, spots, lines, taken)
    return taken


def _spaced(name: str) -> str:
    """A name in spaced capitals; the page would close up plain spaces between its words.

    >>> _spaced("Iran")
    'I R A N'
    """
    gap = " \N{NO-BREAK SPACE} "
    return gap.join(" ".join(word) for word in name.upper().split())


def _put_at(axes: Axes, text: Text, spots: Points, lines: Points, taken: Boxes) -> Boxes:
    """Write a text centred at the first of the spots that is free; or remove it."""
    size = text_sizes(root(axes), [text])[0]
    page = axes.transData.transform(spots)
    frame = axes.get_window_extent()
    best, least = None, np.inf
    for rank, centre in enumerate(page):
        box = np.concatenate([centre - size / 2, centre + size / 2])
        inside = box[0] > frame.x0 + 4 and box[2] < frame.x1 - 4
        if not inside or box[1] < frame.y0 + 4 or box[3] > frame.y1 - 4:
            continue
        if overlaps(box, taken).any():
            continue
        covered = ((lines >= box[:2]) & (lines <= box[2:])).all(axis=1).sum()
        cost = rank + 3.0 * covered
        if cost < least:
            best, least = box, cost
    if best is None:
        text.remove()
        return taken
    put(text, best, (best[0] + best[2]) / 2)
    return np.concatenate([taken, best[None, :]])
