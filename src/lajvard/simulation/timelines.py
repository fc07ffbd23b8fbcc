"""What is known before a replication begins: closed times of gates, servers, capacities of lines.

Nothing that happens in the corridor moves them, so that they are made once a replication, and the
engine only looks them up.
"""

import math
from collections.abc import Iterator
from heapq import merge
from itertools import count, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard.simulation.model import FloatArray, IntArray, Model, StepKind, servers_left
from lajvard.simulation.random_kernels import Key, uniform_numbers
from lajvard.simulation.state_kernels import CHANGE, CLOSED, CUT, Purpose, Records, records

LOG_OPENING, LOG_CLOSURE = 1, 2
AT_ONCE = 64
"""Random numbers that are drawn together."""

Interval = tuple[float, float]


def next_start(
    rate: float, months: int, month_start: list[float], after: float, need: float
) -> float:
    """When open hours in season after `after` add up to `need` / `rate`, which is above 0.

    Parameters
    ----------
    months
        Bit m - 1 is set for each month m of the season; it has at least one.
    month_start
        Hours at which the months of a year begin, and at which it ends.
    """
    hours, year = need / rate, month_start[12]
    lengths = [end - begin for begin, end in pairwise(month_start)]
    season = sum(length for month, length in enumerate(lengths) if months >> month & 1)
    years, hours = divmod(hours, season)
    after += years * year
    if not math.isfinite(after):
        return math.inf
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


def _random_closures(model: Model, g: int, stream: int, key: Key) -> Iterator[Interval]:
    """Random closures of gate `g`, one after the other without end."""
    rate, mean_h = float(model.gates.rate_per_h[g]), float(model.gates.mean_closed_h[g])
    months, month_start = int(model.gates.months[g]), model.month_start_h.tolist()
    if rate <= 0 or months & 4095 == 0:
        return
    until = 0.0
    for first in count(0, AT_ONCE):
        number = np.arange(first, first + AT_ONCE)
        opened = uniform_numbers(key, number, stream, 0, Purpose.GATE_OPEN).tolist()
        closed = uniform_numbers(key, number, stream, 0, Purpose.GATE_CLOSED).tolist()
        for of_open, of_closed in zip(opened, closed, strict=True):
            begin = next_start(rate, months, month_start, until, -math.log(of_open))
            until = begin - mean_h * math.log(of_closed)
            yield begin, until


def _closures(model: Model, g: int, stream: int, key: Key) -> list[Interval]:
    """Closures of gate `g` that begin before the horizon, apart and in order."""
    gates = model.gates
    dated = slice(gates.first_dated[g], gates.first_dated[g + 1])
    given = zip(
        gates.dated_from_h[dated].tolist(), gates.dated_until_h[dated].tolist(), strict=True
    )
    found: list[Interval] = []
    drawn = _random_closures(model, g, stream, key)
    for begin, until in merge(given, drawn, key=lambda closure: closure[0]):
        if begin >= model.horizon_h:
            break
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        elif until > begin:
            found.append((begin, until))
    return found


def _end_to_end(runs: list[NDArray[np.void]], dtype: np.dtype[np.void]) -> tuple[IntArray, Records]:
    """Runs of records one after the other, and where each begins and the last ends."""
    first = np.cumsum([0, *map(len, runs)]).astype(np.int32)
    table = records(int(first[-1]), dtype)
    for begin, run in zip(first.tolist(), runs, strict=False):
        table[begin : begin + len(run)] = run
    return first, table


def closed_times(model: Model, stream: NDArray[np.uint32], key: Key) -> tuple[IntArray, Records]:
    """Closed times of all gates.

    Parameters
    ----------
    stream
        Word of each gate in the addresses of its random numbers.
    key
        Of the replication.

    Returns
    -------
    first
        Where the closures of each gate begin, and where the last ends: (n_gates + 1,).
    closed
        Records `CLOSED`, of each gate apart and in order.
    """
    closures = [_closures(model, g, int(word), key) for g, word in enumerate(stream)]
    return _end_to_end([np.array(of_gate, CLOSED) for of_gate in closures], CLOSED)


