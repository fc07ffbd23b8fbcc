"""Every exception of Lajvard.

::

    LajvardError
    ├── InputError (also ValueError)   what the user gave: corridor, scenario, unknown name
    ├── NumericsError                  a computation did not end: no convergence, too many routes
    └── Cancelled (in `progress`)      whoever was told of the progress wanted the work to end

Each error says where it arose, what was found and what to do; `EXIT_CODES` maps the classes to
the exit codes of the command line.
"""

import errno
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from os import PathLike
from typing import Any, Literal

from lajvard.names import fold, look_alike

Severity = Literal["error", "warning"]

_BY_LINE = (".yaml", ".yml", ".tntp")
"""Files whose problems stand in a line; those of all others stand in a row of a table."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input.

    Examples
    --------
    >>> print(
    ...     Problem(
    ...         "error",
    ...         "links.csv",
    ...         42,
    ...         "to_node_id",
    ...         "Altynkl",
    ...         "unknown node",
    ...         "Did you mean 'Altynkol'?",
    ...     )
    ... )
    links.csv row 42, to_node_id: unknown node 'Altynkl'. Did you mean 'Altynkol'?
    """

    severity: Severity
    table: str
    row: int | None
    column: str | None
    value: str | None
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        where = self.table
        if self.row is not None:
            where += f" {'line' if self.table.endswith(_BY_LINE) else 'row'} {self.row}"
        if self.column is not None:
            where += f", {self.column}"
        found = self.message if self.value is None else f"{self.message} '{self.value}'"
        return f"{where}: {found}. {self.remedy}".rstrip()


