"""``lajvard simulate``, ``indicators``, ``compare`` and ``log``."""

import csv
import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.commands import bad, good, run
from tests.tiny import tiny_corridor

from lajvard.corridor import write_corridor

SCENARIO = """
name: slow
patches:
  - set: procedure
    where: {node_id: SER, direction: inbound}
    to: {mean_h: 30}
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corridor(tiny_corridor(), tmp_path_factory.mktemp("corridor") / "tiny")


@pytest.fixture(scope="module")
def runs(tiny: Path) -> Path:
    """Two runs of the tiny corridor with their logs, as described and with a slow border."""
    folder = tiny.parent
    (folder / "slow.yaml").write_text(SCENARIO, encoding="utf-8")
    words = ("simulate", "--corridor", tiny, "--days", "40", "--replications", "10", "--log", "all")
    good(*words, "--out", folder / "base")
    good(*words, "--out", folder / "slow", "--scenario", folder / "slow.yaml")
    return folder


# ---------------------------------------------------------------- simulate


def test_simulate__prints_means_with_intervals(tiny: Path, tmp_path: Path) -> None:
    words = ("simulate", "--corridor", tiny, "--days", "20", "--replications", "3")
    said = good(*words, "--out", tmp_path / "run")
    assert said.startswith("Herat to Mary: as described\n20 days, 3 replications, seed 1; ")
    assert "The whole corridor" in said
    assert "± is the half-width of the 95 % interval" in said
    assert "Caution: 3 replications are too few" in said
    assert said.endswith(f"Run: {tmp_path / 'run'}\n")
    assert good(*words, "--out", tmp_path / "run") == said  # taken up where it ended


def test_simulate__json_says_how_it_was_made(tiny: Path, tmp_path: Path) -> None:
    words = ("simulate", "--corridor", tiny, "--days", "20", "--replications", "2", "--json")
    found = json.loads(good(*words, "--out", tmp_path / "run", "--warmup", "5", "--seed", "9"))
    assert (found["days"], found["seed"], found["replications"]) == (20, 9, 2)
    assert (found["warmup_days"], found["finished"], found["log"]) == (5, True, "none")
    first = found["indicators"][0]
    assert set(first) == {"indicator", "of", "unit", "mean", "low", "high", "sd", "n", "stable"}
    assert first["low"] <= first["mean"] <= first["high"]


def test_simulate__until_an_indicator_is_known(tiny: Path, tmp_path: Path) -> None:
    words = ("simulate", "--corridor", tiny, "--days", "20", "--out", tmp_path / "run", "--json")
    found = json.loads(good(*words, "--until", "journey_h=0.2"))
    assert found["replications"] >= 10
    (hours,) = (
        row for row in found["indicators"] if (row["indicator"], row["of"]) == ("journey_h", "")
    )
    assert hours["high"] - hours["mean"] <= 0.2 * hours["mean"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--until", "journey_h"), "write an indicator and a share"),
        (("--until", "journey_h=0"), "is not above 0"),
        (("--warmup", "soon"), "write a number of days, or mser5"),
        (("--engine", "proceses"), "Did you mean 'processes'?"),
        (("--scenario", "etir-prearival"), "Did you mean 'etir-prearrival'?"),
        (("--days", "400"), "400 days cannot be simulated"),
    ],
)
def test_simulate__refuses(tiny: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in bad(2, "simulate", "--corridor", tiny, "--out", tmp_path / "run", *words)
    assert not (tmp_path / "run").exists()


def test_simulate__refuses_the_folder_of_another_run(runs: Path, tiny: Path) -> None:
    said = bad(2, "simulate", "--corridor", tiny, "--days", "30", "--out", runs / "base")
    assert "holds another run" in said


# ---------------------------------------------------------------- compare


def test_compare__finds_the_slow_border(runs: Path) -> None:
    said = good("compare", runs / "base", runs / "slow")
    assert said.startswith("slow (slow) against base\n")
    assert "10 replications side by side" in said
    (line,) = (line for line in said.splitlines() if "time at a station" in line and "SER-" in line)
    assert line.endswith("yes")


def test_compare__json_and_csv_have_the_same_changes(runs: Path) -> None:
    found = json.loads(good("compare", runs / "base", runs / "slow", "--json"))
    rows = [*csv.DictReader(io.StringIO(good("compare", runs / "base", runs / "slow", "--csv")))]
    assert found["replications"] == 10
    assert len(found["changes"]) == len(rows) > 3
    assert [row["indicator"] for row in rows] == [row["indicator"] for row in found["changes"]]


def test_compare__needs_two_runs(runs: Path) -> None:
    assert "at least two runs" in bad(2, "compare", runs / "base")
    assert "is not the folder of a run" in bad(2, "compare", runs / "base", runs)


# ---------------------------------------------------------------- log


def test_log_check__of_a_simulated_log_finds_nothing(runs: Path, tiny: Path) -> None:
    said = good("log", "check", runs / "base", "--corridor", tiny)
    assert said == f"{runs / 'base'}: no errors, no warnings\n"


def test_log_check__names_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "observed.csv"
    file.write_text(
        "run_id,replication,journey_id,seq,activity,start,end,origin,node_id\n"
        "r,0,1,0,queue,2018-12-13T06:00,2018-12-13T09:30,observed,A\n"
        "r,0,1,1,queue,2018-12-13T09:00,2018-12-13T09:40,observed,A\n"
    )
    done = run("log", "check", file)
    assert done.exit_code == 2
    assert "begins before the activity before it has ended" in done.stdout
    assert "1 error, no warnings" in done.stdout
    found = json.loads(run("log", "check", file, "--json").stdout)
    assert found["errors"] == len(found["problems"]) == 1


def test_log_head__follows_a_journey(runs: Path) -> None:
    said = good("log", "head", runs / "base", "--journey", "3", "--replication", "2")
    lines = [line.split() for line in said.splitlines()[1:]]
    assert lines
    assert {tuple(line[:2]) for line in lines} == {("2", "3")}
    assert "more; --rows" in good("log", "head", runs / "base", "--rows", "4")


def test_log_export__writes_one_file(runs: Path, tmp_path: Path) -> None:
    good("log", "export", runs / "base", tmp_path / "log.csv")
    good("log", "export", tmp_path / "log.csv", tmp_path / "log.parquet")
    assert good("log", "head", tmp_path / "log.parquet") == good("log", "head", runs / "base")
    assert "is there already" in bad(2, "log", "export", runs / "base", tmp_path / "log.csv")
    good("log", "export", runs / "base", tmp_path / "log.csv", "--overwrite")
    assert "should end in .csv or .parquet" in bad(2, "log", "export", runs / "base", "log.txt")


def test_log__of_a_run_without_one_says_how_to_get_it(tiny: Path, tmp_path: Path) -> None:
    words = ("simulate", "--corridor", tiny, "--days", "5", "--replications", "1")
    good(*words, "--out", tmp_path / "run")
    assert "--log all" in bad(2, "log", "head", tmp_path / "run")


def heed_ctrl_c() -> None:
    """In the new process: what runs in the background of a shell would pass it over."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_simulate__stopped_by_ctrl_c_says_that_it_goes_on(tiny: Path, tmp_path: Path) -> None:
    """And `durations.csv` keeps what the stopped attempt wrote."""
    out = tmp_path / "r"
    words = ("simulate", "--corridor", tiny, "--replications", "100000", "--out", out)
    durations, before = out / "durations.csv", b""
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-m", "lajvard", *map(str, words)],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            preexec_fn=heed_ctrl_c,  # noqa: PLW1509 - it takes no lock
        )
        deadline = time.monotonic() + 120
        while not durations.is_file() or len(durations.read_bytes()) < len(before) + 100:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=120)[1].decode()
        assert process.returncode == 130
        assert said.strip().endswith("The same command goes on where it stopped.")
        assert durations.read_bytes().startswith(before)
        before = durations.read_bytes()


@pytest.mark.parametrize("command", ["simulate", "flows", "report", "check", "describe"])
def test_as_of__is_checked_before_anything_is_read(command: str) -> None:
    assert "as_of: 'tomorrow' is not a date" in bad(2, command, "--as-of", "tomorrow")


def test_as_of__beyond_all_dates_says_that_nothing_is_known() -> None:
    words = ("routes", "Herat", "Istanbul", "--csv", "--detail", "0")
    done = run(*words, "--as-of", "1800-01-01")
    assert done.exit_code == 0
    assert "of 1800-01-01 it knows nothing" in done.stderr
    assert good(*words, "--as-of", "2025-06-01")


def test_indicators__say_which_one_cannot_be_grouped_before_any_is_worked_out(
    tiny: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r"
    good("simulate", "--corridor", tiny, "--days", "5", "--replications", "1", "--log", "all",
         "--out", out)  # fmt: skip
    said = bad(2, "indicators", out, "--by", "bcp")
    assert "indicator 'tfi3': cannot be grouped by 'bcp'" in said
