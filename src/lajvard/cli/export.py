"""``lajvard export`` and ``lajvard new``: corridors as files."""

import re
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lajvard.cli.app import app, examples
from lajvard.cli.options import AsOf, ScenarioFile, read
from lajvard.cli.out import say
from lajvard.errors import InputError


class Format(StrEnum):
    """What a corridor can be written as."""

    CSV = "csv"
    XLSX = "xlsx"
    GMNS = "gmns"
    GEOPACKAGE = "geopackage"
    GEOJSON = "geojson"


_SUFFIX = re.compile(r"\.[a-z]{2,7}", re.IGNORECASE)
"""What the name of a file ends in, unlike a folder called ``corridor-1.2``."""

_BY_SUFFIX = {
    ".zip": Format.CSV,
    ".xlsx": Format.XLSX,
    ".gpkg": Format.GEOPACKAGE,
    ".geojson": Format.GEOJSON,
    ".json": Format.GEOJSON,
}


@app.command(
    epilog=examples(
        "lajvard export built-in lapis.xlsx",
        "lajvard export built-in lapis.gpkg",
        "lajvard export my-corridor out --format gmns",
        "lajvard export built-in lapis-2020 --format csv --as-of 2020-12-21",
    )
)
def export(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="Folder, .zip or .xlsx, or the word built-in.")
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="File or folder to write.")],
    format: Annotated[  # noqa: A002  # the name of the option
        Format | None,
        typer.Option(
            "--format",
            help="By default what the name of OUT ends in says, and csv for a folder.",
            show_default=False,
        ),
    ] = None,
    as_of: AsOf = None,
    scenario: ScenarioFile = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what is there already.")
    ] = False,
) -> None:
    """Write a corridor for a spreadsheet, a map or another model.

    csv is a folder of tables (Frictionless Data Package), xlsx a workbook with one sheet a table;
    both can be read back. geopackage and geojson are for QGIS, gmns for programs that read the
    General Modeling Network Specification.
    """
    chosen = format or _format_of(out)
    _check_suffix(out, chosen)
    if not overwrite:
        _check_free(out)
    corridor = read(path)
    if scenario:
        corridor = corridor.apply(scenario)
    if as_of:
        corridor = corridor.as_of(as_of)
    from lajvard.corridor import write_corridor
    from lajvard.corridor.formats.export import export_geojson, export_geopackage
    from lajvard.corridor.formats.gmns import write_gmns
    from lajvard.corridor.write import unfinished

    writers = {
        Format.CSV: write_corridor,
        Format.XLSX: write_corridor,
        Format.GMNS: write_gmns,
        Format.GEOPACKAGE: export_geopackage,
        Format.GEOJSON: export_geojson,
    }
    with nullcontext() if out.suffix.lower() in _BY_SUFFIX else unfinished(out):
        written = writers[chosen](corridor, out)
    say(f"{written}")


def _format_of(out: Path) -> Format:
    """The format that a name stands for."""
    known = _BY_SUFFIX.get(out.suffix.lower())
    if known is None and _SUFFIX.fullmatch(out.suffix) and not out.is_dir():
        endings = ", ".join(_BY_SUFFIX)
        raise typer.BadParameter(
            f"'{out}' does not say the format. Give --format, or a name that ends in {endings}, "
            "or that of a folder."
        )
    return known or Format.CSV


def _check_free(out: Path) -> None:
    """Writing a corridor into a folder takes away the tables that it does not have."""
    from lajvard.corridor.write import is_free

    if not is_free(out):
        what = "the folder is not empty" if out.is_dir() else "is there already"
        raise InputError(str(out), what, "Choose another name, or say --overwrite.")


def _check_suffix(out: Path, chosen: Format) -> None:
    """A name that would make a file of another kind."""
    wanted = {Format.XLSX: ".xlsx", Format.GEOPACKAGE: ".gpkg"}.get(chosen)
    if wanted and out.suffix.lower() != wanted:
        raise typer.BadParameter(f"'{out}' should end in {wanted} for {chosen}.")
    if _BY_SUFFIX.get(out.suffix.lower(), chosen) is not chosen:
        raise typer.BadParameter(f"'{out}' should be a folder for {chosen}.")


@app.command(
    epilog=examples(
        "lajvard new my-corridor",
        "lajvard new my-corridor --gmns road-model --country GE",
        "lajvard check my-corridor",
    )
)
def new(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Folder to make.")],
    gmns: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Start from the nodes and links of a GMNS data set."),
    ] = None,
    country: Annotated[
        str, typer.Option(metavar="CODE", help="With --gmns: country of nodes that state none.")
    ] = "",
    mode: Annotated[
        str, typer.Option(metavar="MODE", help="With --gmns: mode of links that state none.")
    ] = "",
    units: Annotated[
        str,
        typer.Option(
            metavar="UNIT",
            help="With --gmns: km, m, mi or ft, or with the unit of speed, such as m,mph. By "
            "default what config.csv says; without one it is found by comparing lengths with the "
            "places of their ends.",
        ),
    ] = "",
    speed: Annotated[
        float | None,
        typer.Option(metavar="KM/H", help="With --gmns: speed of links that state none."),
    ] = None,
    crs: Annotated[
        str,
        typer.Option(
            metavar="EPSG",
            help="With --gmns: coordinate system, by default what config.csv says, else WGS 84.",
        ),
    ] = "",
) -> None:
    """Write a small corridor to start from.

    It is complete (places, road, rail, a ferry, borders, prices and law), has nothing wrong with
    it, and comes with a README and an example of a scenario. Put your own rows in place of its.
    With --gmns there are the places and links of another model instead; borders, prices and law
    are yours to add.
    """
    from lajvard.corridor.new import new_corridor

    if gmns is not None:
        from lajvard.corridor.formats.gmns import read_gmns

        found = read_gmns(gmns, country=country, mode=mode, units=units, speed_kmh=speed, crs=crs)
        where = new_corridor(path, found)
        for problem in found.passed_over:
            say(f"{problem.severity}: {problem}")
        say(f"{where}: the places and links of {gmns}")
    else:
        where = new_corridor(path)
        say(f"{where}: a corridor to start from; read {where / 'README.md'}")
    say(f"Next: lajvard check {where}")
