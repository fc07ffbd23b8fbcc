"""The line as files: GeoPackage, route position list, GNPy, and a scenario of its data link."""

import csv
import io
from collections.abc import Sequence
from functools import partial
from os import PathLike
from pathlib import Path

import numpy as np

from lajvard.corridor.export import write_layer
from lajvard.corridor.layers import Layer, Values
from lajvard.corridor.write import write_atomically
from lajvard.errors import InputError
from lajvard.fibre.design import design_repeatered
from lajvard.fibre.exchange import DataLink, either
from lajvard.fibre.gnpy_export import write_gnpy
from lajvard.fibre.legs import CablePath
from lajvard.fibre.line import Line
from lajvard.fibre.system import FibreLine

STEP_KM = 5.0
"""Distance of points of the position list where no route on the seabed was worked out."""

GEOPACKAGE, POSITIONS, GNPY, SCENARIO = "line.gpkg", "positions.csv", "gnpy", "data-link.yaml"


def write_line(line: FibreLine, folder: str | PathLike[str]) -> tuple[Path, ...]:
    """Write a line: ``line.gpkg``, ``positions.csv``, ``gnpy/`` and ``data-link.yaml``.

    Each file is written beside its place and then renamed. GNPy has no place for Raman gain in dB
    or remote amplifiers: what goes there is the crossing with repeaters, and the ways on land.

    Returns
    -------
    tuple of Path
        The files.
    """
    where = Path(folder)
    if where.exists() and not where.is_dir():
        raise InputError(str(where), "is a file", "Give a folder.")
    write_atomically(where / GEOPACKAGE, partial(_geopackage, line))
    write_atomically(where / POSITIONS, position_list(line).encode())
    write_atomically(where / SCENARIO, data_link_scenario(line).encode())
    written = [where / name for name in (GEOPACKAGE, POSITIONS, SCENARIO)]
    for name, design in gnpy_lines(line).items():
        written += write_gnpy(design, where / GNPY / name)
    return tuple(written)


def gnpy_lines(line: FibreLine) -> dict[str, Line]:
    """The lines that GNPy can be given, by name of their folder."""
    leg = line.sea_leg
    ends = (leg.start_name, leg.end_name)
    sea = design_repeatered("sea", ends, leg.length_km, line.parameters)
    land = {
        f"land-{at + 1}-way-{number + 1}": design
        for (at, number), design in line.land_lines.items()
    }
    return {"sea-with-repeaters": sea, **land}


# ---------------------------------------------------------------- map


def _geopackage(line: FibreLine, file: Path) -> None:
    for layer in (_legs(line), _sites(line)):
        options = {"IDENTIFIER": layer.name, "DESCRIPTION": layer.meaning}
        write_layer(file, layer, "GPKG", layer_options=options)


def _paths(line: FibreLine) -> list[tuple[str, int, CablePath]]:
    return [
        (stage.name, number, path)
        for stage in line.stages
        for number, path in ((1, stage.first), (2, stage.second))
    ]


def _legs(line: FibreLine) -> Layer:
    import shapely

    legs = [(name, way, leg) for name, way, path in _paths(line) for leg in path.legs]
    ends = np.array([(leg.start_xy, leg.end_xy) for _, _, leg in legs])
    return Layer(
        "leg",
        "cables of both ways of the line, straight between places",
        "LineString",
        np.asarray(shapely.linestrings(ends)),
        {
            "stage": Values.of([name for name, _, _ in legs]),
            "way": Values.of([str(way) for _, way, _ in legs], "integer"),
            "leg_id": Values.of([leg.leg_id for _, _, leg in legs]),
            "start": Values.of([leg.start_name for _, _, leg in legs]),
            "end": Values.of([leg.end_name for _, _, leg in legs]),
            "beside": Values.of([leg.medium for _, _, leg in legs]),
            "length_km": Values.of([str(leg.length_km) for _, _, leg in legs], "number"),
        },
    )


def _sites(line: FibreLine) -> Layer:
    import shapely

    rows = site_rows(line)
    return Layer(
        "site",
        "terminals, huts, repeaters and remote amplifiers; positions are straight between places",
        "Point",
        np.asarray(shapely.points(np.array([(row[4], row[5]) for row in rows]))),
        {
            "stage": Values.of([row[0] for row in rows]),
            "way": Values.of([str(row[1]) for row in rows], "integer"),
            "kind": Values.of([row[2] for row in rows]),
            "kp_km": Values.of([str(row[3]) for row in rows], "number"),
        },
    )


def site_rows(line: FibreLine) -> list[tuple[str, int, str, float, float, float]]:
    """What stands where: stage, way, kind, km from the stage's start, longitude, latitude."""
    rows = []
    for at, stage in enumerate(line.stages):
        for number, path in enumerate((stage.first, stage.second)):
            design = line.land_lines.get((at, number))
            if design is None and number == line.main_way(at):
                design = line.way.line
            if design is None:
                continue
            kinds = [(0.0, "terminal"), *((span.end_km, span.site) for span in design.spans)]
            for km, kind in kinds:
                rows.append((stage.name, number + 1, kind, km, *path.position(km)))
    return rows


# ---------------------------------------------------------------- lists


def position_list(line: FibreLine) -> str:
    """Positions along the sea crossing, every `STEP_KM` along the geodesic between the landings.

    A route on the seabed has a list of its own, with depths: ``lajvard fibre route``.
    """
    from pyproj import Geod

    leg = line.sea_leg
    count = max(1, round(leg.length_km / STEP_KM))
    (x, y), (end_x, end_y) = leg.start_xy, leg.end_xy
    between = Geod(ellps="WGS84").npts(x, y, end_x, end_y, count - 1) if count > 1 else []
    points: Sequence[tuple[float, float]] = [(x, y), *between, (end_x, end_y)]
    rows = [
        (f"{leg.length_km * at / count:.3f}", f"{lon:.6f}", f"{lat:.6f}", _what(line, at, count))
        for at, (lon, lat) in enumerate(points)
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("kp_km", "lon", "lat", "what"))
    writer.writerows(rows)
    return out.getvalue()


def _what(line: FibreLine, at: int, count: int) -> str:
    ends = {0: line.sea_leg.start_name, count: line.sea_leg.end_name}
    return ends.get(at, "")


SCENARIO_TEXT = """\
# The data link between customs offices with the fibre line beside those of today.
#
# Outages of the line are those of `lajvard fibre availability`; data go over whichever link is up.
# Put these patches behind those of a scenario with an exchange of data, such as etir-prearrival.
name: data-link-with-the-line
title: The data link with the fibre line
description: >-
  The link between customs offices is down {outages:.4g} times a year for {hours:.3g} h in the mean,
  instead of {before:g} times for {before_h:g} h.
patches:
  - set: parameter
    where: {{parameter_id: data_link_outages}}
    to: {{value: {outages:.6g}}}
  - set: parameter
    where: {{parameter_id: data_link_outage}}
    to: {{value: {hours:.6g}}}
"""


def data_link_scenario(line: FibreLine) -> str:
    """A scenario in which the data link is that of today with the line beside it."""
    p = line.parameters
    today = DataLink(p["data_link_outages"], p["data_link_outage"])
    both = either(today, DataLink.of(line.protected))
    return SCENARIO_TEXT.format(
        outages=both.outages_per_year,
        hours=both.outage_h,
        before=today.outages_per_year,
        before_h=today.outage_h,
    )
