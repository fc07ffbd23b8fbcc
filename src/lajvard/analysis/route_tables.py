"""Tables of routes: the comparison, the stops, the stages, the legal chain."""

from collections.abc import Callable, Sequence
from functools import partial

from lajvard.analysis.alternatives import ComparedAlternative, PairComparison
from lajvard.analysis.countries import country
from lajvard.analysis.report_data import ReportData
from lajvard.network import Step
from lajvard.network.arrays import MONEY_ITEMS
from lajvard.network.compile import table_of
from lajvard.routes import LegalLink, Route
from lajvard.routes.route import TRAVELLING
from lajvard.tables import Cell, Marked, ResultColumn, ResultTable, column_name, headed, numbered
from lajvard.tables.numbers import TimeUnit, listed, percent, unit_for

ITEMS = tuple(dict.fromkeys(MONEY_ITEMS.values()))

_WAY = headed("way", width=44, css="way")
_REMARK = headed("remark", width=60)

_Value = Callable[[Route], float]


def _paid(item: str, route: Route) -> float:
    return route.money_by_item.get(item, 0.0)


def _share(basis: str, route: Route) -> float:
    return route.time_share_by_basis[basis]


_Measure = tuple[ResultColumn, _Value, bool]
"""A column, its value of a route, and whether the least of the pair is set apart."""


def _times(unit: TimeUnit) -> tuple[_Measure, ...]:
    word, hours, digits = unit.word, unit.hours, unit.digits
    return (
        (headed("length", "km", 0), lambda r: r.distance_km, True),
        (headed("expected", word, digits), lambda r: r.time_h / hours, True),
        (headed("p50", word, digits), lambda r: r.p50_h / hours, False),
        (headed("p95", word, digits), lambda r: r.p95_h / hours, True),
        (headed("moving", word, digits), lambda r: r.moving_h / hours, False),
        (headed("borders", word, digits), lambda r: r.border_h / hours, True),
        (headed("rest and waiting", word, digits), lambda r: r.waiting_h / hours, False),
        (headed("published", "of the hours", share=True), partial(_share, "published"), False),
        (headed("estimated", "of the hours", share=True), partial(_share, "estimate"), False),
    )


_MONEY: tuple[_Measure, ...] = (
    (headed("price", "USD", -1), lambda r: r.cost_usd, True),
    *((headed(item, "USD", -1), partial(_paid, item), False) for item in ITEMS),
    (headed("emission", "kg CO2e", -1), lambda r: r.emission_kgco2e, True),
    (headed("risk", "of a closure", share=True), lambda r: r.risk, True),
)


def comparison_tables(material: ReportData) -> tuple[ResultTable, ResultTable]:
    """Time and distance, then money, emissions and risk, of every way for every pair."""
    routes = [way.route for pair in material.comparisons for way in pair.ways if way.route]
    longest = max((route.p95_h for route in routes), default=0.0)
    time = _comparison(
        material,
        "comparison of time",
        "Length and time",
        _times(unit_for(longest)),
        "p50 and p95: half of the journeys, and 95 of 100, take no longer (see the method). Rest "
        "and waiting: drivers' rest, ports, departures, loading, transfers and closures. Blue: the "
        "best of the pair.",
    )
    money = _comparison(
        material,
        "comparison of money",
        "Money, emissions and risk, for one unit load",
        tuple(m for m in _MONEY if m[0].heading not in ITEMS or _anywhere(material, m[1])),
        "Where the published price of haulage holds the fees at borders already, these are not "
        "added again and read 0. Risk: the probability that something on the way is closed at a "
        "random time.",
    )
    return time, money


def _anywhere(material: ReportData, value: _Value) -> bool:
    """Whether some way has more than nothing of it."""
    return any(
        way.route is not None and value(way.route) > 0
        for pair in material.comparisons
        for way in pair.ways
    )


def _comparison(
    material: ReportData,
    name: str,
    title: str,
    measures: tuple[_Measure, ...],
    note: str,
) -> ResultTable:
    rows: list[dict[str, Cell]] = []
    groups = []
    for pair in material.comparisons:
        groups.append((len(rows), f"{pair.pair.title}"))
        rows += _pair_rows(material, pair, measures)
    columns = (_WAY, *(column for column, _, _ in measures))
    way = material.main_way
    named = way is not None and bool(way.alternative_id)
    return ResultTable.of(
        name,
        columns,
        rows,
        title=title,
        note=note,
        groups=groups,
        css="compare",
        emphasis=(start for start, _ in groups) if named else (),
    )


def _pair_rows(
    material: ReportData, pair: PairComparison, measures: tuple[_Measure, ...]
) -> list[dict[str, Cell]]:
    """The alternatives of a pair; the best of all only where no alternative is it."""
    best = pair.best.route
    same = best is not None and any(
        way.route is not None and way.route.moves == best.moves for way in pair.ways[1:]
    )
    ways = [*pair.ways[1:], *(() if same else pair.ways[:1])]
    marks = [_best(ways, measure) for measure in measures]
    return [_way_row(material, way, ix, measures, marks) for ix, way in enumerate(ways)]


