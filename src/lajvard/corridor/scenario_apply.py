"""Applying a scenario: its patches change the tables of a corridor, one after another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from os import PathLike
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor.checks.cells import ESTIMATE
from lajvard.corridor.checks.findings import Guess
from lajvard.corridor.corridor import Corridor
from lajvard.corridor.scenario import ANY, Patch, Scenario, patch_problems
from lajvard.corridor.scenario_read import load_scenario
from lajvard.corridor.table import Table
from lajvard.errors import InputError, Problem
from lajvard.schema import TABLES, Column, bad_cells
from lajvard.schema.cells import items, numbers

_ABOUT_THE_ROW = frozenset({"used", "status", "since", "until", "basis", "source_id", "note"})
_OWN_BASIS = {"free_speed": "speed_basis"}


def apply_scenario(corridor: Corridor, scenario: Scenario | str | PathLike[str]) -> Corridor:
    """The corridor with the patches of a scenario, or of a scenario file, made in their order.

    ``set`` and ``scale`` change the used rows that ``where`` chooses; competing figures that are
    kept beside them stay as they are, unless ``where`` or ``to`` names ``used``. ``remove`` takes
    away all rows that it chooses, and ``add`` appends one. In ``where`` a cell of a list fits
    when it holds the value, numbers fit as numbers, and ``*`` fits all that is not empty.

    What a scenario changes is an assumption: the basis of a row whose figures were set or scaled
    becomes ``estimate`` (for ``free_speed`` its own ``speed_basis``), its sources stay, and the
    note tells scenario, old and new value. A new status, date or choice of ``used`` leaves the
    basis as it was. An added row is an estimate that operates, if it does not say otherwise.
    Numbers are multiplied as decimals, so that 3 times 1.1 is 3.3, and written as short as they
    can be read back. The corridor takes the scenario's name and title beside its own.

    Raises
    ------
    InputError
        Everything that is wrong with the scenario, with file and line.
    """
    if isinstance(scenario, Scenario):
        checked = [(patch, patch_problems(patch, scenario.file)) for patch in scenario.patches]
        problems = [problem for _, found in checked for problem in found]
        scenario = replace(scenario, patches=tuple(patch for patch, found in checked if not found))
    else:
        scenario, problems = load_scenario(scenario)
    work = _Work(corridor, scenario)
    for patch in scenario.patches:
        work.apply(patch)
    work.check_ids()
    problems += work.problems
    if problems:
        problems.sort(key=lambda problem: problem.row or 0)
        raise InputError.of(scenario.file, problems)
    return work.corridor()


class _Work:
    """A corridor in change."""

    def __init__(self, corridor: Corridor, scenario: Scenario) -> None:
        self._before = corridor
        self._scenario = scenario
        self._tables = dict(corridor.tables)
        self.problems: list[Problem] = []

    def corridor(self) -> Corridor:
        name, scenario = self._before.name, self._scenario
        return replace(
            self._before,
            name=f"{name}.{scenario.name}",
            title=f"{self._before.title}: {scenario.title or scenario.name}",
            tables=MappingProxyType(self._tables),
            origin=None,
        )

    def apply(self, patch: Patch) -> None:
        table = self._tables[patch.table]
        if patch.kind == "add":
            self._add(patch, table)
            return
        chosen = self._chosen(patch, table)
        if not chosen.any():
            self._nothing_found(patch, table)
        elif patch.kind == "remove":
            self._tables[patch.table] = table.select(~chosen)
        elif patch.kind == "set":
            rows = np.flatnonzero(chosen).tolist()
            new = {name: dict.fromkeys(rows, text) for name, text in patch.values.items()}
            self._change(table, rows, new)
        else:
            rows = np.flatnonzero(chosen).tolist()
            scaled = {name: self._scaled(patch, table, rows, name) for name in patch.values}
            self._change(table, rows, scaled)

    def _report(
        self, patch: Patch, key: str, column: str, value: str | None, message: str, remedy: str = ""
    ) -> None:
        line = patch.lines.get(key, patch.line) or None
        file = self._scenario.file
        self.problems.append(Problem("error", file, line, column, value, message, remedy))

    def _chosen(self, patch: Patch, table: Table) -> NDArray[np.bool_]:
        chosen = np.ones(len(table), dtype=np.bool_)
        names_used = "used" in patch.where or "used" in patch.values
        if patch.kind != "remove" and not names_used and table.name != "source":
            chosen &= table.flags("used")
        for name, wanted in patch.where.items():
            chosen &= _fits(table, name, wanted)
        return chosen

    def _nothing_found(self, patch: Patch, table: Table) -> None:
        alone = False
        for name, wanted in patch.where.items():
            if not _fits(table, name, wanted).any():
                alone = True
                known = {
                    item for cell in set(table.text(name)) for item in _parts(table, name, cell)
                }
                remedy = Guess(known - {""})(wanted[0]) if wanted else ""
                found = "', '".join(wanted)
                message = f"no {patch.table} has this {name}:"
                self._report(patch, f"where.{name}", name, found, message, remedy)
        if not alone:
            where = ", ".join(f"{name}: {'|'.join(want)}" for name, want in patch.where.items())
            message = (
                f"no used {patch.table} is chosen by" if where else f"no {patch.table} is there"
            )
            self._report(patch, "", "where", where or None, message)

    def _scaled(self, patch: Patch, table: Table, rows: Sequence[int], name: str) -> dict[int, str]:
        """New text by row; rows without a number, or with one out of range, are reported."""
        column, cells, factor = table.schema.columns[name], table.text(name), patch.values[name]
        known = numbers([cells[ix] for ix in rows])
        empty = [ix for ix, value in zip(rows, known, strict=True) if not np.isfinite(value)]
        if empty:
            some = ", ".join(str(table.rows[ix]) for ix in empty[:5])
            message = f"{len(empty)} of {len(rows)} rows hold no number (row {some}) to scale by"
            remedy = f"Choose rows that hold one: where {name} is '{ANY}'."
            self._report(patch, name, name, factor, message, remedy)
            return {}
        scaled = {
            ix: number_text(float(Decimal(cells[ix]) * Decimal(factor)), column) for ix in rows
        }
        bad = [rows[place] for place in bad_cells(column, list(scaled.values()))]
        if bad:
            message = (
                f"{table.name}.csv row {table.rows[bad[0]]} would not hold {column.expected} but"
            )
            self._report(patch, name, name, scaled[bad[0]], message)
        return scaled

    def _change(
        self, table: Table, rows: Sequence[int], new: Mapping[str, Mapping[int, str]]
    ) -> None:
        cells = {name: list(column) for name, column in table.cells.items()}
        blank = [""] * len(table)
        told: dict[int, list[str]] = {ix: [] for ix in rows}
        for name, texts in new.items():
            old = table.text(name)
            column = cells.setdefault(name, list(blank))
            for ix, text in texts.items():
                column[ix] = _tidy(table.schema.columns[name], text)
                told[ix].append(f"{name} {old[ix] or 'empty'} to {column[ix] or 'empty'}")
        for basis in _bases(table, new):
            column = cells.setdefault(basis, list(blank))
            for ix in rows:
                column[ix] = ESTIMATE
        if "note" not in new:
            notes = cells.setdefault("note", list(blank))
            for ix in rows:
                words = f"scenario {self._scenario.name}: {', '.join(told[ix])}"
                notes[ix] = f"{notes[ix]}; {words}" if notes[ix] else words
        self._tables[table.name] = replace(table, cells=MappingProxyType(cells))

    def _add(self, patch: Patch, table: Table) -> None:
        row = {"basis": ESTIMATE, "source_id": ESTIMATE, "status": "operating"}
        row["note"] = f"scenario {self._scenario.name}: added"
        row = {name: text for name, text in row.items() if name in table.schema.columns}
        row |= {
            name: _tidy(table.schema.columns[name], text) for name, text in patch.values.items()
        }
        key = tuple(row.get(name, "") for name in table.schema.key)
        if key in set(table.keys()):
            name = table.schema.key[0]
            remedy = "Use set to change it, or another identifier."
            self._report(
                patch, name, name, " ".join(key), f"{table.name} is there already:", remedy
            )
            return
        names = dict.fromkeys([*table.columns, *row])
        cells = {
            name: [*table.cells.get(name, [""] * len(table)), row.get(name, "")] for name in names
        }
        rows = np.append(table.rows, max(table.rows.max(initial=1), 1) + 1)
        self._tables[table.name] = replace(table, cells=MappingProxyType(cells), rows=rows)

    def check_ids(self) -> None:
        """Report identifiers that patches name or leave behind and that no row has."""
        for patch in self._scenario.patches:
            for name, text in patch.values.items() if patch.kind != "scale" else ():
                self._check_id(patch, TABLES[patch.table].columns[name], text)
        for patch in self._scenario.patches:
            if patch.kind == "remove":
                self._check_removed(patch)

    def _check_id(self, patch: Patch, column: Column, text: str) -> None:
        if column.refers_to is None or not text:
            return
        target, name = column.refers_to
        known = set(self._tables[target].text(name)) | ({ESTIMATE} if target == "source" else set())
        for one in items(text) if column.type == "list" else (text,):
            if one not in known:
                message = f"unknown {target.replace('_', ' ')}"
                self._report(patch, column.name, column.name, one, message, Guess(known)(one))

    def _check_removed(self, patch: Patch) -> None:
        table = self._before[patch.table]
        key = table.schema.key[0]
        gone = set(table.select(self._chosen(patch, table)).text(key))
        gone -= set(self._tables[patch.table].text(key))
        for where, name, row in self._named(patch.table, key, gone):
            message = f"{where}.csv row {row} still names the {patch.table}"
            remedy = f"Remove what names it before: {where}."
            self._report(patch, "", patch.kind, name, message, remedy)
            return

    def _named(self, target: str, key: str, ids: set[str]) -> Iterator[tuple[str, str, int]]:
        for table in self._tables.values():
            for column in table.schema.references:
                if column.refers_to == (target, key) and column.name in table.cells:
                    for ix, cell in enumerate(table.cells[column.name]):
                        for one in ids.intersection(_parts(table, column.name, cell)):
                            yield table.name, one, int(table.rows[ix])


def _parts(table: Table, name: str, cell: str) -> tuple[str, ...]:
    column = table.schema.columns.get(name)
    return items(cell) if column is not None and column.type == "list" else (cell,)


def _fits(table: Table, name: str, wanted: Sequence[str]) -> NDArray[np.bool_]:
    """Which rows hold one of the wanted values: (n_rows,)."""
    cells, column = table.text(name), table.schema.columns[name]
    texts = set(wanted)
    if column.type in ("number", "integer"):
        fits = np.isin(table.numbers(name), numbers([text for text in wanted if text != ANY]))
        fits |= np.array([cell == "" and "" in texts for cell in cells], dtype=np.bool_)
    else:
        good = {
            cell for cell in set(cells) if cell in texts or texts & {*_parts(table, name, cell)}
        }
        fits = np.array([cell in good for cell in cells], dtype=np.bool_)
    if ANY in texts:
        fits |= np.array([bool(cell) for cell in cells], dtype=np.bool_)
    return np.asarray(fits, dtype=np.bool_)


def _bases(table: Table, new: Mapping[str, object]) -> list[str]:
    """The columns of basis that become an estimate when the columns `new` change."""
    figures = [name for name in new if name not in _ABOUT_THE_ROW]
    bases = {_OWN_BASIS.get(name, "basis") for name in figures if name not in _OWN_BASIS.values()}
    return sorted(basis for basis in bases - set(new) if basis in table.schema.columns)


def _tidy(column: Column, text: str) -> str:
    """Text for a cell: numbers as short as they can be read back."""
    if text and column.type in ("number", "integer"):
        return number_text(float(text), column)
    return text


def number_text(value: float, column: Column | None = None) -> str:
    """The shortest text that is read back as `value`.

    >>> number_text(2.0), number_text(0.1), number_text(13.6 * 1.1)
    ('2', '0.1', '14.96')
    """
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)
