import pytest
from tests.tiny import changed, extended, tiny_corridor, without

from lajvard.corridor import Corridor, check_corridor
from lajvard.errors import Problem

TRAIN = {
    "service_id": "T",
    "name": "block train",
    "link_id": "SER-MAR",
    "carries": "wagon",
    "operation": "headway",
    "headway_h": "24",
    "capacity": "60",
    "sailing_h": "10",
    "loading_h": "1",
    "unloading_h": "1",
}
FARE = {"tariff_id": "F", "item": "fare", "service_id": "T", "value": "9", "unit": "usd_per_wagon"}


def found(corridor: Corridor) -> list[Problem]:
    return list(check_corridor(corridor))


def with_train(**cells: str) -> Corridor:
    return extended(extended(tiny_corridor(), "tariff", **FARE), "service", **TRAIN | cells)


def test_check_operations__finds_nothing_wrong_with_a_train() -> None:
    assert found(with_train()) == []


def test_check_operations__finds_a_ferry_that_never_fills() -> None:
    when_full = {"operation": "leaves_when_full", "headway_h": "", "arrivals_per_day": "0"}
    (problem,) = found(with_train(**when_full))
    assert (problem.severity, problem.table, problem.row) == ("error", "service.csv", 2)
    assert (problem.column, problem.value) == ("arrivals_per_day", "0")
    assert found(with_train(**when_full, max_wait_h="24")) == []


def test_check_operations__finds_a_timetable_without_departures() -> None:
    hours = {"kind": "opening_hours", "opens": "08:00", "closes": "20:00"}
    corridor = with_train(operation="timetable", headway_h="", calendar_id="C")
    corridor = extended(corridor, "calendar", calendar_id="C", row="1", name="hours", **hours)
    (problem,) = found(corridor)
    assert str(problem) == (
        "service.csv row 2, calendar_id: has no departures: 'C'. "
        "Name a calendar of the kind departures."
    )


@pytest.mark.parametrize(("arrivals", "n_problems"), [("119", 0), ("121", 1)])
def test_check_operations__warns_when_more_comes_than_the_fleet_can_carry(
    arrivals: str, n_problems: int
) -> None:
    """Two trains of 60 wagons, round trips of 24 h: 120 wagons a day."""
    when_full = {"operation": "leaves_when_full", "headway_h": "", "vessels": "2"}
    problems = found(with_train(**when_full, arrivals_per_day=arrivals))
    assert len(problems) == n_problems
    for problem in problems:
        assert (problem.severity, problem.table, problem.row) == ("warning", "service.csv", 2)
        assert (problem.column, problem.value) == ("arrivals_per_day", arrivals)
        assert "it takes 2.0 vessels, the fleet has 2" in problem.message


def test_check_operations__counts_a_fleet_once_for_all_its_services() -> None:
    shared = {"operation": "leaves_when_full", "headway_h": "", "vessels": "2", "fleet_id": "A"}
    corridor = with_train(**shared, arrivals_per_day="70")
    corridor = extended(corridor, "tariff", **FARE | {"tariff_id": "F2", "service_id": "T2"})
    second = TRAIN | shared | {"service_id": "T2", "arrivals_per_day": "70"}
    assert [problem.row for problem in found(extended(corridor, "service", **second))] == [2, 3]
    second["fleet_id"] = "B"
    assert found(extended(corridor, "service", **second)) == []


@pytest.mark.parametrize(("arrivals", "n_problems"), [("60", 0), ("61", 1)])
def test_check_operations__warns_when_more_comes_than_the_headway_takes(
    arrivals: str, n_problems: int
) -> None:
    problems = found(with_train(arrivals_per_day=arrivals))
    assert [problem.value for problem in problems] == [arrivals] * n_problems


def test_check_operations__warns_of_a_railway_without_gauge() -> None:
    corridor = changed(tiny_corridor(), "link", 4, gauge_mm="")
    (problem,) = (one for one in found(corridor) if one.column == "gauge_mm")
    assert (problem.severity, problem.row, problem.value) == ("warning", 4, None)
    assert problem.message == "a railway without gauge"


@pytest.mark.parametrize(
    ("table", "row", "message", "value"),
    [
        ("tariff", 2, "no price of haulage", "road in AF for truck, box"),
        ("tariff", 3, "no price of haulage", "rail in TM for box"),
        ("emission", 2, "no emission factor", "road in AF for truck, box"),
        ("emission", 3, "no emission factor", "rail in TM for box"),
    ],
)
def test_check_operations__warns_of_missing_prices_and_factors(
    table: str, row: int, message: str, value: str
) -> None:
    (problem, *_) = found(without(tiny_corridor(), table, row))
    assert (problem.severity, problem.table, problem.row) == ("warning", f"{table}.csv", None)
    assert (problem.column, problem.message, problem.value) == ("country", message, value)
    assert problem.remedy == "Add a row, or one without country that holds everywhere."


