"""The tables of a corridor as layers of a map: typed columns with geometry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.formats.lines import geodesic_lines
from lajvard.corridor.table import Table
from lajvard.errors import InputError
from lajvard.schema import Column

ENDS = ("from_node_id", "to_node_id")
_POINTS = ("node", "procedure", "transfer")
_LINES = ("link", "service")
_OWN_POINTS = ("cable_site", "sounding", "shoreline")


@dataclass(frozen=True, eq=False)
class Values:
    """A typed column of a layer.

    Attributes
    ----------
    data : (n_rows,)
        Numbers, integers, flags or text (objects, None where empty).
    missing : (n_rows,)
        Where nothing is known.
    """

    data: NDArray[Any]
    missing: NDArray[np.bool_]

    @classmethod
    def of(cls, cells: Sequence[str], kind: str = "text") -> "Values":
        """Cells of a column of the schema's type `kind`.

        >>> Values.of(["2", ""], "integer").missing
        array([False,  True])
        """
        missing = np.array([not cell for cell in cells], dtype=np.bool_)
        if kind in ("number", "integer"):
            numbers = np.array([float(cell or 0) for cell in cells], dtype=np.float64)
            whole = kind == "integer" and bool(np.all(numbers == np.rint(numbers)))
            return cls(numbers.astype(np.int32) if whole else numbers, missing)
        if kind == "flag":
            return cls(np.array([cell == "yes" for cell in cells], dtype=np.bool_), missing)
        return cls(np.array([cell or None for cell in cells], dtype=object), missing)


@dataclass(frozen=True, eq=False)
class Layer:
    """A table that a geographic information system can draw.

    Attributes
    ----------
    geometry : (n_rows,) or None
        Points or lines in longitude and latitude, None where a place is not known; None for a
        table that has no place on a map.
    """

    name: str
    meaning: str
    kind: str
    geometry: NDArray[Any] | None
    columns: Mapping[str, Values]


def layers(corridor: Corridor) -> list[Layer]:
    """The used rows of each table that has any, as layers.

    Nodes, procedures, transfers, sites of cables, soundings and vertices of the shoreline are
    points, links and services lines; the other tables have no geometry. Names of the nodes that a
    row refers to, and title and address of its sources are joined to it. A link with well-known
    text in a column ``geometry`` is drawn along it.
    """
    places = _Places(corridor)
    used = (corridor.used(table.name) for table in corridor)
    return [_layer(table, places) for table in used if len(table)]


def _layer(table: Table, places: "_Places") -> Layer:
    kind, geometry = "", None
    if table.name in _POINTS:
        kind, geometry = "Point", places.points(table.text("node_id"))
    elif table.name in _OWN_POINTS:
        kind, geometry = "Point", _placed(table)
    elif table.name in _LINES:
        geometry = places.lines(table.text("link_id"))
        many = any(line is not None and line.geom_type != "LineString" for line in geometry)
        kind = "MultiLineString" if many else "LineString"
    columns = {
        name: _values(table, name, column)
        for name, column in table.schema.columns.items()
        if name in table.columns or column.default
    }
    own = (name for name in table.columns if name not in columns and name != "geometry")
    columns |= {name: Values.of(table.text(name)) for name in own}
    for name, cells in places.joined(table):
        if name not in columns and any(cells):
            columns[name] = Values.of(cells)
    return Layer(table.name, table.schema.meaning, kind, geometry, columns)


def _placed(table: Table) -> NDArray[Any]:
    """Where the rows of a table with coordinates are, None where they are not known: (n_rows,)."""
    return _points(np.column_stack([table.numbers("x_coord"), table.numbers("y_coord")]))


def _points(where: NDArray[np.float64]) -> NDArray[Any]:
    import shapely

    points = np.full(len(where), None, dtype=object)
    known = np.isfinite(where).all(axis=1)
    points[known] = shapely.points(where[known])
    return points


def _values(table: Table, name: str, column: Column) -> Values:
    try:
        return Values.of(table.text(name), column.type)
    except (ValueError, OverflowError):
        remedy = "Run `lajvard check` first."
        raise InputError(f"table '{table.name}', {name}", "a cell is no number", remedy) from None


class _Places:
    """Where the nodes and links of a corridor are, and what nodes and sources are called."""

    def __init__(self, corridor: Corridor) -> None:
        node, link, source = (corridor.used(name) for name in ("node", "link", "source"))
        self._position = _by(
            node, zip(node.numbers("x_coord"), node.numbers("y_coord"), strict=True)
        )
        self._name = _by(node, node.text("name"))
        self._country = _by(node, node.text("country"))
        self._ends = _by(link, zip(*(link.text(end) for end in ENDS), strict=True))
        self._line = _by(link, self._lines(link))
        self._title = _by(source, source.text("title"))
        self._url = _by(source, source.text("url"))

    def points(self, node_ids: Sequence[str]) -> NDArray[Any]:
        return _points(self._positions(node_ids))

    def lines(self, link_ids: Sequence[str]) -> NDArray[Any]:
        lines = np.empty(len(link_ids), dtype=object)
        lines[:] = [self._line.get(link_id) for link_id in link_ids]
        return lines

    def _positions(self, node_ids: Sequence[str]) -> NDArray[np.float64]:
        nowhere = (np.nan, np.nan)
        found = [self._position.get(node_id, nowhere) for node_id in node_ids]
        return np.array(found, dtype=np.float64).reshape(-1, 2)

    def _lines(self, link: Table) -> list[Any]:
        import shapely

        ends = np.hstack([self._positions(link.text(end)) for end in ENDS])
        lines: list[Any] = list(geodesic_lines(ends))
        if "geometry" in link.columns:
            for ix, wkt in enumerate(link.text("geometry")):
                drawn = shapely.from_wkt(wkt, on_invalid="ignore") if wkt else None
                lines[ix] = drawn or lines[ix]
        return lines

    def joined(self, table: Table) -> list[tuple[str, list[str]]]:
        """Columns that say in words what the identifiers of a row refer to."""
        found: list[tuple[str, list[str]]] = []
        for column in table.schema.references:
            if column.type == "id" and column.refers_to == ("node", "node_id"):
                ids = table.text(column.name)
                at = column.name.removesuffix("_id").removesuffix("_node")
                found.append((f"{at}_name", _looked_up(self._name, ids)))
                found.append((f"{at}_country", _looked_up(self._country, ids)))
        if table.name == "service":
            for end, at in enumerate(("from_name", "to_name")):
                ids = [self._ends.get(link, ("", ""))[end] for link in table.text("link_id")]
                found.append((at, _looked_up(self._name, ids)))
        if table.name != "source":
            every = table.lists("source_id")
            for at, words in (("source_title", self._title), ("source_url", self._url)):
                cells = ("; ".join(filter(None, _looked_up(words, ids))) for ids in every)
                found.append((at, list(cells)))
        return found


def _by(table: Table, values: Any) -> dict[str, Any]:
    return dict(zip(table.text(f"{table.name}_id"), values, strict=True))


def _looked_up(words: Mapping[str, str], ids: Sequence[str]) -> list[str]:
    return [words.get(one, "") for one in ids]
