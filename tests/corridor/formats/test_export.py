import json
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from pyogrio import raw
from pyproj import Geod

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.formats.export import export_geojson, export_geopackage
from lajvard.corridor.formats.layers import Values, layers
from lajvard.corridor.table import Table
from lajvard.errors import InputError


def table(name: str, *lines: str) -> Table:
    header, *rows = [line.split(",") for line in lines]
    return Table.of(name, dict(zip(header, map(list, zip(*rows, strict=True)), strict=True)))


@pytest.fixture
def corridor() -> Corridor:
    tables = [
        table(
            "node",
            "node_id,name,country,x_coord,y_coord,node_type,tier,used,since,source_id",
            "A,Herat,AF,62.2,34.3,city,1,,2018-09,S1;S2",
            "B,Poti,GE,41.7,42.1,port,,yes,,S2",
            "B,Poti port,GE,41.6,42.0,port,,no,,S2",
            "C,Suva,FJ,178.4,-18.1,port,2,,,S1",
            "D,Apia,WS,-171.8,-13.8,port,2,,,S1",
        ),
        Table.of(
            "link",
            {
                "link_id": ["AB", "CD", "AX", "BA"],
                "from_node_id": ["A", "C", "A", "B"],
                "to_node_id": ["B", "D", "X", "A"],
                "directed": ["yes", "", "", ""],
                "mode": ["rail", "sea", "road", "road"],
                "length": ["2100.5", "1200", "10", "2300"],
                "gauge_mm": ["1520", "", "", ""],
                "source_id": ["S1", "S2", "S2", "S1"],
                "lanes": ["2", "", "1", "1"],
                "geometry": ["", "", "", "LINESTRING (41.7 42.1, 50 40, 62.2 34.3)"],
            },
        ),
        table("procedure", "procedure_id,node_id,other_node_id,mean_h", "P,B,A,1.5", "Q,X,,2"),
        table("service", "service_id,name,link_id,capacity", "F,Ferry,CD,50"),
        table("source", "source_id,title,url", "S1,One,https://a.example", "S2,Two,"),
    ]
    return Corridor.of({each.name: each for each in tables}, name="small", title="Small")


def properties(file: Path, layer: str) -> dict[str, list[object]]:
    meta, _, _, columns = raw.read(file, layer=layer)
    return dict(zip(meta["fields"], (list(column) for column in columns), strict=True))


def test_export_geopackage__opens_with_types_and_system(tmp_path: Path, corridor: Corridor) -> None:
    file = export_geopackage(corridor, tmp_path / "c.gpkg")
    kinds = {str(name): kind for name, kind in pyogrio.list_layers(file)}
    assert kinds == {
        "node": "Point",
        "link": "MultiLineString",
        "procedure": "Point",
        "service": "MultiLineString",
        "source": None,
        "corridor": None,
    }
    info = pyogrio.read_info(file, layer="link")
    types = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert info["crs"] == "EPSG:4326"
    assert info["features"] == 4
    assert (types["length"], types["gauge_mm"], types["directed"]) == ("float64", "int32", "bool")
    assert (types["mode"], types["lanes"]) == ("object", "object")
    assert "geometry" not in types
    assert pyogrio.read_info(file, layer="node")["features"] == 4
    assert [path.name for path in tmp_path.iterdir() if not path.name.endswith(".xml")] == [
        "c.gpkg"
    ]


def test_export_geopackage__joins_names_and_sources(tmp_path: Path, corridor: Corridor) -> None:
    file = export_geopackage(corridor, tmp_path / "c.gpkg")
    link = properties(file, "link")
    assert link["from_name"] == ["Herat", "Suva", "Herat", "Poti"]
    assert link["to_country"] == ["GE", "WS", None, "AF"]
    assert link["source_title"][:2] == ["One", "Two"]
    assert link["source_url"][:2] == ["https://a.example", None]
    assert np.isnan(link["gauge_mm"][1])  # type: ignore[call-overload]
    assert properties(file, "node")["source_title"][0] == "One; Two"
    procedure = properties(file, "procedure")
    assert (procedure["node_name"], procedure["other_name"]) == (["Poti", None], ["Herat", None])
    assert properties(file, "service")["to_name"] == ["Apia"]
    assert properties(file, "corridor")["title"] == ["Small"]


