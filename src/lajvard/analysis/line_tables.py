"""Tables of the fibre line: ways across the sea, spans, legs, availability, cost, borders."""

from collections.abc import Mapping, Sequence

from lajvard.analysis.countries import country
from lajvard.fibre.line.availability import Availability
from lajvard.fibre.line.cost import Bill
from lajvard.fibre.line.results import Spread, Stretch, Worth
from lajvard.fibre.line.sensitivity import Swing
from lajvard.fibre.line.system import ORDER, FibreLine, hut_count
from lajvard.fibre.optics.line import Line
from lajvard.tables import Cell, Marked, ResultTable, headed, numbered
from lajvard.tables.numbers import MISSING, listed, percent

_WIDE = 44


def ways_table(line: FibreLine) -> ResultTable:
    """Ways to span the sea, the simplest first."""
    rows: list[tuple[Cell, ...]] = []
    for way in line.ways:
        design = way.line
        works = "works" if way.works else f"{way.short_db:.1f} dB short"
        rows.append(
            (
                Marked(way.what, "strong") if way is line.way else way.what,
                Marked(works, "holds" if way.works else "breaks"),
                design.worst_gsnr_db,
                design.margin_db,
                design.capacity_tbit_s if way.works else None,
                design.launch_dbm,
                len(design.sections) - 1,
            )
        )
    columns = (
        headed("way across the sea", width=_WIDE, css="way"),
        headed("result", width=16),
        headed("worst channel", "dB", 1),
        headed("margin", "dB", 1),
        headed("capacity of a fibre pair", "Tbit/s", 1),
        headed("launch", "dBm a channel", 1),
        headed("amplifiers on the way", digits=0),
    )
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
    return ResultTable(
        "fibre ways", "Ways across the sea", columns, tuple(rows), note, css="compare"
    )


def _where(line: FibreLine) -> str:
    """What the length of the sea crossing rests on."""
    if line.sea_route is not None:
        seabed = "the COARSE seabed of the corridor" if line.coarse else "the seabed of the grid"
        return f" along the cheapest route over {seabed}"
    return " as asked for" if line.sea_km else " (as published, or the geodesic with slack)"


def spans_table(line: Line) -> ResultTable:
    """The budget of a line, span by span."""
    rows = [
        (
            span.number,
            span.site,
            span.end_km,
            span.length_km,
            span.loss_db,
            span.launch_dbm,
            span.raman_db,
            span.arrives_dbm,
            span.gain_db,
            span.gsnr_db,
            span.total_gsnr_db,
        )
        for span in line.spans
    ]
    columns = (
        headed("span", digits=0, width=6),
        headed("at its end", width=18),
        headed("at", "km", 1),
        headed("length", "km", 1),
        headed("loss", "dB", 1),
        headed("launch", "dBm", 1),
        headed("Raman gain", "dB", 1),
        headed("arrives", "dBm", 1),
        headed("amplifier", "dB", 1),
        headed("this span alone", "dB", 1),
        headed("so far", "dB", 1),
    )
    note = (
        f"{line.origin} - {line.destination}: {line.worst_gsnr_db:.1f} dB at the end, of which "
        f"{line.margin_db:g} dB are kept back; {line.capacity_tbit_s:.1f} Tbit/s a fibre pair, "
        f"{line.latency_ms:.2f} ms one way. The two last columns are the ratio of signal to noise "
        "in the worst channel, in its bandwidth."
    )
    return ResultTable("fibre spans", "Spans of the sea crossing", columns, tuple(rows), note)


