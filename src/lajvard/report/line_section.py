"""The section on the fibre line: tables, figures and sentences made from its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from lajvard.analysis.findings import Finding
from lajvard.analysis.line_tables import (
    availability_table,
    borders_table,
    cause_words,
    causes_table,
    cost_table,
    legs_table,
    repair_table,
    rests_on,
    spans_table,
    spreads_table,
    swings_table,
    ways_table,
)
from lajvard.fibre.line.results import (
    DRIVEN,
    MEASURES,
    Spread,
    Worth,
    bills,
    drivers,
    repair_sweep,
    spreads,
    stretches,
    worth_of,
)
from lajvard.fibre.line.sensitivity import Swing
from lajvard.fibre.line.system import FibreLine
from lajvard.fibre.optics.line import OpticalLine
from lajvard.progress import Progress, Report
from lajvard.report.line_charts import borders_chart, repair_chart, spans_chart, tornado_chart
from lajvard.tables import ResultTable
from lajvard.tables.numbers import percent, rounded, usd


@dataclass(frozen=True, eq=False)
class LineTables:
    """What a line comes to, without drawings.

    Attributes
    ----------
    tables
        Tables by name.
    facts
        Sentences by name.
    """

    tables: Mapping[str, ResultTable]
    facts: Mapping[str, str]
    worth: Worth
    driven: Mapping[str, tuple[Swing, ...]]
    ranges: tuple[Spread, ...]


@dataclass(frozen=True, eq=False)
class LineSection:
    """What the page says of the fibre line.

    Attributes
    ----------
    figures
        Drawings: spans, repair, tornado, borders.
    tables, facts
        As in `LineTables`.
    """

    findings: tuple[Finding, ...]
    figures: Mapping[str, str]
    tables: Mapping[str, ResultTable]
    facts: Mapping[str, str]


def line_tables(line: FibreLine) -> LineTables:
    """Work out and write down what a line comes to."""
    worth, driven, ranges = worth_of(line), drivers(line), spreads(line)
    units = {name: unit for name, (unit, _) in MEASURES.items()}
    tables = {
        "line_ways": ways_table(line),
        "line_spans": spans_table(line.way.line),
        "line_legs": legs_table(line),
        "line_availability": availability_table(stretches(line), rests_on(line)),
        "line_repair": repair_table(repair_sweep(line), line),
        "line_causes": causes_table(line.unprotected, line.protected),
        "line_cost": cost_table(bills(line), line),
        "line_ranges": spreads_table(ranges),
        "line_drivers": swings_table(driven, units),
        "line_borders": borders_table(worth),
    }
    facts = {**line_facts(line), "worth": worth_words(worth)}
    return LineTables(tables, facts, worth, driven, ranges)


def line_section(line: FibreLine, tell: Report) -> LineSection:
    """Work out, draw and write down what a line comes to."""
    tell(Progress("Working out the fibre line: failures, cost and what drives them"))
    found = line_tables(line)
    tell(Progress("Drawing the fibre line"))
    central = {one.name: one.central for one in found.ranges if one.name in DRIVEN}
    units = {name: MEASURES[name][0] for name in DRIVEN}
    figures = {
        "spans": spans_chart(line.way.line, _other_lines(line)),
        "repair": repair_chart(repair_sweep(line)),
        "tornado": tornado_chart(found.driven, central, units),
        "borders": borders_chart(found.worth.effects) if found.worth.effects else "",
    }
    findings = _findings(line, found.worth, found.facts)
    return LineSection(findings, figures, found.tables, found.facts)


def _other_lines(line: FibreLine) -> dict[str, OpticalLine]:
    """The lines to draw beside the sea crossing: with repeaters, and the first ways on land."""
    found = {"the same with repeaters": line.ways[-1].line} if line.way is not line.ways[-1] else {}
    for (at, number), design in line.land_lines.items():
        if number == 0:
            found[line.stages[at].title] = design
    return found


def line_facts(line: FibreLine) -> dict[str, str]:
    """Sentences about the line, made from the numbers."""
    way, leg = line.way, line.sea_leg
    ordinary = line.ways[0]
    said = f"Over the {leg.length_km:,.0f} km {leg.start_name} - {leg.end_name}, "
    if ordinary.works:
        said += f"{ordinary.what} are enough."
    else:
        said += (
            f"{ordinary.what} do not reach: the worst channel ends {ordinary.short_db:.0f} dB "
            f"below what one bit a symbol needs. "
        )
        said += (
            f"What works: {way.what}, with {way.line.capacity_tbit_s:.0f} Tbit/s a fibre pair."
            if way.works
            else "Nothing that was tried works."
        )
    one, two, none = line.unprotected, line.protected, line.without_span
    down = (
        f"Over the first ways alone the line is down {one.down_h_per_year:.0f} h a year, with the "
        f"second ways {two.down_h_per_year:.0f} h, and without this span, over the other cable "
        f"alone, {none.down_h_per_year:.0f} h."
    )
    if two.causes:
        cause = two.causes[0]
        share = 100 * cause.down_h_per_year / two.down_h_per_year
        down += f" What is left is {share:.0f} % {cause_words(cause.name)}."
    return {"ways": said, "down": down}


def worth_words(worth: Worth) -> str:
    """What matters to the lorries and what does not, in plain words."""
    posts = len(worth.effects)
    if not posts:
        return "The corridor describes no border post between the countries of the line."
    gained = sum(one.without_h - one.exchange_h for one in worth.effects) / posts
    by_line = sum(one.exchange_h - one.line_h for one in worth.effects) / posts
    full = sum(one.without_h - one.full_h for one in worth.effects) / posts
    saving, uptake, by_uptake = (
        percent(share, plain=True)
        for share in (worth.practice.saving, worth.practice.uptake, worth.by_uptake)
    )
    now, by_link = (percent(share, 1, plain=True) for share in (worth.now, worth.by_link))
    return (
        f"What matters is to have the exchange, who uses it, and how early. If data that are ready "
        f"save {saving} of the time at a post, which is a judgement, "
        f"then in the mean over {posts} described post times data sent ahead by "
        f"{uptake} of "
        f"the loads save {60 * gained:.0f} minutes a load, sent ahead by all of them half a day "
        f"before {60 * full:.0f}. The line adds {60 * by_line:.1f} minutes to the former by making "
        f"the link more reliable: the data are ready for {now} of the loads "
        f"today, would be for {by_link} over a link that is never down, and for "
        f"{by_uptake} if nine of ten sent them. What does not matter is latency: "
        f"light takes {worth.latency_ms:.0f} ms over the line, and messages slower by 100 ms "
        f"would come too late for {_in(worth.late_share)} loads."
    )


def _in(share: float) -> str:
    """A very small share as one in so many."""
    return f"one in {float(f'{1 / share:.2g}'):,.0f}" if share > 0 else "no"


def _findings(line: FibreLine, worth: Worth, facts: Mapping[str, str]) -> tuple[Finding, ...]:
    capital = next(iter(bills(line))).capital_musd
    gained = [60 * (one.exchange_h - one.line_h) for one in worth.effects]
    return (
        Finding(
            "The fibre line: can it be built",
            rounded(line.way.line.capacity_tbit_s, 0),
            "Tbit/s a fibre pair",
            f"{facts['ways']} The span costs some {usd(1e6 * round(capital))} to build.",
        ),
        Finding(
            "The fibre line: what it does for lorries",
            rounded(sum(gained) / max(1, len(gained)), 1),
            "minutes a load and post",
            facts["worth"],
        ),
    )
