"""Writing a corridor for geographic information systems: GeoPackage and GeoJSON."""

import io
from collections.abc import Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.formats.layers import Layer, Values, layers
from lajvard.corridor.write import write_atomically
from lajvard.errors import InputError, require_extra

_CRS = "EPSG:4326"
_GEOJSON = {"RFC7946": "YES", "COORDINATE_PRECISION": "6"}


def export_geopackage(corridor: Corridor, path: str | PathLike[str]) -> Path:
    """Write the used rows of `corridor` as a GeoPackage that QGIS opens.

    Layers ``node``, ``procedure`` and ``transfer`` are points, ``link`` and ``service`` lines
    along the geodesic; every other table that has rows is an attribute table, and ``corridor``
    holds name, title and date. Columns are typed
    (numbers, integers, flags; dates stay text because they may lack month and day), and names of
    places and title and address of sources are joined to each row. Coordinates are EPSG:4326.

    Returns
    -------
    Path
        The file; an older one is replaced only when the new one is complete.

    Raises
    ------
    InputError
        The corridor has no rows, or a number cannot be read.
    """
    where = Path(path)
    found = _some(corridor)
    write_atomically(where, partial(_write_geopackage, corridor, found))
    return where


def _write_geopackage(corridor: Corridor, found: Sequence[Layer], file: Path) -> None:
    for layer in [*found, _about(corridor)]:
        options = {"IDENTIFIER": layer.name, "DESCRIPTION": layer.meaning}
        write_layer(file, layer, "GPKG", layer_options=options)


def _about(corridor: Corridor) -> Layer:
    words = {name: Values.of([getattr(corridor, name)]) for name in ("name", "title")}
    words["description"] = Values.of([corridor.description])
    words["as_of"] = Values.of([str(corridor.date or "")])
    return Layer("corridor", "what the layers describe", "", None, words)


def export_geojson(corridor: Corridor, path: str | PathLike[str]) -> Path:
    """Write the used rows of `corridor` as GeoJSON (RFC 7946).

    Parameters
    ----------
    path
        A name that ends in ``.geojson`` or ``.json`` gives one file with the nodes and links
        together, grouped by the property ``layer``. Anything else is a folder, which gets
        ``node.geojson``, ``link.geojson`` and so on for each table that has a place on a map.

    Returns
    -------
    Path
        The file or folder.

    Raises
    ------
    InputError
        The corridor has no rows, or a number cannot be read.
    """
    where = Path(path)
    found = [layer for layer in _some(corridor) if layer.geometry is not None]
    if where.suffix.lower() in (".geojson", ".json"):
        both = _together([layer for layer in found if layer.name in ("node", "link")])
        write_atomically(where, _geojson(both))
        return where
    for layer in found:
        file = where / f"{layer.name}.geojson"
        write_atomically(file, _geojson(layer))
    return where


def _geojson(layer: Layer) -> bytes:
    """A layer as GeoJSON; written into memory, as GDAL does not say when a disk is full."""
    out = io.BytesIO()
    write_layer(out, layer, "GeoJSON", layer_options=_GEOJSON)
    return out.getvalue()


def _some(corridor: Corridor) -> list[Layer]:
    require_extra("gis", f"corridor '{corridor.name}'")
    found = layers(corridor)
    if not any(layer.geometry is not None for layer in found):
        raise InputError(
            f"corridor '{corridor.name}'", "has no node, so there is nothing to draw", "Add nodes."
        )
    return found


def write_layer(file: Path | io.BytesIO, layer: Layer, driver: str, **options: Any) -> None:
    """Write a layer into a file of a format that GDAL knows; a GeoPackage holds several."""
    require_extra("gis", f"{driver} file")
    import shapely
    from pyogrio import raw

    placed = layer.geometry is not None
    raw.write(
        file,
        geometry=shapely.to_wkb(layer.geometry) if placed else None,
        field_data=[values.data for values in layer.columns.values()],
        field_mask=[values.missing for values in layer.columns.values()],
        fields=list(layer.columns),
        layer=layer.name,
        driver=driver,
        geometry_type=layer.kind if placed else None,
        crs=_CRS if placed else None,
        promote_to_multi=layer.kind.startswith("Multi"),
        **options,
    )


def _together(parts: Sequence[Layer]) -> Layer:
    """Layers as one whose columns are those of all of them."""
    sizes = [len(part.geometry) for part in parts if part.geometry is not None]
    names = np.repeat(np.array([part.name for part in parts], dtype=object), sizes)
    columns = {"layer": Values(names, np.zeros(len(names), dtype=np.bool_))}
    for name in dict.fromkeys(name for part in parts for name in part.columns):
        columns[name] = _stacked([part.columns.get(name) for part in parts], sizes)
    geometry = np.concatenate([part.geometry for part in parts if part.geometry is not None])
    return Layer("corridor", "nodes and links", "Unknown", geometry, columns)


def _stacked(parts: Sequence[Values | None], sizes: Sequence[int]) -> Values:
    dtype = next(part.data.dtype for part in parts if part is not None)
    data = [
        np.zeros(size, dtype) if part is None else part.data
        for part, size in zip(parts, sizes, strict=True)
    ]
    missing = [
        np.ones(size, np.bool_) if part is None else part.missing
        for part, size in zip(parts, sizes, strict=True)
    ]
    return Values(np.concatenate(data), np.concatenate(missing))
