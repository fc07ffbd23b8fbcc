"""The tables of a corridor: their columns, read from ``tables/*.csv``."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

ColumnType = Literal[
    "id",
    "text",
    "category",
    "country",
    "integer",
    "number",
    "flag",
    "date",
    "time",
    "list",
    "timestamp",
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, unit, limits and meaning.

    ``refers_to`` is ``table.column`` of the identifiers that its cells must be among. An optional
    column with ``needed_if`` is needed in the rows in which that column holds one of those words,
    or in which it is not empty where the words are none. A list with limits holds numbers.
    """

    name: str
    type: ColumnType
    unit: str
    need: Literal["key", "required", "optional"]
    needed_if: tuple[str, tuple[str, ...]] | None
    minimum: float | None
    maximum: float | None
    allowed: tuple[str, ...]
    refers_to: tuple[str, str] | None
    default: str
    meaning: str

    @property
    def expected(self) -> str:
        """What a cell must hold, in words.

        >>> TABLES["link"].columns["length"].expected
        'a number of km from 0 to 45000'
        """
        if self.is_numbers:
            return f"numbers{self._within}, separated by semicolons"
        if self.allowed:
            return ("items out of " if self.type == "list" else "one of ") + ", ".join(self.allowed)
        unit = f" of {self.unit}" if self.unit else ""
        return f"{_EXPECTED[self.type]}{unit}{self._within}"

    @property
    def is_numbers(self) -> bool:
        """Whether a cell is a list of numbers.

        >>> TABLES["procedure"].columns["values_h"].expected
        'numbers from 0 to 2500, separated by semicolons'
        """
        return self.type == "list" and self.minimum is not None

    @property
    def _within(self) -> str:
        if self.minimum is None:
            return ""
        if self.maximum is None:
            return f" of at least {self.minimum:.12g}"
        return f" from {self.minimum:.12g} to {self.maximum:.12g}"


_EXPECTED: dict[ColumnType, str] = {
    "id": "an identifier without spaces at its ends",
    "text": "text",
    "category": "a category",
    "country": "a two-letter country code (ISO 3166-1), such as AF",
    "integer": "a whole number",
    "number": "a number",
    "flag": "yes or no",
    "date": "a date such as 2018, 2018-09 or 2018-09-24",
    "time": "a time such as 08:00",
    "list": "items separated by semicolons",
    "timestamp": "a moment such as 2018-09-24T13:30:00 (UTC)",
}


@dataclass(frozen=True)
class TableSchema:
    """One table: its name, meaning and columns in order."""

    name: str
    meaning: str
    columns: Mapping[str, Column]

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns that identify a row."""
        return tuple(column.name for column in self.columns.values() if column.need == "key")

    @cached_property
    def references(self) -> tuple[Column, ...]:
        """The columns whose cells are identifiers of rows elsewhere."""
        return tuple(column for column in self.columns.values() if column.refers_to)


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode of transport and the fastest that is credible on it."""

    name: str
    max_speed_kmh: float
    meaning: str


@dataclass(frozen=True, slots=True)
class LogActivity:
    """An activity of the journey log, and where its hours and its money are counted.

    ``border`` says whether its hours and money count for the time and cost of a border crossing
    point when it happens at one; ``post`` says moreover that where it happens is such a point.
    ``cpmm`` is its number in CAREC's list of road activities.
    """

    name: str
    cause: str
    item: str
    border: Literal["post", "yes", "no"]
    cpmm: str
    meaning: str


def _records(name: str) -> list[dict[str, str]]:
    text = files("lajvard.schema").joinpath(f"tables/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _column(record: Mapping[str, str]) -> Column:
    refers_to = record["refers_to"].split(".") if record["refers_to"] else None
    return Column(
        name=record["column"],
        type=record["type"],  # type: ignore[arg-type]  # the files are tested
        unit=record["unit"],
        need=record["need"],  # type: ignore[arg-type]
        needed_if=_condition(record.get("needed_if", "")),
        minimum=float(record["minimum"]) if record["minimum"] else None,
        maximum=float(record["maximum"]) if record["maximum"] else None,
        allowed=tuple(record["allowed"].split(";")) if record["allowed"] else (),
        refers_to=(refers_to[0], refers_to[1]) if refers_to else None,
        default=record["default"],
        meaning=record["meaning"],
    )


def _condition(text: str) -> tuple[str, tuple[str, ...]] | None:
    """What ``needed_if`` says: a column and its words, none for any.

    >>> _condition("kind=opening_hours;departures"), _condition("quota=*"), _condition("")
    (('kind', ('opening_hours', 'departures')), ('quota', ()), None)
    """
    if not text:
        return None
    column, _, words = text.partition("=")
    return column, () if words == "*" else tuple(words.split(";"))


def _load() -> dict[str, TableSchema]:
    common = _records("_common")
    tables = {}
    for table in _records("_tables"):
        name = table["table"]
        own = _records(name) + ([] if name == "source" else common)
        columns = {record["column"]: _column(record) for record in own}
        tables[name] = TableSchema(name, table["meaning"], MappingProxyType(columns))
    return tables


TABLES: Mapping[str, TableSchema] = MappingProxyType(_load())
"""All tables of a corridor by name, in the order in which they are documented."""

MODES: Mapping[str, Mode] = MappingProxyType(
    {
        record["mode"]: Mode(record["mode"], float(record["max_speed_kmh"]), record["meaning"])
        for record in _records("_modes")
    }
)
"""The modes of transport by name."""

PARAMETERS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        record["parameter_id"]: (float(record["minimum"]), float(record["maximum"]))
        for record in _records("_parameters")
    }
)
"""The parameters that the models know, with the least and the largest value that each can have."""

ACTIVITIES: Mapping[str, LogActivity] = MappingProxyType(
    {
        record["activity"]: LogActivity(
            record["activity"],
            record["cause"],
            record["item"],
            record["border"],  # type: ignore[arg-type]  # the file is tested
            record["cpmm"],
            record["meaning"],
        )
        for record in _records("_activities")
    }
)
"""The activities of the journey log by name.

The list is that of CAREC's Corridor Performance Measurement and Monitoring for road transport
(https://cpmm.carecprogram.org/about/border-crossing-activities/), with what happens to a
consignment between borders.
"""


def _log_table(name: str, meaning: str) -> TableSchema:
    columns = {record["column"]: _column(record) for record in _records(name)}
    columns["activity"] = replace(columns["activity"], allowed=tuple(ACTIVITIES))
    return TableSchema(name, meaning, MappingProxyType(columns))


LOG: TableSchema = _log_table("activity", "one activity of one journey, observed or simulated")
"""The journey log. It is no table of a corridor: it has files and readers of its own."""
