"""What comes to stations, lines and pools, against hand sums and what the engine counts."""

import numpy as np
import pytest
from tests.simulation.samples import everything

from lajvard.simulation.build import ModelBuilder
from lajvard.simulation.model import StepKind
from lajvard.simulation.simulate import simulate_replication
from lajvard.simulation.utilisation import loads, step_rates_h


def test_step_rates__are_what_the_engine_does() -> None:
    """Of a model with every kind of step, where nothing is so full that it holds them back."""
    model = everything()
    counts = simulate_replication(model, seed=1, replication=0).statistics
    rates = step_rates_h(model)
    begun = counts.n_begun / model.horizon_h
    first = model.routes.first_step[:-1]
    assert rates[first].sum() == pytest.approx(begun, rel=0.1)
    done = counts.steps_done / model.horizon_h
    for source in range(len(model.source_names)):
        routes = slice(*model.sources.first_route[source : source + 2].tolist())
        for route in range(routes.start, routes.stop):
            steps = range(*model.routes.first_step[route : route + 2].tolist())
            for at in steps:
                if done[steps.start] * model.horizon_h > 200:
                    assert done[at] / done[steps.start] <= rates[at] / rates[steps.start] * 1.2


def test_loads__of_a_station_are_its_work_over_its_servers() -> None:
    b = ModelBuilder(horizon_h=1000.0)
    post = b.station("post", shifts=[(0.0, 2), (500.0, 4)])
    half = b.step(StepKind.STATION, target=post, distribution=b.time("exponential", 1.5, 1.0))
    b.source("lorries", [(0.5, [half]), (0.5, [half, half])], rate_per_h=1.0)
    (load,) = loads(b.build())
    assert load.per_day == pytest.approx(24 * 1.5)
    assert load.capacity_per_day == pytest.approx(24 * 3 / 1.5, rel=1e-3)
    assert load.utilisation == pytest.approx(0.75, rel=1e-3)


@pytest.mark.parametrize(("rate", "full"), [(0.9, False), (1.1, True)])
def test_loads__tell_which_line_and_pool_is_asked_for_too_much(rate: float, full: bool) -> None:
    b = ModelBuilder(horizon_h=1000.0)
    here, there = b.terminal(), b.terminal()
    sailing = b.time("fixed", 10.0)
    timed = b.line("timed", b.fleet(), here, there, capacity=24.0, operation=1, headway_h=24.0,
                   sailing=sailing)  # fmt: skip
    visa = b.pool("visa", quota=24.0, period_h=24.0)
    steps = [b.step(StepKind.PERMIT, target=visa), b.step(StepKind.SERVICE, target=timed)]
    b.source("lorries", [(1.0, steps)], rate_per_h=rate)
    found = {load.name: load for load in loads(b.build())}
    assert {name: load.utilisation > 1 for name, load in found.items()} == {
        "timed": full,
        "visa": full,
    }
    np.testing.assert_allclose([load.utilisation for load in found.values()], rate)
