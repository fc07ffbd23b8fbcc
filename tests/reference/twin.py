"""The engine once more, in plain Python: slow, short, and the same log row by row.

Heaps, deques and closures; no kernel of the engine is used but the tables of quantiles. Rules and
order of ties are those of `docs/background/simulation.md`.
"""

import heapq
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np

from lajvard.simulation.model import ENGINE_ACTIVITIES, Model, StepKind

Row = tuple[int, int, str, int, int, int, int, int, int, float]
Event = Callable[[float], None]

TIME, BRANCH, ROUTE, ARRIVAL, SAILING, GATE_OPEN, GATE_CLOSED = range(7)
INF = math.inf
TINY = 1e-9
N_BODY = 256


def philox(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """Philox4x32-10 with whole numbers of any size."""
    low = 0xFFFFFFFF
    c0, c1, c2, c3 = (word & low for word in counter)
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & low, (p0 >> 32) ^ c3 ^ k1, p0 & low
        k0, k1 = (k0 + 0x9E3779B9) & low, (k1 + 0xBB67AE85) & low
    return c0, c1, c2, c3


def stream(name: str) -> int:
    return crc32(name.encode())


@dataclass(eq=False)
class Consignment:
    actor: int
    journey: int
    source: int
    number: int
    born: float
    step: int = 0
    since: float = 0.0
    seq: int = 0
    room: int = -1
    opens: float = 0.0
    why: str = ""
    blocked: bool = False
    driven: float = 0.0
    stopped: float = 0.0


@dataclass(eq=False)
class Station:
    changes: list[tuple[float, int, str]]
    yard: int
    queues: list[deque[Consignment]]
    servers: int = 0
    busy: int = 0
    inside: int = 0
    at: int = 0
    outside: deque[Consignment] = field(default_factory=deque)
    waits: list[float] = field(default_factory=list)


@dataclass(eq=False)
class Line:
    waiting: deque[Consignment] = field(default_factory=deque)
    boarding: "Vessel | None" = None
    due: bool = False
    sailings: int = 0
    clock: int = 0
    token: int = -1
    look: float = INF
    loads: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


@dataclass(eq=False)
class Vessel:
    actor: int
    fleet: int
    terminal: int
    state: str = "idle"
    line: int = -1
    aboard: list[Consignment] = field(default_factory=list)
    token: int = -1
    times: dict[str, float] = field(default_factory=dict)


@dataclass(eq=False)
class Pool:
    waiting: deque[Consignment] = field(default_factory=deque)
    period: int = 0
    used: int = 0
    pending: bool = False
    waits: list[float] = field(default_factory=list)


class Twin:
    """Play a model; afterwards `rows` is its log and `finished` its journey times."""

    def __init__(self, model: Model, seed: int, replication: int) -> None:
        self.m, self.key = model, (seed, replication)
        self.events: list[tuple[float, int, int, Event]] = []
        self.cancelled: set[int] = set()
        self.n_tokens = 0
        self.rows: list[Row] = []
        self.finished: list[tuple[int, float]] = []
        self.journeys = 0
        self.free: list[int] = []
        self.woken = -1
        self.name_streams()
        self.closed = [self.gate_times(g) for g in range(len(model.gate_names))]
        priorities = int(model.class_priority.max(initial=0)) + 1
        self.stations = [
            Station(
                self.server_times(s),
                int(model.stations.yard[s]),
                [deque() for _ in range(priorities)],
            )
            for s in range(len(model.station_names))
        ]
        self.lines = [Line() for _ in model.line_names]
        self.pools = [Pool() for _ in model.pool_names]
        self.berths_used = [0] * len(model.fleets.berths)
        self.berth_lines: list[deque[Vessel]] = [deque() for _ in model.fleets.berths]
        self.first_station = len(model.source_names)
        self.first_line = self.first_station + len(self.stations)
        first_vessel = self.first_line + len(self.lines)
        first = model.fleets.first_vessel
        self.fleets = [
            [
                Vessel(first_vessel + v, f, int(model.fleets.vessel_home[v]))
                for v in range(first[f], first[f + 1])
            ]
            for f in range(len(first) - 1)
        ]
        self.first_pool = first_vessel + len(model.fleets.vessel_home)
        self.next_actor = self.first_pool + len(self.pools)

    # ------------------------------------------------------------- numbers and names

    def name_streams(self) -> None:
        m, steps = self.m, self.m.steps
        self.route_of, self.end_of, self.step_stream = {}, {}, {}
        for r in range(len(m.route_names)):
            seen: dict[str, int] = {}
            for k in range(m.routes.first_step[r], m.routes.first_step[r + 1]):
                place, act = m.place_ids[steps.place[k]], m.activity_names[steps.activity[k]]
                name = f"{steps.kind[k]}|{place}|{act}"
                self.step_stream[k] = stream(f"{name}|{seen.get(name, 0)}")
                seen[name] = seen.get(name, 0) + 1
                self.route_of[k], self.end_of[k] = r, int(m.routes.first_step[r + 1])
        self.source_stream = [stream(f"source {name}") for name in m.source_names]

    def number(self, entity: int, owner: int, step: int, purpose: int) -> float:
        word = philox((entity, owner, step, purpose), self.key)
        return (float((word[0] << 32 | word[1]) >> 11) + 0.5) * 2.0**-53

    def quantile(self, distribution: int, u: float) -> float:
        if distribution < 0:
            return 0.0
        x = u * N_BODY
        cell = int(x)
        x -= cell
        if cell == N_BODY - 1:
            x *= N_BODY
            cell = int(x)
            x -= cell
            cell += N_BODY
        low, high = (float(self.m.quantiles[distribution, cell + i]) for i in (0, 1))
        return low + x * (high - low)

    def hours(self, c: Consignment) -> float:
        k = c.step
        distribution = int(self.m.steps.distribution[k])
        if distribution < 0:
            return 0.0
        u = self.number(c.number, self.source_stream[c.source], self.step_stream[k], TIME)
        return float(self.m.steps.scale[k]) * self.quantile(distribution, u)

    # ------------------------------------------------------------- gates and shifts

    def gate_times(self, g: int) -> list[tuple[float, float]]:
        m, gates, owner = self.m, self.m.gates, stream(f"gate {self.m.gate_names[g]}")
        found = [
            (float(gates.dated_from_h[d]), float(gates.dated_until_h[d]))
            for d in range(gates.first_dated[g], gates.first_dated[g + 1])
        ]
        t, n = 0.0, 0
        while t < m.horizon_h:
            need = -math.log(self.number(n, owner, 0, GATE_OPEN))
            begin = self.in_season(g, t, need)
            length = -float(gates.mean_closed_h[g]) * math.log(
                self.number(n, owner, 0, GATE_CLOSED)
            )
            t = begin + length
            n += 1
            found.append((begin, t))
        merged: list[tuple[float, float]] = []
        for begin, end in sorted(found):
            if begin >= m.horizon_h:
                continue
            if merged and begin <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], end))
            elif end > begin:
                merged.append((begin, end))
        return merged

    def in_season(self, g: int, after: float, need: float) -> float:
        rate, months = float(self.m.gates.rate_per_h[g]), int(self.m.gates.months[g])
        if rate <= 0 or months & 4095 == 0:
            return INF
        start, hours, t = self.m.month_start_h, need / rate, after
        year = float(start[12])
        base = math.floor(after / year) * year
        month = max(i for i in range(12) if i == 0 or base + start[i] <= after)
        while True:
            end = float(base + start[month + 1])
            if months >> month & 1:
                if t + hours <= end:
                    return t + hours
                hours -= end - t
            t, month = end, month + 1
            if month == 12:
                month, base = 0, base + year

    def opens_at(self, g: int, now: float) -> float:
        return next((end for begin, end in self.closed[g] if begin <= now < end), now)

    def left(self, gates: list[int], t: float) -> float:
        """The share that the gates leave of what they take from."""
        shut = [g for g in gates if self.opens_at(g, t) > t]
        return min((float(self.m.gates.left[g]) for g in shut), default=1.0)

    def server_times(self, s: int) -> list[tuple[float, int, str]]:
        st = self.m.stations
        shifts = range(st.first_shift[s], st.first_shift[s + 1])
        gates = [int(st.gate[i]) for i in range(st.first_gate[s], st.first_gate[s + 1])]
        points = {0.0} | {float(st.shift_time_h[i]) for i in shifts}
        points |= {t for g in gates for pair in self.closed[g] for t in pair}
        changes: list[tuple[float, int, str]] = []
        for t in sorted(p for p in points if p < self.m.horizon_h):
            on = int(st.shift_servers[max(i for i in shifts if st.shift_time_h[i] <= t)])
            left, why = self.left(gates, t), "opening_hours"
            servers = max(1, round(on * left)) if on and left else 0
            if on and not left:
                why = "closure"
            if not changes or servers != changes[-1][1] or servers == 0:
                changes.append((t, servers, why))
        return changes

    # ------------------------------------------------------------- the event list

    def schedule(self, actor: int, when: float, event: Event) -> int:
        self.n_tokens += 1
        heapq.heappush(self.events, (when, actor, self.n_tokens, event))
        return self.n_tokens

    def run(self) -> "Twin":
        self.now = 0.0
        for s in range(len(self.m.source_names)):
            self.start_source(s)
        for s, station in enumerate(self.stations):
            station.servers = station.changes[0][1]
            if len(station.changes) > 1:
                self.schedule(self.first_station + s, station.changes[1][0], self.changer(s))
        for ln in range(len(self.lines)):
            self.strike_next(ln, -1.0)
        while self.events:
            when, _, token, event = heapq.heappop(self.events)
            if token in self.cancelled:
                continue
            if when >= self.m.horizon_h:
                break
            self.now = when
            event(when)
            if self.woken >= 0:
                self.send_idle(when)
        return self

    # ------------------------------------------------------------- journeys

    def start_source(self, s: int) -> None:
        m, src = self.m, self.m.sources
        scheduled = src.scheduled_h[src.first_scheduled[s] : src.first_scheduled[s + 1]]
        part = slice(src.first_rate[s], src.first_rate[s + 1])
        hours, total = src.rate_time_h[part], src.rate_total[part]
        level = 0.0

        def following(n: int) -> None:
            nonlocal level
            if len(scheduled):
                when = float(scheduled[n]) if n < len(scheduled) else INF
            else:
                level -= math.log(self.number(n, self.source_stream[s], 0, ARRIVAL))
                i = int(np.searchsorted(total, level, side="right")) - 1
                when = INF
                if i < len(total) - 1:
                    share = (level - total[i]) / (total[i + 1] - total[i])
                    when = float(hours[i] + share * (hours[i + 1] - hours[i]))
            if when < INF:
                self.schedule(s, when, lambda now: create(n, now))

        def create(n: int, now: float) -> None:
            if self.free:
                actor = self.free.pop()
            else:
                actor, self.next_actor = self.next_actor, self.next_actor + 1
            c = Consignment(actor, self.journeys, s, n, now, since=now, stopped=now)
            self.journeys += 1
            u = self.number(n, self.source_stream[s], 0, ROUTE)
            r = int(src.first_route[s])
            while r < src.first_route[s + 1] - 1 and u >= m.routes.share_total[r]:
                r += 1
            c.step = int(m.routes.first_step[r])
            following(n + 1)
            self.begin(c, now)

        following(0)

    def log(self, c: Consignment, what: str, start: float, end: float, share: float = 0.0) -> None:
        if end <= start and share == 0:
            return
        k = c.step
        times = (int(start * 3600 + 0.5), int(end * 3600 + 0.5))
        step = k if share > 0 else -1
        place, route = int(self.m.steps.place[k]), self.route_of[k]
        self.rows.append((c.journey, c.seq, what, place, *times, step, c.source, route, share))
        c.seq += 1

    def own(self, c: Consignment) -> str:
        return self.m.activity_names[int(self.m.steps.activity[c.step])]

    def done(self, c: Consignment, now: float) -> None:
        """The step of `c` is over."""
        if c.step + 1 == self.end_of[c.step]:
            self.finish(c, now)
        else:
            c.step += 1
            self.begin(c, now)

    def finish(self, c: Consignment, now: float) -> None:
        self.finished.append((c.journey, now - c.born))
        self.free.append(c.actor)

    def begin(self, c: Consignment, now: float) -> None:
        steps, k = self.m.steps, c.step
        if steps.gate[k] >= 0 and self.opens_at(int(steps.gate[k]), now) > now:
            self.stand_before_gate(c, now)
            return
        c.since = now
        kind, target = StepKind(int(steps.kind[k])), int(steps.target[k])
        if kind == StepKind.STATION:
            self.arrive(c, target, now)
        elif kind == StepKind.MOVE:
            hours = self.hours(c)
            if steps.rule[k] < 0:
                self.schedule(c.actor, now + hours, lambda t: self.own_row_done(c, t))
            else:
                self.drive(c, hours, hours, now)
        elif kind == StepKind.DELAY:
            self.schedule(c.actor, now + self.hours(c), lambda t: self.own_row_done(c, t))
        elif kind == StepKind.SERVICE:
            self.join_line(c, target, now)
        elif kind == StepKind.PERMIT:
            self.ask_permit(c, target, now)
        else:
            self.branch(c, now)

    def own_row_done(self, c: Consignment, now: float) -> None:
        self.log(c, self.own(c), c.since, now, 1.0)
        self.done(c, now)

    def branch(self, c: Consignment, now: float) -> None:
        steps, k = self.m.steps, c.step
        gate = int(steps.link_gate[k])
        is_open = gate < 0 or self.opens_at(gate, now) == now
        u = self.number(c.number, self.source_stream[c.source], self.step_stream[k], BRANCH)
        after = k + 1 + (int(steps.skip[k]) if is_open and u < steps.probability[k] else 0)
        if after >= self.end_of[k]:
            self.finish(c, now)
        else:
            c.step = after
            self.begin(c, now)

    def stand_before_gate(self, c: Consignment, now: float) -> None:
        steps, k = self.m.steps, c.step
        until = self.opens_at(int(steps.gate[k]), now)
        leaves = steps.other_route[k] >= 0 and until - now > steps.patience_h[k]

        def over(t: float) -> None:
            self.log(c, "closure", now, t)
            if leaves:
                c.step = int(steps.other_step[k])
                if c.room >= 0:
                    self.free_place(c.room, t)
                    c.room = -1
            self.schedule(c.actor, t, lambda t: self.begin(c, t))

        self.schedule(c.actor, now + float(steps.patience_h[k]) if leaves else until, over)

    # ------------------------------------------------------------- driving

    def drive(self, c: Consignment, left: float, whole: float, now: float) -> None:
        rule = int(self.m.steps.rule[c.step])
        rules = self.m.rules
        rest = float(rules.rest_h[rule])
        since = now
        if now - c.stopped >= rest:
            c.driven = 0.0
        stretch = left
        banned = (float(rules.ban_until_h[rule]) - float(rules.ban_from_h[rule])) % 24.0 or 24.0
        days = [d for d in range(7) if rules.ban_days[rule] >> d & 1]
        if banned > 0 and days:
            day, into = divmod(now - float(rules.ban_from_h[rule]) + 1e-6, 24.0)
            if into < banned and day % 7 in days:

                def allowed(t: float) -> None:
                    self.log(c, "night_ban", since, t)
                    self.drive(c, left, whole, t)

                self.schedule(c.actor, now + (banned - into) + 1e-6, allowed)
                return
            ahead = next(n for n in range(1, 8) if (day + n) % 7 in days)
            stretch = min(stretch, 24.0 - into + 1e-6 + 24.0 * (ahead - 1))
        may = float(rules.driving_h[rule]) - c.driven
        if may <= TINY:

            def rested(t: float) -> None:
                self.log(c, "rest", since, t)
                c.driven, c.stopped = 0.0, t
                self.drive(c, left, whole, t)

            self.schedule(c.actor, now + rest, rested)
            return

        def stop(t: float) -> None:
            hours = t - since
            self.log(c, self.own(c), since, t, hours / whole if whole > 0 else 1.0)
            c.driven, c.stopped = c.driven + hours, t
            if left - hours <= TINY:
                self.done(c, t)
            else:
                self.drive(c, left - hours, whole, t)

        self.schedule(c.actor, now + min(stretch, may), stop)

    # ------------------------------------------------------------- stations

    def arrive(self, c: Consignment, s: int, now: float) -> None:
        station = self.stations[s]
        if station.yard >= 0:
            if c.room == s:
                c.room = -1
            elif station.inside >= station.yard:
                station.outside.append(c)
                return
            else:
                station.inside += 1
        self.enter(c, s, now)

    def enter(self, c: Consignment, s: int, now: float) -> None:
        station = self.stations[s]
        c.since = c.opens = now
        if station.busy < station.servers:
            station.waits.append(0.0)
            self.serve(c, s, now)
            return
        if station.servers == 0:
            c.why = station.changes[station.at][2]
            later = (t for t, n, _ in station.changes[station.at :] if n > 0)
            c.opens = next(later, INF)
        priority = self.m.class_priority[self.m.sources.class_ix[c.source]]
        station.queues[priority].append(c)

    def serve(self, c: Consignment, s: int, now: float) -> None:
        self.stations[s].busy += 1
        c.since = now
        self.schedule(c.actor, now + self.hours(c), lambda t: self.served(c, s, t))

    def serve_waiting(self, s: int, now: float) -> None:
        station = self.stations[s]
        while station.busy < station.servers and any(station.queues):
            c = next(queue for queue in station.queues if queue).popleft()
            opening = min(c.opens, now)
            self.log(c, c.why, c.since, opening)
            self.log(c, "queue", opening, now)
            station.waits.append(now - c.since)
            self.serve(c, s, now)

    def served(self, c: Consignment, s: int, now: float) -> None:
        self.log(c, self.own(c), c.since, now, 1.0)
        ahead = int(self.m.steps.ahead[c.step])
        if ahead >= 0 and self.stations[ahead].yard >= 0:
            station = self.stations[ahead]
            if station.inside >= station.yard:
                c.blocked, c.since = True, now
                station.outside.append(c)
                return
            station.inside += 1
            c.room = ahead
        self.leave(s, now)
        self.done(c, now)

    def leave(self, s: int, now: float) -> None:
        self.stations[s].busy -= 1
        self.serve_waiting(s, now)
        if self.stations[s].yard >= 0:
            self.free_place(s, now)

    def free_place(self, s: int, now: float) -> None:
        station = self.stations[s]
        station.inside -= 1
        while station.inside < station.yard and station.outside:
            c = station.outside.popleft()
            station.inside += 1
            if c.blocked:
                c.blocked, c.room = False, s
                self.schedule(c.actor, now, lambda t, c=c: self.unblocked(c, t))  # type: ignore[misc]
            else:
                self.log(c, "yard", c.since, now)
                self.enter(c, s, now)

    def unblocked(self, c: Consignment, now: float) -> None:
        self.log(c, "yard", c.since, now)
        self.leave(int(self.m.steps.target[c.step]), now)
        self.done(c, now)

    def changer(self, s: int) -> Event:
        def change(now: float) -> None:
            station = self.stations[s]
            station.at += 1
            station.servers = station.changes[station.at][1]
            self.serve_waiting(s, now)
            if station.at + 1 < len(station.changes):
                self.schedule(self.first_station + s, station.changes[station.at + 1][0], change)

        return change

    # ------------------------------------------------------------- permits

    def tokens(self, p: int) -> float:
        quota, k = float(self.m.pools.quota[p]), self.pools[p].period
        return math.floor(quota * (k + 1) + TINY) - math.floor(quota * k + TINY)

    def ask_permit(self, c: Consignment, p: int, now: float) -> None:
        pool, length = self.pools[p], float(self.m.pools.period_h[p])
        if math.isinf(self.m.pools.quota[p]):
            self.grant(c, now)
            return
        period = int(now / length + TINY)
        if period != pool.period:
            pool.period, pool.used = period, 0
        if not pool.waiting and pool.used < self.tokens(p):
            pool.used += 1
            self.grant(c, now)
            return
        pool.waiting.append(c)
        if not pool.pending:
            pool.pending = True
            self.schedule(self.first_pool + p, (period + 1) * length, lambda t: self.refill(p, t))

    def refill(self, p: int, now: float) -> None:
        pool, length = self.pools[p], float(self.m.pools.period_h[p])
        pool.period, pool.used = int(now / length + TINY), 0
        while pool.waiting and pool.used < self.tokens(p):
            pool.used += 1
            self.grant(pool.waiting.popleft(), now)
        pool.pending = bool(pool.waiting)
        if pool.pending:
            when = (pool.period + 1) * length
            self.schedule(self.first_pool + p, when, lambda t: self.refill(p, t))

    def grant(self, c: Consignment, now: float) -> None:
        self.log(c, "permit", c.since, now)
        self.pools[self.m.steps.target[c.step]].waits.append(now - c.since)
        c.since = now
        self.schedule(c.actor, now + self.hours(c), lambda t: self.own_row_done(c, t))

    # ------------------------------------------------------------- lines

    def units(self, waiting: Any) -> float:
        return float(sum(self.m.steps.units[c.step] for c in waiting))

    def join_line(self, c: Consignment, ln: int, now: float) -> None:
        line, fleet = self.lines[ln], int(self.m.lines.fleet[ln])
        line.waiting.append(c)
        if not self.fleets[fleet]:
            self.leave_by_itself(ln, now)
            return
        vessel = line.boarding
        if vessel:
            self.go_aboard(vessel, ln)
            if self.is_full(vessel, ln):
                self.cancelled.add(vessel.token)
                self.close(vessel, now)
        if line.boarding is None and line.waiting:
            self.woken = fleet

    def sailing_hours(self, ln: int) -> float:
        self.lines[ln].sailings += 1
        owner = stream(f"line {self.m.line_names[ln]}")
        u = self.number(self.lines[ln].sailings, owner, 0, SAILING)
        return self.quantile(int(self.m.lines.sailing[ln]), u)

    def capacity(self, ln: int) -> float:
        """Of now; the largest that may board always fits."""
        lines, steps = self.m.lines, self.m.steps
        gates = [int(lines.loss[i]) for i in range(lines.first_loss[ln], lines.first_loss[ln + 1])]
        here = (steps.kind == StepKind.SERVICE) & (steps.target == ln)
        least = float(steps.units[here].max(initial=0.0))
        usual = float(lines.capacity[ln])
        left = self.left(gates, self.now)
        return usual if left == 1 else max(float(round(usual * left)), least)

    def fits(self, c: Consignment, taken: float, ln: int) -> bool:
        more = float(self.m.steps.units[c.step])
        return taken + more <= self.capacity(ln) + TINY

    def wait_over(self, c: Consignment, ln: int, now: float) -> None:
        self.log(c, "wait", c.since, now)
        self.lines[ln].waits.append(now - c.since)

    # lines whose fleet has no vessels

    def leave_by_itself(self, ln: int, now: float) -> None:
        if self.m.lines.operation[ln] != 0:
            return
        line, lines = self.lines[ln], self.m.lines
        look = INF
        while line.waiting:
            deadline = line.waiting[0].since + float(lines.max_wait_h[ln])
            full = self.units(line.waiting) >= self.capacity(ln) - TINY
            if not full and deadline > now:
                look = deadline
                break
            until = self.opens_at(int(lines.gate[ln]), now) if lines.gate[ln] >= 0 else now
            if until > now:
                look = until
                break
            self.depart_by_itself(ln, now)
        if look == line.look:
            return
        if line.look < INF:
            self.cancelled.add(line.token)
        line.look = look
        if look < INF:

            def again(t: float) -> None:
                line.look = INF
                self.leave_by_itself(ln, t)

            line.token = self.schedule(self.first_line + ln, look, again)

    def depart_by_itself(self, ln: int, now: float) -> None:
        line, lines = self.lines[ln], self.m.lines
        hours, taken, aboard = self.sailing_hours(ln), 0.0, []
        while line.waiting and self.fits(line.waiting[0], taken, ln):
            c = line.waiting.popleft()
            taken += float(self.m.steps.units[c.step])
            aboard.append(c)
        ready = now + (float(lines.loading_h[ln]) + taken * float(lines.loading_unit_h[ln]))
        landing = float(lines.unloading_h[ln]) + taken * float(lines.unloading_unit_h[ln])
        for c in aboard:
            self.wait_over(c, ln, now)
            self.schedule(c.actor, ready, self.voyage(c, now, hours, landing))
        line.loads.append(taken)

    def voyage(self, c: Consignment, began: float, hours: float, landing: float) -> Event:
        def loaded(ready: float) -> None:
            self.log(c, "loading", began, ready)

            def arrived(t: float) -> None:
                self.log(c, self.own(c), ready, t, 1.0)

                def unloaded(u: float) -> None:
                    self.log(c, "unloading", t, u)
                    self.done(c, u)

                self.schedule(c.actor, t + landing, unloaded)

            self.schedule(c.actor, ready + hours, arrived)

        return loaded

    def strike_next(self, ln: int, now: float) -> None:
        """Schedule the next time at which the clock of the line strikes."""
        line, lines = self.lines[ln], self.m.lines
        week = lines.departure_h[lines.first_departure[ln] : lines.first_departure[ln + 1]]
        while True:
            k, line.clock = line.clock, line.clock + 1
            if lines.operation[ln] == 1:
                when = (k + 1) * float(lines.headway_h[ln])
            elif lines.operation[ln] == 2 and len(week):
                when = 168.0 * (k // len(week)) + float(week[k % len(week)])
            else:
                return
            if when >= now:
                break
        self.schedule(self.first_line + ln, when, lambda t: self.strike(ln, t))

    def strike(self, ln: int, now: float) -> None:
        lines = self.m.lines
        if self.fleets[int(lines.fleet[ln])]:
            self.lines[ln].due = True
            self.woken = int(lines.fleet[ln])
        else:
            until = self.opens_at(int(lines.gate[ln]), now) if lines.gate[ln] >= 0 else now
            if until > now:
                self.schedule(self.first_line + ln, until, lambda t: self.strike(ln, t))
                return
            self.depart_by_itself(ln, now)
        self.strike_next(ln, now)

    # vessels

    def send_idle(self, now: float) -> None:
        fleet, self.woken = self.fleets[self.woken], -1
        found = True
        while found:
            found = False
            for vessel in fleet:
                if vessel.state == "idle" and self.find_work(vessel, now):
                    found = True

    def find_work(self, v: Vessel, now: float) -> bool:
        lines = self.m.lines
        here = [
            ln
            for ln in range(len(self.lines))
            if lines.fleet[ln] == v.fleet and lines.origin[ln] == v.terminal
        ]
        best, most = -1, 0.0
        for ln in here:
            line = self.lines[ln]
            if line.due:
                line.due, v.line = False, ln
                self.go_aboard(v, ln)
                self.close(v, now)
                return True
            if lines.operation[ln] == 0 and line.boarding is None:
                wanted = self.units(line.waiting)
                if wanted > most:
                    best, most = ln, wanted
        if best >= 0:
            self.open_boarding(v, best, now)
            return True
        for ln in here:
            if lines.empty[ln]:
                wanted = self.wanted_at(v.fleet, int(lines.destination[ln]))
                if wanted > most + TINY:
                    best, most = ln, wanted
        if best >= 0:
            v.line = best
            self.set_sail(v, now)
        return best >= 0

    def wanted_at(self, f: int, terminal: int) -> float:
        lines, wanted, largest = self.m.lines, 0.0, 0.0
        for ln, line in enumerate(self.lines):
            if lines.fleet[ln] == f and lines.origin[ln] == terminal:
                largest = max(largest, self.capacity(ln))
                wanted += self.units(line.waiting) if lines.operation[ln] == 0 else 0.0
                wanted += self.capacity(ln) if line.due else 0.0
        there = [
            v
            for v in self.fleets[f]
            if v.terminal == terminal and v.state not in ("berth out", "loading", "storm")
        ]
        return wanted - largest * len(there)

    def open_boarding(self, v: Vessel, ln: int, now: float) -> None:
        v.line, self.lines[ln].boarding = ln, v
        self.go_aboard(v, ln)
        if self.is_full(v, ln):
            self.close(v, now)
            return
        v.state = "boarding"
        limit = float(self.m.lines.max_wait_h[ln])
        if limit < INF:
            v.token = self.schedule(v.actor, now + limit, lambda t: self.close(v, t))

    def go_aboard(self, v: Vessel, ln: int) -> None:
        waiting = self.lines[ln].waiting
        while waiting and self.fits(waiting[0], self.units(v.aboard), ln):
            v.aboard.append(waiting.popleft())

    def is_full(self, v: Vessel, ln: int) -> bool:
        full = self.units(v.aboard) >= self.capacity(ln) - TINY
        return bool(full or self.lines[ln].waiting)

    def close(self, v: Vessel, now: float) -> None:
        if self.lines[v.line].boarding is v:
            self.lines[v.line].boarding = None
        self.ask_berth(v, "berth out", now)

    def ask_berth(self, v: Vessel, state: str, now: float) -> None:
        v.state = state
        berths = int(self.m.fleets.berths[v.terminal])
        if berths >= 0 and self.berths_used[v.terminal] >= berths:
            self.berth_lines[v.terminal].append(v)
            return
        self.berths_used[v.terminal] += 1
        self.at_berth(v, now)

    def at_berth(self, v: Vessel, now: float) -> None:
        lines = self.m.lines
        if v.state == "berth out":
            v.state, v.times["began"] = "loading", now
            for c in v.aboard:
                self.wait_over(c, v.line, now)
            units = self.units(v.aboard) * float(lines.loading_unit_h[v.line])
            hours = float(lines.loading_h[v.line]) + units
            self.schedule(v.actor, now + hours, lambda t: self.loaded(v, t))
        else:
            v.state, v.times["docked"] = "unloading", now
            units = self.units(v.aboard) * float(lines.unloading_unit_h[v.line])
            hours = float(lines.unloading_h[v.line]) + units
            self.schedule(v.actor, now + hours, lambda t: self.unloaded(v, t))

    def free_berth(self, terminal: int, now: float) -> None:
        self.berths_used[terminal] -= 1
        if self.berth_lines[terminal]:
            self.berths_used[terminal] += 1
            self.at_berth(self.berth_lines[terminal].popleft(), now)

    def loaded(self, v: Vessel, now: float) -> None:
        v.times["ready"] = now
        self.lines[v.line].loads.append(self.units(v.aboard))
        self.free_berth(v.terminal, now)
        self.set_sail(v, now)

    def set_sail(self, v: Vessel, now: float) -> None:
        gate = int(self.m.lines.gate[v.line])
        until = self.opens_at(gate, now) if gate >= 0 else now
        if until > now:
            v.state = "storm"
            self.schedule(v.actor, until, lambda t: self.set_sail(v, t))
            return
        v.state, v.times["sailed"] = "sailing", now
        v.terminal = int(self.m.lines.destination[v.line])
        self.schedule(v.actor, now + self.sailing_hours(v.line), lambda t: self.at_sea(v, t))

    def at_sea(self, v: Vessel, now: float) -> None:
        v.times["arrived"] = now
        if v.aboard:
            self.ask_berth(v, "berth in", now)
        else:
            v.state, self.woken = "idle", v.fleet

    def unloaded(self, v: Vessel, now: float) -> None:
        self.free_berth(v.terminal, now)
        t = v.times
        for c in v.aboard:
            self.log(c, "loading", t["began"], t["ready"])
            self.log(c, "closure", t["ready"], t["sailed"])
            self.log(c, self.own(c), t["sailed"], t["arrived"], 1.0)
            self.log(c, "wait", t["arrived"], t["docked"])
            self.log(c, "unloading", t["docked"], now)
            self.schedule(c.actor, now, lambda u, c=c: self.done(c, u))  # type: ignore[misc]
        v.aboard = []
        v.state, self.woken = "idle", v.fleet


assert ENGINE_ACTIVITIES[:3] == ("queue", "opening_hours", "closure")
