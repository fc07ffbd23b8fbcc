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

from lajvard.corridor.formats.gmns_rules import KM, KMH, use_groups
from lajvard.errors import InputError, Problem, did_you_mean

_FILES = ("node", "link", "config", "geometry", "use_group", "source")
_NEEDED = {
    "node.csv": "A GMNS data set has node.csv and link.csv.",
    "link.csv": "A GMNS data set has node.csv and link.csv.",
    "config.csv": "It states the units; write one with the columns long_length,speed,crs and "
    "a row such as: kilometer,kph,4326.",
}
_EMPTY = ("", "NaN", "nan", "NULL")
_WGS84 = 4326


@dataclass
class GmnsFiles:
    """A GMNS data set as it was read; problems are collected while it is understood."""

    tables: Mapping[str, Sequence[Mapping[str, str]]]
    problems: dict[tuple[str, ...], list[int]] = field(default_factory=dict)

    @classmethod
    def read(cls, where: Path) -> "GmnsFiles":
        """The files in folder `where`.

        Raises
        ------
        InputError
            The nodes, the links or the units are missing.
        """
        files = cls({f"{name}.csv": _records(where / f"{name}.csv") for name in _FILES})
        for name, remedy in _NEEDED.items():
            if not files.tables[name]:
                raise InputError(str(where / name), "is missing or has no row", remedy)
        return files

    @property
    def config(self) -> Mapping[str, str]:
        """Units and coordinate system."""
        return self.tables["config.csv"][0]

    def rows(self, file: str) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Row numbers and rows of `file`; the header is row 1."""
        return enumerate(self.tables[file], start=2)

    @cached_property
    def km(self) -> float:
        """Kilometres in one unit of length."""
        return self._unit("long_length", KM)

    @cached_property
    def kmh(self) -> float:
        """Kilometres an hour in one unit of speed."""
        return self._unit("speed", KMH)

    def _unit(self, column: str, units: Mapping[str, float]) -> float:
        word = self.config.get(column, "")
        if word.casefold() not in units:
            remedy = did_you_mean(word, [*units]) or f"Known: {', '.join(units)}."
            message = "unknown unit" if word else "no unit"
            self.problem("config.csv", 2, column, word, message, remedy)
        return units.get(word.casefold(), 1.0)

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
        """Well-known text of a link in longitude and latitude; empty if the link has none."""
        import shapely

        wkt = found.get("geometry") or self._geometries.get(found.get("geometry_id", "-"), "")
        if not wkt:
            return ""
        try:
            line = shapely.from_wkt(wkt)
        except shapely.errors.ShapelyError:
            remedy = "Expected well-known text such as LINESTRING (62.2 34.3, 62.3 34.4)."
            self.problem("link.csv", row, "geometry", wkt[:40], "is no line", remedy)
            return ""
        turn = self._to_wgs84
        if turn is None:
            return wkt
        turned = shapely.transform(line, lambda xy: np.column_stack(turn(xy[:, 0], xy[:, 1])))
        return str(shapely.to_wkt(turned, rounding_precision=7))

    def length_km(self, row: int, wkt: str) -> float:
        """Geodesic length of a line on the WGS 84 ellipsoid."""
        import shapely
        from pyproj import Geod

        length = Geod(ellps="WGS84").geometry_length(shapely.from_wkt(wkt)) / 1000
        if not math.isfinite(length):
            self.problem("link.csv", row, "geometry", wkt[:40], "leaves the world")
        return float(length)

    def needed(self, file: str, row: int, found: Mapping[str, str], column: str) -> str:
        """A cell that may not be empty."""
        if not found.get(column):
            self.problem(file, row, column, "", f"no {column}")
        return found.get(column, "")

    def number(self, file: str, row: int, found: Mapping[str, str], column: str) -> float:
        """A cell that must hold a number."""
        cell = self.needed(file, row, found, column)
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


def _records(file: Path) -> list[dict[str, str]]:
    if not file.is_file():
        return []
    try:
        reader = csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline=""), restval="")
        return [{str(name): _cell(cell) for name, cell in row.items()} for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(str(file), f"is no CSV file: {error}", "Save it as CSV UTF-8.") from None


def _cell(cell: object) -> str:
    text = str(cell).strip()
    return "" if text in _EMPTY else text


def plain(value: float, factor: float, text: str) -> str:
    """`value` times `factor` as text; `text`, which it came from, where the unit is the same.

    >>> plain(10.0, 1.609344, "10"), plain(10.0, 1.0, "10.00")
    ('16.09344', '10.00')
    """
    return text if factor == 1.0 or math.isnan(value) else f"{value * factor:.7g}"
