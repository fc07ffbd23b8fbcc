"""The built-in corridor against published lengths, times and prices."""

import pytest
from tests.generated import check_page

from lajvard.corridor import built_in
from lajvard.report.validation import TargetResult, validate_targets
from lajvard.report.validation_page import validation_page

DISTANCE_LIMIT = 0.10


@pytest.fixture(scope="module")
def results() -> tuple[TargetResult, ...]:
    """All published figures with the routes of the model."""
    return validate_targets(built_in())


def test_distances__are_met_within_ten_percent(results: tuple[TargetResult, ...]) -> None:
    distances = [result for result in results if result.kind == "distance"]
    assert len(distances) >= 18
    off = {
        result.label: result.length_error
        for result in distances
        if result.length_error is None or abs(result.length_error) > DISTANCE_LIMIT
    }
    assert off == {}


def test_measured__all_have_a_route(results: tuple[TargetResult, ...]) -> None:
    assert [result.label for result in results if result.measured and result.route is None] == []


def test_validation_page__is_up_to_date(request: pytest.FixtureRequest) -> None:
    check_page(request, "background/validation.md", validation_page(built_in()))


@pytest.mark.validate
def test_validation_page__is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(validation_page(built_in()))
