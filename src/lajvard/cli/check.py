"""``lajvard check``: what is wrong with a corridor."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lajvard.cli.app import app, examples
from lajvard.cli.options import BUILT_IN, AsJson, AsOf, CorridorPath, ScenarioFile, read
from lajvard.cli.out import counted, on_terminal, print_json, say
from lajvard.errors import InputError, Problem


@app.command(
    epilog=examples(
        "lajvard check",
        "lajvard check my-corridor",
        "lajvard check my-corridor.xlsx --strict",
        "lajvard check --as-of 2020-12-21",
        "lajvard check my-corridor --scenario my-corridor/scenarios/faster-border.yaml",
        "lajvard check my-corridor --json | python -m json.tool",
    )
)
def check(
    path: CorridorPath = BUILT_IN,
    as_of: AsOf = None,
    scenario: ScenarioFile = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    json: AsJson = False,
) -> None:
    """List what is wrong with a corridor, and what to do.

    Each line names table, row, column and value. Errors are what no computation could use.
    Warnings are what an editor should look at. Ends with exit code 2 when there are errors (with
    --strict: or warnings), else with 0. With --scenario the scenario is checked, and what the
    corridor is under it.
    """
    problems = _problems(path, as_of, scenario)
    count = {
        severity: sum(problem.severity == severity for problem in problems)
        for severity in ("error", "warning")
    }
    if json:
        listed = [asdict(problem) for problem in problems]
        numbers = {"errors": count["error"], "warnings": count["warning"]}
        print_json({"corridor": path, **numbers, "problems": listed})
    else:
        for problem in sorted(problems, key=lambda problem: problem.severity):
            _print_problem(problem)
        say(f"{path}: {counted(count['error'], 'error')}, {counted(count['warning'], 'warning')}")
    if count["error"] or (strict and problems):
        raise typer.Exit(2)


def _problems(path: str, as_of: str | None, scenario: Path | None) -> Sequence[Problem]:
    """What reading finds, or else what checking finds."""
    from lajvard.corridor import check_corridor

    try:
        corridor = read(path)
        corridor = corridor.apply(scenario) if scenario else corridor
        return check_corridor(corridor.as_of(as_of) if as_of else corridor)
    except InputError as error:
        if not error.problems:
            raise
        return error.problems


def _print_problem(problem: Problem) -> None:
    word: str = problem.severity
    if on_terminal():
        word = typer.style(word, fg="red" if word == "error" else "yellow", bold=True)
    say(f"{word}: {problem}")