class LajvardError(Exception):
    """Base of all errors of Lajvard: ``where: what. remedy``."""

    def __init__(self, where: str, what: str, remedy: str = "") -> None:
        self.where = where
        self.what = what
        self.remedy = remedy
        super().__init__(f"{where}: {what}. {remedy}".rstrip())

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross to another process whole: the arguments of the class are not those of its base."""
        return _unpickled, (type(self), self.args, dict(self.__dict__))


def _unpickled(kind: type[LajvardError], args: tuple[Any, ...], state: dict[str, Any]) -> Any:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class InputError(LajvardError, ValueError):
    """Something the user gave is wrong.

    ``problems`` lists all that is wrong with the input when more than one thing was found.
    """

    def __init__(
        self, where: str, what: str, remedy: str = "", problems: Sequence[Problem] = ()
    ) -> None:
        super().__init__(where, what, remedy)
        self.problems = tuple(problems)

    @classmethod
    def of(cls, where: str, problems: Sequence[Problem]) -> "InputError":
        """An error that reports all `problems` of one input together."""
        lines = "\n".join(f"  {problem}" for problem in problems)
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        error = cls(where, f"{count} found", problems=problems)
        error.args = (f"{where}: {count} found\n{lines}",)
        return error

    def __str__(self) -> str:
        return str(self.args[0])


@contextmanager
def guarded_reading(where: str, what: str, remedy: str = "") -> Iterator[None]:
    """Turn whatever a library raises while it reads a user's file into an `InputError`.

    Parameters
    ----------
    where
        The file.
    what
        What is wrong with it, in words; the first line of the library's message is added.
    remedy
        What the user can do.

    Raises
    ------
    InputError
        The library raised an exception. Errors of Lajvard and a lack of memory pass as they are.

    Examples
    --------
    >>> with guarded_reading("depths.tif", "cannot be read as a raster", "Export it again."):
    ...     raise KeyError("band")
    Traceback (most recent call last):
    lajvard.errors.InputError: depths.tif: cannot be read as a raster ('band'). Export it again.
    """
    try:
        yield
    except (LajvardError, MemoryError):
        raise
    except Exception as error:
        raise InputError(where, f"{what} ({_first_line(error)})", remedy) from error


_WRITERS = ("pyogrio", "xlsxwriter", "duckdb", "_duckdb", "pyarrow")
"""Packages whose own exceptions say that a file could not be written."""


@contextmanager
def guarded_writing(file: PathLike[str]) -> Iterator[None]:
    """Let an error of the system, or of a library that writes, name the file of the user.

    One that names a file already, other than a temporary one, stays as it is.

    Raises
    ------
    OSError
        The disk is full, the folder is read-only, or the like.

    Examples
    --------
    >>> from pathlib import Path
    >>> with guarded_writing(Path("out.parquet")):
    ...     raise OSError(28, "No space left on device")
    Traceback (most recent call last):
    OSError: [Errno 28] No space left on device: 'out.parquet'
    """
    try:
        yield
    except OSError as error:
        if error.strerror and error.filename and not _is_hidden(error.filename):
            raise
        reason = error.strerror or f"cannot be written ({_first_line(error)})"
        raise type(error)(error.errno or errno.EIO, reason, str(file)) from error
    except Exception as error:
        if type(error).__module__.split(".")[0] not in _WRITERS:
            raise
        found = f"cannot be written ({_first_line(error)})"
        raise OSError(errno.EIO, found, str(file)) from error


def _is_hidden(file: object) -> bool:
    """True for the temporary files that are written beside those of the user."""
    return str(file).replace("\\", "/").rpartition("/")[2].startswith(".")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


EXTRAS: Mapping[str, tuple[str, ...]] = {
    "cli": ("rich", "typer"),
    "dask": ("distributed",),
    "gis": ("antimeridian", "pyogrio"),
    "report": ("jinja2", "matplotlib", "pyogrio", "xlsxwriter"),
    "seabed": ("h5netcdf", "h5py", "rasterio", "xarray"),
    "spark": ("pyspark",),
}
"""The extras of the package, and the modules that come with each."""


def require_extra(extra: str, where: str, modules: Iterable[str] = ()) -> None:
    """Stop with a clear message where something needs an extra that is not installed.

    Parameters
    ----------
    extra
        One of `EXTRAS`.
    where
        What needs it, for the message: a file or a feature.
    modules
        Those modules of the extra that are needed, by default all of them.

    Raises
    ------
    InputError
        One of the modules is not there.
    """
    missing = [name for name in modules or EXTRAS[extra] if not _is_installed(name)]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise InputError(
            where,
            f"{' and '.join(missing)} {verb} not installed",
            f"Install the extra: pip install 'lajvard[{extra}]'.",
        )


def _is_installed(module: str) -> bool:
    if module in sys.modules:
        return sys.modules[module] is not None
    try:
        return find_spec(module) is not None
    except ImportError:
        return False


class NumericsError(LajvardError):
    """A computation did not reach its end."""


EXIT_CODES: dict[type[BaseException], int] = {InputError: 2, NumericsError: 3, LajvardError: 1}


def exit_code(error: BaseException) -> int:
    """Exit code of the command line for `error`; 1 when nothing more is known.

    >>> exit_code(InputError("node.csv", "empty")), exit_code(KeyError())
    (2, 1)
    """
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1)


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A question that names the known word closest to `name`, or an empty string.

    It never names the same word; of one that looks the same it says so.

    >>> did_you_mean("Altynkl", ["Altynkol", "Baku"])
    "Did you mean 'Altynkol'?"
    >>> did_you_mean("xyz", ["Altynkol", "Baku"])
    ''
    """
    others = [word for word in known if word != name]
    close = get_close_matches(name, others, n=1, cutoff=0.6)
    if not close:
        by_fold = {fold(word): word for word in reversed(others)}
        close = [by_fold[match] for match in get_close_matches(fold(name), by_fold, 1, cutoff=0.6)]
    if close and look_alike(name, close[0]):
        return f"'{close[0]}' looks the same and is written with other signs: copy it."
    return f"Did you mean '{close[0]}'?" if close else ""
