"""Finding routes under constraints, and saying honestly why there is none."""

from collections.abc import Sequence

import numpy as np
import pytest
from tests.tiny import extended, tiny_corridor

from lajvard.corridor import built_in
from lajvard.errors import InputError, exit_code
from lajvard.network import CompiledNetwork, compile_network
from lajvard.routes import NoRoute, Weights, find_routes, od_table, one_to_all


@pytest.fixture(scope="module")
def network() -> CompiledNetwork:
    """The built-in corridor as a lorry sees it."""
    return compile_network(built_in())


def test_find_routes__gives_a_front_without_dominated_routes(network: CompiledNetwork) -> None:
    routes = find_routes(network, "AFHEA", "TRIST")
    points = np.array(
        [[r.time_h, r.cost_usd, r.emission_kgco2e, r.time_sd_h, r.risk] for r in routes]
    )
    for point in points:
        better = (points <= point).all(axis=1) & (points < point).any(axis=1)
        assert not better.any()


def test_find_routes__by_one_criterion_is_the_least(network: CompiledNetwork) -> None:
    hours = one_to_all(network, "AFHEA")
    [route] = find_routes(network, "AFHEA", "TRIST", criteria=["time"])
    assert route.time_h == pytest.approx(hours["TRIST"])


def test_find_routes__gives_k_in_order(network: CompiledNetwork) -> None:
    weights = Weights(value_of_time_usd_h=10)
    routes = find_routes(network, "AFHEA", "TRIST", k=8, weights=weights)
    costs = [route.cost_usd + 10 * route.time_h for route in routes]
    assert len(routes) == 8
    assert costs == sorted(costs)
    assert len({route.moves for route in routes}) == 8
    for route in routes:
        assert len(route.node_ixs) == len(set(route.node_ixs))


def test_find_routes__passes_and_avoids(network: CompiledNetwork) -> None:
    for route in find_routes(
        network, "AFHEA", "TRIST", criteria=["time", "cost"], via=["AZALT", "sea"], avoid=["IR"]
    ):
        assert "Alat (Port of Baku)" in route.places
        assert "sea" in route.modes
        assert "IR" not in route.countries


@pytest.mark.parametrize("via", [["AZALT"], ["AZALT", "GETBS"], ["mode:sea", "country:TM"]])
def test_find_routes__under_via_are_found_without_it_too(
    network: CompiledNetwork, via: list[str]
) -> None:
    free = find_routes(network, "AFHEA", "TRIST", criteria=["time"])[0]
    forced = find_routes(network, "AFHEA", "TRIST", criteria=["time"], via=via)[0]
    assert forced.time_h >= free.time_h - 1e-9


def test_find_routes__from_a_place_to_itself(network: CompiledNetwork) -> None:
    [route] = find_routes(network, "AFHEA", "AFHEA")
    assert route.moves == ()
    assert route.time_h == 0


def test_find_routes__names_the_constraint_that_closed_the_last(network: CompiledNetwork) -> None:
    with pytest.raises(NoRoute) as caught:
        find_routes(network, "AFHEA", "TRIST", avoid=["IR", "GE", "RU"], via=["AZALT"])
    assert "'avoid country GE' closed the last one" in str(caught.value)
    assert exit_code(caught.value) == 3


def test_find_routes__names_every_constraint_that_alone_closes(network: CompiledNetwork) -> None:
    avoid = ["TM", "IR", "PK", "UZ"]
    with pytest.raises(NoRoute) as caught:
        find_routes(network, "AFHEA", "TRIST", avoid=avoid)
    alone = [constraint.what for constraint in caught.value.alone]
    assert 1 < len(alone) < len(avoid)
    for what in avoid:
        rest = [other for other in avoid if other != what]
        if what in alone:
            assert find_routes(network, "AFHEA", "TRIST", avoid=rest, k=1)
        else:
            with pytest.raises(NoRoute):
                find_routes(network, "AFHEA", "TRIST", avoid=rest, k=1)


def test_find_routes__says_when_nothing_operates_there() -> None:
    lonely = extended(
        tiny_corridor(),
        "node",
        node_id="FAR",
        name="Far",
        country="TM",
        x_coord="60",
        y_coord="38",
        node_type="city",
    )
    with pytest.raises(NoRoute, match="nothing that operates reaches Far"):
        find_routes(compile_network(lonely), "HEA", "FAR")


def test_find_routes__names_what_was_closed_that_day() -> None:
    closed = {"closure_id": "c", "kind": "dated", "node_id": "TOR", "other_node_id": "SER"}
    dates = {"start_date": "2025-02-21", "end_date": "2025-03-18", "effect": "0"}
    corridor = extended(tiny_corridor(), "closure", reason="dispute", **closed, **dates)
    network = compile_network(corridor, cargo="box", as_of="2025-03-01")
    with pytest.raises(NoRoute, match="Closed on 2025-03-01: TOR since 2025-02-21"):
        find_routes(network, "HEA", "MAR")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"criteria": ["times"]}, "Did you mean 'time'"),
        ({"criteria": []}, "no criterion"),
        ({"k": 0}, "Ask for at least one"),
        ({"avoid": ["Heratt"]}, "Did you mean 'Herat'"),
        ({"avoid": ["Turkmenbashy"]}, "Did you mean 'Turkmenbashi'"),
        ({"via": ["Alat"]}, "'Alat' is the name of several. Choose: UZOLT"),
        ({"weights": Weights(value_of_time_usd_h=-1), "k": 1}, "negative weight"),
    ],
)
def test_find_routes__explains_wrong_words(
    network: CompiledNetwork, words: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        find_routes(network, "AFHEA", "TRIST", **words)  # type: ignore[arg-type]


def test_shortlist__holds_the_best_of_each(network: CompiledNetwork) -> None:
    routes = find_routes(network, "AFHEA", "TRIST")
    short = routes.shortlist(6)
    assert len(short) == min(6, len(routes))
    assert routes.best("time").time_h == short[0].time_h
    assert min(r.cost_usd for r in short) == routes.best("cost").cost_usd


def test_od_table__agrees_with_single_searches(network: CompiledNetwork) -> None:
    origins, destinations = ["AFHEA", "UZTAS"], ["TRIST", "AZBAK", "PKKHI"]
    table = od_table(network, origins, destinations)
    for row, origin in enumerate(origins):
        hours = one_to_all(network, origin)
        assert table[row].tolist() == pytest.approx([hours[place] for place in destinations])
    assert od_table(network, ["AFHEA"], ["AFHEA"])[0, 0] == 0.0


def test_repr__counts_routes_and_names_constraints(network: CompiledNetwork) -> None:
    found = find_routes(network, "Herat", "Istanbul", k=2, avoid=["IR"])
    assert repr(found) == "RouteSet(Herat - Istanbul: 2 routes, avoid country IR)"


def test_find_routes__passes_and_avoids_a_service_and_a_link(network: CompiledNetwork) -> None:
    def ways(via: Sequence[str] = (), avoid: Sequence[str] = ()) -> list[set[str]]:
        found = find_routes(network, "Herat", "Istanbul", criteria=["time"], via=via, avoid=avoid)
        return [{step.ref for step in route.steps} for route in found]

    ferry, road = "TMKRW-AZALT-lorry-tm", "AFHEA-AFTGD-road"
    assert all(ferry in refs for refs in ways(via=[ferry]))
    assert all(ferry not in refs for refs in ways(via=["AZALT", "TM"], avoid=["IR", ferry]))
    assert all(road in refs for refs in ways(via=[f"link:{road}"]))
    assert all(road not in refs for refs in ways(avoid=[road]))
