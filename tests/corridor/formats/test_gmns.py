"""GMNS as its specification has it: https://github.com/zephyr-data-specs/GMNS."""

import csv
from pathlib import Path

import pytest

from lajvard.corridor import check_corridor
from lajvard.corridor.corridor import Corridor
from lajvard.corridor.formats.gmns import read_gmns, write_gmns
from lajvard.corridor.formats.gmns_rules import LINK_FIELDS, NODE_FIELDS
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
    assert link.text("note")[2] == "Length: geodesic, along the geometry"
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
        "config.csv row 2, speed: no unit. Known: km/h",
        "config.csv row 2, crs: unknown coordinate system '9'. Give an EPSG code",
        'node.csv row 2, country: no country. Say read_gmns(folder, country="AF"), or add a column'
        " country. (rows like this: 3)",
        "link.csv row 2, directed: neither true nor false 'maybe'.",
        "link.csv row 3, length: is no number: 'far'.",
        "link.csv row 3, allowed_uses: unknown use 'hovercraft' in 'hovercraft'.",
        "link.csv row 4, allowed_uses: several modes in 'rail;truck'.",
        "link.csv row 4, free_speed: no free_speed.",
        "link.csv row 5, facility_type: unknown kind 'conveyor'. Say --mode road, or add a column "
        "mode or allowed_uses. (rows like this: 2)",
        "link.csv row 7, allowed_uses: no use and no facility type.",
        "link.csv row 8, link_id: no link_id.",
    ):
        assert line in text


def test_read_gmns__says_which_geometry_is_no_line(tmp_path: Path) -> None:
    folder = data_set(tmp_path / "g", geometry="geometry_id,geometry\ng1,from here to there\n")
    with pytest.raises(InputError, match="row 6, geometry: is no line 'from here to there'"):
        read_gmns(folder, country="AF")


@pytest.mark.parametrize("missing", ["node", "link"])
def test_read_gmns__needs_two_files(tmp_path: Path, missing: str) -> None:
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


# ------------------------------------------------------------- as other programs write

WILD_NODES = "name,node_id,zone_id,x_coord,y_coord\n(null),1,1,49.0,40.0\n,2,,49.1,40.0\n"
"""No name, no kind; `(null)` for nothing."""

WILD_LINKS = """name,link_id,from_node_id,to_node_id,dir_flag,length,lanes,free_speed,capacity,\
link_type_name,link_type,geometry,allowed_uses,from_biway,VDF_alpha1
a,0,1,2,1,8530.5,1,50,1800,primary,3,"LINESTRING (49.0 40.0, 49.1 40.0)",auto,1,0.15
b,1,2,1,1,8530.5,1,50,1800,primary,3,"LINESTRING (49.1 40.0, 49.0 40.0)",auto;bike;walk,1,0.15
"""
OPTIONAL = {
    "node": [name for name in WILD_NODES.splitlines()[0].split(",") if name not in
             ("node_id", "x_coord", "y_coord")],
    "link": [name for name in [*LINK_FIELDS, *WILD_LINKS.splitlines()[0].split(",")] if name not in
             ("link_id", "from_node_id", "to_node_id")],
}  # fmt: skip


def wild(folder: Path, nodes: str = WILD_NODES, links: str = WILD_LINKS) -> Path:
    """A data set without config.csv and without the column directed."""
    folder.mkdir()
    (folder / "node.csv").write_text(nodes, encoding="utf-8")
    (folder / "link.csv").write_text(links, encoding="utf-8")
    return folder


def test_read_gmns__reads_what_others_write_with_the_country_alone(tmp_path: Path) -> None:
    corridor = read_gmns(wild(tmp_path / "g"), country="AZ")
    link = corridor["link"]
    assert link.text("directed") == ["yes", "yes"]
    assert link.numbers("length").tolist() == [8.5305, 8.5305]
    assert link.numbers("free_speed").tolist() == [50, 50]
    assert link.text("mode") == ["road", "road"]
    assert [p for p in check_corridor(corridor) if p.severity == "error"] == []


