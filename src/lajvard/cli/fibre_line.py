"""``lajvard fibre design``, ``availability`` and ``export``: the line and what it is worth."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lajvard.cli.app import examples
from lajvard.cli.fibre import fibre
from lajvard.cli.options import BUILT_IN, AsJson, CorridorOption, ScenarioFile, changed
from lajvard.cli.out import Tell, note, print_json, print_result, say, telling
from lajvard.errors import InputError, did_you_mean
from lajvard.names import fold

if TYPE_CHECKING:
    from lajvard.fibre.line.system import FibreLine


def _complete_span(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    from lajvard.cli.options import read

    spans = read(ctx.params.get("corridor") or BUILT_IN).used("cable_span")
    for span, medium, system in zip(
        *(spans.text(name) for name in ("span_id", "medium", "system")), strict=True
    ):
        if medium == "submarine" and span.startswith(incomplete):
            yield span, system


Span = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="Submarine span; by default the first of the corridor that is not ended.",
        autocompletion=_complete_span,
    ),
]
Start = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="PLACE", help="Where the line begins; by default its first terminal."
    ),
]
End = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="PLACE", help="Where the line ends; by default its second terminal."
    ),
]
Band = Annotated[str, typer.Option(metavar="BAND", help="Channels: C, or C+L for both bands.")]
Length = Annotated[
    float | None,
    typer.Option(
        metavar="KM", min=1, max=10000, help="Length of the sea cable, not of the best route."
    ),
]

Bathymetry = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Grid of depths for the route, see lajvard fibre route. By default the coarse one.",
    ),
]


def _worked_out(
    corridor: str,
    scenario: Path | None,
    span: str | None,
    start: str | None,
    end: str | None,
    band: str,
    length: float | None,
    bathymetry: Path | None,
    tell: Tell,
) -> "FibreLine":
    from lajvard.fibre.line.system import TOPICS, design_fibre_line, seabed_route, span_of
    from lajvard.fibre.parameters import Parameters
    from lajvard.fibre.sites import line_ends

    described = changed(corridor, scenario)
    span = span or span_of(described)
    ends = line_ends(described, *(name and _place(described, name) for name in (start, end)))
    parameters = Parameters.of(described, *TOPICS)
    if length and bathymetry:
        raise typer.BadParameter("--length and --bathymetry exclude each other.")
    cable = None
    if not length:
        tell("Searching a route over the seabed")
        cable = seabed_route(described, span, bathymetry=bathymetry, progress=tell)
    tell("Designing the line")
    return design_fibre_line(
        described,
        parameters=parameters,
        ends=ends,
        span_id=span,
        band=band,
        sea_km=length,
        cable=cable,
    )


def _place(corridor: Any, name: str) -> str:
    """The identifier of a place that is given by identifier or name."""
    nodes = corridor.used("node")
    ids, names = nodes.text("node_id"), nodes.text("name")
    short = [full.split(" (")[0] for full in names]
    wanted = fold(name)
    for node, *known in zip(ids, names, short, strict=True):
        if name == node or wanted in map(fold, known):
            return str(node)
    remedy = did_you_mean(name, [*short, *ids]) or "Places are rows of the table node."
    raise InputError("node", f"no place '{name}'", remedy)


@fibre.command(
    epilog=examples(
        "lajvard fibre design",
        "lajvard fibre design --span AZSUM-TMKUL --band C+L",
        "lajvard fibre design --length 300",
    )
)
def design(
    corridor: CorridorOption = BUILT_IN,
    span: Span = None,
    start: Start = None,
    end: End = None,
    band: Band = "C",
    length: Length = None,
    bathymetry: Bathymetry = None,
    scenario: ScenarioFile = None,
    json: AsJson = False,
) -> None:
    """Design the line: ways across the sea, spans, signal to noise, ways on land.

    Tells which of five ways to span the sea work (ordinary amplifiers, low loss, a Raman pump, a
    remote amplifier, repeaters), the budget of the simplest that does, and the two ways on land.
    """
    with telling("Reading the corridor") as tell:
        line = _worked_out(corridor, scenario, span, start, end, band, length, bathymetry, tell)
        from lajvard.analysis.line_tables import legs_table, spans_table, ways_table

        tables = (ways_table(line), spans_table(line.way.line), legs_table(line))
    if json:
        _print_notes(line, aside=True)
        print_json(_design_dict(line))
        return
    from lajvard.report.line_section import line_facts

    say(line_facts(line)["ways"])
    _print_notes(line)
    for table in tables:
        print_result(table)


@fibre.command(
    epilog=examples(
        "lajvard fibre availability",
        "lajvard fibre availability --span AZSUM-TMKUL --json",
    )
)
def availability(
    corridor: CorridorOption = BUILT_IN,
    span: Span = None,
    start: Start = None,
    end: End = None,
    band: Band = "C",
    length: Length = None,
    bathymetry: Bathymetry = None,
    scenario: ScenarioFile = None,
    json: AsJson = False,
) -> None:
    """Say how often the line is down, what it costs, and what it changes at each border.

    With low and high values, what drives them, and repair times of 10 to 90 days, as nobody knows
    how soon a cable ship would come.
    """
    with telling("Reading the corridor") as tell:
        line = _worked_out(corridor, scenario, span, start, end, band, length, bathymetry, tell)
        tell("Working out failures, cost and what drives them")
        if json:
            _print_notes(line, aside=True)
            print_json(_availability_dict(line))
            return
        from lajvard.analysis.line_tables import swings_table
        from lajvard.fibre.line.results import MEASURES
        from lajvard.report.line_section import line_tables

        tables = line_tables(line)
        strongest = {name: swings[:_STRONGEST] for name, swings in tables.driven.items()}
        drivers = swings_table(strongest, {name: unit for name, (unit, _) in MEASURES.items()})
    said = tables.facts
    say(said["down"])
    _print_notes(line)
    names = ("line_availability", "line_repair", "line_causes", "line_cost", "line_ranges")
    for table in [*(tables.tables[name] for name in names), drivers]:
        print_result(table)
    say()
    say(said["worth"])
    print_result(tables.tables["line_borders"])


@fibre.command(
    epilog=examples("lajvard fibre export line", "lajvard fibre export line --overwrite")
)
def export(
    out: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder to write.")],
    corridor: CorridorOption = BUILT_IN,
    span: Span = None,
    start: Start = None,
    end: End = None,
    band: Band = "C",
    length: Length = None,
    bathymetry: Bathymetry = None,
    scenario: ScenarioFile = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what is there already.")
    ] = False,
) -> None:
    """Write the line for QGIS, a spreadsheet, GNPy and a simulation.

    line.gpkg has cables and sites; positions.csv points along the sea crossing; line.xlsx every
    table; gnpy/ equipment, network and sidecar of each line that GNPy can be given; data-link.yaml
    a scenario in which customs' data link has the line beside it.
    """
    from lajvard.corridor.write import is_free, unfinished, write_atomically

    if not overwrite and out.is_dir() and not is_free(out):
        remedy = "Choose another name, or say --overwrite."
        raise InputError(str(out), "the folder is not empty", remedy)
    with telling("Reading the corridor") as tell:
        line = _worked_out(corridor, scenario, span, start, end, band, length, bathymetry, tell)
        from lajvard.fibre.line.exports import without_gnpy, write_line
        from lajvard.report.line_section import line_tables
        from lajvard.report.workbook import write_workbook

        tables = list(line_tables(line).tables.values())
        title = f"Fibre line of {line.corridor.title}"
        with unfinished(out):
            written = write_line(line, out)
            tell("Writing the workbook")
            write_atomically(
                out / "line.xlsx", lambda path: write_workbook(tables, path, title=title)
            )
    for file in (*written, out / "line.xlsx"):
        say(f"{file}")
    for text in without_gnpy(line):
        note(text, aside=False)


_STRONGEST = 5
"""Parameters that a terminal shows of those that drive a result; the workbook has all."""


def _print_notes(line: "FibreLine", *, aside: bool = False) -> None:
    for text in line.notes:
        note(text, aside=aside)


def _seabed_dict(line: "FibreLine") -> dict[str, Any]:
    return {"coarse": line.coarse, "notes": list(line.notes)}


def _design_dict(line: "FibreLine") -> dict[str, Any]:
    return {
        **_seabed_dict(line),
        "span": line.span_id,
        "length_km": line.sea_leg.length_km,
        "band": line.band,
        "ways": [
            {
                "what": way.what,
                "works": way.works,
                "short_db": way.short_db,
                "worst_gsnr_db": way.line.worst_gsnr_db,
                "capacity_tbit_s": way.line.capacity_tbit_s if way.works else 0.0,
                "spans": [asdict(span) for span in way.line.spans],
            }
            for way in line.ways
        ],
        "stages": [
            {
                "name": stage.name,
                "shared": list(stage.shared),
                "side_by_side": [list(pair) for pair in stage.beside],
                "ways": [
                    {
                        "length_km": path.length_km,
                        "countries": list(path.countries),
                        "legs": [asdict(leg) for leg in path.legs],
                    }
                    for path in (stage.first, stage.second)
                ],
            }
            for stage in line.stages
        ],
    }


def _availability_dict(line: "FibreLine") -> dict[str, Any]:
    from lajvard.fibre.line.results import (
        bills,
        drivers,
        repair_sweep,
        spreads,
        stretches,
        worth_of,
    )

    worth = worth_of(line)
    return {
        **_seabed_dict(line),
        "stretches": [
            {"name": one.name, "ways": one.ways, **_numbers(one.found)} for one in stretches(line)
        ],
        "repair_days": {
            f"{days:g}": {"one_cable": _numbers(one), "two_cables": _numbers(two)}
            for days, (one, two) in repair_sweep(line).items()
        },
        "causes": {
            "one_way": [asdict(cause) for cause in line.unprotected.causes],
            "two_ways": [asdict(cause) for cause in line.protected.causes],
        },
        "drivers": {
            name: [asdict(swing) for swing in swings] for name, swings in drivers(line).items()
        },
        "ranges": [asdict(one) for one in spreads(line)],
        "bills": [
            {"name": b.name, "capital_musd": b.capital_musd, "annual_musd": b.annual_musd}
            for b in bills(line)
        ],
        "borders": [asdict(effect) for effect in worth.effects],
        "latency_ms": worth.latency_ms,
    }


def _numbers(found: Any) -> dict[str, float]:
    return {
        "share": found.share,
        "outages_per_year": found.outages_per_year,
        "down_h_per_year": found.down_h_per_year,
        "mean_outage_h": found.mean_outage_h,
    }
