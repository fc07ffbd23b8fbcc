"""Folders, zips and workbooks as people have them: one rule for all, and nothing vanishes."""

import random
import re
import shutil
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter

from lajvard.corridor import Corridor, Table, check_corridor, read_corridor
from lajvard.corridor.formats import unzip
from lajvard.corridor.formats.workbook import write_workbook
from lajvard.corridor.new import new_corridor, starter
from lajvard.errors import InputError, Problem


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_corridor(tmp_path / "st")


def zipped(folder: Path, name: Callable[[str], str] = lambda name: f"st/{name}") -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            if file.is_file():
                entry = zipfile.ZipInfo("x")
                entry.filename, entry.compress_type = name(file.name), zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())
    return path


def as_folder(folder: Path) -> Path:
    return folder


def same_table(one: Table, other: Table) -> bool:
    first, second = (
        {name: list(cells) for name, cells in table.cells.items()} for table in (one, other)
    )
    return first == second


def same(one: Corridor, other: Corridor) -> bool:
    return all(same_table(table, other[table.name]) for table in one)


def warnings_of(corridor: Corridor) -> list[Problem]:
    return list(check_corridor(corridor))


# ------------------------------------------------------------- folders and zips


@pytest.mark.parametrize("pack", [as_folder, zipped])
@pytest.mark.parametrize(
    "beside", ["notes.csv", "README.csv", ".DS_Store", "._node.csv", "~$node.csv", "__MACOSX.csv"]
)
def test_read_corridor__passes_over_what_is_no_table(
    folder: Path, pack: Callable[[Path], Path], beside: str
) -> None:
    """What a program hides is not even told; what a person put there is."""
    (folder / beside).write_text("seen,by\nme,you\n", encoding="utf-8")
    corridor = read_corridor(pack(folder))
    assert same(corridor, starter())
    told = [problem.table for problem in warnings_of(corridor)]
    assert told == ([] if beside[0] in "._~" else [beside])


@pytest.mark.parametrize("pack", [as_folder, zipped])
def test_read_corridor__names_a_table_that_was_misspelt(
    folder: Path, pack: Callable[[Path], Path]
) -> None:
    shutil.move(folder / "tariff.csv", folder / "tarif.csv")
    with pytest.raises(
        InputError, match=r"tarif\.csv: unknown table .*columns of 'tariff': call it"
    ):
        read_corridor(pack(folder))


@pytest.mark.parametrize("pack", [as_folder, zipped])
@pytest.mark.parametrize("copy", ["node (2)", "node_old", "Copy of node", "a"])
def test_read_corridor__passes_over_a_copy_of_a_table_that_is_there(
    folder: Path, pack: Callable[[Path], Path], copy: str
) -> None:
    shutil.copy(folder / "node.csv", folder / f"{copy}.csv")
    corridor = read_corridor(pack(folder))
    assert same(corridor, starter())
    (problem,) = warnings_of(corridor)
    assert str(problem).startswith(f"{copy}.csv: is beside the table 'node' and was passed over.")


@pytest.mark.parametrize("pack", [as_folder, zipped])
def test_read_corridor__reads_names_in_capitals(folder: Path, pack: Callable[[Path], Path]) -> None:
    shutil.move(folder / "node.csv", folder / "NODE.CSV")
    assert same(read_corridor(pack(folder)), starter())


def test_read_corridor__reads_a_zip_with_backslashes(folder: Path) -> None:
    path = zipped(folder, lambda name: f"st\\{name}")
    assert same(read_corridor(path), starter())


