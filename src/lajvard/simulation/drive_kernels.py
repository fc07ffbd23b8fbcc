"""Driving under a rule: stretches, rests, hours in which driving is banned."""

import math

from lajvard.simulation.access_kernels import actor_at, driver_at, rule_at, step_at
from lajvard.simulation.kind_kernels import inlined, inside
from lajvard.simulation.record_kernels import log_other
from lajvard.simulation.state_kernels import Phase, State, whole

DRIVE, REST, BAN = whole(Phase.DRIVE, Phase.REST, Phase.BAN)
LOG_REST, LOG_BAN = whole(8, 9)
SMALL = 1e-9
A_MOMENT = 1e-6


@inlined
def next_stretch(
    m: State, r: int, left: float, driven: float, stopped: float, now: float
) -> tuple[int, float, float]:
    """What comes next under rule `r`: a stretch of driving, a rest or the wait for a ban.

    Returns its phase, its end, and the hours driven since the last rest.
    """
    rule = rule_at(m.rule, r)
    if now - stopped >= rule.rest:
        driven = 0.0
    stretch = left
    if rule.ban_hours > 0:
        hours = now - rule.ban_from + A_MOMENT
        day = math.floor(hours / 24.0)
        into = hours - 24.0 * day  # `hours % 24`, to the bit, without the slow division
        if into < 0.0:
            day, into = day - 1, into + 24.0
        if into < rule.ban_hours and (rule.ban_days >> day % 7) & 1 == 1:
            return BAN, now + (rule.ban_hours - into) + A_MOMENT, driven
        allowed = 24.0 - into + A_MOMENT
        day += 1
        while (rule.ban_days >> day % 7) & 1 == 0:
            day += 1
            allowed += 24.0
        stretch = allowed if allowed < stretch else stretch
    may = rule.driving - driven
    if may <= SMALL:
        return REST, now + rule.rest, driven
    return DRIVE, now + (may if may < stretch else stretch), driven


@inside
def drive_by_rule(m: State, a: int, k: int, now: float) -> float:
    """The next stretch of driving, the rest before it, or the wait for the ban; when it ends."""
    actor, driver = actor_at(m.actor, a), driver_at(m.driver, a)
    rule = step_at(m.step, k).rule
    actor.phase, end, driver.driven = next_stretch(
        m, rule, actor.left, driver.driven, driver.stopped, now
    )
    return end


@inside
def after_stop(m: State, a: int, k: int, phase: int, since: float, now: float) -> float:
    """A rest or a ban is over: the driving goes on."""
    log_other(m, a, LOG_REST if phase == REST else LOG_BAN, since, now, 0.0)
    if phase == REST:
        driver_at(m.driver, a).driven = 0.0
        driver_at(m.driver, a).stopped = now
    return drive_by_rule(m, a, k, now)


@inside
def end_of_stretch(m: State, a: int, k: int, now: float) -> bool:
    """A stretch of driving is over, its row carries its part of the move; whether the move is."""
    actor, driver = actor_at(m.actor, a), driver_at(m.driver, a)
    hours = now - actor.since
    whole_h = driver.whole
    share = hours / whole_h if whole_h > 0 else 1.0
    log_other(m, a, step_at(m.step, k).activity, actor.since, now, share)
    driver.driven += hours
    driver.stopped = now
    actor.left -= hours
    actor.since = now
    over: bool = actor.left <= SMALL
    return over
