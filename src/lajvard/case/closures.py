"""What opens and closes in a year by itself: closures as processes, and what they leave."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from lajvard.case.channels import Channels
from lajvard.case.years import hours_since, month_starts_h
from lajvard.network.closures import Closure, Thing
from lajvard.network.procedures import StationKey

ALL_MONTHS = (1 << 12) - 1
LONGEST_LOSS_H = 90 * 24.0

Span = tuple[float, float]
"""Beginning and end in hours of the year."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A process that closes something: random closures, dated ones, or both.

    Attributes
    ----------
    thing
        What it closes.
    rate_per_h, mean_closed_h
        How often random closures begin while it is open, and their mean length.
    per_year
        How often they begin in a usual year.
    months
        Months in which they can begin, as bits.
    left
        Share of the capacity that is left, 0 where nothing passes.
    dated_h
        Dated closures.
    """

    name: str
    thing: Thing
    rate_per_h: float = 0.0
    mean_closed_h: float = 0.0
    per_year: float = 0.0
    months: int = ALL_MONTHS
    left: float = 0.0
    dated_h: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class YearClosures:
    """The gates of a year.

    Attributes
    ----------
    closing
        Those that let nothing pass, the data links of `instruments` last.
    losses
        Those that leave some capacity; of services, relative to what `capacity_left` leaves.
    capacity_left
        What dated closures leave of the capacity of services in most of the year.
    """

    closing: tuple[Gate, ...]
    losses: tuple[Gate, ...]
    capacity_left: Mapping[str, float]

    @property
    def gates(self) -> tuple[Gate, ...]:
        """All of them."""
        return (*self.closing, *self.losses)


def year_closures(
    rows: Sequence[Closure],
    year: int,
    *,
    dated: bool,
    instruments: Sequence[str],
    channels: Channels,
    also: Sequence[Closure] = (),
) -> YearClosures:
    """The closures of a year as gates.

    Parameters
    ----------
    rows
        With `dated`, all closures of the description; else those in force.
    year
        The simulated year.
    dated
        Whether the dated closures of that year happen.
    instruments
        Of data exchange: each has a data link that fails now and then.
    also
        Dated closures that happen in any case.
    """
    gates = gates_of(rows, year, dated=dated, also=also)
    losses = [gate for gate in gates if gate.left]
    left = _capacity_left(losses, year)
    shares = [(gate, left.get(gate.thing.service_id, 1.0)) for gate in losses]
    links = [link_gate(name, channels) for name in sorted(instruments)]
    return YearClosures(
        (*(gate for gate in gates if not gate.left), *links),
        tuple(replace(gate, left=gate.left / share) for gate, share in shares if gate.left < share),
        left,
    )


def _capacity_left(losses: Sequence[Gate], year: int) -> dict[str, float]:
    """What dated closures leave of the capacity of services in most of the year."""
    half = float(month_starts_h(year)[-1]) / 2
    found: dict[str, float] = {}
    for service in {gate.thing.service_id for gate in losses} - {""}:
        same = [gate for gate in losses if gate.thing.service_id == service and gate.dated_h]
        if sum(min(end, 2 * half) - start for gate in same for start, end in gate.dated_h) > half:
            found[service] = min(gate.left for gate in same)
    return found


def gates_of(
    rows: Sequence[Closure], year: int, *, dated: bool, also: Sequence[Closure] = ()
) -> tuple[Gate, ...]:
    """One gate for each random closure; dated ones of the same thing are joined.

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
    rows = [row for row in rows if row.left < 1 and row.is_operating]
    dated_rows = [*(rows if dated else ()), *(row for row in also if row.left < 1)]
    happened = _dated_spans(dated_rows, year)
    found = []
    for row in rows:
        if not row.is_random or (dated and not row.holds_in(year)):
            continue
        if _is_permanent(row.thing, row.left, row.per_year * row.mean_h):
            continue
        events = max(0.0, row.per_year - len(happened.get((row.thing, row.left), ())))
        gate = _random(row.closure_id, row.thing, events, row.mean_h, row.months, year)
        found.append(replace(gate, left=row.left, per_year=row.per_year))
    for (thing, left), spans in happened.items():
        same = [ix for ix, gate in enumerate(found) if (gate.thing, gate.left) == (thing, left)]
        if same:
            found[same[0]] = replace(found[same[0]], dated_h=spans)
        else:
            share = f" {left:g}" if left else ""
            name = f"dated {'-'.join(part for part in thing if part)}{share}"
            found.append(Gate(name, thing, left=left, dated_h=spans))
    return tuple(gate for gate in found if gate.rate_per_h or gate.dated_h)


def _is_permanent(thing: Thing, left: float, hours: float) -> bool:
    """True for a partial closure of more than 90 days a year; described times include it."""
    return left > 0 and bool(thing.node_id) and hours > LONGEST_LOSS_H


def _dated_spans(rows: Sequence[Closure], year: int) -> dict[tuple[Thing, float], tuple[Span, ...]]:
    """Dated closures that touch the year, joined where they overlap, by thing and share left."""
    spans: dict[tuple[Thing, float], list[Span]] = defaultdict(list)
    end_of_year = float(month_starts_h(year)[-1])
    for row in rows:
        if row.is_random or row.start is None:
            continue
        begin = max(0.0, hours_since(year, row.start))
        end = hours_since(year, row.end + timedelta(days=1)) if row.end else end_of_year
        hours = min(end, end_of_year) - begin
        in_year = begin < end_of_year and end > begin
        if in_year and not _is_permanent(row.thing, row.left, hours):
            spans[row.thing, row.left].append((begin, end))
    return {key: tuple(_joined(found)) for key, found in spans.items()}


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _random(
    name: str, thing: Thing, events: float, length_h: float, months: Sequence[int], year: int
) -> Gate:
    mask = sum(1 << (month - 1) for month in set(months)) or ALL_MONTHS
    hours = np.diff(month_starts_h(year))
    season = float(sum(hours[month] for month in range(12) if mask >> month & 1))
    rate = events / max(season - events * length_h, 0.05 * season)
    return Gate(name, thing, rate, length_h, months=mask)


def data_link(instrument: str) -> str:
    """Name of the gate that is closed while the exchange of an instrument is down."""
    return f"data link {instrument}"


def link_gate(instrument: str, channels: Channels) -> Gate:
    """The gate of the exchange of data of an instrument, closed while it is down."""
    nothing = Thing("", "", "", "", "")
    events, length = channels.outages_per_year, channels.outage_h
    return replace(_random("", nothing, events, length, (), 2025), name=data_link(instrument))


def gates_of_services(gates: Sequence[Gate]) -> dict[str, tuple[str, ...]]:
    """The gates of each service, the one that is closed longest first: it holds the ships."""
    found: dict[str, list[Gate]] = defaultdict(list)
    for gate in gates:
        if gate.thing.service_id:
            found[gate.thing.service_id].append(gate)
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
