"""The natural experiment of the built-in corridor."""

import numpy as np
import pytest
from tests.built import experiment
from tests.tiny import tiny_corridor

from lajvard.analysis.case_studies.transit_rules import (
    CROSSINGS,
    closed_crossings,
    natural_experiment,
)
from lajvard.corridor import built_in
from lajvard.network.closures import read_closures, shut_days
from lajvard.schema import first_day, last_day
from lajvard.tables import ResultTable, Row


@pytest.fixture(scope="module")
def table() -> ResultTable:
    return experiment()


def rows(table: ResultTable, words: str) -> list[Row]:
    return [row for row in table if row.text("what").startswith(words)]


def row(table: ResultTable, words: str) -> Row:
    return rows(table, words)[0]


def test_natural_experiment__holds_what_was_published(table: ResultTable) -> None:
    """7.1 to 2.9 billion USD between two fiscal years, and 66 % less again."""
    assert row(table, "change in a year (shut on 0 of 366")["observed"] == pytest.approx(
        2.887 / 7.095 - 1, abs=0.003
    )
    found = row(table, "change in a year (shut on 8 of 243")
    assert found["observed"] == pytest.approx(-0.66, abs=0.005)


def test_natural_experiment__changes_by_the_days_on_which_crossings_were_shut(
    table: ResultTable,
) -> None:
    """By hand: 5 of 365 days of the first year took something from it, none of the second."""
    first, second = rows(table, "change in a year")
    assert 0 <= first.number("modelled") <= 5 / 360
    assert -8 / 243 <= second.number("modelled") <= 0


def test_shut_days__counts_days_by_what_was_shut() -> None:
    corridor, torkham = built_in(), frozenset({"AFTKM-PKTKM-road"})
    both = frozenset(CROSSINGS)

    def of(start: str, end: str) -> dict[frozenset[str], int]:
        period = first_day(start), last_day(end)
        return shut_days(read_closures(corridor), CROSSINGS, *period)

    assert of("2022-07", "2023-06") == {frozenset(): 360, torkham: 5}
    assert of("2024-07", "2025-02") == {frozenset(): 235, torkham: 8}
    assert of("2025-10-12", "2025-10-14") == {frozenset(): 1, both: 2}


def test_natural_experiment__shows_its_error(table: ResultTable) -> None:
    observed, error = table.numbers("observed"), table.numbers("error")
    assert 0 < np.isnan(observed).sum() < len(table)
    assert error == pytest.approx(table.numbers("modelled") - observed, nan_ok=True)


def test_natural_experiment__nothing_passes_what_is_shut(table: ResultTable) -> None:
    shut = [r for r in table if "both shut all the time" in r.text("what")]
    assert [r["modelled"] for r in shut] == [-1.0, -1.0]
    taken = rows(table, "both shut: transit")
    assert sum(r.number("modelled") for r in taken) == pytest.approx(1.0, abs=0.02)


def test_natural_experiment__ports_sum_to_all_rail_cargo(table: ResultTable) -> None:
    ports = rows(table, "of which at")
    whole = row(table, "additional rail")
    for name in ("observed", "modelled"):
        total = sum(r.number(name) for r in ports)
        assert total == pytest.approx(whole[name])


def test_natural_experiment__is_of_one_corridor_only() -> None:
    assert natural_experiment(tiny_corridor()) is None


def test_closed_crossings__are_links_of_the_built_in_corridor() -> None:
    links = built_in().apply(closed_crossings()).used("link")
    assert not any((link,) in links for link in CROSSINGS)
    assert all((link,) in built_in().used("link") for link in CROSSINGS)