@pytest.mark.parametrize("seed", range(60))
def test_read_corridor__says_that_a_zip_is_damaged(folder: Path, seed: int) -> None:
    """Some bytes are others: it is read as it was, or refused as a file."""
    path = zipped(folder)
    content, draw = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(draw.randint(1, 20)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    if seed % 3 == 0:
        del content[draw.randrange(len(content)) :]
    path.write_bytes(content)
    with suppress(InputError):
        read_corridor(path)


@pytest.mark.parametrize("packing", range(100))
def test_read_corridor__says_that_a_zip_is_packed_in_another_way(
    folder: Path, packing: int
) -> None:
    """The number of each way of packing, true or not."""
    path = zipped(folder)
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    content[8:10] = content[at + 10 : at + 12] = packing.to_bytes(2, "little")
    path.write_bytes(content)
    with suppress(InputError):
        read_corridor(path)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_read_corridor__says_that_an_entry_is_damaged(folder: Path, packing: int) -> None:
    path = folder.with_suffix(".ZIP")
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.write(folder / "node.csv", "node.csv")
    content = bytearray(path.read_bytes())
    content[60:80] = b"\xff" * 20
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"st\.ZIP: is damaged \("):
        read_corridor(path)


def test_read_corridor__refuses_a_zip_that_unpacks_without_end(folder: Path) -> None:
    (folder / "note.csv").unlink(missing_ok=True)
    (folder / "record.csv").write_bytes(b"0" * (32 * 2**20))
    with pytest.raises(InputError, match="unpacks from"):
        read_corridor(zipped(folder))


