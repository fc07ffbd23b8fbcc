"""Writing a corridor as a Frictionless Data Package: a folder of CSV tables."""

import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.read import UNFINISHED
from lajvard.corridor.table import Table
from lajvard.errors import InputError, guarded_writing
from lajvard.schema.package import data_package

PACKAGE_FILE = "datapackage.json"


def write_corridor(corridor: Corridor, path: str | PathLike[str]) -> Path:
    """Write `corridor` to a folder, which is made if need be, a ``.zip`` or an ``.xlsx`` workbook.

    A table that was read and not changed is written back to the byte, however its file was
    written. One that is new or changed gets quotation marks only where a cell needs them, and
    keeps delimiter, line ends and byte order mark; rows without any content are dropped. Tables
    without rows are left out, and their files removed, unless a file without rows was read.
    ``datapackage.json`` stays as it was while name, title, description and the tables that have
    rows do, and keeps what others wrote into it. Other files of a folder are not touched.

    Each file is written beside its place and then renamed, so that none is ever half written.

    Returns
    -------
    Path
        The folder or file.

    Raises
    ------
    InputError
        `path` is a file where a folder is wanted.
    """
    where = Path(path)
    if where.suffix.lower() == ".xlsx":
        from lajvard.corridor.formats.workbook import write_workbook

        return write_workbook(corridor, where)
    if where.suffix.lower() == ".zip":
        write_atomically(where, zip_bytes(corridor))
        return where
    if where.exists() and not where.is_dir():
        remedy = "Give a folder, or a name that ends in .zip or .xlsx."
        raise InputError(str(path), "is a file", remedy)
    where.mkdir(parents=True, exist_ok=True)
    files = corridor_files(corridor)
    for table in corridor:
        if f"{table.name}.csv" not in files:
            (where / f"{table.name}.csv").unlink(missing_ok=True)
    for name, content in files.items():
        write_atomically(where / name, content)
    return where


def corridor_files(corridor: Corridor) -> dict[str, bytes]:
    """The files of `corridor` by name."""
    files = {
        f"{table.name}.csv": table_bytes(table)
        for table in corridor
        if len(table) or table.content is not None
    }
    return files | {PACKAGE_FILE: package_bytes(corridor)}


def zip_bytes(corridor: Corridor) -> bytes:
    """The files of `corridor` in a zip archive: one description always gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in corridor_files(corridor).items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def table_bytes(table: Table) -> bytes:
    r"""The CSV file of `table`: as it was read, or with few quotation marks.

    >>> table_bytes(Table.of("node", {"node_id": ["A"], "name": ["Herat, city"]}))
    b'node_id,name\nA,"Herat, city"\n'
    """
    if table.content is not None:
        return table.content
    layout = table.layout
    needs_quotes = re.compile(f'[{layout.delimiter}"\r\n]').search

    def line(cells: Iterable[str]) -> str:
        quoted = [
            '"' + cell.replace('"', '""') + '"' if needs_quotes(cell) else cell for cell in cells
        ]
        return layout.delimiter.join(quoted) or '""'

    rows = [table.columns, *zip(*table.cells.values(), strict=True)]
    text = "".join(f"{line(row)}{layout.newline}" for row in rows)
    return text.encode("utf-8-sig" if layout.byte_order_mark else "utf-8")


def package_bytes(corridor: Corridor) -> bytes:
    """The ``datapackage.json`` of `corridor`: as it was read if it still holds."""
    tables = {table.name: table for table in corridor if len(table)}
    now = data_package(
        name=corridor.name,
        title=corridor.title,
        description=corridor.description,
        tables={name: table.columns for name, table in tables.items()},
        delimiters={name: table.layout.delimiter for name, table in tables.items()},
    )
    before = json.loads(corridor.package) if corridor.package else {}
    same_words = all(before.get(key) == now[key] for key in ("name", "title", "description"))
    if same_words and _still_holds(_listed(before), tables):
        return corridor.package
    return (json.dumps(before | now, indent=1, ensure_ascii=False) + "\n").encode()


def _listed(package: dict[str, Any]) -> dict[str, list[str] | None]:
    """The tables that a ``datapackage.json`` lists, with their columns where it names them."""
    resources = package.get("resources")
    listed = resources if isinstance(resources, list) else []
    found: dict[str, list[str] | None] = {}
    for resource in listed:
        if isinstance(resource, dict):
            try:
                columns = [str(field["name"]) for field in resource["schema"]["fields"]]
            except (KeyError, TypeError):
                columns = None
            found[str(resource.get("name"))] = columns
    return found


def _still_holds(listed: dict[str, list[str] | None], tables: dict[str, Table]) -> bool:
    """Whether these tables are listed, and those that changed with the columns that they have."""
    return listed.keys() == tables.keys() and all(
        table.content is not None or listed[name] in (None, list(table.columns))
        for name, table in tables.items()
    )


def write_atomically(file: Path, content: bytes | Callable[[Path], object]) -> None:
    """Write `content`, or let it write, to a temporary file beside `file`; then rename it.

    Raises
    ------
    OSError
        The disk is full, the folder is read-only, or the like: it names `file`, whatever the
        library raised that wrote.
    """
    with guarded_writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=file.parent, prefix=f".{file.stem}-", suffix=file.suffix
        )
        os.close(handle)
        part = Path(name)
        try:
            if callable(content):
                part.unlink()
                content(part)
                _check_room(part)
            else:
                part.write_bytes(content)
            part.chmod(0o666 & ~_umask())
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
            part.with_name(f"{part.name}-journal").unlink(missing_ok=True)  # of a GeoPackage


_ROOM = 1 << 16

_PART = re.compile(r"\..+-[a-z0-9_]{8}(\..*)?")


def _check_room(part: Path) -> None:
    """Make sure that the disk was not full: GDAL does not say so of what it writes last."""
    with part.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        try:
            file.write(bytes(_ROOM))
            file.flush()
            os.fsync(file.fileno())
        finally:
            file.truncate(size)


def is_free(folder: Path) -> bool:
    """True for a folder that is not there, is empty, or was not written to its end."""
    if not folder.is_dir():
        return not folder.exists()
    return (folder / UNFINISHED).is_file() or not any(folder.iterdir())


@contextmanager
def unfinished(folder: Path) -> Iterator[None]:
    """Mark `folder` while files are written into it, so that a killed command can be repeated."""
    if folder.exists() and not folder.is_dir():
        yield  # who writes says so
        return
    mark = folder / UNFINISHED
    with guarded_writing(folder):
        if mark.is_file():
            for path in folder.rglob(".*"):
                if path.is_file() and _PART.fullmatch(path.name):
                    path.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        mark.touch()
    yield
    mark.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
