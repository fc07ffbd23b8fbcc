"""Choosing among routes whose criteria are stated: orders, shortlists, weights, constraints."""

from collections.abc import Sequence

import numpy as np
import pytest
from tests.routes.hand import Way, network_of

from lajvard.errors import InputError
from lajvard.network import CompiledNetwork
from lajvard.network.arrays import Shut
from lajvard.routes import NoRoute, Route, Weights, best_route, find_routes, od_table, one_to_all
from lajvard.routes.find import RouteSet
from lajvard.routes.query import constrained, parse_constraint, touched


def parallel(*points: tuple[float, ...]) -> CompiledNetwork:
    """From A to Z by as many ways, each over a place of its own; criteria of the first half."""
    ways = []
    for number, point in enumerate(points):
        place = f"P{number}"
        ways += [Way("A", place, *point), Way(place, "Z", 0, 0)]
    return network_of(*ways)


def over(route: Route) -> str:
    """The place that a route is named after here."""
    return route.places[1].removeprefix("Place ")


def names(routes: Sequence[Route]) -> list[str]:
    return [over(route) for route in routes]


# ---------------------------------------------------------------- sets and lists

FRONT = parallel((10, 100), (20, 80), (21, 79), (40, 50), (90, 20), (100, 10))
"""Time and cost: none is beaten by another."""


def chosen(count: int, network: CompiledNetwork = FRONT, **asked: object) -> list[str]:
    criteria = {"criteria": ["time", "cost"]} | asked
    return names(find_routes(network, "A", "Z", **criteria).shortlist(count))  # type: ignore[arg-type]


def test_find_routes__the_front_is_in_the_order_of_time_then_cost() -> None:
    routes = find_routes(FRONT, "A", "Z", criteria=["time", "cost"])
    assert names(routes) == ["P0", "P1", "P2", "P3", "P4", "P5"]
    beaten = parallel((10, 100), (10, 99), (11, 99), (9, 200))
    assert names(find_routes(beaten, "A", "Z", criteria=["time", "cost"])) == ["P3", "P1"]
    tied = parallel((10, 100, 1), (10, 99, 2))
    assert names(find_routes(tied, "A", "Z", criteria=["time", "cost", "emission"])) == ["P1", "P0"]


def test_shortlist__takes_the_best_of_each_then_the_farthest() -> None:
    # scaled to 0 … 1 (span 90 each): the ends first; then (40, 50) is 0.65 from both ends, while
    # (20, 80) is 0.25 from the fastest and (90, 20) 0.16 from the cheapest; then (20, 80) again
    # is before (21, 79): 0.25 from the fastest and 0.40 from (40, 50); 0.26 and 0.39
    assert chosen(2) == ["P0", "P5"]
    assert chosen(3) == ["P0", "P3", "P5"]
    assert chosen(4) == ["P0", "P2", "P3", "P5"]
    assert chosen(6) == chosen(60) == ["P0", "P1", "P2", "P3", "P4", "P5"]
    assert chosen(1) == ["P0"]


def test_shortlist__scales_each_criterion_to_its_range() -> None:
    # hours 0 … 10, USD 0 … 1000: in unscaled numbers only USD would count, and P2 come third
    network = parallel((0, 1000), (4, 400), (1, 650), (10, 0))
    # scaled: P1 (0.4, 0.4) is 0.72 from each end, P2 (0.1, 0.65) only 0.36
    assert chosen(3, network) == ["P0", "P1", "P3"]


def test_shortlist__of_the_k_best_looks_at_time_and_cost() -> None:
    assert chosen(2, k=6, criteria=["risk"]) == ["P0", "P5"]
    fast = find_routes(FRONT, "A", "Z", k=6, weights=Weights(value_of_time_usd_h=0))
    assert names(fast) == ["P5", "P4", "P3", "P2", "P1", "P0"]
    assert names(fast.shortlist(6)) == ["P0", "P1", "P2", "P3", "P4", "P5"]


def test_shortlist__the_same_value_of_all_does_not_divide_by_zero() -> None:
    network = parallel((10, 5), (20, 5), (40, 5))
    routes = tuple(find_routes(network, "A", "Z", k=3))
    same_cost = RouteSet(routes, "A", "Z", ("time", "cost"))
    assert names(same_cost.shortlist(2)) == ["P0", "P2"]


