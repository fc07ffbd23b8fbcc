"""``lajvard routes``."""

import csv
import io
import json
from pathlib import Path

import pytest
from tests.commands import bad, good
from tests.tiny import tiny_corridor

from lajvard.corridor import write_corridor


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_corridor(tiny_corridor(), tmp_path / "tiny")


def test_routes__lists_and_explains(tiny: Path) -> None:
    said = good("routes", "Herat", "Mary", "--corridor", tiny, "--cargo", "box")
    assert said.startswith("Herat - Mary, 20 ft container, as described, without a date\n")
    assert "1 route that no other beats in time, cost, emission, sd and risk at once" in said
    for part in ("Herat - Torghundi", "rail 1520", "Longest stop: ", "Hours: ", "Money: "):
        assert part in said


def test_routes__of_the_built_in_corridor_show_the_law() -> None:
    said = good("routes", "Herat", "Istanbul", "--criteria", "time,cost", "--limit", "2")
    assert "Law in AF" in said
    assert "Electronic CMR note" in said
    assert "In force and signed in no country on the way: Electronic TIR (annex 11)" in said
    assert "Route 1: AF-" in said


def test_routes__lists_what_was_signed_as_broken_not_as_absent() -> None:
    words = ("--via", "TMKRW", "--via", "AZALT", "--avoid", "IR", "--avoid", "KZ")
    said = good("routes", "Herat", "Istanbul", *words, "--k", "1")
    broken = said.split("Broken:")[1].splitlines()
    (roadmap,) = (line for line in broken if line.startswith("Lapis Lazuli roadmap"))
    assert "AF (signed), TM (signed), AZ (signed), GE (not known)" in roadmap
    assert "In force and signed in no country" not in said


def test_routes__says_at_what_prices_routes_are_best() -> None:
    words = ("routes", "Herat", "Istanbul", "--k", "1", "--detail", "0")
    assert "with an hour at 12.5 USD, cheapest first" in good(*words)
    said = good(*words, "--value-of-time", "20", "--carbon-price", "50")
    assert "with an hour at 20 USD and a tonne of CO2e at 50 USD, cheapest first" in said


def test_routes__k_best_are_in_order() -> None:
    words = ("routes", "Herat", "Istanbul", "--k", "3", "--value-of-time", "0", "--json")
    found = json.loads(good(*words))
    costs = [route["cost_usd"] for route in found["routes"]]
    assert len(costs) == found["found"] == 3
    assert costs == sorted(costs)


def test_routes__json_has_units_in_its_keys(tiny: Path) -> None:
    found = json.loads(good("routes", "HEA", "MAR", "--corridor", tiny, "--cargo", "box", "--json"))
    assert found["origin"] == "Herat"
    assert found["as_of"] is None
    route = found["routes"][0]
    assert route["distance_km"] == 428
    assert route["stages"][-1]["total_usd"] == pytest.approx(route["cost_usd"], abs=1e-5)
    named = {"distance_km", "time_h", "time_p95_h", "cost_usd", "emission_kgco2e"}
    assert named <= set(route)


def test_routes__csv_has_a_row_a_route_or_a_stage(tiny: Path) -> None:
    words = ("routes", "HEA", "MAR", "--corridor", tiny, "--cargo", "box", "--csv")
    (route,) = csv.DictReader(io.StringIO(good(*words)))
    assert float(route["distance_km"]) == 428
    assert route["countries"] == "AF;TM"
    parts = ("moving_h", "border_h", "rest_and_waiting_h")
    assert sum(float(route[part]) for part in parts) == pytest.approx(float(route["time_h"]))
    stages = list(csv.DictReader(io.StringIO(good(*words, "--stages"))))
    assert [row["stage"] for row in stages] == [str(n) for n in range(1, len(stages) + 1)]
    assert stages[-1]["total_h"] == route["time_h"]


def test_routes__under_a_scenario_differ(tiny: Path, tmp_path: Path) -> None:
    file = tmp_path / "fast.yaml"
    file.write_text(
        "name: fast\npatches:\n  - set: procedure\n    where: {node_id: SER}\n    to: {mean_h: 1}\n"
    )
    words = ("routes", "HEA", "MAR", "--corridor", tiny, "--cargo", "box", "--json")
    before, after = (
        json.loads(good(*more))["routes"][0]["time_h"]
        for more in (words, (*words, "--scenario", file))
    )
    assert after < before


