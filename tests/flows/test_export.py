"""Results as files."""

import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
from pyarrow import parquet
from python_calamine import CalamineWorkbook
from tests.tiny import tiny_corridor

from lajvard.case import Case
from lajvard.errors import InputError
from lajvard.flows.assign_flows import FlowResult, assign_flows
from lajvard.flows.export import flows_json, write_flows


@pytest.fixture(scope="module")
def result() -> FlowResult:
    return assign_flows(Case(tiny_corridor()))


def test_write_flows__parquet_holds_units_and_values(result: FlowResult, tmp_path: Path) -> None:
    folder = write_flows(result, tmp_path / "flows")
    table = parquet.read_table(folder / "links.parquet")
    assert table.column("tonnes_per_year").to_pylist() == result.tables["links"].column(
        "tonnes_per_year"
    )
    assert table.schema.field("tonnes_per_year").metadata[b"unit"] == b"t/a"
    assert {file.stem for file in folder.iterdir()} == set(result.tables)


def test_write_flows__workbook_has_a_sheet_a_table(result: FlowResult, tmp_path: Path) -> None:
    file = write_flows(result, tmp_path / "flows.xlsx")
    book = CalamineWorkbook.from_path(str(file))
    assert book.sheet_names == ["about", *result.tables]
    rows = book.get_sheet_by_name("flows").to_python()
    assert rows[0][5] == "tonnes_per_year (t/a)"
    assert sorted(row[5] for row in rows[1:]) == [1000.0, 5000.0]


def test_write_flows__geopackage_has_links_in_direction_of_travel(
    result: FlowResult, tmp_path: Path
) -> None:
    import shapely

    file = write_flows(result, tmp_path / "flows.gpkg")
    layers = dict(pyogrio.list_layers(file))
    assert layers["links"] == "LineString"
    assert layers["ways"] is None
    _, _, shapes, columns = pyogrio.raw.read(file, layer="links")
    nodes = tiny_corridor().used("node")
    at = dict(zip(nodes.text("node_id"), nodes.numbers("x_coord"), strict=True))
    for shape, start in zip(shapely.from_wkb(shapes), columns[1], strict=True):
        assert shape.coords[0][0] == pytest.approx(at[start])


def test_write_flows__replaces_and_refuses(result: FlowResult, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        write_flows(result, tmp_path / "a")
    with pytest.raises(InputError, match=r"flows are not written as \.csv\. Give a folder"):
        write_flows(result, tmp_path / "flows.csv")
    assert not (tmp_path / "flows.csv").exists()
    assert write_flows(result, tmp_path / "flows-1.2").is_dir()
    first = parts(write_flows(result, tmp_path / "b.xlsx"))
    assert parts(write_flows(result, tmp_path / "b.xlsx")) == first


def parts(workbook: Path) -> dict[str, bytes]:
    """The files in a workbook, but for the one that says when it was made."""
    with zipfile.ZipFile(workbook) as file:
        return {name: file.read(name) for name in file.namelist() if name != "docProps/core.xml"}


def test_flows_json__says_what_it_is_of(result: FlowResult) -> None:
    found = flows_json(result)
    assert (found["scenario"], found["model"]) == ("none", "logit")
    assert all(isinstance(row["share"], float) for row in found["ways"])
    assert np.isclose(sum(row["tonnes_per_year"] for row in found["ways"]), 6000)
