"""Settings and fixtures for all tests."""

import gc
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

GOLDEN = Path(__file__).parent / "golden"

# A shared machine is no stopwatch; CI looks at the same examples every time.
settings.register_profile("lajvard", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("lajvard")


# Tests make many short-lived objects beside modules and tables that stay: looking through all of
# them as often as Python does by itself takes a sixth of the time.
gc.set_threshold(100_000, 50, 50)


def pytest_collection_finish() -> None:
    """What is there before the first test stays, and need not be looked through."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Compare numbers with ``tests/golden/<name>.json``; ``make golden`` writes it.

    ``golden("herat", {"hours": 312.4}, rel=1e-6)``: names and texts must be equal, numbers agree
    within `rel` or `abs_`.
    """

    def compare(name: str, found: object, *, rel: float = 1e-6, abs_: float = 1e-9) -> None:
        path = GOLDEN / f"{name}.json"
        text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        assert path.is_file(), f"{path.name} is not there yet: run `make golden` and read it"
        wanted = json.loads(path.read_text(encoding="utf-8"))
        differences = list(_differences(wanted, json.loads(text), name, rel, abs_))
        assert not differences, "\n".join(differences)

    return compare


def _differences(wanted: object, found: object, where: str, rel: float, abs_: float) -> list[str]:
    """The places where two JSON values differ, as lines to read."""
    if isinstance(wanted, dict) and isinstance(found, dict) and wanted.keys() == found.keys():
        pairs = [(f"{where}.{key}", wanted[key], found[key]) for key in wanted]
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = [(f"{where}[{i}]", *pair) for i, pair in enumerate(zip(wanted, found, strict=True))]
    elif _is_number(wanted) and _is_number(found):
        same = found == pytest.approx(wanted, rel=rel, abs=abs_)
        return [] if same else [f"{where}: {found}, approved is {wanted}"]
    else:
        return [] if wanted == found else [f"{where}: {found!r}, approved is {wanted!r}"]
    return [line for place, w, f in pairs for line in _differences(w, f, place, rel, abs_)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
