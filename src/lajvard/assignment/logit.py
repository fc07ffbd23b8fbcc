"""Shares of alternatives by their costs: logit, with path sizes and nests."""

from collections.abc import Sequence

import numpy as np

from lajvard.network.arrays import FloatArray


def path_sizes(move_cost: FloatArray, routes: Sequence[Sequence[int]]) -> FloatArray:
    """Share of each route that it does not have in common with others, in (0, 1]: (n_routes,).

    Parameters
    ----------
    move_cost : (n_moves,)
        Generalised cost of the moves, >= 0.
    routes
        The moves of each route.

    Notes
    -----
    PS_i = Σ_a (l_a / L_i) / n_a over the moves a of route i, where n_a routes use the move [1]_.

    References
    ----------
    .. [1] Ben-Akiva, Bierlaire (1999), Discrete choice methods and their applications to short
       term travel decisions, § 5.

    Examples
    --------
    Two routes that share half of their way, and one of its own:

    >>> path_sizes(np.ones(5), [[0, 1], [0, 2], [3, 4]])
    array([0.75, 0.75, 1.  ])
    """
    used = np.zeros(len(move_cost))
    for route in routes:
        used[list(route)] += 1
    sizes = []
    for route in routes:
        length = np.maximum(move_cost[list(route)], 1e-9)
        sizes.append(float((length / used[list(route)]).sum() / length.sum()))
    return np.array(sizes)


def logit_shares(cost_usd: FloatArray, scale_usd: float, log_size: FloatArray) -> FloatArray:
    """Shares of the routes of a choice set: (n_routes,), with sum 1.

    Notes
    -----
    Multinomial logit P_i ~ PS_i exp(-c_i / scale), with path sizes where routes overlap.

    Examples
    --------
    >>> logit_shares(np.array([100.0, 110.0]), 10.0, np.zeros(2)).round(3)
    array([0.731, 0.269])
    """
    utility = log_size - cost_usd / scale_usd
    weight = np.exp(utility - utility.max())
    return np.asarray(weight / weight.sum())


def nested_shares(
    cost_usd: FloatArray,
    scale_usd: float,
    log_size: FloatArray,
    nests: Sequence[str],
    dissimilarity: float,
) -> FloatArray:
    """Shares of the routes of a choice set whose routes by one main mode are alike: (n_routes,).

    Parameters
    ----------
    cost_usd, scale_usd, log_size
        As in `logit_shares`.
    nests
        The nest of each route.
    dissimilarity
        μ in (0, 1]; with 1 it is `logit_shares`.

    Notes
    -----
    Nested logit [1]_: within nest m, P(i|m) ~ exp(V_i / μ) with V_i = ln PS_i - c_i / scale;
    between nests, P(m) ~ exp(μ I_m) with I_m = ln Σ exp(V_i / μ).

    References
    ----------
    .. [1] McFadden (1978), Modelling the choice of residential location, in: Karlqvist et al.,
       Spatial Interaction Theory and Planning Models, 75-96.

    Examples
    --------
    Two roads and a railway of equal cost: the roads share what is nearly one alternative.

    >>> nests = ["road", "road", "rail"]
    >>> nested_shares(np.full(3, 100.0), 10.0, np.zeros(3), nests, 1.0).round(3)
    array([0.333, 0.333, 0.333])
    >>> nested_shares(np.full(3, 100.0), 10.0, np.zeros(3), nests, 0.01).round(3)
    array([0.251, 0.251, 0.498])
    """
    if dissimilarity == 1:
        return logit_shares(cost_usd, scale_usd, log_size)
    value = (log_size - cost_usd / scale_usd) / dissimilarity
    names = list(dict.fromkeys(nests))
    member = np.array([[nest == name for nest in nests] for name in names])
    top = np.array([value[inside].max() for inside in member])
    own = top[member.argmax(axis=0)]
    weight = np.exp(value - own)
    inclusive = top + np.log(member @ weight)
    upper = np.exp(dissimilarity * (inclusive - inclusive.max()))
    within = weight / (member @ weight)[member.argmax(axis=0)]
    return np.asarray(within * (upper / upper.sum())[member.argmax(axis=0)])
