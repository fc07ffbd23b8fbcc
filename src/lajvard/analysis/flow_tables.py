"""Tables of the sections on freight flows."""

from collections.abc import Mapping

from lajvard.analysis.countries import country
from lajvard.analysis.route_tables import basis_mark, sources_cell
from lajvard.flows.assign_flows import FlowResult
from lajvard.tables import Cell, Marked, ResultTable, Row, Value, column_name, headed, numbered

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


def ways_table(result: FlowResult, *, whole: bool = True) -> ResultTable:
    """Shares by way of each flow; the largest flows and ways only, or all."""
    order = sorted(range(len(result.sets)), key=lambda at: -result.sets[at].flow.tonnes_per_year)
    rows: list[dict[str, Cell]] = []
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
        for row in table:
            share = row.number("share")
            if row["demand_id"] == flow.name and (whole or share >= LEAST_SHARE):
                words = way_words(row.text("way"))
                rows.append(
                    {
                        **({"flow": flow.name} if whole else {}),
                        "way": Marked(words, "strong") if share >= 0.5 else words,
                        "share": share,
                        "tonnes_1000_t_per_year": row.number("tonnes_per_year") / 1000,
                        "time_days": row.number("time_h") / 24,
                        "price_of_a_unit_load_usd": row["cost_usd"],
                        "generalised_cost_usd": row["generalised_cost_usd"],
                    }
                )
    columns = (
        *((headed("flow", width=20),) if whole else ()),
        headed("way", width=50),
        headed("share", share=True),
        headed("tonnes", "1000 t a year", 0),
        headed("time", "days", 1),
        headed("price of a unit load", "USD", 0),
        headed("generalised cost", "USD", 0),
    )
    note = (
        "Means over the routes of a way, for one loaded lorry, wagon or box. The generalised cost "
        "adds time at the value of the goods, its spread, and the risk of a closure."
    )
    return ResultTable.of(
        "flows by way", columns, rows, title="Shares by way", note=note, groups=groups
    )


def countries_table(result: FlowResult) -> ResultTable:
    """Trade of each country by named way, and by mode."""
    named = [way.title for way in result.case.alternatives]
    shares: dict[str, dict[str, float]] = {}
    sums: dict[str, list[float]] = {}
    for row in result.tables["countries"]:
        code, way, tonnes = row.text("country"), row.text("way"), row.number("tonnes_per_year")
        modes = [row.number(f"{mode}_share") for mode in ("road", "rail", "sea")]
        by_way = shares.setdefault(code, {})
        name = way if way in named else ""
        by_way[name] = by_way.get(name, 0.0) + row.number("share")
        before = sums.get(code, [0.0] * 4)
        parts = (a + tonnes * b for a, b in zip(before[1:], modes, strict=True))
        sums[code] = [before[0] + tonnes, *parts]
    short = [name.split(" (")[0] for name in named]
    ways = numbered(headed(name, share=True, name=column_name(f"by {name}")) for name in short)
    columns = (
        headed("country", width=20),
        headed("trade", "1000 t a year", 0),
        *ways,
        headed("other ways", share=True),
        headed("by road", "of t km", share=True),
        headed("by rail", "of t km", share=True),
        headed("by sea", "of t km", share=True),
    )
    rows = [
        {
            "country": country(code),
            "trade_1000_t_per_year": sums[code][0] / 1000,
            **{way.name: by_way.get(name, 0.0) for way, name in zip(ways, named, strict=True)},
            "other_ways": by_way.get("", 0.0),
            **{
                f"by_{mode}_of_t_km": tkm / sums[code][0]
                for mode, tkm in zip(("road", "rail", "sea"), sums[code][1:], strict=True)
            },
        }
        for code, by_way in shares.items()
    ]
    note = (
        "Described trade only, both directions; a flow counts for both countries. Other ways: "
        "straight by land between neighbours, or without a name; Afghan transit is described from "
        "Karachi on, without its way by sea."
    )
    title = "Trade of each country by way"
    return ResultTable.of("flows by country", columns, rows, title=title, note=note)


