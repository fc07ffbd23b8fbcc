"""The journeys of the probe lorries of a run, out of its journey log."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lajvard.study.opened import Run
from lajvard.twin.probes import PROBE

if TYPE_CHECKING:
    from ibis import Table

FloatArray = NDArray[np.float64]

_HOUR = np.timedelta64(3_600_000, "ms")


@dataclass(frozen=True, eq=False)
class Probes:
    """The probe journeys that arrived, in all replications of a run.

    Attributes
    ----------
    rows
        Their rows of the log, in order. A journey has one route: that on which it arrived.
    first : (n_journeys,)
        Where each journey begins in `rows`.
    """

    rows: pa.Table
    first: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)

    def of_journeys(self, name: str) -> NDArray[Any]:
        """A column, one entry a journey: (n_journeys,)."""
        return column(self.rows, name)[self.first]

    @cached_property
    def hours(self) -> FloatArray:
        """Hours from departure to arrival: (n_journeys,)."""
        ends = np.append(self.first[1:], self.rows.num_rows) - 1
        took = column(self.rows, "end")[ends] - column(self.rows, "start")[self.first]
        return np.asarray(took / _HOUR, dtype=np.float64)

    def of(self, source: str) -> FloatArray:
        """Hours of the journeys of a source: (n,)."""
        mine: FloatArray = self.hours[self.of_journeys("source_id") == source]
        return mine

    def by_replication(self, source: str) -> list[FloatArray]:
        """Hours of the journeys of a source, replication by replication."""
        mine = self.of_journeys("source_id") == source
        replication = self.of_journeys("replication")
        return [self.hours[mine & (replication == one)] for one in np.unique(replication)]

    def table(self, source: str = "", *, whole_way: bool = False) -> "Table":
        """The log of all sources or of one, as indicators take it.

        With `whole_way`, the routes of a source count as one, which is called like it.
        """
        import ibis

        rows = self.rows
        if source:
            rows = rows.filter(pa.array(column(rows, "source_id") == source))
        if whole_way:
            at = rows.schema.get_field_index("route")
            rows = rows.set_column(at, "route", rows["source_id"])
        return ibis.memtable(rows)


def column(rows: pa.Table, name: str) -> NDArray[Any]:
    """A column as an array; texts are objects, empty where nothing is."""
    found: NDArray[Any] = rows[name].to_numpy()
    if found.dtype == object:
        found = np.where(found == None, "", found)  # noqa: E711
    return found


def probes_in(run: Run) -> Probes | None:
    """The probe journeys of a run after its warm-up; None when it has no log, or no probes."""
    if run.manifest.log == "none":
        return None
    log = run.log()
    mine = log.filter(log.source_id.startswith(PROBE))
    plain = mine.mutate(**{name: mine[name].cast("string") for name in _TEXTS})
    rows = plain.order_by(["replication", "journey_id", "seq"]).to_pyarrow()
    if not rows.num_rows:
        return None
    return arrived(rows, run.warmup_days)


_TEXTS = ("journey_id", "activity", "node_id", "link_id", "route", "source_id")


def arrived(rows: pa.Table, warmup_days: float = 0.0) -> Probes:
    """The journeys in ordered rows that began after the warm-up and arrived."""
    first = _first(rows)
    last = np.append(first[1:], rows.num_rows) - 1
    done = column(rows, "arrived")[first].astype(bool)
    start = column(rows, "start")[first]
    begin = start.min().astype("datetime64[Y]").astype(start.dtype)
    done &= (start - begin) / _HOUR >= 24 * warmup_days
    counts = np.diff(np.append(first, rows.num_rows))
    at = rows.schema.get_field_index("route")
    routes = np.repeat(column(rows, "route")[last], counts)
    rows = rows.set_column(at, "route", pa.array(routes))
    kept = rows.filter(pa.array(np.repeat(done, counts)))
    return Probes(kept, _first(kept))


def _first(rows: pa.Table) -> NDArray[np.int64]:
    """Where journeys begin."""
    if not rows.num_rows:
        return np.zeros(0, dtype=np.int64)
    keys = [column(rows, name) for name in ("replication", "journey_id")]
    new = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.flatnonzero(np.append(True, new))


def left_country_h(probes: Probes, places: Sequence[str]) -> FloatArray:
    """Hours from departure until a journey leaves the first of `places` that it comes to.

    NaN for a journey that comes to none of them: (n_journeys,).
    """
    node = column(probes.rows, "node_id")
    end, start = column(probes.rows, "end"), column(probes.rows, "start")
    at = np.isin(node, list(places))
    found = np.full(len(probes), np.nan)
    bounds = np.append(probes.first, probes.rows.num_rows)
    for number, (begin, stop) in enumerate(pairwise(bounds.tolist())):
        inside = np.flatnonzero(at[begin:stop])
        if len(inside):
            mine = begin + inside
            stay = mine[node[mine] == node[mine[0]]]
            found[number] = (end[stay[-1]] - start[begin]) / _HOUR
    return found
