"""Delay at a facility as a function of its load, with two derivatives."""

from math import sqrt

from lajvard._jit import njit
from lajvard.assignment.arrays import FloatArray, SmallArray

BPR, CONICAL, QUEUE = 1, 2, 3
FREE, CAPACITY, ALPHA, BETA, HORIZON, OPEN, CYCLE = 0, 1, 2, 3, 4, 5, 6
N_PARAMETERS = 7


@njit(counting=False)
def delay_at(
    kind: SmallArray, parameter: FloatArray, facility: int, load: float
) -> tuple[float, float, float]:
    """Delay (h), and its first and second derivative by load.

    `parameter` is (n_facilities, N_PARAMETERS). See `lajvard.assignment.delay` for the formulas.
    """
    what = kind[facility]
    free = parameter[facility, FREE]
    if what == BPR:
        alpha, beta = parameter[facility, ALPHA], parameter[facility, BETA]
        per_load = 1.0 / parameter[facility, CAPACITY]
        x = load * per_load
        scale = free * alpha
        if beta == 4.0:
            square = x * x
            bend = 12.0 * scale * square * per_load * per_load
            slope = 4.0 * scale * square * x * per_load
            return free + scale * square * square, slope, bend
        if x <= 0.0:
            slope = scale * per_load if beta == 1.0 else 0.0
            return free, slope, 0.0
        power = scale * x ** (beta - 1.0)
        slope = beta * power * per_load
        return free + power * x, slope, (beta - 1.0) * slope / load
    if what == CONICAL:
        alpha = parameter[facility, ALPHA]
        per_load = 1.0 / parameter[facility, CAPACITY]
        beta = (2.0 * alpha - 1.0) / (2.0 * alpha - 2.0)
        u = alpha * (1.0 - load * per_load)
        root = sqrt(u * u + beta * beta)
        slope = free * alpha * per_load * (1.0 - u / root)
        bend = free * alpha * alpha * per_load * per_load * beta * beta / (root * root * root)
        return free * (2.0 + root - u - beta), slope, bend
    if what == QUEUE:
        alpha, beta = parameter[facility, ALPHA], parameter[facility, BETA]
        horizon, share = parameter[facility, HORIZON], parameter[facility, OPEN]
        per_load = 1.0 / parameter[facility, CAPACITY]
        x = load * per_load
        if beta == 1.0:
            random, random_1, random_2 = alpha * x, alpha, 0.0
        elif x > 0.0:
            random = alpha * x**beta
            random_1 = beta * random / x
            random_2 = (beta - 1.0) * random_1 / x
        else:
            random, random_1, random_2 = 0.0, 0.0, 0.0
        over = x - 1.0
        root = sqrt(over * over + random)
        root_1, root_2 = 0.0, 0.0
        if root > 0.0:
            root_1 = (over + 0.5 * random_1) / root
            root_2 = (1.0 + 0.5 * random_2 - root_1 * root_1) / root
        quarter = 0.25 * horizon
        delay, slope, bend = quarter * (over + root), quarter * (1.0 + root_1), quarter * root_2
        if share < 1.0:
            shut = 1.0 - share
            uniform = 0.5 * parameter[facility, CYCLE] * shut * shut
            rest = 1.0 - share * min(x, 1.0)
            delay += uniform / rest
            if x < 1.0:
                slope += uniform * share / (rest * rest)
                bend += 2.0 * uniform * share * share / (rest * rest * rest)
        return free + delay, slope * per_load, bend * per_load * per_load
    return free, 0.0, 0.0


@njit(counting=False)
def fill_delays(
    kind: SmallArray,
    parameter: FloatArray,
    load: FloatArray,
    delay: FloatArray,
    slope: FloatArray,
) -> None:
    """Fill delay and first derivative of every facility."""
    for facility in range(len(kind)):
        delay[facility], slope[facility], _ = delay_at(kind, parameter, facility, load[facility])
