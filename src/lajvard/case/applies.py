"""Whether what a scenario says applies to the day or the year that is looked at."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lajvard.case.years import whole_year
from lajvard.corridor import Corridor, Patch, Scenario
from lajvard.errors import InputError
from lajvard.network.closures import Closure, read_closures

if TYPE_CHECKING:
    from lajvard.case.case import Case

_ABOUT_THE_ROW = frozenset({"used", "status", "since", "until"})
"""Columns that decide whether a row is there at all."""


def closures_of_scenario(before: Corridor, after: Corridor) -> tuple[Closure, ...]:
    """The dated closures that a scenario adds or changes."""
    known = {replace(row, row=0) for row in read_closures(before)}
    return tuple(
        row
        for row in read_closures(after)
        if not row.is_random and row.is_operating and row.left < 1
        if row.start is not None and replace(row, row=0) not in known
    )


def refuse_other_years(scenario: Scenario | None, rows: Sequence[Closure], year: int) -> None:
    """Stop where a dated closure of a scenario does not touch the year that is simulated.

    Raises
    ------
    InputError
        With the option that makes it apply.
    """
    first, last = whole_year(year)
    for row in rows:
        assert row.start is not None
        if row.start > last or (row.end is not None and row.end < first):
            raise _elsewhere(scenario, row, f"the year simulated is {year}")


def refuse_other_days(case: "Case") -> None:
    """Stop where a dated closure of the scenario does not hold on the day that is looked at.

    Routes and flows are those of one day. Closures that leave some capacity make queues, which are
    the simulation's, and are passed over.

    Raises
    ------
    InputError
        With the option that makes it apply.
    """
    for row in case.scenario_closures:
        day = case.as_of
        if row.left == 0 and (day is None or not row.covers(day, day)):
            asked = f"the day looked at is {day}" if day else "no day is looked at"
            raise _elsewhere(case.scenario, row, asked)


def _elsewhere(scenario: Scenario | None, row: Closure, asked: str) -> InputError:
    until = f"to {row.end}" if row.end else "without an end"
    what = f"closure '{row.closure_id}' lasts from {row.start} {until}, and {asked}"
    start = row.start or dt.date.min
    middle = start + ((row.end or start) - start) / 2
    remedy = f'Say --as-of {middle} (as_of="{middle}").'
    return InputError(scenario.file if scenario else "scenario", what, remedy)


def not_considered(case: "Case") -> tuple[str, ...]:
    """Patches of the scenario of which nothing that was computed from `case` has read a column.

    Returns
    -------
    tuple of str
        A sentence for each, with the line of the file, without the full stop.

    Notes
    -----
    Tables keep what has been read of them. A patch whose columns nobody read cannot have changed
    the answer; of the others some may have, or not.
    """
    if case.scenario is None:
        return ()
    return tuple(
        f"{case.scenario.file}{f' line {patch.line}' if patch.line else ''}: "
        f"{', '.join(columns)} of {patch.table} was not considered: nothing here depends on it"
        for patch in case.scenario.patches
        if (columns := [*_unread(case, patch)])
    )


def same_ways(case: "Case", cargo: str) -> bool:
    """Whether the ways of a cargo class are, to the last number, those without the scenario.

    What a scenario sets becomes an estimate: the basis of numbers does not count.
    """
    one, other = (each.network(cargo) for each in (case, case.base))
    if one is other:
        return True
    if one.node_ids != other.node_ids or one.legal != other.legal:
        return False
    names = [name for name in one.steps._fields if not name.endswith("basis")]
    pairs = [*zip(one.arrays, other.arrays, strict=True)]
    pairs += [(getattr(one.steps, name), getattr(other.steps, name)) for name in names]
    return all(np.array_equal(np.asarray(mine), np.asarray(theirs)) for mine, theirs in pairs)


def _unread(case: "Case", patch: Patch) -> Iterator[str]:
    views = (case.view, *case.networks.read.values())
    tables = (table for view in views for table in (view.used(patch.table), view[patch.table]))
    read = {column for table in tables for column in table.columns_read}
    about = {*patch.values} & _ABOUT_THE_ROW or patch.kind in ("add", "remove")
    if about and not read - _ABOUT_THE_ROW:
        yield "the row" if patch.kind == "add" else "rows" if patch.kind == "remove" else "status"
    elif not about:
        changed = [name for name in patch.values if name not in ("note", "basis", "source_id")]
        if not {*changed} & read:
            yield from changed
