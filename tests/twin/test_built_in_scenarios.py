"""Scenarios that come built in, as models."""

import pytest
from tests.built import built_in_model
from tests.twin.test_compile import check_model

from lajvard.corridor import built_in, built_in_scenario, built_in_scenarios, check_corridor
from lajvard.errors import InputError
from lajvard.simulation.model import StepKind


@pytest.mark.parametrize("name", built_in_scenarios())
def test_built_in_scenario__applies_and_compiles(name: str) -> None:
    scenario = built_in_scenario(name)
    assert scenario.title
    assert scenario.description
    corridor = built_in().apply(scenario)
    assert not [problem for problem in check_corridor(corridor) if problem.severity == "error"]
    build = built_in_model(name)
    check_model(build.model)
    same = build.model.content_hash == built_in_model().model.content_hash
    assert same == (name == "as-described")


def test_built_in_scenario__with_data_sorts_lorries_and_clears_faster() -> None:
    before, after = built_in_model(), built_in_model("etir-prearrival")
    assert not (before.model.steps.kind == StepKind.BRANCH).any()
    assert (after.model.steps.kind == StepKind.BRANCH).any()
    kinds = {post.target_basis for post in after.posts if post.post == "AZKRM-GETKH road inbound"}
    assert kinds == {"estimate"}


def test_built_in_scenario__of_the_pandemic_forms_convoys_by_day() -> None:
    model = built_in_model("pandemic-2020").model
    ix = model.station_names.index("TMSBT-AFTGD road inbound escort")
    first = model.stations.first_shift
    assert set(model.stations.shift_servers[first[ix] : first[ix + 1]].tolist()) == {0, 9999}
    assert model.stations.shift_time_h[first[ix] : first[ix] + 3].tolist() == [0.0, 3.0, 13.0]
    assert "other" in model.activity_names


def test_built_in_scenario__unknown_names_the_closest() -> None:
    with pytest.raises(InputError, match="Did you mean 'pandemic-2020'"):
        built_in_scenario("pandemic-2021")
