"""Procedures, permits and closures at places: whom they concern, and their figures by hand."""

from datetime import date

import pytest
from tests.tiny import extended, tiny_corridor

from lajvard.corridor import Corridor
from lajvard.network.arrays import Activity, Cargo, Shut
from lajvard.network.calendars import Calendars
from lajvard.network.prices import DERIVED, ESTIMATE, NOT_KNOWN, PUBLISHED, Prices
from lajvard.network.procedures import read_procedures
from lajvard.network.rules import RISK_YEARS, Act, Permits, Procedures, closings
from lajvard.network.waits import NO_WAIT

BOX = Cargo("box", "container", 18.0, lorries=2.0, wagons=0.5, teu=1.0, value_of_time_usd_h=10.0)
COUNTRY = {"HEA": "AF", "TOR": "AF", "SER": "TM", "MAR": "TM"}


def procedures(corridor: Corridor, cargo: Cargo = BOX) -> Procedures:
    prices, calendars = Prices(corridor, cargo), Calendars(corridor.used("calendar"))
    return Procedures(read_procedures(corridor), cargo, prices, calendars, COUNTRY)


def with_procedure(corridor: Corridor | None = None, /, **cells: str) -> Corridor:
    """With one more procedure: customs at Mary, by rail, 6 h with a fee of 40, if not told."""
    row = {"node_id": "MAR", "mode": "rail", "direction": "inbound", "activity": "customs"}
    row |= {"procedure_id": "P", "mean_h": "6", "cv": "0.5", "fee_usd": "40"}
    return extended(corridor or tiny_corridor(), "procedure", **(row | cells))


def haulage_with_fees(mode: str, country: str, basis: str = "derived") -> Corridor:
    row = {"tariff_id": "all-in", "item": "haulage", "value": "1", "unit": "usd_per_teu"}
    row |= {"cargo_class": "box"}
    more = {"includes_border_fees": "yes", "basis": basis, "mode": mode, "country": country}
    return extended(tiny_corridor(), "tariff", **row, **more)


# ---------------------------------------------------------------- procedures


def test_procedures__of_a_post_have_time_variance_and_a_fee_a_lorry() -> None:
    [act] = procedures(tiny_corridor()).at("TOR", "SER", "road", "outbound")
    assert act.activity is Activity.BORDER
    assert (act.ref, act.wait) == (0, (4.0, 4.0))  # (4 h x 0.5)^2
    assert act.cost_usd == 100 * 2.0
    assert (act.time_basis, act.cost_basis) == (PUBLISHED, PUBLISHED)


def test_procedures__differ_by_direction_side_and_mode() -> None:
    known = procedures(tiny_corridor())
    assert [act.wait.mean_h for act in known.at("TOR", "SER", "road", "inbound")] == [6]
    assert known.at("TOR", "HEA", "road", "outbound") == []
    assert known.at("TOR", "SER", "rail", "outbound") == []
    assert known.at("SER", "TOR", "road", "outbound")[0].wait.mean_h == 2


def test_procedures__whatever_the_other_side_are_met_on_land_only() -> None:
    rail = procedures(with_procedure())
    [act] = rail.at("MAR", "SER", "rail", "inbound")
    assert (act.activity, act.cost_usd) == (Activity.PORT, 40 * 0.5)
    assert rail.nodes("rail") == {"MAR"}
    assert rail.nodes("road") == set()
    sea = procedures(with_procedure(mode="sea"))
    assert sea.at("MAR", "SER", "sea", "inbound") == []
    [act] = sea.at("MAR", "", "sea", "inbound")
    assert act.cost_usd == 40  # by sea for each load, not for each lorry


def test_procedures__come_with_those_of_any_other_side_after_them() -> None:
    corridor = with_procedure(node_id="TOR", mode="road", direction="both", mean_h="1")
    known = procedures(corridor)
    for way, hours in (("outbound", [4]), ("inbound", [6, 1])):
        assert [act.wait.mean_h for act in known.at("TOR", "SER", "road", way)] == hours
    assert [act.wait.mean_h for act in known.at("TOR", "", "road", "inbound")] == [1]
    assert [act.wait.mean_h for act in known.at("TOR", "HEA", "road", "inbound")] == [1]
    assert known.at("TOR", "HEA", "road", "outbound") == []


def test_procedures__that_are_part_of_another_or_of_other_goods_are_not_done() -> None:
    def met(**cells: str) -> list[Act]:
        return procedures(with_procedure(**cells)).at("MAR", "SER", "rail", "inbound")

    assert met(part_of="TOR-in") == []
    assert met(cargo_class="truck") == []
    assert len(met(cargo_class="truck;box")) == 1


def test_procedures__without_a_fee_do_not_know_one() -> None:
    [act] = procedures(with_procedure(fee_usd="")).at("MAR", "SER", "rail", "inbound")
    assert (act.cost_usd, act.cost_basis, act.time_basis) == (0, NOT_KNOWN, ESTIMATE)


