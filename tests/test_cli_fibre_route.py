"""``lajvard fibre route``."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from tests.commands import bad, good, run
from tests.fibre.seabed.test_depth import netcdf

QUICK = ("--cell", "5", "--weights", "1,20")


def for_programs(*words: str | Path) -> str:
    """What a command prints for a program; what a person should know is beside it."""
    done = run(*words)
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("note: COARSE seabed from 242 soundings")
    assert "note:" not in done.stdout
    return done.stdout


def test_fibre_route__compares_all_pairs() -> None:
    said = good("fibre", "route", "--cell", "5")
    assert said.startswith("note: COARSE seabed from 242 soundings")
    assert "Siyazan - Turkmenbashi port" in said
    assert "The 300 km announced for Siyazan - Turkmenbashi port are shorter" in said
    assert "Trans-Caspian AZ-TM: the choice of landings moves the life-cycle cost" in said


def test_fibre_route__lists_routes_from_cheap_to_safe() -> None:
    said = good("fibre", "route", "Siyazan", "turkmenbashi", *QUICK)
    assert said.startswith("Siyazan - Turkmenbashi port: geodesic 344 km")
    assert "life cycle M USD" in said
    assert "straight line" in said
    assert "repairs a year." in said


def test_fibre_route__writes_files(tmp_path: Path) -> None:
    out = tmp_path / "new" / "cable"
    said = good("fibre", "route", "Siyazan", "Cape Kuuli", *QUICK, "--out", out)
    names = sorted(path.name for path in out.iterdir())
    assert names == ["choice.svg", "map.svg", "position-list.csv", "profile.svg", "routes.geojson"]
    assert all(name in said for name in names)


def test_fibre_route__prints_for_programs() -> None:
    pair = ("Siyazan", "Awaza", *QUICK)
    told = json.loads(for_programs("fibre", "route", *pair, "--json"))
    assert told["coarse"] is True
    assert told["from"] == "AZSIY-landing"
    assert told["routes"][0]["life_cycle_cost_usd"] > 1e7
    rows = list(csv.DictReader(io.StringIO(for_programs("fibre", "route", *pair, "--csv"))))
    assert len(rows) == len(told["position_list"])
    assert float(rows[-1]["kp_km"]) == pytest.approx(told["routes"][0]["length_km"], abs=0.01)
    pairs = json.loads(for_programs("fibre", "route", "--cell", "5", "--json"))
    assert len(pairs["pairs"]) == 7
    listed = list(
        csv.DictReader(io.StringIO(for_programs("fibre", "route", "--cell", "5", "--csv")))
    )
    short = [row for row in listed if row["announced_below_geodesic"] == "yes"]
    assert [row["to"] for row in short] == ["TMKRW-landing"]


def test_fibre_route__takes_a_level_and_a_file(tmp_path: Path) -> None:
    said = for_programs("fibre", "route", "Siyazan", "Awaza", *QUICK, "--level", "-32", "--json")
    assert json.loads(said)["level_m"] == -32
    assert {row["seabed"] for row in json.loads(said)["position_list"]} == {"coarse"}
    far = netcdf(tmp_path / "elsewhere.nc")
    text = bad(2, "fibre", "route", "Siyazan", "Awaza", *QUICK, "--bathymetry", far)
    assert "from the water of this seabed" in text


def test_fibre_route__says_beside_csv_what_is_wrong_in_a_grid(tmp_path: Path) -> None:
    import xarray

    lon, lat = np.arange(46.0, 56.0, 0.1), np.arange(36.0, 48.0, 0.1)
    metres = np.full((len(lat), len(lon)), -500.0) + 4.0 * np.arange(len(lon))
    metres[40:50, 40:50] = -9999.0
    field = xarray.DataArray(metres, {"lat": lat, "lon": lon}, ("lat", "lon"), "elevation")
    field.to_netcdf(tmp_path / "fill.nc", engine="h5netcdf")
    grid = ("--bathymetry", tmp_path / "fill.nc")
    done = run("fibre", "route", "Siyazan", "Awaza", *grid, "--cell", "15", "--csv")
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("note: fill.nc: 100 cells in 50.00 to 50.90 E, 40.00 to 40.90 N")
    assert "hold -9999 m" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Siyazan",), "Name both landings"),
        (("Siyazn", "Awaza"), "Did you mean 'Siyazan'?"),
        (("Siyazan", "Awaza", "--weights", "much"), "--weights takes numbers"),
        (("Siyazan", "Awaza", "--weights", "-1"), "--weights takes numbers of 0 or more"),
        (("Siyazan", "Awaza", "--csv", "--json"), "exclude each other"),
        (("Siyazan", "Awaza", "--cell", "0.01"), "the most are 25,000,000. Take cells of"),
        (("--weights", "1,2"), "name both landings"),
        (("--out", "folder"), "name both landings"),
        (("Siyazan", "Awaza", "--bathymetry", "no.nc"), "no.nc: there is no such file"),
    ],
)
def test_fibre_route__says_what_is_wrong(words: tuple[str, ...], said: str) -> None:
    assert said in bad(2, "fibre", "route", *words)
