"""Throughput, queues, lorries in the system and utilisation, worked out by hand."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.indicators.logs import KRW, TOR, Row, by, journey, log, one, table, way

from lajvard.errors import InputError
from lajvard.indicators import in_system, queue_length, throughput, utilisation


def waiting(begin: float, hours: float, **common: object) -> list[Row]:
    return list(journey(("queue", hours, TOR), begin=begin, **common))


def test_queue_length__is_the_mean_number_in_line() -> None:
    # from noon: in line 12:30 to 14:15 and 13:00 to 14:00; bins 12, 13 and 14 o'clock
    # 12: 30 min of one = 0.5; 13: two = 2; 14: 15 min of one = 0.25
    rows = log(waiting(0.5, 1.75), waiting(1, 1))
    found = queue_length(rows, over="time")
    assert by(found, "time") == {
        datetime(2025, 1, 30, 12): 0.5,
        datetime(2025, 1, 30, 13): 2.0,
        datetime(2025, 1, 30, 14): 0.25,
    }
    (row,) = table(queue_length(rows))
    assert (row["bcp"], row["n"]) == ("TOR", 3)
    assert row["mean"] == pytest.approx(2.75 / 3)  # Little: 1.75 h and 1 h of waiting in 3 h
    assert row["warning"] == "3 observations are too few to say: wanted are 720"


def test_queue_length__counts_the_end_of_one_as_the_start_of_the_next() -> None:
    rows = log(waiting(0, 1), waiting(1, 1))
    assert list(by(queue_length(rows, over="time"), "time").values()) == [1.0, 1.0, 0.0]


def test_queue_length__counts_empty_hours() -> None:
    # the log lasts from noon to 22 h the next day
    rows = log(one())
    found = by(queue_length(rows, over="all"), "bcp", value="n")
    # noon of the 30th to 6 o'clock of the 1st: 42 h, and the bin in which it ends
    assert found == {"TOR": 43, "SER": 43}
    assert by(queue_length(rows), "bcp") == {"TOR": 2 / 43, "SER": 1 / 43}


def test_queue_length__by_hour_weekday_month_and_period() -> None:
    rows = log(waiting(0, 1), waiting(24, 3))  # noon; next day noon to 15:00
    hours = by(queue_length(rows, over="hour"), "hour")
    assert (hours[12], hours[13], hours[14], hours[11]) == (1.0, 0.5, 0.5, 0.0)
    days = by(queue_length(rows, over="weekday"), "weekday")
    assert days == pytest.approx({3: 1 / 12, 4: 3 / 16})  # 30 January 2025 is a Thursday
    assert set(by(queue_length(rows, over="month"), "month")) == {1}
    assert set(by(queue_length(rows, by=["bcp", "period"]), "period")) == {"2025-01"}


def test_queue_length__takes_replications_apart() -> None:
    rows = log(waiting(0, 1), waiting(0, 1), [{**row, "replication": 1} for row in waiting(0, 1)])
    # bins 12 and 13 of replications 0 (2, 0) and 1 (1, 0)
    (row,) = table(queue_length(rows))
    assert (row["n"], row["replications"], row["mean"]) == (4, 2, 0.75)


def test_queue_length__takes_bins_of_other_lengths() -> None:
    rows = log(waiting(0, 3), waiting(0, 1))
    # noon to 18:00 in bins of 6 h: 4 h of waiting
    assert table(queue_length(rows, bin_h=6))[0]["mean"] == pytest.approx(4 / 6)
    for bin_h in (0, 5, 36):
        with pytest.raises(InputError, match="do not fit into days"):
            queue_length(rows, bin_h=bin_h)
    with pytest.raises(InputError, match="know no hour"):
        queue_length(rows, bin_h=6, over="hour")
    with pytest.raises(InputError, match="unknown 'minute'"):
        queue_length(rows, over="minute")  # type: ignore[arg-type]


@settings(max_examples=8)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=1, max_size=12),
    st.sampled_from([1, 4, 24]),
)
def test_queue_length__integrates_to_the_time_waited(
    spans: list[tuple[int, int]], bin_h: int
) -> None:
    rows = log(*[waiting(begin / 7, hours / 7) for begin, hours in spans])
    (row,) = table(queue_length(rows, bin_h=bin_h))
    seconds = sum(
        (line["end"] - line["start"]).total_seconds() for line in rows.to_pyarrow().to_pylist()
    )
    # moments are kept in whole seconds here
    assert row["mean"] * row["n"] * bin_h * 3600 == pytest.approx(seconds, abs=2 * len(spans))


def test_in_system__counts_who_is_under_way() -> None:
    # 30 January noon to midnight one of two days: 12 h of 24; 31 January all day; then 6 h
    found = by(in_system(log(one()), over="time"), "time")
    assert found == {
        datetime(2025, 1, 30): 0.5,
        datetime(2025, 1, 31): 1.0,
        datetime(2025, 2, 1): 0.25,
    }
    # TM: 19 h to 39 h after noon, from 22:00 - see one(): 10 h to 39 h
    countries = by(in_system(log(one()), by="country"), "country")
    assert countries == pytest.approx({"AF": 10 / 72, "TM": 29 / 72, "AZ": 3 / 72})


def test_in_system__by_direction_and_period() -> None:
    found = by(in_system(log(one()), by=["direction", "period"]), "direction", "period")
    assert found == pytest.approx({("AF-AZ", "2025-01"): 0.75, ("AF-AZ", "2025-02"): 0.25})


def test_throughput__counts_days_without_any() -> None:
    late = [{**row, "tonnes": 10.0} for row in one(begin=72)]
    rows = log(one(), one(), late)
    # arrive on 1 February (twice) and on 4 February; the log lasts from 30 January to then: 6 days
    (row,) = table(throughput(rows))
    assert (row["n"], row["mean"], row["p95"]) == (6, 0.5, 1.75)
    (row,) = table(throughput(rows, measure="tonnes"))
    assert row["mean"] == pytest.approx(50 / 6)
    assert by(throughput(rows, over="month"), "month") == {1: 0.0, 2: 0.75}


def test_throughput__of_places_is_who_leaves_them() -> None:
    found = by(throughput(log(one()), by="bcp", over="time"), "bcp", "time")
    # leaves TOR 9 h after noon, KRW 33 h after: the next day
    assert found["TOR", datetime(2025, 1, 30)] == 1.0
    assert found["KRW", datetime(2025, 1, 31)] == 1.0
    assert sum(found.values()) == 4


def test_throughput__of_a_road_counts_background_traffic_and_of_a_corridor_does_not() -> None:
    other = list(journey(("border", 1, KRW), consignment_class="background"))
    rows = log(one(), other)
    assert sum(row["mean"] * row["n"] for row in table(throughput(rows))) == 1
    by_place = table(throughput(rows, by="bcp"))
    assert sum(row["mean"] * row["n"] for row in by_place) == 5


def test_utilisation__is_the_share_of_busy_servers() -> None:
    # TOR: 4 h of border in 3 days with 2 servers
    found = by(utilisation(log(one()), {"TOR": 2, "KRW": 1}), "bcp")
    assert found == pytest.approx({"TOR": 4 / 72 / 2, "KRW": 3 / 72})


def test_utilisation__needs_servers() -> None:
    for servers in ({}, {"TOR": 0.0}):
        with pytest.raises(InputError, match="needs the servers"):
            utilisation(log(one()), servers)
    with pytest.raises(InputError, match="matter of nodes"):
        utilisation(log(one()), {"TOR": 1.0}, by="country")


def test_traffic__of_an_empty_log_is_empty() -> None:
    names = ["bcp", "direction", "period"]
    assert table(queue_length(log(), names)) == []
    assert table(in_system(log(), names, over="time")) == []
    assert table(throughput(log(), names, over="month")) == []
    assert table(utilisation(log(), {"TOR": 1.0}, names)) == []


def test_traffic__of_a_row_without_length() -> None:
    moment = list(journey(("moving", 0, way("a", "AF", 0))))
    assert [row["mean"] for row in table(in_system(log(moment)))] == [0.0]
