"""Compiling: the built-in corridor, and a road network of 1,000,000 links.

Prints seconds and memory; `make bench` runs it.
"""

import resource
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from lajvard.corridor import Corridor, Table, built_in
from lajvard.network import compile_network

REPEATS = 7
T = TypeVar("T")


def synthetic_corridor(n_links: int, seed: int = 1) -> Corridor:
    """A grid of roads in one country, with `n_links` two-way links."""
    side = int(np.ceil(np.sqrt(n_links / 2))) + 1
    rng = np.random.default_rng(seed)
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    lon, lat = 40 + x * 0.01, 30 + y * 0.01
    ids = [f"n{number}" for number in range(side * side)]
    grid = np.arange(side * side).reshape(side, side)
    starts = np.concatenate([grid[:, :-1].ravel(), grid[:-1].ravel()])[:n_links]
    ends = np.concatenate([grid[:, 1:].ravel(), grid[1:].ravel()])[:n_links]
    length = rng.uniform(1.2, 2.0, n_links)
    common = {"status": "operating", "basis": "estimate", "source_id": "estimate"}

    def filled(count: int, **cells: list[str]) -> dict[str, list[str]]:
        return cells | {name: [text] * count for name, text in common.items()}

    node = filled(
        len(ids),
        node_id=ids,
        name=ids,
        country=["AA"] * len(ids),
        x_coord=[f"{value:.4f}" for value in lon],
        y_coord=[f"{value:.4f}" for value in lat],
        node_type=["city"] * len(ids),
    )
    link = filled(
        n_links,
        link_id=[f"l{number}" for number in range(n_links)],
        from_node_id=[ids[ix] for ix in starts],
        to_node_id=[ids[ix] for ix in ends],
        mode=["road"] * n_links,
        length=[f"{value:.3f}" for value in length],
        free_speed=["50"] * n_links,
    )
    one = {name: [text] for name, text in common.items()}
    cargo = one | {
        "cargo_class": ["truck"],
        "name": ["lorry"],
        "payload_t": ["20"],
        "lorries": ["1"],
    }
    tariff = one | {
        "tariff_id": ["road"],
        "item": ["haulage"],
        "mode": ["road"],
        "value": ["1.2"],
        "unit": ["usd_per_lorry_km"],
    }
    emission = one | {
        "emission_id": ["road"],
        "mode": ["road"],
        "vehicle": ["lorry"],
        "value": ["95"],
        "scope": ["wtw"],
    }
    tables = {
        "node": node,
        "link": link,
        "cargo_class": cargo,
        "tariff": tariff,
        "emission": emission,
    }
    made = {name: Table.of(name, cells) for name, cells in tables.items()}
    return Corridor.of(made, name="synthetic")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds and result of one call."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main() -> None:
    """Print the table."""
    corridor = built_in()
    for cargo in corridor.used("cargo_class").text("cargo_class"):
        runs = [timed(lambda c=cargo: compile_network(corridor, cargo=c)) for _ in range(REPEATS)]  # type: ignore[misc]
        seconds = sorted(second for second, _ in runs)
        print(
            f"built-in, {cargo:12} first {runs[0][0]:.3f} s, median {seconds[REPEATS // 2]:.3f} s"
        )
    big = synthetic_corridor(1_000_000)
    seconds_check, errors = timed(lambda: big.errors)
    if errors:
        raise SystemExit(f"the synthetic corridor has errors: {errors[0]}")
    seconds_big, network = timed(lambda: compile_network(big))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    moves = len(network.arrays.move_to)
    print(
        f"1,000,000 links: {seconds_big:.1f} s after a check of {seconds_check:.1f} s, "
        f"{moves:,} moves, peak memory {peak:.1f} GiB"
    )


if __name__ == "__main__":
    main()
