import pytest
from tests.tiny import tiny_corridor

from lajvard.analysis.target_tables import error_cell, telling
from lajvard.analysis.targets import validate_targets
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
    [result] = validate_targets(Case(tiny_corridor(target=text)))
    assert result.route is None
    assert "elephant" in result.reason


@pytest.mark.parametrize(("error", "css"), [(-0.05, "good"), (0.25, "fair"), (-0.6, "poor")])
def test_error_cell__is_coloured_by_size(error: float, css: str) -> None:
    assert error_cell(error).css == css  # type: ignore[union-attr]
