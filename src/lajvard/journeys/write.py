"""Writing journey logs: Parquet, one file a replication, whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from os import PathLike
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lajvard.errors import guarded_writing
from lajvard.journeys.arrow import arrow_schema

PART = "part.parquet"
_ROW_GROUP = 262_144


def write_log(log: pa.Table, folder: str | PathLike[str], *, replication: int = 0) -> Path:
    """Write the log of one replication to ``<folder>/replication=0007/part.parquet``.

    Parameters
    ----------
    log
        An Arrow table of the log, as of `lajvard.journeys.arrow.log_rows`.
    folder
        Where the logs of all replications of the run are.

    Returns
    -------
    Path
        The file. It is sorted by journey and activity, and is there whole or not at all.
    """
    return write_part(log, Path(folder) / f"replication={replication:04d}" / PART)


def write_part(table: pa.Table, file: str | PathLike[str]) -> Path:
    """Write a log, or a part of one, to a Parquet file, whole or not at all.

    The same rows give the same bytes.
    """
    plain = arrow_schema()
    rows = table.select(plain.names).cast(plain).sort_by(_ORDER)
    return write_tables([rows.cast(arrow_schema(encoded=True))], file)


def write_tables(tables: Iterable[pa.Table], file: str | PathLike[str]) -> Path:
    """Write tables of the log one after the other into one Parquet file, whole or not at all.

    Parameters
    ----------
    tables
        Sorted, with texts encoded; at least one. Each is let go before the next is asked for.
    """
    place = Path(file)
    with guarded_writing(place):
        _write_whole(tables, place)
    return place


def _write_whole(tables: Iterable[pa.Table], place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.stem}-", suffix=".tmp")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            schema = arrow_schema(encoded=True)
            with pq.ParquetWriter(out, schema, compression="zstd") as writer:
                for table in tables:
                    writer.write_table(table, row_group_size=_ROW_GROUP)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


_ORDER = [(name, "ascending") for name in ("run_id", "replication", "journey_id", "seq")]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
