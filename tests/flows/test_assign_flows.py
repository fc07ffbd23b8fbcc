"""Flow models on small corridors."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.case.test_choice import two_ways
from tests.tiny import changed, extended, open_border, tiny_corridor, told_to, unchecked

from lajvard.assignment.assign import assign
from lajvard.case import Case
from lajvard.case.choice import Alternative, alternative_of
from lajvard.case.parameters import CaseParameters
from lajvard.corridor import Corridor
from lajvard.corridor.scenario import Patch, Scenario
from lajvard.errors import InputError, NumericsError
from lajvard.flows.assign_flows import MODELS, FlowResult, assign_flows
from lajvard.flows.bottlenecks import bottlenecks_of, loads_of
from lajvard.flows.virtual import virtual_network
from lajvard.routes import Weights, find_routes


def counted(per_day: float) -> Corridor:
    """Two ways from Serhetabat to Herat; at the border of the cheaper one lorries are counted.

    The other leads over a place in Turkmenistan, since a post with two neighbours abroad does not
    say which of them was counted.
    """
    corridor = extended(
        tiny_corridor(), "node", node_id="NEW", name="New post", country="TM", x_coord="62",
        y_coord="35.2", node_type="bcp",
    )  # fmt: skip
    road = {"directed": "no", "mode": "road", "free_speed": "20"}
    ends = {"from_node_id": "SER", "to_node_id": "NEW"}
    corridor = extended(corridor, "link", link_id="SER-NEW", **ends, **road, length="200")
    ends = {"from_node_id": "NEW", "to_node_id": "HEA"}
    corridor = extended(corridor, "link", link_id="NEW-HEA", **ends, **road, length="200")
    corridor = open_border(corridor, "NEW", "HEA")
    return extended(
        corridor, "observation", quantity_id="q", place="Torghundi", node_id="TOR", mode="road",
        indicator="trucks", period_start="2021", period_end="2021", value=f"{per_day}",
        unit="trucks/day",
    )  # fmt: skip


@pytest.fixture(scope="module")
def base() -> dict[str, FlowResult]:
    return {model: assign_flows(Case(counted(2.0)), model=model) for model in MODELS}


@pytest.mark.parametrize("model", MODELS)
def test_assign_flows__all_tonnes_arrive_once(base: dict[str, FlowResult], model: str) -> None:
    result = base[model]
    assert result.tonnes_per_year == 6000
    for share in result.shares:
        assert share.sum() == pytest.approx(1.0)
    rows = result.tables["ways"].rows
    for one in result.sets:
        mine = [row for row in rows if row["demand_id"] == one.flow.name]
        tonnes = sum(row.number("tonnes_per_year") for row in mine)
        assert tonnes == pytest.approx(one.flow.tonnes_per_year)


@pytest.mark.parametrize("model", MODELS)
def test_assign_flows__what_enters_a_place_leaves_it(
    base: dict[str, FlowResult], model: str
) -> None:
    result = base[model]
    balance: dict[str, float] = {}
    for row in result.tables["links"]:
        start, end, tonnes = (
            row.text("from_node_id"),
            row.text("to_node_id"),
            row.number("tonnes_per_year"),
        )
        balance[start] = balance.get(start, 0.0) - tonnes
        balance[end] = balance.get(end, 0.0) + tonnes
    for one in result.sets:
        flow = one.flow
        balance[flow.origin] += flow.tonnes_per_year
        balance[flow.destination] -= flow.tonnes_per_year
    assert all(abs(left) < 1e-6 for left in balance.values())


def test_assign_flows__consistent_with_the_routes_that_users_see() -> None:
    corridor = two_ways()
    result = assign_flows(Case(corridor, parameters=CaseParameters(scale=0.1)))
    one = next(one for one in result.sets if one.flow.name == "D2")
    seen = find_routes(one.network, "SER", "HEA", k=2, weights=Weights())
    assert [route.moves for route in one.routes] == [route.moves for route in seen]
    costs = one.cost_usd
    share = result.shares[result.sets.index(one)]
    odds = np.exp(-(costs[1] - costs[0]) / (0.1 * costs[0]))
    assert share[1] / share[0] == pytest.approx(odds * np.exp(one.log_size[1] - one.log_size[0]))


def test_assign_flows__described_times_result_at_the_usual_load() -> None:
    """Where the traffic is what was counted, an equilibrium costs what the routes say."""
    case = Case(counted(2.0))
    bottlenecks = bottlenecks_of(case)
    usual = [replace(one, background_per_year=one.usual_per_year) for one in bottlenecks]
    virtual = virtual_network(case, case.sets, usual)
    nothing = virtual.demand.volume.copy()
    nothing[: len(case.sets)] = 0.0
    found = assign(virtual.network, virtual.demand._replace(volume=nothing))
    described = [float(one.cost_usd.min()) for one in case.sets]
    assert found.least_cost[: len(case.sets)] == pytest.approx(described, rel=1e-6)


MUCH_MORE = Scenario("more", patches=(Patch("scale", "demand", {}, {"tonnes_per_year": "40"}),))


def test_assign_flows__a_full_border_sends_lorries_the_other_way() -> None:
    full = assign_flows(Case(counted(2.0), scenario=MUCH_MORE), model="ue", relative_gap=1e-9)
    quiet = full.base
    assert quiet is not None

    def by_border(result: FlowResult) -> float:
        loads = loads_of(result.case, result.shares, result.sets)
        return loads["TOR", "SER", "road", "outbound", "total_clearance"]

    assert by_border(quiet) == pytest.approx(1000 / 18)
    assert 0 < by_border(full) / 40 < 0.5 * by_border(quiet)
    one = next(one for one in full.sets if one.flow.name == "D1")
    assert one.cost_usd[0] == pytest.approx(one.cost_usd[1])  # Wardrop: no way is better
    rows = [row for row in full.tables["bottlenecks"] if row["basis"] != "not known"]
    rows = [row for row in rows if "Torghundi" in row.text("name")]
    assert max(row.number("delay_h") - row.number("described_delay_h") for row in rows) > 5


def test_assign_flows__the_system_optimum_costs_no_more_than_the_equilibrium() -> None:
    case = Case(counted(2.0), scenario=MUCH_MORE)
    user, system = (
        assign_flows(case, model=model, relative_gap=1e-9).assignment for model in ("ue", "so")
    )
    assert user is not None
    assert system is not None
    assert system.total_cost < user.total_cost


def test_bottlenecks_of__a_post_that_is_shut_at_night_serves_less() -> None:
    """Twelve of twenty-four hours: the same lorries need twice the servers while it is open."""
    day = {"kind": "opening_hours", "days": "daily", "opens": "08:00", "closes": "20:00"}
    day |= {"calendar_id": "day", "row": "1", "name": "by day", "utc_offset_h": "0"}
    corridor = extended(counted(50.0), "calendar", **day)
    by_day = changed(corridor, "procedure", 2, calendar_id="day")  # Torghundi outbound
    key = ("TOR", "SER", "road", "outbound", "total_clearance")
    rows = []
    for described in (corridor, by_day):
        case = Case(described)
        (one,) = (b for b in bottlenecks_of(case) if b.key == key)
        rows.append(one.row)
    assert [row[6] for row in rows] == [1.0, pytest.approx(0.5)]
    per_server = [row[2] / (row[6] * 8766 / row[1]) for row in rows]
    assert per_server[1] >= 1.9 * per_server[0]


def test_bottlenecks_table__a_border_that_nobody_counted_has_no_capacity() -> None:
    case = Case(counted(2.0), scenario=MUCH_MORE)
    table = assign_flows(case, model="ue").tables["bottlenecks"]
    rows = {row["name"]: row for row in table}
    unknown = rows["Herat - New post, road"]
    assert unknown.number("volume_per_year") > 0
    assert unknown["capacity_per_year"] is None
    assert unknown["basis"] == "not known"


def test_assign_flows__scenario_moves_the_flow_that_it_closes(base: dict[str, FlowResult]) -> None:
    closed = Scenario("closed", patches=(Patch("remove", "link", {"link_id": ("NEW-HEA",)}),))
    for model in MODELS:
        result = assign_flows(Case(counted(2.0), scenario=closed), model=model, base=base[model])
        assert result.base is base[model]
        assert result.scenario == "closed"
        places = {place for row in result.tables["routes"] for place in row.text("places").split()}
        assert "HEA" in places
        assert "NEW" not in places
        change = result.tables["changes"]
        assert sum(change.numbers("change_tonnes_per_year")) == pytest.approx(0.0, abs=1e-6)


def test_assign_flows__a_scenario_of_a_file_is_called_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "some file.yaml"
    patch = "{scale: link, where: {link_id: SER-NEW}, by: {length: 2}}"
    file.write_text(f"name: longer\npatches: [{patch}]\n", encoding="utf-8")
    assert assign_flows(Case(counted(2.0), scenario=file)).scenario == "longer"


def test_assign_flows__nobody_passes_what_is_shut(base: dict[str, FlowResult]) -> None:
    closed = Scenario("closed", patches=(Patch("remove", "link", {"link_id": ("TOR-SER",)}),))
    result = assign_flows(Case(counted(2.0), scenario=closed), model="sue", base=base["sue"])
    rows = [row for row in result.tables["bottlenecks"] if row["note"] == "shut"]
    assert [row["volume_per_year"] for row in rows] == [0.0] * 4  # two posts, two directions
    assert any(base["sue"].tables["bottlenecks"].numbers("volume_per_year") > 0)


def test_assign_flows__a_faster_post_takes_more() -> None:
    corridor = counted(0.5)
    faster = Scenario(
        "faster", patches=(Patch("set", "procedure", {"node_id": ("TOR", "SER")}, {"mean_h": "1"}),)
    )
    result = assign_flows(Case(corridor, scenario=faster), model="ue")
    assert result.base is not None
    for before, after in zip(result.base.bottlenecks, result.bottlenecks, strict=True):
        if before.kind == "border":
            faster_by = before.clearance_h / after.clearance_h
            assert after.capacity_per_year == pytest.approx(
                before.capacity_per_year * faster_by, rel=0.1
            )


def test_assign_flows__no_convergence_is_an_error_with_the_gap() -> None:
    case = Case(counted(2.0), scenario=MUCH_MORE)
    base = assign_flows(case.base, model="ue")
    with pytest.raises(NumericsError, match=r"relative gap .* after 1 iteration.* wanted 1e-13"):
        assign_flows(case, model="ue", base=base, relative_gap=1e-13, max_iterations=1)


def test_assign_flows__refuses_unknown_models_and_other_bases(base: dict[str, FlowResult]) -> None:
    with pytest.raises(InputError, match="Models are: logit, sue, ue, so"):
        assign_flows(Case(two_ways()), model="magic")
    with pytest.raises(InputError, match="same model"):
        assign_flows(Case(two_ways()), model="ue", base=base["logit"])
    with pytest.raises(InputError, match="no flow has a route"):
        assign_flows(Case(two_ways(), demand=()))
    with pytest.raises(InputError, match="unknown flow 'D9'"):
        base["logit"].share_of("D9", "AF-TM")


def test_assign_flows__tells_what_it_does() -> None:
    said: list[str] = []
    case = Case(two_ways(), progress=told_to(said))
    assign_flows(case, model="ue", progress=told_to(said))
    assert any(text.startswith("Equilibrium, iterations: 1 of 500, gap ") for text in said)
    assert "Finding routes: 2 of 2" in said


def test_case__a_flow_without_a_route_is_left_out_and_said() -> None:
    corridor = extended(
        tiny_corridor(), "demand", demand_id="D3", origin_node_id="HEA", dest_node_id="MAR",
        commodity="goods", cargo_class="truck", tonnes_per_year="10",
    )  # fmt: skip
    case = Case(corridor)
    assert [name for name, _ in case.left_out] == ["D3"]
    assert "no route" in case.left_out[0][1]


def test_case__growth_and_gravity_are_asked_for() -> None:
    corridor = tiny_corridor()
    grown = Case(corridor, growth_years=2, parameters=CaseParameters(growth=0.5))
    assert [one.flow.tonnes_per_year for one in grown.sets] == [2250, 11250]
    with pytest.raises(InputError, match="states no growth"):
        _ = Case(corridor, growth_years=2).flows
    modelled = Case(corridor, gravity=True)
    assert modelled.gravity_model is not None
    assert len(Case(corridor).sets) == 2


def test_countries_table__holds_the_trade_of_each_country(base: dict[str, FlowResult]) -> None:
    table = base["logit"].tables["countries"]
    sums: dict[str, list[float]] = {}
    for row in table:
        found = sums.setdefault(row.text("country"), [0.0, 0.0])
        found[0] += row.number("share")
        found[1] += row.number("tonnes_per_year")
        modes = sum(row.number(f"{mode}_share") for mode in ("road", "rail", "sea"))
        assert modes == pytest.approx(1.0)
    assert sums == {"AF": pytest.approx([1.0, 6000.0]), "TM": pytest.approx([1.0, 6000.0])}


def test_commodities_table__counts_tonne_kilometres() -> None:
    (carpets,) = (
        row
        for row in assign_flows(Case(tiny_corridor())).tables["commodities"]
        if row["commodity"] == "carpets"
    )
    assert (carpets["road_tkm"], carpets["rail_tkm"]) == (128_000, 300_000)
    assert carpets["sea_tkm"] == 0


def test_known_table__says_not_known() -> None:
    table = assign_flows(Case(tiny_corridor())).tables["known"]
    rows = {(row["origin"], row["destination"]): row["known"] for row in table}
    assert rows == {("AF", "TM"): "estimate", ("TM", "AF"): "estimate"}
    unused = changed(unchecked(tiny_corridor()), "demand", 3, used="no")
    one = assign_flows(Case(unused)).tables["known"]
    (row,) = (row for row in one if row["origin"] == "TM")
    assert (row["tonnes_per_year"], row["known"]) == (None, "not known")


def test_alternative_of__first_alternative_or_countries() -> None:
    (one,) = (one for one in Case(tiny_corridor()).sets if one.flow.name == "D1")
    (route,) = one.routes
    assert alternative_of(route, ()) == "AF-TM"
    ways = [
        Alternative("x", "by sea", ("sea",)),
        Alternative("y", "by rail", ("rail", "TOR"), ("UZ",)),
    ]
    assert alternative_of(route, ways) == "by rail"
    assert alternative_of(route, [Alternative("z", "not Afghan", ("rail",), ("AF",))]) == "AF-TM"


def test_flow_result__shows_itself_and_its_tables(base: dict[str, FlowResult]) -> None:
    result = base["logit"]
    told = result.as_dict()
    assert told.keys() == result.tables.keys()
    assert len(told["ways"]["rows"]) == len(result.tables["ways"])
    assert "<table" in result._repr_html_()
