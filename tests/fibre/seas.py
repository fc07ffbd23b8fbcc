"""Small seas for tests."""

from collections.abc import Mapping

from lajvard.corridor import Corridor, Table, built_in

ROW = {"status": "operating", "basis": "estimate", "source_id": "estimate", "note": "test"}
TABLES = (
    "node",
    "cable_site",
    "cable_span",
    "hazard",
    "sounding",
    "shoreline",
    "parameter",
    "source",
)


def caspian() -> Corridor:
    """The built-in sea without the rest of the corridor."""
    return Corridor.of({name: built_in()[name] for name in TABLES}, name="caspian")


def pond(*hazards: Mapping[str, str]) -> Corridor:
    """A square sea of one degree, 100 m deep in the middle, with a landing W and a landing E."""
    corners = [("50", "40"), ("51", "40"), ("51", "41"), ("50", "41"), ("50", "40")]
    shore = [
        {"ring": "pond", "vertex": str(at), "x_coord": x, "y_coord": y, **ROW}
        for at, (x, y) in enumerate(corners)
    ]
    points = [
        {
            "sounding_id": f"{row}-{column}",
            "x_coord": f"{50 + column / 6:.3f}",
            "y_coord": f"{40 + row / 6:.3f}",
            "elevation": str(-128 if 1 < row < 5 and 1 < column < 5 else -78),
            "error_m": "5",
            **ROW,
        }
        for row in range(1, 6)
        for column in range(1, 6)
    ]
    sites = [
        {"site_id": name, "name": name, "country": "AZ", "site_type": "landing", **place, **ROW}
        for name, place in (
            ("West", {"x_coord": "50.01", "y_coord": "40.5"}),
            ("East", {"x_coord": "50.99", "y_coord": "40.5"}),
        )
    ]
    rows = {"shoreline": shore, "sounding": points, "cable_site": sites}
    rows["hazard"] = [
        {"hazard_id": f"h{at}", "name": f"H{at}", **ROW, **hazard}
        for at, hazard in enumerate(hazards)
    ]
    tables = {name: Table.empty(name).with_rows(found) for name, found in rows.items()}
    return Corridor.of(tables, name="pond")


def across(kind: str, **more: str) -> dict[str, str]:
    """A hazard from the south shore to the north shore of the pond."""
    line = {"x_coord": "50.5", "y_coord": "39.9", "end_x_coord": "50.5", "end_y_coord": "41.1"}
    return {"kind": kind, **line, **more}


def around(kind: str, radius_km: float, **more: str) -> dict[str, str]:
    """A round hazard in the middle of the pond."""
    return {"kind": kind, "x_coord": "50.5", "y_coord": "40.5", "radius_x": str(radius_km), **more}
