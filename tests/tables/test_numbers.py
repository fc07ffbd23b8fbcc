"""Numbers as a reader sees them."""

import pytest

from lajvard.tables.numbers import SPACE, percent


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
