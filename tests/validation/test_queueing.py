"""The engine beside queueing theory: formulas and small Markov chains that it knows nothing of.

Every case gives the expected mean of each source. The engine's mean is compared within a Student t
interval at 99 % over replications, without the journeys of the warm-up. The quick tests look at one
seed; `make validate` asks of many seeds how often the interval misses, and pools them all.
"""

from collections.abc import Callable
from functools import cache
from math import ceil, factorial
from typing import Literal, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse, stats
from scipy.sparse.linalg import spsolve
from tests.simulation import models

from lajvard.simulation.model import FloatArray, Model
from lajvard.simulation.simulate import simulate_replication

LEVEL = 0.99
REPLICATIONS = 8
SEEDS = 30
WARM_UP = 0.05
"""Share of the horizon whose journeys are left out at its beginning and at its end."""


class Case(NamedTuple):
    """A model and the means that theory expects, one a source."""

    model: Model
    expected_h: tuple[float, ...]
    what: Literal["wait", "whole"] = "wait"


# ------------------------------------------------------------- theory


def erlang_c(load: float, servers: int) -> float:
    """Probability that all servers are busy (Erlang 1917)."""
    terms = [load**k / factorial(k) for k in range(servers)]
    last = load**servers / factorial(servers) / (1 - load / servers)
    return last / (sum(terms) + last)


def poisson_steps(mean: float, size: int) -> FloatArray:
    """Probabilities of 0 to size - 1 events."""
    return np.asarray(stats.poisson.pmf(np.arange(size), mean), dtype=np.float64)


def backlog(mean_arrivals: float, served: int, size: int = 400) -> FloatArray:
    """Stationary distribution of the left-over n' = max(n + Poisson - served, 0)."""
    arrive = poisson_steps(mean_arrivals, size + served)
    p = np.zeros((size, size))
    for n in range(size):
        after = np.maximum(n + np.arange(size + served) - served, 0)
        np.add.at(p[n], np.minimum(after, size - 1), arrive)
    lhs = np.vstack([(p.T - np.eye(size))[:-1], np.ones(size)])
    return np.asarray(np.linalg.solve(lhs, np.append(np.zeros(size - 1), 1.0)), dtype=np.float64)


def stationary(rates: dict[tuple[int, int], float], size: int) -> FloatArray:
    """Stationary distribution of a Markov chain in continuous time."""
    rows, columns = np.array(list(rates)).T
    values = np.array(list(rates.values()))
    flow = sparse.csr_array((values, (columns, rows)), shape=(size, size))
    generator = (flow - sparse.diags_array(np.bincount(rows, values, size))).tolil()
    generator[-1, :] = 1.0
    return np.asarray(spsolve(generator.tocsc(), np.append(np.zeros(size - 1), 1.0)))


# ------------------------------------------------------------- cases


def mm1() -> Case:
    """M/M/1: W_q = rho / (mu - lambda). Kleinrock (1975), Queueing Systems 1, section 3.2."""
    rate = 0.7
    return Case(models.queue(servers=1, rate_per_h=rate), (rate / (1.0 - rate),))


def mmc() -> Case:
    """M/M/3: W_q = C(c, a) / (c mu - lambda). Erlang (1917); Kleinrock (1975), section 3.5."""
    rate, servers = 2.4, 3
    return Case(
        models.queue(servers=servers, rate_per_h=rate, horizon_h=5_000.0),
        (erlang_c(rate, servers) / (servers - rate),),
    )


def mg1_lognormal() -> Case:
    """M/G/1: W_q = lambda E[S^2] / (2 (1 - rho)). Pollaczek (1930), Khinchine (1932)."""
    rate, cv = 0.6, 1.5
    return Case(
        models.queue(servers=1, rate_per_h=rate, form="lognormal", cv=cv, horizon_h=60_000.0),
        (rate * (1 + cv * cv) / (2 * (1 - rate)),),
    )


def mg1_gamma() -> Case:
    """M/G/1 with gamma services, as `mg1_lognormal`."""
    rate, mean, cv = 1.6, 0.5, 0.6
    return Case(
        models.queue(servers=1, rate_per_h=rate, form="gamma", mean_h=mean, cv=cv),
        (rate * mean**2 * (1 + cv * cv) / (2 * (1 - rate * mean)),),
    )


