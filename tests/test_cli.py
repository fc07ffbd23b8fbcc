"""The commands, run in this process and as programs of their own."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.commands import bad, good, program, run
from tests.tiny import changed, tiny_corridor
from typer.main import get_command

import lajvard
from lajvard.cli import app
from lajvard.cli.app import ORDER
from lajvard.cli.out import plain_table, print_csv
from lajvard.cli.reference import reference_page
from lajvard.corridor import read_corridor, write_corridor
from lajvard.errors import EXIT_CODES

COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_corridor(tiny_corridor(), tmp_path / "tiny")


# ---------------------------------------------------------------- help


@pytest.mark.parametrize("command", COMMANDS)
def test_help__teaches_with_an_example(command: str) -> None:
    said = good(command, "--help")
    assert f"Usage: lajvard {command}" in said
    assert f"\n    lajvard {command}" in said.split("Examples:")[1]


def test_help__lists_every_command_with_a_whole_sentence() -> None:
    said = good("--help").split("Commands:")[1]
    assert tuple(COMMANDS) == tuple(sorted(ORDER))
    for command in ORDER:
        assert re.search(rf"\n  {command} +[A-Z][^\n]*[a-z)]\.\n", said), command


def test_version__is_that_of_the_package() -> None:
    assert good("--version") == f"lajvard {lajvard.__version__}\n"


def test_reference_page__is_up_to_date(generated_page: Callable[[str, str], None]) -> None:
    page = reference_page()
    for command in COMMANDS:
        assert f"\n## lajvard {command}\n" in page
    for kind, code in EXIT_CODES.items():
        assert re.search(rf"\| {code} \|.*`{kind.__name__}`", page)
    generated_page("reference/cli.md", page)


# ---------------------------------------------------------------- check


def test_check__of_a_good_corridor_is_short(tiny: Path) -> None:
    assert good("check", tiny) == f"{tiny}: no errors, no warnings\n"


def test_check__of_the_built_in_corridor_has_no_errors() -> None:
    assert "built-in: no errors" in good("check")


def test_check__names_row_and_remedy_and_ends_with_2(tmp_path: Path) -> None:
    corridor = changed(tiny_corridor(), "link", 3, to_node_id="SERR")
    done = run("check", write_corridor(corridor, tmp_path / "c"))
    assert done.exit_code == 2
    assert "error: link.csv row 3, to_node_id: " in done.stdout
    assert "'SERR'. Did you mean 'SER'?" in done.stdout


def test_check__strict_makes_warnings_count(tmp_path: Path) -> None:
    corridor = changed(tiny_corridor(), "link", 2, length="1400")
    folder = write_corridor(corridor, tmp_path / "c")
    assert "no errors, 1 warning" in good("check", folder)
    assert run("check", folder, "--strict").exit_code == 2


def test_check__takes_a_scenario(tiny: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "s.yaml"
    text = (
        "name: s\npatches:\n  - set: link\n    where: {link_id: HEA-TOR}\n    to: {length: 1400}\n"
    )
    scenario.write_text(text)
    assert "no errors, 1 warning" in good("check", tiny, "--scenario", scenario)
    assert good("export", tiny, tmp_path / "out", "--scenario", scenario)
    assert ",1400," in (tmp_path / "out" / "link.csv").read_text()
    scenario.write_text(text.replace("length", "lenght"))
    done = run("check", tiny, "--scenario", scenario)
    assert done.exit_code == 2
    assert "error: s.yaml line 5, to: table link has no column 'lenght'." in done.stdout


def test_check__json_has_counts_and_problems(tmp_path: Path) -> None:
    corridor = changed(tiny_corridor(), "node", 2, x_coord="622")
    folder = write_corridor(corridor, tmp_path / "c")
    done = run("check", folder, "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 2
    assert found["errors"] == len(found["problems"]) > 0
    assert found["problems"][0] == {
        "severity": "error",
        "table": "node.csv",
        "row": 2,
        "column": "x_coord",
        "value": "622",
        "message": found["problems"][0]["message"],
        "remedy": found["problems"][0]["remedy"],
    }


def test_check__lists_what_cannot_be_read(tiny: Path) -> None:
    (tiny / "nodes.csv").write_text("a,b\n1,2\n")
    done = run("check", tiny)
    assert done.exit_code == 2
    assert "error: nodes.csv: unknown table 'nodes'. Did you mean 'node'?" in done.stdout


# ---------------------------------------------------------------- describe


def test_describe__counts_rows_by_basis(tiny: Path) -> None:
    lines = [line.split() for line in good("describe", tiny).splitlines()]
    assert ["link", "3", "3", "2", "1"] in [line[:5] for line in lines]


def test_describe__says_what_the_built_in_corridor_disputes() -> None:
    said = good("describe", "--limit", "3")
    assert "Lapis Lazuli" in said
    assert "Published with different values: " in said
    assert "more; --limit 0 shows all." in said


def test_describe__json_has_tables_conflicts_and_closures() -> None:
    found = json.loads(good("describe", "--json"))
    assert found["tables"]["node"]["rows"] > 100
    assert {"published", "derived", "estimate"} <= set(found["tables"]["link"])
    assert all(conflict["statements"] for conflict in found["conflicts"])
    assert found["closures"]


def test_describe__shows_columns_and_rows_of_a_table(tiny: Path) -> None:
    said = good("describe", tiny, "--table", "link", "--limit", "1")
    assert "a number of km from 0 to 45000" in said
    assert "HEA-TOR" in said
    assert "TOR-SER" not in said
    assert "and 2 more" in said
    found = json.loads(good("describe", tiny, "--table", "link", "--json"))
    assert [row["link_id"] for row in found["rows"]] == ["HEA-TOR", "TOR-SER", "SER-MAR"]
    assert next(c for c in found["columns"] if c["name"] == "length")["unit"] == "km"


def test_describe__suggests_a_table(tiny: Path) -> None:
    assert "unknown table 'nod'. Did you mean 'node'?" in bad(2, "describe", tiny, "--table", "nod")


# ---------------------------------------------------------------- export, new


@pytest.mark.parametrize(
    ("name", "format_", "made"),
    [
        ("c", "csv", "c/datapackage.json"),
        ("c.xlsx", "xlsx", "c.xlsx"),
        ("c", "gmns", "c/config.csv"),
        ("c.gpkg", "geopackage", "c.gpkg"),
        ("c.geojson", "geojson", "c.geojson"),
    ],
)
def test_export__writes_every_format(
    tiny: Path, tmp_path: Path, name: str, format_: str, made: str
) -> None:
    out = tmp_path / "out" / name
    assert good("export", tiny, out, "--format", format_) == f"{out}\n"
    assert (tmp_path / "out" / made).stat().st_size > 0
    if "." in name:
        assert good("export", tiny, tmp_path / "by-name" / name)
        assert (tmp_path / "by-name" / name).is_file()


def test_export__of_a_workbook_is_read_back(tiny: Path, tmp_path: Path) -> None:
    good("export", tiny, tmp_path / "c.xlsx")
    good("export", tmp_path / "c.xlsx", tmp_path / "back")
    assert (tmp_path / "back" / "link.csv").read_bytes() == (tiny / "link.csv").read_bytes()


def test_export__refuses_a_name_of_another_kind(tiny: Path, tmp_path: Path) -> None:
    assert "should end in .gpkg" in bad(2, "export", tiny, tmp_path / "c", "--format", "geopackage")
    assert "should be a folder" in bad(2, "export", tiny, tmp_path / "c.gpkg", "--format", "gmns")


def test_export__leaves_alone_what_is_there(tiny: Path, tmp_path: Path) -> None:
    good("new", tmp_path / "mine")
    before = (tmp_path / "mine" / "link.csv").read_bytes()
    assert "the folder is not empty" in bad(2, "export", tiny, tmp_path / "mine")
    assert (tmp_path / "mine" / "link.csv").read_bytes() == before
    good("export", tiny, tmp_path / "mine", "--overwrite")
    assert (tmp_path / "mine" / "link.csv").read_bytes() == (tiny / "link.csv").read_bytes()
    good("export", tiny, tmp_path / "c.xlsx")
    assert "is there already" in bad(2, "export", tiny, tmp_path / "c.xlsx")


def test_export__asks_for_the_format_that_a_name_does_not_say(tiny: Path, tmp_path: Path) -> None:
    assert "does not say the format" in bad(2, "export", tiny, tmp_path / "c.xls")
    assert "does not say the format" in bad(2, "export", tiny, tmp_path / "c.csv")
    good("export", tiny, tmp_path / "corridor-1.2")
    good("export", tiny, tmp_path / "c.zip")
    assert "no errors" in good("check", tmp_path / "c.zip")


def test_check__of_a_day_looks_at_that_day(tiny: Path) -> None:
    assert "no errors" in good("check", tiny, "--as-of", "2020-12-21")
    assert "no route" in run("check", tiny, "--as-of", "1950-01-01").stdout


def test_new__writes_a_corridor_without_faults(tmp_path: Path) -> None:
    assert "Next: lajvard check" in good("new", tmp_path / "mine")
    assert "no errors, no warnings" in good("check", tmp_path / "mine")
    assert read_corridor(tmp_path / "mine").name == "mine"
    assert "the folder is not empty" in bad(2, "new", tmp_path / "mine")


def test_new__starts_from_the_links_of_another_model(tmp_path: Path) -> None:
    gmns, mine = tmp_path / "gmns", tmp_path / "mine"
    good("export", "built-in", gmns, "--format", "gmns", "--as-of", "2025-06-01")
    assert "the places and links of" in good("new", mine, "--gmns", gmns)
    assert len(read_corridor(mine)["link"]) > 300
    assert "link.csv" in bad(2, "new", tmp_path / "other", "--gmns", tmp_path)


def test_report__says_what_is_wrong_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")
    assert "is a file" in bad(2, "report", "--out", tmp_path / "notes")


# ---------------------------------------------------------------- demo, report


def test_demo__says_what_it_found_and_where_the_report_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A smaller one: the quick demo as it is runs from the wheel."""
    monkeypatch.setattr("lajvard.cli.demo.QUICK_DAYS", 40)
    monkeypatch.setattr("lajvard.cli.demo.REPLICATIONS", 2)
    said = good("demo", "--quick", "--out", tmp_path / "out")
    assert "no errors" in said
    assert "Lapis Lazuli" in said
    html, xlsx = (re.search(rf"\S+\.{kind}", said) for kind in ("html", "xlsx"))
    assert html
    assert xlsx
    assert "<svg" in Path(html[0]).read_text(encoding="utf-8")
    assert Path(xlsx[0]).stat().st_size > 0


