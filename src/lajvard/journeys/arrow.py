"""The journey log in Arrow: types of its columns, made from the schema."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from lajvard.errors import InputError, Problem, did_you_mean
from lajvard.schema import LOG, Column

_TYPES: dict[str, Any] = {
    "integer": pa.int32(),
    "number": pa.float64(),
    "timestamp": pa.timestamp("ms"),
    "flag": pa.bool_(),
}
_DEFAULTS: dict[str, Any] = {
    "run_id": "run",
    "replication": 0,
    "journey_id": "1",
    "origin": "observed",
}


@cache
def arrow_schema(*, encoded: bool = False) -> pa.Schema:
    """Types of the columns of a journey log.

    Parameters
    ----------
    encoded
        Whether texts are stored once each, with indices to them.

    Notes
    -----
    Required columns may hold nulls here: `check_log` finds them.

    Moments are UTC and carry no zone, so that no setting of a machine or a database moves them.

    Examples
    --------
    >>> arrow_schema().field("cost_usd").type
    DataType(double)
    """
    text = pa.dictionary(pa.int32(), pa.string()) if encoded else pa.string()
    return pa.schema(
        [(column.name, _TYPES.get(column.type, text)) for column in LOG.columns.values()]
    )


def log_rows(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """An Arrow table of the log from rows by hand; what a row does not give is empty.

    A row without `run_id`, `replication`, `journey_id` or `origin` belongs to journey 1 of an
    observed run; without `seq` it follows the row before it of the same journey. Moments are
    `datetime` or ISO 8601, such as ``2018-12-13T06:00``; those with a zone are turned to UTC.

    Raises
    ------
    InputError
        A row has a column that the log has not.

    Examples
    --------
    >>> row = {"activity": "queue", "start": "2018-12-13T06:00", "end": "2018-12-13T09:30"}
    >>> log_rows([row, row])["seq"].to_pylist()
    [0, 1]
    """
    given = [dict(row) for row in rows]
    unknown = sorted({name for row in given for name in row} - set(LOG.columns))
    if unknown:
        problems = [unknown_column(name) for name in unknown]
        raise InputError.of("journey log", problems)
    last: dict[tuple[Any, ...], int] = {}
    for row in given:
        for name, value in _DEFAULTS.items():
            row.setdefault(name, value)
        journey = (row["run_id"], row["replication"], row["journey_id"])
        last[journey] = row.setdefault("seq", last.get(journey, -1) + 1)
    cells = {
        column.name: [_cell(column, row.get(column.name)) for row in given]
        for column in LOG.columns.values()
    }
    return pa.table(cells, schema=arrow_schema())


def unknown_column(name: str) -> Problem:
    """The problem that the log has no column `name`."""
    remedy = did_you_mean(name, list(LOG.columns))
    return Problem("error", LOG.name, None, None, name, "unknown column", remedy)


def _cell(column: Column, value: Any) -> Any:
    if column.type != "timestamp" or value is None:
        return value
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
