"""The map: land and water, links by mode, the best route of each alternative, places."""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray
from pyproj import Geod

from lajvard.analysis.alternatives import ComparedAlternative
from lajvard.corridor import Corridor
from lajvard.report.charts import WIDTH
from lajvard.report.figure import INK, LAND, WATER, colours, figure, svg
from lajvard.report.key import ROW, Entry, draw_key, key_rows
from lajvard.report.map_labels import Place, draw_places, draw_scale, write_labels
from lajvard.report.mapping import Land, Points, View, coordinates, land_in, rings_of, view_of
from lajvard.report.outlines import country_outlines
from lajvard.routes import Route

BORDER = "#cdc6b8"
MODE_STYLE: dict[str, dict[str, Any]] = {
    "road": {"color": "#d3bfa3", "lw": 0.9, "ls": "-"},
    "rail": {"color": "#8f9bb3", "lw": 1.1, "ls": "-"},
    "sea": {"color": "#86a5c6", "lw": 1.0, "ls": (0, (1, 2))},
    "inland_waterway": {"color": "#86a5c6", "lw": 1.0, "ls": (0, (1, 2))},
    "air": {"color": "#b9b3c9", "lw": 0.8, "ls": (0, (1, 3))},
}
PLANNED = {"color": "#b08b8b", "lw": 1.0, "ls": (0, (5, 4))}
PLANNED_STATUS = ("stated", "signed", "ratified", "funded", "building")
DETOUR = 1.35
"""A sea link longer than its great circle by this factor goes around land and is not drawn."""

APART = 2.4
"""Distance of routes that share a link, in points."""


@dataclass(frozen=True)
class Drawing:
    """A map and what has to be said about it."""

    svg: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Scene:
    """What a map shows, in km on its projection."""

    view: View
    places: tuple[Place, ...]
    ix_of: dict[str, int]
    land: list[Land]

    @property
    def points(self) -> Points:
        """Where the places are: (n, 2)."""
        return np.array([(place.x, place.y) for place in self.places]).reshape(-1, 2)


def corridor_map(
    corridor: Corridor,
    ways: Sequence[ComparedAlternative],
    main: ComparedAlternative | None,
    short: dict[str, str],
) -> Drawing | None:
    """The corridor with the best route of each way; None when it has no place.

    Parameters
    ----------
    corridor
        Its nodes and links are drawn.
    ways
        Alternatives with a route, which are drawn on top.
    main
        The one in the accent colour, above the others.
    short
        Their names in short.
    """
    nodes = corridor.used("node")
    if not len(nodes):
        return None
    routes = [way.route for way in ways if way.route is not None]
    scene = scene_of(corridor, routes, main.route if main else None)
    height = WIDTH * scene.view.height / scene.view.width
    colour = colours([way.name for way in ways], main.name if main else "")
    entries = _key(corridor, ways, main, colour, short)
    strip = 10 + ROW * key_rows(entries, left=4, right=WIDTH - 4)
    with figure(WIDTH, height + strip) as drawn:
        axes = drawn.add_axes((0, strip / (height + strip), 1, height / (height + strip)))
        draw_ground(axes, scene)
        _links(axes, corridor, scene)
        lines = _routes(axes, scene, ways, main, colour)
        obstacles = draw_places(axes, scene.places)
        scale = draw_scale(axes, scene.view)
        write_labels(axes, scene.places, scene.land, scene.view, lines, [*obstacles, scale])
        draw_key(drawn, entries, left=4, right=WIDTH - 4, top=strip - 18)
        names = ", ".join(short[way.name] for way in ways) or "the network"
        return Drawing(svg(drawn, "map", f"Map of {corridor.title} with {names}"), remarks())


def remarks() -> tuple[str, ...]:
    """What has to be said about lines and outlines of a map."""
    lines = (
        "Links are straight lines between places, not alignments; sea links that go around "
        "land are left out."
    )
    if country_outlines():
        return (
            lines,
            "Outlines: Natural Earth 1:50m, as that source draws them; they say nothing about "
            "the position of this project on any territory.",
        )
    return (lines, "The package was built without country outlines, so the map has none.")


