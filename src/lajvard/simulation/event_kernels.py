"""The event list: which actor is next.

A calendar queue [1]_ whose days are lists of actors, linked through themselves, and a 4-ary heap
for when few are pending. Both give the actor with the smallest (time, actor), and so the same.
Where many events fall on one moment, as when a ban on driving ends, a day would be a long list to
be put in order: who finds no place in it within a few steps goes to the heap beside it.

References
----------
.. [1] Brown (1988), Calendar queues: a fast O(1) priority queue implementation for the simulation
   event set problem. Communications of the ACM 31(10), 1220-1227.
"""

import numpy as np

from lajvard.simulation.access_kernels import (
    actor_at,
    fetch_actor,
    fetch_driver,
    fetch_step,
    heap_at,
    lowest,
    whole_at,
    word_at,
)
from lajvard.simulation.kind_kernels import inlined, inside
from lajvard.simulation.state_kernels import NONE, State, whole

TO_CALENDAR = 192
TUNE_EVERY = 16384
LOOK_EVERY = 64
FINE = 8.0
FEW_STEPS = 4
(FRONT,) = whole(0)
ZERO, ONE = np.uint64(0), np.uint64(1)


@inlined
def _before(when: float, a: int, other_when: float, other: int) -> bool:
    """Whether one event comes before another: the earlier, of two at once the smaller actor."""
    return when < other_when or (when == other_when and a < other)


@inlined
def schedule(m: State, a: int, when: float) -> None:
    """Let the event of actor `a`, which has none, be at `when`."""
    actor_at(m.actor, a).when = when
    if m.calendar == 1:
        _calendar_add(m, a, when)
    else:
        _heap_add(m, a, when)


@inside
def schedule_other(m: State, a: int, when: float) -> None:
    """`schedule`, compiled once for all who are not in a hurry."""
    schedule(m, a, when)


@inlined
def _calendar_add(m: State, a: int, when: float) -> None:
    """Put an actor into its day, in order."""
    day = int(when * m.per_hour) & m.mask
    p = whole_at(m.bucket, day).value
    if p == NONE:
        word = word_at(m.occupied, day >> 6)
        word.value = word.value | (ONE << np.uint64(day & 63))
    if p == NONE or _before(when, a, actor_at(m.actor, p).when, p):
        actor_at(m.actor, a).next = p
        whole_at(m.bucket, day).value = a
        m.n_calendar += 1
        return
    steps = 0
    while True:
        q = actor_at(m.actor, p).next
        if (
            q == NONE
            or when < actor_at(m.actor, q).when
            or (when == actor_at(m.actor, q).when and a < q)
        ):
            break
        p = q
        steps += 1
        if steps == FEW_STEPS:
            _heap_add(m, a, when)
            return
    actor_at(m.actor, a).next = q
    actor_at(m.actor, p).next = a
    m.n_calendar += 1


@inlined
def _calendar_first(m: State) -> int:
    """The next actor of the calendar, which is not empty; the day becomes its day."""
    day = m.day
    steps = 0
    while True:
        place = day & m.mask
        word = word_at(m.occupied, place >> 6).value >> np.uint64(place & 63)
        if word == ZERO:
            day += 64 - (place & 63)
        else:
            day += lowest(word)
            p = whole_at(m.bucket, day & m.mask).value
            if int(actor_at(m.actor, p).when * m.per_hour) <= day:
                break
            day += 1
        steps += 1
        if steps > (m.mask >> 6) + 64:
            day = _earliest_day(m)
            steps = 0
    m.day = day
    first: int = p
    return first


@inlined
def _shorten(m: State, place: int, following: int) -> None:
    """Let a day begin with the one after its first."""
    whole_at(m.bucket, place).value = following
    if following == NONE:
        word = word_at(m.occupied, place >> 6)
        word.value = word.value & ~(ONE << np.uint64(place & 63))


@inside
def _earliest_day(m: State) -> int:
    """The day of the earliest actor, found by looking at all days."""
    best = NONE
    for day in range(m.mask + 1):
        p = whole_at(m.bucket, day).value
        if p != NONE and (
            best == NONE
            or _before(actor_at(m.actor, p).when, p, actor_at(m.actor, best).when, best)
        ):
            best = p
    return int(actor_at(m.actor, best).when * m.per_hour)


@inside
def _heap_add(m: State, a: int, when: float) -> None:
    """Put an actor into the heap."""
    i = m.n_heap
    m.n_heap += 1
    while i > 0:
        above = (i - 1) >> 2
        if heap_at(m.heap, above).when < when or (
            heap_at(m.heap, above).when == when and heap_at(m.heap, above).actor < a
        ):
            break
        heap_at(m.heap, i).when = heap_at(m.heap, above).when
        heap_at(m.heap, i).actor = heap_at(m.heap, above).actor
        i = above
    heap_at(m.heap, i).when = when
    heap_at(m.heap, i).actor = a


