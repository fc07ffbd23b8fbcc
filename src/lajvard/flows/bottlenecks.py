"""Where flows queue: border posts and services, their capacity, and who passes them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, isfinite

import numpy as np

from lajvard.assignment.delay import Row, delays, facilities, queue
from lajvard.case import Case
from lajvard.case.choice import ChoiceSet, units_of
from lajvard.case.posts import Post, PostCalibration
from lajvard.case.services import FLEET_USE, Key, Offer, pool_key, stated_vessels
from lajvard.network import CompiledNetwork, MoveKind
from lajvard.network.arrays import FloatArray
from lajvard.network.procedures import StationKey

YEAR_H = 8766.0
SAILING_SCV = 0.1
"""Squared coefficient of variation of sailings and of the times between them (estimate)."""


@dataclass(frozen=True)
class Bottleneck:
    """A border post in one direction, or a fleet, or a service in one direction.

    Attributes
    ----------
    kind
        ``border``, ``fleet`` or ``service``.
    unit
        What is counted: lorries, unit loads, wagons, TEU, or sailings of a fleet.
    row
        Its delay as a function of the load a year (`lajvard.assignment.delay`).
    usual_per_year
        The load at which the times of the description hold.
    background_per_year
        Load beside the described flows: traffic that is observed and not described, and empties.
    empty_per_year
        The part of it that goes back empty.
    clearance_h
        Mean clearance of the description; for a service the time of a vessel.
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


def bottlenecks_of(case: Case) -> tuple[Bottleneck, ...]:
    """The bottlenecks of a case of which the traffic is observed, or the capacity described.

    Notes
    -----
    A border post without an observed count has no known capacity: it has the time that is
    described whatever passes it. One with a count has the servers and the service time that the
    case found for it (`Case.posts`), which a simulation uses too; while it is shut it is none.
    """
    passed = _passed_posts(case)
    described = loads_of(case, case.shares)
    empty = empty_loads(case, case.shares)
    found = [
        _border(case, post, empty.get(key, 0.0))
        for key, post in case.posts.items()
        if key in passed and isfinite(post.calibration.observed_per_day)
    ]
    key: Key
    for key, offers in case.pools.items():
        made = _service(key, offers, case, described.get(key, 0.0), empty.get(key, 0.0))
        if made is not None:
            found.append(made)
    return tuple(found)


def adapted(bottlenecks: Sequence[Bottleneck], case: Case) -> tuple[Bottleneck, ...]:
    """The bottlenecks of the base as a scenario changes them.

    A post has the servers and service time that it has in the scenario; a fleet or service has the
    vessels, departures and room of the scenario. What is shut is passed by nobody, background and
    empties included.
    """
    passed = _passed_posts(case)
    return tuple(_adapted(one, case, one.key in passed) for one in bottlenecks)


def _passed_posts(case: Case) -> set[Key]:
    """The border posts that some road or railway of the day leads through."""
    networks = [case.networks.of_one(units) for units in ("lorries", "wagons")]
    return {
        post
        for network in networks
        if network is not None
        for move in np.flatnonzero(network.arrays.move_kind == MoveKind.LINK).tolist()
        for post in case.stops.posts(network, move)
    }


def _adapted(one: Bottleneck, case: Case, is_passed: bool) -> Bottleneck:
    nobody = replace(
        one, usual_per_year=0.0, background_per_year=0.0, empty_per_year=0.0, note="shut"
    )
    made: Bottleneck | None
    if one.kind == "border":
        post = case.posts.get(one.key) if is_passed and len(one.key) == 5 else None
        made = _border(case, post, one.empty_per_year) if post else None
    else:
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


# ---------------------------------------------------------------- border posts


