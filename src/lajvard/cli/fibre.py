"""``lajvard fibre``: the fibre line of a corridor, its route, its design and what it is worth."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lajvard.cli.app import app, examples
from lajvard.cli.options import BUILT_IN, AsJson, CorridorOption, ScenarioFile, changed, read, words
from lajvard.cli.out import heading, note, print_csv, print_json, print_table, say, telling
from lajvard.errors import LajvardError
from lajvard.names import fold
from lajvard.tables.numbers import percent

if TYPE_CHECKING:
    from lajvard.corridor import Corridor
    from lajvard.fibre.seabed.cable_path import CableDesign, CableRoute
    from lajvard.fibre.seabed.depth import Seabed
    from lajvard.fibre.seabed.landings import LandingComparison, LandingPair

fibre = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog=examples("lajvard fibre route", "lajvard fibre route Siyazan Turkmenbashi"),
)
app.add_typer(fibre, name="fibre")


@fibre.callback()
def about() -> None:
    """Design the fibre line: its route, cost and failures.

    Seabed, hazards, landings and prices are rows of the corridor; the built-in seabed is coarse.
    """


def complete_landing(ctx: typer.Context, incomplete: str) -> list[str]:
    """Landings that begin with what was typed."""
    from lajvard.fibre.sites import landings

    try:
        known = landings(read(ctx.params.get("corridor") or BUILT_IN))
    except (LajvardError, OSError):
        return []
    return [one.name for one in known if fold(one.name).startswith(fold(incomplete))]


def _landing(name: str) -> Any:
    return typer.Argument(
        metavar=name,
        help="Id or name of a landing. Without any, all pairs are compared.",
        autocompletion=complete_landing,
    )


@fibre.command(
    epilog=examples(
        "lajvard fibre route",
        "lajvard fibre route Siyazan Turkmenbashi",
        'lajvard fibre route Sumgait "Cape Kuuli" --level -30 --out cable',
        "lajvard fibre route Siyazan Awaza --bathymetry gebco.nc --cell 0.5",
        "lajvard fibre route Siyazan Awaza --csv > position-list.csv",
    )
)
def route(
    start: Annotated[str | None, _landing("FROM")] = None,
    end: Annotated[str | None, _landing("TO")] = None,
    corridor: CorridorOption = BUILT_IN,
    scenario: ScenarioFile = None,
    bathymetry: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Grid of depths: netCDF (GEBCO), GeoTIFF or ESRI ASCII. By default a coarse "
            "surface through the soundings of the corridor.",
        ),
    ] = None,
    level: Annotated[
        float | None,
        typer.Option(metavar="M", help="Level of the water above sea level; it is falling."),
    ] = None,
    cell: Annotated[
        float | None,
        typer.Option(metavar="KM", min=0.01, help="Size of the cells; 1 km, or those of FILE."),
    ] = None,
    weights: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LIST",
            help="How many times its price a repair counts for: one path each, from cheap to safe.",
        ),
    ] = None,
    every: Annotated[
        float, typer.Option(metavar="KM", min=0.01, help="Distance of the rows of the list.")
    ] = 1.0,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Write position list (CSV), routes (GeoJSON), map, profile and chart (SVG) there.",
        ),
    ] = None,
    json: AsJson = False,
    csv: Annotated[
        bool, typer.Option("--csv", help="Print CSV: the position list, or the pairs.")
    ] = False,
) -> None:
    """Find where a submarine cable should lie, or compare pairs of landings.

    With two landings: the routes from the cheapest over its life to the one with fewest repairs.
    Without: all pairs of the corridor's submarine spans, the cheapest first, and whether the
    lengths that were announced can be.
    """
    if csv and json:
        raise typer.BadParameter("--csv and --json exclude each other.")
    if (start is None) != (end is None):
        raise typer.BadParameter("Name both landings, or none to compare all pairs.")
    if start is None and (out or weights):
        raise typer.BadParameter("--out and --weights are for one pair: name both landings.")
    chosen = _weights(weights)
    with telling("Reading the corridor") as tell:
        described = changed(corridor, scenario)
        tell("Reading the seabed (slower the first time: the search is compiled)")
        seabed = _seabed(described, bathymetry, level, cell, (start, end))
        if start is None or end is None:
            from lajvard.fibre.seabed.landings import compare_landings

            compared = compare_landings(described, seabed=seabed, progress=tell)
        else:
            from lajvard.fibre.seabed.cable_path import WEIGHTS, design_route

            design = design_route(
                described, start, end, seabed=seabed, weights=chosen or WEIGHTS, progress=tell
            )
            files = _write(described, design, out, every) if out else []
    if start is None:
        _print_pairs(compared, json=json, csv=csv)
    else:
        _print_design(design, files, every, json=json, csv=csv)


def _weights(listed: list[str] | None) -> list[float]:
    try:
        found = [float(word) for word in words(listed)]
    except ValueError:
        raise typer.BadParameter("--weights takes numbers such as 1,4,10.") from None
    if any(not 0 <= weight < float("inf") for weight in found):
        raise typer.BadParameter("--weights takes numbers of 0 or more.")
    return found


def _seabed(
    corridor: "Corridor",
    file: Path | None,
    level: float | None,
    cell: float | None,
    ends: Sequence[str | None],
) -> "Seabed":
    from lajvard.fibre.seabed.depth import read_seabed
    from lajvard.fibre.sites import landing, landings

    named = [landing(corridor, name) for name in ends if name] or landings(corridor)
    places = [(site.lon, site.lat) for site in named]
    return read_seabed(corridor, file, level_m=level, cell_km=cell, places=places)


def _write(corridor: "Corridor", design: "CableDesign", out: Path, every: float) -> list[Path]:
    from lajvard.corridor.write import write_atomically
    from lajvard.fibre.seabed.route_list import write_geojson, write_position_list
    from lajvard.report.sea_section import drawings

    files = [
        write_position_list(design.best, out / "position-list.csv", every_km=every),
        write_geojson(design, out / "routes.geojson"),
    ]
    for name, svg in drawings(corridor, design).items():
        files.append(out / f"{name}.svg")
        write_atomically(files[-1], svg.encode())
    return files


# ---------------------------------------------------------------- one pair


def _print_design(
    design: "CableDesign", files: Sequence[Path], every: float, *, json: bool, csv: bool
) -> None:
    from lajvard.fibre.seabed.route_list import position_list, summary

    if not (csv or json):
        say(f"{design.start.name} - {design.end.name}: geodesic {design.geodesic_km:.0f} km")
    for text in design.notes:
        note(text, aside=csv or json)
    if csv:
        print_csv(position_list(design.best, every_km=every))
        return
    if json:
        shown = {
            "from": design.start.site_id,
            "to": design.end.site_id,
            "level_m": design.seabed.level_m,
            "seabed": design.seabed.origin,
            "coarse": design.seabed.coarse,
            "geodesic_km": design.geodesic_km,
            "notes": list(design.notes),
            "routes": [summary(one) for one in design.front],
            "straight": summary(design.straight) if design.straight else None,
            "low": summary(design.low),
            "high": summary(design.high),
            "position_list": position_list(design.best, every_km=every),
            "files": [file.as_posix() for file in files],
        }
        print_json(shown)
        return
    heading("Routes that none beats in both cost and repairs, the cheapest first")
    heads = ("weight", "route km", "cable km", "laying M USD", "life cycle M USD")
    rows = [_cells(f"{one.weight:g}", one) for one in design.front]
    if design.straight is not None:
        rows.append(_cells("straight line", design.straight))
    print_table((*heads, "repairs 1/a", "deepest m", "buried"), rows)
    low, high = design.low, design.high
    say()
    say(
        f"The first one with all parameters at their low or high ends: laying "
        f"{low.lay_usd / 1e6:.1f}-{high.lay_usd / 1e6:.1f} M USD, life cycle "
        f"{low.life_cycle_usd / 1e6:.1f}-{high.life_cycle_usd / 1e6:.1f} M USD, "
        f"{low.repairs_per_year:.3f}-{high.repairs_per_year:.3f} repairs a year."
    )
    for file in files:
        say(f"{file}")


def _cells(first: str, one: "CableRoute") -> tuple[str, ...]:
    return (
        first,
        f"{one.length_km:.0f}",
        f"{one.cable_km:.0f}",
        f"{one.lay_usd / 1e6:.2f}",
        f"{one.life_cycle_usd / 1e6:.2f}",
        f"{one.repairs_per_year:.4f}",
        f"{one.deepest_m:.0f}",
        percent(one.buried_share, plain=True),
    )


# ---------------------------------------------------------------- all pairs


def _print_pairs(compared: "LandingComparison", *, json: bool, csv: bool) -> None:
    from lajvard.fibre.seabed.cable_path import seabed_notes

    rows = [_pair(pair) for pair in compared.pairs]
    notes = seabed_notes(compared.surface.seabed)
    for text in notes:
        note(text, aside=csv or json)
    if csv:
        print_csv(rows)
        return
    if json:
        coarse = compared.surface.seabed.coarse
        print_json({"coarse": coarse, "notes": notes, "pairs": rows, "verdict": compared.verdict})
        return
    heads = ("landings", "geodesic km", "cable km", "announced km", "laying M USD")
    print_table(
        (*heads, "life cycle M USD", "repairs 1/a", "deepest m"),
        [_pair_cells(pair) for pair in compared.pairs],
    )
    say()
    for pair in compared.pairs:
        for one in pair.too_short:
            say(
                f"The {one.km:.0f} km announced for {pair.name} are shorter than the geodesic of "
                f"{pair.geodesic_km:.0f} km: no cable can be."
            )
    if compared.verdict:
        say(compared.verdict)


def _pair_cells(pair: "LandingPair") -> tuple[str, ...]:
    announced = " or ".join(f"{one.km:.0f}" for one in pair.announced) or "-"
    first = (pair.name, f"{pair.geodesic_km:.0f}")
    if pair.route is None:
        return (*first, "no water", announced, "-", "-", "-", "-")
    one = pair.route
    return (
        *first,
        f"{one.cable_km:.0f}",
        announced,
        f"{one.lay_usd / 1e6:.1f}",
        f"{one.life_cycle_usd / 1e6:.1f}",
        f"{one.repairs_per_year:.3f}",
        f"{one.deepest_m:.0f}",
    )


def _pair(pair: "LandingPair") -> dict[str, Any]:
    from lajvard.fibre.seabed.route_list import seabed_of, summary

    shortest = min((one.km for one in pair.announced), default=None)
    names = ("length_km", "cable_km", "lay_cost_usd", "life_cycle_cost_usd", "repairs_per_year")
    found = summary(pair.route) if pair.route is not None else {}
    return {
        "from": pair.start.site_id,
        "to": pair.end.site_id,
        "system": pair.system,
        "geodesic_km": pair.geodesic_km,
        "announced_km": shortest,
        "announced_below_geodesic": "yes" if pair.too_short else "no",
        **{name: found.get(name) for name in (*names, "deepest_m")},
        "seabed": seabed_of(pair.route) if pair.route is not None else None,
    }
