"""Models for tests: one with every feature on, and random ones."""

from typing import Any

import numpy as np

from lajvard.simulation.build import ModelBuilder
from lajvard.simulation.model import Model, StepKind

S = StepKind


def everything(horizon_h: float = 400.0, rate: float = 0.6) -> Model:
    """Two classes, two ways, paired posts, a shared fleet, permits, gates, rests, bans."""
    b = ModelBuilder(horizon_h=horizon_h, n_places=8, class_priority=(1, 0))
    storm = b.gate("storm", rate_per_h=0.02, mean_closed_h=9.0, months=0b1)
    road = b.gate("road", rate_per_h=0.02, mean_closed_h=15.0, dated=[(50.0, 70.0), (60.0, 80.0)])
    link = b.gate("data link", rate_per_h=0.05, mean_closed_h=10.0)
    short = b.time("lognormal", 0.8, 1.2)
    drive = b.time("lognormal", 9.0, 0.4)
    nights = [(24.0 * day + hour, n) for day in range(40) for hour, n in ((0, 0), (6, 2), (20, 1))]
    exit_post = b.station("exit", shifts=nights, gates=[road], yard=6)
    entry_post = b.station("entry", 1, yard=3)
    scanner = b.station("scanner", 1)
    west, east, north = b.terminal(1), b.terminal(1), b.terminal()
    ferries, trains = b.fleet([west, east]), b.fleet()
    sea: dict[str, Any] = {"sailing": b.time("gamma", 14.0, 0.2), "gate": storm, "empty": 1}
    sea |= {"loading_h": 2.0, "unloading_h": 1.5, "max_wait_h": 30.0}
    there = b.line("there", ferries, west, east, capacity=5.0, **sea)
    b.line("back", ferries, east, west, capacity=5.0, **sea)
    north_line = b.line(
        "north", ferries, west, north, capacity=3.0, **(sea | {"operation": 1, "headway_h": 60.0})
    )
    b.line("from north", ferries, north, west, capacity=3.0, **sea)
    train = b.line(
        "train",
        trains,
        west,
        east,
        operation=2,
        capacity=4.0,
        departures=[10.0, 80.0, 81.0],
        sailing=b.time("fixed", 20.0),
        loading_h=1.0,
        unloading_h=0.5,
        gate=road,
    )
    shuttle = b.line(
        "shuttle", trains, west, east, capacity=3.0, max_wait_h=12.0, sailing=short, gate=storm
    )
    visa = b.pool("visa", quota=4.5, period_h=24.0)
    free = b.pool("free")
    rule = b.rule(driving_h=4.5, rest_h=6.0, ban=(22.0, 4.0))
    move: dict[str, Any] = {"distribution": drive, "rule": rule, "cost_usd": 150.0}
    posts = [
        b.step(S.STATION, target=exit_post, distribution=short, ahead=entry_post, place=2),
        b.step(S.MOVE, distribution=b.time("fixed", 0.3), place=3),
        b.step(S.STATION, target=entry_post, distribution=short, place=4),
    ]
    main = [
        b.step(S.DELAY, distribution=short, place=0),
        b.step(S.PERMIT, target=visa, distribution=short, place=0),
        b.step(S.MOVE, **move, gate=road, patience_h=5.0, other_route=1, other_step=11, place=1),
        b.step(S.BRANCH, probability=0.6, skip=1, link_gate=link),
        b.step(S.STATION, target=scanner, distribution=short, place=2),
        *posts,
        b.step(S.SERVICE, target=there, place=5, units=1.5),
        b.step(S.MOVE, **move, place=6),
        b.step(S.BRANCH, probability=0.5, skip=0),
    ]
    other = [
        b.step(S.PERMIT, target=free, distribution=short, place=0),
        b.step(S.MOVE, **move, place=7),
        b.step(S.SERVICE, target=train, place=5),
        b.step(S.SERVICE, target=shuttle, place=5),
        b.step(S.SERVICE, target=north_line, place=5),
        b.step(S.MOVE, distribution=-1, place=7),
    ]
    back = [
        *posts,
        b.step(S.SERVICE, target=there, place=5),
        b.step(S.BRANCH, probability=1.0, skip=0),
    ]
    b.source("lorries", [(0.7, main), (0.3, other)], rate_per_h=rate)
    b.source("reefers", [(1.0, back)], rates=[(0.0, 0.0), (100.0, 40.0), (300.0, 50.0)], class_ix=1)
    b.source("convoy", [(1.0, [dict(step) for step in main[:2]])], scheduled_h=[5.0] * 9 + [90.0])
    return b.build()


