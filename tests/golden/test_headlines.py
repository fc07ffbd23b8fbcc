"""The headline numbers of the built-in corridor: none of them changes unseen.

A number that is changed on purpose is written anew by ``make golden``, and the change is
explained in ``changelog.d/``.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.golden import headlines

Golden = Callable[..., None]


@pytest.fixture(scope="module")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    headlines.simulate_tiny(folder)
    return folder


@pytest.fixture(scope="module")
def built_in_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "built-in"
    headlines.simulate_built_in(folder)
    return folder


def test_routes_by_criterion__are_the_approved_ones(golden: Golden) -> None:
    golden("routes-by-criterion", headlines.routes_by_criterion())


def test_routes_by_alternative__are_the_approved_ones(golden: Golden) -> None:
    golden("routes-by-alternative", headlines.routes_by_alternative())


def test_shares_of_flow_model__are_the_approved_ones(golden: Golden) -> None:
    golden("shares-flow-model", headlines.shares_of_flow_model(), rel=1e-5, abs_=1e-7)


def test_shares_of_simulation__are_the_approved_ones(golden: Golden) -> None:
    golden("shares-simulation", headlines.shares_of_simulation(), rel=1e-5, abs_=1e-7)


def test_disagreement__is_the_approved_one(golden: Golden) -> None:
    golden("shares-disagreement", headlines.disagreement(), rel=1e-5, abs_=1e-6)


def test_posts_of_simulation__are_the_approved_ones(golden: Golden) -> None:
    golden("posts-simulation", headlines.posts_of_simulation(), rel=1e-5, abs_=1e-7)


def test_bottlenecks_of_flow_model__are_the_approved_ones(golden: Golden) -> None:
    golden("bottlenecks-flow-model", headlines.bottlenecks_of_flow_model(), rel=1e-5, abs_=1e-7)


def test_run_of_tiny_corridor__is_the_approved_one(golden: Golden, tiny_run: Path) -> None:
    golden("run-tiny-log", headlines.log_of_run(tiny_run))
    golden("run-tiny-measures", headlines.measures_of_run(tiny_run))


def test_run_of_built_in_corridor__is_the_approved_one(golden: Golden, built_in_run: Path) -> None:
    golden("run-built-in-log", headlines.log_of_run(built_in_run))
    golden("run-built-in-measures", headlines.measures_of_run(built_in_run))


def test_indicators_of_tiny_run__are_the_approved_ones(golden: Golden, tiny_run: Path) -> None:
    golden("indicators-tiny", headlines.indicators_of_run(tiny_run))


def test_fibre_design__is_the_approved_one(golden: Golden) -> None:
    golden("fibre-design", headlines.fibre_design(), rel=1e-5)


def test_fibre_results__are_the_approved_ones(golden: Golden) -> None:
    golden("fibre-results", headlines.fibre_results(), rel=1e-5)
