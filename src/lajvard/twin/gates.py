"""What opens and closes by itself: closures of the description, and who meets them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lajvard.case.choice import BoolArray, ChoiceSet
from lajvard.corridor import Corridor, Table
from lajvard.network import CompiledNetwork, MoveKind
from lajvard.network.arrays import FloatArray
from lajvard.schema import first_day, last_day
from lajvard.simulation.model import StepKind
from lajvard.twin.arrivals import hours_since, month_starts_h
from lajvard.twin.assumptions import Channels
from lajvard.twin.steps import Plan, StationKey, data_link

ALL_MONTHS = (1 << 12) - 1
LONGEST_LOSS_H = 90 * 24.0
_THING = ("node_id", "other_node_id", "link_id", "service_id", "mode")

Thing = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Gate:
    """A process that closes something: random closures, dated ones, or both.

    ``thing`` is what it closes: node, other node, link, service and mode, empty where not named;
    random ones start ``per_year`` times in a usual year, and with ``rate_per_h`` while it is open;
    ``left`` is the share of its capacity that is left, 0 where nothing passes.
    """

    name: str
    thing: Thing
    rate_per_h: float = 0.0
    mean_closed_h: float = 0.0
    per_year: float = 0.0
    months: int = ALL_MONTHS
    left: float = 0.0
    dated_h: tuple[tuple[float, float], ...] = ()


def gates_of(corridor: Corridor, year: int, *, dated: bool) -> tuple[Gate, ...]:
    """The closures of a corridor: one gate a random row, dated ones joined by thing.

    Parameters
    ----------
    corridor
        The description with all its dated closures.
    year
        The simulated year.
    dated
        Whether the dated closures of that year happen.

    Notes
    -----
    A random closure that starts n times a year for d hours in a season of H hours starts with
    rate n / (H - n d) while it is open, so that the expected number is n. Where dated closures
    happen, they count against the random ones of the same thing that leave the same share, which
    stand for those that are not known by date.

    Of closures that leave some capacity at a place, none is met that lasts for more than
    `LONGEST_LOSS_H` of the year: the described times and traffic of a post are then those under
    it, and would be cut twice.
    """
    table = corridor.used("closure")
    happened = _dated(table, year) if dated else {}
    names, kinds, effect = table.text("closure_id"), table.text("kind"), table.numbers("effect")
    rates, lengths = (
        np.nan_to_num(table.numbers(n)) for n in ("events_per_year", "mean_duration_h")
    )
    things = _things(table)
    found = []
    for ix in np.flatnonzero((effect < 1) & _operating(table)).tolist():
        if kinds[ix] == "random" and not (dated and not _in_year(table, ix, year)):
            left, per_year = float(effect[ix]), float(rates[ix])
            if _lasts(things[ix], left, per_year * float(lengths[ix])):
                continue
            events = max(0.0, per_year - len(happened.get((things[ix], left), ())))
            months = [int(item) for item in table.lists("months")[ix]]
            gate = _random(names[ix], things[ix], events, float(lengths[ix]), months, year)
            found.append(replace(gate, left=left, per_year=per_year))
    for (thing, left), spans in happened.items():
        same = [ix for ix, gate in enumerate(found) if (gate.thing, gate.left) == (thing, left)]
        if same:
            found[same[0]] = replace(found[same[0]], dated_h=spans)
        else:
            share = f" {left:g}" if left else ""
            name = f"dated {'-'.join(part for part in thing if part)}{share}"
            found.append(Gate(name, thing, left=left, dated_h=spans))
    return tuple(gate for gate in found if gate.rate_per_h or gate.dated_h)


def _lasts(thing: Thing, left: float, hours: float) -> bool:
    """Whether the share that is left of a place is what is usual there, at so many hours a year."""
    return left > 0 and bool(thing[0]) and hours > LONGEST_LOSS_H


def gates_of_services(gates: Sequence[Gate]) -> dict[str, tuple[str, ...]]:
    """The gates of each service, the one that is closed longest first: it holds the ships."""
    found: dict[str, list[Gate]] = defaultdict(list)
    for gate in gates:
        if gate.thing[3]:
            found[gate.thing[3]].append(gate)
    for several in found.values():
        several.sort(key=lambda gate: -gate.rate_per_h * gate.mean_closed_h)
    return {service: tuple(gate.name for gate in several) for service, several in found.items()}


def taken_by(
    losses: Sequence[Gate], stations: Sequence[StationKey]
) -> dict[StationKey, list[Gate]]:
    """The gates that take servers of each station: the place, its other side and the mode agree.

    A gate that names no other side takes some of all stations of the place.
    """

    def agrees(gate: Gate, key: StationKey) -> bool:
        node, other, _, _, mode = gate.thing
        same = {node, other} == set(key[:2]) if other else bool(node) and node == key[0]
        return same and mode in ("", key[2])

    return {key: [gate for gate in losses if agrees(gate, key)] for key in stations}


def _random(
    name: str, thing: Thing, events: float, length_h: float, months: Sequence[int], year: int
) -> Gate:
    mask = sum(1 << (month - 1) for month in set(months)) or ALL_MONTHS
    hours = np.diff(month_starts_h(year))
    season = float(sum(hours[month] for month in range(12) if mask >> month & 1))
    rate = events / max(season - events * length_h, 0.05 * season)
    return Gate(name, thing, rate, length_h, months=mask)


def link_gate(instrument: str, channels: Channels) -> Gate:
    """The gate of the exchange of data of an instrument, closed while it is down."""
    nothing = ("", "", "", "", "")
    events, length = channels.outages_per_year, channels.outage_h
    return replace(_random("", nothing, events, length, (), 2025), name=data_link(instrument))


def _things(table: Table) -> list[Thing]:
    columns = [table.text(name) for name in _THING]
    return [(row[0], row[1], row[2], row[3], row[4]) for row in zip(*columns, strict=True)]


def _operating(table: Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([cell == "operating" for cell in table.text("status")], dtype=np.bool_)


def _in_year(table: Table, ix: int, year: int) -> bool:
    """Whether the row holds on some day of the year."""
    since, until = table.text("since")[ix], table.text("until")[ix]
    begins = not since or first_day(since) <= dt.date(year, 12, 31)
    return begins and (not until or last_day(until) >= dt.date(year, 1, 1))


def _dated(table: Table, year: int) -> dict[tuple[Thing, float], tuple[tuple[float, float], ...]]:
    """Dated closures that touch the year, joined where they overlap, by thing and share left."""
    spans: dict[tuple[Thing, float], list[tuple[float, float]]] = defaultdict(list)
    end_of_year = float(month_starts_h(year)[-1])
    effects = table.numbers("effect").tolist()
    for thing, left, span in zip(_things(table), effects, _spans(table, year), strict=True):
        if span and left < 1:
            hours = min(span[1], end_of_year) - span[0]
            if not _lasts(thing, left, hours):
                spans[thing, left].append(span)
    return {key: tuple(_joined(found)) for key, found in spans.items()}


def _spans(table: Table, year: int) -> list[tuple[float, float] | None]:
    """Hours of the year from and until which each dated closure lasts, None where it does not."""
    end_of_year = float(month_starts_h(year)[-1])
    found: list[tuple[float, float] | None] = []
    starts, ends, kinds = (table.text(name) for name in ("start_date", "end_date", "kind"))
    operating = _operating(table)
    for ix, (start, end, kind) in enumerate(zip(starts, ends, kinds, strict=True)):
        span = None
        if kind == "dated" and start and operating[ix]:
            begin = max(0.0, hours_since(year, start))
            last = hours_since(year, last_day(end)) + 24 if end else end_of_year
            span = (begin, last) if begin < end_of_year and last > begin else None
        found.append(span)
    return found


def _joined(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def met_by_moves(network: CompiledNetwork, gates: Sequence[Gate]) -> dict[int, tuple[str, ...]]:
    """The gates on the way of each move: those of its link, and of the places that it joins.

    The first gate of a service is its lines' own and holds the ships; further ones hold who comes.
    A place that closes without naming another side closes all that comes into it by the mode.
    """
    arrays = network.arrays
    start, end = (arrays.state_node[states] for states in (arrays.move_from, arrays.move_to))
    families = np.array([name.split(" ")[0] for name in network.mode_names], dtype=object)
    family = families[arrays.state_mode[arrays.move_to]]
    travel = np.where(arrays.move_mode >= 0, families[arrays.move_mode], "")
    moving = arrays.move_kind != MoveKind.TRANSFER
    by_service = arrays.move_kind == MoveKind.SERVICE
    held = {names[0] for names in gates_of_services(gates).values()}
    met: dict[int, list[str]] = defaultdict(list)
    services = {service_id: ix for ix, service_id in enumerate(network.service_ids)}
    number = {node_id: ix for ix, node_id in enumerate(network.node_ids)}
    links = {link_id: ix for ix, link_id in enumerate(network.link_ids)}
    for gate in gates:
        node_id, other_id, link_id, service_id, mode = gate.thing
        node, other = number.get(node_id, -1), number.get(other_id, -1)
        if not any(gate.thing) or gate.name in held:
            continue
        if service_id:
            hit = (arrays.move_ref == services.get(service_id, -2)) & by_service
        elif link_id:
            hit = (arrays.move_link == links.get(link_id, -2)) & (arrays.move_kind == MoveKind.LINK)
        elif node < 0 or (other_id and other < 0):
            continue
        elif other_id:
            hit = ((start == node) & (end == other)) | ((start == other) & (end == node))
        else:
            hit = (end == node) & (start != node)
        if mode:
            hit = hit & ((family == mode) | (travel == mode))
        for move in np.flatnonzero(hit & moving):
            met[int(move)].append(gate.name)
    return {move: tuple(names) for move, names in met.items()}


Plans = tuple[Plan, ...]


def gated_routes(
    one: ChoiceSet,
    plans_of: Callable[[int], Plans],
    met: Mapping[int, tuple[str, ...]],
    move_cost: FloatArray,
    patience_h: float,
    *,
    open_to: BoolArray,
) -> list[Plans]:
    """The steps of all routes of a choice set with their gates and the ways around them.

    The gate of a closed road or border stands before the link, and those who come there wait. The
    news of it reaches them earlier: at the last place before it from which another route of the
    set goes on without it, they wait for `patience_h` and then take that route, the cheapest of
    those. Ships are waited for, however long the storm.

    Parameters
    ----------
    plans_of
        The steps of a move.
    met
        The gates on the way of each move.
    move_cost : (n_moves,)
        Generalised cost, by which the next best route is chosen.
    open_to : (n_routes,)
        Which routes are a way around.
    """
    return [
        _gated(one, number, plans_of, met, move_cost, patience_h, open_to)
        for number in range(len(one.routes))
    ]


def _gated(
    one: ChoiceSet,
    number: int,
    plans_of: Callable[[int], Plans],
    met: Mapping[int, tuple[str, ...]],
    move_cost: FloatArray,
    patience_h: float,
    open_to: BoolArray,
) -> Plans:
    moves = one.routes[number].moves
    ways: dict[int, list[Plan]] = defaultdict(list)
    for place, move in enumerate(moves):
        for gate in met.get(move, ()):
            if one.network.arrays.move_kind[move] == MoveKind.LINK:
                found = _way_around(one, number, place, gate, met, move_cost, open_to)
                if found is not None:
                    at, other = found
                    where = one.network.node_ids[
                        int(one.network.arrays.state_node[one.states[number][at]])
                    ]
                    decision = _gate_step(where, gate, at, "road")
                    ways[at].append(replace(decision, patience_h=patience_h, other=other))
    steps: list[Plan] = []
    for place, move in enumerate(moves):
        steps += ways[place]
        names = met.get(move, ())
        for plan in plans_of(move):
            travels = plan.kind in (StepKind.MOVE, StepKind.SERVICE)
            if travels and names:
                steps += [_gate_step(plan.place, gate, place, plan.mode) for gate in names[1:]]
                steps.append(replace(plan, move=place, gates=names[:1]))
            else:
                steps.append(replace(plan, move=place))
    return tuple(steps)


def _gate_step(where: str, gate: str, place: int, mode: str) -> Plan:
    return Plan(StepKind.MOVE, "closure", where, move=place, gates=(gate,), mode=mode)


def _way_around(
    one: ChoiceSet,
    number: int,
    place: int,
    gate: str,
    met: Mapping[int, tuple[str, ...]],
    move_cost: FloatArray,
    open_to: BoolArray,
) -> tuple[int, tuple[int, int]] | None:
    """Where to leave a route for the cheapest other one without the gate: (move, (route, move))."""
    for at in range(place, -1, -1):
        state = one.states[number][at]
        best: tuple[float, int, int] | None = None
        for other, states in enumerate(one.states):
            if other == number or not open_to[other] or (at and state not in states):
                continue
            joins = states.index(state) if at else 0
            rest = list(one.routes[other].moves[joins:])
            if not any(gate in met.get(move, ()) for move in rest):
                candidate = (float(move_cost[rest].sum()), other, joins)
                best = min(best, candidate) if best else candidate
        if best:
            return at, best[1:]
    return None
