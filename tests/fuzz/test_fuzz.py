"""The harness itself: it finds what it looks for, and gives one input for one seed."""

import os
import time
from pathlib import Path

import pytest
from tests.fuzz import attempt as attempts
from tests.fuzz import run
from tests.fuzz.attempt import KINDS, Outcome, kind_of, starter_files
from tests.fuzz.mutate import bytes_of, mutated, table_of

from lajvard.corridor import check_corridor, read_corridor


def test_starter__is_right_before_anything_is_changed(tmp_path: Path) -> None:
    corridor = read_corridor(attempts.write(starter_files(), tmp_path / "c"))
    assert check_corridor(corridor) == ()
    assert attempts.answer(corridor, tmp_path)[0] > 0


def test_mutated__gives_one_input_for_a_seed_and_changes_nothing_else() -> None:
    before = dict(starter_files())
    for seed in range(200):
        files, what = mutated(starter_files(), seed)
        assert (files, what) == mutated(starter_files(), seed)
    assert starter_files() == before
    changed = sum(mutated(before, seed)[0] != before for seed in range(200))
    assert changed > 150
    content = before["node.csv"]
    assert table_of(bytes_of(table_of(content))) == table_of(content)


def test_kinds__are_all_tried() -> None:
    assert {kind_of(seed) for seed in range(12)} == {*KINDS, "same"}


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (lambda: int("x"), "traceback"),
        (lambda: time.sleep(60), "hang"),
        (lambda: os._exit(11), "crash"),
        (lambda: attempts.answer(None, Path()), "traceback"),  # type: ignore[arg-type]
    ],
)
def test_fuzz__counts_what_goes_wrong(
    monkeypatch: pytest.MonkeyPatch, step: object, kind: str
) -> None:
    """In a worker that is a copy of this process, so that it has the step."""
    monkeypatch.setitem(attempts.KINDS, "log", lambda seed, folder: iter([step]))
    monkeypatch.setattr(run, "SECONDS", 0.2)
    monkeypatch.setattr(run, "METHOD", "fork")
    seed = next(seed for seed in range(12) if kind_of(seed) == "log")
    counts, bad = run.fuzz(range(seed, seed + 1), 1)
    assert counts[kind] == 1
    assert [(found.kind, at) for at, found in bad] == [(kind, seed)]


def test_attempt__tells_a_wrong_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "_usual", lambda: (1.0, 1.0, 1.0, 1.0, 1.0))
    seed = next(seed for seed in range(12) if kind_of(seed) == "same")
    assert attempts.attempt(seed).kind == "wrong in silence"
    monkeypatch.undo()
    assert attempts.attempt(seed) == Outcome("right answer", "same")
