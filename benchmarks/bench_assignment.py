"""Assignment: published networks beside AequilibraE, and a large synthetic network.

``LAJVARD_TNTP`` is a folder with a folder for each network of the TransportationNetworks
collection; ``LAJVARD_AEQUILIBRAE`` is the Python of an environment with AequilibraE:
``make bench TNTP=DIR AEQUILIBRAE=PYTHON``. Without them only the synthetic network is run.
"""

import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lajvard.assignment.arrays import Demand, FacilityKind, FlowNetwork
from lajvard.assignment.assign import assign
from lajvard.assignment.delay import bpr, facilities
from lajvard.assignment.objective import beckmann
from lajvard.assignment.result import Assignment
from lajvard.assignment.tntp import read_tntp_flows, read_tntp_network, read_tntp_trips

REPEATS, AT_LEAST_S = 7, 10.0
GAPS = (1e-5, 1e-10)
PEER_GAP = 1e-5
PEER_ITERATIONS = 20_000
WEIGHTS = {"ChicagoSketch": {"length_weight": 0.04, "toll_weight": 0.02}}
"""What networks are published with, by the first word of their files."""


class Published(NamedTuple):
    """A network of the collection with its demand, and flows where there are any."""

    name: str
    network: FlowNetwork
    demand: Demand
    volume: Any


class Cost(NamedTuple):
    """Seconds of one run."""

    wall_s: float
    cpu_s: float


def published(folder: Path) -> Iterator[Published]:
    """Every network in a folder, small files first."""
    nets = sorted(folder.rglob("*_net.tntp"), key=lambda path: path.stat().st_size)
    for path in nets:
        name = path.name.removesuffix("_net.tntp")
        network = read_tntp_network(path, **WEIGHTS.get(name, {}))
        demand = read_tntp_trips(path.with_name(f"{name}_trips.tntp"))
        flows = path.with_name(f"{name}_flow.tntp")
        volume = read_tntp_flows(flows, network).volume if flows.is_file() else None
        yield Published(name, network, demand, volume)


def timed(network: FlowNetwork, demand: Demand, gap: float) -> tuple[Assignment, Cost]:
    """The result, and the least wall and CPU time of some runs."""
    run = partial(assign, network, demand, relative_gap=gap)
    found = run()
    costs: list[tuple[float, float]] = []
    began = time.perf_counter()
    while len(costs) < REPEATS or time.perf_counter() - began < AT_LEAST_S:
        start = time.perf_counter(), time.process_time()
        run()
        costs.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    return found, Cost(*np.min(costs, axis=0))


def bench_published(case: Published, peer: str | None) -> None:
    """Time to each gap; what differs from the published flows; AequilibraE on the same arrays."""
    name, network, demand, volume = case
    n_pairs = len(demand.origin)
    print(f"{name}: {network.n_states:,} nodes, {len(network.tail):,} links, {n_pairs:,} pairs")
    costs = {}
    for gap in GAPS:
        found, costs[gap] = timed(network, demand, gap)
        print(f"  Lajvard, 1 core, to {gap:.0e}: {described(costs[gap])}, ", end="")
        print(f"{found.iterations} iterations, gap {found.relative_gap:.1e}")
    if volume is not None:
        theirs = beckmann(network, volume[None], volume)
        depends = network.facilities.kind != FacilityKind.CONSTANT
        off = np.abs(found.link_flow[0] - volume)[depends].max(initial=0.0)
        print(f"  objective {found.objective:.10g}, of the published flows {theirs:.10g}; ", end="")
        print(f"largest difference of a flow with delay {off:.1e}")
    if peer:
        result = by_aequilibrae(peer, network, demand)
        cost = Cost(result["wall_s"], result["cpu_s"])
        print(f"  AequilibraE, {os.cpu_count()} cores, to {result['gap']:.1e}: ", end="")
        print(f"{described(cost)}, {result['iterations']} iterations, objective ", end="")
        print(f"{beckmann(network, result['volume'][None], result['volume']):.10g}")
        for gap, ours in costs.items():
            wall, cpu = cost.wall_s / ours.wall_s, cost.cpu_s / ours.cpu_s
            print(f"  Lajvard to {gap:.0e} is {wall:,.0f} times as fast by wall, {cpu:,.0f} by CPU")


def described(cost: Cost) -> str:
    """Times to read."""
    return f"{cost.wall_s:.4f} s wall, {cost.cpu_s:.4f} s CPU"


