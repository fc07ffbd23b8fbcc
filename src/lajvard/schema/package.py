"""The Frictionless Data Package descriptor of a corridor, made from the schema."""

from collections.abc import Iterable
from typing import Any

from lajvard.schema.tables import TABLES, Column, TableSchema

_TYPES = {"integer": "integer", "number": "number", "flag": "boolean"}


def data_package(
    *, name: str, title: str, description: str, tables: Iterable[str]
) -> dict[str, Any]:
    """The ``datapackage.json`` of a corridor that has these tables.

    Notes
    -----
    Frictionless Data Package, profile tabular-data-package [1]_. Dates may lack month or day and
    lists stand in one cell, so both are strings there.

    References
    ----------
    .. [1] Data Package specification, https://specs.frictionlessdata.io/tabular-data-package/

    Examples
    --------
    >>> data_package(name="c", title="C", description="", tables=["node"])["resources"][0]["path"]
    'node.csv'
    """
    present = [TABLES[table] for table in tables]
    names = {schema.name for schema in present}
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "description": description,
        "resources": [_resource(schema, names) for schema in present],
    }


def _resource(schema: TableSchema, present: set[str]) -> dict[str, Any]:
    fields = [_field(column) for column in schema.columns.values()]
    foreign = [_foreign_key(column) for column in schema.references if _is_single(column, present)]
    return {
        "profile": "tabular-data-resource",
        "name": schema.name,
        "path": f"{schema.name}.csv",
        "description": schema.meaning,
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""], "foreignKeys": foreign},
    }


def _is_single(column: Column, present: set[str]) -> bool:
    return column.type == "id" and column.refers_to is not None and column.refers_to[0] in present


def _foreign_key(column: Column) -> dict[str, Any]:
    table, field = column.refers_to or ("", "")
    return {"fields": column.name, "reference": {"resource": table, "fields": field}}


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.type, "string"),
        "description": column.meaning,
    }
    if column.type == "flag":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    if column.unit:
        field["unit"] = column.unit
    limits: dict[str, Any] = {}
    if column.need != "optional":
        limits["required"] = True
    if column.allowed and column.type == "category":
        limits["enum"] = list(column.allowed)
    limits |= {
        name: limit
        for name, limit in (("minimum", column.minimum), ("maximum", column.maximum))
        if limit is not None
    }
    return field | ({"constraints": limits} if limits else {})
