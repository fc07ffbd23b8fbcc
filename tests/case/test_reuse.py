"""What a scenario takes over from its base: it must come out as if it were worked out anew."""

import numpy as np
import pytest
from tests.flows.test_assign_flows import counted
from tests.tiny import told_to

from lajvard.analysis.case_studies.transit_rules import closed_crossings
from lajvard.case.case import Case
from lajvard.corridor import built_in
from lajvard.corridor.scenario import Patch, Scenario
from lajvard.flows.assign_flows import assign_flows


def assert_same(found: Case, anew: Case) -> None:
    """The same routes, with the same costs and sizes."""
    assert [one.flow for one in found.sets] == [one.flow for one in anew.sets]
    for one, other in zip(found.sets, anew.sets, strict=True):
        assert [route.moves for route in one.routes] == [route.moves for route in other.routes]
        assert np.array_equal(one.cost_usd, other.cost_usd)
        assert np.array_equal(one.log_size, other.log_size)
        assert one.uses == other.uses


def kept_sets(found: Case, base: Case) -> int:
    """How many choice sets were taken over."""
    costs = {id(one.cost_usd) for one in base.sets}
    return sum(id(one.cost_usd) in costs for one in found.sets)


def test_case__a_closed_road_leaves_most_choice_sets_alone() -> None:
    corridor = built_in()
    base = Case(corridor)
    found = Case(corridor, scenario=closed_crossings())
    assert found.base is base
    assert_same(found, Case(corridor.apply(closed_crossings())))
    assert len(found.sets) / 2 < kept_sets(found, base) < len(found.sets)


ROAD = {"link_id": ("SER-NEW",)}


@pytest.mark.parametrize(
    ("patch", "kept"),
    [
        (Patch("scale", "link", ROAD, {"length": "0.1"}), 0),
        (Patch("scale", "link", ROAD, {"length": "9"}), None),
        (Patch("remove", "link", ROAD), None),
    ],
)
def test_case__cheaper_or_dearer_roads(patch: Patch, kept: int | None) -> None:
    corridor = counted(2.0)
    base = Case(corridor)
    scenario = Scenario("changed", patches=(patch,))
    found = Case(corridor, scenario=scenario)
    assert_same(found, Case(corridor.apply(scenario)))
    if kept is not None:
        assert kept_sets(found, base) == kept


def test_case__demand_alone_compiles_nothing_anew() -> None:
    corridor = counted(2.0)
    base = Case(corridor)
    more = Patch("scale", "demand", values={"tonnes_per_year": "2"})
    scenario = Scenario("more", patches=(more,))
    assert base.sets
    told: list[str] = []
    found = Case(corridor, scenario=scenario, progress=told_to(told))
    assert found.networks is base.networks
    assert_same(found, Case(corridor.apply(scenario)))
    assert not [line for line in told if line.startswith("Compiling")]
    assert kept_sets(found, base) == len(base.sets)


@pytest.mark.parametrize("model", ["sue", "ue", "so"])
def test_assign_flows__a_scenario_without_some_class_of_flows(model: str) -> None:
    corridor = built_in()
    where = {"demand_id": ("IR-AF-all", "TR-AF-all")}
    gone = Scenario("gone", patches=(Patch("remove", "demand", where),))
    found = assign_flows(Case(corridor, scenario=gone), model=model)
    assert found.base is not None
    assert len(found.sets) == len(found.base.sets) - 2
    assert found.assignment is not None
