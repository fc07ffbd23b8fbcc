"""What a run folder holds, and how it gets there: whole or not at all.

::

    manifest.json                    what was asked for, and the hashes of what it was asked of
    model.npz                        the model: a replication can be run again from it alone
    posts.json                       border posts as described and as calibrated, for the report
    durations.csv                    seconds and events of each replication (not part of the result)
    replications/0007/statistics.npz
    replications/0007/log.parquet    the journey log, when one was kept
    warmup-20d/0007.npz              what was counted in the first days, which are left out

A replication is written to a hidden folder beside its place, which is then renamed. So a folder
with a number is complete, whenever the run was killed, and the same run gives the same bytes.
"""

import io
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_type_hints

import numpy as np

from lajvard.corridor.write import write_atomically
from lajvard.errors import InputError, guarded_writing
from lajvard.simulation.model import Model
from lajvard.simulation.simulate import Statistics

MODEL = "model.npz"
REPLICATIONS = "replications"
STATISTICS = "statistics.npz"
LOG_FILE = "log.parquet"
WARM_UP = "warmup-"

T = TypeVar("T")


# ---------------------------------------------------------------- replications


def replication_folder(folder: Path, replication: int) -> Path:
    """Where a replication is kept.

    >>> replication_folder(Path("run"), 7).as_posix()
    'run/replications/0007'
    """
    return folder / REPLICATIONS / f"{replication:04d}"


def kept_replications(folder: Path) -> list[int]:
    """The replications that are complete, in order."""
    found = (folder / REPLICATIONS).glob("[0-9]*")
    return sorted(int(path.name) for path in found if path.name.isdigit())


@contextmanager
def new_replication(folder: Path, replication: int) -> Iterator[Path]:
    """A hidden folder to write a replication into; it gets its name when all is written.

    If writing fails, nothing of it is left.
    """
    place = replication_folder(folder, replication)
    place.parent.mkdir(parents=True, exist_ok=True)
    with guarded_writing(place):
        part = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}-"))
        try:
            yield part
            part.chmod(folder.stat().st_mode & 0o777)
            _flush(part)
            part.replace(place)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Make sure that nobody else writes into the folder of a run; it is made if need be.

    The lock is one of the system on the folder itself: it ends with the process, however that
    ends, and leaves no file. Where there are none (Windows, some network disks) there is no lock.

    Raises
    ------
    InputError
        Another process, or another thread of this one, is at work there.
    """
    with guarded_writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            remedy = "Wait until it has ended, or give another folder."
            found = "another simulation is being written there"
            raise InputError(str(folder), found, remedy) from None
        except OSError:  # a disk without locks
            pass
        yield
    finally:
        os.close(handle)


def write_statistics(part: Path, statistics: Statistics) -> None:
    """Write what was counted into the folder of a replication."""
    (part / STATISTICS).write_bytes(npz_bytes(dict(_items(statistics))))


def read_statistics(folder: Path, replication: int) -> Statistics:
    """The statistics of a replication.

    Raises
    ------
    InputError
        It is not there, or was written by another version.
    """
    path = replication_folder(folder, replication) / STATISTICS
    if not path.is_file():
        raise InputError(str(folder), f"there is no replication {replication}")
    return _read(Statistics, path)


def forget_replication(folder: Path, replication: int) -> None:
    """Remove a replication: it is gone at once, then deleted."""
    place = replication_folder(folder, replication)
    aside = place.with_name(f".{place.name}-removed")
    if place.exists():
        place.replace(aside)
        shutil.rmtree(aside)


def forget_unfinished(folder: Path) -> None:
    """Remove what a killed run had begun to write."""
    for path in (folder / REPLICATIONS).glob(".*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(".*"):
        if path.name.startswith((".manifest-", ".model-", ".posts-")):
            path.unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    """Make sure that the files lie on the disk before the folder gets its name."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


# ---------------------------------------------------------------- warm-up


