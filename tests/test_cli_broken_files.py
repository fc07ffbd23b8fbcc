"""Every command with a broken file of each kind that it takes: one clear error, never a traceback.

The commands and their parameters are those of the application, so that a new one is found.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from lajvard.cli import app
from lajvard.corridor.new import new_corridor
from lajvard.errors import LajvardError, exit_code

NOISE = bytes(range(256)) * 20
WORDS = {
    "origin": "Poti",
    "destination": "Turkmenbashi",
    "start": "Siyazan",
    "end": "Awaza",
    "out": "out",
    "log export out": "out.csv",
    "export path": "built-in",
}
"""What stands for parameters that are no files."""


def text(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def corridor_with(path: Path, table: str, content: str | bytes) -> Path:
    text(new_corridor(path) / f"{table}.csv", content)
    return path


def cut_zip(path: Path) -> Path:
    archive = Path(shutil.make_archive(str(path), "zip", new_corridor(path.with_name("whole"))))
    archive.write_bytes(archive.read_bytes()[:2000])
    return archive


def tree(path: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        text(path / name.replace("__", "."), content)
    return path


Maker = Callable[[Path], Path]
CORRIDORS: dict[str, Maker] = {
    "nothing": lambda d: d / "none",
    "an empty folder": lambda d: tree(d / "e", x__txt=""),
    "no UTF-8": lambda d: corridor_with(d / "c", "node", NOISE),
    "an empty table": lambda d: corridor_with(d / "c", "link", ""),
    "a quotation mark": lambda d: corridor_with(d / "c", "node", 'node_id,name\n"A,b\n'),
    "noise for a zip": lambda d: text(d / "c.zip", NOISE),
    "a zip that is cut off": lambda d: cut_zip(d / "c"),
    "noise for a workbook": lambda d: text(d / "c.xlsx", NOISE),
    "a text": lambda d: text(d / "c.txt", "hello"),
}
CELLS: dict[str, Maker] = {
    "a cell that is no number": lambda d: corridor_with(
        d / "c", "cargo_class", "cargo_class,name,payload_t,status,basis,source_id\na,b,x,,,\n"
    ),
}
SCENARIOS: dict[str, Maker] = {
    "nothing": lambda d: d / "none.yaml",
    "noise": lambda d: text(d / "s.yaml", NOISE),
    "nothing in it": lambda d: text(d / "s.yaml", ""),
    "no YAML": lambda d: text(d / "s.yaml", "a: [b\n"),
    "another list": lambda d: text(d / "s.yaml", "- 1\n- 2\n"),
    "without an end": lambda d: text(d / "s.yaml", "[" * 5000),
    "an unknown table": lambda d: text(d / "s.yaml", "name: s\npatches:\n  - remove: nothing\n"),
    "a folder": lambda d: tree(d / "s.yaml", x__txt=""),
}
LOGS: dict[str, Maker] = {
    "nothing": lambda d: d / "none.csv",
    "no UTF-8": lambda d: text(d / "l.csv", "run_id,journey_id\nЖ,1\n".encode("cp1251")),
    "UTF-16": lambda d: text(d / "l.csv", "run_id,journey_id\na,1\n".encode("utf-16")),
    "nothing in it": lambda d: text(d / "l.csv", ""),
    "other columns": lambda d: text(d / "l.csv", "a,b\n1,2\n"),
    "noise for Parquet": lambda d: text(d / "l.parquet", NOISE),
    "an empty folder": lambda d: tree(d / "l", x__txt=""),
    "a broken run": lambda d: tree(d / "r", manifest__json="{", model__npz=NOISE),
    "a run of nothing": lambda d: tree(d / "r", manifest__json=json.dumps({"seed": 1})),
}
GRIDS: dict[str, Maker] = {
    "nothing": lambda d: d / "none.tif",
    "noise for GeoTIFF": lambda d: text(d / "g.tif", NOISE),
    "noise for netCDF": lambda d: text(d / "g.nc", NOISE),
    "a text for a grid": lambda d: text(d / "g.asc", "ncols 2\n1 2\n"),
}
GMNS: dict[str, Maker] = {
    "nothing": lambda d: d / "none",
    "no columns": lambda d: tree(d / "g", node__csv="a\n1\n", link__csv="b\n2\n"),
    "noise": lambda d: tree(d / "g", node__csv=NOISE, link__csv=NOISE),
    "a file": lambda d: text(d / "g", "hello"),
}
TNTP: dict[str, Maker] = {
    "nothing": lambda d: d / "none",
    "noise": lambda d: tree(d / "t", x_net__tntp=NOISE, x_trips__tntp=NOISE),
    "no metadata": lambda d: tree(d / "t", x_net__tntp="1 2 3\n", x_trips__tntp="Origin 1\n"),
}
FILES: dict[str, dict[str, Maker]] = {
    "corridor": CORRIDORS,
    "path": CORRIDORS,
    "scenario": SCENARIOS,
    "gmns": GMNS,
    "tntp": TNTP,
    "bathymetry": GRIDS,
    "run": LOGS,
    "runs": LOGS,
    "log check path": LOGS,
    "log head path": LOGS,
    "log export path": LOGS,
    "indicators path": LOGS,
}
"""Broken files by parameter, or by command and parameter."""

WRITTEN = {"new path", "export out", "fibre export out", "log export out"}
"""Parameters that name what is made."""

LOOKS_AT_ANYTHING = ("check", "describe", "export")
"""They show or write a corridor as it is, with cells that nothing could compute with."""


def commands(
    command: Any = None, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the application."""
    command = command or typer.main.get_command(app)
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from commands(inner, (*before, name))
    else:
        yield before, command


