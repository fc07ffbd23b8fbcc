"""Comparing runs honestly: differences replication by replication, each with its interval."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lajvard.errors import InputError
from lajvard.study.measures import Measure
from lajvard.study.opened import Run
from lajvard.study.statistics import LEVEL, Difference, caution, paired_difference


@dataclass(frozen=True)
class Change:
    """One measure of a run beside that of the base.

    Attributes
    ----------
    run
        Place of the other run among those compared.
    """

    run: int
    measure: Measure
    difference: Difference


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs beside a base.

    Attributes
    ----------
    changes
        By run, then in the order of the measures; those that both have.
    missing
        For each other run: keys of measures that only one of the two has.
    cautions
        What a reader has to know before quoting a number.
    """

    base: Run
    others: tuple[Run, ...]
    level: float
    n: int
    changes: tuple[Change, ...]
    missing: tuple[tuple[str, ...], ...]
    cautions: tuple[str, ...]

    def of(self, key: str, run: int = 0) -> Difference:
        """The change of one measure.

        Raises
        ------
        InputError
            It was not compared.
        """
        for change in self.changes:
            if change.run == run and change.measure.key == key:
                return change.difference
        raise InputError("comparison", f"has no measure '{key}' of run {run}")

    def __getitem__(self, key: str) -> Difference:
        """The change of one measure between the base and the first other run."""
        return self.of(key)

    def records(self) -> Iterator[dict[str, Any]]:
        """The changes as rows with plain values; hours, USD and kg as the unit says."""
        for change in self.changes:
            found = change.difference
            yield {
                "run": self.others[change.run].name,
                "indicator": change.measure.name,
                "of": change.measure.of,
                "unit": change.measure.unit,
                "n": found.change.n,
                "base": found.base.value,
                "other": found.other.value,
                "change": found.change.value,
                "low": found.change.low,
                "high": found.change.high,
                "share": found.share,
                "correlation": found.correlation,
                "clear": found.is_clear,
            }


def compare_runs(base: Run, *others: Run, level: float = LEVEL) -> Comparison:
    """How other runs differ from a base.

    Replication `i` of one is paired with replication `i` of the other. With one seed they drew
    common random numbers, so that what differs is the scenario and hardly chance.

    Raises
    ------
    InputError
        There is nothing to compare, or the runs simulate times of different length.
    """
    if not others:
        raise InputError("compare", "one run alone", "Give a base and at least one other run.")
    _check_comparable(base, others)
    changes: list[Change] = []
    missing: list[tuple[str, ...]] = []
    for at, other in enumerate(others):
        changes += _changes(base, other, at, level)
        unpaired = {m.key for m in base.measures} ^ {m.key for m in other.measures}
        missing.append(tuple(sorted(unpaired)))
    n = min(run.n_replications for run in (base, *others))
    cautions = tuple(_cautions(base, others, n, len(changes), level))
    return Comparison(base, others, level, n, tuple(changes), tuple(missing), cautions)


def _changes(base: Run, other: Run, at: int, level: float) -> Iterator[Change]:
    n = min(base.n_replications, other.n_replications)
    theirs = {measure.key for measure in other.measures}
    for measure in base.measures:
        if measure.key in theirs:
            first, second = (run.values_of(measure.key)[:n] for run in (base, other))
            difference = paired_difference(first, second, level)
            if difference.change.n:
                yield Change(at, measure, difference)


def _check_comparable(base: Run, others: tuple[Run, ...]) -> None:
    for run in others:
        if run.manifest.days != base.manifest.days:
            raise InputError(
                "compare",
                f"{base.name} simulates {base.manifest.days:g} days, "
                f"{run.name} {run.manifest.days:g}",
                "Compare runs of equal length.",
            )


def _cautions(
    base: Run, others: tuple[Run, ...], n: int, n_changes: int, level: float
) -> Iterator[str]:
    if caution(n):
        yield caution(n)
    for run in (base, *others):
        if not run.is_finished:
            yield (
                f"{run.name} is not finished: {run.n_replications} replications are there, "
                "and no warm-up is left out"
            )
        if run.n_replications != n:
            yield f"{run.name} has {run.n_replications} replications, the first {n} are compared"
        if run.manifest.seed != base.manifest.seed:
            yield (
                f"{run.name} has seed {run.manifest.seed}, {base.name} {base.manifest.seed}: "
                "they share no random numbers, and the intervals are wider than they need be"
            )
        scenario = run.manifest.scenario
        if scenario and run is not base and run.manifest.model == base.manifest.model:
            yield (
                f"{run.name} and {base.name} are runs of one model: scenario {scenario['name']} "
                "changes nothing that is simulated"
            )
        if run.warmup_days != base.warmup_days:
            yield (
                f"{run.name} leaves out {run.warmup_days} days of warm-up, "
                f"{base.name} {base.warmup_days}"
            )
    by_chance = n_changes * (1 - level)
    if by_chance >= 1:
        yield (
            f"of {n_changes} intervals at {level:.0%}, about {round(by_chance)} may miss "
            "by chance alone"
        )
