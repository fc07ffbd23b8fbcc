from collections.abc import Callable
from dataclasses import replace

import pytest

from lajvard.corridor.builtin import built_in
from lajvard.corridor.corridor import Corridor
from lajvard.corridor.quality import data_quality, quality_lines
from lajvard.corridor.quality_page import quality_page
from lajvard.corridor.table import Table


@pytest.fixture
def corridor() -> Corridor:
    link = Table.of(
        "link",
        {
            "link_id": ["A", "B", "C", "C", "D"],
            "mode": ["road", "road", "rail", "rail", "rail"],
            "length": ["100", "300", "600", "700", ""],
            "speed_basis": ["derived", "derived", "estimate", "", ""],
            "used": ["", "yes", "yes", "no", ""],
            "status": ["operating", "operating", "building", "building", "stated"],
            "since": ["2018", "", "", "", ""],
            "basis": ["published", "derived", "estimate", "published", "estimate"],
            "source_id": ["S1;S2", "S2", "none", "S1", "S9"],
        },
    )
    source = Table.of(
        "source",
        {"source_id": ["S1", "S2", "none"], "title": ["1", "2", "3"], "grade": [*"BA", ""]},
    )
    return Corridor.of({"link": link, "source": source}, name="c")


def test_data_quality__counts_used_rows_by_hand(corridor: Corridor) -> None:
    (quality,) = data_quality(corridor)
    assert (quality.table, quality.rows, quality.competing, quality.undated) == ("link", 4, 1, 3)
    assert quality.by_basis == {"published": 1, "derived": 1, "estimate": 2}
    assert quality.by_status == {"stated": 1, "building": 1, "operating": 2}
    assert quality.by_grade == {"A": 2, "": 2}
    assert quality.km == {"published": 100, "derived": 300, "estimate": 600}
    assert quality.aspects == {"speed": {"published": 0, "derived": 2, "estimate": 1}}
    assert quality.share("estimate") == 0.5
    assert quality.share_km("estimate") == pytest.approx(0.6)
    assert replace(quality, rows=0).share("estimate") == 0


def test_data_quality__adds_up_in_the_built_in_corridor() -> None:
    for quality in data_quality(built_in()):
        assert quality.rows == len(built_in().used(quality.table))
        for counts in (quality.by_basis, quality.by_status, quality.by_grade):
            assert sum(counts.values()) == quality.rows, quality.table
        if quality.km:
            total = built_in().used("link").numbers("length").sum()
            assert sum(quality.km.values()) == pytest.approx(total)


def test_quality_lines__are_sentences(corridor: Corridor) -> None:
    assert quality_lines(corridor) == [
        "4 statements in all: 25 % published, 25 % derived, 50 % estimated.",
        "4 links: 25 % published, 25 % derived, 50 % estimated; by length (1,000 km): "
        "10 % published, 30 % derived, 60 % estimated; their speeds: 0 % published, "
        "67 % derived, 33 % estimated; 1 competing statement is kept and not used.",
    ]
    assert quality_lines(Corridor.of({}, name="c")) == []


def test_quality_page__draws_bars_of_one_width(corridor: Corridor) -> None:
    page = quality_page(corridor)
    assert "| `█████▒▒▒▒▒··········` | 25 % | 25 % | 50 % | 1 | 3 |" in page
    assert "**Mostly estimated:** links (50 %)." in page
    assert "| road | 2 | 400 | 25 % | 75 % | 0 % | 0 % | 100 % | 0 % |" in page
    assert "| [link](../reference/tables.md#link) | 2 |  |  |  | 2 |" in page


def test_quality_page__of_the_built_in_corridor_is_up_to_date(
    generated_page: Callable[[str, str], None],
) -> None:
    generated_page("background/data-quality.md", quality_page(built_in()))