def random_model(seed: int) -> Model:
    """A model whose parts and numbers are all drawn."""
    rng = np.random.default_rng(seed)
    pick = rng.integers
    horizon = float(pick(50, 300))
    b = ModelBuilder(horizon_h=horizon, n_places=4, class_priority=tuple(pick(0, 3, 3)))
    times = [b.time("fixed", float(pick(0, 4)))]
    times += [b.time("lognormal", float(rng.uniform(0.1, 6)), float(rng.uniform(0.1, 2)))] * 2
    times += [b.time("gamma", float(rng.uniform(0.1, 6)), float(rng.uniform(0.2, 1.5))), -1]
    gates = [
        b.gate(
            f"gate {g}",
            rate_per_h=float(rng.choice([0.0, 0.03, 0.1])),
            mean_closed_h=float(rng.uniform(0.5, 12)),
            months=int(pick(0, 4096)),
            left=float(rng.choice([0.0, 0.0, 0.4, 0.5])),
            dated=[(float(t), float(t + pick(1, 20))) for t in sorted(pick(0, 200, pick(0, 3)))],
        )
        for g in range(3)
    ]
    stations = []
    for s in range(4):
        hours = sorted({0, *(int(t) for t in pick(1, 200, pick(0, 6)))})
        stations.append(
            b.station(
                f"station {s}",
                shifts=[(float(t), int(pick(0, 4))) for t in hours],
                yard=int(rng.choice([-1, 1, 2, 5])),
                gates=[g for g in gates if rng.random() < 0.2],
            )
        )
    terminals = [b.terminal(int(rng.choice([-1, 1, 2]))) for _ in range(3)]
    fleets = [b.fleet([int(rng.choice(terminals)) for _ in range(n)]) for n in (0, 1, 3)]
    lines = []
    for ln in range(5):
        origin, destination = rng.permutation(terminals)[:2]
        lines.append(
            b.line(
                f"line {ln}",
                int(rng.choice(fleets)),
                int(origin),
                int(destination),
                operation=int(pick(0, 3)),
                capacity=float(pick(2, 6)),
                max_wait_h=float(rng.choice([0.0, 5.0, 30.0, np.inf])),
                headway_h=float(pick(3, 40)),
                departures=sorted(float(t) for t in pick(0, 168, pick(0, 4))),
                sailing=int(rng.choice(times)),
                loading_h=float(pick(0, 3)),
                unloading_h=float(pick(0, 3)),
                loading_unit_h=float(rng.choice([0.0, 0.25])),
                unloading_unit_h=float(rng.choice([0.0, 0.5])),
                losses=[g for g in gates if rng.random() < 0.3],
                gate=int(rng.choice([-1, *gates])),
                empty=int(pick(0, 2)),
            )
        )
    pools = [b.pool("pool", float(rng.choice([0.4, 2.0, 30.0, np.inf])), float(pick(5, 40)))]
    ban = float(pick(0, 24)), float(pick(0, 24))
    whole_days = ban[0] == ban[1]  # on all seven nobody would ever drive
    rules = [-1]
    rules += [b.rule(float(pick(1, 9)), float(pick(1, 11)), ban, int(pick(0, 128 - whole_days)))]

    def step(left: int) -> dict[str, Any]:
        kind = S(int(rng.choice(6, p=[0.1, 0.25, 0.3, 0.15, 0.1, 0.1])))
        targets = {S.STATION: stations, S.SERVICE: lines, S.PERMIT: pools}.get(kind, [-1])
        return b.step(
            kind,
            target=int(rng.choice(targets)),
            distribution=int(rng.choice(times)),
            scale=float(rng.uniform(0, 2)),
            probability=float(rng.random()),
            skip=int(pick(0, left + 1)),
            link_gate=int(rng.choice([-1, *gates])),
            rule=int(rng.choice(rules)),
            ahead=int(rng.choice([-1, *stations])),
            gate=int(rng.choice([-1, -1, -1, *gates])),
            patience_h=float(pick(0, 10)),
            units=float(rng.choice([0.5, 1.0, 2.0])),
            place=int(pick(0, 4)),
        )

    total = 0
    for s in range(3):
        routes = []
        for _ in range(int(pick(1, 3))):
            n = int(pick(1, 7))
            steps = [step(n - 1 - i) for i in range(n)]
            if total and rng.random() < 0.5:
                steps[0] |= {"other_route": 0, "other_step": 0}
            total += n
            routes.append((float(rng.uniform(0.1, 1)), steps))
        listed = [float(t) for t in sorted(pick(0, int(horizon), 20))] if s == 2 else []
        b.source(
            f"source {s}",
            routes,
            rate_per_h=float(rng.uniform(0.05, 0.6)),
            scheduled_h=listed,
            class_ix=s,
        )
    return b.build()