@inside
def _heap_remove(m: State, i: int) -> None:
    """Take entry `i` out of the heap: the last entry fills the hole and finds its level."""
    m.n_heap -= 1
    n = m.n_heap
    if i == n:
        return
    when, a = heap_at(m.heap, n).when, heap_at(m.heap, n).actor
    while True:
        best, best_when, best_actor = NONE, when, a
        for child in range(4 * i + 1, min(4 * i + 5, n)):
            t = heap_at(m.heap, child).when
            if _before(t, heap_at(m.heap, child).actor, best_when, best_actor):
                best, best_when, best_actor = child, t, heap_at(m.heap, child).actor
        if best == NONE:
            break
        heap_at(m.heap, i).when = best_when
        heap_at(m.heap, i).actor = best_actor
        i = best
    while i > 0:
        above = (i - 1) >> 2
        if heap_at(m.heap, above).when < when or (
            heap_at(m.heap, above).when == when and heap_at(m.heap, above).actor < a
        ):
            break
        heap_at(m.heap, i).when = heap_at(m.heap, above).when
        heap_at(m.heap, i).actor = heap_at(m.heap, above).actor
        i = above
    heap_at(m.heap, i).when = when
    heap_at(m.heap, i).actor = a


@inside
def _heap_take(m: State) -> int:
    """The next actor of the heap, which is not empty."""
    a: int = heap_at(m.heap, 0).actor
    _heap_remove(m, FRONT)
    return a


@inside
def _take_from_both(m: State, p: int) -> int:
    """The next actor when the first of the heap is not later than `p`, first of the calendar."""
    when = heap_at(m.heap, 0).when
    a: int = heap_at(m.heap, 0).actor
    if _before(actor_at(m.actor, p).when, p, when, a):
        m.n_calendar -= 1
        _shorten(m, m.day & m.mask, actor_at(m.actor, p).next)
        return p
    m.day = min(m.day, int(when * m.per_hour))  # never ahead of what is taken
    _heap_remove(m, FRONT)
    return a


@inlined
def fetch_following(m: State) -> None:
    """Have what the next events will need brought near, of the next two that are easily found."""
    place = m.day & m.mask
    word = word_at(m.occupied, place >> 6).value >> np.uint64(place & 63)
    if word == ZERO:
        return
    p = whole_at(m.bucket, place + lowest(word)).value
    fetch_step(m.step, actor_at(m.actor, p).step)
    word = word & (word - ONE)
    if word == ZERO:
        return
    p = whole_at(m.bucket, place + lowest(word)).value
    fetch_actor(m.actor, p)
    fetch_driver(m.driver, p)


@inlined
def take_next(m: State) -> int:
    """Take the actor with the earliest event off the list; `NONE` when nothing is pending."""
    if m.n_calendar == 0:
        return NONE if m.n_heap == 0 else _heap_take(m)
    a = _calendar_first(m)
    if m.n_heap > 0 and heap_at(m.heap, 0).when <= actor_at(m.actor, a).when:
        return _take_from_both(m, a)
    m.n_calendar -= 1
    _shorten(m, m.day & m.mask, actor_at(m.actor, a).next)
    fetch_following(m)
    return a


@inside
def put_back(m: State, a: int) -> None:
    """Undo `take_next`."""
    schedule_other(m, a, actor_at(m.actor, a).when)
    if m.calendar == 1:
        m.day = min(m.day, int(actor_at(m.actor, a).when * m.per_hour))


@inside
def cancel(m: State, a: int) -> None:
    """Take the event of actor `a` off the list."""
    for i in range(m.n_heap):
        if heap_at(m.heap, i).actor == a:
            _heap_remove(m, i)
            return
    day = int(actor_at(m.actor, a).when * m.per_hour) & m.mask
    m.n_calendar -= 1
    p = whole_at(m.bucket, day).value
    if p == a:
        _shorten(m, day, actor_at(m.actor, a).next)
        return
    while actor_at(m.actor, p).next != a:
        p = actor_at(m.actor, p).next
    actor_at(m.actor, p).next = actor_at(m.actor, a).next


@inside
def tune(m: State) -> None:
    """Change to the calendar when many are pending, and its days when events come otherwise."""
    events, hours = m.n_events - m.n_tuned, m.now - m.tuned_at
    m.tune_at = m.n_events + (LOOK_EVERY if m.calendar == 0 else TUNE_EVERY)
    if m.calendar == 0 and (m.lists == 1 or (m.lists == 0 and m.n_heap <= TO_CALENDAR)):
        return
    wanted = FINE * events / hours if hours > 0 else 1.0
    few = m.n_calendar * 4 > m.mask + 1 and m.mask + 1 < m.n_buckets
    if m.calendar == 0 or wanted > 2 * m.per_hour or 4 * wanted < m.per_hour or few:
        _cut_anew(m, wanted)
    m.n_tuned = m.n_events
    m.tuned_at = m.now


@inside
def _cut_anew(m: State, per_hour: float) -> None:
    """Take all off both lists and put them into a calendar with so many days an hour."""
    pending = m.n_heap + m.n_calendar
    chain = NONE
    while m.n_heap > 0:
        a = _heap_take(m)
        actor_at(m.actor, a).next = chain
        chain = a
    for day in range(m.mask + 1 if m.calendar == 1 else 0):
        p = whole_at(m.bucket, day).value
        while p != NONE:
            q = actor_at(m.actor, p).next
            actor_at(m.actor, p).next = chain
            chain = p
            p = q
        whole_at(m.bucket, day).value = NONE
        word_at(m.occupied, day >> 6).value = ZERO
    size = 1024
    while size < 16 * pending and 2 * size <= m.n_buckets:
        size *= 2
    m.mask = size - 1
    m.per_hour = per_hour
    m.day = int(m.now * per_hour)
    m.calendar = 1
    m.n_calendar = 0
    while chain != NONE:
        p = actor_at(m.actor, chain).next
        _calendar_add(m, chain, actor_at(m.actor, chain).when)
        chain = p
