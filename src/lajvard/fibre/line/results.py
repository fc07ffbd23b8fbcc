"""What a line comes to: availability, money and what drives them, with low and high values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lajvard.fibre.line.availability import Availability, one_way, ship_sweep, two_ways
from lajvard.fibre.line.cost import Bill, line_bill, span_bill
from lajvard.fibre.line.exchange import (
    DataEffect,
    DataLink,
    Practice,
    effects_at,
    late_by_latency,
    posts_between,
    ready,
)
from lajvard.fibre.line.sensitivity import Results, Swing, spread, tornado
from lajvard.fibre.line.system import LAYOUT, FibreLine
from lajvard.fibre.parameters import Parameters

REPAIR_DAYS = (10.0, 20.0, 30.0, 45.0, 60.0, 90.0)
"""Days until a cable ship has repaired, for the sweep."""
DRAWS = 200
"""Draws for low and high values."""
MORE_LATENCY_MS = 100.0
"""By how much messages are made slower to see whether latency matters."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Availability of a part of the line, or of all of it."""

    name: str
    ways: str
    found: Availability


@dataclass(frozen=True, slots=True)
class Spread:
    """A result with its low, central and high value."""

    name: str
    unit: str
    low: float
    central: float
    high: float


def stretches(line: FibreLine) -> tuple[Stretch, ...]:
    """Each stage over one way and over two, and the whole line likewise."""
    found = []
    for stage, parts in zip(line.stages, line.parts, strict=True):
        name = stage.title
        found.append(Stretch(name, "one way", one_way(parts)))
        found.append(Stretch(name, "two ways", two_ways(parts)))
    found.append(Stretch("the whole line", "one way", line.unprotected))
    found.append(Stretch("the whole line", "two ways", line.protected))
    found.append(
        Stretch("the whole line", "two ways on land, without this span", line.without_span)
    )
    return tuple(found)


def repair_sweep(line: FibreLine) -> Mapping[float, tuple[Availability, Availability]]:
    """The stage across the sea over one way and over two, by days until a ship has repaired."""
    return ship_sweep(line.parts[1], REPAIR_DAYS)


Measure = Callable[[FibreLine], float]

MEASURES: Mapping[str, tuple[str, Measure]] = {
    "cost of the span": (
        "USD per Gbit/s and month",
        lambda line: span_bill(line).usd_per_gbit_month,
    ),
    "outage over one way": ("h/a", lambda line: line.unprotected.down_h_per_year),
    "outage over two ways": ("h/a", lambda line: line.protected.down_h_per_year),
    "cost of the whole line": (
        "USD per Gbit/s and month",
        lambda line: line_bill(line).usd_per_gbit_month,
    ),
    "operating cost of the span": (
        "million USD a year",
        lambda line: span_bill(line).operating_musd,
    ),
    "operating cost of the whole line": (
        "million USD a year",
        lambda line: line_bill(line).operating_musd,
    ),
    "capital cost of the span": ("million USD", lambda line: span_bill(line).capital_musd),
    "capital cost of the whole line": ("million USD", lambda line: line_bill(line).capital_musd),
    "capital cost with both ways on land": (
        "million USD",
        lambda line: line_bill(line, second_ways=True).capital_musd,
    ),
}
"""Results by name: unit, and how each is had from a line."""

DRIVEN = ("cost of the span", "outage over one way", "outage over two ways")
"""Results whose drivers are drawn as tornado charts."""


def drivers(line: FibreLine) -> Mapping[str, tuple[Swing, ...]]:
    """What drives the results `DRIVEN`, the strongest first."""
    swings = tornado(_results(line, DRIVEN), line.parameters)
    return dict(zip(DRIVEN, swings, strict=True))


def spreads(line: FibreLine, *, draws: int = DRAWS) -> tuple[Spread, ...]:
    """Low, central and high values of `MEASURES`.

    All parameters but those that lines are designed by vary together; these move what is built by
    little, as the drivers show.
    """
    names = [name for name in line.parameters if name not in LAYOUT]
    found = spread(_results(line, tuple(MEASURES)), line.parameters, names, draws=draws)
    return tuple(
        Spread(name, unit, *values)
        for (name, (unit, _)), values in zip(MEASURES.items(), found, strict=True)
    )


def _results(line: FibreLine, names: tuple[str, ...]) -> Results:
    """These measures of the line with other parameters."""
    base = line.parameters

    def results(parameters: Parameters) -> tuple[float, ...]:
        changed = {name: value for name, value in parameters.items() if value != base[name]}
        other = line.with_parameters(**changed)
        return tuple(MEASURES[name][1](other) for name in names)

    return results


@dataclass(frozen=True, slots=True)
class Worth:
    """What the line is worth to the lorries.

    Attributes
    ----------
    effects
        At each post of the corridor.
    present, both
        The data link today, and with the line beside it.
    practice
        How data are sent ahead.
    latency_ms
        Time of light over the line.
    late_share
        Share of unit loads whose data come too late when every message takes 100 ms longer.
    by_uptake, by_lead, by_link
        Probability that the data are there at 0.9 of the loads instead of the stated uptake; at
        12 h of lead instead of the stated; and over a link that is never down.
    """

    effects: tuple[DataEffect, ...]
    present: DataLink
    both: DataLink
    practice: Practice
    latency_ms: float
    late_share: float
    now: float
    by_uptake: float
    by_lead: float
    by_link: float


def worth_of(line: FibreLine) -> Worth:
    """What the line does at the road posts between the countries that it passes.

    The countries are those of the first ways, in order.
    """
    countries = tuple(dict.fromkeys(c for stage in line.stages for c in stage.first.countries))
    p, latency_ms = line.parameters, latency_of(line)
    practice, present = Practice.of(p), DataLink.today(p)
    both = DataLink.of(line.with_links(present.availability), latency_ms)

    def if_(**values: float) -> float:
        return ready(Practice.of(p.with_parameters(**values)), present)

    return Worth(
        effects_at(posts_between(line.corridor, countries), practice, present, both),
        present,
        both,
        practice,
        latency_ms,
        late_by_latency(practice, present, MORE_LATENCY_MS),
        ready(practice, present),
        if_(exchange_uptake=0.9),
        if_(exchange_lead=12.0),
        ready(practice, DataLink()),
    )


def latency_of(line: FibreLine) -> float:
    """Time of light from end to end over the first ways, in ms."""
    km = sum(
        path.length_km for path in (line.stages[0].first, line.sea.first, line.stages[2].first)
    )
    return line.way.line.sections[0].fibre.latency_ms(km)


def bills(line: FibreLine) -> tuple[Bill, ...]:
    """The span alone, the whole line, and the whole line with both ways on land."""
    return span_bill(line), line_bill(line), line_bill(line, second_ways=True)