def warm_up_file(folder: Path, replication: int, days: int) -> Path:
    """Where the counts of the first days of a replication are kept.

    >>> warm_up_file(Path("run"), 7, 20).as_posix()
    'run/warmup-20d/0007.npz'
    """
    return folder / f"{WARM_UP}{days}d" / f"{replication:04d}.npz"


def write_warm_up(folder: Path, replication: int, days: int, statistics: Statistics) -> None:
    """Keep what was counted in the first days."""
    place = warm_up_file(folder, replication, days)
    write_atomically(place, npz_bytes(dict(_items(statistics))))


def read_warm_up(folder: Path, replication: int, days: int) -> Statistics:
    """What was counted in the first days of a replication.

    Raises
    ------
    InputError
        It is not there, or was written by another version.
    """
    path = warm_up_file(folder, replication, days)
    if not path.is_file():
        raise InputError(str(path), "is not there", "Give the command that made the run again.")
    return _read(Statistics, path)


def forget_warm_ups(folder: Path, days: int, completed: int) -> None:
    """Remove the warm-ups of other lengths, and of replications that are not part of the run."""
    for path in folder.glob(f"{WARM_UP}*"):
        if path.name != f"{WARM_UP}{days}d" or not days:
            shutil.rmtree(path)
    for path in folder.glob(f"{WARM_UP}*/*"):
        if not path.stem.isdigit() or int(path.stem) >= completed:
            path.unlink()


# ---------------------------------------------------------------- model


def write_model(folder: Path, model: Model) -> None:
    """Keep the model beside what was simulated with it."""
    parts = {field.name: getattr(model, field.name) for field in fields(model)}
    write_atomically(folder / MODEL, npz_bytes(dict(_flat(parts))))


def read_model(folder: Path) -> Model:
    """The model that a run was made with.

    Raises
    ------
    InputError
        There is none, or it is one of another version.
    """
    path = folder / MODEL
    if not path.is_file():
        raise InputError(str(folder), "is not the folder of a run", "Give one that simulate wrote.")
    return _read(Model, path)


# ---------------------------------------------------------------- arrays in a file


def _items(record: NamedTuple) -> Iterator[tuple[str, Any]]:
    return _flat(record._asdict())


def _flat(parts: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The arrays of nested records by the way to them: ``stations.arrivals``."""
    for name, value in parts.items():
        if hasattr(value, "_asdict"):
            yield from _flat(value._asdict(), f"{before}{name}.")
        elif isinstance(value, tuple):
            yield before + name, np.array(value, dtype=np.str_)
        else:
            yield before + name, value


def _read(kind: type[T], path: Path) -> T:
    """Records from a file, by the types of their fields."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    try:
        found = _record(kind, arrays, "")
    except KeyError:
        found = None
    if found is None or arrays:
        what = f"holds a {kind.__name__.lower()} of another version"
        raise InputError(str(path), what, "Simulate it again with this version.")
    return found


def _record(kind: type[T], arrays: dict[str, Any], before: str) -> T:
    """Take the arrays of a record out of those of a file."""
    parts, kinds = {}, get_type_hints(kind)
    for name in _fields(kind):
        part = kinds[name]
        if hasattr(part, "_fields"):
            parts[name] = _record(part, arrays, f"{before}{name}.")
        else:
            parts[name] = _value(arrays.pop(before + name))
    return kind(**parts)


def _fields(kind: type) -> Sequence[str]:
    named = getattr(kind, "_fields", None)
    return named if named is not None else [field.name for field in fields(kind)]


def _value(array: Any) -> Any:
    if array.dtype.kind == "U":
        return tuple(str(text) for text in array)
    return array if array.ndim else array.item()


def npz_bytes(arrays: Mapping[str, Any]) -> bytes:
    """Arrays as a compressed ``.npz``: the same arrays always give the same bytes.

    Compressed as quickly as can be: a tenth larger than NumPy would make it, in half the time.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")  # without the time of day
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)
    return out.getvalue()
