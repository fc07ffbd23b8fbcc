"""Stations: border posts, ports and terminals with their servers, hours and yards."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np

from lajvard.case import Case
from lajvard.case.closures import taken_by
from lajvard.case.posts import UNLIMITED
from lajvard.corridor import Corridor
from lajvard.network.procedures import StationKey, station_name
from lajvard.network.waits import closed_gaps_h


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
    case: Case,
    loads: Mapping[StationKey, float],
    transfers: Mapping[StationKey, "Transfer"],
    *,
    horizon_h: float,
    on_the_way_h: Mapping[StationKey, float],
) -> tuple[Station, ...]:
    """The stations that are met, with the servers and service times of the posts of the case.

    Parameters
    ----------
    loads
        Unit loads a year by station, in the order in which stations are numbered.
    transfers
        The transfers that have a capacity or opening hours.
    on_the_way_h
        Of the posts with limited room: mean time from the post on the other side, during which
        a place is kept.
    """
    rows = {row.key: row for row in case.procedures.values()}
    losses = taken_by(case.year_closures.losses, list(loads))
    found = []
    for key, per_year in loads.items():
        calendar = transfers[key].calendar_id if key in transfers else rows[key].calendar_id
        windows = case.calendars.windows(calendar)
        if key in transfers:
            places = max(1, round(transfers[key].places))
            found.append(Station(key, _shifts(places, windows, case.year, horizon_h)))
            continue
        row, post, lost = rows[key], case.posts.get(key), tuple(losses.get(key, ()))
        servers, service, kept_per_h = row.servers or UNLIMITED, row.mean_h, per_year / 8766
        if post is not None:
            servers, service = post.calibration.servers, post.calibration.service_h
            kept_per_h, lost = post.usual.traffic.per_h, post.gates
        yard = row.yard or -1
        if row.yard:
            yard = max(row.yard, min(servers, UNLIMITED))
        elif key in on_the_way_h and servers < UNLIMITED and case.parameters.has_yards:
            kept_h = case.parameters.yard_h + on_the_way_h[key]
            yard = max(case.parameters.yard_least, servers + ceil(kept_per_h * kept_h))
        shifts = _shifts(servers, windows, case.year, horizon_h)
        names = tuple(gate.name for gate in lost)
        found.append(Station(key, shifts, yard, names, {row.procedure_id: service}))
    return tuple(found)


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
