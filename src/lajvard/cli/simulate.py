"""``lajvard simulate``: a time of a corridor, many times over."""

import math
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lajvard.cli.app import app, examples
from lajvard.cli.options import BUILT_IN, AsJson, AsOf, CorridorOption, case_of, complete_scenario
from lajvard.cli.out import counted, heading, print_json, print_table, say, telling

if TYPE_CHECKING:
    from lajvard.study import Measure, Run, Until

FOLDER = Path("lajvard-run")
ENGINES = {
    "threads": "threads of this program",
    "processes": "processes of their own",
    "dask": "a local Dask cluster; needs the extra dask",
}
_LONGEST = 10
"""Rows of a measure that are listed."""
_WHOLE = ("journey_h", "journey_p95_h", "cost_usd", "emission_kgco2e", "arrived_per_day")
_SHOWN = (*(f"{name}/" for name in _WHOLE), "journey_h/flow", "station_wait_h", "line_wait_h")
"""What is printed after a run."""


class Log(StrEnum):
    """Which journeys the log keeps."""

    NONE = "none"
    SAMPLE = "sample"
    ALL = "all"


def _complete(words: dict[str, str]) -> Callable[[str], Iterator[tuple[str, str]]]:
    def complete(incomplete: str) -> Iterator[tuple[str, str]]:
        yield from (pair for pair in words.items() if pair[0].startswith(incomplete))

    return complete


@app.command(
    epilog=examples(
        "lajvard simulate",
        "lajvard simulate --days 90 --replications 5 --out quick",
        "lajvard simulate --scenario etir-prearrival --out etir",
        "lajvard simulate --scenario faster-border.yaml --log sample --out faster",
        "lajvard simulate --until journey_h=0.02 --out exact",
    )
)
def simulate(
    corridor: CorridorOption = BUILT_IN,
    as_of: AsOf = None,
    scenario: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="What to change: a built-in scenario or a YAML file. By default nothing.",
            autocompletion=complete_scenario,
        ),
    ] = None,
    days: Annotated[
        float | None,
        typer.Option(metavar="N", min=1, help="Days from the first of January; by default 365."),
    ] = None,
    replications: Annotated[
        int, typer.Option(metavar="N", min=1, help="How often, each time with other chances.")
    ] = 20,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="INDICATOR=SHARE",
            help="As often as it takes until the half-width of an indicator's interval is below "
            "this share of its mean, such as journey_h=0.02.",
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Of chance; runs of one seed can be compared best."),
    ] = 1,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Replications at once; by default one a core."),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What works on them: threads, processes, dask, or the address of a Dask "
            "scheduler whose workers see the folder.",
            autocompletion=_complete(ENGINES),
        ),
    ] = "threads",
    log: Annotated[Log, typer.Option(help="Journeys to keep in the journey log.")] = Log.NONE,
    sample_every: Annotated[
        int, typer.Option(metavar="N", min=1, help="With --log sample: keep every N-th journey.")
    ] = 100,
    warmup: Annotated[
        str,
        typer.Option(
            metavar="DAYS|mser5",
            help="Days at the beginning to leave out, or the rule to find them.",
        ),
    ] = "mser5",
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of the run.", show_default=True)
    ] = FOLDER,
    json: AsJson = False,
) -> None:
    """Simulate a corridor: journeys that queue, wait and arrive.

    Consignments leave as demand says, take their routes, and meet borders, ferries, closures and
    storms. A killed run goes on where it stopped when the same command is given again. What is
    printed are means over the replications, with 95 % intervals.
    """
    from lajvard import study
    from lajvard.study.workers import check_engine

    check_engine(engine)
    enough = _until(until) if until else replications
    rule = _warmup(warmup)
    with telling("Compiling the model") as tell:
        case = case_of(corridor, scenario, as_of, tell=tell)
        run = study.simulate(
            case,
            out,
            days=days,
            replications=enough,
            seed=seed,
            jobs=jobs,
            engine=engine,
            log=log.value,
            sample_every=sample_every,
            warmup=rule,
            progress=tell,
        )
    if json:
        print_json(run_dict(run))
    else:
        print_run(run)


def _until(text: str) -> "Until":
    from lajvard.study import Until

    indicator, _, share = text.rpartition("=")
    try:
        return Until(indicator, float(share))
    except ValueError as error:
        if not indicator:
            said = f"--until '{text}': write an indicator and a share, such as journey_h=0.02."
            raise typer.BadParameter(said) from None
        raise typer.BadParameter(f"--until '{text}': {error}") from None


