"""Routes that explain themselves, on the tiny corridor and on the built-in one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tiny import extended, tiny_corridor

from lajvard.corridor import built_in
from lajvard.network import compile_network
from lajvard.routes import Route, find_routes
from lajvard.routes.route import lognormal_quantile

INSTRUMENTS = (("tir", "AF", "party"), ("tir", "TM", "party"), ("ecmr", "TM", "applied"))


@pytest.fixture(scope="module")
def box() -> Route:
    """The only way from Herat to Mary: by road over the border, then by rail."""
    corridor = tiny_corridor()
    for instrument, country, standing in INSTRUMENTS:
        corridor = extended(
            corridor,
            "instrument",
            instrument_id=instrument,
            country=country,
            name=instrument,
            standing=standing,
        )
    for regime, kind, requires in (("tir", "transit", ""), ("ecmr", "consignment_note", "tir")):
        corridor = extended(
            corridor,
            "regime",
            regime_id=regime,
            name=regime,
            kind=kind,
            mode="road",
            instrument_id=regime,
            requires=requires,
        )
    return find_routes(compile_network(corridor, cargo="box"), "Herat", "Mary", k=1)[0]


@pytest.fixture(scope="module")
def lapis() -> Route:
    """The best way of a lorry over Turkmenbashi and Alat."""
    network = compile_network(built_in())
    return find_routes(network, "AFHEA", "TRIST", k=1, via=["TMKRW", "AZALT"], avoid=["IR", "KZ"])[
        0
    ]


def test_route__adds_up(box: Route) -> None:
    hours = 120 / 40 + (4 + 8 / 20 + 10) + 12 + 300 / 30
    assert box.time_h == pytest.approx(hours)
    assert box.distance_km == pytest.approx(428)
    assert box.cost_usd == pytest.approx(128 * 1.2 + 100 + 200 + 80 + 300 * 0.04 * 18)
    assert box.countries == ("AF", "TM")
    assert box.modes == ("road", "rail")
    assert box.places == ("Herat", "Torghundi", "Serhetabat", "Mary")


def test_stages__alternate_legs_and_stops_with_running_totals(box: Route) -> None:
    assert [(s.kind, s.place, s.to_place) for s in box.stages] == [
        ("leg", "Herat", "Torghundi"),
        ("stop", "Torghundi", "Torghundi"),
        ("leg", "Torghundi", "Serhetabat"),
        ("stop", "Serhetabat", "Serhetabat"),
        ("leg", "Serhetabat", "Mary"),
    ]
    last = box.stages[-1]
    assert last.total_h == pytest.approx(box.time_h)
    assert last.total_km == pytest.approx(box.distance_km)
    assert last.total_usd == pytest.approx(box.cost_usd)
    assert box.stages[3].what == "transfer, border"
    bottleneck = box.bottleneck
    assert bottleneck is not None
    assert bottleneck.place == "Serhetabat"


def test_stages__of_the_built_in_route_reach_its_totals(lapis: Route) -> None:
    last = lapis.stages[-1]
    assert last.total_h == pytest.approx(lapis.time_h)
    assert last.total_usd == pytest.approx(lapis.cost_usd)
    km = [stage.total_km for stage in lapis.stages]
    assert km == sorted(km)
    for before, after in zip(lapis.stages, lapis.stages[1:], strict=False):
        assert before.to_place == after.place


def test_hours_and_money__add_up_by_kind(lapis: Route) -> None:
    assert sum(lapis.hours_by_activity.values()) == pytest.approx(lapis.time_h)
    assert sum(lapis.money_by_item.values()) == pytest.approx(lapis.cost_usd)
    assert lapis.moving_h + lapis.border_h + lapis.waiting_h == pytest.approx(lapis.time_h)
    assert sum(lapis.time_share_by_basis.values()) == pytest.approx(1)
    assert sum(lapis.cost_share_by_basis.values()) == pytest.approx(1)


def test_shares__follow_the_rows(box: Route) -> None:
    # TOR-SER (0.4 h of 39.4 h) and the transfer (12 h) are estimates, all else is published
    assert box.time_share_by_basis["estimate"] == pytest.approx(12.4 / box.time_h)


def test_legal__breaks_where_a_country_is_outside(box: Route) -> None:
    links = {link.regime_id: link for link in box.legal.links}
    assert links["tir"].holds
    assert links["ecmr"].breaks_at == ("AF",)
    assert links["ecmr"].standing == {"AF": "not known", "TM": "applied"}


def test_legal__of_the_corridor_as_it_was() -> None:
    chains = {}
    for day in ("2020-12-21", "2021-02-01"):
        network = compile_network(built_in(), as_of=day)
        route = find_routes(network, "AFHEA", "TRIST", k=1, via=["TMKRW", "AZALT"])[0]
        chains[day] = {link.regime_id: link for link in route.legal.links}
    assert "AF" in chains["2020-12-21"]["cmr"].breaks_at
    assert "AF" not in chains["2021-02-01"]["cmr"].breaks_at


def test_quantiles__enclose_the_mean(lapis: Route) -> None:
    assert 0 < lapis.p50_h < lapis.time_h < lapis.p95_h


@given(st.floats(1, 1000), st.floats(0.01, 2))
def test_lognormal_quantile__matches_the_moments(mean: float, cv: float) -> None:
    var = (cv * mean) ** 2
    z = np.linspace(-8, 12, 4001)
    weights = np.exp(-(z**2) / 2)
    values = np.array([lognormal_quantile(mean, var, float(at)) for at in z])
    average = (values * weights).sum() / weights.sum()
    assert average == pytest.approx(mean, rel=1e-3)
    second = (values**2 * weights).sum() / weights.sum()
    assert second - average**2 == pytest.approx(var, rel=0.02)


def test_as_dict__is_plain_data(lapis: Route) -> None:
    import json

    data = json.loads(json.dumps(lapis.as_dict()))
    assert data["countries"] == ["AF", "TM", "AZ", "GE", "TR"]
    assert data["stages"][0]["place"] == "Herat"
