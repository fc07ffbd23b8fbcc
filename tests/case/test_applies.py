"""What a scenario says applies, or the answer says that it does not."""

import pytest
from tests.tiny import changed, tiny_corridor

from lajvard.case import Case, find_routes, not_considered
from lajvard.case.applies import same_ways
from lajvard.corridor import Patch, Scenario, built_in, built_in_scenarios
from lajvard.errors import InputError
from lajvard.flows.assign_flows import assign_flows
from lajvard.routes import NoRoute
from lajvard.twin.compile import build_model

CLOSURE = {"closure_id": "c", "kind": "dated", "node_id": "TOR", "effect": "0", "reason": "x"}


def closing(start: str, end: str = "", **more: str) -> Scenario:
    row = CLOSURE | {"start_date": start, "end_date": end} | more
    patch = Patch("add", "closure", values={name: cell for name, cell in row.items() if cell})
    return Scenario("shut", patches=(patch,))


def dated(case: Case) -> list[tuple[float, float]]:
    return [span for gate in case.year_closures.gates for span in gate.dated_h]


@pytest.mark.parametrize("end", ["2025-06-30", ""])
def test_simulation__has_the_dated_closure_of_a_scenario_without_a_day(end: str) -> None:
    case = Case(tiny_corridor(), scenario=closing("2025-06-01", end))
    first, last = 151 * 24, 181 * 24 if end else 8760
    assert dated(case) == [(first, last)]
    assert dated(case.base) == []
    model = build_model(case).model
    assert model.content_hash != build_model(case.base).model.content_hash
    assert model.gates.dated_from_h.tolist() == [first]


def test_simulation__without_a_day_leaves_out_the_closures_of_the_description() -> None:
    described = tiny_corridor().apply(closing("2025-03-01", "2025-03-31"))
    case = Case(described, scenario=closing("2025-06-01", "2025-06-30", closure_id="d"))
    assert dated(case) == [(151 * 24, 181 * 24)]
    later = Patch("set", "closure", {"closure_id": ("c",)}, {"end_date": "2025-04-30"})
    changed_case = Case(described, scenario=Scenario("later", patches=(later,)))
    assert dated(changed_case) == [(59 * 24, 120 * 24)]


@pytest.mark.parametrize(("start", "end"), [("2027-01-01", "2027-01-31"), ("2024", "2024")])
def test_simulation__says_which_option_makes_another_year_apply(start: str, end: str) -> None:
    scenario = closing(start, end)
    with pytest.raises(InputError, match=rf"the year simulated is 2025\. Say --as-of {start[:4]}"):
        build_model(Case(tiny_corridor(), scenario=scenario))
    assert dated(Case(tiny_corridor(), scenario=scenario, year=int(start[:4])))


def test_routes_and_flows__ask_for_the_day_of_a_dated_closure() -> None:
    scenario = closing("2025-06-01", "2025-06-30")
    for day in (None, "2025-07-01"):
        case = Case(tiny_corridor(), scenario=scenario, as_of=day)
        with pytest.raises(InputError, match=r"Say --as-of 2025-06-15"):
            find_routes(case, "HEA", "SER")
        with pytest.raises(InputError, match=r"Say --as-of 2025-06-15"):
            assign_flows(case)
    on_the_day = Case(tiny_corridor(), scenario=scenario, as_of="2025-06-15")
    with pytest.raises(NoRoute):
        find_routes(on_the_day, "HEA", "SER")


def test_routes__pass_over_a_closure_that_leaves_some_capacity() -> None:
    scenario = closing("2025-06-01", "2025-06-30", effect="0.5")
    assert len(find_routes(Case(tiny_corridor(), scenario=scenario), "HEA", "SER"))


def notes_after_routes(*patches: Patch) -> tuple[str, ...]:
    case = Case(built_in(), scenario=Scenario("s", patches=patches))
    find_routes(case, "Herat", "Istanbul")
    return not_considered(case)


VESSELS = Patch("set", "service", {"service_id": ("*",)}, {"vessels": "7"}, line=4)
COUNT = {"quantity_id": "q", "place": "x", "indicator": "y", "value": "1", "unit": "t"}


def test_not_considered__names_columns_and_rows_that_nobody_read() -> None:
    length = Patch("scale", "link", {"length": ("*",)}, {"length": "1.5"})
    assert notes_after_routes(length) == ()
    (note,) = notes_after_routes(VESSELS, length)
    assert note.startswith("scenario line 4: vessels of service was not considered")
    (note,) = notes_after_routes(Patch("add", "observation", values=COUNT))
    assert "the row of observation was not considered" in note


def test_not_considered__of_a_simulation_holds_vessels() -> None:
    case = Case(built_in(), scenario=Scenario("s", patches=(VESSELS,)))
    build_model(case)
    assert not_considered(case) == ()


def test_same_ways__where_a_scenario_sets_what_was_there() -> None:
    same = Patch("set", "link", {"link_id": ("HEA-TOR",)}, {"length": "120"})
    other = Patch("set", "link", {"link_id": ("HEA-TOR",)}, {"length": "121"})
    for patch, expected in ((same, True), (other, False)):
        case = Case(tiny_corridor(), scenario=Scenario("s", patches=(patch,)))
        assert same_ways(case, "truck") is expected


@pytest.mark.parametrize("name", built_in_scenarios())
def test_built_in_scenarios__are_considered(name: str) -> None:
    case = Case(built_in(), scenario=name)
    find_routes(case, "Herat", "Istanbul")
    assert not_considered(case) == ()


def test_case__refuses_a_day_in_no_closure_only_for_those_of_the_scenario() -> None:
    described = changed(tiny_corridor().apply(closing("2024-01-01", "2024-01-31")), "node", 2)
    assert len(find_routes(Case(described), "HEA", "SER"))


def test_not_considered__knows_what_networks_of_another_case_were_made_of() -> None:
    length = Patch("scale", "link", {"length": ("*",)}, {"length": "1.25"})
    cases = [Case(built_in(), scenario=Scenario("s", patches=(length,))) for _ in range(2)]
    for case in cases:
        find_routes(case, "Herat", "Istanbul")
        assert not_considered(case) == ()
    assert cases[0].networks.compiled is cases[1].networks.compiled
