"""A result table: rows under named columns with units, for people and programs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError, did_you_mean
from lajvard.tables.column import Cell, Marked, ResultColumn, Value, finite, plain, value_of

if TYPE_CHECKING:
    import pandas as pd  # noqa: TID251 (offered where it is installed)
    import pyarrow as pa
    from matplotlib.figure import Figure

T = TypeVar("T")


class Row(Mapping[str, Value]):
    """A row of a table; its values are read by the names of the columns."""

    __slots__ = ("_ixs", "_table", "cells")

    def __init__(self, table: str, ixs: Mapping[str, int], cells: tuple[Cell, ...]) -> None:
        self._table, self._ixs, self.cells = table, ixs, cells

    def __getitem__(self, name: str) -> Value:
        return value_of(self.cell(name))

    def cell(self, name: str) -> Cell:
        """The value of a column with its mark."""
        return self.cells[_ix(self._table, self._ixs, name)]

    def number(self, name: str) -> float:
        """The number in a column; nan where it is not known.

        Raises
        ------
        InputError
            There is no such column, or it holds text there.
        """
        return _number(self._table, name, self[name])

    def text(self, name: str) -> str:
        """The value of a column as text; empty where it is not known."""
        value = self[name]
        return "" if value is None else str(value)

    def __contains__(self, name: object) -> bool:
        return name in self._ixs

    def __iter__(self) -> Iterator[str]:
        return iter(self._ixs)

    def __len__(self) -> int:
        return len(self._ixs)

    def __repr__(self) -> str:
        return f"Row({dict(self)})"


@dataclass(frozen=True, eq=False)
class ResultTable:
    """Rows of one kind, under columns with name, unit and meaning.

    Attributes
    ----------
    name
        What programs call it; the name of its sheet in a workbook.
    title
        What a reader sees above it.
    columns
        The columns, each name once.
    cells
        The rows in the order of `columns`, for those who write tables; readers use the names.
    note
        What a reader needs to know to read the table.
    groups
        Number of the first row of each group, from 0, and the group's heading.
    css
        Class on a page.
    emphasis
        Numbers of the rows that a page sets apart.

    Examples
    --------
    >>> from lajvard.tables import columns_of
    >>> columns = columns_of('''
    ... place | | where
    ... wait_h | h | mean wait
    ... ''')
    >>> table = ResultTable.of("waits", columns, [{"place": "Sarpi", "wait_h": 12.5}])
    >>> [row["wait_h"] for row in table]
    [12.5]
    >>> table.numbers("wait_h")
    array([12.5])
    """

    name: str
    title: str
    columns: tuple[ResultColumn, ...]
    cells: tuple[tuple[Cell, ...], ...] = field(repr=False)
    note: str = field(default="", repr=False)
    groups: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    css: str = field(default="", repr=False)
    emphasis: frozenset[int] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(
                f"table '{self.name}'",
                f"column '{twice[0]}' is there twice",
                "Give every column a name of its own.",
            )
        cells = tuple(_filled(self.name, row, len(names)) for row in self.cells)
        object.__setattr__(self, "cells", cells)

    @classmethod
    def of(
        cls,
        name: str,
        columns: Iterable[ResultColumn],
        records: Iterable[Mapping[str, Any]],
        *,
        title: str = "",
        note: str = "",
        groups: Iterable[tuple[int, str]] = (),
        css: str = "",
        emphasis: Iterable[int] = (),
    ) -> "ResultTable":
        """A table of records: mappings from the names of columns to values.

        Parameters
        ----------
        name, title, note, groups, css, emphasis
            As in the class.
        columns
            The columns in the order in which they are shown.
        records
            One a row; a column that a record does not name is not known there.

        Raises
        ------
        InputError
            A record names a column that the table does not have, or a column is there twice.
        """
        columns = tuple(columns)
        ixs = {column.name: ix for ix, column in enumerate(columns)}
        rows = []
        for record in records:
            for key in record:
                _ix(name, ixs, key)
            rows.append(tuple(record.get(column.name) for column in columns))
        return cls(name, title, columns, tuple(rows), note, tuple(groups), css, frozenset(emphasis))

    @classmethod
    def each(
        cls,
        name: str,
        columns: Iterable[tuple[ResultColumn, Callable[[T], Cell]]],
        things: Iterable[T],
        *,
        title: str = "",
        note: str = "",
        group: Callable[[T], str] | None = None,
        css: str = "",
        emphasis: Iterable[int] = (),
    ) -> "ResultTable":
        """A table with a row for each of some things.

        Parameters
        ----------
        name, title, note, css, emphasis
            As in the class.
        columns
            The columns, each with what it says of a thing.
        things
            One a row, those of one group after another.
        group
            The heading under which a thing stands; a group begins wherever it changes.

        Raises
        ------
        InputError
            A column is there twice.

        Examples
        --------
        >>> from lajvard.tables import headed
        >>> columns = [(headed("mode"), str.upper), (headed("letters"), len)]
        >>> ResultTable.each("modes", columns, ["road", "rail"]).column("letters")
        [4, 4]
        """
        kept, says = zip(*columns, strict=True)
        groups: list[tuple[int, str]] = []
        rows: list[tuple[Cell, ...]] = []
        for thing in things:
            heading = group(thing) if group else ""
            if group and (not groups or groups[-1][1] != heading):
                groups.append((len(rows), heading))
            rows.append(tuple(say(thing) for say in says))
        return cls(name, title, kept, tuple(rows), note, tuple(groups), css, frozenset(emphasis))

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows, read by the names of the columns."""
        return tuple(Row(self.name, self._ixs, cells) for cells in self.cells)

    @cached_property
    def _ixs(self) -> dict[str, int]:
        return {column.name: ix for ix, column in enumerate(self.columns)}

    def column(self, name: str) -> list[Value]:
        """The values of a column, None where one is not known.

        Raises
        ------
        InputError
            There is no such column.
        """
        ix = _ix(self.name, self._ixs, name)
        return [value_of(row[ix]) for row in self.cells]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """The numbers of a column, (n_rows,); nan where one is not known.

        Raises
        ------
        InputError
            There is no such column, or it holds text.
        """
        return np.array([_number(self.name, name, value) for value in self.column(name)], float)

    def heading_before(self, row: int) -> str:
        """Heading of the group that starts at `row`, empty when none does."""
        return dict(self.groups).get(row, "")

    def flat(self) -> "ResultTable":
        """The table as plain data: groups as a first column, nothing that only draws."""
        kept = [ix for ix, column in enumerate(self.columns) if column.css != "bar"]
        columns = tuple(self.columns[ix] for ix in kept)
        rows = [tuple(row[ix] for ix in kept) for row in self.cells]
        if self.groups:
            columns = (ResultColumn("group", heading="group", width=36), *columns)
            groups, heading = dict(self.groups), ""
            for ix, row in enumerate(rows):
                heading = groups.get(ix, heading)
                rows[ix] = (heading, *row)
        return replace(self, columns=columns, cells=tuple(rows), groups=(), emphasis=frozenset())

    def records(self) -> list[dict[str, Value]]:
        """The rows as mappings of plain values; what is not known is None."""
        return [{name: finite(value) for name, value in row.items()} for row in self.flat()]

    def as_dict(self) -> dict[str, Any]:
        """The table for JSON: its columns with units and meanings, and its records."""
        return {
            "name": self.name,
            "title": self.title,
            "note": self.note,
            "columns": [
                {"name": column.name, "unit": column.unit, "meaning": column.meaning}
                for column in self.flat().columns
            ],
            "rows": self.records(),
        }

    def to_arrow(self) -> "pa.Table":
        """The table for Arrow; unit and meaning are in the metadata of each field."""
        from lajvard.tables.arrow import arrow_table

        return arrow_table(self.flat())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def to_pandas(self) -> "pd.DataFrame":
        """The table as a pandas data frame; units by column in its ``attrs["units"]``.

        Raises
        ------
        InputError
            pandas is not installed.
        """
        _needed("pandas")
        frame = self.to_arrow().to_pandas()
        frame.attrs["units"] = {column.name: column.unit for column in self.flat().columns}
        return frame

    def to_polars(self) -> Any:
        """The table as a polars data frame.

        Raises
        ------
        InputError
            polars is not installed.
        """
        return _needed("polars").from_arrow(self.to_arrow())

    def plot(self, value: str = "", by: str = "") -> "Figure":
        """Horizontal bars of one column, a bar a row.

        Parameters
        ----------
        value
            The column that gives the length of the bars; by default the first of numbers.
        by
            The column that names the bars; by default the first of text.

        Raises
        ------
        InputError
            There is no such column, or none of numbers.
        """
        from lajvard.tables.plot import bars

        return bars(self, value, by)

    def _repr_html_(self) -> str:
        from lajvard.tables.html import table_html
        from lajvard.tables.printable import printable

        return printable(table_html(self, inline=True))


