"""The compiled network against the tiny corridor, worked by hand."""

import numpy as np
import pytest
from tests.tiny import changed, extended, tiny_corridor, unchecked, without

from lajvard.corridor import Corridor, built_in
from lajvard.errors import InputError
from lajvard.network import Activity, CompiledNetwork, MoveKind, compile_network

SEA = {
    "link_id": "MAR-BAK-sea",
    "from_node_id": "MAR",
    "to_node_id": "BAK",
    "mode": "sea",
    "length": "900",
    "free_speed": "20",
}
BAKU = {"node_id": "BAK", "name": "Baku", "country": "AZ", "x_coord": "49.9", "y_coord": "40.4"}


def move_between(network: CompiledNetwork, start: str, end: str) -> int:
    """The only move from one node to another."""
    arrays = network.arrays
    node_from, node_to = arrays.state_node[arrays.move_from], arrays.state_node[arrays.move_to]
    met = np.flatnonzero((node_from == network.node_ix(start)) & (node_to == network.node_ix(end)))
    assert len(met) == 1
    return int(met[0])


def with_ferry(**service: str) -> Corridor:
    """The tiny corridor with a lorry ferry from Mary to Baku, and a road to its pier."""
    corridor = extended(unchecked(tiny_corridor()), "node", node_type="port", **BAKU)
    corridor = extended(corridor, "link", **SEA)
    road = {"from_node_id": "SER", "to_node_id": "MAR", "mode": "road"}
    corridor = extended(corridor, "link", link_id="pier", length="310", free_speed="50", **road)
    row = {
        "service_id": "ferry",
        "name": "Ferry",
        "link_id": "MAR-BAK-sea",
        "carries": "lorry",
        "operation": "headway",
        "capacity": "50",
        "headway_h": "24",
        "sailing_h": "40",
        "sailing_cv": "0.1",
        "loading_h": "5",
        "unloading_h": "3",
    }
    corridor = extended(corridor, "service", **(row | service))
    corridor = extended(
        corridor,
        "tariff",
        tariff_id="fare",
        item="fare",
        service_id="ferry",
        value="1000",
        unit="usd_per_lorry",
    )
    return extended(
        corridor,
        "emission",
        emission_id="sea",
        mode="sea",
        vehicle="ferry",
        value="60",
        scope="wtw",
    )


def test_compile_network__prices_and_times_a_road_by_hand() -> None:
    network = compile_network(tiny_corridor(), cargo="truck")
    move = move_between(network, "HEA", "TOR")
    time, cost, emission, var, risk = network.arrays.cost[move]
    assert time == pytest.approx(120 / 40)
    assert cost == pytest.approx(120 * 1.2)
    assert emission == pytest.approx(120 * 20 * 70 / 1000)
    assert var == pytest.approx((3 * 0.2) ** 2)
    assert risk == 0


def test_compile_network__puts_both_posts_into_the_crossing() -> None:
    network = compile_network(tiny_corridor(), cargo="truck")
    move = move_between(network, "TOR", "SER")
    steps = network.steps_of(move)
    assert [(step.activity, step.node_id) for step in steps] == [
        (Activity.BORDER, "TOR"),
        (Activity.MOVING, "TOR"),
        (Activity.BORDER, "SER"),
    ]
    assert network.arrays.cost[move, 0] == pytest.approx(4 + 8 / 20 + 10)
    assert network.arrays.cost[move, 1] == pytest.approx(100 + 8 * 1.2 + 200)
    back = network.arrays.cost[move_between(network, "SER", "TOR")]
    assert back[0] == pytest.approx(2 + 8 / 20 + 6)


def test_compile_network__lets_only_what_fits_on_the_railway() -> None:
    truck, box = (compile_network(tiny_corridor(), cargo=cargo) for cargo in ("truck", "box"))
    assert "MAR" not in {truck.node_ids[ix] for ix in truck.arrays.state_node}
    transfers = box.arrays.move_kind == MoveKind.TRANSFER
    assert transfers.sum() == 2
    move = int(np.flatnonzero(transfers)[0])
    assert box.arrays.cost[move, :2] == pytest.approx([12, 80])
    rail = box.arrays.cost[move_between(box, "SER", "MAR")]
    assert rail[1] == pytest.approx(300 * 0.04 * 18)


def test_compile_network__steps_add_up_to_moves() -> None:
    for cargo in ("truck", "container_40", "wagon"):
        network = compile_network(built_in(), cargo=cargo)
        sums = np.zeros_like(network.arrays.cost)
        move = np.repeat(np.arange(len(sums)), np.diff(network.steps.first_step))
        names = ("time_h", "cost_usd", "emission_kgco2e", "time_var_h2", "risk")
        for column, name in enumerate(names):
            np.add.at(sums[:, column], move, getattr(network.steps, name))
        np.testing.assert_allclose(sums, network.arrays.cost, rtol=1e-12, atol=1e-9)
        assert (network.arrays.cost >= 0).all()


