"""Checks of logs, each against a log with one thing wrong."""

from typing import Any

import pytest
from tests.tiny import tiny_corridor

from lajvard.journeys import check_log, log_of

GOOD: tuple[dict[str, Any], ...] = (
    {
        "activity": "moving",
        "mode": "road",
        "link_id": "HEA-TOR",
        "start": "2018-12-13T06:00",
        "end": "2018-12-13T09:00",
        "distance_km": 120.0,
    },
    {
        "activity": "queue",
        "node_id": "TOR",
        "start": "2018-12-13T09:00",
        "end": "2018-12-13T10:00",
    },
    {
        "activity": "customs",
        "node_id": "TOR",
        "start": "2018-12-13T10:00",
        "end": "2018-12-13T13:00",
        "cost_usd": 100.0,
    },
)


def said(*rows: dict[str, Any], gap_s: float = 0) -> list[str]:
    return [str(problem) for problem in check_log(log_of(rows), tiny_corridor(), gap_s=gap_s)]


def with_(ix: int, **changes: Any) -> list[str]:
    return said(*[{**row, **(changes if ix == at else {})} for at, row in enumerate(GOOD)])


def test_check_log__finds_nothing_wrong_with_a_good_log() -> None:
    assert said(*GOOD) == []
    assert said() == []
    assert said(GOOD[0]) == []


def test_check_log__sees_journeys_apart() -> None:
    other = [{**row, "journey_id": "2"} for row in GOOD]
    again = [{**row, "replication": 1} for row in GOOD]
    assert said(*GOOD, *other, *again) == []


@pytest.mark.parametrize(
    ("ix", "changes", "words"),
    [
        (1, {"start": "2018-12-13T08:59"}, "start: begins before the activity before it has ended"),
        (1, {"start": "2018-12-13T05:59"}, "start: begins before the activity before it began"),
        (1, {"start": "2018-12-13T09:01"}, "start: begins after a gap, in 1 row: journey 1, seq 1"),
        (2, {"end": "2018-12-13T09:59"}, "end: ends before it begins, in 1 row: journey 1, seq 2"),
        (2, {"end": None}, "end: is missing, in 1 row"),
        (2, {"start": None}, "start: is missing, in 1 row"),
        (2, {"seq": 1}, "seq: has a number that another activity has"),
        (0, {"distance_km": -1.0}, "distance_km: is not a number of km from 0 to 45000, in 1 row"),
        (2, {"cost_usd": -5.0}, "cost_usd: is not a number of USD from 0"),
        (2, {"latitude": 35.2}, "longitude: has one of latitude and longitude without the other"),
        (
            2,
            {"latitude": 95.0, "longitude": 0.0},
            "latitude: is not a number of degrees from -90 to 90",
        ),
        (2, {"service_id": "HEA-TOR"}, "unknown service 'HEA-TOR'"),
        (2, {"nationality": "Iran"}, "nationality: is not a country code of two capital letters"),
        (2, {"node_id": None}, "node_id: is at no place"),
        (2, {"node_id": "TRO"}, "node_id: 1 row says unknown node 'TRO'. Did you mean 'TOR'?"),
        (0, {"link_id": "HEATOR"}, "unknown link 'HEATOR'. Did you mean 'HEA-TOR'?"),
        (2, {"activity": "custom"}, "unknown activity 'custom'. Did you mean 'customs'?"),
        (0, {"mode": "raod"}, "mode: 1 row says unknown mode 'raod'. Did you mean 'road'?"),
        (0, {"origin": "guessed"}, "origin: 1 row says unknown origin 'guessed'"),
    ],
)
def test_check_log__reports(ix: int, changes: dict[str, Any], words: str) -> None:
    found = with_(ix, **changes)
    assert any(words in line for line in found), found


def test_check_log__lets_short_gaps_pass() -> None:
    late = {**GOOD[1], "start": "2018-12-13T09:01"}
    assert said(GOOD[0], late, gap_s=60) == []
    assert len(said(GOOD[0], late, gap_s=59)) == 1


def test_check_log__counts_rows_and_names_three() -> None:
    wrong = [{**GOOD[0], "journey_id": str(ix), "distance_km": -1.0} for ix in range(5)]
    (line,) = said(*wrong)
    assert "in 5 rows: journey 0" in line
    assert "journey 2" in line
    assert "journey 3" not in line


def test_check_log__reports_everything_together_errors_first() -> None:
    problems = check_log(
        log_of(
            [
                GOOD[0],
                {**GOOD[1], "start": "2018-12-13T09:30", "activity": "que"},
                {**GOOD[2], "cost_usd": -1.0},
            ]
        )
    )
    assert [problem.severity for problem in problems] == ["error", "error", "warning"]


@pytest.mark.parametrize(("end", "doubted"), [("2019-12-13T13:00", False), ("2019-12-15", True)])
def test_check_log__doubts_a_stay_of_more_than_a_year(end: str, doubted: bool) -> None:
    """Milliseconds that were taken for seconds make a thousand times as much of it."""
    found = [words for words in with_(2, end=end) if "lasts more than a year" in words]
    assert bool(found) is doubted
