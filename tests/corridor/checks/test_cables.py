"""What cannot be in the tables of the fibre layer."""

from collections.abc import Mapping, Sequence

import pytest

from lajvard.corridor import Corridor, Table, built_in, check_corridor

STATED = {"status": "stated", "basis": "estimate", "source_id": "estimate"}


def problems(**tables: Sequence[Mapping[str, str]]) -> list[str]:
    """What a check says of these rows."""
    made = {
        name: Table.empty(name).with_rows([{**STATED, **row} for row in rows])
        for name, rows in tables.items()
    }
    return [str(problem) for problem in check_corridor(Corridor.of(made, name="c"))]


def site(name: str, x: str = "49.2", y: str = "41.1", kind: str = "landing") -> dict[str, str]:
    place = {"x_coord": x, "y_coord": y, "country": "AZ"}
    return {"site_id": name, "name": name, "site_type": kind, **place}


def span(start: str, end: str, **more: str) -> dict[str, str]:
    return {
        "span_id": f"{start}-{end}",
        "from_site_id": start,
        "to_site_id": end,
        "medium": "submarine",
        **more,
    }


def hazard(kind: str, **more: str) -> dict[str, str]:
    return {"hazard_id": "h", "kind": kind, "name": "H", "x_coord": "50", "y_coord": "40", **more}


def ring(*corners: tuple[str, str], side: str = "") -> list[dict[str, str]]:
    return [
        {"ring": "r", "vertex": str(at), "x_coord": x, "y_coord": y, "side": side}
        for at, (x, y) in enumerate(corners)
    ]


SITES = [site("A"), site("B", "52.8", "40.0")]
SQUARE = [("0", "1"), ("2", "1"), ("2", "3"), ("0", "3")]


def test_check__knows_good_rows() -> None:
    lines = [hazard("lane", end_x_coord="51", end_y_coord="40"), hazard("earthquake")]
    lines[1]["hazard_id"] = "other"
    closed = ring(*SQUARE, SQUARE[0])
    spans = [span("A", "B", length="340")]
    assert problems(cable_site=SITES, cable_span=spans, hazard=lines, shoreline=closed) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (span("A", "A"), "to_site_id: the span ends where it starts, at 'A'"),
        (span("A", "Bb"), "to_site_id: unknown cable site 'Bb'"),
        (span("A", "B", length="300"), "length: is shorter than the geodesic of 328.5 km, found"),
        (span("A", "B", length="2000"), "length: is more than 4 times the geodesic of 328.5 km"),
        (span("A", "B", medium="wet"), "expected one of submarine, buried, railway, aerial"),
        (span("A", "P"), "to_site_id: a submarine span ends at a site that is no landing"),
    ],
)
def test_check__names_what_is_wrong_with_a_span(row: dict[str, str], said: str) -> None:
    pop = site("P", "49.9", "40.4", kind="pop")
    [problem] = problems(cable_site=[*SITES, pop], cable_span=[row])
    assert problem.startswith("cable_span.csv row 2")
    assert said in problem


def test_check__offers_the_site_that_was_meant() -> None:
    row = span("Siyazn", "B")
    [problem] = problems(cable_site=[site("Siyazan"), SITES[1]], cable_span=[row])
    assert "Did you mean 'Siyazan'?" in problem


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (hazard("lane"), "end_x_coord: a line without another end: 'lane'"),
        (hazard("lane", end_x_coord="51"), "one coordinate of the other end is missing: 'lane'"),
        (hazard("cable", end_x_coord="50", end_y_coord="40"), "a line ends where it starts"),
        (hazard("exclusion"), "radius_x: an area without a size: 'exclusion'"),
        (hazard("field", radius_x="-1"), "expected a number of km from 0 to 2000, found '-1'"),
    ],
)
def test_check__names_what_is_wrong_with_a_hazard(row: dict[str, str], said: str) -> None:
    assert any(said in problem for problem in problems(hazard=[row]))


@pytest.mark.parametrize(
    ("corners", "said"),
    [
        (SQUARE, "the ring 'r' does not close, it ends at '0, 3'. Repeat its first vertex, 0, 1"),
        ([*SQUARE[:2], SQUARE[0]], "a ring has fewer than three corners"),
        ([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]], "a ring crosses itself"),
    ],
)
def test_check__names_what_is_wrong_with_a_shoreline(
    corners: list[tuple[str, str]], said: str
) -> None:
    [problem] = problems(shoreline=ring(*corners))
    assert said in problem


def test_check__finds_exchanged_and_forgotten_coordinates() -> None:
    nodes = [
        {
            "node_id": name,
            "name": name,
            "country": "AZ",
            "x_coord": "49.5",
            "y_coord": "25",
            "node_type": "city",
            **STATED,
            "status": "suspended",
        }
        for name in ("N", "M")
    ]
    points = [
        {"sounding_id": "a", "x_coord": "25.1", "y_coord": "49.6", "elevation": "-60"},
        {"sounding_id": "b", "x_coord": "0", "y_coord": "0", "elevation": "-60"},
        {"sounding_id": "c", "x_coord": "49", "y_coord": "25", "elevation": "-60"},
    ]
    found = [p for p in problems(node=nodes, sounding=points) if p.startswith("sounding")]
    assert len(found) == 2
    assert "longitude and latitude seem to be exchanged, found '25.1, 49.6'" in found[0]
    assert "lies at longitude 0, latitude 0" in found[1]


def test_check__wonders_about_a_site_far_from_its_place() -> None:
    place = {"node_id": "N", "name": "N", "country": "AZ", "x_coord": "49.5", "y_coord": "40"}
    node = {**place, "node_type": "city", **STATED, "status": "suspended"}
    far = site("A", "53", "40") | {"node_id": "N"}
    found = [p for p in problems(node=[node], cable_site=[far]) if p.startswith("cable_site")]
    assert len(found) == 1
    assert "is more than 100 km away: 299 km, found 'N'" in found[0]


def test_built_in__keeps_the_announced_length_that_cannot_be() -> None:
    spans = built_in()["cable_span"]
    rows = [row for row in spans.records() if row.span_id == "AZSIY-TMKRW"]
    assert sorted((row.used, row.length) for row in rows) == [(False, 300.0), (True, None)]
