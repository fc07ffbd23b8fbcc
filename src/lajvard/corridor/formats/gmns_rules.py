"""What the words of a GMNS data set mean here: modes out of uses and facilities, and units."""

from collections.abc import Mapping, Sequence

from lajvard.schema import MODES

_NODE = "node_id,name,x_coord,y_coord,z_coord,node_type,ctrl_type,zone_id,parent_node_id"
_LINK = (
    "link_id,name,from_node_id,to_node_id,directed,geometry_id,geometry,parent_link_id,dir_flag,"
    "length,grade,facility_type,capacity,free_speed,lanes,bike_facility,ped_facility,parking,"
    "allowed_uses,toll,jurisdiction,row_width"
)
NODE_FIELDS = _NODE.split(",")
LINK_FIELDS = _LINK.split(",")
"""Fields of the specification, in its order."""

GOODS_USE: Mapping[str, str] = {
    "road": "truck",
    "rail": "rail",
    "sea": "ship",
    "inland_waterway": "barge",
    "air": "plane",
}
"""The use that `write_gmns` gives a link of each mode."""

_USES = {
    "road": "all truck trucks hgv freight lorry motor_vehicle auto car cars sov hov hov2 hov3 "
    "hov3+ hot ltr mdt hdt light_truck medium_truck heavy_truck",
    "rail": "rail railway train freight_rail",
    "sea": "ship vessel ferry maritime",
    "inland_waterway": "barge river canal waterway",
    "air": "plane aircraft",
    "": "walk pedestrian bike bicycle bus parking shoulder transit tram metro",
}
_FACILITIES = {
    "road": "freeway motorway expressway highway trunk primary secondary tertiary arterial "
    "major_arterial minor_arterial principal_arterial collector major_collector minor_collector "
    "local street residential unclassified service ramp road interstate on_ramp off_ramp hot toll "
    "tollway living_street track",
    "rail": "railway railroad rail",
    "sea": "ferry shipping_lane sea",
    "inland_waterway": "river canal",
    "air": "air airway",
    "": "bikeway cycleway sidewalk crosswalk footway pedestrian path steps busway connector "
    "transit tram subway light_rail",
}


def _meanings(words: Mapping[str, str]) -> dict[str, str]:
    own = {mode: mode for mode in MODES}
    return own | {word: mode for mode, every in words.items() for word in every.split()}


USES: Mapping[str, str] = _meanings(_USES)
FACILITIES: Mapping[str, str] = _meanings(_FACILITIES)
"""Mode of goods by word; empty where no goods travel."""

_KM = {"km kilometer kilometers kilometre kilometres": 1.0, "m meter meters metre metres": 0.001}
_KM |= {"mi mile miles": 1.609344, "ft foot feet": 0.0003048}
_KMH = {"km/h kmh kph kmph": 1.0, "mph mi/h": 1.609344, "m/s mps": 3.6}
KM = {word: factor for words, factor in _KM.items() for word in words.split()}
KMH = {word: factor for words, factor in _KMH.items() for word in words.split()}
"""Kilometres, and kilometres an hour, in one unit of each name."""

UNITS: Mapping[str, tuple[str, str]] = {
    "km": ("km", "kmh"),
    "m": ("m", "kmh"),
    "mi": ("mi", "mph"),
    "ft": ("ft", "mph"),
}
"""Units of length and of speed by the word that stands for both."""


def words_of(cell: str) -> list[str]:
    """The words of a comma-separated list, folded: lower case, ``_`` between parts.

    >>> words_of("WALK, Major Arterial"), words_of("['primary', 'residential']")
    (['walk', 'major_arterial'], ['primary', 'residential'])
    """
    parts = (part.strip(" '\"[]").casefold() for part in cell.replace(";", ",").split(","))
    return [part.replace(" ", "_").replace("-", "_") for part in parts if part]


def use_groups(rows: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """The uses of each group of ``use_group.csv``; groups of groups are resolved.

    >>> rows = [{"use_group": "ANY", "uses": "motor,walk"}, {"use_group": "motor", "uses": "truck"}]
    >>> use_groups(rows)["any"]
    ['truck', 'walk']
    """
    named = [(words_of(row.get("use_group", "")), words_of(row.get("uses", ""))) for row in rows]
    direct = {group[0]: uses for group, uses in named if group}

    def resolved(use: str, above: tuple[str, ...]) -> list[str]:
        if use not in direct or use in above:
            return [use]
        return [leaf for part in direct[use] for leaf in resolved(part, (*above, use))]

    return {group: resolved(group, ()) for group in direct}


def goods_modes(uses: Sequence[str], groups: Mapping[str, Sequence[str]]) -> tuple[set[str], str]:
    """The modes by which goods may travel, and the first use that has no known meaning.

    >>> (
    ...     goods_modes(["walk", "truck"], {}),
    ...     goods_modes(["walk"], {}),
    ...     goods_modes(["hovercraft"], {}),
    ... )
    (({'road'}, ''), (set(), ''), (set(), 'hovercraft'))
    """
    every = [leaf for use in uses for leaf in groups.get(use, [use])]
    unknown = next((use for use in every if use not in USES), "")
    return {USES[use] for use in every if USES.get(use)}, unknown


def facility_mode(facility_type: str) -> str | None:
    """The mode of a facility type, empty where no goods travel, None when the type is unknown.

    >>> facility_mode("MOTORWAY_LINK"), facility_mode("Sidewalk"), facility_mode("conveyor")
    ('road', '', None)
    """
    word = next(iter(words_of(facility_type)), "")
    return FACILITIES.get(word.removesuffix("_link"))
