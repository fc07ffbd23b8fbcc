"""Checks of single tables: columns, cells, keys, identifiers, sources and dates."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor.checks.findings import Findings, Guess
from lajvard.corridor.conflicts import same_key, validity
from lajvard.corridor.corridor import Corridor
from lajvard.corridor.formats.gmns_rules import LINK_FIELDS, NODE_FIELDS
from lajvard.corridor.table import Table
from lajvard.errors import did_you_mean
from lajvard.names import fold
from lajvard.schema import Column, bad_cells, first_day, last_day
from lajvard.schema.cells import is_date, items

ESTIMATE = "estimate"
"""Stands as source of what the editors chose; it needs no row in the table of sources."""

_PERIODS = (("since", "until"), ("start_date", "end_date"), ("period_start", "period_end"))
_SOURCES = (("basis", "source_id"), ("speed_basis", "speed_source_id"))
_EMPTY = {"source_id": "no source", "basis": "no basis"}
_FILL = {
    "source_id": "Name publications of source.csv, or write estimate and say in note how.",
    "speed_source_id": "Name publications of source.csv, or write estimate and say in note how.",
    "basis": "Write published, derived or estimate.",
}
_LOOK = dict.fromkeys(
    ("x_coord", "y_coord"), "x_coord is the longitude, y_coord the latitude, both in degrees."
)
_FLAGS = {"true": "yes", "1": "yes", "y": "yes", "false": "no", "0": "no", "n": "no"}


def check_table(corridor: Corridor, table: Table, findings: Findings) -> None:
    """Report all that is wrong within the rows of one table."""
    _check_columns(table, findings)
    for name in table.columns:
        column = table.schema.columns.get(name)
        if column is not None:
            _check_cells(table, column, findings)
    for column in table.schema.columns.values():
        if column.needed_if is not None:
            _check_needed(table, column, *column.needed_if, findings)
    _check_keys(table, findings)
    for column in table.schema.references:
        _check_ids(corridor, table, column, findings)
    _check_sources(table, findings)
    _check_dates(table, findings)


def _check_columns(table: Table, findings: Findings) -> None:
    known = table.schema.columns
    missing = [name for name in known if name not in table.cells]
    of_gmns = {"node": NODE_FIELDS, "link": LINK_FIELDS}.get(table.name, ())
    for name in table.columns:
        if name in known or (name in of_gmns and name != "toll"):  # exports write the latter
            continue
        remedy = did_you_mean(name, missing) or "It is kept and not used."
        if name == "toll":
            remedy = "Costs come from tariff.csv; only the export to GMNS writes it."
        findings.add_to_table("warning", table.name, name, [name], "unknown column", remedy)
    for name in missing:
        if known[name].need != "optional" and len(table):
            remedy = f"Add it; it holds {known[name].meaning}."
            findings.add_to_table("error", table.name, name, [name], "no column", remedy)


def _check_cells(table: Table, column: Column, findings: Findings) -> None:
    cells = table.cells[column.name]
    if column.need != "optional" and "" in cells:
        empty = [ix for ix, cell in enumerate(cells) if not cell]
        findings.add(
            "error",
            table,
            empty,
            column.name,
            _EMPTY.get(column.name, "the cell is empty"),
            remedy=_FILL.get(column.name, f"Fill it in: {column.meaning}."),
        )
    bad = bad_cells(column, cells)
    findings.add(
        "error",
        table,
        bad,
        column.name,
        f"expected {column.expected}, found",
        remedy=lambda ix: _rewrite(column, cells[ix]),
    )


def _check_needed(
    table: Table, column: Column, other: str, words: tuple[str, ...], findings: Findings
) -> None:
    """Empty cells of a column that rows of one kind need."""
    cells, kinds = table.text(column.name), table.text(other)
    empty = [
        ix
        for ix, (cell, kind) in enumerate(zip(cells, kinds, strict=True))
        if not cell and (kind in words if words else kind)
    ]
    message = f"the cell is empty, and {other} is"
    findings.add(
        "error",
        table,
        empty,
        column.name,
        message,
        value=lambda ix: kinds[ix],
        remedy=f"Fill it in: {column.meaning}.",
    )


def _rewrite(column: Column, cell: str) -> str:
    """How to write `cell` so that `column` understands it, if that can be told."""
    for text in _readings(column, cell):
        if text and not bad_cells(column, [text]):
            return f"Write {text}."
    if column.allowed:
        wrong = [item for item in items(cell) if item not in column.allowed] or [cell]
        return did_you_mean(wrong[0], column.allowed)
    return _LOOK.get(column.name, "")


def _readings(column: Column, cell: str) -> Iterable[str]:
    """What `cell` may have been meant to say."""
    plain = cell.strip()
    yield plain
    if column.type in ("number", "integer"):
        yield plain.replace(",", ".")
        yield plain.replace(" ", "").replace("\u00a0", "").removesuffix(column.unit)
    elif column.type == "flag":
        yield _FLAGS.get(plain.casefold(), plain.casefold())
    elif column.type == "time":
        yield plain.zfill(5)
    elif column.type == "date":
        parts = plain.replace(".", "-").replace("/", "-").split("-")
        yield "-".join(part.zfill(2) for part in parts)
        yield "-".join(part.zfill(2) for part in reversed(parts))
    elif column.type == "country":
        yield plain.upper()
    elif column.type == "category":
        yield plain.casefold().replace(" ", "_")


def _check_keys(table: Table, findings: Findings) -> None:
    """Of the rows that state one thing on one day, exactly one is used."""
    if not all(name in table.cells for name in table.schema.key):
        return
    used = _used(table)
    groups = same_key(table)
    key = table.schema.key[0]
    twice: dict[int, int] = {}
    unused = set(np.flatnonzero(~used).tolist())
    for rows in groups.values():
        start, end = validity(table, rows)
        twice |= dict(_used_twice(rows, used[rows], start, end))
        for place, ix in enumerate(rows):
            if ix in unused and (used[rows] & (start <= end[place]) & (end >= start[place])).any():
                unused.discard(ix)
    findings.add(
        "error",
        table,
        sorted(twice),
        key,
        "the key is used twice",
        detail=lambda ix: f"(also in row {table.rows[twice[ix]]}), found",
        value=lambda ix: " ".join(table.keys()[ix]),
        remedy="Write no in used where a competing figure is kept, give dates that do not "
        "overlap, or delete a copy."
        if table.name != "source"
        else "Keep one of them.",
    )
    findings.add(
        "error",
        table,
        sorted(unused),
        "used",
        "no row that states this is used",
        value=lambda ix: " ".join(table.keys()[ix]),
        remedy="Write yes in used in one of them.",
    )


def _used(table: Table) -> NDArray[np.bool_]:
    """Which rows are used; a cell that is neither yes nor no is no reason to drop a row."""
    if table.name == "source":
        return np.ones(len(table), dtype=np.bool_)
    return np.array([cell != "no" for cell in table.text("used")], dtype=np.bool_)


def _used_twice(
    rows: Sequence[int],
    used: NDArray[np.bool_],
    start: NDArray[np.datetime64],
    end: NDArray[np.datetime64],
) -> Iterable[tuple[int, int]]:
    """Pairs of used rows that overlap in time: (row, the one before it)."""
    latest = -1
    for place in np.lexsort((np.arange(len(rows)), start)).tolist():
        if not used[place]:
            continue
        if latest >= 0 and start[place] <= end[latest]:
            yield max(rows[place], rows[latest]), min(rows[place], rows[latest])
        if latest < 0 or end[place] > end[latest]:
            latest = place


def _check_ids(corridor: Corridor, table: Table, column: Column, findings: Findings) -> None:
    cells = table.cells.get(column.name)
    if cells is None or column.refers_to is None:
        return
    target, name = column.refers_to
    there = corridor[target]
    known = set(there.text(name)) - {""}
    if target == "source":
        known.add(ESTIMATE)
    distinct = set(cells) - {""}
    if column.type == "list":
        asked = {cell: items(cell) for cell in distinct}
        wrong = {
            cell: unknown
            for cell, ids in asked.items()
            if (unknown := [one for one in ids if one not in known])
        }
    else:
        wrong = {cell: [cell] for cell in distinct - known}
    rows = [ix for ix, cell in enumerate(cells) if cell in wrong]
    if not len(there) and len(rows) > 1:
        _check_absent(table, column.name, target, rows, findings)
        return
    guess = Guess(known)
    names = _names(there, name)
    findings.add(
        "error",
        table,
        rows,
        column.name,
        f"unknown {target.replace('_', ' ')}",
        value=lambda ix: "', '".join(wrong[cells[ix]]),
        remedy=lambda ix: _instead(wrong[cells[ix]][0], guess, names, target),
    )


def _check_absent(
    table: Table, column: str, target: str, rows: Sequence[int], findings: Findings
) -> None:
    """Say once that a table is not there, rather than once for each row that names one of it."""
    findings.add(
        "error",
        table,
        rows[:1],
        column,
        f"there is no row in {target}.csv, yet {len(rows):,} rows here name one, such as",
        remedy=f"Add {target}.csv; lajvard new writes an example.",
    )


def _names(there: Table, key: str) -> dict[str, str]:
    """Identifiers by the names that readers know."""
    if "name" not in there.cells:
        return {}
    names = zip(there.text("name"), there.text(key), strict=True)
    return {fold(name): known for name, known in names}


def _instead(wrong: str, guess: Guess, names: dict[str, str], target: str) -> str:
    meant = names.get(fold(wrong))
    if meant is not None and meant != wrong:
        return f"Did you mean '{meant}'?"
    return guess(wrong) or f"Add it to {target}.csv, or leave the cell empty if nothing is meant."


def _check_sources(table: Table, findings: Findings) -> None:
    for basis, source in _SOURCES:
        if basis in table.cells and source in table.schema.columns:
            _check_published(table, basis, source, findings)


def _check_published(table: Table, basis: str, source: str, findings: Findings) -> None:
    """What is published names a publication; that every row has a source is checked elsewhere."""
    sources = table.text(source)
    nothing = {cell for cell in set(sources) if not set(items(cell)) - {ESTIMATE}}
    rows = [
        ix
        for ix, word in enumerate(table.text(basis))
        if word == "published" and sources[ix] in nothing
    ]
    findings.add(
        "error",
        table,
        [ix for ix in rows if sources[ix] or table.schema.columns[source].need == "optional"],
        source,
        f"{basis} is published but no publication is named, found",
        value=lambda ix: sources[ix] or "nothing",
        remedy="Name the source, or write estimate as the basis.",
    )


def _check_dates(table: Table, findings: Findings) -> None:
    for start, end in _PERIODS:
        if start in table.cells and end in table.cells:
            _check_period(table, start, end, findings)


def _check_period(table: Table, start: str, end: str, findings: Findings) -> None:
    starts, ends = table.text(start), table.text(end)
    findings.add(
        "error",
        table,
        [ix for ix, cell in enumerate(ends) if cell and _is_before(cell, starts[ix])],
        end,
        "ends before it starts",
        detail=lambda ix: f"on {starts[ix]}, found",
        remedy=f"Look whether {start} and {end} are exchanged.",
    )


def _is_before(end: str, start: str) -> bool:
    return is_date(end) and is_date(start) and last_day(end) < first_day(start)
