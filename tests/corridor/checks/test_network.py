import pytest
from tests.tiny import changed, extended, tiny_corridor, without

from lajvard.corridor import Corridor, check_corridor
from lajvard.errors import Problem

PLACE = {"country": "AF", "x_coord": "69.2", "y_coord": "34.5", "node_type": "city"}
ROAD = {"mode": "road", "length": "800", "free_speed": "40"}


def found(corridor: Corridor, message: str) -> list[Problem]:
    return [one for one in check_corridor(corridor) if one.message.startswith(message)]


def with_island(**cells: str) -> Corridor:
    """The tiny corridor with two places and a road between them, cut off from the rest."""
    corridor = extended(tiny_corridor(), "node", node_id="KBL", name="Kabul", **PLACE)
    corridor = extended(corridor, "node", node_id="GZN", name="Ghazni", **PLACE | {"y_coord": "33"})
    link = {"link_id": "K-G", "from_node_id": "KBL", "to_node_id": "GZN", "length": "170"}
    return extended(corridor, "link", **ROAD | link | cells)


def test_check_network__warns_of_a_node_without_links() -> None:
    corridor = extended(tiny_corridor(), "node", node_id="KBL", name="Kabul", **PLACE)
    (problem,) = found(corridor, "no link starts or ends at")
    assert (problem.severity, problem.table, problem.row) == ("warning", "node.csv", 6)
    assert (problem.column, problem.value) == ("node_id", "KBL")
    assert problem.remedy.startswith("Add a link")
    assert found(changed(corridor, "node", 6, status="building"), "no link") == []


def test_check_network__warns_of_a_part_that_is_cut_off() -> None:
    (problem,) = found(with_island(), "no operating link joins this part")
    assert (problem.severity, problem.table, problem.row) == ("warning", "node.csv", 6)
    assert problem.value == "KBL, GZN"
    assert "(2 nodes)" in problem.message


def test_check_network__counts_only_links_that_operate() -> None:
    problems = found(with_island(status="building"), "no operating link joins this part")
    assert [(problem.row, problem.value) for problem in problems] == [(6, "KBL"), (7, "GZN")]
    corridor = with_island(to_node_id="HEA", status="building")
    joined = extended(corridor, "link", link_id="N", from_node_id="KBL", to_node_id="GZN", **ROAD)
    assert [p.value for p in found(joined, "no operating link joins")] == ["KBL, GZN"]


def test_check_network__says_when_demand_needs_the_part() -> None:
    corridor = changed(with_island(), "demand", 2, dest_node_id="GZN")
    (problem,) = found(corridor, "no operating link joins this part")
    assert (problem.severity, problem.remedy) == ("warning", "Demand needs one.")
    (problem,) = found(corridor, "no route")
    assert problem.row == 2


def test_check_network__warns_of_modes_that_meet_without_a_transfer() -> None:
    corridor = without(tiny_corridor(), "transfer", 2)
    (problem,) = found(corridor, "no transfer joins the modes that meet here")
    assert (problem.severity, problem.table, problem.row) == ("warning", "node.csv", 4)
    assert (problem.value, problem.remedy) == (
        "SER",
        "Add a row to transfer.csv if goods can change there.",
    )
    assert problem.message.endswith("(rail 1520 | road):")


@pytest.mark.parametrize(
    "cells", [{"status": "building"}, {"to_gauge_mm": "1435"}, {"node_id": "MAR"}]
)
def test_check_network__warns_when_the_transfer_does_not_fit(cells: dict[str, str]) -> None:
    corridor = changed(tiny_corridor(), "transfer", 2, **cells)
    assert [p.value for p in found(corridor, "no transfer joins")] == ["SER"]


def test_check_network__warns_of_gauges_that_meet_without_a_transfer() -> None:
    corridor = extended(
        tiny_corridor(),
        "link",
        link_id="wide",
        from_node_id="SER",
        to_node_id="MAR",
        **ROAD | {"mode": "rail", "gauge_mm": "1435", "length": "300"},
    )
    problems = found(corridor, "no transfer joins")
    assert [problem.value for problem in problems] == ["SER", "MAR"]
    assert problems[0].message.endswith("(rail 1435 | rail 1520 and road):")


def test_check_network__joins_modes_over_a_third_one() -> None:
    corridor = extended(
        tiny_corridor(),
        "link",
        link_id="wide",
        from_node_id="SER",
        to_node_id="MAR",
        **ROAD | {"mode": "rail", "gauge_mm": "1435", "length": "300"},
    )
    change = {"from_mode": "road", "to_mode": "rail", "to_gauge_mm": "1435", "mean_h": "9"}
    for node_id in ("SER", "MAR"):
        corridor = extended(corridor, "transfer", transfer_id=node_id, node_id=node_id, **change)
    assert [problem.value for problem in found(corridor, "no transfer joins")] == ["MAR"]


