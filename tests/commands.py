"""Running commands in tests."""

import re
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from lajvard.cli import app

BOXES = re.compile("[\u2500-\u257f\x1b]")
"""Lines of boxes, and the beginning of a terminal's codes."""


def run(*words: str | Path) -> Result:
    """A command, in this process and not on a terminal."""
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="lajvard")


def good(*words: str | Path) -> str:
    """What a command prints that has to work."""
    done = run(*words)
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    assert not BOXES.search(done.stdout)
    return done.stdout


def bad(code: int, *words: str | Path) -> str:
    """What a command says that has to end with an exit code."""
    done = run(*words)
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done.stderr


def program(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """A command as a program of its own."""
    return subprocess.run(
        [sys.executable, "-m", "lajvard", *map(str, words)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
