"""Random numbers with an address: Philox4x32-10, uniform numbers and draws from quantile tables.

A number is found from the key (seed, replication) and the counter (entity, source, step, purpose)
alone. Nothing is consumed, so that one lorry more, another order of events or another scenario
never moves the numbers of the others.

References
----------
.. [1] Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. SC11.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard._jit import njit
from lajvard.simulation.access_kernels import real_at

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
MULTIPLIER_0, MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL_0, WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
TO_53_BITS = np.uint64(11)
UNIT = 2.0**-53

N_BODY = 256
"""Cells of equal probability of a quantile table; the last one is refined by as many again."""

N_KNOTS = 2 * N_BODY + 1

Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]
Key = tuple[np.uint64, np.uint64]


@njit(counting=False, forceinline=True)
def philox(counter: Words, key: Key) -> Words:
    """Ten rounds of Philox4x32: four random words of 32 bits, each in 64.

    Parameters
    ----------
    counter, key
        Four and two words below 2**32, of type uint64.
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        product_0 = MULTIPLIER_0 * c0
        product_1 = MULTIPLIER_1 * c2
        c0, c1 = (product_1 >> HALF) ^ c1 ^ k0, product_1 & LOW
        c2, c3 = (product_0 >> HALF) ^ c3 ^ k1, product_0 & LOW
        k0 = (k0 + WEYL_0) & LOW
        k1 = (k1 + WEYL_1) & LOW
    return c0, c1, c2, c3


@njit(counting=False, forceinline=True)
def uniform(key: Key, entity: int, owner: int, step: int, purpose: int) -> float:
    """A uniform number within (0, 1), of 53 bits: the one that has this address.

    Parameters
    ----------
    key
        Seed and replication.
    entity, owner, step, purpose
        Consignment within its source; the source, gate or vessel; the step; what it is for.
        Whole numbers of which the lower 32 bits count.
    """
    word = philox(
        (
            np.uint64(entity) & LOW,
            np.uint64(owner) & LOW,
            np.uint64(step) & LOW,
            np.uint64(purpose) & LOW,
        ),
        key,
    )
    return (np.float64(((word[0] << HALF) | word[1]) >> TO_53_BITS) + 0.5) * UNIT


def uniform_numbers(
    key: Key, entities: NDArray[np.int64], owner: int, step: int, purpose: int
) -> NDArray[np.float64]:
    """What `uniform` gives for many entities at once, outside of kernels."""
    rest = (np.full(len(entities), word, np.uint64) for word in (owner, step, purpose))
    counter: Any = (entities.astype(np.uint64), *rest)
    high, low = philox.py_func(counter, key)[:2]
    return np.asarray((((high << HALF) | low) >> TO_53_BITS) + 0.5) * UNIT


def make_key(seed: int, replication: int) -> Key:
    """The key of a replication."""
    return np.uint64(seed), np.uint64(replication)


@njit(counting=False, forceinline=True)
def draw(quantiles: Any, distribution: int, u: float) -> float:
    """The value of the quantile table `distribution` at probability `u` within (0, 1).

    The first `N_BODY` + 1 knots are those of cells of equal probability, the others those of the
    last cell, cut again; within a cell the value is linear.
    """
    x = u * N_BODY
    cell = int(x)
    x -= cell
    if cell == N_BODY - 1:
        x *= N_BODY
        cell = int(x)
        x -= cell
        cell += N_BODY
    cell += distribution * N_KNOTS
    low: float = real_at(quantiles, cell).value
    high: float = real_at(quantiles, cell + 1).value
    return low + x * (high - low)