def md1() -> Case:
    """M/D/1: W_q = rho / (2 mu (1 - rho)), Pollaczek-Khinchine without variance."""
    rate = 0.75
    return Case(
        models.queue(servers=1, rate_per_h=rate, form="fixed", cv=0.0), (rate / (2 * (1 - rate)),)
    )


def mdc() -> Case:
    """M/D/4: n' = max(n - c, 0) + Poisson(lambda D) has the numbers present; W_q = L_q / lambda.

    Crommelin (1932), Post Office Electrical Engineers' Journal 25; Tijms (2003), section 9.6.2.
    The numbers after the departures, max(n - c, 0), are the queue itself.
    """
    rate, servers = 3.4, 4
    queue = backlog(rate, servers)
    return Case(
        models.queue(servers=servers, rate_per_h=rate, form="fixed", cv=0.0, horizon_h=5_000.0),
        (float(queue @ np.arange(len(queue))) / rate,),
    )


def priorities() -> Case:
    """Two non-preemptive classes: W_k = W_0 / ((1 - s_{k-1}) (1 - s_k)), W_0 = lambda E[S^2] / 2.

    Cobham (1954), Operations Research 2:70-76; s_k is the load of class k and those before it.
    """
    rates, mean, cv = (0.5, 0.9), 0.55, 0.8
    residual = sum(rates) * mean**2 * (1 + cv * cv) / 2
    load = [0.0, rates[0] * mean, sum(rates) * mean]
    return Case(
        models.two_classes(rates_per_h=rates, mean_h=mean, cv=cv, horizon_h=10_000.0),
        (residual / (1 - load[1]), residual / (1 - load[1]) / (1 - load[2])),
    )


def jackson() -> Case:
    """Feed-forward network: every station is an M/M/c by itself. Jackson (1957), Op. Res. 5."""
    rate, skipped = 0.8, 0.4
    some = rate * (1 - skipped)
    at_a = 1 / (1 / 0.8 - rate)
    at_b = 2.0 + erlang_c(some * 2.0, 2) / (2 / 2.0 - some)
    at_c = 1 / (1 / 0.7 - rate)
    return Case(
        models.network(rate_per_h=rate, skipped=skipped, horizon_h=10_000.0),
        (at_a + (1 - skipped) * at_b + at_c,),
        "whole",
    )


def leaves_when_full() -> Case:
    """Mean wait to fill K places: (K - 1) / (2 lambda), the mean of (K - j) / lambda over j."""
    rate, places = 1.5, 12
    return Case(
        models.departures(rate_per_h=rate, capacity=float(places), operation=0, horizon_h=10_000.0),
        ((places - 1) / (2 * rate),),
    )


def leaves_when_full_without_vessels() -> Case:
    """As `leaves_when_full`, of a fleet that has as many vessels as it needs."""
    return Case(
        models.departures(
            rate_per_h=1.5, capacity=12.0, operation=0, vessels=0, horizon_h=10_000.0
        ),
        leaves_when_full().expected_h,
    )


def headway() -> Case:
    """Poisson arrivals at a departure every h: half a headway. Osuna, Newell (1972), T. Sci. 6."""
    return Case(
        models.departures(
            rate_per_h=1.5, capacity=1_000.0, operation=1, headway_h=8.0, horizon_h=10_000.0
        ),
        (4.0,),
    )


def headway_without_vessels() -> Case:
    """As `headway`, of a fleet that has as many vessels as it needs."""
    return Case(
        models.departures(
            rate_per_h=0.4,
            capacity=1_000.0,
            operation=1,
            headway_h=5.0,
            vessels=0,
            horizon_h=20_000.0,
        ),
        (2.5,),
    )


def scheduled_bulk() -> Case:
    """Departures every h with K places: L_q left behind h, n' = max(n + Poisson - K, 0).

    Mean number between departures is E[n] + lambda h / 2; W = L / lambda. Bailey (1954), J. R.
    Stat. Soc. B 16:80-87.
    """
    rate, every, places = 1.5, 8.0, 14
    left = backlog(rate * every, places)
    return Case(
        models.departures(
            rate_per_h=rate,
            capacity=float(places),
            operation=1,
            headway_h=every,
            horizon_h=20_000.0,
        ),
        (float(left @ np.arange(len(left))) / rate + every / 2,),
    )


