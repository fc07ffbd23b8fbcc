"""Parts that several kinds of steps need: gates, times, links."""

import numpy as np

from lajvard.simulation.access_kernels import actor_at, closed_at, gate_at, source_at, step_at
from lajvard.simulation.kind_kernels import inlined, inside
from lajvard.simulation.random_kernels import draw, uniform
from lajvard.simulation.state_kernels import NONE, Purpose, State, whole

(TIME,) = whole(Purpose.TIME)


@inside
def opens_at(m: State, g: int, now: float) -> float:
    """When gate `g` opens again; `now` if it is open."""
    gate = gate_at(m.gate, g)
    i = gate.cursor
    while i < gate.end and closed_at(m.closed, i).until <= now:
        i += 1
    gate.cursor = i
    if i < gate.end and closed_at(m.closed, i).begin <= now:
        until: float = closed_at(m.closed, i).until
        return until
    return now


@inside
def is_open(m: State, g: int, when: float) -> bool:
    """Whether gate `g` is open at a time to come; the gate stays at the time that it is."""
    gate = gate_at(m.gate, g)
    i = gate.cursor
    while i < gate.end and closed_at(m.closed, i).until <= when:
        i += 1
    known: bool = i >= gate.end or closed_at(m.closed, i).begin > when
    return known


@inlined
def number_of(m: State, a: int, step: int, purpose: int) -> float:
    """The uniform number of consignment `a` for this purpose at the step of this address."""
    actor = actor_at(m.actor, a)
    key = (np.uint64(m.key_0), np.uint64(m.key_1))
    return uniform(key, actor.number, source_at(m.source, actor.source).stream, step, purpose)


@inside
def number_for(m: State, a: int, step: int, purpose: int) -> float:
    """`number_of` for those who are not in a hurry."""
    return number_of(m, a, step, purpose)


@inlined
def drawn_hours(m: State, a: int, k: int) -> float:
    """The time that step `k` takes consignment `a`."""
    step = step_at(m.step, k)
    if step.distribution == NONE:
        return 0.0
    u = number_of(m, a, step.stream, TIME)
    hours: float = step.scale * draw(m.quantiles, step.distribution, u)
    return hours


@inlined
def look_ahead(m: State, a: int, k: int) -> None:
    """Draw the time of step `k` of consignment `a`, before it is needed.

    It is drawn when nothing waits for it, so that this hides behind the next event.
    """
    actor_at(m.actor, a).hours = drawn_hours(m, a, k)


@inside
def look_ahead_at(m: State, a: int, k: int) -> None:
    """`look_ahead` for those who are not in a hurry."""
    look_ahead(m, a, k)


@inside
def take_hours(m: State, a: int, k: int) -> float:
    """The time of step `k`, when it begins; that of the next step is drawn."""
    hours: float = actor_at(m.actor, a).hours
    if k + 1 < step_at(m.step, k).end:
        look_ahead(m, a, k + 1)
    return hours


@inside
def append(m: State, first: int, last: int, a: int) -> tuple[int, int]:
    """First and last of a list when `a` has joined its end."""
    actor_at(m.actor, a).next = NONE
    if first == NONE:
        return a, a
    actor_at(m.actor, last).next = a
    return first, a