class _Meeting(NamedTuple):
    """What gates that a station or a line meets leave, and when they are closed."""

    parts: list[tuple[float, Records]]

    def hours(self) -> FloatArray:
        """When any of them closes or opens."""
        parts = [part[name] for _, part in self.parts for name in ("begin", "until")]
        return np.concatenate(parts) if parts else np.empty(0)

    def left(self, when: FloatArray) -> FloatArray:
        """The share that is left at each of some times: the least that any of them leaves."""
        share = np.ones(len(when))
        for left, part in self.parts:
            last = np.searchsorted(part["begin"], when, side="right") - 1
            shut = (last >= 0) & (part["until"][last] > when)
            share[shut] = np.minimum(share[shut], left)
        return share


def _meetings(
    model: Model, first: IntArray, gate: IntArray, first_closed: IntArray, closed: Records
) -> Iterator[_Meeting]:
    """Of each station or line, whose gates begin in `gate` where `first` says."""
    for begin, end in pairwise(first.tolist()):
        each = [(float(model.gates.left[g]), first_closed[g : g + 2]) for g in gate[begin:end]]
        yield _Meeting([(left, closed[slice(*part)]) for left, part in each if part[0] < part[1]])


def _changes(model: Model, s: int, meeting: _Meeting) -> NDArray[np.void]:
    """Servers of station `s` by the clock."""
    stations, horizon_h = model.stations, model.horizon_h
    shifts = slice(stations.first_shift[s], stations.first_shift[s + 1])
    shift_h, on_shift = stations.shift_time_h[shifts], stations.shift_servers[shifts]
    when = np.unique(np.concatenate([shift_h, meeting.hours()])) if meeting.parts else shift_h
    when = when[(when >= 0) & (when < horizon_h)]
    usual = on_shift[np.searchsorted(shift_h, when, side="right") - 1]
    share = meeting.left(when)
    changes = np.zeros(len(when), CHANGE)
    changes["when"] = when
    changes["servers"] = servers_left(usual, share)
    changes["why"] = np.where((share == 0) & (usual > 0), LOG_CLOSURE, LOG_OPENING)
    kept = changes["servers"] == 0
    kept[0] = True
    kept[1:] |= changes["servers"][1:] != changes["servers"][:-1]
    found: NDArray[np.void] = changes[kept]
    return found


def server_times(model: Model, first_closed: IntArray, closed: Records) -> tuple[IntArray, Records]:
    """Servers of all stations by the clock, gates included.

    Parameters
    ----------
    first_closed, closed
        What `closed_times` gives.

    Returns
    -------
    first
        Where the changes of each station begin, and where the last ends: (n_stations + 1,).
    change
        Records `CHANGE`: the first of each station at hour 0, no two alike but those to none.
    """
    stations = model.stations
    meetings = _meetings(model, stations.first_gate, stations.gate, first_closed, closed)
    runs = [_changes(model, s, meeting) for s, meeting in enumerate(meetings)]
    return _end_to_end(runs, CHANGE)


def capacity_times(
    model: Model, first_closed: IntArray, closed: Records
) -> tuple[IntArray, Records]:
    """Capacities of all lines by the clock, where gates take some of them.

    However much they take, whoever may board fits when nobody else is aboard.

    Parameters
    ----------
    first_closed, closed
        What `closed_times` gives.

    Returns
    -------
    first
        Where the changes of each line begin, and where the last ends: (n_lines + 1,).
    cut
        Records `CUT`, in order; none of a line that has its usual capacity all the time.
    """
    lines, steps = model.lines, model.steps
    least = np.zeros(len(lines.capacity))
    boards = steps.kind == StepKind.SERVICE
    np.maximum.at(least, steps.target[boards], steps.units[boards])
    runs = []
    meetings = _meetings(model, lines.first_loss, lines.loss, first_closed, closed)
    for usual, most, meeting in zip(lines.capacity, least, meetings, strict=True):
        when = np.unique(meeting.hours())
        cuts = np.zeros(len(when), CUT)
        cuts["when"] = when
        left = meeting.left(when)
        some = np.maximum(np.rint(usual * left), most)
        cuts["capacity"] = np.where(left < 1, some, usual)
        runs.append(cuts)
    return _end_to_end(runs, CUT)
