"""The descriptor against the rules of the Frictionless Data Package specification (version 1)."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from lajvard.corridor.builtin import built_in
from lajvard.corridor.corridor import Corridor
from lajvard.corridor.new import starter
from lajvard.corridor.read import read_corridor
from lajvard.corridor.table import Table
from lajvard.corridor.write import write_corridor
from lajvard.schema import TABLES
from lajvard.schema.package import data_package

NAME = re.compile(r"[-a-z0-9._/]+")
LIMITS = {
    "string": {"required", "enum"},
    "number": {"required", "minimum", "maximum"},
    "integer": {"required", "minimum", "maximum"},
    "boolean": {"required"},
}
EVERY = {name: [*schema.columns] for name, schema in TABLES.items()}


def written(corridor: Corridor, folder: Path) -> dict[str, Any]:
    file = write_corridor(corridor, folder) / "datapackage.json"
    package: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return package


@pytest.fixture
def package() -> dict[str, Any]:
    return data_package(name="c", title="C", description="", tables=EVERY)


def test_data_package__names_and_paths_are_as_the_specification_says(
    package: dict[str, Any],
) -> None:
    assert package["profile"] == "tabular-data-package"
    assert NAME.fullmatch(package["name"])
    names = [resource["name"] for resource in package["resources"]]
    assert names == list(TABLES)
    for resource in package["resources"]:
        assert resource["profile"] == "tabular-data-resource"
        assert NAME.fullmatch(resource["name"])
        assert not Path(resource["path"]).is_absolute()
        assert ".." not in resource["path"]
        assert resource["schema"]["missingValues"] == [""]


def test_data_package__fields_have_types_and_limits_of_the_specification(
    package: dict[str, Any],
) -> None:
    for resource in package["resources"]:
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert len(set(names)) == len(names)
        for field in resource["schema"]["fields"]:
            limits = field.get("constraints", {})
            assert set(limits) <= LIMITS[field["type"]], field
            assert set(limits) != set() or "constraints" not in field
            if field["type"] == "integer":
                assert all(isinstance(limits.get(name, 0), int) for name in ("minimum", "maximum"))
            if field["type"] == "boolean":
                assert (field["trueValues"], field["falseValues"]) == (["yes"], ["no"])
            assert len(set(limits.get("enum", []))) == len(limits.get("enum", []))


def test_data_package__foreign_keys_point_at_fields_that_exist(package: dict[str, Any]) -> None:
    fields = {
        resource["name"]: {field["name"]: field for field in resource["schema"]["fields"]}
        for resource in package["resources"]
    }
    seen = 0
    for resource in package["resources"]:
        for key in resource["schema"]["foreignKeys"]:
            seen += 1
            target = key["reference"]["resource"] or resource["name"]
            assert key["reference"]["resource"] != resource["name"]  # the empty string says it
            here, there = (
                fields[resource["name"]][key["fields"]],
                fields[target][key["reference"]["fields"]],
            )
            assert here["type"] == there["type"] == "string"
    assert seen > 20


def test_data_package__leaves_out_keys_to_tables_that_are_not_there() -> None:
    package = data_package(
        name="c", title="C", description="", tables={"link": ["link_id", "from_node_id"]}
    )
    assert package["resources"][0]["schema"]["foreignKeys"] == []


@pytest.mark.parametrize("corridor", [built_in, starter])
def test_data_package__describes_the_files_as_they_are(tmp_path: Path, corridor: Any) -> None:
    for resource in written(corridor(), tmp_path)["resources"]:
        with (tmp_path / resource["path"]).open(encoding=resource["encoding"], newline="") as file:
            header, *rows = csv.reader(file)
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == header
        for field, cells in zip(fields, zip(*rows, strict=True), strict=True):
            check_cells(field, set(cells))
        ids = {
            name: set(column) for name, column in zip(header, zip(*rows, strict=True), strict=True)
        }
        for key in resource["schema"]["foreignKeys"]:
            check_key(tmp_path, resource["name"], key, ids[key["fields"]] - {""})


def check_cells(field: dict[str, Any], cells: set[str]) -> None:
    limits = field.get("constraints", {})
    assert not limits.get("required") or "" not in cells, field
    cells.discard("")
    if field["type"] == "boolean":
        assert cells <= {"yes", "no"}, field
    if field["type"] in ("integer", "number"):
        parse = int if field["type"] == "integer" else float
        values = [parse(cell) for cell in cells]
        assert all(limits.get("minimum", value) <= value for value in values), field
        assert all(limits.get("maximum", value) >= value for value in values), field
    assert cells <= set(limits.get("enum", cells)), field


def check_key(folder: Path, table: str, key: dict[str, Any], ids: set[str]) -> None:
    target = key["reference"]["resource"] or table
    with (folder / f"{target}.csv").open(encoding="utf-8", newline="") as file:
        assert ids <= {row[key["reference"]["fields"]] for row in csv.DictReader(file)}, key


def test_data_package__follows_the_columns_of_a_changed_table(tmp_path: Path) -> None:
    corridor = Corridor.of(
        {"node": Table.of("node", {key: ["x"] for key in TABLES["node"].columns})}, name="c"
    )
    written(corridor, tmp_path)
    read = read_corridor(tmp_path)
    cells = {"own": ["1"], **dict(list(read["node"].cells.items())[:3])}
    package = written(read.with_table(Table.of("node", cells)), tmp_path)
    fields = package["resources"][0]["schema"]["fields"]
    assert [field["name"] for field in fields] == ["own", "node_id", "name", "country"]
    assert fields[0] == {"name": "own", "type": "string"}


def test_data_package__states_the_delimiter_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "source.csv").write_text("source_id;title\nS1;One\n", encoding="utf-8")
    package = written(read_corridor(tmp_path), tmp_path)
    assert package["resources"][0]["dialect"] == {"delimiter": ";"}
