"""Small networks for the tests of flows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.assignment.arrays import Demand, FlowNetwork
from lajvard.assignment.delay import Row, bpr, conical, facilities, queue


def network(
    ends: Sequence[tuple[int, int]] | NDArray[np.integer[Any]],
    facility: Sequence[int] | NDArray[np.integer[Any]],
    rows: Sequence[Row] = (),
    *,
    fixed: object = 0.0,
    load: object = 1.0,
    weight: Sequence[float] = (1.0,),
    first_thru: int = 0,
) -> FlowNetwork:
    """Links from state to state, and the facility that each uses (-1: none)."""
    tail, head = np.array(ends, np.int32).reshape(-1, 2).T
    shape = len(weight), len(tail)
    made = FlowNetwork(
        first_thru,
        np.ascontiguousarray(tail),
        np.ascontiguousarray(head),
        np.broadcast_to(np.asarray(fixed, np.float64), shape).copy(),
        np.array(facility, np.int32),
        np.broadcast_to(np.asarray(load, np.float64), shape).copy(),
        np.array(weight, np.float64),
        facilities(rows),
    )
    for array in made[1:-1]:
        array.flags.writeable = False
    return made


def demand(*rows: tuple[int, int, float] | tuple[int, int, float, int]) -> Demand:
    """Origin, destination, volume, and perhaps the class."""
    full = [(*row, 0)[:4] for row in rows]
    origin, destination, volume, klass = np.array(full, np.float64).reshape(-1, 4).T
    return Demand(
        origin.astype(np.int32), destination.astype(np.int32), klass.astype(np.int8), volume.copy()
    )


def grid(side: int, *, seed: int | None) -> tuple[FlowNetwork, Demand]:
    """Two-way roads on a square of states, two classes and trips between all of them.

    Without a seed all roads are alike, there is one class, and no demand.
    """
    rng = np.random.default_rng(seed)
    place = np.arange(side * side).reshape(side, side)
    across = np.column_stack([place[:, :-1].ravel(), place[:, 1:].ravel()])
    down = np.column_stack([place[:-1].ravel(), place[1:].ravel()])
    ends = np.concatenate([across, down, across[:, ::-1], down[:, ::-1]])
    if seed is None:
        return network(ends, range(len(ends)), [bpr(1.0, 20.0)] * len(ends)), demand()
    rows = [bpr(*rng.uniform((0.5, 20), (2, 60)), beta=rng.choice([1, 2.5, 4])) for _ in ends]
    rows[::3] = [conical(*rng.uniform((0.5, 20), (2, 60))) for _ in ends[::3]]
    facility = np.where(rng.random(len(ends)) < 0.8, np.arange(len(ends)), -1)
    net = network(
        ends,
        facility,
        rows,
        fixed=rng.uniform(0.1, 1, (2, len(ends))),
        load=np.array([[1.0], [2.0]]),
        weight=[1.0, 2.5],
    )
    states = rng.choice(side * side, 8, replace=False)
    trips = [(o, d, rng.uniform(1, 9), k) for o in states for d in states for k in (0, 1) if o != d]
    rng.shuffle(trips)
    return net, demand(*trips)


def busy(seed: int, *, varied_load: bool, busier: float) -> tuple[FlowNetwork, Demand]:
    """`grid` with facilities of all kinds, half of them queues, that two links or so share."""
    rng = np.random.default_rng(seed)
    net, trips = grid(5, seed=seed)
    n_links, rows = len(net.tail), []
    for kind in rng.permutation(np.arange(n_links // 2) % 4):
        free, capacity = rng.uniform((0.5, 20), (2, 60))
        servers, horizon_h = rng.integers(1, 6), rng.choice([24.0, 168.0, 720.0])
        post = queue(
            float(servers),
            servers / capacity,
            horizon_h=horizon_h,
            open_share=rng.choice([0.4, 1.0]),
        )
        rows.append((bpr(free, capacity), conical(free, capacity), post, post)[kind])
    facility = np.where(rng.random(n_links) < 0.8, rng.integers(0, len(rows), n_links), -1)
    load = rng.uniform(0.5, 2, (2, n_links)) if varied_load else [[1.0], [2.0]]
    ends = np.column_stack([net.tail, net.head])
    made = network(ends, facility, rows, fixed=net.fixed * 10, load=load, weight=[1.0, 2.5])
    return made, trips._replace(volume=trips.volume * busier)
