"""Scenarios: named sets of assumptions, written as patches on the tables of a corridor.

::

    name: faster-border
    title: Two hours at the Red Bridge
    patches:
      - set: procedure
        where: {node_id: AZKRM, direction: outbound}
        to: {mean_h: 2}
      - scale: tariff
        where: {item: haulage, country: [AZ, GE]}
        by: {value: 1.1}
      - add: transfer
        row: {transfer_id: T1, node_id: AZALT, from_mode: road, to_mode: sea, mean_h: 6}
      - remove: link
        where: {link_id: AFTGD-TMSBT-road}

`scenario_read` reads them, `scenario_write` writes them, and `scenario_apply` says what they do.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lajvard.errors import Problem, did_you_mean
from lajvard.schema import TABLES, Column, bad_cells
from lajvard.schema.cells import numbers

Kind = Literal["set", "scale", "add", "remove"]
Texts = Mapping[str, str]

ANY = "*"
"""In ``where``: whatever the cell holds, as long as it holds something."""

PARTS: Mapping[Kind, tuple[str, ...]] = {
    "set": ("where", "to"),
    "scale": ("where", "by"),
    "add": ("row",),
    "remove": ("where",),
}
"""What stands beside each operation; the last part holds the values, but of remove."""

_NOT_GIVEN = frozenset({"used", "status", "basis", "source_id"})
"""Required or common columns that a row added by a scenario need not state."""


@dataclass(frozen=True)
class Patch:
    """One change of one table.

    Attributes
    ----------
    where
        Which rows: column and the values of which the cell must hold one. Empty means all.
    values
        New text (set), factors (scale) or cells (add) by column.
    line
        Line of the file, 0 when there is none.
    lines
        Lines of the columns in ``where`` and in ``values``, as ``where.column`` and ``column``.

    Two patches are equal when they change the same, wherever they are written.
    """

    kind: Kind
    table: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Texts = field(default_factory=dict)
    line: int = field(default=0, compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Scenario:
    """A named set of assumptions.

    Attributes
    ----------
    file
        The file that it was read from, for messages; scenarios of two files may be equal.
    """

    name: str
    title: str = ""
    description: str = ""
    patches: tuple[Patch, ...] = ()
    file: str = field(default="scenario", compare=False)


def patch_problems(patch: Patch, file: str = "scenario") -> list[Problem]:
    """What is wrong with a patch, whatever the corridor: table, columns and values."""
    if patch.table not in TABLES:
        remedy = did_you_mean(patch.table, [*TABLES]) or f"Tables are: {', '.join(TABLES)}."
        line = patch.line or None
        return [Problem("error", file, line, patch.kind, patch.table, "unknown table", remedy)]
    found = [*_wrong_columns(patch), *_wrong_where(patch), *_wrong_values(patch)]
    return [
        Problem("error", file, patch.lines.get(key, patch.line) or None, column, value, *words)
        for key, column, value, words in found
    ]


_Found = tuple[str, str, str | None, tuple[str, str]]
"""Key in `Patch.lines`, column or part, value, message and remedy."""


def _wrong_columns(patch: Patch) -> Iterator[_Found]:
    known = TABLES[patch.table].columns
    last = PARTS[patch.kind][-1]
    for part, names in (("where", patch.where), (last, patch.values)):
        for name in names:
            if name not in known:
                remedy = did_you_mean(name, [*known]) or f"Columns are: {', '.join(known)}."
                key = f"where.{name}" if part == "where" else name
                yield key, part, name, (f"table {patch.table} has no column", remedy)
    if not patch.values and patch.kind != "remove":
        words = ("changes nothing", "Name a column and a value.")
        yield last, last, None, words


def _wrong_where(patch: Patch) -> Iterator[_Found]:
    for name, wanted in patch.where.items():
        column = TABLES[patch.table].columns.get(name)
        if column is None or column.type == "list":
            continue
        texts = [text for text in wanted if text != ANY]
        for ix in bad_cells(column, texts):
            remedy = did_you_mean(texts[ix], column.allowed)
            words = (f"expected {column.expected}, found", remedy)
            yield f"where.{name}", name, texts[ix], words


def _wrong_values(patch: Patch) -> Iterator[_Found]:
    columns = TABLES[patch.table].columns
    for name, text in patch.values.items():
        column = columns.get(name)
        if column is not None:
            words = (
                _wrong_factor(column, text)
                if patch.kind == "scale"
                else _wrong_value(column, text, is_new=patch.kind == "add")
            )
            if words[0]:
                yield name, name, text or None, words
    if patch.kind == "add":
        for name, column in columns.items():
            if column.need != "optional" and name not in {*patch.values, *_NOT_GIVEN}:
                words = (f"a new {patch.table} needs", f"Fill it in: {column.meaning}.")
                yield "", "row", name, words


def _wrong_factor(column: Column, text: str) -> tuple[str, str]:
    if column.type not in ("number", "integer"):
        return f"cannot scale {column.name}, which holds {column.expected}, by", "Use set."
    factor = float(numbers([text])[0]) if text else math.nan
    if not (math.isfinite(factor) and factor >= 0):
        return "expected a factor, a number of at least 0, found", ""
    return "", ""


def _wrong_value(column: Column, text: str, *, is_new: bool) -> tuple[str, str]:
    if column.need == "key" and not is_new:
        return "the key of a row cannot be set, found", "Remove the row and add another."
    if column.name == "basis" and text == "published":
        return "the values of a scenario are assumptions, not", "Write estimate or derived."
    if not text and column.need != "optional":
        return f"expected {column.expected}, found nothing", ""
    if bad_cells(column, [text]):
        return f"expected {column.expected}, found", did_you_mean(text, column.allowed)
    return "", ""
