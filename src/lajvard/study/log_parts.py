"""A log that comes in parts, written as one sorted file in bounded memory.

A journey lasts for weeks, so that its rows lie in several parts. Each part is therefore dealt out
to files by the number of the journey; in the end one such file after the other is sorted, named
and written. The result does not depend on how the rows were parted.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.journeys.write import write_tables
from lajvard.simulation.model import IntArray
from lajvard.simulation.simulate import ActivityColumns
from lajvard.study.columns import LogNames, name_columns

JOURNEYS_EACH = 1 << 15
"""Journeys of which the rows are sorted at once."""

_ROW = np.dtype(
    [
        ("journey", "i8"), ("seq", "i2"), ("activity", "i2"), ("place", "i4"), ("start_s", "i4"),
        ("end_s", "i4"), ("step", "i4"), ("source", "i2"), ("route", "i4"), ("share", "f4"),
    ]
)  # fmt: skip


class LogParts:
    """Parts of the log of one replication, kept in a folder until all are there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers: set[int] = set()

    def keep(self, columns: ActivityColumns) -> None:
        """Deal out the rows of a part."""
        rows = np.empty(len(columns.journey), dtype=_ROW)
        for name in ActivityColumns._fields:
            rows[name] = getattr(columns, name)
        number = rows["journey"] // JOURNEYS_EACH
        order = np.argsort(number, kind="stable")
        numbers, first = np.unique(number[order], return_index=True)
        for one, part in zip(numbers.tolist(), np.split(order, first[1:]), strict=True):
            self._numbers.add(one)
            with self._file(one).open("ab") as out:
                rows[part].tofile(out)

    def write(
        self, file: Path, names: LogNames, under_way: IntArray, *, run_id: str, replication: int
    ) -> None:
        """Write all rows to a Parquet file, sorted by journey and activity; parts are removed.

        Parameters
        ----------
        names
            What the indices in the rows stand for.
        under_way
            Journeys that had not ended when the simulation did.
        """

        def tables() -> Iterator[Any]:
            for number in sorted(self._numbers):
                path = self._file(number)
                rows = np.fromfile(path, dtype=_ROW)
                path.unlink()
                yield name_columns(
                    _columns(rows), names, run_id=run_id, replication=replication,
                    under_way=under_way,
                )  # fmt: skip
            if not self._numbers:
                yield name_columns(
                    _columns(np.empty(0, dtype=_ROW)), names, run_id=run_id,
                    replication=replication, under_way=under_way,
                )  # fmt: skip

        write_tables(tables(), file)

    def _file(self, number: int) -> Path:
        return self._folder / f"journeys-{number:06d}.rows"


def _columns(rows: NDArray[np.void]) -> ActivityColumns:
    return ActivityColumns(*(np.ascontiguousarray(rows[name]) for name in ActivityColumns._fields))
