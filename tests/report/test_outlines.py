import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import Polygon

from lajvard.report import outlines
from lajvard.report.outlines import country_outlines, read_outlines

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


def written(topology: object, path: Path) -> Path:
    path.write_text(json.dumps(topology), encoding="utf-8")
    return path


def test_read_outlines__undoes_quantisation_and_joins_arcs(tmp_path: Path) -> None:
    square, triangle = read_outlines(written(TOPOLOGY, tmp_path / "two.json"))
    (shape,) = square.polygons
    whole = Polygon([(10, 20), (12, 20), (12, 21), (10, 21)])
    hole = Polygon([(10.5, 20.25), (11, 20.25), (11, 20.5), (10.5, 20.5)])
    assert shape.equals(whole.difference(hole))
    assert triangle.name == "Türkiye"  # and Nowhere, which has no shape, is left out


def test_read_outlines__turns_arcs_round(tmp_path: Path) -> None:
    square = {"type": "Polygon", "arcs": [[~1, ~0]], "properties": {"name": "Square"}}
    layer = {"type": "GeometryCollection", "geometries": [square]}
    backwards = {**TOPOLOGY, "objects": {"countries": layer}}
    [outline] = read_outlines(written(backwards, tmp_path / "one.json"))
    corners = [[12, 20], [10, 20], [10, 21], [12, 21], [12, 20]]
    assert np.array(outline.polygons[0].exterior.coords).tolist() == corners


def test_country_outlines__are_polygons_on_the_earth() -> None:
    found = country_outlines()
    if not found:  # the package was built without the registry of outlines
        return
    assert {"Afghanistan", "Azerbaijan", "Türkiye"} <= {outline.name for outline in found}
    polygons = [polygon for outline in found for polygon in outline.polygons]
    assert {polygon.geom_type for polygon in polygons} == {"Polygon"}
    assert (np.abs(shapely.get_coordinates(polygons)) <= (180.001, 90.001)).all()
    areas = {outline.name: sum(p.area for p in outline.polygons) for outline in found}
    assert areas["Türkiye"] == pytest.approx(81.247667746, rel=1e-6)  # square degrees
    assert areas["Afghanistan"] == pytest.approx(62.559439793, rel=1e-6)


def test_country_outlines__are_none_without_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlines, "files", lambda _: tmp_path)
    country_outlines.cache_clear()
    assert country_outlines() == ()
    folder = tmp_path / "data/outlines"
    folder.mkdir(parents=True)
    written(TOPOLOGY, folder / "countries-50m.json")
    country_outlines.cache_clear()
    assert country_outlines()[0].name == "Square"
    country_outlines.cache_clear()