def test_routes__of_a_day_say_so() -> None:
    words = ("routes", "Herat", "Istanbul", "--as-of", "2020-12-21", "--detail", "0")
    assert "as of 2020-12-21" in good(*words).splitlines()[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Herat", "Istanbull"), "unknown place 'Istanbull'. Did you mean 'Istanbul'?"),
        (("Herat", "Istanbul", "--cargo", "trck"), "unknown cargo class 'trck'. Did you mean"),
        (
            ("Herat", "Istanbul", "--criteria", "tim"),
            "unknown criterion 'tim'. Did you mean 'time'?",
        ),
        (
            ("Herat", "Istanbul", "--avoid", "Bakuu"),
            "nothing is called 'Bakuu'. Did you mean 'Baku'?",
        ),
        (("Herat", "Istanbul", "--as-of", "21.12.2020"), "'21.12.2020' is not a date"),
        (("Herat", "Istanbul", "--corridor", "nowhere"), "nowhere: no such folder or file"),
        (("Herat", "Istanbul", "--scenario", "no.yaml"), "no.yaml: no such file"),
        (("Herat", "Istanbul", "--scenario", "torkham-closed"), "mean 'torkham-chaman-closed'?"),
        (("Herat", "Istanbul", "--value-of-time", "5"), "give --k too"),
        (("Herat", "Istanbul", "--k", "2", "--criteria", "time"), "choose"),
        (("Herat", "Istanbul", "--stages"), "--stages needs --csv"),
        (("Herat", "Istanbul", "--csv", "--json"), "exclude each other"),
        (("Herat",), "Missing argument 'DESTINATION'"),
    ],
)
def test_routes__names_what_is_wrong(words: tuple[str, ...], said: str) -> None:
    assert said in bad(2, "routes", *words)


def test_routes__without_a_way_end_with_3_and_name_the_constraint(tiny: Path) -> None:
    words = ("routes", "HEA", "MAR", "--corridor", tiny, "--cargo", "box")
    assert "'avoid Serhetabat' closed the last one" in bad(3, *words, "--avoid", "SER")
    assert "reaches Mary for lorry (truck)" in bad(3, *words[:5])


def test_routes__to_where_they_start_are_nothing(tiny: Path) -> None:
    assert "nothing to travel" in good("routes", "HEA", "Herat", "--corridor", tiny)


def test_routes__shows_the_route_that_is_asked_for() -> None:
    words = ("routes", "Herat", "Istanbul", "--k", "2", "--detail")
    assert "Route 2: AF-" in good(*words, "2")
    assert "There is no route 3 in the list." in good(*words, "3")
    assert "Route " not in good(*words, "0")


def test_routes__limit_says_how_many_there_are() -> None:
    words = ("routes", "Herat", "Istanbul", "--detail", "0", "--limit")
    assert "; 3 shown (--limit 0 shows all)" in good(*words, "3")
    assert "shown" not in good(*words, "0")


@pytest.mark.parametrize("command", ["routes", "report"])
def test_errors_of_the_description__stop_what_computes(
    command: str, tiny: Path, tmp_path: Path
) -> None:
    file = tiny / "link.csv"
    file.write_text(file.read_text().replace("road,120,40", "road,120,900"))
    words = {
        "routes": ("HEA", "MAR", "--cargo", "box", "--corridor", tiny),
        "report": (tiny, "--out", tmp_path / "out"),
    }
    said = bad(2, command, *words[command])
    assert "link.csv row 2, free_speed: is faster than 130 km/h" in said
    assert not (tmp_path / "out").exists()


def test_routes__with_a_built_in_scenario() -> None:
    """Peshawar lies behind Torkham: with it open the way is straight, and else it is not."""
    words = ("routes", "Kabul", "Karachi port", "--k", "1", "--csv")
    open_, shut = (
        next(csv.DictReader(io.StringIO(good(*words, *more))))
        for more in ((), ("--scenario", "torkham-chaman-closed"))
    )
    assert open_["countries"] == "AF;PK"
    assert "IR" in shut["countries"].split(";")
