"""A run folder that is killed in the middle of a write: what is there is whole, or not there."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.study.small import small_model

from lajvard.errors import InputError
from lajvard.simulation.simulate import Statistics, simulate_replication
from lajvard.study.store import (
    forget_replication,
    forget_unfinished,
    forget_warm_ups,
    kept_replications,
    new_replication,
    npz_bytes,
    read_model,
    read_statistics,
    read_warm_up,
    warm_up_file,
    write_model,
    write_statistics,
    write_warm_up,
)

MODEL = small_model(days=3.0)
COUNTS = simulate_replication(MODEL, seed=1, replication=0).statistics
OTHER = simulate_replication(MODEL, seed=2, replication=0).statistics


class Killed(BaseException):
    """Like an interrupt: nothing but a handler of everything stops it."""


def raises(*_: object) -> None:
    raise Killed


def same(one: Statistics, other: Statistics) -> bool:
    return npz_of(one) == npz_of(other)


def npz_of(counts: Statistics) -> bytes:
    parts: list[Any] = flat(counts)
    return npz_bytes({"all": np.concatenate([np.ravel(part) for part in parts])})


def flat(record: tuple[Any, ...]) -> list[Any]:
    return [item for part in record for item in (flat(part) if isinstance(part, tuple) else [part])]


def keep(folder: Path, replication: int, counts: Statistics = COUNTS) -> None:
    with new_replication(folder, replication) as part:
        write_statistics(part, counts)


def files(folder: Path) -> list[str]:
    """All that lies in a folder, the hidden too."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


WHOLE = ["replications", "replications/0007", "replications/0007/statistics.npz"]


# ---------------------------------------------------------------- replications


def test_new_replication__is_there_when_it_is_written(tmp_path: Path) -> None:
    keep(tmp_path, 7)
    assert files(tmp_path) == WHOLE
    assert kept_replications(tmp_path) == [7]
    assert same(read_statistics(tmp_path, 7), COUNTS)
    assert not same(OTHER, COUNTS)


def test_new_replication__is_not_there_while_it_is_written(tmp_path: Path) -> None:
    with new_replication(tmp_path, 7) as part:
        write_statistics(part, COUNTS)
        assert kept_replications(tmp_path) == []
        with pytest.raises(InputError, match="there is no replication 7"):
            read_statistics(tmp_path, 7)
        assert part.name.startswith(".")
    assert kept_replications(tmp_path) == [7]


def test_new_replication__leaves_nothing_of_one_that_fails(tmp_path: Path) -> None:
    def write_half() -> None:
        with new_replication(tmp_path, 7) as part:
            (part / "statistics.npz").write_bytes(b"half of")
            raise Killed

    with pytest.raises(Killed):
        write_half()
    assert files(tmp_path) == ["replications"]
    with pytest.raises(InputError, match="there is no replication 7"):
        read_statistics(tmp_path, 7)


@pytest.mark.parametrize("where", ["fsync", "chmod", "replace"])
def test_new_replication__killed_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    owner = os if where == "fsync" else Path
    with monkeypatch.context() as patched:
        patched.setattr(owner, where, raises)
        with pytest.raises(Killed):
            keep(tmp_path, 7)
    assert files(tmp_path) == ["replications"]
    keep(tmp_path, 7)
    assert files(tmp_path) == WHOLE


def test_new_replication__lies_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def flushed(handle: int) -> None:
        done.append("flushed")
        fsync(handle)

    def renamed(self: Path, target: Path) -> Path:
        done.append(f"renamed to {target.name}")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    keep(tmp_path, 7)
    assert done == ["flushed", "renamed to 0007"]


