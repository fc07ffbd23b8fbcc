import numpy as np
import pytest
from tests.tiny import changed, extended, tiny_corridor

from lajvard.corridor import Corridor, check_corridor
from lajvard.corridor.checks.places import great_circle_km
from lajvard.errors import Problem

LOOK = "Look at the coordinates of both ends and at the unit, which is km."


def found(corridor: Corridor, column: str) -> list[Problem]:
    return [problem for problem in check_corridor(corridor) if problem.column == column]


def test_great_circle_km__is_the_geodesic_of_the_ellipsoid() -> None:
    quarter = great_circle_km(*np.array([[0.0], [0.0], [0.0], [90.0]]))
    assert quarter == pytest.approx(10_001.966, abs=1e-3)
    equator = great_circle_km(*np.array([[0.0], [0.0], [1.0], [0.0]]))
    assert equator == pytest.approx(2 * np.pi * 6378.137 / 360, rel=1e-12)
    assert np.isnan(great_circle_km(*np.array([[np.nan], [0.0], [0.0], [90.0]]))).all()


def test_check_places__finds_coordinates_at_zero() -> None:
    corridor = changed(tiny_corridor(), "node", 5, x_coord="0", y_coord="0.0")
    (problem,) = found(corridor, "x_coord")
    assert str(problem) == (
        "node.csv row 5, x_coord: lies at longitude 0, latitude 0, found '0'. "
        "Write the coordinates of the place."
    )
    assert found(corridor, "length") == []


@pytest.mark.parametrize("row", [2, 3, 4, 5])
def test_check_places__finds_coordinates_that_are_exchanged(row: int) -> None:
    node = [*tiny_corridor()["node"].dicts()][row - 2]
    x, y = node["x_coord"], node["y_coord"]
    corridor = changed(tiny_corridor(), "node", row, x_coord=y, y_coord=x)
    (problem,) = found(corridor, "x_coord")
    assert (problem.severity, problem.table, problem.row) == ("error", "node.csv", row)
    assert problem.message == "longitude and latitude seem to be exchanged, found"
    assert problem.value == f"{y}, {x}"
    assert problem.remedy == "x_coord is the longitude, y_coord the latitude."
    assert found(corridor, "length") == [], "one mistake is told once"


def test_check_places__finds_exchanged_coordinates_of_a_node_without_links() -> None:
    place = {"country": "AF", "node_type": "city", "name": "Place"}
    corridor = tiny_corridor()
    for node_id, x, y in (
        ("KBL", "69.2", "34.5"),
        ("KDH", "65.7", "31.6"),
        ("LKG", "31.6", "64.4"),
    ):
        corridor = extended(corridor, "node", node_id=node_id, x_coord=x, y_coord=y, **place)
    assert [problem.row for problem in found(corridor, "x_coord")] == [8]


def test_check_places__lets_far_places_be() -> None:
    place = {"country": "NL", "node_type": "port", "name": "Rotterdam"}
    corridor = extended(
        tiny_corridor(), "node", node_id="RTM", x_coord="4.1", y_coord="51.9", **place
    )
    corridor = extended(
        corridor,
        "link",
        link_id="MAR-RTM",
        from_node_id="MAR",
        to_node_id="RTM",
        mode="rail",
        gauge_mm="1520",
        length="6000",
        free_speed="40",
    )
    assert found(corridor, "x_coord") == []


def test_check_places__finds_a_link_shorter_than_the_great_circle() -> None:
    (problem,) = found(changed(tiny_corridor(), "link", 2, length="100"), "length")
    assert (problem.severity, problem.table, problem.row) == ("error", "link.csv", 2)
    assert (problem.message, problem.value, problem.remedy) == (
        "is shorter than the great circle of 101.2 km, found",
        "100",
        LOOK,
    )


@pytest.mark.parametrize(("length", "n_problems"), [("100.8", 0), ("100.6", 1)])
def test_check_places__allows_half_a_per_cent(length: str, n_problems: int) -> None:
    nodes = [*tiny_corridor()["node"].dicts()]
    ends = np.array([[float(n["x_coord"]), float(n["y_coord"])] for n in nodes[:2]])
    assert great_circle_km(*ends[:1].T, *ends[1:].T) == pytest.approx(101.21, abs=0.01)
    assert len(found(changed(tiny_corridor(), "link", 2, length=length), "length")) == n_problems


def test_check_places__warns_of_a_short_flight() -> None:
    corridor = changed(tiny_corridor(), "link", 2, mode="air", length="90")
    assert [problem.severity for problem in found(corridor, "length")] == ["warning"]


@pytest.mark.parametrize(
    ("row", "length", "n_problems"),
    [(2, "404", 0), (2, "406", 1), (3, "99", 0), (3, "101", 1)],
    ids=["below four times", "above four times", "short", "not short"],
)
def test_check_places__warns_of_absurd_detours(row: int, length: str, n_problems: int) -> None:
    problems = found(changed(tiny_corridor(), "link", row, length=length), "length")
    assert [problem.severity for problem in problems] == ["warning"] * n_problems
    assert all(p.message.startswith("is more than 4 times the great circle") for p in problems)


@pytest.mark.parametrize(
    ("row", "speed", "limit"), [(2, "900", "130 km/h, the most by road"), (4, "251", "250 km/h")]
)
def test_check_places__finds_speeds_that_no_vehicle_reaches(
    row: int, speed: str, limit: str
) -> None:
    (problem,) = found(changed(tiny_corridor(), "link", row, free_speed=speed), "free_speed")
    assert (problem.severity, problem.row, problem.value) == ("error", row, speed)
    assert problem.message.startswith(f"is faster than {limit}")
    assert problem.remedy == "Look at the unit, which is km/h."


def test_check_places__says_once_what_the_column_does_not_allow() -> None:
    (problem,) = found(changed(tiny_corridor(), "link", 2, free_speed="1001"), "free_speed")
    assert problem.message.startswith("expected a number of km/h from 1 to 1000")


def test_check_places__finds_services_faster_than_their_mode() -> None:
    corridor = extended(
        tiny_corridor(),
        "service",
        service_id="T",
        name="block train",
        link_id="SER-MAR",
        carries="wagon",
        operation="headway",
        headway_h="24",
        capacity="60",
        sailing_h="0.5",
    )
    (problem,) = found(corridor, "sailing_h")
    assert str(problem) == (
        "service.csv row 2, sailing_h: is too short for its link: 600 km/h, found '0.5'. "
        "Look at the unit, which is hours."
    )


def test_check_places__finds_a_link_that_ends_where_it_starts() -> None:
    problems = check_corridor(changed(tiny_corridor(), "link", 2, to_node_id="HEA"))
    said = [str(problem) for problem in problems if problem.table == "link.csv"]
    assert said == [
        "link.csv row 2, to_node_id: the link ends where it starts, at 'HEA'. "
        "Name the place at its other end."
    ]
