"""Result tables: what an analysis found, in rows under named columns with units."""

from lajvard.tables.column import (
    Cell,
    Marked,
    ResultColumn,
    Value,
    column_name,
    columns_of,
    headed,
    numbered,
    value_of,
)
from lajvard.tables.result import ResultTable, Row

__all__ = [
    "Cell",
    "Marked",
    "ResultColumn",
    "ResultTable",
    "Row",
    "Value",
    "column_name",
    "columns_of",
    "headed",
    "numbered",
    "value_of",
]
