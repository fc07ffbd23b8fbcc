"""``lajvard indicators``: the numbers of a run, or of any journey log."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lajvard.cli.app import app, examples
from lajvard.cli.options import AsJson, words
from lajvard.cli.out import heading, print_csv, print_json, print_table, say
from lajvard.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from ibis import Table

    from lajvard.indicators import Indicator
    from lajvard.study import Run

_OF_A_LOG = ("time", "tfi1", "tfi2", "tfi3", "swd", "swod")
"""What is shown of a log when no indicator is named."""

_INSTEAD = {"utilisation": "busy_share", "load-factor": "load_share"}


def _complete_name(incomplete: str) -> Iterator[tuple[str, str]]:
    from lajvard.indicators import INDICATORS
    from lajvard.study.measures import KINDS

    for known in (INDICATORS, KINDS):
        for name, item in known.items():
            if name.startswith(incomplete):
                yield name, item.meaning


def _complete_by(incomplete: str) -> Iterator[tuple[str, str]]:
    from lajvard.indicators import DIMENSIONS

    before, comma, last = incomplete.rpartition(",")
    for name, dimension in DIMENSIONS.items():
        if name.startswith(last) and name not in before.split(","):
            yield f"{before}{comma}{name}", dimension.meaning


@app.command(
    epilog=examples(
        "lajvard indicators lajvard-run",
        "lajvard indicators lajvard-run --name station_h,line_wait_h",
        "lajvard indicators lajvard-run --name tfi1 --by bcp,direction",
        "lajvard indicators observed.csv --by country --csv",
        "lajvard indicators --list",
    )
)
def indicators(
    path: Annotated[
        Path | None,
        typer.Argument(metavar="RUN", help="Folder of a run, or a Parquet or CSV file of a log."),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="LIST", help="Which; may be repeated.", autocompletion=_complete_name),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LIST",
            help="What to tell them apart by, such as country,mode: needs a journey log.",
            autocompletion=_complete_by,
        ),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Say which there are.")] = False,
    json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one row a value.")] = False,
) -> None:
    """Print the indicators of a run or a journey log.

    Means have 95 % intervals. Those of a run are counted while it is simulated and need no log;
    they leave out its warm-up.
    Those of a journey log, CPMM's among them, can be grouped by country, mode, border and more.
    """
    if csv and json:
        raise typer.BadParameter("--csv and --json exclude each other.")
    if listing:
        _print_list(as_json=json, as_csv=csv)
        return
    if path is None:
        raise typer.BadParameter("Give the folder of a run or a log, or --list.")
    run = _opened(path)
    chosen = _chosen(run, words(name), words(by))
    _check_groups(path, run, chosen, words(by))
    rows = [row for each in chosen for row in _rows(path, run, each, words(by))]
    if json:
        print_json({"path": path.as_posix(), "by": words(by), "indicators": rows})
    elif csv:
        print_csv(_even(rows))
    elif run is not None and not any(map(_is_of_log, chosen)):
        _print_run(run, chosen)
    else:
        _print_tables(rows, words(by))


def _check_groups(path: Path, run: "Run | None", chosen: list[str], by: list[str]) -> None:
    """Stop before anything is worked out that could not be grouped so."""
    from lajvard.indicators import check_groups

    for name in chosen if by else ():
        if _is_of_log(name):
            check_groups(_log(path, run), name, by)


def _opened(path: Path) -> "Run | None":
    """The run, if it is one."""
    if not (path / "manifest.json").is_file():
        return None
    from lajvard.study import open_run

    return open_run(path)


def _is_of_log(name: str) -> bool:
    from lajvard.indicators import INDICATORS

    return name in INDICATORS


def _chosen(run: "Run | None", names: list[str], by: list[str]) -> list[str]:
    """The indicators that are asked for, all known."""
    from lajvard.indicators import INDICATORS

    measures = list(dict.fromkeys(m.name for m in run.measures)) if run else []
    known = [*measures, *INDICATORS]
    for name in names:
        if name not in known:
            remedy = did_you_mean(name, known) or "lajvard indicators --list says which there are."
            raise InputError("indicators", f"unknown indicator '{name}'", remedy)
        needs = INDICATORS[name].needs if name in INDICATORS else ""
        if needs:
            remedy = f"Of a run, {_INSTEAD[name]} is counted; in Python give `{needs}`."
            raise InputError(f"indicator '{name}'", f"needs {needs} beside the log", remedy)
    if names:
        return names
    return measures if run and not by else list(_OF_A_LOG)


def _rows(path: Path, run: "Run | None", name: str, by: list[str]) -> Iterator[dict[str, Any]]:
    """The values of an indicator."""
    from lajvard.indicators import INDICATORS

    if name in INDICATORS:
        yield from _log_rows(_log(path, run), INDICATORS[name], by)
    elif by:
        remedy = "It is listed by what it is of. Indicators of the log can be grouped."
        raise InputError(f"indicator '{name}'", "cannot be grouped by --by", remedy)
    elif run is not None:
        from lajvard.cli.simulate import measure_rows

        yield from measure_rows(run, [name])


def _log(path: Path, run: "Run | None") -> "Table":
    from lajvard.journeys import open_log

    return run.log(settled=True) if run else open_log(path)


def _log_rows(log: "Table", item: "Indicator", by: list[str]) -> Iterator[dict[str, Any]]:
    """The rows of an indicator."""
    from lajvard.indicators import indicator

    for row in indicator(log, item.name, by=by):
        yield {"indicator": item.name, "unit": item.unit} | dict(row)


def _even(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the columns of all, in the order in which they first appear."""
    columns = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in columns} for row in rows]


# ---------------------------------------------------------------- for reading


def _print_list(*, as_json: bool, as_csv: bool) -> None:
    from lajvard.indicators import INDICATORS
    from lajvard.study.measures import KINDS

    rows = [
        {"indicator": name, "unit": item.unit, "of": of, "meaning": item.meaning}
        for of, known in (("run", KINDS), ("log", INDICATORS))
        for name, item in known.items()
    ]
    if as_json:
        print_json(rows)
    elif as_csv:
        print_csv(rows)
    else:
        print_table(tuple(rows[0]), [tuple(row.values()) for row in rows])


def _print_run(run: "Run", names: Sequence[str]) -> None:
    from lajvard.cli.simulate import print_measures

    about = run.manifest
    say(f"{about.corridor.get('title', run.name)}: {about.title}")
    print_measures(run, 0, names)


def _print_tables(rows: Sequence[dict[str, Any]], by: Sequence[str]) -> None:
    """One table an indicator, with the columns that are not empty."""
    for name in dict.fromkeys(row["indicator"] for row in rows):
        part = _even([row for row in rows if row["indicator"] == name])
        shown = [c for c in part[0] if c not in ("indicator", "unit", "of", "enough", "warning")]
        shown = [c for c in shown if c in by or any(row[c] is not None for row in part)]
        heading(f"{name}, {part[0]['unit']}")
        print_table(shown, [tuple(_text(row[c]) for c in shown) for row in part])
        few = sum(bool(row.get("warning")) for row in part)
        if few:
            say(f"Caution: {few} of {len(part)} rest on too few observations to say.")
    say()
    say("low and high are the 95 % interval of the mean; n counts observations.")


def _text(cell: Any) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "-"
    if not isinstance(cell, float):
        return str(cell)
    size = abs(cell)
    return f"{cell:,.0f}" if size >= 1000 else f"{cell:.1f}" if size >= 10 else f"{cell:.3g}"
