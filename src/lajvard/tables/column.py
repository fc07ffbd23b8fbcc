"""A column of a result table, what its cells carry, and how they are written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from lajvard.tables.numbers import MISSING, percent, rounded

Value = str | float | int | bool | None
"""What a cell holds; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A value that a page sets apart: a chip, a symbol, the best of a column.

    Attributes
    ----------
    value
        The value itself.
    css
        Names how it is set apart: one or more classes.
    hint
        Explains it when pointed at.
    text
        Shown in place of the value.
    href
        Makes it a link.
    parts
        Shares by name that a cell of class ``bar`` draws side by side.
    fills
        Whether the cell takes the place of all columns that follow in its row.
    """

    value: Value
    css: str = ""
    hint: str = ""
    text: str = ""
    href: str = ""
    parts: tuple[tuple[str, float], ...] = ()
    fills: bool = False


Cell = Value | Marked


def value_of(cell: Cell) -> Value:
    """The value of a cell, whatever sets it apart.

    >>> value_of(Marked(3.0, "best")), value_of("road")
    (3.0, 'road')
    """
    return cell.value if isinstance(cell, Marked) else cell


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column: its name, unit and meaning, and how its values are written.

    Attributes
    ----------
    name
        What programs read it by; it ends in the unit, as in ``time_h``.
    unit
        Unit of the numbers, empty for text and shares.
    meaning
        What the values are, in words.
    heading
        What a reader sees; the name where none is given.
    digits
        Decimals shown; negative rounds to tens or hundreds, None means text.
    share
        Whether the values are shares of one, written as percent.
    width
        Characters in a workbook.
    css
        Class on a page.
    """

    name: str
    unit: str = ""
    meaning: str = ""
    heading: str | None = None
    digits: int | None = None
    share: bool = False
    width: int = 12
    css: str = ""

    @property
    def title(self) -> str:
        """What a reader sees above it."""
        return self.name if self.heading is None else self.heading

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.share or self.digits is not None

    def shown(self, cell: Cell) -> str:
        r"""A cell as text.

        >>> ResultColumn("time_days", "days", digits=1).shown(18.26)
        '18.3'
        >>> ResultColumn("share", share=True).shown(0.25)
        '25\xa0%'
        """
        if isinstance(cell, Marked):
            return cell.text or self.shown(cell.value)
        if isinstance(cell, bool):
            return "yes" if cell else "no"
        if cell is None or isinstance(cell, str):
            return cell or (MISSING if self.numeric else "")
        return percent(float(cell)) if self.share else rounded(float(cell), self.digits or 0)


def headed(
    heading: str,
    unit: str = "",
    digits: int | None = None,
    share: bool = False,
    width: int = 12,
    css: str = "",
    name: str = "",
) -> ResultColumn:
    """A column of a report by its heading; its name is made of heading and unit.

    Examples
    --------
    >>> headed("expected", "days", 1).name, headed("capital cost", "million USD").name
    ('expected_days', 'capital_cost_musd')
    """
    return ResultColumn(
        name or column_name(heading, unit), unit, heading, heading, digits, share, width, css
    )


_UNITS = {
    "1/a": "per_year",
    "kg CO2e": "kgco2e",
    "million USD": "musd",
    "M USD": "musd",
    "a year": "per_year",
    "a day": "per_day",
}
"""How names write units that would read badly letter by letter."""


def column_name(heading: str, unit: str = "") -> str:
    """The name of a column made of its heading and unit.

    >>> column_name("95 % low", "h a year")
    '95_percent_low_h_per_year'
    """
    for words, short in _UNITS.items():
        unit = unit.replace(words, short)
    text = f"{heading} {unit}".replace("%", " percent").lower()
    return re.sub(r"\W+", "_", text).strip("_")


def numbered(columns: Iterable[ResultColumn]) -> tuple[ResultColumn, ...]:
    """The columns with names that come again numbered, where headings are given by a user.

    >>> [column.name for column in numbered([headed("By sea"), headed("By sea")])]
    ['by_sea', 'by_sea_2']
    """
    count: dict[str, int] = {}
    found = []
    for column in columns:
        count[column.name] = count.get(column.name, 0) + 1
        again = count[column.name] > 1
        name = f"{column.name}_{count[column.name]}" if again else column.name
        found.append(replace(column, name=name))
    return tuple(found)


def columns_of(text: str) -> tuple[ResultColumn, ...]:
    r"""Columns from lines of ``name | unit | meaning``, and decimals where they are not one.

    Examples
    --------
    >>> time, share = columns_of('''
    ... time_h | h | mean time
    ... share | | part of the flow that takes it
    ... ''')
    >>> time.shown(2.0), share.shown(0.5)
    ('2.0', '50\xa0%')
    """
    return tuple(
        _described(*(part.strip() for part in line.split("|")))
        for line in text.strip().splitlines()
    )


def _described(name: str, unit: str, meaning: str, digits: str = "") -> ResultColumn:
    share = not unit and "share" in name.split("_")
    decimals = int(digits) if digits else 1 if unit else None
    return ResultColumn(name, unit, meaning, digits=decimals, share=share)


def plain(value: Any) -> Value:
    """A value as Python's own type; a number that is not one becomes None."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if value == value else None
    return plain(value.item()) if hasattr(value, "item") else str(value)


def finite(value: Value) -> Value:
    """A value that JSON and databases can hold: an infinite number becomes None."""
    return None if isinstance(value, float) and not isfinite(value) else value
