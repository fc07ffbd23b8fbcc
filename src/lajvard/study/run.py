"""A run: all replications of a scenario, simulated once, in a folder that explains itself."""

import time
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from lajvard.case import Case, not_considered
from lajvard.case.posts import PostCalibration
from lajvard.corridor import Corridor, Scenario
from lajvard.errors import InputError, guarded_writing
from lajvard.progress import Progress, Report, quiet
from lajvard.simulation.model import Model
from lajvard.study.manifest import (
    MANIFEST,
    SIMULATED_YEAR,
    Log,
    Manifest,
    about_corridor,
    about_scenario,
    read_manifest,
)
from lajvard.study.opened import DURATIONS, Run, open_run
from lajvard.study.posts import keep_posts
from lajvard.study.statistics import Until
from lajvard.study.stopping import StoppingRule
from lajvard.study.store import (
    MODEL,
    forget_replication,
    forget_unfinished,
    forget_warm_ups,
    kept_replications,
    only_writer,
    warm_up_file,
    write_model,
)
from lajvard.study.workers import Done, Job, check_engine, in_order

if TYPE_CHECKING:
    from lajvard.study.columns import LogNames

WarmUpRule = Literal["mser5"] | int


def simulate(
    what: Case | Model,
    folder: str | PathLike[str],
    *,
    days: float | None = None,
    replications: int | Until = 20,
    seed: int = 1,
    jobs: int | None = None,
    engine: str = "threads",
    log: Log = "none",
    sample_every: int = 100,
    warmup: WarmUpRule = "mser5",
    progress: Report = quiet,
) -> Run:
    """Simulate the replications of a case, or of a model, into a run folder.

    A folder that holds a part of the same run is taken up where it stopped; more replications may
    be asked for. The files are the same, to the byte, for any engine and number of workers, and
    however often the run was killed, but for ``durations.csv``.

    Parameters
    ----------
    what
        A case, of which the model is built first, or a model of your own.
    folder
        Made if need be.
    days
        Simulated days, from the first of January; by default the year that the model describes.
    replications
        A number, or `Until` an indicator is known well enough.
    seed
        Of all random numbers. Runs of one seed draw the same, so that they can be compared.
    jobs
        Workers; by default one for each core.
    engine
        ``threads``, ``processes``, ``dask`` (a local cluster; extra ``dask``), or the address of a
        Dask scheduler, such as ``tcp://host:8786``, whose workers see the folder.
    log
        Journeys to keep in the log: ``none``, ``sample`` (every `sample_every`-th) or ``all``.
    warmup
        Days at the beginning that the indicators leave out, or ``mser5`` to find them.
    progress
        Told how far the run is after each replication; it may raise `Cancelled`.

    Returns
    -------
    Run
        The finished run.

    Raises
    ------
    InputError
        The folder holds something else, or a setting cannot be used.
    """
    check_engine(engine)
    settings = Settings(days, replications, seed, log, sample_every, warmup)
    settings.check()
    subject = _subject(what, days)
    manifest = subject.manifest(settings)
    where = Path(folder)
    watch = StoppingRule(subject.model, replications)
    _check_folder(where)
    with only_writer(where):
        _begin(where, subject.model, manifest)
        if subject.posts is not None:
            keep_posts(where, subject.posts)
        names = subject.names() if log != "none" else None
        job = Job(subject.model, where, manifest.run_id, seed, log, manifest.sample_every, names)
        with closing(_new(job, watch.most, engine, jobs)) as new:
            completed = _until_enough(job, watch, warmup, new, progress)
        left_out = watch.warmup_days(where, completed, warmup)
        _end(job, completed, left_out, engine, jobs)
        manifest.finished(completed, left_out).write(where)
    return open_run(where)


# ---------------------------------------------------------------- before


