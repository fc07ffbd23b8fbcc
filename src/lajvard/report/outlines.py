"""Country outlines for maps: a TopoJSON topology decoded into polygons."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ring = NDArray[np.float64]
"""Positions of a closed line, the first repeated at the end: (n, 2) lon, lat."""


@dataclass(frozen=True, eq=False)
class Outline:
    """The shape of one country.

    Attributes
    ----------
    name
        Name in the source.
    polygons
        Each polygon as its rings: the shell, then the holes.
    """

    name: str
    polygons: tuple[tuple[Ring, ...], ...]


@cache
def country_outlines() -> tuple[Outline, ...]:
    """The outlines that came with the package; none when it was built without them."""
    file = files("lajvard").joinpath("data/outlines/countries-50m.json")
    if not file.is_file():
        return ()
    return read_topology(json.loads(file.read_text(encoding="utf-8")), "countries")


def read_topology(topology: Mapping[str, Any], layer: str) -> tuple[Outline, ...]:
    """The polygons of one object of a TopoJSON topology [1]_.

    Parameters
    ----------
    topology
        The file as parsed.
    layer
        Name of a GeometryCollection among its objects.

    References
    ----------
    .. [1] Bostock, Metcalf (2013), The TopoJSON Format Specification.

    Examples
    --------
    >>> topology = {
    ...     "arcs": [[[0, 0], [2, 0]], [[2, 0], [0, 2], [0, 0]]],
    ...     "objects": {
    ...         "land": {"geometries": [{"type": "Polygon", "arcs": [[0, 1]], "properties": {}}]}
    ...     },
    ... }
    >>> read_topology(topology, "land")[0].polygons[0][0].tolist()
    [[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]]
    """
    arcs = _arcs(topology)
    shapes = topology["objects"][layer]["geometries"]
    return tuple(Outline(_name(shape), tuple(_polygons(shape, arcs))) for shape in shapes)


def _name(shape: Mapping[str, Any]) -> str:
    name = str((shape.get("properties") or {}).get("name", ""))
    return {"Turkey": "Türkiye"}.get(name, name)


def _arcs(topology: Mapping[str, Any]) -> list[Ring]:
    """The arcs of a topology in degrees; quantised ones are undone."""
    arcs = [np.array(arc, dtype=np.float64)[:, :2] for arc in topology["arcs"]]
    if "transform" not in topology:
        return arcs
    scale = np.array(topology["transform"]["scale"])
    origin = np.array(topology["transform"]["translate"])
    return [np.cumsum(arc, axis=0) * scale + origin for arc in arcs]


def _polygons(shape: Mapping[str, Any], arcs: Sequence[Ring]) -> Iterator[tuple[Ring, ...]]:
    arcs_of = shape.get("arcs") or []
    many = {"Polygon": [arcs_of], "MultiPolygon": arcs_of}
    for polygon in many.get(shape.get("type") or "", []):
        rings = tuple(ring for ixs in polygon if len(ring := _ring(ixs, arcs)) >= 4)
        if rings:
            yield rings


def _ring(ixs: Sequence[int], arcs: Sequence[Ring]) -> Ring:
    """Arcs joined end to start; a negative index ~i means arc i backwards."""
    parts = [arcs[ix] if ix >= 0 else arcs[~ix][::-1] for ix in ixs]
    return np.concatenate([parts[0][:1], *(part[1:] for part in parts)])
