"""TFI1 and TFI2 of logs worked out by hand."""

import pytest
from tests.indicators.logs import KRW, SER, TOR, Row, by, journey, log, one, table, way

from lajvard.errors import InputError
from lajvard.indicators import tfi1, tfi2

# one(): TOR 2 + 4, SER 1 + 5, KRW 3 (the ferry is not waited for at the border), LAT 1 + 2 hours


def test_tfi1__counts_each_post_and_its_queue() -> None:
    found = tfi1(log(one()), by=["bcp"])
    assert by(found, "bcp") == {"TOR": 6.0, "SER": 6.0, "KRW": 3.0, "LAT": 3.0}
    assert by(found, "bcp", value="n") == {"TOR": 1, "SER": 1, "KRW": 1, "LAT": 1}
    # all stays: (6 + 6 + 3 + 3) / 4
    assert [row["mean"] for row in table(tfi1(log(one())))] == [4.5]


def test_tfi1__is_a_mean_over_journeys() -> None:
    # TOR: 6 and 10 hours
    (row,) = [row for row in table(tfi1(log(one(), one(queue=6)), by="bcp")) if row["bcp"] == "TOR"]
    assert (row["n"], row["mean"], row["median"], row["p10"]) == (2, 8.0, 8.0, 6.4)
    assert row["sd"] == pytest.approx(2.828427)


def test_tfi2__counts_what_is_paid_there() -> None:
    found = tfi2(log(one()), by=["bcp"])
    assert by(found, "bcp") == {"TOR": 100.0, "SER": 200.0, "KRW": 50.0, "LAT": 30.0}
    assert by(tfi2(log(one()), by="country"), "country") == {"AF": 100.0, "TM": 125.0, "AZ": 30.0}


def test_tfi1__knows_the_way_in_from_the_way_out() -> None:
    found = by(tfi1(log(one()), by=["bcp", "direction"]), "bcp", "direction")
    assert found == {
        ("TOR", "outbound"): 6.0,
        ("SER", "inbound"): 6.0,
        ("KRW", "outbound"): 3.0,
        ("LAT", "inbound"): 3.0,
    }


def test_tfi1__takes_a_first_post_abroad_for_the_way_in() -> None:
    rows = list(journey(("moving", 3, way("HEA-TOR", "AF", 120)), ("border", 5, SER)))
    assert by(tfi1(log(rows), by="direction"), "direction") == {"inbound": 5.0}


def test_tfi1__tells_apart_by_all_that_a_stay_has() -> None:
    rows = log(one(scenario="eTIR", begin=0), one(begin=20))
    # begin on 30 January at noon and 20 h later; at TOR 3 h after that: 30 and 31 January;
    # SER at 10 h: 30 and 31 January; KRW at 26 h: 31 January, 1 February; LAT 39 h: 1 February
    assert by(tfi1(rows, by=["period"]), "period", value="n") == {"2025-01": 5, "2025-02": 3}
    assert by(tfi1(rows, by=["scenario"]), "scenario") == {"": 4.5, "eTIR": 4.5}
    names = ["mode", "consignment_class", "route", "run_id"]
    assert [[row[name] for name in names] for row in table(tfi1(rows, by=names))] == [
        ["road", "truck", "north", "run"]
    ]


def test_tfi1__leaves_out_places_that_are_no_border() -> None:
    weighed = list(journey(("weighing", 1, TOR | {"cost_usd": 5.0}), ("queue", 2, SER)))
    assert table(tfi1(log(weighed))) == []
    assert by(tfi1(log(weighed), by="bcp", posts=["TOR"]), "bcp") == {"TOR": 1.0}


def test_tfi1__takes_the_posts_that_it_is_given() -> None:
    assert by(tfi1(log(one()), by="bcp", posts={"KRW"}), "bcp") == {"KRW": 3.0}


def test_tfi__background_traffic_takes_time_and_pays_nothing() -> None:
    other: list[Row] = list(journey(("border", 9, TOR), consignment_class="background"))
    rows = log(one(), other)
    assert by(tfi1(rows, by="bcp"), "bcp")["TOR"] == 7.5
    assert by(tfi2(rows, by="bcp"), "bcp")["TOR"] == 100.0


def test_tfi1__of_an_empty_log_is_empty() -> None:
    assert table(tfi1(log(), by=["bcp", "direction", "period"])) == []
    assert table(tfi2(log())) == []


def test_tfi1__of_one_row() -> None:
    (row,) = table(tfi1(log(list(journey(("customs", 2.5, KRW)))), by="country"))
    assert (row["country"], row["n"], row["mean"], row["sd"]) == ("TM", 1, 2.5, None)


def test_tfi1__says_what_it_cannot_be_told_apart_by() -> None:
    with pytest.raises(InputError, match=r"cannot be grouped by 'contry'\. Did you mean 'count"):
        tfi1(log(one()), by=["contry"])
    with pytest.raises(InputError, match="'link'"):
        tfi1(log(one()), by=["link"])
