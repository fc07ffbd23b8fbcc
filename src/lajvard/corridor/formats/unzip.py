"""Reading the files of an archive that somebody else has made: within limits, damage told."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lajvard.errors import InputError

MOST_ENTRIES = 10_000
MOST_BYTES = 2 * 2**30
MOST_TIMES = 200
"""So many entries, bytes when unpacked, and times its packed size (of more than `_SMALL` bytes)."""

_SMALL = 2**24
_AGAIN = "Make it again, or give the folder."


def plain_name(name: str) -> str:
    r"""The path of an entry with slashes; some programs for Windows write backslashes.

    >>> plain_name("corridor\\node.csv")
    'corridor/node.csv'
    """
    return name.replace("\\", "/")


def unzipped(where: Path, wanted: Callable[[str], bool]) -> list[tuple[str, bytes]]:
    """Path and content of the entries whose path is `wanted`, in the order of the archive.

    Raises
    ------
    InputError
        It is no zip archive, damaged, protected by a password, or larger than the limits.
    """
    with _opened(where) as archive:
        entries = [entry for entry in archive.infolist() if wanted(plain_name(entry.filename))]
        check_size(where, entries)
        return [(plain_name(entry.filename), archive.read(entry)) for entry in entries]


def check_size(where: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that would fill the memory when it is unpacked.

    Raises
    ------
    InputError
        There are too many entries or bytes, or an entry needs a password.
    """
    if len(entries) > MOST_ENTRIES:
        what = f"holds {len(entries):,} files, more than the {MOST_ENTRIES:,} that are read"
        raise InputError(str(where), what, "Zip the tables of one corridor only.")
    size = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if size > MOST_BYTES or (size > _SMALL and size > MOST_TIMES * packed):
        what = f"unpacks from {packed:,} to {size:,} bytes"
        raise InputError(
            str(where), what, f"Up to {MOST_BYTES:,}, and {MOST_TIMES} times, are read."
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise InputError(str(where), "is protected by a password", "Zip it again without one.")


@contextmanager
def _opened(where: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(where) as archive:
            yield archive
    except zipfile.BadZipFile as error:
        what = "is damaged" if zipfile.is_zipfile(where) else "is not a zip archive"
        raise InputError(str(where), f"{what} ({str(error).rstrip('.')})", _AGAIN) from None
    except (InputError, MemoryError):
        raise
    except Exception as error:  # each way of packing has its own
        raise InputError(str(where), f"is damaged ({str(error).rstrip('.')})", _AGAIN) from None
