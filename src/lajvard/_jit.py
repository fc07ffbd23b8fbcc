"""The only import of Numba: kernels are compiled, and kept on disk, through here.

Numba's own disk cache looks at the file that a kernel is written in. A kernel that calls a kernel
of another file would therefore be served from a stale cache after a change there. Here the cache
folder carries a hash of the text of every kernel file instead, so any change starts a new one. Its
files are those of `_jit_cache`: one that is not whole is never used.

Two environment variables are read:

``LAJVARD_JIT=0``
    Kernels run as plain Python: slow, for debugging and for tests of the kernels themselves.
``NUMBA_CACHE_DIR``
    Numba's own. When it is set it is used as it is, with Numba's rules for what is stale.
"""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache as kept
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, ParamSpec, Protocol, TypeVar, cast, overload

__all__ = [
    "JIT_ENABLED",
    "Kernel",
    "counting_is_optional",
    "lowest_bit",
    "njit",
    "record_access",
    "record_fetch",
]

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")

JIT_ENABLED = os.environ.get("LAJVARD_JIT", "1") != "0"

_KEEP_UNUSED_S = 30 * 24 * 3600


class Kernel(Protocol[P, R_co]):
    """A compiled function, or with ``LAJVARD_JIT=0`` the function itself."""

    @property
    def py_func(self) -> Callable[P, R_co]:
        """The function as it is written, to be run by the interpreter."""
        ...

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Run the kernel."""
        ...


@overload
def njit(function: Callable[P, R], /) -> Kernel[P, R]: ...
@overload
def njit(
    *,
    cache: bool = ...,
    nogil: bool = ...,
    counting: bool = ...,
    linking: Literal["", "part", "whole"] = ...,
    **options: Any,
) -> Callable[[Callable[P, R]], Kernel[P, R]]: ...
def njit(
    function: Callable[P, R] | None = None,
    /,
    *,
    cache: bool = True,
    nogil: bool = True,
    counting: bool = True,
    linking: Literal["", "part", "whole"] = "",
    **options: Any,
) -> Kernel[P, R] | Callable[[Callable[P, R]], Kernel[P, R]]:
    """Compile a kernel without the interpreter, keep it on disk and free the interpreter lock.

    Parameters
    ----------
    function
        The kernel: arrays and scalars in, outputs filled in place.
    cache
        Keep the machine code on disk for the next start.
    nogil
        Let other threads run while the kernel does.
    counting
        Count references to arrays. A kernel that makes no array does not need it, and runs
        several times faster without when it hands many arrays around. Where this version of Numba
        cannot leave it out, references are counted all the same.
    linking
        A `part` becomes machine code within the `whole` that calls it, and only there; otherwise
        each kernel is optimised with all that it calls, those it calls once more, and so on.
        Where this version of Numba is built otherwise, parts are compiled like any kernel.
    **options
        Handed to ``numba.njit``: ``fastmath``, ``parallel``, ``inline``, …

    Returns
    -------
    Kernel
        Called like `function`; ``.py_func`` is `function` itself.

    Examples
    --------
    >>> @njit
    ... def twice(x: float) -> float:
    ...     return 2.0 * x
    >>> twice(4.0), twice.py_func(4.0)
    (8.0, 8.0)
    """

    def compiled(kernel: Callable[P, R]) -> Kernel[P, R]:
        if not JIT_ENABLED:
            kernel.py_func = kernel  # type: ignore[attr-defined]
            return cast("Kernel[P, R]", kernel)
        if not counting and counting_is_optional():
            options["_nrt"] = False
        if linking:
            from lajvard._jit_parts import pipelines

            options.update(pipelines().get(linking, {}))
        dispatcher = _numba().njit(nogil=nogil, **options)(kernel)
        if cache and _CACHE is not None and _has_file(kernel):
            from lajvard._jit_cache import keep_on_disk

            dispatcher = keep_on_disk(dispatcher, _CACHE)
        return cast("Kernel[P, R]", dispatcher)

    return compiled if function is None else compiled(function)


def record_access(dtype: Any, constant: Sequence[str] = ()) -> Callable[[Any, Any], Any]:
    """A function of (table, index) that gives a record of a table, to be read and written.

    Parameters
    ----------
    dtype
        NumPy data type of the records, aligned.
    constant
        Fields that stay as they are while a kernel runs: read once, they need not be read again.

    Returns
    -------
    callable
        In a kernel the table is given by the address of its first record, a whole number: nobody
        checks it, and whoever called the kernel keeps the array alive. Interpreted, the table is
        the record array itself.
    """

    def interpreted(table: Any, index: Any) -> Any:
        return table[index]

    if not JIT_ENABLED:
        return interpreted
    numba, extending = _numba(), _untyped("numba.extending")
    types = numba.types
    row = _row_type()(dtype, frozenset(constant))

    def access(typing: Any, table: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            i64 = context.get_value_type(types.int64)
            offset = builder.mul(args[1], i64(int(dtype.itemsize)))
            return builder.inttoptr(builder.add(args[0], offset), context.get_value_type(row))

        return row(types.int64, types.int64), generate

    made: Callable[[Any, Any], Any] = extending.intrinsic(access)
    return made


def record_fetch(dtype: Any) -> Callable[[Any, Any], None]:
    """A procedure of (table, index) that has a record brought near the processor, soon needed.

    It never waits, and changes nothing but the time that the next access takes.
    """

    def interpreted(table: Any, index: Any) -> None:
        pass

    if not JIT_ENABLED:
        return interpreted
    types, extending = _numba().types, _untyped("numba.extending")
    ir = _untyped("llvmlite.ir")

    def fetch(typing: Any, table: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            i32, byte = ir.IntType(32), ir.IntType(8).as_pointer()
            kind = ir.FunctionType(ir.VoidType(), [byte, i32, i32, i32])
            called = builder.module.declare_intrinsic("llvm.prefetch", (byte,), kind)
            offset = builder.mul(args[1], ir.IntType(64)(int(dtype.itemsize)))
            place = builder.inttoptr(builder.add(args[0], offset), byte)
            builder.call(called, [place, i32(1), i32(3), i32(1)])
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), generate

    made: Callable[[Any, Any], None] = extending.intrinsic(fetch)
    return made


def lowest_bit() -> Callable[[Any], int]:
    """A function that gives the place of the lowest set bit of a word, which is not 0."""

    def interpreted(word: Any) -> int:
        return (int(word) & -int(word)).bit_length() - 1

    if not JIT_ENABLED:
        return interpreted
    types, extending = _numba().types, _untyped("numba.extending")

    def count(typing: Any, word: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            certain = context.get_constant(types.boolean, True)
            return builder.cttz(args[0], certain)

        return types.int64(types.uint64), generate

    made: Callable[[Any], int] = extending.intrinsic(count)
    return made


def _untyped(module: str) -> Any:
    """A module of Numba without what it says of its types, which is too little to help."""
    return import_module(module)


@kept
def _numba() -> Any:
    """Numba, kept from importing all of SciPy's linear algebra before it runs the first kernel.

    It does so only to see that it is there, which takes a third of the start from the cache. A
    kernel that uses linear algebra has it imported when it is compiled.
    """
    numba, linalg = _untyped("numba"), _untyped("numba.np.linalg")
    usual = getattr(linalg, "ensure_blas", None)
    if usual is not None and "numba.np.arraymath" not in sys.modules:
        linalg.ensure_blas = lambda: None  # SciPy is among what this package needs
        try:
            _untyped("numba.np.arraymath").ensure_blas = usual
        finally:
            linalg.ensure_blas = usual
    return numba


@kept
def _row_type() -> Any:
    """Numba's type of a record at an address, whose numbers are int64, uint64 or float64 outside.

    One width of numbers lets a kernel be compiled once, whatever field its arguments come from.
    """
    ir, types = _untyped("llvmlite.ir"), _numba().types
    cgutils, extending = _untyped("numba.core.cgutils"), _untyped("numba.extending")
    templates = _untyped("numba.core.typing.templates")
    plain: Any = types.Type
    address: Any = extending.models.OpaqueModel
    fields: Any = templates.AttributeTemplate

    class Row(plain):  # type: ignore[misc]
        """A record at an address."""

        def __init__(self, dtype: Any, constant: frozenset[str]) -> None:
            self.dtype, self.constant = dtype, constant
            whole = f"{dtype.descr}, {dtype.itemsize}, {sorted(constant)}"
            short = hashlib.sha256(whole.encode()).hexdigest()[:16]  # it is in each symbol's name
            super().__init__(name=f"Row({short})")

    @extending.register_model(Row)
    class RowModel(address):  # type: ignore[misc]
        """An address."""

    @templates.infer_getattr
    class RowFields(fields):  # type: ignore[misc]
        """Fields as numbers of one width."""

        key = Row

        def generic_resolve(self, row: Any, attr: str) -> Any:
            wide = {"f": types.float64, "u": types.int64, "i": types.int64}
            if attr not in row.dtype.fields:
                return None
            field = row.dtype.fields[attr][0]
            return types.uint64 if field.str == "<u8" else wide[field.kind]

    def place_of(builder: Any, row: Any, value: Any, attr: str) -> tuple[Any, Any]:
        """Data type of a field and pointer to it."""
        field, offset = row.dtype.fields[attr][:2]
        narrow = {"f4": ir.FloatType(), "f8": ir.DoubleType()}.get(
            field.str[1:], ir.IntType(8 * field.itemsize)
        )
        return field, cgutils.pointer_add(builder, value, offset, narrow.as_pointer())

    def read(context: Any, builder: Any, row: Any, value: Any, attr: str) -> Any:
        field, place = place_of(builder, row, value, attr)
        loaded = builder.load(place)
        if attr in row.constant:
            loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        if field.str[1:] == "f4":
            return builder.fpext(loaded, ir.DoubleType())
        if field.kind == "f" or field.itemsize == 8:
            return loaded
        widen = builder.sext if field.kind == "i" else builder.zext
        return widen(loaded, ir.IntType(64))

    def write(context: Any, builder: Any, signature: Any, args: Any, attr: str) -> None:
        field, place = place_of(builder, signature.args[0], args[0], attr)
        value = args[1]
        if field.str[1:] == "f4":
            value = builder.fptrunc(value, ir.FloatType())
        elif field.kind != "f" and field.itemsize < 8:
            value = builder.trunc(value, ir.IntType(8 * field.itemsize))
        builder.store(value, place)

    extending.lower_getattr_generic(Row)(read)
    extending.lower_setattr_generic(Row)(write)
    return Row


@kept
def counting_is_optional() -> bool:
    """Whether this Numba can compile a kernel that does not count references."""
    from numba.core.options import DefaultOptions

    return hasattr(DefaultOptions, "_nrt")


def _has_file(kernel: Callable[..., object]) -> bool:
    """Whether the kernel is written in a file, and not at a prompt or in a doctest."""
    return Path(kernel.__code__.co_filename).is_file()


def _sources_hash(package: Path) -> str:
    """Hash over the text of every kernel file of the package, and of what compiles them."""
    digest = hashlib.sha256()
    for path in sorted([*package.rglob("*_kernels.py"), *package.glob("_jit*.py")]):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _cache_folder(package: Path) -> Path | None:
    """The cache folder of these sources, which may be read-only; None if none can be made."""
    own = os.environ.get("NUMBA_CACHE_DIR")
    if own:
        return Path(own)
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        kernels = base / "lajvard" / "kernels"
        folder = kernels / _sources_hash(package)
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # read-only disk; a user without a home
        return None
    with suppress(OSError):  # a folder of another user
        os.utime(folder)
        _forget_unused(kernels)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    return folder


def _forget_unused(kernels: Path) -> None:
    """Remove the cache folders of sources that nobody has run for a month."""
    oldest = time.time() - _KEEP_UNUSED_S
    for folder in kernels.iterdir():
        try:
            stale = folder.stat().st_mtime < oldest
        except OSError:  # another process removed it
            continue
        if stale:
            shutil.rmtree(folder, ignore_errors=True)


_CACHE = _cache_folder(Path(__file__).parent) if JIT_ENABLED else None
