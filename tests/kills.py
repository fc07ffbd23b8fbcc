"""Runs commands, and kills them at a stated moment: a program of its own for tests.

It reads one request a line, as JSON, and answers each with a line: ``words`` of the command, the
folder ``out`` whose files are watched, and the moment: at the n-th thing that Python does to a
file there (``at_event``), or ``after_s`` seconds. The answer has the ``code`` or whether it was
``killed``, the number of ``events``, and the ``bare`` files that were opened to be written under
the name that they end with. Each command is a fork, so that modules are imported once. SIGKILL
cannot be caught: nothing is tidied up.
"""

import contextlib
import json
import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

_MODULES = (
    *("lajvard.cli", "lajvard.report.report", "lajvard.study.run", "lajvard.journeys"),
    *("lajvard.corridor.formats.export", "lajvard.corridor.formats.gmns", "lajvard.twin.compile"),
    *("ibis", "duckdb", "pyogrio", "xlsxwriter"),
)
_EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _touched(event: str, args: tuple[Any, ...], out: Path) -> Path | None:
    """The file in the folder that something is done to, apart from reading it."""
    if event == "open":
        path, _, flags = args
        if not isinstance(flags, int) or not flags & _WRITING:
            return None
    elif event in _EVENTS:
        path = args[0]
    else:
        return None
    if not isinstance(path, str | os.PathLike):
        return None
    whole = Path.cwd() / os.fspath(path)
    return whole.relative_to(out) if whole.is_relative_to(out) else None


def _child(job: dict[str, Any], counted: int) -> None:
    """Run the command; never returns."""
    done, bare, out = 0, set(), Path(job["out"])

    def watch(event: str, args: tuple[Any, ...]) -> None:
        nonlocal done
        file = _touched(event, args, out)
        if file is not None:
            done += 1
            if event == "open" and not any(part.startswith(".") for part in file.parts):
                bare.add(file.as_posix())
            if done == job.get("at_event"):
                os.kill(os.getpid(), signal.SIGKILL)

    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    sys.addaudithook(watch)
    code = 99
    with contextlib.suppress(BaseException):
        try:
            import_module("lajvard.cli").app(job["words"], prog_name="lajvard")
            code = 0
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 0
    os.write(counted, json.dumps({"events": done, "bare": sorted(bare)}).encode())
    os._exit(code)


def main() -> None:
    """Answer requests until there are no more."""
    for name in _MODULES:
        import_module(name)
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        job = json.loads(line)
        read, write = os.pipe()
        started = time.perf_counter()
        child = os.fork()
        if not child:
            _child(job, write)
        os.close(write)
        if job.get("after_s") is not None:
            time.sleep(job["after_s"])
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        seconds = time.perf_counter() - started
        counted = json.loads(os.read(read, 60_000) or b"{}")
        os.close(read)
        answer = {
            "killed": os.WIFSIGNALED(status),
            "code": os.waitstatus_to_exitcode(status),
            "seconds": seconds,
            **counted,
        }
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
