"""Stations: border posts, ports and terminals with their servers, hours and yards."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, nan

import numpy as np

from lajvard.corridor import Corridor
from lajvard.flows.queueing import Burst, Servers, queue_mean_h, servers_for
from lajvard.network.rules import DAYS
from lajvard.network.waits import closed_gaps_h
from lajvard.study.calibration import PostCalibration
from lajvard.study.model_assumptions import Assumptions
from lajvard.study.model_steps import Procedure, StationKey, clock

UNLIMITED = 9999
"""Servers of a station that has opening hours and no limit otherwise."""

LEAST_PER_DAY = 1.0
"""Unit loads a day below which the traffic of a post says nothing of what it can do."""

CONVOY_H = 1 / 60
"""How long a convoy can be joined when it leaves."""


@dataclass(frozen=True)
class Station:
    """A place with servers.

    ``shifts`` are hours since the start and servers from then on; ``losses`` are gates that take
    some of them while they are closed; ``service_h`` is the mean service time by procedure.
    """

    key: StationKey
    shifts: tuple[tuple[float, int], ...]
    yard: int = -1
    losses: tuple[str, ...] = ()
    service_h: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Place, other side, mode, direction and activity in words."""
        return station_name(self.key)


def station_name(key: StationKey) -> str:
    """Name of a station.

    >>> station_name(("TOR", "SER", "road", "outbound", "total_clearance"))
    'TOR-SER road outbound'
    >>> station_name(("TOR", "", "sea", "both", "scan"))
    'TOR sea both scan'
    """
    node, other, *words, activity = key
    ends = f"{node}-{other}" if other else node
    what = "" if activity == "total_clearance" else activity
    return " ".join(word for word in (ends, *words, what) if word)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Unit loads a year that come to a station, and those of them that come together."""

    described: float = 0.0
    background: float = 0.0
    observed: float = nan
    bursts: tuple[Burst, ...] = ()

    @property
    def per_h(self) -> float:
        """All of them, by the hour."""
        return (self.described + self.background) / 8766


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a post can do, and the traffic and opening hours for which that was found."""

    servers: int
    stated: bool
    """Whether the description says how many, or nothing is to be found."""

    traffic: Traffic
    open_share: float


def stations_of(
    corridor: Corridor,
    procedures: Mapping[str, Procedure],
    traffic: Mapping[StationKey, Traffic],
    transfers: Mapping[StationKey, "Transfer"],
    *,
    year: int,
    horizon_h: float,
    assumptions: Assumptions,
    losses: Mapping[StationKey, tuple[str, ...]],
    on_the_way_h: Mapping[StationKey, float],
    before: Mapping[StationKey, Capacity] | None,
) -> tuple[tuple[Station, ...], tuple[PostCalibration, ...], dict[StationKey, Capacity]]:
    """The stations that have traffic, how their posts were calibrated, and what these can do.

    Parameters
    ----------
    traffic
        Unit loads by station, in the order in which stations are numbered.
    transfers
        The transfers that have a capacity or opening hours.
    losses
        The gates that take some of the servers of a station while they are closed.
    on_the_way_h
        Of the posts with limited room: mean time from the post on the other side, during which
        a place is kept.
    before
        What the posts can do without the scenario, if this is one.
    """
    rows = {row.key: row for row in procedures.values()}
    stations: list[Station] = []
    posts: list[PostCalibration] = []
    capacities: dict[StationKey, Capacity] = {}
    for key, load in traffic.items():
        if key in transfers:
            places = max(1, round(transfers[key].places))
            windows = opening_windows(corridor, transfers[key].calendar_id)
            stations.append(Station(key, _shifts(places, windows, year, horizon_h)))
            continue
        row = rows[key]
        windows = opening_windows(corridor, row.calendar_id)
        open_share = 1 - float(closed_gaps_h(windows).sum()) / 168 if windows else 1.0
        servers, service, kept = row.servers or UNLIMITED, row.mean_h, load
        if key[4] == "total_clearance":
            usual = _usual(row, load, open_share, before)
            post = _post(row, load, open_share, assumptions, usual)
            kept = usual.traffic
            servers, service = post.servers, post.service_h
            posts.append(post)
            capacities[key] = Capacity(servers, bool(row.servers), load, open_share)
        shifts = _shifts(servers, windows, year, horizon_h)
        yard = row.yard or -1
        if row.yard:
            yard = max(row.yard, min(servers, UNLIMITED))
        elif key in on_the_way_h and servers < UNLIMITED and assumptions.has_yards:
            kept_h = assumptions.yard_h + on_the_way_h[key]
            yard = max(assumptions.yard_least, servers + ceil(kept.per_h * kept_h))
        lost = losses.get(key, ())
        stations.append(Station(key, shifts, yard, lost, {row.procedure_id: service}))
    return tuple(stations), tuple(posts), capacities


def _usual(
    row: Procedure,
    load: Traffic,
    open_share: float,
    before: Mapping[StationKey, Capacity] | None,
) -> Capacity:
    """What is known of a post before its time is looked at; servers of 0 are to be found.

    Where no traffic is described or observed nothing is known of the queue: the described time is
    all service then, and who comes by does not wait for others. So it is in a scenario where
    hardly anybody came without it.
    """
    known = (before or {}).get(row.key)
    least = LEAST_PER_DAY / 24
    if known and (known.traffic.per_h >= least or load.per_h < least):
        return known
    countable = load.per_h > 0 and before is None
    servers = row.servers or (0 if countable else UNLIMITED)
    return Capacity(servers, stated=servers > 0, traffic=load, open_share=open_share)


