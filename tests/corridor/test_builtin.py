"""The built-in corridor: clean, complete, honest about its figures."""

from pathlib import Path

import pytest

import lajvard
from lajvard.corridor import built_in, check_corridor, read_corridor, write_corridor
from lajvard.schema import TABLES

FOLDER = Path(lajvard.__file__).parent / "data" / "lapis_lazuli"


def test_built_in__has_nothing_wrong_with_it() -> None:
    assert [str(problem) for problem in check_corridor(built_in())] == []


def test_built_in__is_written_back_to_the_byte(tmp_path: Path) -> None:
    write_corridor(read_corridor(FOLDER), tmp_path)
    files = {file.name for file in FOLDER.iterdir()}
    assert files == {file.name for file in tmp_path.iterdir()}
    for name in files:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_built_in__gives_every_row_a_status_a_basis_and_a_source() -> None:
    for table in built_in():
        if table.name != "source":
            for column in ("status", "basis", "source_id"):
                assert all(table.text(column)), (table.name, column)


def test_built_in__says_how_each_estimate_was_chosen() -> None:
    for table in built_in():
        if table.name == "source":
            continue
        for row, basis, note in zip(
            table.rows, table.text("basis"), table.text("note"), strict=True
        ):
            assert basis != "estimate" or note, f"{table.name}.csv row {row}"


def test_built_in__calls_no_estimate_published() -> None:
    for table in built_in():
        if table.name == "source":
            continue
        for row, basis, sources in zip(
            table.rows, table.text("basis"), table.lists("source_id"), strict=True
        ):
            if basis == "published":
                assert "estimate" not in sources, f"{table.name}.csv row {row}"


def test_built_in__cites_each_source_that_it_lists() -> None:
    cited = {
        source
        for table in built_in()
        for column in TABLES[table.name].references
        if column.refers_to == ("source", "source_id") and table.name != "source"
        for cell in table.lists(column.name)
        for source in cell
    }
    assert cited == set(built_in()["source"].text("source_id"))


def test_built_in__holds_what_competes_and_what_is_not_built() -> None:
    corridor = built_in()
    countries = set(corridor["node"].text("country"))
    assert {"AF", "TM", "AZ", "GE", "TR", "IR", "PK", "UZ", "KZ"} <= countries
    planned = corridor.only(status=("stated", "building"))["link"]
    assert len(planned) > 5
    record = corridor["record"]
    assert "2020-05-31" in record.text("date")
    assert all(record.text("outcome"))


def test_conflicts__keep_the_competing_figures() -> None:
    conflicts = built_in().conflicts()
    assert len(conflicts) > 20
    assert {"observation", "tariff", "service", "procedure"} <= {c.table for c in conflicts}


@pytest.mark.parametrize("day", ["2018-12-13", "2020-12-21", "2025-11-01"])
def test_built_in__holds_together_on_a_day(day: str) -> None:
    problems = check_corridor(built_in().as_of(day))
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
