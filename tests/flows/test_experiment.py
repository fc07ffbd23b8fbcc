"""The natural experiment of the built-in corridor."""

import pytest
from tests.tiny import tiny_corridor

from lajvard.corridor import built_in
from lajvard.flows.experiment import CROSSINGS, closed_crossings, natural_experiment
from lajvard.flows.table import FlowTable


@pytest.fixture(scope="module")
def table() -> FlowTable:
    found = natural_experiment(built_in())
    assert found is not None
    return found


def row(table: FlowTable, words: str) -> dict[str, object]:
    return next(row for row in table.dicts() if str(row["what"]).startswith(words))


def test_natural_experiment__holds_what_was_published(table: FlowTable) -> None:
    """7.1 to 2.9 billion USD between two fiscal years, and 66 % less again."""
    assert row(table, "transit left")["observed"] == pytest.approx(2.887 / 7.095, abs=0.003)
    assert row(table, "change of transit")["observed"] == pytest.approx(-0.66, abs=0.005)


def test_natural_experiment__shows_its_error(table: FlowTable) -> None:
    for found in table.dicts():
        if found["observed"] is None:
            assert found["error"] is None
        else:
            assert found["error"] == pytest.approx(found["modelled"] - found["observed"])


def test_natural_experiment__nothing_passes_what_is_shut(table: FlowTable) -> None:
    shut = [r for r in table.dicts() if "model: crossings shut" in str(r["what"])]
    assert [r["modelled"] for r in shut] == [0.0, -1.0]
    taken = [r for r in table.dicts() if str(r["what"]).startswith("transit that takes")]
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
