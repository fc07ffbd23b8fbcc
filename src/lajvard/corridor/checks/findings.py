"""What a check has found: problems in the making, the first of each kind written out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lajvard.corridor.table import Table
from lajvard.errors import Problem, Severity, did_you_mean
from lajvard.names import fold
from lajvard.schema import TABLES

MOST = 20
"""So many problems of one kind are listed; of the rest their number."""

_MANY, _FEW = 2000, 500
"""Of more than so many names only few are compared letter by letter."""

Words = str | Callable[[int], str]
"""Words for every row, or a function that says them of the row with this index."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Problems of one kind are counted together."""

    severity: Severity
    table: str
    column: str
    words: str


@dataclass
class Findings:
    """Problems in the making.

    Attributes
    ----------
    most
        So many problems of one kind (severity, table, column and message) are written out.
    files
        What messages call the tables; by default their files.
    """

    most: int = MOST
    files: Mapping[str, str] = field(default_factory=dict)
    _listed: dict[_Kind, list[Problem]] = field(default_factory=lambda: defaultdict(list))
    _found: dict[_Kind, int] = field(default_factory=lambda: defaultdict(int))

    def add(
        self,
        severity: Severity,
        table: Table,
        ixs: Iterable[int],
        column: str,
        message: str,
        *,
        detail: Words = "",
        value: Words | None = None,
        remedy: Words = "",
    ) -> None:
        """Report the rows `ixs` of `table`.

        Parameters
        ----------
        message
            What is wrong with all of them; it names the kind of problem.
        detail
            What more there is to say of one row, put after the message.
        value
            What was found; by default the cell.
        """
        rows = list(ixs)
        kind = _Kind(severity, table.name, column, message)
        room = self.most - len(self._listed[kind])
        self._found[kind] += len(rows)
        for ix in rows[: max(0, room)]:
            found = _said(value, ix) if value is not None else _cell(table, column, ix)
            words = " ".join(part for part in (message, _said(detail, ix)) if part)
            self._listed[kind].append(
                Problem(
                    severity,
                    table.file,
                    int(table.rows[ix]),
                    column,
                    found or None,
                    words,
                    _said(remedy, ix),
                )
            )

    def add_to_table(
        self,
        severity: Severity,
        table: str,
        column: str,
        values: Iterable[str],
        message: str,
        remedy: str = "",
    ) -> None:
        """Report what a table lacks as a whole, one problem a value."""
        kind = _Kind(severity, table, column, message)
        for value in values:
            self._found[kind] += 1
            if len(self._listed[kind]) < self.most:
                file = self._file(table)
                problem = Problem(severity, file, None, column, value, message, remedy)
                self._listed[kind].append(problem)

    def _file(self, table: str) -> str:
        return self.files.get(table, f"{table}.csv")

    def problems(self) -> tuple[Problem, ...]:
        """All problems: by table, in a table by row, and last how many more there are."""
        order = {table: number for number, table in enumerate(TABLES)}
        placed = []
        for kind, listed in self._listed.items():
            columns = [*TABLES[kind.table].columns, kind.column]
            place = (order[kind.table], columns.index(kind.column))
            placed += [(_place(*place, problem, last=0), problem) for problem in listed]
            rest = self._found[kind] - len(listed)
            if rest:
                more = _more(kind, rest, self._file(kind.table))
                placed.append((_place(*place, more, last=1), more))
        return tuple(problem for _, problem in sorted(placed, key=lambda pair: pair[0]))


def _place(table: int, column: int, problem: Problem, *, last: int) -> tuple[float | str, ...]:
    row = problem.row if problem.row is not None else float("inf")
    return (table, row, last, column, problem.severity, problem.message, problem.value or "")


def _more(kind: _Kind, rest: int, file: str) -> Problem:
    message = f"and {rest:,} more: {kind.words}"
    return Problem(kind.severity, file, None, kind.column, None, message)


def _said(words: Words, ix: int) -> str:
    return words if isinstance(words, str) else words(ix)


def _cell(table: Table, column: str, ix: int) -> str:
    cells: Sequence[str] | None = table.cells.get(column)
    return cells[ix] if cells is not None else ""


class Guess:
    """Suggests a known name for an unknown one; quick among many names, too.

    >>> Guess(["Altynkol", "Baku"])("Altynkl")
    "Did you mean 'Altynkol'?"
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._unsorted = known
        self._said: dict[str, str] = {}
        self._halves: dict[int, dict[str, list[str]]] = {}

    def __call__(self, name: str) -> str:
        """A question that names the closest known name, or an empty string."""
        if name not in self._said:
            near = self._known if len(self._known) <= _MANY else self._near(name)
            self._said[name] = did_you_mean(name, near)
        return self._said[name]

    @cached_property
    def _known(self) -> list[str]:
        return sorted(set(self._unsorted))

    def _near(self, name: str) -> list[str]:
        """Names of which one half is as in `name`: one wrong letter leaves the other half."""
        half = max(1, len(name) // 2)
        if half not in self._halves:
            halves: dict[str, list[str]] = defaultdict(list)
            for known in self._known:
                word = fold(known)
                halves[f"{word[:half]}…"].append(known)
                halves[f"…{word[-half:]}"].append(known)
            self._halves[half] = halves
        word, found = fold(name), self._halves[half]
        near = {*found.get(f"{word[:half]}…", ()), *found.get(f"…{word[-half:]}", ())}
        return sorted(near, key=lambda known: (abs(len(known) - len(name)), known))[:_FEW]
