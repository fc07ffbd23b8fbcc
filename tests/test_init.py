import subprocess
import sys

import pytest

import lajvard


def test_all__is_short_sorted_and_there() -> None:
    names = lajvard.__all__
    assert len(set(names)) == len(names)
    assert len(names) <= 55
    assert set(names) <= set(dir(lajvard))
    for name in names:
        assert getattr(lajvard, name) is not None


def test_rooms__need_no_import_of_their_own() -> None:
    assert lajvard.simulation.__name__ == "lajvard.simulation"
    assert lajvard.case.Case is lajvard.Case


def test_getattr__says_what_is_missing() -> None:
    with pytest.raises(AttributeError, match="no attribute 'read_corrido'"):
        lajvard.read_corrido  # type: ignore[attr-defined]  # noqa: B018


def test_import__loads_no_room() -> None:
    ask = "import lajvard, sys; print(*sorted(m for m in sys.modules if m.startswith('lajvard')))"
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.split() == ["lajvard"]


def test_main__is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lajvard", "--version"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout == f"lajvard {lajvard.__version__}\n"