def _best(ways: Sequence[ComparedAlternative], measure: _Measure) -> frozenset[int]:
    """Indices of the ways with the least of a measure, as far as the table shows it."""
    column, value, marked = measure
    values = {ix: value(way.route) for ix, way in enumerate(ways) if way.route is not None}
    if not marked or len(values) < 2:
        return frozenset()
    least = column.shown(min(values.values()))
    return frozenset(ix for ix, amount in values.items() if column.shown(amount) == least)


def _way_row(
    material: ReportData,
    way: ComparedAlternative,
    ix: int,
    measures: tuple[_Measure, ...],
    marks: Sequence[frozenset[int]],
) -> dict[str, Cell]:
    name, first = material.short[way.name], measures[0][0].name
    if way.route is None:
        return {"way": Marked(name, "way"), first: Marked(way.reason, "none", fills=True)}
    if way.same_as:
        same = f"the same route as {material.short[way.same_as]}"
        return {"way": Marked(name, "way"), first: Marked(same, "none", fills=True)}
    values = {
        column.name: Marked(value(way.route), "best") if ix in mark else value(way.route)
        for (column, value, _), mark in zip(measures, marks, strict=True)
    }
    return {"way": Marked(name, "way", way_words(way.route)), **values}


def alternatives_table(material: ReportData) -> ResultTable:
    """What the routes of each alternative pass and do not touch."""

    def named(words: tuple[str, ...]) -> str:
        known = [material.place.get(word) or country(word) for word in words]
        return listed([name.split(" (")[0] for name in known])

    pair = material.comparisons[0] if material.comparisons else None
    return ResultTable.each(
        "alternatives",
        (
            (headed("alternative", width=50), lambda way: Marked(way.name, "strong")),
            (headed("its routes pass", width=40), lambda way: named(way.via)),
            (headed("and do not touch", width=40), lambda way: named(way.avoid)),
            (
                headed("best route of the main pair", width=40),
                lambda way: way_words(way.route) if way.route else "no route",
            ),
        ),
        pair.ways[1:] if pair else (),
        title="The alternatives",
    )


def stops_table(material: ReportData) -> ResultTable:
    """The stops of the main route: what happens where, for how long, at what price."""
    route = material.main_route
    if route is None:
        return ResultTable("stops", "Stops", (), ())
    stops = [
        step
        for step in route.steps
        if step.activity not in TRAVELLING and (step.time_h >= 0.05 or step.cost_usd >= 0.5)
    ]
    longest = max((step.time_h for step in stops), default=0.0)

    def hours(step: Step) -> Cell:
        return Marked(step.time_h, "worst") if step.time_h == longest else step.time_h

    return ResultTable.each(
        "stops",
        (
            (
                headed("place", width=40),
                lambda step: f"{step.place.split(' (')[0]} ({step.country})",
            ),
            (
                headed("activity", width=22),
                lambda step: Marked(step.activity.label, "what", _named(material, step)),
            ),
            (headed("time", "h", 1), hours),
            (headed("share of the journey", share=True), lambda step: step.time_h / route.time_h),
            (headed("price", "USD", 0), lambda step: step.cost_usd),
            (headed("the time is", width=12), lambda step: basis_mark(step.time_basis)),
            (
                headed("sources", width=40, css="sources"),
                lambda step: sources_cell(material.sources_of(step.activity, step.ref)),
            ),
        ),
        stops,
        title=f"Stops of {material.main_name}",
        note="Drivers' rest is part of the legs and is not listed. Red: the longest single "
        "activity.",
    )


def _named(material: ReportData, step: Step) -> str:
    """Name of the service, rule or closure that a step belongs to; others have no name."""
    name = table_of(step.activity)
    column = {"service": "name", "regime": "name", "closure": "reason"}.get(name)
    table = material.corridor.used(name)
    return str(getattr(table[step.ref], column)) if column and step.ref in table else ""


def basis_mark(basis: str) -> Marked:
    """Where a figure comes from, as a chip."""
    return Marked(basis, f"basis {basis.replace(' ', '-')}")


def sources_cell(sources: Sequence[str]) -> Marked:
    """Identifiers of sources; the page links each to the list."""
    return Marked("; ".join(sources), "cited")


def stages_table(material: ReportData) -> ResultTable:
    """All legs and stops of the best route of every way for every pair (UNESCAP rows)."""
    rows: list[dict[str, Cell]] = []
    for pair in material.comparisons:
        for way in pair.ways:
            if way.route is None or way.same_as:
                continue
            for number, stage in enumerate(way.route.stages, start=1):
                where = stage.place if stage.is_stop else f"{stage.place} - {stage.to_place}"
                rows.append(
                    {
                        "pair": pair.pair.title,
                        "way": way.name,
                        "number": number,
                        "kind": stage.kind,
                        "place": where,
                        "country": stage.country,
                        "mode_or_activities": stage.what,
                        "length_km": stage.distance_km,
                        "time_h": stage.time_h,
                        "price_usd": stage.cost_usd,
                        "emission_kgco2e": stage.emission_kgco2e,
                        "total_length_km": stage.total_km,
                        "total_time_h": stage.total_h,
                        "total_price_usd": stage.total_usd,
                    }
                )
    columns = (
        headed("pair", width=34),
        headed("way", width=30),
        headed("number", digits=0, width=8),
        headed("kind", width=6),
        headed("place", width=44),
        headed("country", width=8),
        headed("mode or activities", width=40),
        headed("length", "km", 0),
        headed("time", "h", 1),
        headed("price", "USD", 0),
        headed("emission", "kg CO2e", 0),
        headed("total length", "km", 0),
        headed("total time", "h", 1),
        headed("total price", "USD", 0),
    )
    return ResultTable.of("stages", columns, rows, title="Legs and stops of the best routes")


