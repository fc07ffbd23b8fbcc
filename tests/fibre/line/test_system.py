"""The whole line on the built-in corridor: ways, failures, money, files."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from lajvard.corridor import built_in
from lajvard.errors import InputError
from lajvard.fibre.line.availability import Availability, one_way
from lajvard.fibre.line.cost import annuity, line_bill, span_bill
from lajvard.fibre.line.exports import (
    data_link_scenario,
    gnpy_lines,
    position_list,
    sea_position,
    without_gnpy,
    write_line,
)
from lajvard.fibre.line.legs import CablePath, Leg, find_stages
from lajvard.fibre.line.results import drivers, spreads, stretches, worth_of
from lajvard.fibre.line.sensitivity import spread, tornado
from lajvard.fibre.line.system import ORDER, FibreLine, design_fibre_line, hut_count, land_stretches
from lajvard.fibre.optics.gnpy_export import gnpy_network, gnpy_sidecar
from lajvard.fibre.parameters import Parameters
from lajvard.fibre.seabed.cable_path import CableDesign, design_route
from lajvard.fibre.seabed.depth import read_seabed

ENDS, SPAN = ("AFKBL", "TRIST"), "AZSIY-TMKRW"


@pytest.fixture(scope="module")
def line() -> FibreLine:
    return design_fibre_line(built_in(), sea_km=340.0)


# ---------------------------------------------------------------- ways


def test_find_stages__ends_at_kabul_and_istanbul_over_the_span(line: FibreLine) -> None:
    first = [stage.first for stage in line.stages]
    assert first[0].legs[0].start == "AFKBL"
    assert first[2].legs[-1].end == "TRIST"
    assert first[0].legs[-1].end == line.sea.first.legs[0].start
    assert line.sea_leg.length_km == 340.0
    for stage in line.stages:
        for path in (stage.first, stage.second):
            for here, there in zip(path.legs[:-1], path.legs[1:], strict=True):
                assert here.end == there.start


def test_work_out__takes_its_ends_and_span_from_the_description() -> None:
    sites, spans = built_in()["cable_site"], built_in()["cable_span"]
    kinds = {"AFKBL-pop": "pop", "AFHEA-pop": "terminal"}
    moved = sites.with_rows(
        {**row, "site_type": kinds.get(row["site_id"], row["site_type"])} for row in sites.dicts()
    )
    kept = spans.with_rows(row for row in spans.dicts() if row["span_id"] != SPAN)
    found = design_fibre_line(built_in().with_table(moved).with_table(kept))
    assert found.span_id == "AZSIY-TMAWZ"
    assert found.stages[0].first.legs[0].start == "AFHEA"
    assert found.stages[2].first.legs[-1].end == "TRIST"


def test_work_out__without_ends_or_a_span_says_so() -> None:
    sites, spans = built_in()["cable_site"], built_in()["cable_span"]
    kept = [row for row in sites.dicts() if row["site_type"] != "terminal"]
    with pytest.raises(InputError, match="terminals at 0 places, a line has two"):
        design_fibre_line(built_in().with_table(sites.with_rows(kept)))
    with pytest.raises(InputError, match="begins and ends at 'AFKBL'"):
        design_fibre_line(built_in(), ends=("AFKBL", "AFKBL"))
    with pytest.raises(InputError, match="no submarine span"):
        design_fibre_line(built_in().with_table(spans.with_rows([])))


def test_find_stages__the_second_way_uses_the_other_afghan_joint(line: FibreLine) -> None:
    stage = line.stages[0]
    borders = [
        {frozenset((leg.start, leg.end)) for leg in path.legs}
        for path in (stage.first, stage.second)
    ]
    for joint in (frozenset(("AFAQN", "TMIMZ")), frozenset(("AFTGD", "TMSBT"))):
        assert (joint in borders[0]) != (joint in borders[1])


def test_find_stages__the_sea_is_crossed_a_second_time_by_the_cable_to_aktau(
    line: FibreLine,
) -> None:
    assert "AZSUM-KZAKT" in {leg.leg_id for leg in line.sea.second.legs}
    assert not line.sea.shared


def test_find_stages__shares_only_what_it_must(line: FibreLine) -> None:
    for stage in line.stages:
        both = {leg.leg_id for leg in stage.first.legs} & {leg.leg_id for leg in stage.second.legs}
        assert both == set(stage.shared)


def test_find_stages__refuses_what_is_not_there(line: FibreLine) -> None:
    with pytest.raises(InputError, match=r"no submarine span 'AZSIY-TMKR'\. Did you mean"):
        find_stages(built_in(), line.parameters, ends=ENDS, span_id="AZSIY-TMKR")
    with pytest.raises(InputError, match="no place 'XXX'"):
        find_stages(built_in(), line.parameters, ends=("XXX", "TRIST"), span_id=SPAN)


def test_find_stages__may_be_asked_from_the_west(line: FibreLine) -> None:
    back = find_stages(built_in(), line.parameters, ends=ENDS[::-1], span_id=SPAN, sea_km=340.0)
    assert back[0].first.legs[0].start == "TRIST"
    assert sum(s.first.length_km + s.second.length_km for s in back) == pytest.approx(
        sum(s.first.length_km + s.second.length_km for s in line.stages)
    )


def test_cable_path__positions_lie_between_places() -> None:
    legs = (
        Leg("a", "A", "B", "A", "B", ("AF",), "road", 100.0, (60.0, 35.0), (62.0, 35.0)),
        Leg("b", "B", "C", "B", "C", ("AF",), "sea", 50.0, (62.0, 35.0), (62.0, 36.0)),
    )
    path = CablePath(legs)
    assert path.position(50.0) == (61.0, 35.0)
    assert path.position(125.0) == (62.0, 35.5)
    assert path.position(1e9) == (62.0, 36.0)
    assert land_stretches(path) == [100.0]


def test_find_stages__keeps_the_span_however_long(line: FibreLine) -> None:
    """A second cable in operation would be shorter, and yet the line is about the span."""
    table = built_in()["cable_span"]
    second = next(row for row in table.dicts() if row["span_id"] == "AZSUM-TMKUL")
    other = {"span_id": "other", "system": "other", "status": "operating", "length": "300"}
    two = built_in().with_table(table.with_rows([*table.dicts(), second | other]))
    found = find_stages(two, line.parameters, ends=ENDS, span_id=SPAN, sea_km=2000.0)[1]
    assert [leg.leg_id for leg in found.first.legs] == ["AZSIY-TMKRW"]
    assert found.first.length_km == 2000.0
    assert "other" in {leg.leg_id for leg in found.second.legs}


# ---------------------------------------------------------------- failures


def test_parts__lose_no_cut_where_a_share_takes_both_cables(line: FibreLine) -> None:
    """Cuts of both cables are taken from each, not added to them."""
    stage, parts = line.stages[0], line.parts[0]
    alone = line.with_parameters(parallel_share=0.0).parts[0]
    for way in (0, 1):
        path = (stage.first, stage.second)[way]
        rate = sum(p.rate_per_year for p in parts if way in p.ways)
        without = sum(p.rate_per_year for p in alone if way in p.ways)
        # the share is that of the first cable's cuts, whose rate may differ from the second's
        assert rate == pytest.approx(without, rel=0.05), path.places


def test_availability__is_better_with_second_ways_and_with_the_span(
    line: FibreLine,
) -> None:
    assert line.unprotected.share < line.without_span.share < line.protected.share < 1
    assert len(stretches(line)) == 9


def test_with_links__an_order_takes_every_link(line: FibreLine) -> None:
    orders = one_way([p for parts in line.parts for p in parts if p.name.startswith(ORDER)])
    sure = line.with_links(Availability(1.0, 0.0))
    assert sure.share == pytest.approx(orders.share)
    assert line.with_links(Availability(0.98, 6.0)).share <= sure.share


def test_parts__orders_are_those_of_the_parameters_by_country() -> None:
    table = built_in()["parameter"]
    rows = {row["parameter_id"]: row for row in table.dicts()}
    renamed = {"shutdowns_af": "shutdowns_kz", "shutdown_length_af": "shutdown_length_kz"}
    kept = [row for name, row in rows.items() if name not in renamed]
    moved = [{**rows[old], "parameter_id": new} for old, new in renamed.items()]
    corridor = built_in().with_table(table.with_rows([*kept, *moved]))
    ranges = Parameters.of(corridor, "fibre", "seabed").ranges
    own = Parameters("own", {name: one for name, one in ranges.items() if name not in renamed})
    found = design_fibre_line(corridor, parameters=own, sea_km=340.0)
    orders = [(at, p.name, p.ways) for at in (0, 1, 2) for p in found.parts[at]]
    # only the second way across the sea passes Kazakhstan
    assert [one for one in orders if one[1].startswith(ORDER)] == [(1, f"{ORDER}KZ", (1,))]


def test_parts__know_the_route(line: FibreLine) -> None:
    sea = next(part for part in line.parts[1] if part.name == "Turkmenbashi port - Siyazan (sea)")
    assert sea.by_ship
    assert sea.rate_per_year == pytest.approx(0.14 * 0.34)
    assert sea.repair_h == 30 * 24


def test_drivers__know_how_unsure_the_repairs_of_a_route_are() -> None:
    seabed = read_seabed(built_in(), cell_km=6.0)
    cable = design_route(built_in(), "Siyazan", "Turkmenbashi", seabed=seabed, weights=(1.0,))
    laid = design_fibre_line(built_in(), cable=cable)
    assert laid.coarse
    assert laid.sea_leg.length_km == pytest.approx(cable.best.cable_km)
    sea = next(part for part in laid.parts[1] if part.name == "Turkmenbashi port - Siyazan (sea)")
    assert sea.rate_per_year == pytest.approx(cable.best.repairs_per_year)
    swing = next(s for s in drivers(laid)["outage over one way"] if s.parameter == "route_repairs")
    assert (swing.low, swing.high) == (cable.low.repairs_per_year, cable.high.repairs_per_year)
    assert swing.at_low < laid.unprotected.down_h_per_year < swing.at_high
    more = laid.with_parameters(route_repairs=2 * cable.best.repairs_per_year)
    extra = cable.best.repairs_per_year * laid.parameters["repair_cost"] / 1e6
    assert span_bill(more).operating_musd == pytest.approx(span_bill(laid).operating_musd + extra)


# ---------------------------------------------------------------- money


def test_span_bill__by_hand(line: FibreLine) -> None:
    p, bill = line.parameters, span_bill(line)
    cable = 137 * 340 / 1e3
    assert bill.built_musd["submarine cable, all-in"] == pytest.approx(cable)
    assert bill.capital_musd == pytest.approx(sum(bill.built_musd.values()))
    repairs = p["sea_rate"] * 0.34 * p["repair_cost"] / 1e6
    assert bill.yearly_musd["repairs"] == pytest.approx(repairs)
    expected = bill.capital_musd * annuity(0.08, 25) + bill.operating_musd
    assert bill.usd_per_gbit_month == pytest.approx(expected * 1e6 / 2000 / 12)


def test_annuity__pays_back() -> None:
    paid = sum(annuity(0.08, 25) / 1.08**year for year in range(1, 26))
    assert paid == pytest.approx(1.0)


def test_line_bill__more_cable_costs_more(line: FibreLine) -> None:
    one, two = line_bill(line), line_bill(line, second_ways=True)
    assert span_bill(line).capital_musd < one.capital_musd < two.capital_musd
    huts = sum(
        hut_count(stage.first, line.parameters) for stage in (line.stages[0], line.stages[2])
    )
    assert one.built_musd["huts"] == pytest.approx(huts * 0.15)


def test_but__works_out_what_a_parameter_touches(line: FibreLine) -> None:
    for values in (
        {"slack": 0.04},
        {"sea_fibre_loss": 0.17},
        {"land_span_loss": 20.0},
        {"life": 20.0},
    ):
        quick = line.with_parameters(**values)
        slow = design_fibre_line(
            built_in(), parameters=line.parameters.with_parameters(**values), sea_km=line.sea_km
        )
        assert quick.protected == slow.protected, values
        assert span_bill(quick) == span_bill(slow), values
        assert line_bill(quick) == line_bill(slow), values


def test_drivers__are_ordered_and_name_what_moves(line: FibreLine) -> None:
    found = drivers(line)
    cost = found["cost of the span"]
    assert cost[0].parameter == "lit_capacity"
    assert [s.width for s in cost] == sorted((s.width for s in cost), reverse=True)
    assert found["outage over two ways"][0].parameter == "shutdowns_af"
    assert "raman_gain" not in {s.parameter for s in found["outage over one way"]}


def test_spread__of_one_parameter_is_that_parameter(line: FibreLine) -> None:
    p = line.parameters
    ((low, central, high),) = spread(lambda q: [q["land_repair"]], p, ["land_repair"], draws=4000)
    assert central == p["land_repair"]
    assert low == pytest.approx(6 * (12 / 6) ** 0.2, rel=0.03)
    assert high == pytest.approx(12 * (72 / 12) ** 0.8, rel=0.03)
    (swings,) = tornado(lambda q: [q["land_repair"] * 2], p)
    assert [(s.parameter, s.at_low, s.at_high) for s in swings] == [("land_repair", 12.0, 144.0)]


def test_spreads__have_low_below_high(line: FibreLine) -> None:
    found = spreads(line, draws=20)
    assert all(one.low < one.high for one in found)
    assert spreads(line, draws=20) == found


def test_worth_of__says_that_latency_does_not_matter(line: FibreLine) -> None:
    worth = worth_of(line)
    assert worth.now < worth.by_link < worth.by_uptake
    assert worth.by_link - worth.now < 0.05 * (worth.by_uptake - worth.now)
    assert worth.late_share < 1e-5
    assert 15 < worth.latency_ms < 30


# ---------------------------------------------------------------- files


def test_write_line__gives_files_that_others_read(line: FibreLine, tmp_path: Path) -> None:
    files = write_line(line, tmp_path / "line")
    assert all(file.is_file() for file in files)
    meta, _, geometry, _ = pyogrio.raw.read(tmp_path / "line/line.gpkg", layer="leg")
    assert len(geometry) == sum(len(p.legs) for s in line.stages for p in (s.first, s.second))
    assert meta["crs"] == "EPSG:4326"
    sites = pyogrio.raw.read(tmp_path / "line/line.gpkg", layer="site")[3][2]
    assert set(sites) >= {"terminal", "hut", "remote amplifier"}
    network = json.loads((tmp_path / "line/gnpy/sea-with-repeaters/network.json").read_text())
    sidecar = json.loads((tmp_path / "line/gnpy/sea-with-repeaters/sidecar.json").read_text())
    assert set(sidecar["elements"]) <= {element["uid"] for element in network["elements"]}
    assert {"lon", "lat", "cost_usd"} <= set(sidecar["elements"]["amplifier-1"])


def test_write_line__leaves_a_file_alone(line: FibreLine, tmp_path: Path) -> None:
    (tmp_path / "line").write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        write_line(line, tmp_path / "line")
    assert (tmp_path / "line").read_text() == "mine"


def test_gnpy_network__is_a_chain_whose_gains_restore_the_launch(line: FibreLine) -> None:
    design, _ = gnpy_lines(line)["sea-with-repeaters"]
    network = gnpy_network(design)
    chain = [element["uid"] for element in network["elements"]]
    assert [c["from_node"] for c in network["connections"]] == chain[:-1]
    assert [c["to_node"] for c in network["connections"]] == chain[1:]
    gains = [e["operational"]["gain_target"] for e in network["elements"] if e["type"] == "Edfa"]
    losses = [span.loss_db for span in design.spans]
    np.testing.assert_allclose(gains[1:], losses, atol=0.4)


def test_gnpy_export__says_what_it_cannot_describe(line: FibreLine, tmp_path: Path) -> None:
    both = design_fibre_line(built_in(), sea_km=340.0, band="C+L")
    with pytest.raises(InputError, match="bands C\\+L have no export"):
        gnpy_network(both.ways[-1].line)
    assert without_gnpy(line) == ()
    assert [text.split(" is not written")[0] for text in without_gnpy(both)] == [
        "gnpy/sea",
        "gnpy/sea-with-repeaters",
    ]
    written = {path.parent.name for path in write_line(both, tmp_path) if path.suffix == ".json"}
    assert written == {name for name in gnpy_lines(line) if name.startswith("land")}
    design, _ = gnpy_lines(line)["sea-with-repeaters"]
    with pytest.raises(InputError, match="no element 'x'"):
        gnpy_sidecar(design, {"x": {}})


@pytest.fixture(scope="module")
def cables() -> tuple[CableDesign, CableDesign]:
    """A route over the seabed, sought from either landing."""
    seabed = read_seabed(built_in(), cell_km=15.0)
    west, east = (
        design_route(built_in(), *ends, seabed=seabed, weights=(1.0,))
        for ends in (("Siyazan", "Turkmenbashi"), ("Turkmenbashi", "Siyazan"))
    )
    return west, east


@pytest.mark.parametrize("ends", [ENDS, ENDS[::-1]])
@pytest.mark.parametrize(
    ("sought", "sea_km"), [(0, None), (1, None), (None, 60.0), (None, 340.0), (None, 700.0)]
)
def test_write_line__exports_the_designed_line_in_its_direction(
    ends: tuple[str, str],
    sought: int | None,
    sea_km: float | None,
    cables: tuple[CableDesign, CableDesign],
    tmp_path: Path,
) -> None:
    """Spans, amplifiers, lengths, places and direction, whichever way the route was sought."""
    cable = None if sought is None else cables[sought]
    line = design_fibre_line(built_in(), ends=ends, cable=cable, sea_km=sea_km)
    write_line(line, tmp_path)
    leg, exported = line.sea_leg, gnpy_lines(line)
    assert exported["sea"][0] is line.way.line
    assert (leg.start == "TMKRW-landing") == (ends == ENDS)
    for name, (design, _) in exported.items():
        folder = tmp_path / "gnpy" / name
        network = json.loads((folder / "network.json").read_text(encoding="utf-8"))["elements"]
        known = json.loads((folder / "sidecar.json").read_text(encoding="utf-8"))["elements"]
        fibres = [element for element in network if element["type"] == "Fiber"]
        lengths = [element["params"]["length"] for element in fibres]
        assert lengths == pytest.approx([s.length_km for s in design.sections], abs=1e-6)
        behind = [e for e in network if e["uid"].startswith("amplifier")]
        assert len(behind) == len(design.spans)
        gains = [e["operational"]["gain_target"] for e in behind if e["type"] == "Edfa"]
        wanted = [span.raman_db + span.gain_db for span in design.spans]
        assert gains == pytest.approx(wanted, abs=1e-5)
        assert [known[e["uid"]]["site"] for e in behind] == list(design.sites)
        assert known["terminal-0"]["name"] == design.origin
        assert known["terminal-1"]["name"] == design.destination
        assert known["terminal-1"]["kp_km"] == pytest.approx(design.length_km)
    sea = json.loads((tmp_path / "gnpy/sea/sidecar.json").read_text(encoding="utf-8"))["elements"]
    assert sea["terminal-0"]["name"] == leg.start_name
    for uid, place in (("terminal-0", leg.start_xy), ("terminal-1", leg.end_xy)):
        assert (sea[uid]["lon"], sea[uid]["lat"]) == pytest.approx(place, abs=0.01)
    rows = list(csv.DictReader((tmp_path / "positions.csv").read_text("utf-8").splitlines()))
    for row, place in ((rows[0], leg.start_xy), (rows[-1], leg.end_xy)):
        assert (float(row["lon"]), float(row["lat"])) == pytest.approx(place, abs=0.01)
    assert float(rows[-1]["kp_km"]) == pytest.approx(leg.length_km, abs=1e-3)
    assert float(rows[-1]["kp_km"]) == pytest.approx(line.way.line.length_km, abs=1e-3)
    stated = float(rows[-1]["route_km"]) * (1 + float(rows[-1]["slack_percent"]) / 100)
    assert stated == pytest.approx(leg.length_km, abs=0.01)
    if cable is not None:
        assert line.way.line.length_km == pytest.approx(cable.best.cable_km)
        assert float(rows[-1]["slack_percent"]) == pytest.approx(100 * cable.best.slack)
        repairs = [float(row["cumulative_repairs_per_year"]) for row in rows]
        assert repairs == sorted(repairs)


def test_sea_position__of_spans_lies_on_the_route_at_their_length_of_cable(
    cables: tuple[CableDesign, CableDesign],
) -> None:
    there = design_fibre_line(built_in(), ends=ENDS, cable=cables[0])
    back = design_fibre_line(built_in(), ends=ENDS[::-1], cable=cables[0])
    length = there.sea_leg.length_km
    for km in np.linspace(0.0, length, 9):
        assert sea_position(there)(km) == pytest.approx(sea_position(back)(length - km), abs=1e-9)


def test_design_fibre_line__refuses_a_route_that_is_not_of_the_span(
    cables: tuple[CableDesign, CableDesign],
) -> None:
    with pytest.raises(InputError, match=r"300 km beside a route of .* km of cable"):
        design_fibre_line(built_in(), cable=cables[0], sea_km=300.0)
    with pytest.raises(InputError, match="a route from 'AZSIY-landing' to 'TMKRW-landing'"):
        design_fibre_line(built_in(), cable=cables[0], span_id="AZSIY-TMAWZ")


def test_sidecar__prices_a_short_way_on_land_as_land_cable(line: FibreLine, tmp_path: Path) -> None:
    """One without a hut, that is."""
    write_line(line, tmp_path)
    short = 0
    for name, (design, _) in gnpy_lines(line).items():
        sidecar = json.loads((tmp_path / "gnpy" / name / "sidecar.json").read_text("utf-8"))
        where = "sea" if name.startswith("sea") else "land"
        price = 1e3 * line.parameters[f"{where}_cable_cost"] * design.spans[0].length_km
        assert sidecar["elements"]["span-1"]["cost_usd"] == pytest.approx(price)
        short += "hut" not in design.sites
    assert short


def test_position_list__runs_from_landing_to_landing(line: FibreLine) -> None:
    rows = list(csv.DictReader(io.StringIO(position_list(line))))
    kp = [float(row["kp_km"]) for row in rows]
    assert kp[0] == 0
    assert kp[-1] == pytest.approx(340.0)
    assert kp == sorted(kp)
    assert (float(rows[0]["lon"]), float(rows[0]["lat"])) == line.sea_leg.start_xy
    assert (float(rows[-1]["lon"]), float(rows[-1]["lat"])) == line.sea_leg.end_xy


def test_data_link_scenario__can_be_applied(line: FibreLine, tmp_path: Path) -> None:
    file = tmp_path / "data-link.yaml"
    file.write_text(data_link_scenario(line))
    table = built_in().apply(file).used("parameter")
    stated = dict(zip(table.text("parameter_id"), table.numbers("value"), strict=True))
    assert stated["data_link_outages"] < 1
    assert stated["data_link_outage"] > 1
