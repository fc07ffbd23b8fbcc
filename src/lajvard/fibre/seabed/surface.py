"""What it costs to lay a cable at each place of the seabed, and how often it will be repaired."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor import Corridor, Table
from lajvard.fibre.parameters import Parameters
from lajvard.fibre.seabed.depth import TOPIC, Seabed
from lajvard.fibre.seabed.grid import Grid

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

BANDS = (0, 20, 200, 500)
"""Depths in metres at which laying cost and cable change."""

CABLE_TYPES = ("double armoured", "single armoured", "light-weight armoured", "light-weight")
"""The cable of each band of depth."""

CHEAPER_WHEN_HIGH = ("discount_rate", "burial_max_depth", "burial_max_slope")
"""Parameters whose high value makes a cable cheaper or safer."""

_BAND_CELLS = 3.0


@dataclass(frozen=True, eq=False)
class Surface:
    """Fields over the cells of a seabed: (n_rows, n_columns) each.

    Attributes
    ----------
    lay_usd_km
        Cable, laying and burial of one km, crossings included as a share of their band.
    repairs_km
        Expected repairs a year of one km.
    closed
        Where no cable can lie: land, exclusions, ground that is not known.
    buried
        Where the cable is buried.
    """

    seabed: Seabed
    parameters: Parameters
    lay_usd_km: FloatArray
    repairs_km: FloatArray
    closed: BoolArray
    buried: BoolArray

    @property
    def worth_usd(self) -> float:
        """What one repair a year costs over the life of the cable, discounted, USD."""
        return worth_of_repairs(self.parameters)

    def field(self, weight: float = 1.0) -> FloatArray:
        """Cost of a km on the map, inf where closed: laying and `weight` times repairs.

        With a weight of 1 the integral along a line is its life-cycle cost in USD; the more,
        the more it is worth to avoid repairs.
        """
        total = self.lay_usd_km + weight * self.worth_usd * self.repairs_km
        return np.where(self.closed, np.inf, total / self.seabed.grid.scale)

    @cached_property
    def lay_field(self) -> FloatArray:
        """Laying cost of a km on the map, inf where closed."""
        return np.where(self.closed, np.inf, self.lay_usd_km / self.seabed.grid.scale)

    @cached_property
    def repair_field(self) -> FloatArray:
        """Repairs a year of a km on the map, inf where closed."""
        return np.where(self.closed, np.inf, self.repairs_km / self.seabed.grid.scale)


def worth_of_repairs(parameters: Mapping[str, float]) -> float:
    """Present value in USD of one repair a year: price times annuity ``(1 - (1 + r)^-n) / r``.

    >>> round(worth_of_repairs({"repair_cost": 1e6, "life": 25, "discount_rate": 0.08}))
    10674776
    """
    rate, years = parameters["discount_rate"], parameters["life"]
    annuity = (1.0 - (1.0 + rate) ** -years) / rate if rate else years
    return parameters["repair_cost"] * annuity


def cost_surface(
    corridor: Corridor, seabed: Seabed, *, parameters: Parameters | None = None
) -> Surface:
    """Fields of cost and repairs from depth, slope and the hazards of `corridor`.

    Parameters
    ----------
    corridor
        Its tables `hazard` and `parameter` are read; hazards that have ended are left out.
    parameters
        Other numbers than those of the corridor.

    Notes
    -----
    Formulas and sources: docs/background/seabed.md. A line that is crossed (pipeline, cable) has
    a band around it in which a km costs the crossing divided by the band's width. A path that
    crosses it at an angle a lies in the band for width / sin(a), and so pays crossing / sin(a).
    """
    numbers = parameters or Parameters.of(corridor, TOPIC)
    depth = np.where(np.isfinite(seabed.depth), seabed.depth, -1.0)
    slope = seabed.slope_deg
    lay = _by_depth(depth, [numbers[f"lay_cost_{low}m"] for low in BANDS])
    lay = lay * (1.0 + numbers["lay_cost_slope"] * slope)
    buried = (depth <= numbers["burial_max_depth"]) & (slope <= numbers["burial_max_slope"])
    deep = [1.0, 1.0, numbers["deep_share_200m"], numbers["deep_share_500m"]]
    share = _by_depth(depth, deep) * np.where(buried, numbers["burial_protection"], 1.0)
    fishing = np.full(depth.shape, numbers["fishing_rate"] / 1000.0)
    anchors = np.full(depth.shape, numbers["anchoring_rate"] / 1000.0)
    made = _Fields(lay, np.zeros(depth.shape), fishing, anchors, depth <= 0.0)
    _add_hazards(made, corridor.used("hazard"), seabed.grid, numbers)
    within = made.other + numbers["other_rate"] / 1000.0
    repairs = within + share * (made.fishing + made.anchors)
    return Surface(seabed, numbers, made.lay, repairs, made.closed, buried & ~made.closed)


def band_of(depth: FloatArray) -> NDArray[np.intp]:
    """Number of the band of depth, 0 for the shallowest: same shape."""
    return np.clip(np.searchsorted(BANDS, depth, side="right") - 1, 0, len(BANDS) - 1)


def _by_depth(depth: FloatArray, values: list[float]) -> FloatArray:
    return np.array(values)[band_of(depth)]


@dataclass(eq=False)
class _Fields:
    """Fields in the making: repairs by cause, 1/(km a)."""

    lay: FloatArray
    other: FloatArray
    fishing: FloatArray
    anchors: FloatArray
    closed: BoolArray


def _add_hazards(made: _Fields, hazard: Table, grid: Grid, numbers: Parameters) -> None:
    for row in hazard.records():
        if row.status == "ended":
            continue
        within, width = _within(row, grid)
        if within.any():
            _EFFECTS[row.kind](made, within, row, width, numbers)


Effect = Callable[["_Fields", BoolArray, Any, float, Parameters], None]
"""What a hazard does to the cells within it: fields, cells, row, width of its band, parameters."""


def _shaken(made: _Fields, within: BoolArray, row: Any, _: float, p: Parameters) -> None:
    made.other[within] += (row.events_per_year or 0.0) * p["cuts_per_shock"]


def _belt(made: _Fields, within: BoolArray, row: Any, _: float, p: Parameters) -> None:
    made.other[within] += p["seismic_rate"] / 1000.0


def _erupting(made: _Fields, within: BoolArray, row: Any, _: float, p: Parameters) -> None:
    across = row.radius_x or 0.0
    area = np.pi * across * (row.radius_y or across)
    made.other[within] += (row.events_per_year or 0.0) * p["eruption_width"] / area


def _in_field(made: _Fields, within: BoolArray, row: Any, _: float, p: Parameters) -> None:
    made.lay[within] *= p["field_cost_factor"]


def _on_lane(made: _Fields, within: BoolArray, row: Any, _: float, p: Parameters) -> None:
    made.anchors[within] += p["lane_rate"] / 1000.0 * (row.events_per_year or 0.0) / 1000.0


def _at_anchor(made: _Fields, within: BoolArray, row: Any, _: float, p: Parameters) -> None:
    made.anchors[within] += p["anchorage_rate"] / 1000.0


def _fished(made: _Fields, within: BoolArray, row: Any, _: float, p: Parameters) -> None:
    made.fishing[within] *= p["fishing_ground_factor"]


def _crossed(made: _Fields, within: BoolArray, row: Any, width: float, p: Parameters) -> None:
    made.lay[within] += p["crossing_cost"] / width
    made.other[within] += p["crossing_repairs"] / width


def _excluded(made: _Fields, within: BoolArray, row: Any, _: float, p: Parameters) -> None:
    made.closed |= within


_EFFECTS: dict[str, Effect] = {
    "earthquake": _shaken,
    "fault": _belt,
    "mud_volcano": _erupting,
    "field": _in_field,
    "lane": _on_lane,
    "anchorage": _at_anchor,
    "fishing": _fished,
    "pipeline": _crossed,
    "cable": _crossed,
    "exclusion": _excluded,
}


def _within(row: Any, grid: Grid) -> tuple[BoolArray, float]:
    """Cells of a hazard, and the width of the band of a line in km."""
    x, y = grid.km
    place = np.array([[(row.x_coord or 0.0)], [(row.y_coord or 0.0)]])
    start_x, start_y = (float(axis[0]) for axis in grid.on_map(*place))
    radius = row.radius_x or 0.0
    if row.end_x_coord is None:
        high = row.radius_y or radius
        if not radius:
            return np.zeros(grid.shape, dtype=np.bool_), 0.0
        return ((x - start_x) / radius) ** 2 + ((y - start_y) / high) ** 2 <= 1.0, 2 * radius
    place = np.array([[(row.end_x_coord or 0.0)], [(row.end_y_coord or 0.0)]])
    end_x, end_y = (float(axis[0]) for axis in grid.on_map(*place))
    half = max(radius, _BAND_CELLS / 2 * grid.cell_km)
    away = _from_line(x, y, (start_x, start_y), (end_x, end_y))
    return away <= half, 2 * half


def _from_line(
    x: FloatArray, y: FloatArray, start: tuple[float, float], end: tuple[float, float]
) -> FloatArray:
    """Distance of places from a straight line between two ends."""
    along = np.array(end) - np.array(start)
    share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / float(along @ along)
    share = np.clip(share, 0.0, 1.0)
    away = np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
    return np.asarray(away, dtype=np.float64)


def at_ends(parameters: Parameters) -> tuple[Parameters, Parameters]:
    """The parameters with all at the cheap and safe end, and all at the dear and risky one.

    The level of the water stays: it is a matter of the scenario.
    """
    cheap, dear = {}, {}
    for name, known in parameters.ranges.items():
        if name in ("caspian_level", "shoreline_level"):
            continue
        low, high = known.low, known.high
        if name in CHEAPER_WHEN_HIGH:
            low, high = high, low
        cheap[name], dear[name] = low, high
    return parameters.with_parameters(**cheap), parameters.with_parameters(**dear)


def with_parameters(corridor: Corridor, surface: Surface, parameters: Parameters) -> Surface:
    """The surface with other numbers, closed where it was."""
    return replace(
        cost_surface(corridor, surface.seabed, parameters=parameters), closed=surface.closed
    )
