"""Whatever computes refuses what `check_corridor` calls an error, in its words."""

from collections.abc import Callable

import pytest
from tests.tiny import changed, tiny_corridor

import lajvard as lj
from lajvard.corridor import Patch, Scenario
from lajvard.corridor.checks import check as checks
from lajvard.fibre.seabed.cable_path import design_route
from lajvard.fibre.seabed.depth import read_seabed
from lajvard.fibre.seabed.landings import compare_landings

REFUSES: dict[str, Callable[[lj.Corridor], object]] = {
    "Case": lj.Case,
    "assign_flows": lambda corridor: lj.assign_flows(lj.Case(corridor)),
    "build_model": lambda corridor: lj.build_model(lj.Case(corridor)),
    "compare_alternatives": lambda corridor: lj.compare_alternatives(lj.Case(corridor)),
    "compile_network": lj.compile_network,
    "design_fibre_line": lj.design_fibre_line,
    "find_routes": lambda corridor: lj.find_routes(lj.Case(corridor), "HEA", "MAR"),
    "fit_choice": lambda corridor: lj.fit_choice(lj.Case(corridor)),
    "simulate": lambda corridor: lj.simulate(lj.Case(corridor), "runs", days=1),
    "validate_targets": lambda corridor: lj.validate_targets(lj.Case(corridor)),
    "write_report": lambda corridor: lj.write_report(lj.Case(corridor), "report"),
}
"""The public functions that compute from a corridor."""

LANDINGS = ("AZSIY-landing", "TMAWZ-landing")
FIBRE: dict[str, Callable[[lj.Corridor], object]] = {
    "compare_landings": lambda corridor: compare_landings(corridor, [LANDINGS]),
    "design_route": lambda corridor: design_route(corridor, *LANDINGS),
    "read_seabed": read_seabed,
}

NO_CORRIDOR = {
    *("INDICATORS", "Cancelled", "CaseParameters", "FibreLine", "Flow", "FlowResult"),
    *("InputError", "LajvardError", "Model", "NumericsError", "Patch", "Progress"),
    *("ResultTable", "Route", "RouteSet", "Run", "Scenario", "Table", "Until", "Weights"),
    *("__version__", "built_in", "built_in_scenarios", "check_log", "compare", "indicator"),
    *("open_log", "open_run", "read_scenario", "write_flows", "write_log", "write_scenario"),
}
DESCRIBES = {"Corridor", "check_corridor", "read_corridor", "write_corridor"}
"""They read, judge and keep what is written, good or bad."""

BROKEN = [
    ("procedure", "mean_h", "6 h"),
    ("procedure", "mean_h", "6,5"),
    ("procedure", "mean_h", "-1"),
    ("procedure", "servers", "many"),
    ("link", "length", ""),
    ("demand", "tonnes_per_year", "40 000"),
    ("tariff", "value", "-1"),
    ("cargo_class", "payload_t", "1e309"),
]


def test_public_names__are_known_to_compute_or_not() -> None:
    assert {*lj.__all__} == {*REFUSES} | NO_CORRIDOR | DESCRIBES


@pytest.mark.parametrize("name", [*REFUSES, *FIBRE])
def test_functions__refuse_what_check_calls_an_error(name: str) -> None:
    broken = changed(lj.built_in(), "procedure", 2, mean_h="6 h")
    with pytest.raises(lj.InputError, match=r"procedure\.csv row 2, mean_h: expected a number"):
        (REFUSES | FIBRE)[name](broken)


@pytest.mark.parametrize(("table", "column", "cell"), BROKEN)
def test_compile_network__refuses_in_the_words_of_check(table: str, column: str, cell: str) -> None:
    broken = changed(tiny_corridor(), table, 2, **{column: cell})
    errors = [problem for problem in lj.check_corridor(broken) if problem.severity == "error"]
    with pytest.raises(lj.InputError) as caught:
        lj.compile_network(broken, as_of="2025-06-01")
    assert list(caught.value.problems) == errors != []


def test_case__refuses_what_a_scenario_makes_of_a_corridor() -> None:
    """Each cell is good for its column, and not for a row of that kind."""
    closure = {"closure_id": "c", "kind": "random", "node_id": "TOR", "effect": "0", "reason": "x"}
    scenario = Scenario("bad", patches=(Patch("add", "closure", values=closure),))
    with pytest.raises(lj.InputError, match="events_per_year: the cell is empty, and kind is"):
        lj.Case(tiny_corridor(), scenario=scenario)


def test_corridor__is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By whatever computes first; its views by date and status are not checked again."""
    seen: list[lj.Corridor] = []
    real = checks.check_corridor

    def counting(corridor: lj.Corridor) -> object:
        seen.append(corridor)
        return real(corridor)

    monkeypatch.setattr(checks, "check_corridor", counting)
    corridor = tiny_corridor()
    lj.compile_network(corridor, as_of="2025-06-01")
    lj.compile_network(corridor.only(status="operating"), cargo="box")
    case = lj.Case(corridor, as_of="2025-06-01")
    lj.build_model(case)
    lj.assign_flows(lj.Case(corridor.as_of("2024-01-01")))
    assert seen == [corridor]
