"""Every example of README.md and docs/ is run.

- ``python`` and ``pycon`` blocks share one namespace a page; ``>>>`` output is compared.
- ``console`` blocks: a ``$ lajvard …`` line is run in this process, its output compared where some
  is printed below it (``...`` stands for anything), and its exit code is 0 unless ``$ echo $?``
  says otherwise.
  ``$ make …`` must name a target that exists.
- A ``yaml`` block whose first line is ``# name.yaml`` is written to that file.

All blocks of a page run in order, in one temporary folder.
"""

import doctest
import re
import shlex
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sybil import Document, Example, Region
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.parsers.abstract.doctest import DocTestStringParser
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser
from sybil.typing import Parser
from typer.testing import CliRunner

from lajvard.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts),
]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
LANGUAGES = {"python", "pycon", "console", "text", "yaml", "json", "csv", "toml", "make", "html"}
NOT_RUN = {"cd", "git", "pip", "python3"}
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def pycon_parser(document: Document) -> Iterable[Region]:
    parse = DocTestStringParser(DocTestEvaluator(FLAGS))
    for block in CodeBlockParser("pycon", lambda example: None)(document):
        for region in parse(block.parsed, document.path):
            region.adjust(block, block.parsed)
            yield region


def commands(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output below it."""
    for part in re.split(r"^\$ ", block.replace("\\\n", ""), flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command.strip(), output


def run_console(example: Example) -> str | None:
    status = 0
    parts = list(commands(example.parsed))
    for index, (command, expected) in enumerate(parts):
        word, *arguments = shlex.split(command, comments=True)
        if command == "echo $?":
            output = f"{status}\n"
        elif word == "lajvard":
            status, output = run_lajvard(arguments)
            asked = parts[index + 1 : index + 2] and parts[index + 1][0] == "echo $?"
            if status and not asked:
                return f"{command}: exit code {status}\n{output}"
        elif (word == "make" and set(arguments) <= TARGETS) or word in NOT_RUN:
            continue
        else:
            return f"{command}: not a command that examples may use"
        checker = doctest.OutputChecker()
        if expected.strip() and not checker.check_output(expected, output, FLAGS):
            wanted = doctest.Example(command, expected)
            return f"{command}\n{checker.output_difference(wanted, output, FLAGS)}"
    return None


def run_lajvard(arguments: list[str]) -> tuple[int, str]:
    """Run a command in this process, and give its exit code and all that it prints.

    A new process for each command would spend most of its time on imports.
    """
    environment = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    result = CliRunner(env=environment).invoke(app, arguments, prog_name="lajvard")
    crash = result.exception
    if crash is not None and not isinstance(crash, SystemExit):
        return result.exit_code, result.output + "".join(traceback.format_exception(crash))
    return result.exit_code, result.output


def write_file(example: Example) -> None:
    named = re.match(r"# ([\w-]+\.yaml)\n", example.parsed)
    if named:
        Path(named[1]).write_text(example.parsed, encoding="utf-8")


PARSERS: list[Parser] = [
    PythonCodeBlockParser(doctest_optionflags=FLAGS),
    pycon_parser,
    CodeBlockParser("console", run_console),
    CodeBlockParser("yaml", write_file),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page__runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for example in Document.parse(str(page), *PARSERS):
        example.evaluate()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page__says_the_language_of_each_block(page: Path) -> None:
    openings = re.findall(r"^ *```(.*)\n(?:.*\n)*? *```$", page.read_text("utf-8"), re.MULTILINE)
    unknown = [o for o in openings if o not in LANGUAGES and not o.startswith("{")]
    assert not unknown, f"not run, and not known as mere text: {unknown}"


def test_run_console__compares_output_and_exit_code(tmp_path: Path) -> None:
    def result(block: str) -> str | None:
        document = Document(f"```console\n{block}\n```\n", str(tmp_path / "page.md"))
        (region,) = CodeBlockParser("console", run_console)(document)
        return run_console(Example(document, 1, 1, region, {}))

    assert result("$ lajvard --help") is None
    assert result("$ lajvard --help\n...routes...") is None
    assert "Expected" in (result("$ lajvard --help\nsomething else") or "")
    assert "exit code" in (result("$ lajvard no-such-command") or "")
    assert result("$ lajvard no-such-command\n$ echo $?\n2") is None
    assert result("$ make demo") is None
    assert "not a command" in (result("$ make tea") or "")
    assert "not a command" in (result("$ wget something") or "")