def _filled(table: str, row: Sequence[Any], width: int) -> tuple[Cell, ...]:
    """A row of plain values over all columns; the last cell of a short one fills what is left."""
    cells = [
        replace(cell, value=plain(cell.value)) if isinstance(cell, Marked) else plain(cell)
        for cell in row
    ]
    if len(cells) > width:
        raise InputError(
            f"table '{table}'",
            f"a row of {len(cells)} values under {width} columns",
            "Give as many values as columns.",
        )
    if 0 < len(cells) < width:
        last = cells[-1]
        last = last if isinstance(last, Marked) else Marked(last)
        cells[-1] = replace(last, fills=True)
    return (*cells, *[None] * (width - len(cells)))


def _ix(table: str, ixs: Mapping[str, int], name: str) -> int:
    if name not in ixs:
        remedy = did_you_mean(str(name), [*ixs]) or f"Columns are: {', '.join(ixs)}."
        raise InputError(f"table '{table}'", f"no column '{name}'", remedy)
    return ixs[name]


def _number(table: str, name: str, value: Value) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, str):
        raise InputError(
            f"table '{table}', {name}",
            f"'{value}' is not a number",
            "Read text with column().",
        )
    return float(value)


def _needed(package: str) -> Any:
    from importlib import import_module

    try:
        return import_module(package)
    except ModuleNotFoundError:
        raise InputError(
            package, "is not installed", f"Install {package}, or use to_arrow()."
        ) from None