def test_export_geopackage__draws_lines_as_they_run(tmp_path: Path, corridor: Corridor) -> None:
    file = export_geopackage(corridor, tmp_path / "c.gpkg")
    _, _, wkb, _ = raw.read(file, layer="link")
    bent, split, nowhere, drawn = shapely.from_wkb(wkb)
    assert nowhere is None
    assert shapely.get_num_coordinates(bent) > 40
    middle = bent.interpolate(0.5, normalized=True)
    assert middle.y > (34.3 + 42.1) / 2 + 0.3  # the great circle runs north of the chord
    assert len(split.geoms) == 2
    assert {split.geoms[0].coords[-1][0], split.geoms[1].coords[0][0]} == {180.0, -180.0}
    assert split.bounds[0] == -180
    assert shapely.get_num_coordinates(drawn) == 3
    _, _, points, _ = raw.read(file, layer="procedure")
    assert shapely.from_wkb(points)[0] == shapely.Point(41.7, 42.1)


def test_export_geojson__writes_a_file_a_layer(tmp_path: Path, corridor: Corridor) -> None:
    folder = export_geojson(corridor, tmp_path / "maps")
    names = {file.name for file in folder.iterdir()}
    assert names == {f"{name}.geojson" for name in ("node", "link", "procedure", "service")}
    found = json.loads((folder / "node.geojson").read_text(encoding="utf-8"))
    first = found["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [62.2, 34.3]}
    assert first["properties"]["tier"] == 1
    assert first["properties"]["since"] == "2018-09"
    assert "crs" not in found  # RFC 7946 knows WGS 84 only


def test_export_geojson__splits_a_line_over_the_north_pacific(tmp_path: Path) -> None:
    nodes = table(
        "node",
        "node_id,name,country,x_coord,y_coord,node_type",
        "V,Vladivostok,RU,131.9,43.1,port",
        "A,Anchorage,US,-149.9,61.2,port",
    )
    links = table(
        "link",
        "link_id,from_node_id,to_node_id,directed,mode,length",
        "VA,V,A,yes,sea,5600",
        "AV,A,V,yes,sea,5600",
    )
    pacific = Corridor.of({"node": nodes, "link": links}, name="pacific")
    export_geojson(pacific, tmp_path)
    file = tmp_path / "link.geojson"
    there, back = (
        shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in json.loads(file.read_text(encoding="utf-8"))["features"]
    )
    geod = Geod(ellps="WGS84")
    metres = geod.inv(131.9, 43.1, -149.9, 61.2)[2]
    for line in (there, back):
        west, east = sorted(
            (part.bounds for part in shapely.get_parts(line)), key=lambda box: box[0]
        )
        assert (west[0], east[2]) == (-180, 180)
        assert west[2] == pytest.approx(-149.9, abs=1e-6)
        assert east[0] == pytest.approx(131.9, abs=1e-6)
        assert geod.geometry_length(line) == pytest.approx(metres, rel=1e-4)


def test_export_geojson__puts_nodes_and_links_in_one_file(
    tmp_path: Path, corridor: Corridor
) -> None:
    file = export_geojson(corridor, tmp_path / "c.geojson")
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    assert [feature["properties"]["layer"] for feature in features] == ["node"] * 4 + ["link"] * 4
    node, link = features[0]["properties"], features[4]["properties"]
    assert (node["length"], node["tier"], node["directed"]) == (None, 1, None)
    assert (link["length"], link["tier"], link["directed"]) == (2100.5, None, True)
    assert features[4]["geometry"]["type"] == "LineString"
    assert features[5]["geometry"]["type"] == "MultiLineString"


def test_export__wants_something_to_draw(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no node"):
        export_geopackage(Corridor.of({}, name="empty"), tmp_path / "c.gpkg")
    assert not list(tmp_path.iterdir())


def test_export__sends_to_check_when_a_number_is_none(tmp_path: Path, corridor: Corridor) -> None:
    cells = {**corridor["link"].cells, "length": ["long"] * 4}
    broken = corridor.with_table(Table.of("link", cells))
    with pytest.raises(InputError, match=r"table 'link', length: a cell is no number.*check"):
        export_geojson(broken, tmp_path / "c.json")


def test_layers__are_of_the_used_rows(corridor: Corridor) -> None:
    node = next(layer for layer in layers(corridor) if layer.name == "node")
    assert list(node.columns["name"].data) == ["Herat", "Poti", "Suva", "Apia"]


def test_values__keep_what_is_not_whole() -> None:
    assert Values.of(["1.5"], "integer").data.dtype == np.float64
    assert Values.of(["yes", "no"], "flag").data.tolist() == [True, False]
