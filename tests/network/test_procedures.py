"""Procedures as values: what makes a station, and the form of its times."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tiny import changed, extended, tiny_corridor

from lajvard.errors import InputError
from lajvard.network.procedures import Procedure, exchange_instruments, read_procedures


@pytest.fixture(scope="module")
def post() -> Procedure:
    """Leaving Afghanistan: the first row of the tiny corridor."""
    return read_procedures(tiny_corridor())[0]


def test_read_procedures__are_the_rows(post: Procedure) -> None:
    assert post.key == ("TOR", "SER", "road", "outbound", "total_clearance")
    assert (post.row, post.procedure_id, post.mean_h, post.cv, post.fee_usd) == (
        0,
        "TOR-out",
        4.0,
        0.5,
        100.0,
    )
    assert (post.servers, post.yard, post.part_of, post.exchange) == (0, 0, "", "")
    assert (post.values_h, post.cargo_classes, post.basis) == ((), (), "published")
    more = {"servers": "3", "yard": "20", "values_h": "1;2.5", "cargo_class": "box;truck"}
    found = read_procedures(changed(tiny_corridor(), "procedure", 3, **more, fee_usd=""))[1]
    assert (found.row, found.servers, found.yard) == (1, 3, 20)
    assert found.values_h == (1.0, 2.5)
    assert found.cargo_classes == ("box", "truck")
    assert np.isnan(found.fee_usd)


def test_is_station__of_a_whole_post_or_with_servers_or_hours(post: Procedure) -> None:
    customs = replace(post, key=(*post.key[:4], "customs"))
    assert post.is_whole_post
    assert not customs.is_whole_post
    assert post.is_station
    assert not customs.is_station
    assert replace(customs, servers=1).is_station
    assert replace(customs, calendar_id="day").is_station
    assert not replace(post, mean_h=0.0).is_station


def test_shape_cv__is_that_of_the_form(post: Procedure) -> None:
    assert replace(post, form="lognormal").shape_cv == 0.5
    assert replace(post, form="fixed").shape_cv == 0
    assert replace(post, form="exponential").shape_cv == 1
    # mean 2, standard deviation 1
    observed = replace(post, form="empirical", values_h=(1.0, 3.0))
    assert observed.shape_cv == 0.5
    assert observed.shape == ("empirical", 0.5, 1.0, 3.0)
    assert replace(post, form="gamma", values_h=(1.0, 3.0)).shape == ("gamma", 0.5)


@pytest.mark.parametrize("values", [(), (1.0,), (-0.5, 1.0), (0.0, 0.0)])
def test_shape_cv__wants_observed_times(post: Procedure, values: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="Give at least two observed times"):
        _ = replace(post, form="empirical", values_h=values).shape_cv


def test_shape_cv__of_two_times_of_which_one_is_none(post: Procedure) -> None:
    assert replace(post, form="empirical", values_h=(0.0, 2.0)).shape_cv == 1


def test_exchange__is_the_first_need_that_is_an_exchange() -> None:
    corridor = tiny_corridor()
    for regime, kind, instrument in (("ex", "exchange", "i-ex"), ("tir", "transit", "i-tir")):
        row = {"regime_id": regime, "name": regime, "kind": kind, "instrument_id": instrument}
        corridor = extended(corridor, "regime", **row)
    corridor = extended(corridor, "regime", regime_id="no", name="no", kind="exchange")
    assert exchange_instruments(corridor) == {"i-ex"}
    corridor = changed(corridor, "procedure", 2, needs="i-tir;i-ex")
    first, second, *_ = read_procedures(corridor)
    assert (first.exchange, second.exchange) == ("i-ex", "")
