"""What tables say beyond places and times, seen in the journeys that follow from it."""

import numpy as np
import pytest
from tests.tiny import changed, extended, tiny_corridor
from tests.twin.test_lines import by_sea, lines_at

from lajvard.case import Case, find_routes
from lajvard.case.parameters import CaseParameters
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.flows.assign_flows import assign_flows
from lajvard.network import compile_network
from lajvard.simulation.distributions import table_moments
from lajvard.simulation.model import Model
from lajvard.simulation.random_kernels import make_key
from lajvard.simulation.simulate import ActivityColumns, simulate_replication
from lajvard.simulation.timelines import capacity_times, closed_times
from lajvard.twin.compile import build_model

TOR_OUT = 2
"""Row of the post at Torghundi for who leaves."""


def played(model: Model) -> ActivityColumns:
    log = simulate_replication(model, seed=1, replication=0, log="all").log
    assert log is not None
    return log


def hours_of(model: Model, log: ActivityColumns, activity: str, place: str) -> np.ndarray:
    """Beginnings and ends of an activity at a place, in hours: (n, 2)."""
    hit = log.activity == model.activity_names.index(activity)
    hit &= log.place == model.place_ids.index(place)
    return np.stack([log.start_s[hit], log.end_s[hit]], axis=1) / 3600


def with_calendar(corridor: Corridor, kind: str, **cells: str) -> Corridor:
    row = {"calendar_id": "C", "row": "1", "name": "hours", "kind": kind}
    return extended(corridor, "calendar", **row, **cells)


def test_driving_ban__keeps_lorries_from_driving_at_night() -> None:
    ban = {"country": "AF", "opens": "22:00", "closes": "05:00", "utc_offset_h": "4.5"}
    model = build_model(Case(with_calendar(tiny_corridor(), "driving_ban", **ban)), days=120).model
    log = played(model)
    driven = hours_of(model, log, "moving", "HEA-TOR")
    assert len(driven) > 50
    local = (driven[:, 0] + 4.5 - 22) % 24
    assert (local >= 7 - 0.001).all()
    assert (local + driven[:, 1] - driven[:, 0] <= 24.001).all()
    waited = hours_of(model, log, "night_ban", "HEA-TOR")
    assert len(waited) > 5
    assert (np.diff(waited) <= 7.001).all()


def test_driving_ban__holds_on_its_days_only() -> None:
    """1 January 2025 is a Wednesday; 02:00 on Sunday in Kabul is still Saturday in UTC."""
    ban = {"country": "AF", "opens": "02:00", "closes": "", "utc_offset_h": "4.5", "days": "sun"}
    model = build_model(Case(with_calendar(tiny_corridor(), "driving_ban", **ban)), days=360).model
    assert model.rules.ban_days.tolist() == [1 << 3]
    log = played(model)
    driven = hours_of(model, log, "moving", "HEA-TOR") + 4.5 - 4 * 24
    assert len(driven) > 150
    start, end = (driven % 168).T
    assert ((start >= 24 - 0.001) | (start <= 2)).all()
    assert ((end > 24) | (end <= 2.001)).all()
    assert (start < 24.01).any()
    waited = np.diff(hours_of(model, log, "night_ban", "HEA-TOR"))
    assert 21 < waited.max() <= 22.001


def test_driving_ban__without_hours_is_of_the_whole_day() -> None:
    ban = {"country": "AF", "opens": "", "closes": "", "utc_offset_h": "0", "days": "sun"}
    rules = build_model(Case(with_calendar(tiny_corridor(), "driving_ban", **ban))).model.rules
    assert (rules.ban_from_h.tolist(), rules.ban_until_h.tolist()) == ([0.0], [0.0])
    assert rules.ban_days.tolist() == [1 << 4]


def test_driving_ban__of_several_rows_holds_on_all_their_days() -> None:
    ban = {"country": "AF", "opens": "22:00", "closes": "05:00", "utc_offset_h": "0"}
    corridor = with_calendar(tiny_corridor(), "driving_ban", **ban, days="wed")
    more = {"calendar_id": "E", "row": "1", "name": "more", "kind": "driving_ban"} | ban
    rules = build_model(Case(extended(corridor, "calendar", **more, days="thu;fri"))).model.rules
    assert rules.ban_days.tolist() == [0b111]
    with pytest.raises(InputError, match="second ban, at other hours, in AF"):
        build_model(Case(extended(corridor, "calendar", **more | {"opens": "20:00"})))


