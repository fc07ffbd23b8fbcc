"""GMNS as its specification has it: https://github.com/zephyr-data-specs/GMNS."""

import csv
from pathlib import Path

import pytest

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.formats.gmns import LINK_FIELDS, NODE_FIELDS, read_gmns, write_gmns
from lajvard.corridor.read import read_corridor
from lajvard.corridor.table import Table
from lajvard.errors import InputError
from lajvard.schema import TABLES

NODES = """node_id,name,x_coord,y_coord,z_coord,node_type,ctrl_type,zone_id,parent_node_id
1,Herat,62.203,34.348,NaN,intersection,signal,,
2,,62.268,35.250,,bcp,,,
3,Poti,41.65,42.15,,port,,,
"""
LINKS = (
    ",".join(LINK_FIELDS)
    + """
10,A77,1,2,true,,"LINESTRING (62.203 34.348, 62.268 35.25)",,1,75,,Major Arterial,500,25,2,,,,\
MOTOR,,,
11,,2,1,0,,,,0,100,,,,30,1,,,,rail,,,
12,,1,2,1,,,,0,1,,SIDEWALK,,3,,,,,,,,
13,,1,2,1,,,,0,1,,BIKEWAY,,12,,,,,"WALK, BIKE",,,
14,,1,2,1,g1,,,1,,,motorway_link,,50,,,,,,,,
"""
)
CONFIG = "dataset_name,short_length,long_length,speed,crs,geometry_field_format,currency"
CONFIG += "\ntwo-towns,foot,mile,mph,4326,wkt,US cents\n"


