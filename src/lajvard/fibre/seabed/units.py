"""What a grid says of its numbers: units of length and of angle, heights or depths."""

import math
import re

from lajvard.errors import InputError, did_you_mean

METRES: dict[str, float] = {
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres", "mtr"), 1.0),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), 1000.0),
    **dict.fromkeys(("dm", "decimeter", "decimeters", "decimetre", "decimetres"), 0.1),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), 0.01),
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), 0.001),
    **dict.fromkeys(("ft", "foot", "feet", "international foot", "international feet"), 0.3048),
    **dict.fromkeys(("us survey foot", "us survey feet", "us-ft", "ftus"), 1200.0 / 3937.0),
    **dict.fromkeys(("fathom", "fathoms", "fath", "fthm", "ftm"), 1.8288),
    **dict.fromkeys(("yd", "yard", "yards"), 0.9144),
}
"""Metres in a unit of length, by its names in UDUNITS and GDAL, in lower case."""

_EAST = ("degrees_east", "degree_east", "degrees_e", "degree_e", "degreese", "degreee")
_NORTH = ("degrees_north", "degree_north", "degrees_n", "degree_n", "degreesn", "degreen")
_DEGREES: dict[str, float] = {
    **dict.fromkeys(("degrees", "degree", "deg", "arc_degree", "arcdegree", "°"), 1.0),
    **dict.fromkeys(("radians", "radian", "rad"), 180.0 / math.pi),
}
_LENGTH = re.compile(
    r"(?P<times>[-+]?[\d.]+(?:e[-+]?\d+)?)?\s*\*?\s*(?P<unit>[^\d\s].*?)"
    r"(?:[,;]?\s+\(?(?:positive\s+)?(?P<way>above|below|up|down|upwards?|downwards?)\b.*)?"
)
_DOWN = ("below", "down", "downward", "downwards")


def heights(where: str, field: str, units: str, positive: str = "", named: str = "") -> float:
    """What the numbers of `field` are multiplied by to give metres above sea level.

    Parameters
    ----------
    where, field
        File and variable or band, for messages.
    units
        As the file states them: ``m``, ``feet``, ``0.1 m``, ``metres below sea level``; without
        any, metres.
    positive
        The CF attribute: ``up`` or ``down``.
    named
        Name and standard name of the variable, which say the direction where nothing else does.

    Raises
    ------
    InputError
        The unit is none of length, or the direction is neither.

    Examples
    --------
    >>> heights("a.nc", "z", "dm"), heights("a.nc", "depth", "fathoms", named="depth")
    (0.1, -1.8288)
    """
    stated = " ".join(units.replace("_", " ").lower().split())
    found = _LENGTH.fullmatch(stated)
    unit = found["unit"].strip(" .,;()") if found else ""
    factor = 1.0 if stated in ("", "1") else METRES.get(unit, math.nan)
    if found and found["times"]:
        factor *= float(found["times"])
    if not math.isfinite(factor) or factor == 0:
        remedy = did_you_mean(unit, list(METRES)) or "Give heights in m, km, dm, cm, ft or fathoms."
        raise InputError(
            where, f"{field} is in '{units}', which is no known unit of length", remedy
        )
    way = positive.strip().lower()
    if way not in ("", "up", "down"):
        remedy = "Write up for heights and down for depths."
        raise InputError(where, f"{field} has positive = '{positive}', not up or down", remedy)
    if not way and found and found["way"]:
        way = "down" if found["way"] in _DOWN else "up"
    if not way:
        way = "down" if "depth" in named.lower() else "up"
    return -factor if way == "down" else factor


def degrees(where: str, axis: str, units: str, *, longitude: bool) -> float:
    """Degrees in a unit of a coordinate; without any, degrees.

    Raises
    ------
    InputError
        The unit is another: a length of a map projection, or that of the other coordinate.

    Examples
    --------
    >>> degrees("a.nc", "lon", "degrees_east", longitude=True)
    1.0
    """
    stated = units.strip().lower()
    if not stated or stated in (_EAST if longitude else _NORTH):
        return 1.0
    if stated in _DEGREES:
        return _DEGREES[stated]
    remedy = "Warp it first: gdalwarp -t_srs EPSG:4326 old.tif new.tif."
    wanted = f"degrees of {'longitude' if longitude else 'latitude'}"
    raise InputError(where, f"'{axis}' is in '{units}', not in {wanted}", remedy)


def is_axis(units: object, *, longitude: bool) -> bool:
    """True for units that only this coordinate has.

    >>> is_axis("degrees_north", longitude=False)
    True
    """
    return str(units).strip().lower() in (_EAST if longitude else _NORTH)
