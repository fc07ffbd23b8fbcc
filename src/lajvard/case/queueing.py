"""Queues at posts of which only the mean time is published: servers and service times that give it.

A published mean of total clearance holds both the queue and the formalities. Whoever makes the
queue himself, as a simulation or an assignment does, needs what is left: how many lorries are
dealt with at once, and how long that takes. Neither is published for most posts, so both are
estimates that reproduce the published mean at the described traffic; `servers_for` finds them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, exp, inf, lgamma, log, sqrt

from lajvard.simulation.model import servers_left

SERVICE_SHARE = 0.5
"""Least share of the mean clearance that is service and not queue (estimate)."""

MAX_UTILISATION = 0.8
"""Most that the servers of a calibrated post are busy (estimate).

Below the 0.9 at which queues get long, so that a post recovers from a closure within weeks.
"""


LEAST_UTILISATION = 0.2
"""Least that the servers of a post are busy that were added for times of losses (estimate)."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Servers of a station and their mean service time, with the mean queue that follows."""

    servers: int
    service_h: float
    queue_h: float
    utilisation: float


@dataclass(frozen=True, slots=True)
class Burst:
    """Arrivals that come together, as from a ship.

    Attributes
    ----------
    share
        Part of all arrivals that comes so, from 0 to 1.
    size
        How many come at once.
    spread_h
        Standard deviation of their times since they were together, in hours.
    """

    share: float
    size: float
    spread_h: float


@dataclass(frozen=True, slots=True)
class Loss:
    """Times, as of snow, in which only some of the servers work.

    Attributes
    ----------
    per_h
        How many such times begin in an hour of the year.
    mean_h
        Their exponential mean length, in hours.
    left
        Share of the servers that is left, from 0 to 1.
    """

    per_h: float
    mean_h: float
    left: float


def erlang_c(servers: int, load: float) -> float:
    """Probability that an arrival has to wait in M/M/c.

    Parameters
    ----------
    servers
        Servers c, >= 1.
    load
        Offered load a = arrival rate x mean service time, in [0, c).

    Notes
    -----
    C = B / (1 - ρ (1 - B)) with ρ = a / c and Erlang's loss formula B, the Poisson probability of
    c over that of at most c [1]_.

    References
    ----------
    .. [1] Kleinrock (1975), Queueing Systems I, § 3.5.

    Examples
    --------
    >>> round(erlang_c(1, 0.5), 6), round(erlang_c(2, 1.0), 6)
    (0.5, 0.333333)
    """
    from scipy.special import pdtr

    if load <= 0:
        return 0.0
    at_most = float(pdtr(servers, load))
    loss = exp(servers * log(load) - load - lgamma(servers + 1)) / at_most if at_most else 1.0
    use = load / servers
    return loss / (1 - use * (1 - loss))


def queue_mean_h(
    rate_per_h: float,
    service_h: float,
    servers: int,
    cv: float,
    bursts: Sequence[Burst] = (),
    losses: Sequence[Loss] = (),
) -> float:
    """Mean wait before service in M/G/c, infinite when the servers cannot keep up.

    Parameters
    ----------
    rate_per_h
        Arrivals an hour, Poisson but for the bursts, >= 0.
    service_h
        Mean service time in hours, >= 0.
    servers
        Servers, >= 1.
    cv
        Coefficient of variation of the service time.
    bursts
        Arrivals that come together.
    losses
        Times in which only some of the servers work.

    Notes
    -----
    Allen-Cunneen approximation [1]_: W = C(c, a) s / (c (1 - ρ)) x (1 + cv²) / 2, exact for
    M/M/c and, with one server, the Pollaczek-Khinchine formula. A burst of B that come at once
    adds the mean of ⌊(j - 1) / c⌋ s over its members j, divided by 1 - ρ, which with one server
    is the exact (B - 1) s / 2 (1 - ρ) of bulk arrivals [2]_; from that time is taken half of the
    √12 σ hours in which the members come when they are spread with standard deviation σ, an
    estimate. In a loss of T hours that leaves r of c servers a queue of (λ - r/s) T builds up as a
    fluid, and goes at c/s - λ after it [3]_; over all arrivals, with E T² = 2 m² of exponential
    lengths of mean m and γ losses an hour, that adds γ m² (λ - r/s) ((c - r)/s) / (λ (c/s - λ)).

    References
    ----------
    .. [1] Allen (1990), Probability, Statistics, and Queueing Theory, 2nd ed., § 5.3.
    .. [2] Chaudhry, Templeton (1983), A First Course in Bulk Queues, § 3.2.
    .. [3] Newell (1982), Applications of Queueing Theory, 2nd ed., ch. 2.

    Examples
    --------
    >>> round(queue_mean_h(0.5, 1.0, 1, 1.0), 6), round(queue_mean_h(0.5, 1.0, 1, 0.0), 6)
    (1.0, 0.5)
    """
    load = rate_per_h * service_h
    if load <= 0:
        return 0.0
    if load >= servers:
        return inf
    wait = erlang_c(servers, load) * service_h / (servers - load) * (1 + cv**2) / 2
    for burst in bursts:
        behind = _turns(burst.size, servers) * service_h - sqrt(3) * burst.spread_h
        wait += burst.share * max(0.0, behind) / (1 - load / servers)
    for loss in losses:
        left = float(servers_left(servers, loss.left))
        grows, served = max(0.0, load - left), (servers - left) / (servers - load)
        wait += loss.per_h * loss.mean_h**2 * grows * served / load
    return wait


