"""The time/cost-distance table of UNESCAP, worked out by hand."""

import pytest
from tests.indicators.logs import journey, log, one, table, way

from lajvard.errors import InputError
from lajvard.indicators import time_cost_distance
from lajvard.indicators.profile import TIME_COST_DISTANCE

TOTALS = [  # place, kind, hours, km, USD; then running totals of hours, km, USD: see one()
    ("HEA-TOR", "leg", 3, 120, 150, 3, 120, 150),
    ("TOR", "stop", 6, 0, 100, 9, 120, 250),
    ("TOR-SER", "leg", 1, 10, 20, 10, 130, 270),
    ("SER", "stop", 6, 0, 200, 16, 130, 470),
    ("SER-KRW", "leg", 10, 370, 330, 26, 500, 800),
    ("KRW", "stop", 7, 0, 50, 33, 500, 850),
    ("ferry", "leg", 6, 300, 500, 39, 800, 1350),
    ("LAT", "stop", 3, 0, 30, 42, 800, 1380),
]
SHOWN = ("kind", "hours", "km", "usd", "total_hours", "total_km", "total_usd")


def test_time_cost_distance__has_running_totals_in_travel_order() -> None:
    rows = table(time_cost_distance(log(one())))
    assert [row["row"] for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8]
    found = [(row["link_id"] or row["node_id"], *(row[name] for name in SHOWN)) for row in rows]
    assert found == TOTALS
    assert tuple(rows[0]) == ("route", *TIME_COST_DISTANCE)
    assert [row["country"] for row in rows] == ["AF", "AF", "AF", "TM", "TM", "TM", "TM", "AZ"]
    assert [row["mode"] for row in rows][5:] == ["road", "sea", "road"]


def test_time_cost_distance__finds_the_tallest_step() -> None:
    rows = table(time_cost_distance(log(one())))
    # the leg to Turkmenbashi takes 10 h, but it is no stop
    assert [row["node_id"] for row in rows if row["bottleneck"]] == ["KRW"]


def test_time_cost_distance__has_a_band() -> None:
    # queues of 2, 4, …, 12 h: at TOR 6 to 16 h, its total 9 to 19 h
    rows = table(time_cost_distance(log(*[one(queue=queue) for queue in (2, 4, 6, 8, 10, 12)])))
    tor = rows[1]
    assert (tor["n"], tor["hours"], tor["hours_p10"], tor["hours_p50"]) == (6, 11.0, 7.0, 11.0)
    assert (tor["total_hours_p10"], tor["total_hours_p90"]) == (10.0, 18.0)
    assert (tor["total_usd_p10"], tor["total_usd_p90"]) == (250.0, 250.0)
    assert tor["bottleneck"]
    assert tor["warning"] == "6 journeys are too few to say: wanted are 30"


def test_time_cost_distance__keeps_routes_apart() -> None:
    other = list(journey(("moving", 4, way("HEA-ISL", "AF", 100)), route="south"))
    rows = table(time_cost_distance(log(one(), other)))
    assert [(row["route"], row["row"]) for row in rows][-2:] == [("north", 8), ("south", 1)]
    both = table(time_cost_distance(log(one(), other), by=["direction"]))
    assert [(row["direction"], row["route"]) for row in both][-1] == ("AF-AZ", "north")


def test_time_cost_distance__orders_by_mean_position() -> None:
    # half of the journeys rest at KRW first: the places after it keep their order
    calm = [row for row in one() if row["activity"] not in ("queue", "closure")]
    rows = table(time_cost_distance(log(one(), calm, calm)))
    assert [row["link_id"] or row["node_id"] for row in rows] == [line[0] for line in TOTALS]


def test_time_cost_distance__is_of_whole_journeys() -> None:
    for name in ("country", "period", "bcp", "mode", "link"):
        with pytest.raises(InputError, match="cannot be grouped"):
            time_cost_distance(log(one()), by=[name])


def test_time_cost_distance__of_an_empty_log_is_empty() -> None:
    assert table(time_cost_distance(log())) == []
