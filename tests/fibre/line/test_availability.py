"""Availability against hand calculation, limits and Monte Carlo."""

import numpy as np
import pytest

from lajvard.errors import InputError
from lajvard.fibre.line.availability import (
    YEAR_H,
    Availability,
    Part,
    beside,
    in_series,
    one_way,
    sample_outages,
    ship_sweep,
    two_ways,
)

BAD = [
    Part("sea", 3.0, 400.0, (0,), by_ship=True),
    Part("hut", 20.0, 24.0, (0,)),
    Part("road", 12.0, 60.0, (1,)),
    Part("rail", 5.0, 200.0, (1,)),
    Part("landing", 1.0, 50.0, (0, 1)),
]


def measured(spans: np.ndarray, years: float) -> tuple[float, float, float]:
    lengths = spans[:, 1] - spans[:, 0]
    return 1 - lengths.sum() / (years * YEAR_H), len(spans) / years, float(lengths.mean())


@pytest.mark.parametrize("protected", [False, True], ids=["one way", "two ways"])
def test_availability__is_that_of_monte_carlo(protected: bool) -> None:
    years = 20_000
    spans = sample_outages(BAD, years, seed=7, protected=protected)
    found = two_ways(BAD) if protected else one_way(BAD)
    share, rate, length = measured(spans, years)
    assert 1 - found.share == pytest.approx(1 - share, rel=0.02)
    assert found.outages_per_year == pytest.approx(rate, rel=0.02)
    assert found.mean_outage_h == pytest.approx(length, rel=0.02)


def test_outage_h__is_the_quantile_of_monte_carlo_where_outages_are_rare() -> None:
    parts = [Part("sea", 0.2, 720.0), Part("road", 4.0, 12.0), Part("all", 0.25, 48.0, (0, 1))]
    spans = sample_outages(parts, 40_000, seed=3, protected=False)
    lengths = spans[:, 1] - spans[:, 0]
    found = one_way(parts)
    for quantile in (0.5, 0.9, 0.95, 0.99):
        assert found.outage_h(quantile) == pytest.approx(np.quantile(lengths, quantile), rel=0.05)


def test_outage_h__of_two_ways_is_short_where_both_must_fail() -> None:
    parts = [Part("sea", 1.0, 720.0, (0,)), Part("road", 10.0, 12.0, (1,))]
    spans = sample_outages(parts, 200_000, seed=4)
    lengths = spans[:, 1] - spans[:, 0]
    found = two_ways(parts)
    assert found.outage_h(0.5) == pytest.approx(np.quantile(lengths, 0.5), rel=0.05)
    assert found.outage_h(0.95) == pytest.approx(np.quantile(lengths, 0.95), rel=0.05)


def test_two_ways__by_hand() -> None:
    half = [Part("a", 1.0, YEAR_H, (0,)), Part("b", 1.0, YEAR_H, (1,))]
    found = two_ways(half)
    assert found.share == pytest.approx(0.75)
    assert found.outages_per_year == pytest.approx(0.5 * 0.5 + 0.5 * 0.5)


def test_two_ways__without_a_second_way_is_one_way() -> None:
    """A second way that is always down helps nobody; what is shared helps nobody either."""
    shared = [Part("all", 2.0, 30.0, (0, 1))]
    assert two_ways(shared).share == pytest.approx(one_way(shared).share)
    own = [Part("a", 2.0, 30.0, (0,)), Part("dead", 1e9, 1e9, (1,))]
    assert two_ways(own).share == pytest.approx(one_way(own).share, rel=1e-6)
    assert two_ways(own).outages_per_year == pytest.approx(one_way(own).outages_per_year, rel=1e-5)


def test_two_ways__are_never_worse_than_one() -> None:
    assert two_ways(BAD).share >= one_way(BAD, 0).share
    assert two_ways(BAD).share >= one_way(BAD, 1).share


def test_causes__add_up() -> None:
    for found in (one_way(BAD), two_ways(BAD), in_series(one_way(BAD), two_ways(BAD))):
        total = sum(cause.outages_per_year for cause in found.causes)
        assert total == pytest.approx(found.outages_per_year)
        hours = [cause.down_h_per_year for cause in found.causes]
        assert hours == sorted(hours, reverse=True)


def test_beside_and_in_series__are_two_ways_and_one() -> None:
    a, b = Part("a", 3.0, 100.0, (0,)), Part("b", 7.0, 30.0, (1,))
    pair = beside(one_way([a], 0), one_way([b], 1))
    assert pair.share == pytest.approx(two_ways([a, b]).share)
    assert pair.outages_per_year == pytest.approx(two_ways([a, b]).outages_per_year)
    line = in_series(one_way([a]), one_way([b], 1))
    both = one_way([a, Part("b", 7.0, 30.0)])
    assert line.share == pytest.approx(both.share)
    assert line.outages_per_year == pytest.approx(both.outages_per_year)


def test_ship_sweep__slower_ships_cost_hours() -> None:
    found = ship_sweep(BAD, [10, 30, 60, 90])
    one = [found[days][0].down_h_per_year for days in found]
    two = [found[days][1].down_h_per_year for days in found]
    assert one == sorted(one)
    assert two == sorted(two)
    assert all(b < a for a, b in zip(one, two, strict=True))


def test_availability__of_nothing_is_all() -> None:
    assert one_way([]) == Availability(1.0, 0.0)
    assert two_ways([]).share == 1.0
    assert one_way([]).mean_outage_h == 0.0
    assert one_way([]).outage_h(0.5) == 0.0
    assert len(sample_outages([], 10, seed=0)) == 0


def test_part__refuses_what_cannot_be() -> None:
    with pytest.raises(InputError, match="part 'x'"):
        Part("x", -1.0, 3.0)
    with pytest.raises(InputError, match="quantile"):
        one_way(BAD).outage_h(1.0)
