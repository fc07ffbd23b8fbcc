"""Names with instructions for a terminal, or with dollar signs, through commands."""

from pathlib import Path

import pytest
from tests.commands import good, run

from lajvard.corridor import read_corridor, write_corridor

NAME = "Fee $x^$ \x1b]0;taken over\x07\x1b[31m \u202eder\u2066 \x9b1m"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corridor to begin with, its names and notes all of that kind."""
    folder = tmp_path_factory.mktemp("names") / "c"
    good("new", folder)
    corridor = read_corridor(folder)
    for name in ("node", "service", "alternative", "source"):
        table = corridor[name]
        columns = [column for column in ("name", "note", "title") if column in table.columns]
        rows = [
            row | {column: f"{row[column]} {NAME}" for column in columns} for row in table.dicts()
        ]
        corridor = corridor.with_table(table.with_rows(rows))
    return write_corridor(corridor, folder.parent / "named")


def steers(text: str) -> set[str]:
    return set(text) & set("\x1b\x07\x9b\u202e\u2066")


@pytest.mark.parametrize(
    "words",
    [
        ("check", "{}"),
        ("describe", "{}"),
        ("routes", "--corridor", "{}"),
        ("routes", "Poti", "Turkmenbashi", "--corridor", "{}", "--detail", "0"),
        ("routes", "Nowhere\x1b[31m", "Poti", "--corridor", "{}"),
        ("fibre", "design", "--corridor", "{}", "--span", "\x1b[31m"),
        ("indicators", "\x1b[31m.parquet"),
        ("flows", "--table", "\x1b[31m", "--csv"),
    ],
)
def test_commands__spell_out_what_would_steer_a_terminal(
    words: tuple[str, ...], named: Path
) -> None:
    done = run(*(word.replace("{}", str(named)) for word in words))
    assert not steers(done.output)
    assert not isinstance(done.exception, (UnicodeError, ValueError, TypeError))
    assert done.exit_code in (0, 2)


def test_report__draws_dollar_signs_and_spells_out_instructions(
    named: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    good("report", named, "--quick", "--out", out)
    for path in out.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert not steers(page)
        assert "Fee $x^$ \\x1b]0;taken over" in page
