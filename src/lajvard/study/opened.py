"""A run that was simulated, read from its folder."""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count, takewhile
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lajvard.errors import InputError, did_you_mean
from lajvard.simulation.model import Model
from lajvard.simulation.simulate import Statistics
from lajvard.study.manifest import Manifest, read_manifest
from lajvard.study.measures import Measure, measures_of, values_of
from lajvard.study.posts import read_posts
from lajvard.study.stability import Unstable, flows_through, unstable_places
from lajvard.study.statistics import LEVEL, Estimate, FloatArray, mean_interval
from lajvard.study.stopping import counted
from lajvard.study.store import REPLICATIONS, kept_replications, read_model, read_statistics

if TYPE_CHECKING:
    from ibis import Table

    from lajvard.case.posts import PostCalibration

DURATIONS = "durations.csv"


class Duration(NamedTuple):
    """How long a replication took."""

    replication: int
    n_events: int
    seconds: float


@dataclass(frozen=True, eq=False)
class Run:
    """A run: what it was made from, and what came out of it.

    Attributes
    ----------
    folder
        Where it is.
    manifest
        What it was made from.
    """

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.resolve().name

    @property
    def is_finished(self) -> bool:
        """Whether all replications that were asked for are there."""
        return self.manifest.completed is not None

    @cached_property
    def n_replications(self) -> int:
        """Replications that are there, counted from the first without a gap."""
        if self.manifest.completed is not None:
            return self.manifest.completed
        kept = set(kept_replications(self.folder))
        return sum(1 for _ in takewhile(kept.__contains__, count()))

    @cached_property
    def model(self) -> Model:
        """The model that was simulated."""
        return read_model(self.folder)

    @cached_property
    def posts(self) -> "tuple[PostCalibration, ...] | None":
        """Border posts as described and as calibrated; None where the folder keeps none."""
        return read_posts(self.folder)

    @property
    def warmup_days(self) -> int:
        """Days at the beginning that the measures leave out: none while it is not finished."""
        return self.manifest.warmup_days or 0

    def statistics(self, replication: int) -> Statistics:
        """What was counted in one replication."""
        return read_statistics(self.folder, replication)

    def each_statistics(self) -> Iterator[Statistics]:
        """The statistics of every replication, one in memory at a time."""
        return (self.statistics(replication) for replication in range(self.n_replications))

    def each_counted(self) -> Iterator[Statistics]:
        """The statistics of every replication without its warm-up, one in memory at a time."""
        days = self.warmup_days
        return (counted(self.folder, each, days) for each in range(self.n_replications))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What is measured in every replication, whether a log was kept or not."""
        return measures_of(self.model)

    @cached_property
    def values(self) -> FloatArray:
        """(n_replications, n_measures): each measure in each replication, NaN where it has none."""
        days = self.manifest.days - self.warmup_days
        rows = [values_of(self.model, each, days) for each in self.each_counted()]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.measures))

    @cached_property
    def unstable(self) -> tuple[Unstable, ...]:
        """Stations, lines and pools whose queue grew without end: journeys through them are marked.

        Measures of a journey count those that have ended; where most have not, they say too little.
        """
        return unstable_places(self.model, self.each_statistics())

    @cached_property
    def unstable_flows(self) -> frozenset[str]:
        """The flows of which a route passes an unstable place."""
        return flows_through(self.model, self.unstable) if self.unstable else frozenset()

    def is_stable(self, measure: Measure) -> bool:
        """Whether a measure is not one of journeys through a place whose queue grew without end."""
        if measure.by == "flow":
            return measure.of not in self.unstable_flows
        if measure.by in ("station", "line", "permit"):
            return (measure.by, measure.of) not in {(one.kind, one.name) for one in self.unstable}
        flows = {each.of for each in self.measures if each.by == "flow"}
        return not flows & self.unstable_flows

    def values_of(self, key: str) -> FloatArray:
        """(n_replications,): one measure in each replication.

        Raises
        ------
        InputError
            There is no such measure.
        """
        keys = [measure.key for measure in self.measures]
        if key not in keys:
            remedy = did_you_mean(key, keys) or f"Such as: {', '.join(keys[:6])}."
            raise InputError(self.name, f"has no measure '{key}'", remedy)
        column: FloatArray = self.values[:, keys.index(key)]
        return column

    def estimate(self, key: str, level: float = LEVEL) -> Estimate:
        """The mean of a measure over the replications, with its interval.

        Raises
        ------
        InputError
            There is no such measure.
        """
        return mean_interval(self.values_of(key), level)

    def log(self, *, settled: bool = False) -> "Table":
        """The journey log as an Ibis table.

        Parameters
        ----------
        settled
            Only the journeys that the measures count too: those that arrived after the warm-up.
            Of the others a part is missing, and their times would look short.

        Raises
        ------
        InputError
            The run was made without one.
        """
        if self.manifest.log == "none":
            remedy = "Simulate with --log sample or all."
            raise InputError(self.name, "was simulated without a journey log", remedy)
        from lajvard.journeys import open_log

        rows = open_log(self.folder / REPLICATIONS)
        if not settled:
            return rows
        from lajvard.journeys import arrived_since

        begin = dt.datetime(self.manifest.year, 1, 1) + dt.timedelta(days=self.warmup_days)
        return arrived_since(rows, begin)

    def durations(self) -> list[Duration]:
        """How long each replication took on the machine that simulated it."""
        path = self.folder / DURATIONS
        if not path.is_file():
            return []
        with path.open(newline="", encoding="utf-8") as file:
            return [
                Duration(int(row["replication"]), int(row["events"]), float(row["seconds"]))
                for row in csv.DictReader(file)
            ]


def open_run(folder: str | PathLike[str]) -> Run:
    """Open the folder of a run, finished or not.

    Raises
    ------
    InputError
        It is not the folder of a run.
    """
    where = Path(folder)
    return Run(where, read_manifest(where))
