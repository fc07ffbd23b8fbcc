"""Reading a scenario from YAML, with the line of everything that is wrong with it."""

import re
import warnings
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.error import ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lajvard.corridor.scenario import PARTS, Kind, Patch, Scenario, patch_problems
from lajvard.errors import InputError, Problem, did_you_mean
from lajvard.schema import TABLES, Column
from lajvard.schema.cells import SEPARATOR

_KEYS = ("name", "title", "description", "patches")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*", re.ASCII)
_LINE = re.compile(r"\bline (\d+)")
_YES, _NO = ("true", "on"), ("false", "off")


def read_scenario(path: str | PathLike[str]) -> Scenario:
    """Read a scenario from a YAML file.

    Raises
    ------
    InputError
        There is no such file, or it holds an unknown operation, table or column, or a value that
        the column cannot hold. All problems are reported together, with their lines.
    """
    scenario, problems = parse_scenario(_text_of(path), file=Path(path).name)
    if problems:
        raise InputError.of(str(path), problems)
    return scenario


def _text_of(path: str | PathLike[str]) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(str(path), "is not UTF-8", "Save the file as UTF-8 text.") from None
    except OSError as error:
        found = {FileNotFoundError: "no such file", IsADirectoryError: "is a folder"}
        what = found.get(type(error), str(error))
        raise InputError(str(path), what, "Give a scenario, a YAML file.") from None


def load_scenario(path: str | PathLike[str]) -> tuple[Scenario, list[Problem]]:
    """What of a scenario file can be understood, and what is wrong with the rest."""
    return parse_scenario(_text_of(path), file=Path(path).name)


