"""From a corridor to a model, worked by hand on the tiny corridor."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.tiny import changed, extended, tiny_corridor, unchecked, with_traffic

from lajvard.case import Case
from lajvard.case.channels import Channels
from lajvard.case.demand import Flow
from lajvard.case.parameters import CaseParameters
from lajvard.corridor import built_in
from lajvard.errors import InputError
from lajvard.simulation.model import ENGINE_ACTIVITIES, Model, StepKind
from lajvard.twin.compile import build_model
from lajvard.twin.work import ModelBuild


def check_model(model: Model) -> None:
    """Indices in range, times ascending, shares and lists whole."""
    sources, routes, steps, stations = model.sources, model.routes, model.steps, model.stations
    n_sources, n_routes, n_steps = len(sources.tonnes), len(routes.share_total), len(steps.kind)
    assert n_sources == len(model.source_names) == len(sources.class_ix)
    assert n_routes == len(model.route_names) == sources.first_route[-1]
    assert n_steps == routes.first_step[-1]
    assert len(sources.rate_time_h) == len(sources.rate_total) == sources.first_rate[-1]
    assert len(sources.scheduled_h) == sources.first_scheduled[-1]
    for ix in range(n_sources):
        time, total = (
            array[sources.first_rate[ix] : sources.first_rate[ix + 1]]
            for array in (sources.rate_time_h, sources.rate_total)
        )
        scheduled = sources.scheduled_h[
            sources.first_scheduled[ix] : sources.first_scheduled[ix + 1]
        ]
        assert bool(len(time)) != bool(len(scheduled))
        assert (np.diff(time) > 0).all()
        assert (np.diff(total) >= 0).all()
        assert (np.diff(scheduled) >= 0).all()
        assert not len(total) or (total[0] == 0 and time[-1] >= model.horizon_h)
        share = routes.share_total[sources.first_route[ix] : sources.first_route[ix + 1]]
        assert len(share)
        assert (np.diff(share, prepend=0.0) >= -1e-12).all()
        assert share[-1] == 1.0
    assert (np.diff(routes.first_step) > 0).all()
    for kind, count in (
        (StepKind.STATION, len(model.station_names)),
        (StepKind.SERVICE, len(model.line_names)),
        (StepKind.PERMIT, len(model.pool_names)),
    ):
        target = steps.target[steps.kind == kind]
        assert ((target >= 0) & (target < count)).all()
    within(steps.distribution, len(model.quantiles))
    within(steps.rule, len(model.rules.driving_h))
    within(steps.ahead, len(model.station_names))
    for gate in (steps.gate, steps.link_gate, model.lines.gate, stations.gate):
        within(gate, len(model.gate_names))
    assert ((steps.activity >= 0) & (steps.activity < len(model.activity_names))).all()
    assert ((steps.place >= 0) & (steps.place < len(model.place_ids))).all()
    assert model.activity_names[: len(ENGINE_ACTIVITIES)] == ENGINE_ACTIVITIES
    for other, at in zip(steps.other_route, steps.other_step, strict=True):
        if other >= 0:
            assert routes.first_step[other] <= at < routes.first_step[other + 1]
    route_of = np.searchsorted(routes.first_step, np.arange(n_steps), side="right") - 1
    end = routes.first_step[route_of + 1]
    assert (np.arange(n_steps) + 1 + steps.skip <= end).all()
    for values in (steps.scale, steps.patience_h, steps.cost_usd, steps.emission_kgco2e):
        assert (values >= 0).all()
    first = stations.first_shift
    assert (np.diff(first) > 0).all()
    for ix in range(len(model.station_names)):
        shift = stations.shift_time_h[first[ix] : first[ix + 1]]
        assert shift[0] == 0
        assert (np.diff(shift) > 0).all()
    assert (stations.shift_servers >= 0).all()
    lines, fleets = model.lines, model.fleets
    within(lines.fleet, len(fleets.first_vessel) - 1)
    assert len(lines.departure_h) == lines.first_departure[-1]
    assert ((lines.origin < len(fleets.berths)) & (lines.destination < len(fleets.berths))).all()
    assert len(fleets.vessel_home) == fleets.first_vessel[-1]
    assert len(model.gates.dated_from_h) == model.gates.first_dated[-1]
    assert (model.gates.dated_from_h < model.gates.dated_until_h).all()
    assert len(model.class_priority) == len(model.class_names)
    assert (np.diff(model.month_start_h) > 0).all()
    for part in (sources, routes, steps, stations, model.gates, lines, fleets, model.pools):
        for array in part:
            assert not np.isnan(array).any()


def within(index: NDArray[Any], count: int) -> None:
    assert ((index >= -1) & (index < count)).all()


@pytest.fixture(scope="module")
def tiny() -> ModelBuild:
    return build_model(Case(tiny_corridor()))


def test_build_model__of_the_tiny_corridor_is_as_worked_by_hand(tiny: ModelBuild) -> None:
    model = tiny.model
    check_model(model)
    assert model.source_names == ("D1", "D2")
    kinds = [StepKind(kind).name for kind in model.steps.kind]
    there = ["MOVE", "STATION", "MOVE", "STATION", "DELAY", "MOVE"]
    assert kinds == [*there, "STATION", "MOVE", "STATION", "MOVE"]
    assert model.station_names == (
        "TOR-SER road outbound",
        "SER-TOR road inbound",
        "SER-TOR road outbound",
        "TOR-SER road inbound",
    )
    place = [model.place_ids[ix] for ix in model.steps.place]
    assert place[:6] == ["HEA-TOR", "TOR", "TOR-SER", "SER", "SER", "SER-MAR"]
    assert model.steps.scale[[0, 2, 5]].tolist() == [3.0, 0.4, 10.0]
    assert (model.steps.ahead[1], model.steps.ahead[6]) == (1, 3)
    assert model.horizon_h == 8760


def test_build_model__expects_the_described_tonnes(tiny: ModelBuild) -> None:
    sources = tiny.model.sources
    total = sources.rate_total[sources.first_rate[1:] - 1]
    assert total.tolist() == pytest.approx([1000 / 18, 5000 / 20])
    assert (total * sources.tonnes).tolist() == pytest.approx([1000, 5000])


def test_build_model__carries_the_money_and_carbon_of_the_network(tiny: ModelBuild) -> None:
    steps, first = tiny.model.steps, tiny.model.routes.first_step
    for number, one in enumerate(tiny.choices):
        mine = slice(first[number], first[number + 1])
        (route,) = one.routes
        assert steps.cost_usd[mine].sum() == pytest.approx(route.cost_usd)
        assert steps.emission_kgco2e[mine].sum() == pytest.approx(route.emission_kgco2e)
        assert steps.distance_km[mine].sum() == pytest.approx(route.distance_km)


def test_build_model__calibrates_posts_to_the_published_means(tiny: ModelBuild) -> None:
    posts = {post.post: post for post in tiny.posts}
    post = posts["TOR-SER road inbound"]
    assert (post.target_h, post.target_basis, post.basis) == (6.0, "published", "estimate")
    assert post.predicted_h == pytest.approx(6.0, rel=1e-4)
    assert post.servers == 1
    assert post.described_per_day == pytest.approx(250 / 365.25)
    model, ix = tiny.model, tiny.model.station_names.index(post.post)
    (step,) = np.flatnonzero((model.steps.kind == StepKind.STATION) & (model.steps.target == ix))
    assert model.steps.scale[step] == pytest.approx(post.service_h)
    assert model.stations.yard[ix] >= 20


def test_build_model__adds_the_observed_traffic() -> None:
    corridor = with_traffic(tiny_corridor(), "100")
    build = build_model(Case(corridor))
    check_model(build.model)
    posts = {post.post: post for post in build.posts}
    post = posts["SER-TOR road outbound"]
    assert post.described_per_day + post.background_per_day == pytest.approx(50)
    assert post.observed_per_day == pytest.approx(50)
    assert post.servers > 1
    alone = build_model(Case(corridor, background=False))
    assert {post.background_per_day for post in alone.posts} == {0.0}


def test_build_model__opens_and_closes_posts() -> None:
    hours = {"calendar_id": "day", "row": "1", "name": "by day", "kind": "opening_hours"}
    corridor = extended(
        tiny_corridor(), "calendar", **hours, opens="08:00", closes="20:00", utc_offset_h="4"
    )
    rows = [dict(row) | {"calendar_id": "day"} for row in corridor["procedure"].dicts()]
    model = build_model(Case(corridor.with_table(corridor["procedure"].with_rows(rows)))).model
    check_model(model)
    stations = model.stations
    times = stations.shift_time_h[: stations.first_shift[1]]
    servers = stations.shift_servers[: stations.first_shift[1]]
    assert times[:4].tolist() == [0.0, 4.0, 16.0, 28.0]
    assert servers[:4].tolist() == [0, servers[1], 0, servers[1]]
    assert "day" not in model.activity_names


def test_build_model__sorts_by_channel_where_data_are_sent_ahead() -> None:
    regime = {"regime_id": "etir", "name": "eTIR", "kind": "exchange", "instrument_id": "etir"}
    corridor = extended(unchecked(tiny_corridor()), "regime", **regime)
    rows = [dict(row) for row in corridor["procedure"].dicts()]
    rows[2]["needs"] = "tir;etir"
    corridor = unchecked(corridor.with_table(corridor["procedure"].with_rows(rows)))
    build = build_model(Case(corridor))
    check_model(build.model)
    steps, channels = build.model.steps, Channels()
    branches = np.flatnonzero(steps.kind == StepKind.BRANCH)
    green, yellow = branches
    assert (steps.probability[green], steps.skip[green]) == (0.7, 3)
    assert build.model.gate_names[steps.link_gate[green]] == "data link etir"
    (post,) = [post for post in build.posts if post.post == "SER-TOR road outbound"]
    assert post.target_h == 2.0
    mean = post.target_h * channels.base + (1 - channels.green) * steps.scale[green + 1]
    mean += (1 - channels.green) * (1 - steps.probability[yellow]) * steps.scale[yellow + 1]
    assert mean == pytest.approx(2.0)


def test_build_model__takes_a_schedule() -> None:
    flow = Flow("convoy", "SER", "HEA", "truck", scheduled_h=(5.0, 5.0), tonnes=15.0)
    build = build_model(Case(tiny_corridor(), demand=[flow]))
    check_model(build.model)
    assert build.model.sources.scheduled_h.tolist() == [5.0, 5.0]
    assert build.model.sources.tonnes.tolist() == [15.0]


def test_build_model__notes_what_has_no_route() -> None:
    corridor = extended(
        tiny_corridor(),
        "demand",
        demand_id="D4",
        origin_node_id="HEA",
        dest_node_id="MAR",
        commodity="x",
        cargo_class="truck",
        tonnes_per_year="10",
    )
    build = build_model(Case(corridor))
    assert build.model.source_names == ("D1", "D2")
    assert "D4" in build.notes[0]
    with pytest.raises(InputError, match="no flow"):
        build_model(Case(corridor, demand=[Flow("D", "HEA", "MAR", "truck", 1.0)]))


def test_build_model__needs_permits() -> None:
    regime = {"regime_id": "visa", "name": "visa", "kind": "visa", "country": "AF", "mode": "road"}
    corridor = extended(
        tiny_corridor(),
        "regime",
        **regime,
        quota="10",
        quota_period="week",
        delay_mean_h="24",
        cost_usd="80",
    )
    model = build_model(Case(corridor)).model
    check_model(model)
    assert model.pool_names == ("visa",)
    assert (model.pools.quota.tolist(), model.pools.period_h.tolist()) == ([10.0], [168.0])
    (step,) = np.flatnonzero(model.steps.kind == StepKind.PERMIT)
    assert (model.steps.scale[step], model.steps.cost_usd[step]) == (24.0, 80.0)


def test_build_model__rests_by_the_rule_of_the_country() -> None:
    row = {"name": "x", "kind": "driver_hours", "driving_h": "9", "rest_h": "11"}
    corridor = extended(tiny_corridor(), "calendar", **row, calendar_id="all", row="1")
    corridor = extended(corridor, "calendar", **row, calendar_id="af", row="1", country="AF")
    model = build_model(Case(corridor)).model
    check_model(model)
    rule = dict(
        zip([model.place_ids[ix] for ix in model.steps.place], model.steps.rule, strict=True)
    )
    assert (rule["HEA-TOR"], rule["SER-MAR"], rule["TOR"]) == (1, -1, -1)
    assert model.rules.driving_h.tolist() == [9.0, 9.0]
    assert np.isnan(model.rules.ban_from_h).all()


def test_content_hash__is_that_of_the_description() -> None:
    corridor = tiny_corridor()
    one = build_model(Case(corridor)).model.content_hash
    assert one == build_model(Case(tiny_corridor())).model.content_hash
    more = {"origin_node_id": "SER", "dest_node_id": "HEA", "commodity": "salt"}
    longer = extended(
        corridor, "demand", demand_id="D9", **more, cargo_class="truck", tonnes_per_year="1"
    )
    assert build_model(Case(longer)).model.content_hash != one
    assert (
        build_model(Case(changed(corridor, "procedure", 2, mean_h="4.5"))).model.content_hash != one
    )
    assert (
        build_model(Case(corridor, parameters=CaseParameters(patience_h=1.0))).model.content_hash
        == one
    )


def test_build_model__refuses_no_time() -> None:
    with pytest.raises(InputError, match="days"):
        build_model(Case(tiny_corridor()), days=0)


@pytest.mark.parametrize("year", [None, 2022, 2024])
def test_build_model__of_the_built_in_corridor_holds_together(year: int | None) -> None:
    build = build_model(Case(built_in(), year=year))
    check_model(build.model)
    assert build.year == (year or 2025)
    assert all(share.sum() == pytest.approx(1.0) for share in build.shares)
    assert all(post.utilisation <= 0.8 + 1e-9 for post in build.posts)
    assert all(post.predicted_h == pytest.approx(post.target_h, rel=1e-3) for post in build.posts)
    first, steps = build.model.routes.first_step, build.model.steps
    number = 0
    for one in build.choices:
        for route in one.routes:
            mine = slice(first[number], first[number + 1])
            assert steps.cost_usd[mine].sum() == pytest.approx(route.cost_usd)
            assert steps.emission_kgco2e[mine].sum() == pytest.approx(route.emission_kgco2e)
            number += 1
    assert len(build.step_modes) == len(steps.kind)