def borders_table(result: FlowResult, *, whole: bool = True) -> ResultTable:
    """The fullest crossings, fleets and services."""
    table = result.tables["bottlenecks"]
    used = [row for row in table if row.number("described_per_year") > 0.5]
    borders = [row for row in used if row["kind"] == "border"]
    known = [row for row in borders if row["volume_over_capacity"] is not None]
    others = [row for row in borders if row["volume_over_capacity"] is None]
    shown = [*known[:MOST], *others[: MOST // 2]]
    rows = [_border_row(row) for row in (used if whole else shown)]
    columns = (
        headed("where", width=44),
        headed("kind", width=9),
        headed("unit", width=9),
        headed("described flows", "a day", 1),
        headed("empty returns", "a day", 1),
        headed("other traffic", "a day", 1),
        headed("volume", "a day", 1),
        headed("capacity", "a day", 1),
        headed("volume over capacity", "", 2),
        headed("time there", "h", 1),
        headed("as described", "h", 1),
    )
    note = (
        "One direction each. Capacities are estimates: a crossing is taken to be four fifths used "
        "at its observed count, a ferry fleet nine tenths of its vessels' time. Where nobody "
        "counted, capacity is not known: the last rows are the largest of these. Above 1, in red, "
        "more comes than can pass: the time is the mean over a month of it."
    )
    title = "The most loaded borders" if not whole else "Borders and services"
    return ResultTable.of("flow borders", columns, rows, title=title, note=note)


def _border_row(row: Row) -> dict[str, Cell]:
    """A bottleneck with its traffic by day."""
    full = row["volume_over_capacity"]
    return {
        "where": row["name"],
        "kind": row["kind"],
        "unit": row["unit"],
        **{
            heading: row.number(f"{name}_per_year") / 365.25
            for heading, name in (
                ("described_flows_per_day", "described"),
                ("empty_returns_per_day", "empty"),
                ("other_traffic_per_day", "other"),
                ("volume_per_day", "volume"),
                ("capacity_per_day", "capacity"),
            )
        },
        "volume_over_capacity": Marked(full, "worst") if _is_over(full) else full,
        "time_there_h": row["delay_h"],
        "as_described_h": row["described_delay_h"],
    }


def _is_over(full: Value) -> bool:
    return isinstance(full, float) and full > 1


def changes_table(result: FlowResult, *, whole: bool = True) -> ResultTable:
    """What the scenario changes, by flow and way."""
    if result.base is None:
        return ResultTable("flow scenario", "Base against scenario", (), ())
    ends = {
        one.flow.name: f"{ends_of_flow(result, at)}: {one.flow.commodity or 'goods'}"
        for at, one in enumerate(result.sets)
    }
    table = result.tables["changes"]
    kept = [row for row in table if abs(row.number("change_tonnes_per_year")) >= 500]
    rows = [
        {
            "flow": ends.get(row.text("demand_id"), row.text("demand_id")),
            "way": way_words(row.text("way")),
            "base": row["base_share"],
            "scenario": row["share"],
            "change_1000_t_per_year": row.number("change_tonnes_per_year") / 1000,
        }
        for row in (table.rows if whole else kept[: 2 * MOST])
    ]
    columns = (
        headed("flow", width=44),
        headed("way", width=50),
        headed("base", share=True),
        headed("scenario", share=True),
        headed("change", "1000 t a year", 0),
    )
    note = (
        "Largest changes first. Goods keep origin, destination and tonnes: they only go elsewhere. "
        "Trade that would end, or find another supplier, is not modelled: a way around that nobody "
        "would pay for is in the table all the same."
    )
    title = "Base against scenario"
    return ResultTable.of("flow scenario", columns, rows, title=title, note=note)


def fit_table(result: FlowResult) -> ResultTable:
    """Observed shares beside those of the model."""
    rows: list[dict[str, Cell]] = [
        {
            "share": row["title"],
            "observed": row["observed"],
            "model": row["modelled"],
            "error_points": 100 * row.number("error"),
            "fitted": "yes" if row["fitted"] else "compared only",
            "the_observation_is": basis_mark(row.text("basis")),
            "sources": sources_cell(row.text("source_id").split("; ")),
        }
        for row in result.tables["fit"]
    ]
    columns = (
        headed("share", width=60),
        headed("observed", share=True),
        headed("model", share=True),
        headed("error", "points", 0),
        headed("fitted", width=14),
        headed("the observation is", width=12),
        headed("sources", width=24, css="sources"),
    )
    title = "Observed shares and those of the model"
    return ResultTable.of("flow fit", columns, rows, title=title)


def experiment_table(table: ResultTable) -> ResultTable:
    """What happened beside what the model says."""
    rows: list[dict[str, Cell]] = []
    for row in table:
        unit, source = row.text("unit"), row.text("source_id")
        rows.append(
            {
                "what": row["what"],
                "when": row["period"],
                "unit": unit,
                "observed": _cell(row.number("observed"), unit),
                "model": _cell(row.number("modelled"), unit),
                "model_low_scale": _cell(row.number("modelled_low"), unit),
                "model_high_scale": _cell(row.number("modelled_high"), unit),
                "error": _cell(row.number("error"), unit, sign=True),
                "sources": sources_cell(source.split("; ") if source else ()),
            }
        )
    columns = (
        headed("what", width=52),
        headed("when", width=24),
        headed("unit", width=22),
        headed("observed", "", 2),
        headed("model", "", 2),
        headed("model, low scale", "", 2),
        headed("model, high scale", "", 2),
        headed("error", "", 2),
        headed("sources", width=18, css="sources"),
    )
    note = (
        "Low and high scale: how evenly goods spread over ways of different cost. A dash: nobody "
        "counted it. The falls of the two years came after Pakistan's rules of October 2023, with "
        "the crossings open on nearly all days; the model knows the days on which they were shut "
        "and not the rules. Both shut all the time is its extreme. It moves goods between ways; "
        "it does not let buyers change their supplier, which is what the rail cargo shows."
    )
    name = "natural experiment"
    return ResultTable.of(name, columns, rows, title=table.title, note=note)


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


def links_table(result: FlowResult) -> ResultTable:
    """Loads of links by direction."""
    names: Mapping[str, str] = dict(
        zip(
            result.case.view.used("node").text("node_id"),
            result.case.view.used("node").text("name"),
            strict=True,
        )
    )
    rows = [
        {
            "from": names.get(row.text("from_node_id"), row.text("from_node_id")),
            "to": names.get(row.text("to_node_id"), row.text("to_node_id")),
            "mode": row["mode"],
            "tonnes_1000_t_per_year": row.number("tonnes_per_year") / 1000,
            "lorries_per_year": row["lorries_per_year"],
            "wagons_per_year": row["wagons_per_year"],
            "boxes_teu_per_year": row["teu_per_year"],
        }
        for row in result.tables["links"]
    ]
    columns = (
        headed("from", width=34),
        headed("to", width=34),
        headed("mode", width=14),
        headed("tonnes", "1000 t a year", 0),
        headed("lorries", "a year", 0),
        headed("wagons", "a year", 0),
        headed("boxes", "TEU a year", 0),
    )
    return ResultTable.of("flow links", columns, rows, title="Loads of links")
