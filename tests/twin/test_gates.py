"""Closures as gates, and the ways around them."""

from typing import Any

import numpy as np
import pytest
from tests.case.test_choice import two_ways
from tests.tiny import changed, extended, scenario_of, tiny_corridor, with_traffic

from lajvard.case import Case
from lajvard.case.choice import Choice, choice_set
from lajvard.case.closures import gates_of, gates_of_services
from lajvard.case.demand import flows_of
from lajvard.case.parameters import CaseParameters
from lajvard.case.posts import PostCalibration
from lajvard.corridor import Corridor
from lajvard.network import compile_network
from lajvard.network.closures import read_closures
from lajvard.simulation.model import Model
from lajvard.twin.compile import build_model
from lajvard.twin.gates import met_by_moves

PAIR = {"node_id": "TOR", "other_node_id": "SER", "reason": "storm", "effect": "0"}
RANDOM = {**PAIR, "closure_id": "C1", "kind": "random"}
DATED = {**PAIR, "closure_id": "C2", "kind": "dated"}


def test_gates_of__starts_as_often_as_described() -> None:
    corridor = extended(
        tiny_corridor(),
        "closure",
        **RANDOM,
        events_per_year="4",
        mean_duration_h="48",
        months="1;2",
    )
    (gate,) = gates_of(read_closures(corridor), 2025, dated=False)
    season = (31 + 28) * 24
    assert gate.rate_per_h * (season - 4 * 48) == pytest.approx(4)
    assert gate.months == 0b11


def test_gates_of__places_dated_closures_in_the_year() -> None:
    corridor = extended(
        tiny_corridor(), "closure", **DATED, start_date="2024-12-30", end_date="2025-01-02"
    )
    (gate,) = gates_of(read_closures(corridor), 2025, dated=True)
    assert gate.dated_h == ((0.0, 48.0),)
    assert gates_of(read_closures(corridor), 2026, dated=True) == ()
    assert gates_of(read_closures(corridor), 2025, dated=False) == ()


def test_gates_of__counts_dated_closures_against_the_random_ones() -> None:
    corridor = extended(
        tiny_corridor(), "closure", **RANDOM, events_per_year="1", mean_duration_h="48"
    )
    corridor = extended(
        corridor, "closure", **DATED, start_date="2025-03-01", end_date="2025-03-02"
    )
    (gate,) = gates_of(read_closures(corridor), 2025, dated=True)
    assert gate.dated_h
    assert gate.rate_per_h == 0
    assert gate.per_year == 1
    assert gates_of(read_closures(corridor), 2024, dated=True)[0].rate_per_h > 0


def test_gates_of__knows_what_is_left() -> None:
    half = {**DATED, "effect": "0.5", "start_date": "2025-02-01", "end_date": "2025-02-01"}
    corridor = extended(tiny_corridor(), "closure", **half)
    snow = {**RANDOM, "effect": "0.2", "events_per_year": "3", "mean_duration_h": "48"}
    corridor = extended(corridor, "closure", **snow, months="1;12")
    snow_falls, works = gates_of(read_closures(corridor), 2025, dated=True)
    assert (works.left, works.dated_h, works.rate_per_h) == (0.5, ((31 * 24.0, 32 * 24.0),), 0)
    assert (snow_falls.left, snow_falls.months) == (0.2, 1 << 11 | 1)
    assert snow_falls.rate_per_h * (62 * 24 - 3 * 48) == pytest.approx(3)


@pytest.mark.parametrize("year", [2024, 2025])
def test_gates_of__passes_over_what_is_usual(year: int) -> None:
    """Half of a year at half of the servers is what the described times were seen at."""
    half = {**DATED, "effect": "0.5", "start_date": "2024-12", "end_date": "2025-06"}
    corridor = extended(tiny_corridor(), "closure", **half)
    often = {**RANDOM, "effect": "0.5", "events_per_year": "9", "mean_duration_h": "300"}
    assert len(gates_of(read_closures(corridor), year, dated=True)) == (year == 2024)
    assert (
        gates_of(read_closures(extended(tiny_corridor(), "closure", **often)), year, dated=True)
        == ()
    )


def busy(**closure: str) -> Corridor:
    """The tiny corridor with 450 lorries a day each way, and a closure of the road at a border."""
    corridor = with_traffic(tiny_corridor(), "900")
    return extended(corridor, "closure", **RANDOM | closure, mode="road") if closure else corridor


SNOW = {"effect": "0.3", "events_per_year": "2", "mean_duration_h": "48"}
LONG_SNOW = {"effect": "0.05", "events_per_year": "2", "mean_duration_h": "600"}


def posts_of(corridor: Corridor, **options: Any) -> dict[str, PostCalibration]:
    posts = build_model(Case(corridor, year=2025, **options)).posts
    return {post.post: post for post in posts if post.mode == "road"}


def meets(model: Model) -> dict[str, int]:
    """How many gates take servers of each station on the road."""
    counts = np.diff(model.stations.first_gate).tolist()
    pairs = zip(model.station_names, counts, strict=True)
    return {name: count for name, count in pairs if " road " in name}


def test_build_model__takes_servers_from_the_post_that_holds_back_the_others() -> None:
    assert set(meets(build_model(Case(busy(**SNOW), year=2025)).model).values()) == {0, 1}
    for name, count in meets(build_model(Case(busy(**SNOW), year=2025)).model).items():
        assert count == ("outbound" in name)
    quiet = extended(tiny_corridor(), "closure", **RANDOM | SNOW, mode="road")
    assert set(meets(build_model(Case(quiet, year=2025)).model).values()) == {1}


