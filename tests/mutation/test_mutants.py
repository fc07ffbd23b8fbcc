"""The mutator itself: what it changes, what it leaves, and that a changed module differs once."""

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.mutation import run
from tests.mutation.mutants import mutants, mutated
from tests.mutation.rooms import EQUIVALENT, ROOMS, Room


def changes(source: str) -> list[str]:
    return [mutant.what for mutant in mutants(source)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a < b", ["a <= b"]),
        ("a == b", ["a != b"]),
        ("a in b", ["a not in b"]),
        ("a - b", ["a + b"]),
        ("a / b", ["a * b"]),
        ("a and b", ["a or b", "a"]),
        ("a and b and c", ["a or b or c", "a and b"]),
        ("not a", ["a"]),
        ("-a", ["a"]),
        ("b if a else c", ["c if a else b"]),
        ("True", ["False"]),
        ("2.5", ["3.5"]),
        ("exp(a)", ["a"]),
        ("min(a, b)", ["a", "max(a, b)"]),
        ("costs.argmin()", ["costs.argmax()"]),
        ("[a for a in b if c]", ["[a for a in b]"]),
        ("lambda r: (r.a, r.b)", ["lambda r: (r.a,)"]),
    ],
)
def test_mutants__of_an_expression(before: str, after: list[str]) -> None:
    assert changes(before) == [f"{before} -> {change}" for change in after]


@pytest.mark.parametrize(
    "source",
    [
        "'a text'",
        "import a",
        "raise ValueError(f'{1 + 2}')",
        "def f(x: a < b) -> 1: 'text'",
        "@slots(1)\ndef f(): pass",
        "class E(IntEnum):\n    A = 1",
        "class C:\n    def __repr__(self): return 1 + 2",
        "zip(a, b, strict=True)",
        "return_nothing = None",
    ],
)
def test_mutants__leave_what_no_number_depends_on(source: str) -> None:
    assert changes(source) == []


def test_mutated__differs_in_one_place() -> None:
    source = (
        "class A:\n    def f(self, x):\n        if x > 1:\n            x += 2\n        return x\n"
    )
    found = mutants(source)
    assert {mutant.function for mutant in found} == {"A.f"}
    assert [mutant.line for mutant in found] == [3, 3, 3, 4, 4, 5]
    texts = [mutated(source, mutant) for mutant in found]
    assert len({*texts, ast.unparse(ast.parse(source)) + "\n"}) == 7
    assert "if x >= 1:" in texts[1]


def test_chosen_mutants__are_the_same_for_a_seed_and_leave_equivalents_out() -> None:
    room = ROOMS["routes"]
    one, again = (run.chosen_mutants(room, 10, 1) for _ in range(2))
    assert one == again
    assert one != run.chosen_mutants(room, 10, 2)
    every = {
        (module, mutant.function, mutant.code, mutant.what)
        for other in ROOMS.values()
        for module in run.modules_of(other)
        for mutant in mutants((run.PROJECT / "src/lajvard" / module).read_text("utf-8"))
    }
    listed = {(one.module, one.function, one.code, one.what) for one in EQUIVALENT}
    assert listed <= every  # one that is not there any more is taken off the list
    chosen = {
        (module, mutant.function, mutant.code, mutant.what)
        for other in ROOMS.values()
        for module, mutant in run.chosen_mutants(other, None, 1)
    }
    assert not listed & chosen


def test_rooms__have_modules_and_tests() -> None:
    for room in ROOMS.values():
        assert run.modules_of(room)
        assert all((run.PROJECT / path).exists() for path in room.tests)


SUMS = "def twice(x):\n    return 2 * x\n\n\ndef thrice(x):\n    return 3 * x\n"


@pytest.fixture
def sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one module, which is a room of its own, with an empty test."""
    package = tmp_path / "src" / "lajvard"
    package.mkdir(parents=True)
    (package / "sums.py").write_text(SUMS)
    (tmp_path / "test_sums.py").write_text("def test():\n    pass\n")
    monkeypatch.setattr(run, "PROJECT", tmp_path)
    monkeypatch.setitem(ROOMS, "sums", Room(("sums.py",), ("test_sums.py",)))
    return tmp_path


def test_mutate_room__reports_what_no_test_notices(
    sums: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def twice_is_right(folder: Path, tests: Sequence[str], timeout_s: float) -> bool:
        names: dict[str, Any] = {}
        exec((folder / "src/lajvard/sums.py").read_text(), names)
        return bool(names["twice"](3) == 6)

    monkeypatch.setattr(run, "tests_pass", twice_is_right)
    found = run.mutate_room(sums, "sums", None, 1)
    assert str(found) == "sums: 3 of 6 killed, 50 %"
    assert {mutant.function for _, mutant in found.survivors} == {"thrice"}
    assert "survived: sums.py:6 thrice: 3 * x -> 3 / x" in capsys.readouterr().out
    assert (sums / "src/lajvard/sums.py").read_text() == SUMS


def test_mutate_room__wants_tests_that_pass_without_a_mutant(sums: Path) -> None:
    assert run.tests_pass(sums, ["test_sums.py"], 60.0)
    (sums / "test_sums.py").write_text("def test():\n    assert False\n")
    with pytest.raises(RuntimeError, match=r"test_sums\.py do not pass without a mutant"):
        run.mutate_room(sums, "sums", None, 1)


def test_tests_pass__not_when_they_take_too_long(sums: Path) -> None:
    (sums / "test_sums.py").write_text("import time\n\n\ndef test():\n    time.sleep(60)\n")
    assert not run.tests_pass(sums, ["test_sums.py"], 0.5)


def test_main__asks_for_a_room_that_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.main(["kitchen"])
    assert "unknown room 'kitchen'. Choose out of network, routes" in capsys.readouterr().err