def data_set(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    every = {"node": NODES, "link": LINKS, "config": CONFIG, **files}
    every.setdefault("geometry", 'geometry_id,geometry\ng1,"LINESTRING (62 34, 62 35)"\n')
    every.setdefault("use_group", 'use_group,uses\nMOTOR,"truck,ALL_CARS"\nALL_CARS,"sov,hov2"\n')
    for name, text in every.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def small() -> Corridor:
    node = "node_id,name,country,x_coord,y_coord,node_type,status,basis,source_id,used,note"
    link = "link_id,from_node_id,to_node_id,directed,mode,length,free_speed,gauge_mm,status"
    link += ",basis,source_id,used"
    rows = {
        "node": [
            "A,Herat,AF,62.20,34.3,city,operating,published,S1,,first",
            "B,Poti,GE,41.65,42.15,port,operating,estimate,S1;S2,yes,",
            "B,Poti port,GE,41.6,42.1,port,operating,estimate,S2,no,",
        ],
        "link": [
            "AB,A,B,yes,rail,2500.0,30,1520,operating,published,S1,",
            "BA,B,A,,sea,9000,25,,stated,estimate,S2,",
        ],
        "source": ["S1,One", "S2,Two"],
    }
    headers = {"node": node, "link": link, "source": "source_id,title"}
    tables = {}
    for name, header in headers.items():
        lines = list(csv.reader(rows[name]))
        columns = zip(header.split(","), map(list, zip(*lines, strict=True)), strict=True)
        tables[name] = Table.of(name, dict(columns))
    return Corridor.of(tables, name="small")


def test_read_gmns__reads_the_example(tmp_path: Path) -> None:
    corridor = read_gmns(data_set(tmp_path / "g"), country="AF", source_id="towns")
    node, link = corridor["node"], corridor["link"]
    assert corridor.name == "two-towns"
    assert node.text("node_id") == ["1", "2", "3"]
    assert node.text("name") == ["Herat", "2", "Poti"]
    assert node.text("node_type") == ["city", "bcp", "port"]
    assert node.text("note")[0] == "node_type in GMNS: intersection"
    assert set(node.text("country")) == {"AF"}
    assert link.text("link_id") == ["10", "11", "14"]
    assert link.text("mode") == ["road", "rail", "road"]
    assert link.text("directed") == ["yes", "no", "yes"]
    assert link.text("length")[:2] == ["120.7008", "160.9344"]
    assert link.text("free_speed") == ["40.2336", "48.28032", "80.4672"]
    assert link.numbers("length")[2] == pytest.approx(110.93, abs=0.01)  # a degree of latitude
    assert link.text("basis") == ["published", "published", "derived"]
    assert link.text("note")[2] == "Length: geodesic length of the geometry"
    assert (link.text("capacity")[0], link.text("lanes")[0]) == ("500", "2")
    assert link["10"].source_id == ("towns",)
    assert corridor["source"]["towns"].title == "GMNS data set 'two-towns'"


def test_read_gmns__turns_projected_coordinates(tmp_path: Path) -> None:
    from pyproj import Transformer

    east, north = Transformer.from_crs(4326, 32641, always_xy=True).transform(62.2, 34.3)
    folder = data_set(
        tmp_path / "g",
        config="long_length,speed,crs\nkm,kph,EPSG:32641\n",
        node=f"node_id,x_coord,y_coord,country\n1,{east},{north},AF\n2,{east},{north + 1000},AF\n",
        link="link_id,from_node_id,to_node_id,directed,geometry,free_speed,allowed_uses\n"
        f'1,1,2,1,"LINESTRING ({east} {north}, {east} {north + 1000})",30,truck\n',
    )
    corridor = read_gmns(folder)
    assert corridor["node"].numbers("x_coord")[0] == pytest.approx(62.2, abs=1e-6)
    assert corridor["node"].numbers("y_coord")[0] == pytest.approx(34.3, abs=1e-6)
    assert corridor["link"].text("geometry")[0].startswith("LINESTRING (62.2 34.3")
    assert corridor["link"].numbers("length")[0] == pytest.approx(1, rel=0.01)


def test_read_gmns__reports_all_problems_together(tmp_path: Path) -> None:
    header = "link_id,from_node_id,to_node_id,directed,length,free_speed,allowed_uses,facility_type"
    links = [
        header,
        "1,1,2,maybe,1,30,truck,",
        "2,1,2,1,far,30,hovercraft,",
        "3,1,2,1,1,,rail;truck,",
        "4,1,2,1,1,30,,conveyor",
        "5,1,2,1,1,30,,conveyor",
        "6,1,2,1,1,30,,",
        ",1,2,1,,30,all,",
    ]
    folder = data_set(
        tmp_path / "g",
        link="\n".join(links),
        config="long_length,speed,crs\nfurlong,,9\n",
    )
    with pytest.raises(InputError) as caught:
        read_gmns(folder)
    text = str(caught.value)
    for line in (
        "config.csv row 2, long_length: unknown unit 'furlong'. Known: km",
        "config.csv row 2, speed: no unit.",
        "config.csv row 2, crs: unknown coordinate system '9'. Give an EPSG code",
        'node.csv row 2, country: no country. Say read_gmns(folder, country="AF"), or add a column'
        " country. (rows like this: 3)",
        "link.csv row 2, directed: neither true nor false 'maybe'.",
        "link.csv row 3, length: is no number: 'far'.",
        "link.csv row 3, allowed_uses: unknown use 'hovercraft' in 'hovercraft'.",
        "link.csv row 4, allowed_uses: several modes in 'rail;truck'.",
        "link.csv row 4, free_speed: no free_speed.",
        "link.csv row 5, facility_type: unknown kind 'conveyor'. Add a column mode or allowed_uses."
        " (rows like this: 2)",
        "link.csv row 7, allowed_uses: no use and no facility type.",
        "link.csv row 8, link_id: no link_id.",
        "link.csv row 8, length: no length.",
    ):
        assert line in text


def test_read_gmns__says_which_geometry_is_no_line(tmp_path: Path) -> None:
    folder = data_set(tmp_path / "g", geometry="geometry_id,geometry\ng1,from here to there\n")
    with pytest.raises(InputError, match="row 6, geometry: is no line 'from here to there'"):
        read_gmns(folder, country="AF")


@pytest.mark.parametrize("missing", ["node", "link", "config"])
def test_read_gmns__needs_three_files(tmp_path: Path, missing: str) -> None:
    folder = data_set(tmp_path / "g")
    (folder / f"{missing}.csv").unlink()
    with pytest.raises(InputError, match=f"{missing}.csv: is missing or has no row"):
        read_gmns(folder, country="AF")


def test_write_gmns__comes_back(tmp_path: Path) -> None:
    before = small()
    folder = write_gmns(before, tmp_path / "g")
    after = read_gmns(folder)
    assert after.name == "small"
    for name in ("node", "link"):
        table = before.used(name)
        for column in table.columns:
            assert list(after[name].text(column)) == list(table.text(column)), column
        assert after[name].columns == tuple(TABLES[name].columns)
    assert [*after["source"].dicts()][1]["title"] == "Two"


def test_write_gmns__is_what_the_specification_asks_for(tmp_path: Path) -> None:
    folder = write_gmns(small(), tmp_path / "g")
    with (folder / "node.csv").open(encoding="utf-8") as file:
        nodes = list(csv.DictReader(file))
    with (folder / "link.csv").open(encoding="utf-8") as file:
        links = list(csv.DictReader(file))
    assert [*nodes[0]][: len(NODE_FIELDS)] == NODE_FIELDS
    assert [*links[0]][: len(LINK_FIELDS)] == LINK_FIELDS
    assert [row["node_id"] for row in nodes] == ["A", "B"]
    assert [row["directed"] for row in links] == ["true", "false"]
    assert [row["dir_flag"] for row in links] == ["0", "0"]
    assert [row["allowed_uses"] for row in links] == ["rail", "ship"]
    with (folder / "use_definition.csv").open(encoding="utf-8") as file:
        assert {row["allowed_uses"] for row in links} < {row["use"] for row in csv.DictReader(file)}
    assert not any(row["capacity"] for row in links)


def test_write_gmns__keeps_what_came_from_gmns(tmp_path: Path) -> None:
    first = read_gmns(data_set(tmp_path / "g"), country="AF")
    second = read_gmns(write_gmns(first, tmp_path / "h"))
    assert {k: list(v) for k, v in second["link"].cells.items()} == {
        k: list(v) for k, v in first["link"].cells.items()
    }


def test_write_gmns__wants_a_day_when_rows_follow_each_other(tmp_path: Path) -> None:
    corridor = small()
    rows = [*corridor["link"].dicts()]
    rows += [{**rows[0], "since": "2020"}]
    rows[0]["until"] = "2019"
    corridor = corridor.with_table(corridor["link"].with_rows(rows))
    with pytest.raises(InputError, match=r"'AB' has several rows.*Choose a day"):
        write_gmns(corridor, tmp_path / "g")
    assert not (tmp_path / "g").exists()
    write_gmns(corridor.as_of("2021-01-01"), tmp_path / "g")
    assert read_gmns(tmp_path / "g")["link"].text("since") == ["", "2020"]


def test_read_corridor__says_that_gmns_is_not_a_corridor(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown table 'config'"):
        read_corridor(write_gmns(small(), tmp_path / "g"))
