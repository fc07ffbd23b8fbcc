import csv
from collections.abc import Callable
from importlib.resources import files
from typing import get_args

import pytest

from lajvard.network.arrays import MONEY_ITEMS, Activity
from lajvard.schema import ACTIVITIES, LOG, MODES, TABLES, Column, bad_cells
from lajvard.schema.tables import ColumnType

COLUMNS = {
    f"{table.name}.{column.name}": column
    for table in [*TABLES.values(), LOG]
    for column in table.columns.values()
}


def test_tables__are_those_of_the_folder() -> None:
    folder = files("lajvard.schema").joinpath("tables")
    names = {path.name.removesuffix(".csv") for path in folder.iterdir()}
    assert {name for name in names if not name.startswith("_")} == {*TABLES, LOG.name}


@pytest.mark.parametrize(
    "name", [*TABLES, LOG.name, "_activities", "_common", "_modes", "_parameters", "_tables"]
)
def test_tables__are_rectangular(name: str) -> None:
    text = files("lajvard.schema").joinpath(f"tables/{name}.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines(), strict=True)
    assert all(len(row) == len(header) for row in rows)
    assert len({row[0] for row in rows}) == len(rows), "a column is described once"
    assert text.endswith("\n")


@pytest.mark.parametrize("name", list(TABLES))
def test_tables__have_a_key_first_and_say_what_they_hold(name: str) -> None:
    table = TABLES[name]
    assert table.key == tuple(table.columns)[: len(table.key)]
    assert table.key
    assert table.meaning


def columns_where(is_wrong: Callable[[str, Column], object]) -> list[str]:
    """The columns of all tables, as ``table.column``, for which a check fails."""
    return [name for name, column in COLUMNS.items() if is_wrong(name, column)]


def broken_rules(column: Column) -> list[str]:
    """What the description of a column lacks, by the name of the rule."""
    is_number = column.type in ("number", "integer")
    limits = [limit for limit in (column.minimum, column.maximum) if limit is not None]
    rules = {
        "a known type": column.type in get_args(ColumnType),
        "a known need": column.need in ("key", "required", "optional"),
        "a meaning": column.meaning and not column.meaning.endswith("."),
        "a plain name": column.name == column.name.lower().strip(),
        "limits in order": len(limits) < 2 or limits[0] < limits[1],
        "a unit of a quantity": not column.unit or is_number or column.type == "text",
        "limits of a number": not limits or is_number or column.is_numbers,
        "items of a category": column.type != "category" or column.allowed,
        "items of a type that has some": not column.allowed or column.type in ("category", "list"),
        "a text of what is expected": column.expected,
    }
    return [rule for rule, holds in rules.items() if not holds]


def test_columns__are_described_in_full() -> None:
    assert len(COLUMNS) > 400
    broken = {name: broken_rules(column) for name, column in COLUMNS.items()}
    assert not {name: rules for name, rules in broken.items() if rules}


def test_columns__have_defaults_that_they_could_hold() -> None:
    assert not columns_where(lambda _, column: bad_cells(column, [column.default]))
    assert not columns_where(lambda _, column: column.default and column.need != "optional")


def test_columns__refer_to_keys_that_there_are() -> None:
    def is_lost(name: str, column: Column) -> bool:
        if column.refers_to is not None:
            target, key = column.refers_to
            return TABLES[target].key[0] != key or column.type not in ("id", "list")
        is_reference = column.name.endswith("_id") and column.need != "key"
        return is_reference and not name.startswith(f"{LOG.name}.") and column.type != "text"

    assert not columns_where(is_lost)


def test_modes__are_the_same_in_all_tables() -> None:
    for table in TABLES.values():
        for column in table.columns.values():
            if column.name in ("mode", "from_mode", "to_mode") and column.type == "category":
                assert column.allowed == tuple(MODES), f"{table.name}.{column.name}"
    assert LOG.columns["mode"].allowed == tuple(MODES)
    assert all(mode.max_speed_kmh > 0 for mode in MODES.values())


def test_expected__says_limits_and_units() -> None:
    node, link = TABLES["node"].columns, TABLES["link"].columns
    assert node["x_coord"].expected == "a number of deg from -180 to 180"
    assert node["tier"].expected == "a whole number from 1 to 3"
    assert link["capacity_t_day"].expected == "a number of t/d from 0 to 10000000"
    assert link["directed"].expected == "yes or no"
    assert TABLES["calendar"].columns["days"].expected.startswith("items out of mon, tue")


def test_tables__cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TABLES["node"].columns["x"] = TABLES["node"].columns["name"]  # type: ignore[index]


def test_activities__include_those_of_the_network_and_cost_the_same_items() -> None:
    assert {activity.label for activity in Activity} <= set(ACTIVITIES)
    assert all(ACTIVITIES[activity.label].item == item for activity, item in MONEY_ITEMS.items())
    assert LOG.columns["activity"].allowed == tuple(ACTIVITIES)
    assert all(
        activity.cause and activity.item and activity.meaning for activity in ACTIVITIES.values()
    )
