"""Replications on several workers: threads, processes or a Dask cluster, with the same result.

A worker simulates a replication and writes it; what comes back are three numbers. So nothing large
is sent anywhere, and memory does not grow with the number of replications.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from lajvard.errors import InputError, did_you_mean, require_extra
from lajvard.simulation.model import Model
from lajvard.simulation.simulate import Replication, simulate_replication
from lajvard.study.manifest import Log
from lajvard.study.store import LOG_FILE, new_replication, write_statistics, write_warm_up
from lajvard.twin.probes import probes_of

if TYPE_CHECKING:
    from lajvard.study.columns import LogNames

ENGINES = ("threads", "processes", "dask")
_ADDRESSES = ("tcp://", "tls://", "ucx://", "inproc://")


@dataclass(frozen=True)
class Job:
    """What every replication of a run has in common."""

    model: Model
    folder: Path
    run_id: str
    seed: int
    log: Log
    sample_every: int
    names: "LogNames | None" = None
    """What the indices of the log stand for; needed if there is to be one."""
    warmup_days: int = 0
    """If not 0, only so many days are simulated, and their counts kept as those of the warm-up."""

    def of_warm_up(self, days: int) -> "Job":
        """The job of simulating the first days alone: the same journeys as in the whole run."""
        model = replace(self.model, horizon_h=days * 24.0)
        return replace(self, model=model, log="none", warmup_days=days)


class Done(NamedTuple):
    """A replication that was simulated and written."""

    replication: int
    n_events: int
    seconds: float


class Future(Protocol):
    """What a worker will have done."""

    def result(self) -> Any:
        """Wait for it."""
        ...

    def cancel(self) -> Any:
        """Do not begin it, if it has not begun."""
        ...


Submit = Callable[[int], Future]


def perform(job: Job, replication: int) -> Done:
    """Simulate a replication and write it."""
    started = time.perf_counter()
    play = partial(
        simulate_replication,
        job.model,
        seed=job.seed,
        replication=replication,
        log=job.log,
        sample_every=job.sample_every,
        watched=probes_of(job.model),
    )
    if job.warmup_days:
        done = play()
        write_warm_up(job.folder, replication, job.warmup_days, done.statistics)
    else:
        with new_replication(job.folder, replication) as part:
            done = play() if job.log == "none" else _logged(job, replication, part, play)
            write_statistics(part, done.statistics)
    return Done(replication, int(done.n_events), time.perf_counter() - started)


def _logged(
    job: Job, replication: int, part: Path, play: Callable[..., Replication]
) -> Replication:
    """Simulate a replication and write its log as it comes."""
    from lajvard.study.columns import LogNames
    from lajvard.study.log_parts import LogParts

    names = job.names or LogNames.of(job.model)
    parts = LogParts(part)
    done = play(keep=parts.keep)
    parts.write(part / LOG_FILE, names, done.under_way, run_id=job.run_id, replication=replication)
    return done


def in_order(
    job: Job, replications: Iterable[int], *, engine: str, jobs: int | None
) -> Generator[Done, None, None]:
    """Perform replications on `jobs` workers, and hand them out in their order.

    Closing the iterator cancels what has not begun and waits for what has.

    Raises
    ------
    InputError
        There is no such engine, or what it needs is not installed.
    """
    check_engine(engine)
    count = jobs or available_cores()
    with _workers(job, engine, count) as submit:
        waiting: deque[Future] = deque()
        try:
            for replication in replications:
                waiting.append(submit(replication))
                if len(waiting) >= 2 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def check_engine(engine: str) -> None:
    """Make sure that there is such an engine.

    Raises
    ------
    InputError
        There is none.
    """
    if engine not in ENGINES and not engine.startswith(_ADDRESSES):
        remedy = did_you_mean(engine, ENGINES) or f"Engines are: {', '.join(ENGINES)}."
        raise InputError("engine", f"unknown engine '{engine}'", remedy)


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _workers(job: Job, engine: str, count: int) -> Any:
    if engine == "threads":
        return _threads(job, count)
    if engine == "processes":
        return _processes(job, count)
    return _dask(job, count, None if engine == "dask" else engine)


@contextmanager
def _threads(job: Job, count: int) -> Iterator[Submit]:
    with ThreadPoolExecutor(count, "replication") as pool:
        yield lambda replication: pool.submit(perform, job, replication)


# ---------------------------------------------------------------- processes

_here: list[Job] = []
"""The job of this worker process: it is sent once, not with every replication."""


def _begin(job: Job) -> None:
    _here[:] = [job]


def _perform_here(replication: int) -> Done:
    return perform(_here[0], replication)


@contextmanager
def _processes(job: Job, count: int) -> Iterator[Submit]:
    context = get_context("spawn")  # a fork would inherit locks of threads that it does not have
    with ProcessPoolExecutor(count, context, _begin, (job,)) as pool:
        yield lambda replication: pool.submit(_perform_here, replication)


# ---------------------------------------------------------------- Dask


@contextmanager
def _dask(job: Job, count: int, address: str | None) -> Iterator[Submit]:
    """A local cluster that stops by itself, or the one at an address; all must see the folder."""
    require_extra("dask", "engine")
    from distributed import Client, LocalCluster

    if address:
        with Client(address, timeout="10s") as client:  # type: ignore[no-untyped-call]
            yield _submit_to(client, job)
        return
    local = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=count, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    with local as cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
        yield _submit_to(client, job)


def _submit_to(client: Any, job: Job) -> Submit:
    sent = client.scatter(job, broadcast=True)
    return lambda replication: client.submit(perform, sent, replication, pure=False)
