"""What a route says of itself, from moves and steps whose sums are done by hand."""

from dataclasses import replace
from math import exp, log, sqrt

import pytest
from tests.routes.hand import STEP, Way, network_of, stop

from lajvard.network import Activity, LegalRegime, Step
from lajvard.routes import Route
from lajvard.routes.legal import LegalChain, legal_chain
from lajvard.routes.route import lognormal_quantile


def two_moves(risk: float = 0.2) -> Route:
    """A to B to C: 3 + 5 h, 10 + 20 USD, 2 + 4 kg, variances 9 + 16, risks 0.1 + 0.2."""
    first = Way("A", "B", 3, 10, 2, 9, 0.1, distance_km=100)
    second = Way("B", "C", 5, 20, 4, 16, risk, distance_km=200)
    return Route(network_of(first, second), (0, 1))


class Described(Route):
    """A route of stated steps."""

    steps: tuple[Step, ...] = ()


def described(*steps: Step) -> Route:
    route = Described(network_of(Way("A", "B")), (0,))
    object.__setattr__(route, "steps", steps)
    return route


def test_totals__are_the_sums_of_the_moves() -> None:
    route = two_moves()
    assert (route.time_h, route.cost_usd, route.emission_kgco2e) == (8, 30, 6)
    assert (route.distance_km, route.time_sd_h) == (300, 5)
    assert route.places == ("Place A", "Place B", "Place C")


def test_risk__is_the_probability_that_something_is_closed() -> None:
    # open with probability e^-0.1 and e^-0.2, independently
    assert two_moves().risk == pytest.approx(1 - exp(-0.1) * exp(-0.2))
    assert two_moves(risk=log(2) - 0.1).risk == pytest.approx(0.5)
    assert two_moves(risk=50.0).risk == pytest.approx(1.0)


def test_p50_and_p95__are_those_of_the_lognormal_with_mean_and_variance() -> None:
    route = two_moves()
    sigma2 = log(1 + 25 / 64)
    assert route.p50_h == pytest.approx(8 / sqrt(1 + 25 / 64))
    assert route.p95_h == pytest.approx(8 / sqrt(1 + 25 / 64) * exp(1.6448536 * sqrt(sigma2)))
    assert route.p50_h < route.time_h < route.p95_h


@pytest.mark.parametrize("z", [-1.0, 0.0, 1.6])
def test_lognormal_quantile__of_no_time_and_of_no_spread(z: float) -> None:
    assert lognormal_quantile(0.0, 4.0, z) == 0
    assert lognormal_quantile(-1.0, 4.0, z) == 0
    assert lognormal_quantile(0.5, 0.0, z) == 0.5


def test_lognormal_quantile__of_a_unit_normal_exponent() -> None:
    # exp(N(0, 1)) has mean e^0.5 and variance (e - 1) e
    for z in (-1.0, 0.0, 2.0):
        assert lognormal_quantile(exp(0.5), (exp(1) - 1) * exp(1), z) == pytest.approx(exp(z))


def test_countries__that_are_entered_again() -> None:
    ways = [Way("A", "B"), Way("B", "C"), Way("C", "D")]
    network = network_of(*ways, countries={"A": "UZ", "B": "TM", "C": "UZ", "D": "UZ"})
    route = Route(network, (0, 1, 2))
    assert route.countries == ("UZ", "TM", "UZ")
    assert route.crossed_again == ("UZ",)
    assert two_moves().crossed_again == ()
    assert (route.modes, route.name) == (("road",), "UZ-TM-UZ by road")
    assert Route(network, ()).name == "no travel"


def test_modes__are_those_of_travel_rail_of_any_gauge_as_one() -> None:
    route = described(
        STEP,
        stop(Activity.TRANSFER, "B", 1, 1, mode="sea"),
        replace(STEP, mode="rail 1520"),
        replace(STEP, mode="rail 1435"),
        replace(STEP, mode="inland_waterway", activity=Activity.SAILING),
        replace(STEP, activity=Activity.REST),
    )
    assert route.modes == ("road", "rail", "inland_waterway", "road")
    assert route.name == "AF by road, rail, inland waterway, road"


JOURNEY = (
    STEP,
    stop(Activity.BORDER, "B", 6, 100, time_basis="estimate", cost_basis="published"),
    stop(Activity.PERMIT, "B", 10, 90, time_basis="estimate", cost_basis="not known"),
    stop(Activity.CLOSURE, "B", 0, 0),
    replace(STEP, node_id="B", place="Place B", to_place="Place C", country="TM", time_h=3),
    stop(Activity.REST, "C", 1, 0, mode="road"),
    stop(Activity.CLOSURE, "C", 4, 0, time_basis="derived"),
    stop(Activity.WAIT_FOR_DEPARTURE, "C", 8, 0),
    replace(STEP, activity=Activity.SAILING, mode="sea", node_id="C", time_h=20, cost_usd=400),
)
"""2 h; 6 + 10 h at B; 3 + 1 h; 4 + 8 h at C; 20 h by sea: 54 h and 690 USD."""


def test_hours_and_money__by_kind() -> None:
    route = described(*JOURNEY)
    assert list(route.hours_by_activity.items()) == [
        ("sailing", 20),
        ("permit", 10),
        ("wait for departure", 8),
        ("border", 6),
        ("moving", 5),
        ("closure", 4),
        ("rest", 1),
    ]
    assert list(route.money_by_item.items()) == [
        ("fares", 400),
        ("haulage", 100),
        ("border fees", 100),
        ("permits and entry fees", 90),
    ]
    assert (route.moving_h, route.border_h) == (25, 16)
    object.__setattr__(route, "time_h", 54.0)
    assert route.waiting_h == 13


