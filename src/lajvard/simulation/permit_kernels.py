"""Pools of tokens: permits and visas with a quota a period.

Where there is no quota nobody waits, and the issuing is a delay.
"""

import math

from lajvard.simulation.access_kernels import actor_at, pool_at
from lajvard.simulation.event_kernels import schedule_other
from lajvard.simulation.kind_kernels import inlined, inside
from lajvard.simulation.record_kernels import log_other, tally_nothing, tally_other
from lajvard.simulation.state_kernels import NEVER, NONE, Phase, State, whole
from lajvard.simulation.step_kernels import append, take_hours

OWN, PERMIT = whole(Phase.OWN, Phase.PERMIT)
(LOG_PERMIT,) = whole(7)
SMALL = 1e-9


@inside
def _tokens(quota: float, period: int) -> float:
    """Whole tokens that a pool gives out in a period; parts of a token add up over periods."""
    return math.floor(quota * (period + 1) + SMALL) - math.floor(quota * period + SMALL)


@inside
def ask_permit(m: State, a: int, k: int, p: int, now: float) -> float:
    """Consignment `a` asks pool `p` for a token; when the issuing ends, `NEVER` if it waits."""
    pool, actor = pool_at(m.pool, p), actor_at(m.actor, a)
    period = int(now / pool.hours + SMALL)
    if period != pool.period:
        pool.period = period
        pool.used = 0.0
    if pool.first == NONE and pool.used < _tokens(pool.quota, period):
        pool.used += 1.0
        _grant(m, a, p, now)
        return now + take_hours(m, a, k)
    actor.phase = PERMIT
    pool.first, pool.last = append(m, pool.first, pool.last, a)
    if pool.pending == 0:
        pool.pending = 1
        schedule_other(m, m.first_pool + p, (period + 1) * pool.hours)
    return NEVER


@inlined
def count_granted(m: State, p: int) -> None:
    """Count that a token of pool `p`, which has no quota, was given at once; -1 for no pool."""
    if p != NONE:
        tally_nothing(m, m.n_stations + m.n_lines + p)


@inside
def _grant(m: State, a: int, p: int, now: float) -> None:
    """Consignment `a` has its token; the issuing begins."""
    actor = actor_at(m.actor, a)
    column = m.n_stations + m.n_lines + p
    log_other(m, a, LOG_PERMIT, actor.since, now, 0.0)
    tally_other(m, column, actor.since, now)
    actor.since = now
    actor.phase = OWN


@inside
def new_period(m: State, p: int, now: float) -> float:
    """Pool `p` has new tokens; when it has the next, if some still wait."""
    pool = pool_at(m.pool, p)
    pool.period = int(now / pool.hours + SMALL)
    pool.used = 0.0
    tokens = _tokens(pool.quota, pool.period)
    while pool.first != NONE and pool.used < tokens:
        a = pool.first
        actor = actor_at(m.actor, a)
        pool.first = actor.next
        pool.used += 1.0
        _grant(m, a, p, now)
        schedule_other(m, a, now + take_hours(m, a, actor.step))
    if pool.first == NONE:
        pool.pending = 0
        return NEVER
    following: float = (pool.period + 1) * pool.hours
    return following
