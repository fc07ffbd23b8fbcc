"""What is read is written back to the byte, whatever the cells hold and however files look."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lajvard.corridor import Corridor, Table, read_corridor, write_corridor
from lajvard.corridor.table import Layout
from lajvard.corridor.write import corridor_files, table_bytes

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["", '"', ",", ";", "\n", "\r", "\r\n", '""', "a\nb", " ", "\ufeff", "\x00", "'", "=1+1"]
)
Quoting = Literal[0, 1, 2, 3]
LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff")
NAMES = st.text(LETTERS, min_size=1, max_size=5)
LAYOUTS = st.builds(
    Layout,
    newline=st.sampled_from(["\n", "\r\n"]),
    byte_order_mark=st.booleans(),
    delimiter=st.sampled_from([",", ";", "\t"]),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables of sources with any text and columns of other programs, in any layout."""
    names = ["source_id", "title", *draw(st.lists(NAMES, unique=True, max_size=3))]
    names = draw(st.permutations(list(dict.fromkeys(names))))
    rows = draw(st.lists(st.tuples(*(CELLS for _ in names)), max_size=5))
    kept = [row for row in rows if any(row)]
    table = Table.of("source", {name: [row[ix] for row in kept] for ix, name in enumerate(names)})
    return Table(table.name, table.cells, table.rows, draw(LAYOUTS))


def read_bytes(content: bytes) -> Table:
    with TemporaryDirectory() as folder:
        (Path(folder) / "source.csv").write_bytes(content)
        return read_corridor(folder)["source"]


@given(tables())
def test_table_bytes__are_read_back_cell_by_cell(table: Table) -> None:
    found = read_bytes(table_bytes(table))
    assert {name: list(cells) for name, cells in found.cells.items()} == table.cells
    assert list(found.rows) == list(table.rows)
    assert (found.layout.delimiter, found.layout.newline) == (
        table.layout.delimiter,
        table.layout.newline,
    )


@given(tables())
def test_table_bytes__are_written_back_to_the_byte(table: Table) -> None:
    content = table_bytes(table)
    found = read_bytes(content)
    assert table_bytes(found) == content
    anew = Table(found.name, found.cells, found.rows, found.layout)
    assert anew.content is None
    assert table_bytes(anew) == content


@given(tables(), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]))
def test_table_bytes__of_files_that_others_wrote_stay(table: Table, quoting: Quoting) -> None:
    out = io.StringIO(newline="")
    layout = table.layout
    writer = csv.writer(out, delimiter=layout.delimiter, lineterminator="\r\n", quoting=quoting)
    writer.writerow(table.columns)
    writer.writerows(zip(*table.cells.values(), strict=True))
    content = out.getvalue().encode("utf-8-sig" if layout.byte_order_mark else "utf-8")
    found = read_bytes(content)
    assert table_bytes(found) == content
    assert {name: list(cells) for name, cells in found.cells.items()} == table.cells


@settings(max_examples=30)
@given(tables(), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_write_corridor__and_read_corridor_are_inverse(table: Table, words: str) -> None:
    assume(len(table))
    corridor = Corridor.of({"source": table}, name="c", title=words, description=words)
    with TemporaryDirectory() as folder, TemporaryDirectory() as other:
        write_corridor(corridor, folder)
        found = read_corridor(folder)
        write_corridor(found, other)
        first = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
        second = {path.name: path.read_bytes() for path in Path(other).iterdir()}
    assert first == second == corridor_files(corridor)
    assert (found.title, found.description) == (words or "c", words)