def test_best__by_a_criterion_then_time_then_cost() -> None:
    values = [(10, 9, 5, 4, 0.1), (12, 7, 1, 9, 0.2), (15, 4, 3, 1, 0.3), (20, 6, 6, 9, 0.05)]
    routes = find_routes(parallel(*values), "A", "Z")
    best = {name: over(routes.best(name)) for name in ("time", "cost", "emission", "sd", "risk")}
    assert best == {"time": "P0", "cost": "P2", "emission": "P1", "sd": "P2", "risk": "P3"}
    tied = RouteSet(tuple(find_routes(parallel((3, 5), (2, 5), (2, 6)), "A", "Z", k=3)), "", "", ())
    assert over(tied.best("cost")) == "P1"
    turned = RouteSet(tuple(reversed(tied)), "", "", ())
    assert over(turned.best("time")) == "P1"
    with pytest.raises(InputError, match=r"unknown criterion 'price'\. Choose of time, cost"):
        tied.best("price")


def test_route_set__is_a_sequence() -> None:
    routes = find_routes(FRONT, "A", "Z", criteria=["time", "cost", "time"])
    assert (len(routes), routes.criteria) == (6, ("time", "cost"))
    assert over(routes[1]) == "P1"
    assert names(routes[1:3]) == ["P1", "P2"]
    assert repr(routes) == "RouteSet(Place A - Place Z: 6 routes)"
    assert find_routes(FRONT, "A", "Z", k=2).criteria == ()


# ---------------------------------------------------------------- weights


def test_weights__make_usd_of_every_criterion() -> None:
    found = Weights(7, carbon_price_usd_t=50, variance_usd_h2=2, risk_usd=300).of(FRONT)
    assert found.tolist() == [7, 1, 0.05, 2, 300]
    assert Weights().of(FRONT).tolist() == [10, 1, 0, 0, 0]  # 10 USD/h is that of the cargo
    assert Weights(0.0).of(FRONT).tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_weights__are_not_negative(wrong: float) -> None:
    with pytest.raises(InputError, match="Give weights >= 0"):
        Weights(risk_usd=wrong).of(FRONT)


def test_k_best__are_in_the_order_of_the_generalised_cost() -> None:
    # 10 USD/h: 200, 280, 289, 450, 920, 1010
    assert names(find_routes(FRONT, "A", "Z", k=3)) == ["P0", "P1", "P2"]
    # 0.5 USD/h: 105, 90, 89.5, 70, 65, 60
    cheap = Weights(value_of_time_usd_h=0.5)
    assert names(find_routes(FRONT, "A", "Z", k=4, weights=cheap)) == ["P5", "P4", "P3", "P2"]
    best = best_route(FRONT, "A", "Z", weights=cheap)
    assert best is not None
    assert over(best) == "P5"
    assert len(find_routes(FRONT, "A", "Z", k=1)) == 1
    assert len(find_routes(FRONT, "A", "Z", k=99)) == 6


@pytest.mark.parametrize(
    ("weights", "first"),
    [
        (Weights(1), "P0"),
        (Weights(1, carbon_price_usd_t=1000), "P1"),
        (Weights(1, variance_usd_h2=1), "P2"),
        (Weights(1, risk_usd=1000), "P3"),
    ],
)
def test_k_best__each_weight_counts(weights: Weights, first: str) -> None:
    values = [(1, 0, 90, 90, 0.9), (2, 0, 1, 90, 0.9), (3, 0, 90, 1, 0.9), (4, 0, 90, 90, 0.1)]
    assert over(find_routes(parallel(*values), "A", "Z", k=1, weights=weights)[0]) == first


# ---------------------------------------------------------------- one to all


def test_one_to_all_and_od_table__are_least_times_or_costs() -> None:
    network = network_of(
        Way("A", "B", 1, 100), Way("B", "C", 2, 100), Way("A", "C", 5, 10), Way("D", "A", 1, 1)
    )
    assert one_to_all(network, "A") == {"A": 0, "B": 1, "C": 3}
    # 10 USD/h: 110; 60 instead of 230
    assert one_to_all(network, "A", weights=Weights()) == {"A": 0, "B": 110, "C": 60}
    assert od_table(network, ["A", "B"], ["C", "D"]).tolist() == [[3, np.inf], [2, np.inf]]
    assert od_table(network, ["D"], ["C"], weights=Weights()).tolist() == [[71]]


