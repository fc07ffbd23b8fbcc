"""Flows of the table of demand."""

import pytest
from tests.tiny import changed, tiny_corridor

from lajvard.errors import InputError
from lajvard.flows.demand import Flow, flows_of


def test_flows_of__takes_used_rows_with_tonnes() -> None:
    corridor = tiny_corridor()
    assert [flow.name for flow in flows_of(corridor)] == ["D1", "D2"]
    assert flows_of(corridor)[0].tonnes_per_year == 1000
    assert [flow.name for flow in flows_of(changed(corridor, "demand", 2, used="no"))] == ["D2"]
    assert [f.name for f in flows_of(changed(corridor, "demand", 2, tonnes_per_year=""))] == ["D2"]


def test_flows_of__leaves_history_to_its_day() -> None:
    corridor = changed(tiny_corridor(), "demand", 2, until="2020-12-31")
    assert [flow.name for flow in flows_of(corridor)] == ["D2"]
    assert [flow.name for flow in flows_of(corridor.as_of("2020-06-01"))] == ["D1", "D2"]


def test_flow__refuses_what_is_no_season() -> None:
    with pytest.raises(InputError, match="twelve"):
        Flow("D", "A", "B", "truck", 1.0, seasonality=(1.0, 2.0))
    with pytest.raises(InputError, match="ascending"):
        Flow("D", "A", "B", "truck", scheduled_h=(2.0, 1.0))
