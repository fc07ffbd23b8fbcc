"""``lajvard describe``: what a corridor holds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lajvard.cli.app import app, examples
from lajvard.cli.options import BUILT_IN, AsJson, AsOf, CorridorPath, complete_table, read
from lajvard.cli.out import heading, print_json, print_table, say

if TYPE_CHECKING:
    from lajvard.corridor import Corridor, Table
    from lajvard.corridor.conflicts import Conflict

_WIDEST = 40
_CLOSURE = ("closure_id", "kind", "start_date", "end_date", "effect", "events_per_year", "reason")


@app.command(
    epilog=examples(
        "lajvard describe",
        "lajvard describe my-corridor",
        "lajvard describe --table node --limit 0",
        "lajvard describe --table procedure --json",
        "lajvard describe --as-of 2020-12-21",
    )
)
def describe(
    path: CorridorPath = BUILT_IN,
    table: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Show one table.", autocompletion=complete_table),
    ] = None,
    as_of: AsOf = None,
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="Rows to list at most; 0 lists all.")
    ] = 20,
    json: AsJson = False,
) -> None:
    """Say what a corridor holds, by table.

    Without --table: rows of each table and what they rest on, quantities that were published with
    different values, and closures. With --table: its columns and rows.
    """
    corridor = read(path)
    if as_of:
        corridor = corridor.as_of(as_of)
    if table and json:
        print_json(_table_dict(corridor[table]))
    elif table:
        _print_columns(corridor[table])
        _print_rows(corridor[table], limit)
    elif json:
        print_json(_corridor_dict(corridor))
    else:
        _print_corridor(corridor, limit)


# ---------------------------------------------------------------- a corridor


def _counts(corridor: "Corridor") -> dict[str, dict[str, int]]:
    """Rows of each table: all, used, and used by basis."""
    from lajvard.corridor.quality import data_quality

    by_basis = {quality.table: quality.by_basis for quality in data_quality(corridor)}
    return {
        table.name: {"rows": len(table), "used": len(table.used())}
        | dict(by_basis.get(table.name, {}))
        for table in corridor
    }


def _print_corridor(corridor: "Corridor", limit: int) -> None:
    say(corridor.title)
    if corridor.description:
        say(corridor.description)
    if corridor.date:
        say(f"As of {corridor.date}.")
    heading("Tables")
    columns = ("rows", "used", "published", "derived", "estimate")
    rows = [
        [
            name,
            *(str(counts.get(column) or "") for column in columns),
            corridor[name].schema.meaning,
        ]
        for name, counts in _counts(corridor).items()
        if counts["rows"]
    ]
    print_table(("table", *columns, "a row is"), rows)
    conflicts = corridor.conflicts()
    if conflicts:
        heading(f"Published with different values: {len(conflicts)}")
        print_table(
            ("table", "which", "what", "used", "other"),
            [line for conflict in conflicts[: limit or None] for line in _conflict_rows(conflict)],
        )
        _say_more(len(conflicts), limit)
    closures = corridor.used("closure")
    if len(closures):
        heading(f"Closures: {len(closures)}")
        _print_some(closures, limit, _CLOSURE)
    say()
    say("lajvard describe --table NAME shows the columns and rows of a table.")


def _conflict_rows(conflict: "Conflict") -> list[list[str]]:
    used = conflict.used
    others = [statement for statement in conflict.statements if statement is not used]
    return [
        [
            conflict.table,
            " ".join(conflict.key),
            column,
            used.values[at] if used else "",
            ", ".join(dict.fromkeys(other.values[at] for other in others if other.values[at])),
        ]
        for at, column in enumerate(conflict.columns)
    ]


def _corridor_dict(corridor: "Corridor") -> dict[str, Any]:
    return {
        "name": corridor.name,
        "title": corridor.title,
        "description": corridor.description,
        "as_of": corridor.date.isoformat() if corridor.date else None,
        "tables": _counts(corridor),
        "conflicts": [
            {
                "table": conflict.table,
                "key": list(conflict.key),
                "statements": [
                    {
                        "row": statement.row,
                        "used": statement.used,
                        "basis": statement.basis,
                        "sources": list(statement.sources),
                        "values": dict(zip(conflict.columns, statement.values, strict=True)),
                    }
                    for statement in conflict.statements
                ],
            }
            for conflict in corridor.conflicts()
        ],
        "closures": [*corridor.used("closure").dicts()],
    }


# ---------------------------------------------------------------- a table


def _table_dict(table: "Table") -> dict[str, Any]:
    columns = [
        {
            "name": column.name,
            "type": column.type,
            "unit": column.unit or None,
            "need": column.need,
            "meaning": column.meaning,
        }
        for column in table.schema.columns.values()
    ]
    return {"table": table.name, "columns": columns, "rows": [*table.dicts()]}


def _print_columns(table: "Table") -> None:
    say(f"{table.name}: {table.schema.meaning}")
    heading("Columns")
    rows = [
        [column.name, column.need, column.expected, column.meaning]
        for column in table.schema.columns.values()
    ]
    print_table(("column", "need", "holds", "meaning"), rows)


def _print_rows(table: "Table", limit: int) -> None:
    heading(f"Rows: {len(table)}")
    if len(table):
        _print_some(table, limit)
        say("--json gives every cell, notes and sources too.")


def _print_some(table: "Table", limit: int, columns: Sequence[str] = ()) -> None:
    """The first rows, in some columns or in those that say something."""
    some = table.select(range(min(limit or len(table), len(table))))
    shown = [
        name
        for name in columns or table.columns
        if name not in ("note", "source_id") and any(some.cells.get(name, ()))
    ]
    print_table(shown, [[_short(row.get(name, "")) for name in shown] for row in some.dicts()])
    _say_more(len(table), limit)


def _short(cell: str) -> str:
    return cell if len(cell) <= _WIDEST else f"{cell[: _WIDEST - 1]}…"


def _say_more(count: int, limit: int) -> None:
    if limit and count > limit:
        say(f"and {count - limit} more; --limit 0 shows all.")