@pytest.mark.parametrize("way", ["absent", "empty", "blank"])
@pytest.mark.parametrize(
    ("file", "column"), [(file, name) for file, names in OPTIONAL.items() for name in names]
)
def test_read_gmns__needs_no_optional_column(
    tmp_path: Path, file: str, column: str, way: str
) -> None:
    """It is read, or what is missing is named together with the remedy."""
    text = {"node": WILD_NODES, "link": WILD_LINKS}[file]
    rows = list(csv.DictReader(text.splitlines()))
    for row in rows:
        row.pop(column, None)
        if way != "absent":
            row[column] = "" if way == "empty" else "  "
    lines = [",".join(rows[0]), *(",".join(f'"{cell}"' for cell in row.values()) for row in rows)]
    changed_text = "\n".join(lines) + "\n"
    nodes, links = (changed_text if file == name else other for name, other in
                    (("node", WILD_NODES), ("link", WILD_LINKS)))  # fmt: skip
    folder = wild(tmp_path / "g", nodes, links)
    if column == "free_speed":
        with pytest.raises(InputError, match=r"no free_speed\. Say .*--speed"):
            read_gmns(folder, country="AZ")
    corridor = read_gmns(folder, country="AZ", mode="road", units="m", speed_kmh=50)
    assert [p for p in check_corridor(corridor) if p.severity == "error"] == []


@pytest.mark.parametrize(
    ("per_km", "asked", "found", "speed"),
    [(1, "", 8.5305, 50), (1000, "", 8.5305, 50), (0.621371, "", 8.5305, 80.4672),
     (3280.84, "", 8.5305, 80.4672), (1000, "m,mph", 8.5305, 80.4672), (7, "", None, 0)],
)  # fmt: skip
def test_read_gmns__finds_the_unit_of_length(
    tmp_path: Path, per_km: float, asked: str, found: float | None, speed: float
) -> None:
    folder = wild(tmp_path / "g", links=WILD_LINKS.replace("8530.5", f"{8.5305 * per_km}"))
    if found is None:
        with pytest.raises(InputError, match=r"long_length: no unit\..* --units km\|m\|mi\|ft"):
            read_gmns(folder, country="AZ", units=asked)
        return
    link = read_gmns(folder, country="AZ", units=asked)["link"]
    assert link.numbers("length") == pytest.approx([found, found], rel=1e-4)
    assert link.numbers("free_speed") == pytest.approx([speed, speed])


@pytest.mark.parametrize("flag", ["-1", "0", "", None])
def test_read_gmns__turns_a_shape_that_runs_against_its_link(
    tmp_path: Path, flag: str | None
) -> None:
    """By its flag; where that says nothing, by its ends."""
    shape = "LINESTRING (49 40, 49.05 40.01, 49.1 40)"
    head = "link_id,from_node_id,to_node_id,length,free_speed,facility_type,geometry"
    head += "" if flag is None else ",dir_flag"
    row = f'2,2,1,8.6,50,primary,"{shape}"' + ("" if flag is None else f",{flag}")
    link = read_gmns(wild(tmp_path / "g", links=f"{head}\n{row}\n"), country="AZ")["link"]
    assert link.text("geometry") == ["LINESTRING (49.1 40, 49.05 40.01, 49 40)"]
    assert link.text("directed") == ["no" if flag == "0" else "yes"]


def test_read_gmns__reads_names_that_a_shape_file_has_cut_off(tmp_path: Path) -> None:
    head = "link_id,from_node_,to_node_id,directed,geometry,length,facility_t,free_speed,allowed_us"
    shape = "MULTILINESTRING ((49 40, 49.05 40.01), (49.05 40.01, 49.1 40))"
    links = f'{head}\n1,1,2,1,"{shape}",8600,service,16,auto;bike\n'
    link = read_gmns(wild(tmp_path / "g", links=links), country="AZ")["link"]
    assert link.text("allowed_uses") == ["auto;bike"]
    assert link.text("geometry") == ["LINESTRING (49 40, 49.05 40.01, 49.1 40)"]


