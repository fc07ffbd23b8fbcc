"""The event list: which actor is next.

A calendar queue [1]_ in two steps, as the ladder queue [2]_ does it. The calendar has pages, and a
page has days. Only the page of now is open: its days are lists in order of actors, linked through
themselves. What comes later lies on its page in no order until the page is turned to, so that
nothing far away in memory is looked at, and what a page needs is brought near a page ahead.

Where many events fall on one moment, as when a ban on driving ends, a day would be a long list to
be put in order: who finds no place in it within a few steps goes to a 4-ary heap beside it. While
few are pending all are on the heap. Both give the actor with the smallest (time, actor), and so the
same.

References
----------
.. [1] Brown (1988), Calendar queues: a fast O(1) priority queue implementation for the simulation
   event set problem. Communications of the ACM 31(10), 1220-1227.
.. [2] Tang, Goh, Thng (2005), Ladder queue: an O(1) priority queue structure for large-scale
   discrete event simulation. ACM Transactions on Modeling and Computer Simulation 15(3), 175-204.
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
from lajvard.simulation.state_kernels import DAYS, NONE, PAGES, State, whole

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
    if m.calendar == 0:
        _heap_add(m, a, when)
        return
    day = int(when * m.per_hour)
    if day // DAYS > m.page:
        _put_off(m, a, day)
        m.n_later += 1
    else:
        _add_to_day(m, a, when, day % DAYS)


@inside
def schedule_other(m: State, a: int, when: float) -> None:
    """`schedule`, compiled once for all who are not in a hurry."""
    schedule(m, a, when)


@inlined
def _put_off(m: State, a: int, day: int) -> None:
    """Lay an actor on the page of its day."""
    page = whole_at(m.pages, day // DAYS % PAGES)
    whole_at(m.link, a).value = page.value
    page.value = a


@inside
def _add_to_day(m: State, a: int, when: float, day: int) -> None:
    """Put an actor into its day of the open page, in order."""
    p = whole_at(m.days, day).value
    if p == NONE:
        word = word_at(m.occupied, day >> 6)
        word.value = word.value | (ONE << np.uint64(day & 63))
    if p == NONE or _before(when, a, actor_at(m.actor, p).when, p):
        actor_at(m.actor, a).next = p
        whole_at(m.days, day).value = a
        m.n_today += 1
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
    m.n_today += 1


@inlined
def _first_of_page(m: State) -> int:
    """The next actor of the open page, which is not empty; the day becomes its day."""
    day = m.day
    word = word_at(m.occupied, day >> 6).value >> np.uint64(day & 63)
    while word == ZERO:
        day = (day | 63) + 1
        word = word_at(m.occupied, day >> 6).value
    day += lowest(word)
    m.day = day
    first: int = whole_at(m.days, day).value
    return first


@inlined
def _shorten(m: State, day: int, following: int) -> None:
    """Let a day begin with the one after its first."""
    whole_at(m.days, day).value = following
    if following == NONE:
        word = word_at(m.occupied, day >> 6)
        word.value = word.value & ~(ONE << np.uint64(day & 63))


@inside
def _turn_page(m: State) -> None:
    """Open the next page that has an event, when the open one has none and later ones do."""
    tried = 0
    while m.n_today == 0:
        m.page += 1
        tried += 1
        if tried > PAGES:  # all that is left lies more than all pages ahead
            m.page = _earliest_page(m)
        page = whole_at(m.pages, m.page % PAGES)
        a = page.value
        page.value = NONE
        while a != NONE:
            following = whole_at(m.link, a).value
            when = actor_at(m.actor, a).when
            day = int(when * m.per_hour)
            if day // DAYS == m.page:
                fetch_step(m.step, actor_at(m.actor, a).step)
                m.n_later -= 1
                _add_to_day(m, a, when, day % DAYS)
            else:
                _put_off(m, a, day)
            a = following
    m.day = 0
    a = whole_at(m.pages, (m.page + 1) % PAGES).value
    while a != NONE:
        fetch_actor(m.actor, a)
        fetch_driver(m.driver, a)
        a = whole_at(m.link, a).value


@inside
def _earliest_page(m: State) -> int:
    """The first page that has an event, found by looking at all that comes later."""
    best = NONE
    for place in range(PAGES):
        a = whole_at(m.pages, place).value
        while a != NONE:
            page = int(actor_at(m.actor, a).when * m.per_hour) // DAYS
            best = page if best == NONE or page < best else best
            a = whole_at(m.link, a).value
    return best


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
        child = 4 * i + 1
        end = child + 4 if child + 4 < n else n
        while child < end:
            t = heap_at(m.heap, child).when
            if _before(t, heap_at(m.heap, child).actor, best_when, best_actor):
                best, best_when, best_actor = child, t, heap_at(m.heap, child).actor
            child += 1
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


@inlined
def _turn_back(m: State, when: float) -> None:
    """Let the day that is looked at next not be ahead of what is taken."""
    day = int(when * m.per_hour) % DAYS
    m.day = day if day < m.day else m.day


@inside
def _take_from_both(m: State, p: int) -> int:
    """The next actor when the first of the heap is not later than `p`, first of the page."""
    when = heap_at(m.heap, 0).when
    a: int = heap_at(m.heap, 0).actor
    if _before(actor_at(m.actor, p).when, p, when, a):
        m.n_today -= 1
        _shorten(m, m.day, actor_at(m.actor, p).next)
        return p
    _turn_back(m, when)
    _heap_remove(m, FRONT)
    return a


@inlined
def take_next(m: State) -> int:
    """Take the actor with the earliest event off the list; `NONE` when nothing is pending."""
    if m.n_today == 0:
        if m.n_heap > 0:
            return _heap_take(m)
        if m.n_later == 0:
            return NONE
        _turn_page(m)
    a = _first_of_page(m)
    if m.n_heap > 0 and heap_at(m.heap, 0).when <= actor_at(m.actor, a).when:
        return _take_from_both(m, a)
    m.n_today -= 1
    _shorten(m, m.day, actor_at(m.actor, a).next)
    return a


@inside
def put_back(m: State, a: int) -> None:
    """Undo `take_next`."""
    when = actor_at(m.actor, a).when
    schedule_other(m, a, when)
    if m.calendar == 1:
        _turn_back(m, when)


@inside
def cancel(m: State, a: int) -> None:
    """Take the event of actor `a` off the list."""
    for i in range(m.n_heap):
        if heap_at(m.heap, i).actor == a:
            _heap_remove(m, i)
            return
    day = int(actor_at(m.actor, a).when * m.per_hour)
    if day // DAYS > m.page:
        m.n_later -= 1
        following = whole_at(m.link, a).value
        p = whole_at(m.pages, day // DAYS % PAGES)
        while p.value != a:
            p = whole_at(m.link, p.value)
        p.value = following
        return
    m.n_today -= 1
    following = actor_at(m.actor, a).next
    q = whole_at(m.days, day % DAYS).value
    if q == a:
        _shorten(m, day % DAYS, following)
        return
    while actor_at(m.actor, q).next != a:
        q = actor_at(m.actor, q).next
    actor_at(m.actor, q).next = following


@inside
def tune(m: State) -> None:
    """Change to the calendar when many are pending, and its days when events come otherwise."""
    events, hours = m.n_events - m.n_tuned, m.now - m.tuned_at
    m.tune_at = m.n_events + (LOOK_EVERY if m.calendar == 0 else TUNE_EVERY)
    if m.calendar == 0 and (m.lists == 1 or (m.lists == 0 and m.n_heap <= TO_CALENDAR)):
        return
    wanted = FINE * events / hours if hours > 0 else 1.0
    if m.calendar == 0 or wanted > 2 * m.per_hour or 4 * wanted < m.per_hour:
        _cut_anew(m, wanted)
    m.n_tuned = m.n_events
    m.tuned_at = m.now


@inside
def _cut_anew(m: State, per_hour: float) -> None:
    """Take all off the lists and put them into a calendar with so many days an hour."""
    chain = NONE
    while m.n_heap > 0:
        chain = _chained(m, _heap_take(m), chain)
    while m.n_today > 0:
        a = _first_of_page(m)
        _shorten(m, m.day, actor_at(m.actor, a).next)
        m.n_today -= 1
        chain = _chained(m, a, chain)
    for place in range(PAGES):
        a = whole_at(m.pages, place).value
        while a != NONE:
            following = whole_at(m.link, a).value
            chain = _chained(m, a, chain)
            a = following
        whole_at(m.pages, place).value = NONE
    m.n_later = 0
    m.per_hour = per_hour
    m.calendar = 1
    m.page, m.day = int(m.now * per_hour) // DAYS, 0
    while chain != NONE:
        a, chain = chain, whole_at(m.link, chain).value
        schedule(m, a, actor_at(m.actor, a).when)


@inlined
def _chained(m: State, a: int, chain: int) -> int:
    """A chain of actors that begins with `a`."""
    whole_at(m.link, a).value = chain
    return a
