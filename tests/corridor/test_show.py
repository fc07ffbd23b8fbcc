import re
from html.parser import HTMLParser

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.show import basis_bar, corridor_html, table_html
from lajvard.corridor.table import Table

VOID = {"br"}


class Checked(HTMLParser):
    """Fails when tags do not pair."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.titles: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.titles += [value or "" for name, value in attrs if name == "title"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def links(count: int) -> Table:
    return Table.of(
        "link",
        {
            "link_id": [f"L{ix}" for ix in range(count)],
            "length": ["12.5"] * count,
            "gauge_mm": [""] * count,
            "basis": ["published"] + ["estimate"] * (count - 1),
            "own": ["<script>alert('x')</script>"] * count,
            "note": ["long " * 30] * count,
        },
    )


def test_table_html__shows_units_meanings_and_the_first_rows() -> None:
    found = Checked(table_html(links(12)))
    text = "".join(found.words)
    assert "12 rows, the first 10 shown; 1 column without value left out" in text
    assert "km" in found.words
    assert "length along the way (GMNS name)" in found.titles
    assert "L9" in found.words
    assert "L10" not in found.words
    assert "gauge_mm" not in text
    assert "<script>alert('x')</script>" in found.words  # as text
    assert any(word.endswith("long…") for word in found.words)
    assert "long " * 30 in found.titles


def test_table_html__counts_one_row_and_none() -> None:
    assert "1 row;" in table_html(links(1))
    empty = Checked(table_html(Table.empty("node")))
    assert "0 rows; 14 columns without value left out" in "".join(empty.words)


def test_table_html__has_no_colour_of_text_or_ground() -> None:
    html = table_html(links(2)) + corridor_html(Corridor.of({"link": links(2)}, name="c"))
    assert not re.search(r"[\"; ]color:", html)  # the notebook's own, light or dark
    assert "background:#fff" not in html


def test_corridor_html__summarises_tables() -> None:
    corridor = Corridor.of({"link": links(4)}, name="c", title="A & B", description="<i>x</i>")
    found = Checked(corridor_html(corridor.as_of("2020-12-21")))
    text = "".join(found.words)
    assert "A & B c as of 2020-12-21<i>x</i>" in text
    assert "25 % published, 0 % derived, 75 % estimate" in found.titles
    assert "a connection of two nodes by one mode" in found.titles
    assert "node" not in found.words


def test_corridor_html__says_when_there_is_nothing() -> None:
    assert "No rows yet." in Checked(corridor_html(Corridor.of({}, name="c"))).words


def test_repr_html__is_what_a_notebook_calls() -> None:
    corridor = Corridor.of({"link": links(4)}, name="c")
    assert corridor._repr_html_() == corridor_html(corridor)
    assert corridor["link"]._repr_html_() == table_html(corridor["link"])


def test_basis_bar__has_a_piece_for_each_share() -> None:
    bar = basis_bar({"published": 1, "derived": 0, "estimate": 3})
    assert re.findall(r"width:(\d+)%", bar) == ["25", "75"]
    assert basis_bar({"published": 0, "derived": 0, "estimate": 0}) == ""
