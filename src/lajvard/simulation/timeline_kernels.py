"""What is known before a replication begins: closed times of gates, servers of stations.

Nothing that happens in the corridor moves them, so that they are made once a replication, and the
engine only looks them up.
"""

import math
from typing import Any

import numpy as np

from lajvard._jit import njit
from lajvard.simulation.kind_kernels import inside
from lajvard.simulation.model import FloatArray, Gates, IntArray, Stations
from lajvard.simulation.random_kernels import Key, uniform
from lajvard.simulation.state_kernels import NEVER, Purpose, Records, whole

OF_OPEN, OF_CLOSED = whole(Purpose.GATE_OPEN, Purpose.GATE_CLOSED)
NO_STEP, FIRST = whole(0, 0)
LOG_OPENING, LOG_CLOSURE = 1, 2


@inside
def next_start(
    rate: float, months: int, month_start: FloatArray, after: float, need: float
) -> float:
    """When open hours in season after `after` add up to `need` / `rate`."""
    if rate <= 0 or months & 4095 == 0:
        return NEVER
    hours = need / rate
    year = month_start[12]
    base = math.floor(after / year) * year
    month = 0
    while month < 11 and base + month_start[month + 1] <= after:
        month += 1
    t = after
    while True:
        end = base + month_start[month + 1]
        if months >> month & 1:
            if t + hours <= end:
                return t + hours
            hours -= end - t
        t = end
        month += 1
        if month == 12:
            month = 0
            base += year


@njit(counting=False, linking="whole")
def closed_times(
    gates: Gates,
    stream: IntArray,
    month_start: FloatArray,
    horizon: float,
    key: Key,
    first: IntArray,
    closed: Records,
) -> int:
    """Closed times of all gates, apart and in order; how many they are, also if they do not fit."""
    n, room = 0, closed.shape[0]
    for g in range(stream.shape[0]):
        first[g] = n
        owner: Any = np.int64(stream[g])
        rate, months = gates.rate_per_h[g], gates.months[g]
        d = gates.first_dated[g]
        drawn, begin, until = FIRST, 0.0, 0.0
        last = -1.0
        while True:
            while begin < NEVER and drawn == 0:
                need = -math.log(uniform(key, FIRST, owner, NO_STEP, OF_OPEN))
                begin = next_start(rate, months, month_start, 0.0, need)
                until = begin - gates.mean_closed_h[g] * math.log(
                    uniform(key, FIRST, owner, NO_STEP, OF_CLOSED)
                )
                drawn = 1
            dated = d < gates.first_dated[g + 1]
            if dated and gates.dated_from_h[d] <= begin:
                low, high = gates.dated_from_h[d], gates.dated_until_h[d]
                d += 1
            else:
                low, high = begin, until
                if begin < NEVER:
                    need = -math.log(uniform(key, drawn, owner, NO_STEP, OF_OPEN))
                    begin = next_start(rate, months, month_start, until, need)
                    until = begin - gates.mean_closed_h[g] * math.log(
                        uniform(key, drawn, owner, NO_STEP, OF_CLOSED)
                    )
                    drawn += 1
            if low >= horizon:
                break
            if n > first[g] and low <= last:
                last = max(last, high)
                if n <= room:
                    closed[n - 1].until = last
            elif high > low:
                last = high
                if n < room:
                    closed[n].begin = low
                    closed[n].until = high
                n += 1
    first[stream.shape[0]] = n
    return n


@njit(counting=False, linking="whole")
def server_times(
    stations: Stations,
    first_closed: IntArray,
    closed: Records,
    cursor: IntArray,
    horizon: float,
    first: IntArray,
    change: Records,
) -> int:
    """Servers of all stations by the clock, gates included; how many changes, as `closed_times`."""
    n, room = 0, change.shape[0]
    for s in range(stations.yard.shape[0]):
        first[s] = n
        shift = stations.first_shift[s]
        for i in range(stations.first_gate[s], stations.first_gate[s + 1]):
            cursor[stations.gate[i]] = first_closed[stations.gate[i]]
        t, before = 0.0, -1
        while t < horizon:
            while shift + 1 < stations.first_shift[s + 1] and stations.shift_time_h[shift + 1] <= t:
                shift += 1
            servers = stations.shift_servers[shift]
            why = LOG_OPENING
            following = NEVER
            if shift + 1 < stations.first_shift[s + 1]:
                following = stations.shift_time_h[shift + 1]
            for i in range(stations.first_gate[s], stations.first_gate[s + 1]):
                g = stations.gate[i]
                while cursor[g] < first_closed[g + 1] and closed[cursor[g]].until <= t:
                    cursor[g] += 1
                if cursor[g] == first_closed[g + 1]:
                    continue
                if closed[cursor[g]].begin <= t:
                    if servers > 0:
                        why = LOG_CLOSURE
                    servers = 0
                    following = min(following, closed[cursor[g]].until)
                else:
                    following = min(following, closed[cursor[g]].begin)
            if servers != before or servers == 0:
                if n < room:
                    change[n].when = t
                    change[n].servers = servers
                    change[n].why = why
                n += 1
                before = servers
            t = following
    first[stations.yard.shape[0]] = n
    return n


def make_key(seed: int, replication: int) -> tuple[np.uint64, np.uint64]:
    """The key of a replication."""
    return np.uint64(seed), np.uint64(replication)
