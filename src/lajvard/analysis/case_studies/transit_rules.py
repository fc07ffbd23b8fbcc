"""The natural experiment of the built-in corridor: Pakistan's transit rules and closed crossings.

Afghan transit through Pakistan fell after rules of October 2023 and again in the next year, with
the crossings open on nearly all days; since 13 October 2025 they are shut. What the description
says happened is put beside what the model makes of the closures; nothing is fitted to it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log, nan

import numpy as np

from lajvard.analysis.case_studies.facts import facts_of
from lajvard.case import Case
from lajvard.case.choice import alternative_of, route_shares
from lajvard.case.demand import Flow, flows_of
from lajvard.case.parameters import CaseParameters
from lajvard.corridor import Corridor, Table, built_in_scenario
from lajvard.corridor.scenario import Patch, Scenario
from lajvard.flows.tables import link_loads
from lajvard.network.arrays import FloatArray
from lajvard.network.closures import read_closures, shut_days
from lajvard.progress import Progress, Report, quiet
from lajvard.schema import first_day, last_day
from lajvard.tables import ResultTable, columns_of

_FACTS = facts_of("transit_rules")
SCENARIO, TRANSIT, HUB = _FACTS["scenario"], _FACTS["demand_id"], _FACTS["hub"]
"""The built-in scenario, the flow whose values make the experiment, where its port is chosen."""

GATES, CROSSINGS = tuple(_FACTS["gates"]), {k: (a, b) for k, (a, b) in _FACTS["crossings"].items()}
"""The posts of Pakistan that were shut, and the links that were shut with their posts."""

RAIL_PORTS: dict[str, str] = _FACTS["rail_ports"]
"""Rail ports of Afghanistan, and the links by which cargo comes to them."""

BEFORE, AFTER = _FACTS["week_before"], _FACTS["week_after"]
"""Beginnings of the weeks of rail cargo that are compared: before the closure, and under it."""

COLUMNS = columns_of("""
what | | what is compared
period | | when
unit | | unit of both figures
observed | | what happened; empty where it is not known | 3
modelled | | what the model says | 3
modelled_low | | the model with the low value of the scale | 3
modelled_high | | the model with the high value of the scale | 3
error | | modelled less observed | 3
source_id | | sources of what happened
""")


@dataclass(frozen=True)
class _Seen:
    """A year of transit, as reported."""

    start: str
    end: str
    usd_per_year: float
    source_id: str


def closed_crossings() -> Scenario:
    """The built-in scenario in which Torkham and Chaman are shut."""
    return built_in_scenario(SCENARIO)


def natural_experiment(corridor: Corridor, *, progress: Report = quiet) -> ResultTable | None:
    """What happened to Afghan transit through Pakistan, beside what the model says.

    Returns
    -------
    ResultTable or None
        None for a corridor that does not hold the experiment: its flow, places and links.

    Notes
    -----
    Transit was counted on its way through Pakistan; its owners chose the port before. So the flow
    starts at Jebel Ali, the hub for which Karachi, Bandar Abbas and Chabahar compete, with the
    tonnes of the first year, and container ships take all that comes: their capacity is chosen
    and not published. Everything else is the model as it stands.

    What the model says of a period is the mean over its days, each with the crossings shut that
    were shut on it (`lajvard.network.closures.shut_days`). The rules of October 2023 are not in the
    description, so the model has the closures only; beside that stands what it says of crossings
    that are shut all the time.
    """
    seen = _transit(corridor)
    if len(seen) < 3 or not _holds(corridor):
        return None
    progress(Progress("Natural experiment: crossings open and shut"))
    scales = _scales(corridor)
    model = _Transit(corridor, scales)
    rows = _transit_rows(corridor, seen, model)
    left = seen[1].usd_per_year / seen[0].usd_per_year
    rows.append(_missing_price(model.case(), scales, model.through(frozenset()), left))
    shut_case = model.case(frozenset(CROSSINGS))
    rows += _taken_by(shut_case, _without_room(shut_case, scales))
    progress(Progress("Natural experiment: rail cargo before and under the closure"))
    rows += _rail_rows(corridor, scales)
    title = "Afghan transit through Pakistan: what happened, and what the model says"
    return ResultTable.of("experiment", COLUMNS, rows, title=title)


class _Transit:
    """The transit by the model, with crossings shut."""

    def __init__(self, corridor: Corridor, scales: Sequence[CaseParameters]) -> None:
        self._corridor, self._scales = corridor, scales
        self._demand = [_overseas(corridor)]
        self._cases: dict[frozenset[str], Case] = {}

    def case(self, shut: frozenset[str] = frozenset()) -> Case:
        """The case with some crossings shut."""
        if shut not in self._cases:
            gone = Patch("remove", "link", {"link_id": tuple(sorted(shut))})
            scenario = Scenario("shut", patches=(gone,)) if shut else None
            self._cases[shut] = Case(self._corridor, scenario=scenario, demand=self._demand)
        return self._cases[shut]

    def through(self, shut: frozenset[str]) -> FloatArray:
        """Share that goes through Pakistan, by the central, low and high scale: (3,)."""
        case = self.case(shut)
        return np.array([_pakistan(case, share) for share in _without_room(case, self._scales)])

    def over(self, start: str, end: str) -> FloatArray:
        """The mean of that share over the days of a period: (3,)."""
        days = _shut_days(self._corridor, start, end)
        parts = [count * self.through(shut) for shut, count in days.items()]
        return np.asarray(np.sum(parts, axis=0) / days.total())


def _transit_rows(
    corridor: Corridor, seen: Sequence["_Seen"], model: _Transit
) -> list[dict[str, object]]:
    """How much goes through Pakistan, and how that changed in two years."""
    first, second, third = seen[:3]
    before = tuple(f"{int(day[:4]) - 1}{day[4:]}" for day in (third.start, third.end))
    base = model.over(first.start, first.end)
    changes = [
        (
            second,
            (first.start, first.end),
            second.usd_per_year / first.usd_per_year - 1,
            _cited(first, second),
        ),
        (third, before, _same_months(corridor, third) - 1, _cited(second, third)),
    ]
    rows = [
        _row(
            f"transit that goes through Pakistan ({_shut_words(corridor, first)})",
            f"{first.start} to {first.end}",
            "share of what was counted there",
            1.0,
            base,
            _cited(first),
        )
    ]
    for year, (start, end), observed, source in changes:
        was, now = model.over(start, end), model.over(year.start, year.end)
        change = np.divide(now - was, was, out=np.full(len(was), nan), where=was > 0)
        for words, value in (
            (f"change in a year ({_shut_words(corridor, year)})", change),
            ("the same, model with both shut all the time", np.where(was > 0, -1.0, nan)),
        ):
            period, unit = f"{year.start} to {year.end}", "share of the same months before"
            rows.append(_row(words, period, unit, observed, value, source))
    return rows


def _shut_days(corridor: Corridor, start: str, end: str) -> Counter[frozenset[str]]:
    """Days of a period by which of the crossings were shut on them."""
    return shut_days(read_closures(corridor), CROSSINGS, first_day(start), last_day(end))


def _shut_words(corridor: Corridor, year: "_Seen") -> str:
    """On how many days of a period one of the crossings was shut."""
    days = _shut_days(corridor, year.start, year.end)
    return f"shut on {days.total() - days[frozenset()]} of {days.total()} days"


def _row(
    what: str,
    period: str,
    unit: str,
    observed: float,
    modelled: Sequence[float] | FloatArray,
    source: str,
) -> dict[str, object]:
    """A row of the table; the modelled values are those of the central, low and high scale."""
    middle, low, high = (float(value) for value in modelled)
    return {
        "what": what,
        "period": period,
        "unit": unit,
        "observed": observed,
        "modelled": middle,
        "modelled_low": low,
        "modelled_high": high,
        "error": middle - observed,
        "source_id": source,
    }


def _cited(*seen: "_Seen") -> str:
    return "; ".join(dict.fromkeys(one.source_id for one in seen))


# ---------------------------------------------------------------- what happened


def _transit(corridor: Corridor) -> list[_Seen]:
    """Years of transit in order: the used rows of the flow, their values scaled to a year."""
    table = corridor.used("demand")
    usd, sources = table.numbers("value_usd"), table.lists("source_id")
    found = []
    for ix, name in enumerate(table.text("demand_id")):
        start, end = table.text("period_start")[ix], table.text("period_end")[ix]
        if name == TRANSIT and usd[ix] > 0 and start and end:
            days = (last_day(end) - first_day(start)).days + 1
            source = "; ".join(one for one in sources[ix] if one != "estimate")
            found.append(_Seen(start, end, float(usd[ix]) * 365 / days, source))
    return sorted(found, key=lambda one: one.start)


def _same_months(corridor: Corridor, one: _Seen) -> float:
    """A period's value over that of the same months a year before, used or not."""
    table = corridor["demand"]
    usd, names = table.numbers("value_usd"), table.text("demand_id")
    start, end = (f"{int(day[:4]) - 1}{day[4:]}" for day in (one.start, one.end))
    periods = zip(names, table.text("period_start"), table.text("period_end"), strict=True)
    value = {period: float(usd[ix]) for ix, period in enumerate(periods)}
    before = value.get((TRANSIT, start, end), nan)
    return value.get((TRANSIT, one.start, one.end), nan) / before


