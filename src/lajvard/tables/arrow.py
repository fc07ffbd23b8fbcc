"""Result tables as Arrow tables; kept apart so that pyarrow is loaded only when asked for."""

from collections.abc import Sequence

import pyarrow as pa

from lajvard.tables.column import ResultColumn, Value, finite
from lajvard.tables.result import ResultTable


def arrow_table(table: ResultTable) -> pa.Table:
    """A table with typed columns: what is not known is null, units and meanings are metadata.

    Examples
    --------
    >>> from lajvard.tables import ResultColumn
    >>> waits = ResultTable.of("waits", [ResultColumn("wait_h", "h", digits=1)], [{"wait_h": 2}])
    >>> arrow_table(waits).schema.field("wait_h").metadata[b"unit"]
    b'h'
    """
    fields, arrays = [], []
    for column in table.columns:
        values = [finite(value) for value in table.column(column.name)]
        kind = _type(column, values)
        if kind == pa.string():
            values = [None if value is None else str(value) for value in values]
        meta = {"unit": column.unit, "meaning": column.meaning}
        fields.append(pa.field(column.name, kind, metadata=meta))
        arrays.append(pa.array(values, kind))
    meta = {"name": table.name, "title": table.title, "note": table.note}
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=meta))


def _type(column: ResultColumn, values: Sequence[Value]) -> pa.DataType:
    """Of the values that are known; by the column where none is."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int}:
        return pa.int64()
    if (kinds and kinds <= {int, float}) or (not kinds and column.numeric):
        return pa.float64()
    return pa.string()
