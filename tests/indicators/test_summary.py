"""Means and intervals, worked out by hand and by SciPy."""

from random import Random

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.indicators.logs import Row, same, table

from lajvard.indicators.summary import SUMMARY, enough_for, summarise, t_quantile


def observed(
    values: list[float], replications: list[int] | None = None, **more: list[float]
) -> ibis.Table:
    count = len(values)
    cells = {
        "run_id": pa.array(["run"] * count, pa.string()),
        "replication": pa.array(replications or [0] * count, pa.int32()),
        "x": pa.array(values, pa.float64()),
        **{name: pa.array(column, pa.float64()) for name, column in more.items()},
    }
    return ibis.memtable(pa.table(cells))


def summary(values: list[float], replications: list[int] | None = None) -> Row:
    (row,) = table(summarise(observed(values, replications), [], "x"))
    assert tuple(row) == SUMMARY
    return row


def test_summarise__describes_a_survey() -> None:
    # 2, 4, 6, 8, 10: mean 6; squares 16 + 4 + 0 + 4 + 16 = 40, sd = sqrt(40 / 4) = 3.16228;
    # half-width t(4) sd / sqrt(5) = 2.776445 * 1.414214 = 3.926487
    found = summary([2.0, 4.0, 6.0, 8.0, 10.0])
    assert (found["n"], found["replications"], found["mean"]) == (5, 1, 6.0)
    assert found["sd"] == pytest.approx(3.16228, abs=1e-5)
    assert found["low"] == pytest.approx(6 - 3.926487, abs=1e-5)
    assert found["high"] == pytest.approx(6 + 3.926487, abs=1e-5)
    # quantile q lies at position 4q: 0.4 -> 2.8, 2 -> 6, 3.6 -> 9.2, 3.8 -> 9.6
    quantiles = [found[name] for name in ("p10", "median", "p90", "p95")]
    assert quantiles == pytest.approx([2.8, 6.0, 9.2, 9.6])
    assert found["enough"] is False
    assert found["warning"] == "5 observations are too few to say: wanted are 30"


def test_summarise__takes_the_interval_from_replication_means() -> None:
    # means 2, 3 and 7 of two observations each: mean 4, sd = sqrt((4 + 1 + 9) / 2) = 2.645751,
    # half-width t(2) sd / sqrt(3) = 4.302653 * 1.527525 = 6.572411
    found = summary([1.0, 3.0, 3.0, 3.0, 6.0, 8.0], [0, 0, 1, 1, 2, 2])
    assert (found["n"], found["replications"], found["mean"]) == (6, 3, 4.0)
    assert found["high"] - found["mean"] == pytest.approx(6.572411, abs=1e-5)
    expected = stats.t.interval(0.95, 2, 4.0, stats.sem([2.0, 3.0, 7.0]))
    assert (found["low"], found["high"]) == pytest.approx(expected)


def test_summarise__weighs_replications_by_their_observations() -> None:
    # totals 9 of 3 and 1 of 1: mean 10 / 4 = 2.5; excess 9 - 7.5 = 1.5 and 1 - 2.5 = -1.5,
    # squares 4.5; error sqrt(4.5 / (2 * 1)) / (4 / 2) = 0.75; half-width t(1) 0.75 = 9.529654
    found = summary([3.0, 3.0, 3.0, 1.0], [0, 0, 0, 1])
    assert found["mean"] == 2.5
    assert found["high"] - 2.5 == pytest.approx(9.529654, abs=1e-5)


def test_summarise__divides_sums_for_a_ratio() -> None:
    # 100 km in 2 h and 50 km in 2 h: 150 / 4 = 37.5 km/h; each 50 and 25: sd 17.67767;
    # excess 100 - 75 = 25 and 50 - 75 = -25, squares 1250; error sqrt(1250 / 2) / 2 = 12.5
    rows = observed([100.0, 50.0], hours=[2.0, 2.0])
    (found,) = table(summarise(rows, [], "x", "hours"))
    assert (found["mean"], found["median"]) == (37.5, 37.5)
    assert found["sd"] == pytest.approx(17.67767, abs=1e-5)
    assert found["high"] - found["mean"] == pytest.approx(12.706205 * 12.5, abs=1e-4)


def test_summarise__of_one_observation_has_no_spread() -> None:
    found = summary([7.0])
    assert (found["n"], found["mean"], found["median"], found["p95"]) == (1, 7.0, 7.0, 7.0)
    assert (found["sd"], found["low"], found["high"], found["enough"]) == (None, None, None, False)


def test_summarise__of_nothing_has_no_row() -> None:
    assert table(summarise(observed([]), [], "x")) == []


def test_summarise__of_ties_is_sure() -> None:
    found = summary([5.0] * 40)
    assert (found["mean"], found["sd"], found["low"], found["high"]) == (5.0, 0.0, 5.0, 5.0)
    assert (found["p10"], found["p95"], found["enough"], found["warning"]) == (5.0, 5.0, True, "")


def test_summarise__of_ties_that_no_number_holds_is_sure() -> None:
    found = summary([0.1] * 1000)
    assert (found["low"], found["high"]) == pytest.approx((0.1, 0.1), abs=1e-12)


def test_summarise__leaves_out_what_is_not_known() -> None:
    rows = observed([1.0, 3.0, 5.0], hours=[1.0, 0.0, 1.0])
    (found,) = table(summarise(rows, [], "x", "hours"))
    assert (found["n"], found["mean"]) == (2, 3.0)


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(st.floats(0, 1e4), st.integers(0, 3), st.sampled_from("ab")),
        min_size=1,
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_summarise__does_not_mind_the_order(
    rows: list[tuple[float, int, str]], random: Random
) -> None:
    def summed(items: list[tuple[float, int, str]]) -> list[Row]:
        cells = {
            "run_id": pa.array(["run"] * len(items)),
            "replication": pa.array([item[1] for item in items], pa.int32()),
            "g": [item[2] for item in items],
            "x": [item[0] for item in items],
        }
        return table(summarise(ibis.memtable(pa.table(cells)), ["g"], "x"))

    mixed = list(rows)
    random.shuffle(mixed)
    first, second = summed(rows), summed(mixed)
    assert [row["g"] for row in first] == sorted({row[2] for row in rows})
    assert same(first, second)


@pytest.mark.parametrize("freedom", [1, 2, 3, 10, 30, 31, 50, 100, 1000, 100000])
def test_t_quantile__is_that_of_scipy(freedom: int) -> None:
    found = t_quantile(ibis.literal(float(freedom)))
    value = ibis.memtable(pa.table({"x": [1.0]})).select(t=found).to_pyarrow()["t"][0].as_py()
    assert value == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-7)


def test_enough_for__is_the_first_that_is_enough() -> None:
    assert 0.95 ** enough_for(0.95) <= 0.05 < 0.95 ** (enough_for(0.95) - 1)
