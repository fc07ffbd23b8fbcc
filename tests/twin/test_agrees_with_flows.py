"""The simulation and the flow model: one choice of routes, one calibration of posts."""

from functools import cache

import numpy as np
import pytest
from scipy.stats import chi2

from lajvard.case import Case
from lajvard.corridor import built_in
from lajvard.flows.assign_flows import FlowResult, assign_flows
from lajvard.simulation.model import StepKind
from lajvard.simulation.simulate import simulate_replication
from lajvard.twin.compile import build_model
from lajvard.twin.work import ModelBuild

DAYS = 60
LEAST_EXPECTED = 5.0
"""Journeys that are expected on a route, below which routes are taken together."""

SCENARIOS = [None, "torkham-chaman-closed"]


@cache
def both(scenario: str | None) -> tuple[ModelBuild, FlowResult]:
    """The built-in corridor as a simulation and as a flow model, from one case."""
    case = Case(built_in(), scenario=scenario)
    return build_model(case, days=DAYS), assign_flows(case)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_shares__are_those_of_the_flow_model(scenario: str | None) -> None:
    build, flows = both(scenario)
    assert len(build.choices) == len(flows.sets) > 20
    for mine, other, one, share in zip(
        build.choices, flows.sets, build.shares, flows.shares, strict=True
    ):
        assert mine.flow.name == other.flow.name
        assert [route.moves for route in mine.routes] == [route.moves for route in other.routes]
        assert one.tolist() == share.tolist()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_posts__have_the_capacity_of_the_flow_model(scenario: str | None) -> None:
    build, flows = both(scenario)
    stations, names = build.model.stations, build.model.station_names
    compared = 0
    for one in flows.bottlenecks:
        post = flows.case.posts.get(one.key)
        if post is None or one.note == "shut" or post.calibration.post not in names:
            continue
        ix = names.index(post.calibration.post)
        shifts = slice(*stations.first_shift[ix : ix + 2].tolist())
        servers = int(stations.shift_servers[shifts].max())
        (step,) = {
            float(build.model.steps.scale[at])
            for at in np.flatnonzero(build.model.steps.target == ix)
            if build.model.steps.kind[at] == StepKind.STATION and build.model.steps.scale[at] > 0
        }
        capacity = servers * post.now.open_share / step * 8766
        assert one.capacity_per_year == pytest.approx(capacity, rel=1e-9)
        compared += 1
    assert compared >= 10


def test_simulated_journeys__take_routes_as_the_flow_model_says() -> None:
    """Chi-squared over the routes of each flow, at a level of one in a million for each."""
    build, flows = both(None)
    model = build.model
    counts = simulate_replication(model, seed=11, replication=0).statistics.routes.started
    tested = 0
    for ix, share in enumerate(flows.shares):
        first = int(model.sources.first_route[ix])
        seen = counts[first : first + len(share)].astype(np.float64)
        expected = share * seen.sum()
        large = expected >= LEAST_EXPECTED
        groups = [(seen[at], expected[at]) for at in np.flatnonzero(large)]
        if expected[~large].sum() >= LEAST_EXPECTED:
            groups.append((seen[~large].sum(), expected[~large].sum()))
        if len(groups) > 1:
            statistic = sum((n - e) ** 2 / e for n, e in groups)
            assert chi2.sf(statistic, len(groups) - 1) > 1e-6, flows.sets[ix].flow.name
            tested += 1
    assert tested >= 15
