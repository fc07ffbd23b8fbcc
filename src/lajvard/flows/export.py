"""Results of a flow model as files: Parquet, a workbook, a GeoPackage."""

import re
from collections.abc import Mapping
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from lajvard.corridor.formats.export import write_layer
from lajvard.corridor.formats.layers import Layer, Values, layers
from lajvard.corridor.write import write_atomically
from lajvard.errors import InputError, require_extra
from lajvard.flows.assign_flows import FlowResult
from lajvard.tables import ResultTable
from lajvard.tables.column import finite

SUFFIXES = (".xlsx", ".gpkg")
"""Endings of single files; any other name is a folder of Parquet files."""

_SUFFIX = re.compile(r"\.[a-z]{2,7}", re.IGNORECASE)
"""What the name of a file ends in, unlike a folder called ``flows-1.2``."""

_WIDEST = 50


def write_flows(
    result: FlowResult, path: str | PathLike[str], *, more: Mapping[str, ResultTable] | None = None
) -> Path:
    """Write the tables of a result.

    Parameters
    ----------
    path
        A name in ``.xlsx`` gives a workbook with one sheet a table, one in ``.gpkg`` a GeoPackage
        with the loads of links as lines for QGIS, anything else a folder of Parquet files, one a
        table, with units and meanings in their schema.
    more
        Tables beside those of the result.

    Returns
    -------
    Path
        The file or folder; an older one is replaced only when the new one is complete.

    Raises
    ------
    InputError
        The path is a file where a folder is needed, or has the ending of some other kind of file.
    """
    where = checked_path(path)
    tables = {**result.tables, **(more or {})}
    if where.suffix.lower() == ".xlsx":
        write_atomically(where, partial(_write_workbook, result, tables))
    elif where.suffix.lower() == ".gpkg":
        write_atomically(where, partial(_write_geopackage, result, tables))
    else:
        for name, table in tables.items():
            write_atomically(where / f"{name}.parquet", partial(_write_parquet, table))
    return where


def checked_path(path: str | PathLike[str]) -> Path:
    """A path that `write_flows` can write to.

    Raises
    ------
    InputError
        It is a file where a folder is needed, or has the ending of some other kind of file.

    Examples
    --------
    >>> checked_path("flows-1.2").name
    'flows-1.2'
    """
    where = Path(path)
    remedy = f"Give a folder, or a name that ends in {' or '.join(SUFFIXES)}."
    if where.suffix.lower() in SUFFIXES or where.is_dir():
        return where
    if where.is_file():
        raise InputError(str(where), "is a file", remedy)
    if _SUFFIX.fullmatch(where.suffix):
        raise InputError(str(where), f"flows are not written as {where.suffix}", remedy)
    return where


def about(result: FlowResult) -> dict[str, str]:
    """What a result is of, in words."""
    return {
        "corridor": result.title,
        "as_of": result.as_of or "the description as it stands",
        "scenario": result.scenario or "none",
        "model": result.model,
    }


def _write_parquet(table: ResultTable, file: Path) -> None:
    from pyarrow import parquet

    parquet.write_table(table.to_arrow(), file)


def _write_workbook(result: FlowResult, tables: Mapping[str, ResultTable], file: Path) -> None:
    require_extra("report", str(file), ["xlsxwriter"])
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(file), options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        share = book.add_format({"num_format": "0.0 %"})
        number = book.add_format({"num_format": "#,##0.0"})
        first = book.add_worksheet("about")
        for row, (word, text) in enumerate(about(result).items()):
            first.write_row(row, 0, (word, text))
        for row, table in enumerate(tables.values(), start=len(about(result)) + 1):
            first.write_url(row, 0, f"internal:'{table.name}'!A1", string=table.name)
            first.write_string(row, 1, table.title)
        first.set_column(0, 0, 16)
        first.set_column(1, 1, 60)
        for table in tables.values():
            _write_sheet(book.add_worksheet(table.name[:31]), table, head, share, number)


def _write_sheet(sheet: Any, table: ResultTable, head: Any, share: Any, number: Any) -> None:
    """A table with a frozen head; the comment of a column says what it means."""
    for at, column in enumerate(table.columns):
        title = f"{column.name} ({column.unit})" if column.unit else column.name
        sheet.write_string(0, at, title, head)
        sheet.write_comment(0, at, column.meaning, {"x_scale": 2, "author": "Lajvard"})
        values = [finite(value) for value in table.column(column.name)]
        for row, value in enumerate(values, start=1):
            if isinstance(value, bool):
                sheet.write_string(row, at, "yes" if value else "no")
            elif isinstance(value, float):
                sheet.write_number(row, at, value, share if column.share else number)
            elif isinstance(value, int):
                sheet.write_number(row, at, value)
            elif value:
                sheet.write_string(row, at, str(value))
        longest = max([len(title), *(len(_shown(value)) for value in values[:500])])
        sheet.set_column(at, at, min(longest, _WIDEST) + 2)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)


def _shown(value: Any) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def _write_geopackage(result: FlowResult, tables: Mapping[str, ResultTable], file: Path) -> None:
    """Loads of links as lines along the geodesic, all other tables as attribute tables."""
    words = {name: Values.of([text]) for name, text in about(result).items()}
    made = [_layer(result, table) for table in tables.values() if len(table)]
    for layer in [*made, Layer("about", "what was modelled", "", None, words)]:
        options = {"IDENTIFIER": layer.name, "DESCRIPTION": layer.meaning}
        write_layer(file, layer, "GPKG", layer_options=options)


def _layer(result: FlowResult, table: ResultTable) -> Layer:
    columns = {column.name: _values(table.column(column.name)) for column in table.columns}
    if table.name != "links":
        return Layer(table.name, table.title, "", None, columns)
    (links,) = (layer for layer in layers(result.case.view) if layer.name == "link")
    assert links.geometry is not None, "links have ends"
    line = dict(zip(links.columns["link_id"].data.tolist(), links.geometry, strict=True))
    start = links.columns["from_node_id"].data.tolist()
    begins = dict(zip(links.columns["link_id"].data.tolist(), start, strict=True))
    geometry = np.empty(len(table), dtype=object)
    for ix, (link, tail) in enumerate(
        zip(table.column("link_id"), table.column("from_node_id"), strict=True)
    ):
        shape = line.get(link)
        geometry[ix] = shape if shape is None or begins[link] == tail else shape.reverse()
    return Layer(table.name, table.title, links.kind, geometry, columns)


def _values(cells: list[Any]) -> Values:
    """Typed values of a layer."""
    known = [finite(cell) for cell in cells]
    missing = np.array([cell is None for cell in known], dtype=np.bool_)
    kinds = {type(cell) for cell in known if cell is not None}
    if kinds == {bool}:
        return Values(np.array([bool(cell) for cell in known]), missing)
    if kinds and kinds <= {int, float}:
        kind = np.int32 if kinds == {int} else np.float64
        return Values(np.array([cell or 0 for cell in known], dtype=kind), missing)
    return Values(
        np.array([None if cell is None else str(cell) for cell in known], object), missing
    )


def flows_json(result: FlowResult, more: Mapping[str, ResultTable] | None = None) -> dict[str, Any]:
    """The result as plain data for programs; what is not known is null."""
    found: dict[str, Any] = dict(about(result))
    if result.assignment is not None:
        found["relative_gap"] = result.assignment.relative_gap
        found["iterations"] = result.assignment.iterations
    for name, table in {**result.tables, **(more or {})}.items():
        found[name] = table.records()
    return found