def permit_quota() -> Case:
    """Q tokens a period T that lapse: b' = max(b + Poisson(lambda T) - Q, 0) wait at its end.

    Within a period max(b + Poisson(lambda t) - Q, 0) wait; its mean over t, by Little over
    lambda, is the mean wait. The same chain as in Bailey (1954), tokens for places.
    """
    rate, quota, period = 1.15, 30, 24.0
    left = backlog(rate * period, quota)
    size = len(left)
    at = (np.arange(240) + 0.5) / 240 * period
    waiting = np.zeros(len(at))
    excess = np.maximum(np.add.outer(np.arange(size), np.arange(size)) - quota, 0)
    for ix, t in enumerate(at):
        waiting[ix] = left @ excess @ poisson_steps(rate * t, size)
    return Case(
        models.permits(rate_per_h=rate, quota=float(quota), period_h=period, horizon_h=80_000.0),
        (float(waiting.mean()) / rate,),
    )


def blocking_tandem() -> Case:
    """Exit post blocked by the yard of the entry post, against its Markov chain, truncated.

    State (n, m): n lorries not yet beyond the exit post, m beyond; m = yard + 1 says that the one
    on the exit post's server has been served and has no room ahead. W = E[n + m'] / lambda by
    Little (1961), m' without that one. Blocking after service: Perros (1994), chapter 2.
    """
    rate, means, yard, most = 0.5, (0.8, 1.1), 2, 300
    out, through = 1 / means[0], 1 / means[1]
    width = yard + 2
    rates: dict[tuple[int, int], float] = {}
    for n in range(most):
        for m in range(width):
            here = n * width + m
            if m == yard + 1 and n == 0:
                rates[here, 0] = 1.0  # never entered
                continue
            if n < most - 1:
                rates[here, here + width] = rate
            if m <= yard - 1 and n > 0:
                rates[here, here - width + 1] = out
            if m == yard and n > 0:
                rates[here, here + 1] = out
            if m == yard + 1:
                rates[here, here - width - 1] = through
            elif m > 0:
                rates[here, here - 1] = through
    p = stationary(rates, most * width).reshape(most, width)
    inside = p.sum(axis=1) @ np.arange(most) + p.sum(axis=0) @ np.minimum(np.arange(width), yard)
    return Case(
        models.paired(rate_per_h=rate, means_h=means, yard=yard, horizon_h=20_000.0),
        (float(inside) / rate,),
        "whole",
    )


def alternating_closure() -> Case:
    """Road closed a share p of the time, for exponential times of mean d: a wait of p d.

    Arrivals see time averages (Wolff 1982, Op. Res. 30:223-231), and what is left of an
    exponential time is like the whole; p = d / (d + 1 / rate).
    """
    rate, mean = 0.02, 10.0
    return Case(
        models.closures(rate_per_h=rate, mean_closed_h=mean, horizon_h=20_000.0),
        (mean * mean / (mean + 1 / rate),),
    )


def fewer_servers() -> Case:
    """Two servers, one of them gone in exponential times, against its Markov chain, truncated.

    Whoever is served when it goes is served to the end. States: n in the system and both servers
    at work, one gone, or one gone whose last is still served. W_q by Little (1961). Neuts (1981),
    Matrix-Geometric Solutions in Stochastic Models, section 6.2 (queues in a random environment).
    """
    rate, starts, mean, most = 1.2, 0.02, 10.0, 400
    rates: dict[tuple[int, int], float] = {}
    for n in range(most):
        both, one, last = n, most + n, 2 * most + n
        if n < 2:
            rates[last, both] = 1.0  # never entered
        for here in (both, one, last)[: 3 if n > 1 else 2]:
            if n < most - 1:
                rates[here, here + 1] = rate
        if n > 0:
            rates[both, both - 1] = float(min(n, 2))
            rates[one, one - 1] = 1.0
        rates[both, last if n > 1 else one] = starts
        rates[one, both] = 1 / mean
        if n > 1:
            rates[last, one - 1] = 2.0
            rates[last, both] = 1 / mean
    p = stationary(rates, 3 * most).reshape(3, most)
    inside = np.arange(most)
    served = p[0] @ np.minimum(inside, 2) + p[1] @ np.minimum(inside, 1) + 2 * p[2].sum()
    wait = (p.sum(axis=0) @ inside - served) / rate
    losing = (starts, mean, 0.5)
    model = models.queue(servers=2, rate_per_h=rate, losing=losing, horizon_h=40_000.0)
    return Case(model, (float(wait),))