def test_read_gmns__derives_no_length_that_its_check_refuses(tmp_path: Path) -> None:
    head = "link_id,from_node_id,to_node_id,free_speed,facility_type,geometry"
    shape = "LINESTRING (49.002 40.0, 49.098 40.0)"
    links = f'{head}\n1,1,2,50,primary,"{shape}"\n2,2,1,50,primary,\n'
    corridor = read_gmns(wild(tmp_path / "g", links=links), country="AZ", units="km")
    assert corridor["link"].text("basis") == ["derived", "derived"]
    assert [p for p in check_corridor(corridor) if p.severity == "error"] == []


def test_check_corridor__knows_the_columns_that_exports_write(tmp_path: Path) -> None:
    corridor = read_gmns(wild(tmp_path / "g"), country="AZ")
    assert {"geometry", "lanes"} <= {*corridor["link"].columns}
    assert not [p for p in check_corridor(corridor) if "not used" in p.remedy]


def test_read_gmns__makes_a_drawing_as_small_as_its_lengths(tmp_path: Path) -> None:
    """Networks of textbooks: ten miles between places that are drawn 40 degrees apart."""
    nodes = "node_id,x_coord,y_coord\n1,0,0\n2,40,0\n3,20,15\n"
    shape = '"LINESTRING (0 0, 20 15)"'
    links = "link_id,from_node_id,to_node_id,dir_flag,length,free_speed,facility_type,geometry\n"
    links += f"1,1,3,1,10,60,Freeway,{shape}\n2,3,2,1,10,60,Freeway,\n3,1,2,1,15,60,arterial,\n"
    folder = wild(tmp_path / "g", nodes, links)
    with pytest.raises(InputError, match=r"long_length: no unit"):
        read_gmns(folder, country="US")
    corridor = read_gmns(folder, country="US", units="mi")
    assert corridor["link"].numbers("length") == pytest.approx([16.09344, 16.09344, 24.14016])
    assert [(p.severity, p.table) for p in check_corridor(corridor)] == [("warning", "node.csv")]
    assert all("drawing" in note for note in corridor["node"].text("note"))
    start = corridor["link"].text("geometry")[0].split("(")[1].split(" ")[0]
    assert float(start) == pytest.approx(corridor["node"].numbers("x_coord")[0])


@pytest.mark.parametrize("stated", ["0", "8.1", "5.1 mi"])
def test_read_gmns__takes_no_length_that_cannot_be(tmp_path: Path, stated: str) -> None:
    """One of three links is shorter than straight from node to node; its note says so."""
    text = WILD_LINKS.replace("8530.5", "8.6").splitlines()
    text.append(text[1].replace("a,0,", "c,2,").replace(",8.6,", f",{stated},"))
    corridor = read_gmns(wild(tmp_path / "g", links="\n".join(text)), country="AZ")
    link = corridor["link"]
    assert link.numbers("length") == pytest.approx([8.6, 8.6, 8.5393], abs=2e-3)
    assert link.text("basis")[2] == "derived"
    assert f"stated: {stated}" in link.text("note")[2]
    problems = check_corridor(corridor)
    assert [str(p)[:31] for p in problems] == ["link.csv, length: 1 of 3 length"]


def test_read_gmns__refuses_a_length_below_zero(tmp_path: Path) -> None:
    links = WILD_LINKS.replace("8530.5", "-8530.5", 1)
    corridor = read_gmns(wild(tmp_path / "g", links=links), country="AZ")
    assert [p.column for p in check_corridor(corridor) if p.severity == "error"] == ["length"]


