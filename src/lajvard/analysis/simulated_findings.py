"""What simulated years say, in sentences that are made from the numbers."""

from collections.abc import Sequence

from lajvard.analysis.findings import Finding
from lajvard.analysis.profiles import Cause, ConvoyStop
from lajvard.analysis.report_data import ReportData
from lajvard.analysis.runs import Simulated, SimulatedWay
from lajvard.analysis.simulated import Effect, LineUse, PostTimes
from lajvard.analysis.simulated_tables import clipped
from lajvard.study.statistics import Estimate
from lajvard.tables.numbers import figure_and_unit, percent, rounded, span

JOURNEY = "journey time"
_IDLE = ("queue", "permit", "waiting for departure", "closure", "formalities")


def simulated_findings(
    material: ReportData,
    simulated: Simulated,
    *,
    causes: Sequence[Cause],
    stops: Sequence[ConvoyStop],
    lines: Sequence[LineUse],
    posts: Sequence[PostTimes],
    effects: Sequence[Effect],
) -> tuple[Finding, ...]:
    """The findings that the runs have the numbers for."""
    way = simulated.main
    found: list[Finding | None] = []
    if way is not None:
        found += [_time(material, simulated, way), _lost(way, causes)]
    found += [_effect(material, way, effects, name) for name in _scenarios(effects)]
    found += [_convoy(stops), _ferry(lines), _posts(posts)]
    return tuple(finding for finding in found if finding is not None)


def bounds(found: Estimate, n_words: str = "replications") -> str:
    """The interval of hours in words, with n.

    >>> from lajvard.study.statistics import mean_interval
    >>> bounds(mean_interval([48.0, 72.0, 96.0])).replace(chr(160), " ")
    '95 % interval 0.5 to 5.5 days, n = 3 replications'
    """
    if not found.n > 1:
        return f"no interval, n = {found.n}"
    low, high = rounded(found.low / 24, 1), rounded(found.high / 24, 1)
    return f"95\N{NO-BREAK SPACE}% interval {low} to {high} days, n = {found.n} {n_words}"


def _time(material: ReportData, simulated: Simulated, way: SimulatedWay) -> Finding:
    mean, p95 = simulated.hours(way), simulated.p95_h(way)
    n = len(simulated.probes.of(way.source)) if simulated.probes else 0
    pair = material.main.pair.title if material.main else ""
    text = (
        f"{pair}: {n:,} simulated lorries on {way.name} took {span(mean.value)} in the mean "
        f"({bounds(mean)}); one in twenty took longer than {span(p95.value)}."
    )
    rest = [other for other in simulated.ways if other is not way]
    if rest:
        first = min(rest, key=lambda other: simulated.hours(other).value)
        least = simulated.hours(first)
        verb = "is faster" if least.value < mean.value else "comes next"
        text += f" {first.name} {verb}: {span(least.value)} ({bounds(least)})."
    figure, unit = figure_and_unit(mean.value)
    return Finding("Simulated journey", figure, f"{unit} in the mean", text)


def _lost(way: SimulatedWay, causes: Sequence[Cause]) -> Finding | None:
    mine = sorted(
        (one for one in causes if one.way is way and one.cause in _IDLE),
        key=lambda one: -one.hours.value,
    )
    if not mine:
        return None
    parts = ", ".join(f"{span(one.hours.value)} {_OF[one.cause]}" for one in mine)
    share = sum(one.share for one in mine)
    text = (
        f"On {way.name} a simulated lorry spends {percent(share)} of its time standing at borders, "
        f"in lines and before closed ways: {parts} (means, n = {mine[0].n:,} journeys)."
    )
    return Finding("Lost on the way", rounded(100 * share), "% of the time", text)


_OF = {
    "queue": "in queues",
    "permit": "for permits and visas",
    "waiting for departure": "for the ferry to leave",
    "closure": "for closures and storms",
    "formalities": "of formalities",
}


def _scenarios(effects: Sequence[Effect]) -> list[str]:
    return list(dict.fromkeys(effect.scenario for effect in effects))