def _holds(corridor: Corridor) -> bool:
    nodes, links = corridor.used("node"), corridor.used("link")
    return all((node,) in nodes for node in (HUB, *GATES, *RAIL_PORTS)) and all(
        (link,) in links for link in (*CROSSINGS, *RAIL_PORTS.values())
    )


def _cargo_of(corridor: Corridor, start: str) -> tuple[dict[str, float], str]:
    """Tonnes a year at each rail port by the bulletin of a week, and its sources."""
    table: Table = corridor.used("observation")
    values, sources = table.numbers("value"), table.lists("source_id")
    found, cited = {}, ""
    texts = [table.text(name) for name in ("node_id", "indicator", "period_start", "period_end")]
    for ix, (node, what, begin, end) in enumerate(zip(*texts, strict=True)):
        if node in RAIL_PORTS and what == "rail cargo" and begin == start:
            days = (last_day(end) - first_day(begin)).days + 1
            found[node] = float(values[ix]) * 365 / days
            cited = "; ".join(sources[ix])
    return found, cited


# ---------------------------------------------------------------- what the model says


def _scales(corridor: Corridor) -> tuple[CaseParameters, CaseParameters, CaseParameters]:
    """The parameters, and those with the low and the high value of the scale."""
    given = CaseParameters.of(corridor)
    table = corridor.used("parameter")
    low = high = given.scale
    if ("flows-scale",) in table:
        ix = table.ix("flows-scale")
        low, high = (float(table.numbers(name)[ix]) for name in ("low", "high"))
    return given, replace(given, scale=low), replace(given, scale=high)


