"""Warm-up: how many days at the beginning a run should leave out, found by MSER-5.

A simulated corridor begins empty; its first days are quicker than the rest.

References
----------
.. [1] White (1997), An effective truncation heuristic for bias reduction in simulation output,
   Simulation 69(6):323-334.
.. [2] White, Cobb, Spratt (2000), A comparison of five steady-state truncation heuristics for
   simulation, Proc. Winter Simulation Conference, 755-760.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

BATCH = 5

_EQUAL = 1e-12
"""Spreads closer than this share of the first are equal but for rounding."""


class WarmUp(NamedTuple):
    """How much to leave out.

    Attributes
    ----------
    days
        Days at the beginning, a multiple of the batch.
    found
        Whether the series settles: false when the best cut lies at the end of what was searched,
        which says that the series is too short or never settles. `days` is then 0.
    """

    days: int
    found: bool


def mser(series: ArrayLike, batch: int = BATCH, longest: int | None = None) -> WarmUp:
    r"""The cut of a daily series after which its mean is known best.

    Parameters
    ----------
    series : (n_days,)
        A number a day; days without one (NaN) take the last before them.
    batch
        Days whose mean is one observation; 5 is MSER-5.
    longest
        Days beyond which there is no warm-up; in any case it ends within the first half.

    Notes
    -----
    With batch means :math:`Y_1 \dots Y_m` the cut `d` in the first half that minimises
    :math:`(m-d)^{-2} \sum_{i>d} (Y_i - \bar Y_{m,d})^2` [1]_ [2]_; the least of equals.

    Examples
    --------
    >>> mser([0.0] * 10 + [7.0, 8.0, 7.0, 8.0, 7.0] * 20)
    WarmUp(days=10, found=True)
    """
    days = _filled(np.asarray(series, dtype=np.float64))
    m = len(days) // batch
    if m < 4:
        return WarmUp(0, False)
    means = days[: m * batch].reshape(m, batch).mean(axis=1)
    last = m // 2 if longest is None else min(m // 2, longest // batch)
    spread = np.array([means[cut:].var() / (m - cut) for cut in range(last + 1)])
    at = int(np.argmax(spread <= spread.min() + _EQUAL * spread[0]))
    return WarmUp(at * batch, True) if at < last else WarmUp(0, False)


def _filled(days: np.ndarray) -> np.ndarray:
    """The series with gaps filled from the day before; those at the beginning are zero."""
    known = np.maximum.accumulate(np.where(np.isnan(days), -1, np.arange(len(days))))
    return np.where(known >= 0, days[known], 0.0)