def _effect(
    material: ReportData, way: SimulatedWay | None, effects: Sequence[Effect], scenario: str
) -> Finding | None:
    """With so and so, a lorry takes so much less."""
    mine = next(
        (
            one
            for one in effects
            if one.scenario == scenario and one.what == JOURNEY and one.way is way
        ),
        None,
    )
    if mine is None:
        return None
    change = mine.change
    where = f"a lorry on {mine.of}" if way else "a unit load"
    pair = f" ({material.main.pair.title})" if way and material.main else ""
    what = scenario[:1].lower() + scenario[1:] if scenario[1:2].islower() else scenario
    word = "less" if change.value < 0 else "more"
    size = rounded(abs(change.value) / 24, 1)
    if not mine.is_clear:
        text = (
            f"With {what}, {where}{pair} does not clearly take longer or shorter: {_range(change)}."
        )
    else:
        text = f"With {what}, {where}{pair} takes {size} days {word} ({_range(change)})."
    return Finding(scenario, size, f"days {word}", text)


def _range(change: Estimate) -> str:
    """Bounds of a change, the smaller size first."""
    if not change.n > 1:
        return f"no interval, n = {change.n}"
    ends = sorted((change.low, change.high), key=abs)
    if change.low <= 0 <= change.high:
        low, high = (rounded(end / 24, 1) for end in (change.low, change.high))
    else:
        low, high = (rounded(abs(end) / 24, 1) for end in ends)
    return f"95\N{NO-BREAK SPACE}% interval {low} to {high}, n = {change.n}"


def _convoy(stops: Sequence[ConvoyStop]) -> Finding | None:
    if not stops:
        return None
    parts = []
    for stop in stops:
        found = clipped(stop.share)
        share, low, high = (rounded(100 * end) for end in (found.value, found.low, found.high))
        said = f" (95\N{NO-BREAK SPACE}% interval {low} to {high})" if stop.share.n > 1 else ""
        parts.append(
            f"{share} of 100 simulated lorries{said} are in {stop.place} within the "
            f"{stop.days:g} days that the convoy needed"
        )
    text = (
        f"{'; '.join(parts)}; n = {len(stops[0].hours):,} lorries in {stops[0].share.n} "
        "replications of the winter of 2018."
    )
    first = stops[0]
    figure = rounded(100 * first.share.value)
    return Finding("The convoy of 2018", figure, f"of 100 are as fast, to {first.place}", text)


def _ferry(lines: Sequence[LineUse]) -> Finding | None:
    """The line before which most hours are lost."""
    used = [line for line in lines if line.met] or lines
    if not used:
        return None
    worst = max(used, key=lambda line: line.wait.value * line.n_waits)
    wait = worst.wait
    half = f" ± {rounded(wait.half_width, 1)}" if wait.n > 1 else ""
    text = (
        f"Of the ships that the ways use, most hours are waited for {worst.name}: "
        f"{rounded(wait.value, 1)}{half} h in the mean by {rounded(worst.n_waits, -2)} unit loads "
        f"a replication, with {rounded(worst.trips.value)} departures a year that are "
        f"{percent(worst.load.value)} full (n = {wait.n})."
    )
    return Finding("Waiting for a departure", rounded(wait.value), "hours in the mean", text)


def _posts(posts: Sequence[PostTimes]) -> Finding | None:
    if not posts:
        return None
    near = sum(abs(one.error) <= 0.1 for one in posts)
    published = [one for one in posts if one.post.target_basis == "published"]
    met = sum(abs(one.error) <= 0.1 for one in published)
    off = max(posts, key=lambda one: abs(one.error))
    text = (
        f"{near} of {len(posts)} border posts take the described time within {percent(0.1)} in the "
        f"simulation, of the {len(published)} with a published time {met}. Farthest off is "
        f"{off.name}: {rounded(off.simulated.value, 1)} h instead of "
        f"{rounded(off.post.target_h, 1)} h."
    )
    return Finding("Border times reproduced", str(near), f"of {len(posts)}", text)
