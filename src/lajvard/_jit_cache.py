"""Machine code on disk, of which a damaged file is never used.

Numba keeps an index and data files, reads both without looking whether they are whole, and numbers
the data files: an empty index ends the program, a changed byte in a data file is machine code, and
two processes that begin an index at once give the same number to two signatures. Here there is one
file for each signature, named by it, that begins with a checksum of all that follows. What cannot
be read is removed and compiled again; what cannot be written is not kept.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache as kept
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

__all__ = ["keep_on_disk"]

_DIGEST_BYTES = 32
_NEEDED = {
    "Cache": ("load_overload", "save_overload", "flush"),
    "CompileResultCacheImpl": ("_locator_classes", "reduce", "rebuild"),
    "FunctionCache": ("_impl_class",),
    "UserProvidedCacheLocator": (
        "get_cache_path",
        "get_source_stamp",
        "get_suitable_cache_subpath",
    ),
}


def keep_on_disk(dispatcher: Any, folder: Path) -> Any:
    """Let a compiled function keep its machine code in `folder`.

    Where this Numba is built otherwise, it is kept in Numba's own way.

    Parameters
    ----------
    dispatcher
        What ``numba.njit`` gave.
    folder
        For the code of all kernels; made when the first is kept.
    """
    cache = _function_cache()
    if cache is None or not hasattr(dispatcher, "_cache"):
        dispatcher.enable_caching()
    else:
        dispatcher._cache = cache(dispatcher.py_func, folder)  # noqa: SLF001
    return dispatcher


class CodeFiles:
    """The files of one kernel: ``<kernel>.<hash of the signature>.nbc``.

    Parameters
    ----------
    folder, name
        Where they are, and how their names begin.
    stamp
        Of the source and of Numba: code with another stamp is not used.
    pack, unpack
        From an object to bytes and back.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        stamp: object,
        pack: Callable[[object], bytes],
        unpack: Callable[[bytes], Any],
    ) -> None:
        self.folder, self.name, self.stamp = folder, name, repr(stamp).encode()
        self.pack, self.unpack = pack, unpack

    def path(self, key: object) -> Path:
        """File of the code for a signature."""
        return (
            self.folder
            / f"{self.name}.{blake2b(repr(key).encode(), digest_size=8).hexdigest()}.nbc"
        )

    def load(self, key: object) -> Any:
        """The code that was kept for a signature, or None."""
        try:
            whole = self.path(key).read_bytes()
        except OSError:
            return None
        digest, body = whole[:_DIGEST_BYTES], whole[_DIGEST_BYTES:]
        if digest != self._digest(body):
            self.drop(key)
            return None
        known, code = self.unpack(body)
        return code if known == key else None

    def save(self, key: object, code: object) -> None:
        """Keep the code for a signature, if there is room for it."""
        body, path = self.pack((key, code)), self.path(key)
        part = path.with_name(f"{path.name}.tmp.{uuid4().hex[:16]}")
        try:
            part.write_bytes(self._digest(body) + body)
            part.replace(path)
        except OSError:
            with suppress(OSError):
                part.unlink()

    def drop(self, key: object) -> None:
        """Forget the code for a signature."""
        with suppress(OSError):
            self.path(key).unlink()

    def flush(self) -> None:
        """Forget the code for all signatures."""
        for path in self.folder.glob(f"{self.name}.*.nbc"):
            with suppress(OSError):
                path.unlink()

    def _digest(self, body: bytes) -> bytes:
        digest = blake2b(self.stamp, digest_size=_DIGEST_BYTES)
        digest.update(body)
        return digest.digest()


@kept
def _function_cache() -> Any:
    """Numba's cache of a function on `CodeFiles`; None where this Numba is built otherwise."""
    caching = import_module("numba.core.caching")
    dumps: Any = getattr(import_module("numba.core.serialize"), "dumps", None)
    for name, attributes in _NEEDED.items():
        kind = getattr(caching, name, None)
        if dumps is None or not all(hasattr(kind, attribute) for attribute in attributes):
            return None
    pickle, version = import_module("pickle"), import_module("numba").__version__
    base_locator: Any = caching.UserProvidedCacheLocator
    base_impl: Any = caching.CompileResultCacheImpl
    base: Any = caching.FunctionCache

    def implementation(folder: Path) -> Any:
        class Locator(base_locator):  # type: ignore[misc]
            """In our folder, whatever Numba's settings were when it was imported."""

            def __init__(self, py_func: Any, py_file: str) -> None:
                self._py_file = py_file
                self._lineno = py_func.__code__.co_firstlineno
                self._cache_path = str(folder / self.get_suitable_cache_subpath(py_file))

            @classmethod
            def from_function(cls, py_func: Any, py_file: str) -> Any:
                return cls(py_func, py_file)

        class Implementation(base_impl):  # type: ignore[misc]
            _locator_classes = (Locator,)

        return Implementation

    class SafeCache(base):  # type: ignore[misc]
        """Code of one kernel, that is compiled again where it cannot be read."""

        def __init__(self, py_func: Any, folder: Path) -> None:
            self._impl_class = implementation(folder)
            super().__init__(py_func)
            stamp = (version, self._impl.locator.get_source_stamp())
            place = Path(self.cache_path)
            self._cache_file = CodeFiles(
                place, self._impl.filename_base, stamp, dumps, pickle.loads
            )

        def load_overload(self, sig: Any, target_context: Any) -> Any:
            try:
                return super().load_overload(sig, target_context)
            except Exception:  # whatever it is: compiling does not need the file
                self._cache_file.drop(self._index_key(sig, target_context.codegen()))
                return None

        def save_overload(self, sig: Any, data: Any) -> None:
            with suppress(OSError):
                super().save_overload(sig, data)

    return SafeCache
