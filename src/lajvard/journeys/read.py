"""Opening journey logs as Ibis tables on DuckDB, which reads only what an indicator needs."""

import codecs
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

import ibis

from lajvard.errors import InputError, Problem, guarded_reading
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

_EXPECTED = {
    "timestamp": ("moments", "Write it as a timestamp, such as pandas.to_datetime(..., unit=...)."),
    "float64": ("numbers", "Write it as numbers."),
    "int32": ("whole numbers", "Write it as whole numbers."),
    "boolean": ("truth values", "Write it as true and false."),
    "string": ("texts", "Write it as text."),
}
_AS_UTF8 = "Save the file as CSV UTF-8."

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
        There is no such file, no log in the folder, a file cannot be read, a column that every
        log needs is missing, or a cell or the type of a column is not what the log expects; all
        problems together.

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
    parquet = [file for file in files if file.suffix.lower() != ".csv"]
    tables = [_csv(database, file) for file in files if file.suffix.lower() == ".csv"]
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
        for file in path.rglob("*")
        if file.suffix.lower() == ".parquet"
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )
    if not found:
        remedy = "Was the run made without a log? `lajvard simulate --log all` keeps one."
        raise InputError(str(path), "holds no journey log", remedy)
    return found


def _exactly(file: Path) -> str:
    """A path for DuckDB, which takes ``* ? [`` for a pattern and a leading ``~`` for the home."""
    return re.sub(r"([*?\[])", r"[\1]", file.absolute().as_posix())


def _parquet(database: Any, files: list[Path]) -> ibis.Table:
    where = str(files[0])
    remedy = "Write it again as Parquet, or as CSV with a name that ends in .csv."
    with guarded_reading(where, "is not a readable Parquet file", remedy):
        table = database.read_parquet(
            [_exactly(file) for file in files],
            union_by_name=True,
            hive_partitioning=False,
            table_name="log",
        )
        _check_columns(where, table.columns)
        _check_types(where, table)
        _check_cells(where, table)
        return _with_all_columns(table)


def _csv(database: Any, file: Path) -> ibis.Table:
    _check_utf8(file)
    with guarded_reading(str(file), "is not readable as CSV", "Save the file as CSV UTF-8."):
        table = database.read_csv(_exactly(file), all_varchar=True, header=True)
        _check_columns(str(file), table.columns)
        table = table.select(name for name in LOG.columns if name in table.columns)
        table = table.mutate(**{name: table[name].nullif("") for name in table.columns})
        _check_cells(str(file), table)
        return _with_all_columns(table)


def _check_utf8(file: Path) -> None:
    """Make sure that the text is UTF-8, and name the first line that is not."""
    decode = codecs.getincrementaldecoder("utf-8")().decode
    line = 1
    with file.open("rb") as text:
        block = b"first"
        while block:
            block = text.read(1 << 20)
            try:
                decode(block, final=not block)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                problem = Problem("error", file.name, line, None, None, "is not UTF-8", _AS_UTF8)
                raise InputError.of(str(file), [problem]) from None
            line += block.count(b"\n")


def _check_types(where: str, table: ibis.Table) -> None:
    """Make sure that a Parquet file holds what its columns mean, in types that say so."""
    problems = []
    for name in (name for name in LOG.columns if name in table.columns):
        kind, given = _type(LOG.columns[name]), table[name].type()
        if not _fits(kind, given):
            expected, remedy = _EXPECTED[kind.partition("(")[0]]
            message = f"the column holds values of type {given}, which are no {expected}"
            problems.append(Problem("error", Path(where).name, None, name, None, message, remedy))
    if problems:
        raise InputError.of(where, problems)


def _fits(kind: str, given: Any) -> bool:
    """Whether values of a type can be read as those of a column without a guess at their unit."""
    if given.is_string() or given.is_null():
        return True
    if kind.startswith("timestamp"):
        return bool(given.is_timestamp() or given.is_date())
    if kind == "boolean":
        return bool(given.is_boolean())
    if kind == "string":
        return not given.is_nested() and not given.is_binary()
    return bool(given.is_numeric()) and not given.is_boolean()


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
    """Make sure that every cell can be read; report all columns together."""
    typed = {name: _type(LOG.columns[name]) for name in LOG.columns if name in table.columns}
    typed = {name: kind for name, kind in typed.items() if _may_fail(kind, table[name].type())}
    if not typed:
        return
    bad = {name: table[name].notnull() & ~_readable(table[name], typed[name]) for name in typed}
    counts = {name: bad[name].sum().coalesce(0) for name in typed}
    examples = {
        f"{name}_example": table[name].cast("string").min(where=bad[name]) for name in typed
    }
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


def _may_fail(kind: str, given: Any) -> bool:
    """Whether a cell of a type may hold what its column cannot."""
    if given.is_string():
        return kind != "string"
    return kind == "int32" and str(given).lstrip("!") not in ("int8", "int16", "int32")


def _readable(cell: ibis.Value, kind: str) -> ibis.Value:
    read = cell.try_cast(_parsed(kind))
    if kind == "int32" and not cell.type().is_string():
        return (read == cell).fill_null(False)  # a fraction would be rounded without a word
    return read.notnull()


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
