"""Corridors and tables as HTML for notebooks: compact, escaped, fit for light and dark ground."""

from collections.abc import Iterable, Mapping
from html import escape

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.quality import BASES, TableQuality, data_quality
from lajvard.corridor.table import Table
from lajvard.schema import Column
from lajvard.tables.numbers import percent

MOST_ROWS = 10
_LONGEST = 60
_LINE = "border-bottom:1px solid rgba(128,128,128,.3)"
_CELL = f"padding:2px 8px;white-space:nowrap;vertical-align:top;{_LINE};text-align:"
_MUTED = "opacity:.7"
_COLOURS = {"published": "#3557b7", "derived": "#7d95cc", "estimate": "rgba(128,128,128,.35)"}


def corridor_html(corridor: Corridor) -> str:
    """Title, description and the tables with their counts and where their figures come from.

    >>> corridor_html(Corridor.of({}, name="c", title="A & B"))[:44]
    '<div><strong style="font-size:1.1em">A &amp;'
    """
    quality = {each.table: each for each in data_quality(corridor)}
    tables = [table for table in corridor if len(table)]
    rows = "".join(_summary(table, quality.get(table.name)) for table in tables)
    heads = _row("th", [("left", "table"), ("right", "rows"), ("left", _key()), ("left", "")])
    as_of = f" as of {corridor.date}" if corridor.date else ""
    parts = [
        f'<strong style="font-size:1.1em">{escape(corridor.title)}</strong>',
        f'<span style="{_MUTED}"> {escape(corridor.name)}{as_of}</span>',
        f'<p style="margin:.3em 0;max-width:48em">{escape(corridor.description)}</p>'
        if corridor.description
        else "",
        f'<table style="border-collapse:collapse">{heads}{rows}</table>'
        if tables
        else "<p>No rows yet.</p>",
    ]
    return f"<div>{''.join(parts)}</div>"


def _summary(table: Table, quality: TableQuality | None) -> str:
    """A row of the list of tables."""
    name = f'<span title="{escape(table.schema.meaning)}">{escape(table.name)}</span>'
    bar, words = "", ""
    if quality is not None:
        bar = basis_bar(quality.by_basis)
        words = f"{percent(quality.share('published'), plain=True)} published"
        if quality.competing:
            words += f", {quality.competing:,} competing"
    muted = f'<span style="{_MUTED}">{words}</span>'
    return _row(
        "td", [("left", name), ("right", f"{len(table):,}"), ("left", bar), ("left", muted)]
    )


def basis_bar(amounts: Mapping[str, float], *, width: str = "9em") -> str:
    """A bar of the shares of published, derived and estimated figures."""
    total = sum(amounts.values())
    if not total:
        return ""
    words = ", ".join(f"{percent(amounts[kind] / total, plain=True)} {kind}" for kind in BASES)
    pieces = "".join(
        f'<span style="background:{_COLOURS[kind]};width:{100 * amounts[kind] / total:.4g}%">'
        "</span>"
        for kind in BASES
        if amounts[kind]
    )
    style = f"display:inline-flex;width:{width};height:.7em;border-radius:2px;overflow:hidden"
    return f'<span role="img" aria-label="{words}" title="{words}" style="{style}">{pieces}</span>'


def _key() -> str:
    return " ".join(
        f'<span style="font-weight:normal"><span style="display:inline-block;width:.7em;'
        f'height:.7em;background:{_COLOURS[kind]}"></span> {kind}</span>'
        for kind in BASES
    )


def table_html(table: Table) -> str:
    """The first rows of `table`, without the columns that are empty in all of them.

    Units stand in the header, meanings appear when the header is pointed at.
    """
    first = table.select(range(min(len(table), MOST_ROWS)))
    columns = [name for name, cells in first.cells.items() if any(cells)]
    known = table.schema.columns
    sides = {name: _side(known.get(name)) for name in columns}
    heads = _row("th", [(sides[name], _head(name, known.get(name))) for name in columns])
    rows = "".join(
        _row("td", [(sides[name], _shown(row[name])) for name in columns]) for row in first.dicts()
    )
    count = f"{len(table):,} row{'s' if len(table) != 1 else ''}"
    if len(table) > len(first):
        count += f", the first {len(first)} shown"
    if hidden := len(table.columns) - len(columns):
        count += f"; {hidden} column{'s' if hidden > 1 else ''} without value left out"
    title = f'<strong title="{escape(table.schema.meaning)}">{escape(table.name)}</strong>'
    caption = f'{title}<span style="{_MUTED}"> {count}</span>'
    grid = f'<table style="border-collapse:collapse">{heads}{rows}</table>' if columns else ""
    return f'<div>{caption}<div style="overflow-x:auto">{grid}</div></div>'


def _side(column: Column | None) -> str:
    return "right" if column is not None and column.type in ("number", "integer") else "left"


def _head(name: str, column: Column | None) -> str:
    meaning = f' title="{escape(column.meaning)}"' if column is not None else ""
    unit = ""
    if column is not None and column.unit:
        unit = f'<br><span style="font-weight:normal;{_MUTED}">{escape(column.unit)}</span>'
    return f"<span{meaning}>{escape(name)}</span>{unit}"


def _shown(cell: str) -> str:
    if len(cell) <= _LONGEST:
        return escape(cell)
    return f'<span title="{escape(cell)}">{escape(cell[: _LONGEST - 1].rstrip())}…</span>'


def _row(tag: str, cells: Iterable[tuple[str, str]]) -> str:
    """A row of cells, each with the side it is set to; the cells are HTML."""
    inside = "".join(f'<{tag} style="{_CELL}{side}">{cell}</{tag}>' for side, cell in cells)
    return f"<tr>{inside}</tr>"