def by_aequilibrae(python: str, network: FlowNetwork, demand: Demand) -> dict[str, Any]:
    """Bi-conjugate Frank-Wolfe of AequilibraE on all cores, in its own process."""
    script = Path(__file__).with_name("aequilibrae_assignment.py")
    what = network.facilities
    n_zones = int(max(demand.origin.max(), demand.destination.max(), network.first_thru - 1)) + 1
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder, "in.npz"), Path(folder, "out.npz")
        np.savez(
            source, tail=network.tail, head=network.head, fixed=network.fixed[0],
            free=what.free_h, capacity=what.capacity, alpha=what.alpha, beta=what.beta,
            n_zones=n_zones, is_blocked=network.first_thru > 0,
            origin=demand.origin, destination=demand.destination, volume=demand.volume,
        )  # fmt: skip
        words = [python, script, source, result, PEER_GAP, PEER_ITERATIONS, os.cpu_count()]
        subprocess.run([str(word) for word in words], check=True, capture_output=True)
        report: dict[str, Any] = json.loads(result.with_suffix(".json").read_text("utf-8"))
        report["volume"] = np.load(result)["volume"]
    return report


def synthetic(side: int = 100, n_zones: int = 400, seed: int = 1) -> tuple[FlowNetwork, Demand]:
    """A grid of two-way roads of uneven length, and trips between places, fewer when far."""
    rng = np.random.default_rng(seed)
    grid = np.arange(side * side).reshape(side, side)
    one_way = np.hstack(
        [
            [grid[:, :-1].ravel(), grid[:, 1:].ravel()],
            [grid[:-1].ravel(), grid[1:].ravel()],
        ]
    )
    tail, head = np.hstack([one_way, one_way[::-1]]).astype(np.int32)
    n_links = len(tail)
    free = rng.uniform(0.5, 1.5, n_links)
    network = FlowNetwork(
        0, tail, head, np.zeros((1, n_links)), np.arange(n_links, dtype=np.int32),
        np.ones((1, n_links)), np.ones(1),
        facilities([bpr(hours, 1000.0) for hours in free]),
    )  # fmt: skip
    zone = rng.choice(side * side, n_zones, replace=False)
    origin, destination = (ends.ravel() for ends in np.meshgrid(zone, zone, indexing="ij"))
    far = np.hypot(*(np.array(np.divmod(origin, side)) - np.divmod(destination, side)))
    volume = np.where(origin == destination, 0.0, rng.uniform(0.5, 1.5, len(far)) / (1 + far))
    volume *= 60_000 / volume.sum()
    kinds = np.zeros(len(volume), dtype=np.int8)
    return network, Demand(origin.astype(np.int32), destination.astype(np.int32), kinds, volume)


def large(gap: float) -> tuple[int, Cost, float, float]:
    """Iterations, times, memory before and at most (MB) of the synthetic network, in a process."""
    network, demand = synthetic()
    assign(*synthetic(5, 3), relative_gap=1e-3)  # compiles
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter(), time.process_time()
    found = assign(network, demand, relative_gap=gap)
    cost = Cost(time.perf_counter() - start[0], time.process_time() - start[1])
    used = found.facility_load / found.network.facilities.capacity
    print(f"  volume over capacity up to {used.max():.2f}, mean {used.mean():.2f}", flush=True)
    return found.iterations, cost, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bench_large() -> None:
    """Time and memory on 10,000 nodes and 400 zones."""
    print("synthetic grid, 10,000 nodes, 39,600 links, 400 zones, 159,600 pairs, 1 core:")
    for gap in (1e-4, 1e-6):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as one:
            iterations, cost, before, most = one.submit(large, gap).result()
        print(f"  to {gap:.0e}: {described(cost)}, {iterations} iterations, ", end="")
        print(f"{most - before:,.0f} MB more than the {before:,.0f} MB before")


def main() -> None:
    """Print the tables."""
    peer = os.environ.get("LAJVARD_AEQUILIBRAE") or None
    folder = os.environ.get("LAJVARD_TNTP")
    if not folder:
        print("No published networks: make bench TNTP=DIR")
    elif not peer:
        print("No AequilibraE to compare with: make bench TNTP=DIR AEQUILIBRAE=PYTHON")
    for case in published(Path(folder)) if folder else ():
        bench_published(case, peer)
    bench_large()


if __name__ == "__main__":
    main()
