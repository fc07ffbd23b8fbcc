"""Closures as values: when they hold, and on which days crossings were shut."""

from datetime import date

import pytest
from tests.tiny import extended, tiny_corridor

from lajvard.network.closures import Closure, read_closures, shut_days

POSTS = {"TOR-SER": ("TOR", "SER"), "HEA-TOR": ("HEA", "TOR")}


def closure(**cells: str) -> Closure:
    row = {"closure_id": "C", "kind": "dated", "effect": "0", "reason": "dispute"}
    if cells.get("kind") != "random":
        row |= {"start_date": "2025-01-03", "end_date": "2025-01-05"}
    [found] = read_closures(extended(tiny_corridor(), "closure", **(row | cells)))
    return found


def test_read_closures__are_the_rows() -> None:
    found = closure(node_id="TOR", other_node_id="SER", mode="road", recurs="no", months="1;12")
    assert found.thing == ("TOR", "SER", "", "", "road")
    assert (found.left, found.per_year, found.mean_h) == (0, 0, 0)
    assert (found.start, found.end, found.start_text) == (
        date(2025, 1, 3),
        date(2025, 1, 5),
        "2025-01-03",
    )
    assert (found.is_random, found.recurs, found.is_operating) == (False, False, True)
    assert (found.months, found.since, found.until) == ((1, 12), None, None)
    random = closure(kind="random", link_id="HEA-TOR", events_per_year="6", mean_duration_h="72")
    assert (random.is_random, random.per_year, random.mean_h) == (True, 6, 72)
    assert (random.start, random.end) == (None, None)
    assert not closure(node_id="TOR", status="suspended").is_operating


def test_read_closures__a_month_is_all_its_days() -> None:
    found = closure(node_id="TOR", start_date="2025-02", end_date="2025-02", since="2024")
    assert (found.start, found.end) == (date(2025, 2, 1), date(2025, 2, 28))
    assert found.since == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("first", "last", "covered"),
    [(3, 5, True), (4, 4, True), (2, 5, False), (3, 6, False), (6, 7, False)],
)
def test_covers__whole_periods_only(first: int, last: int, covered: bool) -> None:
    period = date(2025, 1, first), date(2025, 1, last)
    assert closure(node_id="TOR").covers(*period) is covered


def test_covers__without_an_end_goes_on_and_a_random_one_never() -> None:
    far = date(2099, 1, 1)
    assert closure(node_id="TOR", end_date="").covers(far, far)
    assert not closure(node_id="TOR", kind="random").covers(far, far)


@pytest.mark.parametrize(
    ("since", "until", "years"),
    [
        ("", "", (2020, 2025, 2030)),
        ("2025-12-31", "", (2025, 2030)),
        ("", "2025-01-01", (2020, 2025)),
        ("2025-06-01", "2025-07-01", (2025,)),
    ],
)
def test_holds_in__a_year_of_which_it_covers_a_day(
    since: str, until: str, years: tuple[int, ...]
) -> None:
    found = closure(node_id="TOR", since=since, until=until)
    assert tuple(year for year in (2020, 2025, 2030) if found.holds_in(year)) == years


@pytest.mark.parametrize(
    ("cells", "links"),
    [
        ({"node_id": "SER"}, {"TOR-SER"}),
        ({"node_id": "TOR"}, {"TOR-SER", "HEA-TOR"}),
        ({"node_id": "TOR", "other_node_id": "SER"}, {"TOR-SER"}),
        ({"node_id": "TOR", "other_node_id": "MAR"}, set()),
        ({"node_id": "MAR"}, set()),
        ({"link_id": "HEA-TOR"}, {"HEA-TOR"}),
        ({"node_id": "SER", "mode": "road"}, {"TOR-SER"}),
        ({"node_id": "SER", "mode": "rail"}, set()),
        ({"link_id": "HEA-TOR", "mode": "rail"}, set()),
        ({"node_id": "SER", "effect": "0.5"}, set()),
    ],
)
def test_shut_days__by_what_a_closure_names(cells: dict[str, str], links: set[str]) -> None:
    days = shut_days([closure(**cells)], POSTS, date(2025, 1, 1), date(2025, 1, 6))
    wanted = {frozenset(links): 3, frozenset(): 3} if links else {frozenset(): 6}
    assert days == wanted