def test_report__is_of_the_corridor_and_the_day(tmp_path: Path) -> None:
    good("new", tmp_path / "mine")
    words = ("report", tmp_path / "mine", "--out", tmp_path / "out", "--as-of", "2024-06-01")
    done = run(*words, "--quick")
    assert "of 2024-06-01 it knows nothing" in done.stderr  # before all dates of the corridor
    html = re.search(r"\S+\.html", done.stdout)
    assert html
    assert "2024" in Path(html[0]).read_text(encoding="utf-8")


def test_report__opens_a_browser_when_asked(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    good("report", tiny, "--out", tmp_path / "a", "--quick")
    assert opened == []
    good("report", tiny, "--out", tmp_path / "b", "--quick", "--open")
    assert len(opened) == 1
    assert opened[0].startswith("file://")


# ---------------------------------------------------------------- errors and streams


def test_errors__show_where_they_arose_with_debug() -> None:
    done = program("routes", "Herat", "Nowhere", "--debug")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "InputError" in done.stderr
    assert "Traceback" not in program("routes", "Herat", "Nowhere").stderr


def test_errors__of_the_system_name_the_file(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = bad(1, "export", tiny, tmp_path / "file" / "c.xlsx")
    assert "file: " in said
    assert said.count("\n") == 1


def test_errors__suggest_a_command() -> None:
    assert "Did you mean 'routes'?" in bad(2, "rotes")


def test_pipe__that_is_closed_early_is_no_error(tiny: Path) -> None:
    shell = f"'{sys.executable}' -m lajvard describe '{tiny}' --table link --json | head -n 1"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, encoding="utf-8", check=False)
    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_terminal__gets_tables_that_fit(tiny: Path) -> None:
    said = on_terminal(
        "routes", "HEA", "MAR", "--corridor", str(tiny), "--cargo", "box", columns=80
    )
    assert "\x1b[" in said
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in said.splitlines()]
    assert max(len(line.split("\r")[-1]) for line in lines) <= 80