def _turns(size: float, servers: int) -> float:
    """Mean of ⌊(j - 1) / c⌋ over the members j = 1 … size of a burst."""
    count = max(1, round(size))
    full, rest = divmod(count, servers)
    return (servers * full * (full - 1) / 2 + rest * full) / count


def servers_for(
    target_h: float,
    rate_per_h: float,
    cv: float,
    *,
    servers: int | None = None,
    stated: bool = True,
    service_share: float = SERVICE_SHARE,
    max_utilisation: float = MAX_UTILISATION,
    open_share: float = 1.0,
    bursts: Sequence[Burst] = (),
    losses: Sequence[Loss] = (),
) -> Servers:
    """Servers and service time with which queue plus service last `target_h` in the mean.

    The fewest servers are taken with which the service time is at least `service_share` of the
    target and the utilisation at most `max_utilisation`. With few arrivals one server suffices;
    with many, most of the time is service, because a queue before many servers that are not
    nearly always busy is short. When `servers` are described they are kept, and the service time
    is what fits them, down to the utilisation's limit if the target cannot be met. Because of
    losses no servers are added that would be busy for less than `LEAST_UTILISATION`: the service
    time is then the least share, and the mean is longer than the target.

    Parameters
    ----------
    target_h
        Mean of queue plus service, >= 0.
    rate_per_h
        Unit loads that come in an hour, >= 0.
    cv
        Coefficient of variation of the service time.
    servers, stated
        Servers to keep, and whether they are described; others were found by this function.
    open_share
        Share of the week that the station is open, in (0, 1].
    bursts
        Arrivals that come together.
    losses
        Times in which only some of the servers work, in which the mean was seen as well.

    Examples
    --------
    One lorry in ten hours, four hours in the mean: served in 3.12 h after 0.88 h in the queue.

    >>> found = servers_for(4.0, 0.1, 0.5)
    >>> found.servers, round(found.service_h + found.queue_h, 6), round(found.utilisation, 2)
    (1, 4.0, 0.31)
    """
    rate = rate_per_h / open_share
    if target_h <= 0 or rate <= 0:
        return Servers(servers or 1, target_h, 0.0, 0.0)
    least = service_share * target_h

    def at(count: int, service_h: float, losses: Sequence[Loss]) -> Servers:
        queue = queue_mean_h(rate, service_h, count, cv, bursts, losses)
        return Servers(count, service_h, queue, rate * service_h / count)

    def with_count(count: int, losses: Sequence[Loss]) -> Servers:
        longest = min(target_h, max_utilisation * count / rate)
        return _longest(target_h, longest, lambda service_h: at(count, service_h, losses))

    def met(found: Servers) -> bool:
        return found.service_h + found.queue_h >= target_h * (1 - 1e-6) and found.service_h >= least

    def more(found: Servers) -> int:
        return max(found.servers + 1, ceil(found.servers * 1.02))

    if servers is not None:
        found = with_count(servers, losses)
    else:
        found = with_count(max(1, ceil(rate * least / max_utilisation - 1e-9)), ())
        while not met(found):
            found = with_count(more(found), ())
        if losses:
            found = with_count(found.servers, losses)
        while not met(found) and (
            found.service_h >= least or rate * least > LEAST_UTILISATION * found.servers
        ):
            found = with_count(more(found), losses)
    if losses and found.service_h < least and not (servers and stated):
        return at(found.servers, least, losses)
    return found


def _longest(target_h: float, longest_h: float, at: Callable[[float], Servers]) -> Servers:
    """With service of up to `longest_h`, so that queue plus service last `target_h`."""
    from scipy.optimize import brentq

    longest = at(longest_h)
    if longest_h + longest.queue_h <= target_h:
        return longest

    def too_long(service_h: float) -> float:
        return service_h + at(service_h).queue_h - target_h

    return at(float(brentq(too_long, 0.0, longest_h, xtol=1e-14 * target_h, rtol=1e-15)))
