"""The section on the cable through the sea."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from lajvard.case import Case
from lajvard.corridor import Corridor, Table, built_in
from lajvard.fibre.seabed.cable_path import design_route
from lajvard.fibre.seabed.depth import read_seabed
from lajvard.report import write_report
from lajvard.report.sea_charts import choice_chart, profile_chart, runs
from lajvard.report.sea_section import FIGURES, SeaSection, drawings, sea_section

TABLES = ("cable_site", "cable_span", "hazard", "sounding", "shoreline", "parameter", "source")


@pytest.fixture(scope="module")
def sea() -> Corridor:
    """The built-in sea without the rest of the corridor."""
    tables: dict[str, Table] = {name: built_in()[name] for name in TABLES}
    rows = [row | {"node_id": "", "link_id": ""} for row in tables["cable_site"].dicts()]
    tables["cable_site"] = tables["cable_site"].with_rows(rows)
    return Corridor.of(tables, name="sea")


@pytest.fixture(scope="module")
def section(sea: Corridor) -> SeaSection:
    places = [(49.2, 41.1), (53.0, 40.0)]
    seabed = read_seabed(sea, cell_km=4.0, places=places)
    found = sea_section(sea, tell=lambda _: None, seabed=seabed)
    assert found is not None
    return found


def words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_sea_section__draws_map_profile_and_choice(section: SeaSection) -> None:
    assert tuple(section.figures) == FIGURES
    assert {"Siyazan", "Turkmenbashi port", "Aktau"} <= set(words(section.figures["map"]))
    assert "expected repairs a year" in words(section.figures["choice"])
    assert any("coarse seabed" in text for text in words(section.figures["profile"]))


def test_sea_section__calls_the_coarse_coarse_and_the_short_short(section: SeaSection) -> None:
    assert section.facts["notes"].startswith("COARSE seabed")
    assert (
        "300 km announced for Siyazan - Turkmenbashi port are shorter"
        in (section.facts["too_short"])
    )
    assert "matter" in section.facts["verdict"]
    assert section.tables["sea_landings"].note.startswith("COARSE")


def test_sea_section__has_every_pair_and_route(section: SeaSection) -> None:
    landings, routes = section.tables["sea_landings"], section.tables["sea_routes"]
    assert len(landings.rows) == 7
    assert any(row["announced_km"] == "300 (below the geodesic)" for row in landings.rows)
    costs = [
        row.number("life_cycle_musd") for row in routes if row["a_repair_counts"] != "straight line"
    ]
    assert costs == sorted(costs)


def test_sea_section__needs_a_span_and_soundings(sea: Corridor) -> None:
    assert sea_section(Corridor.of({}, name="c"), tell=lambda _: None) is None
    dry = sea.with_table(Table.empty("sounding"))
    assert sea_section(dry, tell=lambda _: None) is None


def test_drawings__are_files_of_their_own(sea: Corridor) -> None:
    seabed = read_seabed(sea, cell_km=5.0)
    design = design_route(sea, "Siyazan", "Awaza", seabed=seabed, weights=(1.0,))
    assert len(design.front) == 1
    for text in drawings(sea, design).values():
        assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
        assert text.count("<svg") == 1
        assert "coarse seabed" in text
    bed = replace(seabed, coarse=False)
    surveyed = replace(design, surface=replace(design.surface, seabed=bed))
    assert not any("coarse seabed" in text for text in drawings(sea, surveyed).values())
    assert "fewest repairs" not in profile_chart(design) + choice_chart(design, None)


def test_write_report__has_the_sea(sea: Corridor, tmp_path: Path) -> None:
    page = write_report(Case(sea), tmp_path).html.read_text(encoding="utf-8")
    assert '<section id="sea"' in page
    assert "The cable through the sea" in page
    quick = write_report(Case(sea), tmp_path / "quick", quick=True).html.read_text(encoding="utf-8")
    assert '<section id="sea"' not in quick


def test_runs__of_nothing_but_one_value() -> None:
    import numpy as np

    assert runs(np.array([3, 3, 3])) == [(0, 3, 3)]
