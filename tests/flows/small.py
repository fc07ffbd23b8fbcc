"""Small networks for the tests of flows."""

from collections.abc import Sequence

import numpy as np

from lajvard.flows.arrays import Demand, FlowNetwork
from lajvard.flows.delay import Row, facilities


def network(
    ends: Sequence[tuple[int, int]],
    facility: Sequence[int],
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
        array.flags.writeable = False  # type: ignore[union-attr]
    return made


def demand(*rows: tuple[int, int, float] | tuple[int, int, float, int]) -> Demand:
    """Origin, destination, volume, and perhaps the class."""
    full = [(*row, 0)[:4] for row in rows]
    origin, destination, volume, klass = np.array(full, np.float64).reshape(-1, 4).T
    return Demand(
        origin.astype(np.int32), destination.astype(np.int32), klass.astype(np.int8), volume.copy()
    )
