"""Numbers as a reader sees them."""

import math
from datetime import date

import pytest

from lajvard.tables.numbers import (
    SPACE,
    capital,
    counted,
    figure_and_unit,
    in_words,
    km,
    listed,
    percent,
    rounded,
    signed,
    span,
    tick,
    unit_for,
    usd,
)


@pytest.mark.parametrize(
    ("share", "words", "plain"),
    [
        (0.0, "0", "0"),
        (1e-9, "below 1", "<1"),
        (0.00499, "below 1", "<1"),
        (0.005, "below 1", "<1"),
        (0.0051, "1", "1"),
        (0.372, "37", "37"),
        (0.9949, "99", "99"),
        (0.995, "over 99", ">99"),
        (0.999999, "over 99", ">99"),
        (1.0, "100", "100"),
        (12.0, "1,200", "1,200"),
        (-0.25, "−25", "-25"),
    ],
)
def test_percent__what_is_small_is_not_called_nothing(share: float, words: str, plain: str) -> None:
    assert percent(share) == f"{words}{SPACE}%"
    assert percent(share, plain=True) == f"{plain} %"


def test_percent__with_decimals_the_least_is_smaller() -> None:
    assert percent(0.0004, 1, plain=True) == "<0.1 %"
    assert percent(0.0006, 1, plain=True) == "0.1 %"
    assert percent(0.9994, 1, plain=True) == "99.9 %"
    assert percent(0.9996, 1, plain=True) == ">99.9 %"


def test_percent__a_change_has_a_sign_and_may_be_nothing() -> None:
    assert percent(0.034, sign=True) == f"+3{SPACE}%"
    assert percent(-0.034, sign=True) == f"−3{SPACE}%"
    assert percent(0.004, sign=True) == f"0{SPACE}%"
    assert percent(-0.0004, 1, sign=True) == f"0.0{SPACE}%"
    assert percent(0.034, 1, sign=True, plain=True) == "+3.4 %"


def test_rounded__keeps_thousands_and_no_minus_of_nothing() -> None:
    assert [rounded(v, d) for v, d in ((1234.56, 0), (1234.56, 1), (1255.0, -1), (-0.4, 0))] == [
        "1,235",
        "1,234.6",
        "1,260",
        "0",
    ]
    assert [rounded(v) for v in (-7.0, None, math.nan, math.inf)] == ["−7", "–", "–", "–"]


def test_tick__has_all_its_decimals() -> None:
    assert [tick(v) for v in (0.125, -0.0, -1500.0)] == ["0.125", "0", "−1,500"]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (47.9, f"48{SPACE}h"),
        (48.0, f"2.0{SPACE}days"),
        (-30.0, f"−30{SPACE}h"),
        (-48.0, f"−2.0{SPACE}days"),
        (2399.0, f"100.0{SPACE}days"),
        (2400.0, f"100{SPACE}days"),
        (-2400.0, f"−100{SPACE}days"),
    ],
)
def test_span__is_hours_below_two_days(hours: float, words: str) -> None:
    assert span(hours) == words


def test_figure_and_unit__follow_the_same_rule() -> None:
    assert [figure_and_unit(hours) for hours in (47.9, 48.0, -50.0)] == [
        ("48", "hours"),
        ("2.0", "days"),
        ("−2.1", "days"),
    ]
    assert figure_and_unit(-47.0) == ("−47", "hours")


def test_unit_for__the_longest_time_chooses_for_all() -> None:
    assert (unit_for(47.9).told(6.25), unit_for(48.0).told(6.0)) == (
        f"6.2{SPACE}hours",
        f"0.2{SPACE}days",
    )
    assert unit_for(48.0).shown(36.0) == "1.5"


def test_usd_and_km() -> None:
    assert [usd(v) for v in (99.4, 100.0, 104.0, 106.0, -1234.0)] == [
        f"USD{SPACE}99",
        f"USD{SPACE}100",
        f"USD{SPACE}100",
        f"USD{SPACE}110",
        f"USD{SPACE}−1,230",
    ]
    assert km(1234.6) == f"1,235{SPACE}km"


def test_percent__just_below_all_is_all_within_rounding_errors() -> None:
    assert percent(1 - 1e-10, plain=True) == "100 %"
    assert percent(1 - 1e-8, plain=True) == ">99 %"
    assert percent(0.9949999, plain=True) == "99 %"
    assert percent(1.004, plain=True) == "100 %"


def test_counted_listed_and_capital() -> None:
    assert [counted(n, "way") for n in (0, 1, 2)] == ["0 ways", "1 way", "2 ways"]
    assert counted(2, "country", "countries") == "2 countries"
    assert [listed(list(words)) for words in ("", "a", "ab", "abc")] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert listed(["a", "b"], "or") == "a or b"
    assert (capital("über"), capital("")) == ("Über", "")


def test_in_words__is_the_month_by_name() -> None:
    assert [in_words(date(2024, month, 9)) for month in (1, 12)] == [
        "9 January 2024",
        "9 December 2024",
    ]


def test_signed__zero_has_no_sign_and_what_is_not_known_neither() -> None:
    assert [signed(v) for v in (0.04, -0.04, 0.06, -0.06, math.nan)] == [
        "0.0",
        "0.0",
        "+0.1",
        "−0.1",
        "–",
    ]
    assert signed(-1234.0, 0) == "−1,234"
    assert signed(-10.0, 0) == "−10"
