"""How observations become a mean with its spread and its interval."""

import math
from collections.abc import Sequence

import ibis

from lajvard.indicators.by import ONE

QUANTILES = {"median": 0.5, "p10": 0.1, "p90": 0.9, "p95": 0.95}
"""The quantiles of every summary, interpolated linearly between observations."""

ENOUGH = 30
"""Fewer observations are too few to say: means of so many are nearly normal, quantiles steady."""

CONFIDENCE = 0.95
"""Of the intervals."""

SUMMARY = (
    "n",
    "replications",
    "mean",
    "sd",
    "low",
    "high",
    *QUANTILES,
    "enough",
    "warning",
)
"""The columns of every summary, after those that it is grouped by."""

_ALL = "_all"
_EXACT = 30


def summarise(
    observations: ibis.Table,
    by: Sequence[str],
    top: str,
    bottom: str | None = None,
    *,
    wanted: int = ENOUGH,
) -> ibis.Table:
    r"""Mean, spread and 95 % interval of a quantity, one row a group.

    Parameters
    ----------
    observations
        One row an observation, with `run_id`, `replication` and the columns named here.
        Observations whose value is null do not count.
    by
        Columns that the groups share.
    top
        The quantity.
    bottom
        What it is divided by, > 0: the mean is then the sum of `top` over the sum of `bottom`,
        and spread and quantiles are those of the ratios of the observations.
    wanted
        Fewer observations are too few to say.

    Returns
    -------
    ibis.Table
        `by`, then `n`, `replications`, `mean`, `sd` (sample), `low` and `high` (the interval of
        the mean), `median`, `p10`, `p90`, `p95`, `enough` and a plain `warning` when there is
        not; ordered by `by`. No row for no observations.

    Notes
    -----
    With replications :math:`r = 1 … m` of totals :math:`T_r, B_r` (`B` counts observations when
    there is no `bottom`) and :math:`\hat\mu = \sum T_r / \sum B_r`,

    .. math:: \hat\mu \pm t_{m-1,\,0.975}
       \sqrt{\frac{\sum_r (T_r - \hat\mu B_r)^2}{m (m-1)}} \Big/ \frac{\sum_r B_r}{m},

    the ratio estimator [1]_, which is the interval of replication means [2]_ when all have as
    many observations: journeys within one replication meet the same storms and queues and are
    not independent of each other. A group seen in one replication only, such as a survey, has
    the same interval with observations in the place of replications.

    References
    ----------
    .. [1] Cochran (1977), Sampling Techniques, 3rd ed., sections 2.11 and 6.4.
    .. [2] Law (2015), Simulation Modeling and Analysis, 5th ed., section 9.4.1.
    """
    keys = list(by) or [_ALL]
    rows = observations if by else observations.mutate(**{_ALL: ibis.literal(0, "int8")})
    rows = rows.mutate(top_=rows[top].cast("float64"), bottom_=_bottom(rows, bottom))
    rows = rows.mutate(value_=(rows.top_ / rows.bottom_.nullif(0)))
    rows = rows.filter(rows.value_.notnull())
    groups = _groups(rows, keys)
    joined = groups.left_join(_between_replications(rows, groups, keys), keys)
    found = _interval(joined.select(*groups.columns, "replications", "squares"))
    enough = found.n >= wanted
    few = f" observations are too few to say: wanted are {wanted}"
    warning = ibis.ifelse(enough, "", found.n.cast("string") + few)
    found = found.mutate(enough=enough, warning=warning)
    return found.order_by(keys).select(*by, *SUMMARY)


def _bottom(rows: ibis.Table, bottom: str | None) -> ibis.Value:
    return rows[bottom].cast("float64") if bottom else ONE


def _groups(rows: ibis.Table, keys: list[str]) -> ibis.Table:
    found = rows.group_by(keys).aggregate(
        n=rows.count(),
        tops=rows.top_.sum(),
        bottoms=rows.bottom_.sum(),
        sd=rows.value_.std(how="sample"),
        var_top=rows.top_.var(how="pop"),
        covariance=rows.top_.cov(rows.bottom_, how="pop"),
        var_bottom=rows.bottom_.var(how="pop"),
        quantiles=rows.value_.quantile(list(QUANTILES.values())),
    )
    quantiles = {name: found.quantiles[ix] for ix, name in enumerate(QUANTILES)}
    return found.mutate(mean=found.tops / found.bottoms, **quantiles).drop("quantiles")


def _between_replications(rows: ibis.Table, groups: ibis.Table, keys: list[str]) -> ibis.Table:
    """Squares of what replications have more or less than the mean says, summed by group."""
    within = list(dict.fromkeys([*keys, "run_id", "replication"]))
    each = rows.group_by(within).aggregate(top_=rows.top_.sum(), bottom_=rows.bottom_.sum())
    joined = each.inner_join(groups.select(*keys, "mean"), keys)
    excess = joined.top_ - joined.mean * joined.bottom_
    return joined.group_by(keys).aggregate(
        replications=joined.count(), squares=(excess * excess).sum()
    )


def _interval(found: ibis.Table) -> ibis.Table:
    alone = found.replications < 2
    count = ibis.ifelse(alone, found.n, found.replications).cast("float64")
    apart = found.var_top + found.mean * (found.mean * found.var_bottom - 2.0 * found.covariance)
    within = found.n.cast("float64") * ibis.greatest(apart, 0.0)
    squares = ibis.ifelse(alone, within, found.squares)
    freedom = (count - 1.0).nullif(0.0)
    error = (squares / (count * freedom)).sqrt() * count / found.bottoms
    half = error * t_quantile(freedom)
    return found.mutate(low=found.mean - half, high=found.mean + half)


def t_quantile(freedom: ibis.Value) -> ibis.Value:
    r"""97.5 % quantile of Student's t for whole degrees of freedom, as an expression of any engine.

    Notes
    -----
    Exact values up to 30 degrees of freedom, then Fisher's expansion [1]_

    .. math:: z + \frac{z^3 + z}{4ν} + \frac{5z^5 + 16z^3 + 3z}{96ν^2}
       + \frac{3z^7 + 19z^5 + 17z^3 - 15z}{384ν^3}
       + \frac{79z^9 + 776z^7 + 1482z^5 - 1920z^3 - 945z}{92160ν^4},

    which is right to 1e-7 there.

    References
    ----------
    .. [1] Abramowitz, Stegun (1964), Handbook of Mathematical Functions, 26.7.5.
    """
    from scipy.special import ndtri, stdtrit

    level = (1 + CONFIDENCE) / 2
    z = float(ndtri(level))
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    beyond = z + (first + (second + (third + fourth / freedom) / freedom) / freedom) / freedom
    exact = [(float(nu), float(stdtrit(nu, level))) for nu in range(1, _EXACT + 1)]
    return freedom.cases(*exact, else_=beyond)


def enough_for(share: float) -> int:
    r"""Observations of which one lies beyond the quantile `share` with 95 % confidence.

    Fewer say nothing of it: :math:`1 - q^n \ge 0.95`.

    >>> enough_for(0.95)
    59
    """
    return math.ceil(math.log(1 - CONFIDENCE) / math.log(share))
