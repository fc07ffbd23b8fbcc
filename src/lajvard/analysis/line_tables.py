"""Tables of the fibre line: ways across the sea, spans, legs, availability, cost, borders."""

from collections.abc import Iterable, Mapping, Sequence

from lajvard.analysis.countries import country
from lajvard.fibre.line.availability import Availability
from lajvard.fibre.line.cost import Bill
from lajvard.fibre.line.results import Spread, Stretch, Worth
from lajvard.fibre.line.sensitivity import Swing
from lajvard.fibre.line.system import ORDER, FibreLine, hut_count
from lajvard.fibre.optics.design import SeaCrossing
from lajvard.fibre.optics.line import OpticalLine
from lajvard.tables import Cell, Marked, ResultTable, column_name, headed, numbered
from lajvard.tables.numbers import MISSING, listed, percent

_WIDE = 44


def ways_table(line: FibreLine) -> ResultTable:
    """Ways to span the sea, the simplest first."""
    leg, pairs, carried = (
        line.sea_leg,
        line.parameters["sea_fibre_pairs"],
        line.way.line.capacity_tbit_s,
    )
    note = (
        f"{leg.start_name} - {leg.end_name}, {leg.length_km:,.0f} km of cable"
        f"{_where(line)}"
        f", {line.band} band, channels of {line.way.line.comb.baud_gbd:g} GBd. A way works when "
        f"every channel carries a bit a symbol after the margin. In bold the simplest that works. "
        f"A cable of {pairs:.0f} fibre pairs would carry {pairs * carried:,.0f} Tbit/s that way."
    )
    return ResultTable.each(
        "fibre ways",
        (
            (
                headed("way across the sea", width=_WIDE, css="way"),
                lambda way: Marked(way.what, "strong") if way is line.way else way.what,
            ),
            (headed("result", width=16), _works),
            (headed("worst channel", "dB", 1), lambda way: way.line.worst_gsnr_db),
            (headed("margin", "dB", 1), lambda way: way.line.margin_db),
            (
                headed("capacity of a fibre pair", "Tbit/s", 1),
                lambda way: way.line.capacity_tbit_s if way.works else None,
            ),
            (headed("launch", "dBm a channel", 1), lambda way: way.line.launch_dbm),
            (headed("amplifiers on the way", digits=0), lambda way: len(way.line.sections) - 1),
        ),
        line.ways,
        title="Ways across the sea",
        note=note,
        css="compare",
    )


def _works(way: SeaCrossing) -> Cell:
    words = "works" if way.works else f"{way.short_db:.1f} dB short"
    return Marked(words, "holds" if way.works else "breaks")


def _where(line: FibreLine) -> str:
    """What the length of the sea crossing rests on."""
    if line.sea_route is not None:
        seabed = "the COARSE seabed of the corridor" if line.coarse else "the seabed of the grid"
        return f" along the cheapest route over {seabed}"
    return " as asked for" if line.sea_km else " (as published, or the geodesic with slack)"


def spans_table(line: OpticalLine) -> ResultTable:
    """The budget of a line, span by span."""
    note = (
        f"{line.origin} - {line.destination}: {line.worst_gsnr_db:.1f} dB at the end, of which "
        f"{line.margin_db:g} dB are kept back; {line.capacity_tbit_s:.1f} Tbit/s a fibre pair, "
        f"{line.latency_ms:.2f} ms one way. The two last columns are the ratio of signal to noise "
        "in the worst channel, in its bandwidth."
    )
    return ResultTable.each(
        "fibre spans",
        (
            (headed("span", digits=0, width=6), lambda span: span.number),
            (headed("at its end", width=18), lambda span: span.site),
            (headed("at", "km", 1), lambda span: span.end_km),
            (headed("length", "km", 1), lambda span: span.length_km),
            (headed("loss", "dB", 1), lambda span: span.loss_db),
            (headed("launch", "dBm", 1), lambda span: span.launch_dbm),
            (headed("Raman gain", "dB", 1), lambda span: span.raman_db),
            (headed("arrives", "dBm", 1), lambda span: span.arrives_dbm),
            (headed("amplifier", "dB", 1), lambda span: span.gain_db),
            (headed("this span alone", "dB", 1), lambda span: span.gsnr_db),
            (headed("so far", "dB", 1), lambda span: span.total_gsnr_db),
        ),
        line.spans,
        title="Spans of the sea crossing",
        note=note,
    )


