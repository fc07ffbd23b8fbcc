"""Country outlines for maps, read from a TopoJSON file by GDAL."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import shapely
from shapely import Polygon

LAYER = "countries"


@dataclass(frozen=True, eq=False)
class Outline:
    """The shape of one country.

    Attributes
    ----------
    name
        Name in the source.
    polygons
        Its parts in longitude and latitude, in degrees.
    """

    name: str
    polygons: tuple[Polygon, ...]


@cache
def country_outlines() -> tuple[Outline, ...]:
    """The outlines that came with the package; none when it was built without them."""
    source = files("lajvard").joinpath("data/outlines/countries-50m.json")
    if not source.is_file():
        return ()
    with as_file(source) as file:
        return read_outlines(file)


def read_outlines(file: Path) -> tuple[Outline, ...]:
    """The countries of a TopoJSON file in their order; one without a shape is left out.

    Parameters
    ----------
    file
        Its object ``countries`` has the countries with their names.
    """
    from pyogrio import raw

    _, _, shapes, (names,) = raw.read(file, layer=LAYER, columns=["name"])
    return tuple(
        Outline({"Turkey": "Türkiye"}.get(name, name or ""), tuple(shapely.get_parts(shape)))
        for name, shape in zip(names, shapely.from_wkb(shapes), strict=True)
        if shape is not None
    )
