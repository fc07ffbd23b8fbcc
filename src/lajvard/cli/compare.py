"""``lajvard compare``: how runs differ, and whether it is more than chance."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lajvard.cli.app import app, examples
from lajvard.cli.options import AsJson
from lajvard.cli.out import counted, heading, print_csv, print_json, print_table, say

if TYPE_CHECKING:
    from lajvard.study import Change, Comparison, Difference

_KEY = (
    *(("journey_h", "flow"), ("station_h", "station"), ("line_wait_h", "line")),
    *(("permit_wait_h", "permit"), ("cost_usd", "flow"), ("emission_kgco2e", "flow")),
)
"""The indicators that are listed beside those of the whole corridor, and by what."""
_LONGEST = 6
"""Clear changes of each that are listed."""


@app.command(
    epilog=examples(
        "lajvard compare lajvard-run etir",
        "lajvard compare lajvard-run etir pandemic --all",
        "lajvard compare lajvard-run etir --json",
    )
)
def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN", help="Folders of runs; the first is the base."),
    ],
    level: Annotated[
        float, typer.Option(metavar="SHARE", min=0.5, max=0.999, help="Confidence of intervals.")
    ] = 0.95,
    everything: Annotated[
        bool, typer.Option("--all", help="List all changes, also those that may be chance.")
    ] = False,
    json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one row a change.")] = False,
) -> None:
    """Compare runs, replication by replication.

    Runs of one seed meet the same weather and the same demand, so that differences are known far
    better than the runs themselves. A change is clear when its interval leaves zero out; the
    changes of the whole corridor are always listed.
    """
    if csv and json:
        raise typer.BadParameter("--csv and --json exclude each other.")
    if len(runs) < 2:
        raise typer.BadParameter("Give the folders of at least two runs, the base first.")
    from lajvard.study import compare_runs, open_run

    base, *others = (open_run(folder) for folder in runs)
    found = compare_runs(base, *others, level=level)
    if json:
        print_json(_as_dict(found))
    elif csv:
        print_csv([*found.records()])
    else:
        _print(found, everything)


def _as_dict(found: "Comparison") -> dict[str, Any]:
    return {
        "base": found.base.name,
        "others": [run.name for run in found.others],
        "level": found.level,
        "replications": found.n,
        "changes": [*found.records()],
        "only_in_one": [list(keys) for keys in found.missing],
        "cautions": list(found.cautions),
    }


def _print(found: "Comparison", everything: bool) -> None:
    for at, run in enumerate(found.others):
        if at:
            say()
        say(f"{run.name} ({run.manifest.title}) against {found.base.name}")
        changes = [change for change in found.changes if change.run == at]
        shown = changes if everything else _chosen(changes)
        heading(f"{counted(found.n, 'replication')} side by side")
        heads = ("what", "of", "base", "other", "change", "±", "%", "unit", "clear")
        print_table(heads, [_row(change) for change in shown])
        if len(shown) < len(changes):
            clear = sum(change.difference.is_clear for change in changes)
            say(f"{clear} of {len(changes)} are clear; --all lists all.")
        if found.missing[at]:
            say(f"Only in one of the two: {counted(len(found.missing[at]), 'measure')}.")
    say()
    say(f"± is the half-width of the {100 * found.level:g} % interval of the paired difference.")
    for caution in found.cautions:
        say(f"Caution: {caution}.")


def _chosen(changes: "Sequence[Change]") -> "list[Change]":
    """Those of the whole corridor, then the largest clear ones of each key indicator."""
    whole = [change for change in changes if not change.measure.of]
    clear = [change for change in changes if change.measure.of and change.difference.is_clear]
    clear.sort(key=lambda change: -abs(change.difference.change.value))
    parts = [[c for c in clear if (c.measure.name, c.measure.by) == key][:_LONGEST] for key in _KEY]
    return [*whole, *(change for part in parts for change in part)]


def _row(change: "Change") -> tuple[str, ...]:
    found, measure = change.difference, change.measure
    decimals = _decimals(found)
    base, other = (f"{each.value:,.{decimals}f}" for each in (found.base, found.other))
    share = f"{100 * found.share:+.1f}" if found.base.value else "-"
    return (
        measure.meaning,
        measure.of or "the whole corridor",
        base,
        other,
        f"{found.change.value:+,.{decimals}f}",
        f"{found.change.half_width:,.{decimals}f}" if found.change.n > 1 else "-",
        share,
        measure.unit,
        "yes" if found.is_clear else "no",
    )


def _decimals(found: "Difference") -> int:
    """As many as the interval of the change is worth."""
    half = found.change.half_width
    size = half if half > 0 else abs(found.base.value)
    return 0 if size >= 10 else 1 if size >= 1 else 2 if size >= 0.1 else 3
