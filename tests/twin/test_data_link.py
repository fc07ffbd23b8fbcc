"""Outages of the data link come from the description into the simulated year."""

import numpy as np
import pytest

from lajvard.case import Case
from lajvard.case.channels import Channels
from lajvard.case.parameters import CaseParameters
from lajvard.corridor import Corridor, built_in
from lajvard.twin.compile import build_model


def stating(outages: str, hours: str) -> Corridor:
    table = built_in()["parameter"]
    values = {"data_link_outages": outages, "data_link_outage": hours}
    rows = [row | {"value": values.get(row["parameter_id"], row["value"])} for row in table.dicts()]
    return built_in().with_table(table.with_rows(rows))


def test_described_by__takes_what_is_stated_and_keeps_what_was_asked_for() -> None:
    corridor = stating("0.5", "48")
    found = Channels().described_by(corridor)
    assert (found.outages_per_year, found.outage_h) == (0.5, 48.0)
    asked = Channels(outages_per_year=2.0)
    assert asked.described_by(corridor) == asked
    assert Channels().described_by(built_in()) == Channels()


@pytest.mark.parametrize(("outages", "hours"), [("0.5", "48"), ("30", "10")])
def test_compile_model__has_the_gate_that_is_described(outages: str, hours: str) -> None:
    model = build_model(Case(stating(outages, hours)), days=30).model
    gates = [ix for ix, name in enumerate(model.gate_names) if name.startswith("data link")]
    assert gates
    expected = float(outages) / (8760 - float(outages) * float(hours))
    np.testing.assert_allclose(model.gates.rate_per_h[gates], expected)
    np.testing.assert_allclose(model.gates.mean_closed_h[gates], float(hours))


def test_compile_model__without_parameters_assumes_as_before() -> None:
    assert CaseParameters().channels.outages_per_year == 6.0
    empty = built_in().with_table(built_in()["parameter"].with_rows([]))
    assert Channels().described_by(empty) == Channels()
