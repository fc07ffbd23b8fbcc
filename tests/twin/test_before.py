"""What a scenario leaves as it is: what posts can do, and the traffic beside the demand."""

import pytest
from tests.tiny import changed, extended, open_border, scenario_of, tiny_corridor, with_traffic
from tests.twin.test_compile import check_model

from lajvard.case import Case
from lajvard.case.posts import PostCalibration
from lajvard.corridor import Corridor
from lajvard.twin.compile import build_model
from lajvard.twin.work import ModelBuild

POST = "SER-TOR road outbound"
D2, SER_OUT = 3, 4
"""Rows of the files: 5,000 t a year from SER to HEA, and what they meet first."""


@pytest.fixture(scope="module")
def usual() -> Corridor:
    """The tiny corridor, with 50 lorries a day each way."""
    return with_traffic(tiny_corridor(), "100")


def post_of(build: ModelBuild) -> PostCalibration:
    check_model(build.model)
    return next(post for post in build.posts if post.post == POST)


def more(corridor: Corridor, lorries_a_day: float) -> Corridor:
    tonnes = f"{lorries_a_day * 20 * 365.25:.0f}"
    return changed(corridor, "demand", D2, tonnes_per_year=tonnes)


def test_build_model__of_no_change_is_the_model_of_the_description(usual: Corridor) -> None:
    nodes = usual["node"]
    alike = usual.with_table(nodes.with_rows([*nodes.dicts()]))  # not known to be the same
    assert alike.tables != usual.tables
    same = build_model(
        Case(usual, scenario=scenario_of(usual, alike)), probes=True
    ).model.content_hash
    assert same == build_model(Case(usual), probes=True).model.content_hash


def test_build_model__lets_queues_grow_with_the_traffic_of_a_scenario(usual: Corridor) -> None:
    base = post_of(build_model(Case(usual)))
    after = post_of(build_model(Case(usual, scenario=scenario_of(usual, more(usual, 10)))))
    assert (after.servers, after.service_h) == (base.servers, base.service_h)
    assert after.background_per_day == pytest.approx(base.background_per_day)
    assert after.described_per_day == pytest.approx(10, rel=1e-3)
    assert after.predicted_h > 1.1 * base.target_h
    anew = post_of(build_model(Case(more(usual, 10))))
    assert anew.predicted_h == pytest.approx(base.target_h)
    assert anew.background_per_day == pytest.approx(40, rel=1e-3)


def test_build_model__lets_servers_of_a_scenario_shorten_the_queue(usual: Corridor) -> None:
    base = post_of(build_model(Case(usual)))
    wider = changed(usual, "procedure", SER_OUT, servers=str(2 * base.servers))
    after = post_of(build_model(Case(usual, scenario=scenario_of(usual, wider))))
    assert after.servers == 2 * base.servers
    assert after.service_h == base.service_h
    assert after.queue_h < base.queue_h / 2


def test_build_model__takes_a_described_time_to_hold_at_the_usual_traffic(usual: Corridor) -> None:
    base = post_of(build_model(Case(usual)))
    faster = changed(usual, "procedure", SER_OUT, mean_h="1")
    after = post_of(build_model(Case(usual, scenario=scenario_of(usual, faster))))
    assert after.servers == base.servers
    assert after.predicted_h == pytest.approx(1.0)
    both = post_of(build_model(Case(usual, scenario=scenario_of(usual, more(faster, 30)))))
    assert both.service_h == after.service_h
    assert both.predicted_h > 1.0


def test_build_model__finds_more_servers_for_a_longer_described_time(usual: Corridor) -> None:
    base = post_of(build_model(Case(usual)))
    slower = changed(usual, "procedure", SER_OUT, mean_h="8")
    after = post_of(build_model(Case(usual, scenario=scenario_of(usual, slower))))
    assert after.predicted_h == pytest.approx(8.0)
    assert after.servers > base.servers


def test_build_model__keeps_other_traffic_where_a_second_crossing_opens(usual: Corridor) -> None:
    link = {"link_id": "SER-HEA", "from_node_id": "SER", "to_node_id": "HEA", "directed": "no"}
    wider = extended(usual, "link", **link, mode="road", length="500", free_speed="20")
    wider = open_border(wider, "SER", "HEA")
    base = post_of(build_model(Case(usual)))
    after = post_of(build_model(Case(usual, scenario=scenario_of(usual, wider))))
    assert after.background_per_day == pytest.approx(base.background_per_day)


def test_build_model__says_where_more_come_than_can_be_dealt_with(usual: Corridor) -> None:
    build = build_model(Case(usual, scenario=scenario_of(usual, more(usual, 60))))
    post = post_of(build)
    assert post.utilisation > 1
    assert post.predicted_h == float("inf")
    (note,) = (note for note in build.notes if note.startswith(POST))
    most = post.servers * 24 / post.service_h
    assert note == (
        f"{POST}: 109 unit loads a day come and {most:.3g} can be dealt with, "
        "so that the queue grows"
    )


def test_build_model__learns_nothing_from_a_post_that_hardly_anybody_passes() -> None:
    corridor = tiny_corridor()
    after = post_of(build_model(Case(corridor, scenario=scenario_of(corridor, more(corridor, 60)))))
    assert (after.queue_h, after.service_h) == (0.0, after.target_h)
    again = post_of(
        build_model(Case(corridor, scenario=scenario_of(corridor, more(corridor, 0.5))))
    )
    assert again.servers == 1