def scene_of(corridor: Corridor, routes: Sequence[Route], main: Route | None) -> Scene:
    """The part of the earth that holds a corridor and some routes, and the places in it."""
    nodes = corridor.used("node")
    ids = list(nodes.text("node_id"))
    ix_of = {node_id: ix for ix, node_id in enumerate(ids)}
    rank = _ranks(ix_of, routes, main)
    lon_lat, tiers = coordinates(nodes), nodes.numbers("tier")
    known = np.isfinite(lon_lat).all(axis=1)
    chosen = known & (tiers == 1) if (tiers == 1).any() else known
    on_routes = known & np.array([ix in rank for ix in range(len(ids))], dtype=np.bool_)
    on_main = on_routes & np.array([rank.get(ix, 9) < 2 for ix in range(len(ids))], dtype=np.bool_)
    view = view_of(lon_lat[chosen | on_routes], lon_lat[on_main])
    points = view.project(np.nan_to_num(lon_lat))
    points[~known] = np.inf
    names, types = _short_names(nodes.text("name")), nodes.text("node_type")
    places = tuple(
        Place(
            names[ix],
            types[ix],
            float(points[ix, 0]),
            float(points[ix, 1]),
            rank.get(ix, 4.0 if tiers[ix] == 1 else 6.0),
            ix in rank,
        )
        for ix in range(len(ids))
    )
    return Scene(view, places, ix_of, land_in(view, 0.5 * view.width / WIDTH))


def _short_names(names: Sequence[str]) -> list[str]:
    """Names without what is in brackets or after a slash, where that tells them apart still."""
    cut = [name.split(" (")[0].split(" / ")[0] for name in names]
    return [
        short if cut.count(short) == 1 else name for short, name in zip(cut, names, strict=True)
    ]


def _ranks(ix_of: dict[str, int], routes: Sequence[Route], main: Route | None) -> dict[int, float]:
    """How important the places on routes are, the ends of the main one first."""
    rank: dict[int, float] = {}
    for route in [*routes, *([main] if main else [])]:
        passed = [ix_of[route.network.node_ids[ix]] for ix in route.node_ixs]
        for place, ix in enumerate(passed):
            end = place in (0, len(passed) - 1)
            rank[ix] = 0.0 if end else 1.0 if route is main else min(rank.get(ix, 3.0), 3.0)
    return rank


def draw_ground(axes: Axes, scene: Scene) -> None:
    """Draw water and land."""
    left, bottom, right, top = scene.view.box
    axes.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
    if scene.land:
        size = (scene.view.width, scene.view.height)
        axes.add_patch(Rectangle((left, bottom), *size, fc=WATER, ec="none", zorder=0))
    for spine in axes.spines.values():
        spine.set(visible=True, color="#c3ccd8", linewidth=0.8)
    for land in scene.land:
        rings = rings_of(land.shape)
        if rings:
            path = Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))
            axes.add_patch(PathPatch(path, fc=LAND, ec=BORDER, lw=0.7, zorder=1))


def _links(axes: Axes, corridor: Corridor, scene: Scene) -> None:
    """Operating links by mode, planned and unfinished ones dashed."""
    table = corridor.used("link")
    status, modes = table.text("status"), table.text("mode")
    ends = list(zip(table.text("from_node_id"), table.text("to_node_id"), strict=True))
    drawn: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    around = goes_around(corridor)
    for ix, (start, end) in enumerate(ends):
        if start not in scene.ix_of or end not in scene.ix_of or around[ix]:
            continue
        style = "planned" if status[ix] in PLANNED_STATUS else modes[ix]
        if status[ix] == "operating" or style == "planned":
            drawn[style].append(scene.points[[scene.ix_of[start], scene.ix_of[end]]])
    for style, segments in drawn.items():
        finite = [segment for segment in segments if np.isfinite(segment).all()]
        looks = PLANNED if style == "planned" else MODE_STYLE[style]
        collection = LineCollection(
            finite, colors=looks["color"], linewidths=looks["lw"], linestyles=[looks["ls"]]
        )
        axes.add_collection(collection, autolim=False)
        collection.set_zorder(2)


