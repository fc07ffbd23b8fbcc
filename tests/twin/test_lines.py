"""Services, fleets and terminals."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from tests.tiny import changed, extended, tiny_corridor, unchecked

from lajvard.case import Case
from lajvard.case.choice import LineKey
from lajvard.case.services import offers_of
from lajvard.corridor import Corridor
from lajvard.twin.compile import build_model
from lajvard.twin.lines import ServiceLine, fleets_of, lines_of


def by_sea(**service: str) -> Corridor:
    """The tiny corridor with a lorry ferry from Serhetabat to Baku."""
    corridor = extended(
        unchecked(tiny_corridor()),
        "node",
        node_id="BAK",
        name="Baku",
        country="AZ",
        x_coord="49.9",
        y_coord="40.4",
        node_type="port",
    )
    ends = {"from_node_id": "SER", "to_node_id": "BAK", "mode": "sea"}
    corridor = extended(
        corridor, "link", link_id="SER-BAK", **ends, directed="no", length="300", free_speed="20"
    )
    ferry = {
        "service_id": "F",
        "name": "ferry",
        "link_id": "SER-BAK",
        "carries": "lorry",
        "operation": "leaves_when_full",
        "capacity": "10",
        "arrivals_per_day": "20",
        "max_wait_h": "48",
        "sailing_h": "15",
        "loading_h": "3",
        "unloading_h": "2",
        "vessels": "2",
    }
    corridor = extended(corridor, "service", **(ferry | service))
    corridor = extended(
        corridor,
        "tariff",
        tariff_id="fare",
        item="fare",
        mode="sea",
        service_id="F",
        value="500",
        unit="usd_per_lorry",
    )
    corridor = extended(
        corridor,
        "emission",
        emission_id="sea",
        mode="sea",
        vehicle="ferry",
        value="20",
        scope="wtw",
    )
    goods = {"origin_node_id": "SER", "dest_node_id": "BAK", "commodity": "x"}
    return extended(
        corridor, "demand", demand_id="D3", **goods, cargo_class="truck", tonnes_per_year="20000"
    )


def lines_at(
    corridor: Corridor,
    *,
    gates: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    effects: Mapping[str, float] = MappingProxyType({}),
) -> dict[LineKey, ServiceLine]:
    return lines_of(corridor, offers_of(corridor, 2025, effects=effects), gates=gates)


def test_lines_of__makes_one_line_a_direction() -> None:
    lines = lines_at(by_sea(), gates={"F": ("storm",)}, effects={"F": 0.84})
    assert list(lines) == [("F", "SER", "BAK"), ("F", "BAK", "SER")]
    line = lines["F", "SER", "BAK"]
    assert (line.capacity, line.gate, line.vessel_h) == (8.0, "storm", 20.0)
    assert line.trips_per_h == pytest.approx(20 / 24 / 8)
    assert line.room_per_year(0.85) == pytest.approx(20 * 365.25)


def test_line__is_observed_to_carry_no_more_than_it_can() -> None:
    corridor = by_sea(operation="headway", headway_h="24")
    lines = lines_at(corridor, effects={"F": 0.5})
    line = lines["F", "SER", "BAK"]
    assert line.observed_per_year == pytest.approx(0.95 * 5 * 365.25)
    assert line.room_per_year(0.85) == line.observed_per_year


def test_fleets_of__adds_vessels_where_the_lines_need_them() -> None:
    corridor = by_sea()
    lines = lines_at(corridor)
    (fleet,), notes = fleets_of(corridor, lines)
    needed = 2 * 20 * 20 / 24 / 10 / 0.9
    assert len(fleet.homes) == 4 > needed
    assert set(fleet.homes) == {"SER", "BAK"}
    assert "4 assumed" in notes[0]


def test_fleets_of__leaves_unknown_fleets_without_vessels() -> None:
    corridor = by_sea(vessels="", operation="headway", headway_h="12")
    (fleet,), notes = fleets_of(corridor, lines_at(corridor))
    assert fleet.homes == ()
    assert notes == []


def test_departures_h__are_counted_from_the_first_hour_of_the_year() -> None:
    row = {"calendar_id": "T", "row": "1", "name": "ferry", "kind": "departures"}
    corridor = extended(
        by_sea(operation="timetable", calendar_id="T"), "calendar", **row, days="wed;mon",
        opens="06:00", utc_offset_h="4",
    )  # fmt: skip
    # 1 January 2025 is a Wednesday
    offers = offers_of(corridor, 2025)
    assert offers["F", "SER", "BAK"].departures_h == (2.0, 122.0)


def test_build_model__fills_the_ferry_up_to_what_is_observed() -> None:
    build = build_model(Case(by_sea()))
    model = build.model
    names = dict(
        zip(
            model.source_names,
            model.sources.rate_total[model.sources.first_rate[1:] - 1],
            strict=True,
        )
    )
    assert names["D3"] == pytest.approx(1000)
    assert names["background F from SER"] == pytest.approx(20 * 365.25 - 1000)
    assert names["background F from BAK"] == pytest.approx(20 * 365.25)
    assert model.line_names == ("F from SER", "F from BAK")
    assert model.lines.empty.tolist() == [1, 1]
    sailing = model.lines.sailing[0]
    assert model.quantiles[sailing].min() > 5
    assert (
        "background F from SER"
        not in build_model(Case(by_sea(), background=False)).model.source_names
    )


def test_build_model__holds_the_ships_in_a_storm() -> None:
    storm = {"closure_id": "S", "kind": "random", "service_id": "F", "effect": "0"}
    corridor = extended(
        by_sea(), "closure", **storm, events_per_year="4", mean_duration_h="48", reason="storm"
    )
    model = build_model(Case(corridor)).model
    assert model.lines.gate.tolist() == [0, 0]
    assert (model.steps.gate == -1).all()


def test_build_model__takes_berths_from_observations() -> None:
    what = {"quantity_id": "Q", "place": "Baku", "indicator": "berths", "unit": "ferries at once"}
    corridor = extended(by_sea(), "observation", **what, node_id="BAK", value="4")
    assert build_model(Case(corridor)).model.fleets.berths.tolist() == [-1, 4]
    assert changed(corridor, "observation", 2, used="no").used("observation").text("value") == []
