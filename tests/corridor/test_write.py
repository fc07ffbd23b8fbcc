import json
from pathlib import Path

import pytest
from tests.tiny import changed, tiny_corridor

from lajvard.corridor import Corridor, Table, read_corridor, write_corridor
from lajvard.corridor.write import corridor_files, table_bytes
from lajvard.errors import InputError


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_write_corridor__is_read_back_to_the_byte(tmp_path: Path) -> None:
    first = write_corridor(tiny_corridor(), tmp_path / "a")
    second = write_corridor(read_corridor(first), tmp_path / "b")
    assert bytes_of(first) == bytes_of(second)
    assert set(bytes_of(first)) == {
        "datapackage.json",
        *(f"{table.name}.csv" for table in tiny_corridor() if len(table)),
    }


def test_write_corridor__writes_the_built_in_corridor_to_the_byte(tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "src/lajvard/data/lapis_lazuli"
    written = bytes_of(write_corridor(read_corridor(folder), tmp_path))
    for path in folder.glob("*.csv"):
        assert written[path.name] == path.read_bytes(), path.name


def test_write_corridor__keeps_any_way_in_which_a_file_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    texts = {
        "source": b'\xef\xbb\xbf"source_id";"title"\r\n\r\n"S1"; "a, b"\r\n;\r\n"S2";c',
        "node": b"node_id,name,country,x_coord,y_coord,node_type,status,basis,source_id\n",
        "tariff": b'tariff_id,item,value,unit,status,basis,source_id\r\rT,"a\rb",1,,,,',
    }
    for name, content in texts.items():
        (folder / f"{name}.csv").write_bytes(content)
    corridor = read_corridor(folder)
    assert [len(corridor[name]) for name in texts] == [2, 0, 1]
    written = bytes_of(write_corridor(corridor, tmp_path / "b"))
    assert {name: written[f"{name}.csv"] for name in texts} == texts


def test_write_corridor__keeps_the_layout_of_a_table_that_changed(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf"source_id";"title"\r\n\r\n"S1";"a; b"\r\n"S2";c'
    (tmp_path / "source.csv").write_bytes(content)
    corridor = changed(read_corridor(tmp_path), "source", 3, title="d")
    assert corridor["source"].content is None
    assert table_bytes(corridor["source"]) == (
        b'\xef\xbb\xbfsource_id;title\r\nS1;"a; b"\r\nS2;d\r\n'
    )


def test_write_corridor__never_writes_old_bytes_of_a_changed_table(tmp_path: Path) -> None:
    table = read_corridor(write_corridor(tiny_corridor(), tmp_path))["link"]
    assert table.content is not None
    for other in (table.select([0]), table.with_rows([]), table.used()):
        assert other.content is None
    assert b"HEA-TOR" not in table_bytes(table.select([1, 2]))


def test_write_corridor__keeps_columns_of_other_programs(tmp_path: Path) -> None:
    table = Table.of("source", {"shelf": ["4"], "source_id": ["S"], "title": ["T"]})
    folder = write_corridor(Corridor.of({"source": table}, name="c"), tmp_path)
    assert (folder / "source.csv").read_bytes() == b"shelf,source_id,title\n4,S,T\n"
    assert read_corridor(folder)["source"].columns == ("shelf", "source_id", "title")


def test_write_corridor__removes_files_of_tables_without_rows(tmp_path: Path) -> None:
    write_corridor(tiny_corridor(), tmp_path)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    write_corridor(tiny_corridor().with_table(Table.empty("demand")), tmp_path)
    assert not (tmp_path / "demand.csv").exists()
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_write_corridor__keeps_what_others_wrote_into_the_package(tmp_path: Path) -> None:
    write_corridor(tiny_corridor(), tmp_path)
    path = tmp_path / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({"licenses": [{"name": "ODC-BY-1.0"}]} | package), encoding="utf-8")
    content = path.read_bytes()
    corridor = read_corridor(tmp_path)
    assert corridor_files(corridor)["datapackage.json"] == content
    smaller = corridor.with_table(Table.empty("demand"))
    found = json.loads(corridor_files(smaller)["datapackage.json"])
    assert found["licenses"] == [{"name": "ODC-BY-1.0"}]
    assert "demand" not in [resource["name"] for resource in found["resources"]]


@pytest.mark.parametrize("about", ["{}", '{"name": 3}', '{"resources": 5}', '{"resources": [1]}'])
def test_write_corridor__completes_a_poor_package(tmp_path: Path, about: str) -> None:
    write_corridor(tiny_corridor(), tmp_path)
    (tmp_path / "datapackage.json").write_text(about, encoding="utf-8")
    found = json.loads(corridor_files(read_corridor(tmp_path))["datapackage.json"])
    assert len(found["resources"]) == 9


def test_write_corridor__writes_a_zip_of_the_same_files(tmp_path: Path) -> None:
    path = write_corridor(tiny_corridor(), tmp_path / "tiny.zip")
    again = write_corridor(read_corridor(path), tmp_path / "again.zip")
    assert path.read_bytes() == again.read_bytes()
    assert corridor_files(read_corridor(path)) == corridor_files(tiny_corridor())


def test_write_corridor__refuses_to_replace_a_file(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"is a file. Give a folder, or a name that ends in .zip"):
        write_corridor(tiny_corridor(), tmp_path / "c.csv")


def test_write_corridor__leaves_nothing_half_written(tmp_path: Path) -> None:
    write_corridor(tiny_corridor(), tmp_path / "deep" / "folder")
    names = {path.name for path in (tmp_path / "deep" / "folder").iterdir()}
    assert all(not name.startswith(".") for name in names)


def test_table_bytes__quotes_only_what_needs_it() -> None:
    table = Table.of(
        "source", {"source_id": ["A", "B", "C", "D"], "title": ['say "x"', "a,b", "a\rb", "a;b"]}
    )
    assert table_bytes(table) == (b'source_id,title\nA,"say ""x"""\nB,"a,b"\nC,"a\rb"\nD,a;b\n')


def test_table_bytes__writes_a_table_of_one_column() -> None:
    assert table_bytes(Table.of("source", {"source_id": ["A", ""]})) == b'source_id\nA\n""\n'
