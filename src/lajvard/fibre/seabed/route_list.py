"""Route position lists: the rows that a cable ship's crew and a map read."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lajvard.corridor.write import write_atomically
from lajvard.errors import InputError
from lajvard.fibre.seabed.cable_path import CableDesign, CableRoute
from lajvard.fibre.seabed.surface import CABLE_TYPES

COLUMNS = (
    *("kp_km", "cable_km", "slack_percent", "lon", "lat", "depth_m", "slope_deg"),
    *("cable_type", "burial", "cumulative_cost_usd", "cumulative_repairs_per_year"),
    "seabed",
)

EVERY_KM = 1.0


def position_list(route: CableRoute, *, every_km: float = EVERY_KM) -> list[dict[str, Any]]:
    """The rows of a route position list.

    Parameters
    ----------
    every_km
        Distance of its rows; the last one is shorter.

    Returns
    -------
    list of dict
        The columns `COLUMNS`: kilometre point from the first landing over ground, length of cable
        up to there and its slack, position (WGS 84), depth below the level of the water, slope of
        the seabed, cable, burial, what has been spent and expected up to there, and whether the
        seabed is coarse or that of a grid. Cost holds the slack.
    """
    if not every_km > 0:
        raise InputError("position list", f"rows every {every_km:g} km", "Give more than 0 km.")
    count = int(np.ceil(route.length_km / every_km - 1e-9))
    kp = np.minimum(np.arange(count + 1) * every_km, route.length_km)
    numbers = {
        name: np.interp(kp, route.kp_km, values)
        for name, values in (
            *(("lon", route.lon), ("lat", route.lat)),
            *(("depth", route.depth_m), ("slope", route.slope_deg)),
            *(("usd", route.usd), ("repairs", route.repairs)),
        )
    }
    nearest = np.abs(route.kp_km[None, :] - kp[:, None]).argmin(axis=1)
    return [
        dict(
            zip(
                COLUMNS,
                (
                    *(round(float(kp[ix]), 3), round(float(kp[ix]) * (1.0 + route.slack), 3)),
                    round(100.0 * route.slack, 3),
                    *(round(float(numbers[name][ix]), 6) for name in ("lon", "lat")),
                    round(float(numbers["depth"][ix]), 1),
                    round(float(numbers["slope"][ix]), 2),
                    CABLE_TYPES[route.band[nearest[ix]]],
                    "yes" if route.buried[nearest[ix]] else "no",
                    *(round(float(numbers["usd"][ix])), round(float(numbers["repairs"][ix]), 6)),
                    seabed_of(route),
                ),
                strict=True,
            )
        )
        for ix in range(len(kp))
    ]


def seabed_of(route: CableRoute) -> str:
    """What seabed a route rests on, in a word."""
    return "coarse" if route.coarse else "grid"


def write_position_list(route: CableRoute, path: Path, *, every_km: float = EVERY_KM) -> Path:
    """Write the route position list as CSV, one row a position."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(position_list(route, every_km=every_km))
    write_atomically(path, out.getvalue().encode())
    return path


def write_geojson(design: CableDesign, path: Path) -> Path:
    """Write all routes of a design, and its landings, as GeoJSON (WGS 84)."""
    features = [
        _feature(_line(route), _properties(design, route, number))
        for number, route in enumerate(design.front, start=1)
    ]
    for site in (design.start, design.end):
        words = {"kind": "landing", "site_id": site.site_id, "name": site.name}
        features.append(_feature({"type": "Point", "coordinates": [site.lon, site.lat]}, words))
    notes = list(design.notes)
    collection = {"type": "FeatureCollection", "notes": notes, "features": features}
    write_atomically(path, (json.dumps(collection, indent=1, ensure_ascii=False) + "\n").encode())
    return path


def _properties(design: CableDesign, route: CableRoute, number: int) -> dict[str, Any]:
    return {
        "kind": "route",
        "name": f"{design.start.name} - {design.end.name}",
        "rank": number,
        **summary(route),
        "coarse": design.seabed.coarse,
    }


def summary(route: CableRoute) -> dict[str, Any]:
    """The numbers of a route by name, with their units."""
    return {
        "weight": route.weight,
        "length_km": round(route.length_km, 2),
        "cable_km": round(route.cable_km, 2),
        "lay_cost_usd": round(route.lay_usd),
        "life_cycle_cost_usd": round(route.life_cycle_usd),
        "repairs_per_year": round(route.repairs_per_year, 5),
        "deepest_m": round(route.deepest_m, 1),
        "buried_share": round(route.buried_share, 4),
    }


def _line(route: CableRoute) -> dict[str, Any]:
    rows: Sequence[tuple[float, float]] = list(zip(route.lon, route.lat, strict=True))
    points = [[round(float(lon), 6), round(float(lat), 6)] for lon, lat in rows]
    return {"type": "LineString", "coordinates": points}


def _feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