def _overseas(corridor: Corridor) -> Flow:
    """The transit of the first year from where its port was chosen."""
    table = corridor["demand"]
    tonnes = table.numbers("tonnes_per_year")
    rows = [ix for ix, name in enumerate(table.text("demand_id")) if name == TRANSIT]
    first = min(rows, key=lambda ix: table.text("period_start")[ix])
    latest = next(flow for flow in flows_of(corridor) if flow.name == TRANSIT)
    return replace(latest, origin=HUB, tonnes_per_year=float(tonnes[first]))


def _without_room(case: Case, scales: Sequence[CaseParameters]) -> list[FloatArray]:
    """Shares of the routes of the one flow of a case by each scale; ships take all that comes."""
    return [route_shares(case.sets, given.choice(0.0), {})[0] for given in scales]


def _missing_price(
    case: Case, scales: Sequence[CaseParameters], through: FloatArray, observed: float
) -> dict[str, object]:
    """USD a box that the way through Pakistan must be worth more, for the observed share.

    By the logit, scale x (ln(s / (1 - s)) observed - the same modelled).
    """
    least = float(case.sets[0].cost_usd.min())
    found = [
        given.scale * least * (log(observed / (1 - observed)) - log(share / (1 - share)))
        if 0 < share < 1
        else nan
        for given, share in zip(scales, through.tolist(), strict=True)
    ]
    what = f"what the way through Pakistan must be worth more, to keep {observed:.0%}"
    return _row(what, "crossings open", "USD a 20 ft box", nan, found, "")