def test_procedures__whose_fee_is_in_the_haulage_cost_nothing_more() -> None:
    corridor = with_procedure(haulage_with_fees("rail", "TM"))
    [act] = procedures(corridor).at("MAR", "SER", "rail", "inbound")
    assert (act.cost_usd, act.cost_basis) == (0, DERIVED)
    elsewhere = procedures(with_procedure(haulage_with_fees("road", "TM")))
    assert elsewhere.at("MAR", "SER", "rail", "inbound")[0].cost_usd == 20
    at_sea = procedures(with_procedure(haulage_with_fees("sea", "TM"), mode="sea"))
    assert at_sea.at("MAR", "", "sea", "inbound")[0].cost_usd == 40


def test_procedures__wait_for_the_hours_of_the_post_before_it_works() -> None:
    hours = {"calendar_id": "day", "row": "1", "name": "day", "kind": "opening_hours"}
    corridor = extended(
        tiny_corridor(), "calendar", opens="06:00", closes="18:00", days="daily", **hours
    )
    corridor = with_procedure(corridor, calendar_id="day")
    waits, done = procedures(corridor).at("MAR", "SER", "rail", "inbound")
    assert waits.activity is Activity.OPENING_HOURS
    assert waits.wait.mean_h == pytest.approx(12**2 / 48)
    assert (waits.cost_usd, waits.cost_basis, waits.time_basis) == (0, NOT_KNOWN, ESTIMATE)
    assert (done.activity, waits.ref, done.ref) == (Activity.PORT, 4, 4)


def test_procedures__are_true_where_there_are_some() -> None:
    assert procedures(tiny_corridor())
    assert not procedures(Corridor.of({}, name="empty"))


# ---------------------------------------------------------------- permits


def permits(corridor: Corridor | None = None, cargo: Cargo = BOX, **cells: str) -> Permits:
    row = {"regime_id": "R", "name": "R", "kind": "permit", "mode": "road", "country": "TM"}
    row |= {"delay_mean_h": "48", "delay_cv": "0.5", "cost_usd": "90"}
    with_regime = extended(corridor or tiny_corridor(), "regime", **(row | cells))
    return Permits(with_regime.used("regime"), cargo, Prices(with_regime, cargo))


def test_permits__take_their_time_and_cost_for_each_lorry() -> None:
    [act] = permits().entering("TM", "AF", "road")
    assert act.activity is Activity.PERMIT
    assert (act.ref, act.wait) == (0, (48.0, 24.0**2))
    assert act.cost_usd == 90 * 2.0
    assert (act.time_basis, act.cost_basis) == (ESTIMATE, ESTIMATE)


@pytest.mark.parametrize(("mode", "cost"), [("road", 180.0), ("rail", 45.0), ("sea", 90.0)])
def test_permits__cost_by_the_units_of_their_mode(mode: str, cost: float) -> None:
    assert permits(mode=mode).entering("TM", "AF", mode)[0].cost_usd == cost


def test_permits__are_asked_for_at_the_entry_of_their_country_by_their_mode() -> None:
    known = permits()
    assert known.entering("AF", "TM", "road") == []
    assert known.entering("TM", "AF", "rail") == []
    assert len(permits(mode="").entering("TM", "AF", "rail")) == 1


def test_permits__of_one_origin_are_asked_of_those_who_come_from_there() -> None:
    known = permits(from_country="AF")
    assert len(known.entering("TM", "AF", "road")) == 1
    assert known.entering("TM", "UZ", "road") == []
    assert len(permits().entering("TM", "UZ", "road")) == 1


@pytest.mark.parametrize(
    ("kind", "count"),
    [("permit", 1), ("visa", 1), ("escort", 1), ("entry_fee", 1), ("transit", 0)],
)
def test_permits__are_tokens_and_not_other_regimes(kind: str, count: int) -> None:
    assert len(permits(kind=kind).entering("TM", "AF", "road")) == count


def test_permits__of_no_country_or_of_other_goods_are_not_asked_for() -> None:
    assert permits(country="").entering("", "AF", "road") == []
    assert permits(cargo_class="truck").entering("TM", "AF", "road") == []
    assert len(permits(cargo_class="truck;box").entering("TM", "AF", "road")) == 1


def test_permits__without_a_price_or_a_delay() -> None:
    [act] = permits(cost_usd="", delay_mean_h="", delay_cv="").entering("TM", "AF", "road")
    assert (act.cost_usd, act.cost_basis, act.wait.mean_h) == (0, NOT_KNOWN, 0)


