"""Stations: border posts, ports and terminals with their servers, hours and yards."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np

from lajvard.case.calibration import PostCalibration
from lajvard.corridor import Corridor
from lajvard.network.rules import DAYS
from lajvard.network.waits import closed_gaps_h
from lajvard.twin.assumptions import Assumptions
from lajvard.twin.gates import Gate
from lajvard.twin.posts import UNLIMITED, Capacity, Traffic, calibrated
from lajvard.twin.steps import Procedure, StationKey, clock, station_name

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


def stations_of(
    corridor: Corridor,
    procedures: Mapping[str, Procedure],
    traffic: Mapping[StationKey, Traffic],
    transfers: Mapping[StationKey, "Transfer"],
    *,
    year: int,
    horizon_h: float,
    assumptions: Assumptions,
    losses: Mapping[StationKey, Sequence[Gate]],
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
    windows = {
        key: opening_windows(
            corridor,
            transfers[key].calendar_id if key in transfers else rows[key].calendar_id,
        )
        for key in traffic
    }
    known = calibrated(
        [rows[key] for key in traffic if key in rows and key[4] == "total_clearance"],
        traffic,
        {key: _open_share(found) for key, found in windows.items()},
        losses,
        assumptions,
        before,
    )
    stations: list[Station] = []
    for key, load in traffic.items():
        if key in transfers:
            places = max(1, round(transfers[key].places))
            stations.append(Station(key, _shifts(places, windows[key], year, horizon_h)))
            continue
        row, lost = rows[key], losses.get(key, ())
        servers, service, kept = row.servers or UNLIMITED, row.mean_h, load
        if key in known:
            post, kept, lost = known[key].post, known[key].usual.traffic, known[key].gates
            servers, service = post.servers, post.service_h
        yard = row.yard or -1
        if row.yard:
            yard = max(row.yard, min(servers, UNLIMITED))
        elif key in on_the_way_h and servers < UNLIMITED and assumptions.has_yards:
            kept_h = assumptions.yard_h + on_the_way_h[key]
            yard = max(assumptions.yard_least, servers + ceil(kept.per_h * kept_h))
        shifts = _shifts(servers, windows[key], year, horizon_h)
        names = tuple(gate.name for gate in lost)
        stations.append(Station(key, shifts, yard, names, {row.procedure_id: service}))
    posts = tuple(found.post for found in known.values())
    return tuple(stations), posts, {key: found.now for key, found in known.items()}


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


def _open_share(windows: Sequence[tuple[float, float]]) -> float:
    """Share of the week that a place is open."""
    return 1 - float(closed_gaps_h(windows).sum()) / 168 if windows else 1.0


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
