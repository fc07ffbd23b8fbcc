"""A table of the report: the page and the workbook show the same rows."""

from dataclasses import dataclass, field

from lajvard.tables.numbers import MISSING, percent, rounded

Value = str | float | int | None


@dataclass(frozen=True, slots=True)
class Marked:
    """A value that the page sets apart: a chip, a symbol, the best of a column.

    ``css`` names how, ``hint`` explains it when pointed at, ``text`` is shown in place of the
    value, and ``href`` makes it a link.
    """

    value: Value
    css: str = ""
    hint: str = ""
    text: str = ""
    href: str = ""


Cell = Value | Marked


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, unit, and how its values are written.

    ``digits`` counts decimals (negative: rounded to tens), None means text; a share of one is
    written as percent; ``width`` in characters is for the workbook, ``css`` for the page.
    """

    heading: str
    unit: str = ""
    digits: int | None = None
    share: bool = False
    width: int = 12
    css: str = ""

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.share or self.digits is not None

    def shown(self, cell: Cell) -> str:
        r"""A cell as text.

        >>> Column("time", "days", 1).shown(18.26), Column("share", share=True).shown(0.25)
        ('18.3', '25\xa0%')
        """
        if isinstance(cell, Marked):
            return cell.text or self.shown(cell.value)
        if cell is None or isinstance(cell, str):
            return cell or (MISSING if self.numeric else "")
        return percent(float(cell)) if self.share else rounded(float(cell), self.digits or 0)


@dataclass(frozen=True)
class Sheet:
    """Rows under columns, with a title.

    Attributes
    ----------
    name
        Name of the sheet in the workbook, at most 31 characters.
    groups
        Index of the first row of each group, and the group's heading.
    note
        What a reader needs to know to read the table.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    groups: tuple[tuple[int, str], ...] = ()
    css: str = ""
    emphasis: frozenset[int] = field(default=frozenset())

    def __bool__(self) -> bool:
        return bool(self.rows)

    def heading_before(self, row: int) -> str:
        """Heading of the group that starts at `row`, empty when none does."""
        return dict(self.groups).get(row, "")


def value_of(cell: Cell) -> Value:
    """The value of a cell, whatever sets it apart.

    >>> value_of(Marked(3.0, "best")), value_of("road")
    (3.0, 'road')
    """
    return cell.value if isinstance(cell, Marked) else cell
