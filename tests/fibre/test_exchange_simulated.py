"""The outages of the data link as the engine plays them, beside the closed form."""

import numpy as np
import pytest

from lajvard.case.channels import Channels
from lajvard.case.closures import link_gate
from lajvard.fibre.line.availability import YEAR_H
from lajvard.fibre.line.exchange import DataLink
from lajvard.simulation.build import ModelBuilder
from lajvard.simulation.model import StepKind
from lajvard.simulation.simulate import simulate_replication

GREEN, HOURS, YEARS = 0.7, 2.0, 40


@pytest.mark.parametrize("link", [DataLink(6, 24), DataLink(30, 100), DataLink(0.5, 720)])
def test_engine__nobody_goes_green_while_the_link_is_down(link: DataLink) -> None:
    """The share that is inspected is 1 - green x availability, and outages come in bursts."""
    channels = Channels(outages_per_year=link.outages_per_year, outage_h=link.outage_h)
    gate = link_gate("etir", channels)
    b = ModelBuilder(horizon_h=YEARS * YEAR_H)
    at = b.gate(gate.name, rate_per_h=gate.rate_per_h, mean_closed_h=gate.mean_closed_h)
    steps = [
        b.step(StepKind.BRANCH, probability=GREEN, skip=1, link_gate=at),
        b.step(StepKind.DELAY, distribution=b.time("fixed", HOURS)),
        b.step(StepKind.DELAY, distribution=b.time("fixed", 1.0)),
    ]
    b.source("lorries", [(1.0, steps)], rate_per_h=0.5)
    model = b.build()
    inspected = []
    for replication in range(4):
        log = simulate_replication(model, seed=3, replication=replication, log="all").log
        assert log is not None
        lengths = (log.end_s.astype(np.int64) - log.start_s) / 3600.0
        whole = np.bincount(log.journey - log.journey.min(), lengths)
        inspected.append(whole[whole > 0] > 1.5)
    share = np.mean(np.concatenate(inspected))
    assert share == pytest.approx(1 - GREEN * link.up, abs=0.012)
    runs = max(_longest_run(row) for row in inspected)
    independent = np.log(sum(map(len, inspected))) / -np.log(share)
    assert runs > 1.5 * independent, "outages are shared by all who come in them"


def _longest_run(flags: np.ndarray) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return int((edges[1::2] - edges[::2]).max())
