"""Hours by cause and money by item, worked out by hand."""

from collections import Counter

import pytest
from tests.indicators.logs import by, log, one, table

from lajvard.indicators import hours_by_cause, money_by_item
from lajvard.schema import ACTIVITIES


def test_hours_by_cause__add_up() -> None:
    found = hours_by_cause(log(one()))
    assert by(found, "cause") == {
        "moving": 18.0,
        "queue": 3.0,
        "formalities": 14.0,
        "rest": 2.0,
        "waiting for departure": 4.0,
        "closure": 1.0,
    }
    assert by(found, "cause", value="share") == pytest.approx(
        {
            "moving": 18 / 42,
            "queue": 3 / 42,
            "formalities": 14 / 42,
            "rest": 2 / 42,
            "waiting for departure": 4 / 42,
            "closure": 1 / 42,
        }
    )


def test_hours_by_cause__counts_journeys_without_a_cause() -> None:
    # queue 3 h and 1 h, closure 1 h and 0 h
    calm = [row for row in one(queue=0) if row["activity"] != "closure"]
    rows = {row["cause"]: row for row in table(hours_by_cause(log(one(), calm)))}
    assert (rows["queue"]["mean"], rows["queue"]["median"]) == (2.0, 2.0)
    assert (rows["closure"]["n"], rows["closure"]["mean"], rows["closure"]["p90"]) == (2, 0.5, 0.9)


def test_hours_by_cause__at_each_post_and_in_each_country() -> None:
    found = by(hours_by_cause(log(one()), by="bcp"), "bcp", "cause")
    assert found == {
        ("TOR", "queue"): 2.0,
        ("TOR", "formalities"): 4.0,
        ("SER", "queue"): 1.0,
        ("SER", "formalities"): 5.0,
        ("KRW", "formalities"): 3.0,
        ("KRW", "waiting for departure"): 4.0,
        ("LAT", "closure"): 1.0,
        ("LAT", "formalities"): 2.0,
    }
    shares = by(hours_by_cause(log(one()), by="country"), "country", "cause", value="share")
    assert shares["AZ", "formalities"] == pytest.approx(2 / 3)
    assert shares["AF", "moving"] == pytest.approx(0.4)


def test_money_by_item__adds_up() -> None:
    found = money_by_item(log(one()))
    assert by(found, "item") == {"haulage": 500.0, "border fees": 380.0, "fares": 500.0}
    assert by(found, "item", value="share")["fares"] == pytest.approx(500 / 1380)
    assert by(money_by_item(log(one()), by=["period"]), "period", "item")[
        "2025-01", "fares"
    ] == pytest.approx(500)


def test_parts__take_every_activity() -> None:
    at = {"node_id": "TOR", "start": "2025-01-01T00:00", "end": "2025-01-01T03:00"}
    rows = log([{**at, "activity": name, "cost_usd": 7.0} for name in ACTIVITIES])
    causes = Counter(activity.cause for activity in ACTIVITIES.values())
    items = Counter(activity.item for activity in ACTIVITIES.values())
    assert by(hours_by_cause(rows), "cause") == {name: 3.0 * n for name, n in causes.items()}
    assert by(money_by_item(rows), "item") == {name: 7.0 * n for name, n in items.items()}


def test_parts__of_an_empty_log_are_empty() -> None:
    for indicator in (hours_by_cause, money_by_item):
        assert table(indicator(log(), ["country", "direction"])) == []
