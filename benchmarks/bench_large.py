"""A large corridor from end to end: 100,000 places, 200,000 roads, 200 flows, a simulated month.

Prints seconds and the largest memory after each part; `make bench` runs it.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

import lajvard as lj
from lajvard.corridor import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_network import synthetic_corridor

N_LINKS, N_FLOWS = 200_000, 200
REACH = 60
"""Flows lead so many roads away, to the east and to the north, at most."""

T = TypeVar("T")


def with_demand(corridor: lj.Corridor, n_flows: int, seed: int = 2) -> lj.Corridor:
    """The corridor with flows between places that are some dozen roads apart."""
    side = round(len(corridor["node"]) ** 0.5)
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, side - REACH, (2, n_flows))
    dx, dy = rng.integers(1, REACH, (2, n_flows))
    filled = {"status": "operating", "basis": "estimate", "source_id": "estimate"}
    cells = {
        "demand_id": [f"d{number}" for number in range(n_flows)],
        "origin_node_id": [f"n{at}" for at in y * side + x],
        "dest_node_id": [f"n{at}" for at in (y + dy) * side + x + dx],
        "commodity": ["goods"] * n_flows,
        "cargo_class": ["truck"] * n_flows,
        "tonnes_per_year": ["50000"] * n_flows,
    } | {name: [text] * n_flows for name, text in filled.items()}
    return corridor.with_table(Table.of("demand", cells))


def told(what: str, work: Callable[[], T]) -> T:
    """The result of a part, whose seconds and largest memory are printed."""
    start = time.perf_counter()
    found = work()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{what:28} {seconds:7.1f} s, memory up to {peak:.1f} GiB", flush=True)
    return found


def main() -> None:
    """Print the table."""
    corridor = told("making it", lambda: with_demand(synthetic_corridor(N_LINKS), N_FLOWS))
    print(f"{len(corridor['node']):,} places, {len(corridor['link']):,} roads, {N_FLOWS} flows")
    told("check", lambda: corridor.errors)
    case = lj.Case(corridor)
    told("compile", lambda: case.network("truck"))
    told("routes of one pair", lambda: lj.find_routes(case, "n0", f"n{REACH}", k=5))
    told("routes of all flows", lambda: case.sets)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        run = told("a simulated month", lambda: lj.simulate(case, out, days=30, replications=1))
        print(f"{run.statistics(0).n_begun:,} journeys")


if __name__ == "__main__":
    main()
