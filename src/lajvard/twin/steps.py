"""The steps of a route as a simulation takes them, still with names in place of numbers."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import floor, inf, nan, sqrt

import numpy as np

from lajvard.case.choice import LineKey, units_of
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.network import Activity, CompiledNetwork, Step
from lajvard.network.rules import DAYS
from lajvard.simulation.model import StepKind
from lajvard.twin.assumptions import Assumptions

Shape = tuple[str | float, ...]
"""Form of a distribution of mean 1 and its coefficient of variation; then values, if observed."""

StationKey = tuple[str, str, str, str, str]
"""Place, other side, mode, direction and activity of a station."""

NO_SHAPE: Shape = ("", 0.0)


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


@dataclass(frozen=True)
class Procedure:
    """What the description says about an activity at a place."""

    procedure_id: str
    key: StationKey
    mean_h: float
    cv: float
    form: str
    servers: int
    calendar_id: str
    basis: str
    exchange: str
    yard: int = 0
    values_h: tuple[float, ...] = ()

    @property
    def shape(self) -> Shape:
        """Form of its time, with the observed times of an empirical one."""
        return (self.form, self.cv, *self.values_h)


def procedures_of(corridor: Corridor) -> dict[str, Procedure]:
    """The used procedures of a corridor, by id.

    A station is a place, the other side, a mode, a direction and an activity: rows for both
    directions share their servers, rows for one direction have servers of their own. A row of
    `total_clearance` is the post as a whole, queue included.
    """
    table = corridor.used("procedure")
    exchanges = exchange_instruments(corridor)
    names = ("procedure_id", "node_id", "other_node_id", "mode", "direction", "activity")
    columns = [table.text(name) for name in (*names, "distribution", "calendar_id", "basis")]
    numbers = [table.numbers(name) for name in ("mean_h", "cv", "servers", "yard")]
    found = {}
    for ix, row in enumerate(zip(*columns, strict=True)):
        procedure_id, *key, form, calendar_id, basis = row
        mean, cv, servers, yard = (float(np.nan_to_num(column[ix])) for column in numbers)
        node, other, mode, direction, activity = key
        values = tuple(float(item) for item in table.lists("values_h")[ix])
        if form == "empirical":
            cv = _cv_of(procedure_id, values)
        found[procedure_id] = Procedure(
            procedure_id,
            (node, other, mode, direction, activity),
            mean,
            cv,
            form,
            int(servers),
            calendar_id,
            basis,
            next((need for need in table.lists("needs")[ix] if need in exchanges), ""),
            int(yard),
            values if form == "empirical" else (),
        )
    return found


def _cv_of(procedure_id: str, values: tuple[float, ...]) -> float:
    """Coefficient of variation of observed times."""
    if len(values) < 2 or min(values) < 0 or max(values) <= 0:
        found = f"an empirical distribution with values_h {list(values)}"
        remedy = "Give at least two observed times in hours, separated by semicolons."
        raise InputError(f"procedure '{procedure_id}'", found, remedy)
    return float(np.std(values) / np.mean(values))


def exchange_instruments(corridor: Corridor) -> frozenset[str]:
    """Instruments by which data are sent ahead: those of the regimes of exchange."""
    table = corridor.used("regime")
    kinds = zip(table.text("kind"), table.text("instrument_id"), strict=True)
    return frozenset(instrument for kind, instrument in kinds if kind == "exchange" and instrument)


@dataclass(frozen=True)
class DriverRules:
    """Driver-hours rules and bans on driving: those of each country, and of all others."""

    driving_h: tuple[float, ...]
    rest_h: tuple[float, ...]
    ban_from_h: tuple[float, ...]
    ban_until_h: tuple[float, ...]
    ban_days: tuple[int, ...]
    countries: tuple[str, ...]

    @classmethod
    def of(cls, corridor: Corridor, year: int) -> "DriverRules":
        """The rules of the table `calendar`; hours and days of a ban are in UTC, from 1 January."""
        table = corridor.used("calendar")
        driving, rest = table.numbers("driving_h"), table.numbers("rest_h")
        offsets = np.nan_to_num(table.numbers("utc_offset_h"))
        hours: dict[str, tuple[float, float]] = {}
        bans: dict[str, tuple[float, float, int]] = {}
        first = dt.date(year, 1, 1).weekday()
        for ix, (kind, country) in enumerate(
            zip(table.text("kind"), table.text("country"), strict=True)
        ):
            if kind == "driver_hours":
                hours.setdefault(country, (float(driving[ix]), float(rest[ix])))
            elif kind == "driving_ban":
                ends = (table.text("opens")[ix] or "00:00", table.text("closes")[ix])
                start, end = (clock(cell) - float(offsets[ix]) for cell in ends)
                days = table.lists("days")[ix] or ("daily",)
                local = range(7) if "daily" in days else map(DAYS.index, days)
                bits = {(day + floor(start / 24) - first) % 7 for day in local}
                hours_of_it = (start % 24, end % 24)
                *same, known = bans.get(country, (*hours_of_it, 0))
                if tuple(same) != hours_of_it:
                    what = f"'{table.text('calendar_id')[ix]}' is a second ban, at other hours"
                    remedy = "State one ban a country, or several days at the same hours."
                    raise InputError("calendar", f"{what}, in {country or 'all countries'}", remedy)
                bans[country] = (*hours_of_it, known | sum(1 << bit for bit in bits))
        countries = tuple(dict.fromkeys((*hours, *bans)))
        driven = [hours.get(name, hours.get("", (inf, 0.0))) for name in countries]
        banned = [bans.get(name, bans.get("", (nan, nan, 0))) for name in countries]
        return cls(
            tuple(item[0] for item in driven),
            tuple(item[1] for item in driven),
            tuple(item[0] for item in banned),
            tuple(item[1] for item in banned),
            tuple(item[2] for item in banned),
            countries,
        )

    def of_country(self, country: str) -> int:
        """The rule that holds in a country: its own before one for everywhere; -1 for none."""
        for wanted in (country, ""):
            if wanted in self.countries:
                return self.countries.index(wanted)
        return -1


def clock(text: str) -> float:
    """Hours of a time of day; 24 of an empty one.

    >>> clock("06:30"), clock("")
    (6.5, 24.0)
    """
    return int(text[:2]) + int(text[3:]) / 60 if text else 24.0


class Planner:
    """Turns the moves of a network into planned steps."""

    def __init__(
        self,
        corridor: Corridor,
        procedures: Mapping[str, Procedure],
        rules: DriverRules,
        assumptions: Assumptions,
        *,
        transfers: Collection[str],
    ) -> None:
        self._procedures = procedures
        self._rules = rules
        self._channels = assumptions.channels
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
        activity = "clearance" if row.key[4] == "total_clearance" else row.key[4]
        plan = _plan(StepKind.DELAY, step, step.node_id, activity)
        plan = replace(plan, shape=row.shape, procedure=row.procedure_id)
        if not row.mean_h and not plan.cost_usd and not row.calendar_id:
            return []
        if is_station(row):
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


def is_station(row: Procedure) -> bool:
    """Whether a procedure has servers: a post as a whole, described servers or opening hours."""
    return row.mean_h > 0 and bool(
        row.key[4] == "total_clearance" or row.servers or row.calendar_id
    )


def data_link(instrument: str) -> str:
    """Name of the gate that is closed while the exchange of an instrument is down."""
    return f"data link {instrument}"


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
