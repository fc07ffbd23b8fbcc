"""Where flows queue: border crossings and services, their capacity, and who passes them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from lajvard.assignment.delay import Row, delays, facilities, queue
from lajvard.case.case import Case
from lajvard.case.choice import ChoiceSet, units_of
from lajvard.case.queueing import servers_for
from lajvard.case.services import FLEET_USE, Key, Offer, pool_key, stated_vessels
from lajvard.case.traffic import Crossing, crossings_of, observed_counts
from lajvard.network import Activity, CompiledNetwork, MoveKind
from lajvard.network.arrays import FloatArray
from lajvard.network.rules import Calendars

YEAR_H = 8766.0
CLEARANCE_CV = 0.9
"""Coefficient of variation of a clearance, the schema's default."""

SAILING_SCV = 0.1
"""Squared coefficient of variation of sailings and of the times between them (estimate)."""


@dataclass(frozen=True)
class Bottleneck:
    """A crossing in one direction, or a fleet, or a service in one direction.

    Attributes
    ----------
    kind
        ``border``, ``fleet`` or ``service``.
    unit
        What is counted: lorries, wagons, TEU, or sailings of a fleet.
    row
        Its delay as a function of the load a year (`lajvard.assignment.delay`).
    usual_per_year
        The load at which the times of the description hold.
    background_per_year
        Load beside the described flows: traffic that is observed and not described, and empties.
    empty_per_year
        The part of it that goes back empty.
    clearance_h
        Mean clearance of the description, of both posts; for a service the time of a vessel.
    basis
        Of the capacity.
    note
        How it was found.
    """

    key: Key
    kind: str
    title: str
    unit: str
    row: Row
    usual_per_year: float
    background_per_year: float
    empty_per_year: float
    clearance_h: float
    basis: str
    note: str

    @property
    def capacity_per_year(self) -> float:
        """What it can take in a year."""
        return self.row[2]

    @property
    def usual_delay_h(self) -> float:
        """Delay that the times of the description hold already."""
        return self.delay_h(self.usual_per_year)

    def delay_h(self, per_year: float) -> float:
        """Service and queue at a load."""
        return float(delays(facilities([self.row]), [per_year])[0])


def bottlenecks_of(case: Case, shares: Sequence[FloatArray]) -> tuple[Bottleneck, ...]:
    """The bottlenecks of a case of which the traffic is observed, or the capacity described.

    Parameters
    ----------
    shares
        Of the routes of each set in the base; they say what part of the observed traffic is
        described.

    Notes
    -----
    A crossing without an observed count has no known capacity: it has the time that is described
    whatever passes it. At one with a count, servers and service time are such that the described
    mean clearance results at that count (`lajvard.case.queueing.servers_for`).
    """
    described = loads_of(case, shares)
    empty = empty_loads(case, shares)
    found = []
    observed = observed_counts(case.corridor)
    for at, crossing in crossings_of(case.networks, case.sets, shares, observed).items():
        found.append(_border(case, at, crossing, described.get(at, 0.0), empty.get(at, 0.0)))
    key: Key
    for key, offers in case.pools.items():
        made = _service(key, offers, case, described.get(key, 0.0), empty.get(key, 0.0))
        if made is not None:
            found.append(made)
    return tuple(found)


def adapted(bottlenecks: Sequence[Bottleneck], case: Case) -> tuple[Bottleneck, ...]:
    """The bottlenecks of the base as a scenario changes them.

    Where a post takes a part of the time it took, each server serves so many more; a fleet or
    service has the vessels, departures and room of the scenario. What is shut is passed by
    nobody, background and empties included.
    """
    clearances = _clearances(case, {one.key for one in bottlenecks})
    return tuple(_adapted(one, case, clearances) for one in bottlenecks)


def _adapted(one: Bottleneck, case: Case, clearances: Mapping[Key, float]) -> Bottleneck:
    nobody = replace(
        one, usual_per_year=0.0, background_per_year=0.0, empty_per_year=0.0, note="shut"
    )
    if one.kind == "border":
        clearance = clearances.get(one.key)
        if clearance is None:
            return nobody
        if not (clearance > 0 and one.clearance_h > 0):
            return one
        return replace(
            one, row=_rescaled(one.row, clearance / one.clearance_h), clearance_h=clearance
        )
    offers = case.pools.get(one.key, ())
    made = _service(one.key, offers, case, 0.0, 0.0) if offers else None
    if made is None:
        return nobody
    return replace(
        made,
        background_per_year=one.background_per_year,
        empty_per_year=one.empty_per_year,
        usual_per_year=one.usual_per_year,
    )