CASES: tuple[Callable[[], Case], ...] = (
    mm1,
    mmc,
    mg1_lognormal,
    mg1_gamma,
    md1,
    mdc,
    priorities,
    jackson,
    leaves_when_full,
    leaves_when_full_without_vessels,
    headway,
    headway_without_vessels,
    scheduled_bulk,
    permit_quota,
    blocking_tandem,
    alternating_closure,
    fewer_servers,
)
each_case = pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)


# ------------------------------------------------------------- tests


def means(case: Case, seed: int, replication: int) -> list[float]:
    """Mean of each source in one replication, hours."""
    log = simulate_replication(case.model, seed=seed, replication=replication, log="all").log
    assert log is not None
    found = models.journeys(log)
    share = found.begin_h / case.model.horizon_h
    counted = (share > WARM_UP) & (share < 1 - WARM_UP)
    hours = found.wait_h if case.what == "wait" else found.whole_h
    n = len(case.expected_h)
    return [float(hours[counted & (found.source == source)].mean()) for source in range(n)]


def interval(values: NDArray[np.float64]) -> tuple[FloatArray, FloatArray]:
    """Mean and half-width at `LEVEL` of each column, Student's t."""
    n = len(values)
    t = stats.t.ppf((1 + LEVEL) / 2, n - 1)
    return values.mean(axis=0), t * values.std(axis=0, ddof=1) / np.sqrt(n)


@cache
def built(make: Callable[[], Case]) -> Case:
    """A case, once."""
    return make()


@each_case
def test_simulate_replication__meets_theory(make: Callable[[], Case]) -> None:
    case = built(make)
    values = np.array([means(case, 20, replication) for replication in range(REPLICATIONS)])
    mean, half = interval(values)
    assert (half < 0.25 * np.array(case.expected_h)).all()
    assert (abs(mean - case.expected_h) <= half).all(), (mean, half, case.expected_h)


@pytest.mark.validate
@each_case
def test_simulate_replication__meets_theory_with_many_seeds(make: Callable[[], Case]) -> None:
    case = built(make)
    values = np.array(
        [[means(case, 100 + seed, r) for r in range(REPLICATIONS)] for seed in range(SEEDS)]
    )
    expected = np.array(case.expected_h)
    missed = 0
    for of_seed in values:
        mean, half = interval(of_seed)
        missed += int((abs(mean - expected) > half).sum())
    mean, half = interval(values.reshape(-1, len(expected)))
    allowed = ceil(stats.binom.ppf(0.9999, SEEDS * len(expected), 1 - LEVEL))
    print(f"\n{make.__name__:22}", end="")
    for source in range(len(expected)):
        print(f" theory {expected[source]:7.4f} h, found {mean[source]:7.4f}", end="")
        print(f" ± {half[source]:.4f}", end=";")
    print(f" {missed} of {SEEDS * len(expected)} intervals miss, {allowed} allowed")
    assert missed <= allowed
    assert (abs(mean - expected) <= 1.5 * half).all()


def test_erlang_c__is_the_load_of_one_server() -> None:
    assert erlang_c(0.7, 1) == pytest.approx(0.7)
    assert erlang_c(1.0, 2) == pytest.approx(1 / 3)


def test_backlog__is_what_a_single_place_leaves() -> None:
    """M/D/1 once more: Crommelin's chain and Pollaczek-Khinchine agree."""
    queue = backlog(0.75, 1)
    assert queue @ np.arange(len(queue)) / 0.75 == pytest.approx(0.75 / (2 * 0.25))
