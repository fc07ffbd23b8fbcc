"""The built-in corridor beside published lengths, times and prices (`make validate` prints it)."""

import pytest

from lajvard.case import Case
from lajvard.corridor import built_in
from lajvard.report import TargetResult, validate_targets

MOST = 0.1
"""Largest error of a published length."""


def lines(results: tuple[TargetResult, ...]) -> list[str]:
    head = f"{'id':5}{'kind':11}{'figure':55}{'km':>15}{'error':>7}{'days':>13}{'model, p95':>13}"
    return [head + f"{'USD':>15}{'error':>7}", *map(line, results)]


def line(result: TargetResult) -> str:
    route = result.route
    start = f"{result.target_id:5}{result.kind:11}{result.label[:54]:55}"
    if route is None:
        return f"{start} {result.reason}"
    length = price = days = model = ""
    if result.length_km is not None:
        length = f"{result.length_km:,.0f} {route.distance_km:,.0f}"
    if result.cost_usd is not None:
        price = f"{result.cost_usd:,.0f} {route.cost_usd:,.0f}"
    if result.days_low is not None:
        days = f"{result.days_low:g}-{result.days_high or result.days_low:g}"
        model = f"{route.time_h / 24:.1f}, {route.p95_h / 24:.1f}"
    errors = [
        f"{e:+.0%}" if e is not None else "" for e in (result.length_error, result.cost_error)
    ]
    return f"{start}{length:>15}{errors[0]:>7}{days:>13}{model:>13}{price:>15}{errors[1]:>7}"


def too_long(results: tuple[TargetResult, ...]) -> list[str]:
    """Published lengths that the model misses, or has no route for."""
    return [
        line(result)
        for result in results
        if result.kind == "distance"
        and (result.length_error is None or abs(result.length_error) > MOST)
    ]


def test_targets__lengths_are_met() -> None:
    results = validate_targets(Case(built_in()))
    assert sum(result.kind == "distance" for result in results) >= 15
    assert not too_long(results), "\n".join(too_long(results))


@pytest.mark.validate
def test_targets__are_printed() -> None:
    results = validate_targets(Case(built_in()))
    print("\n" + "\n".join(lines(results)))
    assert not too_long(results)
