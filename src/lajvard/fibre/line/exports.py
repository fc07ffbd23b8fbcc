"""The line as files: GeoPackage, route position list, GNPy, and a scenario of its data link."""

import csv
import io
from collections.abc import Callable, Mapping
from functools import partial
from os import PathLike
from pathlib import Path

import numpy as np

from lajvard.corridor.formats.export import write_layer
from lajvard.corridor.formats.layers import Layer, Values
from lajvard.corridor.write import write_atomically
from lajvard.errors import InputError
from lajvard.fibre.line.exchange import DataLink
from lajvard.fibre.line.legs import CablePath
from lajvard.fibre.line.system import FibreLine
from lajvard.fibre.optics.gnpy_export import is_exportable, write_gnpy
from lajvard.fibre.optics.line import OpticalLine
from lajvard.fibre.seabed.route_list import position_list as route_rows

STEP_KM = 5.0
"""Distance of points of the position list where no route on the seabed was worked out."""

GEOPACKAGE, POSITIONS, GNPY, SCENARIO = "line.gpkg", "positions.csv", "gnpy", "data-link.yaml"
SEA = "sea"
"""Begins the names of folders of lines across the sea."""


def write_line(line: FibreLine, folder: str | PathLike[str]) -> tuple[Path, ...]:
    """Write a line: ``line.gpkg``, ``positions.csv``, ``gnpy/`` and ``data-link.yaml``.

    Each file is written beside its place and then renamed. GNPy gets the lines of `gnpy_lines`;
    `without_gnpy` says which it cannot be given.

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
    for name, (design, place) in gnpy_lines(line).items():
        at_sea = name.startswith(SEA)
        extra = _sidecar(design, place, line.parameters, at_sea=at_sea)
        written += write_gnpy(design, where / GNPY / name, extra=extra)
    return tuple(written)


Place = Callable[[float], tuple[float, float]]
"""Longitude and latitude at a distance from the start of a line in km."""


def gnpy_lines(line: FibreLine) -> dict[str, tuple[OpticalLine, Place]]:
    """The lines that GNPy can be given and where they lie, by name of their folder.

    They are the designs of the line itself, in its direction: the way across the sea, the way with
    repeaters where that is another, and the ways on land.
    """
    return {name: found for name, found in _designs(line).items() if is_exportable(found[0])}


def without_gnpy(line: FibreLine) -> tuple[str, ...]:
    """What a reader should know of lines that GNPy cannot be given."""
    return tuple(
        f"{GNPY}/{name} is not written: GNPy's example takes one band, not {design.comb.name}."
        for name, (design, _) in _designs(line).items()
        if not is_exportable(design)
    )


def _designs(line: FibreLine) -> dict[str, tuple[OpticalLine, Place]]:
    at_sea = sea_position(line)
    found: dict[str, tuple[OpticalLine, Place]] = {SEA: (line.way.line, at_sea)}
    repeatered = line.ways[-1]
    if repeatered is not line.way:
        found[f"{SEA}-with-repeaters"] = repeatered.line, at_sea
    for (at, number), design in line.land_lines.items():
        stage = line.stages[at]
        path = (stage.first, stage.second)[number]
        found[f"land-{at + 1}-way-{number + 1}"] = design, path.position
    return found


def sea_position(line: FibreLine) -> Place:
    """Where the sea crossing lies: along its route, or straight between the landings.

    Distances are of cable, slack included.
    """
    route = line.sea_route
    if route is None:
        return CablePath((line.sea_leg,)).position
    km, lon, lat = route.kp_km * (1.0 + route.slack), route.lon, route.lat
    return lambda at: (float(np.interp(at, km, lon)), float(np.interp(at, km, lat)))


def _sidecar(
    design: OpticalLine, place: Place, parameters: Mapping[str, float], *, at_sea: bool
) -> dict[str, dict[str, float]]:
    """Position and price of the elements of a line, by uid."""
    prices = {
        "hut": parameters["hut_cost"] * 1e3,
        "repeater": parameters["repeater_cost"] * 1e3,
        "remote amplifier": parameters["remote_cost"] * 1e3,
    }
    per_km = parameters["sea_cable_cost" if at_sea else "land_cable_cost"] * 1e3
    ends = {"terminal-0": 0.0, "terminal-1": design.length_km}
    found = {uid: dict(zip(("lon", "lat"), place(km), strict=True)) for uid, km in ends.items()}
    for span in design.spans:
        lon, lat = place(span.end_km)
        found[f"span-{span.number}"] = {"cost_usd": per_km * span.length_km}
        price = prices.get(span.site, 0.0)
        found[f"amplifier-{span.number}"] = {"lon": lon, "lat": lat, "cost_usd": price}
    return found


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
    route = line.sea_route
    shapes = [
        np.column_stack([route.lon, route.lat])
        if route is not None and leg.leg_id == line.span_id
        else np.array([leg.start_xy, leg.end_xy])
        for _, _, leg in legs
    ]
    return Layer(
        "leg",
        "cables of both ways of the line, on land straight between places",
        "LineString",
        np.array([shapely.linestrings(shape) for shape in shapes], dtype=object),
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
    rows: list[tuple[str, int, str, float, float, float]] = []
    for at, stage in enumerate(line.stages):
        for number, path in enumerate((stage.first, stage.second)):
            design = line.land_lines.get((at, number))
            if design is None and number == 0:
                design = line.way.line
            if design is None:
                continue
            kinds = [(0.0, "terminal"), *((span.end_km, span.site) for span in design.spans)]
            at_sea = (at, number) not in line.land_lines
            place = sea_position(line) if at_sea else path.position
            rows += [(stage.name, number + 1, kind, km, *place(km)) for km, kind in kinds]
    return rows


# ---------------------------------------------------------------- lists


def position_list(line: FibreLine) -> str:
    """Positions along the sea crossing: with depths along its route, else straight.

    ``kp_km`` is the length of cable from the landing where the line comes to the sea, as in the
    other files of the line: in the last row it is the length of the span. ``route_km`` is over
    ground, ``slack_percent`` what the cable is longer. The further columns of a route are those of
    `lajvard fibre route`.
    """
    rows: list[dict[str, object]]
    if line.sea_route is not None:
        rows = [
            {"kp_km": row.pop("cable_km"), "route_km": row.pop("kp_km"), **row}
            for row in route_rows(line.sea_route)
        ]
    else:
        rows = _straight_rows(line)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _straight_rows(line: FibreLine) -> list[dict[str, object]]:
    from pyproj import Geod

    leg, place = line.sea_leg, sea_position(line)
    count = max(1, round(leg.length_km / STEP_KM))
    kp_km = leg.length_km * np.arange(count + 1) / count
    lon, lat = np.array([place(float(at)) for at in kp_km]).T
    steps = Geod(ellps="WGS84").inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
    route_km = np.concatenate([[0.0], np.cumsum(steps) / 1e3])
    slack = round(100.0 * (leg.length_km / float(route_km[-1]) - 1.0), 3)
    return [
        {
            "kp_km": round(float(kp_km[at]), 3),
            "route_km": round(float(route_km[at]), 3),
            "slack_percent": slack,
            "lon": round(float(lon[at]), 6),
            "lat": round(float(lat[at]), 6),
        }
        for at in range(count + 1)
    ]


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
    today = DataLink.today(line.parameters)
    both = DataLink.of(line.with_links(today.availability))
    return SCENARIO_TEXT.format(
        outages=both.outages_per_year,
        hours=both.outage_h,
        before=today.outages_per_year,
        before_h=today.outage_h,
    )
