from pathlib import Path

import pytest

from lajvard.corridor.checks.check import check_corridor
from lajvard.corridor.new import new_corridor, starter
from lajvard.corridor.read import read_corridor
from lajvard.errors import InputError

FIGURES = ("node", "link", "procedure", "transfer", "service", "tariff", "emission", "demand")
WITHOUT = (
    *("cable_site", "cable_span", "hazard", "sounding", "shoreline"),
    *("record", "observation", "share", "parameter", "target"),
)


def test_new_corridor__is_clean_and_complete(tmp_path: Path) -> None:
    folder = new_corridor(tmp_path / "My Corridor")
    corridor = read_corridor(folder)
    assert [str(problem) for problem in check_corridor(corridor)] == []
    assert corridor.name == "my-corridor"
    assert corridor.title == "A corridor to start from"
    assert set(corridor["link"].text("mode")) == {"road", "rail", "sea"}
    assert 6 <= len(corridor["node"]) <= 8
    for table in corridor:
        written = (folder / f"{table.name}.csv").is_file()
        assert written == (table.name not in WITHOUT)


def test_new_corridor__has_a_guide_and_a_scenario_that_works(tmp_path: Path) -> None:
    folder = new_corridor(tmp_path / "c")
    corridor = read_corridor(folder)
    changed = corridor.apply(folder / "scenarios" / "faster-border.yaml")
    assert changed["procedure"]["GETKH-AZKRM-road-out"].mean_h == 2
    assert check_corridor(changed) == ()
    guide = (folder / "README.md").read_text(encoding="utf-8")
    for table in corridor:
        if len(table):
            assert f"`{table.name}.csv`" in guide


def test_new_corridor__can_be_written_back_to_the_byte(tmp_path: Path) -> None:
    from lajvard.corridor.write import write_corridor

    folder = new_corridor(tmp_path / "c")
    again = write_corridor(read_corridor(folder), tmp_path / "again")
    for file in again.iterdir():
        assert file.read_bytes() == (folder / file.name).read_bytes()


def test_starter__marks_every_figure_as_an_estimate() -> None:
    corridor = starter()
    for name in FIGURES:
        assert set(corridor[name].text("basis")) == {"estimate"}, name
    for table in corridor:
        if table.name != "source":
            assert all(table.text("note")), table.name


def test_starter__has_a_competing_statement_and_a_part() -> None:
    procedure = starter()["procedure"]
    assert len(procedure.used()) == len(procedure) - 1
    assert any(procedure.text("part_of"))


def test_new_corridor__takes_an_empty_folder_and_no_other(tmp_path: Path) -> None:
    assert new_corridor(tmp_path / "empty").is_dir()
    (tmp_path / "there").mkdir()
    new_corridor(tmp_path / "there")
    with pytest.raises(InputError, match="the folder is not empty"):
        new_corridor(tmp_path / "there")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        new_corridor(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
    with pytest.raises(InputError, match=r"lajvard export FOLDER c.xlsx"):
        new_corridor(tmp_path / "c.xlsx")
