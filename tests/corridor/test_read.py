import zipfile
from pathlib import Path

import pytest
from tests.tiny import TEXTS, tiny_corridor

from lajvard.corridor import read_corridor, write_corridor
from lajvard.errors import InputError, Problem

SOURCE = "source_id,title\nS1,Atlas\n"


def folder(path: Path, **files: str | bytes) -> Path:
    """A folder with a file for each table."""
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        content = text.encode() if isinstance(text, str) else text
        (path / f"{name}.csv").write_bytes(content)
    return path


def refused(path: Path) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read_corridor(path)
    return list(caught.value.problems)


def test_read_corridor__reads_a_folder(tmp_path: Path) -> None:
    files = {name: text.lstrip("\n") for name, text in TEXTS.items()}
    corridor = read_corridor(folder(tmp_path / "tiny", **files))
    assert (corridor.name, corridor.title) == ("tiny", "tiny")
    for table in tiny_corridor():
        if len(table):
            assert {k: list(v) for k, v in corridor[table.name].cells.items()} == table.cells
            assert list(corridor[table.name].rows) == list(table.rows)


def test_read_corridor__reads_name_and_title(tmp_path: Path) -> None:
    folder(tmp_path, source=SOURCE)
    about = '{"name": "c", "title": "Corridor", "description": "Long"}'
    (tmp_path / "datapackage.json").write_text(about, encoding="utf-8")
    corridor = read_corridor(tmp_path)
    assert (corridor.name, corridor.title, corridor.description) == ("c", "Corridor", "Long")


@pytest.mark.parametrize("about", ["{", "[1]", "\x00"])
def test_read_corridor__says_what_is_wrong_with_the_package(tmp_path: Path, about: str) -> None:
    folder(tmp_path, source=SOURCE)
    (tmp_path / "datapackage.json").write_text(about, encoding="utf-8")
    (problem,) = refused(tmp_path)
    assert (problem.table, problem.row) == ("datapackage.json", None)
    assert problem.message.startswith("is not JSON")


@pytest.mark.parametrize("inside", ["", "corridor/"])
def test_read_corridor__reads_a_zip(tmp_path: Path, inside: str) -> None:
    path = tmp_path / "c.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{inside}source.csv", SOURCE)
        archive.writestr(f"{inside}README.md", "read me")
        archive.writestr("__MACOSX/node.csv", "rubbish")
        archive.writestr(f"{inside}.hidden.csv", "rubbish")
    corridor = read_corridor(path)
    assert (corridor.name, len(corridor["source"])) == ("c", 1)


def test_read_corridor__refuses_a_zip_of_two_corridors(tmp_path: Path) -> None:
    path = tmp_path / "c.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/source.csv", SOURCE)
        archive.writestr("b/source.csv", SOURCE)
    with pytest.raises(InputError, match=r"holds 'source.csv' twice. Give one corridor only"):
        read_corridor(path)


def test_read_corridor__refuses_what_is_no_zip(tmp_path: Path) -> None:
    path = tmp_path / "c.zip"
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(InputError, match="is not a zip archive"):
        read_corridor(path)


def test_read_corridor__says_that_nothing_is_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such folder or file. Try `lajvard new`"):
        read_corridor(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no table"):
        read_corridor(tmp_path)
    (tmp_path / "text.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is no corridor"):
        read_corridor(tmp_path / "text.txt")


def test_read_corridor__reports_unknown_files(tmp_path: Path) -> None:
    (problem,) = refused(folder(tmp_path, nodes="a,b\n", source=SOURCE))
    assert str(problem) == "nodes.csv: unknown table 'nodes'. Did you mean 'node'?"


def test_read_corridor__reports_all_files_together(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        source="source_id,titel,titel\nS1,a,b\n",
        node=b"node_id\n\xe9\n",
        link='link_id\n"open\n',
        tarif="x\n",
    )
    found = [(problem.table, problem.row, problem.value) for problem in refused(path)]
    assert found == [
        ("link.csv", 2, None),
        ("node.csv", 2, None),
        ("source.csv", 1, "title"),
        ("source.csv", 1, "titel"),
        ("tarif.csv", None, "tarif"),
    ]


def test_read_corridor__names_missing_columns(tmp_path: Path) -> None:
    (problem,) = refused(folder(tmp_path, source="source_id,titel\nS1,x\n"))
    assert str(problem) == "source.csv row 1: no column 'title'. Did you mean 'titel'?"


def test_read_corridor__counts_ragged_rows(tmp_path: Path) -> None:
    lines = ["source_id,title", "S0,fine", *(f"S{n},a,b" for n in range(1, 31))]
    problems = refused(folder(tmp_path, source="\n".join(lines)))
    assert [problem.row for problem in problems] == [*range(3, 23), None]
    assert str(problems[0]).startswith("source.csv row 3: 3 cells where the header has 2. Put")
    assert problems[-1].message == "10 more rows do not have 2 cells"


@pytest.mark.parametrize("text", ["", "\n", "\ufeff", ",,\n"])
def test_read_corridor__reports_an_empty_file_once(tmp_path: Path, text: str) -> None:
    (problem,) = refused(folder(tmp_path, source=text))
    assert str(problem).startswith("source.csv: is empty. Its first row names the columns")


def test_read_corridor__reports_a_file_without_its_columns(tmp_path: Path) -> None:
    problems = refused(folder(tmp_path, source="source_id\n"))
    assert {problem.message for problem in problems} == {"no column"}


def test_read_corridor__knows_a_gmns_data_set(tmp_path: Path) -> None:
    (problem,) = refused(folder(tmp_path, source=SOURCE, config="dataset_name\na\n"))
    assert "lajvard new PATH --gmns" in problem.remedy


def test_read_corridor__reads_a_file_without_rows(tmp_path: Path) -> None:
    corridor = read_corridor(folder(tmp_path, source="source_id,title"))
    assert (len(corridor["source"]), corridor["source"].columns) == (0, ("source_id", "title"))


def test_read_corridor__numbers_rows_as_a_spreadsheet_does(tmp_path: Path) -> None:
    text = 'source_id,title\n\nS1,"two\nlines"\n,\nS2,x\n'
    table = read_corridor(folder(tmp_path, source=text))["source"]
    assert list(table.rows) == [3, 5]
    assert list(table.text("title")) == ["two\nlines", "x"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_read_corridor__reads_what_spreadsheets_write(
    tmp_path: Path, delimiter: str, newline: str
) -> None:
    lines = [["source_id", "title", "note"], ["S1", "a;b,c\td", "é"]]
    quoted = newline.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    content = b"\xef\xbb\xbf" + quoted.encode()
    table = read_corridor(folder(tmp_path, source=content))["source"]
    assert list(table.dicts()) == [{"source_id": "S1", "title": "a;b,c\td", "note": "é"}]
    assert (table.layout.delimiter, table.layout.newline) == (delimiter, newline)
    assert table.layout.byte_order_mark


def test_read_corridor__chooses_the_delimiter_that_gives_known_columns(tmp_path: Path) -> None:
    text = 'source_id,"title",x;y;z;u;v\nS1,a;b,c\n'
    table = read_corridor(folder(tmp_path, source=text))["source"]
    assert table.columns == ("source_id", "title", "x;y;z;u;v")


def test_read_corridor__reads_back_a_workbook(tmp_path: Path) -> None:
    path = write_corridor(tiny_corridor(), tmp_path / "tiny.xlsx")
    corridor = read_corridor(path)
    for table in tiny_corridor():
        for name, cells in table.cells.items():
            assert list(corridor[table.name].text(name)) == list(table.text(name)), cells
