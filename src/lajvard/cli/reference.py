"""The page of the documentation that lists every command, made from the commands themselves."""

from collections.abc import Iterator
from typing import Any

import typer
from typer.main import get_command

from lajvard.cli.app import ORDER, app
from lajvard.errors import EXIT_CODES

_INTRODUCTION = """\
# Commands

`lajvard COMMAND --help` says the same on the terminal, and `python -m lajvard` is `lajvard` too.

On a terminal, tables fit its width and progress is shown. In a pipe or a file there is plain text
only, without colours or progress. `--json` prints JSON whose keys carry units, `--csv` prints
a table. Answers go to the standard output, errors to the error stream.

Where a corridor is asked for, give a folder of CSV tables, a `.zip` of one, an `.xlsx` workbook, or
the word `built-in`. A place is given by its id (`AFHEA`) or its name (`Herat`).

`lajvard --install-completion` lets the shell complete commands, options, places, cargo classes,
criteria and tables. Start a new shell after it.
"""

_CODES = {
    0: "It worked. For `check`: no error (there may be warnings).",
    1: "Something else: a file that cannot be written, a fault of Lajvard.",
    2: "Something that was given is wrong: an unknown name, a corridor with errors, an option.",
    3: "There is no answer: no route under the constraints, a search that did not end.",
    130: "Stopped from the keyboard.",
}


def reference_page() -> str:
    """The page as Markdown."""
    group: Any = get_command(app)
    with typer.Context(group, info_name="lajvard") as parent:
        parts = [_INTRODUCTION, _exit_codes(), "## lajvard\n", *_options(group, parent)]
        for name in ORDER:
            command = group.commands[name]
            with typer.Context(command, info_name=name, parent=parent) as ctx:
                parts += _section(name, command, ctx)
    return "\n".join(parts).rstrip() + "\n"


def _exit_codes() -> str:
    named: dict[int, list[str]] = {}
    for kind, code in EXIT_CODES.items():
        named.setdefault(code, []).append(f"`{kind.__name__}`")
    rows = [
        f"| {code} | {meaning} | {', '.join(named.get(code, []))} |"
        for code, meaning in _CODES.items()
    ]
    head = ["## Exit codes", "", "| code | meaning | error in Python |", "|---|---|---|"]
    after = "`--debug` shows where in the program an error arose. It may stand anywhere."
    return "\n".join([*head, *rows, "", after, ""])


def _section(name: str, command: Any, ctx: Any, level: str = "##") -> Iterator[str]:
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    yield f"{level} lajvard {name}\n"
    yield f"```text\n{usage}\n```\n"
    yield f"{command.help}\n"
    yield from _options(command, ctx)
    lines = [line.strip() for line in (command.epilog or "").splitlines()[2:]]
    yield "\n".join(["```text", *(f"$ {line}" for line in lines), "```", ""])
    for word, part in getattr(command, "commands", {}).items():
        with typer.Context(part, info_name=word, parent=ctx) as inner:
            yield from _section(f"{name} {word}", part, inner, f"{level}#")


def _options(command: Any, ctx: Any) -> Iterator[str]:
    records = [param.get_help_record(ctx) for param in command.get_params(ctx)]
    rows = [f"| `{_cell(names)}` | {_cell(text)} |" for names, text in filter(None, records)]
    yield "\n".join(["| argument or option | meaning |", "|---|---|", *rows, ""])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
