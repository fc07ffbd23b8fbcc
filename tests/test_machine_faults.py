"""A full disk, a folder that cannot be written, two writers, a process that is killed.

Each command ends with a clear error or the right result, and nothing half-written has its final
name. Kills are at seeded moments: at an event of a file in the folder that is written, or after
some milliseconds. The quick tests make a few, `make validate` thirty of each command.
"""

import errno
import gc
import json
import os
import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.commands import bad, good, run

from lajvard.corridor import read_corridor
from lajvard.errors import InputError, guarded_writing
from lajvard.study.store import only_writer

SEED = 11
ROOT = Path(__file__).parents[1]

SIMULATE = (
    *("simulate", "--corridor", "{in}/c", "--days", "20", "--replications", "3", "--seed", "1"),
    *("--log", "all", "--jobs", "1", "--out", "{out}/run"),
)
COMMANDS: dict[str, tuple[str, ...]] = {
    "simulate": SIMULATE,
    "report": ("report", "{in}/c", "--quick", "--out", "{out}/report"),
    "log": ("log", "export", "{in}/run", "{out}/log.parquet"),
    "log-csv": ("log", "export", "{in}/run", "{out}/log.csv"),
    "export": ("export", "{in}/c", "{out}/c.gpkg"),
    "export-folder": ("export", "{in}/c", "{out}/c", "--format", "csv"),
    "export-gmns": ("export", "{in}/c", "{out}/c", "--format", "gmns"),
    "export-geojson": ("export", "{in}/c", "{out}/c", "--format", "geojson"),
    "export-workbook": ("export", "{in}/c", "{out}/c.xlsx"),
    "fibre-route": (
        *("fibre", "route", "Siyazan", "Awaza", "--cell", "20", "--weights", "1"),
        *("--out", "{out}/cable"),
    ),
    "fibre": ("fibre", "export", "{out}/line", "--length", "340"),
    "new": ("new", "{out}/corridor"),
}
NOT_OF_THE_RESULT = {"durations.csv"}
"""What differs between two runs of one thing."""


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small corridor and a run of it."""
    folder = tmp_path_factory.mktemp("given")
    good("new", folder / "c")
    run(*words("simulate", folder, folder))
    assert (folder / "run" / "manifest.json").is_file()
    return folder


def words(name: str, given: Path, out: Path) -> list[str]:
    return [word.format(**{"in": given, "out": out}) for word in COMMANDS[name]]


def contents(folder: Path) -> dict[str, bytes]:
    """Files with final names, which do not begin with a dot."""
    return {
        path.relative_to(folder).as_posix(): _plain(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.name not in NOT_OF_THE_RESULT
    }


def _plain(path: Path) -> bytes:
    """The bytes of a file; of a kind that holds the time of day or its own path, what it says."""
    if path.suffix == ".gpkg":
        import pyogrio

        layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        return repr([(name, pyogrio.raw.read(path, layer=name)) for name in layers]).encode()
    if path.suffix == ".xlsx":
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_path(path)
        return repr([book.get_sheet_by_name(one).to_python() for one in book.sheet_names]).encode()
    return path.read_bytes()


def whole(name: str, given: Path, folder: Path) -> dict[str, bytes]:
    """What a command writes that nothing disturbs."""
    done = run(*words(name, given, folder / "whole"))
    assert done.exit_code == 0, done.output
    found = contents(folder / "whole")
    assert found
    return found


def check_written(found: dict[str, bytes], wanted: dict[str, bytes], name: str) -> None:
    """Nothing half-written has its final name."""
    for path, content in found.items():
        if path == "run/manifest.json":  # of an unfinished run, and says so
            said = json.loads(content)
            assert said["completed"] is None or content == wanted[path]
            continue
        if path.startswith("run/warmup"):  # counted while the length is sought
            continue
        assert path in wanted, (name, path)
        assert content == wanted[path], (name, path)


# ---------------------------------------------------------------- full disk


@contextmanager
def no_file_over(most_bytes: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# A library's archive that could not be written tries once more when it is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", COMMANDS)
def test_commands__on_a_full_disk_name_the_file_and_leave_nothing_half_written(
    name: str, given: Path, tmp_path: Path
) -> None:
    wanted = whole(name, given, tmp_path)
    written = [path for path in (tmp_path / "whole").rglob("*") if path.is_file()]
    largest = max(path.stat().st_size for path in written)
    out = tmp_path / "out"
    limits = (0, largest // 3, largest - 1) if name != "fibre" else (largest // 3,)
    for most_bytes in limits:
        with no_file_over(most_bytes):
            done = run(*words(name, given, out))
        gc.collect()
        assert isinstance(done.exception, SystemExit), repr(done.exception)
        assert done.exit_code == 1, (most_bytes, done.output)
        assert done.stderr.startswith(f"Error: {out}"), done.stderr
        check_written(contents(out), wanted, name)
    done = run(*words(name, given, out))
    assert done.exit_code == 0, done.output
    assert contents(out) == wanted
    assert not [path for path in out.rglob(".*") if path.is_file()]


# ---------------------------------------------------------------- a read-only folder


@pytest.mark.parametrize("name", COMMANDS)
def test_commands__into_a_place_where_nothing_can_be_made_name_it(
    name: str, given: Path, tmp_path: Path
) -> None:
    """A file where a folder is needed stops the superuser, too, whom no mode does."""
    (tmp_path / "file").write_text("mine")
    done = run(*words(name, given, tmp_path / "file"))
    assert isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code in (1, 2), done.output
    assert done.stderr.startswith(f"Error: {tmp_path / 'file'}"), done.stderr
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("name", COMMANDS)
def test_commands__in_a_read_only_folder_name_the_file(
    name: str, given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: object = None, *_: object, **more: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(more.get("dir") or path))

    monkeypatch.setattr("tempfile.mkstemp", refused)
    monkeypatch.setattr("tempfile.mkdtemp", refused)
    monkeypatch.setattr(Path, "mkdir", refused)
    done = run(*words(name, given, tmp_path / "out"))
    assert isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code == 1, done.output
    assert done.stderr.startswith(f"Error: {tmp_path / 'out'}"), done.stderr
    assert "Permission denied" in done.stderr
    assert not (tmp_path / "out").exists()


class _WriterError(Exception):
    """As a library raises."""


def test_guarded_writing__names_the_file_whatever_the_library_raised() -> None:
    _WriterError.__module__ = "pyogrio.errors"
    place = Path("out.gpkg")
    for error in (
        _WriterError("disk I/O error\nmore"),
        OSError("100 requested and 50 written"),
        OSError(errno.ENOSPC, "No space left on device", "folder/.out-1234abcd.gpkg"),
    ):
        with pytest.raises(OSError, match=r"out\.gpkg") as caught, guarded_writing(place):
            raise error
        assert caught.value.filename == "out.gpkg"
        assert "\n" not in str(caught.value.strerror)
    with pytest.raises(KeyError), guarded_writing(place):
        raise KeyError("a fault of ours keeps its traceback")


# ---------------------------------------------------------------- no home


def test_commands__without_a_home_and_with_a_home_that_cannot_be_written(
    given: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    kept = {k: v for k, v in os.environ.items() if k not in ("HOME", "XDG_CACHE_HOME")}
    for number, home in enumerate(
        ({}, {"HOME": "/proc/nowhere"}, {"HOME": str(tmp_path / "file")})
    ):
        out = tmp_path / str(number)
        done = subprocess.run(
            [sys.executable, "-m", "lajvard", *words("log", given, out)],
            env={**kept, **home},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert (out / "log.parquet").is_file()


# ---------------------------------------------------------------- two writers


def test_simulate__refuses_a_folder_that_another_simulation_writes(
    given: Path, tmp_path: Path
) -> None:
    asked = words("simulate", given, tmp_path)
    with only_writer(tmp_path / "run"):
        said = bad(2, *asked)
    assert "run: another simulation is being written there. Wait until it has ended" in said
    assert not list((tmp_path / "run").iterdir())
    good(*asked)


def test_simulate__at_once_from_two_processes_gives_one_right_run(
    given: Path, tmp_path: Path
) -> None:
    wanted = whole("simulate", given, tmp_path)
    asked = words("simulate", given, tmp_path)
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "lajvard", *asked],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[1] for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes in ([0, 0], [0, 2]), said
    assert not any("Traceback" in text for text in said)
    found = contents(tmp_path)
    assert {path: found[path] for path in wanted} == wanted


def test_only_writer__is_over_when_the_process_ends(tmp_path: Path) -> None:
    with (
        only_writer(tmp_path),
        pytest.raises(InputError, match="another simulation"),
        only_writer(tmp_path),
    ):
        pass
    with only_writer(tmp_path):
        pass


# ---------------------------------------------------------------- an unfinished folder


def test_new__goes_on_where_it_was_stopped_and_nobody_reads_the_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "c"
    with monkeypatch.context() as patch:
        patch.setattr("lajvard.corridor.new._GUIDES", ("no-such-guide.md",))
        assert run("new", folder).exit_code != 0
    assert (folder / ".unfinished").is_file()
    (folder / ".node-abcd1234.csv").write_text("half")
    with pytest.raises(InputError, match=r"c: was not written to its end\. Give the command"):
        read_corridor(folder)
    good("new", folder)
    assert not list(folder.glob(".*"))
    assert read_corridor(folder).name == "c"
    assert "the folder is not empty" in bad(2, "new", folder)


# ---------------------------------------------------------------- kills


class Killer:
    """The program that runs commands and kills them."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "kills.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )

    def run(self, asked: list[str], out: Path, **moment: float) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        job = {"words": asked, "out": str(out), **moment}
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    found = Killer()
    yield found
    found.process.communicate(timeout=60)


