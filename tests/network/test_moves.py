"""Moves of hand-made corridors: who can use what, what a closure meets, what services ask for."""

import numpy as np
import pytest
from tests.network.test_compile import move_between, with_ferry
from tests.tiny import changed, corridor_of, extended, tiny_corridor, unchecked, without

from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.network import Activity, CompiledNetwork, MoveKind, compile_network
from lajvard.network.places import Places

BAN = {"closure_id": "c", "kind": "random", "effect": "0", "reason": "snow"}
RATE = {"events_per_year": "6", "mean_duration_h": "72"}


def ends(network: CompiledNetwork) -> set[tuple[str, str]]:
    return set(network.move_ends)


def rests(corridor: Corridor) -> dict[tuple[str, str], float]:
    """Hours of rest by the ends of each move of a lorry."""
    network = compile_network(corridor)
    return {
        network.move_ends[move]: sum(
            step.time_h for step in network.steps_of(move) if step.activity is Activity.REST
        )
        for move in range(len(network.arrays.move_to))
    }


# ---------------------------------------------------------------- roads and railways


def test_rest__is_that_of_the_country_in_which_each_road_begins() -> None:
    rule = {"row": "1", "name": "rule", "kind": "driver_hours"}
    corridor = tiny_corridor()
    for country, driving, rest in (("AF", "6", "3"), ("TM", "8", "2")):
        more = {"calendar_id": country, "country": country, "driving_h": driving, "rest_h": rest}
        corridor = extended(corridor, "calendar", **rule, **more)
    assert rests(corridor) == pytest.approx(
        {
            ("HEA", "TOR"): 3 * 0.5,
            ("TOR", "HEA"): 3 * 0.5,
            ("TOR", "SER"): 0.4 * 0.5,
            ("SER", "TOR"): 0.4 * 0.25,
        }
    )
    box = compile_network(corridor, cargo="box")
    rail = box.steps_of(move_between(box, "SER", "MAR"))
    assert [step.activity for step in rail] == [Activity.MOVING]


def test_rest__follows_the_driving_at_its_end() -> None:
    rule = {"calendar_id": "r", "row": "1", "name": "rule", "kind": "driver_hours"}
    corridor = extended(tiny_corridor(), "calendar", driving_h="6", rest_h="3", **rule)
    network = compile_network(corridor)
    steps = network.steps_of(move_between(network, "HEA", "TOR"))
    assert [(step.activity, step.node_id) for step in steps] == [
        (Activity.MOVING, "HEA"),
        (Activity.REST, "TOR"),
    ]
    # rest is half of the driving and varies with it: (1.5^2 - 1) x (3 h x 0.2)^2
    assert steps[1].time_var_h2 == pytest.approx(1.25 * 0.36)
    assert steps[0].time_var_h2 == pytest.approx(0.36)
    assert [step.time_basis for step in steps] == ["published", "published"]


def test_link_moves__haulage_and_emission_are_those_of_the_country_of_the_start() -> None:
    corridor = tiny_corridor()
    for country, usd, gram in (("AF", "2", "100"), ("TM", "3", "200")):
        row = {"tariff_id": country, "item": "haulage", "unit": "usd_per_lorry_km", "value": usd}
        corridor = extended(corridor, "tariff", country=country, mode="road", **row)
        factor = {"emission_id": country, "vehicle": "lorry", "scope": "wtw", "value": gram}
        corridor = extended(corridor, "emission", country=country, mode="road", **factor)
    network = compile_network(corridor)
    out, back = (move_between(network, *pair) for pair in (("TOR", "SER"), ("SER", "TOR")))
    assert network.arrays.cost[out, 1:3] == pytest.approx([100 + 8 * 2 + 200, 8 * 20 * 0.1])
    assert network.arrays.cost[back, 1:3] == pytest.approx([50 + 8 * 3 + 150, 8 * 20 * 0.2])


def test_link_moves__one_way_and_closed_roads() -> None:
    one_way = compile_network(changed(tiny_corridor(), "link", 2, directed="yes"))
    assert ends(one_way) == {("HEA", "TOR"), ("TOR", "SER"), ("SER", "TOR")}
    planned = compile_network(changed(tiny_corridor(), "link", 2, status="building"))
    assert ends(planned) == {("TOR", "SER"), ("SER", "TOR")}


