"""The result of an assignment, and what can be asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard.assignment.arrays import Demand, FloatArray, FlowNetwork, LongArray, Paths
from lajvard.assignment.delay import delays_and_slopes
from lajvard.errors import InputError


class Iteration(NamedTuple):
    """How far an assignment was after an iteration."""

    iteration: int
    gap: float
    wanted: float
    seconds: float
    n_paths: int


class SelectedFlow(NamedTuple):
    """The flow that passes some chosen links."""

    link_flow: FloatArray  # (n_classes, n_links)
    volume: FloatArray  # (n_pairs,) of each pair that passes
    share: FloatArray  # (n_pairs,) of its volume; 0 for pairs without volume


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who takes which route; see `lajvard.assignment.assign.assign`.

    Attributes
    ----------
    network, demand, model
        What was assigned, and how.
    paths
        Paths of each pair of the demand, and their flows.
    link_flow : (n_classes, n_links)
    facility_load, facility_delay_h : (n_facilities,)
    least_cost : (n_pairs,)
        Cost of the cheapest path at these flows, 0 from a state to itself, infinite where a pair
        without volume is not connected. For a system optimum, marginal cost.
    objective
        User equilibrium: Beckmann's function, in cost units of the first class that has both a
        weight and a load, not a number where no such function exists; system optimum: total cost;
        stochastic: Fisk's function, where Beckmann's exists.
    relative_gap
        User equilibrium and system optimum: share of the (marginal) cost of all flow that it would
        save on cheapest paths. Stochastic: share of all flow that is not where its logit would
        have it.
    iterations, history
        How the gap fell.
    """

    network: FlowNetwork = field(repr=False)
    demand: Demand = field(repr=False)
    model: str
    paths: Paths = field(repr=False)
    link_flow: FloatArray = field(repr=False)
    facility_load: FloatArray = field(repr=False)
    facility_delay_h: FloatArray = field(repr=False)
    least_cost: FloatArray = field(repr=False)
    objective: float
    relative_gap: float
    iterations: int
    history: tuple[Iteration, ...] = field(repr=False)

    @property
    def volume_over_capacity(self) -> FloatArray:
        """Load of each facility over its capacity, (n_facilities,)."""
        return self.facility_load / self.network.facilities.capacity

    @cached_property
    def link_cost(self) -> FloatArray:
        """What a unit of each class pays on each link, (n_classes, n_links)."""
        network = self.network
        has = network.facility >= 0
        delay = np.zeros(len(network.facility))
        delay[has] = self.facility_delay_h[network.facility[has]]
        return network.fixed + network.weight[:, None] * delay

    @property
    def total_cost(self) -> float:
        """What all flow pays."""
        used = self.link_flow > 0
        return float((self.link_flow[used] * self.link_cost[used]).sum())

    def marginal_costs(self) -> FloatArray:
        """What one unit more of each class on each link costs everybody, (n_classes, n_links).

        Its own cost, and the load it adds times the slope of the delay times what an hour costs
        all who pass the facility: in a system optimum the toll is the second part.
        """
        network = self.network
        _, slope = delays_and_slopes(network.facilities, self.facility_load)
        has = network.facility >= 0
        at = network.facility[has]
        worth = network.weight @ self.link_flow
        worth_at = np.bincount(at, weights=worth[has], minlength=len(slope))
        cost = self.link_cost.copy()
        cost[:, has] += network.load[:, has] * (slope * worth_at)[at]
        return cost

    def skim(self, values: FloatArray) -> FloatArray:
        """Mean over the paths in use, by flow, of a sum along the path.

        Parameters
        ----------
        values : (n_links,) or (n_classes, n_links)
            Kilometres, hours, USD.

        Returns
        -------
        (n_pairs,)
            0 from a state to itself; not a number for other pairs without volume.
        """
        values = np.asarray(values, dtype=np.float64)
        shape = self.network.fixed.shape
        if values.shape not in (shape, shape[1:]):
            what = f"values of shape {values.shape}, expected {shape[1:]} or {shape}"
            raise InputError("skim", what)
        paths = self.paths
        by_class = np.broadcast_to(values, shape)
        used = by_class[self._link_class, paths.link]
        per_path = _sums(used, paths.first_link)
        total = _sums(per_path * paths.flow, paths.first_path)
        flow = _sums(paths.flow, paths.first_path)
        with np.errstate(invalid="ignore"):
            found = total / flow
        found[self.demand.origin == self.demand.destination] = 0.0
        return found

    def select_link(self, links: Sequence[int], *, of: str = "any") -> SelectedFlow:
        """The flow whose path contains any, or all, of some links.

        Examples
        --------
        See `lajvard.assignment.assign.assign`.
        """
        n_links = len(self.network.tail)
        wrong = [link for link in links if not 0 <= link < n_links]
        if wrong or of not in ("any", "all"):
            what = f"links {wrong}" if wrong else f"of '{of}'"
            raise InputError("select_link", what, f"Links are 0 to {n_links - 1}; of: any, all.")
        paths = self.paths
        hits = np.zeros(len(paths.flow), dtype=np.int64)
        for link in set(links):
            hits += _sums((paths.link == link).astype(np.float64), paths.first_link) > 0
        chosen = hits >= (len(set(links)) if of == "all" else 1)
        flow = np.where(chosen, paths.flow, 0.0)
        link_flow = _link_flows(self._link_class, paths, flow, self.network.fixed.shape)
        volume = _sums(flow, paths.first_path)
        total = self.demand.volume
        share = np.divide(volume, total, out=np.zeros_like(volume), where=total > 0)
        return SelectedFlow(link_flow, volume, share)

    @cached_property
    def path_pair(self) -> LongArray:
        """The pair of each path, (n_paths,)."""
        pairs = np.arange(len(self.demand.origin))
        return np.repeat(pairs, np.diff(self.paths.first_path))

    @cached_property
    def _link_class(self) -> NDArray[np.int8]:
        """The class of each link of each path."""
        klass = self.demand.klass[self.path_pair]
        return np.repeat(klass, np.diff(self.paths.first_link))


def _sums(values: FloatArray, first: LongArray) -> FloatArray:
    """Sums of consecutive stretches, some of which may be empty."""
    owner = np.repeat(np.arange(len(first) - 1), np.diff(first))
    sums = np.bincount(owner, weights=values, minlength=len(first) - 1)
    return sums.astype(np.float64, copy=False)


def _link_flows(
    link_class: NDArray[np.int8], paths: Paths, flow: FloatArray, shape: tuple[int, ...]
) -> FloatArray:
    """Flow of each class on each link."""
    key = link_class.astype(np.int64) * shape[1] + paths.link
    on_link = np.repeat(flow, np.diff(paths.first_link))
    sums = np.bincount(key, weights=on_link, minlength=shape[0] * shape[1])
    return sums.astype(np.float64, copy=False).reshape(shape)
