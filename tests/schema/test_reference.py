import re
from collections.abc import Callable

from lajvard.schema import TABLES
from lajvard.schema.reference import reference_page

PAGE = reference_page()


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_reference_page__describes_every_column_once() -> None:
    shared = section("Columns of every table but source")
    for name, schema in TABLES.items():
        own = section(name)
        for column in schema.columns:
            row = f"\n| `{column}` |"
            assert own.count(row) + (row in shared and name != "source") == 1, f"{name}.{column}"


def test_reference_page__says_what_a_column_holds() -> None:
    assert (
        "| `length` | number | km | yes | Length along the way (GMNS name). From 0 to 45000. |"
        in section("link")
    )
    assert "| `directed` | flag |  |  | Whether" in section("link")
    assert "Empty means `no`." in section("link")
    assert "id of [node](#node) |  | yes |" in section("link")
    assert "Key: `instrument_id` and `country`." in section("instrument")
    assert "Allowed: `stated`, `signed`," in section("Columns of every table but source")


def test_reference_page__links_to_sections_that_exist() -> None:
    titles = {
        re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
        for title in re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    }
    targets = set(re.findall(r"\]\(#([^)]+)\)", PAGE))
    assert set(TABLES) <= targets
    assert targets <= titles


def test_reference_page__has_rows_of_equal_length() -> None:
    for block in re.findall(r"(?:^\|.*\|\n)+", PAGE, re.MULTILINE):
        assert len({line.count("|") for line in block.splitlines()}) == 1


def test_reference_page__is_up_to_date(generated_page: Callable[[str, str], None]) -> None:
    generated_page("reference/tables.md", PAGE)
