"""What commands print: tables on a terminal, plain columns in a pipe, JSON and CSV for programs."""

import csv
import io
import json
import math
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from lajvard.progress import Progress
from lajvard.tables.printable import printable

if TYPE_CHECKING:
    from lajvard.tables import ResultTable

_NUMBER = re.compile(r"[-+<>]?[\d,.]*\d( %)?|-|")

_GAP = 2
"""Spaces between columns."""

_LEAST = 8
"""Text columns are not made narrower."""

Tell = Callable[[str | Progress], None]
"""Says what is being done."""


def on_terminal() -> bool:
    """Whether a person reads what is printed."""
    return sys.stdout.isatty()


def say(text: str = "") -> None:
    """Print a line; on a terminal it is broken between words."""
    text = printable(text)
    width = shutil.get_terminal_size().columns
    if on_terminal() and len(text) > width:
        text = "\n".join(textwrap.fill(line, width) for line in text.splitlines())
    typer.echo(text)


def note(text: str, *, aside: bool) -> None:
    """Print what a reader of results should know; `aside`, where the output is for a program."""
    if aside:
        say_aside(f"note: {text}")
    else:
        say(f"note: {text}")


def say_aside(text: str) -> None:
    """Print a line to the error stream."""
    typer.echo(printable(text), err=True)


def heading(text: str) -> None:
    """Print a line that begins a part, after an empty one."""
    typer.echo()
    typer.secho(printable(text), bold=True)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows of text under their heads; columns of numbers are set to the right."""
    heads = [printable(head, line=True) for head in heads]
    cells = [[printable(cell, line=True) for cell in row] for row in rows]
    right = [
        bool(cells) and all(_NUMBER.fullmatch(row[at]) for row in cells) for at in range(len(heads))
    ]
    if on_terminal():
        _print_rich(heads, cells, right)
    else:
        typer.echo(plain_table(heads, cells, right))


def print_result(table: "ResultTable") -> None:
    """Print a result table, its title above it; long columns of words are left to the workbook."""
    heading(table.title)
    kept = [ix for ix, column in enumerate(table.columns) if column.width <= 70]
    shown = [table.columns[ix] for ix in kept]
    rows = []
    for number, cells in enumerate(table.cells):
        group = table.heading_before(number)
        if group:
            rows.append([group, *("" for _ in kept[1:])])
        rows.append([column.shown(cells[ix]) for ix, column in zip(kept, shown, strict=True)])
    heads = [f"{column.title}, {column.unit}" if column.unit else column.title for column in shown]
    print_table(heads, rows)
    if table.note:
        say(table.note)


def plain_table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool] | None = None
) -> str:
    """Rows as columns of text, two spaces apart.

    >>> print(plain_table(["place", "h"], [["Herat", "1.5"], ["Baku", "10.0"]], [False, True]))
    place     h
    Herat   1.5
    Baku   10.0
    """
    to_right = right or [False] * len(heads)
    lines = [heads, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if turned else cell.ljust(width)
            for cell, width, turned in zip(line, widths, to_right, strict=True)
        ).rstrip()
        for line in lines
    )


def _print_rich(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold underline")
    for head, turned, width in zip(
        heads, right, widths([heads, *rows], right, console.width), strict=True
    ):
        table.add_column(head, justify="right" if turned else "left", overflow="fold", width=width)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def widths(lines: Sequence[Sequence[str]], right: Sequence[bool], width: int) -> list[int]:
    """Widths of columns on a line of `width`: numbers whole, text in what is left.

    Text columns are cut to one length where they are longer, and wrap; they keep `_LEAST` even
    where the line is too short for that.

    >>> widths([["Turkmenbashi", "Baku", "1,234"]], [False, False, True], 24)
    [11, 4, 5]
    """
    whole = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    text = [size for size, turned in zip(whole, right, strict=True) if not turned]
    room = width - _GAP * (len(whole) - 1) - (sum(whole) - sum(text))
    most = max(text, default=0)
    while most > _LEAST and sum(min(size, most) for size in text) > room:
        most -= 1
    return [size if turned else min(size, most) for size, turned in zip(whole, right, strict=True)]


def print_json(value: Any) -> None:
    """Print `value` as JSON; what is not a finite number becomes null."""
    _write(json.dumps(_plain(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _plain(value: Any) -> Any:
    """The value with numbers of six decimals: more would be noise."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def print_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows as CSV, the keys of the first being the header."""
    if not rows:
        return
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_plain(row) for row in rows)
    _write(out.getvalue())


def _write(text: str) -> None:
    """Print what a program reads: UTF-8 whatever the locale, but for a terminal's own encoding.

    A lone surrogate, which no encoding has, is written as the replacement character.
    """
    if on_terminal():
        typer.echo(printable(text), nl=False)
        return
    encoded = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:  # output caught by another program, which keeps text
        typer.echo(text, nl=False)
        return
    sys.stdout.flush()
    stream.write(encoded)
    stream.flush()


def counted(count: int, word: str) -> str:
    """A number of things in words.

    >>> counted(0, "error"), counted(1, "warning"), counted(2, "place")
    ('no errors', '1 warning', '2 places')
    """
    return f"{f'{count:,}' if count else 'no'} {word}{'' if count == 1 else 's'}"


@contextmanager
def telling(first: str) -> Iterator[Tell]:
    """Tell a person at a terminal what is being done; say nothing in a pipe.

    It is written to the error stream, so that the output stays clean.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status(first) as status:
        yield lambda said: status.update(escape(printable(str(said), line=True)))