def test_compile_network__is_in_compressed_rows() -> None:
    arrays = compile_network(built_in(), cargo="container_20").arrays
    tails = np.repeat(np.arange(len(arrays.state_node)), np.diff(arrays.first_move))
    np.testing.assert_array_equal(tails, arrays.move_from)
    assert arrays.first_move[-1] == len(arrays.move_to)
    small = ("move_kind", "move_mode", "state_mode")
    for name, array in arrays._asdict().items():
        assert not array.flags.writeable
        wide = np.float64 if name in ("cost", "distance_km") else np.int32
        assert array.dtype == (np.int8 if name in small else wide), name


def test_compile_network__keeps_each_gauge_apart() -> None:
    network = compile_network(built_in(), cargo="wagon")
    modes = {network.mode_names[ix] for ix in network.arrays.state_mode}
    assert {"rail 1520", "rail 1435"} <= modes
    links = network.arrays.move_kind == MoveKind.LINK
    arrays = network.arrays
    same = arrays.state_mode[arrays.move_from] == arrays.state_mode[arrays.move_to]
    assert same[links].all()


def test_compile_network__carries_a_lorry_on_a_ferry() -> None:
    network = compile_network(with_ferry(), cargo="truck")
    move = move_between(network, "MAR", "BAK")
    by_activity = {step.activity: step for step in network.steps_of(move)}
    assert by_activity[Activity.WAIT_FOR_DEPARTURE].time_h == pytest.approx(12)
    assert by_activity[Activity.WAIT_FOR_DEPARTURE].time_var_h2 == pytest.approx(24**2 / 12)
    assert by_activity[Activity.SAILING].cost_usd == 1000
    assert by_activity[Activity.SAILING].mode == "sea"
    assert network.arrays.cost[move, 0] == pytest.approx(12 + 5 + 40 + 3)
    assert network.arrays.cost[move, 2] == pytest.approx(900 * 20 * 60 / 1000)


def test_compile_network__waits_until_a_ferry_is_full() -> None:
    corridor = with_ferry(operation="leaves_when_full", arrivals_per_day="48", headway_h="")
    network = compile_network(corridor, cargo="truck")
    steps = network.steps_of(move_between(network, "MAR", "BAK"))
    wait = next(step for step in steps if step.activity is Activity.WAIT_FOR_DEPARTURE)
    assert wait.time_h == pytest.approx(49 / (2 * 2))


def test_compile_network__rests_as_the_rule_says() -> None:
    rule = {"calendar_id": "rule", "row": "1", "name": "one driver", "kind": "driver_hours"}
    corridor = extended(tiny_corridor(), "calendar", driving_h="9", rest_h="11", **rule)
    network = compile_network(corridor, cargo="truck")
    move = move_between(network, "HEA", "TOR")
    assert network.arrays.cost[move, 0] == pytest.approx(3 * (1 + 11 / 9))
    assert network.arrays.cost[move, 3] == pytest.approx((3 * 0.2 * (1 + 11 / 9)) ** 2)


def test_compile_network__waits_for_opening_hours() -> None:
    hours = {"calendar_id": "day", "row": "1", "name": "day", "kind": "opening_hours"}
    corridor = extended(tiny_corridor(), "calendar", opens="08:00", closes="20:00", **hours)
    corridor = changed(corridor, "procedure", 2, calendar_id="day")
    network = compile_network(corridor, cargo="truck")
    steps = network.steps_of(move_between(network, "TOR", "SER"))
    assert steps[0].activity is Activity.OPENING_HOURS
    assert steps[0].time_h == pytest.approx(3.0)


def test_compile_network__asks_for_permits_at_the_entry() -> None:
    visa = {"regime_id": "visa", "name": "visa", "kind": "visa", "mode": "road", "country": "TM"}
    corridor = extended(tiny_corridor(), "regime", delay_mean_h="60", cost_usd="90", **visa)
    network = compile_network(corridor, cargo="truck")
    there = network.steps_of(move_between(network, "TOR", "SER"))
    assert [step.activity for step in there].count(Activity.PERMIT) == 1
    back = network.steps_of(move_between(network, "SER", "TOR"))
    assert Activity.PERMIT not in [step.activity for step in back]


def test_compile_network__adds_no_fee_that_the_haulage_contains() -> None:
    corridor = extended(
        tiny_corridor(),
        "tariff",
        tariff_id="road-af",
        item="haulage",
        country="AF",
        mode="road",
        value="2",
        unit="usd_per_lorry_km",
        includes_border_fees="yes",
    )
    network = compile_network(corridor, cargo="truck")
    cost = network.arrays.cost[move_between(network, "TOR", "SER"), 1]
    assert cost == pytest.approx(0 + 8 * 2 + 200)