def legs_table(line: FibreLine) -> ResultTable:
    """The ways of each stage, on land and by sea."""
    rows: list[tuple[Cell, ...]] = []
    groups = []
    for at, stage in enumerate(line.stages):
        groups.append((len(rows), stage.title))
        for number, path in enumerate((stage.first, stage.second)):
            design = line.land_lines.get((at, number))
            if design is None and number == 0:
                design = line.way.line
            rows.append(
                (
                    Marked(f"way {number + 1}", "way"),
                    path.length_km,
                    path.sea_km or None,
                    hut_count(path, line.parameters),
                    design.worst_gsnr_db if design else None,
                    design.capacity_tbit_s if design else None,
                    listed([country(code) for code in path.countries]),
                    " - ".join(path.places),
                )
            )
        rows.append((Marked("shared", "way"), None, None, None, None, None, _shared(line, at), ""))
    columns = (
        headed("way", width=10, css="way"),
        headed("cable", "km", 0),
        headed("by sea", "km", 0),
        headed("huts", digits=0),
        headed("worst channel", "dB", 1),
        headed("a fibre pair", "Tbit/s", 1),
        headed("countries, or what both ways share", width=60),
        headed("places", width=100),
    )
    note = (
        "Cables lie beside the corridor's own roads and railways. The second way shares as little "
        "as possible with the first: no cable if there is another, then no pair of places, then no "
        "place. Where both pass between the same places over different cables, a share of the cuts "
        "takes both. Signals are made anew at the landings: over its first ways the line carries "
        f"what its weakest stretch does, {_weakest(line):.1f} Tbit/s a fibre pair."
    )
    return ResultTable(
        "fibre legs", "Ways on land and by sea", columns, tuple(rows), note, tuple(groups)
    )


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
    rows = [(Marked(one.name, "way"), one.ways, *_availability(one.found)) for one in found]
    columns = (
        headed("stretch", width=30, css="way"),
        headed("over", width=34),
        *_AVAILABILITY,
    )
    note = (
        "Bursts: half of the outages, and 95 of 100, are no longer. Parts fail independently but "
        "for the shared ones; the switch between two ways takes no time."
        f"{seabed}"
    )
    return ResultTable("fibre availability", "Availability", columns, tuple(rows), note)


_AVAILABILITY = (
    headed("available", "%", 3),
    headed("outages", "a year", 2),
    headed("down", "h a year", 1),
    headed("mean outage", "h", 1),
    headed("half are below", "h", 1),
    headed("95 % are below", "h", 1),
)


def _availability(one: Availability) -> tuple[Cell, ...]:
    return (
        100 * one.share,
        one.outages_per_year,
        one.down_h_per_year,
        one.mean_outage_h,
        one.outage_h(0.5),
        one.outage_h(0.95),
    )


def repair_table(
    sweep: Mapping[float, tuple[Availability, Availability]], line: FibreLine
) -> ResultTable:
    """The sea crossing by days until a ship has repaired."""
    rows = [
        (
            days,
            100 * one.share,
            one.down_h_per_year,
            one.outage_h(0.95) / 24,
            100 * two.share,
            two.down_h_per_year,
        )
        for days, (one, two) in sweep.items()
    ]
    columns = (
        headed("a ship has repaired after", "days", 0),
        headed("one cable, available", "%", 2),
        headed("down", "h a year", 1, name="one_cable_down_h_per_year"),
        headed("95 % of the outages below", "days", 0),
        headed("two cables, available", "%", 4),
        headed("down", "h a year", 2, name="two_cables_down_h_per_year"),
    )
    parameters = line.corridor.used("parameter")
    known = "sea_repair" in parameters.text("parameter_id")
    said = parameters.text("note")[parameters.ix("sea_repair")] if known else ""
    note = f"{said.rstrip('.')}." if said else ""
    return ResultTable(
        "fibre repair", "The sea crossing by repair time", columns, tuple(rows), note
    )


def cause_words(name: str) -> str:
    """A cause of outages with its country written out."""
    return ORDER + country(name.removeprefix(ORDER)) if name.startswith(ORDER) else name


def causes_table(one: Availability, two: Availability, most: int = 6) -> ResultTable:
    """What takes the line down, over one way and over two."""
    rows: list[tuple[Cell, ...]] = []
    groups = []
    for title, found in (("over the first ways alone", one), ("with the second ways", two)):
        groups.append((len(rows), title))
        rows += [
            (
                Marked(cause_words(cause.name), "way"),
                cause.outages_per_year,
                cause.mean_h,
                cause.down_h_per_year,
                cause.down_h_per_year / found.down_h_per_year if found.down_h_per_year else 0.0,
            )
            for cause in found.causes[:most]
        ]
    columns = (
        headed("cause", width=60, css="way"),
        headed("outages", "a year", 4),
        headed("mean", "h", 1),
        headed("down", "h a year", 2),
        headed("of all hours down", share=True),
    )
    return ResultTable(
        "fibre causes", "What takes the line down", columns, tuple(rows), "", tuple(groups)
    )


