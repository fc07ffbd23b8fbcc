"""Tables of simulated years: the page and the workbook show the same rows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from lajvard.analysis.profiles import CAUSES, Cause, ConvoyStop, ProfileRow
from lajvard.analysis.route_tables import basis_mark
from lajvard.analysis.runs import Simulated, SimulatedWay
from lajvard.analysis.simulated import Effect, LineUse, PostTimes, Queue
from lajvard.analysis.target_tables import error_cell
from lajvard.case.posts import UNLIMITED
from lajvard.study.statistics import Estimate, caution
from lajvard.tables import Cell, Marked, ResultColumn, ResultTable, column_name, headed, numbered
from lajvard.tables.numbers import percent, rounded

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


def with_bounds(
    value: ResultColumn,
    of: str,
    says: Callable[[Any], Estimate],
    scale: float = 1.0,
    width: int = 10,
) -> list[tuple[ResultColumn, Callable[[Any], Cell]]]:
    """The column of a mean and those of its 95 % interval, each with what it says of a thing.

    Parameters
    ----------
    value
        The column of the mean; the bounds have its unit and decimals.
    of
        What the interval is of, for the names of its columns.
    says
        The estimate of a thing.
    scale
        Factor from the unit of the estimate to that of the column.
    width
        Characters of the bounds in the workbook.
    """
    unit, digits, share = value.unit, value.digits, value.share
    low, high = (
        headed(f"95 % {end}", unit, digits, share, width, name=column_name(f"{of} {end}", unit))
        for end in ("low", "high")
    )
    return [
        (value, lambda thing: known(scale * says(thing).value)),
        (low, lambda thing: known(scale * says(thing).low)),
        (high, lambda thing: known(scale * says(thing).high)),
    ]


def known(value: float) -> float | None:
    """A number, None where it is not finite."""
    return float(value) if np.isfinite(value) else None


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
    rows: list[dict[str, Cell]] = []
    for role, run in runs:
        counts = [one.n_begun for one in run.each_statistics()]
        title = "The convoy of 2018" if run is simulated.convoy else run.manifest.title
        about = run.manifest
        rows.append(
            {
                "scenario": title,
                "role": role,
                "simulated_days": about.days,
                "warm_up_left_out_days": run.warmup_days,
                "n_replications": run.n_replications,
                "unit_loads_in_a_replication": float(np.mean(counts)),
                "seed": about.seed,
                "run": about.run_id,
                "version": about.lajvard,
            }
        )
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
    title = "What was simulated"
    return ResultTable.of("simulated runs", columns, rows, title=title, note=note)


def _caution(simulated: Simulated) -> str:
    said = caution(simulated.n)
    return f"Caution: {said}." if said else ""


def profile_table(rows: Sequence[ProfileRow], name: str) -> ResultTable:
    """The time/cost-distance table of the main way."""
    return ResultTable.each(
        "simulated route",
        (
            (headed("leg or stop", width=34), lambda row: row.name),
            (headed("what", width=8), lambda row: "stop" if row.is_stop else "leg"),
            (headed("total", "km", 0), lambda row: row.total_km),
            *_bands("here", "h", lambda row: row.hours),
            *_bands("total", "days", lambda row: tuple(hours / 24 for hours in row.total_h)),
            (headed("total, median", "USD", -1), lambda row: row.total_usd[1]),
            (_JOURNEYS, lambda row: row.n),
        ),
        rows,
        title=f"Stop by stop on {name}",
        note="Waiting and loading at a port stand at the port, drivers' rest on the way.",
    )


def _bands(
    what: str, unit: str, says: Callable[[ProfileRow], tuple[float, ...]]
) -> list[tuple[ResultColumn, Callable[[ProfileRow], Cell]]]:
    """Columns of the p10, the median and the p90."""
    return [
        (headed(f"{what}, {band}", unit, 1), partial(_band, says, at))
        for at, band in enumerate(("p10", "median", "p90"))
    ]


def _band(says: Callable[[ProfileRow], tuple[float, ...]], at: int, row: ProfileRow) -> Cell:
    return says(row)[at]


def times_table(simulated: Simulated) -> ResultTable:
    """Journey times of the ways."""
    assert simulated.probes is not None, "asked for with probes only"
    probes = simulated.probes

    def days(way: SimulatedWay, quantile: float) -> float:
        return float(np.quantile(probes.of(way.source) / 24, quantile))

    def expected(way: SimulatedWay) -> Cell:
        return way.way.route.time_h / 24 if way.way.route else None

    return ResultTable.each(
        "simulated times",
        (
            (headed("way", width=30), lambda way: way.name),
            (headed("expected without simulation", "days", 1), expected),
            *with_bounds(headed("mean", "days", 1), "mean", simulated.hours, 1 / 24),
            (headed("p10", "days", 1), lambda way: days(way, 0.1)),
            (headed("median", "days", 1), lambda way: days(way, 0.5)),
            (headed("p90", "days", 1), lambda way: days(way, 0.9)),
            *with_bounds(headed("p95", "days", 1), "p95", simulated.p95_h, 1 / 24),
            (_JOURNEYS, lambda way: len(probes.of(way.source))),
            (_N, lambda way: simulated.hours(way).n),
        ),
        simulated.ways,
        title="Simulated journey times by way",
        note="The intervals are of the mean and of the p95. What is expected without simulation is "
        "for the best route of the way; the lorries choose among its routes.",
        emphasis=(ix for ix, way in enumerate(simulated.ways) if way.is_main),
    )


def causes_table(causes: Sequence[Cause]) -> ResultTable:
    """Hours by cause of the ways."""
    return ResultTable.each(
        "simulated causes",
        (
            (headed("cause", width=24), lambda cause: cause.cause),
            *with_bounds(headed("mean", "h", 1), "mean", lambda cause: cause.hours),
            (headed("of all hours", share=True), lambda cause: cause.share),
            (_JOURNEYS, lambda cause: cause.n),
            (_N, lambda cause: cause.hours.n),
        ),
        causes,
        title="Hours of a simulated journey by cause",
        group=lambda cause: cause.way.name,
    )


def causes_page(simulated: Simulated, causes: Sequence[Cause]) -> ResultTable:
    """The same side by side: a row a cause, a column a way."""
    hours = {(one.cause, one.way.source): with_interval(one.hours) for one in causes}
    names = {one.cause for one in causes}
    counts = {one.way.source: one.n for one in causes}
    named = numbered(
        headed(way.name, "h", width=18, css="num", name=column_name(f"on {way.name}", "h"))
        for way in simulated.ways
    )

    def row(cause: str, says: Callable[[SimulatedWay], str]) -> dict[str, Cell]:
        shown = zip(named, simulated.ways, strict=True)
        return {"cause": cause, **{column.name: says(way) for column, way in shown}}

    rows = [
        row(name, lambda way, name=name: hours.get((name, way.source), "0.0"))  # type: ignore[misc]
        for name in CAUSES
        if name in names
    ]
    rows.append(row("all", lambda way: with_interval(simulated.hours(way))))
    rows.append(row("n, journeys", lambda way: f"{counts[way.source]:,}"))
    columns = (
        headed("cause", "mean ± half of the 95 % interval", width=24, name="cause"),
        *named,
    )
    note = f"n = {simulated.n} replications for the intervals."
    title = "Hours of a simulated journey by cause"
    return ResultTable.of("causes", columns, rows, title=title, note=note)


def convoy_table(stops: Sequence[ConvoyStop]) -> ResultTable:
    """Where the convoy of 2018 falls among simulated lorries."""
    return ResultTable.each(
        "simulated convoy",
        (
            (headed("from Herat to", width=20), lambda stop: stop.place),
            (headed("the convoy needed", "days, about", 0), lambda stop: stop.days),
            (headed("simulated, p10", "days", 1), lambda stop: _days(stop, 0.1)),
            (headed("median", "days", 1), lambda stop: _days(stop, 0.5)),
            (headed("p90", "days", 1), lambda stop: _days(stop, 0.9)),
            *with_bounds(
                headed("as fast or faster", "of 100 lorries", 0),
                "as fast or faster",
                lambda stop: clipped(stop.share),
                100,
            ),
            (headed("n", "lorries", 0), lambda stop: len(stop.hours)),
            (_N, lambda stop: stop.share.n),
        ),
        stops,
        title="The convoy of 2018 among simulated ones",
    )


def _days(stop: ConvoyStop, quantile: float) -> float:
    return float(np.quantile(stop.hours, quantile)) / 24


def queues_table(queues: Sequence[Queue]) -> ResultTable:
    """Who waits at posts and for ferries."""
    return ResultTable.each(
        "simulated queues",
        (
            (headed("post or line", width=56), lambda queue: queue.name),
            *with_bounds(
                headed("in line, mean", "unit loads", 1), "in line", lambda queue: queue.mean
            ),
            *with_bounds(headed("wait, mean", "h", 1), "wait", lambda queue: queue.wait),
            (headed("busiest hour", "UTC"), _busiest_hour),
            *(
                (headed(month, "unit loads", 1, width=8), partial(_in_month, at))
                for at, month in enumerate(_MONTHS)
            ),
            (_N, lambda queue: queue.mean.n),
        ),
        queues,
        title="Who waits, by month",
    )


def _busiest_hour(queue: Queue) -> str:
    return f"{int(np.argmax(queue.by_hour)):02d}:00"


def _busiest_month(queue: Queue) -> int:
    return int(np.nanargmax(queue.by_month))


def _in_month(month: int, queue: Queue) -> Cell:
    return known(queue.by_month[month])


def queues_page(queues: Sequence[Queue]) -> ResultTable:
    """The same in short: the figure shows the months."""
    return ResultTable.each(
        "queues",
        (
            (headed("post or line", width=56), lambda queue: queue.name),
            (
                headed("in line, mean", "unit loads", css="num"),
                lambda queue: with_interval(queue.mean),
            ),
            (headed("wait, mean", "h", css="num"), lambda queue: with_interval(queue.wait)),
            (headed("busiest hour", "UTC", css="num"), _busiest_hour),
            (
                headed("of it", "unit loads", 1, name="busiest_hour_unit_loads"),
                lambda queue: float(np.max(queue.by_hour)),
            ),
            (headed("busiest month", css="num"), lambda queue: _MONTHS[_busiest_month(queue)]),
            (
                headed("of it", "unit loads", 1, name="busiest_month_unit_loads"),
                lambda queue: float(np.nanmax(queue.by_month)),
            ),
            (_N, lambda queue: queue.mean.n),
        ),
        queues,
        title="Who waits",
        note="± half of the 95 % interval.",
    )


def lines_page(lines: Sequence[LineUse]) -> ResultTable:
    """The same in short: intervals beside the means."""
    return ResultTable.each(
        "lines",
        (
            (headed("line", width=60), lambda line: line.name),
            (
                headed("departures", "a year", css="num"),
                lambda line: with_interval(line.trips, 0),
            ),
            (
                headed("load factor", "%", css="num"),
                lambda line: with_interval(scaled(line.load, 100), 0),
            ),
            (headed("wait, mean", "h", css="num"), lambda line: with_interval(line.wait)),
            (headed("wait, p95", "h", css="num"), lambda line: with_interval(line.wait_p95, 0)),
            (headed("n", "unit loads a replication", 0), lambda line: line.n_waits),
            (_N, lambda line: line.trips.n),
        ),
        lines,
        title="Vessels and trains: departures, load and waits",
        note="± half of the 95 % interval.",
    )


def scaled(found: Estimate, factor: float) -> Estimate:
    """An estimate in another unit."""
    value, low, high = (factor * one for one in (found.value, found.low, found.high))
    return replace(found, value=value, low=low, high=high, sd=factor * found.sd)


def lines_table(lines: Sequence[LineUse]) -> ResultTable:
    """Departures, load factors and waits."""
    return ResultTable.each(
        "simulated lines",
        (
            (headed("line", width=60), lambda line: line.name),
            *with_bounds(headed("departures", "a year", 0), "departures", lambda line: line.trips),
            (headed("without cargo", "a year", 0), lambda line: line.empties.value),
            *with_bounds(
                headed("load factor", share=True), "load factor", lambda line: line.load, width=12
            ),
            *with_bounds(headed("wait, mean", "h", 1), "wait", lambda line: line.wait),
            (headed("wait, p95", "h", 0), lambda line: known(line.wait_p95.value)),
            (headed("n", "unit loads a replication", 0), lambda line: line.n_waits),
            (_N, lambda line: line.trips.n),
        ),
        lines,
        title="Vessels and trains: departures, load and waits",
    )


def posts_table(posts: Sequence[PostTimes]) -> ResultTable:
    """Described and simulated hours of every post."""
    note = (
        "Described is the mean total clearance, queue included, and simulated likewise (of posts "
        "with data ahead: over green, yellow and red channels). How many are served at once is "
        "published for hardly any post: servers and service times were chosen so that queue and "
        "service together last as long as described at the traffic of the description, and are "
        "estimates. Where some years have snow or the like, that mean is of many years."
    )
    return ResultTable.each(
        "simulated posts",
        (
            (headed("post", width=46), lambda post: post.name),
            (headed("described", "h", 1), lambda post: post.post.target_h),
            (headed("basis", width=11), _post_basis),
            *with_bounds(
                headed("simulated, mean", "h", 1), "simulated", lambda post: post.simulated
            ),
            (headed("difference", share=True), lambda post: error_cell(post.error)),
            (headed("served at once", "estimate", 0), _served_at_once),
            (headed("busy", share=True), lambda post: min(1.0, post.post.utilisation)),
            (headed("n", "unit loads a replication", 0), lambda post: post.n),
            (_N, lambda post: post.simulated.n),
        ),
        posts,
        title="Border posts: described against simulated",
        note=note,
        group=lambda post: "On the ways of the main pair" if post.met else "Elsewhere",
    )


def _post_basis(post: PostTimes) -> Cell:
    return basis_mark(post.post.target_basis or "not known")


def _served_at_once(post: PostTimes) -> Cell:
    return None if post.post.servers >= UNLIMITED else post.post.servers


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
    note = (
        "Differences to the base, replication by replication, with 95 % intervals; clear are those "
        "whose interval leaves out 0. Of very many intervals one in twenty misses by chance."
    )
    return ResultTable.each(
        "simulated scenarios",
        (
            (headed("quantity", width=34), lambda effect: effect.what),
            (headed("of", width=28), lambda effect: effect.of),
            (headed("unit", width=8), lambda effect: effect.unit),
            (headed("as in the base", "", 1), lambda effect: effect.base.value),
            *with_bounds(headed("change", "", 2), "change", lambda effect: effect.change),
            (headed("change", share=True, name="relative_change"), _relative_change),
            (
                headed("clear", width=8),
                lambda effect: Marked("yes", "good") if effect.is_clear else "no",
            ),
            (_N, lambda effect: effect.change.n),
        ),
        effects,
        title="What the scenarios change",
        note=note,
        group=lambda effect: effect.scenario,
    )


def _relative_change(effect: Effect) -> Cell:
    base = effect.base.value
    return signed_share(effect.change.value / base) if base else None
