"""What holds for the project as a whole: floors, size, names, documentation, import times."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import lajvard

ROOT = Path(__file__).parents[1]
TOPS = (".ci", "benchmarks", "changelog.d", "docs", "requirements", "src", "tests", "web")
MADE = {"__pycache__", "_build", "_generated", "node_modules", "outlines"}
HEAVY = (
    "duckdb",
    "ibis",
    "jinja2",
    "matplotlib",
    "numba",
    "pandas",
    "pyarrow",
    "pyogrio",
    "pyproj",
    "scipy",
    "shapely",
    "xlsxwriter",
)
MAX_LINES = 500
ONE_THING = {"tests/reference/twin.py"}
"""Files that may be longer: the twin is one machine whose parts call each other both ways."""

# Written in parts, or this file would be the first to break its own rule.
HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("python" + "hosted", "org"),
        ("registry", "npmjs"),
        ("npmjs", "com"),
        ("anaconda", "org"),
        ("debian", "org"),
    ]
]
MACHINE_PATH = re.compile(r"(?<![\w.})-])/(?:work|root|home|tmp)(?:/|\b(?=[\s\"'`]))")


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file that the project keeps, as (path from the root, text)."""
    loose = [path for path in ROOT.iterdir() if path.is_file()]
    for path in loose + [path for top in TOPS for path in (ROOT / top).rglob("*")]:
        inside = path.relative_to(ROOT)
        made = MADE & set(inside.parts) and not inside.is_relative_to("web/outlines")
        if path.is_file() and not made and path.suffix not in {".png", ".xlsx", ".zip", ".gpkg"}:
            yield inside, path.read_text(encoding="utf-8", errors="replace")


def docs(folder: str = "docs") -> str:
    pages = sorted((ROOT / folder).rglob("*.md"))
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def loaded_by(code: str) -> set[str]:
    """Which of the heavy packages a fresh interpreter has loaded after running some code."""
    ask = f"{code}\nimport json, sys\nprint(json.dumps(sorted(set(sys.modules) & set({HEAVY!r}))))"
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, encoding="utf-8", check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_floors__hold() -> None:
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run(
        [*lint, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


def test_files__name_no_registry_and_no_machine() -> None:
    found = [
        f"{path}:{number}: {match}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), start=1)
        for match in [*(h for h in HOSTS if h in line), *MACHINE_PATH.findall(line)]
    ]
    assert not found, "\n".join(found)


def test_modules__read_in_one_sitting() -> None:
    sizes = {str(path): text.count("\n") for path, text in texts() if path.suffix == ".py"}
    assert {path for path, n in sizes.items() if n > MAX_LINES} <= ONE_THING


def test_dependencies__are_each_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    page = (ROOT / "docs/decisions/0001-dependencies.md").read_text(encoding="utf-8")
    groups = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    named = {
        re.split(r"[<>=[]", item)[0] for group in groups for item in group if isinstance(item, str)
    }
    named.discard("lajvard")  # the extra with all others
    assert not [name for name in sorted(named) if f"| {name} |" not in page]


def test_public_names__and_only_they_are_documented() -> None:
    reference = (ROOT / "docs/reference/api.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\.\. auto\w+:: lajvard\.(\S+)$", reference, re.MULTILINE)
    assert sorted(documented) == sorted({*lajvard.__all__} - {"__version__"})
    assert all(hasattr(lajvard, name) for name in lajvard.__all__)


def test_commands__are_documented() -> None:
    from typer.main import get_command

    from lajvard.cli import app

    commands = get_command(app).commands  # type: ignore[attr-defined]
    text = docs()
    assert commands
    assert not [name for name in commands if f"lajvard {name}" not in text]


def test_changelog__fragments_are_not_empty() -> None:
    assert all(path.read_text("utf-8").strip() for path in (ROOT / "changelog.d").glob("*.md"))


@pytest.mark.parametrize(
    "code",
    [
        "import lajvard",
        "import lajvard.cli",
        "import sys; sys.argv = ['lajvard', '--help']\n"
        "from lajvard.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass",
    ],
    ids=["import", "cli", "help"],
)
def test_imports__load_nothing_heavy(code: str) -> None:
    assert loaded_by(code) == set()