def legs_table(line: FibreLine) -> ResultTable:
    """The ways of each stage, on land and by sea."""
    rows: list[dict[str, Cell]] = []
    groups = []
    for at, stage in enumerate(line.stages):
        groups.append((len(rows), stage.title))
        for number, path in enumerate((stage.first, stage.second)):
            design = line.land_lines.get((at, number))
            if design is None and number == 0:
                design = line.way.line
            rows.append(
                {
                    "way": Marked(f"way {number + 1}", "way"),
                    "cable_km": path.length_km,
                    "by_sea_km": path.sea_km or None,
                    "huts": hut_count(path, line.parameters),
                    "worst_channel_db": design.worst_gsnr_db if design else None,
                    "a_fibre_pair_tbit_s": design.capacity_tbit_s if design else None,
                    "shared": listed([country(code) for code in path.countries]),
                    "places": " - ".join(path.places),
                }
            )
        rows.append({"way": Marked("shared", "way"), "shared": _shared(line, at), "places": ""})
    columns = (
        headed("way", width=10, css="way"),
        headed("cable", "km", 0),
        headed("by sea", "km", 0),
        headed("huts", digits=0),
        headed("worst channel", "dB", 1),
        headed("a fibre pair", "Tbit/s", 1),
        headed("countries, or what both ways share", width=60, name="shared"),
        headed("places", width=100),
    )
    note = (
        "Cables lie beside the corridor's own roads and railways. The second way shares as little "
        "as possible with the first: no cable if there is another, then no pair of places, then no "
        "place. Where both pass between the same places over different cables, a share of the cuts "
        "takes both. Signals are made anew at the landings: over its first ways the line carries "
        f"what its weakest stretch does, {_weakest(line):.1f} Tbit/s a fibre pair."
    )
    title = "Ways on land and by sea"
    return ResultTable.of("fibre legs", columns, rows, title=title, note=note, groups=groups)


def _weakest(line: FibreLine) -> float:
    """Capacity of the first ways in series, Tbit/s a fibre pair."""
    first = [line.way.line, *(d for (_, way), d in line.land_lines.items() if way == 0)]
    return min(one.capacity_tbit_s for one in first)


def _shared(line: FibreLine, at: int) -> str:
    stage = line.stages[at]
    names = {
        leg.leg_id: f"{leg.start_name} - {leg.end_name}"
        for path in (stage.first, stage.second)
        for leg in path.legs
    }
    ends = {
        frozenset((leg.start, leg.end)): f"{leg.start_name} - {leg.end_name}"
        for leg in stage.first.legs
    }
    said = []
    if stage.shared:
        said.append(f"cable: {listed([names[leg] for leg in stage.shared])}")
    if stage.beside:
        said.append(f"side by side: {listed([ends[frozenset(pair)] for pair in stage.beside])}")
    if stage.places:
        said.append(f"places: {listed(list(stage.places))}")
    return "; ".join(said) or "nothing but the ends"


def rests_on(line: FibreLine) -> str:
    """What a table says whose numbers rest on a coarse seabed."""
    said = " Length and repairs of the sea crossing come from the COARSE seabed of the corridor."
    return said if line.coarse else ""


def availability_table(found: Sequence[Stretch], seabed: str = "") -> ResultTable:
    """How available each stage and the whole line are; `seabed` says what that rests on."""
    note = (
        "Bursts: half of the outages, and 95 of 100, are no longer. Parts fail independently but "
        "for the shared ones; the switch between two ways takes no time."
        f"{seabed}"
    )
    return ResultTable.each(
        "fibre availability",
        (
            (headed("stretch", width=30, css="way"), lambda part: Marked(part.name, "way")),
            (headed("over", width=34), lambda part: part.ways),
            (headed("available", "%", 3), lambda part: 100 * part.found.share),
            (headed("outages", "a year", 2), lambda part: part.found.outages_per_year),
            (headed("down", "h a year", 1), lambda part: part.found.down_h_per_year),
            (headed("mean outage", "h", 1), lambda part: part.found.mean_outage_h),
            (headed("half are below", "h", 1), lambda part: part.found.outage_h(0.5)),
            (headed("95 % are below", "h", 1), lambda part: part.found.outage_h(0.95)),
        ),
        found,
        title="Availability",
        note=note,
    )


