"""What works without the extras, and what is said where one is missing."""

import os
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

from lajvard import errors
from lajvard.errors import EXTRAS, InputError, require_extra

ROOT = Path(__file__).parents[1]
SOURCES = Path(errors.__file__).parents[1]

NOTHING = """
import sys

class Missing:
    \"\"\"Finds no module of an extra, as if it were not installed.\"\"\"

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
"""


def without(names: set[str], code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter in which modules are missing."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", NOTHING.format(names=names) + textwrap.dedent(code)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCES), str(ROOT)])},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


ALL = {module for modules in EXTRAS.values() for module in modules}


def test_extras__are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    (every,) = extras.pop("all")
    assert every == f"lajvard[{','.join(EXTRAS)}]"
    listed = {
        extra: {re.split(r"[<>=]", item)[0] for item in items} for extra, items in extras.items()
    }
    module = {"dask[distributed]": "distributed", "ibis-framework[pyspark]": "pyspark"}
    modules = {extra: {module.get(item, item) for item in items} for extra, items in listed.items()}
    assert modules == {extra: set(names) for extra, names in EXTRAS.items()}


def test_core__simulates_without_any_extra(tmp_path: Path) -> None:
    done = without(
        ALL,
        """
        import lajvard
        from tests.study.small import small_model
        from lajvard.study import simulate
        corridor = lajvard.built_in()
        found = lajvard.find_routes(lajvard.Case(corridor), "Herat", "Istanbul", k=1)
        print(found.best("cost") is not None)
        print(len([one for one in lajvard.check_corridor(corridor) if one.severity == "error"]))
        print(len(simulate(small_model(), "run", replications=2, jobs=1, log="all").durations()))
        """,
        tmp_path,
    )
    assert (done.stderr, done.stdout.split()) == ("", ["True", "0", "2"])


@pytest.mark.parametrize(
    ("module", "code", "words"),
    [
        (
            "matplotlib",
            "lajvard.write_report(lajvard.built_in(), 'report')",
            "report: matplotlib is not installed. "
            "Install the extra: pip install 'lajvard[report]'.",
        ),
        (
            "xlsxwriter",
            "lajvard.write_corridor(lajvard.built_in(), 'c.xlsx')",
            "c.xlsx: xlsxwriter is not installed. "
            "Install the extra: pip install 'lajvard[report]'.",
        ),
        (
            "pyogrio",
            "from lajvard.corridor.formats.export import export_geojson\n"
            "export_geojson(lajvard.built_in(), 'maps')",
            "corridor 'lapis_lazuli': pyogrio is not installed. "
            "Install the extra: pip install 'lajvard[gis]'.",
        ),
    ],
)
def test_missing_extra__is_named(module: str, code: str, words: str, tmp_path: Path) -> None:
    done = without({module}, f"import lajvard\n{code}", tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == f"lajvard.errors.InputError: {words}"
    assert not list(tmp_path.iterdir())


def test_command__says_in_one_line_what_it_needs(tmp_path: Path) -> None:
    done = without({"typer"}, "from lajvard.__main__ import main\nmain()", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "Error: lajvard: typer is not installed. Install the extra: pip install 'lajvard[cli]'.\n"
    )


def test_require_extra__names_all_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    require_extra("report", "a report")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    require_extra("report", "a workbook", ["xlsxwriter"])
    with pytest.raises(InputError, match=r"^a report: jinja2 and matplotlib are not installed\. "):
        require_extra("report", "a report")


@pytest.mark.parametrize(("name", "module"), [("grid.nc", "h5netcdf"), ("grid.tif", "rasterio")])
def test_seabed_grids__name_their_extra(
    name: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lajvard.fibre.seabed.files import read_elevations

    file = tmp_path / name
    file.write_bytes(b"")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=rf"{name}: {module} is not installed\. .*\[seabed\]"):
        read_elevations(file, None)  # type: ignore[arg-type]
