"""Writing a scenario as YAML that reads back as the same scenario."""

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from lajvard.corridor.scenario import PARTS, Patch, Scenario
from lajvard.corridor.scenario_read import parse_scenario
from lajvard.corridor.write import write_atomically
from lajvard.errors import InputError
from lajvard.schema import TABLES
from lajvard.schema.cells import SEPARATOR

_PLAIN = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,14})?", re.ASCII)
"""Numbers that YAML may write without quotation marks."""

_WIDTH = 100


def write_scenario(scenario: Scenario, path: str | PathLike[str]) -> Path:
    """Write a scenario to a YAML file that `read_scenario` reads back as an equal scenario.

    The file is written beside its place and then renamed, so that it is never half written. A
    file that is there is replaced; its comments and its layout are not kept.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        The scenario has an unknown table or column, a value that the column cannot hold, or a
        text that a file cannot keep, such as one that begins with a space. All problems are
        reported together.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from lajvard import Patch, Scenario, read_scenario
    >>> patch = Patch("scale", "tariff", {"item": ("haulage",)}, {"value": "1.1"})
    >>> scenario = Scenario("dear-haulage", title="Haulage costs a tenth more", patches=(patch,))
    >>> with TemporaryDirectory() as folder:
    ...     file = write_scenario(scenario, f"{folder}/dear-haulage.yaml")
    ...     print(file.read_text(encoding="utf-8"), end="")
    ...     read_scenario(file) == scenario
    name: dear-haulage
    title: Haulage costs a tenth more
    patches:
    - scale: tariff
      where: {item: haulage}
      by: {value: 1.1}
    True
    """
    where = Path(path)
    if where.is_dir():
        raise InputError(str(path), "is a folder", "Give a file, such as faster-border.yaml.")
    write_atomically(where, scenario_text(scenario).encode())
    return where


def scenario_text(scenario: Scenario) -> str:
    """The YAML text of a scenario; see `write_scenario`."""
    text = _yaml(scenario)
    again, problems = parse_scenario(text, file=scenario.file)
    where = f"scenario '{scenario.name}'"
    if problems:  # the lines of a text that is not written help nobody
        raise InputError.of(where, [replace(problem, row=None) for problem in problems])
    if again != scenario:
        what = f"{_first_difference(scenario, again)} cannot be kept in a file"
        raise InputError(where, what, "Leave out spaces at its ends and characters of control.")
    return text


def _first_difference(scenario: Scenario, again: Scenario) -> str:
    """What of a scenario does not read back, in words."""
    for name in ("name", "title", "description"):
        if getattr(scenario, name) != getattr(again, name):
            return f"the {name} {getattr(scenario, name)!r}"
    pairs = zip(scenario.patches, again.patches, strict=True)
    number, patch = next((at, old) for at, (old, new) in enumerate(pairs, 1) if old != new)
    return f"patch {number}, {patch.kind} {patch.table},"


def _yaml(scenario: Scenario) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML()
    yaml.width = _WIDTH
    yaml.allow_unicode = True
    document: dict[str, Any] = {
        key: text
        for key in ("name", "title", "description")
        if (text := getattr(scenario, key)) or key == "name"
    }
    document["patches"] = [_patch(patch) for patch in scenario.patches]
    out = io.StringIO()
    try:
        yaml.dump(document, out)
    except YAMLError as error:
        raise InputError(f"scenario '{scenario.name}'", f"cannot be written: {error}") from None
    return out.getvalue()


def _patch(patch: Patch) -> dict[str, Any]:
    parts: dict[str, Any] = {patch.kind: patch.table}
    for part in PARTS[patch.kind]:
        if part != "where":
            parts[part] = _in_a_line(
                {name: _cell(patch, name, text) for name, text in patch.values.items()}
            )
        elif patch.where:
            parts[part] = _in_a_line({name: _texts(texts) for name, texts in patch.where.items()})
        else:
            parts[part] = "all"
    return parts


def _texts(texts: tuple[str, ...]) -> Any:
    return _scalar(texts[0]) if len(texts) == 1 else [_scalar(text) for text in texts]


def _cell(patch: Patch, name: str, text: str) -> Any:
    """The value of a column: a list where the column holds several, otherwise one value."""
    table = TABLES.get(patch.table)
    column = table.columns.get(name) if table else None
    if patch.kind == "scale" or column is None or column.type != "list" or SEPARATOR not in text:
        return _scalar(text)
    return [_scalar(part) for part in text.split(SEPARATOR)]


def _scalar(text: str) -> int | float | str:
    """A number where it is written the same way again, otherwise the text."""
    if _PLAIN.fullmatch(text):
        number = float(text) if "." in text else int(text)
        if str(number) == text:
            return number
    return text


def _in_a_line(mapping: Mapping[str, Any]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    found = CommentedMap(mapping)
    found.fa.set_flow_style()
    return found
