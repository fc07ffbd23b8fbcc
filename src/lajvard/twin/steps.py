"""The steps of a route as a simulation takes them, still with names in place of numbers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf, sqrt

import numpy as np

from lajvard.case.channels import Channels
from lajvard.case.choice import LineKey, units_of
from lajvard.case.closures import data_link
from lajvard.corridor import Corridor
from lajvard.network import Activity, CompiledNetwork, Step
from lajvard.network.calendars import DriverRules
from lajvard.network.procedures import Procedure, Shape, StationKey
from lajvard.simulation.model import StepKind

NO_SHAPE: Shape = ("", 0.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """One step in the making.

    ``station``, ``line``, ``pool`` or none of them is what it uses; ``gates`` are the closures
    that it meets. ``move`` is the place of its move within the route. ``other`` is the number of
    the route within the choice set, and of the move in it, that is taken when a gate is closed.
    """

    kind: StepKind
    activity: str
    place: str
    move: int = -1
    shape: Shape = NO_SHAPE
    mean_h: float = 0.0
    station: StationKey | None = None
    ahead: StationKey | None = None
    line: LineKey | None = None
    pool: str = ""
    procedure: str = ""
    rule: int = -1
    gates: tuple[str, ...] = ()
    patience_h: float = inf
    other: tuple[int, int] | None = None
    probability: float = 0.0
    skip: int = 0
    link_gate: str = ""
    units: float = 0.0
    distance_km: float = 0.0
    cost_usd: float = 0.0
    emission_kgco2e: float = 0.0
    mode: str = ""


class Planner:
    """Turns the moves of a network into planned steps."""

    def __init__(
        self,
        corridor: Corridor,
        procedures: Mapping[str, Procedure],
        rules: DriverRules,
        channels: Channels,
        *,
        transfers: Collection[str],
    ) -> None:
        self._procedures = procedures
        self._rules = rules
        self._channels = channels
        self._transfers = transfers
        self._decks = decks_of(corridor)
        classes = corridor.used("cargo_class")
        lengths = np.nan_to_num(classes.numbers("lane_m")).tolist()
        self._lane_m = dict(zip(classes.text("cargo_class"), lengths, strict=True))
        regimes = corridor.used("regime")
        self._pools = frozenset(regimes.text("regime_id"))
        self._cache: dict[tuple[int, int], tuple[Plan, ...]] = {}

    def plans(self, network: CompiledNetwork, move: int) -> tuple[Plan, ...]:
        """The planned steps of a move of a network."""
        key = (id(network), move)
        if key not in self._cache:
            arrays = network.arrays
            end = network.node_ids[int(arrays.state_node[arrays.move_to[move]])]
            steps = network.steps_of(move)
            planned = [plan for step in steps for plan in self._of(network, move, step, end)]
            self._cache[key] = tuple(_paired(planned))
        return self._cache[key]

    def _of(self, network: CompiledNetwork, move: int, step: Step, end: str) -> list[Plan]:
        if step.activity is Activity.MOVING:
            return [self._moving(network, move, step)]
        if step.activity is Activity.SAILING:
            return [self._sailing(network, move, step, end)]
        if step.activity in (Activity.BORDER, Activity.PORT):
            return self._procedure(step)
        if step.activity is Activity.PERMIT:
            plan = _plan(StepKind.PERMIT, step, step.node_id)
            return [replace(plan, pool=step.ref)]
        if step.activity is Activity.TRANSFER:
            return self._transfer(step)
        return []

    def _moving(self, network: CompiledNetwork, move: int, step: Step) -> Plan:
        link = network.link_ids[network.arrays.move_link[move]]
        rule = self._rules.of_country(step.country) if step.mode == "road" else -1
        return replace(_plan(StepKind.MOVE, step, link), rule=rule)

    def _sailing(self, network: CompiledNetwork, move: int, step: Step, end: str) -> Plan:
        link = network.link_ids[network.arrays.move_link[move]]
        units = units_of(network, step.ref)
        if step.ref in self._decks:
            units *= self._lane_m[network.cargo.cargo_class] or self._decks[step.ref]
        line = (step.ref, step.node_id, end)
        return replace(_plan(StepKind.SERVICE, step, link), line=line, units=units)

    def _procedure(self, step: Step) -> list[Plan]:
        row = self._procedures[step.ref]
        activity = "clearance" if row.is_whole_post else row.key[4]
        plan = _plan(StepKind.DELAY, step, step.node_id, activity)
        plan = replace(plan, shape=row.shape, procedure=row.procedure_id)
        if not row.mean_h and not plan.cost_usd and not row.calendar_id:
            return []
        if row.is_station:
            plan = replace(plan, kind=StepKind.STATION, station=row.key)
        if row.exchange and row.mean_h and row.key[4] != "dwell":
            return self._by_channel(plan, row)
        return [plan]

    def _by_channel(self, plan: Plan, row: Procedure) -> list[Plan]:
        """Green for all; then a branch over the inspection, which is yellow or red."""
        channels, link = self._channels, data_link(row.exchange)
        green = replace(plan, mean_h=plan.mean_h * channels.base)
        common = Plan(StepKind.BRANCH, "inspection", plan.place, mode=plan.mode)
        wait = replace(common, kind=StepKind.DELAY, shape=plan.shape, procedure=plan.procedure)
        not_green = 1 - channels.green
        yellow = channels.yellow / not_green if not_green > 0 else 1.0
        return [
            green,
            replace(common, probability=channels.green, skip=3, link_gate=link),
            replace(wait, mean_h=green.mean_h * channels.yellow_extra),
            replace(common, probability=yellow, skip=1),
            replace(wait, mean_h=green.mean_h * (channels.red_extra - channels.yellow_extra)),
        ]

    def _transfer(self, step: Step) -> list[Plan]:
        plan = _plan(StepKind.DELAY, step, step.node_id, "transfer")
        if step.ref in self._transfers and plan.mean_h:
            key = (step.node_id, "", "", "both", step.ref)
            plan = replace(plan, kind=StepKind.STATION, station=key)
        return [plan] if plan.mean_h or plan.cost_usd else []


def decks_of(corridor: Corridor) -> dict[str, float]:
    """Deck length of a lorry of usual length, in m, of the services that count in lane metres."""
    table = corridor.used("service")
    lanes, capacity = table.numbers("lane_m"), table.numbers("capacity")
    return {
        service: float(lanes[ix] / capacity[ix])
        for ix, service in enumerate(table.text("service_id"))
        if lanes[ix] > 0
    }


def _plan(kind: StepKind, step: Step, place: str, activity: str = "") -> Plan:
    cv = sqrt(step.time_var_h2) / step.time_h if step.time_h else 0.0
    return Plan(
        kind,
        activity or step.activity.label,
        place,
        shape=("lognormal", round(cv, 9)),
        mean_h=step.time_h,
        distance_km=step.distance_km,
        cost_usd=step.cost_usd,
        emission_kgco2e=step.emission_kgco2e,
        mode=step.mode.split(" ")[0],
    )


def _paired(plans: list[Plan]) -> list[Plan]:
    """Let a post before a border look at the room of the post behind it.

    Only inbound posts have limited room, or the two directions could block each other for ever;
    and across the sea nobody waits for room on the other side before going aboard.
    """
    stations = [ix for ix, plan in enumerate(plans) if plan.station]
    for before, behind in pairwise(stations):
        here, there = plans[before].station, plans[behind].station
        crossing = here and there and here[:2] == (there[1], there[0]) and here[1]
        by_land = all(plan.line is None for plan in plans[before:behind])
        if crossing and by_land and there and there[3] == "inbound":
            plans[before] = replace(plans[before], ahead=there)
    return plans
