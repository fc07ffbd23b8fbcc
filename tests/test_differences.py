"""What the comparison with approved numbers says."""

from math import inf

import pytest
from tests.differences import differences

APPROVED = {"hours": 312.4, "route": "AF-IR-TR", "spans": [80.0, 95.5], "works": True}


def said(found: object, rel: float = 1e-6) -> list[str]:
    return differences(APPROVED, found, "herat", rel, 1e-9)


def test_differences__are_none_within_the_tolerance() -> None:
    assert said(APPROVED) == []
    assert said(APPROVED | {"hours": 312.4 * (1 + 5e-7)}) == []
    assert said(APPROVED | {"hours": 312.5}, rel=1e-2) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"hours": 312.5}, "herat.hours: 312.5, approved is 312.4"),
        ({"hours": inf}, "herat.hours: inf, approved is 312.4"),
        ({"route": "AF-TM"}, "herat.route: 'AF-TM', approved is 'AF-IR-TR'"),
        ({"spans": [80.0, 96.0]}, "herat.spans[1]: 96.0, approved is 95.5"),
        ({"spans": [80.0]}, "herat.spans: [80.0], approved is [80.0, 95.5]"),
        ({"works": 1}, "herat.works: 1, approved is True"),
        ({"risk": 0.1}, "herat.risk: is new"),
    ],
)
def test_differences__names_the_place_and_both_values(change: dict[str, object], line: str) -> None:
    assert said(APPROVED | change) == [line]


def test_differences__name_what_is_gone() -> None:
    found = {"route": "AF-TM", "spans": [80.0, 95.5], "works": True}
    assert said(found) == [
        "herat.hours: is gone",
        "herat.route: 'AF-TM', approved is 'AF-IR-TR'",
    ]
