"""Means, quantiles and differences of replications, each with its confidence interval.

One number a replication goes in: replications are independent of each other, journeys within one
are not, as they stood in the same queues. `n` is therefore the number of replications everywhere.

References
----------
.. [1] Law (2015), Simulation Modeling and Analysis, 5th ed., McGraw-Hill (formerly Law & Kelton).
.. [2] Conover (1999), Practical Nonparametric Statistics, 3rd ed., Wiley, section 3.2.
.. [3] Efron, Tibshirani (1993), An Introduction to the Bootstrap, Chapman & Hall, section 13.3.
.. [4] Welford (1962), Technometrics 4:419-420.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lajvard.errors import InputError

FloatArray = NDArray[np.float64]

LEVEL = 0.95
"""Of confidence, where none is given."""

ENOUGH = 10
"""Replications from which on an interval is shown without a caution: Law (2015), section 9.4.1,
wants at least that many before the half-width may decide anything."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the interval in which the true one lies, with the probability `level`.

    Attributes
    ----------
    value
        The estimate; NaN when there was nothing to estimate it from.
    low, high
        Bounds of the interval; NaN when `n` is too small for one.
    n
        Replications.
    sd
        Standard deviation between replications, NaN with fewer than two.
    level
        Probability that such an interval holds the true value.
    method
        How the interval was made: ``t``, ``order statistics`` or ``bootstrap``.
    """

    value: float
    low: float
    high: float
    n: int
    sd: float
    level: float = LEVEL
    method: str = "t"

    @property
    def half_width(self) -> float:
        """Half the length of the interval."""
        return (self.high - self.low) / 2

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of zero."""
        return self.low > 0 or self.high < 0

    @property
    def caution(self) -> str:
        """Why the interval says little, or nothing when `n` is large enough."""
        return caution(self.n)


def caution(n: int) -> str:
    """What a reader has to know about an interval from `n` replications.

    >>> caution(4)
    '4 replications are too few to rely on the interval; take at least 10'
    >>> caution(20)
    ''
    """
    if n >= ENOUGH:
        return ""
    if n < 2:
        said = "no replication has a value" if n == 0 else "one replication has no interval"
        return f"{said}; take at least {ENOUGH}"
    return f"{n} replications are too few to rely on the interval; take at least {ENOUGH}"


class Running:
    """Mean and standard deviation of numbers that come one by one, by Welford's recursion [4]_.

    >>> running = Running()
    >>> for value in (1.0, 2.0, 6.0):
    ...     running.add(value)
    >>> running.n, running.mean, round(running.sd**2, 9)
    (3, 3.0, 7.0)
    """

    def __init__(self) -> None:
        self.n = 0
        self.mean = math.nan
        self._squares = 0.0

    def add(self, value: float) -> None:
        """Take one number in; NaN, which says that there was none, is left out."""
        if math.isnan(value):
            return
        self.n += 1
        before = self.mean if self.n > 1 else 0.0
        self.mean = before + (value - before) / self.n
        self._squares += (value - before) * (value - self.mean)

    @property
    def sd(self) -> float:
        """The sample standard deviation, NaN with fewer than two numbers."""
        return math.sqrt(self._squares / (self.n - 1)) if self.n > 1 else math.nan

    def estimate(self, level: float = LEVEL) -> Estimate:
        """The mean with its t interval, as `mean_interval` gives it."""
        _check_level(level)
        half = _t_half_width(self.n, self.sd, level)
        return Estimate(self.mean, self.mean - half, self.mean + half, self.n, self.sd, level)


def mean_interval(values: ArrayLike, level: float = LEVEL) -> Estimate:
    r"""The mean of replications with its t interval.

    Parameters
    ----------
    values : (n_replications,)
        One number a replication; NaN where a replication has none.
    level
        Of confidence, between 0 and 1.

    Notes
    -----
    :math:`\bar X(n) \pm t_{n-1,1-\alpha/2} \sqrt{S^2(n)/n}` [1]_, section 9.4.1. Exact for normal
    numbers; means over the many journeys of a replication are nearly so.

    Examples
    --------
    >>> found = mean_interval([10.0, 12.0, 14.0])
    >>> found.value, round(found.half_width, 3)
    (12.0, 4.968)
    """
    _check_level(level)
    known = _known(values)
    if not known.size:
        return Estimate(math.nan, math.nan, math.nan, 0, math.nan, level)
    mean = float(known.mean())
    sd = float(known.std(ddof=1)) if known.size > 1 else math.nan
    half = _t_half_width(known.size, sd, level)
    return Estimate(mean, mean - half, mean + half, known.size, sd, level)


