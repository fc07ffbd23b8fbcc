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

from lajvard.corridor.checks.places import ROUNDED_KM, TOLERANCE, great_circle_km
from lajvard.corridor.formats.gmns_rules import KM, KMH, LINK_FIELDS, NODE_FIELDS, UNITS, use_groups
from lajvard.errors import InputError, Problem, did_you_mean

_FILES = ("node", "link", "config", "geometry", "use_group", "source")
_NEEDED = "A GMNS data set has node.csv and link.csv."
_EMPTY = ("", "NaN", "nan", "NULL", "(null)")
_WGS84 = 4326
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/"
_CUT_OFF = 10
"""Letters of a column's name that a shape file keeps."""

_ALSO = {"allowed_use": "allowed_uses", "link_type_name": "facility_type", "id": "link_id"}
"""Names of columns that other programs use."""

_LONGER = (0.97, 1.45)
"""Lengths along the way, as multiples of the distance between the ends: from, to."""

_MISFIT = (0.5, 20.0)
"""Where the middle one of these multiples is outside, lengths and places do not belong together."""


@dataclass
class GmnsFiles:
    """A GMNS data set as it was read; problems are collected while it is understood."""

    tables: Mapping[str, Sequence[Mapping[str, str]]]
    units: str = ""
    crs: str = ""
    problems: dict[tuple[str, ...], list[int]] = field(default_factory=dict)

    @classmethod
    def read(cls, where: Path, units: str = "", crs: str = "") -> "GmnsFiles":
        """The files in folder `where`.

        Parameters
        ----------
        units
            One of `UNITS`, or a unit of length and one of speed; in place of those of the data set.
        crs
            Coordinate system, such as ``EPSG:32641``; in place of that of the data set.

        Raises
        ------
        InputError
            The nodes or the links are missing, or the units are not known.
        """
        tables = {f"{name}.csv": _records(_file(where, f"{name}.csv"), name) for name in _FILES}
        for name in ("node.csv", "link.csv"):
            if not tables[name]:
                raise InputError(str(where / name), "is missing or has no row", _NEEDED)
        return cls(tables, units, crs)

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
        length = length or self._stated_length_unit() or self._fitting_unit
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

    def _stated_length_unit(self) -> str:
        """The unit of long lengths, or that of short ones where that alone fits."""
        word, short = (
            self.config.get(column, "").casefold() for column in ("long_length", "short_length")
        )
        times = self._times_longer * KM.get(word, math.nan)
        if not self._fitting_unit or _MISFIT[0] <= times <= _MISFIT[1] or math.isnan(times):
            return word
        if KM.get(short) == KM[self._fitting_unit]:
            return short
        message = f"links would be {times:,.4g} times as long as straight from node to node in"
        remedy = f"In '{self._fitting_unit}' they fit: say --units {self._fitting_unit}."
        self.problem("config.csv", 2, "long_length", word, message, remedy)
        return word

    @property
    def short_unit(self) -> str:
        """The unit of short lengths where links are in that one, else empty."""
        long, used = self.config.get("long_length", "").casefold(), self._unit_words[0]
        return used if not self.units and long and used != long else ""

    @cached_property
    def _straight_km(self) -> NDArray[np.float64]:
        """Great circle between the ends of each link, not a number where unknown: (n_links,)."""
        ends = np.array([self._places(found) for found in self.tables["link.csv"]])
        x, y = ends[:, :, 0].ravel(), ends[:, :, 1].ravel()
        if self._to_wgs84 is not None:
            x, y = self._to_wgs84(x, y)
        lon, lat = x.reshape(-1, 2), y.reshape(-1, 2)
        placed = ((np.abs(lon) <= 180) & (np.abs(lat) <= 90)).all(axis=1)
        km = np.full(len(ends), math.nan)
        km[placed] = great_circle_km(lon[placed, 0], lat[placed, 0], lon[placed, 1], lat[placed, 1])
        return km

    @cached_property
    def _multiples(self) -> NDArray[np.float64]:
        """Lengths as they are written over the kilometres between the ends, where both are."""
        lengths = [_value(found.get("length", "")) for found in self.tables["link.csv"]]
        length, straight = np.array(lengths, dtype=np.float64), self._straight_km
        known = (length > 0) & np.isfinite(length) & (straight > 0)
        return np.asarray(length[known] / straight[known], dtype=np.float64)

    @cached_property
    def _times_longer(self) -> float:
        return float(np.median(self._multiples)) if len(self._multiples) else math.nan

    @cached_property
    def _fitting_unit(self) -> str:
        """The unit in which links are as long as roads between their ends; empty if none is."""
        low, high = _LONGER
        return next((word for word in UNITS if low <= self._times_longer * KM[word] <= high), "")

    @cached_property
    def drawn(self) -> float:
        """By what the places are multiplied: 1, or less where they are a mere drawing.

        Examples of textbooks have places all over the globe and links of a few miles, which are
        the lengths of the model. When no unit makes them fit, the drawing is made so small that
        no link is shorter than straight from node to node.
        """
        if self._fitting_unit or not self._times_longer * self.km < _MISFIT[0]:
            return 1.0
        return float(self._multiples.min()) * self.km * (1 - TOLERANCE)

    def _drawn(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Longitude and latitude of what may be a drawing."""
        if self._to_wgs84 is not None:
            x, y = self._to_wgs84(x, y)
        if self.drawn == 1.0:
            return x, y
        places = np.array([*self._position.values()])
        if self._to_wgs84 is not None:
            places = np.column_stack(self._to_wgs84(*places.T))
        middle = np.nanmean(places, axis=0)
        return middle[0] + (x - middle[0]) * self.drawn, middle[1] + (y - middle[1]) * self.drawn

    @property
    def _as_written(self) -> bool:
        """Whether coordinates are longitude and latitude as they stand in the files."""
        return self._to_wgs84 is None and self.drawn == 1.0

    @property
    def _digits(self) -> int:
        return 7 if self.drawn == 1.0 else 11

    @cached_property
    def groups(self) -> Mapping[str, Sequence[str]]:
        """Uses by group of uses."""
        return use_groups(self.tables["use_group.csv"])

    @cached_property
    def _to_wgs84(self) -> Callable[[Any, Any], tuple[Any, Any]] | None:
        """What turns coordinates into longitude and latitude; None if they are that."""
        from pyproj import CRS, Transformer
        from pyproj.exceptions import CRSError

        crs = self.crs or self.config.get("crs") or str(_WGS84)
        try:
            system = CRS.from_user_input(int(crs) if crs.isdigit() else crs)
        except CRSError:
            remedy = "Give an EPSG code such as 4326, or say --crs 4326."
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
        for (row, found), at, up in zip(rows, x, y, strict=True):
            if self._to_wgs84 is None and (abs(at) > 180 or abs(up) > 90):
                text = f"{found.get('x_coord')}, {found.get('y_coord')}"
                remedy = "Name the coordinate system: --crs EPSG:32641, or crs in config.csv."
                self.problem("node.csv", row, "x_coord", text, "is no place on the globe:", remedy)
                break
        if self._as_written:
            return [(found.get("x_coord", ""), found.get("y_coord", "")) for _, found in rows]
        lon, lat = self._drawn(np.array(x), np.array(y))
        digits = self._digits
        return [(f"{at:.{digits}f}", f"{up:.{digits}f}") for at, up in zip(lon, lat, strict=True)]

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
        against = self._runs_against(found, np.array(line.coords))
        if self._as_written and not against and wkt.upper().startswith("LINE"):
            return wkt
        if not self._as_written:
            turn = self._drawn
            line = shapely.transform(line, lambda xy: np.column_stack(turn(xy[:, 0], xy[:, 1])))
        line = line.reverse() if against else line
        return str(shapely.to_wkt(line, rounding_precision=self._digits))

    def _runs_against(self, found: Mapping[str, str], line: NDArray[np.float64]) -> bool:
        flag = found.get("dir_flag", "").removesuffix(".0")
        if flag in ("1", "-1"):
            return flag == "-1"
        return _is_nearer_turned(line, self._places(found))

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
        if not self._as_written:
            ends = np.column_stack(self._drawn(*ends.T))
        metres = [globe.line_length(*ends.T)] if np.isfinite(ends).all() else []
        metres += [globe.geometry_length(shapely.from_wkt(wkt))] if wkt else []
        length = max(metres, default=math.nan) / 1000
        if not math.isfinite(length):
            what = "leaves the world" if wkt else "no length, and no place for both ends"
            self.problem("link.csv", row, "geometry" if wkt else "length", wkt[:40], what)
        return length

    def is_too_short(self, row: int, length: str) -> bool:
        """Whether a stated length is less than straight from node to node, where others fit."""
        km = _value(length)
        straight = float(self._straight_km[row - 2])
        fits = self.drawn == 1.0 and self._times_longer * self.km >= _MISFIT[0]
        return fits and 0 <= km < straight * (1 - TOLERANCE) - ROUNDED_KM

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

    def measured(self, row: int, found: Mapping[str, str], column: str, remedy: str = "") -> str:
        """A length in km or a speed in km/h of a link, whose cell may name a unit of its own."""
        units, factor = (KM, self.km) if column == "length" else (KMH, self.kmh)
        cell = found.get(column, "")
        plain_cell = cell.rstrip(_LETTERS).rstrip()
        unit = cell[len(plain_cell) :].strip().casefold()
        if plain_cell and unit in units:
            factor, found = units[unit], {**found, column: plain_cell}
        value = self.number("link.csv", row, found, column, remedy)
        return plain(value, factor, found.get(column, ""))

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


def runs_against(wkt: str, ends: Sequence[tuple[float, float]]) -> bool:
    """Whether a line starts where its link ends.

    >>> runs_against("LINESTRING (49.1 40, 49 40)", [(49.0, 40.0), (49.1, 40.0)])
    True
    """
    import shapely

    (line,) = shapely.from_wkt([wkt], on_invalid="ignore")
    if line is None or line.geom_type != "LineString" or line.is_empty:
        return False
    return _is_nearer_turned(np.array(line.coords), np.array(ends, dtype=np.float64))


def _is_nearer_turned(line: NDArray[np.float64], ends: NDArray[np.float64]) -> bool:
    ahead, back = (np.hypot(*(line[[0, -1], :2] - ends[turn]).T).sum() for turn in ([0, 1], [1, 0]))
    return bool(back < ahead)


def _also(remedy: str, rows: Sequence[int]) -> str:
    more = f"(rows like this: {len(rows)})" if len(rows) > 1 else ""
    return f"{remedy} {more}".strip()


def _file(where: Path, name: str) -> Path:
    """A file of the folder by its name in any case; programs for Windows write capitals."""
    inside = sorted(where.iterdir()) if where.is_dir() else []
    return next((file for file in inside if file.name.lower() == name), where / name)


def _records(file: Path, table: str) -> list[dict[str, str]]:
    if not file.is_file():
        return []
    try:
        text = file.read_text("utf-8-sig")
        header = text.partition("\n")[0]
        delimiter = max(",;\t", key=header.count)
        reader = csv.DictReader(io.StringIO(text, newline=""), restval="", delimiter=delimiter)
        names = _columns(reader.fieldnames or (), table)
        return [
            {names.get(name, name): _cell(cell) for name, cell in row.items() if name}
            for row in reader
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
