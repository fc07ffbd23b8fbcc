import json
from pathlib import Path

import numpy as np
import pytest

from lajvard.report import outlines
from lajvard.report.outlines import country_outlines, read_topology

# A square with a hole beside a triangle that shares an edge; quantised, one arc used backwards.
TOPOLOGY = {
    "type": "Topology",
    "transform": {"scale": [0.5, 0.25], "translate": [10.0, 20.0]},
    "arcs": [
        [[4, 0], [0, 4]],  # the shared edge, upwards
        [[4, 4], [-4, 0], [0, -4], [4, 0]],  # the rest of the square
        [[4, 4], [4, -4], [-4, 0]],  # the rest of the triangle
        [[1, 1], [0, 1], [1, 0], [0, -1], [-1, 0]],  # the hole
    ],
    "objects": {
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {
                    "type": "Polygon",
                    "arcs": [[0, 1], [3]],
                    "id": "1",
                    "properties": {"name": "Square"},
                },
                {"type": "MultiPolygon", "arcs": [[[2, 0]]], "properties": {"name": "Turkey"}},
                {"type": None, "properties": {"name": "Nowhere"}},
            ],
        }
    },
}


def test_read_topology__undoes_quantisation_and_joins_arcs() -> None:
    square, triangle, nowhere = read_topology(TOPOLOGY, "countries")
    shell, hole = square.polygons[0]
    assert shell.tolist() == [[12, 20], [12, 21], [10, 21], [10, 20], [12, 20]]
    assert hole[0].tolist() == [10.5, 20.25]
    assert hole.shape == (5, 2)
    assert triangle.name == "Türkiye"
    assert nowhere.polygons == ()


def test_read_topology__turns_arcs_round() -> None:
    square = {"type": "Polygon", "arcs": [[~1, ~0]], "properties": {}}
    backwards = {**TOPOLOGY, "objects": {"one": {"geometries": [square]}}}
    [outline] = read_topology(backwards, "one")
    assert outline.polygons[0][0].tolist() == [[12, 20], [10, 20], [10, 21], [12, 21], [12, 20]]


def test_country_outlines__are_closed_rings_on_the_earth() -> None:
    found = country_outlines()
    if not found:  # the package was built without the registry of outlines
        return
    assert {"Afghanistan", "Azerbaijan", "Türkiye"} <= {outline.name for outline in found}
    rings = [ring for outline in found for polygon in outline.polygons for ring in polygon]
    assert all((ring[0] == ring[-1]).all() for ring in rings)
    every = np.concatenate(rings)
    assert (np.abs(every) <= (180.001, 90.001)).all()


def test_country_outlines__are_none_without_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlines, "files", lambda _: tmp_path)
    country_outlines.cache_clear()
    assert country_outlines() == ()
    folder = tmp_path / "data/outlines"
    folder.mkdir(parents=True)
    (folder / "countries-50m.json").write_text(json.dumps(TOPOLOGY), encoding="utf-8")
    country_outlines.cache_clear()
    assert country_outlines()[0].name == "Square"
    country_outlines.cache_clear()
