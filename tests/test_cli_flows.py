"""``lajvard flows``."""

import csv
import io
import json
from pathlib import Path

import pytest
from tests.commands import bad, good
from tests.tiny import tiny_corridor

from lajvard.cli.flows import MODELS, TABLES
from lajvard.corridor import write_corridor
from lajvard.flows.assign_flows import MODELS as MEANINGS

SCENARIO = """
name: slow
patches:
  - set: procedure
    where: {node_id: SER, direction: inbound}
    to: {mean_h: 30}
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flows")
    (folder / "slow.yaml").write_text(SCENARIO, encoding="utf-8")
    return write_corridor(tiny_corridor(), folder / "tiny")


def test_flows__prints_shares_and_borders() -> None:
    said = good("flows", "--limit", "2")
    assert said.startswith("Lapis Lazuli")
    assert "logit: choice of routes" in said
    assert "million t a year (" in said
    assert "% estimate" in said
    assert "Shares by way" in said
    assert "more flows: lajvard flows --limit 0 lists all." in said
    assert "Fullest borders and services that these flows use" in said
    assert "observed shares the model is off by" in said


@pytest.mark.parametrize("model", MODELS)
def test_flows__every_model(tiny: Path, model: str) -> None:
    said = good("flows", "--corridor", tiny, "--model", model)
    assert f"{model}: {MEANINGS[model]}" in said
    assert ("Equilibrium: relative gap" in said) == (model != "logit")


def test_flows__scenario_beside_the_base(tiny: Path) -> None:
    slow = tiny.parent / "slow.yaml"
    said = good("flows", "--corridor", tiny, "--scenario", slow)
    assert "scenario slow, compared with the corridor as described" in said
    assert "What the scenario changes" in said
    rows = table_of(
        good("flows", "--corridor", tiny, "--scenario", slow, "--csv", "--table", "changes")
    )
    assert {"base_share", "share", "change"} < set(rows[0])


def table_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("name", [n for n in TABLES if n not in ("changes", "experiment", "fit")])
def test_flows__every_table_as_csv(tiny: Path, name: str) -> None:
    said = good("flows", "--corridor", tiny, "--csv", "--table", name)
    assert bool(table_of(said)) == (name != "left_out")


def test_flows__json_is_for_programs(tiny: Path) -> None:
    found = json.loads(good("flows", "--corridor", tiny, "--json", "--model", "sue"))
    assert found["model"] == "sue"
    assert found["relative_gap"] <= 1e-4
    assert {row["demand_id"] for row in found["flows"]} == {"D1", "D2"}


def test_flows__writes_files(tiny: Path, tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.gpkg", "parquet"):
        said = good("flows", "--corridor", tiny, "--out", tmp_path / name)
        assert said.endswith(f"Written: {tmp_path / name}\n")
        assert (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--model", "uu"), "Models are: logit, sue, ue, so"),
        (("--scenario", "nowhere"), "no built-in scenario is called 'nowhere'"),
        (("--csv", "--json"), "exclude each other"),
        (("--table", "ways"), "--table needs --csv"),
        (("--csv", "--table", "wayz"), "Did you mean 'ways'?"),
        (("--csv", "--table", "changes"), "needs --scenario"),
        (("--csv", "--table", "experiment"), "needs --experiment"),
        (("--fit", "--csv"), "--fit stands alone"),
    ],
)
def test_flows__what_is_wrong_is_said_before_anything_runs(
    words: tuple[str, ...], said: str
) -> None:
    error = bad(2, "flows", *words)
    assert said in " ".join(error.split())


def test_flows__no_convergence_says_which_options_help() -> None:
    words = ("flows", "--model", "so", "--gap", "1e-13", "--max-iterations", "1")
    error = bad(3, *words)
    assert "relative gap" in error
    assert "Raise --max-iterations, or allow a larger --gap." in error


def test_flows__other_corridors_have_no_natural_experiment(tiny: Path) -> None:
    error = bad(2, "flows", "--corridor", tiny, "--experiment")
    assert "does not hold the natural experiment" in error


def test_flows__fit_needs_observed_shares(tiny: Path) -> None:
    error = bad(2, "flows", "--corridor", tiny, "--fit")
    assert "at least two rows of the table share" in error