def goes_around(corridor: Corridor) -> NDArray[np.bool_]:
    """Which links are sea routes around land: (n_links,)."""
    table, nodes = corridor.used("link"), corridor.used("node")
    where = dict(zip(nodes.text("node_id"), coordinates(nodes), strict=True))
    nowhere = np.full(2, np.nan)
    start = np.array([where.get(node, nowhere) for node in table.text("from_node_id")])
    end = np.array([where.get(node, nowhere) for node in table.text("to_node_id")])
    sea = np.array([mode == "sea" for mode in table.text("mode")], dtype=np.bool_)
    around = np.zeros(len(table), dtype=np.bool_)
    if sea.any():
        straight = Geod(ellps="WGS84").inv(*start[sea].T, *end[sea].T)[2] / 1000
        around[sea] = table.numbers("length")[sea] > DETOUR * straight
    return around


def _routes(
    axes: Axes,
    scene: Scene,
    ways: Sequence[ComparedAlternative],
    main: ComparedAlternative | None,
    colour: dict[str, str],
) -> Points:
    """Draw the routes beside each other where they share a link; points along them (page)."""
    ordered = sorted((way for way in ways if way.route), key=lambda way: way is main)
    users: dict[tuple[int, int], list[str]] = defaultdict(list)
    segments: dict[str, list[tuple[int, int]]] = {}
    for way in ordered:
        segments[way.name] = _segments(scene, way.route) if way.route else []
        for pair in dict.fromkeys(segments[way.name]):
            users[pair].append(way.name)
    along = []
    for way in ordered:
        strong = way is main
        width = 3.4 if strong else 1.9
        for pair in segments[way.name]:
            place = users[pair].index(way.name) - (len(users[pair]) - 1) / 2
            line = shifted(axes, scene.points[list(pair)], place * APART)
            axes.plot(*line.T, color=colour[way.name], lw=width, zorder=4 if strong else 3)
            along.append(axes.transData.transform(line))
    return _along(along)


def _segments(scene: Scene, route: Route) -> list[tuple[int, int]]:
    """Pairs of places next to each other on a route, the smaller index first."""
    passed = [scene.ix_of[route.network.node_ids[ix]] for ix in route.node_ixs]
    pairs = itertools.pairwise(passed)
    return [(min(pair), max(pair)) for pair in pairs]


def shifted(axes: Axes, line: Points, by: float) -> Points:
    """A line moved sideways by so many points of the page, in km."""
    page = axes.transData.transform(line)
    along = page[1] - page[0]
    length = float(np.hypot(*along))
    if length:
        page = page + by * np.array([-along[1], along[0]]) / length
    return np.asarray(axes.transData.inverted().transform(page), dtype=np.float64)


def _along(lines: Sequence[Points], every: float = 5.0) -> Points:
    points = [
        line[0] + share * (line[1] - line[0])
        for line in lines
        for share in np.linspace(0, 1, 2 + int(np.hypot(*(line[1] - line[0])) / every))
    ]
    return np.array(points).reshape(-1, 2)


def _key(
    corridor: Corridor,
    ways: Sequence[ComparedAlternative],
    main: ComparedAlternative | None,
    colour: dict[str, str],
    short: dict[str, str],
) -> list[Entry]:
    """Ways, then modes that are there, then kinds of places."""
    entries = [
        Entry(
            short[way.name],
            {"color": colour[way.name], "lw": 3.2 if way is main else 1.9},
            bold=way is main,
        )
        for way in sorted(ways, key=lambda way: way is not main)
    ]
    links = corridor.used("link")
    modes = list(dict.fromkeys(links.text("mode")))
    words = {"inland_waterway": "lake or river", "sea": "ferry or sea"}
    entries += [
        Entry(words.get(mode, mode), MODE_STYLE[mode]) for mode in MODE_STYLE if mode in modes
    ]
    if set(links.text("status")) & set(PLANNED_STATUS):
        entries.append(Entry("planned or being built", PLANNED))
    from lajvard.report.map_labels import MARKERS

    types = set(corridor.used("node").text("node_type"))
    entries += [
        Entry(
            marker.word,
            {
                "marker": marker.shape,
                "ms": marker.size + 1,
                "mfc": marker.face,
                "mec": INK,
                "mew": 0.8,
                "ls": "",
            },
        )
        for kind, marker in MARKERS.items()
        if kind in types
    ]
    return entries