def _t_half_width(n: int, sd: float, level: float) -> float:
    if n < 2:
        return math.nan
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, (1 + level) / 2)) * sd / math.sqrt(n)


def quantile_interval(values: ArrayLike, q: float, level: float = LEVEL) -> Estimate:
    r"""A quantile of independent values with an interval between two of their order statistics.

    Parameters
    ----------
    values : (n,)
        Independent numbers, such as one a replication; NaN is left out.
    q
        Which quantile, between 0 and 1.
    level
        Of confidence, at least.

    Returns
    -------
    Estimate
        The bounds are NaN where `n` values cannot give a bound of that level.

    Notes
    -----
    The interval is :math:`[X_{(r)}, X_{(s)}]` with the largest `r` and the smallest `s` for which
    :math:`P(B < r) \le \alpha/2` and :math:`P(B \ge s) \le \alpha/2`, `B` binomial of `n` and
    `q` [2]_. No distribution is assumed. The estimate is NumPy's linear quantile.

    Examples
    --------
    >>> found = quantile_interval(range(1, 21), 0.5)
    >>> found.value, found.low, found.high
    (10.5, 6.0, 15.0)
    """
    _check_level(level)
    if not 0 < q < 1:
        raise InputError("quantile", f"{q} is not between 0 and 1", "0.5 is the median.")
    known = np.sort(_known(values))
    n = known.size
    sd = float(known.std(ddof=1)) if n > 1 else math.nan
    if not n:
        return Estimate(math.nan, math.nan, math.nan, 0, sd, level, "order statistics")
    low, high = _order_ranks(n, q, (1 - level) / 2)
    return Estimate(
        float(np.quantile(known, q)),
        float(known[low - 1]) if low >= 1 else math.nan,
        float(known[high - 1]) if high <= n else math.nan,
        n,
        sd,
        level,
        "order statistics",
    )


def _order_ranks(n: int, q: float, tail: float) -> tuple[int, int]:
    """Ranks of the bounds, counted from 1; 0 and n + 1 where there is none."""
    from scipy.special import bdtr

    below = bdtr(np.arange(n + 1, dtype=np.float64), n, q)  # P(B <= k)
    low = int(np.count_nonzero(below[:n] <= tail))
    high = int(np.searchsorted(below, 1 - tail)) + 1
    return low, high


def bootstrap_interval(
    values: ArrayLike,
    statistic: Callable[[FloatArray], float],
    level: float = LEVEL,
    *,
    resamples: int = 2000,
    seed: int = 1,
) -> Estimate:
    """Any statistic of independent values with its bootstrap percentile interval.

    Parameters
    ----------
    values : (n, ...)
        Independent along the first axis: one entry a replication.
    statistic
        Of an array like `values`, such as ``np.median``.
    resamples
        Samples drawn with replacement.
    seed
        Of the draws: the same seed gives the same bounds.

    Notes
    -----
    The bounds are the quantiles of the statistic over the resamples [3]_. It is for statistics
    that have no interval of their own; with fewer than some 20 values it is too narrow.

    Examples
    --------
    >>> found = bootstrap_interval([1.0, 2.0, 3.0, 4.0, 5.0], lambda sample: float(sample.max()))
    >>> found.value, found.high
    (5.0, 5.0)
    """
    from scipy.stats import bootstrap

    _check_level(level)
    every = np.asarray(values, dtype=np.float64)
    n = len(every)
    if n < 2:
        value = float(statistic(every)) if n else math.nan
        return Estimate(value, math.nan, math.nan, n, math.nan, level, "bootstrap")
    low, high = bootstrap(
        (np.arange(n),),  # entries are drawn whole, however many numbers each has
        lambda entries: statistic(every[entries]),
        n_resamples=resamples,
        vectorized=False,
        confidence_level=level,
        method="percentile",
        rng=np.random.Generator(np.random.Philox(key=seed)),
    ).confidence_interval
    sd = float(every.std(ddof=1)) if every.ndim == 1 else math.nan
    return Estimate(float(statistic(every)), float(low), float(high), n, sd, level, "bootstrap")


