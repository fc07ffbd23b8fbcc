"""Tables of the sections on freight flows."""

from collections.abc import Mapping

from lajvard.analysis.countries import country
from lajvard.analysis.route_tables import basis_mark, sources_cell
from lajvard.analysis.sheet import Cell, Column, Marked, Sheet
from lajvard.flows.flow_run import FlowResult
from lajvard.flows.table import FlowTable

LEAST_SHARE = 0.005
"""Ways of a smaller share of a flow are not on the page; the workbook has them."""

MOST = 12
"""Flows and borders on the page."""


def ends_of_flow(result: FlowResult, at: int) -> str:
    """Origin and destination of a flow in words."""
    flow, network = result.sets[at].flow, result.sets[at].network
    start, end = (
        network.node_names[network.node_ix(node)].split(" (")[0]
        for node in (flow.origin, flow.destination)
    )
    return f"{start} - {end}"


def way_words(way: str) -> str:
    """A way in words: its name, or the countries on it."""
    parts = way.split("-")
    is_codes = all(len(part) == 2 and part.isupper() for part in parts)
    return " - ".join(country(part) for part in parts) if is_codes else way


def ways_sheet(result: FlowResult, *, whole: bool = True) -> Sheet:
    """Shares by way of each flow; the largest flows and ways only, or all."""
    order = sorted(range(len(result.sets)), key=lambda at: -result.sets[at].flow.tonnes_per_year)
    rows: list[tuple[Cell, ...]] = []
    groups = []
    table = result.tables["ways"]
    for at in order if whole else order[:MOST]:
        flow = result.sets[at].flow
        groups.append(
            (
                len(rows),
                f"{ends_of_flow(result, at)}: {flow.commodity or 'goods'}, "
                f"{flow.tonnes_per_year / 1000:,.0f} thousand t a year ({flow.basis}), "
                f"as {flow.cargo_class.replace('_', ' ')}",
            )
        )
        for name, way, share, tonnes, time_h, cost, generalised in table.rows:
            if name == flow.name and (whole or share >= LEAST_SHARE):
                words = Marked(way_words(way), "strong") if share >= 0.5 else way_words(way)
                row = (words, share, tonnes / 1000, time_h / 24, cost, generalised)
                rows.append((flow.name, *row) if whole else row)
    columns = (
        *((Column("flow", width=20),) if whole else ()),
        Column("way", width=50),
        Column("share", share=True),
        Column("tonnes", "1000 t a year", 0),
        Column("time", "days", 1),
        Column("price of a unit load", "USD", 0),
        Column("generalised cost", "USD", 0),
    )
    note = (
        "Means over the routes of a way, for one loaded lorry, wagon or box. The generalised cost "
        "adds time at the value of the goods, its spread, and the risk of a closure."
    )
    return Sheet("flows by way", "Shares by way", columns, tuple(rows), note, tuple(groups))


def countries_sheet(result: FlowResult) -> Sheet:
    """Trade of each country by named way, and by mode."""
    named = [way.title for way in result.case.ways]
    shares: dict[str, dict[str, float]] = {}
    sums: dict[str, list[float]] = {}
    for code, way, share, tonnes, *modes in result.tables["countries"].rows:
        by_way = shares.setdefault(code, {})
        name = way if way in named else ""
        by_way[name] = by_way.get(name, 0.0) + share
        before = sums.get(code, [0.0] * 4)
        parts = (a + tonnes * b for a, b in zip(before[1:], modes, strict=True))
        sums[code] = [before[0] + tonnes, *parts]
    rows: list[tuple[Cell, ...]] = [
        (
            country(code),
            sums[code][0] / 1000,
            *(by_way.get(name, 0.0) for name in (*named, "")),
            *(part / sums[code][0] for part in sums[code][1:]),
        )
        for code, by_way in shares.items()
    ]
    columns = (
        Column("country", width=20),
        Column("trade", "1000 t a year", 0),
        *(Column(name.split(" (")[0], share=True) for name in named),
        Column("other ways", share=True),
        Column("by road", "of t km", share=True),
        Column("by rail", "of t km", share=True),
        Column("by sea", "of t km", share=True),
    )
    note = (
        "Described trade only, both directions; a flow counts for both countries. Other ways: "
        "straight by land between neighbours, or without a name; Afghan transit is described from "
        "Karachi on, without its way by sea."
    )
    return Sheet("flows by country", "Trade of each country by way", columns, tuple(rows), note)


