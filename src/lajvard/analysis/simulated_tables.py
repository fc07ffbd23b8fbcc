"""Tables of simulated years: the page and the workbook show the same rows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lajvard.analysis.runs import Simulated
from lajvard.analysis.sheet import Cell, Column, Marked, Sheet
from lajvard.analysis.simulated import (
    CAUSES,
    Cause,
    ConvoyStop,
    Effect,
    LineUse,
    PostTimes,
    ProfileRow,
    Queue,
)
from lajvard.analysis.target_tables import error_cell
from lajvard.study.statistics import Estimate, caution
from lajvard.tables.numbers import SPACE, rounded, signed
from lajvard.twin.posts import UNLIMITED

_N = Column("n", "replications", 0, width=12)
_JOURNEYS = Column("n", "journeys", 0, width=10)
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


def interval(unit: str, digits: int) -> tuple[Column, Column]:
    """The columns of a 95 % interval."""
    return Column("95 % low", unit, digits, width=10), Column("95 % high", unit, digits, width=10)


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


def runs_sheet(simulated: Simulated) -> Sheet:
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
        Column("scenario", width=48),
        Column("role", width=14),
        Column("simulated", "days", 0),
        Column("warm-up left out", "days", 0),
        Column("n", "replications", 0),
        Column("unit loads in a replication", "", 0),
        Column("seed", "", 0),
        Column("run", width=14),
        Column("version", width=10),
    )
    note = (
        "Unit loads count all traffic: the described demand, other traffic up to the observed "
        "counts, and the probe lorries. The interval of a mean is the t interval over the "
        "replications, of a difference the paired one: replications with the same number drew the "
        f"same random numbers. {_caution(simulated)}"
    )
    return Sheet("simulated runs", "What was simulated", columns, tuple(rows), note)


def _caution(simulated: Simulated) -> str:
    said = caution(simulated.n)
    return f"Caution: {said}." if said else ""


def profile_sheet(rows: Sequence[ProfileRow], name: str) -> Sheet:
    """The time/cost-distance table of the main way."""
    columns = (
        Column("leg or stop", width=34),
        Column("what", width=8),
        Column("total", "km", 0),
        *(Column(f"here, {band}", "h", 1) for band in ("p10", "median", "p90")),
        *(Column(f"total, {band}", "days", 1) for band in ("p10", "median", "p90")),
        Column("total, median", "USD", -1),
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
    return Sheet("simulated route", f"Stop by stop on {name}", columns, body, note)


def times_sheet(simulated: Simulated) -> Sheet:
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
        Column("way", width=30),
        Column("expected without simulation", "days", 1),
        Column("mean", "days", 1),
        *interval("days", 1),
        *(Column(band, "days", 1) for band in ("p10", "median", "p90")),
        Column("p95", "days", 1),
        *interval("days", 1),
        _JOURNEYS,
        _N,
    )
    note = (
        "The intervals are of the mean and of the p95. What is expected without simulation is for "
        "the best route of the way; the lorries choose among its routes."
    )
    main = frozenset(ix for ix, way in enumerate(simulated.ways) if way.is_main)
    title = "Simulated journey times by way"
    return Sheet("simulated times", title, columns, tuple(rows), note, emphasis=main)


def causes_sheet(causes: Sequence[Cause]) -> Sheet:
    """Hours by cause of the ways."""
    columns = (
        Column("cause", width=24),
        Column("mean", "h", 1),
        *interval("h", 1),
        Column("of all hours", share=True),
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
    return Sheet("simulated causes", title, columns, tuple(rows), "", tuple(groups))


def causes_page(simulated: Simulated, causes: Sequence[Cause]) -> Sheet:
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
        Column("cause", "mean ± half of the 95 % interval", width=24),
        *(Column(way.name, "h", width=18, css="num") for way in simulated.ways),
    )
    note = f"n = {simulated.n} replications for the intervals."
    return Sheet("causes", "Hours of a simulated journey by cause", columns, tuple(rows), note)


def convoy_sheet(stops: Sequence[ConvoyStop]) -> Sheet:
    """Where the convoy of 2018 falls among simulated lorries."""
    columns = (
        Column("from Herat to", width=20),
        Column("the convoy needed", "days, about", 0),
        Column("simulated, p10", "days", 1),
        Column("median", "days", 1),
        Column("p90", "days", 1),
        Column("as fast or faster", "of 100 lorries", 0),
        *interval("of 100 lorries", 0),
        Column("n", "lorries", 0),
        _N,
    )
    rows = []
    for stop in stops:
        share = cells(clipped(stop.share), 100)
        quantiles = [float(q) / 24 for q in np.quantile(stop.hours, [0.1, 0.5, 0.9])]
        rows.append((stop.place, stop.days, *quantiles, *share, len(stop.hours), stop.share.n))
    title = "The convoy of 2018 among simulated ones"
    return Sheet("simulated convoy", title, columns, tuple(rows))


def queues_sheet(queues: Sequence[Queue]) -> Sheet:
    """Who waits at posts and for ferries."""
    columns = (
        Column("post or line", width=56),
        Column("in line, mean", "unit loads", 1),
        *interval("unit loads", 1),
        Column("wait, mean", "h", 1),
        *interval("h", 1),
        Column("busiest hour", "UTC"),
        *(Column(month, "unit loads", 1, width=8) for month in _MONTHS),
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
    return Sheet("simulated queues", "Who waits, by month", columns, rows)


def queues_page(queues: Sequence[Queue]) -> Sheet:
    """The same in short: the figure shows the months."""
    columns = (
        Column("post or line", width=56),
        Column("in line, mean", "unit loads", css="num"),
        Column("wait, mean", "h", css="num"),
        Column("busiest hour", "UTC", css="num"),
        Column("of it", "unit loads", 1),
        Column("busiest month", css="num"),
        Column("of it", "unit loads", 1),
        _N,
    )
    rows = []
    for queue in queues:
        hour, month = int(np.argmax(queue.by_hour)), int(np.nanargmax(queue.by_month))
        busiest = (f"{hour:02d}:00", float(queue.by_hour[hour]))
        month_most = (_MONTHS[month], float(queue.by_month[month]))
        waits = (with_interval(queue.mean), with_interval(queue.wait))
        rows.append((queue.name, *waits, *busiest, *month_most, queue.mean.n))
    return Sheet("queues", "Who waits", columns, tuple(rows), "± half of the 95 % interval.")


def lines_page(lines: Sequence[LineUse]) -> Sheet:
    """The same in short: intervals beside the means."""
    columns = (
        Column("line", width=60),
        Column("departures", "a year", css="num"),
        Column("load factor", "%", css="num"),
        Column("wait, mean", "h", css="num"),
        Column("wait, p95", "h", css="num"),
        Column("n", "unit loads a replication", 0),
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
    return Sheet("lines", title, columns, rows, "± half of the 95 % interval.")


def scaled(found: Estimate, factor: float) -> Estimate:
    """An estimate in another unit."""
    value, low, high = (factor * one for one in (found.value, found.low, found.high))
    return replace(found, value=value, low=low, high=high, sd=factor * found.sd)


def lines_sheet(lines: Sequence[LineUse]) -> Sheet:
    """Departures, load factors and waits."""
    columns = (
        Column("line", width=60),
        Column("departures", "a year", 0),
        *interval("a year", 0),
        Column("without cargo", "a year", 0),
        Column("load factor", share=True),
        Column("95 % low", share=True),
        Column("95 % high", share=True),
        Column("wait, mean", "h", 1),
        *interval("h", 1),
        Column("wait, p95", "h", 0),
        Column("n", "unit loads a replication", 0),
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
    return Sheet("simulated lines", title, columns, rows)


def posts_sheet(posts: Sequence[PostTimes]) -> Sheet:
    """Described and simulated hours of every post."""
    columns = (
        Column("post", width=46),
        Column("described", "h", 1),
        Column("basis", width=11),
        Column("simulated, mean", "h", 1),
        *interval("h", 1),
        Column("difference", share=True),
        Column("served at once", "estimate", 0),
        Column("busy", share=True),
        Column("n", "unit loads a replication", 0),
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
    return Sheet("simulated posts", title, columns, tuple(rows), note, tuple(groups))


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


def effects_page(effects: Sequence[Effect]) -> Sheet:
    """The times in short; the workbook has money and emissions as well."""
    shown = [one for one in effects if one.unit == "h"]
    whole = effects_sheet(shown)
    note = f"{whole.note} The workbook has money, emissions and traffic as well."
    return replace(whole, name="scenarios", note=note)


def signed_share(share: float) -> Marked:
    r"""A change as percent with its sign.

    >>> signed_share(-0.021).text, signed_share(0.0004).text
    ('−2.1\xa0%', '0.0\xa0%')
    """
    return Marked(share, text=f"{signed(100 * share)}{SPACE}%")


def effects_sheet(effects: Sequence[Effect]) -> Sheet:
    """What the scenarios change."""
    columns = (
        Column("quantity", width=34),
        Column("of", width=28),
        Column("unit", width=8),
        Column("as in the base", "", 1),
        Column("change", "", 2),
        *interval("", 2),
        Column("change", share=True),
        Column("clear", width=8),
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
    return Sheet("simulated scenarios", title, columns, tuple(rows), note, tuple(groups))
