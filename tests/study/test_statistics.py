"""Intervals against hand cases, published tables and their own promise: coverage."""

import math

import numpy as np
import pytest

from lajvard.errors import InputError
from lajvard.study.statistics import (
    Estimate,
    Running,
    Until,
    bootstrap_interval,
    caution,
    mean_interval,
    paired_difference,
    quantile_interval,
)

NAN = math.nan


def draws(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=seed))


# ---------------------------------------------------------------- means


def test_mean_interval__of_a_textbook_sample() -> None:
    # Law, Simulation Modeling and Analysis, example 4.26: 1.34 ± 0.24 at 90 %
    sample = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]
    found = mean_interval(sample, level=0.9)
    assert found.value == pytest.approx(1.343)
    assert found.half_width == pytest.approx(0.24, abs=0.005)
    assert (found.n, found.caution, found.excludes_zero) == (10, "", True)


def test_mean_interval__leaves_out_replications_without_a_value() -> None:
    assert mean_interval([1.0, NAN, 3.0]) == mean_interval([1.0, 3.0])
    assert mean_interval([1.0, NAN, 3.0]).n == 2


@pytest.mark.parametrize("values", [[], [NAN]])
def test_mean_interval__of_nothing_is_not_a_number(values: list[float]) -> None:
    found = mean_interval(values)
    assert found.n == 0
    assert math.isnan(found.value)
    assert "no replication" in found.caution


def test_mean_interval__of_one_has_no_bounds() -> None:
    found = mean_interval([4.0])
    assert found.value == 4.0
    assert math.isnan(found.low)
    assert not found.excludes_zero
    assert "no interval" in found.caution


def test_mean_interval__refuses_a_level_that_is_none() -> None:
    with pytest.raises(InputError, match="level: 95"):
        mean_interval([1.0, 2.0], level=95)


def test_caution__ends_at_ten() -> None:
    assert "too few" in caution(9)
    assert caution(10) == ""


def test_running__agrees_with_the_whole_sample() -> None:
    sample = 1e6 + draws(1).normal(size=50)
    running = Running()
    for value in [*sample, NAN]:
        running.add(float(value))
    found, wanted = running.estimate(), mean_interval(sample)
    assert found.value == pytest.approx(wanted.value, rel=1e-14)
    assert found.half_width == pytest.approx(wanted.half_width, rel=1e-9)
    assert found.n == 50


# ---------------------------------------------------------------- quantiles


@pytest.mark.parametrize(
    ("n", "q", "low", "high"),
    [
        # ranks of the 95 % interval of a median: Conover, table A3; 5 values have none
        (5, 0.5, NAN, NAN),
        (6, 0.5, 1, 6),
        (10, 0.5, 2, 9),
        (20, 0.5, 6, 15),
        (100, 0.5, 40, 61),
        (20, 0.95, 17, NAN),
        (100, 0.95, 90, 100),
    ],
)
def test_quantile_interval__has_the_ranks_of_the_binomial(
    n: int, q: float, low: float, high: float
) -> None:
    found = quantile_interval(np.arange(1, n + 1), q)
    assert (found.low, found.high) == pytest.approx((low, high), nan_ok=True)
    assert found.method == "order statistics"


def test_quantile_interval__does_not_depend_on_order() -> None:
    sample = draws(2).exponential(size=40)
    assert quantile_interval(sample, 0.5) == quantile_interval(np.sort(sample), 0.5)


def test_quantile_interval__refuses_what_is_no_quantile() -> None:
    with pytest.raises(InputError, match="not between 0 and 1"):
        quantile_interval([1.0], 95)


def test_bootstrap_interval__repeats_and_is_near_the_t_interval() -> None:
    sample = draws(3).normal(10.0, 2.0, size=60)
    found = bootstrap_interval(sample, lambda each: float(each.mean()))
    wanted = mean_interval(sample)
    assert found == bootstrap_interval(sample, lambda each: float(each.mean()))
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=0.1)


def test_bootstrap_interval__is_that_of_plain_resampling() -> None:
    sample = draws(3).gamma(2.0, 3.0, size=(25, 2))
    found = bootstrap_interval(sample, lambda each: float(np.median(each)), 0.9, seed=4)
    random = draws(4)
    plain = [np.median(sample[random.integers(0, 25, 25)]) for _ in range(2000)]
    assert (found.low, found.high) == pytest.approx(np.quantile(plain, [0.05, 0.95]), rel=1e-12)


def test_bootstrap_interval__of_one_has_no_bounds() -> None:
    assert math.isnan(bootstrap_interval([3.0], lambda each: float(each.mean())).low)


# ---------------------------------------------------------------- differences


def test_paired_difference__by_hand() -> None:
    # differences 1, 1.5, 0.5: mean 1, sd 0.5, t(2; 0.975) = 4.303, half-width 1.242
    found = paired_difference([10.0, 20.0, 30.0], [11.0, 21.5, 30.5])
    assert found.change.value == 1.0
    assert found.change.half_width == pytest.approx(4.3027 * 0.5 / math.sqrt(3), rel=1e-4)
    assert not found.is_clear
    assert found.share == pytest.approx(0.05)