def cost_table(bills: Sequence[Bill], line: FibreLine) -> ResultTable:
    """What is built and what it costs a year, item by item."""
    items = list(dict.fromkeys(item for bill in bills for item in bill.built_musd))
    rows: list[tuple[Cell, ...]] = [
        (Marked(item, "way"), *(bill.built_musd.get(item) for bill in bills)) for item in items
    ]
    rows += [
        (Marked("capital cost", "strong"), *(bill.capital_musd for bill in bills)),
        (Marked("operation and repairs, a year", "way"), *(bill.operating_musd for bill in bills)),
        (Marked("all, a year", "strong"), *(bill.annual_musd for bill in bills)),
    ]
    columns = (
        headed("item", width=34, css="way"),
        *numbered(headed(bill.name, "million USD", 1, width=24) for bill in bills),
    )
    one = bills[0]
    note = (
        f"Paid back over {one.life_years:g} years at {100 * one.discount_rate:g} %. All cables on "
        "land are counted as new; those that lie already would be rented for less. A second cable "
        "through the sea is not built here: it would be rented, at a price that is not published."
        f"{_laying(line)}{rests_on(line)}"
    )
    return ResultTable("fibre cost", "Cost", columns, tuple(rows), note)


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
    rows = [(Marked(s.name, "way"), s.unit, s.low, s.central, s.high) for s in found]
    columns = (
        headed("result", width=36, css="way"),
        headed("unit", width=26),
        headed("low", digits=1),
        headed("central", digits=1),
        headed("high", digits=1),
    )
    note = (
        "Low and high: 10 and 90 of 100 draws in which all parameters vary together between their "
        "low and high values are below. Ranges are skewed (what goes wrong can go very wrong), so "
        "that the central result may be near the low one or below it. Most are estimates."
    )
    return ResultTable("fibre range", "Low, central and high", columns, tuple(rows), note)


def swings_table(drivers: Mapping[str, Sequence[Swing]], units: Mapping[str, str]) -> ResultTable:
    """Every parameter that moves a result, one at a time."""
    rows: list[tuple[Cell, ...]] = []
    groups = []
    for name, swings in drivers.items():
        groups.append((len(rows), f"{name}, {units[name]}"))
        rows += [
            (Marked(s.meaning, "way"), s.unit, s.low, s.high, s.at_low, s.at_high) for s in swings
        ]
    columns = (
        headed("parameter", width=70, css="way"),
        headed("unit", width=14),
        headed("low", digits=3),
        headed("high", digits=3),
        headed("result at low", digits=1),
        headed("result at high", digits=1),
    )
    return ResultTable("fibre drivers", "What drives it", columns, tuple(rows), "", tuple(groups))


def borders_table(worth: Worth) -> ResultTable:
    """What data sent ahead, and the line, do at each road post."""
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    for effect in worth.effects:
        post = effect.post
        title = f"{country(post.country)} towards and from {country(post.other_country)}"
        if not groups or groups[-1][1] != title:
            groups.append((len(rows), title))
        rows.append(
            (
                Marked(f"{post.place}, {post.direction}", "way"),
                "yes" if post.exchanges else MISSING,
                effect.without_h,
                effect.exchange_h - effect.without_h,
                60 * (effect.line_h - effect.exchange_h),
                effect.full_h - effect.without_h,
                Marked(post.basis, f"basis {post.basis}"),
            )
        )
    columns = (
        headed("post", width=36, css="way"),
        headed("both sides connected today", width=14),
        headed("time now", "h", 1),
        headed("data sent ahead", "h", 2),
        headed("and the line", "min", 1),
        headed("if all send 12 h ahead", "h", 1),
        headed("the time now is", width=12),
    )
    p = worth.practice
    uptake, saving = percent(p.uptake, plain=True), percent(p.saving, plain=True)
    note = (
        f"Change of the mean time at the post. Data are sent ahead for {uptake} of "
        f"the loads, {p.lead_h:g} h before arrival in the mean, and customs works on them for "
        f"{p.processing_h:g} h; where they are ready, {saving} of the time is saved. "
        "That share is a judgement: no effect on a border of this corridor was measured. Where "
        "both sides are connected already, part of it may be in the time now."
    )
    return ResultTable(
        "fibre borders",
        "What the line changes at each border",
        columns,
        tuple(rows),
        note,
        tuple(groups),
    )
