"""The natural experiment of the built-in corridor."""

import pytest
from tests.built import experiment
from tests.tiny import tiny_corridor

from lajvard.analysis.transit_rules import CROSSINGS, closed_crossings, natural_experiment
from lajvard.case.shut_days import shut_days
from lajvard.corridor import built_in
from lajvard.flows.table import FlowTable


@pytest.fixture(scope="module")
def table() -> FlowTable:
    return experiment()


def row(table: FlowTable, words: str) -> dict[str, object]:
    return next(row for row in table.dicts() if str(row["what"]).startswith(words))


def test_natural_experiment__holds_what_was_published(table: FlowTable) -> None:
    """7.1 to 2.9 billion USD between two fiscal years, and 66 % less again."""
    assert row(table, "change in a year (shut on 0 of 366")["observed"] == pytest.approx(
        2.887 / 7.095 - 1, abs=0.003
    )
    found = row(table, "change in a year (shut on 8 of 243")
    assert found["observed"] == pytest.approx(-0.66, abs=0.005)


def test_natural_experiment__changes_by_the_days_on_which_crossings_were_shut(
    table: FlowTable,
) -> None:
    """By hand: 5 of 365 days of the first year took something from it, none of the second."""
    first, second = (r for r in table.dicts() if str(r["what"]).startswith("change in a year"))
    assert 0 <= float(first["modelled"]) <= 5 / 360
    assert -8 / 243 <= float(second["modelled"]) <= 0


def test_shut_days__counts_days_by_what_was_shut() -> None:
    corridor, torkham = built_in(), frozenset({"AFTKM-PKTKM-road"})
    both = frozenset(CROSSINGS)
    assert shut_days(corridor, CROSSINGS, "2022-07", "2023-06") == {frozenset(): 360, torkham: 5}
    assert shut_days(corridor, CROSSINGS, "2024-07", "2025-02") == {frozenset(): 235, torkham: 8}
    assert shut_days(corridor, CROSSINGS, "2025-10-12", "2025-10-14") == {frozenset(): 1, both: 2}


def test_natural_experiment__shows_its_error(table: FlowTable) -> None:
    for found in table.dicts():
        if found["observed"] is None:
            assert found["error"] is None
        else:
            assert found["error"] == pytest.approx(found["modelled"] - found["observed"])


def test_natural_experiment__nothing_passes_what_is_shut(table: FlowTable) -> None:
    shut = [r for r in table.dicts() if "both shut all the time" in str(r["what"])]
    assert [r["modelled"] for r in shut] == [-1.0, -1.0]
    taken = [r for r in table.dicts() if str(r["what"]).startswith("both shut: transit")]
    assert sum(float(r["modelled"]) for r in taken) == pytest.approx(1.0, abs=0.02)


def test_natural_experiment__ports_sum_to_all_rail_cargo(table: FlowTable) -> None:
    ports = [r for r in table.dicts() if str(r["what"]).startswith("of which at")]
    whole = row(table, "additional rail")
    for name in ("observed", "modelled"):
        total = sum(float(r[name]) for r in ports)
        assert total == pytest.approx(whole[name])


def test_natural_experiment__is_of_one_corridor_only() -> None:
    assert natural_experiment(tiny_corridor()) is None


def test_closed_crossings__are_links_of_the_built_in_corridor() -> None:
    links = built_in().apply(closed_crossings()).used("link")
    assert not any((link,) in links for link in CROSSINGS)
    assert all((link,) in built_in().used("link") for link in CROSSINGS)
