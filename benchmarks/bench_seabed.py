"""Least-cost paths over a field: times, memory and paths beside scikit-fmm's and skimage's.

Prints CPU times and ratios measured in one run; `make bench` runs it. It needs the group `bench`.
The field is 5000 x 5000 cells of varied cost: hills of three sizes, a factor of some forty between
the cheapest and the dearest. Each program runs in a process of its own, so that its peak of memory
is its own: what it needs beyond the field of cost. All paths are integrated by one rule, ten
samples a cell, bilinear between cell middles.
"""

import importlib.util
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import zoom

from lajvard.fibre.seabed.eikonal import arrival_times, least_cost_path, path_cost
from lajvard.fibre.seabed.path_kernels import trace

Field = NDArray[np.float64]
Place = tuple[int, int]
Answer = tuple[float, list[Field]]
"""CPU seconds for the times of the whole field, and paths."""

SIZE = 5000
REPEATS = 2
SOURCE = (600, 500)
ENDS = [(4500, 4400), (4700, 900), (300, 4800), (2600, 2500), (1400, 3900)]


def varied(size: int, seed: int = 1) -> Field:
    """Cost of even median 1, with hills of three sizes."""
    rng = np.random.default_rng(seed)
    heights = np.zeros((size, size))
    for cells, weight in ((8, 0.6), (40, 0.45), (200, 0.3)):
        small = rng.standard_normal((cells + 1, cells + 1))
        heights += weight * zoom(small, size / cells, order=1)[:size, :size]
    return np.asarray(np.exp(np.clip(heights, -1.9, 1.9)), dtype=np.float64)


def by_lajvard(cost: Field, source: Place, ends: Sequence[Place]) -> Answer:
    """Second-order fast marching with a bucket queue, descent, relaxation."""
    started = time.process_time()
    found = arrival_times(cost, source)
    seconds = time.process_time() - started
    return seconds, [least_cost_path(found, end) for end in ends]


def by_skfmm(cost: Field, source: Place, ends: Sequence[Place]) -> Answer:
    """Second-order fast marching with a heap, and our descent on its times."""
    import skfmm

    front, speed = np.ones(cost.shape), 1.0 / cost
    front[source] = -1.0
    started = time.process_time()
    found = skfmm.travel_time(front, speed, dx=1.0, order=2)
    seconds = time.process_time() - started
    times = np.ma.filled(found, np.inf)
    times[source] = 0.0
    return seconds, [trace(times, *end, *source, 0.5)[::-1].copy() for end in ends]


def by_skimage(cost: Field, source: Place, ends: Sequence[Place]) -> Answer:
    """Dijkstra over eight neighbours."""
    from skimage.graph import MCP_Geometric

    started = time.process_time()
    graph = MCP_Geometric(cost)
    graph.find_costs([source])
    seconds = time.process_time() - started
    return seconds, [np.array(graph.traceback(end), dtype=np.float64) for end in ends]


PROGRAMS: dict[str, Callable[[Field, Place, Sequence[Place]], Answer]] = {
    "Lajvard": by_lajvard,
    "scikit-fmm, order 2": by_skfmm,
    "skimage MCP_Geometric": by_skimage,
}


def run_alone(program: str, file: Path, answer: Any) -> None:
    """Run a program in this process and send CPU seconds, peak of memory in MB, costs of paths."""
    run = PROGRAMS[program]
    run(np.ones((60, 60)), (5, 5), [(50, 50)])  # loads and compiles
    cost = np.load(file)
    before = peak_mb()
    answers = [run(cost, SOURCE, ENDS) for _ in range(REPEATS)]
    seconds, paths = min(answers, key=lambda one: one[0])
    answer.put((seconds, peak_mb() - before, [path_cost(cost, path) for path in paths]))


def peak_mb() -> float:
    """Peak of resident memory of this process so far, in MB."""
    status = Path("/proc/self/status")
    if status.is_file():  # what `getrusage` says there counts the parent, too
        lines = status.read_text(encoding="ascii").splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def beside_others() -> None:
    """Times, memory and paths on the varied field."""
    context = multiprocessing.get_context("spawn")
    found: dict[str, tuple[float, float, list[float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cost.npy"
        np.save(file, varied(SIZE))
        for program in PROGRAMS:
            answer = context.Queue()
            process = context.Process(target=run_alone, args=(program, file, answer))
            process.start()
            found[program] = answer.get()
            process.join()
            seconds, memory, _ = found[program]
            print(f"{program:24s} {seconds:6.2f} s CPU {memory:7.0f} MB", flush=True)
    ours, fmm, graph = found.values()
    print(f"times faster than scikit-fmm: {fmm[0] / ours[0]:.2f} (asked: 2)")
    print(f"times faster than MCP_Geometric: {graph[0] / ours[0]:.2f} (asked: 2.5)")
    print(f"memory, share of scikit-fmm's: {ours[1] / fmm[1]:.2f} (asked: 0.5)")
    for name, other in (("scikit-fmm", fmm), ("MCP_Geometric", graph)):
        more = [100 * (there / here - 1) for here, there in zip(ours[2], other[2], strict=True)]
        shown = ", ".join(f"{share:+.3f}" for share in more)
        print(f"cost of {name}'s paths above ours, %: {shown} (asked: none below 0)")


def on_uniform_cost() -> None:
    """The largest error where the answer is the distance."""
    source = (SIZE // 3, SIZE // 2)
    found = arrival_times(np.ones((SIZE, SIZE)), source).time
    rows, columns = np.ogrid[:SIZE, :SIZE]
    exact = np.hypot(rows - source[0], columns - source[1])
    exact[source] = 1.0
    error = np.abs(found - exact) / exact
    error[source] = 0.0
    print(f"largest error on uniform cost: {100 * error.max():.3f} % (asked: 0.5)")


def main() -> None:
    on_uniform_cost()
    if any(importlib.util.find_spec(name) is None for name in ("skfmm", "skimage")):
        print("scikit-fmm and scikit-image are not here: pip install scikit-fmm scikit-image")
        return
    beside_others()


if __name__ == "__main__":
    main()
