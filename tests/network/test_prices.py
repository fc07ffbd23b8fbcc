"""Tariffs and emission factors, row by row: which one applies, and what it gives by hand."""

import pytest
from tests.tiny import extended, tiny_corridor

from lajvard.corridor import Corridor
from lajvard.network.arrays import Cargo
from lajvard.network.prices import DERIVED, ESTIMATE, FREE, NOT_KNOWN, PUBLISHED, Price, Prices

BOX = Cargo("box", "container", 18.0, lorries=2.0, wagons=0.5, teu=3.0, value_of_time_usd_h=10.0)
NO_TARIFF = "tariff_id,item,country,mode,cargo_class,value,unit,status,basis,source_id\n"
NO_EMISSION = "emission_id,mode,vehicle,value,scope,status,basis,source_id\n"

Row = dict[str, str]


def priced(*rows: Row, cargo: Cargo = BOX) -> Prices:
    """Prices of a corridor with these tariffs; haulage by road for a unit unless told otherwise."""
    corridor = tiny_corridor(tariff=NO_TARIFF)
    for number, row in enumerate(rows):
        common = {"item": "haulage", "mode": "road", "unit": "usd_per_unit", "value": "1"}
        corridor = extended(corridor, "tariff", tariff_id=f"T{number}", **(common | row))
    return Prices(corridor, cargo)


def emitting(*rows: Row) -> Prices:
    """Prices of a corridor with these emission factors, by road unless told otherwise."""
    corridor: Corridor = tiny_corridor(emission=NO_EMISSION)
    for number, row in enumerate(rows):
        common = {"mode": "road", "vehicle": "lorry", "scope": "wtw", "value": "50"}
        corridor = extended(corridor, "emission", **({"emission_id": f"E{number}"} | common | row))
    return Prices(corridor, BOX)


@pytest.mark.parametrize(
    ("unit", "amount"),
    [
        ("usd_per_lorry_km", 7 * 2.0),
        ("usd_per_lorry", 7 * 2.0),
        ("usd_per_tkm", 7 * 18.0),
        ("usd_per_teu_km", 7 * 3.0),
        ("usd_per_teu", 7 * 3.0),
        ("usd_per_wagon", 7 * 0.5),
        ("usd_per_unit", 7 * 1.0),
    ],
)
def test_haulage__is_the_value_times_the_units_of_the_load(unit: str, amount: float) -> None:
    assert priced({"unit": unit, "value": "7"}).haulage("road", "AF").amount == amount


def test_haulage__of_a_unit_that_the_load_does_not_have_is_not_free() -> None:
    prices = priced({"unit": "usd_per_wagon"}, cargo=Cargo("truck", "lorry", 20, 1, 0, 0, 10))
    assert prices.haulage("road", "AF") == FREE
    assert prices.missing == {"tariff: no haulage by road in AF"}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"country": "AF"}, {"cargo_class": "box", "unit": "usd_per_teu"}),
        ({"country": "AF"}, {"cargo_class": "box"}),
        ({"country": "AF", "cargo_class": "box"}, {"country": "AF", "unit": "usd_per_teu"}),
        ({"country": "AF", "unit": "usd_per_teu"}, {"country": "AF"}),
        ({"cargo_class": "box"}, {"unit": "usd_per_teu"}),
        ({"unit": "usd_per_teu"}, {"unit": "usd_per_lorry"}),
        ({}, {}),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_haulage__country_comes_before_class_before_container(
    better: Row, worse: Row, first: bool
) -> None:
    if not first and better == worse:
        better, worse = {"value": "5"}, {"value": "5"}
    rows = [{"value": "5"} | better, {"value": "900"} | worse]
    per_unit = 3.0 if better.get("unit") == "usd_per_teu" else 1.0
    prices = priced(*(rows if first else rows[::-1]))
    assert prices.haulage("road", "AF").amount == 5 * per_unit


def test_haulage__rows_of_other_countries_classes_modes_and_items_do_not_apply() -> None:
    others: list[Row] = [
        {"country": "TM"},
        {"cargo_class": "truck"},
        {"mode": "rail"},
        {"item": "handling"},
    ]
    for other in others:
        assert priced(other, {"value": "3"}).haulage("road", "AF").amount == 3
        alone = priced(other)
        assert alone.haulage("road", "AF") == FREE
        assert alone.missing == {"tariff: no haulage by road in AF"}


def test_haulage__says_where_it_is_from_and_whether_fees_are_in_it() -> None:
    row = {"basis": "derived", "includes_border_fees": "yes"}
    assert priced(row).haulage("road", "AF") == Price(1.0, DERIVED, True)
    assert priced({"basis": "estimate"}).haulage("road", "AF") == Price(1.0, ESTIMATE, False)


def test_fare__is_that_of_the_service() -> None:
    rows: list[Row] = [
        {"item": "fare", "mode": "", "service_id": "ferry", "value": "40"},
        {"item": "fare", "mode": "", "service_id": "train", "value": "70"},
        {"item": "handling", "mode": "", "service_id": "train", "value": "99", "country": "AF"},
    ]
    prices = priced(*rows)
    assert prices.fare("train").amount == 70
    assert prices.fare("ferry").amount == 40
    assert not prices.missing
    assert prices.fare("plane") == FREE
    assert prices.missing == {"tariff: no fare of service plane"}


def test_handling__of_the_place_comes_before_that_of_its_country() -> None:
    port: Row = {"item": "handling", "mode": "", "node_id": "SER", "value": "30"}
    land: Row = {"item": "handling", "mode": "", "country": "TM", "value": "20"}
    anywhere: Row = {"item": "handling", "mode": "", "value": "10"}
    prices = priced(land, anywhere, port, {"item": "fare", "value": "999", "country": "TM"})
    assert prices.handling("SER", "TM").amount == 30
    assert prices.handling("MAR", "TM").amount == 20
    assert prices.handling("TOR", "AF").amount == 10


def test_handling__is_not_known_where_no_row_says_it() -> None:
    prices = priced({"item": "handling", "mode": "", "node_id": "SER", "value": "30"})
    assert prices.handling("MAR", "TM") == FREE
    assert FREE.basis == NOT_KNOWN
    assert not prices.missing


def test_emission__is_grams_a_tonne_kilometre_times_the_payload() -> None:
    # 50 g/tkm x 18 t = 900 g a km
    assert emitting({"basis": "published", "source_id": "S2"}).emission("road", "AF") == Price(
        0.9, PUBLISHED
    )


def test_emission__of_the_country_comes_before_that_of_the_class() -> None:
    of_class: Row = {"cargo_class": "box", "value": "100"}
    of_country: Row = {"country": "AF", "value": "200"}
    of_another: Row = {"cargo_class": "truck", "country": "AF", "value": "300"}
    prices = emitting({}, of_class, of_country, of_another)
    assert prices.emission("road", "AF").amount == pytest.approx(3.6)
    assert prices.emission("road", "TM").amount == pytest.approx(1.8)
    assert emitting({}, of_another).emission("road", "AF").amount == pytest.approx(0.9)
    rail = emitting({"mode": "rail"})
    assert rail.emission("road", "AF") == FREE
    assert rail.missing == {"emission: no factor for road in AF"}


def test_emission_of__is_the_factor_of_the_id() -> None:
    prices = emitting({"emission_id": "ferry", "mode": "sea", "value": "40"}, {"value": "70"})
    assert prices.emission_of("ferry") == pytest.approx((0.72, ESTIMATE, False))
    assert not prices.missing
    assert prices.emission_of("plane") == FREE
    assert prices.missing == {"emission: no factor 'plane'"}