def test_link_moves__the_speed_has_a_basis_of_its_own() -> None:
    network = compile_network(changed(tiny_corridor(), "link", 2, speed_basis="estimate"))
    for pair, basis in ((("HEA", "TOR"), "estimate"), (("SER", "TOR"), "estimate")):
        steps = network.steps_of(move_between(network, *pair))
        moving = next(step for step in steps if step.activity is Activity.MOVING)
        assert moving.time_basis == basis
    both = compile_network(changed(tiny_corridor(), "link", 3, speed_basis="derived"))
    steps = both.steps_of(move_between(both, "TOR", "SER"))
    assert steps[1].time_basis == "derived"


def test_crossing_steps__a_check_of_all_who_pass_is_met_once_on_arrival() -> None:
    check = {"procedure_id": "w", "node_id": "TOR", "mode": "road", "direction": "both"}
    work = {"activity": "weighing", "mean_h": "1", "cv": "0", "fee_usd": "5"}
    network = compile_network(extended(tiny_corridor(), "procedure", **check, **work))
    for pair, hours in (
        (("HEA", "TOR"), 3 + 1),
        (("TOR", "HEA"), 3),
        (("TOR", "SER"), 4 + 0.4 + 10),
        (("SER", "TOR"), 2 + 0.4 + 6 + 1),
    ):
        assert network.arrays.cost[move_between(network, *pair), 0] == pytest.approx(hours)


# ---------------------------------------------------------------- transfers


def test_transfer_moves__are_of_some_goods_and_may_lead_one_way() -> None:
    def transfers(**cells: str) -> int:
        network = compile_network(changed(tiny_corridor(), "transfer", 2, **cells), cargo="box")
        return int((network.arrays.move_kind == MoveKind.TRANSFER).sum())

    assert transfers() == 2
    assert transfers(directed="yes") == 1
    assert transfers(cargo_class="box;truck") == 2
    assert transfers(cargo_class="truck") == 0
    assert transfers(status="building") == 0


def test_transfer_moves__take_their_time_and_their_price_or_that_of_handling() -> None:
    def step(corridor: Corridor) -> tuple[float, ...]:
        arrays = compile_network(corridor, cargo="box").arrays
        transfer = int(np.flatnonzero(arrays.move_kind == MoveKind.TRANSFER)[0])
        time, cost, _, var, _ = arrays.cost[transfer].tolist()
        return time, cost, var

    assert step(tiny_corridor()) == pytest.approx((12, 80, 36))
    unpriced = changed(tiny_corridor(), "transfer", 2, cost_usd="")
    assert step(unpriced) == pytest.approx((12, 0, 36))
    handling = {"tariff_id": "h", "item": "handling", "node_id": "SER", "unit": "usd_per_teu"}
    assert step(extended(unpriced, "tariff", value="33", **handling)) == pytest.approx((12, 33, 36))


def port(cargo: str = "box") -> CompiledNetwork:
    """A unit load at Mary between road and ship, with customs on land both ways."""
    link = {"link_id": "ship", "from_node_id": "MAR", "to_node_id": "BAK", "mode": "sea"}
    corridor = extended(with_ferry(), "link", length="900", free_speed="20", **link)
    row = {"service_id": "line", "name": "line", "link_id": "ship", "carries": "container"}
    sailing = {"operation": "headway", "headway_h": "48", "sailing_h": "30", "sailing_cv": "0"}
    corridor = extended(corridor, "service", capacity="9", **row, **sailing)
    fare = {"tariff_id": "f", "item": "fare", "service_id": "line", "unit": "usd_per_teu"}
    corridor = extended(corridor, "tariff", value="500", **fare)
    change = {"transfer_id": "quay", "node_id": "MAR", "from_mode": "road", "to_mode": "sea"}
    corridor = extended(corridor, "transfer", mean_h="5", cv="0", cost_usd="10", **change)
    for way, hours in (("inbound", "7"), ("outbound", "3")):
        done = {"procedure_id": way, "node_id": "MAR", "mode": "sea", "direction": way}
        corridor = extended(
            corridor, "procedure", activity="customs", mean_h=hours, cv="0", fee_usd="1", **done
        )
    return compile_network(corridor, cargo=cargo)


def test_transfer_moves__on_land_pass_no_check_of_those_who_travel() -> None:
    check = {"procedure_id": "w", "node_id": "SER", "direction": "both", "activity": "weighing"}
    corridor = tiny_corridor()
    for mode in ("road", "rail"):
        row = check | {"procedure_id": mode, "mode": mode, "mean_h": "1", "cv": "0"}
        corridor = extended(corridor, "procedure", **row)
    arrays = compile_network(corridor, cargo="box").arrays
    transfers = arrays.move_kind == MoveKind.TRANSFER
    assert arrays.cost[transfers, 0].tolist() == [12, 12]
    assert arrays.move_mode[transfers].tolist() == arrays.move_link[transfers].tolist() == [-1, -1]