@pytest.mark.parametrize("columns", [80, 100])
def test_terminal__cuts_no_number(columns: int) -> None:
    said = on_terminal("routes", "Herat", "Istanbul", "--k", "2", columns=columns)
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in said.splitlines()]
    (head,) = (line for line in lines if "p95 h" in line and "kg CO2e" in line)
    assert head.rstrip().endswith("est.")
    assert max(len(line.split("\r")[-1]) for line in lines) <= columns
    firsts = [line.rstrip() for line in lines if re.match(r"[12]  [A-Z]{2}-", line)]
    assert len(firsts) == 2
    assert all(re.search(r" \d+ %$", line) for line in firsts)


def on_terminal(*words: str, columns: int) -> str:
    """What a command writes to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(
        [sys.executable, "-m", "lajvard", *words],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    ) as running:
        os.close(theirs)
        said = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not part:
                break
            said += part
        assert running.wait() == 0
    os.close(ours)
    return said.decode()


# ---------------------------------------------------------------- completion


def completed(line: str) -> str:
    words = line.split(" ")
    environment = {
        **os.environ,
        "_LAJVARD_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run(
        [Path(sys.executable).with_name("lajvard")],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("lajvard rou", ["routes"]),
        ("lajvard routes AFHE", ["AFHEA"]),
        ("lajvard routes Hera", ["Herat"]),
        ("lajvard routes AFHEA TRIS", ["TRIST"]),
        ("lajvard routes AFHEA TRIST --cargo tr", ["truck"]),
        ("lajvard routes AFHEA TRIST --criteria time,co", ["time,cost"]),
        ("lajvard describe --table li", ["link"]),
    ],
)
def test_completion__knows_places_classes_criteria_and_tables(line: str, words: list[str]) -> None:
    assert completed(line).split() == words


# ---------------------------------------------------------------- output


def test_plain_table__keeps_rows_of_text() -> None:
    assert plain_table(["a", "b"], [["x", ""], ["long", "y"]]) == "a     b\nx\nlong  y"


def test_print_csv__of_nothing_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_csv([])
    assert capsys.readouterr().out == ""
