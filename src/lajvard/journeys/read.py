"""Opening journey logs as Ibis tables on DuckDB, which reads only what an indicator needs."""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

import ibis

from lajvard.errors import InputError, Problem
from lajvard.journeys.arrow import log_rows, unknown_column
from lajvard.schema import LOG, Column

MEMORY_MB = 1024
"""Memory that DuckDB may use for one log before it turns to the disk."""

_SQL_TYPES = {
    "integer": "int32",
    "number": "float64",
    "timestamp": "timestamp(3)",
    "flag": "boolean",
}

PathOrPaths = str | PathLike[str] | Sequence[str | PathLike[str]]


def open_log(path: PathOrPaths, *, memory_mb: int = MEMORY_MB, threads: int = 0) -> ibis.Table:
    """A journey log as an Ibis table on DuckDB; rows are read when an indicator asks for them.

    Parameters
    ----------
    path
        A Parquet or CSV file; a folder with Parquet files, such as that of a run; or several of
        these, for several runs in one table. Folders whose names begin with a dot are passed over.
    memory_mb
        Memory that the database may use; what does not fit goes to a temporary folder.
    threads
        Threads of the database, 0 for as many as there are cores.

    Returns
    -------
    ibis.Table
        With all columns of the log; optional columns that the files lack are null.

    Raises
    ------
    InputError
        There is no such file, no log in the folder, a column that every log needs is missing, or
        a cell of a CSV file does not hold what its column expects; all problems together.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from lajvard.journeys import write_log
    >>> from lajvard.journeys.arrow import log_rows
    >>> row = {"activity": "queue", "start": "2018-12-13T06:00", "end": "2018-12-13T09:30"}
    >>> with TemporaryDirectory() as folder:
    ...     file = write_log(log_rows([row]), folder, replication=7)
    ...     count = open_log(folder).count().to_pyarrow().as_py()
    >>> "/".join(file.parts[-2:]), count
    ('replication=0007/part.parquet', 1)
    """
    paths = [path] if isinstance(path, str | PathLike) else list(path)
    files = [file for given in paths for file in _files(Path(given))]
    database = _database(memory_mb, threads)
    parquet = [str(file) for file in files if file.suffix != ".csv"]
    tables = [_csv(database, file) for file in files if file.suffix == ".csv"]
    if parquet:
        tables.append(_parquet(database, parquet))
    return tables[0] if len(tables) == 1 else ibis.union(*tables)


def log_of(rows: Iterable[Mapping[str, Any]]) -> ibis.Table:
    """A journey log from rows by hand, for tests and examples; see `log_rows`.

    Examples
    --------
    >>> log = log_of(
    ...     [{"activity": "queue", "start": "2018-12-13T06:00", "end": "2018-12-13T09:30"}]
    ... )
    >>> log.activity.to_pyarrow().to_pylist()
    ['queue']
    """
    return ibis.memtable(log_rows(rows))


def _database(memory_mb: int, threads: int) -> Any:
    scratch = Path(tempfile.gettempdir()) / f"lajvard-{os.getpid()}"
    settings: dict[str, Any] = {
        "memory_limit": f"{memory_mb}MB",
        "temp_directory": str(scratch),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }
    if threads:
        settings["threads"] = threads
    return ibis.duckdb.connect(**settings)


def _files(path: Path) -> list[Path]:
    """The files of a log, in order."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputError(str(path), "there is no such log", "Give a file, or the folder of a run.")
    found = sorted(
        file
        for file in path.rglob("*.parquet")
        if not any(part.startswith(".") for part in file.relative_to(path).parts)
    )
    if not found:
        remedy = "Was the run made without a log? `lajvard simulate --log all` keeps one."
        raise InputError(str(path), "holds no journey log", remedy)
    return found


def _parquet(database: Any, files: list[str]) -> ibis.Table:
    try:
        table = database.read_parquet(
            files, union_by_name=True, hive_partitioning=False, table_name="log"
        )
    except Exception as error:  # DuckDB's errors have one base, ibis may wrap them
        raise InputError(files[0], f"is not a readable Parquet file: {error}") from error
    _check_columns(files[0], table.columns)
    return _with_all_columns(table)


def _csv(database: Any, file: Path) -> ibis.Table:
    table = database.read_csv(str(file), all_varchar=True, header=True)
    _check_columns(str(file), table.columns)
    table = table.select(name for name in LOG.columns if name in table.columns)
    table = table.mutate(**{name: table[name].nullif("") for name in table.columns})
    _check_cells(str(file), table)
    return _with_all_columns(table)


def _check_columns(where: str, columns: Sequence[str]) -> None:
    """Make sure that what every log needs is there."""
    missing = [c.name for c in LOG.columns.values() if c.need != "optional"]
    missing = [name for name in missing if name not in columns]
    if missing:
        unknown = [unknown_column(name) for name in columns if name not in LOG.columns]
        problems = [
            Problem("error", Path(where).name, None, None, name, "there is no column")
            for name in missing
        ]
        raise InputError.of(where, [*problems, *unknown])


def _check_cells(where: str, table: ibis.Table) -> None:
    """Make sure that every cell of a CSV file can be read; report all columns together."""
    typed = {name: _type(LOG.columns[name]) for name in table.columns}
    typed = {name: kind for name, kind in typed.items() if kind != "string"}
    bad = {name: table[name].notnull() & ~_readable(table[name], typed[name]) for name in typed}
    counts = {name: bad[name].sum().coalesce(0) for name in typed}
    examples = {f"{name}_example": table[name].min(where=bad[name]) for name in typed}
    found = table.aggregate(**counts, **examples).to_pyarrow().to_pylist()[0]
    problems = [
        Problem(
            "error",
            Path(where).name,
            None,
            name,
            found[f"{name}_example"],
            f"{found[name]} cells are not {LOG.columns[name].expected}, such as",
        )
        for name in typed
        if found[name]
    ]
    if problems:
        raise InputError.of(where, problems)


def _readable(cell: ibis.Value, kind: str) -> ibis.Value:
    return cell.try_cast(_parsed(kind)).notnull()


def _parsed(kind: str) -> str:
    """The type that the text of a cell is read as: moments may say their zone."""
    return "timestamp('UTC')" if kind.startswith("timestamp") else kind


def _with_all_columns(table: ibis.Table) -> ibis.Table:
    cells = {}
    for column in LOG.columns.values():
        kind = _type(column)
        if column.name not in table.columns:
            cells[column.name] = ibis.null(kind)
        elif kind.startswith("timestamp") and table[column.name].type().is_string():
            cells[column.name] = table[column.name].cast(_parsed(kind)).cast(kind)
        else:
            cells[column.name] = table[column.name].cast(kind)
    return table.select(**cells)


def _type(column: Column) -> str:
    return _SQL_TYPES.get(column.type, "string")


def arrived_since(log: ibis.Table, since: datetime) -> ibis.Table:
    """The rows of the journeys that arrived at `since` or later."""
    journey = ["run_id", "replication", "journey_id"]
    ends = log.filter(log.arrived).group_by(journey).aggregate(end=ibis._.end.max())
    return log.semi_join(ends.filter(ends.end >= since), journey)
