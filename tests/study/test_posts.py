"""The border posts that a run folder keeps."""

from dataclasses import replace
from math import inf, isnan, nan
from pathlib import Path
from typing import Any

import pytest
from tests.tiny import tiny_corridor

from lajvard.case import Case
from lajvard.case.posts import PostCalibration
from lajvard.errors import InputError
from lajvard.study import open_run, simulate
from lajvard.study.posts import POSTS, keep_posts, read_posts
from lajvard.twin.compile import build_model

POST = PostCalibration(
    post="Torghundi – Serhetabat, road",
    node_id="TOR",
    other_node_id="SER",
    mode="road",
    direction="outbound",
    procedure_id="TOR-out",
    target_h=1 / 3,
    target_basis="estimate",
    predicted_h=inf,
    queue_h=0.1,
    service_h=0.2,
    servers=3,
    utilisation=1.25,
    described_per_day=40.0,
    background_per_day=2.5,
    observed_per_day=nan,
    basis="estimate",
)


def test_keep_posts__come_back_as_they_were(tmp_path: Path) -> None:
    keep_posts(tmp_path, [POST, replace(POST, direction="inbound", observed_per_day=12.0)])
    found = read_posts(tmp_path)
    assert found is not None
    first, second = found
    assert isnan(first.observed_per_day)
    assert replace(first, observed_per_day=0.0) == replace(POST, observed_per_day=0.0)
    assert second == replace(POST, direction="inbound", observed_per_day=12.0)
    assert type(first.servers) is int
    assert "NaN" not in (tmp_path / POSTS).read_text("utf-8")


def test_keep_posts__leaves_what_is_there_and_nothing_beside_it(tmp_path: Path) -> None:
    keep_posts(tmp_path, [POST])
    keep_posts(tmp_path, [])
    found = read_posts(tmp_path)
    assert found is not None
    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == [POSTS]


def test_read_posts__no_file_and_no_posts_are_different_things(tmp_path: Path) -> None:
    assert read_posts(tmp_path) is None
    keep_posts(tmp_path, [])
    assert read_posts(tmp_path) == ()


@pytest.mark.parametrize("text", ['{"half', '[{"post": "x"}]', "[1]", "5"])
def test_read_posts__names_a_damaged_file(tmp_path: Path, text: str) -> None:
    (tmp_path / POSTS).write_text(text)
    with pytest.raises(InputError, match=r"posts\.json: is not a list of border posts"):
        read_posts(tmp_path)


def test_run__keeps_the_posts_of_its_own_scenario(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "name: own\ntitle: a slower border\npatches:\n"
        "  - scale: procedure\n    where: {procedure_id: SER-in}\n    by: {mean_h: 2}\n"
    )
    made = {}
    for name, scenario in (("base", None), ("own", own)):
        settings: dict[str, Any] = {"days": 10, "replications": 1, "warmup": 0, "jobs": 1}
        simulate(Case(tiny_corridor(), scenario=scenario), tmp_path / name, **settings)
        posts = open_run(tmp_path / name).posts
        assert posts is not None
        made[name] = {post.procedure_id: post for post in posts}
    built = build_model(Case(tiny_corridor()), probes=True).posts
    assert {post.procedure_id for post in built} == set(made["base"])
    slower = made["own"]["SER-in"]
    assert slower.target_h == pytest.approx(2 * made["base"]["SER-in"].target_h)


def test_run__of_an_earlier_version_gets_them_when_it_is_taken_up(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"days": 10, "warmup": 0, "jobs": 1}
    run = simulate(Case(tiny_corridor()), tmp_path / "run", replications=1, **settings)
    (run.folder / POSTS).unlink()
    assert open_run(run.folder).posts is None
    again = simulate(Case(tiny_corridor()), run.folder, replications=2, **settings)
    assert again.posts