def test_paired_difference__is_narrower_than_the_runs_when_they_move_together() -> None:
    common = draws(4).normal(100.0, 10.0, size=20)
    found = paired_difference(common, common + 2.0 + draws(5).normal(0, 0.5, size=20))
    assert found.correlation > 0.99
    assert found.is_clear
    assert found.change.half_width < found.base.half_width / 10


def test_paired_difference__of_equal_runs_is_exactly_zero() -> None:
    found = paired_difference([3.0, 4.0], [3.0, 4.0])
    assert (found.change.low, found.change.high, found.is_clear) == (0.0, 0.0, False)


def test_paired_difference__leaves_out_pairs_without_a_partner() -> None:
    found = paired_difference([1.0, NAN, 3.0, 4.0], [2.0, 2.0, NAN, 5.0])
    assert found.base.n == found.other.n == found.change.n == 2


def test_paired_difference__refuses_runs_of_different_length() -> None:
    with pytest.raises(InputError, match="2 values here and 1 there"):
        paired_difference([1.0, 2.0], [1.0])


# ---------------------------------------------------------------- when to stop


def stopped_at(values: list[float], until: Until) -> int | None:
    running = Running()
    for number, value in enumerate(values, start=1):
        running.add(value)
        if until.is_reached(running):
            return number
    return None


def test_until__stops_at_the_first_number_that_suffices() -> None:
    values = [float(value) for value in draws(6).normal(100.0, 10.0, size=400)]
    until = Until("journey_h", 0.02)
    at = stopped_at(values, until)
    assert at is not None
    assert at > 10
    assert mean_interval(values[:at]).half_width <= 0.02 * mean_interval(values[:at]).value
    assert mean_interval(values[: at - 1]).half_width > 0.02 * mean_interval(values[: at - 1]).value


def test_until__waits_for_the_minimum() -> None:
    assert stopped_at([5.0] * 30, Until("journey_h", 0.05, minimum=12)) == 12


def test_until__never_stops_without_values() -> None:
    assert stopped_at([NAN] * 30, Until("journey_h", 0.05)) is None


@pytest.mark.parametrize(
    "wrong", [{"half_width_share": 0}, {"minimum": 1}, {"minimum": 20, "maximum": 10}, {"level": 2}]
)
def test_until__refuses_what_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        Until(**({"indicator": "journey_h", "half_width_share": 0.05} | wrong))  # type: ignore[arg-type]


# ---------------------------------------------------------------- coverage


def coverage(n_seeds: int) -> dict[str, float]:
    """How often intervals hold the true value, over samples of 20."""
    held = dict.fromkeys(("mean", "median", "p75", "difference", "bootstrap", "until"), 0)
    for seed in range(n_seeds):
        random = draws(1000 + seed)
        normal, skewed = random.normal(5.0, 2.0, 20), random.exponential(1.0, 20)
        base = random.normal(0.0, 3.0, 20)
        checks = {
            "mean": (mean_interval(normal), 5.0),
            "median": (quantile_interval(skewed, 0.5), math.log(2)),
            "p75": (quantile_interval(skewed, 0.75), math.log(4)),
            "difference": (paired_difference(base, base + normal).change, 5.0),
            "bootstrap": (
                bootstrap_interval(normal, lambda s: float(s.mean()), resamples=200),
                5.0,
            ),
        }
        for name, (found, true) in checks.items():
            held[name] += found.low <= true <= found.high
        at = stopped_at([float(v) for v in random.normal(10.0, 2.0, 500)], Until("x", 0.1))
        assert at is not None
        again = draws(1000 + seed)
        again.normal(5.0, 2.0, 20), again.exponential(1.0, 20), again.normal(0.0, 3.0, 20)
        stopped = mean_interval(again.normal(10.0, 2.0, 500)[:at])
        held["until"] += stopped.low <= 10.0 <= stopped.high
    return {name: count / n_seeds for name, count in held.items()}


def check_coverage(n_seeds: int) -> None:
    error = 3 * math.sqrt(0.95 * 0.05 / n_seeds)
    found = coverage(n_seeds)
    for exact in ("mean", "difference"):
        assert found[exact] == pytest.approx(0.95, abs=error)
    for at_least in ("median", "p75"):
        assert found[at_least] >= 0.95 - error
    assert found["bootstrap"] >= 0.95 - error - 0.04  # percentile, 20 values: known to be narrow
    assert found["until"] >= 0.95 - error - 0.06  # a rule that looks stops a little early


def test_coverage__of_intervals_is_what_they_promise() -> None:
    check_coverage(150)


@pytest.mark.validate
def test_coverage__holds_over_many_seeds() -> None:
    check_coverage(3000)


