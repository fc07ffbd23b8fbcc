"""Expected waits: opening hours, headways, departures when full, closures.

Each function returns the mean and the variance of the wait of one unit that comes at a random
time, in hours and hours squared.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WEEK_H = 168.0
YEAR_H = 8766.0


class Wait(NamedTuple):
    """Mean (h) and variance (h²) of a wait."""

    mean_h: float
    var_h2: float


NO_WAIT = Wait(0.0, 0.0)


def gap_wait(gaps_h: NDArray[np.float64] | Sequence[float], period_h: float) -> Wait:
    """Wait until the next opening or departure, when nothing happens during the gaps.

    Parameters
    ----------
    gaps_h : (n_gaps,)
        Lengths of the gaps within one period, >= 0; their sum is at most `period_h`.
    period_h
        Length of the period that repeats itself, > 0.

    Notes
    -----
    An arrival at a uniformly random time falls into gap *i* with probability g_i / T and then
    waits uniformly between 0 and g_i, hence E[W] = Σ g² / 2T and E[W²] = Σ g³ / 3T (length-biased
    sampling [1]_).

    References
    ----------
    .. [1] Cox (1962), Renewal Theory, ch. 5.

    Examples
    --------
    A post that is open from 08:00 to 20:00, and a bus each hour:

    >>> gap_wait([12.0], 24.0).mean_h
    3.0
    >>> gap_wait([1.0], 1.0).mean_h
    0.5
    """
    gaps = np.asarray(gaps_h, dtype=np.float64)
    mean = float((gaps**2).sum() / (2 * period_h))
    return Wait(mean, max(0.0, float((gaps**3).sum() / (3 * period_h)) - mean**2))


def closed_gaps_h(windows_h: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Lengths of the times of a week that no window covers.

    Parameters
    ----------
    windows_h
        Opening and closing in hours since Monday 00:00; a window may end after 168.

    Examples
    --------
    >>> closed_gaps_h([(8.0, 20.0), (32.0, 44.0)])
    array([ 12., 132.])
    """
    if not windows_h:
        return np.array([WEEK_H])
    beyond = [(0.0, end - WEEK_H) for _, end in windows_h if end > WEEK_H]
    windows = sorted([(start, min(end, WEEK_H)) for start, end in windows_h] + beyond)
    first = covered = windows[0][0]
    gaps = []
    for start, end in windows:
        if start > covered:
            gaps.append(start - covered)
        covered = max(covered, end)
    gaps.append(first + WEEK_H - covered)
    return np.array([gap for gap in gaps if gap > 1e-9])


def departure_gaps_h(departures_h: Sequence[float]) -> NDArray[np.float64]:
    """Times between departures that repeat each week.

    >>> departure_gaps_h([10.0, 34.0])
    array([ 24., 144.])
    """
    times = np.sort(np.asarray(departures_h, dtype=np.float64))
    return np.diff(times, append=times[:1] + WEEK_H)


def full_wait(capacity: float, rate_per_h: float, max_wait_h: float = np.inf) -> Wait:
    """Wait of a unit for a departure that leaves when full, or after a longest wait.

    Parameters
    ----------
    capacity
        Units that one departure takes, >= 1.
    rate_per_h
        Units that arrive an hour, one by one at random (Poisson), > 0.
    max_wait_h
        The vessel leaves at the latest this long after the first unit came.

    Notes
    -----
    Without a longest wait the unit that comes as number j of K waits for K - j more arrivals,
    which takes a gamma time: E[W] = (K - 1) / 2λ and
    E[W²] = Σ (K - j)(K - j + 1) / Kλ² = (K² - 1) / 3λ².

    With a longest wait M the departure is D = min(S, M), S the time of K - 1 further arrivals,
    and by renewal reward [1]_

    E[W]  = E[∫₀ᴰ n(t) dt] / E[N] and E[W²] = 2 E[∫₀ᴰ ∫₀ᵗ n(s) ds dt] / E[N],

    where n(t) = 1 + Poisson(λt) units wait at t < D and N = min(K, 1 + Poisson(λM)) leave. Given
    m arrivals in (0, t) they are uniform there, so that E[∫₀ᵗ n(s) ds | m] = t + mt/2. With the
    Poisson distribution function P(m <= c; λt) both integrals are smooth and are taken by
    Gauss-Legendre quadrature.

    References
    ----------
    .. [1] Ross (2014), Introduction to Probability Models, 11th ed., § 7.4.

    Examples
    --------
    >>> round(full_wait(53, 47.1 / 24).mean_h, 2)
    13.25
    >>> full_wait(53, 47.1 / 24, max_wait_h=12).mean_h < 12
    True
    """
    k, rate = float(round(capacity)), rate_per_h
    if k <= 1:
        return NO_WAIT
    if not np.isfinite(max_wait_h):
        mean = (k - 1) / (2 * rate)
        return Wait(mean, (k**2 - 1) / (3 * rate**2) - mean**2)
    from scipy.special import pdtr

    nodes, weights = _quadrature()
    t = (nodes + 1) * max_wait_h / 2
    w = weights * max_wait_h / 2
    still = pdtr(k - 2, rate * t)
    arrived = rate * t * (pdtr(k - 3, rate * t) if k > 2 else 0.0)
    leave = _units_that_leave(k, rate * max_wait_h)
    mean = float((w * (still + arrived)).sum() / leave)
    second = float(2 * (w * t * (still + arrived / 2)).sum() / leave)
    return Wait(mean, max(0.0, second - mean**2))


@cache
def _quadrature() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nodes, weights = np.polynomial.legendre.leggauss(200)
    return nodes, weights


def _units_that_leave(k: float, expected: float) -> float:
    """E[min(K, 1 + Poisson(a))] = 1 + a P(m <= K - 3) + (K - 1) P(m >= K - 1)."""
    from scipy.special import pdtr, pdtrc

    below = expected * (pdtr(k - 3, expected) if k > 2 else 0.0)
    return float(1 + below + (k - 1) * pdtrc(k - 2, expected))


def closure_wait(events_per_year: float, mean_duration_h: float) -> tuple[float, Wait]:
    """Share of time closed, and wait for the end, of random closures with exponential lengths.

    Notes
    -----
    Alternating renewal process: an arrival finds it closed with probability
    p = rate x length / year, and then waits an exponential time of that mean, since the
    exponential distribution forgets: E[W] = p d, E[W²] = 2 p d². A closure that would cover more
    than 95 % of the year is taken as 95 %.

    Examples
    --------
    >>> share, wait = closure_wait(6, 72)
    >>> round(share, 3), round(wait.mean_h, 2)
    (0.049, 3.55)
    """
    share = min(0.95, events_per_year * mean_duration_h / YEAR_H)
    mean = share * mean_duration_h
    return share, Wait(mean, 2 * share * mean_duration_h**2 - mean**2)
