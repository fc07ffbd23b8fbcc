"""The flows and simulated years of ``lajvard demo``: which, where runs lie, a table of them."""

from dataclasses import dataclass
from itertools import count
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lajvard.cli.out import Tell, counted, heading, print_table, say

if TYPE_CHECKING:
    from lajvard.case import Case
    from lajvard.corridor import Corridor
    from lajvard.flows.assign_flows import FlowResult
    from lajvard.progress import Progress
    from lajvard.report import PairComparison
    from lajvard.simulation.model import Model
    from lajvard.study import Run
    from lajvard.tables import ResultTable

SCENARIOS = ("as-described", "etir-prearrival", "pandemic-2020")
"""The built-in scenarios of the demo; the first is what the others are compared with."""

CONVOY = "convoy-2018"
REPLICATIONS = 10
QUICK_DAYS = 120
SAMPLE_EVERY = 1000
"""Journeys of which one is in the log, beside those of all probe lorries."""


CLOSED = "torkham-chaman-closed"
"""The scenario that the flows of the demo are compared with."""


@dataclass(frozen=True)
class DemoRuns:
    """The runs of the scenarios, and that of the convoy if it was simulated."""

    scenarios: "tuple[Run, ...]"
    convoy: "Run | None" = None

    @property
    def every(self) -> "tuple[Run, ...]":
        """All of them."""
        return (*self.scenarios, self.convoy) if self.convoy else self.scenarios


def simulated(corridor: "Corridor", out: Path, *, quick: bool, tell: Tell) -> DemoRuns:
    """Simulate the scenarios into ``runs`` beside the report; runs that are there are kept.

    The quick demo has one scenario of some months, and no convoy.
    """
    from lajvard.case import Case

    settings: dict[str, Any] = {"replications": REPLICATIONS}
    if quick:
        settings["days"] = QUICK_DAYS
    cases = [
        Case(corridor, scenario=name, progress=tell)
        for name in (SCENARIOS[:1] if quick else SCENARIOS)
    ]
    found = [_run(case, out / "runs", tell, case.name, **settings) for case in cases]
    if quick:
        return DemoRuns(tuple(found))
    from lajvard.analysis.case_studies.convoy import winter_convoys

    tell("Compiling the winter of 2018")
    model = winter_convoys(corridor).build.model
    convoy = _run(model, out / "runs", tell, CONVOY, warmup=0, **settings)
    return DemoRuns(tuple(found), convoy)


def _run(what: "Case | Model", runs: Path, tell: Tell, name: str, **settings: Any) -> "Run":
    """A run of these settings; one of another description in its place is kept beside it."""
    from lajvard.study import OtherRunError, simulate

    def show(progress: "Progress") -> None:
        tell(f"Simulating {name}: {progress}")

    tell(f"Simulating {name} (slower the first time: the engine is compiled)")
    logged = {"log": "sample", "sample_every": SAMPLE_EVERY, "progress": show, **settings}
    folder = runs / name
    try:
        return simulate(what, folder, **logged)
    except OtherRunError:
        folder.rename(_earlier(folder))
        return simulate(what, folder, **logged)


def _earlier(folder: Path) -> Path:
    """A free name beside a folder, for what was in it."""
    numbers = (folder.with_name(f"{folder.name} earlier {number}") for number in count(1))
    return next(path for path in numbers if not path.exists())


def modelled_flows(
    case: "Case", *, quick: bool, tell: Tell
) -> "tuple[FlowResult, ResultTable | None]":
    """The trade on the routes, beside that without the scenario; the experiment unless quick."""
    from lajvard.analysis.case_studies.transit_rules import natural_experiment
    from lajvard.flows.assign_flows import assign_flows

    result = assign_flows(case, progress=tell)
    return result, None if quick else natural_experiment(case.corridor, progress=tell)


def print_runs(runs: DemoRuns, compared: "PairComparison | None") -> None:
    """Days by way as described, and what the other scenarios change."""
    base, *others = runs.scenarios
    rows = list(_rows(runs, compared)) if compared else []
    if not rows:
        return
    assert compared is not None, "rows come from it"
    days = f"{base.manifest.days:g} simulated days"
    n = counted(base.n_replications, "replication")
    heading(f"{compared.pair.title}, simulated: days of a journey ({days}, {n})")
    heads = ["way", "mean", "±", "p95"]
    for run in others:
        heads += [run.manifest.scenario["name"], "±"]
    print_table(heads, rows)
    if others:
        titles = (f"{run.manifest.scenario['name']}: {run.manifest.title}" for run in others)
        say(f"Changes of the mean under {'; '.join(titles)}.")
    say("± is the half-width of the 95 % interval of the mean or its change over the replications.")


def _rows(runs: DemoRuns, compared: "PairComparison") -> "list[list[str]]":
    from lajvard.study import compare_runs
    from lajvard.twin.probes import probe_name

    base, *others = runs.scenarios
    keys = {measure.key for measure in base.measures}
    comparison = compare_runs(base, *others) if others else None
    rows = []
    for way in compared.named:
        source = probe_name(compared.pair.pair_id, way.alternative_id)
        if f"journey_h/{source}" not in keys:
            continue
        mean, p95 = (base.estimate(f"{name}/{source}") for name in ("journey_h", "journey_p95_h"))
        row = [way.name, _days(mean.value), _days(mean.half_width), _days(p95.value)]
        for ix in range(len(others)):
            assert comparison is not None, "there are others"
            change = comparison.of(f"journey_h/{source}", ix).change
            row += [_days(change.value, sign="+"), _days(change.half_width)]
        rows.append(row)
    return rows


def _days(hours: float, sign: str = "") -> str:
    """Hours as days of one decimal.

    >>> _days(36.0), _days(-2.0, sign="+"), _days(float("nan"))
    ('1.5', '-0.1', '-')
    >>> _days(-0.1, sign="+")
    '0.0'
    """
    days = round(hours / 24, 1) + 0.0
    return "-" if isnan(hours) else f"{days:{sign if days else ''}.1f}"
