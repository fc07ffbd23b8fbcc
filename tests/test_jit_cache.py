"""Whatever happens to the files of compiled kernels, a kernel gives its result."""

import os
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from lajvard import _jit, _jit_cache

SOURCE = Path(_jit.__file__)
SEED = 22
KERNEL = "def weighed(x):\n    return 3 * x + 1\n"


@pytest.fixture
def kernel(tmp_path: Path) -> Callable[[], Any]:
    """A function that gives a kernel as a new process finds it: written in a file, not compiled."""
    path = tmp_path / "weighed_kernels.py"
    path.write_text(KERNEL)
    spec = util.spec_from_file_location("weighed_kernels", path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    numba = _jit._numba()
    return lambda: _jit_cache.keep_on_disk(numba.njit(module.weighed), tmp_path / "cache")


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def hits(kernel: Any) -> int:
    return sum(kernel.stats.cache_hits.values())


def damages(whole: bytes, chance: random.Random) -> Iterator[bytes]:
    yield b""
    yield b"\0" * len(whole)
    yield whole + b"\0"
    yield b"not a cache"
    for _ in range(8):
        yield whole[: chance.randrange(len(whole))]
    for _ in range(24):
        changed = bytearray(whole)
        for _ in range(chance.choice((1, 1, 64))):
            changed[chance.randrange(len(whole))] ^= chance.randrange(1, 256)
        yield bytes(changed)


def test_keep_on_disk__damaged_file_is_dropped_and_built_again(
    kernel: Callable[[], Any], tmp_path: Path
) -> None:
    assert kernel()(2) == 7
    (path,) = files(tmp_path / "cache")
    for damaged in damages(path.read_bytes(), random.Random(SEED)):
        path.write_bytes(damaged)
        compiled = kernel()
        assert compiled(2) == 7
        assert hits(compiled) == 0
        again = kernel()
        assert again(2) == 7
        assert hits(again) == 1
    assert files(tmp_path / "cache") == [path]


def test_keep_on_disk__signatures_never_share_a_file(
    kernel: Callable[[], Any], tmp_path: Path
) -> None:
    """Two processes that know nothing of each other begin with a signature each."""
    first, second = kernel(), kernel()
    assert (first(2), second(2.5)) == (7, 8.5)
    assert len(files(tmp_path / "cache")) == 2
    both = kernel()
    assert (both(2), both(2.5), hits(both)) == (7, 8.5, 2)


def test_keep_on_disk__code_of_another_signature_is_not_used(
    kernel: Callable[[], Any], tmp_path: Path
) -> None:
    compiled = kernel()
    compiled(2)
    (whole,) = files(tmp_path / "cache")
    code = whole.read_bytes()
    compiled(2.5)
    for path in files(tmp_path / "cache"):
        path.write_bytes(code)
    again = kernel()
    assert (again(2), again(2.5)) == (7, 8.5)


def test_keep_on_disk__whatever_is_raised_while_loading_compiles_anew(
    kernel: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kernel()(2) == 7
    for kind in (EOFError, KeyError, MemoryError, RecursionError, OSError, AttributeError):

        def broken(*_: object, kind: type[Exception] = kind) -> None:
            raise kind("broken")

        for name in ("load", "path"):
            with monkeypatch.context() as patch:
                patch.setattr(_jit_cache.CodeFiles, name, broken)
                patch.setattr(_jit_cache.CodeFiles, "save", lambda *_: None)
                patch.setattr(_jit_cache.CodeFiles, "drop", lambda *_: None)
                assert kernel()(2) == 7


def test_keep_on_disk__folder_in_the_place_of_a_file(
    kernel: Callable[[], Any], tmp_path: Path
) -> None:
    assert kernel()(2) == 7
    (path,) = files(tmp_path / "cache")
    path.unlink()
    (path / "inner").mkdir(parents=True)
    assert kernel()(2) == 7
    assert not files(tmp_path / "cache")


def test_keep_on_disk__full_disk_keeps_nothing(kernel: Callable[[], Any], tmp_path: Path) -> None:
    for most_bytes in (0, 1000):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
        try:
            compiled = kernel()
            found = compiled(2)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert found == 7
        assert not files(tmp_path / "cache")
    assert kernel()(2) == 7
    assert files(tmp_path / "cache")


def test_keep_on_disk__folder_that_went_away_or_never_was(tmp_path: Path) -> None:
    path = tmp_path / "weighed_kernels.py"
    path.write_text(KERNEL)
    names: dict[str, Any] = {}
    exec(compile(KERNEL, str(path), "exec"), names)
    (tmp_path / "file").write_text("")
    numba = _jit._numba()
    compiled = _jit_cache.keep_on_disk(numba.njit(names["weighed"]), tmp_path / "file" / "cache")
    assert compiled(2) == 7


def test_keep_on_disk__flushes_when_it_is_recompiled(
    kernel: Callable[[], Any], tmp_path: Path
) -> None:
    compiled = kernel()
    compiled(2)
    compiled._cache.flush()
    assert not files(tmp_path / "cache")
    compiled.recompile()
    assert files(tmp_path / "cache")


def test_keep_on_disk__another_numba_keeps_code_in_its_own_way(
    kernel: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_jit_cache, "_NEEDED", {"FunctionCache": ("unknown",)})
    monkeypatch.setattr(_jit_cache, "_function_cache", _jit_cache._function_cache.__wrapped__)
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path / "numba"))
    assert kernel()(2) == 7
    assert list((tmp_path / "numba").rglob("*.nbi"))


