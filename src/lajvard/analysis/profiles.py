"""Journeys of simulated probe lorries: stop by stop, by cause, beside the convoy of 2018."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lajvard.analysis.case_studies.convoy import CONVOY_LEFT, CONVOY_MILESTONES
from lajvard.analysis.probe_journeys import left_country_h
from lajvard.analysis.runs import Simulated, SimulatedWay
from lajvard.indicators import hours_by_cause, time_cost_distance
from lajvard.schema import first_day
from lajvard.study.statistics import Estimate, mean_interval

FloatArray = NDArray[np.float64]

FEWEST = 30
"""Journeys of which a band from p10 to p90 is drawn at least."""


CAUSES = (
    "moving",
    "rest",
    "handling",
    "formalities",
    "permit",
    "queue",
    "waiting for departure",
    "closure",
    "opening hours",
    "repair",
)
"""Causes of hours, in the order in which they are shown."""


@dataclass(frozen=True)
class ProfileRow:
    """A leg or stop of a route: km, and median and p10 to p90 of hours and USD until its end."""

    name: str
    is_stop: bool
    n: int
    total_km: float
    hours: tuple[float, float, float]
    total_h: tuple[float, float, float]
    total_usd: tuple[float, float, float]
    mean_h: float
    mean_total_h: float


@dataclass(frozen=True)
class CauseHours:
    """Mean hours of a way by cause, and the half-width of the interval of all of them."""

    name: str
    hours: Mapping[str, float]
    low_h: float
    high_h: float
    strong: bool = False


def plain_name(name: str) -> str:
    """A place without what is in brackets or behind a slash.

    >>> plain_name("Torghundi (Turgundi)"), plain_name("Alat / Baku")
    ('Torghundi', 'Alat')
    """
    return name.split(" (")[0].split(" / ")[0]


# ---------------------------------------------------------------- the main way


def profile_of(simulated: Simulated, way: SimulatedWay) -> tuple[ProfileRow, ...]:
    """Legs and stops of the route of a way that most of its probe lorries take."""
    assert simulated.probes is not None, "ways are only there with probes"
    rows = time_cost_distance(simulated.probes.table(way.source)).to_pyarrow().to_pylist()
    passed: dict[str, int] = {}
    for row in rows:
        passed[row["route"]] = max(passed.get(row["route"], 0), row["n"])
    route = _best_or_usual(passed)
    mine = [row for row in rows if row["route"] == route and row["n"] >= passed[route] / 2]
    at, found = simulated.origin, []
    for row in mine:
        node, link = str(row["node_id"] or ""), str(row["link_id"] or "")
        start = at
        at = node or _other_end(simulated, link, at)
        found.append(_profile_row(row, _leg_name(simulated, node, link, start, at)))
    return tuple(found)


def _other_end(simulated: Simulated, link: str, start: str) -> str:
    """Where a link leads that begins, or ends, at `start`."""
    first, second, _ = simulated.links.get(link, ("", "", ""))
    return first if start == second else second


def _leg_name(simulated: Simulated, node: str, link: str, start: str, end: str) -> str:
    """A stop by its place, a leg by its ends and mode."""
    here, there = (plain_name(simulated.places.get(one, one)) for one in (start, end))
    mode = simulated.links.get(link, ("", "", ""))[2]
    return there if node else f"{here} to {there}, {mode}" if mode else link


def _best_or_usual(passed: Mapping[str, int]) -> str:
    """The cheapest route if enough journeys took it, or that of most journeys.

    >>> _best_or_usual({"x 1: by road": 40, "x 2: by sea": 90})
    'x 1: by road'
    """
    best = min(passed, key=lambda name: (len(name.split(":")[0]), name))
    return best if passed[best] >= FEWEST else max(passed, key=lambda name: passed[name])


def _profile_row(row: Mapping[str, float | str], name: str) -> ProfileRow:
    def three(name: str) -> tuple[float, float, float]:
        low, middle, high = (_steady(row[f"{name}_{band}"]) for band in ("p10", "p50", "p90"))
        return low, middle, high

    return ProfileRow(
        name,
        row["kind"] == "stop",
        int(row["n"]),
        _steady(row["total_km"]),
        three("hours"),
        three("total_hours"),
        three("total_usd"),
        _steady(row["hours"]),
        _steady(row["total_hours"]),
    )


def _steady(value: float | str | None) -> float:
    """A number out of a database, without the last digits: these depend on the order of sums."""
    return np.nan if value is None else round(float(value), 9)


# ---------------------------------------------------------------- causes


@dataclass(frozen=True)
class Cause:
    """Mean hours of a way that go to a cause, with their interval."""

    way: SimulatedWay
    cause: str
    share: float
    n: int
    hours: Estimate


def causes_of(simulated: Simulated) -> tuple[Cause, ...]:
    """Hours by cause of every way, in the order of the bars."""
    assert simulated.probes is not None, "ways are only there with probes"
    table = hours_by_cause(simulated.probes.table(whole_way=True), by=("route",))
    by_source = {way.source: way for way in simulated.ways}
    found = []
    for row in table.to_pyarrow().to_pylist():
        way = by_source.get(row["route"])
        if way is not None:
            mean, low, high = (_steady(row[name]) for name in ("mean", "low", "high"))
            hours = Estimate(mean, low, high, int(row["replications"]), np.nan)
            found.append(Cause(way, row["cause"], _steady(row["share"]), int(row["n"]), hours))
    order = {way.source: number for number, way in enumerate(simulated.ways)}
    causes = list(CAUSES)
    return tuple(sorted(found, key=lambda c: (order[c.way.source], causes.index(c.cause))))


def cause_bars(simulated: Simulated, causes: Sequence[Cause]) -> tuple[CauseHours, ...]:
    """The bars of the ways."""
    bars = []
    for way in simulated.ways:
        whole = simulated.hours(way)
        hours = {one.cause: one.hours.value for one in causes if one.way is way}
        bars.append(CauseHours(way.name, hours, whole.low, whole.high, way.is_main))
    return tuple(bars)


# ---------------------------------------------------------------- the convoy


@dataclass(frozen=True)
class ConvoyStop:
    """A place that the convoy of 2018 had come to, and simulated lorries beside it.

    Attributes
    ----------
    place
        Where it was.
    days
        After how many days.
    hours
        Of simulated lorries until there: (n_lorries,).
    share
        Of them that are as fast, with its interval over replications.
    """

    place: str
    days: float
    hours: FloatArray
    share: Estimate


def convoy_stops(simulated: Simulated) -> tuple[ConvoyStop, ...]:
    """Where the convoy was when, beside the simulated ones."""
    probes = simulated.convoy_probes
    if probes is None or not len(probes):
        return ()
    replication = probes.of_journeys("replication")
    found = []
    for milestone in CONVOY_MILESTONES:
        there = [
            place for place, country in simulated.countries.items() if country == milestone.country
        ]
        hours = left_country_h(probes, there)
        days = (first_day(milestone.day) - CONVOY_LEFT).days
        shares = [
            float((hours[replication == one] <= 24 * days).mean()) for one in np.unique(replication)
        ]
        known = hours[np.isfinite(hours)]
        if len(known):
            found.append(ConvoyStop(milestone.place, days, known, mean_interval(shares)))
    return tuple(found)
