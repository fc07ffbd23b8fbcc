"""A pydantic model for a row of each table, made from the table's columns."""

from functools import cache, partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from lajvard.schema.cells import bad_cells, items
from lajvard.schema.tables import TABLES, Column


class Row(BaseModel):
    """A row of a table: frozen, empty cells are None, columns of other programs are dropped."""

    model_config = ConfigDict(frozen=True, extra="ignore")


@cache
def row_model(table: str) -> type[Row]:
    """The model of a row of `table`; it checks and converts the text of cells.

    Examples
    --------
    >>> node = row_model("node")(
    ...     node_id="AFHEA",
    ...     name="Herat",
    ...     country="AF",
    ...     x_coord="62.2",
    ...     y_coord="34.3",
    ...     node_type="city",
    ...     status="operating",
    ...     basis="published",
    ...     source_id="S1;S2",
    ... )
    >>> node.x_coord, node.source_id, node.used, node.note
    (62.2, ('S1', 'S2'), True, None)
    """
    schema = TABLES[table]
    fields: dict[str, Any] = {name: _field(column) for name, column in schema.columns.items()}
    name = "".join(word.capitalize() for word in table.split("_"))
    return create_model(name, __base__=Row, __doc__=f"{schema.meaning}.", **fields)


_KINDS: dict[str, Any] = {"integer": int, "number": float, "flag": bool, "list": tuple[str, ...]}


def _field(column: Column) -> tuple[Any, Any]:
    kind: Any = _KINDS.get(column.type, str)
    if column.type == "category":
        kind = Literal[column.allowed]
    default: Any = ...
    if column.need == "optional":
        default = _value(column, column.default)
        kind = kind if default is not None else kind | None
    limits = {"minimum": column.minimum, "maximum": column.maximum, "unit": column.unit or None}
    extra: Any = {name: limit for name, limit in limits.items() if limit is not None}
    field = Field(default, description=column.meaning, json_schema_extra=extra)
    return Annotated[kind, BeforeValidator(partial(_converted, column))], field


def _converted(column: Column, cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    if not cell and column.need == "optional":
        cell = column.default
    elif not cell or bad_cells(column, [cell]):
        raise ValueError(f"expected {column.expected}")
    return _value(column, cell)


def _value(column: Column, cell: str) -> Any:
    """The value of a good cell; None when it is empty."""
    if column.type == "list":
        return items(cell)
    if not cell:
        return None
    if column.type == "flag":
        return cell == "yes"
    return _KINDS.get(column.type, str)(cell)