def repair_table(
    sweep: Mapping[float, tuple[Availability, Availability]], line: FibreLine
) -> ResultTable:
    """The sea crossing by days until a ship has repaired."""
    rows = [
        {
            "repaired_after_days": days,
            "one_cable_available_percent": 100 * one.share,
            "one_cable_down_h_per_year": one.down_h_per_year,
            "one_cable_outages_below_days": one.outage_h(0.95) / 24,
            "two_cables_available_percent": 100 * two.share,
            "two_cables_down_h_per_year": two.down_h_per_year,
        }
        for days, (one, two) in sweep.items()
    ]
    columns = (
        headed("a ship has repaired after", "days", 0, name="repaired_after_days"),
        headed("one cable, available", "%", 2),
        headed("down", "h a year", 1, name="one_cable_down_h_per_year"),
        headed("95 % of the outages below", "days", 0, name="one_cable_outages_below_days"),
        headed("two cables, available", "%", 4),
        headed("down", "h a year", 2, name="two_cables_down_h_per_year"),
    )
    parameters = line.corridor.used("parameter")
    known = "sea_repair" in parameters.text("parameter_id")
    said = parameters.text("note")[parameters.ix("sea_repair")] if known else ""
    note = f"{said.rstrip('.')}." if said else ""
    title = "The sea crossing by repair time"
    return ResultTable.of("fibre repair", columns, rows, title=title, note=note)


def cause_words(name: str) -> str:
    """A cause of outages with its country written out."""
    return ORDER + country(name.removeprefix(ORDER)) if name.startswith(ORDER) else name


def causes_table(one: Availability, two: Availability, most: int = 6) -> ResultTable:
    """What takes the line down, over one way and over two."""
    rows: list[dict[str, Cell]] = []
    groups = []
    for title, found in (("over the first ways alone", one), ("with the second ways", two)):
        groups.append((len(rows), title))
        down = found.down_h_per_year
        rows += [
            {
                "cause": Marked(cause_words(cause.name), "way"),
                "outages_per_year": cause.outages_per_year,
                "mean_h": cause.mean_h,
                "down_h_per_year": cause.down_h_per_year,
                "of_all_hours_down": cause.down_h_per_year / down if down else 0.0,
            }
            for cause in found.causes[:most]
        ]
    columns = (
        headed("cause", width=60, css="way"),
        headed("outages", "a year", 4),
        headed("mean", "h", 1),
        headed("down", "h a year", 2),
        headed("of all hours down", share=True),
    )
    title = "What takes the line down"
    return ResultTable.of("fibre causes", columns, rows, title=title, groups=groups)


def cost_table(bills: Sequence[Bill], line: FibreLine) -> ResultTable:
    """What is built and what it costs a year, item by item."""
    items = list(dict.fromkeys(item for bill in bills for item in bill.built_musd))
    named = numbered(
        headed(bill.name, "million USD", 1, width=24, name=column_name(f"for {bill.name}", "musd"))
        for bill in bills
    )

    def row(item: Cell, costs: Iterable[float | None]) -> dict[str, Cell]:
        return {"item": item, **dict(zip((column.name for column in named), costs, strict=True))}

    rows = [
        *(
            row(Marked(item, "way"), (bill.built_musd.get(item) for bill in bills))
            for item in items
        ),
        row(Marked("capital cost", "strong"), (bill.capital_musd for bill in bills)),
        row(
            Marked("operation and repairs, a year", "way"),
            (bill.operating_musd for bill in bills),
        ),
        row(Marked("all, a year", "strong"), (bill.annual_musd for bill in bills)),
    ]
    columns = (headed("item", width=34, css="way"), *named)
    one = bills[0]
    note = (
        f"Paid back over {one.life_years:g} years at {100 * one.discount_rate:g} %. All cables on "
        "land are counted as new; those that lie already would be rented for less. A second cable "
        "through the sea is not built here: it would be rented, at a price that is not published."
        f"{_laying(line)}{rests_on(line)}"
    )
    return ResultTable.of("fibre cost", columns, rows, title="Cost", note=note)


