"""Indicators of ten million rows of the journey log, beside SQL written by hand.

Each indicator and each query runs alone in a process of its own, with DuckDB limited to 1 GB, and
is timed from opening the log to having the result as Arrow. Peak memory is that of the process.
Asked for: the six heaviest in under 15 s and 2 GB each.

    python benchmarks/bench_indicators.py [ROWS]
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard.journeys import open_log, write_log
from lajvard.study.columns import LogNames, name_columns

ROWS = 10_000_000
REPLICATIONS = 10
MAX_S, MAX_MB = 15.0, 2000.0
POSTS = ("TOR", "SER", "TMKRW", "AZALT", "AZGAR", "GEKAR")


class Columns(NamedTuple):
    """What an engine writes, see `lajvard.study.columns.LogColumns`."""

    journey: NDArray[np.int32]
    seq: NDArray[np.int16]
    activity: NDArray[np.int16]
    place: NDArray[np.int32]
    start_s: NDArray[np.int32]
    end_s: NDArray[np.int32]
    step: NDArray[np.int32]
    share: NDArray[np.float32]
    source: NDArray[np.int16]
    route: NDArray[np.int32]


ACTIVITIES = ("moving", "queue", "border", "sailing", "rest")
STEPS = 25
"""Of each journey: six times a way, a rest, a queue and formalities at a post; then a sailing."""


def names() -> LogNames:
    """Six posts, seven ways, two routes."""
    ways = (*(f"way-{post}" for post in POSTS), "ferry")
    kind = np.arange(STEPS) % 4
    km = np.where(kind == 0, 250.0, 0.0)
    return LogNames(
        activities=ACTIVITIES,
        places=(*POSTS, *ways),
        place_is_link=np.arange(len(POSTS) + len(ways)) >= len(POSTS),
        place_is_post=np.ones(len(POSTS) + len(ways), dtype=np.bool_),
        place_country=(
            "AF",
            "TM",
            "TM",
            "AZ",
            "AZ",
            "GE",
            *("AF", "TM", "TM", "AZ", "AZ"),
            "GE",
            "TM",
        ),
        step_mode=("road",) * (STEPS - 1) + ("sea",),
        sources=("carpets", "flour"),
        source_class=np.array([0, 1]),
        source_tonnes=np.array([20.0, 18.0]),
        classes=("truck", "box"),
        routes=("north", "south"),
        step_km=km,
        step_usd=np.where(kind == 0, 300.0, np.where(kind == 3, 80.0, 0.0)),
        step_kg=km * 0.8,
        ride_key=np.empty(0, dtype=np.int64),
        ride_service=(),
        ride_from=np.empty(0, dtype=np.int32),
        ride_to=np.empty(0, dtype=np.int32),
        corridor="synthetic",
    )


def columns(n_journeys: int, seed: int) -> Columns:
    """A year of journeys with gamma distributed times."""
    random = np.random.default_rng(seed)
    hours = random.gamma(1.2, 5.0, (n_journeys, STEPS))
    begin = np.sort(random.uniform(0, 330 * 24, n_journeys))[:, None]
    ends = (3600 * (begin + hours.cumsum(axis=1))).astype(np.int32)
    starts = np.hstack([(3600 * begin).astype(np.int32), ends[:, :-1]])
    step = np.tile(np.arange(STEPS, dtype=np.int32), n_journeys)
    post, kind = np.minimum(step // 4, len(POSTS) - 1), step % 4
    under_way = (kind < 2) | (step == STEPS - 1)
    place = np.where(
        step == STEPS - 1, 2 * len(POSTS), np.where(under_way, len(POSTS) + post, post)
    )
    activity = np.where(step == STEPS - 1, 3, np.array([0, 4, 1, 2])[kind])
    journey = np.repeat(np.arange(n_journeys, dtype=np.int32), STEPS)
    return Columns(
        journey,
        step.astype(np.int16),
        activity.astype(np.int16),
        place.astype(np.int32),
        starts.ravel(),
        ends.ravel(),
        step,
        np.ones(len(step), dtype=np.float32),
        (journey % 2).astype(np.int16),
        (journey // 2 % 2).astype(np.int32),
    )


HOURS = '(epoch("end") - epoch(start)) / 3600'
JOURNEY = "run_id, replication, journey_id"
SPREAD = """count(*) n, avg(x) mean, stddev_samp(x) sd, quantile_cont(x, [0.1, 0.5, 0.9, 0.95]) q"""
BY_HAND = {
    "tfi1": f"""
        SELECT node_id, {SPREAD} FROM (
            SELECT {JOURNEY}, node_id, sum({HOURS}) x FROM log
            WHERE activity IN ('queue', 'border') GROUP BY ALL) GROUP BY node_id""",
    "swd": f"""
        SELECT country, {SPREAD} FROM (
            SELECT {JOURNEY}, country, sum(distance_km) / sum({HOURS}) x FROM log
            GROUP BY ALL) GROUP BY country""",
    "reliability": f"""
        SELECT route, {SPREAD}, median(m) free FROM (
            SELECT {JOURNEY}, route, sum({HOURS}) x,
                sum({HOURS}) FILTER (activity IN ('moving', 'sailing')) m FROM log
            GROUP BY ALL) GROUP BY route""",
    "causes": f"""
        SELECT route, cause, {SPREAD} FROM (
            UNPIVOT (
                SELECT {JOURNEY}, route,
                    sum({HOURS}) FILTER (activity IN ('moving', 'sailing')) moving,
                    sum({HOURS}) FILTER (activity = 'queue') queue,
                    sum({HOURS}) FILTER (activity = 'border') formalities,
                    sum({HOURS}) FILTER (activity = 'rest') rest
                FROM log GROUP BY ALL)
            ON moving, queue, formalities, rest INTO NAME cause VALUE x) GROUP BY ALL""",
    "profile": f"""
        SELECT route, p, count(*) n, avg(h) mean, avg(th) total,
            quantile_cont(h, [0.1, 0.5, 0.9]) hq, quantile_cont(th, [0.1, 0.5, 0.9]) thq,
            quantile_cont(u, [0.1, 0.5, 0.9]) uq, quantile_cont(tu, [0.1, 0.5, 0.9]) tuq FROM (
            SELECT *, sum(h) OVER w th, sum(u) OVER w tu, sum(k) OVER w tk FROM (
                SELECT {JOURNEY}, route, coalesce(link_id, node_id) p, min(seq) f,
                    sum({HOURS}) h, sum(cost_usd) u, sum(distance_km) k FROM log GROUP BY ALL)
            WINDOW w AS (PARTITION BY {JOURNEY} ORDER BY f)) GROUP BY ALL""",
    "queue": """
        WITH events AS (
            SELECT run_id, replication, node_id, unnest([start, "end"]) t, unnest([1, -1]) s
            FROM log WHERE activity = 'queue'),
        bins AS (
            SELECT run_id, replication, node_id, epoch(t)::BIGINT // 3600 b, sum(s) step,
                sum(s * (1 - (epoch(t)::BIGINT % 3600) / 3600)) rest
            FROM events GROUP BY ALL),
        grid AS (
            SELECT run_id, replication, node_id, unnest(range(lo, hi + 1)) b FROM (
                SELECT run_id, replication, min(epoch(start))::BIGINT // 3600 lo,
                    max(epoch("end"))::BIGINT // 3600 hi FROM log GROUP BY ALL)
            CROSS JOIN (SELECT DISTINCT node_id FROM bins))
        SELECT node_id, count(*) n, avg(x) mean, stddev_samp(x) sd,
            quantile_cont(x, [0.1, 0.5, 0.9, 0.95]) q FROM (
            SELECT node_id, coalesce(rest, 0) + coalesce(sum(step) OVER (
                PARTITION BY run_id, replication, node_id ORDER BY b
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) x
            FROM grid LEFT JOIN bins USING (run_id, replication, node_id, b)) GROUP BY node_id""",
}
BY = {
    "tfi1": ("bcp",),
    "swd": ("country",),
    "reliability": ("route",),
    "causes": ("route",),
    "profile": ("route",),
    "queue": ("bcp",),
}


def by_lajvard(folder: Path, name: str) -> Any:
    from lajvard.indicators import INDICATORS

    return INDICATORS[name].function(open_log(folder), by=BY[name]).to_pyarrow()


def by_hand(folder: Path, name: str) -> Any:
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": "1024MB",
        "preserve_insertion_order": False,
    }
    with duckdb.connect(config=settings) as database:
        database.execute(
            f"CREATE VIEW log AS FROM read_parquet('{folder}/**/*.parquet', "
            "hive_partitioning = false)"
        )
        return database.sql(BY_HAND[name]).to_arrow_table()


def alone(folder: Path, name: str, how: str) -> dict[str, float]:
    """Seconds and MB of one indicator in a process of its own."""
    words = [sys.executable, __file__, "--one", str(folder), name, how]
    done = subprocess.run(words, check=True, capture_output=True, encoding="utf-8")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def peak_mb() -> float:
    """Most memory that this process has held; getrusage would count its parent's before it."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(text for text in status.read_text().splitlines() if text.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one(folder: str, name: str, how: str) -> None:
    function: Callable[[Path, str], Any] = by_lajvard if how == "lajvard" else by_hand
    started = time.perf_counter()
    rows = len(function(Path(folder), name))
    seconds = time.perf_counter() - started
    peak = peak_mb()
    cpu = time.process_time()
    print(json.dumps({"seconds": seconds, "cpu": cpu, "mb": peak, "rows": rows}))


def shown(found: dict[str, float]) -> str:
    return f"{found['seconds']:7.2f} s {found['cpu']:7.2f} s {found['mb']:6.0f} MB"


def main(n_rows: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        each = n_rows // (REPLICATIONS * STEPS)
        known, seconds = names(), 0.0
        for replication in range(REPLICATIONS):
            made = columns(each, replication)
            started = time.perf_counter()
            table = name_columns(made, known, run_id="run", replication=replication)
            write_log(table, folder, replication=replication)
            seconds += time.perf_counter() - started
        count = each * REPLICATIONS * STEPS
        size = sum(file.stat().st_size for file in folder.rglob("*.parquet"))
        print(f"{count:,} rows, {REPLICATIONS} replications, {size / 1e6:.0f} MB of Parquet")
        print(
            f"({size / count:.1f} bytes a row), written at {count / seconds / 1e6:.1f} M rows/s\n"
        )
        heads = f"{'wall':>9} {'CPU':>9} {'peak':>9}"
        print(f"{'':12} {'lajvard':<29} {'SQL by hand':<29}")
        print(f"{'indicator':12} {heads} {heads} {'ratio':>7}")
        slow = []
        for name in BY_HAND:
            ours, theirs = alone(folder, name, "lajvard"), alone(folder, name, "hand")
            ratio = ours["seconds"] / theirs["seconds"]
            print(f"{name:12} {shown(ours)} {shown(theirs)} {ratio:7.2f}", flush=True)
            if ours["seconds"] > MAX_S or ours["mb"] > MAX_MB:
                slow.append(name)
        print(
            f"\nasked for: {MAX_S:.0f} s and {MAX_MB:.0f} MB. Not met: {', '.join(slow) or 'none'}"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else ROWS)