def test_check_operations__asks_for_prices_in_every_country() -> None:
    corridor = changed(tiny_corridor(), "tariff", 2, country="AF")
    assert [problem.value for problem in found(corridor)] == ["road in TM for truck, box"]


def test_check_operations__asks_for_prices_of_every_class() -> None:
    corridor = changed(tiny_corridor(), "tariff", 2, cargo_class="truck")
    values = [problem.value for problem in found(corridor)]
    assert values == ["road in AF for box", "road in TM for box"]
    by_container = changed(tiny_corridor(), "tariff", 2, unit="usd_per_teu_km")
    values = [problem.value for problem in found(by_container)]
    assert values == ["road in AF for truck", "road in TM for truck"]


def test_check_operations__warns_of_a_service_without_fare_or_factor() -> None:
    corridor = without(with_train(), "tariff", 4)
    (problem,) = found(corridor)
    assert str(problem) == (
        "service.csv row 2, service_id: no fare for box on service 'T'. Add one to tariff.csv."
    )
    corridor = without(with_train(), "emission", 3)
    assert ("emission_id", "T") in [(p.column, p.value) for p in found(corridor)]
    with_own = changed(corridor, "service", 2, emission_id="lorry")
    assert "emission_id" not in [problem.column for problem in found(with_own)]


def test_check_operations__finds_a_circle_of_regimes() -> None:
    corridor = tiny_corridor()
    for name, requires in (("A", "B"), ("B", "C;D"), ("C", "A"), ("D", ""), ("E", "A")):
        corridor = extended(
            corridor, "regime", regime_id=name, name=name, kind="transit", requires=requires
        )
    (problem,) = found(corridor)
    assert (problem.severity, problem.table, problem.row) == ("error", "regime.csv", 2)
    assert str(problem) == (
        "regime.csv row 2, requires: goes in a circle: 'A > B > C > A'. Take one of them out."
    )


def test_check_operations__finds_a_regime_that_requires_itself() -> None:
    corridor = extended(
        tiny_corridor(), "regime", regime_id="A", name="A", kind="visa", requires="A"
    )
    assert [problem.value for problem in found(corridor)] == ["A > A"]


def test_check_operations__finds_two_circles() -> None:
    corridor = tiny_corridor()
    for name, requires in (("A", "B;C"), ("B", "A"), ("C", "A")):
        corridor = extended(
            corridor, "regime", regime_id=name, name=name, kind="visa", requires=requires
        )
    assert [problem.row for problem in found(corridor)] == [2, 2]


def test_check_operations__finds_a_procedure_that_contains_itself() -> None:
    corridor = changed(tiny_corridor(), "procedure", 2, part_of="TOR-in")
    corridor = changed(corridor, "procedure", 3, part_of="TOR-out")
    (problem,) = (one for one in found(corridor) if one.column == "part_of")
    assert (problem.severity, problem.value) == ("error", "TOR-out > TOR-in > TOR-out")


def test_check_operations__takes_long_chains() -> None:
    corridor, names = tiny_corridor(), [f"R{number}" for number in range(3000)]
    common = {"name": "R", "kind": "transit", "status": "operating", "basis": "estimate"}
    rows = [
        common | {"regime_id": name, "requires": needs, "source_id": "estimate"}
        for name, needs in zip(names, [*names[1:], ""], strict=True)
    ]
    assert found(corridor.with_table(corridor["regime"].with_rows(rows))) == []
    rows[-1] = rows[-1] | {"requires": "R0"}
    (problem,) = found(corridor.with_table(corridor["regime"].with_rows(rows)))
    assert str(problem.value).startswith("R0 > R1 > R2")


def test_check_operations__finds_alternatives_that_name_nothing() -> None:
    corridor = extended(
        tiny_corridor(),
        "alternative",
        alternative_id="A",
        name="By rail",
        via="rail;SER;TM;SER-MAR",
        avoid="sea;TOOR",
    )
    (problem,) = found(corridor)
    assert (problem.severity, problem.row, problem.column) == ("error", 2, "avoid")
    assert (problem.value, problem.remedy) == ("TOOR", "Did you mean 'TOR'?")


@pytest.mark.parametrize("cell", ["1;1", ";".join(["2"] * 12)])
def test_check_operations__finds_seasons_that_are_none(cell: str) -> None:
    (problem,) = found(changed(tiny_corridor(), "demand", 2, seasonality=cell))
    assert (problem.severity, problem.row, problem.value) == ("error", 2, cell)
    assert problem.message == "expected twelve factors with mean 1, found"
    even = ";".join(["0.5", "1.5"] * 6)
    assert found(changed(tiny_corridor(), "demand", 2, seasonality=even)) == []