def _rescaled(row: Row, factor: float) -> Row:
    """A queue whose servers take `factor` times as long."""
    kind, free, capacity, alpha, beta, horizon, share, cycle = row
    return kind, free * factor, capacity / factor, alpha * factor, beta, horizon, share, cycle


# ---------------------------------------------------------------- border crossings


def _border(case: Case, key: Key, crossing: Crossing, described: float, empty: float) -> Bottleneck:
    given = case.parameters
    clearance = clearance_h(crossing.network, crossing.move)
    usual = max(crossing.observed, 1.0)
    is_open = _open_share(case, key)
    found = servers_for(
        max(clearance, 0.1),
        usual / YEAR_H,
        CLEARANCE_CV,
        max_utilisation=given.post_use,
        open_share=is_open,
    )
    row = queue(
        found.servers,
        found.service_h,
        horizon_h=given.horizon_h,
        open_share=is_open,
        load_hours=YEAR_H,
        service_scv=CLEARANCE_CV**2,
    )
    unit = {"road": "lorries", "rail": "wagons"}[key[2]]
    note = (
        f"observed {crossing.observed / 365.25:,.0f} {unit} a day in this direction; "
        f"{found.servers} at once, {found.service_h:.1f} h each"
    )
    return Bottleneck(
        key=key,
        kind="border",
        title=f"{_name(crossing.network, key[0])} - {_name(crossing.network, key[1])}, {key[2]}",
        unit=unit,
        row=row,
        usual_per_year=crossing.observed,
        background_per_year=max(crossing.observed - described - empty, 0.0) + empty,
        empty_per_year=empty,
        clearance_h=clearance,
        basis="estimate",
        note=note,
    )


def _open_share(case: Case, key: Key) -> float:
    """Least share of the week that the posts of both sides of a crossing are open."""
    node, other, family = key
    table, calendars = case.corridor.used("procedure"), Calendars(case.corridor.used("calendar"))
    names = ("node_id", "other_node_id", "mode", "direction", "part_of", "calendar_id")
    posts = {(node, other): "outbound", (other, node): "inbound"}
    shares = [1.0]
    for at, beside, mode, direction, part, calendar in zip(
        *(table.text(name) for name in names), strict=True
    ):
        meets = direction in (posts.get((at, beside)), "both") and (at, beside) in posts
        if meets and mode == family and not part:
            shares.append(calendars.open_share(calendar))
    return min(shares)


def clearance_h(network: CompiledNetwork, move: int) -> float:
    """Hours of the border procedures of a move, of both posts."""
    steps = network.step_range(move)
    at_border = network.steps.activity[steps.start : steps.stop] == Activity.BORDER
    return float(network.steps.time_h[steps.start : steps.stop][at_border].sum())


def _clearances(case: Case, wanted: Collection[Key]) -> dict[Key, float]:
    """Clearance of one lorry or wagon at those of some crossings that something crosses."""
    found: dict[Key, float] = {}
    for network in case.networks.values():
        units = {"road": network.cargo.lorries, "rail": network.cargo.wagons}
        for move in np.flatnonzero(network.arrays.move_kind == MoveKind.LINK).tolist():
            family = network.move_families[move]
            key = (*network.move_ends[move], family)
            if key in wanted and units.get(family) == 1 and key not in found:
                found[key] = clearance_h(network, move)
    return found


def _name(network: CompiledNetwork, node_id: str) -> str:
    return network.node_names[network.node_ids.index(node_id)]


# ---------------------------------------------------------------- services


def _service(
    key: Key, offers: Sequence[Offer], case: Case, described: float, empty: float
) -> Bottleneck | None:
    if key[0] == "fleet":
        return _fleet(key, offers, case, described, empty)
    (offer,) = offers
    per_year = offer.trips_per_h * offer.capacity * YEAR_H
    if per_year <= 0:
        return None
    row = queue(1, YEAR_H / per_year, horizon_h=case.parameters.horizon_h, load_hours=YEAR_H)
    usual = min(offer.observed_per_year, per_year)
    return Bottleneck(
        key=key,
        kind="service",
        title=f"{offer.key[0]} from {offer.key[1]}",
        unit={"lorry": "lorries", "wagon": "wagons"}.get(offer.carries, "TEU"),
        row=row,
        usual_per_year=usual,
        background_per_year=max(usual - described - empty, 0.0) + empty,
        empty_per_year=empty,
        clearance_h=offer.vessel_h,
        basis="estimate",
        note=f"{offer.capacity:,.0f} a departure, {offer.trips_per_h * 168:.1f} departures a week",
    )