CALL = """
import sys
sys.path.insert(0, sys.argv[1])
from lajvard._jit import njit
from weighed_kernels import weighed
print(njit(weighed)(2))
"""


def start(tmp_path: Path, **environment: str) -> "subprocess.Popen[str]":
    kept = {k: v for k, v in os.environ.items() if k not in {"NUMBA_CACHE_DIR", "LAJVARD_JIT"}}
    (tmp_path / "weighed_kernels.py").write_text(KERNEL)
    kept |= {"PYTHONPATH": str(SOURCE.parents[1]), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    kept |= environment
    command = [sys.executable, "-W", "error", "-c", CALL, str(tmp_path)]
    return subprocess.Popen(
        command,
        env={name: value for name, value in kept.items() if value},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_njit__two_processes_at_once_drop_and_rebuild_the_same_file(tmp_path: Path) -> None:
    assert start(tmp_path).communicate(timeout=60) == ("7\n", "")
    (path,) = files(tmp_path / "cache")
    for damaged in (b"", path.read_bytes()[:200]):
        path.write_bytes(damaged)
        both = [start(tmp_path), start(tmp_path)]
        assert [process.communicate(timeout=60) for process in both] == [("7\n", "")] * 2
        assert files(tmp_path / "cache") == [path]
        assert len(path.read_bytes()) > 200


def test_njit__without_home_and_cache_folder(tmp_path: Path) -> None:
    """No variable says where a cache could be; `Path.home` asks the system's list of users."""
    away = start(tmp_path, XDG_CACHE_HOME=str(tmp_path / "weighed_kernels.py" / "below"))
    assert away.communicate(timeout=60) == ("7\n", "")
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("error", [OSError(28, "no space"), PermissionError(), RuntimeError()])
def test_cache_folder__is_none_where_none_can_be_made(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", broken)
        assert _jit._cache_folder(SOURCE.parent) is None
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", broken)
    assert _jit._cache_folder(SOURCE.parent) is None
    assert "NUMBA_CACHE_DIR" not in os.environ


def test_keep_on_disk__read_only_folder_is_read_and_nothing_is_written(
    kernel: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kernel()(2) == 7
    before = files(tmp_path / "cache")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "read-only")

    for name in ("write_bytes", "unlink", "mkdir", "replace"):
        monkeypatch.setattr(Path, name, refused)
    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    monkeypatch.setattr(os, "utime", refused)
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    compiled = kernel()
    assert (compiled(2), hits(compiled), compiled(2.5)) == (7, 1, 8.5)
    before[0].open("wb").close()
    compiled = kernel()
    assert (compiled(2), hits(compiled)) == (7, 0)
    assert files(tmp_path / "cache") == before
