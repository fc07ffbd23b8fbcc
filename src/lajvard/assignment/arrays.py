"""The arrays of an assignment problem: network, delay facilities, demand, paths."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
SmallArray = NDArray[np.int8]
FloatArray = NDArray[np.float64]

NO_FACILITY = -1
"""The facility of a link whose cost does not depend on flow."""


class FacilityKind(IntEnum):
    """How the delay at a facility follows from its load; see `lajvard.assignment.delay`."""

    CONSTANT = 0
    BPR = 1
    CONICAL = 2
    QUEUE = 3


class Facilities(NamedTuple):
    """What links share and queue for: roads, tracks, border posts, fleets; (n_facilities,) each.

    Make them with `bpr`, `conical`, `queue` and `constant` of `lajvard.assignment.delay`, and put
    them together with `facilities`.
    """

    kind: SmallArray  # FacilityKind
    free_h: FloatArray  # delay without load
    capacity: FloatArray  # load, in the units of the network's loads
    alpha: (
        FloatArray  # BPR: coefficient; conical: steepness; queue: 8 K / (units served in horizon)
    )
    beta: FloatArray  # BPR: power; queue: power of the utilisation
    horizon_h: FloatArray  # queue: how long the load lasts
    open_share: FloatArray  # queue: share of the cycle in which there is service
    cycle_h: FloatArray  # queue: time from opening to opening


class FlowNetwork(NamedTuple):
    """A network with flow-dependent costs; all arrays are read-only.

    A unit of class k pays ``fixed[k, l] + weight[k] * delay`` on link l, where the delay is that
    of the link's facility under its total load: the sum of ``load[k, l]`` times the flow of class
    k on link l, over all classes and all links that use the facility.
    """

    first_thru: int  # states below this are zones that no path may pass through; 0 for none
    tail: IntArray  # (n_links,) states
    head: IntArray  # (n_links,)
    fixed: FloatArray  # (n_classes, n_links) >= 0; infinite: closed to the class
    facility: IntArray  # (n_links,) index of a facility or NO_FACILITY
    load: FloatArray  # (n_classes, n_links) >= 0: lorries, wagons, TEU a unit of flow
    weight: FloatArray  # (n_classes,) >= 0: cost of an hour of delay
    facilities: Facilities

    @property
    def n_states(self) -> int:
        """States that links join, and zones."""
        ends = (int(array.max(initial=-1)) + 1 for array in (self.tail, self.head))
        return max(self.first_thru, *ends)


class Demand(NamedTuple):
    """Who wants to go where; (n_pairs,) each. Pairs may come in any order, and repeatedly."""

    origin: IntArray  # state
    destination: IntArray  # state
    klass: SmallArray
    volume: FloatArray  # >= 0


class Paths(NamedTuple):
    """Paths of pairs, one after the other, and how much flows on each.

    Paths of pair p are ``first_path[p]:first_path[p + 1]``; links of path q are
    ``link[first_link[q]:first_link[q + 1]]``, in order of travel.
    """

    first_path: LongArray  # (n_pairs + 1,)
    first_link: LongArray  # (n_paths + 1,)
    link: IntArray
    flow: FloatArray  # (n_paths,)
