"""Opening hours, timetables, driver hours and bans, in hours of the week worked by hand."""

from math import inf

import pytest
from tests.tiny import table_of

from lajvard.errors import InputError
from lajvard.network.calendars import CONVOY_H, Calendars, DriverRules, since_new_year_h
from lajvard.network.waits import NO_WAIT

HEAD = (
    "calendar_id,row,name,kind,days,opens,closes,utc_offset_h,country,driving_h,rest_h,"
    "status,basis,source_id\n"
)
END = ",operating,estimate,estimate"


def calendars(*rows: str) -> Calendars:
    return Calendars(table_of("calendar", HEAD + "\n".join(rows)))


def rules(*rows: str, year: int = 2025) -> DriverRules:
    return DriverRules.of(table_of("calendar", HEAD + "\n".join(rows)), year)


def hours(days: str, opens: str, closes: str, offset: str = "", kind: str = "opening_hours") -> str:
    return f"c,1,c,{kind},{days},{opens},{closes},{offset},,,{END}"


def test_opening_hours__are_hours_of_the_week_in_utc() -> None:
    assert calendars(hours("mon;wed", "08:00", "20:30")).opening_hours("c") == [
        (8.0, 20.5),
        (56.0, 68.5),
    ]
    assert calendars(hours("mon", "08:00", "20:00", "4.5")).opening_hours("c") == [(3.5, 15.5)]
    # Monday 02:00 in the east is Sunday 21:30 in UTC
    assert calendars(hours("mon", "02:00", "06:00", "4.5")).opening_hours("c") == [(165.5, 169.5)]


def test_opening_hours__over_midnight_end_on_the_next_day() -> None:
    assert calendars(hours("tue", "22:00", "04:00")).opening_hours("c") == [(46.0, 52.0)]
    assert calendars(hours("tue", "06:00", "06:00")).opening_hours("c") == [(30.0, 54.0)]
    assert calendars(hours("sun", "12:00", "")).opening_hours("c") == [(156.0, 168.0)]


def test_opening_hours__daily_are_seven_windows() -> None:
    found = calendars(hours("daily", "00:00", "12:00"))
    assert found.opening_hours("c") == [(24.0 * day, 24.0 * day + 12) for day in range(7)]
    assert found.open_share("c") == pytest.approx(0.5)
    assert found.opening_wait("c").mean_h == pytest.approx(3.0)


def test_calendars__of_no_rows_are_always_open() -> None:
    found = calendars()
    assert (found.opening_hours(""), found.departures_h(""), found.windows("")) == ([], [], [])
    assert found.open_share("") == 1
    assert found.opening_wait("") == NO_WAIT
    assert found.departure_wait("") == NO_WAIT


def test_departures__make_waits_of_half_the_mean_gap() -> None:
    found = calendars(hours("mon;thu", "12:00", "", kind="departures"))
    assert found.departures_h("c") == [12.0, 84.0]
    # gaps of 72 and 96 h: (72^2 + 96^2) / (2 x 168)
    assert found.departure_wait("c").mean_h == pytest.approx(14400 / 336)
    assert found.opening_hours("c") == []
    assert found.opening_wait("c") == found.departure_wait("c")


def test_windows__are_open_for_a_minute_when_a_convoy_leaves() -> None:
    found = calendars(hours("mon", "12:00", "", kind="departures"))
    assert pytest.approx(1 / 60) == CONVOY_H
    assert found.windows("c") == [(12.0, 12.0 + CONVOY_H)]
    assert found.open_share("c") == pytest.approx(CONVOY_H / 168)


@pytest.mark.parametrize(("hour", "year", "since"), [(0, 2025, 120), (48, 2025, 0), (50, 2025, 2)])
def test_since_new_year_h__begins_on_the_first_of_january(
    hour: float, year: int, since: float
) -> None:
    # 1 January 2025 is a Wednesday
    assert since_new_year_h(hour, year) == since


# ---------------------------------------------------------------- drivers


def driving(country: str, driven: float, rest: float) -> str:
    return f"d{country},1,d,driver_hours,,,,,{country},{driven},{rest}{END}"


def ban(country: str, days: str, opens: str, closes: str, offset: str = "") -> str:
    return f"b{country},1,b,driving_ban,{days},{opens},{closes},{offset},{country},,{END}"


def test_rest_per_driving__of_the_country_comes_before_that_of_all() -> None:
    found = rules(driving("", 9, 11), driving("TM", 10, 5), driving("TM", 1, 1))
    assert found.rest_per_driving("TM") == 0.5
    assert found.rest_per_driving("AF") == pytest.approx(11 / 9)


def test_rest_per_driving__is_none_without_a_rule() -> None:
    assert rules().rest_per_driving("AF") == 0
    assert rules().of_country("AF") == -1
    assert rules(driving("TM", 10, 5)).rest_per_driving("AF") == 0
    assert rules(hours("mon", "08:00", "20:00")).rest_per_driving("AF") == 0


def test_rules__a_country_that_only_bans_rests_as_all_others() -> None:
    found = rules(driving("", 9, 11), ban("TM", "sun", "08:00", "22:00"))
    assert found.rest_per_driving("TM") == pytest.approx(11 / 9)
    assert found.ban_from_h[found.of_country("TM")] == 8
    only = rules(ban("TM", "sun", "08:00", "22:00"))
    assert (only.driving_h, only.rest_h) == ((inf,), (0.0,))
    assert only.rest_per_driving("TM") == 0


@pytest.mark.parametrize(
    ("days", "opens", "closes", "offset", "from_h", "until_h", "bits"),
    [
        # 1 January 2025 is a Wednesday: bit 0; Sunday is bit 4
        ("wed", "08:00", "22:00", "", 8, 22, 0b1),
        ("sun", "08:00", "22:00", "", 8, 22, 0b10000),
        ("wed;sun", "08:00", "22:00", "4", 4, 18, 0b10001),
        # 02:00 on Wednesday in the east is 22:00 on Tuesday (bit 6) in UTC
        ("wed", "02:00", "06:00", "4", 22, 2, 0b1000000),
        # 22:30 on Wednesday in the west is 00:30 on Thursday (bit 1) in UTC
        ("wed", "22:30", "23:30", "-2", 0.5, 1.5, 0b10),
        ("daily", "", "", "", 0, 0, 0b1111111),
        ("", "10:00", "", "", 10, 0, 0b1111111),
    ],
)
def test_bans__are_days_from_new_year_on(
    days: str, opens: str, closes: str, offset: str, from_h: float, until_h: float, bits: int
) -> None:
    found = rules(ban("TM", days, opens, closes, offset))
    assert (found.ban_from_h, found.ban_until_h) == ((from_h,), (until_h,))
    assert found.ban_days == (bits,)


def test_bans__of_a_country_at_the_same_hours_are_one() -> None:
    same = rules(ban("TM", "wed", "08:00", "22:00"), ban("TM", "sun", "08:00", "22:00"))
    assert same.ban_days == (0b10001,)
    with pytest.raises(InputError, match="a second ban, at other hours, in TM"):
        rules(ban("TM", "wed", "08:00", "22:00"), ban("TM", "sun", "09:00", "22:00"))
