from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

import pytest
from tests.tiny import tiny_corridor, unchecked

from lajvard.analysis.target_tables import error_cell, telling
from lajvard.analysis.targets import TargetResult, validate_targets
from lajvard.case import Case

HEAD = (
    "target_id,label,kind,origin_node_id,dest_node_id,via,avoid,modes,cargo_class,length_km,"
    "days_low,days_high,cost_usd,year,status,basis,source_id,note"
)
TARGETS = f"""{HEAD}
A,Herat-Serhetabat,distance,HEA,SER,,,road,truck,100,,,,,operating,published,S1,
B,Herat-Mary,observed,HEA,MAR,SER,,,box,,1,2,400,2019,operating,published,S2,
C,Herat-Mary by road,observed,HEA,MAR,,,road,box,,1,1,,2019,operating,published,S2,
D,Herat-Mary in a hurry,claimed,HEA,MAR,,,,box,,0.1,,,,operating,published,S2,
E,Herat-Torghundi,distance,HEA,TOR,,,,truck,120,,,,,operating,published,S1,Not independent: taken
F,Mary-Herat,observed,MAR,HEA,,,,box,,0,9,,,operating,published,S2,
"""


def test_validate_targets__compares_length_time_and_price() -> None:
    found = {
        result.target_id: result for result in validate_targets(Case(tiny_corridor(target=TARGETS)))
    }
    by_road, by_rail = found["A"], found["B"]
    assert by_road.route is not None
    assert by_road.route.distance_km == 128
    assert by_road.length_error == pytest.approx(0.28)
    assert by_road.time_error is None
    # 120/40 + 4 (exit) + 8/20 + 10 (entry) + 12 (transfer) + 300/30 hours
    assert by_rail.route is not None
    days = (3 + 4 + 0.4 + 10 + 12 + 10) / 24
    assert by_rail.route.time_h / 24 == pytest.approx(days)
    assert by_rail.time_error == 0
    assert by_rail.within_spread
    assert by_rail.cost_error == pytest.approx(by_rail.route.cost_usd / 400 - 1)
    assert found["D"].time_error == pytest.approx(days / 0.1 - 1)
    assert found["D"].within_spread is False


def test_validate_targets__says_what_has_no_route() -> None:
    found = {
        result.target_id: result for result in validate_targets(Case(tiny_corridor(target=TARGETS)))
    }
    assert found["C"].route is None
    assert "avoid mode rail" in found["C"].reason
    assert found["C"].time_error is None
    assert found["C"].within_spread is None


def test_telling__takes_measured_independent_figures_with_a_route() -> None:
    results = validate_targets(Case(tiny_corridor(target=TARGETS)))
    assert [result.target_id for result in telling(results)] == ["A", "B", "F"]


def test_validate_targets__reports_an_unknown_cargo_class() -> None:
    text = f"{HEAD}\nX,Herat-Mary,observed,HEA,MAR,,,,elephant,,1,2,,,operating,published,S2,\n"
    [result] = validate_targets(Case(unchecked(tiny_corridor(target=text))))
    assert result.route is None
    assert "elephant" in result.reason


@pytest.mark.parametrize(("error", "css"), [(-0.05, "good"), (0.25, "fair"), (-0.6, "poor")])
def test_error_cell__is_coloured_by_size(error: float, css: str) -> None:
    assert error_cell(error).css == css  # type: ignore[union-attr]


@dataclass(frozen=True)
class Stated:
    """A route of which only the numbers of interest are stated."""

    time_h: float = 240.0
    time_sd_h: float = 60.0
    p95_h: float = 350.0
    distance_km: float = 1100.0
    cost_usd: float = 900.0


