"""Distributions of times as quantile tables: one draw is one look-up, whatever the form.

A table has `N_BODY` cells of equal probability, and the last of them is cut again into as many, so
that rare long times are there as well. Within a cell the quantile is linear. The knots are the
exact quantiles but for a correction that meets mean and second moment: all are moved and spread
a little, or where that would lead below 0, scaled, with the highest `N_TOP` cells stretched.

References
----------
.. [1] Devroye (1986), Non-Uniform Random Variate Generation, chapters II.2 and III.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from lajvard.errors import InputError
from lajvard.simulation.model import FloatArray
from lajvard.simulation.random_kernels import N_BODY, N_KNOTS

FORMS = ("lognormal", "gamma", "exponential", "triangular", "fixed", "empirical")

N_TOP = 4
_FIRST, _LAST = 0.25 / N_BODY, 1.0 - 0.5 / N_BODY**2
_MISS = 5e-5


def quantile_table(
    form: str,
    mean: float = 1.0,
    cv: float = 0.0,
    *,
    low: float | None = None,
    mode: float | None = None,
    high: float | None = None,
    values: Sequence[float] = (),
) -> FloatArray:
    """Knots of the quantile function of a distribution of times.

    Parameters
    ----------
    form
        One of `FORMS`.
    mean
        Of the time, >= 0. For a triangular time with `low` and `high`, and for an empirical one,
        it follows from these and is not looked at.
    cv
        Standard deviation over mean, >= 0; 0 makes any form fixed. Of a lognormal or a gamma time,
        and of a triangular one without `low` and `high`, which is then symmetric (cv <= 0.408).
    low, mode, high
        Of a triangular time.
    values
        Observed times of an empirical one: between two of them the quantile is linear.

    Returns
    -------
    (N_KNOTS,)
        Ascending, >= 0. Mean and second moment are those asked for within 5e-5, relatively.

    Raises
    ------
    InputError
        Unknown form, negative mean, or numbers that no distribution of this form has.

    Examples
    --------
    >>> table = quantile_table("lognormal", mean=5.0, cv=1.2)
    >>> mean, second = table_moments(table)
    >>> print(f"{mean:.4f} {(second / mean**2 - 1) ** 0.5:.4f}")
    5.0000 1.2000
    """
    _check(form, mean, cv, values)
    if form == "empirical":
        return _empirical(np.sort(np.asarray(values, dtype=np.float64)))
    if form == "triangular":
        return _triangular(mean, cv, low, mode, high)
    cv = 1.0 if form == "exponential" else cv
    if form == "fixed" or cv == 0 or mean == 0:
        return np.full(N_KNOTS, float(mean))
    return _unit_table(form, float(cv)) * mean


def table_moments(table: FloatArray) -> tuple[float, float]:
    """Mean and second moment of the times that are drawn from a table.

    Examples
    --------
    >>> table_moments(quantile_table("fixed", 3.0))
    (3.0, 9.0)
    """
    weight, left, right = _cells(table)
    mean = float(np.sum(weight * (left + right)) / 2)
    second = float(np.sum(weight * (left * left + left * right + right * right)) / 3)
    return mean, second


def _check(form: str, mean: float, cv: float, values: Sequence[float]) -> None:
    """Raise if no distribution is like that."""
    if form not in FORMS:
        raise InputError(
            "distribution", f"unknown form '{form}'", f"Choose one of {', '.join(FORMS)}."
        )
    if not (0 <= mean < np.inf and 0 <= cv < np.inf):
        raise InputError("distribution", f"mean {mean}, cv {cv}", "Both are finite and >= 0.")
    if form == "empirical" and (not len(values) or not min(values) >= 0):
        raise InputError("distribution", "an empirical one without values", "Give some, all >= 0.")


def _probabilities() -> FloatArray:
    """Probability below each knot; the highest knot stands for what is beyond, too."""
    body = np.arange(N_BODY) / N_BODY
    tail = 1 - (1 - np.arange(N_BODY + 1) / N_BODY) / N_BODY
    return np.concatenate([body, tail])


def _cells(table: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Probability, left and right knot of every cell."""
    weight = np.full(2 * N_BODY, 1.0 / N_BODY**2)
    weight[:N_BODY] = 1.0 / N_BODY
    weight[N_BODY - 1] = 0.0
    return weight, table[:-1], table[1:]


