"""The one writer of result tables as HTML: every text escaped, citations linked."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from lajvard.tables.column import Cell, Marked, ResultColumn
from lajvard.tables.numbers import percent
from lajvard.tables.result import ResultTable

_CELL = "padding:2px 8px;border-bottom:1px solid rgba(128,128,128,.3);text-align:"
_TABLE = "border-collapse:collapse;font-size:90%;font-variant-numeric:tabular-nums"
"""Styles for a notebook; colours are inherited, so that it reads on light and dark ground."""


def table_html(table: ResultTable, listed: Collection[str] = (), *, inline: bool = False) -> Markup:
    r"""A table in a box that scrolls sideways where the page is narrow.

    Parameters
    ----------
    table
        The table.
    listed
        Identifiers of the sources that the page lists; only those are linked.
    inline
        Whether styles are written beside the classes, for a page without a style sheet.

    Examples
    --------
    >>> from lajvard.tables import headed
    >>> columns = (headed("place"), headed("time", "h", 1))
    >>> table = ResultTable.of("x", columns, [{"place": "A & B", "time_h": 2.0}])
    >>> "<td>A &amp; B</td>" in table_html(table)
    True
    """
    writer = _Writer(table, frozenset(listed), inline)
    style = Markup(' style="{}"').format(_TABLE) if inline else ""
    head = Markup("").join(writer.heading(column) for column in table.columns)
    body = Markup("\n").join(writer.body())
    return Markup(
        '<div class="scroll"><table class="{}"{}><thead><tr>{}</tr></thead>\n{}</table></div>'
    ).format(table.css or "plain", style, head, body)


@dataclass(frozen=True)
class _Writer:
    """Writes the parts of one table."""

    table: ResultTable
    listed: frozenset[str]
    inline: bool

    def heading(self, column: ResultColumn) -> Markup:
        unit = Markup(" <small>{}</small>").format(column.unit) if column.unit else ""
        names = self.look(column)
        return Markup('<th scope="col"{}>{}{}</th>').format(names, column.title, unit)

    def look(self, column: ResultColumn, *more: str) -> Markup:
        """The classes of a cell, and its style where there is no style sheet."""
        every = ("num" if column.numeric else "", column.css, *more)
        names = " ".join(name for name in every if name)
        found = Markup(' class="{}"').format(names) if names else Markup("")
        if self.inline:
            side = "right" if column.numeric else "left"
            found += Markup(' style="{}{}"').format(_CELL, side)
        return found

    def body(self) -> Iterator[Markup]:
        """Groups as table bodies, so that a heading keeps to its rows on paper."""
        starts = [start for start, _ in self.table.groups] or [0]
        for start, end in zip(starts, [*starts[1:], len(self.table)], strict=True):
            rows = [self.row(ix) for ix in range(start, end)]
            heading = self.table.heading_before(start)
            if heading:
                top = Markup('<tr class="group"><th scope="rowgroup" colspan="{}">{}</th></tr>')
                rows.insert(0, top.format(len(self.table.columns), heading))
            yield Markup("<tbody>{}</tbody>").format(Markup("\n").join(rows))

    def row(self, ix: int) -> Markup:
        columns, shown = self.table.columns, []
        for place, (column, cell) in enumerate(zip(columns, self.table.cells[ix], strict=True)):
            fills = isinstance(cell, Marked) and cell.fills
            shown.append(self.cell(column, cell, len(columns) - place if fills else 1))
            if fills:
                break
        css = Markup(' class="main"') if ix in self.table.emphasis else ""
        return Markup("<tr{}>{}</tr>").format(css, Markup("").join(shown))

    def cell(self, column: ResultColumn, cell: Cell, span: int) -> Markup:
        over = Markup(' colspan="{}"').format(span) if span > 1 else ""
        if not isinstance(cell, Marked):
            return Markup("<td{}{}>{}</td>").format(self.look(column), over, column.shown(cell))
        kind = cell.css.split(" ")[0]
        inside = self.inside(column, cell, kind)
        if kind in ("basis", "status"):
            return Markup("<td{}{}>{}</td>").format(self.look(column), over, inside)
        hint = Markup(' title="{}"').format(cell.hint) if cell.hint else ""
        if kind in ("way", "what") and cell.hint:
            inside += Markup("<small>{}</small>").format(cell.hint)
            hint = ""
        if cell.href:
            inside = Markup('<a href="{}">{}</a>').format(cell.href, inside)
        none = span > 1 and column.numeric
        names = Markup(' class="none"') if none else self.look(column, cell.css)
        return Markup("<td{}{}{}>{}</td>").format(names, over, hint, inside)

    def inside(self, column: ResultColumn, cell: Marked, kind: str) -> Markup:
        """What stands in a marked cell."""
        if kind == "cited":
            return _citations(str(cell.value or ""), self.listed)
        if kind == "bar":
            return shares_bar(cell.parts)
        if kind in ("basis", "status"):
            shown = column.shown(cell)
            return Markup('<span class="chip {}">{}</span>').format(cell.css, shown)
        if kind == "anchor":
            name = str(cell.value)
            return Markup('<span id="{}">{}</span>').format(anchor(name), cell.value)
        return escape(column.shown(cell))


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
