"""The files of a GMNS data set: their rows, units and geometry, and what is wrong with them."""

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor.checks.places import great_circle_km
from lajvard.corridor.formats.gmns_rules import KM, KMH, LINK_FIELDS, NODE_FIELDS, UNITS, use_groups
from lajvard.errors import InputError, Problem, did_you_mean

_FILES = ("node", "link", "config", "geometry", "use_group", "source")
_NEEDED = "A GMNS data set has node.csv and link.csv."
_EMPTY = ("", "NaN", "nan", "NULL", "(null)")
_WGS84 = 4326
_CUT_OFF = 10
"""Letters of a column's name that a shape file keeps."""

_ALSO = {"allowed_use": "allowed_uses", "link_type_name": "facility_type", "id": "link_id"}
"""Names of columns that other programs use."""

_LONGER = (0.97, 1.45)
"""Lengths along the way, as multiples of the distance between the ends: from, to."""


@dataclass
class GmnsFiles:
    """A GMNS data set as it was read; problems are collected while it is understood."""

    tables: Mapping[str, Sequence[Mapping[str, str]]]
    units: str = ""
    problems: dict[tuple[str, ...], list[int]] = field(default_factory=dict)

    @classmethod
    def read(cls, where: Path, units: str = "") -> "GmnsFiles":
        """The files in folder `where`.

        Parameters
        ----------
        units
            One of `UNITS`, or a unit of length and one of speed; in place of those of the data set.

        Raises
        ------
        InputError
            The nodes or the links are missing, or the units are not known.
        """
        tables = {f"{name}.csv": _records(where / f"{name}.csv", name) for name in _FILES}
        for name in ("node.csv", "link.csv"):
            if not tables[name]:
                raise InputError(str(where / name), "is missing or has no row", _NEEDED)
        return cls(tables, units)

    @property
    def config(self) -> Mapping[str, str]:
        """Units and coordinate system, as far as they are stated."""
        return next(iter(self.tables["config.csv"]), {})

    def rows(self, file: str) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Row numbers and rows of `file`; the header is row 1."""
        return enumerate(self.tables[file], start=2)

    @property
    def km(self) -> float:
        """Kilometres in one unit of length."""
        return KM.get(self._unit_words[0], 1.0)

    @property
    def kmh(self) -> float:
        """Kilometres an hour in one unit of speed."""
        return KMH.get(self._unit_words[1], 1.0)

    @cached_property
    def _unit_words(self) -> tuple[str, str]:
        """The units of length and of speed: those asked for, stated, or found by comparison."""
        asked = self.units.replace(" ", "").casefold()
        length, _, speed = asked.partition(",")
        length, speed = (length, speed) if speed else UNITS.get(asked, (asked, ""))
        length = length or self.config.get("long_length", "").casefold() or self._unit_of_lengths()
        speed = speed or self.config.get("speed", "").casefold()
        alike = (two for one, two in UNITS.values() if KM[one] == KM.get(length))
        speed = speed or next(alike, "")
        for column, word, known in (("long_length", length, KM), ("speed", speed, KMH)):
            if word not in known:
                remedy = did_you_mean(word, [*known]) or f"Known: {', '.join(known)}."
                option = f"Or say --units {'|'.join(UNITS)}, or both, such as --units m,mph."
                message = "unknown unit" if word else "no unit"
                self.problem("config.csv", 2, column, word, message, f"{remedy} {option}")
        return length, speed

    def _unit_of_lengths(self) -> str:
        """The unit in which links are as long as roads between their ends; empty if none is."""
        known = {row.get("node_id", ""): row for row in self.tables["node.csv"]}
        rows = []
        for row in self.tables["link.csv"]:
            ends = [known.get(row.get(f"{end}_node_id", ""), {}) for end in ("from", "to")]
            rows.append(
                [_value(row.get("length", ""))]
                + [_value(end.get(axis, "")) for end in ends for axis in ("x_coord", "y_coord")]
            )
        table = np.array(rows, dtype=np.float64)
        x, y = table[:, (1, 3)], table[:, (2, 4)]
        placed = (np.abs(x) <= 180).all(axis=1) & (np.abs(y) <= 90).all(axis=1)
        length, lon, lat, to_lon, to_lat = table[placed & (table[:, 0] > 0)].T
        apart = great_circle_km(lon, lat, to_lon, to_lat)
        if self._to_wgs84 is not None or not (apart > 0).any():
            return ""
        times = float(np.median(length[apart > 0] / apart[apart > 0]))
        low, high = _LONGER
        return next((word for word in UNITS if low <= times * KM[word] <= high), "")

    @cached_property
    def groups(self) -> Mapping[str, Sequence[str]]:
        """Uses by group of uses."""
        return use_groups(self.tables["use_group.csv"])

    @cached_property
    def _to_wgs84(self) -> Callable[[Any, Any], tuple[Any, Any]] | None:
        """What turns coordinates into longitude and latitude; None if they are that."""
        from pyproj import CRS, Transformer
        from pyproj.exceptions import CRSError

        crs = self.config.get("crs") or str(_WGS84)
        try:
            system = CRS.from_user_input(int(crs) if crs.isdigit() else crs)
        except CRSError:
            remedy = "Give an EPSG code such as 4326."
            self.problem("config.csv", 2, "crs", crs, "unknown coordinate system", remedy)
            return None
        if system.to_epsg() == _WGS84:
            return None
        return Transformer.from_crs(system, _WGS84, always_xy=True).transform

    def positions(self) -> list[tuple[str, str]]:
        """Longitude and latitude of each node, as text: (n_nodes,)."""
        rows = list(self.rows("node.csv"))
        x, y = (
            [self.number("node.csv", row, found, name) for row, found in rows]
            for name in ("x_coord", "y_coord")
        )
        if self._to_wgs84 is None:
            return [(found.get("x_coord", ""), found.get("y_coord", "")) for _, found in rows]
        lon, lat = self._to_wgs84(np.array(x), np.array(y))
        return [(f"{at:.7f}", f"{up:.7f}") for at, up in zip(lon, lat, strict=True)]

    @cached_property
    def _geometries(self) -> Mapping[str, str]:
        rows = self.tables["geometry.csv"]
        return {row.get("geometry_id", ""): row.get("geometry", "") for row in rows}

    def geometry(self, row: int, found: Mapping[str, str]) -> str:
        """Well-known text of a link in longitude and latitude, from its start to its end.

        Opposite links may share one shape: ``dir_flag`` -1 says that it runs against the link.
        Where no flag says how it runs, its ends do. Empty if the link has no shape.
        """
        import shapely

        wkt = found.get("geometry") or self._geometries.get(found.get("geometry_id", "-"), "")
        if not wkt:
            return ""
        try:
            line = shapely.from_wkt(wkt)
        except shapely.errors.ShapelyError:
            line = None
        if line is not None and line.geom_type == "MultiLineString":
            line = shapely.line_merge(line)
        if line is None or line.geom_type != "LineString" or line.is_empty:
            remedy = "Expected well-known text such as LINESTRING (62.2 34.3, 62.3 34.4)."
            self.problem("link.csv", row, "geometry", wkt[:40], "is no line", remedy)
            return ""
        turn, against = self._to_wgs84, self._runs_against(found, np.array(line.coords))
        if turn is None and not against and wkt.upper().startswith("LINE"):
            return wkt
        if turn is not None:
            line = shapely.transform(line, lambda xy: np.column_stack(turn(xy[:, 0], xy[:, 1])))
        return str(shapely.to_wkt(line.reverse() if against else line, rounding_precision=7))

    def _runs_against(self, found: Mapping[str, str], line: NDArray[np.float64]) -> bool:
        flag = found.get("dir_flag", "").removesuffix(".0")
        if flag in ("1", "-1"):
            return flag == "-1"
        ends = self._places(found)
        ahead, back = (
            np.hypot(*(line[[0, -1], :2] - ends[turn]).T).sum() for turn in ([0, 1], [1, 0])
        )
        return bool(back < ahead)

    @cached_property
    def _position(self) -> Mapping[str, tuple[float, float]]:
        """Coordinates of the nodes as they are written."""
        return {
            row.get("node_id", ""): (_value(row.get("x_coord", "")), _value(row.get("y_coord", "")))
            for row in self.tables["node.csv"]
        }

    def _places(self, found: Mapping[str, str]) -> NDArray[np.float64]:
        """Coordinates of the two ends of a link, not a number where they are not known: (2, 2)."""
        nowhere = (math.nan, math.nan)
        ends = [
            self._position.get(found.get(f"{end}_node_id", ""), nowhere) for end in ("from", "to")
        ]
        return np.array(ends, dtype=np.float64)

    def length_km(self, row: int, found: Mapping[str, str], wkt: str) -> float:
        """Length of a line on WGS 84, but no less than from node to node.

        A shape that is drawn along the middle of a junction may end short of its nodes.
        """
        import shapely
        from pyproj import Geod

        ends, globe = self._places(found), Geod(ellps="WGS84")
        if self._to_wgs84 is not None:
            ends = np.column_stack(self._to_wgs84(*ends.T))
        metres = [globe.line_length(*ends.T)] if np.isfinite(ends).all() else []
        metres += [globe.geometry_length(shapely.from_wkt(wkt))] if wkt else []
        length = max(metres, default=math.nan) / 1000
        if not math.isfinite(length):
            what = "leaves the world" if wkt else "no length, and no place for both ends"
            self.problem("link.csv", row, "geometry" if wkt else "length", wkt[:40], what)
        return length

    def needed(
        self, file: str, row: int, found: Mapping[str, str], column: str, remedy: str = ""
    ) -> str:
        """A cell that may not be empty."""
        if not found.get(column):
            self.problem(file, row, column, "", f"no {column}", remedy)
        return found.get(column, "")

    def number(
        self, file: str, row: int, found: Mapping[str, str], column: str, remedy: str = ""
    ) -> float:
        """A cell that must hold a number."""
        cell = self.needed(file, row, found, column, remedy)
        try:
            value = float(cell or "nan")
        except ValueError:
            self.problem(file, row, column, cell, "is no number:")
            return math.nan
        if cell and not math.isfinite(value):
            self.problem(file, row, column, cell, "is no number:")
        return value

    def problem(
        self, file: str, row: int, column: str, value: str, message: str, remedy: str = ""
    ) -> None:
        """Note a problem; those that differ only by row are reported once."""
        self.problems.setdefault((file, column, value, message, remedy), []).append(row)

    def raise_problems(self, where: Path) -> None:
        """Report all that is wrong.

        Raises
        ------
        InputError
            Something is.
        """
        found = [
            Problem("error", file, rows[0], column, value or None, message, _also(remedy, rows))
            for (file, column, value, message, remedy), rows in self.problems.items()
        ]
        if found:
            raise InputError.of(str(where), found)


def _also(remedy: str, rows: Sequence[int]) -> str:
    more = f"(rows like this: {len(rows)})" if len(rows) > 1 else ""
    return f"{remedy} {more}".strip()


def _records(file: Path, table: str) -> list[dict[str, str]]:
    if not file.is_file():
        return []
    try:
        reader = csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline=""), restval="")
        names = _columns(reader.fieldnames or (), table)
        return [
            {names.get(name, name): _cell(cell) for name, cell in row.items()} for row in reader
        ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(str(file), f"is no CSV file: {error}", "Save it as CSV UTF-8.") from None


def _columns(header: Sequence[str], table: str) -> dict[str, str]:
    """Names of columns in the specification by those in a file, where they differ.

    >>> _columns(["link_id", "from_node_", "allowed_us", "link_type_name"], "link")
    {'from_node_': 'from_node_id', 'allowed_us': 'allowed_uses', 'link_type_name': 'facility_type'}
    """
    known = {"node": NODE_FIELDS, "link": LINK_FIELDS}.get(table, ())
    found = {}
    for name in header:
        plain_name = str(name).strip()
        longer = [field for field in known if field[:_CUT_OFF] == plain_name]
        also = _ALSO.get(plain_name, plain_name)
        meant = longer[0] if len(longer) == 1 else also if also in known else plain_name
        if meant != name and meant not in header:
            found[name] = meant
    return found


def _value(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _cell(cell: object) -> str:
    text = str(cell).strip()
    return "" if text in _EMPTY else text


def plain(value: float, factor: float, text: str) -> str:
    """`value` times `factor` as text; `text`, which it came from, where the unit is the same.

    >>> plain(10.0, 1.609344, "10"), plain(10.0, 1.0, "10.00")
    ('16.09344', '10.00')
    """
    return text if factor == 1.0 or math.isnan(value) else f"{value * factor:.7g}"