def borders_sheet(result: FlowResult, *, whole: bool = True) -> Sheet:
    """The fullest crossings, fleets and services."""
    rows: list[tuple[Cell, ...]] = []
    table = result.tables["bottlenecks"]
    used = [row for row in table.rows if row[3] > 0.5]
    borders = [row for row in used if row[0] == "border"]
    known = [row for row in borders if row[8] == row[8]]
    shown = [*known[:MOST], *[row for row in borders if row[8] != row[8]][: MOST // 2]]
    for row in used if whole else shown:
        kind, name, unit, described, empty, other, volume, capacity, full, delay, usual, *_ = row
        days = 365.25
        rows.append(
            (
                name,
                kind,
                unit,
                described / days,
                empty / days,
                _known(other / days),
                volume / days,
                _known(capacity / days),
                Marked(full, "worst") if full > 1 else _known(full),
                _known(delay),
                _known(usual),
            )
        )
    columns = (
        Column("where", width=44),
        Column("kind", width=9),
        Column("unit", width=9),
        Column("described flows", "a day", 1),
        Column("empty returns", "a day", 1),
        Column("other traffic", "a day", 1),
        Column("volume", "a day", 1),
        Column("capacity", "a day", 1),
        Column("volume over capacity", "", 2),
        Column("time there", "h", 1),
        Column("as described", "h", 1),
    )
    note = (
        "One direction each. Capacities are estimates: a crossing is taken to be four fifths used "
        "at its observed count, a ferry fleet nine tenths of its vessels' time. Where nobody "
        "counted, capacity is not known: the last rows are the largest of these. Above 1, in red, "
        "more comes than can pass: the time is the mean over a month of it."
    )
    title = "The most loaded borders" if not whole else "Borders and services"
    return Sheet("flow borders", title, columns, tuple(rows), note)


def _known(value: float) -> float | None:
    return value if value == value else None


def changes_sheet(result: FlowResult, *, whole: bool = True) -> Sheet:
    """What the scenario changes, by flow and way."""
    if result.base is None:
        return Sheet("flow scenario", "Base against scenario", (), ())
    ends = {
        one.flow.name: f"{ends_of_flow(result, at)}: {one.flow.commodity or 'goods'}"
        for at, one in enumerate(result.sets)
    }
    table = result.tables["changes"]
    kept = [row for row in table.rows if abs(row[5]) >= 500]
    rows = tuple(
        (ends.get(row[0], row[0]), way_words(row[1]), row[2], row[3], row[5] / 1000)
        for row in (table.rows if whole else kept[: 2 * MOST])
    )
    columns = (
        Column("flow", width=44),
        Column("way", width=50),
        Column("base", share=True),
        Column("scenario", share=True),
        Column("change", "1000 t a year", 0),
    )
    note = (
        "Largest changes first. Goods keep origin, destination and tonnes: they only go elsewhere. "
        "Trade that would end, or find another supplier, is not modelled: a way around that nobody "
        "would pay for is in the table all the same."
    )
    return Sheet("flow scenario", "Base against scenario", columns, rows, note)


def fit_sheet(result: FlowResult) -> Sheet:
    """Observed shares beside those of the model."""
    rows: list[tuple[Cell, ...]] = [
        (
            title,
            observed,
            modelled,
            100 * error,
            "yes" if fitted else "compared only",
            basis_mark(basis),
            sources_cell(source.split("; ")),
        )
        for _, title, observed, modelled, error, fitted, basis, source in result.tables["fit"].rows
    ]
    columns = (
        Column("share", width=60),
        Column("observed", share=True),
        Column("model", share=True),
        Column("error", "points", 0),
        Column("fitted", width=14),
        Column("the observation is", width=12),
        Column("sources", width=24, css="sources"),
    )
    return Sheet("flow fit", "Observed shares and those of the model", columns, tuple(rows))


def experiment_sheet(table: FlowTable) -> Sheet:
    """What happened beside what the model says."""
    rows: list[tuple[Cell, ...]] = []
    for what, period, unit, observed, middle, low, high, error, source in table.rows:
        shown = (_cell(value, unit) for value in (observed, middle, low, high))
        rows.append((what, period, unit, *shown, _cell(error, unit, sign=True), sources_cell(
            source.split("; ") if source else ()
        )))  # fmt: skip
    columns = (
        Column("what", width=52),
        Column("when", width=24),
        Column("unit", width=22),
        Column("observed", "", 2),
        Column("model", "", 2),
        Column("model, low scale", "", 2),
        Column("model, high scale", "", 2),
        Column("error", "", 2),
        Column("sources", width=18, css="sources"),
    )
    note = (
        "Low and high scale: how evenly goods spread over ways of different cost. A dash: nobody "
        "counted it. The falls of the two years came after Pakistan's rules of October 2023, with "
        "the crossings open on nearly all days; the model knows the days on which they were shut "
        "and not the rules. Both shut all the time is its extreme. It moves goods between ways; "
        "it does not let buyers change their supplier, which is what the rail cargo shows."
    )
    return Sheet("natural experiment", table.meaning, columns, tuple(rows), note)


def _cell(value: float, unit: str, *, sign: bool = False) -> Cell:
    """A figure in its unit: shares as percent, others with two decimals."""
    if value != value:
        return None
    if unit.startswith("share"):
        text = f"{100 * value:{'+' if sign else ''}.0f}"
        return Marked(value, "", "", f"{text} {'points' if sign else '%'}")
    digits = 0 if abs(value) >= 100 else 2
    rounded = round(value, digits) + 0.0
    return Marked(value, "", "", f"{rounded:{'+' if sign else ''},.{digits}f}")


def links_sheet(result: FlowResult) -> Sheet:
    """Loads of links by direction."""
    names: Mapping[str, str] = dict(
        zip(
            result.case.corridor.used("node").text("node_id"),
            result.case.corridor.used("node").text("name"),
            strict=True,
        )
    )
    rows = tuple(
        (names.get(start, start), names.get(end, end), mode, tonnes / 1000, lorries, wagons, teu)
        for _, start, end, mode, tonnes, lorries, wagons, teu in result.tables["links"].rows
    )
    columns = (
        Column("from", width=34),
        Column("to", width=34),
        Column("mode", width=14),
        Column("tonnes", "1000 t a year", 0),
        Column("lorries", "a year", 0),
        Column("wagons", "a year", 0),
        Column("boxes", "TEU a year", 0),
    )
    return Sheet("flow links", "Loads of links", columns, rows)
