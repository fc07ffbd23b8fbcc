"""Nodes and links to and from a GMNS data set: the General Modeling Network Specification."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from os import PathLike
from pathlib import Path
from typing import Literal

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.formats.gmns_files import GmnsFiles, runs_against
from lajvard.corridor.formats.gmns_rules import (
    GOODS_USE,
    LINK_FIELDS,
    NODE_FIELDS,
    facility_mode,
    goods_modes,
    words_of,
)
from lajvard.corridor.table import Table
from lajvard.corridor.write import table_bytes, write_atomically
from lajvard.errors import InputError, Problem
from lajvard.schema import MODES, TABLES

_KEPT = ("name", "geometry", "grade", "facility_type", "capacity", "lanes", "allowed_uses")
"""Fields of a link that a corridor does not have but keeps."""

_SPEED = "Say read_gmns(folder, speed_kmh=50), or --speed 50, if no link states one."
_DRAWN = "Place: of a drawing, made smaller so that the lengths hold"
_STATED = "less than that was stated:"
_FLAGS = dict.fromkeys(("1", "true", "t", "yes", "y"), "yes")
_FLAGS |= dict.fromkeys(("0", "false", "f", "no", "n"), "no")


def write_gmns(corridor: Corridor, folder: str | PathLike[str]) -> Path:
    """Write the nodes and links of `corridor` as a GMNS data set.

    Files are ``node.csv``, ``link.csv``, ``config.csv`` (kilometres, km/h, WGS 84) and
    ``use_definition.csv``; ``source.csv`` holds the publications. All fields of the specification
    are there, empty where a corridor does not know them; then follow the corridor's own columns
    (country, mode, status, basis, source_id and so on), which the specification allows.

    Only `used` rows are written, but of every status. For another program choose first:
    ``write_gmns(corridor.as_of("2025-06-01").only(status="operating"), folder)``.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        A node or link has several rows, which hold at different times.

    References
    ----------
    .. [1] GMNS 0.96, https://github.com/zephyr-data-specs/GMNS
    """
    where = Path(folder)
    node, link = corridor.used("node"), corridor.used("link")
    for table in (node, link):
        _one_row_a_key(table)
    files = {
        "node.csv": _csv(NODE_FIELDS, node.columns, node.dicts()),
        "link.csv": _csv(
            LINK_FIELDS, link.columns, (_gmns_link(node, row) for row in link.dicts())
        ),
        "config.csv": _csv(_config(corridor), (), [_config(corridor)]),
        "use_definition.csv": _csv(("use", "description"), (), _uses()),
    }
    if len(corridor["source"]):
        files["source.csv"] = table_bytes(corridor["source"])
    for name, content in files.items():
        write_atomically(where / name, content)
    return where


def _one_row_a_key(table: Table) -> None:
    key, count = max(Counter(table.keys()).items(), key=itemgetter(1), default=(("",), 0))
    if count > 1:
        raise InputError(
            f"write_gmns: table '{table.name}'",
            f"'{key[0]}' has several rows, which hold at different times; GMNS holds one",
            'Choose a day: corridor.as_of("2025-06-01"), or --as-of 2025-06-01.',
        )


def _gmns_link(node: Table, row: Mapping[str, str]) -> dict[str, str]:
    mode = row.get("mode", "")
    return {
        **row,
        "directed": "true" if row.get("directed") == "yes" else "false",
        "dir_flag": _dir_flag(node, row),
        "facility_type": row.get("facility_type") or mode,
        "allowed_uses": row.get("allowed_uses") or GOODS_USE.get(mode, ""),
    }


def _dir_flag(node: Table, row: Mapping[str, str]) -> str:
    """1 where the shape of a one-way link runs with it, -1 against it, 0 where neither is."""
    if not row.get("geometry") or row.get("directed") != "yes":
        return "0"
    ends = [row.get(f"{end}_node_id", "") for end in ("from", "to")]
    if not all((end,) in node for end in ends):
        return "1"
    places = [(node[end].x_coord, node[end].y_coord) for end in ends]
    return "-1" if runs_against(row["geometry"], places) else "1"


def _config(corridor: Corridor) -> dict[str, str]:
    return {
        "dataset_name": corridor.name,
        "short_length": "meter",
        "long_length": "kilometer",
        "speed": "kph",
        "crs": "4326",
        "geometry_field_format": "wkt",
        "currency": "USD",
        "version_number": "0.96",
        "id_type": "string",
    }


def _uses() -> Iterator[dict[str, str]]:
    return ({"use": use, "description": MODES[mode].meaning} for mode, use in GOODS_USE.items())


def _csv(fields: Iterable[str], columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    names = dict.fromkeys([*fields, *columns])
    writer = csv.DictWriter(out, [*names], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read_gmns(
    folder: str | PathLike[str],
    *,
    country: str = "",
    mode: str = "",
    units: str = "",
    speed_kmh: float | None = None,
    crs: str = "",
    basis: Literal["published", "derived", "estimate"] = "published",
    source_id: str = "gmns",
    status: str = "operating",
) -> Corridor:
    """A corridor with the nodes and links of a GMNS data set.

    Parameters
    ----------
    folder
        Holds ``node.csv`` and ``link.csv``; may hold ``config.csv``, which states the units,
        ``geometry.csv``, ``use_group.csv`` and Lajvard's ``source.csv``.
    country
        ISO 3166-1 alpha-2 code of the nodes for which ``node.csv`` states no ``country``.
    mode
        Mode of the links that state neither a use nor a facility type that is known.
    units
        ``km``, ``m``, ``mi`` or ``ft`` for lengths, with km/h for the first two and mph for the
        others; or both, such as ``m,mph``. In place of those of ``config.csv``. Where neither
        states them, the unit of length is the one in which links are as long as roads between
        their ends.
    speed_kmh
        Speed of the links that state none.
    crs
        Coordinate system, such as ``EPSG:32641``, in place of that of ``config.csv``; WGS 84 where
        neither states one.
    basis, source_id, status
        What rows get that do not state it themselves. The source that is missing is added and
        bears the name of the data set.

    Returns
    -------
    Corridor
        Tables node, link and source: lengths in km, speeds in km/h, coordinates in WGS 84. Its
        ``passed_over`` says which lengths and places are not those of the data set.

    Raises
    ------
    InputError
        A file or a value is missing, or a value cannot be understood; all problems are reported
        together.

    Notes
    -----
    The mode is the column ``mode`` if there is one; else what ``allowed_uses`` (groups resolved)
    lets goods travel by; else what ``facility_type`` says; else `mode`. Links for walking,
    cycling or buses alone are left out. A length that is not stated is the geodesic length from
    node to node along the geometry, or straight where there is none, and the row is then
    ``derived``; so is one that is less than straight from node to node, and the note says what was
    stated. Where lengths and places do not belong together in any unit, the places are a mere
    drawing, which is made so small that the lengths hold. A geometry runs from the start of its
    link to its end: one with ``dir_flag`` -1 is turned round. Without ``directed`` a link leads one
    way, or both ways where ``dir_flag`` is 0. A cell may name its own unit (``25 mph``). Names of
    columns may be cut off after ten letters, as shape files do. Kinds of nodes that a corridor does
    not know become ``city``, and the note says what they were.

    GMNS ``capacity`` is passenger cars an hour and lane, which is no tonnage: it is kept in its
    own column, as are name, geometry, grade, facility type, lanes and uses.
    """
    where = Path(folder)
    files = GmnsFiles.read(where, units, crs)
    fallback = {"basis": basis, "source_id": source_id, "status": status}
    nodes = list(_nodes(files, country, fallback))
    links = list(_links(files, mode, speed_kmh, fallback))
    files.raise_problems(where)
    name = files.config.get("dataset_name") or where.resolve().name
    tables = {
        "node": _table("node", nodes),
        "link": _table("link", links),
        "source": _sources(files, [*nodes, *links], source_id, name),
    }
    return Corridor.of(tables, name=name, passed_over=[*_changed(files, nodes, links)])


def _changed(
    files: GmnsFiles, nodes: Sequence[Mapping[str, str]], links: Sequence[Mapping[str, str]]
) -> Iterator[Problem]:
    """What is not as the data set states it, as warnings."""
    if files.short_unit:
        what = f"lengths of links are in '{files.short_unit}', the unit of short lengths"
        remedy = "In that of long ones they do not fit the places. Say --units if this is wrong."
        yield Problem("warning", "link.csv", None, "length", None, what, remedy)
    tolls = sum(found.get("toll", "").strip("0.") != "" for _, found in files.rows("link.csv"))
    if tolls:
        what = f"tolls of {tolls:,} of {len(links):,} links are not taken over"
        remedy = "Its currency and who pays it are not stated; write it in tariff.csv."
        yield Problem("warning", "link.csv", None, "toll", None, what, remedy)
    short = sum(_STATED in link.get("note", "") for link in links)
    if short:
        what = f"{short:,} of {len(links):,} lengths were less than straight from node to node"
        remedy = "The way along the geometry is taken; the note of each row says what was stated."
        yield Problem("warning", "link.csv", None, "length", None, what, remedy)
    if files.drawn != 1.0:
        what = f"the places are a drawing, made smaller by {files.drawn:.3g} so that lengths hold"
        remedy = f"Put the right coordinates of {len(nodes):,} nodes in their place."
        yield Problem("warning", "node.csv", None, "x_coord", None, what, remedy)


def _table(name: str, rows: Sequence[Mapping[str, str]]) -> Table:
    own = [column for column in _KEPT if any(row.get(column) for row in rows)]
    columns = dict.fromkeys([*TABLES[name].columns, *(own if name == "link" else ())])
    return Table.of(name, {column: [row.get(column, "") for row in rows] for column in columns})


def _sources(
    files: GmnsFiles, rows: Iterable[Mapping[str, str]], source_id: str, name: str
) -> Table:
    own = [row for _, row in files.rows("source.csv")]
    needed = any(row.get("source_id") == source_id for row in rows)
    if needed and all(row.get("source_id") != source_id for row in own):
        own.append({"source_id": source_id, "title": f"GMNS data set '{name}'"})
    return _table("source", own)


def _nodes(files: GmnsFiles, country: str, fallback: Mapping[str, str]) -> Iterator[dict[str, str]]:
    known = TABLES["node"].columns
    for (row, found), (x, y) in zip(files.rows("node.csv"), files.positions(), strict=True):
        node = _own(found, "node") | {"x_coord": x, "y_coord": y}
        node["node_id"] = files.needed("node.csv", row, found, "node_id")
        node["name"] = found.get("name") or node["node_id"]
        node["country"] = found.get("country") or country
        if not node["country"]:
            remedy = 'Say read_gmns(folder, country="AF"), or add a column country.'
            files.problem("node.csv", row, "country", "", "no country", remedy)
        if found.get("node_type", "") not in known["node_type"].allowed:
            node["node_type"] = "city"
            if found.get("node_type"):
                kind = f"node_type in GMNS: {found['node_type']}"
                node["note"] = "; ".join(filter(None, (found.get("note"), kind)))
        if files.drawn != 1.0:
            node["note"] = "; ".join(filter(None, (node.get("note"), _DRAWN)))
        yield {**fallback, **_filled(node)}


def _links(
    files: GmnsFiles, mode: str, speed_kmh: float | None, fallback: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    for row, found in files.rows("link.csv"):
        by = _mode(files, row, found, mode)
        if by == "":
            continue
        kept = {name: found[name] for name in _KEPT if found.get(name)}
        link = _own(found, "link") | kept | {"mode": by or ""}
        for name in ("link_id", "from_node_id", "to_node_id"):
            link[name] = files.needed("link.csv", row, found, name)
        link["directed"] = _directed(files, row, found)
        link["geometry"] = files.geometry(row, found)
        link |= _length(files, row, found, link["geometry"], by)
        if found.get("free_speed") or speed_kmh is None:
            link["free_speed"] = files.measured(row, found, "free_speed", _SPEED)
        else:
            link["free_speed"] = f"{speed_kmh:g}"
        for name, made in (("facility_type", by), ("allowed_uses", GOODS_USE.get(by or ""))):
            if link.get(name) == made:
                link.pop(name, None)
        yield {**fallback, **_filled(link)}


def _directed(files: GmnsFiles, row: int, found: Mapping[str, str]) -> str:
    cell = found.get("directed", "").removesuffix(".0")
    if not cell:
        return "no" if found.get("dir_flag", "").removesuffix(".0") == "0" else "yes"
    if cell.casefold() not in _FLAGS:
        files.problem("link.csv", row, "directed", cell, "neither true nor false")
    return _FLAGS.get(cell.casefold(), "")


def _own(found: Mapping[str, str], table: str) -> dict[str, str]:
    return {name: found[name] for name in TABLES[table].columns if found.get(name)}


def _filled(row: Mapping[str, str]) -> dict[str, str]:
    return {name: cell for name, cell in row.items() if cell}


def _length(
    files: GmnsFiles, row: int, found: Mapping[str, str], wkt: str, by: str | None
) -> dict[str, str]:
    notes = [found.get("note", "")]
    if found.get("length"):
        length = files.measured(row, found, "length")
        if by == "air" or not files.is_too_short(row, length):
            return {"length": length}
    along = "along the geometry" if wkt else "straight from node to node"
    notes.append(f"Length: geodesic, {along}")
    if found.get("length"):
        notes.append(f"{_STATED} {found['length']}")
    return {
        "length": f"{files.length_km(row, found, wkt):.4f}",
        "basis": "derived",
        "note": "; ".join(filter(None, notes)),
    }


def _mode(files: GmnsFiles, row: int, found: Mapping[str, str], mode: str) -> str | None:
    """The mode of a link, empty if it carries no goods, None if it cannot be told."""
    if found.get("mode"):
        return _known_mode(files, row, found["mode"])
    uses, facility = found.get("allowed_uses", ""), found.get("facility_type", "")
    if uses:
        modes, unknown = goods_modes(words_of(uses), files.groups)
        if not unknown and len(modes) < 2:
            return next(iter(modes), "")
        remedy = "Add a column mode, or split the link: one link has one mode."
        message = f"unknown use '{unknown}' in" if unknown else "several modes in"
        files.problem("link.csv", row, "allowed_uses", uses, message, remedy)
        return None
    if facility:
        by = facility_mode(facility)
        if by is None and mode:
            return _known_mode(files, row, mode)
        if by is None:
            remedy = "Say --mode road, or add a column mode or allowed_uses."
            files.problem("link.csv", row, "facility_type", facility, "unknown kind", remedy)
        return by
    if not mode:
        remedy = 'Say read_gmns(folder, mode="road"), or add a column allowed_uses.'
        files.problem("link.csv", row, "allowed_uses", "", "no use and no facility type", remedy)
        return None
    return _known_mode(files, row, mode)


def _known_mode(files: GmnsFiles, row: int, mode: str) -> str | None:
    if mode in MODES:
        return mode
    remedy = f"Modes are: {', '.join(MODES)}."
    files.problem("link.csv", row, "mode", mode, "unknown mode", remedy)
    return None
