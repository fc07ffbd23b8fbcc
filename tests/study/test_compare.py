"""Comparing runs: what is paired with what, and what a reader is told."""

from pathlib import Path

import numpy as np
import pytest

from lajvard.errors import InputError
from lajvard.study.compare import compare_runs
from lajvard.study.manifest import Manifest
from lajvard.study.measures import Measure
from lajvard.study.opened import Run

HOURS = Measure("journey_h", "", "h", "journey time")
AT_POST = Measure("station_h", "Torghundi", "h", "time at a border", "station")


def a_run(
    name: str,
    values: np.ndarray,
    measures: tuple[Measure, ...] = (HOURS, AT_POST),
    *,
    seed: int = 1,
    days: float = 365.0,
    finished: bool = True,
) -> Run:
    """A run whose measures are known already."""
    manifest = Manifest("hash", seed, days, len(values), completed=len(values), warmup_days=0)
    run = Run(Path(name), manifest if finished else Manifest("hash", seed, days, len(values)))
    known = {"n_replications": len(values), "measures": measures, "values": values}
    run.__dict__.update(known | {"warmup_days": 0})
    return run


def draws(n: int, seed: int = 1) -> np.ndarray:
    random = np.random.Generator(np.random.Philox(key=seed))
    return random.normal([100.0, 10.0], [5.0, 1.0], size=(n, 2))


def test_compare_runs__pairs_replications() -> None:
    values = draws(20)
    found = compare_runs(a_run("base", values), a_run("other", values + np.array([2.0, 0.0])))
    hours, post = found.of("journey_h"), found.of("station_h/Torghundi")
    assert hours.change.value == pytest.approx(2.0)
    assert hours.change.half_width == pytest.approx(0.0, abs=1e-9)
    assert hours.is_clear
    assert hours.correlation == pytest.approx(1.0)
    assert (post.change.value, post.is_clear) == (0.0, False)
    assert found.cautions == ()


def test_compare_runs__keeps_the_order_of_runs() -> None:
    values = draws(12)
    base, one, two = (a_run(name, values + add) for name, add in [("a", 0), ("b", 1), ("c", 2)])
    found = compare_runs(base, one, two)
    assert [found.of("journey_h", at).change.value for at in (0, 1)] == pytest.approx([1.0, 2.0])
    assert [row["run"] for row in found.records()] == ["b", "b", "c", "c"]


def test_compare_runs__warns_of_few_replications_and_other_seeds() -> None:
    base, other = a_run("base", draws(4)), a_run("other", draws(6, 2), seed=2)
    found = compare_runs(base, other)
    assert found.n == 4
    assert found.of("journey_h").change.n == 4
    said = " | ".join(found.cautions)
    assert "4 replications are too few" in said
    assert "other has 6 replications, the first 4 are compared" in said
    assert "they share no random numbers" in said


def test_compare_runs__warns_of_an_unfinished_run() -> None:
    found = compare_runs(a_run("base", draws(12)), a_run("other", draws(12), finished=False))
    assert found.cautions == (
        "other is not finished: 12 replications are there, and no warm-up is left out",
    )


def test_compare_runs__names_what_only_one_has() -> None:
    values = draws(12)
    other = Measure("station_h", "Turgundi", "h", "time at a border", "station")
    found = compare_runs(a_run("base", values), a_run("other", values, (HOURS, other)))
    assert found.missing == (("station_h/Torghundi", "station_h/Turgundi"),)
    assert [change.measure.key for change in found.changes] == ["journey_h"]


def test_compare_runs__says_how_many_intervals_may_miss() -> None:
    measures = tuple(Measure("station_h", f"S{at}", "h", "time", "station") for at in range(60))
    values = np.random.Generator(np.random.Philox(key=3)).normal(10.0, 1.0, (12, 60))
    found = compare_runs(a_run("a", values, measures), a_run("b", values, measures))
    assert found.cautions == ("of 60 intervals at 95%, about 3 may miss by chance alone",)


def test_compare_runs__leaves_out_what_neither_measured() -> None:
    values = draws(12)
    values[:, 1] = np.nan
    found = compare_runs(a_run("base", values), a_run("other", values))
    assert [change.measure.key for change in found.changes] == ["journey_h"]
    with pytest.raises(InputError, match="has no measure 'station_h/Torghundi'"):
        found.of("station_h/Torghundi")


def test_compare_runs__refuses_runs_of_other_length_and_one_alone() -> None:
    base = a_run("base", draws(12))
    with pytest.raises(InputError, match="base simulates 365 days, short 90"):
        compare_runs(base, a_run("short", draws(12), days=90.0))
    with pytest.raises(InputError, match="one run alone"):
        compare_runs(base)