@dataclass(frozen=True)
class Settings:
    """How a run is made, whatever it is of; see `simulate`."""

    days: float | None
    replications: int | Until
    seed: int
    log: Log
    sample_every: int
    warmup: WarmUpRule

    def check(self) -> None:
        """Make sure that they can be.

        Raises
        ------
        InputError
            One cannot.
        """
        asked, log = self.replications, str(self.log)
        warmup: object = self.warmup  # whatever was given
        found = [
            f"replications is {asked}, expected at least 1"
            if isinstance(asked, int) and asked < 1
            else "",
            f"seed is {self.seed}, expected 0 or more" if not 0 <= self.seed < 2**32 else "",
            f"log is '{log}', expected none, sample or all" if log not in get_args(Log) else "",
            f"sample_every is {self.sample_every}, expected at least 1"
            if self.sample_every < 1
            else "",
            f"warm-up is '{warmup}', expected a number of days or mser5"
            if isinstance(warmup, str) and warmup != "mser5"
            else "",
            f"warm-up is {warmup} days, expected 0 or more"
            if isinstance(warmup, int) and warmup < 0
            else "",
        ]
        for what in filter(None, found):
            raise InputError("run", what)


@dataclass(frozen=True)
class _Subject:
    """What is simulated: the model, and where it comes from."""

    model: Model
    corridor: Corridor | None = None
    scenario: Scenario | None = None
    year: int = SIMULATED_YEAR
    notes: tuple[str, ...] = ()
    described: Mapping[str, Any] = field(default_factory=dict)
    posts: tuple[PostCalibration, ...] | None = None

    def manifest(self, settings: Settings) -> Manifest:
        """The manifest of its run."""
        model, asked = self.model, settings.replications
        if isinstance(settings.warmup, int) and settings.warmup * 24 >= model.horizon_h:
            what = f"a warm-up of {settings.warmup} days leaves nothing"
            raise InputError("run", what, "Simulate more days.")
        return Manifest(
            model=model.content_hash,
            seed=settings.seed,
            days=model.horizon_h / 24,
            replications=asked if isinstance(asked, int) else asdict(asked),
            log=settings.log,
            sample_every=settings.sample_every if settings.log == "sample" else 1,
            warmup=settings.warmup,
            corridor=self.described,
            scenario=about_scenario(self.scenario) if self.scenario else {},
            year=self.year,
            notes=self.notes,
        )

    def names(self) -> "LogNames":
        """What the indices of its log stand for."""
        from lajvard.study.columns import LogNames

        scenario = self.scenario.name if self.scenario else ""
        return LogNames.of(self.model, self.corridor, scenario=scenario, year=self.year)


def _subject(what: Case | Model, days: float | None) -> _Subject:
    """The model, built if need be."""
    if isinstance(what, Model):
        return _Subject(_of_days(what, days))
    from lajvard.twin.compile import build_model

    build = build_model(what, probes=True)
    notes = (*build.notes, *_without_effect(what, build.model))
    day = {"as_of": what.as_of.isoformat()} if what.as_of else {}
    return _Subject(
        _of_days(build.model, days),
        what.changed,
        what.scenario,
        build.year,
        notes,
        about_corridor(what.corridor) | day,
        build.posts,
    )


def _without_effect(case: Case, model: Model) -> Iterator[str]:
    """What of the scenario of a case changes nothing that is simulated."""
    from lajvard.twin.compile import build_model

    yield from not_considered(case)
    if case.scenario is not None:
        usual = build_model(case.base, probes=True).model
        if usual.content_hash == model.content_hash:
            yield f"scenario {case.scenario.name} changes nothing that is simulated"


def _of_days(model: Model, days: float | None) -> Model:
    if days is None:
        return model
    if not 0 < days * 24 <= model.horizon_h:
        most = f"{model.horizon_h / 24:g}"
        raise InputError("run", f"{days:g} days cannot be simulated", f"Give from 1 to {most}.")
    return replace(model, horizon_h=days * 24.0)


