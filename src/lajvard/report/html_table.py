"""Sheets as HTML tables: every text escaped, citations linked to the list of sources."""

from collections.abc import Collection, Iterator

from markupsafe import Markup, escape

from lajvard.analysis.sheet import Cell, Column, Marked, Sheet, value_of
from lajvard.corridor.quality import BASES
from lajvard.tables.numbers import percent


def table_html(sheet: Sheet, listed: Collection[str] = ()) -> Markup:
    r"""A sheet as a table in a box that scrolls sideways where the page is narrow.

    Parameters
    ----------
    sheet
        The table.
    listed
        Identifiers of the sources that the page lists; only those are linked.

    Examples
    --------
    >>> sheet = Sheet("x", "X", (Column("place"), Column("time", "h", 1)), (("A & B", 2.0),))
    >>> "<td>A &amp; B</td>" in table_html(sheet)
    True
    """
    head = Markup("").join(_heading(column) for column in sheet.columns)
    body = Markup("\n").join(_body(sheet, listed))
    return Markup(
        '<div class="scroll"><table class="{}"><thead><tr>{}</tr></thead>\n{}</table></div>'
    ).format(sheet.css or "plain", head, body)


def _heading(column: Column) -> Markup:
    unit = Markup(" <small>{}</small>").format(column.unit) if column.unit else Markup("")
    return Markup('<th scope="col"{}>{}{}</th>').format(_class(column), column.heading, unit)


def _class(column: Column, *more: str) -> Markup:
    names = " ".join(name for name in ("num" if column.numeric else "", column.css, *more) if name)
    return Markup(' class="{}"').format(names) if names else Markup("")


def _body(sheet: Sheet, listed: Collection[str]) -> Iterator[Markup]:
    """Groups as table bodies, so that a heading keeps to its rows on paper."""
    starts = [start for start, _ in sheet.groups] or [0]
    for start, end in zip(starts, [*starts[1:], len(sheet.rows)], strict=True):
        rows = [_row(sheet, ix, listed) for ix in range(start, end)]
        heading = sheet.heading_before(start)
        if heading:
            top = Markup('<tr class="group"><th scope="rowgroup" colspan="{}">{}</th></tr>')
            rows.insert(0, top.format(len(sheet.columns), heading))
        yield Markup("<tbody>{}</tbody>").format(Markup("\n").join(rows))


def _row(sheet: Sheet, ix: int, listed: Collection[str]) -> Markup:
    cells = sheet.rows[ix]
    shown = [
        _cell(sheet.columns[place], cell, cells, listed, _left_over(sheet, place, len(cells)))
        for place, cell in enumerate(cells)
    ]
    css = Markup(' class="main"') if ix in sheet.emphasis else Markup("")
    return Markup("<tr{}>{}</tr>").format(css, Markup("").join(shown))


def _left_over(sheet: Sheet, place: int, count: int) -> int:
    """How many columns a cell fills: the last of a short row fills what is left."""
    return len(sheet.columns) - place if place == count - 1 else 1


def _cell(
    column: Column, cell: Cell, cells: tuple[Cell, ...], listed: Collection[str], span: int
) -> Markup:
    over = Markup(' colspan="{}"').format(span) if span > 1 else Markup("")
    if not isinstance(cell, Marked):
        return Markup("<td{}{}>{}</td>").format(_class(column), over, column.shown(cell))
    kind = cell.css.split(" ")[0]
    hint = Markup(' title="{}"').format(cell.hint) if cell.hint else Markup("")
    if kind == "cited":
        inside = _citations(str(cell.value or ""), listed)
    elif kind == "bar":
        inside = shares_bar([value_of(one) for one in cells[3:6]])
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
    css = "num none" if span > 1 and column.numeric else ""
    names = _class(column, cell.css) if not css else Markup(' class="none"')
    return Markup("<td{}{}{}>{}</td>").format(names, over, hint, inside)


def anchor(source_id: str) -> str:
    """Identifier of a source within the page.

    >>> anchor("S cpmm/20")
    'source-S-cpmm-20'
    """
    return "source-" + "".join(c if c.isalnum() or c in "_-" else "-" for c in source_id)


def _citations(text: str, listed: Collection[str]) -> Markup:
    parts = [
        Markup('<a href="#{}">{}</a>').format(anchor(one), one) if one in listed else escape(one)
        for one in text.split("; ")
    ]
    return Markup(", ").join(parts)


def shares_bar(shares: list[str | float | int | None]) -> Markup:
    """Published, derived, estimated (and unknown) shares as one bar."""
    names = (*BASES, "not-known")
    known = [float(share or 0.0) for share in shares]
    pieces = [
        Markup('<i class="{}" style="width:{:.1f}%" title="{}"></i>').format(
            name, 100 * share, f"{name.replace('-', ' ')} {percent(share)}"
        )
        for name, share in zip(names, known, strict=False)
        if share > 0
    ]
    return Markup('<span class="shares">{}</span>').format(Markup("").join(pieces))
