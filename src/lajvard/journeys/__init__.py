"""The journey log: what happened to each consignment, observed or simulated, in one table.

One row is one activity of one journey. The columns are those of `lajvard.schema.LOG`; logs are
written as Parquet, one file a replication, and opened as Ibis tables on DuckDB.
"""

from lajvard.journeys.check import check_log
from lajvard.journeys.read import arrived_since, log_of, open_log
from lajvard.journeys.write import write_log, write_part

__all__ = [
    "arrived_since",
    "check_log",
    "log_of",
    "open_log",
    "write_log",
    "write_part",
]