def _begin(folder: Path, model: Model, manifest: Manifest) -> None:
    """Make the folder, or make sure that it holds a part of this run."""
    if (folder / MANIFEST).is_file():
        before = read_manifest(folder)
        before.check_same(manifest, folder)
        forget_unfinished(folder)
        if before.replications != manifest.replications:
            manifest.write(folder)
        return
    forget_unfinished(folder)
    write_model(folder, model)
    manifest.write(folder)


def _check_folder(folder: Path) -> None:
    if folder.exists() and not (folder / MANIFEST).is_file() and not _is_free(folder):
        remedy = "Give a new or empty folder."
        raise InputError(str(folder), "exists and is not the folder of a run", remedy)


def _is_free(folder: Path) -> bool:
    """Whether nothing is there but what a run that was killed at once had begun with."""
    return folder.is_dir() and all(
        path.name == MODEL or path.name.startswith(".m") for path in folder.iterdir()
    )


# ---------------------------------------------------------------- replications


def _new(job: Job, most: int, engine: str, jobs: int | None) -> Generator[Done, None, None]:
    """The replications that are not kept yet, simulated and written."""
    kept = set(kept_replications(job.folder))
    missing = [replication for replication in range(most) if replication not in kept]
    if missing:
        with closing(in_order(job, missing, engine=engine, jobs=jobs)) as done:
            yield from done


def _progress(done: int, total: int, simulated: int, n_events: int, elapsed_s: float) -> Progress:
    """How far a run is: replications that are there, and those simulated in this attempt."""
    if not simulated:
        return Progress("Replications", done, total)
    rate = n_events / elapsed_s if elapsed_s else 0.0
    left_s = elapsed_s / simulated * (total - done)
    return Progress("Replications", done, total, left_s, f"{_short(rate)} events/s" if rate else "")


def _short(rate: float) -> str:
    """A rate in three figures.

    >>> _short(27_300_000), _short(950)
    ('27.3 million', '950')
    """
    for size, unit in ((1e6, " million"), (1e3, " thousand")):
        if rate >= size:
            return f"{rate / size:.3g}{unit}"
    return f"{rate:.3g}"


def _until_enough(
    job: Job,
    watch: StoppingRule,
    warmup: WarmUpRule,
    new: Iterator[Done],
    progress: Report,
) -> int:
    """Go through the replications in their order; how many are enough."""
    folder = job.folder
    kept = set(kept_replications(folder))
    started = time.perf_counter()
    simulated = n_events = 0
    for replication in range(watch.most):
        if replication not in kept:
            done = next(new)
            _note(folder, done)
            simulated, n_events = simulated + 1, n_events + done.n_events
        elapsed_s = time.perf_counter() - started
        progress(_progress(replication + 1, watch.most, simulated, n_events, elapsed_s))
        if watch.is_met(job, replication, warmup):
            return replication + 1
    return watch.most


def _end(job: Job, completed: int, warmup_days: int, engine: str, jobs: int | None) -> None:
    """Count the warm-up of each replication, and remove what is not part of the run."""
    folder = job.folder
    for extra in kept_replications(folder):
        if extra >= completed:
            forget_replication(folder, extra)
    forget_warm_ups(folder, warmup_days, completed)
    if warmup_days:
        missing = [
            replication
            for replication in range(completed)
            if not warm_up_file(folder, replication, warmup_days).is_file()
        ]
        work = in_order(job.of_warm_up(warmup_days), missing, engine=engine, jobs=jobs)
        deque(work, maxlen=0)


def _note(folder: Path, done: Done) -> None:
    """Add the duration of a replication to the list."""
    path = folder / DURATIONS
    row = f"{done.replication},{done.n_events},{done.seconds:.4f}\n"
    with guarded_writing(path), path.open("ab", buffering=0) as file:
        before = file.tell()
        try:
            file.write((row if before else f"replication,events,seconds\n{row}").encode())
        except OSError:
            file.truncate(before)
            raise