def _fleet(
    key: Key,
    offers: Sequence[Offer],
    case: Case,
    described: float,
    empty: float,
) -> Bottleneck | None:
    """A fleet, in sailings a year: lines draw on it by the time that a sailing takes."""
    usual = sum(offer.trips_per_h for offer in offers) * YEAR_H
    away = case.away_h[key]
    busy = sum(offer.trips_per_h * offer.vessel_h for offer in offers)
    vessels = stated_vessels(case.corridor).get(key[1], 0.0)
    needed = ceil(busy / FLEET_USE - 1e-9)
    count = max(vessels, needed)
    if count < 1 or away <= 0:
        return None
    row = queue(
        max(1.0, count * FLEET_USE),
        away,
        horizon_h=case.parameters.horizon_h,
        load_hours=YEAR_H,
        arrival_scv=SAILING_SCV,
        service_scv=SAILING_SCV,
    )
    loaded = described + empty
    more = f"; {vessels:.0f} stated, {needed} needed" if needed > vessels else ""
    return Bottleneck(
        key=key,
        kind="fleet",
        title=f"fleet {key[1]}",
        unit="sailings",
        row=row,
        usual_per_year=usual,
        background_per_year=max(usual - loaded, 0.0) + empty,
        empty_per_year=empty,
        clearance_h=away,
        basis="estimate",
        note=f"{count:.0f} vessels, {away:.0f} h a sailing, on {len(offers)} lines{more}",
    )


# ---------------------------------------------------------------- who passes


_LINK, _SERVICE = int(MoveKind.LINK), int(MoveKind.SERVICE)


def uses_of(case: Case, network: CompiledNetwork, move: int) -> tuple[Key, float] | None:
    """What a move of one unit load asks: the key of a bottleneck, and how much; None: nothing."""
    arrays, cargo = network.arrays, network.cargo
    kind = int(arrays.move_kind[move])
    if kind == _LINK:
        family = network.move_families[move]
        units = cargo.lorries if family == "road" else cargo.wagons if family == "rail" else 0.0
        return (*network.move_ends[move], family), units
    if kind == _SERVICE:
        line = (network.service_ids[int(arrays.move_ref[move])], *network.move_ends[move])
        offer = case.offers.get(line)
        if offer is None:
            return None
        units = units_of(network, line[0])
        key = pool_key(line, offer)
        if key[0] == "fleet":
            return key, units / offer.capacity * offer.vessel_h / case.away_h[key]
        return key, units
    return None


def _passing(case: Case, one: ChoiceSet, share: FloatArray) -> dict[Key, float]:
    """What one unit load a year of a flow asks of each crossing and service, in the mean."""
    found: dict[Key, float] = defaultdict(float)
    for route, part in zip(one.routes, share, strict=True):
        for move in route.moves:
            use = uses_of(case, one.network, move) if part > 0 else None
            if use is not None:
                found[use[0]] += float(part) * use[1]
    return found


def loads_of(
    case: Case, shares: Sequence[FloatArray], sets: Sequence[ChoiceSet] | None = None
) -> dict[Key, float]:
    """Load a year that flows put on each crossing and service; `sets` instead of the case's."""
    found: dict[Key, float] = defaultdict(float)
    for one, share in zip(sets or case.sets, shares, strict=True):
        for key, per_unit in _passing(case, one, share).items():
            found[key] += per_unit * one.per_year
    return found


def empty_loads(
    case: Case, shares: Sequence[FloatArray], sets: Sequence[ChoiceSet] | None = None
) -> dict[Key, float]:
    """Load a year of what goes back empty, the way that the loads of the pair came."""
    back = {
        (one.destination, one.origin, one.cargo_class): one.empty / one.loaded_there
        for one in case.empties
        if one.loaded_there > 0
    }
    found: dict[Key, float] = defaultdict(float)
    for one, share in zip(sets or case.sets, shares, strict=True):
        flow = one.flow
        part = back.get((flow.origin, flow.destination, flow.cargo_class), 0.0)
        for key, per_unit in _passing(case, one, share).items() if part > 0 else ():
            found[_reversed(key)] += per_unit * one.per_year * part
    return found


def _reversed(key: Key) -> Key:
    if key[0] == "fleet":
        return key
    return (key[1], key[0], key[2]) if key[2] in ("road", "rail") else (key[0], key[2], key[1])