def _pakistan(case: Case, share: FloatArray) -> float:
    """Share that passes a post of Pakistan towards Afghanistan."""
    passes = [bool({*GATES} & _nodes(case, ix)) for ix in range(len(share))]
    return float(share[passes].sum())


def _nodes(case: Case, route: int) -> set[str]:
    one = case.sets[0]
    return {one.network.node_ids[ix] for ix in one.routes[route].node_ixs}


def _taken_by(case: Case, shut: Sequence[FloatArray]) -> list[dict[str, object]]:
    """Which ways take the trade when the crossings are shut: nobody counted it."""
    by_way: dict[str, list[float]] = {}
    for at, share in enumerate(shut):
        for route, part in zip(case.sets[0].routes, share.tolist(), strict=True):
            by_way.setdefault(alternative_of(route, case.alternatives), [0.0] * len(shut))[at] += (
                part
            )
    largest = sorted(by_way.items(), key=lambda item: -item[1][0])
    unit = "share of the first year"
    return [
        _row(f"both shut: transit that takes {way}", "since 2025-10-13", unit, nan, parts, "")
        for way, parts in largest
        if max(parts) >= 0.01
    ]


def _rail_rows(corridor: Corridor, scales: Sequence[CaseParameters]) -> list[dict[str, object]]:
    """Additional rail cargo under the closure, all of it and at each port."""
    (before, cited), (after, cited_after) = _cargo_of(corridor, BEFORE), _cargo_of(corridor, AFTER)
    if set(before) != set(RAIL_PORTS) or set(after) != set(RAIL_PORTS):
        return []
    changes = _rail_changes(corridor, scales)
    source, period = f"{cited}; {cited_after}", f"week of {BEFORE} to week of {AFTER}"
    observed = {node: after[node] - before[node] for node in RAIL_PORTS}
    total = [sum(change.values()) for change in changes]
    unit = "million t/a"
    rows = [
        _row(
            "additional rail cargo of Afghanistan", period, unit, sum(observed.values()) / 1e6,
            [value / 1e6 for value in total], source,
        )
    ]  # fmt: skip
    names = dict(
        zip(corridor.used("node").text("node_id"), corridor.used("node").text("name"), strict=True)
    )
    rows += [
        _row(
            f"of which at {names[node].split(' (')[0]}", period, unit, observed[node] / 1e6,
            [change[node] / 1e6 for change in changes], source,
        )
        for node in RAIL_PORTS
    ]  # fmt: skip
    return rows


def _rail_changes(corridor: Corridor, scales: Sequence[CaseParameters]) -> list[dict[str, float]]:
    """Tonnes a year that the closure adds at each rail port over all flows, by each scale."""
    flows = [
        replace(flow, origin=HUB) if flow.name == TRANSIT else flow for flow in flows_of(corridor)
    ]
    cases = [Case(corridor, scenario=one, demand=flows) for one in (None, closed_crossings())]
    found = []
    for given in scales:
        loads = [_rail_loads(case, given) for case in cases]
        found.append({node: loads[1][node] - loads[0][node] for node in RAIL_PORTS})
    return found


def _rail_loads(case: Case, given: CaseParameters) -> dict[str, float]:
    """Tonnes a year at each rail port."""
    shares = route_shares(case.sets, given.choice(0.0), case.room)
    by_link: dict[str, float] = {}
    for (link, *_), load in link_loads(case.sets, shares).items():
        by_link[link] = by_link.get(link, 0.0) + float(load[0])
    return {node: by_link.get(link, 0.0) for node, link in RAIL_PORTS.items()}
