"""The engine and its plain twin write the same log, row by row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.twin import Row, Twin
from tests.simulation.samples import everything, random_model

from lajvard.simulation.build import ModelBuilder
from lajvard.simulation.model import Model, StepKind
from lajvard.simulation.simulate import Replication, simulate_replication


def engine_rows(model: Model, result: Replication) -> list[Row]:
    log = result.log
    assert log is not None
    names = [model.activity_names[ix] for ix in log.activity]
    whole = (log.place, log.start_s, log.end_s, log.step, log.source, log.route)
    columns = (column.tolist() for column in whole)
    return list(
        zip(
            log.journey.tolist(), log.seq.tolist(), names, *columns, log.share.tolist(), strict=True
        )
    )


def same(rows: list[Row], others: list[Row]) -> None:
    for ix, (mine, theirs) in enumerate(zip(rows, others, strict=False)):
        assert mine[:-1] == theirs[:-1], ix
        assert mine[-1] == pytest.approx(theirs[-1], abs=1e-6)
    assert len(rows) == len(others)


def met(model: Model, rows: list[Row]) -> list[Row]:
    """Rows of what happens among others, which both write when it ends.

    What a consignment does alone, the engine writes down before it has happened.
    """
    kind, target = model.steps.kind, model.steps.target
    alone = np.isin(kind, (StepKind.MOVE, StepKind.DELAY))
    asks = kind == StepKind.PERMIT
    alone[asks] = np.isinf(model.pools.quota[target[asks]])
    return [
        row
        for row in rows
        if row[2] not in ("rest", "night_ban") and not (row[6] >= 0 and alone[row[6]])
    ]


def compare(model: Model, seed: int, replication: int = 0) -> Twin:
    result = simulate_replication(model, seed=seed, replication=replication, log="all")
    twin = Twin(model, seed, replication).run()
    rows = engine_rows(model, result)
    same(sorted(rows), sorted(twin.rows))
    same(met(model, rows), met(model, twin.rows))
    s = result.statistics
    assert s.n_begun == twin.journeys
    assert s.n_ended == len(twin.finished)
    assert s.routes.time_sum_h.sum() == pytest.approx(sum(hours for _, hours in twin.finished))
    for ix, station in enumerate(twin.stations):
        assert s.stations.waits[ix] == len(station.waits)
        assert s.stations.wait_sum_h[ix] == pytest.approx(sum(station.waits))
    for ix, pool in enumerate(twin.pools):
        assert s.pools.waits[ix] == len(pool.waits)
        assert s.pools.wait_sum_h[ix] == pytest.approx(sum(pool.waits))
    for ix, line in enumerate(twin.lines):
        assert s.lines.departures[ix] == len(line.loads)
        assert s.lines.carried[ix] == pytest.approx(sum(line.loads))
        assert s.lines.waits[ix] == len(line.waits)
        assert s.lines.wait_sum_h[ix] == pytest.approx(sum(line.waits))
    return twin


@pytest.mark.parametrize("seed", range(4))
def test_twin__writes_the_same_log_with_everything_on(seed: int) -> None:
    model = everything()
    twin = compare(model, seed)
    used = {row[2] for row in twin.rows}
    assert set(model.activity_names[:10]) <= used


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_twin__writes_the_same_log_of_models_made_at_random(seed: int) -> None:
    compare(random_model(seed), seed=seed, replication=seed % 3)


@pytest.mark.validate
def test_twin__writes_the_same_log_of_a_thousand_models() -> None:
    for seed in range(1000):
        compare(random_model(seed), seed=seed)


def test_twin__agrees_when_the_tables_have_to_grow() -> None:
    model = everything(horizon_h=300.0, rate=12.0)
    compare(model, 3)
    assert np.isfinite(model.horizon_h)


@pytest.mark.parametrize("seed", range(4))
def test_twin__drives_by_the_same_rows_past_gates_that_close_meanwhile(seed: int) -> None:
    """One move after another is played in one go, up to a gate that is closed by then."""
    b = ModelBuilder(horizon_h=300.0, n_places=7)
    pass_road = b.gate("pass", rate_per_h=0.05, mean_closed_h=10.0, dated=[(100.0, 130.0)])
    rule = b.rule(driving_h=4.5, rest_h=6.0, ban=(22.0, 4.0), ban_days=0b1011001)
    hours = b.time("lognormal", 6.0, 0.4)
    steps = [
        b.step(StepKind.MOVE, distribution=hours, place=0),
        b.step(StepKind.MOVE, distribution=hours, place=1, gate=pass_road),
        b.step(StepKind.DELAY, distribution=hours, place=2),
        b.step(StepKind.MOVE, distribution=hours, place=3, rule=rule, gate=pass_road),
        b.step(StepKind.MOVE, distribution=hours, place=4, rule=rule),
        b.step(StepKind.STATION, target=b.station("post", 2), distribution=hours, place=5),
        b.step(StepKind.MOVE, distribution=hours, place=6),
    ]
    b.source("lorries", [(1.0, steps)], rate_per_h=0.2)
    model = b.build()
    twin = compare(model, seed)
    assert {"closure", "rest", "night_ban", "queue"} <= {row[2] for row in twin.rows}
