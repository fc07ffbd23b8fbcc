"""Published equilibria: best-known flows and objectives of the TransportationNetworks collection.

The networks are published for research and not ours to ship: ``LAJVARD_TNTP`` names a folder with
SiouxFalls, Anaheim, Winnipeg and Chicago-Sketch of the collection. The published flows are read
from there too; only the objective of Chicago Sketch is stated here.
"""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from lajvard.assignment.arrays import FacilityKind
from lajvard.assignment.assign import assign
from lajvard.assignment.objective import beckmann
from lajvard.assignment.tntp import read_tntp_flows, read_tntp_network, read_tntp_trips

NETWORKS = {
    "SiouxFalls": {},
    "Anaheim": {},
    "Winnipeg": {},
    "ChicagoSketch": {"length_weight": 0.04, "toll_weight": 0.02},
}
OBJECTIVES = {"ChicagoSketch": 17_313_018.7387}
FOLDER = os.environ.get("LAJVARD_TNTP", "")


@pytest.mark.validate
@pytest.mark.skipif(not FOLDER, reason="LAJVARD_TNTP names no folder with the published networks")
@pytest.mark.parametrize("name", NETWORKS)
def test_assign__meets_published_flows(name: str) -> None:
    (path,) = Path(FOLDER).rglob(f"{name}_net.tntp")
    network = read_tntp_network(path, **NETWORKS[name])
    demand = read_tntp_trips(path.with_name(f"{name}_trips.tntp"))
    published = read_tntp_flows(path.with_name(f"{name}_flow.tntp"), network)
    found = assign(network, demand, relative_gap=1e-12)
    assert found.relative_gap <= 1e-12
    theirs = beckmann(network, published.volume[None], published.volume)
    assert found.objective == pytest.approx(theirs, rel=1e-10)
    if name in OBJECTIVES:
        assert found.objective == pytest.approx(OBJECTIVES[name], abs=1e-4)
    # costs are unique, and flows where the cost depends on them
    depends = network.facilities.kind != FacilityKind.CONSTANT
    assert found.link_cost[0] == pytest.approx(published.cost, rel=1e-7, abs=1e-7)
    assert found.link_flow[0][depends] == pytest.approx(published.volume[depends], abs=1e-3)
    largest = np.abs(found.link_flow[0] - published.volume)[depends].max()
    print(f"\n{name}: objective {found.objective:.12g}, published flows {theirs:.12g}; ", end="")
    print(f"flows differ by {largest:.1e} at most, gap {found.relative_gap:.1e}")


@pytest.mark.validate
@pytest.mark.skipif(not FOLDER, reason="LAJVARD_TNTP names no folder with the published networks")
@pytest.mark.parametrize("name", ["SiouxFalls", "Anaheim"])
def test_assign__a_stochastic_equilibrium_is_a_logit_at_its_own_costs(name: str) -> None:
    """Flows of all paths are worked out again from the link flows, by the plain formulas.

    And the sharper the choice, the nearer it is to the published deterministic equilibrium.
    """
    (path,) = Path(FOLDER).rglob(f"{name}_net.tntp")
    network = read_tntp_network(path)
    demand = read_tntp_trips(path.with_name(f"{name}_trips.tntp"))
    published = read_tntp_flows(path.with_name(f"{name}_flow.tntp"), network)
    best = beckmann(network, published.volume[None], published.volume)
    excess = []
    for scale in (0.5, 2.0, 8.0):
        start = time.process_time()
        found = assign(network, demand, model="sue", scale=scale, relative_gap=1e-8)
        seconds = time.process_time() - start
        what, paths = network.facilities, found.paths
        at = network.facility
        volume = found.link_flow[0]
        ratio = np.where(what.capacity > 0, volume[at.argsort()] / what.capacity, 0.0)
        delay = what.free_h * (1 + what.alpha * ratio**what.beta)
        link_cost = network.fixed[0] + delay[at]
        cost = np.add.reduceat(link_cost[paths.link], paths.first_link[:-1])
        pair = found.path_pair
        least = np.full(len(demand.volume), np.inf)
        np.minimum.at(least, pair, cost)
        weight = np.exp(-scale * (cost - least[pair]))
        logit = demand.volume[pair] * weight / np.bincount(pair, weight)[pair]
        off = np.abs(logit - paths.flow).sum() / demand.volume.sum()
        assert off < 1e-6
        excess.append(beckmann(network, found.link_flow, volume) / best - 1)
        print(f"\n{name}, SUE at scale {scale}: {len(paths.flow):,} paths, {seconds:.2f} s CPU, "
              f"gap {found.relative_gap:.1e}, flows off the logit by {off:.1e}, objective "
              f"{excess[-1]:.2%} above the deterministic", end="")  # fmt: skip
    assert excess[0] > excess[1] > excess[2] > 0
    assert excess[2] < 0.01
