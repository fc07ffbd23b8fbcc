"""The application that the commands belong to, and what happens to errors."""

import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import lajvard
from lajvard.errors import LajvardError, exit_code
from lajvard.tables.printable import printable

DEBUG = "--debug"
ORDER = (
    *("demo", "check", "describe", "routes", "flows"),
    *("simulate", "indicators", "compare", "log"),
    *("fibre", "report", "export", "new"),
)
"""The commands as help lists them."""

RESUME = ("demo", "simulate")
"""The commands that take up what they had begun."""

INTERRUPTED = 130
"""Exit code of a command that was stopped by Ctrl-C."""


class Commands(TyperGroup):
    """The commands: errors become one message and an exit code, ``--debug`` may stand anywhere."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``--debug`` first."""
        if DEBUG in args and not ctx.resilient_parsing:
            args = [DEBUG, *(word for word in args if word != DEBUG)]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order of help."""
        return sorted(self.commands, key=ORDER.index)

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (LajvardError, OSError) as error:
            if ctx.params.get("debug") or not _is_for_the_user(error):
                raise
            typer.echo(f"Error: {printable(message(error))}", err=True)
            raise typer.Exit(exit_code(error)) from None
        except typer.BadParameter as error:
            error.message = printable(error.message)
            raise
        except KeyboardInterrupt:
            resumes = ctx.invoked_subcommand in RESUME
            goes_on = " The same command goes on where it stopped." if resumes else ""
            typer.echo(f"Stopped.{goes_on}", err=True)
            raise typer.Exit(INTERRUPTED) from None


def _is_for_the_user(error: Exception) -> bool:
    """Ours, or one of the system that names the reason, but for a reader of a pipe who left."""
    if isinstance(error, BrokenPipeError):
        return False
    return isinstance(error, LajvardError) or bool(getattr(error, "strerror", ""))


def message(error: LajvardError | OSError) -> str:
    """What an error says to the user.

    >>> message(PermissionError(13, "Permission denied", "report.html"))
    'report.html: Permission denied.'
    """
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}."
    return str(error)


def examples(*lines: str) -> str:
    """The end of a help page, kept as it is written."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


app = typer.Typer(
    name="lajvard",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,  # Rich would double the time that help takes
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples("lajvard demo", "lajvard routes Herat Istanbul", "lajvard check my-corridor"),
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"lajvard {lajvard.__version__}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and stop.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option(DEBUG, help="Show where in the program an error arose.")
    ] = False,
) -> None:
    """Observe transit corridors: describe, check, compare routes, report.

    Commands that take a corridor take a folder, a .zip or an .xlsx workbook; without one they use
    the built-in Lapis Lazuli corridor and the routes that it competes with.
    """


def main(arguments: Iterable[str] | None = None) -> None:
    """The command ``lajvard``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app(None if arguments is None else list(arguments), prog_name="lajvard")
