"""The answers of a flow model as tables: shares, loads, bottlenecks, skims, commodities."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lajvard.case import Case
from lajvard.case.choice import ChoiceSet, alternative_of
from lajvard.case.demand import EmptyReturn
from lajvard.case.services import Key
from lajvard.flows.bottlenecks import Bottleneck, crossing_title, empty_loads, loads_of
from lajvard.network import MoveKind
from lajvard.network.arrays import FloatArray
from lajvard.routes import Route
from lajvard.tables import ResultTable, columns_of

LEAST_SHARE = 5e-5
"""Routes that fewer take are left out of the table of routes."""


Shares = Sequence[FloatArray]
Sets = Sequence[ChoiceSet]


# ---------------------------------------------------------------- flows and their routes

PAIRS = columns_of("""
demand_id | | the flow
origin | | node id of its origin
destination | | node id of its destination
commodity | | the goods
cargo_class | | the unit load
tonnes_per_year | t/a | tonnes a year
unit_loads_per_year | 1/a | loaded lorries, wagons or boxes a year
empty_per_year | 1/a | unit loads that go back empty, over all flows of the pair and class
value_of_time_usd_h | USD/h | what an hour of one unit load is worth
basis | | where the tonnes come from
distance_km | km | mean over the routes, weighted by who takes them
time_h | h | mean time, at the described load of borders
cost_usd | USD | mean price of one unit load
generalised_cost_usd | USD | mean generalised cost, delays of the model included
emission_kgco2e | kg CO2e | mean emission of one unit load
""")


def pairs_table(sets: Sets, shares: Shares, empties: Sequence[EmptyReturn]) -> ResultTable:
    """A row a flow: what it is, and its skims."""
    empty = {(one.destination, one.origin, one.cargo_class): one.empty for one in empties}
    rows = []
    for one, share in zip(sets, shares, strict=True):
        flow = one.flow
        key = (flow.origin, flow.destination, flow.cargo_class)
        rows.append(
            {
                "demand_id": flow.name,
                "origin": flow.origin,
                "destination": flow.destination,
                "commodity": flow.commodity,
                "cargo_class": flow.cargo_class,
                "tonnes_per_year": flow.tonnes_per_year,
                "unit_loads_per_year": one.per_year,
                "empty_per_year": empty.get(key, 0.0),
                "value_of_time_usd_h": flow.value_of_time_usd_h(one.network.cargo),
                "basis": flow.basis,
                "distance_km": _mean(one, share, lambda route: route.distance_km),
                "time_h": _mean(one, share, lambda route: route.time_h),
                "cost_usd": _mean(one, share, lambda route: route.cost_usd),
                "generalised_cost_usd": float(one.cost_usd @ share),
                "emission_kgco2e": _mean(one, share, lambda route: route.emission_kgco2e),
            }
        )
    return ResultTable.of("flows", PAIRS, rows, title="flows, and means over their routes")


def _mean(one: ChoiceSet, share: FloatArray, value: Callable[[Route], float]) -> float:
    return float(
        sum(
            part * value(route)
            for route, part in zip(one.routes, share.tolist(), strict=True)
            if part > 0
        )
    )


WAYS = columns_of("""
demand_id | | the flow
way | | the named way, or the countries on the way where it has no name
share | | part of the flow that takes it
tonnes_per_year | t/a | tonnes a year that take it
time_h | h | mean time by it
cost_usd | USD | mean price of one unit load by it
generalised_cost_usd | USD | mean generalised cost by it
""")


def ways_table(case: Case, sets: Sets, shares: Shares) -> ResultTable:
    """A row a flow and way: its share."""
    rows: list[dict[str, Any]] = []
    for one, share in zip(sets, shares, strict=True):
        by_way: dict[str, list[int]] = defaultdict(list)
        for ix, route in enumerate(one.routes):
            by_way[alternative_of(route, case.alternatives)].append(ix)
        ways: list[dict[str, Any]] = []
        for way, at in by_way.items():
            part = float(share[at].sum())
            weight = share[at] / part if part > 0 else np.full(len(at), 1 / len(at))
            routes = [one.routes[ix] for ix in at]
            ways.append(
                {
                    "demand_id": one.flow.name,
                    "way": way,
                    "share": part,
                    "tonnes_per_year": part * one.flow.tonnes_per_year,
                    "time_h": float(weight @ np.array([route.time_h for route in routes])),
                    "cost_usd": float(weight @ np.array([route.cost_usd for route in routes])),
                    "generalised_cost_usd": float(weight @ one.cost_usd[at]),
                }
            )
        rows += sorted(ways, key=lambda row: -row["share"])
    return ResultTable.of("ways", WAYS, rows, title="share of each way in each flow")


COUNTRIES = columns_of("""
country | | country of the origin or destination
way | | the named way, or the countries on the way where it has no name
share | | part of the country's trade that takes it
tonnes_per_year | t/a | tonnes a year, both directions
road_share | | part of the tonne-kilometres by road
rail_share | | part by rail
sea_share | | part by sea and inland waterway
""")


def countries_table(case: Case, sets: Sets, shares: Shares) -> ResultTable:
    """A row a country and way: what part of its described trade takes it, by which modes.

    A flow counts for the country of its origin and for that of its destination.
    """
    sums: dict[tuple[str, str], FloatArray] = defaultdict(lambda: np.zeros(4))
    whole: dict[str, float] = defaultdict(float)
    for one, share in zip(sets, shares, strict=True):
        network, tonnes = one.network, one.flow.tonnes_per_year
        ends = {
            network.node_countries[network.node_ix(end)]
            for end in (one.flow.origin, one.flow.destination)
        }
        for country in ends:
            whole[country] += tonnes
        for route, part in zip(one.routes, share.tolist(), strict=True):
            if part > 0:
                row = part * tonnes * np.array([1.0, *_km_of(route)])
                for country in ends:
                    sums[country, alternative_of(route, case.alternatives)] += row
    rows: list[dict[str, Any]] = []
    for (country, way), (tonnes, road, rail, sea) in sums.items():
        total = max(road + rail + sea, 1e-9)
        rows.append(
            {
                "country": country,
                "way": way,
                "share": tonnes / whole[country],
                "tonnes_per_year": tonnes,
                "road_share": road / total,
                "rail_share": rail / total,
                "sea_share": sea / total,
            }
        )
    rows.sort(key=lambda row: (-whole[row["country"]], row["country"], -row["tonnes_per_year"]))
    return ResultTable.of("countries", COUNTRIES, rows, title="trade of each country by way")


def _km_of(route: Route) -> tuple[float, float, float]:
    """Kilometres of a route by road, by rail, and by sea and inland waterway."""
    km: dict[str, float] = defaultdict(float)
    arrays, names = route.network.arrays, route.network.mode_names
    for move in route.moves:
        if arrays.move_kind[move] != MoveKind.TRANSFER:
            mode = names[int(arrays.move_mode[move])].split(" ")[0]
            km[mode] += float(arrays.distance_km[move])
    return km["road"], km["rail"], km["sea"] + km["inland_waterway"]


ROUTES = columns_of("""
demand_id | | the flow
rank | | 1 is what most take
share | | part of the flow that takes it
tonnes_per_year | t/a | tonnes a year that take it
way | | the named way that it belongs to
name | | countries and modes
main_mode | | mode of most of the way
distance_km | km | length
time_h | h | mean time
time_sd_h | h | its standard deviation
cost_usd | USD | price of one unit load
generalised_cost_usd | USD | price, time, reliability and risk in one
emission_kgco2e | kg CO2e | emission of one unit load
risk | | probability that something on the way is closed | 3
places | | node ids in order of travel
""")


def routes_table(case: Case, sets: Sets, shares: Shares) -> ResultTable:
    """A row a flow and route, what most take first."""
    rows = []
    for one, share in zip(sets, shares, strict=True):
        order = np.argsort(-share, kind="stable")
        for rank, ix in enumerate((ix for ix in order if share[ix] >= LEAST_SHARE), start=1):
            route = one.routes[ix]
            rows.append(
                {
                    "demand_id": one.flow.name,
                    "rank": rank,
                    "share": float(share[ix]),
                    "tonnes_per_year": float(share[ix]) * one.flow.tonnes_per_year,
                    "way": alternative_of(route, case.alternatives),
                    "name": route.name,
                    "main_mode": one.main_modes[ix],
                    "distance_km": route.distance_km,
                    "time_h": route.time_h,
                    "time_sd_h": route.time_sd_h,
                    "cost_usd": route.cost_usd,
                    "generalised_cost_usd": float(one.cost_usd[ix]),
                    "emission_kgco2e": route.emission_kgco2e,
                    "risk": route.risk,
                    "places": " ".join(route.network.node_ids[at] for at in route.node_ixs),
                }
            )
    return ResultTable.of("routes", ROUTES, rows, title="routes of each flow")


# ---------------------------------------------------------------- loads

LINKS = columns_of("""
link_id | | the link
from_node_id | | where the load starts
to_node_id | | where it ends
mode | | what travels on it
tonnes_per_year | t/a | tonnes a year in this direction
lorries_per_year | 1/a | loaded lorries a year, on roads and ferries for lorries
wagons_per_year | 1/a | loaded wagons a year, on rails and ferries for wagons
teu_per_year | TEU/a | boxes a year, on ships and land
""")

Link = tuple[str, str, str, str]


def link_loads(sets: Sets, shares: Shares) -> dict[Link, FloatArray]:
    """Tonnes, lorries, wagons and TEU a year by link, ends in direction of travel, and mode."""
    found: dict[Link, FloatArray] = defaultdict(lambda: np.zeros(4))
    for one, share in zip(sets, shares, strict=True):
        network, cargo = one.network, one.network.cargo
        arrays = network.arrays
        for route, part in zip(one.routes, share.tolist(), strict=True):
            for move in route.moves if part > 0 else ():
                if arrays.move_link[move] < 0:
                    continue
                family = network.move_families[move]
                mode = network.mode_names[int(arrays.move_mode[move])].split(" ")[0]
                key = (
                    network.link_ids[int(arrays.move_link[move])],
                    *network.move_ends[move],
                    mode,
                )
                units = (
                    one.unit_t,
                    cargo.lorries if family == "road" else 0.0,
                    cargo.wagons if family == "rail" else 0.0,
                    cargo.teu,
                )
                found[key] += part * one.per_year * np.array(units)
    return dict(found)


def links_table(sets: Sets, shares: Shares) -> ResultTable:
    """A row a link and direction: what it carries."""
    loads = link_loads(sets, shares)
    names = [column.name for column in LINKS]
    rows = [
        dict(zip(names, (*key, *loads[key].tolist()), strict=True))
        for key in sorted(loads, key=lambda at: -loads[at][0])
    ]
    return ResultTable.of("links", LINKS, rows, title="loads of links by direction")


BOTTLENECKS = columns_of("""
kind | | border, fleet or service
name | | the crossing in direction of travel, the fleet, or the service
unit | | what is counted
described_per_year | 1/a | loaded units of the described flows a year
empty_per_year | 1/a | units that go back empty
other_per_year | 1/a | traffic that is observed and not described
volume_per_year | 1/a | all of them
capacity_per_year | 1/a | what can be served in a year
volume_over_capacity | | volume over capacity | 2
delay_h | h | mean service and queue at this volume
described_delay_h | h | the same at the described load
basis | | of the capacity
note | | how the capacity was found
""")


def bottlenecks_table(
    case: Case, sets: Sets, shares: Shares, bottlenecks: Sequence[Bottleneck]
) -> ResultTable:
    """A row a bottleneck, the fullest first; then crossings of which the capacity is not known."""
    described = loads_of(case, shares, sets)
    empty = empty_loads(case, shares, sets)
    rows: list[dict[str, Any]] = []
    for one in bottlenecks:
        own, back = described.get(one.key, 0.0), empty.get(one.key, 0.0)
        other = max(one.background_per_year - one.empty_per_year, 0.0)
        volume = own + back + other
        rows.append(
            {
                "kind": one.kind,
                "name": one.title,
                "unit": one.unit,
                "described_per_year": own,
                "empty_per_year": back,
                "other_per_year": other,
                "volume_per_year": volume,
                "capacity_per_year": one.capacity_per_year,
                "volume_over_capacity": volume / one.capacity_per_year,
                "delay_h": one.delay_h(volume),
                "described_delay_h": one.usual_delay_h,
                "basis": one.basis,
                "note": one.note,
            }
        )
    rows.sort(key=lambda row: -row["volume_over_capacity"])
    known = {one.key for one in bottlenecks}
    rows += _not_counted(case, {at: own for at, own in described.items() if at not in known}, empty)
    title = "crossings, fleets and services"
    return ResultTable.of("bottlenecks", BOTTLENECKS, rows, title=title)


def _not_counted(
    case: Case, described: Mapping[Key, float], empty: Mapping[Key, float]
) -> list[dict[str, Any]]:
    """Border posts that flows pass and that nobody counted: volume known, capacity not."""
    nodes = case.view.used("node")
    country = dict(zip(nodes.text("node_id"), nodes.text("country"), strict=True))
    rows: list[dict[str, Any]] = []
    for key, own in described.items():
        is_land = len(key) >= 3 and key[2] in ("road", "rail")
        if not is_land or country[key[0]] == country[key[1]] or own < 0.5:
            continue
        back = empty.get(key, 0.0)
        rows.append(
            {
                "kind": "border",
                "name": crossing_title(case, key),
                "unit": "lorries" if key[2] == "road" else "unit loads",
                "described_per_year": own,
                "empty_per_year": back,
                "volume_per_year": own + back,
                "basis": "not known",
                "note": "nobody counted who passes",
            }
        )
    return sorted(rows, key=lambda row: -row["volume_per_year"])


COMMODITIES = columns_of("""
commodity | | the goods
tonnes_per_year | t/a | tonnes a year
road_tkm | t km/a | by road
rail_tkm | t km/a | by rail
sea_tkm | t km/a | by sea and inland waterway
cost_usd_t | USD/t | mean price of a tonne
time_h | h | mean time
emission_tco2e | t CO2e/a | emission of all of it in a year
""")


def commodities_table(sets: Sets, shares: Shares) -> ResultTable:
    """A row a commodity, the largest first."""
    sums: dict[str, FloatArray] = defaultdict(lambda: np.zeros(7))
    for one, share in zip(sets, shares, strict=True):
        tonnes = one.flow.tonnes_per_year
        km = [part * np.array(_km_of(route)) for route, part in zip(one.routes, share, strict=True)]
        cost = _mean(one, share, lambda route: route.cost_usd) * one.per_year
        hours = _mean(one, share, lambda route: route.time_h) * tonnes
        co2 = _mean(one, share, lambda route: route.emission_kgco2e) * one.per_year / 1000
        tkm = tonnes * np.sum(km, axis=0)
        sums[one.flow.commodity or "not known"] += np.array([tonnes, *tkm, cost, hours, co2])
    rows = [
        {
            "commodity": name,
            "tonnes_per_year": tonnes,
            "road_tkm": road,
            "rail_tkm": rail,
            "sea_tkm": sea,
            "cost_usd_t": cost / tonnes,
            "time_h": hours / tonnes,
            "emission_tco2e": co2,
        }
        for name, (tonnes, road, rail, sea, cost, hours, co2) in sorted(
            sums.items(), key=lambda item: -item[1][0]
        )
    ]
    return ResultTable.of("commodities", COMMODITIES, rows, title="flows by commodity")