def test_build_model__finds_what_gives_the_described_times_with_the_snow() -> None:
    """The second post is as quick as the first, or those held back would wait there again."""
    before, after = posts_of(busy()), posts_of(busy(**SNOW))
    assert len(after) == 4
    for name, post in after.items():
        assert post.predicted_h == pytest.approx(post.target_h, rel=1e-4)
        assert post.utilisation <= 0.8
        if post.direction == "inbound":
            ahead = after[f"{post.other_node_id}-{post.node_id} road outbound"]
            assert post.utilisation <= ahead.utilisation + 1e-9
        else:
            assert post.queue_h > before[name].queue_h


@pytest.mark.parametrize("snow", [SNOW, LONG_SNOW])
def test_build_model__of_a_scenario_keeps_what_posts_can_do_in_the_snow(
    snow: dict[str, str],
) -> None:
    usual = busy(**snow)
    same = changed(usual, "demand", 2, note="in other words")
    assert posts_of(usual, scenario=scenario_of(usual, same)) == posts_of(usual)
    without = usual.with_table(usual["closure"].with_rows([]))
    clear = posts_of(usual, scenario=scenario_of(usual, without))
    for name, post in posts_of(usual).items():
        assert (clear[name].servers, clear[name].service_h) == (post.servers, post.service_h)
        assert clear[name].queue_h < post.queue_h or post.direction == "inbound"


def test_build_model__keeps_the_described_time_of_a_second_post_with_described_servers() -> None:
    ser_in = 5
    corridor = changed(busy(**SNOW), "procedure", ser_in, servers="300")
    (post,) = [post for post in posts_of(corridor).values() if post.servers == 300]
    assert post.direction == "inbound"
    assert post.predicted_h == pytest.approx(post.target_h, rel=1e-4)


def test_build_model__finds_the_same_posts_in_a_year_with_known_snow() -> None:
    dated = {**DATED, "effect": "0.3", "mode": "road", "start_date": "2025-01-05"}
    known = extended(busy(**SNOW), "closure", **dated, end_date="2025-01-09")
    assert posts_of(known) == posts_of(busy(**SNOW))


def test_met_by_moves__finds_the_moves_that_agree_with_the_network() -> None:
    corridor = extended(
        tiny_corridor(), "closure", **RANDOM, events_per_year="4", mean_duration_h="48"
    )
    network = compile_network(corridor)
    met = met_by_moves(network, gates_of(read_closures(corridor), 2025, dated=False))
    closed = {
        move
        for move in range(len(network.arrays.move_to))
        if any(step.activity.label == "closure" for step in network.steps_of(move))
    }
    assert set(met) == closed
    assert len(closed) == 2


def test_gates_of_services__puts_the_longest_first() -> None:
    base = {"kind": "random", "service_id": "F", "reason": "storm", "effect": "0"}
    corridor = extended(
        tiny_corridor(), "closure", **base, closure_id="A", events_per_year="1", mean_duration_h="9"
    )
    corridor = extended(
        corridor, "closure", **base, closure_id="B", events_per_year="9", mean_duration_h="9"
    )
    assert gates_of_services(gates_of(read_closures(corridor), 2025, dated=False)) == {
        "F": ("B", "A")
    }


def test_build_model__leads_around_a_closed_border() -> None:
    corridor = extended(two_ways(), "closure", **RANDOM, events_per_year="4", mean_duration_h="480")
    build = build_model(Case(corridor))
    steps, routes = build.model.steps, build.model.routes
    ix = [flow.name for flow in flows_of(corridor)].index("D2")
    first_route = int(build.model.sources.first_route[ix])
    closed = next(
        number
        for number, route in enumerate(build.choices[ix].routes)
        if "Torghundi" in route.places
    )
    first = int(routes.first_step[first_route + closed])
    other = first_route + 1 - closed
    assert steps.gate[first] == 0
    assert steps.patience_h[first] == 48
    assert steps.other_route[first] == other
    assert steps.other_step[first] == routes.first_step[other]
    gated = [
        s
        for s in range(first, int(routes.first_step[first_route + closed + 1]))
        if steps.gate[s] >= 0
    ]
    assert len(gated) == 2
    assert steps.other_route[gated[1]] == -1


def test_build_model__waits_where_there_is_no_other_way() -> None:
    corridor = extended(
        tiny_corridor(), "closure", **RANDOM, events_per_year="4", mean_duration_h="480"
    )
    steps = build_model(Case(corridor)).model.steps
    assert (steps.gate >= 0).sum() == 2
    assert (steps.other_route == -1).all()
    flow = flows_of(corridor)[1]
    assert len(choice_set(compile_network(corridor), flow, Choice()).routes) == 1


def test_build_model__does_not_send_all_to_a_way_that_few_take() -> None:
    corridor = extended(two_ways(), "closure", **RANDOM, events_per_year="4", mean_duration_h="480")
    flow, given = flows_of(corridor)[1], {"D2": (0.05, 0.95)}
    few = build_model(
        Case(corridor, demand=[flow], parameters=CaseParameters(shares=given))
    ).model.steps
    assert (few.other_route == -1).all()
    every = CaseParameters(least_share=0.0, shares=given)
    steps = build_model(Case(corridor, demand=[flow], parameters=every)).model.steps
    assert (steps.other_route >= 0).sum() == 1
