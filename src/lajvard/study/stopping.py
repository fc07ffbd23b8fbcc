"""Watching a run: how long its warm-up is, and whether it has enough replications.

The answers depend on the replications in their order only. They are therefore the same for any
number of workers, and for a run that was killed and taken up again.
"""

from pathlib import Path

from lajvard.errors import InputError, did_you_mean
from lajvard.simulation.model import Model
from lajvard.simulation.simulate import Statistics
from lajvard.study.measures import daily_series, measures_of, values_of, without
from lajvard.study.statistics import Running, Until
from lajvard.study.store import read_statistics, read_warm_up, warm_up_file
from lajvard.study.warmup import mser
from lajvard.study.workers import Job, perform

PILOT = 5
"""Replications whose mean daily series decides the warm-up."""

SEASON = 90
"""Days of the longest warm-up that is looked for: a longer one could as well be a season."""


def warmup_days_of(folder: Path, n_replications: int, rule: str | int) -> int:
    """Days that the measures of a run leave out.

    With ``mser5`` they are found on the number of consignments under way on each day, averaged
    over the first `PILOT` replications.
    """
    if isinstance(rule, int):
        return rule
    pilot = [
        read_statistics(folder, replication) for replication in range(min(PILOT, n_replications))
    ]
    if not pilot:
        return 0
    return mser(daily_series(pilot), longest=SEASON).days


def counted(folder: Path, replication: int, warmup_days: int) -> Statistics:
    """What was counted in a replication after its warm-up."""
    whole = read_statistics(folder, replication)
    if not warmup_days:
        return whole
    return without(whole, read_warm_up(folder, replication, warmup_days))


class StoppingRule:
    """Decides when a run is done.

    Attributes
    ----------
    most
        Replications that there can be.
    """

    def __init__(self, model: Model, replications: int | Until) -> None:
        self._model = model
        self._until = None if isinstance(replications, int) else replications
        self.most = replications if isinstance(replications, int) else replications.maximum
        if self._until:
            self._at = _place_of(self._until.indicator, model)
            self._running = Running()
            self._days = 0

    def is_met(self, job: Job, replication: int, rule: str | int) -> bool:
        """Whether the run may end with `replication`; asked for each in turn."""
        if self._until is None:
            return replication + 1 >= self.most
        pilot = min(PILOT, self._until.minimum)
        if replication + 1 < pilot:
            return False
        if replication + 1 == pilot:
            self._days = warmup_days_of(job.folder, pilot, rule)
            for earlier in range(replication):
                self._take(job, earlier)
        self._take(job, replication)
        return self._until.is_reached(self._running)

    def warmup_days(self, folder: Path, completed: int, rule: str | int) -> int:
        """Days that the measures of the finished run leave out."""
        return self._days if self._until else warmup_days_of(folder, completed, rule)

    def _take(self, job: Job, replication: int) -> None:
        days = self._days
        if days and not warm_up_file(job.folder, replication, days).is_file():
            perform(job.of_warm_up(days), replication)
        found = counted(job.folder, replication, days)
        values = values_of(self._model, found, self._model.horizon_h / 24 - days)
        self._running.add(float(values[self._at]))


def _place_of(indicator: str, model: Model) -> int:
    keys = [measure.key for measure in measures_of(model)]
    if indicator not in keys:
        remedy = did_you_mean(indicator, keys) or f"Such as: {', '.join(keys[:6])}."
        raise InputError("until", f"unknown indicator '{indicator}'", remedy)
    return keys.index(indicator)