def test_transfer_moves__neither_ship_nor_train_takes_a_lorry_without_a_box() -> None:
    assert not (port("truck").arrays.move_kind == MoveKind.TRANSFER).any()


def test_transfer_moves__between_ship_and_land_pass_the_port() -> None:
    network = port()
    arrays = network.arrays
    found = {}
    for move in np.flatnonzero(arrays.move_kind == MoveKind.TRANSFER).tolist():
        steps = network.steps_of(move)
        before = network.mode_names[arrays.state_mode[arrays.move_from[move]]]
        after = network.mode_names[arrays.state_mode[arrays.move_to[move]]]
        found[before, after] = [(step.activity, step.time_h) for step in steps]
    transfer, customs = Activity.TRANSFER, Activity.PORT
    assert found == {
        ("road", "rail 1520"): [(transfer, 12)],
        ("rail 1520", "road"): [(transfer, 12)],
        ("road", "sea"): [(transfer, 5), (customs, 3)],
        ("sea", "road"): [(customs, 7), (transfer, 5)],
    }


# ---------------------------------------------------------------- services


def test_service_moves__take_what_they_carry() -> None:
    network = port()
    services = network.arrays.move_kind == MoveKind.SERVICE
    # the ferry takes the lorry of a box, the line the box itself; both lead both ways
    taken = {
        network.service_ids[network.arrays.move_ref[move]] + " " + network.move_families[move]
        for move in np.flatnonzero(services).tolist()
    }
    assert (services.sum(), taken) == (4, {"ferry road", "line sea"})
    assert network.service_units == {"ferry": 1.0, "line": 1.0}


@pytest.mark.parametrize(
    ("cells", "hours"),
    [
        ({"operation": "headway", "headway_h": "24"}, 12.0),
        ({"operation": "headway", "headway_h": "6"}, 3.0),
        ({"operation": "timetable", "calendar_id": "table", "headway_h": ""}, 84.0),
        ({"operation": "leaves_when_full", "arrivals_per_day": "24", "headway_h": ""}, 24.5),
    ],
)
def test_departure_wait__by_the_way_a_service_operates(cells: dict[str, str], hours: float) -> None:
    table = {"calendar_id": "table", "row": "1", "name": "weekly", "kind": "departures"}
    corridor = extended(with_ferry(**cells), "calendar", opens="12:00", days="mon", **table)
    network = compile_network(corridor)
    steps = network.steps_of(move_between(network, "MAR", "BAK"))
    assert steps[0].activity is Activity.WAIT_FOR_DEPARTURE
    assert steps[0].time_h == pytest.approx(hours)


def test_departure_wait__of_a_vessel_that_leaves_after_its_longest_wait() -> None:
    full = {"operation": "leaves_when_full", "arrivals_per_day": "24", "headway_h": ""}
    network = compile_network(with_ferry(max_wait_h="10", **full))
    wait = network.steps_of(move_between(network, "MAR", "BAK"))[0]
    # nearly never full after 10 h: 1 + 10 leave; the first waits 10 h, the others 5 h on average
    assert wait.time_h == pytest.approx((10 + 10 * 5) / 11, rel=1e-3)


def test_sailing__has_its_steps_in_order_at_their_places() -> None:
    network = compile_network(with_ferry())
    steps = network.steps_of(move_between(network, "MAR", "BAK"))
    assert [(step.activity, step.node_id, step.time_h) for step in steps[:4]] == [
        (Activity.WAIT_FOR_DEPARTURE, "MAR", 12.0),
        (Activity.LOADING, "MAR", 5.0),
        (Activity.SAILING, "MAR", 40.0),
        (Activity.UNLOADING, "BAK", 3.0),
    ]
    assert steps[2].time_var_h2 == pytest.approx(16)
    assert (steps[2].distance_km, steps[2].to_place) == (900, "Baku")
    bare = compile_network(with_ferry(loading_h="", unloading_h=""))
    steps = bare.steps_of(move_between(bare, "MAR", "BAK"))
    assert [step.activity for step in steps[:2]] == [
        Activity.WAIT_FOR_DEPARTURE,
        Activity.SAILING,
    ]
    assert len(steps) == 2


