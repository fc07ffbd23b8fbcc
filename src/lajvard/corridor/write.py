"""Writing a corridor as a Frictionless Data Package: a folder of CSV tables."""

import csv
import io
import json
import os
import tempfile
from collections.abc import Callable
from os import PathLike
from pathlib import Path

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.table import Table
from lajvard.errors import InputError
from lajvard.schema.package import data_package

PACKAGE_FILE = "datapackage.json"


def write_corridor(corridor: Corridor, path: str | PathLike[str]) -> Path:
    """Write `corridor` to a folder, which is made if need be, or to an ``.xlsx`` workbook.

    Every cell is written as it was read, columns in their order: a folder that Lajvard wrote is
    written back to the byte. Tables without rows are left out, and their files removed. Each
    file is written beside its place and then renamed, so that none is ever half written.

    Returns
    -------
    Path
        The folder or workbook.
    """
    where = Path(path)
    if where.suffix.lower() == ".xlsx":
        from lajvard.corridor.workbook import write_workbook

        return write_workbook(corridor, where)
    if where.exists() and not where.is_dir():
        raise InputError(str(path), "is a file", "Give a folder, or a name that ends in .xlsx.")
    where.mkdir(parents=True, exist_ok=True)
    for table in corridor:
        file = where / f"{table.name}.csv"
        if len(table):
            write_atomically(file, table_bytes(table))
        else:
            file.unlink(missing_ok=True)
    write_atomically(where / PACKAGE_FILE, package_bytes(corridor))
    return where


def table_bytes(table: Table) -> bytes:
    """The CSV file of `table`.

    >>> table_bytes(Table.of("node", {"node_id": ["A"], "name": ["Herat, city"]}))
    b'node_id,name\\nA,"Herat, city"\\n'
    """
    out = io.StringIO(newline="")
    layout = table.layout
    writer = csv.writer(out, delimiter=layout.delimiter, lineterminator=layout.newline)
    writer.writerow(table.columns)
    writer.writerows(zip(*table.cells.values(), strict=True))
    return out.getvalue().encode("utf-8-sig" if layout.byte_order_mark else "utf-8")


def package_bytes(corridor: Corridor) -> bytes:
    """The ``datapackage.json`` of `corridor`."""
    package = data_package(
        name=corridor.name,
        title=corridor.title,
        description=corridor.description,
        tables=[table.name for table in corridor if len(table)],
    )
    return (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode()


def write_atomically(file: Path, content: bytes | Callable[[Path], object]) -> None:
    """Write `content`, or let it write, to a temporary file beside `file`; then rename it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-", suffix=file.suffix)
    os.close(handle)
    part = Path(name)
    try:
        if callable(content):
            part.unlink()
            content(part)
        else:
            part.write_bytes(content)
        part.chmod(0o666 & ~_umask())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