def test_one_to_all__takes_the_best_of_all_modes_at_a_place() -> None:
    network = network_of(Way("A", "B", 5), Way("A", "B", 3, mode="sea"))
    assert one_to_all(network, "A") == {"A": 0, "B": 3}


# ---------------------------------------------------------------- constraints

GRID = network_of(
    Way("A", "B", 1),
    Way("B", "C", 1),
    Way("A", "D", 3),
    Way("D", "C", 3),
    Way("A", "C", 10, mode="sea"),
    countries={"B": "TM", "D": "UZ", "C": "AZ"},
)
"""A to C: over B (2 h), over D (6 h), by sea (10 h)."""


def hours(via: Sequence[str] = (), avoid: Sequence[str] = ()) -> float:
    return find_routes(GRID, "A", "C", criteria=["time"], via=via, avoid=avoid)[0].time_h


def test_constraints__by_place_country_mode_and_link() -> None:
    assert hours() == 2
    assert hours(via=["D"]) == hours(via=["UZ"]) == hours(via=["A-D"]) == hours(avoid=["B"]) == 6
    assert hours(avoid=["TM"]) == hours(avoid=["link:B-C"]) == 6
    assert hours(via=["sea"]) == hours(avoid=["mode:road"]) == hours(avoid=["B", "D"]) == 10
    assert hours(via=["A"]) == hours(via=["AF"]) == 2  # where it starts


def test_parse_constraint__says_what_a_word_is() -> None:
    assert str(parse_constraint(GRID, "via", "TM")) == "via country TM"
    assert str(parse_constraint(GRID, "avoid", "Place B")) == "avoid Place B"
    assert str(parse_constraint(GRID, "avoid", "mode:sea")) == "avoid mode sea"
    assert parse_constraint(GRID, "via", "node:B").kind == "node"
    with pytest.raises(InputError, match="nothing is called 'mode:ship'"):
        parse_constraint(GRID, "via", "mode:ship")


def test_touched__both_ends_of_a_move() -> None:
    moves = touched(GRID, parse_constraint(GRID, "avoid", "B"))
    assert {GRID.move_ends[ix] for ix in np.flatnonzero(moves)} == {("A", "B"), ("B", "C")}
    for number, link in enumerate(GRID.link_ids):
        by_link = touched(GRID, parse_constraint(GRID, "avoid", f"link:{link}"))
        assert np.flatnonzero(by_link).tolist() == [number]


def test_constrained__at_most_eight_things_to_pass() -> None:
    words = ["B", "TM", "C", "AZ", "D", "UZ", "mode:road", "mode:sea", "link:A-B"]
    vias = [parse_constraint(GRID, "via", word) for word in words]
    ends = (GRID.node_ix("A"), GRID.node_ix("C"))
    assert len(constrained(GRID, *ends, vias[:8], [0]).first_move) == 256 * 6 + 1
    with pytest.raises(InputError, match="9 things to pass"):
        constrained(GRID, *ends, vias, [0])


def test_no_route__says_which_constraint_closed_the_last_one() -> None:
    with pytest.raises(NoRoute) as caught:
        hours(avoid=["B", "D", "sea"])
    assert caught.value.what == "no route for lorry (truck): 'avoid mode sea' closed the last one"
    alone = [str(one) for one in caught.value.alone]
    assert alone == ["avoid Place B", "avoid Place D", "avoid mode sea"]
    assert caught.value.remedy.startswith("One of these given up opens one: avoid Place B, ")


def test_no_route__one_constraint_alone() -> None:
    with pytest.raises(NoRoute) as caught:
        hours(avoid=["B", "AZ", "sea"])
    assert caught.value.what.endswith("'avoid country AZ' closed the last one")
    assert caught.value.remedy == "There is one without it (with avoid Place B)."
    assert [str(one) for one in caught.value.alone] == ["avoid country AZ"]


def test_no_route__against_one_way_moves() -> None:
    assert best_route(GRID, "C", "A") is None
    with pytest.raises(NoRoute) as caught:
        find_routes(GRID, "C", "A")
    assert caught.value.what == "no route for lorry (truck) on what operates"
    assert caught.value.remedy == "Try another cargo class or date."
    shut = (Shut("c", "B-A", "dispute", "2025-02"),)
    closed = network_of(Way("A", "B"), shut=shut)
    with pytest.raises(NoRoute) as caught:
        find_routes(closed, "B", "A")
    assert caught.value.remedy == "Closed on 2025-03-01: B-A since 2025-02 (dispute)."