def test_driving_ban__stands_beside_the_driver_rule_of_all_countries() -> None:
    corridor = extended(
        tiny_corridor(),
        "calendar",
        calendar_id="D",
        row="1",
        name="one driver",
        kind="driver_hours",
        driving_h="9",
        rest_h="11",
    )
    ban = {"country": "TM", "opens": "20:00", "closes": "06:00", "utc_offset_h": "5"}
    rules = build_model(Case(with_calendar(corridor, "driving_ban", **ban))).model.rules
    assert rules.driving_h.tolist() == [9.0, 9.0]
    assert rules.ban_from_h.tolist() == pytest.approx([np.nan, 15.0], nan_ok=True)
    assert rules.ban_until_h.tolist() == pytest.approx([np.nan, 1.0], nan_ok=True)


def test_convoys__leave_a_post_together() -> None:
    corridor = with_calendar(
        tiny_corridor(), "departures", days="daily", opens="08:00", utc_offset_h="4.5"
    )
    corridor = changed(corridor, "procedure", TOR_OUT, calendar_id="C")
    model = build_model(Case(corridor), days=120).model
    begun = hours_of(model, played(model), "clearance", "TOR")
    out = begun[np.abs((begun[:, 0] - 3.5) % 24) < 0.02]
    assert len(out) > 10
    network = compile_network(corridor, cargo="truck")
    before = compile_network(tiny_corridor(), cargo="truck")
    assert network.arrays.cost.sum() > before.arrays.cost.sum()


def test_priority__is_as_described_or_that_of_cooled_goods() -> None:
    model = build_model(Case(changed(tiny_corridor(), "cargo_class", 2, refrigerated="yes"))).model
    of_class = dict(zip(model.class_names, model.class_priority.tolist(), strict=True))
    assert of_class == {"truck": 0, "box": 1, "background": 1}
    model = build_model(Case(changed(tiny_corridor(), "cargo_class", 3, priority="0"))).model
    of_class = dict(zip(model.class_names, model.class_priority.tolist(), strict=True))
    assert of_class == {"truck": 1, "box": 0, "background": 1}


def test_yard__is_as_described() -> None:
    corridor = changed(tiny_corridor(), "procedure", 5, yard="7")
    model = build_model(Case(corridor)).model
    yard = dict(zip(model.station_names, model.stations.yard.tolist(), strict=True))
    assert yard["SER-TOR road inbound"] == 7
    assert yard["TOR-SER road outbound"] == -1


def test_empirical__times_are_those_observed_scaled_to_the_mean() -> None:
    cells = {"distribution": "empirical", "values_h": "1;2;3;10", "mean_h": "8"}
    model = build_model(Case(changed(tiny_corridor(), "procedure", TOR_OUT, **cells))).model
    moments = [table_moments(table) for table in model.quantiles]
    assert any(
        mean == pytest.approx(1) and second == pytest.approx(114 / 4 / 16, rel=1e-3)
        for mean, second in moments
    )
    one = cells | {"values_h": "0"}
    with pytest.raises(InputError, match="at least two observed times"):
        build_model(Case(changed(tiny_corridor(), "procedure", TOR_OUT, **one)))


def test_transfer__has_its_opening_hours() -> None:
    hours = {"days": "daily", "opens": "06:00", "closes": "18:00"}
    corridor = with_calendar(tiny_corridor(), "opening_hours", **hours)
    model = build_model(Case(changed(corridor, "transfer", 2, calendar_id="C")), days=60).model
    assert "SER both SER-rail" in model.station_names
    begun = hours_of(model, played(model), "transfer", "SER")
    assert len(begun)
    assert ((begun[:, 0] % 24 >= 6 - 0.001) & (begun[:, 0] % 24 < 18)).all()


def test_lane_metres__are_shared_by_lorries_of_different_length() -> None:
    corridor = by_sea(lane_m="180", capacity="10")
    model = build_model(Case(changed(corridor, "cargo_class", 2, lane_m="24"))).model
    assert model.lines.capacity.tolist() == [180.0, 180.0]
    aboard = model.steps.units[model.steps.kind == 3]
    assert sorted(set(aboard.tolist())) == [18.0, 24.0]  # background and described lorries
    assert build_model(Case(by_sea())).model.lines.capacity.tolist() == [10.0, 10.0]


def test_loading_rates__make_a_fuller_ship_stay_longer() -> None:
    corridor = by_sea(loading_per_h="5", unloading_per_h="4", max_wait_h="6", vessels="9")
    model = build_model(Case(corridor), days=60).model
    log = played(model)
    line = lines_at(corridor)["F", "SER", "BAK"]
    assert line.vessel_h == 15 + 3 + 2 + 10 / 5 + 10 / 4
    loaded = np.diff(hours_of(model, log, "loading", "SER-BAK")).round(3)
    assert len(set(loaded.ravel().tolist())) > 3
    assert ((loaded >= 3.2 - 0.001) & (loaded <= 5.001)).all()
    aboard = (loaded - 3) * 5
    assert np.abs(aboard - aboard.round()).max() < 0.01


