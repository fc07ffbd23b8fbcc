"""The engine beside SimPy, salabim and Ciw on one corridor; on two threads, cold and from cache.

Times are of the processor where nothing is said, because others may use the machine; of several
runs the shortest counts. `make bench` runs it; the others come with the dependency group `bench`.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache, partial
from importlib.metadata import version
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.ciw_corridor import ciw_corridor
from benchmarks.salabim_corridor import salabim_corridor
from benchmarks.simpy_corridor import (
    LORRIES_PER_H,
    PeerResult,
    lajvard_corridor,
    simpy_corridor,
)

from lajvard.case import Case
from lajvard.corridor import built_in
from lajvard.simulation.build import YEAR_H, ModelBuilder
from lajvard.simulation.model import Model, StepKind
from lajvard.simulation.simulate import ActivityColumns, Replication, simulate_replication
from lajvard.twin.compile import build_model

REPEATS = 7
YEARS = 8
WARM_UP_H = 240.0
BUILT_IN_REPLICATIONS = 20


class Cost(NamedTuple):
    """Of one replication: seconds of processor, events, log rows."""

    seconds: float
    n_events: int
    n_rows: int

    def line(self, name: str) -> str:
        """As it is printed."""
        rate = self.n_events / self.seconds / 1e6
        events = f"{self.n_events:12,} events {rate:7.2f} M events/s" if self.n_events else " " * 38
        return f"{name:34} {self.seconds:8.3f} s {events} {self.n_rows:12,} rows"


def best(run: Callable[[], Replication], repeats: int = REPEATS) -> Cost:
    """The cheapest of several replications."""
    run()
    costs = []
    for _ in range(repeats):
        begin = time.thread_time()
        result = run()
        rows = len(result.log.journey) if result.log else 0
        costs.append(Cost(time.thread_time() - begin, result.n_events, rows))
    return min(costs)


def whole_h(log: ActivityColumns, horizon_h: float) -> float:
    """Mean hours of the journeys that begin after the warm-up and well before the end."""
    begin = np.full(log.journey.max() + 1, np.inf)
    end = np.zeros(len(begin))
    np.minimum.at(begin, log.journey, log.start_s / 3600)
    np.maximum.at(end, log.journey, log.end_s / 3600)
    counted = (begin > WARM_UP_H) & (begin < horizon_h - WARM_UP_H)
    return float((end - begin)[counted].mean())


# ------------------------------------------------------------- beside other engines


class Peer(NamedTuple):
    """Another engine, how long it plays and how often."""

    name: str
    module: str
    play: Callable[[int, float], PeerResult]
    days: float
    runs: int


PEERS = (
    Peer("SimPy", "simpy", simpy_corridor, 365.0, 2),
    Peer("salabim", "salabim", salabim_corridor, 90.0, 1),
    Peer("Ciw", "ciw", ciw_corridor, 45.0, 1),
)
"""The slow ones play a part of the year: their time for an hour of it is the same, or grows."""


def beside(peer: Peer, asked: str = "") -> None:
    """Speed of both on the same days, log on, and whether they agree."""
    if find_spec(peer.module) is None:
        print(f"{peer.name} is not installed (dependency group `bench`): no comparison")
        return
    horizon_h = peer.days * 24.0
    model = lajvard_corridor(horizon_h)
    ours = best(lambda: simulate_replication(model, seed=1, replication=0, log="all"))
    costs, theirs = [], []
    for seed in range(peer.runs):
        begin = time.thread_time()
        result = peer.play(seed, horizon_h)
        costs.append(Cost(time.thread_time() - begin, result.n_events, len(result.rows)))
        start, hours = np.array(result.begin_h), np.array(result.whole_h)
        counted = (start > WARM_UP_H) & (start < horizon_h - WARM_UP_H)
        theirs.append(float(hours[counted].mean()))
    cost = min(costs)
    print(ours.line(f"Lajvard, {peer.days:.0f} days, log on"))
    print(cost.line(f"{peer.name} {version(peer.module)}, {peer.days:.0f} days, log on"))
    ratio = cost.seconds / ours.seconds
    print(f"{peer.name} on Lajvard, time per core of the same days: {ratio:,.0f}{asked}")
    mine = []
    for replication in range(YEARS):
        done = simulate_replication(model, seed=1, replication=replication, log="all")
        assert done.log is not None
        mine.append(whole_h(done.log, horizon_h))
    agree(peer.name, np.array(mine), np.array(theirs))


def agree(name: str, mine: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> None:
    """The means may differ by what chance explains at 99.9 %, with one variance for both."""
    n, m = len(mine), len(theirs)
    squares = ((mine - mine.mean()) ** 2).sum() + ((theirs - theirs.mean()) ** 2).sum()
    spread = np.sqrt(squares / (n + m - 2) * (1 / n + 1 / m))
    half = float(stats.t.ppf(0.9995, n + m - 2) * spread)
    gap = float(mine.mean() - theirs.mean())
    print(
        f"mean journey: Lajvard {mine.mean():.3f} h (n = {n}), {name} {theirs.mean():.3f} h "
        f"(n = {m}), difference {gap:+.3f} h, by chance up to {half:.3f} h"
    )
    assert abs(gap) <= half, "the engines differ"


# ------------------------------------------------------------- all features


def full_corridor() -> Model:
    """Like the benchmark corridor, and all that a model can have at once."""
    b = ModelBuilder(horizon_h=YEAR_H, n_places=26, class_priority=(0, 1, 2))
    storm = b.gate("storm", rate_per_h=0.01, mean_closed_h=8.0)
    data = b.gate("data link", rate_per_h=0.02, mean_closed_h=2.0)
    works = b.gate("works", dated=[(1000.0, 1012.0), (5000.0, 5024.0)])
    rule, pool = b.rule(9.0, 11.0, (23.0, 4.0)), b.pool("permits", 400.0, 24.0)
    here, there = b.terminal(6), b.terminal(6)
    fleet = b.fleet([here] * 10 + [there] * 6)
    values: dict[str, Any] = {"capacity": 40.0, "max_wait_h": 48.0, "gate": storm, "empty": 1}
    values |= {"loading_h": 2.0, "unloading_h": 2.0, "sailing": b.time("lognormal", 14.0, 0.2)}
    ferry = b.line("ferry", fleet, here, there, **values)
    b.line("ferry back", fleet, there, here, **values)
    steps = [b.step(StepKind.PERMIT, target=pool, distribution=b.time("fixed", 0.5))]
    stations = [
        b.station(
            f"post {ix}",
            14 + 2 * (ix % 3),
            shifts=[(12.0 * half, (10, 26)[half % 2]) for half in range(731)]
            if ix % 4 == 1
            else (),
            yard=60 if ix % 8 == 2 else -1,
            gates=[works] if ix % 4 == 3 else [],
        )
        for ix in range(12)
    ]
    for ix, station in enumerate(stations):
        road = b.time("lognormal", 3.0 + ix % 5, 0.2)
        service = b.time("gamma", 0.6, 0.8)
        ahead = stations[ix + 1] if ix % 8 == 1 else -1
        if ix == 6:
            steps.append(b.step(StepKind.SERVICE, target=ferry, place=24))
        if ix % 4 == 0:
            steps.append(b.step(StepKind.BRANCH, probability=0.3, skip=1, link_gate=data))
            steps.append(b.step(StepKind.DELAY, distribution=b.time("fixed", 0.3), place=25))
        if ix % 8 != 2:
            steps.append(b.step(StepKind.MOVE, distribution=road, rule=rule, gate=storm, place=ix))
        steps.append(
            b.step(StepKind.STATION, target=station, distribution=service, ahead=ahead, place=ix)
        )
    for ix, share in enumerate((0.1, 0.3, 0.6)):
        b.source(f"class {ix}", [(1.0, steps)], rate_per_h=share * LORRIES_PER_H, class_ix=ix)
    return b.build()


# ------------------------------------------------------------- threads, first call


corridor_of_process = cache(lajvard_corridor)


def years(replications: Sequence[int]) -> int:
    """Events of some replications of the corridor."""
    model = corridor_of_process()
    return sum(simulate_replication(model, seed=1, replication=r).n_events for r in replications)


def scaling(pools: Sequence[Executor], n: int = 8, repeats: int = 9) -> tuple[float, float]:
    """Least wall seconds of some replications by one of two workers, and by both."""

    def wall(*parts: Sequence[int]) -> float:
        begin = time.perf_counter()
        tasks = [pool.submit(years, part) for pool, part in zip(pools, parts, strict=False)]
        assert all(task.result() for task in tasks)
        return time.perf_counter() - begin

    every = range(n)
    wall(every[:1], every[1:2])  # compiled, and the model is there
    walls = [(wall(every), wall(every[::2], every[1::2])) for _ in range(repeats)]
    return min(one for one, _ in walls), min(two for _, two in walls)


def report_scaling() -> None:
    """Two threads, and how much two processes that share nothing gain on this machine."""
    apart = partial(ProcessPoolExecutor, 1, mp_context=get_context("spawn"))
    for what, make in (("threads", partial(ThreadPoolExecutor, 1)), ("processes", apart)):
        with make() as first, make() as second:
            one, two = scaling((first, second))
        asked = "asked: 1.9" if what == "threads" else "which share nothing"
        print(f"8 years: 1 of 2 {what} {one:.2f} s wall, both {two:.2f} s: "
              f"{one / two:.2f} times ({asked})")  # fmt: skip


FIRST_CALL = """
import time
start = time.perf_counter()
import lajvard.simulation.build as build
from lajvard.simulation.model import StepKind
begin, used = time.perf_counter(), time.process_time()
from lajvard.simulation.simulate import simulate_replication
b = build.ModelBuilder(horizon_h=24.0)
time_h = b.time("fixed", 1.0)
b.source("lorries", [(1.0, [b.step(StepKind.DELAY, distribution=time_h)])], rate_per_h=1.0)
model = b.build()
simulate_replication(model, seed=0, replication=0)
print(time.perf_counter() - begin, time.process_time() - used, begin - start)
"""


def first_call(folder: str) -> tuple[float, float, float]:
    """Wall and processor seconds of the first replication of a new process, and of the imports."""
    words = [sys.executable, "-c", FIRST_CALL]
    env = os.environ | {"NUMBA_CACHE_DIR": folder}
    done = subprocess.run(words, check=True, capture_output=True, encoding="utf-8", env=env)
    wall, used, imports = map(float, done.stdout.split())
    return wall, used, imports


def main() -> None:
    def load() -> str:
        return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"

    print(load())
    model = lajvard_corridor()
    ours = best(lambda: simulate_replication(model, seed=1, replication=0, log="all"))
    print(ours.line("Lajvard, log on"))
    print(best(lambda: simulate_replication(model, seed=1, replication=0)).line("Lajvard, no log"))
    for peer in PEERS:
        beside(peer, " (asked: 200)" if peer.name == "SimPy" else "")

    full = full_corridor()
    rich = best(lambda: simulate_replication(full, seed=1, replication=0, log="all"))
    print(rich.line("Lajvard, all features, log on"))
    ratio = rich.seconds / rich.n_events / (ours.seconds / ours.n_events)
    print(f"all features on plain, per event: {ratio:.2f} (asked: 1.25 at most)")

    print(load())
    report_scaling()

    with tempfile.TemporaryDirectory() as folder:
        wall, used, _ = first_call(folder)
        print(f"first call, cold: {wall:.1f} s wall, {used:.1f} s of processor (asked: 6)")
        wall, used, imports = min(first_call(folder) for _ in range(3))
        print(f"first call, from cache: {wall:.2f} s wall, {used:.2f} s (asked: 0.5), ", end="")
        print(f"after {imports:.2f} s of imports; {load()}")

    corridor = build_model(Case(built_in())).model
    simulate_replication(corridor, seed=1, replication=0)
    begin, used = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(2) as pool:
        events = pool.map(
            lambda r: simulate_replication(corridor, seed=1, replication=r).n_events,
            range(BUILT_IN_REPLICATIONS),
        )
        n_events = sum(events)
    wall, used = time.perf_counter() - begin, time.process_time() - used
    print(
        f"built-in corridor, a year x {BUILT_IN_REPLICATIONS}, statistics, 2 threads: {wall:.1f} s "
        f"wall, {used:.1f} s of processor, {n_events:,} events (asked: 30); {load()}"
    )


if __name__ == "__main__":
    main()
