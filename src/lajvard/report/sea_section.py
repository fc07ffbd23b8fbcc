"""The section on the cable through the sea: drawings, tables and sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lajvard.corridor import Corridor
from lajvard.fibre.seabed.cable_path import CableDesign, design_route, seabed_notes
from lajvard.fibre.seabed.depth import Seabed, read_seabed
from lajvard.fibre.seabed.landings import Comparison, LandingPair, compare_landings
from lajvard.fibre.sites import landings, main_span
from lajvard.report.sea_charts import choice_chart, profile_chart
from lajvard.report.sea_map import sea_map
from lajvard.tables import Cell, ResultTable, headed

FIGURES = ("map", "profile", "choice")
"""Names of the figures."""

ROOT = '<svg xmlns="http://www.w3.org/2000/svg" style="background:#fff"'
_FONT = '<style>text{font-family:"DejaVu Sans",sans-serif}g[id*="-halo"] text{paint-order:stroke;'
_FONT += "stroke:#fff;stroke-width:2.6px;stroke-linejoin:round}</style>"


@dataclass(frozen=True, eq=False)
class SeaSection:
    """What the page says of the cable through the sea.

    Attributes
    ----------
    figures
        Drawings by the names of `FIGURES`.
    tables
        Tables by name.
    facts
        Sentences by name.
    design
        The routes of the pair that is drawn.
    """

    figures: Mapping[str, str]
    tables: Mapping[str, ResultTable]
    facts: Mapping[str, str]
    design: CableDesign


def drawings(corridor: Corridor, design: CableDesign) -> dict[str, str]:
    """The figures of one design as SVG files."""
    drawn = {
        "map": sea_map(corridor, design),
        "profile": profile_chart(design),
        "choice": choice_chart(design, None),
    }
    return {name: _alone(svg) for name, svg in drawn.items()}


def _alone(svg: str) -> str:
    """A figure of the page as a file of its own."""
    begin = svg.replace("<svg", ROOT, 1)
    at = begin.index(">") + 1
    return f"{begin[:at]}\n{_FONT}{begin[at:]}\n"


def sea_section(
    corridor: Corridor, *, tell: Callable[[str], None], seabed: Seabed | None = None
) -> SeaSection | None:
    """Compare the pairs of landings and draw the first one; None without a submarine span.

    The pair that is drawn is that of the first submarine span of the table that is not ended.
    """
    pair = _first_pair(corridor)
    if pair is None:
        return None
    if seabed is None:
        tell("Interpolating the seabed")
        if not len(corridor.used("sounding")):
            return None
        places = [(site.lon, site.lat) for site in landings(corridor)]
        seabed = read_seabed(corridor, places=places)
    design = design_route(corridor, *pair, seabed=seabed, progress=tell)
    compared = compare_landings(corridor, seabed=seabed, progress=tell)
    tell("Drawing the sea")
    figures = {
        "map": sea_map(corridor, design, compared),
        "profile": profile_chart(design),
        "choice": choice_chart(design, compared),
    }
    tables = {"sea_landings": landings_table(compared), "sea_routes": routes_table(design)}
    return SeaSection(figures, tables, _facts(design, compared), design)


def _first_pair(corridor: Corridor) -> tuple[str, str] | None:
    spans, name = corridor.used("cable_span"), main_span(corridor)
    if name is None:
        return None
    row = spans.ix(name)
    return spans.text("from_site_id")[row], spans.text("to_site_id")[row]


def landings_table(compared: Comparison) -> ResultTable:
    """Pairs of landings beside each other."""
    columns = (
        headed("landings", width=30),
        headed("geodesic", "km", 0),
        headed("route", "km", 0),
        headed("cable", "km", 0),
        headed("announced", "km", width=14),
        headed("laying", "M USD", 1),
        headed("life cycle", "M USD", 1),
        headed("repairs", "1/a", 3),
        headed("deepest", "m", 0),
    )
    note = " ".join([*seabed_notes(compared.surface.seabed), compared.verdict]).strip()
    rows = tuple(_landing_row(pair) for pair in compared.pairs)
    return ResultTable("Landings", "Pairs of landings, the cheapest first", columns, rows, note)


def _landing_row(pair: LandingPair) -> tuple[Cell, ...]:
    short = {one.km for one in pair.too_short}
    words = " or ".join(
        f"{one.km:.0f}" + (" (below the geodesic)" if one.km in short else "")
        for one in pair.announced
    )
    one = pair.route
    if one is None:
        return (pair.name, pair.geodesic_km, None, None, words, None, None, None, None)
    return (
        *(pair.name, pair.geodesic_km, one.length_km, one.cable_km, words),
        *(one.lay_usd / 1e6, one.life_cycle_usd / 1e6, one.repairs_per_year, one.deepest_m),
    )


def routes_table(design: CableDesign) -> ResultTable:
    """The routes of one pair, from the cheapest to the one with fewest repairs."""
    columns = (
        headed("a repair counts", width=18),
        headed("route", "km", 0),
        headed("cable", "km", 0),
        headed("laying", "M USD", 2),
        headed("life cycle", "M USD", 2),
        headed("repairs", "1/a", 4),
        headed("deepest", "m", 0),
        headed("buried", share=True),
    )
    listed = [(_counts(one.weight), one) for one in design.front]
    if design.straight is not None:
        listed.append(("straight line", design.straight))
    rows = tuple(
        (
            *(words, one.length_km, one.cable_km, one.lay_usd / 1e6, one.life_cycle_usd / 1e6),
            *(one.repairs_per_year, one.deepest_m, one.buried_share),
        )
        for words, one in listed
    )
    low, high = design.low, design.high
    note = (
        f"With all parameters at their low or high ends the first route costs "
        f"{low.life_cycle_usd / 1e6:.1f}-{high.life_cycle_usd / 1e6:.1f} million USD over its life "
        f"and expects {low.repairs_per_year:.3f}-{high.repairs_per_year:.3f} repairs a year. "
        + " ".join(design.notes)
    )
    title = f"Routes from {design.start.name} to {design.end.name}"
    return ResultTable("Cable routes", title, columns, rows, note)


def _counts(weight: float) -> str:
    return "its price" if weight == 1 else f"{weight:g} times its price"


def _facts(design: CableDesign, compared: Comparison) -> dict[str, str]:
    too_short = [
        f"The {one.km:.0f} km announced for {pair.name} are shorter than the geodesic of "
        f"{pair.geodesic_km:.0f} km, so no cable can be."
        for pair in compared.pairs
        for one in pair.too_short
    ]
    return {
        "pair": f"{design.start.name} to {design.end.name}",
        "notes": " ".join(design.notes),
        "too_short": " ".join(too_short),
        "verdict": compared.verdict,
        "level": f"{design.seabed.level_m:g} m",
    }
