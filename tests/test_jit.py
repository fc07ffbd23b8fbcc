import json
import os
import re
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from lajvard import _jit, _jit_parts
from lajvard._jit import njit

SOURCE = Path(_jit.__file__)


@njit
def add_up(values: np.ndarray) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


def run(code: str, environment: Mapping[str, str], path: Path = SOURCE.parents[1]) -> str:
    """Run code in a fresh interpreter that finds lajvard under `path`."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in {"NUMBA_CACHE_DIR", "LAJVARD_JIT", "XDG_CACHE_HOME"}
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        env={**kept, "PYTHONPATH": str(path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package's _jit with an inner kernel and, in another file, its caller."""
    root = tmp_path / "copy" / "lajvard"
    root.mkdir(parents=True)
    (root / "__init__.py").write_text("")
    for source in SOURCE.parent.glob("_jit*.py"):
        (root / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    head = "from lajvard._jit import njit\n"
    (root / "inner_kernels.py").write_text(head + "@njit\ndef inner(x):\n    return x + 1\n")
    (root / "outer_kernels.py").write_text(
        head
        + "from lajvard.inner_kernels import inner\n@njit\ndef outer(x):\n    return inner(x)\n"
    )
    return root


def test_njit__gives_the_same_result_compiled_and_interpreted() -> None:
    values = np.array([1.0, 2.0, 4.5])
    assert add_up(values) == add_up.py_func(values) == 7.5


def test_njit__is_plain_python_when_switched_off(tmp_path: Path) -> None:
    said = run(
        """
        import json, sys
        from lajvard._jit import njit
        def plain(x): return x
        print(json.dumps([njit(plain) is plain, njit(cache=False)(plain).py_func is plain,
                          "numba" in sys.modules]))
        """,
        {"LAJVARD_JIT": "0", "XDG_CACHE_HOME": str(tmp_path)},
    )
    assert json.loads(said) == [True, True, False]
    assert not list(tmp_path.iterdir())


def test_njit__keeps_machine_code_in_the_users_cache(package: Path, tmp_path: Path) -> None:
    code = """
        from lajvard.outer_kernels import outer
        print(outer(1), sum(outer.stats.cache_hits.values()))
        """
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert run(code, environment, package.parent) == "2 0"
    assert run(code, environment, package.parent) == "2 1"
    assert not list(package.glob("__pycache__/*.nb?"))


def test_njit__never_serves_a_stale_cache(package: Path, tmp_path: Path) -> None:
    code = "from lajvard.outer_kernels import outer; print(outer(1))"
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert run(code, environment, package.parent) == "2"
    inner = package / "inner_kernels.py"
    # of another size, since Python itself tells a file of the same second by its size
    inner.write_text(inner.read_text().replace("x + 1", "x + 2 + 3"))
    assert run(code, environment, package.parent) == "6"


def test_njit__respects_numbas_own_setting(package: Path, tmp_path: Path) -> None:
    code = "from lajvard.outer_kernels import outer; print(outer(1))"
    environment = {"XDG_CACHE_HOME": str(tmp_path / "x"), "NUMBA_CACHE_DIR": str(tmp_path / "own")}
    assert run(code, environment, package.parent) == "2"
    assert list((tmp_path / "own").rglob("*.nbc"))
    assert not (tmp_path / "x").exists()


def test_njit__works_without_a_cache_folder(package: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    code = "from lajvard.outer_kernels import outer; print(outer(1))"
    assert run(code, {"XDG_CACHE_HOME": str(in_the_way)}, package.parent) == "2"
    assert not list(package.glob("__pycache__/*.nb?"))


def test_njit__has_scipys_linear_algebra_imported_by_kernels_that_use_it(
    package: Path, tmp_path: Path
) -> None:
    """It takes longer than the rest of a start from the cache; few kernels need it."""
    code = """
        import sys
        import numpy as np
        from lajvard._jit import njit
        from lajvard.outer_kernels import outer
        outer(1)
        before = "scipy.linalg" in sys.modules
        @njit
        def squared(x):
            return np.dot(x, x)
        print(before, squared(np.arange(4.0)), "scipy.linalg" in sys.modules)
        """
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert run(code, environment, package.parent) == "False 14.0 True"


def test_forget_unused__removes_only_what_is_old(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    os.utime(old, (0, 0))
    _jit._forget_unused(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_njit__links_parts_into_a_whole_that_is_kept_on_disk(package: Path, tmp_path: Path) -> None:
    """Parts of parts too; with another Numba's library of code they are kernels like others."""
    head = "from lajvard._jit import njit\n"
    part = "@njit(linking='part', cache=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)\n"
    (package / "part_kernels.py").write_text(
        head
        + f"{part}def least(x):\n    return x - 3\n"
        + f"{part}def inner(x):\n    return 2 * least(x) + least(x + 1)\n"
        + "@njit(linking='whole')\ndef outer(x):\n    return inner(x) + least(x)\n"
    )
    call = (
        "from lajvard.part_kernels import outer;"
        "print(outer(10), sum(outer.stats.cache_hits.values()))"
    )
    without = "import lajvard._jit_parts as p; p._NEEDED = ('unknown',); "
    for folder, code, answer in (
        ("cache", call, "29 0"),
        ("cache", call, "29 1"),
        ("other", without + call, "29 0"),
    ):
        environment = {"XDG_CACHE_HOME": str(tmp_path / folder)}
        assert run(code, environment, package.parent) == answer


def test_pipelines__are_there_with_this_numba_and_none_with_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert set(_jit_parts.pipelines()) == {"part", "whole"}
    for name in ("_NEEDED", "_ENOUGH"):
        with monkeypatch.context() as patch:
            patch.setattr(_jit_parts, name, ("unknown",))
            assert _jit_parts.pipelines.__wrapped__() == {}
    binding = import_module("llvmlite.binding")
    monkeypatch.delattr(binding, "create_pipeline_tuning_options")
    assert _jit_parts.pipelines.__wrapped__() == {}


def test_numba__is_bounded_by_the_version_that_is_tested() -> None:
    root = Path(__file__).parents[1]
    pins = (root / "requirements/run.txt").read_text(encoding="utf-8")
    (major, minor) = re.findall(r"^numba==(\d+)\.(\d+)\.", pins, flags=re.MULTILINE)[0]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    (bound,) = (item for item in project["project"]["dependencies"] if item.startswith("numba"))
    assert bound.endswith(f",<{major}.{int(minor) + 1}")
