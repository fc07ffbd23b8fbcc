"""The wheel: built here, run from a virtual environment that never saw this checkout.

``.venv-wheel`` holds the pinned runtime dependencies and is made by ``make check``, so that the
tests themselves need no network.
"""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parents[1]
BIN = ROOT / ".venv-wheel" / "bin"
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
"""Python 3.11 has filters from its fourth bugfix release on."""

FROM_OUTSIDE = re.compile(
    r"<(?:script|link|img|iframe|source|image|use)\b[^>]*?\b(?:src|srcset|href)\s*=\s*[\"']?"
    r"(?:https?:)?//[^\s\"'>]*|(?:url\(|@import)\s*[\"']?(?:https?:)?//[^\s\"')]*",
    re.IGNORECASE,
)


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LAJVARD", "NUMBA"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**kept, "COLUMNS": "500", "NO_COLOR": "1", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def build(kind: str, source: Path, target: Path, **environment: str) -> tuple[Path, str]:
    said = run(
        *(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", target),
        cwd=source,
        **environment,
    )
    (made,) = target.iterdir()
    return made, said


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))[0]


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Iterator[Path]:
    python = BIN / "python"
    assert python.is_file(), "there is no .venv-wheel: run `make check`"
    pip = (python, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "install", "-q", "--no-deps", "--no-index", "--force-reinstall", wheel, cwd=ROOT)
    yield BIN
    run(*pip, "uninstall", "-q", "-y", "lajvard", cwd=ROOT)


def test_wheel__holds_every_file_of_the_package(wheel: Path) -> None:
    package = ROOT / "src" / "lajvard"
    wanted = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    names = set(zipfile.ZipFile(wheel).namelist())
    assert wanted <= names
    assert "lajvard/py.typed" in names
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in names)


def test_wheel__has_all_that_it_needs(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "python", "-m", "pip", "check", cwd=tmp_path)
    assert "No broken requirements" in said
    where = run(installed / "python", "-c", "import lajvard; print(lajvard.__file__)", cwd=tmp_path)
    assert ".venv-wheel" in where


def test_wheel__runs_the_demo_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "lajvard", "demo", "--quick", cwd=tmp_path)
    named = re.search(r"\S+\.html", said)
    assert named, said
    report = (tmp_path / named[0].strip("'\"")).read_text(encoding="utf-8")
    assert "<svg" in report
    assert FROM_OUTSIDE.findall(report) == []


def test_sdist__builds_a_wheel_with_and_without_a_registry(tmp_path: Path) -> None:
    archive, _ = build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path / "tree", **SAFELY)
    (tree,) = (tmp_path / "tree").iterdir()
    outlines = tree / "src/lajvard/data/outlines"
    carried = outlines.is_dir()
    whole, _ = build("wheel", tree, tmp_path / "whole")
    assert ("lajvard/data/outlines/NOTICE" in zipfile.ZipFile(whole).namelist()) == carried

    for path in outlines.glob("*"):
        path.unlink()
    bare, said = build(
        "wheel",
        tree,
        tmp_path / "bare",
        npm_config_registry="http://127.0.0.1:9/",
        npm_config_cache=str(tmp_path / "npm"),
        npm_config_fetch_retry_mintimeout="1",
    )
    assert "outlines are left out" in said
    assert not [name for name in zipfile.ZipFile(bare).namelist() if "data/outlines" in name]
