"""Pages of the documentation that are made from the description; ``make golden`` writes them."""

from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


def check_page(request: pytest.FixtureRequest, name: str, text: str) -> None:
    """Compare the page `name` of ``docs/`` with what it should say, or write it anew."""
    page = DOCS / name
    if request.config.getoption("--update-golden"):
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
        return
    assert page.is_file(), f"docs/{name} is not there yet: run `make golden`"
    assert page.read_text(encoding="utf-8") == text, f"docs/{name} is old: run `make golden`"
