"""The Frictionless Data Package descriptor of a corridor, made from the schema."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from lajvard.schema.tables import TABLES, Column, TableSchema

_TYPES = {"integer": "integer", "number": "number", "flag": "boolean"}


def data_package(
    *,
    name: str,
    title: str,
    description: str,
    tables: Mapping[str, Sequence[str]],
    delimiters: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """The ``datapackage.json`` of a corridor that has these tables.

    Parameters
    ----------
    tables
        The columns of each table, in the order of its file: a descriptor that names columns that
        a file lacks, or in another order, is not valid.
    delimiters
        What stands between the cells of a table's file where it is no comma.

    Notes
    -----
    Frictionless Data Package, profile tabular-data-package [1]_. Dates may lack month or day and
    lists stand in one cell, so both are strings there. There is no primary key, because competing
    and earlier statements share the key.

    References
    ----------
    .. [1] Data Package specification, https://specs.frictionlessdata.io/tabular-data-package/

    Examples
    --------
    >>> package = data_package(name="c", title="C", description="", tables={"node": ["node_id"]})
    >>> package["resources"][0]["path"], len(package["resources"][0]["schema"]["fields"])
    ('node.csv', 1)
    """
    resources = [
        _resource(TABLES[table], columns, set(tables)) for table, columns in tables.items()
    ]
    for resource in resources:
        if delimiters.get(resource["name"], ",") != ",":
            resource["dialect"] = {"delimiter": delimiters[resource["name"]]}
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "description": description,
        "resources": resources,
    }


def _resource(schema: TableSchema, columns: Sequence[str], present: set[str]) -> dict[str, Any]:
    known = [schema.columns[name] for name in columns if name in schema.columns]
    foreign = [_foreign_key(schema, column) for column in known if _is_single(column, present)]
    fields = [
        _field(schema.columns[name]) if name in schema.columns else {"name": name, "type": "string"}
        for name in columns
    ]
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


def _foreign_key(schema: TableSchema, column: Column) -> dict[str, Any]:
    table, field = column.refers_to or ("", "")
    resource = "" if table == schema.name else table  # empty means the resource itself
    return {"fields": column.name, "reference": {"resource": resource, "fields": field}}


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
        name: int(limit) if limit.is_integer() else limit
        for name, limit in (("minimum", column.minimum), ("maximum", column.maximum))
        if limit is not None and not column.is_numbers
    }
    return field | ({"constraints": limits} if limits else {})
