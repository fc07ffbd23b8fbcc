"""One table of a corridor: the text of its cells as it stands in the file, read as values."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError, Problem, did_you_mean
from lajvard.schema import TABLES, Column, TableSchema, first_day, last_day
from lajvard.schema.cells import is_date, items, numbers


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written: kept, so that what was read is written back to the byte.

    ``sheet`` is true for a sheet of a workbook, which messages call by that word.
    """

    newline: str = "\n"
    byte_order_mark: bool = False
    delimiter: str = ","
    sheet: bool = False


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of one table, column by column.

    Attributes
    ----------
    name
        Name of the table in the schema.
    cells
        Text of the cells by column, columns in the order of the file. Columns that the schema
        does not know are kept.
    rows : (n_rows,)
        Row numbers in the file; the header is row 1.
    layout
        How the file was written.
    content
        The bytes of the file when the table is as it was read; None when it is not, or when it
        does not come from a file. Every change makes a new table without them.
    """

    name: str
    cells: Mapping[str, Sequence[str]]
    rows: NDArray[np.int64]
    layout: Layout = field(default=Layout())
    content: bytes | None = field(default=None, init=False, repr=False)

    @classmethod
    def of(cls, name: str, cells: Mapping[str, Sequence[str]]) -> "Table":
        """A table from text by column.

        >>> Table.of("node", {"node_id": ["A", "B"], "x_coord": ["1", "2"]}).numbers("x_coord")
        array([1., 2.])
        """
        count = len(next(iter(cells.values()), ()))
        return cls(name, MappingProxyType(dict(cells)), np.arange(2, count + 2))

    @classmethod
    def empty(cls, name: str) -> "Table":
        """A table of the schema with all its columns and no rows."""
        return cls.of(name, {column: [] for column in TABLES[name].columns})

    def as_read_from(self, content: bytes) -> "Table":
        """The table with the bytes of its file."""
        table = replace(self)
        object.__setattr__(table, "content", content)
        return table

    @property
    def file(self) -> str:
        """What messages call it: the file, or the sheet of a workbook, that it was read from."""
        return f"sheet {self.name}" if self.layout.sheet else f"{self.name}.csv"

    @property
    def schema(self) -> TableSchema:
        """Columns, types, units and meanings of the table."""
        return TABLES[self.name]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the file."""
        return tuple(self.cells)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"Table({self.name}: {len(self):,} rows, {len(self.cells)} columns)"

    def text(self, column: str) -> Sequence[str]:
        """Text of the cells of `column`, the default where they are empty: (n_rows,)."""
        cells: Sequence[str] = self._kept("text", column, self._text)
        return cells

    def _text(self, column: str) -> Sequence[str]:
        known = self._column(column)
        cells = self.cells.get(column)
        default = known.default if known else ""
        if cells is None:
            return [default] * len(self)
        return [cell or default for cell in cells] if default else cells

    def _kept(self, kind: str, column: str, read: Callable[[str], Any]) -> Any:
        """What `read` makes of `column`, worked out once."""
        key, kept = (kind, column), self.__dict__.setdefault("_values", {})
        try:
            return kept[key]
        except KeyError:
            kept[key] = read(column)
        return kept[key]

    @property
    def columns_read(self) -> frozenset[str]:
        """The columns that somebody has read of this very table."""
        return frozenset(column for _, column in self.__dict__.get("_values", ()))

    def _column(self, column: str) -> Column | None:
        known = self.schema.columns.get(column)
        if known is None and column not in self.cells:
            raise InputError(
                f"table '{self.name}'",
                f"unknown column '{column}'",
                did_you_mean(column, [*self.schema.columns]),
            )
        return known

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Cells of `column` as numbers, not a number where empty: (n_rows,)."""
        values: NDArray[np.float64] = self._kept("numbers", column, self._numbers)
        return values

    def _numbers(self, column: str) -> NDArray[np.float64]:
        values = numbers(self.text(column))
        values.flags.writeable = False
        return values

    def flags(self, column: str) -> NDArray[np.bool_]:
        """Cells of `column` as yes or no: (n_rows,)."""
        return np.array([cell == "yes" for cell in self.text(column)], dtype=np.bool_)

    def lists(self, column: str) -> list[tuple[str, ...]]:
        """Cells of `column` as tuples of their items: (n_rows,)."""
        found: list[tuple[str, ...]] = self._kept("lists", column, self._lists)
        return found

    def _lists(self, column: str) -> list[tuple[str, ...]]:
        split = {cell: items(cell) for cell in set(self.text(column))}
        return [split[cell] for cell in self.text(column)]

    def days(self, column: str, *, last: bool = False) -> NDArray[np.datetime64]:
        """First (or last) days of the dates of `column`, not a time where empty: (n_rows,).

        Raises
        ------
        InputError
            A cell holds no date.
        """
        day = last_day if last else first_day
        cells = self.text(column)
        try:
            return np.array([day(cell) if cell else None for cell in cells], "M8[D]")
        except ValueError:
            ix, wrong = next(
                (ix, cell) for ix, cell in enumerate(cells) if not is_date(cell or "2018")
            )
            raise InputError(
                f"{self.file} row {self.rows[ix]}, {column}",
                f"'{wrong}' is not a date",
                "Write it as 2018, 2018-09 or 2018-09-24.",
            ) from None

    def keys(self) -> list[tuple[str, ...]]:
        """The key of each row: (n_rows,)."""
        return list(zip(*(self.text(column) for column in self.schema.key), strict=True))

    def select(self, chosen: NDArray[Any] | Sequence[int]) -> "Table":
        """The rows of a mask or of indices, with their row numbers."""
        which = np.asarray(chosen)
        ixs = np.flatnonzero(which) if which.dtype == np.bool_ else which.astype(np.int64)
        cells = {name: [column[ix] for ix in ixs] for name, column in self.cells.items()}
        return replace(self, cells=MappingProxyType(cells), rows=self.rows[ixs])

    def used(self) -> "Table":
        """The rows that are the statements to be used."""
        return self if self.name == "source" else self.select(self.flags("used"))

    def records(self) -> Iterator[Any]:
        """The rows as frozen pydantic models of the table, whose attributes are the columns.

        Raises
        ------
        InputError
            A row lacks a cell that it needs, or holds one that its column does not allow.
        """
        from pydantic import ValidationError

        from lajvard.schema.models import row_model

        model = row_model(self.name)
        for number, row in zip(self.rows.tolist(), self.dicts(), strict=True):
            try:
                yield model(**{name: cell for name, cell in row.items() if cell})
            except ValidationError as error:
                names = [str(found["loc"][0]) for found in error.errors()]
                raise InputError.of(self.file, [self._bad(number, n, row) for n in names]) from None

    def _bad(self, row: int, name: str, cells: Mapping[str, str]) -> Problem:
        expected = f"expected {self.schema.columns[name].expected}, found"
        value = cells.get(name) or "nothing"
        return Problem("error", self.file, row, name, value, expected)

    def dicts(self) -> Iterator[dict[str, str]]:
        """The rows as dictionaries of text."""
        for row in zip(*self.cells.values(), strict=True):
            yield dict(zip(self.cells, row, strict=True))

    @cached_property
    def _ix(self) -> dict[tuple[str, ...], int]:
        used = np.ones(len(self), bool) if self.name == "source" else self.flags("used")
        keys = self.keys()
        return {keys[ix]: ix for ix in np.flatnonzero(used)[::-1]}

    def ix(self, *key: str) -> int:
        """Index of the used row with this key.

        Raises
        ------
        InputError
            There is none; the error names the key that is closest.
        """
        if key not in self._ix:
            known = [" ".join(known) for known in self._ix]
            raise InputError(
                f"table '{self.name}'",
                f"no row '{' '.join(key)}'",
                did_you_mean(" ".join(key), known),
            )
        return self._ix[key]

    def __getitem__(self, key: str | tuple[str, ...]) -> Any:
        """The used row with this key, as a model of the table."""
        ix = self.ix(*((key,) if isinstance(key, str) else key))
        return next(self.select([ix]).records())

    def __contains__(self, key: object) -> bool:
        return ((key,) if isinstance(key, str) else key) in self._ix

    def with_rows(self, rows: Iterable[Mapping[str, str]]) -> "Table":
        """The table with these rows (dictionaries of text) in place of its own."""
        chosen = list(rows)
        names = list(self.cells) + [
            name
            for name in self.schema.columns
            if name not in self.cells and any(row.get(name) for row in chosen)
        ]
        cells = {name: [row.get(name, "") for row in chosen] for name in names}
        return replace(self, cells=MappingProxyType(cells), rows=np.arange(2, len(chosen) + 2))

    def _repr_html_(self) -> str:
        from lajvard.corridor.show import table_html
        from lajvard.tables.printable import printable

        return printable(table_html(self))
