"""The described corridor: tables, and views of them by date and status."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor.table import Table
from lajvard.errors import InputError, Problem, did_you_mean
from lajvard.schema import TABLES
from lajvard.schema.cells import first_day, is_date

if TYPE_CHECKING:
    from lajvard.corridor.conflicts import Conflict
    from lajvard.corridor.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Corridor:
    """A corridor as it was described: one table for each kind of thing.

    Attributes
    ----------
    name, title, description
        A short name, and what a reader sees.
    tables
        The tables by name; a table that the folder lacks is an empty table.
    date
        The day that `as_of` chose, or None for the description as it stands.
    package
        The ``datapackage.json`` that it was read with; what Lajvard does not know in it is kept.
    passed_over
        What was beside the tables in their files, as warnings.
    origin
        The description that this one is a view of.
    """

    name: str
    title: str
    description: str
    tables: Mapping[str, Table]
    date: dt.date | None = None
    package: bytes = field(default=b"", repr=False)
    passed_over: tuple[Problem, ...] = ()
    origin: "Corridor | None" = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        tables: Mapping[str, Table],
        *,
        name: str,
        title: str = "",
        description: str = "",
        package: bytes = b"",
        passed_over: Sequence[Problem] = (),
    ) -> "Corridor":
        """A corridor of these tables; the others are empty."""
        every = {name: tables[name] if name in tables else Table.empty(name) for name in TABLES}
        found = MappingProxyType(every)
        beside = tuple(passed_over)
        return cls(name, title or name, description, found, package=package, passed_over=beside)

    def __getitem__(self, table: str) -> Table:
        if table not in self.tables:
            raise InputError(
                f"corridor '{self.name}'",
                f"unknown table '{table}'",
                did_you_mean(table, [*TABLES]) or f"Tables are: {', '.join(TABLES)}.",
            )
        return self.tables[table]

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables.values())

    def used(self, table: str) -> Table:
        """The rows of `table` that are the statements to be used."""
        return self._used[self[table].name]

    @cached_property
    def _used(self) -> dict[str, Table]:
        return {name: table.used() for name, table in self.tables.items()}

    def as_of(self, day: str | dt.date) -> "Corridor":
        """The corridor as it stood on `day`: rows whose since and until enclose it.

        A date without month or day counts from its first day (since) to its last (until); an
        empty one sets no limit.

        Raises
        ------
        InputError
            `day` is not a date such as 2020-12-21.
        """
        if isinstance(day, str):
            if not is_date(day):
                raise InputError("as_of", f"'{day}' is not a date", "Write it as 2020-12-21.")
            day = first_day(day)
        return self.rows_where(lambda table: _in_force(table, day), date=day)

    def only(self, *, status: str | tuple[str, ...]) -> "Corridor":
        """The rows with this status (or one of these); sources are kept.

        Raises
        ------
        InputError
            There is no such status.
        """
        wanted = {status} if isinstance(status, str) else set(status)
        known = TABLES["node"].columns["status"].allowed
        for word in sorted(wanted - set(known)):
            raise InputError(
                "only", f"unknown status '{word}'", did_you_mean(word, known) or ", ".join(known)
            )
        return self.rows_where(
            lambda table: np.array(
                [cell in wanted for cell in table.text("status")], dtype=np.bool_
            )
        )

    def rows_where(
        self, chosen: Callable[[Table], NDArray[np.bool_]], *, date: dt.date | None = None
    ) -> "Corridor":
        """A view with the rows of each table that `chosen` says; sources are kept."""
        tables = {
            name: table if name == "source" else table.select(chosen(table))
            for name, table in self.tables.items()
        }
        origin, found = self.origin or self, MappingProxyType(tables)
        return replace(self, tables=found, date=date or self.date, origin=origin)

    def apply(self, scenario: "Scenario | str | PathLike[str]") -> "Corridor":
        """The corridor with the patches of a scenario, or of a scenario file.

        Raises
        ------
        InputError
            The scenario names a table, column or row that does not exist, or sets a cell to
            something that the column cannot hold; the error names the line.
        """
        from lajvard.corridor.scenario_apply import apply_scenario

        return apply_scenario(self, scenario)

    def conflicts(self) -> "tuple[Conflict, ...]":
        """Quantities that are stated more than once with different values, and which is used."""
        from lajvard.corridor.conflicts import find_conflicts

        return find_conflicts(self)

    def with_table(self, table: Table) -> "Corridor":
        """The corridor with `table` in place of its table of that name."""
        tables = MappingProxyType({**self.tables, table.name: table})
        return replace(self, tables=tables, origin=None)

    @cached_property
    def errors(self) -> tuple[Problem, ...]:
        """The errors of `check_corridor`, found once; those of a view are those of its origin."""
        if self.origin is not None:
            return self.origin.errors
        from lajvard.corridor.checks.check import check_corridor

        found = check_corridor(self)
        return tuple(problem for problem in found if problem.severity == "error")

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self[name]):,} {name}s" for name in ("node", "link", "source"))
        day = f", as of {self.date}" if self.date else ""
        return f"Corridor({self.name}: {counts}{day})"

    def _repr_html_(self) -> str:
        from lajvard.corridor.show import corridor_html
        from lajvard.tables.printable import printable

        return printable(corridor_html(self))


def _in_force(table: Table, day: dt.date) -> NDArray[np.bool_]:
    on = np.datetime64(day, "D")
    since, until = table.days("since"), table.days("until", last=True)
    return ~(since > on) & ~(until < on)