@dataclass(frozen=True, slots=True)
class Difference:
    """How much larger a quantity is in one run than in another, replication by replication.

    Attributes
    ----------
    base, other
        The quantity in each.
    change
        ``other - base`` with its interval.
    correlation
        Of the two over the replications: what common random numbers achieved.
    """

    base: Estimate
    other: Estimate
    change: Estimate
    correlation: float

    @property
    def share(self) -> float:
        """The change as a share of the base, NaN where the base is zero."""
        return self.change.value / self.base.value if self.base.value else math.nan

    @property
    def is_clear(self) -> bool:
        """Whether the interval of the change leaves zero out."""
        return self.change.excludes_zero


def paired_difference(base: ArrayLike, other: ArrayLike, level: float = LEVEL) -> Difference:
    r"""The difference of two runs that drew common random numbers.

    Parameters
    ----------
    base, other : (n_replications,)
        The same quantity in replication 0, 1, … of each run, both with the same seed. Where one
        has no value (NaN) the pair is left out.

    Notes
    -----
    The paired-t interval of :math:`Z_j = X_{2j} - X_{1j}` [1]_, section 10.2.1. It needs no equal
    variances and no independence of the two; common random numbers make them rise and fall
    together (section 11.2), and :math:`\mathrm{Var}(Z)` small.

    Examples
    --------
    >>> found = paired_difference([10.0, 20.0, 30.0], [11.0, 21.5, 30.5])
    >>> found.change.value, round(found.change.half_width, 3), round(found.correlation, 3)
    (1.0, 1.242, 0.999)
    """
    first, second = np.asarray(base, np.float64), np.asarray(other, np.float64)
    if first.shape != second.shape:
        raise InputError(
            "paired difference",
            f"{first.size} values here and {second.size} there",
            "Give one value for each replication of both.",
        )
    both = ~(np.isnan(first) | np.isnan(second))
    first, second = first[both], second[both]
    varies = first.size > 1 and bool(np.ptp(first)) and bool(np.ptp(second))
    return Difference(
        mean_interval(first, level),
        mean_interval(second, level),
        mean_interval(second - first, level),
        float(np.corrcoef(first, second)[0, 1]) if varies else math.nan,
    )


@dataclass(frozen=True, slots=True)
class Until:
    r"""Replications go on until an indicator is known well enough.

    Attributes
    ----------
    indicator
        Name of a measure of the run, such as ``journey_h`` or ``station_h/AFTGD``.
    half_width_share
        Largest half-width of its interval, as a share of its mean.
    minimum, maximum
        Replications at least and at most.
    level
        Of confidence.

    Notes
    -----
    Law (2015), section 9.4.1, "obtaining a specified precision": stop at the first
    :math:`n \ge n_0` with :math:`\delta(n, \alpha) / |\bar X(n)| \le \gamma'`. The relative
    error is then at most :math:`\gamma' / (1 - \gamma')` with about the stated probability. The
    test is made after each replication in their order, however many are computed at once.
    """

    indicator: str
    half_width_share: float
    minimum: int = ENOUGH
    maximum: int = 1000
    level: float = LEVEL

    def __post_init__(self) -> None:
        if not self.half_width_share > 0:
            what = f"half-width share {self.half_width_share} is not above 0"
            raise InputError("until", what, "0.05 asks for 5 % of the mean.")
        if not 2 <= self.minimum <= self.maximum:
            what = f"from {self.minimum} to {self.maximum} replications"
            raise InputError("until", what, "Give at least 2, and no more at least than at most.")
        _check_level(self.level)

    def is_reached(self, running: Running) -> bool:
        """Whether no more replications are needed.

        >>> running = Running()
        >>> for value in [10.0, 10.1] * 5:
        ...     running.add(value)
        >>> Until("journey_h", 0.05).is_reached(running)
        True
        """
        if running.n < self.minimum:
            return False
        estimate = running.estimate(self.level)
        return estimate.half_width <= self.half_width_share * abs(estimate.value)


def _known(values: ArrayLike) -> FloatArray:
    every = np.asarray(values, dtype=np.float64).ravel()
    return every[~np.isnan(every)]


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise InputError("level", f"{level} is not between 0 and 1", "0.95 is usual.")