def test_shares__by_basis() -> None:
    route = described(*JOURNEY)
    assert route.time_share_by_basis == pytest.approx(
        {"published": 34 / 54, "derived": 4 / 54, "estimate": 16 / 54, "not known": 0}
    )
    assert route.cost_share_by_basis == pytest.approx(
        {"published": 100 / 690, "derived": 0, "estimate": 500 / 690, "not known": 90 / 690}
    )
    assert set(described().time_share_by_basis.values()) == {0.0}


def test_stages__are_legs_and_stops_with_running_totals() -> None:
    stages = described(*JOURNEY).stages
    assert [(s.kind, s.place, s.to_place, s.what, s.time_h) for s in stages] == [
        ("leg", "Place A", "Place B", "road", 2),
        ("stop", "Place B", "Place B", "permit, border", 16),
        ("leg", "Place B", "Place C", "road", 4),
        ("stop", "Place C", "Place C", "wait for departure, closure", 12),
        ("leg", "Place A", "Place B", "sea", 20),
    ]
    assert [s.total_h for s in stages] == [2, 18, 22, 34, 54]
    assert [s.total_usd for s in stages] == [50, 240, 290, 290, 690]
    assert [s.total_km for s in stages] == [100, 100, 200, 200, 300]
    assert [s.distance_km for s in stages] == [100, 0, 100, 0, 100]
    assert [s.cost_usd for s in stages] == [50, 190, 50, 0, 400]
    assert [s.emission_kgco2e for s in stages] == [8, 0, 8, 0, 8]
    assert [s.country for s in stages] == ["AF", "AF", "TM", "AF", "AF"]
    assert [s.is_stop for s in stages] == [False, True, False, True, False]


def test_bottleneck__is_the_longest_stop_and_no_leg() -> None:
    bottleneck = described(*JOURNEY).bottleneck
    assert bottleneck is not None
    assert bottleneck.place == "Place B"
    assert described(STEP).bottleneck is None


def test_as_dict__has_the_numbers() -> None:
    route = two_moves()
    plain = route.as_dict()
    names = ("distance_km", "time_h", "time_sd_h", "cost_usd", "emission_kgco2e", "risk")
    assert {name: plain[name] for name in names} == {name: getattr(route, name) for name in names}
    assert (plain["time_p50_h"], plain["time_p95_h"]) == (route.p50_h, route.p95_h)
    assert plain["places"] == ["Place A", "Place B", "Place C"]
    assert [stage["total_h"] for stage in plain["stages"]] == [8]


# ---------------------------------------------------------------- legal chain


def regime(
    name: str, mode: str = "", requires: tuple[str, ...] = (), **standing: str
) -> LegalRegime:
    return LegalRegime(name, name.upper(), "transit", mode, requires, standing)


ABROAD = (
    replace(STEP, to_country="TM"),
    stop(Activity.BORDER, "B", 1, 1, country="TM", to_country="TM"),
    replace(STEP, country="TM", to_country="AZ", mode="rail 1520"),
)
"""AF to TM by road, on to AZ by rail."""


def chain(*regimes: LegalRegime) -> LegalChain:
    return legal_chain(regimes, ABROAD)


def test_legal_chain__holds_where_every_country_is_party_or_applies() -> None:
    found = chain(regime("tir", AF="party", TM="applied", AZ="party"))
    assert found.countries == ("AF", "TM", "AZ")
    [link] = found.unbroken
    assert (link.holds, link.breaks_at, link.holds_nowhere) == (True, (), False)
    assert found.as_dict()[0]["holds"] is True


def test_legal_chain__breaks_where_it_is_only_signed_planned_or_not_known() -> None:
    [link] = chain(regime("tir", AF="party", TM="signed", AZ="planned")).links
    assert (link.breaks_at, link.only_signed_in) == (("TM", "AZ"), ("TM",))
    assert not link.holds
    [link] = chain(regime("tir", AF="unknown")).links
    assert link.holds_nowhere
    assert link.standing == {"AF": "not known", "TM": "not known", "AZ": "not known"}
    assert chain(regime("tir", AF="party")).unbroken == ()


def test_legal_chain__asks_a_regime_of_one_mode_where_it_is_travelled_by() -> None:
    by_road = regime("cmr", "road", AF="party", TM="party")
    by_rail = regime("smgs", "rail", TM="party", AZ="party")
    by_sea = regime("hague", "sea", AF="party")
    road, rail = chain(by_road, by_rail, by_sea).links
    assert (tuple(road.standing), road.holds) == (("AF", "TM"), True)
    assert (tuple(rail.standing), rail.holds) == (("TM", "AZ"), True)


def test_legal_chain__needs_what_a_regime_requires() -> None:
    tir = regime("tir", AF="party", TM="signed", AZ="party")
    etir = regime("etir", "", ("tir", "elsewhere"), AF="party", TM="party", AZ="party")
    links = chain(tir, etir).links
    assert [link.breaks_at for link in links] == [("TM",), ("TM",)]
    assert chain(etir).links[0].holds  # what it requires is not described here
    around = [regime("a", "", ("b",), AF="party"), regime("b", "", ("a",), AF="party")]
    assert [link.breaks_at for link in chain(*around).links] == [("AF", "TM", "AZ")] * 2
