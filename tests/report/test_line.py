"""The section on the fibre line."""

import re

import pytest

from lajvard.analysis.line_tables import legs_table
from lajvard.corridor import built_in
from lajvard.fibre.line.results import DRIVEN
from lajvard.fibre.line.system import FibreLine, design_fibre_line
from lajvard.report.line_section import LineSection, line_section, worth_words
from lajvard.report.report import LINE_TABLES, WORKBOOK


@pytest.fixture(scope="module")
def line() -> FibreLine:
    return design_fibre_line(built_in(), sea_km=353.0)


@pytest.fixture(scope="module")
def section(line: FibreLine) -> LineSection:
    return line_section(line, lambda _: None)


def words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_line_section__has_every_table_and_figure(section: LineSection) -> None:
    assert tuple(section.tables) == LINE_TABLES
    assert set(LINE_TABLES) <= set(WORKBOOK)
    assert all(section.tables[name].rows for name in LINE_TABLES)
    assert len({table.name for table in section.tables.values()}) == len(LINE_TABLES)
    assert all(svg.startswith("<svg") for svg in section.figures.values())


def test_line_section__rows_fit_their_columns(section: LineSection) -> None:
    for table in section.tables.values():
        assert {len(row) for row in table.rows} == {len(table.columns)}, table.name


def test_line_section__draws_what_it_says(section: LineSection, line: FibreLine) -> None:
    spans, tornado = words(section.figures["spans"]), words(section.figures["tornado"])
    assert {"remote amplifier", "the sea crossing", "Siyazan"} <= {word.strip() for word in spans}
    assert f"{line.way.line.worst_gsnr_db:.1f}" in [word.strip() for word in spans]
    assert sum(any(word.startswith(f"{name}, ") for word in tornado) for name in DRIVEN) == 3
    posts = words(section.figures["borders"])
    assert "Torghundi, both" in posts
    assert "and the line" in posts


def test_line_section__says_plainly_what_it_found(section: LineSection) -> None:
    assert "do not reach" in section.facts["ways"]
    assert "shutdown by order in Afghanistan" in section.facts["down"]
    assert "which is a judgement" in section.facts["worth"]
    assert len(section.findings) == 2


def test_line_section__a_short_sea_needs_nothing_special() -> None:
    short = line_section(design_fibre_line(built_in(), sea_km=60.0), lambda _: None)
    assert short.facts["ways"].endswith("ordinary fibre and amplifiers are enough.")


def test_legs_sheet__says_what_the_weakest_stretch_carries(line: FibreLine) -> None:
    first = [line.way.line, *(d for (_, way), d in line.land_lines.items() if way == 0)]
    least = min(one.capacity_tbit_s for one in first)
    assert f"what its weakest stretch does, {least:.1f} Tbit/s" in legs_table(line).note


def test_tornado__labels_have_plain_numbers_and_countries(section: LineSection) -> None:
    chart = section.figures["tornado"]
    assert "shutdowns Afghanistan" in chart
    assert "e+06" not in chart


def test_line_section__of_a_corridor_without_posts_says_so(line: FibreLine) -> None:
    from dataclasses import replace

    from lajvard.fibre.line.results import worth_of

    table = built_in()["procedure"]
    bare = replace(line, corridor=built_in().with_table(table.with_rows([])))
    worth = worth_of(bare)
    assert not worth.effects
    assert "no border post" in worth_words(worth)
    assert line_section(bare, lambda _: None).figures["borders"] == ""