def test_read_gmns__doubts_a_stated_unit_that_does_not_fit(tmp_path: Path) -> None:
    """Published sets say mile and mean foot: their unit of short lengths, or else an error."""
    folder = wild(tmp_path / "g", links=WILD_LINKS.replace("8530.5", "28016"))
    config = "short_length,long_length,speed\n{},mile,mph\n"
    (folder / "config.csv").write_text(config.format("foot"), encoding="utf-8")
    corridor = read_gmns(folder, country="AZ")
    assert corridor["link"].numbers("length") == pytest.approx([8.5393, 8.5393], abs=0.01)
    assert ["'foot'" in p.message for p in check_corridor(corridor)] == [True]
    (folder / "config.csv").write_text(config.format("meter"), encoding="utf-8")
    with pytest.raises(InputError, match=r"5,2\d\d times as long .* say --units ft\."):
        read_gmns(folder, country="AZ")
    link = read_gmns(folder, country="AZ", units="ft")["link"]
    assert link.numbers("length") == pytest.approx([8.5393, 8.5393], abs=0.01)


def test_read_gmns__asks_for_the_coordinate_system(tmp_path: Path) -> None:
    nodes = "node_id,x_coord,y_coord\n1,323784.1,4694759.2\n2,324784.1,4694759.2\n"
    links = "link_id,from_node_id,to_node_id,length,free_speed,facility_type\n"
    links += "1,1,2,1001,25 mph,\"['residential', 'tertiary']\"\n"
    folder = wild(tmp_path / "g", nodes, links)
    with pytest.raises(InputError, match=r"no place on the globe.* --crs EPSG:32641"):
        read_gmns(folder, country="US", units="m")
    corridor = read_gmns(folder, country="US", crs="EPSG:32619")
    assert corridor["node"].numbers("x_coord")[0] == pytest.approx(-71.13, abs=0.02)
    assert corridor["link"].numbers("length").tolist() == [1.001]
    assert corridor["link"].numbers("free_speed") == pytest.approx([40.2336])


@pytest.mark.parametrize(
    ("directed", "shape", "flag"),
    [("yes", "", "0"), ("yes", "LINESTRING (62.2 34.3, 41.65 42.15)", "1"),
     ("yes", "LINESTRING (41.65 42.15, 62.2 34.3)", "-1"), ("yes", "no shape", "1"),
     ("no", "LINESTRING (62.2 34.3, 41.65 42.15)", "0")],
)  # fmt: skip
def test_write_gmns__says_how_a_shape_runs(
    tmp_path: Path, directed: str, shape: str, flag: str
) -> None:
    corridor = small()
    link = {name: list(cells)[:1] for name, cells in corridor["link"].cells.items()}
    link |= {"geometry": [shape], "directed": [directed]}
    corridor = corridor.with_table(Table.of("link", link))
    with (write_gmns(corridor, tmp_path / "g") / "link.csv").open(encoding="utf-8") as file:
        assert [row["dir_flag"] for row in csv.DictReader(file)] == [flag]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("names", [("node.csv", "link.csv"), ("NODE.CSV", "Link.csv")])
def test_read_gmns__reads_names_in_capitals_and_other_delimiters(
    tmp_path: Path, delimiter: str, names: tuple[str, str]
) -> None:
    for name, text in zip(names, (WILD_NODES, WILD_LINKS), strict=True):
        lines = [delimiter.join(f'"{cell}"' for cell in line) for line in csv.reader(
            text.splitlines())]  # fmt: skip
        (tmp_path / name).write_text("\n".join([line + delimiter for line in lines]), "utf-8")
    assert len(read_gmns(tmp_path, country="AZ")["link"]) == 2


def test_read_gmns__says_that_tolls_stay_behind(tmp_path: Path) -> None:
    lines = [f"{line},{end}" for line, end in zip(WILD_LINKS.splitlines(), ("toll", "0.0", "2.50"),
                                                  strict=True)]  # fmt: skip
    corridor = read_gmns(wild(tmp_path / "g", links="\n".join(lines)), country="AZ")
    assert [str(p)[:31] for p in check_corridor(corridor)] == ["link.csv, toll: tolls of 1 of 2"]
    link = corridor["link"]
    own = Table.of("link", {**link.cells, "toll": ["1", "1"]})
    (problem,) = check_corridor(Corridor.of({**corridor.tables, "link": own}, name="c"))
    assert "tariff.csv" in problem.remedy