def _laying(line: FibreLine) -> str:
    """Why the all-in price is not that of the route."""
    if line.sea_route is None:
        return ""
    return (
        " The all-in price comes from published projects and holds survey and landing stations; "
        f"cable and laying alone are {line.sea_route.lay_usd / 1e6:.1f} million USD by the prices "
        "that the route was sought with."
    )


def spreads_table(found: Sequence[Spread]) -> ResultTable:
    """Results with their low, central and high values."""
    note = (
        "Low and high: 10 and 90 of 100 draws in which all parameters vary together between their "
        "low and high values are below. Ranges are skewed (what goes wrong can go very wrong), so "
        "that the central result may be near the low one or below it. Most are estimates."
    )
    return ResultTable.each(
        "fibre range",
        (
            (headed("result", width=36, css="way"), lambda spread: Marked(spread.name, "way")),
            (headed("unit", width=26), lambda spread: spread.unit),
            (headed("low", digits=1), lambda spread: spread.low),
            (headed("central", digits=1), lambda spread: spread.central),
            (headed("high", digits=1), lambda spread: spread.high),
        ),
        found,
        title="Low, central and high",
        note=note,
    )


def swings_table(drivers: Mapping[str, Sequence[Swing]], units: Mapping[str, str]) -> ResultTable:
    """Every parameter that moves a result, one at a time."""
    rows: list[dict[str, Cell]] = []
    groups = []
    for name, swings in drivers.items():
        groups.append((len(rows), f"{name}, {units[name]}"))
        rows += [
            {
                "parameter": Marked(swing.meaning, "way"),
                "unit": swing.unit,
                "low": swing.low,
                "high": swing.high,
                "result_at_low": swing.at_low,
                "result_at_high": swing.at_high,
            }
            for swing in swings
        ]
    columns = (
        headed("parameter", width=70, css="way"),
        headed("unit", width=14),
        headed("low", digits=3),
        headed("high", digits=3),
        headed("result at low", digits=1),
        headed("result at high", digits=1),
    )
    return ResultTable.of("fibre drivers", columns, rows, title="What drives it", groups=groups)


def borders_table(worth: Worth) -> ResultTable:
    """What data sent ahead, and the line, do at each road post."""
    p = worth.practice
    uptake, saving = percent(p.uptake, plain=True), percent(p.saving, plain=True)
    note = (
        f"Change of the mean time at the post. Data are sent ahead for {uptake} of "
        f"the loads, {p.lead_h:g} h before arrival in the mean, and customs works on them for "
        f"{p.processing_h:g} h; where they are ready, {saving} of the time is saved. "
        "That share is a judgement: no effect on a border of this corridor was measured. Where "
        "both sides are connected already, part of it may be in the time now."
    )
    return ResultTable.each(
        "fibre borders",
        (
            (
                headed("post", width=36, css="way"),
                lambda effect: Marked(f"{effect.post.place}, {effect.post.direction}", "way"),
            ),
            (
                headed("both sides connected today", width=14),
                lambda effect: "yes" if effect.post.exchanges else MISSING,
            ),
            (headed("time now", "h", 1), lambda effect: effect.without_h),
            (
                headed("data sent ahead", "h", 2),
                lambda effect: effect.exchange_h - effect.without_h,
            ),
            (
                headed("and the line", "min", 1),
                lambda effect: 60 * (effect.line_h - effect.exchange_h),
            ),
            (
                headed("if all send 12 h ahead", "h", 1),
                lambda effect: effect.full_h - effect.without_h,
            ),
            (
                headed("the time now is", width=12),
                lambda effect: Marked(effect.post.basis, f"basis {effect.post.basis}"),
            ),
        ),
        worth.effects,
        title="What the line changes at each border",
        note=note,
        group=lambda effect: (
            f"{country(effect.post.country)} towards and from {country(effect.post.other_country)}"
        ),
    )
