"""The manifest of a run: what it was made from, and with which settings.

It says nothing about the machine, the number of workers or how long it took: two runs of the same
thing have the same manifest, to the byte. Durations are in ``durations.csv`` beside it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from lajvard.corridor import Corridor, Scenario
from lajvard.corridor.write import table_bytes, write_atomically
from lajvard.errors import InputError

MANIFEST = "manifest.json"
FORMAT = 1
"""Raised when a manifest of today could not be read as one of before."""

SIMULATED_YEAR = 2025
"""Of a model, which names none."""

Log = Literal["none", "sample", "all"]

_MAY_GROW = frozenset({"replications", "completed", "warmup_days"})
"""What may differ from the manifest of a run that is taken up again."""


class OtherRunError(InputError):
    """A folder holds a run that cannot be taken up: another one, or of another version."""


@dataclass(frozen=True)
class Manifest:
    """What a run was made from.

    Attributes
    ----------
    corridor
        Name, title, day (``as_of``) and the SHA-256 of each table; empty when a model was given.
    scenario
        Name, title and SHA-256 of the scenario; empty for the corridor as described.
    model
        SHA-256 of the compiled model.
    days
        Simulated days.
    replications
        How many were asked for: a number, or the rule that decides.
    log
        ``none``, ``sample`` or ``all``; of a sample, every `sample_every`-th journey is kept.
    warmup
        ``mser5``, or the days asked for.
    year
        The simulated year, in which the moments of the log lie.
    notes
        What the compilation left out or assumed.
    completed
        Replications of the finished run; None while it is not.
    warmup_days
        Days that the indicators of the run leave out; None while it is not finished.
    """

    model: str
    seed: int
    days: float
    replications: int | Mapping[str, Any]
    log: Log = "none"
    sample_every: int = 1
    warmup: str | int = "mser5"
    corridor: Mapping[str, Any] = field(default_factory=dict)
    scenario: Mapping[str, str] = field(default_factory=dict)
    year: int = SIMULATED_YEAR
    notes: tuple[str, ...] = ()
    completed: int | None = None
    warmup_days: int | None = None
    lajvard: str = version("lajvard")
    format: int = FORMAT

    @property
    def run_id(self) -> str:
        """Twelve characters that name what was simulated, in the log too."""
        fixed = {key: value for key, value in asdict(self).items() if key not in _MAY_GROW}
        return hashlib.sha256(_text(fixed).encode()).hexdigest()[:12]

    @property
    def title(self) -> str:
        """What a reader calls the run: its scenario, or else the corridor as described."""
        return str(self.scenario.get("title") or self.scenario.get("name") or "as described")

    def finished(self, completed: int, warmup_days: int) -> "Manifest":
        """The manifest of the run when all its replications are there."""
        return replace(self, completed=completed, warmup_days=warmup_days)

    def write(self, folder: Path) -> None:
        """Write it into the run folder, in one step."""
        said = {"run_id": self.run_id} | asdict(self)
        write_atomically(folder / MANIFEST, (_text(said) + "\n").encode())

    def check_same(self, other: "Manifest", folder: Path) -> None:
        """Make sure that `other` may take up the run of this manifest.

        Raises
        ------
        InputError
            It is another run; the error names what differs.
        """
        mine, its = asdict(self), asdict(other)
        changed = [key for key in mine if key not in _MAY_GROW and mine[key] != its[key]]
        if changed:
            listed = ", ".join(_changed(key, mine[key], its[key]) for key in changed)
            what = f"holds another run: {listed}"
            raise OtherRunError(str(folder), what, "Give another folder, or remove this one.")
        if not _asks_no_less(self.replications, other.replications):
            what = f"holds a run of {_told(self.replications)}, not of {_told(other.replications)}"
            remedy = "Ask for as many or more, or give another folder."
            raise OtherRunError(str(folder), what, remedy)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a run folder.

    Raises
    ------
    InputError
        There is none, or it cannot be read.
    """
    path = folder / MANIFEST
    if not path.is_file():
        remedy = "Give a folder that lajvard simulate wrote."
        raise InputError(str(folder), "is not the folder of a run", remedy)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        said.pop("run_id", None)
        return Manifest(**said | {"notes": tuple(said["notes"])})
    except (ValueError, TypeError, AttributeError, KeyError):
        remedy = "Simulate again, into another folder."
        raise OtherRunError(str(path), "is not a manifest of this version", remedy) from None


def about_corridor(corridor: Corridor) -> dict[str, Any]:
    """Name, title, day and hashes of the tables that have rows."""
    return {
        "name": corridor.name,
        "title": corridor.title,
        "as_of": corridor.date.isoformat() if corridor.date else None,
        "tables": {
            table.name: hashlib.sha256(table_bytes(table)).hexdigest()
            for table in corridor
            if len(table)
        },
    }


def about_scenario(scenario: Scenario) -> dict[str, str]:
    """Name and title of a scenario, and a hash of what it changes, wherever it was written."""
    changes = [
        [patch.kind, patch.table, {k: list(v) for k, v in patch.where.items()}, dict(patch.values)]
        for patch in scenario.patches
    ]
    digest = hashlib.sha256(_text(changes).encode()).hexdigest()
    return {"name": scenario.name, "title": scenario.title, "sha256": digest}


def _text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


def _changed(key: str, before: Any, now: Any) -> str:
    if isinstance(before, Mapping) or len(str(before)) > 40:
        return f"another {key}"
    return f"{key} {before}, not {now}"


Asked = int | Mapping[str, Any]


def _asks_no_less(before: Asked, now: Asked) -> bool:
    """Whether all that was simulated before is wanted now."""
    if isinstance(before, int) or isinstance(now, int):
        return isinstance(before, int) and isinstance(now, int) and now >= before
    share, most = "half_width_share", "maximum"
    same = all(before[key] == now[key] for key in before if key not in (share, most))
    return same and now[share] <= before[share] and now[most] >= before[most]


def _told(asked: Asked) -> str:
    if isinstance(asked, int):
        return f"{asked} replications"
    return f"replications until {asked['indicator']} is within {asked['half_width_share']:g}"
