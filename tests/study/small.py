"""A small model for runs: lorries by a border post, then by a ferry or the road around.

::

    A ── 5 h ── post (2 servers, 3 h each) ──┬── ferry of 10 places, 12 h ── B    60 of 100
                                             └── road, 30 h ──────────────── B    40 of 100
"""

import numpy as np

from lajvard.simulation.distributions import quantile_table
from lajvard.simulation.model import (
    ENGINE_ACTIVITIES,
    Fleets,
    Gates,
    Lines,
    Model,
    Pools,
    Routes,
    Rules,
    Sources,
    Stations,
    StepKind,
    Steps,
)

MOVE, STATION, SERVICE = int(StepKind.MOVE), int(StepKind.STATION), int(StepKind.SERVICE)


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def small(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int8)


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def steps() -> Steps:
    """Moving, the post, the ferry; then moving, the post, the road."""
    n = 6
    none = np.full(n, -1, dtype=np.int32)
    zero = np.zeros(n)
    return Steps(
        kind=small([MOVE, STATION, SERVICE, MOVE, STATION, MOVE]),
        target=ints(-1, 0, 0, -1, 0, -1),
        distribution=ints(0, 1, -1, 0, 1, 3),
        scale=np.ones(n),
        probability=zero,
        skip=np.zeros(n, dtype=np.int32),
        link_gate=none,
        rule=small([-1] * n),
        ahead=none,
        gate=none,
        patience_h=np.full(n, np.inf),
        other_route=none,
        other_step=none,
        units=np.ones(n),
        activity=ints(10, 11, 12, 10, 11, 10),
        place=ints(1, 0, 2, 1, 0, 3),
        distance_km=floats(200, 0, 300, 200, 0, 1000),
        cost_usd=floats(100, 50, 400, 100, 50, 900),
        emission_kgco2e=floats(150, 0, 200, 150, 0, 800),
    )


def small_model(*, days: float = 60.0, servers: int = 2, lorries_a_day: float = 12.0) -> Model:
    """The model, with as many servers at the post."""
    horizon_h = days * 24.0
    no_gates = floats()
    return Model(
        sources=Sources(
            class_ix=ints(0),
            tonnes=floats(20),
            first_rate=ints(0, 2),
            rate_time_h=floats(0, horizon_h),
            rate_total=floats(0, lorries_a_day * days),
            first_scheduled=ints(0, 0),
            scheduled_h=floats(),
            first_route=ints(0, 2),
        ),
        routes=Routes(share_total=floats(0.6, 1.0), first_step=ints(0, 3, 6)),
        steps=steps(),
        stations=Stations(
            first_shift=ints(0, 1),
            shift_time_h=floats(0),
            shift_servers=ints(servers),
            yard=ints(-1),
            first_gate=ints(0, 0),
            gate=ints(),
        ),
        gates=Gates(no_gates, no_gates, ints(), no_gates, ints(0), no_gates, no_gates),
        lines=Lines(
            fleet=ints(0),
            origin=ints(0),
            destination=ints(1),
            operation=small([0]),
            capacity=floats(10),
            max_wait_h=floats(48),
            headway_h=floats(0),
            first_departure=ints(0, 0),
            departure_h=floats(),
            sailing=ints(2),
            loading_h=floats(1),
            unloading_h=floats(1),
            loading_unit_h=floats(0),
            unloading_unit_h=floats(0),
            first_loss=ints(0, 0),
            loss=ints(),
            gate=ints(-1),
            empty=small([0]),
        ),
        fleets=Fleets(first_vessel=ints(0, 0), vessel_home=ints(), berths=ints(-1, -1)),
        pools=Pools(floats(), floats()),
        rules=Rules(floats(), floats(), floats(), floats(), ints()),
        quantiles=np.stack(
            [
                quantile_table("lognormal", 5.0, 0.2),
                quantile_table("exponential", 3.0),
                quantile_table("gamma", 12.0, 0.1),
                quantile_table("lognormal", 30.0, 0.2),
            ]
        ),
        class_priority=small([0]),
        horizon_h=horizon_h,
        month_start_h=np.linspace(0.0, 8760.0, 13),
        class_names=("truck",),
        source_names=("A-B",),
        route_names=("by ferry", "by road"),
        station_names=("post",),
        line_names=("ferry",),
        gate_names=(),
        pool_names=(),
        activity_names=(*ENGINE_ACTIVITIES, "moving", "customs", "sailing"),
        place_ids=("POST", "A-POST", "FERRY", "POST-B"),
    )
