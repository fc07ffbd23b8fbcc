"""The border posts of a run, kept in its folder for the report.

The model holds the calibrated posts as arrays only. What they were calibrated to is kept beside it
in ``posts.json``, so that a report needs neither the scenario nor another compilation.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from math import isfinite
from pathlib import Path
from typing import Any

from lajvard.case.posts import PostCalibration
from lajvard.corridor.write import write_atomically
from lajvard.errors import InputError

POSTS = "posts.json"
"""Name of the file in the run folder."""


def keep_posts(folder: Path, posts: Sequence[PostCalibration]) -> None:
    """Write the posts of a run, whole or not at all; a file that is there already is kept.

    Parameters
    ----------
    folder
        The run folder.
    posts
        Border posts as described and as calibrated. Numbers that are not finite are written as
        text, because JSON has none.
    """
    if not (folder / POSTS).is_file():
        records = [{key: _written(value) for key, value in asdict(post).items()} for post in posts]
        text = json.dumps(records, indent=1, ensure_ascii=False, allow_nan=False)
        write_atomically(folder / POSTS, f"{text}\n".encode())


def read_posts(folder: Path) -> tuple[PostCalibration, ...] | None:
    """The posts of a run, None where its folder keeps none.

    Raises
    ------
    InputError
        The file is not one that `keep_posts` wrote.
    """
    file = folder / POSTS
    if not file.is_file():
        return None
    try:
        return tuple(_post(record) for record in json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        remedy = "Remove it, and let lajvard simulate take up the run, which writes it again."
        raise InputError(str(file), "is not a list of border posts", remedy) from error


def _written(value: Any) -> Any:
    return value if not isinstance(value, float) or isfinite(value) else str(value)


def _post(record: dict[str, Any]) -> PostCalibration:
    """A post of its record; fields of a later version are left out."""
    values: dict[str, Any] = {
        field.name: float(record[field.name]) if field.type is float else record[field.name]
        for field in fields(PostCalibration)
    }
    return PostCalibration(**values)
