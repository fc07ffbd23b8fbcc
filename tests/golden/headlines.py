"""The numbers that are pinned, as plain dictionaries.

All names of Lajvard that the golden tests need are imported here and nowhere else, so that a
module that moves changes this file alone. Keys are names; a number keeps nine digits.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from tests.tiny import tiny_corridor, with_traffic

from lajvard.analysis.alternatives import PairComparison, compare_alternatives
from lajvard.case import Case, find_routes
from lajvard.corridor import built_in
from lajvard.fibre.line.results import bills, stretches, worth_of
from lajvard.fibre.line.system import FibreLine, design_fibre_line, seabed_route
from lajvard.flows.assign_flows import FlowResult, assign_flows
from lajvard.indicators import INDICATORS
from lajvard.routes import Route
from lajvard.routes.find import PARETO_CRITERIA
from lajvard.study import open_run, simulate
from lajvard.study.measures import BACKGROUND
from lajvard.twin.compile import build_model
from lajvard.twin.work import ModelBuild

Numbers = dict[str, Any]

PINNED_INDICATORS = (
    "tfi1",
    "tfi2",
    "tfi3",
    "swd",
    "swod",
    "time",
    "reliability",
    "profile",
    "causes",
    "emissions",
)
RUN_COLUMNS = ("run_id", "source_id")
"""Columns of a log that name the run, and with it the version that made it."""

ROUTE_NUMBERS = (
    "distance_km",
    "time_h",
    "time_sd_h",
    "p50_h",
    "p95_h",
    "moving_h",
    "border_h",
    "waiting_h",
    "cost_usd",
    "emission_kgco2e",
    "risk",
)
POST_NUMBERS = (
    "target_h",
    "predicted_h",
    "queue_h",
    "service_h",
    "servers",
    "utilisation",
    "described_per_day",
    "background_per_day",
    "observed_per_day",
)


# ---------------------------------------------------------------- routes


@cache
def case() -> Case:
    """The built-in corridor as described."""
    return Case(built_in())


@cache
def main_pair() -> PairComparison:
    """The first pair of the built-in corridor with its alternatives."""
    return compare_alternatives(case(), main_only=True, fronts=False)[0]


def routes_by_criterion() -> Numbers:
    """The route of the main pair that is best by each of the five criteria."""
    compared = main_pair()
    assert compared.network is not None
    pair = compared.pair
    pareto = find_routes(case(), pair.origin, pair.destination, cargo=pair.cargo_class)
    best = {criterion: pareto.best(criterion) for criterion in PARETO_CRITERIA}
    return {"routes in the Pareto set": len(pareto)} | {
        criterion: _route_numbers(route) for criterion, route in best.items()
    }


def routes_by_alternative() -> Numbers:
    """The route of each alternative of the main pair, or the reason why it has none."""
    return {
        way.alternative_id or "best": (
            _route_numbers(way.route) if way.route is not None else {"reason": way.reason}
        )
        for way in main_pair().ways
    }


def _route_numbers(route: Route) -> Numbers:
    return {
        "route": route_label(route),
        "hours_by_activity": _rounded(route.hours_by_activity),
        "money_by_item": _rounded(route.money_by_item),
    } | {name: rounded(getattr(route, name)) for name in ROUTE_NUMBERS}


def route_label(route: Route) -> str:
    """Countries, modes and length of a route, and where it changes the country."""
    network = route.network
    ends = zip(route.node_ixs, route.node_ixs[1:], strict=False)
    crossings = [
        f"{network.node_ids[here]}-{network.node_ids[there]}"
        for here, there in ends
        if network.node_countries[here] != network.node_countries[there]
    ]
    return f"{route.name}, {route.distance_km:.0f} km, via {', '.join(crossings)}"


# ---------------------------------------------------------------- shares


@cache
def flow_model() -> FlowResult:
    """The flows of the built-in corridor on their routes by the logit."""
    return assign_flows(case())


@cache
def simulated_model() -> ModelBuild:
    """The simulation of the built-in corridor."""
    return build_model(case())


def shares_of_flow_model() -> Numbers:
    """Share and generalised cost of the routes of each flow, as the flow model chooses."""
    return _shares(flow_model().sets, flow_model().shares)


def shares_of_simulation() -> Numbers:
    """Share and generalised cost of the routes of each flow, as the simulation chooses."""
    return _shares(simulated_model().choices, simulated_model().shares)


def _shares(sets: Iterable[Any], shares: Iterable[Iterable[float]]) -> Numbers:
    found: Numbers = {}
    for chosen, parts in zip(sets, shares, strict=True):
        routes: dict[str, Numbers] = {}
        for route, cost, share in zip(chosen.routes, chosen.cost_usd, parts, strict=True):
            label = _unused(route_label(route), routes)
            routes[label] = {"share": rounded(share), "cost_usd": rounded(cost)}
        found[chosen.flow.name] = routes
    return found


def _unused(label: str, taken: Mapping[str, object]) -> str:
    """The label, with a number behind it where an earlier and cheaper route has it too."""
    names = [label, *(f"{label} ({number})" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)


def disagreement() -> Numbers:
    """Total variation between the shares of the flow model and of the simulation.

    Routes are the same where they take the same moves, so 0 means the same choice of all loads.
    """
    simulated = {
        chosen.flow.name: (chosen, parts)
        for chosen, parts in zip(simulated_model().choices, simulated_model().shares, strict=True)
    }
    found = {}
    for chosen, parts in zip(flow_model().sets, flow_model().shares, strict=True):
        here, there = _by_moves(chosen, parts), _by_moves(*simulated[chosen.flow.name])
        gaps = [abs(here.get(moves, 0.0) - there.get(moves, 0.0)) for moves in {*here, *there}]
        found[chosen.flow.name] = 0.5 * sum(sorted(gaps))
    values = [*found.values()]
    return {
        "flows": len(values),
        "mean": rounded(np.mean(values)),
        "largest": rounded(max(values)),
        "by flow": _rounded(found),
    }


def _by_moves(chosen: Any, parts: Iterable[float]) -> dict[tuple[int, ...], float]:
    moves = [route.moves for route in chosen.routes]
    return dict(zip(moves, map(float, parts), strict=True))


# ---------------------------------------------------------------- border posts


def posts_of_simulation() -> Numbers:
    """Described and calibrated times, servers and utilisation of each post of the simulation."""
    return {
        post.post: {name: rounded(getattr(post, name)) for name in POST_NUMBERS}
        | {"target_basis": post.target_basis, "basis": post.basis}
        for post in simulated_model().posts
    }


def bottlenecks_of_flow_model() -> Numbers:
    """Capacity and load of each crossing, fleet and service of the flow model, a day."""
    return {
        " ".join((place.kind, *filter(None, place.key))): {
            "unit": place.unit,
            "clearance_h": rounded(place.clearance_h),
            "capacity_per_day": rounded(place.capacity_per_year / 365.25),
            "usual_per_day": rounded(place.usual_per_year / 365.25),
            "background_per_day": rounded(place.background_per_year / 365.25),
            "empty_per_day": rounded(place.empty_per_year / 365.25),
            "usual_delay_h": rounded(place.usual_delay_h),
        }
        for place in flow_model().bottlenecks
    }


# ---------------------------------------------------------------- runs


def simulate_tiny(folder: Path) -> None:
    """Two replications of four months of the tiny corridor, with all journeys logged."""
    corridor = with_traffic(tiny_corridor(), "20")
    simulate(Case(corridor), folder, days=120, replications=2, seed=7, log="all", warmup=10)


def simulate_built_in(folder: Path) -> None:
    """Two replications of ten days of the built-in corridor, with a sample of journeys logged."""
    simulate(
        case(),
        folder,
        days=10,
        replications=2,
        seed=7,
        log="sample",
        sample_every=50,
        warmup=2,
    )


def log_of_run(folder: Path) -> Numbers:
    """Rows, journeys and a hash of each column of the log, by replication.

    Numbers are hashed in single precision, so that the last bits of another processor do not
    show.
    """
    rows = open_run(folder).log().to_pyarrow()
    order = [(name, "ascending") for name in ("replication", "journey_id", "seq")]
    frame = rows.sort_by(order).drop_columns([*RUN_COLUMNS]).to_pandas()
    return {
        f"replication {number}": {
            "rows": len(part),
            "journeys": int(part["journey_id"].nunique()),
            "sha256": {name: _digest(part[name]) for name in part if name != "replication"},
        }
        for number, part in frame.groupby("replication")
    }


def _digest(column: Any) -> str:
    if column.dtype.kind == "f":
        column = column.astype("float32") + 0.0
    text = "\n".join(map(str, column.tolist()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def measures_of_run(folder: Path) -> Numbers:
    """For each measure: how many there are, and their sum in each replication."""
    run = open_run(folder)
    names = [measure.name for measure in run.measures]
    found: Numbers = {}
    for name in dict.fromkeys(names):
        values = run.values[:, [ix for ix, other in enumerate(names) if other == name]]
        found[name] = {
            "values": int(np.isfinite(values).sum()),
            "sums": [rounded(total) for total in np.nansum(values, axis=1)],
        }
    return found


def indicators_of_run(folder: Path) -> Numbers:
    """The indicators of the journeys that ended, without the traffic that fills borders."""
    rows = open_run(folder).log(settled=True)
    rows = rows.filter((rows.consignment_class != BACKGROUND).fill_null(True))
    return {
        name: [
            {column: rounded(cell) for column, cell in row.items() if column not in RUN_COLUMNS}
            for row in INDICATORS[name].function(rows).to_pyarrow().to_pylist()
        ]
        for name in PINNED_INDICATORS
    }


# ---------------------------------------------------------------- the fibre line


@cache
def fibre_line() -> FibreLine:
    """The built-in line over the cheapest route on the seabed, as the command designs it."""
    return design_fibre_line(built_in(), cable=seabed_route(built_in()))


def fibre_design() -> Numbers:
    """Length, spans, losses and margin of each way across the sea, and lengths on land."""
    line = fibre_line()
    return {
        "span": line.span_id,
        "length_km": rounded(line.sea_leg.length_km),
        "chosen": line.way.what,
        "latency_ms": rounded(worth_of(line).latency_ms),
        "across the sea": {way.what: _way_numbers(way) for way in line.ways},
        "stages": {
            stage.title: [rounded(path.length_km) for path in (stage.first, stage.second)]
            for stage in line.stages
        },
    }


def _way_numbers(way: Any) -> Numbers:
    spans = way.line.spans
    return {
        "works": way.works,
        "short_db": rounded(way.short_db),
        "margin_db": rounded(way.line.margin_db),
        "worst_gsnr_db": rounded(way.line.worst_gsnr_db),
        "capacity_tbit_s": rounded(way.line.capacity_tbit_s),
        "spans_km": [rounded(span.length_km) for span in spans],
        "loss_db": [rounded(span.loss_db) for span in spans],
    }


def fibre_results() -> Numbers:
    """Availability of each part of the line, its cost, and the hours at borders beside it."""
    line = fibre_line()
    return {
        "availability": {
            f"{part.name}, {part.ways}": {
                "share": rounded(part.found.share),
                "outages_per_year": rounded(part.found.outages_per_year),
                "down_h_per_year": rounded(part.found.down_h_per_year),
            }
            for part in stretches(line)
        },
        "cost": {
            bill.name: {
                "capital_musd": rounded(bill.capital_musd),
                "annual_musd": rounded(bill.annual_musd),
                "operating_musd": rounded(bill.operating_musd),
                "usd_per_gbit_month": rounded(bill.usd_per_gbit_month),
            }
            for bill in bills(line)
        },
        "borders": {
            effect.post.procedure_id: {
                "without_h": rounded(effect.without_h),
                "exchange_h": rounded(effect.exchange_h),
                "line_h": rounded(effect.line_h),
            }
            for effect in worth_of(line).effects
        },
    }


# ---------------------------------------------------------------- numbers


def rounded(value: Any) -> Any:
    """A number with nine digits; what is infinite or not a number as a word; all else as it is."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [rounded(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.9g}") if isfinite(value) else str(float(value))
    return value


def _rounded(values: Mapping[str, float]) -> Numbers:
    return {name: rounded(value) for name, value in values.items()}