def _warmup(text: str) -> Any:
    if text == "mser5":
        return text
    if not text.isdigit():
        raise typer.BadParameter(f"--warmup '{text}': write a number of days, or mser5.")
    return int(text)


# ---------------------------------------------------------------- the answer


def run_dict(run: "Run") -> dict[str, Any]:
    """A run and its measures, for programs."""
    about = run.manifest
    return {
        "run": run.folder.as_posix(),
        "run_id": about.run_id,
        "corridor": about.corridor.get("name"),
        "scenario": about.scenario.get("name"),
        "as_of": about.corridor.get("as_of"),
        "days": about.days,
        "seed": about.seed,
        "replications": run.n_replications,
        "finished": run.is_finished,
        "warmup_days": run.warmup_days,
        "log": about.log,
        "notes": [*about.notes],
        "unstable": [str(place) for place in run.unstable],
        "indicators": [*measure_rows(run)],
    }


def measure_rows(run: "Run", names: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Measures of a run with their intervals; all, or those with one of these names."""
    for measure in run.measures:
        if names and measure.name not in names and measure.key not in names:
            continue
        found = run.estimate(measure.key)
        if found.n:
            yield {
                "indicator": measure.name,
                "of": measure.of,
                "unit": measure.unit,
                "mean": found.value,
                "low": found.low,
                "high": found.high,
                "sd": found.sd,
                "n": found.n,
                "stable": run.is_stable(measure),
            }


def print_run(run: "Run") -> None:
    """What a run says about the corridor."""
    about = run.manifest
    say(f"{about.corridor.get('title', run.name)}: {about.title}")
    counts = f"{about.days:g} days, {counted(run.n_replications, 'replication')}, seed {about.seed}"
    left_out = counted(run.warmup_days, "day") if run.warmup_days else "nothing"
    say(f"{counts}; {left_out} left out as warm-up")
    print_measures(run, _LONGEST, _SHOWN)
    for note in about.notes:
        say(f"Note: {note}.")
    say()
    say("lajvard indicators shows all; lajvard compare sets runs side by side.")
    say(f"Run: {run.folder}")


def print_measures(run: "Run", longest: int, names: Sequence[str] = ()) -> None:
    """The measures as tables: those of the whole corridor, then each by what it is of."""
    from lajvard.study.statistics import caution

    groups: dict[tuple[str, str], list[Measure]] = {}
    for measure in run.measures:
        if not names or {measure.name, measure.key, f"{measure.name}/{measure.by}"} & {*names}:
            name = measure.name if measure.by else ""
            groups.setdefault((measure.by, name), []).append(measure)
    for (by, _), group in groups.items():
        if by:
            _print_group(run, group, longest)
        else:
            heading("The whole corridor")
            rows = [(_marked(run, each, each.meaning), *_cells(run, each)) for each in group]
            print_table(("what", "mean", "±", "unit", "n"), rows)
    said = caution(run.n_replications)
    say()
    say("± is the half-width of the 95 % interval of the mean over n replications.")
    if said:
        say(f"Caution: {said}.")
    if run.unstable:
        say("Caution: * counts only journeys that ended, and queues grew without end on their way:")
        for place in run.unstable:
            say(f"  {place}")


def _marked(run: "Run", measure: "Measure", text: str) -> str:
    """A name with a mark where the queue on the way never settled."""
    return text if run.is_stable(measure) else f"{text} *"


def _print_group(run: "Run", group: "Sequence[Measure]", longest: int) -> None:
    """A measure of several things, the largest first."""
    known = [m for m in group if run.estimate(m.key).n]
    known.sort(key=lambda m: -run.estimate(m.key).value)
    if not known:
        return
    first = known[0]
    heading(f"{first.meaning[0].upper()}{first.meaning[1:]}, by {first.by}")
    rows = [(_marked(run, m, m.of), *_cells(run, m)) for m in known[: longest or None]]
    print_table((first.by, "mean", "±", "unit", "n"), rows)
    if longest and len(known) > longest:
        say(f"and {len(known) - longest} more")


def _cells(run: "Run", measure: "Measure") -> tuple[str, str, str, str]:
    found = run.estimate(measure.key)
    if not found.n:
        return "-", "-", measure.unit, "0"
    decimals = 0 if abs(found.value) >= 1000 else 1 if abs(found.value) >= 10 else 2
    half = "-" if math.isnan(found.half_width) else f"{found.half_width:,.{decimals}f}"
    return f"{found.value:,.{decimals}f}", half, measure.unit, str(found.n)
