"""What a corridor's tables hold: one CSV a table states each column's type, unit and meaning.

Checks, row models, the reference page and ``datapackage.json`` are all made from here.
"""

from lajvard.schema.cells import bad_cells, first_day, last_day
from lajvard.schema.tables import (
    ACTIVITIES,
    LOG,
    MODES,
    PARAMETERS,
    TABLES,
    Column,
    LogActivity,
    Mode,
    TableSchema,
)

__all__ = [
    "ACTIVITIES",
    "LOG",
    "MODES",
    "PARAMETERS",
    "TABLES",
    "Column",
    "LogActivity",
    "Mode",
    "TableSchema",
    "bad_cells",
    "first_day",
    "last_day",
]
