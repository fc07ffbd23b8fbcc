"""What a scenario takes over from its base: it must come out as if it were worked out anew."""

import datetime as dt

import numpy as np
import pytest
from tests.flows.test_assign_flows import counted
from tests.tiny import told_to

from lajvard.analysis.case_studies.transit_rules import closed_crossings
from lajvard.case.case import Case
from lajvard.corridor import built_in
from lajvard.corridor.scenario import Patch, Scenario
from lajvard.errors import InputError
from lajvard.flows.assign_flows import assign_flows
from lajvard.flows.bottlenecks import bottlenecks_of
from lajvard.network.closures import read_closures
from lajvard.progress import Cancelled, Progress


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
    found = Case(corridor, scenario=closed_crossings())
    base = found.base
    assert Case(corridor, scenario=closed_crossings()).base is base
    assert_same(found, Case(corridor.apply(closed_crossings())))
    assert len(found.sets) / 2 < kept_sets(found, base) < len(found.sets)


ROAD = {"link_id": ("SER-NEW",)}


@pytest.mark.parametrize(
    ("patch", "kept"),
    [
        (Patch("scale", "link", ROAD, {"length": "0.2"}), 0),
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
    told: list[str] = []
    tell = told_to(told)
    base = Case(corridor, progress=tell)
    more = Patch("scale", "demand", values={"tonnes_per_year": "2"})
    scenario = Scenario("more", patches=(more,))
    assert base.sets
    told.clear()
    found = Case(corridor, scenario=scenario, progress=tell)
    assert found.networks.compiled is base.networks.compiled
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


def test_case__of_another_listener_is_no_base() -> None:
    def stops(_: Progress) -> None:
        raise Cancelled

    corridor = built_in()
    first = Case(corridor, progress=stops)
    found = Case(corridor, scenario=closed_crossings())
    assert found.base is not first
    assert found.network("truck") is not None
    with pytest.raises(Cancelled):
        first.network("reefer")


@pytest.mark.parametrize("year", [-1, 0, 9999, 10000])
def test_case__a_year_outside_the_calendar_is_an_error(year: int) -> None:
    with pytest.raises(InputError, match=f"found {year}"):
        Case(built_in(), year=year)


def test_case__what_is_shut_all_year_is_shut_whatever_the_day() -> None:
    corridor = built_in()
    day_before = Case(corridor, as_of="2025-06-01", year=2026)
    shares = day_before.through_the_year
    assert shares.networks.shut_for is not None
    closed = [one for one in read_closures(shares.view) if one.left == 0]
    assert any(one.covers(dt.date(2026, 1, 1), dt.date(2026, 12, 31)) for one in closed)


def test_bottlenecks__a_post_that_is_shut_on_the_day_is_none() -> None:
    found = {one.title for one in bottlenecks_of(Case(built_in(), as_of="2025-11-15"))}
    every = {one.title for one in bottlenecks_of(Case(built_in()))}
    assert any("Torkham" in title for title in every)
    assert not any("Torkham" in title for title in found)
