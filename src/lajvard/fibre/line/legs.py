"""The way of the line on land and across the sea, and a second way that shares little with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lajvard.corridor import Corridor
from lajvard.corridor.checks.places import great_circle_km
from lajvard.errors import InputError, did_you_mean
from lajvard.fibre.line.disjoint import Edge, PathPair, disjoint_pair

MEDIA = {"road": "road", "rail": "railway", "submarine": "sea", "landing": "road"}
"""Kinds of edges, and what the cable lies beside or in."""

_SHORT = 1e-3


@dataclass(frozen=True, slots=True)
class Leg:
    """Cable along one link of the corridor, from a landing to its place, or through the sea.

    ``start`` and ``end`` are identifiers in the direction of travel, as are the coordinates.
    """

    leg_id: str
    start: str
    end: str
    start_name: str
    end_name: str
    countries: tuple[str, ...]
    medium: str
    length_km: float
    start_xy: tuple[float, float]
    end_xy: tuple[float, float]


@dataclass(frozen=True, slots=True)
class CablePath:
    """One way from end to end."""

    legs: tuple[Leg, ...]

    @property
    def length_km(self) -> float:
        """Length of cable."""
        return sum(leg.length_km for leg in self.legs)

    @property
    def sea_km(self) -> float:
        """Length under water."""
        return sum(leg.length_km for leg in self.legs if leg.medium == "sea")

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the places that it passes."""
        return (self.legs[0].start_name, *(leg.end_name for leg in self.legs))

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries in travel order."""
        return tuple(dict.fromkeys(code for leg in self.legs for code in leg.countries))

    def position(self, kp_km: float) -> tuple[float, float]:
        """Longitude and latitude at a distance from the start, straight between places."""
        start = 0.0
        for leg in self.legs:
            if kp_km <= start + leg.length_km or leg is self.legs[-1]:
                share = min(1.0, max(0.0, (kp_km - start) / leg.length_km))
                (x, y), (there_x, there_y) = leg.start_xy, leg.end_xy
                return x + share * (there_x - x), y + share * (there_y - y)
            start += leg.length_km
        raise AssertionError


@dataclass(frozen=True, slots=True)
class LineStage:
    """A part of the line with two ways, and what they share.

    ``shared`` names links that both use, ``beside`` pairs of places between which both pass over
    different links, ``places`` further places where both pass.
    """

    name: str
    first: CablePath
    second: CablePath
    shared: tuple[str, ...]
    beside: tuple[tuple[str, str], ...]
    places: tuple[str, ...]

    @property
    def title(self) -> str:
        """Its two ends."""
        return f"{self.first.places[0]} - {self.first.places[-1]}"


@dataclass(frozen=True)
class _Network:
    """Places and cable ways of a corridor."""

    names: Mapping[str, str]
    country: Mapping[str, str]
    xy: Mapping[str, tuple[float, float]]
    edges: tuple[Edge, ...]
    medium: Mapping[str, str]


def find_stages(
    corridor: Corridor,
    parameters: Mapping[str, float],
    *,
    ends: tuple[str, str],
    span_id: str,
    sea_km: float | None = None,
) -> tuple[LineStage, ...]:
    """The line from `ends` to `ends` over a submarine span, in three parts with two ways each.

    Parameters
    ----------
    corridor
        Its roads and railways in operation carry the cable on land.
    ends
        Places where the line begins and ends; the span may be written in either direction.
    span_id
        A submarine row of the table `cable_span`.
    sea_km
        Length of that span where a route was worked out; else the table's, or the geodesic with
        slack.

    Returns
    -------
    tuple of LineStage
        From the first end to a landing through the countries of the two; over the sea, the first
        way by the span and the second by other cables and through any country; from the
        other landing to the second end.

    Raises
    ------
    InputError
        There is no such span or place, or no way.
    """
    here, there = _landings(corridor, span_id, ends)
    network = _network(corridor, parameters, span_id, sea_km)
    land = [edge for edge in network.edges if network.medium[edge.edge_id] != "submarine"]
    found = []
    for name, start, end in (
        ("before the sea", ends[0], here),
        ("across the sea", here, there),
        ("behind the sea", there, ends[1]),
    ):
        if name == "across the sea":
            edges = list(network.edges)
            # next to nothing, so that the span is one of the two ways however long it is
            sought = [replace(e, length=_SHORT) if e.edge_id == span_id else e for e in edges]
        else:
            countries = _countries_between(network, land, start, end)
            edges = sought = _within(network, land, countries)
        pair = disjoint_pair(sought, start, end)
        found.append(_stage(name, network, edges, pair, start))
    return tuple(found)


def span_row(corridor: Corridor, span_id: str) -> int:
    """Index of a submarine span among the used rows of `cable_span`.

    Raises
    ------
    InputError
        There is no such span.
    """
    spans = corridor.used("cable_span")
    submarine = [
        name
        for name, medium in zip(spans.text("span_id"), spans.text("medium"), strict=True)
        if medium == "submarine"
    ]
    if span_id not in submarine:
        known = f"Submarine spans are: {', '.join(submarine)}." if submarine else "It has none."
        remedy = did_you_mean(span_id, submarine) or known
        raise InputError("cable_span", f"no submarine span '{span_id}'", remedy)
    return spans.ix(span_id)


def _landings(corridor: Corridor, span_id: str, ends: tuple[str, str]) -> tuple[str, str]:
    """The landings of a span, that nearer to the first end first."""
    spans, sites = corridor.used("cable_span"), corridor.used("cable_site")
    row = span_row(corridor, span_id)
    nodes = corridor.used("node")
    known = list(nodes.text("node_id"))
    for end in ends:
        if end not in known:
            raise InputError("node", f"no place '{end}'", did_you_mean(end, known))
    both = [spans.text(column)[row] for column in ("from_site_id", "to_site_id")]
    x, y = sites.numbers("x_coord"), sites.numbers("y_coord")
    at = nodes.ix(ends[0])
    end_x, end_y = nodes.numbers("x_coord")[[at]], nodes.numbers("y_coord")[[at]]
    far = [great_circle_km(x[[s]], y[[s]], end_x, end_y)[0] for s in map(sites.ix, both)]
    return (both[0], both[1]) if far[0] <= far[1] else (both[1], both[0])


def _network(
    corridor: Corridor, parameters: Mapping[str, float], span_id: str, sea_km: float | None
) -> _Network:
    """Roads and railways in operation, landings, and the submarine spans that may be used."""
    names: dict[str, str] = {}
    country: dict[str, str] = {}
    xy: dict[str, tuple[float, float]] = {}
    for table, key in (("node", "node_id"), ("cable_site", "site_id")):
        rows = corridor.used(table)
        x, y = rows.numbers("x_coord"), rows.numbers("y_coord")
        for ix, place in enumerate(rows.text(key)):
            names[place] = rows.text("name")[ix].split(" (")[0]
            country[place] = rows.text("country")[ix]
            xy[place] = float(x[ix]), float(y[ix])
    edges: list[Edge] = []
    medium: dict[str, str] = {}
    links = corridor.used("link")
    columns = [links.text(n) for n in ("link_id", "from_node_id", "to_node_id", "mode", "status")]
    for ix, (link, start, end, mode, status) in enumerate(zip(*columns, strict=True)):
        length = float(links.numbers("length")[ix])
        if mode in ("road", "rail") and status == "operating" and length > 0:
            edges.append(Edge(link, start, end, length))
            medium[link] = mode
    sites = corridor.used("cable_site")
    detour = parameters["landing_detour"]
    for site, kind, node in zip(
        *(sites.text(n) for n in ("site_id", "site_type", "node_id")), strict=True
    ):
        if kind == "landing" and node:
            edges.append(Edge(f"{site} to {node}", site, node, detour * _apart(xy, site, node)))
            medium[f"{site} to {node}"] = "landing"
    for edge in _submarine(corridor, parameters, xy, span_id, sea_km):
        edges.append(edge)
        medium[edge.edge_id] = "submarine"
    return _Network(names, country, xy, tuple(edges), medium)


def _submarine(
    corridor: Corridor,
    parameters: Mapping[str, float],
    xy: Mapping[str, tuple[float, float]],
    span_id: str,
    sea_km: float | None,
) -> list[Edge]:
    """The span itself, and those of other systems that are built or being built."""
    spans = corridor.used("cable_span")
    system = spans.text("system")[spans.ix(span_id)]
    found = []
    for ix, name in enumerate(spans.text("span_id")):
        other = spans.text("system")[ix] != system
        real = spans.text("status")[ix] in ("operating", "building")
        if spans.text("medium")[ix] == "submarine" and (name == span_id or (other and real)):
            start, end = spans.text("from_site_id")[ix], spans.text("to_site_id")[ix]
            length = float(spans.numbers("length")[ix])
            if name == span_id and sea_km is not None:
                length = sea_km
            elif np.isnan(length):
                length = (1 + parameters["slack"]) * _apart(xy, start, end)
            found.append(Edge(name, start, end, length))
    return found


def _apart(xy: Mapping[str, tuple[float, float]], here: str, there: str) -> float:
    (x, y), (there_x, there_y) = xy[here], xy[there]
    far = great_circle_km(*(np.array([value]) for value in (x, y, there_x, there_y)))
    return float(far[0])


def _within(network: _Network, edges: Sequence[Edge], countries: Collection[str]) -> list[Edge]:
    """The edges that stay in these countries."""
    return [
        edge
        for edge in edges
        if network.country[str(edge.start)] in countries
        and network.country[str(edge.end)] in countries
    ]


def _countries_between(
    network: _Network, edges: Sequence[Edge], start: str, end: str
) -> frozenset[str]:
    """The countries of the shortest way by land: the second way stays in them too."""
    pair = disjoint_pair(edges, start, end, shared_link=0.0, shared_group=0.0, shared_place=0.0)
    places = [str(p) for ix in pair.first for p in (edges[ix].start, edges[ix].end)]
    return frozenset(network.country[place] for place in places)


def _stage(
    name: str, network: _Network, edges: Sequence[Edge], pair: PathPair, start: str
) -> LineStage:
    first, second = (_path(network, edges, path, start) for path in (pair.first, pair.second))
    return LineStage(
        name,
        first,
        second,
        tuple(edges[ix].edge_id for ix in pair.shared_edges),
        tuple((str(a), str(b)) for a, b in pair.shared_groups),
        tuple(network.names[str(place)] for place in pair.shared_places),
    )


def _path(network: _Network, edges: Sequence[Edge], path: Sequence[int], start: str) -> CablePath:
    at, legs = start, []
    for ix in path:
        edge = edges[ix]
        to = str(edge.end) if edge.start == at else str(edge.start)
        legs.append(
            Leg(
                edge.edge_id,
                at,
                to,
                network.names[at],
                network.names[to],
                tuple(dict.fromkeys((network.country[at], network.country[to]))),
                MEDIA[network.medium[edge.edge_id]],
                edge.length,
                network.xy[at],
                network.xy[to],
            )
        )
        at = to
    return CablePath(tuple(legs))