def test_new_replication__can_be_read_by_whoever_reads_the_run(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    keep(tmp_path, 7)
    mode = stat.S_IMODE((tmp_path / "replications" / "0007").stat().st_mode)
    assert mode == 0o755


def test_new_replication__in_place_of_one_that_is_there_leaves_it_whole(tmp_path: Path) -> None:
    keep(tmp_path, 7)
    with pytest.raises(OSError, match="not empty"):
        keep(tmp_path, 7, OTHER)
    assert files(tmp_path) == WHOLE
    assert same(read_statistics(tmp_path, 7), COUNTS)


def test_kept_replications__are_those_with_a_number_in_order(tmp_path: Path) -> None:
    assert kept_replications(tmp_path) == []
    for number in (12, 3, 10001):
        keep(tmp_path, number)
    for name in (".0004-abc", ".0005-removed", "0006-copy", "notes"):
        (tmp_path / "replications" / name).mkdir()
    assert kept_replications(tmp_path) == [3, 12, 10001]


def test_read_statistics__of_another_version_says_so(tmp_path: Path) -> None:
    keep(tmp_path, 7)
    path = tmp_path / "replications" / "0007" / "statistics.npz"
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    path.write_bytes(npz_bytes(arrays | {"new": np.ones(1)}))
    with pytest.raises(InputError, match="holds a statistics of another version"):
        read_statistics(tmp_path, 7)
    path.write_bytes(npz_bytes({name: arrays[name] for name in list(arrays)[1:]}))
    with pytest.raises(InputError, match="holds a statistics of another version"):
        read_statistics(tmp_path, 7)


def test_forget_replication__is_gone_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path, 7)
    keep(tmp_path, 8)
    with monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", raises)
        with pytest.raises(Killed):
            forget_replication(tmp_path, 7)
    assert kept_replications(tmp_path) == [8]
    forget_unfinished(tmp_path)
    assert files(tmp_path / "replications") == ["0008", "0008/statistics.npz"]
    forget_replication(tmp_path, 9)
    forget_replication(tmp_path, 8)
    assert files(tmp_path) == ["replications"]


def test_forget_unfinished__removes_what_was_begun_and_nothing_else(tmp_path: Path) -> None:
    keep(tmp_path, 7)
    (tmp_path / "replications" / ".0008-abc").mkdir()
    (tmp_path / "replications" / ".0008-abc" / "statistics.npz").write_bytes(b"half of")
    for name in (".manifest-x.json", ".model-x.npz", ".posts-x.json", ".gitignore", "notes.txt"):
        (tmp_path / name).write_text("x")
    forget_unfinished(tmp_path)
    assert files(tmp_path) == [".gitignore", "notes.txt", *WHOLE]


# ---------------------------------------------------------------- model and warm-ups

Write = Callable[[Path], None]


def test_write_model__comes_back_as_it_was(tmp_path: Path) -> None:
    write_model(tmp_path, MODEL)
    assert files(tmp_path) == ["model.npz"]
    back = read_model(tmp_path)
    assert back.route_names == MODEL.route_names
    assert back.horizon_h == MODEL.horizon_h
    np.testing.assert_array_equal(back.quantiles, MODEL.quantiles)
    np.testing.assert_array_equal(back.steps.cost_usd, MODEL.steps.cost_usd)
    with pytest.raises(InputError, match="is not the folder of a run"):
        read_model(tmp_path / "elsewhere")


@pytest.mark.parametrize("where", ["write_bytes", "chmod", "replace"])
@pytest.mark.parametrize(
    "write",
    [
        lambda folder: write_model(folder, MODEL),
        lambda folder: write_warm_up(folder, 7, 20, COUNTS),
    ],
)
def test_write__killed_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, write: Write
) -> None:
    write(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with monkeypatch.context() as patched:
        patched.setattr(Path, where, raises)
        with pytest.raises(Killed):
            write(tmp_path)
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(before) == 1
    assert after == before


def test_write_warm_up__comes_back_by_its_days(tmp_path: Path) -> None:
    write_warm_up(tmp_path, 7, 20, COUNTS)
    assert same(read_warm_up(tmp_path, 7, 20), COUNTS)
    for replication, days in ((7, 21), (8, 20)):
        with pytest.raises(InputError, match="Give the command that made the run again"):
            read_warm_up(tmp_path, replication, days)


@pytest.mark.parametrize(("days", "kept"), [(20, [0, 1]), (30, []), (0, [])])
def test_forget_warm_ups__keeps_those_of_the_run(
    tmp_path: Path, days: int, kept: list[int]
) -> None:
    for replication in range(4):
        write_warm_up(tmp_path, replication, 20, COUNTS)
    (tmp_path / "warmup-20d" / ".0003-half.npz").write_bytes(b"half of")
    write_warm_up(tmp_path, 0, 0, COUNTS)
    forget_warm_ups(tmp_path, days, completed=2)
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(found) == [warm_up_file(tmp_path, number, 20) for number in kept]


def test_npz_bytes__are_the_same_whenever_they_are_made() -> None:
    arrays = {"a": np.arange(5.0), "b": np.array(["x", "yz"])}
    assert npz_bytes(arrays) == npz_bytes(dict(arrays))
    assert npz_bytes(arrays) != npz_bytes(arrays | {"a": np.arange(6.0)})
