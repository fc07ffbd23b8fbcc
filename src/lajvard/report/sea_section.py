"""The section on the cable through the sea: drawings, tables and sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lajvard.corridor import Corridor
from lajvard.fibre.seabed.cable_path import CableDesign, CableRoute, design_route, seabed_notes
from lajvard.fibre.seabed.depth import Seabed, read_seabed
from lajvard.fibre.seabed.landings import LandingComparison, LandingPair, compare_landings
from lajvard.fibre.sites import landings, main_span
from lajvard.progress import Progress, Report
from lajvard.report.sea_charts import choice_chart, profile_chart
from lajvard.report.sea_map import sea_map
from lajvard.tables import ResultTable, headed

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
    corridor: Corridor, *, tell: Report, seabed: Seabed | None = None
) -> SeaSection | None:
    """Compare the pairs of landings and draw the first one; None without a submarine span.

    The pair that is drawn is that of the first submarine span of the table that is not ended.
    """
    pair = _first_pair(corridor)
    if pair is None:
        return None
    if seabed is None:
        tell(Progress("Interpolating the seabed"))
        if not len(corridor.used("sounding")):
            return None
        places = [(site.lon, site.lat) for site in landings(corridor)]
        seabed = read_seabed(corridor, places=places)
    design = design_route(corridor, *pair, seabed=seabed, progress=tell)
    compared = compare_landings(corridor, seabed=seabed, progress=tell)
    tell(Progress("Drawing the sea"))
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


def landings_table(compared: LandingComparison) -> ResultTable:
    """Pairs of landings beside each other."""
    note = " ".join([*seabed_notes(compared.surface.seabed), compared.verdict]).strip()

    def of_route(value: Callable[[CableRoute], float]) -> Callable[[LandingPair], float | None]:
        return lambda pair: value(pair.route) if pair.route is not None else None

    return ResultTable.each(
        "Landings",
        (
            (headed("landings", width=30), lambda pair: pair.name),
            (headed("geodesic", "km", 0), lambda pair: pair.geodesic_km),
            (headed("route", "km", 0), of_route(lambda route: route.length_km)),
            (headed("cable", "km", 0), of_route(lambda route: route.cable_km)),
            (headed("announced", "km", width=14), _announced),
            (headed("laying", "M USD", 1), of_route(lambda route: route.lay_usd / 1e6)),
            (headed("life cycle", "M USD", 1), of_route(lambda route: route.life_cycle_usd / 1e6)),
            (headed("repairs", "1/a", 3), of_route(lambda route: route.repairs_per_year)),
            (headed("deepest", "m", 0), of_route(lambda route: route.deepest_m)),
        ),
        compared.pairs,
        title="Pairs of landings, the cheapest first",
        note=note,
    )


def _announced(pair: LandingPair) -> str:
    """Published lengths in words."""
    short = {length.km for length in pair.too_short}
    return " or ".join(
        f"{length.km:.0f}" + (" (below the geodesic)" if length.km in short else "")
        for length in pair.announced
    )


def routes_table(design: CableDesign) -> ResultTable:
    """The routes of one pair, from the cheapest to the one with fewest repairs."""
    routes = [*design.front, *([] if design.straight is None else [design.straight])]
    low, high = design.low, design.high
    note = (
        f"With all parameters at their low or high ends the first route costs "
        f"{low.life_cycle_usd / 1e6:.1f}-{high.life_cycle_usd / 1e6:.1f} million USD over its life "
        f"and expects {low.repairs_per_year:.3f}-{high.repairs_per_year:.3f} repairs a year. "
        + " ".join(design.notes)
    )
    title = f"Routes from {design.start.name} to {design.end.name}"
    return ResultTable.each(
        "Cable routes",
        (
            (
                headed("a repair counts", width=18),
                lambda route: (
                    "straight line" if route is design.straight else _counts(route.weight)
                ),
            ),
            (headed("route", "km", 0), lambda route: route.length_km),
            (headed("cable", "km", 0), lambda route: route.cable_km),
            (headed("laying", "M USD", 2), lambda route: route.lay_usd / 1e6),
            (headed("life cycle", "M USD", 2), lambda route: route.life_cycle_usd / 1e6),
            (headed("repairs", "1/a", 4), lambda route: route.repairs_per_year),
            (headed("deepest", "m", 0), lambda route: route.deepest_m),
            (headed("buried", share=True), lambda route: route.buried_share),
        ),
        routes,
        title=title,
        note=note,
    )


def _counts(weight: float) -> str:
    return "its price" if weight == 1 else f"{weight:g} times its price"


def _facts(design: CableDesign, compared: LandingComparison) -> dict[str, str]:
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