def test_compile_network__shuts_what_was_closed_that_day() -> None:
    closed = {"closure_id": "c", "kind": "dated", "node_id": "TOR", "other_node_id": "SER"}
    dates = {"start_date": "2025-02-21", "end_date": "2025-03-18", "effect": "0"}
    corridor = extended(tiny_corridor(), "closure", reason="dispute", **closed, **dates)
    there = compile_network(corridor, as_of="2025-03-01")
    assert [shut.closure_id for shut in there.shut] == ["c"]
    assert len(there.arrays.move_to) == 2
    later = compile_network(corridor, as_of="2025-03-19")
    assert later.shut == ()
    share = 26 / (365.25 * 5)
    risk = later.arrays.cost[move_between(later, "TOR", "SER"), 4]
    assert risk == pytest.approx(-np.log(1 - share), rel=1e-3)


def test_compile_network__makes_an_arrival_wait_for_random_closures_only() -> None:
    storm = {"closure_id": "s", "kind": "random", "link_id": "HEA-TOR", "effect": "0"}
    rate = {"events_per_year": "6", "mean_duration_h": "72"}
    corridor = extended(tiny_corridor(), "closure", reason="snow", **storm, **rate)
    network = compile_network(corridor)
    share = 6 * 72 / 8766
    cost = network.arrays.cost[move_between(network, "HEA", "TOR")]
    assert cost[0] == pytest.approx(3 + share * 72)
    assert cost[4] == pytest.approx(-np.log(1 - share))
    partial = compile_network(changed(corridor, "closure", 2, effect="0.5"))
    assert partial.arrays.cost[move_between(partial, "HEA", "TOR"), 4] == 0


def test_compile_network__drops_history_unless_asked_for_it() -> None:
    old = changed(tiny_corridor(), "link", 4, until="2019-12")
    assert "MAR" not in _places(compile_network(old, cargo="box"))
    assert "MAR" in _places(compile_network(old, cargo="box", as_of="2018-06-01"))


def _places(network: CompiledNetwork) -> set[str]:
    return {network.node_ids[ix] for ix in network.arrays.state_node}


def test_compile_network__names_all_that_has_no_price() -> None:
    corridor = without(without(tiny_corridor(), "tariff", 2, 3), "emission", 2)
    with pytest.raises(InputError) as caught:
        compile_network(corridor, cargo="box")
    found = [problem.message for problem in caught.value.problems]
    assert found == [
        "no factor for road in AF",
        "no factor for road in TM",
        "no haulage by rail in TM",
        "no haulage by road in AF",
        "no haulage by road in TM",
    ]


def test_compile_network__asks_which_cargo_was_meant() -> None:
    with pytest.raises(InputError, match="Did you mean 'truck'"):
        compile_network(tiny_corridor(), cargo="trucks")


def test_compile_network__of_nothing_is_empty() -> None:
    network = compile_network(
        Corridor.of({"cargo_class": tiny_corridor()["cargo_class"]}, name="empty")
    )
    assert len(network.arrays.move_to) == 0
    assert network.arrays.cost.shape == (0, 5)


def test_compile_network__forgets_how_the_rows_were_ordered() -> None:
    corridor = tiny_corridor()
    shuffled = corridor.with_table(corridor["link"].select([2, 0, 1]))
    one, two = compile_network(corridor, cargo="box"), compile_network(shuffled, cargo="box")
    np.testing.assert_array_equal(one.arrays.cost, two.arrays.cost)
    np.testing.assert_array_equal(one.arrays.move_to, two.arrays.move_to)


@pytest.mark.parametrize("name", ["HEA", "hea", "Herat", "herat"])
def test_node_ix__knows_ids_and_names(name: str) -> None:
    assert compile_network(tiny_corridor()).node_ix(name) == 0


def test_node_ix__suggests_a_place() -> None:
    with pytest.raises(InputError, match="Did you mean 'Herat'"):
        compile_network(tiny_corridor()).node_ix("Heratt")


@pytest.mark.parametrize(
    ("table", "column", "cell", "said"),
    [
        ("tariff", "value", "-2", "cost_usd"),
        ("procedure", "mean_h", "-7", "time_h"),
        ("link", "length", "", "time_h"),
        ("emission", "value", "-1", "emission_kgco2e"),
        ("transfer", "mean_h", "-1", "time_h"),
    ],
)
def test_compile_network__refuses_costs_that_no_search_ends_with(
    table: str, column: str, cell: str, said: str
) -> None:
    """Whatever the check may have let through."""
    broken = changed(unchecked(tiny_corridor()), table, 2, **{column: cell})
    with pytest.raises(InputError, match=rf"{said}: a step of a way would take"):
        compile_network(broken, cargo="box")
