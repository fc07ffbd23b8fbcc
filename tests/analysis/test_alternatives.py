import pytest
from tests.tiny import extended, tiny_corridor, told_to, unchecked

from lajvard.analysis.alternatives import BEST, compare_alternatives, pairs_of
from lajvard.case import Case
from lajvard.corridor import Corridor, built_in

ALTERNATIVES = """
alternative_id,name,via,avoid,status,basis,source_id
rail,By rail (all the way),SER-MAR,,operating,estimate,estimate
same,Through Serhetabat,SER,,operating,estimate,estimate
none,Without Torghundi,,TOR,operating,estimate,estimate
apart,Outside Turkmenistan,,TM,operating,estimate,estimate
odd,By a place that is not there,Atlantis,,operating,estimate,estimate
"""
PAIRS = """
od_pair_id,title,origin_node_id,dest_node_id,cargo_class,rank,status,basis,source_id
b,Torghundi to Mary,TOR,MAR,box,2,operating,estimate,estimate
a,Herat to Mary,HEA,MAR,box,1,operating,estimate,estimate
"""


@pytest.fixture
def corridor() -> Corridor:
    return unchecked(tiny_corridor(alternative=ALTERNATIVES, od_pair=PAIRS))


def test_pairs_of__are_ranked(corridor: Corridor) -> None:
    assert [pair.title for pair in pairs_of(corridor)] == ["Herat to Mary", "Torghundi to Mary"]


def test_pairs_of__are_the_largest_flows_where_none_is_named() -> None:
    pairs = pairs_of(tiny_corridor())
    assert [(pair.origin, pair.destination) for pair in pairs] == [("SER", "HEA"), ("HEA", "MAR")]
    assert pairs[0].title == "Serhetabat to Herat (truck)"


def test_compare_alternatives__finds_or_says_why_not(corridor: Corridor) -> None:
    first, second = compare_alternatives(Case(corridor))
    ways = {way.alternative_id: way for way in first.ways}
    assert first.best.name == BEST
    assert first.main is ways["rail"]
    assert first.best.front
    assert ways["rail"].front
    assert ways["same"].same_as == ways["rail"].name
    assert ways["none"].reason.endswith("each leads through Torghundi")
    assert ways["apart"].reason.startswith("does not apply: it leaves out Mary (TM)")
    assert "Atlantis" in ways["odd"].reason
    assert [way.alternative_id for way in first.named] == ["rail"]
    assert second.ways[3].reason.startswith("does not apply")
    assert not second.ways[1].front


def test_compare_alternatives__says_through_what_each_route_leads(corridor: Corridor) -> None:
    (pair,) = compare_alternatives(Case(corridor), main_only=True, fronts=False)
    reasons = {way.alternative_id: way.reason for way in pair.ways}
    assert reasons["none"].endswith("each leads through Torghundi")
    (real,) = compare_alternatives(Case(built_in()), main_only=True, fronts=False)
    (pakistan,) = (way for way in real.ways if way.alternative_id == "pakistan")
    assert pakistan.reason.endswith("each leads through Iran, Turkmenistan or Uzbekistan")


def test_compare_alternatives__can_stop_after_the_main_pair(corridor: Corridor) -> None:
    told: list[str] = []
    [main] = compare_alternatives(
        Case(corridor),
        main_only=True,
        fronts=False,
        progress=told_to(told),
    )
    assert told == ["Comparing ways: Herat to Mary: 1 of 1"]
    assert not main.best.front


def test_compare_alternatives__reports_a_network_that_does_not_compile(corridor: Corridor) -> None:
    broken = unchecked(corridor.with_table(corridor["tariff"].select([])))
    main = compare_alternatives(Case(broken))[0]
    assert main.network is None
    assert all(way.route is None and "haulage" in way.reason for way in main.ways)


def test_compare_alternatives__falls_back_to_the_best_of_all() -> None:
    odd = {"alternative_id": "x", "name": "X", "via": "Atlantis"}
    corridor = extended(unchecked(tiny_corridor()), "alternative", **odd)
    [pair, _] = compare_alternatives(Case(corridor))
    assert pair.main is pair.best
    assert pair.named == (pair.best,)


def test_compare_alternatives__is_never_worse_than_free_choice() -> None:
    for pair in compare_alternatives(Case(built_in()), fronts=False):
        assert pair.network is not None
        assert pair.best.route is not None
        value = pair.network.cargo.value_of_time_usd_h
        costs = [
            way.route.cost_usd + value * way.route.time_h
            for way in pair.ways
            if way.route is not None
        ]
        assert min(costs) == pytest.approx(costs[0])
        assert pair.main.alternative_id in ("lapis_lazuli", "")
