"""How long it takes to check 200,000 links with procedures at every border: wanted under 5 s.

Run ``python benchmarks/bench_check.py [links] [--wrong]``; with ``--wrong`` every cell that can
be wrong in many rows is, so that the time of finding and telling is seen, too.
"""

import argparse
import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from lajvard.corridor import Corridor, Table, check_corridor

STATED = {"status": "operating", "basis": "published", "source_id": "S1;S2"}
N_COUNTRIES = 20
LIMIT_S = 5.0


def table(name: str, count: int, /, **columns: str | Sequence[str]) -> Table:
    """A table of `count` rows; a text stands in all of them."""
    every = STATED | columns if name != "source" else columns
    cells = {
        column: [cell] * count if isinstance(cell, str) else list(cell)
        for column, cell in every.items()
    }
    return Table.of(name, cells)


def synthetic_corridor(n_links: int, *, wrong: bool = False) -> Corridor:
    """A grid of at least `n_links` roads through 20 countries.

    Each link between two countries has procedures at both ends.
    """
    side = 1 + math.ceil((n_links / 2) ** 0.5)
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    country = [f"{'ABCDEFGHIJKLMNOPQRST'[ix * N_COUNTRIES // side]}A" for ix in range(side)]
    node_ids = [f"N{x:04d}{y:04d}" for x, y in zip(column.flat, row.flat, strict=True)]
    ends = [
        (x, y, x + dx, y + dy)
        for x in range(side)
        for y in range(side)
        for dx, dy in ((1, 0), (0, 1))
        if x + dx < side and y + dy < side
    ]
    from_ids = [f"N{x:04d}{y:04d}" for x, y, _, _ in ends]
    to_ids = [f"N{x:04d}{y:04d}" for _, _, x, y in ends]
    posts = [
        post
        for (x, _, x_to, _), a, b in zip(ends, from_ids, to_ids, strict=True)
        if country[x] != country[x_to]
        for post in ((a, b), (b, a))
    ]
    tables = [
        table(
            "node",
            len(node_ids),
            node_id=node_ids,
            name=node_ids,
            country=[country[x] for x in column.flat],
            x_coord=[f"{40 + 0.05 * x:.3f}" for x in column.flat],
            y_coord=[f"{30 + 0.05 * y:.3f}" for y in row.flat],
            node_type="city",
        ),
        table(
            "link",
            len(ends),
            link_id=[f"{a}-{b}" for a, b in zip(from_ids, to_ids, strict=True)],
            from_node_id=from_ids,
            to_node_id=[f"{b}x" for b in to_ids] if wrong else to_ids,
            mode="road",
            length="1" if wrong else "7.25",
            free_speed="900" if wrong else "42.5",
            speed_cv="0.2",
            since="1990-05",
            source_id="" if wrong else "S1;S2",
        ),
        table(
            "procedure",
            len(posts),
            procedure_id=[f"P{ix}" for ix in range(len(posts))],
            node_id=[node for node, _ in posts],
            other_node_id=[other for _, other in posts],
            mode="road",
            direction="both",
            activity="total_clearance",
            mean_h="many" if wrong else "4.5",
        ),
        table("cargo_class", 1, cargo_class=["truck"], name="lorry", payload_t="20", lorries="1"),
        table(
            "demand",
            1000,
            demand_id=[f"D{ix}" for ix in range(1000)],
            origin_node_id=node_ids[:1000],
            dest_node_id=node_ids[-1000:],
            commodity="grain",
            cargo_class="truck",
        ),
        table(
            "tariff",
            1,
            tariff_id="T",
            item="haulage",
            mode="road",
            value="1",
            unit="usd_per_lorry_km",
        ),
        table(
            "emission", 1, emission_id="E", mode="road", vehicle="lorry", value="70", scope="wtw"
        ),
        table("source", 2, source_id=["S1", "S2"], title=["A", "B"]),
    ]
    return Corridor.of({one.name: one for one in tables}, name="synthetic")


def seconds(what: Callable[[], object]) -> float:
    """Seconds that `what` takes."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def main() -> int:
    """Print the time; 1 when it is longer than wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("links", type=int, nargs="?", default=200_000)
    parser.add_argument("--wrong", action="store_true", help="with mistakes in every row")
    chosen = parser.parse_args()
    times, n_problems = [], 0
    for _ in range(3):
        corridor = synthetic_corridor(chosen.links, wrong=chosen.wrong)
        found: list[object] = []
        times.append(seconds(lambda: found.extend(check_corridor(corridor))))  # noqa: B023
        n_problems = len(found)
    tables = [table for table in list(corridor)[:4] if len(table)]
    sizes = ", ".join(f"{len(table):,} rows of {table.name}" for table in tables)
    print(f"check_corridor: {sizes}")
    print(f"  {n_problems} problems listed; {min(times):.2f} s (best of 3: {times})")
    print(f"  wanted under {LIMIT_S:g} s: {'met' if min(times) < LIMIT_S else 'MISSED'}")
    return int(min(times) >= LIMIT_S)


if __name__ == "__main__":
    raise SystemExit(main())
