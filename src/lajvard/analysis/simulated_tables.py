"""Tables of simulated years: the page and the workbook show the same rows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lajvard.analysis.profiles import CAUSES, Cause, ConvoyStop, ProfileRow
from lajvard.analysis.runs import Simulated
from lajvard.analysis.simulated import Effect, LineUse, PostTimes, Queue
from lajvard.analysis.target_tables import error_cell
from lajvard.study.statistics import Estimate, caution
from lajvard.tables import Cell, Marked, ResultColumn, ResultTable, column_name, headed, numbered
from lajvard.tables.numbers import percent, rounded
from lajvard.twin.posts import UNLIMITED

_N = headed("n", "replications", 0, width=12)
_JOURNEYS = headed("n", "journeys", 0, width=10)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def with_interval(estimate: Estimate, digits: int = 1) -> str:
    """An estimate and the half-width of its interval.

    >>> from lajvard.study.statistics import mean_interval
    >>> with_interval(mean_interval([1.0, 2.0, 3.0]))
    '2.0 ± 2.5'
    """
    half = estimate.half_width
    if not np.isfinite(half):
        return rounded(estimate.value, digits)
    return f"{rounded(estimate.value, digits)} ± {rounded(half, digits)}"


def interval(
    of: str, unit: str, digits: int | None, *, share: bool = False, width: int = 10
) -> list[ResultColumn]:
    """The columns of a 95 % interval; `of` says what of, for their names."""
    return [
        headed(f"95 % {end}", unit, digits, share, width, name=column_name(f"{of} {end}", unit))
        for end in ("low", "high")
    ]


def cells(found: Estimate, scale: float = 1.0) -> tuple[Cell, Cell, Cell]:
    """A value with the bounds of its interval; empty where there is none."""
    return tuple(  # type: ignore[return-value]
        float(value * scale) if np.isfinite(value) else None
        for value in (found.value, found.low, found.high)
    )


def clipped(share: Estimate) -> Estimate:
    """The interval of a share within 0 and 1.

    >>> from lajvard.study.statistics import mean_interval
    >>> clipped(mean_interval([0.8, 1.0])).high
    1.0
    """
    low, high = (float(np.clip(end, 0.0, 1.0)) for end in (share.low, share.high))
    return replace(share, low=low, high=high)


def runs_table(simulated: Simulated) -> ResultTable:
    """What was simulated."""
    runs = [("base", simulated.base), *(("compared", run) for run in simulated.others)]
    if simulated.convoy is not None:
        runs.append(("convoy of 2018", simulated.convoy))
    rows = []
    for role, run in runs:
        counts = [one.n_begun for one in run.each_statistics()]
        title = "The convoy of 2018" if run is simulated.convoy else run.manifest.title
        about = run.manifest
        numbers = (about.days, run.warmup_days, run.n_replications, float(np.mean(counts)))
        rows.append((title, role, *numbers, about.seed, about.run_id, about.lajvard))
    columns = (
        headed("scenario", width=48),
        headed("role", width=14),
        headed("simulated", "days", 0),
        headed("warm-up left out", "days", 0),
        headed("n", "replications", 0),
        headed("unit loads in a replication", "", 0),
        headed("seed", "", 0),
        headed("run", width=14),
        headed("version", width=10),
    )
    note = (
        "Unit loads count all traffic: the described demand, other traffic up to the observed "
        "counts, and the probe lorries. The interval of a mean is the t interval over the "
        "replications, of a difference the paired one: replications with the same number drew the "
        f"same random numbers. {_caution(simulated)}"
    )
    return ResultTable("simulated runs", "What was simulated", columns, tuple(rows), note)


def _caution(simulated: Simulated) -> str:
    said = caution(simulated.n)
    return f"Caution: {said}." if said else ""


def profile_table(rows: Sequence[ProfileRow], name: str) -> ResultTable:
    """The time/cost-distance table of the main way."""
    columns = (
        headed("leg or stop", width=34),
        headed("what", width=8),
        headed("total", "km", 0),
        *(headed(f"here, {band}", "h", 1) for band in ("p10", "median", "p90")),
        *(headed(f"total, {band}", "days", 1) for band in ("p10", "median", "p90")),
        headed("total, median", "USD", -1),
        _JOURNEYS,
    )
    body = tuple(
        (
            row.name,
            "stop" if row.is_stop else "leg",
            row.total_km,
            *row.hours,
            *(hours / 24 for hours in row.total_h),
            row.total_usd[1],
            row.n,
        )
        for row in rows
    )
    note = "Waiting and loading at a port stand at the port, drivers' rest on the way."
    return ResultTable("simulated route", f"Stop by stop on {name}", columns, body, note)


def times_table(simulated: Simulated) -> ResultTable:
    """Journey times of the ways."""
    assert simulated.probes is not None, "asked for with probes only"
    rows = []
    for way in simulated.ways:
        hours = simulated.probes.of(way.source) / 24
        quantiles = [float(q) for q in np.quantile(hours, [0.1, 0.5, 0.9])]
        mean, p95 = simulated.hours(way), simulated.p95_h(way)
        expected = way.way.route.time_h / 24 if way.way.route else None
        row = (way.name, expected, *cells(mean, 1 / 24), *quantiles, *cells(p95, 1 / 24))
        rows.append((*row, len(hours), mean.n))
    columns = (
        headed("way", width=30),
        headed("expected without simulation", "days", 1),
        headed("mean", "days", 1),
        *interval("mean", "days", 1),
        *(headed(band, "days", 1) for band in ("p10", "median", "p90")),
        headed("p95", "days", 1),
        *interval("p95", "days", 1),
        _JOURNEYS,
        _N,
    )
    note = (
        "The intervals are of the mean and of the p95. What is expected without simulation is for "
        "the best route of the way; the lorries choose among its routes."
    )
    main = frozenset(ix for ix, way in enumerate(simulated.ways) if way.is_main)
    title = "Simulated journey times by way"
    return ResultTable("simulated times", title, columns, tuple(rows), note, emphasis=main)


def causes_table(causes: Sequence[Cause]) -> ResultTable:
    """Hours by cause of the ways."""
    columns = (
        headed("cause", width=24),
        headed("mean", "h", 1),
        *interval("mean", "h", 1),
        headed("of all hours", share=True),
        _JOURNEYS,
        _N,
    )
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    for one in causes:
        if not groups or groups[-1][1] != one.way.name:
            groups.append((len(rows), one.way.name))
        rows.append((one.cause, *cells(one.hours), one.share, one.n, one.hours.n))
    title = "Hours of a simulated journey by cause"
    return ResultTable("simulated causes", title, columns, tuple(rows), "", tuple(groups))


def causes_page(simulated: Simulated, causes: Sequence[Cause]) -> ResultTable:
    """The same side by side: a row a cause, a column a way."""
    cell = {(one.cause, one.way.source): with_interval(one.hours) for one in causes}
    names = list(dict.fromkeys(one.cause for one in causes))
    order = [name for name in CAUSES if name in names]
    rows = [
        (name, *(cell.get((name, way.source), "0.0") for way in simulated.ways)) for name in order
    ]
    rows.append(("all", *(with_interval(simulated.hours(way)) for way in simulated.ways)))
    counts = {one.way.source: one.n for one in causes}
    rows.append(("n, journeys", *(f"{counts[way.source]:,}" for way in simulated.ways)))
    columns = (
        headed("cause", "mean ± half of the 95 % interval", width=24, name="cause"),
        *numbered(headed(way.name, "h", width=18, css="num") for way in simulated.ways),
    )
    note = f"n = {simulated.n} replications for the intervals."
    return ResultTable(
        "causes", "Hours of a simulated journey by cause", columns, tuple(rows), note
    )


def convoy_table(stops: Sequence[ConvoyStop]) -> ResultTable:
    """Where the convoy of 2018 falls among simulated lorries."""
    columns = (
        headed("from Herat to", width=20),
        headed("the convoy needed", "days, about", 0),
        headed("simulated, p10", "days", 1),
        headed("median", "days", 1),
        headed("p90", "days", 1),
        headed("as fast or faster", "of 100 lorries", 0),
        *interval("as fast or faster", "of 100 lorries", 0),
        headed("n", "lorries", 0),
        _N,
    )
    rows = []
    for stop in stops:
        share = cells(clipped(stop.share), 100)
        quantiles = [float(q) / 24 for q in np.quantile(stop.hours, [0.1, 0.5, 0.9])]
        rows.append((stop.place, stop.days, *quantiles, *share, len(stop.hours), stop.share.n))
    title = "The convoy of 2018 among simulated ones"
    return ResultTable("simulated convoy", title, columns, tuple(rows))


def queues_table(queues: Sequence[Queue]) -> ResultTable:
    """Who waits at posts and for ferries."""
    columns = (
        headed("post or line", width=56),
        headed("in line, mean", "unit loads", 1),
        *interval("in line", "unit loads", 1),
        headed("wait, mean", "h", 1),
        *interval("wait", "h", 1),
        headed("busiest hour", "UTC"),
        *(headed(month, "unit loads", 1, width=8) for month in _MONTHS),
        _N,
    )
    rows = tuple(
        (
            queue.name,
            *cells(queue.mean),
            *cells(queue.wait),
            f"{int(np.argmax(queue.by_hour)):02d}:00",
            *(float(value) if np.isfinite(value) else None for value in queue.by_month),
            queue.mean.n,
        )
        for queue in queues
    )
    return ResultTable("simulated queues", "Who waits, by month", columns, rows)


def queues_page(queues: Sequence[Queue]) -> ResultTable:
    """The same in short: the figure shows the months."""
    columns = (
        headed("post or line", width=56),
        headed("in line, mean", "unit loads", css="num"),
        headed("wait, mean", "h", css="num"),
        headed("busiest hour", "UTC", css="num"),
        headed("of it", "unit loads", 1, name="busiest_hour_unit_loads"),
        headed("busiest month", css="num"),
        headed("of it", "unit loads", 1, name="busiest_month_unit_loads"),
        _N,
    )
    rows = []
    for queue in queues:
        hour, month = int(np.argmax(queue.by_hour)), int(np.nanargmax(queue.by_month))
        busiest = (f"{hour:02d}:00", float(queue.by_hour[hour]))
        month_most = (_MONTHS[month], float(queue.by_month[month]))
        waits = (with_interval(queue.mean), with_interval(queue.wait))
        rows.append((queue.name, *waits, *busiest, *month_most, queue.mean.n))
    return ResultTable("queues", "Who waits", columns, tuple(rows), "± half of the 95 % interval.")


def lines_page(lines: Sequence[LineUse]) -> ResultTable:
    """The same in short: intervals beside the means."""
    columns = (
        headed("line", width=60),
        headed("departures", "a year", css="num"),
        headed("load factor", "%", css="num"),
        headed("wait, mean", "h", css="num"),
        headed("wait, p95", "h", css="num"),
        headed("n", "unit loads a replication", 0),
        _N,
    )
    rows = tuple(
        (
            line.name,
            with_interval(line.trips, 0),
            with_interval(scaled(line.load, 100), 0),
            with_interval(line.wait),
            with_interval(line.wait_p95, 0),
            line.n_waits,
            line.trips.n,
        )
        for line in lines
    )
    title = "Vessels and trains: departures, load and waits"
    return ResultTable("lines", title, columns, rows, "± half of the 95 % interval.")


def scaled(found: Estimate, factor: float) -> Estimate:
    """An estimate in another unit."""
    value, low, high = (factor * one for one in (found.value, found.low, found.high))
    return replace(found, value=value, low=low, high=high, sd=factor * found.sd)


def lines_table(lines: Sequence[LineUse]) -> ResultTable:
    """Departures, load factors and waits."""
    columns = (
        headed("line", width=60),
        headed("departures", "a year", 0),
        *interval("departures", "a year", 0),
        headed("without cargo", "a year", 0),
        headed("load factor", share=True),
        *interval("load factor", "", None, share=True, width=12),
        headed("wait, mean", "h", 1),
        *interval("wait", "h", 1),
        headed("wait, p95", "h", 0),
        headed("n", "unit loads a replication", 0),
        _N,
    )
    rows = tuple(
        (
            line.name,
            *cells(line.trips),
            line.empties.value,
            *cells(line.load),
            *cells(line.wait),
            cells(line.wait_p95)[0],
            line.n_waits,
            line.trips.n,
        )
        for line in lines
    )
    title = "Vessels and trains: departures, load and waits"
    return ResultTable("simulated lines", title, columns, rows)


def posts_table(posts: Sequence[PostTimes]) -> ResultTable:
    """Described and simulated hours of every post."""
    columns = (
        headed("post", width=46),
        headed("described", "h", 1),
        headed("basis", width=11),
        headed("simulated, mean", "h", 1),
        *interval("simulated", "h", 1),
        headed("difference", share=True),
        headed("served at once", "estimate", 0),
        headed("busy", share=True),
        headed("n", "unit loads a replication", 0),
        _N,
    )
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    for one in posts:
        heading = "On the ways of the main pair" if one.met else "Elsewhere"
        if not groups or groups[-1][1] != heading:
            groups.append((len(rows), heading))
        rows.append(_post_row(one))
    note = (
        "Described is the mean total clearance, queue included, and simulated likewise (of posts "
        "with data ahead: over green, yellow and red channels). How many are served at once is "
        "published for hardly any post: servers and service times were chosen so that queue and "
        "service together last as long as described at the traffic of the description, and are "
        "estimates. Where some years have snow or the like, that mean is of many years."
    )
    title = "Border posts: described against simulated"
    return ResultTable("simulated posts", title, columns, tuple(rows), note, tuple(groups))


def _post_row(one: PostTimes) -> tuple[Cell, ...]:
    post = one.post
    basis = post.target_basis or "not known"
    difference = error_cell(one.error)
    return (
        one.name,
        post.target_h,
        Marked(basis, f"basis {basis.replace(' ', '-')}"),
        *cells(one.simulated),
        difference,
        None if post.servers >= UNLIMITED else post.servers,
        min(1.0, post.utilisation),
        one.n,
        one.simulated.n,
    )


def effects_page(effects: Sequence[Effect]) -> ResultTable:
    """The times in short; the workbook has money and emissions as well."""
    shown = [one for one in effects if one.unit == "h"]
    whole = effects_table(shown)
    note = f"{whole.note} The workbook has money, emissions and traffic as well."
    return replace(whole, name="scenarios", note=note)


def signed_share(share: float) -> Marked:
    r"""A change as percent with its sign.

    >>> signed_share(-0.021).text, signed_share(0.0004).text
    ('−2.1\xa0%', '0.0\xa0%')
    """
    return Marked(share, text=percent(share, 1, sign=True))


def effects_table(effects: Sequence[Effect]) -> ResultTable:
    """What the scenarios change."""
    columns = (
        headed("quantity", width=34),
        headed("of", width=28),
        headed("unit", width=8),
        headed("as in the base", "", 1),
        headed("change", "", 2),
        *interval("change", "", 2),
        headed("change", share=True, name="relative_change"),
        headed("clear", width=8),
        _N,
    )
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    for one in effects:
        if not groups or groups[-1][1] != one.scenario:
            groups.append((len(rows), one.scenario))
        share = signed_share(one.change.value / one.base.value) if one.base.value else None
        clear = Marked("yes", "good") if one.is_clear else "no"
        row = (one.what, one.of, one.unit, one.base.value, *cells(one.change), share, clear)
        rows.append((*row, one.change.n))
    note = (
        "Differences to the base, replication by replication, with 95 % intervals; clear are those "
        "whose interval leaves out 0. Of very many intervals one in twenty misses by chance."
    )
    title = "What the scenarios change"
    return ResultTable("simulated scenarios", title, columns, tuple(rows), note, tuple(groups))