STANDINGS = {
    "party": ("●", "party", "party: bound, and in force"),
    "applied": ("◐", "applied", "applied: works without a treaty"),
    "signed": ("○", "signed", "signed: not known to be in force"),
    "planned": ("◌", "planned", "planned"),
    "not_party": ("✕", "not party", "not party"),
    "not known": ("?", "not known", "not known"),
}
"""Symbol, word and meaning of each standing."""


def _chains(material: ReportData) -> list[tuple[ComparedAlternative, dict[str, LegalLink]]]:
    ways = material.main.named if material.main else ()
    ordered = sorted(ways, key=lambda way: way is not material.main_way)
    return [
        (way, {link.regime_id: link for link in way.route.legal.links})
        for way in ordered
        if way.route is not None
    ]


def _regimes(material: ReportData) -> dict[str, LegalLink]:
    """Every regime that concerns a way of the main pair, as the first such way meets it."""
    found: dict[str, LegalLink] = {}
    for _, chain in _chains(material):
        for regime_id, link in chain.items():
            found.setdefault(regime_id, link)
    return found


def standing_table(material: ReportData) -> ResultTable:
    """Regimes and the standing of every country that a way of the main pair crosses."""
    chains, regimes = _chains(material), _regimes(material)
    countries = list(
        dict.fromkeys(
            code for _, chain in chains for link in chain.values() for code in link.standing
        )
    )
    standing: dict[str, dict[str, str]] = {}
    for _, chain in chains:
        for regime_id, link in chain.items():
            standing.setdefault(regime_id, {}).update(link.standing)
    rows = [
        {
            "regime": regime.name,
            **{code: _standing(standing[regime_id].get(code)) for code in countries},
        }
        for regime_id, regime in regimes.items()
    ]
    columns = (
        headed("regime", width=44),
        *(headed(code, country(code), css="state", width=11, name=code) for code in countries),
    )
    note = "; ".join(f"{symbol} {meaning}" for symbol, _, meaning in STANDINGS.values())
    note += "; empty: no way crosses the country by the regime's mode."
    title = "Who takes part in what"
    return ResultTable.of("legal standing", columns, rows, title=title, note=note, css="legal")


def _standing(word: str | None) -> Cell:
    if word is None:
        return Marked("", "state")
    symbol, text, meaning = STANDINGS.get(word, ("?", word, word))
    return Marked(text, f"state {text.replace(' ', '-')}", meaning, f"{symbol} {text}")


def chain_table(material: ReportData) -> ResultTable:
    """For each regime and way of the main pair: whether it holds all the way, or where not."""
    chains = _chains(material)
    short = [material.short[way.name] for way, _ in chains]
    named = numbered(headed(way, width=22, name=column_name(f"on {way}")) for way in short)
    columns = (headed("regime", width=44), *named)
    rows = [
        {
            "regime": link.name,
            **{
                column.name: _holds(chain.get(regime_id))
                for column, (_, chain) in zip(named, chains, strict=True)
            },
        }
        for regime_id, link in _regimes(material).items()
    ]
    note = (
        "holds: every country on the way applies the regime, and what it requires; breaks in: "
        "the countries that do not; signed, force not known: signed there, ratification or entry "
        "into force was not found; in no country: none on the way applies it; empty: the regime "
        "rules a mode that the way does not use."
    )
    title = "Where the chain breaks"
    return ResultTable.of("legal chain", columns, rows, title=title, note=note, css="chain")


def _holds(link: LegalLink | None) -> Cell:
    if link is None:
        return ""
    if link.holds:
        return Marked("holds", "holds")
    signed = link.only_signed_in
    outside = [code for code in link.breaks_at if code not in signed]
    if len(outside) == len(link.standing):
        return Marked("in no country", "breaks")
    words = [f"breaks in {', '.join(outside)}"] if outside else []
    words += [f"signed, force not known in {', '.join(signed)}"] if signed else []
    names = listed([country(code) for code in link.breaks_at])
    return Marked("; ".join(words), "breaks" if outside else "signed", names)


def way_words(route: Route) -> str:
    """Countries and modes of a route in short."""
    return route.name.replace("_", " ")


def share_line(route: Route) -> str:
    """The bases of a route's hours in words."""
    shares = route.time_share_by_basis
    words = {
        "published": "published",
        "derived": "derived",
        "estimate": "estimated",
        "not known": "of unknown origin",
    }
    return listed(
        [f"{percent(shares[basis])} {word}" for basis, word in words.items() if shares[basis] > 0]
    )
