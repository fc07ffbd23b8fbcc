"""Mutate modules, run their tests against each mutant, and say which mutants no test noticed.

::

    python -m tests.mutation.run                        all mutants of all rooms (hours)
    python -m tests.mutation.run network --sample 40    40 mutants of one room, chosen by the seed

The package, the tests and their settings are copied into a temporary folder, so that nothing is
written to the sources. A mutant is killed when a test fails or takes too long.
"""

import argparse
import importlib.util
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from tests.mutation.mutants import Mutant, mutants, mutated
from tests.mutation.rooms import EQUIVALENT, LEFT_OUT, ROOMS, Room

PROJECT = Path(__file__).parents[2]
LEAST = 0.85
"""Share of the mutants of each room that has to be killed."""

_COPIED = ("src/lajvard", "tests", "docs", "conftest.py", "pyproject.toml", "changelog.d")


@dataclass(frozen=True, slots=True)
class Found:
    """What became of the mutants of a room."""

    room: str
    n_mutants: int
    survivors: tuple[tuple[str, Mutant], ...]

    @property
    def score(self) -> float:
        """Share of the mutants that were killed; 1 of none."""
        return 1 - len(self.survivors) / self.n_mutants if self.n_mutants else 1.0

    def __str__(self) -> str:
        killed = self.n_mutants - len(self.survivors)
        return f"{self.room}: {killed} of {self.n_mutants} killed, {100 * self.score:.0f} %"


def modules_of(room: Room) -> list[str]:
    """The modules of a room that are mutated, relative to the package."""
    package = PROJECT / "src" / "lajvard"
    found = {path for pattern in room.modules for path in package.glob(pattern)}
    kept = [path for path in found if not any(fnmatch(path.name, one) for one in LEFT_OUT)]
    return sorted(path.relative_to(package).as_posix() for path in kept)


def chosen_mutants(room: Room, sample: int | None, seed: int) -> list[tuple[str, Mutant]]:
    """Mutants of a room with their modules: all, or as many as `sample`, chosen by the seed."""
    equivalent = {(one.module, one.function, one.code, one.what) for one in EQUIVALENT}
    pool = [
        (module, mutant)
        for module in modules_of(room)
        for mutant in mutants((PROJECT / "src/lajvard" / module).read_text("utf-8"))
        if (module, mutant.function, mutant.code, mutant.what) not in equivalent
    ]
    if sample is None or sample >= len(pool):
        return pool
    return sorted(random.Random(seed).sample(pool, sample), key=lambda one: (one[0], one[1].line))


@contextmanager
def copied_project() -> Iterator[Path]:
    """A temporary copy of what the tests need."""
    with tempfile.TemporaryDirectory(prefix="lajvard-mutation-") as name:
        folder = Path(name)
        for part in _COPIED:
            source, place = PROJECT / part, folder / part
            place.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "_build")
                shutil.copytree(source, place, ignore=ignored)
            else:
                shutil.copy2(source, place)
        yield folder


def tests_pass(folder: Path, tests: Sequence[str], timeout_s: float) -> bool:
    """True when all tests pass in time."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    settings = {
        "PYTHONPATH": str(folder / "src"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "CI": "1",  # the same examples of every property each time
    }
    try:
        done = subprocess.run(
            [*command, *tests],
            cwd=folder,
            env=os.environ | settings,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def mutate_room(folder: Path, name: str, sample: int | None, seed: int) -> Found:
    """Run the tests of a room against its mutants; each survivor is printed.

    Raises
    ------
    RuntimeError
        The tests do not pass without a mutant.
    """
    room = ROOMS[name]
    tests = [path for path in room.tests if (folder / path).exists()]
    began = time.monotonic()
    examples = [f"src/lajvard/{module}" for module in modules_of(room)]
    if not tests_pass(folder, [*tests, *examples], 3600.0):
        raise RuntimeError(f"{name}: {' '.join(tests)} do not pass without a mutant")
    timeout_s = 30 + 3 * (time.monotonic() - began)
    survivors = []
    chosen = chosen_mutants(room, sample, seed)
    for module, mutant in chosen:
        with _written(folder / "src" / "lajvard" / module, mutant):
            if tests_pass(folder, [*tests, f"src/lajvard/{module}"], timeout_s):
                survivors.append((module, mutant))
                where = f"{module}:{mutant.line} {mutant.function}"
                print(f"survived: {where}: {mutant.what}\n    {mutant.code}", flush=True)
    found = Found(name, len(chosen), tuple(survivors))
    print(found, flush=True)
    return found


@contextmanager
def _written(path: Path, mutant: Mutant) -> Iterator[None]:
    """Write a mutant in place of a module of the copy, and the module again after it."""
    source = path.read_text("utf-8")
    kept = Path(importlib.util.cache_from_source(str(path)))
    try:
        # Python compares times in whole seconds and sizes: two mutants may agree in both.
        kept.unlink(missing_ok=True)
        path.write_text(mutated(source, mutant), "utf-8")
        yield
    finally:
        kept.unlink(missing_ok=True)
        path.write_text(source, "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Mutate the rooms that are named, or all; 1 when too many mutants of one survive."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("rooms", nargs="*", help=f"out of {', '.join(ROOMS)}; all by default")
    parser.add_argument("--sample", type=int, help="mutants of each room; all by default")
    parser.add_argument("--seed", type=int, default=1, help="chooses the sample")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.rooms) - set(ROOMS))
    if unknown:
        parser.error(f"unknown room '{unknown[0]}'. Choose out of {', '.join(ROOMS)}.")
    with copied_project() as folder:
        found = [
            mutate_room(folder, name, given.sample, given.seed) for name in given.rooms or ROOMS
        ]
    return int(any(one.score < LEAST for one in found))


if __name__ == "__main__":
    sys.exit(main())
