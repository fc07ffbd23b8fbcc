"""Services as offers of capacity: operation, departures, vessels, room for the described demand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan
from types import MappingProxyType

import numpy as np

from lajvard.case.choice import LineKey, token
from lajvard.corridor import Corridor
from lajvard.network.calendars import Calendars, since_new_year_h

WEEK_H = 168.0
_PERIOD_H = {"day": 24.0, "week": 168.0, "month": 730.5, "year": 8766.0}
_OPERATIONS = ("leaves_when_full", "headway", "timetable")
MOST_FILLED = 0.95
"""Most of the places that observed traffic takes on departures of a timetable or headway."""

FLEET_USE = 0.9
"""Most of its time that a vessel may be on the way or in port."""


@dataclass(frozen=True)
class Offer:
    """One direction of a service: what it carries, when it leaves, how long a vessel is away."""

    key: LineKey
    carries: str
    fleet: str
    operation: int
    capacity: float
    arrivals_per_day: float
    max_wait_h: float
    headway_h: float
    departures_h: tuple[float, ...]
    sailing_h: float
    loading_h: float
    unloading_h: float
    loading_unit_h: float = 0.0
    unloading_unit_h: float = 0.0

    @property
    def trips_per_h(self) -> float:
        """Departures an hour that it makes, or would like to make, in the mean."""
        if self.operation == 1:
            return 1 / self.headway_h
        if self.operation == 2:
            return len(self.departures_h) / WEEK_H
        rate = self.arrivals_per_day / 24
        if not rate > 0:
            return 0.0
        return 1 / min(self.capacity / rate, self.max_wait_h + 1 / rate)

    @property
    def vessel_h(self) -> float:
        """Hours of a vessel for one trip."""
        handling = self.capacity * (self.loading_unit_h + self.unloading_unit_h)
        return self.sailing_h + self.loading_h + self.unloading_h + handling

    @property
    def observed_per_year(self) -> float:
        """Units a year that come for it, as observed, but no more than it can carry.

        Departures of a timetable or a headway that low water has made smaller would otherwise
        leave ever more behind.
        """
        observed = self.arrivals_per_day * 365.25
        if self.operation == 0:
            return observed
        return min(observed, MOST_FILLED * self.trips_per_h * self.capacity * 8766)

    def room_per_year(self, fill: float) -> float:
        """Units a year that the described demand may put on it.

        What comes for it is observed for some: that is all there is room for. The others have
        room for the share `fill` of what they carry.
        """
        if self.arrivals_per_day > 0:
            return self.observed_per_year
        return fill * self.trips_per_h * self.capacity * 8766


def offers_of(
    corridor: Corridor,
    year: int,
    *,
    effects: Mapping[str, float] = MappingProxyType({}),
) -> dict[LineKey, Offer]:
    """The operating services of a corridor, by direction.

    Parameters
    ----------
    effects
        Share of the capacity of a service that is left.
    """
    table, links = corridor.used("service"), corridor.used("link")
    numbers = {
        name: table.numbers(name)
        for name in (
            "capacity",
            "arrivals_per_day",
            "max_wait_h",
            "headway_h",
            "sailing_h",
            "loading_h",
            "unloading_h",
            "loading_per_h",
            "unloading_per_h",
        )
    }
    calendars = Calendars(corridor.used("calendar"))
    found = {}
    names = ("service_id", "link_id", "carries", "operation", "calendar_id", "fleet_id", "status")
    for ix, row in enumerate(zip(*(table.text(name) for name in names), strict=True)):
        service, link_id, carries, operation, calendar, fleet, status = row
        if status != "operating" or link_id not in links:
            continue
        link = links.ix(link_id)
        if links.text("status")[link] != "operating":
            continue
        ends = (links.text("from_node_id")[link], links.text("to_node_id")[link])
        value = {name: float(column[ix]) for name, column in numbers.items()}
        for start, end in (ends,) if links.flags("directed")[link] else (ends, ends[::-1]):
            found[service, start, end] = Offer(
                key=(service, start, end),
                carries=carries,
                fleet=fleet or service,
                operation=_OPERATIONS.index(operation),
                capacity=float(max(1, round(value["capacity"] * effects.get(service, 1.0)))),
                arrivals_per_day=float(np.nan_to_num(value["arrivals_per_day"])),
                max_wait_h=float(np.nan_to_num(value["max_wait_h"], nan=inf)),
                headway_h=float(np.nan_to_num(value["headway_h"])),
                departures_h=_departures_h(calendars, calendar, year)
                if operation == "timetable"
                else (),
                sailing_h=value["sailing_h"],
                loading_h=float(np.nan_to_num(value["loading_h"])),
                unloading_h=float(np.nan_to_num(value["unloading_h"])),
                loading_unit_h=_each_h(value["loading_per_h"]),
                unloading_unit_h=_each_h(value["unloading_per_h"]),
            )
    return found


def _departures_h(calendars: Calendars, calendar_id: str, year: int) -> tuple[float, ...]:
    """Departures of a timetable in hours of a week that begins on 1 January 00:00 UTC."""
    times = calendars.departures_h(calendar_id)
    return tuple(sorted({since_new_year_h(time, year) for time in times}))


def _each_h(per_h: float) -> float:
    """Hours that one unit takes at a rate; none where no rate is stated."""
    return 1 / per_h if per_h > 0 else 0.0


def stated_vessels(corridor: Corridor) -> dict[str, float]:
    """Vessels of each fleet: the most that one of its services states, since each names all."""
    table = corridor.used("service")
    vessels = table.numbers("vessels")
    found: dict[str, float] = {}
    for ix, (service, fleet) in enumerate(
        zip(table.text("service_id"), table.text("fleet_id"), strict=True)
    ):
        if np.isfinite(vessels[ix]):
            found[fleet or service] = max(found.get(fleet or service, 0.0), float(vessels[ix]))
    return found


def permit_quota(corridor: Corridor, regime_id: str) -> tuple[float, float]:
    """Tokens of a permit and the hours after which there are as many again; infinite: no quota."""
    table = corridor.used("regime")
    ix = table.ix(regime_id)
    quota = float(table.numbers("quota")[ix])
    period = _PERIOD_H.get(table.text("quota_period")[ix], inf)
    return (inf, 8766.0) if isnan(quota) or period == inf else (quota, period)


def room_of(
    corridor: Corridor, offers: Mapping[LineKey, Offer], fill: float
) -> dict[LineKey, float]:
    """Units a year that the described demand may put on each service, and tokens of permits.

    See `Offer.room_per_year`; of a quota there is room for the share `fill`.
    """
    room = {key: offer.room_per_year(fill) for key, offer in offers.items()}
    for regime_id in corridor.used("regime").text("regime_id"):
        quota, period = permit_quota(corridor, regime_id)
        if quota < inf:
            room[token(regime_id)] = fill * quota * 8766 / period
    return room


Key = tuple[str, ...]
"""Where flows queue. A post: its `StationKey`. A service: its fleet, or its id and both ends."""


def pool_key(key: LineKey, offer: Offer) -> Key:
    """What a service draws on: departures when full share a fleet; others have their own."""
    return ("fleet", offer.fleet) if offer.operation == 0 else key


def pools_of(offers: Mapping[LineKey, Offer]) -> dict[Key, list[Offer]]:
    """Offers by what they draw on."""
    found: dict[Key, list[Offer]] = {}
    for key, offer in offers.items():
        found.setdefault(pool_key(key, offer), []).append(offer)
    return found


def mean_away_h(offers: Sequence[Offer]) -> float:
    """Mean hours of a vessel for one sailing, by the sailings that are made."""
    trips = [max(offer.trips_per_h, 1e-9) for offer in offers]
    return float(np.average([offer.vessel_h for offer in offers], weights=trips))
