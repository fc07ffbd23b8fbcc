"""``lajvard fibre``: the Trans-Caspian fibre line, its route, its design and what it is worth."""

import typer

from lajvard.cli.app import app, examples

fibre = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog=examples("lajvard fibre route Siyazan Turkmenbashi"),
)
app.add_typer(fibre, name="fibre")


@fibre.callback()
def about() -> None:
    """Design the fibre line: its route, cost and failures.

    Seabed, hazards, landings and prices are rows of the corridor; the built-in seabed is coarse.
    """
