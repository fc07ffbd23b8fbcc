"""Cells of a table: text as it stands in a file, checked and turned into values by columns."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lajvard.schema.tables import Column

SEPARATOR = ";"
"""Stands between the items of a list."""

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_NOT_IN_NUMBERS = re.compile(r"[^0-9eE.+-]", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def items(cell: str) -> tuple[str, ...]:
    """The items of a list cell.

    >>> items("AF;AZ; TM")
    ('AF', 'AZ', 'TM')
    """
    return tuple(item for part in cell.split(SEPARATOR) if (item := part.strip()))


@lru_cache(maxsize=65536)
def first_day(cell: str) -> date:
    """First day of a date that may lack its month or day.

    Raises
    ------
    ValueError
        `cell` is not a date.

    Examples
    --------
    >>> first_day("2018-09"), first_day("2018")
    (datetime.date(2018, 9, 1), datetime.date(2018, 1, 1))
    """
    year, month, day = _date_parts(cell)
    return date(year, 1 if month is None else month, 1 if day is None else day)


@lru_cache(maxsize=65536)
def last_day(cell: str) -> date:
    """Last day of a date that may lack its month or day.

    >>> last_day("2020-02"), last_day("2018")
    (datetime.date(2020, 2, 29), datetime.date(2018, 12, 31))
    """
    year, month, day = _date_parts(cell)
    month = 12 if month is None else month
    return date(year, month, monthrange(year, month)[1] if day is None else day)


def _date_parts(cell: str) -> tuple[int, int | None, int | None]:
    match = _DATE.fullmatch(cell)
    if match is None:
        raise ValueError(cell)
    year, month, day = match.groups()
    return int(year), int(month) if month else None, int(day) if day else None


def is_date(cell: str) -> bool:
    """Whether `cell` is a date of the calendar."""
    try:
        first_day(cell)
        last_day(cell)
    except ValueError:
        return False
    return True


def is_timestamp(cell: str) -> bool:
    """Whether `cell` is a moment of ISO 8601.

    >>> is_timestamp("2018-12-13T06:00:00Z"), is_timestamp("noon")
    (True, False)
    """
    try:
        datetime.fromisoformat(cell)
    except ValueError:
        return False
    return True


def numbers(cells: Sequence[str]) -> NDArray[np.float64]:
    """Cells as numbers; not a number where the cell is empty or holds no number.

    >>> numbers(["1.5", "", "many"])
    array([1.5, nan, nan])
    """
    if _NOT_IN_NUMBERS.search("".join(cells)) is None:
        try:
            return np.array([cell or "nan" for cell in cells], dtype=np.float64)
        except ValueError:
            pass
    return np.array(
        [float(cell) if _NUMBER.fullmatch(cell) else np.nan for cell in cells], dtype=np.float64
    )


def bad_cells(column: Column, cells: Sequence[str]) -> list[int]:
    """Indices of the cells that do not hold what `column` expects; empty cells are never bad.

    >>> from lajvard.schema import TABLES
    >>> bad_cells(TABLES["node"].columns["x_coord"], ["62.2", "", "east", "620"])
    [2, 3]
    """
    if column.type in ("number", "integer"):
        return _bad_numbers(column, cells)
    good = _is_good(column)
    bad_values = {cell for cell in set(cells) if cell and not good(cell)}
    return [ix for ix, cell in enumerate(cells) if cell in bad_values] if bad_values else []


def _bad_numbers(column: Column, cells: Sequence[str]) -> list[int]:
    form = _INTEGER if column.type == "integer" else _NUMBER
    values = numbers(cells)
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    outside = ~((values >= low) & (values <= high) & np.isfinite(values))
    wrong = {ix for ix in np.flatnonzero(outside).tolist() if cells[ix]}
    wrong |= {ix for ix, cell in enumerate(cells) if cell and not form.fullmatch(cell)}
    return sorted(wrong)


def _is_good(column: Column) -> Callable[[str], bool]:
    if column.is_numbers:
        one = replace(column, type="number")
        return lambda cell: bool(items(cell)) and not _bad_numbers(one, items(cell))
    if column.type == "list":
        allowed = set(column.allowed)
        return lambda cell: bool(items(cell)) and (not allowed or set(items(cell)) <= allowed)
    if column.type == "category":
        return set(column.allowed).__contains__
    return {
        "flag": lambda cell: cell in ("yes", "no"),
        "date": is_date,
        "timestamp": is_timestamp,
        "time": lambda cell: _TIME.fullmatch(cell) is not None,
        "country": lambda cell: _COUNTRY.fullmatch(cell) is not None,
        "id": lambda cell: cell == cell.strip() and SEPARATOR not in cell,
        "text": lambda cell: True,
    }[column.type]