def _post(
    row: Procedure, load: Traffic, open_share: float, assumptions: Assumptions, usual: Capacity
) -> PostCalibration:
    """A post of which the mean total clearance is described.

    The described time holds at the `usual` traffic, and with the usual servers or, if it is too
    long for them, as many more as it needs. With more traffic the queue gets longer, with more
    servers shorter. Of a post with channels only the green one is at the station: what the
    inspected take beyond it follows.
    """
    target = row.mean_h * (assumptions.channels.base if row.exchange else 1.0)
    cv = {"fixed": 0.0, "exponential": 1.0}.get(row.form, row.cv)

    def with_servers(count: int) -> Servers:
        return servers_for(
            target,
            usual.traffic.per_h,
            cv,
            servers=count or None,
            service_share=assumptions.service_share,
            max_utilisation=assumptions.max_utilisation,
            open_share=usual.open_share,
            bursts=usual.traffic.bursts,
        )

    found = with_servers(usual.servers)
    if not usual.stated and found.service_h + found.queue_h < target * (1 - 1e-6):
        found = with_servers(0)
    if usual.traffic is not load:
        servers, rate = row.servers or found.servers, load.per_h / open_share
        queue = queue_mean_h(rate, found.service_h, servers, cv, load.bursts)
        found = Servers(servers, found.service_h, queue, rate * found.service_h / servers)
    node, other, mode, direction, _ = row.key
    return PostCalibration(
        post=station_name(row.key),
        node_id=node,
        other_node_id=other,
        mode=mode,
        direction=direction,
        procedure_id=row.procedure_id,
        target_h=row.mean_h,
        target_basis=row.basis,
        predicted_h=found.queue_h + found.service_h + row.mean_h - target,
        queue_h=found.queue_h,
        service_h=found.service_h,
        servers=found.servers,
        utilisation=found.utilisation,
        described_per_day=load.described / 365.25,
        background_per_day=load.background / 365.25,
        observed_per_day=load.observed / 365.25,
        basis="derived" if row.servers else "estimate",
    )


def opening_windows(corridor: Corridor, calendar_id: str) -> list[tuple[float, float]]:
    """Opening and closing of a calendar in hours since Monday 00:00 UTC; empty if always open.

    Before a convoy everybody waits for its departure: the place is open for `CONVOY_H` then.
    """
    table = corridor.used("calendar")
    offsets = np.nan_to_num(table.numbers("utc_offset_h"))
    found = []
    for ix, name in enumerate(table.text("calendar_id")):
        opens = table.text("opens")[ix]
        kind = table.text("kind")[ix]
        if name == calendar_id and opens and kind in ("opening_hours", "departures"):
            start, end = clock(opens), clock(table.text("closes")[ix])
            end += 24.0 if end <= start else 0.0
            if kind == "departures":
                end = start + CONVOY_H
            days = table.lists("days")[ix]
            for day in DAYS if "daily" in days else days:
                at = (24.0 * DAYS.index(day) + start - float(offsets[ix])) % 168
                found.append((at, at + end - start))
    return found


def _shifts(
    servers: int, windows: Sequence[tuple[float, float]], year: int, horizon_h: float
) -> tuple[tuple[float, int], ...]:
    """Servers over the simulated time, none while it is closed."""
    if not windows or not len(closed_gaps_h(windows)):
        return ((0.0, servers),)
    first = dt.date(year, 1, 1).weekday() * 24.0
    weeks = range(-1, ceil((horizon_h + first) / 168) + 1)
    spans = sorted(
        (start + 168 * week - first, end + 168 * week - first)
        for week in weeks
        for start, end in windows
    )
    times: list[tuple[float, int]] = []
    covered = -np.inf
    for start, end in spans:
        if start > covered:
            times += [(covered, 0), (start, servers)]
        covered = max(covered, end)
    kept: list[tuple[float, int]] = [(0.0, 0)]
    for at, count in times:
        if at <= 0:
            kept[0] = (0.0, count)
        elif at < horizon_h:
            kept.append((float(at), count))
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer that is a station: mean time (h), places at once, opening hours."""

    mean_h: float
    places: float
    calendar_id: str = ""


def transfer_stations(corridor: Corridor, payload_t: float) -> dict[str, Transfer]:
    """The transfers with a capacity or opening hours, by id.

    A capacity of Q tonnes a day with unit loads of p tonnes that take h hours each needs
    Q h / 24 p places at once (Little's law).
    """
    table = corridor.used("transfer")
    capacity, means = table.numbers("capacity_t_day"), table.numbers("mean_h")
    calendars = table.text("calendar_id")
    found = {}
    for ix, transfer_id in enumerate(table.text("transfer_id")):
        if means[ix] > 0 and (capacity[ix] > 0 or calendars[ix]):
            places = max(1.0, capacity[ix] * means[ix] / 24 / payload_t)
            limited = places if capacity[ix] > 0 else float(UNLIMITED)
            found[transfer_id] = Transfer(float(means[ix]), limited, calendars[ix])
    return found
