"""Statements of one thing that compete: rows that share a key and are in force on one day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor.table import Table
from lajvard.schema import Column, first_day, last_day
from lajvard.schema.cells import is_date, numbers

if TYPE_CHECKING:
    from lajvard.corridor.corridor import Corridor

Days = NDArray[np.datetime64]

_ABOUT_THE_ROW = frozenset({"used", "since", "until", "basis", "source_id", "note"})
_EARLIEST, _LATEST = np.datetime64("0001-01-01"), np.datetime64("9999-12-31")


@dataclass(frozen=True, slots=True)
class Statement:
    """One of the rows that compete.

    Attributes
    ----------
    row
        Row number in the file.
    values
        Text of the cells in which the rows differ, in the order of `Conflict.columns`.
    """

    row: int
    values: tuple[str, ...]
    used: bool
    basis: str
    sources: tuple[str, ...]
    since: str
    until: str
    note: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rows that state one thing differently.

    Attributes
    ----------
    columns
        The columns in which they differ; dates, source, basis and note are not among them.
    statements
        The rows, in the order of the file.
    """

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    statements: tuple[Statement, ...]

    @property
    def used(self) -> Statement | None:
        """The statement that is used."""
        return next((statement for statement in self.statements if statement.used), None)


def find_conflicts(corridor: "Corridor") -> tuple[Conflict, ...]:
    """All quantities that the corridor states more than once with different values.

    Rows compete when they share their key and are in force on a common day; rows with one key
    and different times are history and no conflict. Numbers are compared as numbers.

    Returns
    -------
    tuple of Conflict
        By table and row.
    """
    return tuple(
        conflict
        for table in corridor
        for rows in competing(table)
        if (conflict := _conflict(table, rows)) is not None
    )


def _conflict(table: Table, rows: Sequence[int]) -> Conflict | None:
    columns = tuple(
        name for name in table.columns if name not in _ABOUT_THE_ROW and _differ(table, name, rows)
    )
    if not columns:
        return None
    statements = tuple(_statement(table, ix, columns) for ix in rows)
    return Conflict(table.name, table.keys()[rows[0]], columns, statements)


def _differ(table: Table, name: str, rows: Sequence[int]) -> bool:
    cells = [table.text(name)[ix] for ix in rows]
    column: Column | None = table.schema.columns.get(name)
    if column is not None and column.type in ("number", "integer"):
        values = numbers(cells)
        if np.isfinite(values).all():
            return bool((values != values[0]).any())
    return len(set(cells)) > 1


def _statement(table: Table, ix: int, columns: Sequence[str]) -> Statement:
    plain = table.name == "source"
    return Statement(
        row=int(table.rows[ix]),
        values=tuple(table.text(name)[ix] for name in columns),
        used=plain or bool(table.flags("used")[ix]),
        basis="" if plain else table.text("basis")[ix],
        sources=() if plain else table.lists("source_id")[ix],
        since="" if plain else table.text("since")[ix],
        until="" if plain else table.text("until")[ix],
        note=table.text("note")[ix],
    )


def same_key(table: Table) -> Mapping[tuple[str, ...], list[int]]:
    """Rows by the key that they share, of the keys that more than one row has."""
    keys = table.keys()
    if len(set(keys)) == len(keys):
        return {}
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for ix, key in enumerate(keys):
        groups[key].append(ix)
    return {key: rows for key, rows in groups.items() if len(rows) > 1 and all(key)}


def competing(table: Table) -> list[list[int]]:
    """Groups of rows that share their key and overlap in time, in the order of the file.

    A group may be a chain: its first and last rows need not overlap.
    """
    groups: list[list[int]] = []
    for rows in same_key(table).values():
        start, end = validity(table, rows)
        groups += _overlapping(rows, start, end)
    return sorted(groups)


def _overlapping(rows: Sequence[int], start: Days, end: Days) -> list[list[int]]:
    found: list[list[int]] = []
    latest = _EARLIEST
    for place in np.argsort(start, kind="stable"):
        if found and start[place] <= latest:
            found[-1].append(rows[place])
        else:
            found.append([rows[place]])
            latest = end[place]
        latest = max(latest, end[place])
    return [sorted(group) for group in found if len(group) > 1]


def validity(table: Table, rows: Sequence[int]) -> tuple[Days, Days]:
    """First and last days on which rows hold; the ends of time where they are not known."""
    if table.name == "source":
        return np.full(len(rows), _EARLIEST), np.full(len(rows), _LATEST)
    since, until = table.text("since"), table.text("until")
    start = [first_day(since[ix]) if is_date(since[ix]) else _EARLIEST for ix in rows]
    end = [last_day(until[ix]) if is_date(until[ix]) else _LATEST for ix in rows]
    return np.array(start, "M8[D]"), np.array(end, "M8[D]")
