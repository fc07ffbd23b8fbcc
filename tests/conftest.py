"""Settings and fixtures for all tests."""

import gc
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from tests.differences import differences

GOLDEN = Path(__file__).parent / "golden"
DOCS = Path(__file__).parents[1] / "docs"

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
    what = "write tests/golden/ and the generated pages anew, and run nothing else"
    parser.addoption("--update-golden", action="store_true", help=what)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``--update-golden``, keep the tests that write something and leave out all others."""
    if not config.getoption("--update-golden"):
        return
    writers = {"golden", "generated_page"}
    kept = [item for item in items if writers.intersection(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


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
        lines = differences(wanted, json.loads(text), name, rel, abs_)
        if lines:
            remedy = "If the change is meant: make golden, and explain it in changelog.d/."
            pytest.fail("\n".join([*lines, remedy]), pytrace=False)

    return compare


@pytest.fixture
def generated_page(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a page of ``docs/`` with the text that it should have; ``make golden`` writes it."""

    def check(name: str, text: str) -> None:
        page = DOCS / name
        if request.config.getoption("--update-golden"):
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
            return
        assert page.is_file(), f"docs/{name} is not there yet: run `make golden`"
        assert page.read_text(encoding="utf-8") == text, f"docs/{name} is old: run `make golden`"

    return check