def test_sailing__has_the_emission_factor_that_it_names() -> None:
    corridor = extended(
        with_ferry(emission_id="own"),
        "emission",
        emission_id="own",
        mode="sea",
        vehicle="ferry",
        value="10",
        scope="wtw",
        country="ZZ",
    )
    network = compile_network(corridor)
    move = move_between(network, "BAK", "MAR")
    assert network.arrays.cost[move, 2] == pytest.approx(900 * 20 * 10 / 1000)


def test_service_moves__need_a_link_that_operates_and_may_lead_one_way() -> None:
    def ferries(corridor: Corridor) -> set[tuple[str, str]]:
        network = compile_network(corridor)
        kind = network.arrays.move_kind == MoveKind.SERVICE
        return {network.move_ends[move] for move in np.flatnonzero(kind)}

    there, back = ("MAR", "BAK"), ("BAK", "MAR")
    assert ferries(with_ferry()) == {there, back}
    assert ferries(changed(with_ferry(), "link", 5, directed="yes")) == {there}
    assert ferries(changed(with_ferry(), "link", 5, status="building")) == set()
    assert ferries(with_ferry(status="building")) == set()
    assert ferries(with_ferry(carries="wagon")) == set()


@pytest.mark.parametrize(
    ("own", "at_mary", "at_baku", "modes"),
    [
        ("1435", ["1520"], ["1520"], {"rail 1435"}),
        ("", ["1520"], ["1520"], {"rail 1520"}),
        ("", ["1520", "1435"], ["1435"], {"rail 1435"}),
        ("", ["1520"], ["1435"], {"rail 1435", "rail 1520"}),
        ("", ["1520"], [], {"rail 1520"}),
    ],
)
def test_service_moves__wagons_board_by_the_gauge_of_the_link_or_of_both_ends(
    own: str, at_mary: list[str], at_baku: list[str], modes: set[str]
) -> None:
    corridor = with_ferry(carries="wagon")
    corridor = changed(corridor, "link", 5, gauge_mm=own)
    corridor = without(corridor, "link", 4)
    for node, gauges in (("MAR", at_mary), ("BAK", at_baku)):
        for gauge in gauges:
            link = {"link_id": f"{node}-{gauge}", "mode": "rail", "gauge_mm": gauge}
            more = {"from_node_id": "SER", "to_node_id": node, "length": "9", "free_speed": "9"}
            corridor = extended(corridor, "link", **link, **more)
    fare = {"tariff_id": "w", "item": "fare", "service_id": "ferry", "unit": "usd_per_unit"}
    corridor = extended(corridor, "tariff", value="9", **fare)
    rail = {"tariff_id": "r", "item": "haulage", "mode": "rail", "unit": "usd_per_unit"}
    corridor = extended(corridor, "tariff", value="1", **rail)
    network = compile_network(corridor, cargo="box")
    arrays = network.arrays
    services = np.flatnonzero(arrays.move_kind == MoveKind.SERVICE)
    boarded = arrays.state_mode[arrays.move_from[services]]
    assert {network.mode_names[ix] for ix in boarded} == modes
    assert {network.mode_names[ix] for ix in arrays.move_mode[services]} == {"sea"}


# ---------------------------------------------------------------- closures


def closed(corridor: Corridor, cargo: str = "truck", **cells: str) -> set[tuple[str, str, str]]:
    """Ends and kinds of the moves that a random closure makes wait."""
    network = compile_network(extended(corridor, "closure", **BAN, **RATE, **cells), cargo=cargo)
    kinds = network.arrays.move_kind.tolist()
    return {
        (*network.move_ends[move], MoveKind(kinds[move]).name)
        for move in np.flatnonzero(network.arrays.cost[:, 4] > 0).tolist()
    }


def test_closures__of_a_service_or_a_link_meet_it_alone() -> None:
    ferry = {("MAR", "BAK", "SERVICE"), ("BAK", "MAR", "SERVICE")}
    assert closed(with_ferry(), service_id="ferry") == ferry
    road = {("HEA", "TOR", "LINK"), ("TOR", "HEA", "LINK")}
    assert closed(with_ferry(), link_id="HEA-TOR") == road