def _border(case: Case, post: Post, empty: float) -> Bottleneck:
    """A border post in one direction; what goes back empty is part of what was counted there."""
    found, usual = post.calibration, post.usual.traffic
    row = queue(
        found.servers,
        found.service_h,
        horizon_h=case.parameters.horizon_h,
        open_share=post.now.open_share,
        load_hours=YEAR_H,
        service_scv=post.cv**2,
    )
    unit = {"road": "lorries", "rail": "unit loads"}[found.mode]
    ways = "both directions" if found.direction == "both" else "this direction"
    note = (
        f"observed {found.observed_per_day:,.0f} a day in {ways}; "
        f"{found.servers} at once, {found.service_h:.1f} h each"
    )
    return Bottleneck(
        key=_post_key(found),
        kind="border",
        title=post_title(case, found),
        unit=unit,
        row=row,
        usual_per_year=usual.described + usual.background,
        background_per_year=max(usual.background - empty, 0.0) + empty,
        empty_per_year=empty,
        clearance_h=found.target_h,
        basis=found.basis,
        note=note,
    )


def _post_key(found: PostCalibration) -> StationKey:
    ends = (found.node_id, found.other_node_id)
    return (*ends, found.mode, found.direction, "total_clearance")


def _place(case: Case, node_id: str) -> str:
    nodes = case.view.used("node")
    return nodes.text("name")[nodes.ix(node_id)]


def crossing_title(case: Case, key: Key) -> str:
    """A crossing of a border in words, by its post or by its ends."""
    if key in case.posts:
        return post_title(case, case.posts[key].calibration)
    return f"{_place(case, key[0])} - {_place(case, key[1])}, {key[2]}"


def post_title(case: Case, found: PostCalibration) -> str:
    """A post in words: the crossing in direction of travel, and on which side of it."""
    here, there = (_place(case, node) for node in (found.node_id, found.other_node_id))
    if found.direction == "inbound":
        return f"{there} - {here}, {found.mode}, entry"
    word = ", exit" if found.direction == "outbound" else ""
    return f"{here} - {there}, {found.mode}{word}"


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
    vessels = stated_vessels(case.view).get(key[1], 0.0)
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

Use = tuple[Key, float]
"""The key of a bottleneck, and how much of it one unit load asks for."""


def uses_of(case: Case, network: CompiledNetwork, move: int) -> tuple[Use, ...]:
    """What a move of one unit load asks: the posts of a crossing one after the other, a service."""
    kind = int(network.arrays.move_kind[move])
    if kind == _LINK:
        posts = tuple((post, 1.0) for post in case.stops.posts(network, move))
        return posts or _bare_crossing(network, move)
    if kind != _SERVICE:
        return ()
    line = (network.service_ids[int(network.arrays.move_ref[move])], *network.move_ends[move])
    offer = case.offers.get(line)
    if offer is None:
        return ()
    units = units_of(network, line[0])
    key = pool_key(line, offer)
    if key[0] == "fleet":
        return ((key, units / offer.capacity * offer.vessel_h / case.away_h[key]),)
    return ((key, units),)


def _bare_crossing(network: CompiledNetwork, move: int) -> tuple[Use, ...]:
    """The crossing of a border at which no post is described: place, other side and mode."""
    states = network.arrays.move_from[move], network.arrays.move_to[move]
    start, end = (network.node_countries[int(network.arrays.state_node[ix])] for ix in states)
    key = (*network.move_ends[move], network.move_families[move])
    return ((key, 1.0),) if start != end else ()


def _passing(case: Case, one: ChoiceSet, share: FloatArray) -> dict[Key, float]:
    """What one unit load a year of a flow asks of each post and service, in the mean."""
    found: dict[Key, float] = defaultdict(float)
    for route, part in zip(one.routes, share.tolist(), strict=True):
        for move in route.moves if part > 0 else ():
            for key, units in uses_of(case, one.network, move):
                found[key] += part * units
    return found


def loads_of(
    case: Case, shares: Sequence[FloatArray], sets: Sequence[ChoiceSet] | None = None
) -> dict[Key, float]:
    """Load a year that flows put on each post and service; `sets` instead of the case's."""
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


_BACK = {"outbound": "inbound", "inbound": "outbound"}


def _reversed(key: Key) -> Key:
    """What is passed on the way back; a post is passed in its other direction."""
    if key[0] == "fleet":
        return key
    if key[-1] in ("road", "rail"):
        return (key[1], key[0], key[2])
    if len(key) == 5:
        return (*key[:3], _BACK.get(key[3], key[3]), key[4])
    return (key[0], key[2], key[1])