def test_check_network__warns_of_a_sea_link_without_a_service() -> None:
    corridor = changed(tiny_corridor(), "link", 4, mode="sea", gauge_mm="")
    (problem,) = found(corridor, "no operating service runs on")
    assert (problem.severity, problem.row, problem.value) == ("warning", 4, "SER-MAR")
    assert problem.remedy.startswith("Add one to service.csv")


def test_check_routes__finds_demand_without_a_route() -> None:
    corridor = changed(tiny_corridor(), "demand", 2, cargo_class="truck")
    (problem,) = found(corridor, "no route")
    assert (problem.severity, problem.table, problem.row) == ("warning", "demand.csv", 2)
    assert (problem.column, problem.value) == ("dest_node_id", "MAR")
    assert problem.message == "no route for 'truck' from 'HEA' to"
    assert problem.remedy == "It can go by road: look at links, services and transfers."


@pytest.mark.parametrize(
    ("table", "row", "cells"),
    [
        ("link", 2, {"status": "suspended"}),
        ("link", 2, {"until": "2019"}),
        ("transfer", 2, {"until": "2019"}),
        ("link", 2, {"directed": "yes", "from_node_id": "TOR", "to_node_id": "HEA"}),
        ("link", 3, {"used": "no"}),
        ("transfer", 2, {"status": "ended"}),
        ("transfer", 2, {"cargo_class": "truck"}),
        ("transfer", 2, {"directed": "yes", "from_mode": "rail", "from_gauge_mm": "1520",
                         "to_mode": "road", "to_gauge_mm": ""}),
        ("cargo_class", 3, {"wagons": ""}),
        ("cargo_class", 3, {"lorries": "0"}),
    ],
)  # fmt: skip
def test_check_routes__finds_what_closed_the_way(
    table: str, row: int, cells: dict[str, str]
) -> None:
    problems = found(changed(tiny_corridor(), table, row, **cells), "no route")
    assert 2 in [problem.row for problem in problems]


def test_check_routes__follows_directions() -> None:
    corridor = changed(tiny_corridor(), "link", 2, directed="yes")
    (problem,) = found(corridor, "no route")
    assert (problem.row, problem.value) == (3, "HEA")


def test_check_routes__uses_services_on_the_sea() -> None:
    corridor = changed(tiny_corridor(), "link", 4, mode="sea", gauge_mm="")
    corridor = changed(corridor, "transfer", 2, to_mode="sea", to_gauge_mm="")
    assert len(found(corridor, "no route")) == 1
    ship = {"link_id": "SER-MAR", "capacity": "9", "sailing_h": "20", "name": "ship"}
    ship |= {"operation": "headway", "headway_h": "9", "service_id": "S", "carries": "container"}
    sailing = extended(corridor, "service", **ship)
    assert found(sailing, "no route") == []
    assert len(found(changed(sailing, "service", 2, status="suspended"), "no route")) == 1
    ferry = changed(sailing, "service", 2, carries="lorry")
    assert found(ferry, "no route") == []
    assert len(found(changed(ferry, "service", 2, carries="wagon"), "no route")) == 1


def test_check_routes__asks_for_pairs_to_be_compared_too() -> None:
    pair = {"od_pair_id": "P", "title": "Herat to Mary", "origin_node_id": "HEA"}
    corridor = extended(tiny_corridor(), "od_pair", dest_node_id="MAR", cargo_class="truck", **pair)
    assert [problem.table for problem in found(corridor, "no route")] == ["od_pair.csv"]


def test_check_routes__takes_demand_within_a_place() -> None:
    corridor = changed(tiny_corridor(), "demand", 2, dest_node_id="HEA")
    assert found(corridor, "no route") == []


def test_check_routes__takes_the_corridor_as_it_stood() -> None:
    corridor = changed(tiny_corridor(), "link", 2, until="2019")
    assert found(corridor.as_of("2018"), "no route") == []
    assert [problem.row for problem in found(corridor.as_of("2020"), "no route")] == [2, 3]
    assert found(changed(corridor, "demand", 3, until="2019").as_of("2018"), "no route") == []
    ended = changed(changed(corridor, "demand", 2, until="2019"), "demand", 3, until="2019")
    assert found(ended, "no route") == []
