"""Running a reader of files in a process of its own.

A damaged file can make the HDF5 library loop without end, or end the process that it runs in:
neither can be caught there.
"""

import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lajvard.errors import InputError

START_S, S_PER_MB = 20.0, 0.2
"""Time that a reader has: to start, and for each megabyte of the file (a slow disk: 5 MB/s)."""

_CHILD = "from lajvard.fibre.seabed.apart import answer; answer()"


def read_apart(reader: Callable[..., Any], path: Path, *rest: object) -> Any:
    """What ``reader(path, *rest)`` gives, from another process.

    Parameters
    ----------
    reader
        A function of a module: it is found by its name.
    path
        The file that it reads; its size gives the time that the reader has.
    *rest
        More arguments. They, and the result, can be pickled.

    Raises
    ------
    InputError
        The reader did not end in time, or its process ended without an answer. What the reader
        raises is raised here.
    """
    most_s = START_S + S_PER_MB * path.stat().st_size / 1e6
    asked = pickle.dumps((reader, (path, *rest)))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD],
            input=asked,
            capture_output=True,
            env=environment,
            timeout=most_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        found = f"takes more than {most_s:.0f} s to read: it is damaged"
        raise InputError(str(path), found, "Get the file again, or write it again.") from None
    if done.returncode:
        found = f"ended the program that reads it (code {done.returncode}): it is damaged"
        raise InputError(str(path), found, "Get the file again, or write it again.")
    answered, value = pickle.loads(done.stdout)
    if not answered:
        raise value
    return value


def answer() -> None:
    """Read what is asked on the input, and write what was read, or the error, to the output."""
    reader, arguments = pickle.load(sys.stdin.buffer)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is not the answer
    warnings.simplefilter("ignore")
    try:
        found = True, reader(*arguments)
    except Exception as error:
        found = False, error
    try:
        whole = pickle.dumps(found)
    except Exception:
        whole = pickle.dumps((False, RuntimeError(str(found[1]))))
    out.write(whole)
    out.flush()
    os._exit(0)  # not to wait for a library that cannot close a damaged file
