"""``lajvard fibre design``, ``availability`` and ``export``."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import xarray
from tests.commands import bad, good, run
from tests.tiny import tiny_corridor

from lajvard.corridor import write_corridor

QUICK = ("--length", "340")

said_of = cache(good)
"""What a command prints that has to work; several tests read what one of them prints."""


def test_design__says_what_works() -> None:
    said = good("fibre", "design", *QUICK)
    assert said.startswith("Over the 340 km Turkmenbashi port - Siyazan, ordinary fibre and ")
    assert "What works: low loss, strong sender, Raman pump, remote amplifier" in said
    for part in ("Ways across the sea", "Spans of the sea crossing", "Ways on land and by sea"):
        assert part in said
    assert "340 km of cable as asked for" in said


def test_design__takes_names_other_spans_and_bands() -> None:
    said = good(
        *("fibre", "design", "--span", "AZSUM-TMKUL", "--from", "Herat", "--to", "Tbilisi"),
        *("--band", "C+L", "--length", "290", "--json"),
    )
    found = json.loads(said)
    assert (found["span"], found["band"], found["length_km"]) == ("AZSUM-TMKUL", "C+L", 290.0)
    first = found["stages"][0]["ways"][0]["legs"]
    assert first[0]["start"] == "AFHEA"
    assert found["stages"][2]["ways"][0]["legs"][-1]["end"] == "GETBS"
    assert [way["works"] for way in found["ways"]][-1] is True


def test_design__without_a_length_seeks_a_route_on_the_coarse_seabed() -> None:
    said = good("fibre", "design")
    assert "along the cheapest route over the COARSE seabed of the corridor" in said
    assert "note: COARSE seabed from" in said
    for command in ("design", "availability"):
        done = run("fibre", command, "--json")
        found = json.loads(done.stdout)
        assert done.stderr.startswith("note: COARSE seabed from")
        assert found["coarse"] is True
        assert found["notes"][0].startswith("COARSE seabed")
        assert json.loads(said_of("fibre", command, *QUICK, "--json"))["coarse"] is False


def test_availability__of_a_route_on_the_coarse_seabed_says_so() -> None:
    said = good("fibre", "availability")
    assert "note: COARSE seabed from" in said
    assert said.count("come from the COARSE seabed of the corridor.") == 2
    assert "Turkmenbashi port - Siyazan (sea)" in said
    assert "cable and laying alone are 24.9 million USD" in said


def test_design__keeps_the_warning_of_a_flat_grid(tmp_path: Path) -> None:
    lon, lat = np.arange(48.0, 54.0, 0.05), np.arange(38.0, 43.0, 0.05)
    flat = np.full((len(lat), len(lon)), -30, dtype=np.int16)
    xarray.Dataset(
        {"elevation": (("lat", "lon"), flat)}, coords={"lat": lat, "lon": lon}
    ).to_netcdf(tmp_path / "flat.nc", engine="h5netcdf")
    said = good("fibre", "design", "--bathymetry", tmp_path / "flat.nc")
    assert "note: the grid is flat over water" in said
    assert "COARSE" not in said


def test_availability__says_what_matters() -> None:
    said = good("fibre", "availability", *QUICK)
    assert "h a year, with the second ways" in said
    assert "What is left is" in said
    assert "no cable ship was found on the Caspian" in said
    assert "What the line changes at each border" in said
    assert "What does not matter is latency" in said
    for part in (
        "Availability",
        "by repair time",
        "Cost",
        "Low, central and high",
        "What drives it",
    ):
        assert part in said


def test_availability__for_programs() -> None:
    found = json.loads(said_of("fibre", "availability", *QUICK, "--json"))
    whole = {one["ways"]: one for one in found["stretches"] if one["name"] == "the whole line"}
    assert whole["two ways"]["down_h_per_year"] < whole["one way"]["down_h_per_year"]
    assert list(found["repair_days"]) == ["10", "20", "30", "45", "60", "90"]
    assert {"low", "central", "high"} <= set(found["ranges"][0])
    assert found["causes"]["two_ways"][0]["name"] == "shutdown by order in AF"
    assert found["drivers"]["outage over two ways"][0]["parameter"] == "shutdowns_af"
    assert len(found["borders"]) > 20


def test_export__writes_all_and_keeps_what_is_there(tmp_path: Path) -> None:
    out = tmp_path / "line"
    said = good("fibre", "export", out, *QUICK).splitlines()
    assert {Path(line).name for line in said} >= {
        *("line.gpkg", "positions.csv", "line.xlsx", "data-link.yaml"),
        *("equipment.json", "network.json", "sidecar.json"),
    }
    assert all(Path(line).is_file() for line in said)
    assert "the folder is not empty" in bad(2, "fibre", "export", out, *QUICK)
    good("fibre", "export", out, *QUICK, "--overwrite")


def test_design__of_a_corridor_without_a_cable_says_so(tmp_path: Path) -> None:
    tiny = write_corridor(tiny_corridor(), tmp_path / "tiny")
    said = bad(2, "fibre", "design", "--corridor", tiny)
    assert "it has no submarine span" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--span", "AZSIY-TMKRV"), "no submarine span 'AZSIY-TMKRV'. Did you mean 'AZSIY-TMKRW'?"),
        (("--from", "Kabull"), "no place 'Kabull'. Did you mean 'Kabul'?"),
        (("--from", "kabul", "--to", "AFKBL"), "begins and ends at 'AFKBL'"),
        (("--length", "inf"), "10000"),
        (("--band", "S"), "there is no 'S'. Bands are: C, C+L."),
        (("--bathymetry", "x.nc"), "--length and --bathymetry exclude each other."),
    ],
)
def test_design__explains_what_is_wrong(words: tuple[str, ...], expected: str) -> None:
    assert expected in bad(2, "fibre", "design", *QUICK, *words)