@pytest.mark.parametrize(("effect", "left"), [("0.5", []), ("0.8", []), ("0.2", [0.4])])
def test_draught__of_most_of_the_year_is_not_taken_twice(effect: str, left: list[float]) -> None:
    works = {"service_id": "F", "reason": "works", "closure_id": "W", "kind": "dated"}
    corridor = extended(
        by_sea(),
        "closure",
        **works,
        effect="0.5",
        start_date="2025-01",
        end_date="2025-09",
    )
    often = {"events_per_year": "2", "mean_duration_h": "99", "effect": effect}
    low = works | {"closure_id": "L", "kind": "random"}
    corridor = extended(corridor, "closure", **low, **often)
    model = build_model(Case(corridor, as_of="2025-02-01")).model
    assert model.lines.capacity.tolist() == [5.0, 5.0]
    assert model.gates.left[model.lines.loss].tolist() == left * 2


def test_draught__cuts_the_capacity_while_it_lasts() -> None:
    low = {"closure_id": "L", "kind": "dated", "service_id": "F", "effect": "0.5"}
    corridor = extended(
        by_sea(max_wait_h="2000"),
        "closure",
        **low,
        start_date="2025-02-01",
        end_date="2025-02-28",
        reason="low water",
    )
    model = build_model(Case(corridor, as_of="2025-02-01"), days=90).model
    start = 31 * 24.0
    first, cut = capacity_times(model, *closed_times(model, np.zeros(1, np.uint32), make_key(1, 0)))
    assert first.tolist() == [0, 2, 4]
    assert cut.tolist() == [(start, 5.0), (start + 28 * 24, 10.0)] * 2
    log = played(model)
    sailed = hours_of(model, log, "sailing", "SER-BAK")
    departures, size = np.unique(sailed, axis=0, return_counts=True)
    during = (departures[:, 0] > start + 72) & (departures[:, 0] < start + 28 * 24)
    assert during.sum() > 20
    assert size[during].max() == 5
    assert size[departures[:, 0] < start].max() == 10


def test_assumptions__are_read_from_the_table_of_parameters() -> None:
    corridor = tiny_corridor()
    for name, value in {"patience_h": 12, "weekday-sun": 0, "channel-green": 0.5}.items():
        row = {"parameter_id": name, "topic": "simulation", "value": str(value), "unit": "1"}
        corridor = extended(corridor, "parameter", **row, meaning="of this test")
    found = CaseParameters.of(corridor)
    assert (found.patience_h, found.weekdays[6], found.channels.green) == (12.0, 0.0, 0.5)
    assert found.weekdays[0] == 1.0
    sources = build_model(Case(corridor)).model.sources
    hours = sources.rate_time_h[: sources.first_rate[1]]
    total = sources.rate_total[: sources.first_rate[1]]
    rates = np.diff(total) / np.diff(hours)
    assert rates[4] == 0  # 5 January 2025 is a Sunday
    assert (rates[:4] > 0).all()


@pytest.mark.parametrize("direction", ["both", "inbound", "outbound"])
def test_weighbridge__is_passed_once_by_route_flow_and_simulated_lorry(direction: str) -> None:
    """1.5 h and 5 USD at Torghundi on the way from Herat, in every engine and once in the log."""
    row = {"procedure_id": "w", "node_id": "TOR", "mode": "road", "direction": direction}
    row |= {"activity": "weighing", "mean_h": "1.5", "cv": "0", "fee_usd": "5", "servers": "500"}
    with_bridge = Case(extended(tiny_corridor(), "procedure", **row))
    without_bridge = Case(tiny_corridor())
    here, there = (find_routes(case, "HEA", "SER")[0] for case in (with_bridge, without_bridge))
    assert here.time_h - there.time_h == pytest.approx(1.5)
    assert here.cost_usd - there.cost_usd == pytest.approx(5)
    time = [
        assign_flows(one).tables["flows"].column("time_h") for one in (with_bridge, without_bridge)
    ]
    assert np.subtract(*np.array(time, dtype=float)) == pytest.approx([1.5, 1.5])
    model = build_model(with_bridge, days=60).model
    log = played(model)
    weighed = log.activity == model.activity_names.index("weighing")
    journeys, times = np.unique(log.journey[weighed], return_counts=True)
    assert len(journeys) > 40
    assert set(times.tolist()) == {1}
