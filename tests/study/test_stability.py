"""Queues that never settle are told before and after a run, and what they touch is marked."""

from pathlib import Path

import pytest
from tests.tiny import changed, extended, tiny_corridor

from lajvard.case import Case
from lajvard.cli.simulate import run_dict
from lajvard.study import simulate
from lajvard.study.opened import Run

BRIDGE = {"procedure_id": "w", "node_id": "TOR", "mode": "road", "direction": "both"}
BRIDGE |= {"activity": "weighing", "mean_h": "0.5", "cv": "0.3", "fee_usd": "5", "servers": "1"}


def run_of(folder: Path, tonnes: str) -> Run:
    """Lorries of 20 t over a weighbridge that can weigh 48 a day."""
    corridor = extended(tiny_corridor(), "procedure", **BRIDGE)
    corridor = changed(corridor, "demand", 3, tonnes_per_year=tonnes)
    return simulate(Case(corridor), folder, days=120, replications=2)


def test_overload__is_said_and_marked(tmp_path: Path) -> None:
    run = run_of(tmp_path / "r", "4000000")
    (note,) = [note for note in run.manifest.notes if note.startswith("TOR road both weighing")]
    assert "548 unit loads a day come and 48 can be dealt with" in note
    assert ("station", "TOR road both weighing") in {(p.kind, p.name) for p in run.unstable}
    assert {"D1", "D2"} <= run.unstable_flows
    stable = {
        row["indicator"] + "/" + row["of"]: row["stable"] for row in run_dict(run)["indicators"]
    }
    assert not any(
        stable[key] for key in ("journey_h/", "cost_usd/", "journey_h/D2", "cost_usd/D2")
    )
    assert stable["station_wait_h/SER-TOR road inbound"]


def test_usual_load__is_stable(tmp_path: Path) -> None:
    run = run_of(tmp_path / "r", "100000")
    assert run.unstable == ()
    assert all(run.is_stable(measure) for measure in run.measures)
    assert not [note for note in run.manifest.notes if "queue grows" in note]


@pytest.mark.parametrize(("lorries_a_day", "grows"), [(30, False), (45, True)])
def test_growth__is_seen_where_nothing_else_tells(
    tmp_path: Path, lorries_a_day: float, grows: bool
) -> None:
    """Lanes that are lost for a quarter of the time: of 48 lorries a day they leave 40."""
    lanes = BRIDGE | {"servers": "10", "mean_h": "5"}
    loss = {"closure_id": "c", "kind": "random", "node_id": "TOR", "effect": "0.3", "reason": "x"}
    loss |= {"mode": "road", "events_per_year": "80", "mean_duration_h": "26"}
    corridor = extended(extended(tiny_corridor(), "procedure", **lanes), "closure", **loss)
    tonnes = f"{20 * 365.25 * lorries_a_day:.0f}"
    case = Case(changed(corridor, "demand", 3, tonnes_per_year=tonnes))
    run = simulate(case, tmp_path / "r", days=360, replications=3)
    names = {place.name for place in run.unstable if place.kind == "station"}
    assert ("TOR road both weighing" in names) is grows
    assert not [note for note in run.manifest.notes if "weighing" in note]