def target(route: Stated | None = Stated(), **cells: object) -> TargetResult:
    """A published figure beside a route of 10 days, 1,100 km and 900 USD."""
    common: dict[str, Any] = dict.fromkeys(("target_id", "label", "cargo_class", "year"), "x")
    common |= dict.fromkeys(("length_km", "days_low", "days_high", "cost_usd"))
    common |= {"kind": "observed", "reason": "", "note": "", "source_id": ()}
    return TargetResult(route=route, **(common | cells))  # type: ignore[arg-type]


def test_errors__are_model_over_published_less_one() -> None:
    assert target(length_km=1000.0).length_error == pytest.approx(0.1)
    assert target(cost_usd=1000.0).cost_error == pytest.approx(-0.1)
    assert target().length_error is None
    assert target().cost_error is None
    assert target(length_km=0.0).length_error is None
    assert target(None, length_km=9.0, cost_usd=9.0).length_error is None
    assert target(None, length_km=9.0, cost_usd=9.0).cost_error is None


@pytest.mark.parametrize(
    ("low", "high", "error"),
    [
        (8.0, None, 10 / 8 - 1),
        (8.0, 12.0, 0.0),
        (12.0, 20.0, 10 / 12 - 1),
        (2.0, 5.0, 1.0),
        (None, 5.0, None),
        (0.0, 5.0, 1.0),
    ],
)
def test_time_error__is_from_the_nearest_published_day(
    low: float | None, high: float | None, error: float | None
) -> None:
    found = target(days_low=low, days_high=high).time_error
    assert found == (None if error is None else pytest.approx(error))


def test_within_spread__between_the_5th_and_the_95th_percentile() -> None:
    # mean 240 h, sd 60 h: sigma^2 = ln(1 + 1/16); 5th percentile 240 / sqrt(17/16) e^(-1.645 sigma)
    sigma = sqrt(log(17 / 16))
    early = 240 / sqrt(17 / 16) * exp(-1.6448536 * sigma) / 24
    assert early == pytest.approx(6.47, abs=0.01)
    for days, inside in ((early - 0.01, False), (early + 0.01, True), (14.5, True), (14.6, False)):
        assert target(days_low=days).within_spread is inside
    assert target(days_low=1.0, days_high=early + 0.01).within_spread is True
    assert target(days_low=1.0, days_high=early - 0.01).within_spread is False
    assert target(days_low=14.6, days_high=90.0).within_spread is False
    assert target(days_low=350 / 24).within_spread is True
    assert target(days_high=5.0).within_spread is None
    assert target(None, days_low=5.0).within_spread is None


@pytest.mark.parametrize(
    ("kind", "measured"),
    [
        ("distance", True),
        ("market", True),
        ("tariff", True),
        ("planned", False),
        ("claimed", False),
    ],
)
def test_measured__are_figures_and_not_plans(kind: str, measured: bool) -> None:
    assert target(kind=kind).measured is measured


def test_independent__unless_the_note_says_otherwise() -> None:
    assert target(note="of the ministry").independent
    assert not target(note="not Independent: the fee was taken").independent


def test_validate_targets__unknown_figures_are_none_and_names_are_kept() -> None:
    first = validate_targets(Case(tiny_corridor(target=TARGETS)))[0]
    assert (first.length_km, first.days_low, first.days_high, first.cost_usd) == (
        100.0,
        None,
        None,
        None,
    )
    assert (first.label, first.cargo_class, first.source_id) == (
        "Herat-Serhetabat",
        "truck",
        ("S1",),
    )
    assert (first.reason, first.year) == ("", "")


def test_validate_targets__modes_that_are_not_named_are_avoided() -> None:
    rows = ["A,x,observed,HEA,MAR,,,road;rail,box,,1,2,,,operating,published,S2,"]
    rows += ["B,x,observed,HEA,MAR,,SER,,box,,1,2,,,operating,published,S2,"]
    both, around = validate_targets(Case(tiny_corridor(target="\n".join([HEAD, *rows]))))
    assert both.route is not None
    assert around.route is None
    assert "avoid Serhetabat" in around.reason
