"""Probe lorries: where they go, and that all of them are in the log of a sample."""

import numpy as np
from tests.study.small import small_model
from tests.tiny import tiny_corridor

from lajvard.analysis.case_studies.convoy import CONVOY_SOURCE, winter_convoys
from lajvard.case import Case
from lajvard.corridor import built_in
from lajvard.simulation.simulate import simulate_replication
from lajvard.twin.compile import build_model
from lajvard.twin.probes import EVERY_H, PROBE, probe_flows, probes_of


def test_probe_flows__one_for_each_alternative_of_the_first_pair() -> None:
    corridor = built_in()
    flows = probe_flows(corridor)
    ways = corridor.used("alternative").text("alternative_id")
    assert [flow.name for flow in flows] == [f"{PROBE}herat_istanbul {way}" for way in ways]
    assert {flow.cargo_class for flow in flows} == {"truck"}
    assert set(np.diff(flows[0].scheduled_h)) == {EVERY_H}


def test_probe_flows__none_without_pairs() -> None:
    assert probe_flows(tiny_corridor()) == ()


def test_build_model__adds_probes_that_change_no_calibration() -> None:
    corridor = built_in()
    without = build_model(Case(corridor), days=30)
    with_probes = build_model(Case(corridor), days=30, probes=True)
    assert probes_of(without.model) == ()
    assert len(probes_of(with_probes.model)) >= 4
    servers = {post.post: post.servers for post in with_probes.posts}
    assert {post.post: post.servers for post in without.posts}.items() <= servers.items()


def test_simulate_replication__logs_all_watched_journeys() -> None:
    model = small_model(days=5.0)
    every = simulate_replication(model, seed=1, replication=0, log="all").log
    rare, watched = (
        simulate_replication(
            model, seed=1, replication=0, log="sample", sample_every=10_000, watched=sources
        ).log
        for sources in ((), (0,))
    )
    assert every is not None
    assert rare is not None
    assert watched is not None
    assert set(rare.journey) == {0}
    assert set(watched.journey) == set(every.journey[every.source == 0])


def test_winter_convoys__leave_every_fourth_day_under_the_rules_of_2018() -> None:
    found = winter_convoys(built_in())
    model = found.build.model
    at = model.source_names.index(CONVOY_SOURCE)
    first, last = model.sources.first_scheduled[at : at + 2]
    leaves = np.unique(model.sources.scheduled_h[first:last])
    assert last - first == found.convoys * found.lorries == 135
    assert set(np.diff(leaves)) == {96.0}
    assert leaves[7] == 24 * 346 + 4  # 13 December, 04:00 UTC