def test_permits__an_entry_fee_may_be_in_the_haulage_and_a_visa_is_not() -> None:
    corridor = haulage_with_fees("road", "TM")
    [fee] = permits(corridor, kind="entry_fee").entering("TM", "AF", "road")
    assert (fee.cost_usd, fee.cost_basis) == (0, DERIVED)
    [visa] = permits(corridor, kind="visa").entering("TM", "AF", "road")
    assert visa.cost_usd == 180
    [any_mode] = permits(corridor, kind="entry_fee", mode="").entering("TM", "AF", "road")
    assert any_mode.cost_usd == 90
    [plain] = permits(kind="entry_fee").entering("TM", "AF", "road")
    assert plain.cost_usd == 180


# ---------------------------------------------------------------- closures


def with_closure(corridor: Corridor | None = None, /, **cells: str) -> Corridor:
    """With one more closure: Torghundi, dated, of the first ten days of 2025, if not told."""
    row = {"closure_id": "C", "kind": "dated", "node_id": "TOR", "effect": "0", "reason": "dispute"}
    if cells.get("kind") != "random":
        row |= {"start_date": "2025-01-01", "end_date": "2025-01-10"}
    return extended(corridor or tiny_corridor(), "closure", **(row | cells))


STORMS = {"kind": "random", "events_per_year": "6", "mean_duration_h": "72"}
YEARS_D = 365.25 * RISK_YEARS


def test_closings__a_dated_one_is_a_share_of_five_years() -> None:
    [found] = closings(with_closure(), date(2025, 6, 1), None)
    assert found.share == pytest.approx(10 / YEARS_D)
    assert (found.wait, found.shut, found.ref, found.basis) == (NO_WAIT, None, 0, ESTIMATE)
    assert RISK_YEARS == 5


@pytest.mark.parametrize(
    ("day", "days"),
    [
        (date(2025, 1, 10), 10),
        (date(2025, 1, 4), 4),  # it is not over yet
        (date(2024, 12, 31), 0),  # it has not begun
        (date(2030, 1, 3), 9),  # 1826 days before: 3 January 2025 at the latest
        (date(2031, 1, 1), 0),  # too long ago
    ],
)
def test_closings__count_the_days_before_the_chosen_one(day: date, days: int) -> None:
    found = closings(with_closure(), day, None)
    assert sum(one.share for one in found) == pytest.approx(days / YEARS_D, abs=1.5 / YEARS_D)
    assert bool(found) == bool(days)


def test_closings__without_a_day_end_with_the_last_described_one() -> None:
    corridor = with_closure(with_closure(), closure_id="D", node_id="SER", end_date="2025-03-01")
    assert [one.share for one in closings(corridor, None, None)] == pytest.approx(
        [10 / YEARS_D, 60 / YEARS_D]
    )


def test_closings__without_an_end_count_as_one_day_and_never_as_all_time() -> None:
    [open_end] = closings(with_closure(end_date=""), date(2025, 6, 1), None)
    assert open_end.share == pytest.approx(1 / YEARS_D)
    long = with_closure(start_date="2001-01-01", end_date="2025-01-01")
    assert closings(long, None, None)[0].share == 0.95


def test_closings__a_random_one_keeps_waiting_and_stands_for_dated_ones() -> None:
    [storm] = closings(with_closure(**STORMS), None, None)
    share = 6 * 72 / 8766
    assert storm.share == pytest.approx(share)
    assert storm.wait.mean_h == pytest.approx(share * 72)
    both = with_closure(with_closure(**STORMS), closure_id="D")
    assert [one.ref for one in closings(both, date(2025, 6, 1), None)] == [0]
    apart = with_closure(with_closure(**STORMS), closure_id="D", node_id="SER")
    assert [one.ref for one in closings(apart, date(2025, 6, 1), None)] == [0, 1]


def test_closings__that_do_not_recur_or_leave_capacity_are_no_risk() -> None:
    assert closings(with_closure(recurs="no"), date(2025, 6, 1), None) == []
    assert closings(with_closure(effect="0.3"), date(2025, 6, 1), None) == []
    assert closings(with_closure(effect="0.3", **STORMS), None, None) == []


def test_closings__shut_when_they_last_for_the_whole_period() -> None:
    corridor = with_closure(recurs="no")
    first, last = date(2025, 1, 1), date(2025, 1, 10)
    [found] = closings(corridor, last, (first, last))
    assert found.shut is not None
    assert found.shut == Shut("C", "TOR", "dispute", "2025-01-01")
    assert found.share == 0
    assert closings(corridor, last, (date(2024, 12, 31), last)) == []
    assert closings(corridor, last, (first, date(2025, 1, 11))) == []


@pytest.mark.parametrize(
    ("cells", "what"),
    [({"link_id": "HEA-TOR"}, "HEA-TOR"), ({"service_id": "ferry"}, "ferry")],
)
def test_closings__name_what_is_shut(cells: dict[str, str], what: str) -> None:
    day = date(2025, 1, 5)
    [found] = closings(with_closure(node_id="", **cells), day, (day, day))
    assert found.shut is not None
    assert found.shut.what == what
