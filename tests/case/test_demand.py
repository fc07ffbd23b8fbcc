"""Flows of the table of demand."""

import pytest
from tests.tiny import changed, tiny_corridor

from lajvard.case.demand import Flow, empty_returns, flows_of, grown, without_tonnes
from lajvard.errors import InputError
from lajvard.network.arrays import Cargo


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


TRUCK = Cargo("truck", "lorry", 20.0, 1.0, 0.0, 0.0, 12.5)


def test_flows_of__says_where_tonnes_come_from() -> None:
    corridor = changed(
        tiny_corridor(), "demand", 2, basis="published", source_id="S1;estimate",
        value_of_time_usd_t_day="24",
    )  # fmt: skip
    flow = flows_of(corridor)[0]
    assert (flow.commodity, flow.basis, flow.source_ids) == ("carpets", "published", ("S1",))
    assert flow.value_of_time_usd_h(TRUCK) == pytest.approx(20.0)
    assert flows_of(corridor)[1].value_of_time_usd_h(TRUCK) == 12.5


def test_without_tonnes__names_rows_that_inform_only() -> None:
    corridor = changed(tiny_corridor(), "demand", 2, tonnes_per_year="", note="by pipe")
    assert without_tonnes(corridor) == (("D1", "by pipe"),)
    assert without_tonnes(tiny_corridor()) == ()


def test_tonnes_by_month__follow_the_season_and_sum_to_the_year() -> None:
    season = (2.0, *(1.0,) * 10, 0.0)
    months = Flow("D", "A", "B", "truck", 1200.0, season).tonnes_by_month()
    assert months.sum() == pytest.approx(1200.0)
    assert (months[0], months[11]) == (pytest.approx(200.0), 0.0)


def test_grown__grows_evenly() -> None:
    flows = (Flow("D", "A", "B", "truck", 100.0),)
    assert grown(flows, 0.0, 7)[0].tonnes_per_year == 100.0
    assert grown(flows, -0.5, 1)[0].tonnes_per_year == 50.0
    for rate, years in ((-1.5, 1.0), (float("nan"), 1.0), (0.1, float("inf"))):
        with pytest.raises(InputError, match="rate"):
            grown(flows, rate, years)


def test_empty_returns__are_a_share_of_the_imbalance() -> None:
    flows = [
        Flow("D", "A", "B", "truck", 2000.0),
        Flow("E", "A", "B", "truck", 1000.0),
        Flow("F", "B", "A", "truck", 600.0),
        Flow("G", "C", "A", "truck", 200.0),
    ]
    found = {
        (one.origin, one.destination): one.empty
        for one in empty_returns(flows, {"truck": TRUCK}, 0.5)
    }
    assert found == {("B", "A"): 60.0, ("A", "C"): 5.0}
    assert empty_returns((), {}, 0.5) == ()