def test_unzipped__refuses_too_many_files_and_passwords(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(unzip.MOST_ENTRIES + 1):
            archive.writestr(f"{number}.csv", "")
    with pytest.raises(InputError, match="holds 10,001 files"):
        unzip.unzipped(path, lambda _: True)
    secret = zipfile.ZipInfo("a.csv")
    secret.flag_bits = 1
    with pytest.raises(InputError, match="protected by a password"):
        unzip.check_size(path, [secret])


# ------------------------------------------------------------- folders within


def packed(folder: Path) -> Path:
    """A zip of all that is in the folder, folders too."""
    return Path(shutil.make_archive(str(folder), "zip", folder))


@pytest.mark.parametrize("pack", [as_folder, packed])
@pytest.mark.parametrize("beside", ["old", "scenarios/more", ".git", "__MACOSX"])
def test_read_corridor__leaves_what_lies_deeper(
    folder: Path, pack: Callable[[Path], Path], beside: str
) -> None:
    (folder / beside).mkdir(parents=True)
    (folder / beside / "node.csv").write_text("node_id\nX\n", encoding="utf-8")
    assert same(read_corridor(pack(folder)), starter())


@pytest.mark.parametrize("pack", [as_folder, packed])
@pytest.mark.parametrize("inside", ["st", "st/st"])
def test_read_corridor__finds_a_corridor_in_the_folder_of_an_archive(
    folder: Path, tmp_path: Path, pack: Callable[[Path], Path], inside: str
) -> None:
    outer = tmp_path / "unpacked"
    shutil.copytree(folder, outer / inside)
    (outer / ".hidden").mkdir()
    (outer / "read me.txt").write_text("read me", encoding="utf-8")
    assert same(read_corridor(pack(outer)), starter())


@pytest.mark.parametrize("pack", [as_folder, packed])
@pytest.mark.parametrize("other", ["node.csv", "link.csv"])
def test_read_corridor__refuses_two_corridors(
    tmp_path: Path, pack: Callable[[Path], Path], other: str
) -> None:
    for name, file in (("a", "node.csv"), ("b", other)):
        (tmp_path / "two" / name).mkdir(parents=True)
        (tmp_path / "two" / name / file).write_text("node_id\nX\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds .*Give one corridor only"):
        read_corridor(pack(tmp_path / "two"))


# ------------------------------------------------------------- empty columns and remarks


@pytest.mark.parametrize("more", [",,,", ","])
@pytest.mark.parametrize("only", ["all", "rows", "first"])
def test_read_corridor__passes_over_columns_without_name_and_cells(
    folder: Path, more: str, only: str
) -> None:
    lines = (folder / "node.csv").read_text(encoding="utf-8").splitlines()
    at = {"all": range(len(lines)), "rows": range(1, len(lines)), "first": range(1)}[only]
    text = "\n".join(line + more * (number in at) for number, line in enumerate(lines))
    if only == "first":
        lines = [line + more for line in lines]
        text = "\n".join(lines)
    (folder / "node.csv").write_text(text + "\n", encoding="utf-8")
    corridor = read_corridor(folder)
    assert same(corridor, starter())
    assert warnings_of(corridor) == []


def test_read_corridor__tells_of_a_remark_beside_the_table(folder: Path) -> None:
    lines = (folder / "node.csv").read_text(encoding="utf-8").splitlines()
    lines = [
        f"{line},," if number != 2 else f"{line},,ask Leyla" for number, line in enumerate(lines)
    ]
    (folder / "node.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    corridor = read_corridor(folder)
    assert same(corridor, starter())
    (problem,) = warnings_of(corridor)
    assert (problem.table, problem.row, problem.value) == ("node.csv", 3, "ask Leyla")


def test_read_corridor__asks_for_the_name_of_a_column_between_others(folder: Path) -> None:
    text = (folder / "procedure.csv").read_text(encoding="utf-8")
    (folder / "procedure.csv").write_text(text.replace("fee_usd", "", 1), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"procedure\.csv row \d+: column \d+ has no name and holds"
    ):
        read_corridor(folder)


def test_read_corridor__finds_a_comma_too_many(folder: Path) -> None:
    lines = (folder / "node.csv").read_text(encoding="utf-8").splitlines()
    lines[2] += ",on the sea"
    (folder / "node.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match="cells where the header has"):
        read_corridor(folder)


# ------------------------------------------------------------- workbooks


def edited(path: Path, edit: Callable[[str], str], part: str = "xl/worksheets/sheet") -> Path:
    """A workbook in which the markup of its sheets is changed."""
    target = path.with_name("edited.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.startswith(part):
                content = edit(content.decode()).encode()
            new.writestr(entry.filename, content)
    return target


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return write_workbook(starter(), tmp_path / "st.xlsx")


ERROR_VALUES = (
    *("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"),
    *("#SPILL!", "#CALC!", "#GETTING_DATA", "#BLOCKED!", "#FIELD!", "#BUSY!", "#UNKNOWN!"),
)


def first_number(markup: str, instead: Callable[[str], str]) -> str:
    """The markup with another cell in place of the first that holds a plain number."""
    begin = markup.find("<v>")
    while begin >= 0:
        start, end = markup.rfind("<c ", 0, begin), markup.find("</c>", begin) + 4
        cell = markup[start:end]
        if ' t="' not in cell:
            place = cell.split('r="')[1].split('"')[0]
            return markup[:start] + instead(place) + markup[end:]
        begin = markup.find("<v>", end)
    return markup


def damages() -> Iterator[tuple[str, Callable[[str], str]]]:
    for value in ERROR_VALUES:
        yield value, lambda place, value=value: f'<c r="{place}" t="e"><v>{value}</v></c>'  # type: ignore[misc]
        yield value, lambda place, value=value: f"<c r=\"{place}\" t = 'e' ><v>{value}</v></c>"  # type: ignore[misc]
        yield value, lambda place, value=value: f'<c t="e"><f>A1</f><v>{value}</v></c>'  # type: ignore[misc]
    formula = "holds a formula whose value was not stored"
    yield formula, lambda place: f'<c r="{place}"><f>1/0</f></c>'
    yield formula, lambda place: f'<c r="{place}" t="str"><f>A1</f></c>'
    yield formula, lambda place: f'<c r="{place}"><f t="shared" si="0"/></c>'
    yield formula, lambda place: f'<c r="{place}"><f>B1</f><v></v></c>'
    yield formula, lambda place: f'<c r="{place}" s="1"><f>SUM(A1:A2)</f><v/></c>'


@pytest.mark.parametrize(("said", "instead"), list(damages()))
def test_read_corridor__names_the_cell_whose_value_is_not_there(
    workbook: Path, said: str, instead: Callable[[str], str]
) -> None:
    path = edited(workbook, lambda markup: first_number(markup, instead))
    with pytest.raises(InputError) as caught:
        read_corridor(path)
    problems = [problem for problem in caught.value.problems if said in str(problem)]
    assert problems
    assert all(problem.table.startswith("sheet ") for problem in problems)
    assert all(problem.row and problem.column for problem in problems)


def test_read_corridor__takes_the_stored_value_of_a_formula(workbook: Path) -> None:
    def formula(markup: str) -> str:
        return first_number(markup, lambda place: f'<c r="{place}"><f>6*7</f><v>42</v></c>')

    corridor = read_corridor(edited(workbook, formula))
    changed = [table.name for table in corridor if not same_table(table, starter()[table.name])]
    assert len(changed) > 3
    assert all(
        "42" in {c for cells in corridor[name].cells.values() for c in cells} for name in changed
    )


def test_read_corridor__refuses_a_sheet_with_one_far_cell(tmp_path: Path) -> None:
    path = tmp_path / "sparse.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("node")
        sheet.write_string(0, 0, "node_id")
        sheet.write_string(1_048_575, 16_383, "x")
    assert path.stat().st_size < 10_000
    with pytest.raises(InputError, match="sheet node: reaches to row 1,048,576 and column 16,384"):
        read_corridor(path)


def with_rows(more: str) -> Callable[[str], str]:
    return lambda markup: markup.replace("</sheetData>", f"{more}</sheetData>")


FAR = [
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    '<row r = "1048576"><c s="1" r = "XFD1048576"><v>1</v></c></row>',
    "<row r='1048576'><c r='&#88;FD1048576'><v>1</v></c></row>",
    '<row r="2147483647"><c r="A2147483647"><v>1</v></c></row>',
    '<row r="99999999999999999999"><c><v>1</v></c></row>',
    '<row r="1048576"><c><v>1</v></c></row>',
    '<row r="40"><c r="ZZZZZZZ40"><v>1</v></c></row>',
    '<row r="1048576"><c r="B1048576"><f>A1</f></c></row>',
    '<row r="0"><c r="A0"><v>1</v></c></row>',
    '<row r="-1"><c r="A-1"><v>1</v></c></row>',
]


@pytest.mark.parametrize("more", FAR)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_read_corridor__refuses_a_far_cell_however_it_is_written(
    workbook: Path, more: str, encoding: str
) -> None:
    """The reader of workbooks would end the process: it never sees the sheet."""
    path = workbook.with_name("far.xlsx")
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.endswith("sheet2.xml"):
                text = with_rows(more)(content.decode()).replace("UTF-8", encoding.upper())
                content = text.encode(encoding)
            new.writestr(entry.filename, content)
    with pytest.raises(InputError, match=r"sheet node: (reaches to row|cannot be read)"):
        read_corridor(path)


@pytest.mark.parametrize("more", ['<row r="1048576"><c r="XFD1048576" s="1"/></row>', ""])
def test_read_corridor__reads_a_sheet_whose_far_cells_are_empty(workbook: Path, more: str) -> None:
    assert same(read_corridor(edited(workbook, with_rows(more))), starter())


UNKNOWN_ERROR = '<row r="1"><c r="A1" t="e"><v>#SPILL!</v></c></row>'


@pytest.mark.parametrize("inside", [*FAR, UNKNOWN_ERROR, "<"])
def test_read_corridor__passes_over_notes_that_it_could_not_read(
    workbook: Path, inside: str
) -> None:
    target = edited(workbook, with_rows(inside), "xl/worksheets/sheet1.xml")
    target = target.rename(workbook.with_name("notes.xlsx"))
    target = edited(
        target, lambda text: text.replace('name="corridor"', 'name="my notes"'), "xl/workbook.xml"
    )
    corridor = read_corridor(target)
    assert same(corridor, starter())
    assert [problem.table for problem in warnings_of(corridor)] == ["sheet my notes"]


def test_read_corridor__names_column_and_cell_of_an_error_value(workbook: Path) -> None:
    def error(markup: str) -> str:
        return first_number(markup, lambda place: f'<c r="{place}" t="e"><v>#REF!</v></c>')

    path = edited(workbook, error, "xl/worksheets/sheet2.xml")
    with pytest.raises(InputError, match=r"edited.xlsx: 1 problem found\n  sheet node row 2, "
                       r"x_coord \(cell D2\): holds an error value: '#REF!'"):  # fmt: skip
        read_corridor(path)
    beside = edited(workbook, with_rows('<row r="3"><c r="ZZ3" t="e"><v>#N/A</v></c></row>'))
    assert same(read_corridor(beside), starter())


@pytest.mark.parametrize("number", ["999999999999", "4294967296", "18446744073709551616"])
@pytest.mark.parametrize("part", ["sharedStrings", "styles"])
def test_read_corridor__believes_no_number_of_things(
    workbook: Path, part: str, number: str
) -> None:
    """A number of shared texts that is not true made the reader ask for terabytes."""

    def damaged(text: str) -> str:
        return re.sub(r'(ount)="[0-9]+"', rf'\1="{number}"', text)

    with pytest.raises(InputError, match=r"says that it holds [\d,]+ things"):
        read_corridor(edited(workbook, damaged, f"xl/{part}"))


@pytest.mark.parametrize("twin", ["xl/worksheets/sheet2.xml", "XL\\worksheets\\SHEET2.xml"])
def test_read_corridor__reads_no_sheet_that_it_has_not_looked_through(
    workbook: Path, twin: str
) -> None:
    with zipfile.ZipFile(workbook) as archive:
        content = with_rows(FAR[0])(archive.read("xl/worksheets/sheet2.xml").decode())
    with zipfile.ZipFile(workbook, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(twin, content)
    with pytest.raises(InputError, match=r"holds 'xl/worksheets/sheet2.xml' twice"):
        read_corridor(workbook)


def test_read_corridor__misses_no_sheet(workbook: Path) -> None:
    """A sheet that is listed and has no content is no empty table."""
    target = edited(
        workbook, lambda text: text.replace("sheet3.xml", "sheet300.xml"), "xl/_rels/workbook.xml"
    )
    with pytest.raises(InputError, match="sheet 'link' is missing in it"):
        read_corridor(target)


@pytest.mark.parametrize("state", ["visible", "hidden", "veryHidden"])
def test_read_corridor__passes_over_a_sheet_of_notes(tmp_path: Path, state: str) -> None:
    path = tmp_path / "st.xlsx"
    write_workbook(starter(), path)
    target = edited(
        path,
        lambda markup: markup.replace('name="corridor"', f'name="Заметки" state="{state}"'),
        "xl/workbook.xml",
    )
    corridor = read_corridor(target)
    assert same(corridor, starter())
    assert [problem.table for problem in warnings_of(corridor)] == ["sheet Заметки"]


def test_check_corridor__calls_the_sheet_by_its_name(workbook: Path) -> None:
    def negative(markup: str) -> str:
        return first_number(markup, lambda place: f'<c r="{place}"><v>-99999</v></c>')

    problems = check_corridor(read_corridor(edited(workbook, negative)))
    assert problems
    assert all(problem.table.startswith("sheet ") for problem in problems)


@pytest.mark.parametrize("seed", range(40))
def test_read_corridor__says_that_a_workbook_is_damaged(workbook: Path, seed: int) -> None:
    content, draw = bytearray(workbook.read_bytes()), random.Random(seed)
    for _ in range(draw.randint(1, 30)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    workbook.write_bytes(content)
    with suppress(InputError):
        read_corridor(workbook)


@pytest.mark.parametrize(
    "content",
    ["[" * 100_000, '{"a":' * 100_000, '"' + "\\ud800" * 3 + '"', '{"name": "\\ud800"}', "null",
     '{"more": ["\\udfff"]}', '{"a": ' + "9" * 5000 + "}", "", "\x00\x00\x00\x00"],
)  # fmt: skip
def test_read_corridor__says_that_a_descriptor_is_none(folder: Path, content: str) -> None:
    (folder / "datapackage.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"datapackage\.json: is not JSON"):
        read_corridor(folder)
