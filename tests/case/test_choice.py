"""Choice sets and shares."""

import numpy as np
import pytest
from tests.tiny import extended, open_border, tiny_corridor

from lajvard.assignment.logit import logit_shares, path_sizes
from lajvard.case.choice import (
    Choice,
    ChoiceSet,
    choice_set,
    route_shares,
    service_load,
    token,
)
from lajvard.case.demand import Flow, flows_of
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.network import compile_network
from lajvard.routes import NoRoute

LINK = {"from_node_id": "SER", "to_node_id": "HEA", "directed": "no", "mode": "road"}


def two_ways() -> Corridor:
    """The tiny corridor with a second road, 200 km from Serhetabat to Herat."""
    corridor = open_border(tiny_corridor(), "SER", "HEA")
    return extended(corridor, "link", link_id="SER-HEA", **LINK, length="200", free_speed="20")


def sets(corridor: Corridor, **choice: float) -> tuple[ChoiceSet, ...]:
    flow = flows_of(corridor)[1]
    return (choice_set(compile_network(corridor), flow, Choice(**choice)),)  # type: ignore[arg-type]


def test_choice_set__holds_each_route_once_cheapest_first() -> None:
    (one,) = sets(two_ways())
    assert len(one.routes) == len({route.moves for route in one.routes}) == 2
    assert (np.diff(one.cost_usd) > 0).all()
    assert one.per_year == 250


def test_choice_set__raises_when_nothing_leads_there() -> None:
    corridor = tiny_corridor()
    with pytest.raises(NoRoute):
        choice_set(compile_network(corridor), Flow("D", "HEA", "MAR", "truck", 1.0), Choice())


def test_path_sizes__count_what_is_shared() -> None:
    assert path_sizes(np.array([3.0, 1.0, 1.0]), [[0, 1], [0, 2]]).tolist() == [0.625, 0.625]


def test_logit_shares__sum_to_one_whatever_the_costs() -> None:
    shares = logit_shares(np.array([1e6, 1e6 + 1, 2e6]), 10.0, np.zeros(3))
    assert shares.sum() == pytest.approx(1.0)
    assert shares[0] > shares[1] > shares[2]


def test_route_shares__may_be_given() -> None:
    one = sets(two_ways())
    (share,) = route_shares(one, Choice(shares={"D2": (0.25, 0.75)}), {})
    assert share.tolist() == [0.25, 0.75]
    for wrong in ((1.0,), (0.5, 0.6)):
        with pytest.raises(InputError, match="Give"):
            route_shares(one, Choice(shares={"D2": wrong}), {})


def test_route_shares__fit_into_what_there_is_room_for() -> None:
    regime = {"regime_id": "permit", "name": "permit", "kind": "permit", "country": "AF"}
    corridor = extended(
        two_ways(), "regime", **regime, mode="road", quota="100", quota_period="year"
    )
    one = sets(corridor)
    key = token("permit")
    (free,) = route_shares(one, Choice(), {})
    assert service_load(one, (free,))[key] == pytest.approx(250)
    (share,) = route_shares(one, Choice(), {key: 100.0})
    assert share.sum() == pytest.approx(1.0)


def test_choice__refuses_what_cannot_be() -> None:
    with pytest.raises(InputError, match="scale"):
        Choice(scale=0.0)
