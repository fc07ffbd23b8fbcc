"""TFI3, speeds and reliability of logs worked out by hand."""

import pytest
from tests.indicators.logs import by, journey, log, one, table, way

from lajvard.indicators import journey_hours, reliability, swd, swod, tfi3

# one(): 800 km and 1,380 USD in 42 h with 20 t; 18 h of them under way


def test_tfi3__includes_the_border() -> None:
    (row,) = table(tfi3(log(one())))
    assert row["mean"] == pytest.approx(1380 / 800 * 500)  # 862.50


def test_tfi3__is_for_twenty_tonnes() -> None:
    (row,) = table(tfi3(log(one(tonnes=10.0))))
    assert row["mean"] == pytest.approx(1725.0)


def test_tfi3__weighs_journeys_by_distance() -> None:
    short = list(journey(("moving", 2, way("a", "AF", 100, 500))))
    # 500 times 1,880 USD over 900 km
    (row,) = table(tfi3(log(one(), short)))
    assert row["mean"] == pytest.approx(1044.4444, abs=1e-4)
    assert row["median"] == pytest.approx((862.5 + 2500) / 2)


def test_tfi3__wants_mass_and_distance() -> None:
    still = list(journey(("moving", 2, way("a", "AF", 0, 500))))
    assert table(tfi3(log(one(tonnes=None), still))) == []


def test_tfi3__by_country() -> None:
    found = by(tfi3(log(one()), by="country"), "country")
    # AF: 150 + 100 + 20 on 130 km; TM: 200 + 330 + 50 + 500 on 670 km; AZ has no distance
    assert found == pytest.approx({"AF": 270 / 130 * 500, "TM": 1080 / 670 * 500})


def test_swd__counts_stops_and_swod_does_not() -> None:
    assert [row["mean"] for row in table(swd(log(one())))] == pytest.approx([800 / 42])
    assert [row["mean"] for row in table(swod(log(one())))] == pytest.approx([800 / 18])


def test_swd__is_distance_over_time_of_all() -> None:
    fast = list(journey(("moving", 2, way("a", "AF", 140))))
    (row,) = table(swd(log(one(), fast)))
    assert row["mean"] == pytest.approx(940 / 44)
    assert row["median"] == pytest.approx((800 / 42 + 70) / 2)


def test_swod__by_mode_and_direction() -> None:
    assert by(swod(log(one()), by="mode"), "mode") == {"road": 500 / 12, "sea": 50.0}
    assert by(swod(log(one()), by="direction"), "direction") == {"AF-AZ": 800 / 18}


def test_journey_hours__of_a_journey_and_its_parts() -> None:
    assert [row["mean"] for row in table(journey_hours(log(one())))] == [42.0]
    found = by(journey_hours(log(one()), by="country"), "country")
    assert found == {"AF": 10.0, "TM": 29.0, "AZ": 3.0}
    assert by(journey_hours(log(one()), by="bcp"), "bcp")["KRW"] == 7.0
    assert by(journey_hours(log(one()), by="link"), "link")["SER-KRW"] == 10.0


def test_reliability__by_hand() -> None:
    # 40 + q hours for queues of 2, 4, …, 12: 42, 44, …, 52: mean 47, sd sqrt(70 / 5) = 3.741657
    # p95 at position 4.75: 51.5; buffer 4.5 h, 4.5 / 47; planning time 51.5 / 18
    rows = log(*[one(queue=queue) for queue in (2, 4, 6, 8, 10, 12)])
    (found,) = table(reliability(rows))
    assert (found["n"], found["mean"], found["p95"]) == (6, 47.0, 51.5)
    assert found["cv"] == pytest.approx(3.741657 / 47)
    assert found["buffer_h"] == 4.5
    assert found["buffer_index"] == pytest.approx(4.5 / 47)
    assert found["planning_time_index"] == pytest.approx(51.5 / 18)
    assert found["warning"] == "6 journeys are too few for a p95: wanted are 59"


def test_reliability__is_enough_with_59_journeys() -> None:
    found = table(reliability(log(*[one()] * 59), by=["route"]))
    assert [(row["route"], row["enough"], row["warning"], row["cv"]) for row in found] == [
        ("north", True, "", 0.0)
    ]


def test_indicators_of_journeys__leave_background_traffic_out() -> None:
    other = one(consignment_class="background", queue=50)
    for indicator in (tfi3, swd, swod, journey_hours, reliability):
        assert [row["n"] for row in table(indicator(log(one(), other)))] == [1]


@pytest.mark.parametrize("indicator", [tfi3, swd, swod, journey_hours, reliability])
def test_indicators_of_journeys__of_an_empty_log_are_empty(indicator: object) -> None:
    assert callable(indicator)
    assert table(indicator(log(), by=["country", "period", "direction"])) == []


def test_indicators_of_journeys__leave_out_who_has_not_arrived() -> None:
    under_way = [{**row, "arrived": False} for row in one(queue=50)]
    arrived = [{**row, "arrived": True} for row in one()]
    for indicator in (tfi3, swd, swod, journey_hours, reliability):
        assert [row["n"] for row in table(indicator(log(one(), arrived, under_way)))] == [2]