def kill_often(name: str, times: int, killer: Killer, given: Path, folder: Path) -> int:
    """Kill a command at seeded moments, each time in a new folder; how many kills found it."""
    wanted = whole(name, given, folder)
    usual = killer.run(words(name, given, folder / "usual"), folder / "usual")
    assert usual["code"] == 0
    assert contents(folder / "usual") == wanted
    assert {Path(path).name for path in usual["bare"]} <= NOT_OF_THE_RESULT
    chance, hit = random.Random(f"{SEED}-{name}"), 0
    for number in range(times):
        out = folder / f"killed-{number}"
        asked = words(name, given, out)
        moment: dict[str, float]
        if number % 3 == 2:
            moment = {"after_s": chance.uniform(0.0, usual["seconds"])}
        else:
            moment = {"at_event": chance.randint(1, int(usual["events"]))}
        hit += bool(killer.run(asked, out, **moment)["killed"])
        check_written(contents(out), wanted, name)
        again = killer.run(asked, out)
        found = contents(out)
        if again["code"] == 2:  # it was killed when all was there
            assert not name.startswith("simulate")
        else:
            assert again["code"] == 0, (number, moment)
        assert found == wanted, (number, moment)
    return hit


QUICK = {"simulate": 2, "report": 1, "log": 2, "export": 1, "export-folder": 2, "new": 2}


@pytest.mark.parametrize("name", QUICK)
def test_commands__killed_a_few_times_end_right_when_given_again(
    name: str, killer: Killer, given: Path, tmp_path: Path
) -> None:
    assert kill_often(name, QUICK[name], killer, given, tmp_path)


@pytest.mark.validate
@pytest.mark.parametrize("name", COMMANDS)
def test_commands__killed_thirty_times_end_right_when_given_again(
    name: str, killer: Killer, given: Path, tmp_path: Path
) -> None:
    hit = kill_often(name, 30, killer, given, tmp_path)
    print(f"\n{name}: 30 kills, {hit} of them while it ran; each time the same result afterwards")
    assert hit >= 20