@cache
def _unit_table(form: str, cv: float) -> FloatArray:
    """Table of mean 1 of a distribution that has no greatest value."""
    from scipy import stats

    if form == "lognormal":
        sigma = np.sqrt(np.log1p(cv * cv))
        quantile: Callable[[FloatArray], FloatArray] = stats.lognorm(
            s=sigma, scale=np.exp(-sigma * sigma / 2)
        ).ppf
    elif form == "gamma":
        quantile = stats.gamma(a=1 / cv**2, scale=cv * cv).ppf
    else:
        quantile = stats.expon().ppf
    table = np.asarray(quantile(np.clip(_probabilities(), _FIRST, _LAST)), dtype=np.float64)
    fitted = _fit(table, 1.0, 1.0 + cv * cv)
    fitted.flags.writeable = False
    return fitted


def _fit(table: FloatArray, mean: float, second: float) -> FloatArray:
    """The table with these moments: moved and spread, or scaled with its highest cells stretched.

    Moving keeps the form, but may lead below 0; then the scaled one is taken.
    """
    found, moment = table_moments(table)
    if not moment > found**2 * (1 + 1e-12):
        return np.full(N_KNOTS, mean)
    spread = np.sqrt((second - mean**2) / (moment - found**2))
    moved: FloatArray = mean + (table - found) * spread
    if moved[0] >= 0:
        return moved
    for n_top in (N_TOP, 16, 64, N_BODY):
        fitted = _stretch_top(table.copy(), second / mean**2, n_top)
        if abs(table_moments(fitted)[1] * mean**2 / second - 1) < _MISS / 10:
            return fitted * mean
    raise InputError(
        "distribution", "too heavy a tail for a table of quantiles", "Give a smaller cv."
    )


def _stretch_top(table: FloatArray, second: float, n_top: int) -> FloatArray:
    """Stretch the highest cells, and scale all, until both moments are met or it is hopeless."""
    foot = len(table) - 1 - n_top
    for _ in range(200):
        table /= table_moments(table)[0]
        short = second - table_moments(table)[1]
        if abs(short) < 1e-12 * second:
            break
        top = table[foot:] - table[foot]
        slope = (table_moments(_stretched(table, foot, 1e-6))[1] - table_moments(table)[1]) / 1e-6
        if slope <= 0 or not top[-1] > 0:
            break
        factor = float(np.clip(short / slope, -0.5, 1.0))
        table = _stretched(table, foot, factor)
    return table


def _stretched(table: FloatArray, foot: int, factor: float) -> FloatArray:
    """The table with what is above knot `foot` larger by `factor`."""
    larger = table.copy()
    larger[foot:] += factor * (table[foot:] - table[foot])
    return larger


def _triangular(
    mean: float, cv: float, low: float | None, mode: float | None, high: float | None
) -> FloatArray:
    """Table of a triangular time, from its corners or symmetric around the mean."""
    if low is None or high is None:
        spread = mean * cv * np.sqrt(6.0)
        low, mode, high = mean - spread, mean, mean + spread
    top = (low + high) / 2 if mode is None else mode
    if not 0 <= low <= top <= high:
        raise InputError(
            "distribution",
            f"triangular from {low:g} over {top:g} to {high:g}",
            "Give 0 <= low <= mode <= high, or a cv of at most 0.408.",
        )
    if low == high:
        return np.full(N_KNOTS, low)
    p, share = _probabilities(), (top - low) / (high - low)
    rising = low + np.sqrt(p * (high - low) * (top - low))
    falling = high - np.sqrt(np.maximum(1 - p, 0) * (high - low) * (high - top))
    corners = np.array([low, top, high])
    centre = float(corners.mean())
    variance = float(corners @ corners - low * top - low * high - top * high) / 18
    return _fit(np.where(p < share, rising, falling), centre, centre**2 + variance)


def _empirical(values: FloatArray) -> FloatArray:
    """Table of observed times, its mean and second moment theirs."""
    if values[0] == values[-1]:
        return np.full(N_KNOTS, values[0])
    place = _probabilities() * len(values) - 0.5
    table = np.interp(place, np.arange(len(values)), values)
    return _fit(table, float(values.mean()), float((values**2).mean()))
