"""Border posts of which the mean total clearance is described: servers and service times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import NamedTuple

from lajvard.case.closures import Gate
from lajvard.case.parameters import CaseParameters
from lajvard.case.queueing import Burst, Loss, Servers, queue_mean_h, servers_for
from lajvard.network.procedures import Procedure, StationKey, station_name
from lajvard.simulation.model import servers_left

UNLIMITED = 9999
"""Servers of a station at which nobody waits for another."""

LEAST_PER_DAY = 1.0
"""Unit loads a day below which the traffic of a post says nothing of what it can do."""


@dataclass(frozen=True, slots=True)
class PostCalibration:
    """A post as it was published and as it is simulated.

    Attributes
    ----------
    post
        Name of the station: place, other side, mode and direction.
    target_h
        Mean total clearance of the description, in hours.
    target_basis
        Where that mean comes from: published, derived or estimate.
    predicted_h
        Queue plus service by the queueing formula, and inspections where there are channels, in
        hours; infinite where more come than can be dealt with.
    queue_h, service_h
        Queue, and service without inspections.
    servers
        Unit loads that are dealt with at once.
    utilisation
        Share of the servers that are busy; above 1 where more come than can be dealt with.
    described_per_day, background_per_day
        Unit loads a day of the described demand, and of other traffic up to the observed one.
    observed_per_day
        Observed traffic that was used, not a number where there is none.
    basis
        Of servers and service time: "estimate", or "derived" where the servers are described.
    """

    post: str
    node_id: str
    other_node_id: str
    mode: str
    direction: str
    procedure_id: str
    target_h: float
    target_basis: str
    predicted_h: float
    queue_h: float
    service_h: float
    servers: int
    utilisation: float
    described_per_day: float
    background_per_day: float
    observed_per_day: float
    basis: str


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
    """What a post can do, and the traffic, opening hours and losses for which that was found."""

    servers: int
    stated: bool
    """Whether the description says how many, or nothing is to be found."""

    traffic: Traffic
    open_share: float
    losses: tuple[Loss, ...]
    max_utilisation: float
    """Most that servers which are not stated may be busy."""


class Post(NamedTuple):
    """A border post of the case.

    Attributes
    ----------
    calibration
        Its servers and service time.
    now, usual
        What it can do, and what it could do when its time was found.
    gates
        Closures that take some of its servers.
    cv
        Coefficient of variation of the service time.
    """

    calibration: PostCalibration
    now: Capacity
    usual: Capacity
    gates: tuple[Gate, ...]
    cv: float


def calibrate_posts(
    rows: Sequence[Procedure],
    traffic: Mapping[StationKey, Traffic],
    open_share: Mapping[StationKey, float],
    losses: Mapping[StationKey, Sequence[Gate]],
    parameters: CaseParameters,
    before: Mapping[tuple[str, ...], Capacity] | None,
) -> dict[StationKey, Post]:
    """Posts with the servers and service times that give their described times.

    Parameters
    ----------
    rows
        Their procedures, in the order of the result.
    traffic, open_share, losses
        Unit loads, share of the week that it is open, gates that take servers, by station.
    before
        What posts can do without the scenario, if this is one.

    Notes
    -----
    Of a border's outbound and inbound post the second loses no servers where the first holds back
    those who would wait there. They pass the second afterwards: the servers that are found for it
    are no busier than those of the first, so that it is as fast.
    """
    found: dict[StationKey, Post] = {}
    for row in sorted(rows, key=lambda row: row.key[3] == "inbound"):
        key, most = row.key, parameters.max_utilisation
        here, there, mode, _, activity = key
        first = found.get((there, here, mode, "outbound", activity))
        gates = losses.get(key, ())
        if key[3] == "inbound" and first:
            held = [
                gate
                for gate in gates
                if gate in first.gates and _holds_back(first.calibration, gate)
            ]
            gates = [gate for gate in gates if gate not in held]
            if _recurring(held):
                most = min(most, first.calibration.utilisation)
        lost = _recurring(gates)
        now = Capacity(row.servers, bool(row.servers), traffic[key], open_share[key], lost, most)
        usual = _usual(now, (before or {}).get(key), scenario=before is not None)
        post = _post(row, now, usual, parameters)
        servers = replace(now, servers=post.servers)
        found[key] = Post(post, servers, usual, tuple(gates), row.shape_cv)
    return {row.key: found[row.key] for row in rows}


def _holds_back(post: PostCalibration, gate: Gate) -> bool:
    """Whether more come to a post than it can deal with while a gate takes some of its servers."""
    return bool(servers_left(post.servers, gate.left) < post.servers * post.utilisation)


def _recurring(gates: Sequence[Gate]) -> tuple[Loss, ...]:
    """The random losses of a post, among which its mean time was seen."""
    return tuple(
        Loss(gate.per_year / 8766, gate.mean_closed_h, gate.left) for gate in gates if gate.per_year
    )


def _usual(now: Capacity, before: Capacity | None, *, scenario: bool) -> Capacity:
    """What is known of a post before its time is looked at; servers of 0 are to be found.

    Where no traffic is described or observed nothing is known of the queue: the described time is
    all service then, and who comes by does not wait for others. So it is in a scenario where
    hardly anybody came without it.
    """
    least = LEAST_PER_DAY / 24
    if before and (before.traffic.per_h >= least or now.traffic.per_h < least):
        return before
    countable = now.traffic.per_h > 0 and not scenario
    servers = now.servers or (0 if countable else UNLIMITED)
    return replace(now, servers=servers, stated=servers > 0)


def _post(
    row: Procedure, now: Capacity, usual: Capacity, parameters: CaseParameters
) -> PostCalibration:
    """A post of which the mean total clearance is described.

    The described time holds at the `usual` traffic, and with the usual servers or, if it is too
    long for them, as many more as it needs. With more traffic the queue gets longer, with more
    servers shorter. Of a post with channels only the green one is at the station: what the
    inspected take beyond it follows.
    """
    target = row.mean_h * (parameters.channels.base if row.exchange else 1.0)
    cv = row.shape_cv
    load = now.traffic

    def with_servers(count: int) -> Servers:
        return servers_for(
            target,
            usual.traffic.per_h,
            cv,
            servers=count or None,
            stated=usual.stated,
            service_share=parameters.service_share,
            max_utilisation=(parameters.max_utilisation if usual.stated else usual.max_utilisation),
            open_share=usual.open_share,
            bursts=usual.traffic.bursts,
            losses=usual.losses,
        )

    found = with_servers(usual.servers)
    if not usual.stated and found.service_h + found.queue_h < target * (1 - 1e-6):
        found = with_servers(0)
    if usual.traffic is not load:
        servers, rate = row.servers or found.servers, load.per_h / now.open_share
        queue = queue_mean_h(rate, found.service_h, servers, cv, load.bursts, now.losses)
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
