"""Cost surfaces, cable routes, pairs of landings and position lists."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod
from tests.fibre.seas import across, around, caspian, pond

from lajvard.corridor import Corridor
from lajvard.errors import InputError, NumericsError
from lajvard.fibre.parameters import Parameters
from lajvard.fibre.seabed.cable_path import CableDesign, design_route
from lajvard.fibre.seabed.depth import TOPIC, read_seabed
from lajvard.fibre.seabed.landings import compare_landings, of_landings_usd, of_path_usd
from lajvard.fibre.seabed.route_list import (
    COLUMNS,
    position_list,
    write_geojson,
    write_position_list,
)
from lajvard.fibre.seabed.surface import Surface, cost_surface, worth_of_repairs
from lajvard.fibre.sites import landing


def surface_of(corridor: Corridor) -> Surface:
    return cost_surface(corridor, read_seabed(corridor))


@pytest.fixture(scope="module")
def design() -> CableDesign:
    sea = caspian()
    return design_route(sea, "Siyazan", "Cape Kuuli", seabed=read_seabed(sea, cell_km=3.0))


# ---------------------------------------------------------------- the surface


def test_worth_of_repairs__is_an_annuity() -> None:
    numbers = {"repair_cost": 2.0, "life": 10.0, "discount_rate": 0.05}
    by_hand = sum(2.0 / 1.05**year for year in range(1, 11))
    assert worth_of_repairs(numbers) == pytest.approx(by_hand)
    assert worth_of_repairs(numbers | {"discount_rate": 0.0}) == 20.0


def test_cost_surface__by_hand_where_nothing_threatens() -> None:
    surface, numbers = surface_of(pond()), Parameters.of(pond(), TOPIC)
    row, column = (int(v[0]) for v in surface.seabed.grid.cells(np.array([50.5]), np.array([40.5])))
    slope = surface.seabed.slope_deg[row, column]
    lay = numbers["lay_cost_20m"] * (1 + numbers["lay_cost_slope"] * slope)
    assert surface.lay_usd_km[row, column] == pytest.approx(lay)
    outside = numbers["burial_protection"] * (numbers["fishing_rate"] + numbers["anchoring_rate"])
    assert surface.buried[row, column]
    assert surface.repairs_km[row, column] * 1000 == pytest.approx(outside + numbers["other_rate"])
    assert surface.closed[0, 0]


@pytest.mark.parametrize(
    ("hazard", "gains"),
    [
        (around("anchorage", 10), "anchorage_rate"),
        (across("fault", radius_x="5"), "seismic_rate"),
    ],
)
def test_cost_surface__adds_rates_inside_hazards(hazard: dict[str, str], gains: str) -> None:
    base, more = surface_of(pond()), surface_of(pond(hazard))
    numbers = base.parameters
    added = (more.repairs_km - base.repairs_km)[~base.closed] * 1000
    share = numbers["burial_protection"] if gains == "anchorage_rate" else 1.0
    assert added.max() == pytest.approx(share * numbers[gains])
    assert added.min() == 0.0


def test_cost_surface__spreads_eruptions_over_their_area() -> None:
    """The expected hits of a line: eruptions a year x width x length / area."""
    hazard = around("mud_volcano", 10, events_per_year="0.5", radius_y="20")
    base, more = surface_of(pond()), surface_of(pond(hazard))
    added = (more.repairs_km - base.repairs_km).max()
    assert added == pytest.approx(0.5 * base.parameters["eruption_width"] / (np.pi * 10 * 20))


def test_cost_surface__counts_passages_and_shocks() -> None:
    lane = across("lane", radius_x="5", events_per_year="2000")
    quake = around("earthquake", 20, events_per_year="0.02", magnitude="6.5")
    base, busy, shaken = (surface_of(pond(*hazards)) for hazards in ((), (lane,), (quake,)))
    numbers = base.parameters
    gain = (busy.repairs_km - base.repairs_km).max() * 1000
    assert gain == pytest.approx(2 * numbers["lane_rate"] * numbers["burial_protection"])
    shock = (shaken.repairs_km - base.repairs_km).max()
    assert shock == pytest.approx(0.02 * numbers["cuts_per_shock"])


def test_cost_surface__leaves_out_what_has_ended() -> None:
    ended = around("exclusion", 20) | {"status": "ended"}
    assert not (surface_of(pond(ended)).closed != surface_of(pond()).closed).any()


@pytest.mark.parametrize("angle", [90, 60, 35])
def test_crossing__costs_grow_as_one_over_the_sine(angle: int) -> None:
    """A straight line through the band of a pipeline at an angle."""
    corridor = pond(across("pipeline"))
    base, more = surface_of(pond()), surface_of(corridor)
    numbers = base.parameters
    extra = more.lay_usd_km - base.lay_usd_km
    grid = base.seabed.grid
    row, column = (float(v[0]) for v in grid.cells(np.array([50.5]), np.array([40.5])))
    far = 15.0 / grid.cell_km
    steps = np.linspace(-far, far, 20_001)
    turn = np.radians(angle)
    rows, columns = row + steps * np.cos(turn), column + steps * np.sin(turn)
    there = extra[rows.round().astype(int), columns.round().astype(int)]
    paid = there.mean() * 2 * far * grid.cell_km
    assert paid == pytest.approx(numbers["crossing_cost"] / np.sin(turn), rel=0.12)


# ---------------------------------------------------------------- routes


def test_design_route__has_a_front_from_cheap_to_safe(design: CableDesign) -> None:
    costs = [route.life_cycle_usd for route in design.front]
    repairs = [route.repairs_per_year for route in design.front]
    assert costs == sorted(costs)
    assert repairs == sorted(repairs, reverse=True)
    assert design.straight is not None
    assert design.straight.life_cycle_usd > design.best.life_cycle_usd


def test_design_route__adds_up(design: CableDesign) -> None:
    route = design.best
    metres = np.asarray(Geod(ellps="WGS84").line_lengths(route.lon, route.lat)).sum()
    assert route.length_km == pytest.approx(metres / 1000)
    assert route.length_km > design.geodesic_km
    assert route.cable_km == pytest.approx(1.025 * route.length_km)
    worth = route.worth_usd * route.repairs_per_year
    assert route.life_cycle_usd == pytest.approx(route.lay_usd + worth)
    assert (np.diff(route.usd) >= 0).all()
    assert (np.diff(route.repairs) >= 0).all()
    assert design.low.lay_usd < route.lay_usd < design.high.lay_usd
    assert design.low.repairs_per_year < route.repairs_per_year < design.high.repairs_per_year
    assert (route.lon[0], route.lat[0]) == (design.start.lon, design.start.lat)


def test_design_route__is_the_same_back(design: CableDesign) -> None:
    sea = caspian()
    back = design_route(
        sea, "Cape Kuuli", "Siyazan", seabed=read_seabed(sea, cell_km=3.0), weights=(1.0,)
    )
    assert back.best.life_cycle_usd == pytest.approx(design.best.life_cycle_usd, rel=2e-3)


def test_design_route__goes_around_an_exclusion() -> None:
    free = design_route(pond(), "West", "East", weights=(1.0,)).best
    shut = design_route(pond(around("exclusion", 25)), "West", "East", weights=(1.0,))
    assert shut.best.length_km > free.length_km + 5
    assert shut.straight is None
    x, y = shut.seabed.grid.on_map(shut.best.lon, shut.best.lat)
    middle = shut.seabed.grid.on_map(np.array([50.5]), np.array([40.5]))
    assert np.hypot(x - middle[0], y - middle[1]).min() > 24.0


def test_design_route__says_when_no_water_leads_there() -> None:
    wall = across("exclusion", radius_x="3")
    with pytest.raises(NumericsError, match="no water leads from West to East"):
        design_route(pond(wall), "West", "East", weights=(1.0,))
    with pytest.raises(NumericsError, match="there is no water on this seabed"):
        design_route(pond(), "West", "East", seabed=read_seabed(pond(), level_m=-500.0))


def test_design_route__says_what_is_wrong() -> None:
    with pytest.raises(InputError, match="both ends are West"):
        design_route(pond(), "West", "west")
    with pytest.raises(InputError, match="unknown landing 'Wset'"):
        design_route(pond(), "Wset", "East")
    with pytest.raises(InputError, match="Give numbers of 0 or more"):
        design_route(pond(), "West", "East", weights=(-1.0,))
    site = pond()["cable_site"]
    rows = [row | {"x_coord": "49"} if row["name"] == "West" else row for row in site.dicts()]
    with pytest.raises(InputError, match=r"lies \d+ km from the water of this seabed"):
        design_route(pond().with_table(site.with_rows(rows)), "West", "East")


def test_landing__by_id_name_and_beginning() -> None:
    sea = caspian()
    assert landing(sea, "AZSIY-landing") == landing(sea, "siyazan") == landing(sea, "Siy")
    with pytest.raises(InputError, match=r"'A' may be any of Awaza, Aktau\. Write more of it"):
        landing(sea, "A")
    with pytest.raises(InputError, match=r"Add it to cable_site\.csv"):
        landing(Corridor.of({}, name="c"), "A")


# ---------------------------------------------------------------- pairs


def test_compare_landings__shows_what_was_announced() -> None:
    sea = caspian()
    found = compare_landings(sea, seabed=read_seabed(sea, cell_km=4.0))
    by_name = {pair.name: pair for pair in found.pairs}
    assert len(found.pairs) == 7
    siyazan = by_name["Siyazan - Turkmenbashi port"]
    assert [one.km for one in siyazan.too_short] == [300.0]
    assert siyazan.geodesic_km == pytest.approx(344, abs=1)
    assert by_name["Siyazan - Awaza"].geodesic_km == pytest.approx(333, abs=1)
    assert by_name["Siyazan - Cape Kuuli"].geodesic_km == pytest.approx(316, abs=1)
    aktau = by_name["Sumgait - Aktau"]
    assert {one.km for one in aktau.announced} == {380.0, 370.0}
    assert aktau.too_short == ()
    assert aktau.route is not None
    assert aktau.route.cable_km == pytest.approx(380, rel=0.04)  # the contract of 2025
    costs = [pair.route.life_cycle_usd for pair in found.pairs if pair.route]
    assert costs == sorted(costs)


def test_compare_landings__weighs_landings_against_paths() -> None:
    sea = caspian()
    found = compare_landings(sea, seabed=read_seabed(sea, cell_km=4.0))
    pairs = found.systems["Trans-Caspian AZ-TM"]
    landings, path = of_landings_usd(pairs), of_path_usd(pairs)
    assert len(pairs) == 6
    expected = "landings matter more" if landings > 1.2 * path else "matter"
    assert expected in found.verdict
    assert f"{landings / 1e6:.1f} million USD" in found.verdict


def test_compare_landings__of_a_pair_without_water_between() -> None:
    found = compare_landings(pond(across("exclusion", radius_x="3")), [("West", "East")])
    assert found.pairs[0].route is None
    assert found.verdict == ""
    with pytest.raises(InputError, match="has no submarine span"):
        compare_landings(pond())


# ---------------------------------------------------------------- lists


def test_position_list__has_a_row_a_km(design: CableDesign, tmp_path: Path) -> None:
    rows = position_list(design.best)
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == int(np.ceil(design.best.length_km)) + 1
    assert rows[0]["kp_km"] == 0.0
    assert rows[-1]["kp_km"] == pytest.approx(design.best.length_km, abs=1e-3)
    assert rows[-1]["cumulative_cost_usd"] == round(design.best.lay_usd)
    for row in rows:
        if row["depth_m"] < 15:
            assert row["cable_type"] == "double armoured"
        if 30 < row["depth_m"] < 190:
            assert row["cable_type"] == "single armoured"
    file = write_position_list(design.best, tmp_path / "list.csv", every_km=10)
    with file.open(encoding="utf-8", newline="") as text:
        read = list(csv.DictReader(text))
    assert len(read) == int(np.ceil(design.best.length_km / 10)) + 1
    with pytest.raises(InputError, match="more than 0 km"):
        position_list(design.best, every_km=0)


def test_write_geojson__opens_elsewhere(design: CableDesign, tmp_path: Path) -> None:
    import pyogrio

    file = write_geojson(design, tmp_path / "routes.geojson")
    said = json.loads(file.read_text(encoding="utf-8"))
    assert said["notes"][0].startswith("COARSE")
    lines = [one for one in said["features"] if one["geometry"]["type"] == "LineString"]
    assert len(lines) == len(design.front)
    assert all(one["properties"]["coarse"] for one in lines)
    assert pyogrio.read_info(file)["features"] == len(design.front) + 2