def broken() -> Iterator[tuple[str, str, str]]:
    for names, command in commands():
        for parameter in command.params:
            where = " ".join((*names, parameter.name))
            for what in FILES.get(where, FILES.get(parameter.name, {})):
                if where not in WRITTEN:
                    yield " ".join(names), parameter.name, what
        if names[0] not in LOOKS_AT_ANYTHING and "corridor" in {p.name for p in command.params}:
            yield " ".join(names), "corridor", "a cell that is no number"


def arguments(command: str, name: str, file: Path, folder: Path) -> list[str]:
    """The words of a command with a file for one parameter, and something good for the others."""
    found = dict(commands())[tuple(command.split())]
    words = command.split()
    for parameter in found.params:
        if parameter.param_type_name == "argument":
            if parameter.name == name:
                words += [str(file)] * (2 if parameter.name == "runs" else 1)
            elif parameter.required:
                where = f"{command} {parameter.name}"
                words.append(WORDS.get(where) or WORDS.get(parameter.name) or str(folder / "x"))
        elif parameter.name == name:
            words += [parameter.opts[0], str(file)]
    return words


@pytest.mark.parametrize(("command", "name", "what"), list(broken()))
def test_command__says_what_is_wrong_with_a_file(
    command: str, name: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    makers = FILES.get(f"{command} {name}", FILES.get(name, {})) | CELLS
    file = makers[what](tmp_path / "in")
    result = CliRunner().invoke(app, arguments(command, name, file, tmp_path))
    error = result.exception
    assert error is None or isinstance(error, LajvardError | SystemExit), repr(error)
    code = exit_code(error) if isinstance(error, LajvardError) else result.exit_code
    assert code == 2, result.output
    said = f"{result.output}{error if isinstance(error, LajvardError) else ''}"
    assert "Traceback" not in said
    assert file.name in said or file.stem in said or name in said


def test_broken__has_every_parameter_that_names_a_file() -> None:
    """A new parameter that names a file has to be listed, or to be one that is written."""
    for names, command in commands():
        for parameter in command.params:
            metavar = str(getattr(parameter, "metavar", "") or "")
            is_file = any(word in metavar for word in ("FILE", "DIR", "PATH", "RUN", "LOG"))
            where = " ".join((*names, parameter.name))
            if is_file and parameter.name != "out":
                assert where in WRITTEN or where in FILES or parameter.name in FILES, where
