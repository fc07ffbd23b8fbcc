"""``lajvard log``: journey logs, simulated or observed, as files."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lajvard.cli.app import app, examples
from lajvard.cli.options import AsJson, read
from lajvard.cli.out import counted, print_csv, print_json, print_table, say
from lajvard.errors import InputError

if TYPE_CHECKING:
    from ibis import Table

log = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog=examples("lajvard log check observed.csv", "lajvard log head lajvard-run"),
)
app.add_typer(log, name="log")

LogPath = Annotated[
    Path,
    typer.Argument(metavar="PATH", help="Folder of a run, or a Parquet or CSV file of a log."),
]
_ORDER = ("run_id", "replication", "journey_id", "seq")


@log.callback()
def about() -> None:
    """Check a journey log, show it, or write it as a file.

    A row of a log is one activity of one journey, whether it happened or was simulated.
    """


@log.command(
    epilog=examples(
        "lajvard log check lajvard-run",
        "lajvard log check observed.csv --gap 0.5",
        "lajvard log check observed.csv --corridor my-corridor --json",
    )
)
def check(
    path: LogPath,
    corridor: Annotated[
        str | None,
        typer.Option(
            "--corridor",
            metavar="PATH",
            help="Folder, .zip or .xlsx of the corridor whose places the log may name, or the "
            "word built-in. By default places are not checked.",
        ),
    ] = None,
    gap: Annotated[
        float, typer.Option(metavar="H", min=0, help="Hours between activities that are no gap.")
    ] = 0.0,
    json: AsJson = False,
) -> None:
    """List what cannot be in a journey log.

    Overlaps, time that goes backwards, unknown words and places are errors, gaps are warnings.
    Ends with exit code 2 when there are errors, else with 0.
    """
    from lajvard.journeys import check_log, open_log

    described = read(corridor) if corridor else None
    problems = check_log(open_log(path), described, gap_s=gap * 3600)
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    if json:
        listed = [asdict(problem) for problem in problems]
        numbers = {"errors": errors, "warnings": warnings}
        print_json({"log": path.as_posix(), **numbers, "problems": listed})
    else:
        for problem in problems:
            say(f"{problem.severity}: {problem}")
        say(f"{path}: {counted(errors, 'error')}, {counted(warnings, 'warning')}")
    if errors:
        raise typer.Exit(2)


@log.command(
    epilog=examples(
        "lajvard log head lajvard-run",
        "lajvard log head lajvard-run --journey 17 --replication 3",
        "lajvard log head observed.csv --rows 50 --csv",
    )
)
def head(
    path: LogPath,
    rows: Annotated[int, typer.Option(metavar="N", min=1, help="Rows to list at most.")] = 20,
    journey: Annotated[
        str | None, typer.Option(metavar="ID", help="Only the rows of this journey.")
    ] = None,
    replication: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Only the rows of this replication.")
    ] = None,
    json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one row an activity.")] = False,
) -> None:
    """Show the first rows of a journey log, journey by journey."""
    if csv and json:
        raise typer.BadParameter("--csv and --json exclude each other.")
    from lajvard.journeys import open_log

    opened = open_log(path)
    chosen = _first(opened, journey, replication)
    found = [_row(row) for row in chosen.limit(rows).to_pyarrow().to_pylist()]
    if json:
        print_json({"log": path.as_posix(), "rows": found})
    elif csv:
        print_csv(found)
    else:
        _print_rows(found, int(chosen.count().to_pyarrow().as_py()))


def _first(opened: "Table", journey: str | None, replication: int | None) -> "Table":
    """The rows in their order, of one journey or replication if asked."""
    if journey is not None:
        opened = opened.filter(opened.journey_id == journey)
    if replication is not None:
        opened = opened.filter(opened.replication == replication)
    return opened.order_by(_ORDER)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its moments as text (UTC)."""
    moments = ("start", "end")
    return row | {name: row[name].isoformat(" ") for name in moments if row[name] is not None}


def _print_rows(rows: Sequence[dict[str, Any]], count: int) -> None:
    """The columns that a reader follows a journey by."""
    shown = ("replication", "journey_id", "seq", "activity", "start", "end")
    lines = [
        (
            *(_text(row[name]) for name in shown),
            _text(row["node_id"] or row["link_id"]),
            _text(row["distance_km"]),
            _text(row["cost_usd"]),
        )
        for row in rows
    ]
    heads = ("repl.", "journey", "seq", "activity", "start (UTC)", "end (UTC)", "place")
    print_table((*heads, "km", "USD"), lines)
    if count > len(rows):
        say(f"and {count - len(rows):,} more; --rows shows more, lajvard log export all of them.")


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return f"{cell:,.1f}" if isinstance(cell, float) else str(cell)


@log.command(
    name="export",
    epilog=examples(
        "lajvard log export lajvard-run log.csv", "lajvard log export lajvard-run log.parquet"
    ),
)
def export_log(
    path: LogPath,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="File to write: .csv or .parquet.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what is there already.")
    ] = False,
) -> None:
    """Write a journey log as one file for a spreadsheet or a database.

    Rows are in the order of run, replication, journey and activity; moments are UTC.
    """
    write = _writer(out)
    if out.exists() and not overwrite:
        raise InputError(str(out), "is there already", "Choose another name, or say --overwrite.")
    from lajvard.corridor.write import write_atomically
    from lajvard.journeys import open_log

    rows = open_log(path).order_by(_ORDER)
    write_atomically(out, lambda part: write(rows, part))
    say(f"{out}")


def _writer(out: Path) -> "Callable[[Table, Path], object]":
    writers: dict[str, Callable[[Table, Path], object]] = {
        ".csv": lambda rows, part: rows.to_csv(part),
        ".parquet": lambda rows, part: rows.to_parquet(part),
    }
    if out.suffix.lower() not in writers:
        raise typer.BadParameter(f"'{out}' should end in .csv or .parquet.")
    return writers[out.suffix.lower()]
