"""Emissions per tonne-kilometre and loads of departures, worked out by hand."""

import pytest
from tests.indicators.logs import by, journey, log, one, table, way

from lajvard.errors import InputError
from lajvard.indicators import departure_load, emission_intensity, load_factor


def test_emission_intensity__is_of_all_emissions_and_distance() -> None:
    # 480 kg over 20 t times 800 km
    assert [row["mean"] for row in table(emission_intensity(log(one())))] == [0.03]


def test_emission_intensity__weighs_by_tonne_kilometres() -> None:
    light = list(journey(("moving", 2, way("a", "AF", 100, kg=90)), tonnes=5.0))
    # 480 + 90 kg over 16,000 + 500 t km; each 0.03 and 0.18
    (row,) = table(emission_intensity(log(one(), light)))
    assert row["mean"] == pytest.approx(570 / 16500)
    assert row["median"] == pytest.approx(0.105)


def test_emission_intensity__by_mode() -> None:
    found = by(emission_intensity(log(one()), by="mode"), "mode")
    assert found == pytest.approx({"road": 400 / 10000, "sea": 80 / 6000})


def test_departure_load__counts_who_sails_together() -> None:
    # both sail 33 h after their start, the third a day later
    rows = log(one(), one(consignment_class="box"), one(begin=24))
    (row,) = table(departure_load(rows))
    assert (row["link"], row["n"], row["mean"]) == ("ferry", 2, 1.5)
    (row,) = table(departure_load(rows, units={"box": 0.5}))
    assert row["mean"] == 1.25
    assert by(departure_load(rows, by=["period"]), "period") == {"2025-01": 2.0, "2025-02": 1.0}


def test_load_factor__is_units_over_places() -> None:
    rows = log(one(), one(), one(begin=24))
    (row,) = table(load_factor(rows, {"ferry": 4}))
    assert (row["n"], row["mean"], row["p90"]) == (2, 0.375, 0.475)
    assert table(load_factor(rows, {"other": 4})) == []
    for capacity in ({}, {"ferry": 0.0}):
        with pytest.raises(InputError, match="needs the places"):
            load_factor(rows, capacity)


def test_load__of_an_empty_log_is_empty() -> None:
    assert table(emission_intensity(log(), ["period"])) == []
    assert table(departure_load(log(), ["link", "period"])) == []
    assert table(load_factor(log(), {"ferry": 4})) == []
