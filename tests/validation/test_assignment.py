"""Published equilibria: best-known flows and objectives of the TransportationNetworks collection.

The networks are published for research and not ours to ship: ``LAJVARD_TNTP`` names a folder with
SiouxFalls, Anaheim, Winnipeg and Chicago-Sketch of the collection. The published flows are read
from there too; only the objective of Chicago Sketch is stated here.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from lajvard.flows.arrays import FacilityKind
from lajvard.flows.assign import assign
from lajvard.flows.objective import beckmann
from lajvard.flows.tntp import read_tntp_flows, read_tntp_network, read_tntp_trips

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