def parse_scenario(text: str, *, file: str = "scenario.yaml") -> tuple[Scenario, list[Problem]]:
    """What of the text of a scenario can be understood, and what is wrong with the rest.

    >>> scenario, problems = parse_scenario('''
    ... name: closed
    ... patches:
    ...   - remove: lnk
    ...     where: {mode: sea}
    ... ''')
    >>> print(*problems)
    scenario.yaml line 4, remove: unknown table 'lnk'. Did you mean 'link'?
    """
    parser = _Parser(file)
    try:
        root = _compose(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        words = getattr(error, "problem", None) or str(error).splitlines()[0]
        parser.report(line, None, None, f"is not YAML: {words}")
        return Scenario(name="", file=file), parser.problems
    except (RecursionError, ValueError, OverflowError) as error:
        words = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        parser.report(None, None, None, f"is not YAML: {words}")
        return Scenario(name="", file=file), parser.problems
    except ReusedAnchorWarning as warning:
        words = str(warning).strip()
        parser.report(int(_LINE.findall(words)[-1]), None, None, words.splitlines()[0])
        return Scenario(name="", file=file), parser.problems
    return parser.scenario(root), parser.problems


def _compose(text: str) -> Node | None:
    """The nodes of a YAML text; an anchor that is given to two nodes is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ReusedAnchorWarning)
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    return root


class _Parser:
    """Turns the nodes of a YAML file into a scenario; a node knows its line.

    Scalars are taken as they are written: NO is a country and 2020-12-21 a text.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def report(
        self, line: int | None, key: str | None, value: str | None, message: str, remedy: str = ""
    ) -> None:
        self.problems.append(Problem("error", self.file, line, key, value, message, remedy))

    def scenario(self, root: Node | None) -> Scenario:
        parts = self.mapping(root, "the scenario", _KEYS)
        texts = {key: self.scalar(key, parts[key]) for key in _KEYS[:3] if key in parts}
        line = _line(root) if root else 1
        if "name" not in parts:
            self.report(line, "name", None, "a scenario needs a name", "Such as faster-border.")
        elif not _NAME.fullmatch(texts["name"]):
            remedy = "Use small letters, digits, points and hyphens."
            self.report(_line(parts["name"]), "name", texts["name"], "is no name:", remedy)
        patches = parts.get("patches")
        if not isinstance(patches, SequenceNode):
            self.report(
                _line(patches) if patches else line,
                "patches",
                None,
                "expected a list of patches",
                f"Each starts with - and one of {', '.join(PARTS)}.",
            )
            patches = SequenceNode("", [])
        found = [self.patch(node) for node in patches.value]
        return Scenario(
            **texts | {"name": texts.get("name", "")},
            patches=tuple(patch for patch in found if patch is not None),
            file=self.file,
        )

    def mapping(self, node: Node | None, what: str, known: tuple[str, ...] = ()) -> dict[str, Node]:
        """The nodes of a mapping by key; keys out of `known` when there are any."""
        if not isinstance(node, MappingNode):
            line = _line(node) if node else 1
            self.report(line, None, None, f"{what} is no mapping of names to values")
            return {}
        found: dict[str, Node] = {}
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else "?"
            if value.value == "" and key.endswith(":"):  # ruamel.yaml 0.19 reads {toll:} so
                key = key.removesuffix(":")
            if key in found:
                self.report(_line(key_node), None, key, "stands twice:", "Keep one of them.")
            elif known and key not in known:
                remedy = did_you_mean(key, known) or f"Known are {', '.join(known)}."
                self.report(_line(key_node), None, key, "unknown key", remedy)
            else:
                found[key] = value
        return found

    def scalar(self, key: str, node: Node, column: Column | None = None) -> str:
        """The text of a scalar; nothing for null."""
        if not isinstance(node, ScalarNode):
            self.report(_line(node), key, None, "expected a single value")
            return ""
        if node.tag == "tag:yaml.org,2002:null":
            return ""
        text = cast("str", node.value).strip()
        if column is not None and column.type == "flag":
            fold = text.casefold()
            return "yes" if fold in _YES else "no" if fold in _NO else text
        return text

    def patch(self, node: Node) -> Patch | None:
        before = len(self.problems)
        parts = self.mapping(node, "a patch")
        kinds = [kind for kind in PARTS if kind in parts]
        if len(kinds) != 1:
            if len(self.problems) == before:
                self._no_kind(node, parts, kinds)
            return None
        kind = kinds[0]
        self._check_parts(node, kind, parts)
        table = self._table(kind, parts[kind])
        if not table or any(part not in parts for part in PARTS[kind]):
            return None
        lines: dict[str, int] = {}
        where = self._where(table, parts["where"], lines) if "where" in parts else {}
        last = PARTS[kind][-1]
        lines[last] = _line(parts[last])
        values = self._values(table, last, parts[last], lines) if last != "where" else {}
        patch = Patch(
            kind, table, MappingProxyType(where), MappingProxyType(values), _line(node), lines
        )
        if len(self.problems) == before:
            self.problems += patch_problems(patch, self.file)
        return patch if len(self.problems) == before else None

    def _no_kind(self, node: Node, parts: Mapping[str, Node], kinds: list[Kind]) -> None:
        if kinds:
            words = " and ".join(kinds)
            self.report(_line(node), None, words, "a patch does one thing, found")
            return
        known = list(PARTS)
        guesses = (did_you_mean(key, known) for key in parts)
        remedy = next((guess for guess in guesses if guess), f"Known are {', '.join(known)}.")
        found = next(iter(parts), None)
        self.report(_line(node), None, found, "unknown operation", remedy)

    def _check_parts(self, node: Node, kind: Kind, parts: Mapping[str, Node]) -> None:
        wanted = PARTS[kind]
        for part in wanted:
            if part not in parts:
                remedy = "Write `where: all` for every row." if part == "where" else ""
                self.report(_line(node), kind, part, f"{kind} needs", remedy)
        for key, value in parts.items():
            if key not in (kind, *wanted):
                missing = [part for part in wanted if part not in parts]
                remedy = did_you_mean(key, missing) or f"With {kind} goes {' and '.join(wanted)}."
                self.report(_line(value), kind, key, "unknown key", remedy)

    def _table(self, kind: Kind, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            remedy = f"Write `{kind}: link`, and {' and '.join(PARTS[kind])} below it."
            self.report(_line(node), kind, None, "expected the name of a table", remedy)
            return ""
        if node.value not in TABLES:
            remedy = did_you_mean(node.value, [*TABLES]) or f"Tables are: {', '.join(TABLES)}."
            self.report(_line(node), kind, node.value, "unknown table", remedy)
            return ""
        return str(node.value)

    def _where(self, table: str, node: Node, lines: dict[str, int]) -> dict[str, tuple[str, ...]]:
        if isinstance(node, ScalarNode) and node.value == "all":
            return {}
        where = {}
        for name, value in self.mapping(node, "where").items():
            column = TABLES[table].columns.get(name)
            several = value.value if isinstance(value, SequenceNode) else [value]
            where[name] = tuple(self.scalar(name, one, column) for one in several)
            lines[f"where.{name}"] = _line(value)
        if isinstance(node, MappingNode) and not node.value:
            remedy = "Write `where: all` for every row."
            self.report(_line(node), "where", None, "names no row", remedy)
        return where

    def _values(self, table: str, part: str, node: Node, lines: dict[str, int]) -> dict[str, str]:
        values = {}
        for name, value in self.mapping(node, part).items():
            column = TABLES[table].columns.get(name)
            lines[name] = _line(value)
            is_list = column is not None and column.type == "list" and part != "by"
            if isinstance(value, SequenceNode) and is_list:
                values[name] = SEPARATOR.join(self.scalar(name, one) for one in value.value)
            else:
                values[name] = self.scalar(name, value, column)
        return values


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1 if node.start_mark else 1
