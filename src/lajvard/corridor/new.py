"""A small corridor to start from."""

import re
from dataclasses import replace
from importlib.resources import as_file, files
from os import PathLike
from pathlib import Path

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.read import read_corridor
from lajvard.corridor.write import is_free, unfinished, write_atomically, write_corridor
from lajvard.errors import InputError

STARTER = "data/starter"
_GUIDES = ("README.md", "scenarios/faster-border.yaml")


def starter() -> Corridor:
    """The corridor that `new_corridor` writes: eight places, road, rail and a ferry.

    >>> starter()["node"]["GEPTI"].name
    'Poti'
    """
    with as_file(files("lajvard").joinpath(STARTER)) as folder:
        return read_corridor(folder)


def new_corridor(path: str | PathLike[str], start: Corridor | None = None) -> Path:
    """Write a corridor to edit: a small, complete one with a README and a scenario, or `start`.

    The figures of the small one are examples: each is marked ``estimate`` and its note says what
    it stands for.

    Parameters
    ----------
    path
        A folder that does not exist yet or is empty. Its name becomes the name of the corridor.
    start
        What to begin with instead, such as a corridor from `read_gmns`.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        There is something at `path` already, or it is not the name of a folder.
    """
    where = Path(path)
    if where.suffix.lower() in (".xlsx", ".zip"):
        remedy = f"Give a folder, then say `lajvard export FOLDER {where.name}`."
        raise InputError(str(path), "is the name of a file", remedy)
    if not is_free(where):
        what = "the folder is not empty" if where.is_dir() else "is a file"
        raise InputError(str(path), what, "Give a folder that does not exist yet.")
    with unfinished(where):
        write_corridor(replace(start or starter(), name=_slug(where.resolve().name)), where)
        for guide in () if start else _GUIDES:
            content = files("lajvard").joinpath(STARTER, *guide.split("/")).read_bytes()
            write_atomically(where / guide, content)
    return where


def _slug(name: str) -> str:
    """A name as a data package may have it.

    >>> _slug("My Corridor (2025)"), _slug("راه")
    ('my-corridor-2025', 'corridor')
    """
    return re.sub(r"[^a-z0-9._]+", "-", name.lower()).strip("-._") or "corridor"
