"""The one writer of result tables as HTML: every text escaped, citations linked."""

from collections.abc import Collection, Iterable, Iterator

from markupsafe import Markup, escape

from lajvard.tables.column import Cell, Marked, ResultColumn
from lajvard.tables.numbers import percent
from lajvard.tables.result import ResultTable


def table_html(table: ResultTable, listed: Collection[str] = ()) -> Markup:
    r"""A table in a box that scrolls sideways where the page is narrow.

    Parameters
    ----------
    table
        The table.
    listed
        Identifiers of the sources that the page lists; only those are linked.

    Examples
    --------
    >>> from lajvard.tables import headed
    >>> columns = (headed("place"), headed("time", "h", 1))
    >>> table = ResultTable.of("x", columns, [{"place": "A & B", "time_h": 2.0}])
    >>> "<td>A &amp; B</td>" in table_html(table)
    True
    """
    head = Markup("").join(_heading(column) for column in table.columns)
    body = Markup("\n").join(_body(table, listed))
    return Markup(
        '<div class="scroll"><table class="{}"><thead><tr>{}</tr></thead>\n{}</table></div>'
    ).format(table.css or "plain", head, body)


def _heading(column: ResultColumn) -> Markup:
    unit = Markup(" <small>{}</small>").format(column.unit) if column.unit else Markup("")
    return Markup('<th scope="col"{}>{}{}</th>').format(_class(column), column.title, unit)


def _class(column: ResultColumn, *more: str) -> Markup:
    names = " ".join(name for name in ("num" if column.numeric else "", column.css, *more) if name)
    return Markup(' class="{}"').format(names) if names else Markup("")


def _body(table: ResultTable, listed: Collection[str]) -> Iterator[Markup]:
    """Groups as table bodies, so that a heading keeps to its rows on paper."""
    starts = [start for start, _ in table.groups] or [0]
    for start, end in zip(starts, [*starts[1:], len(table)], strict=True):
        rows = [_row(table, ix, listed) for ix in range(start, end)]
        heading = table.heading_before(start)
        if heading:
            top = Markup('<tr class="group"><th scope="rowgroup" colspan="{}">{}</th></tr>')
            rows.insert(0, top.format(len(table.columns), heading))
        yield Markup("<tbody>{}</tbody>").format(Markup("\n").join(rows))


def _row(table: ResultTable, ix: int, listed: Collection[str]) -> Markup:
    shown = []
    for place, (column, cell) in enumerate(zip(table.columns, table.cells[ix], strict=True)):
        fills = isinstance(cell, Marked) and cell.fills
        shown.append(_cell(column, cell, listed, len(table.columns) - place if fills else 1))
        if fills:
            break
    css = Markup(' class="main"') if ix in table.emphasis else Markup("")
    return Markup("<tr{}>{}</tr>").format(css, Markup("").join(shown))


def _cell(column: ResultColumn, cell: Cell, listed: Collection[str], span: int) -> Markup:
    over = Markup(' colspan="{}"').format(span) if span > 1 else Markup("")
    if not isinstance(cell, Marked):
        return Markup("<td{}{}>{}</td>").format(_class(column), over, column.shown(cell))
    kind = cell.css.split(" ")[0]
    hint = Markup(' title="{}"').format(cell.hint) if cell.hint else Markup("")
    if kind == "cited":
        inside = _citations(str(cell.value or ""), listed)
    elif kind == "bar":
        inside = shares_bar(cell.parts)
    elif kind in ("basis", "status"):
        inside = Markup('<span class="chip {}">{}</span>').format(cell.css, column.shown(cell))
        return Markup("<td{}{}>{}</td>").format(_class(column), over, inside)
    elif kind == "anchor":
        inside = Markup('<span id="{}">{}</span>').format(anchor(str(cell.value)), cell.value)
    else:
        inside = escape(column.shown(cell))
    if kind in ("way", "what") and cell.hint:
        inside += Markup("<small>{}</small>").format(cell.hint)
        hint = Markup("")
    if cell.href:
        inside = Markup('<a href="{}">{}</a>').format(cell.href, inside)
    none = span > 1 and column.numeric
    names = Markup(' class="none"') if none else _class(column, cell.css)
    return Markup("<td{}{}{}>{}</td>").format(names, over, hint, inside)


def anchor(source_id: str) -> str:
    """Identifier of a source within the page.

    >>> anchor("S cpmm/20")
    'source-S-cpmm-20'
    """
    return "source-" + "".join(c if c.isalnum() or c in "_-" else "-" for c in source_id)


def _citations(text: str, listed: Collection[str]) -> Markup:
    parts = [
        Markup('<a href="#{}">{}</a>').format(anchor(source), source)
        if source in listed
        else escape(source)
        for source in text.split("; ")
    ]
    return Markup(", ").join(parts)


def shares_bar(parts: Iterable[tuple[str, float]]) -> Markup:
    """Shares by name, such as published, derived and estimated, as one bar."""
    pieces = [
        Markup('<i class="{}" style="width:{:.1f}%" title="{}"></i>').format(
            name, 100 * share, f"{name.replace('-', ' ')} {percent(share)}"
        )
        for name, share in parts
        if share > 0
    ]
    return Markup('<span class="shares">{}</span>').format(Markup("").join(pieces))
