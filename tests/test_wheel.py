"""The wheel: built here, run from a virtual environment that never saw this checkout.

The environment holds the wheel and what ``requirements/run.txt`` names, and nothing else. Its
packages are links to those of the environment that runs the tests, so that nothing is installed
twice and no network is needed.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parents[1]
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


def runtime_distributions() -> list[Distribution]:
    """What ``requirements/run.txt`` names and this platform needs, as it is installed here."""
    lines = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line.rstrip("\\ ")) for line in lines if re.match(r"\w", line)]
    assert len(wanted) > 20
    return [
        distribution(item.name) for item in wanted if item.marker is None or item.marker.evaluate()
    ]


def link_packages(distributions: list[Distribution], target: Path) -> None:
    """Link the modules, folders and metadata of distributions into a folder of packages."""
    for each in distributions:
        inside = {file.parts[0] for file in each.files or () if file.parts[0] != ".."}
        assert inside, f"{each.name} does not say which files it has"
        for name in inside - {"__pycache__"}:
            if not (target / name).exists():  # a folder that two distributions share
                (target / name).symlink_to(Path(str(each.locate_file(name))))


def pip(python: Path, *words: str | Path) -> str:
    """Run the pip of this environment for another one, which has none."""
    own = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    return run(*own, *words, cwd=ROOT)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel and its dependencies."""
    folder = tmp_path_factory.mktemp("user") / "env"
    venv.create(folder, symlinks=True, with_pip=False)
    python = folder / "bin" / "python"
    packages = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=ROOT)[:-1]
    )
    assert packages.is_relative_to(folder)
    link_packages(runtime_distributions(), packages)
    pip(python, "install", "-q", "--no-deps", "--no-index", wheel)
    return folder / "bin"


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
    assert "No broken requirements" in pip(installed / "python", "check")
    ask = "import json, sys, lajvard; print(json.dumps([lajvard.__file__, *sys.path]))"
    file, *path = json.loads(run(installed / "python", "-c", ask, cwd=tmp_path))
    assert Path(file).is_relative_to(installed.parent)
    assert not [entry for entry in path if Path(entry).is_relative_to(ROOT)]


def test_wheel__finds_nothing_that_only_tests_need(installed: Path, tmp_path: Path) -> None:
    names = ("pytest", "hypothesis", "sphinx", "mypy", "h5py", "rasterio", "distributed", "pip")
    ask = f"from importlib.util import find_spec; print([n for n in {names} if find_spec(n)])"
    assert run(installed / "python", "-c", ask, cwd=tmp_path) == "[]\n"


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