# ------------------------------------------------------------- ends of the ranges


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 1.5])
def test_level__is_between_0_and_1(level: float) -> None:
    with pytest.raises(InputError, match="is not between 0 and 1"):
        mean_interval([1.0, 2.0], level)
    with pytest.raises(InputError, match="is not between 0 and 1"):
        Running().estimate(level)


@pytest.mark.parametrize("q", [0.0, 1.0])
def test_quantile_interval__of_the_least_and_the_largest_has_none(q: float) -> None:
    with pytest.raises(InputError, match="is not between 0 and 1"):
        quantile_interval([1.0, 2.0], q)


def test_quantile_interval__of_two_has_a_spread_and_no_bounds() -> None:
    found = quantile_interval([4.0, 2.0], 0.5)
    assert (found.value, found.n) == (3.0, 2)
    assert found.sd == pytest.approx(math.sqrt(2))
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert math.isnan(quantile_interval([4.0], 0.5).sd)
    nothing = quantile_interval([math.nan], 0.5)
    assert (nothing.n, nothing.method) == (0, "order statistics")
    assert math.isnan(nothing.value)


def test_quantile_interval__of_five_at_the_level_that_two_tails_leave() -> None:
    # of 5 values all lie on one side of the median with probability 1/32: tails of 1/32 each
    values = [1.0, 2.0, 3.0, 4.0, 5.0]
    just = quantile_interval(values, 0.5, 1 - 2 / 32)
    assert (just.low, just.high) == (1.0, 5.0)
    more = quantile_interval(values, 0.5, 1 - 1.9 / 32)
    assert math.isnan(more.low)
    assert math.isnan(more.high)


def test_bootstrap_interval__of_two_and_of_rows() -> None:
    two = bootstrap_interval([1.0, 3.0], lambda sample: float(sample.mean()))
    assert (two.value, two.low, two.high, two.n) == (2.0, 1.0, 3.0, 2)
    assert two.sd == pytest.approx(math.sqrt(2))
    rows = bootstrap_interval(np.array([[1.0, 2.0], [3.0, 4.0]]), lambda sample: sample.mean())
    assert (rows.value, rows.n) == (2.5, 2)
    assert math.isnan(rows.sd)
    assert math.isnan(bootstrap_interval([], lambda sample: 0.0).value)


def test_bootstrap_interval__bounds_are_quantiles_of_the_resamples() -> None:
    values, level = np.array([1.0, 2.0, 4.0, 8.0, 16.0]), 0.8
    draws = np.random.Generator(np.random.Philox(key=7))
    means = [values[draws.integers(0, 5, 5)].mean() for _ in range(300)]
    found = bootstrap_interval(
        values, lambda sample: float(sample.mean()), level, resamples=300, seed=7
    )
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(means, [0.1, 0.9])))
    usual = bootstrap_interval(values, np.mean)
    assert usual == bootstrap_interval(values, np.mean, resamples=2000, seed=1)


@pytest.mark.parametrize(
    ("low", "high", "excludes"), [(0.1, 1, True), (-1, -0.1, True), (0, 1, False), (-1, 0, False)]
)
def test_excludes_zero__only_strictly(low: float, high: float, excludes: bool) -> None:
    found = Estimate((low + high) / 2, low, high, 9, 1.0, 0.95)
    assert found.excludes_zero is excludes
    assert found.half_width == pytest.approx((high - low) / 2)


@pytest.mark.parametrize(
    ("n", "said"), [(0, "no replication has"), (1, "one replication has"), (2, "2 replications")]
)
def test_caution__of_few(n: int, said: str) -> None:
    assert caution(n).startswith(said)


def test_paired_difference__share_and_correlation_of_what_does_not_vary() -> None:
    found = paired_difference([2.0, 4.0], [3.0, 6.0])
    assert found.share == pytest.approx(0.5)
    assert found.correlation == pytest.approx(1.0)
    assert math.isnan(paired_difference([0.0, 0.0], [1.0, 2.0]).share)
    assert math.isnan(paired_difference([1.0, 1.0], [1.0, 2.0]).correlation)
    assert math.isnan(paired_difference([1.0, 2.0], [1.0, 1.0]).correlation)
    assert math.isnan(paired_difference([1.0], [2.0]).correlation)


def test_until__at_exactly_the_share_and_the_minimum() -> None:
    running = Running()
    for value in (9.0, 11.0):
        running.add(value)
    share = running.estimate().half_width / 10
    assert Until("x", share, minimum=2).is_reached(running) is True
    assert Until("x", share * 0.999, minimum=2).is_reached(running) is False
    assert Until("x", 99.0, minimum=3).is_reached(running) is False
    below = Running()
    for value in (-9.0, -11.0):
        below.add(value)
    assert Until("x", share, minimum=2).is_reached(below) is True
    assert Until("x", 0.1, minimum=2, maximum=2).maximum == 2