def test_closures__of_a_place_meet_who_comes_there_and_of_a_pair_who_goes_between() -> None:
    assert closed(tiny_corridor(), node_id="TOR") == {
        ("HEA", "TOR", "LINK"),
        ("SER", "TOR", "LINK"),
    }
    assert closed(tiny_corridor(), node_id="TOR", other_node_id="SER") == {
        ("TOR", "SER", "LINK"),
        ("SER", "TOR", "LINK"),
    }
    assert closed(unchecked(tiny_corridor()), node_id="nowhere") == set()


def test_closures__that_shut_a_move_leave_nothing_of_it_in_the_others() -> None:
    dates = {"start_date": "2025-02-21", "end_date": "2025-03-18", "recurs": "no"}
    what = BAN | {"kind": "dated", "node_id": "TOR", "other_node_id": "SER"}
    corridor = extended(tiny_corridor(), "closure", **what, **dates)
    network = compile_network(corridor, as_of="2025-03-01")
    assert network.move_ends == (("HEA", "TOR"), ("TOR", "HEA"))
    assert network.arrays.cost[:, 0].tolist() == [3, 3]
    assert len(network.steps.time_h) == 2


def test_closures__of_a_mode_leave_the_others() -> None:
    assert closed(tiny_corridor(), "box", node_id="SER", mode="road") == {("TOR", "SER", "LINK")}
    assert closed(tiny_corridor(), "box", node_id="SER", mode="rail") == {("MAR", "SER", "LINK")}
    assert closed(with_ferry(), node_id="BAK", mode="sea") == {("MAR", "BAK", "SERVICE")}
    # lorries come off the ferry by road
    assert closed(with_ferry(), node_id="BAK", mode="road") == {("MAR", "BAK", "SERVICE")}


# ---------------------------------------------------------------- places


def test_places__know_each_gauge_and_name_a_place_that_is_not_there() -> None:
    places = Places.of(tiny_corridor().used("node"))
    assert [places.mode_names[places.mode_ix("rail", mm)] for mm in (1520, 1435, 1067, 1000)] == [
        "rail 1520",
        "rail 1435",
        "rail 1067",
        "rail 1000",
    ]
    assert [places.mode_names[places.mode_ix("rail", mm)] for mm in (1668, 1676)] == [
        "rail 1668",
        "rail 1676",
    ]
    assert places.mode_names[places.mode_ix("rail", 900)] == "rail"
    assert places.mode_names[places.mode_ix("rail")] == "rail"
    assert places.mode_names[places.mode_ix("road", 1520)] == "road"
    assert places.index(["SER", "HEA"], "x").tolist() == [2, 0]
    assert places.coordinates[2].tolist() == [62.34, 35.28]
    with pytest.raises(InputError, match=r"link.csv: unknown node 'TORR'. Did you mean 'TOR'"):
        places.index(["TORR"], "link.csv")


def test_nodes_called__by_the_first_words_of_a_name() -> None:
    text = tiny_corridor()["node"]
    assert len(text) == 4
    corridor = changed(tiny_corridor(), "node", 2, name="Herat New Town (west)")
    corridor = changed(corridor, "node", 3, name="Herat Old Town")
    network = compile_network(corridor)
    for words, found in {
        "Herat": (0, 1),
        "herat new": (0,),
        "Herat New Town": (0,),
        "Herat Old": (1,),
        "Hera": (),
        "Herat N": (),
        "tor": (1,),
    }.items():
        assert network.nodes_called(words) == found, words
    with pytest.raises(InputError, match=r"'Herat' is the name of several. Choose: HEA \(Herat"):
        network.node_ix("Herat")


def test_move_permits__are_the_regimes_by_move() -> None:
    visa = {"regime_id": "visa", "name": "visa", "kind": "visa", "mode": "road", "country": "TM"}
    pass_ = visa | {"regime_id": "pass", "name": "pass", "kind": "permit"}
    corridor = extended(extended(tiny_corridor(), "regime", **visa), "regime", **pass_)
    network = compile_network(corridor)
    move = move_between(network, "TOR", "SER")
    assert dict(network.move_permits) == {move: ("visa", "pass")}
    assert network.place_words[-4:] == ("Herat", "Torghundi", "Serhetabat", "Mary")


def test_corridor_of_no_links_has_no_moves() -> None:
    nodes = {"node": "node_id,name,country,x_coord,y_coord\nA,A,AF,1,2"}
    classes = {"cargo_class": "cargo_class,name,payload_t,lorries\ntruck,lorry,20,1"}
    network = compile_network(unchecked(corridor_of(nodes | classes)))
    assert len(network.arrays.move_to) == 0
