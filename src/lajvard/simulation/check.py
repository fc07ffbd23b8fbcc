"""Whether a model can be played: indices within their ranges, numbers that make sense."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lajvard.simulation.model import ENGINE_ACTIVITIES, EVERY_DAY, Model, StepKind
from lajvard.simulation.random_kernels import N_KNOTS
from lajvard.simulation.utilisation import expected_arrivals

NONE = -1
MOST_JOURNEYS = 20_000_000
"""So many unit loads can set out in one replication: about ten times the built-in corridor's."""


def model_problems(model: Model) -> tuple[str, ...]:
    """All that keeps a model from being played; empty when nothing does.

    Returns
    -------
    tuple of str
        One sentence a problem, without the full stop.
    """
    return tuple(
        problem
        for part in (_names, _sources, _routes, _steps, _branches, _stations, _gates, _lines, _rest)
        for problem in part(model)
    )


def too_many(model: Model) -> str:
    """Why a model would fill the memory; empty when it does not.

    Returns
    -------
    str
        How many unit loads are expected, and where most of them come from.
    """
    expected = expected_arrivals(model)
    if not expected.sum() > MOST_JOURNEYS:
        return ""
    most = int(expected.argmax())
    return (
        f"{expected.sum():,.0f} unit loads would set out, {expected[most]:,.0f} of them of "
        f"'{model.source_names[most]}', and at most {MOST_JOURNEYS:,} can be simulated at once"
    )


def _within(name: str, ix: NDArray[np.integer], n: int, least: int = 0) -> Iterator[str]:
    """Indices have to be at least `least` and below `n`."""
    wrong = np.flatnonzero((ix < least) | (ix >= n))
    if len(wrong):
        yield f"{name}[{wrong[0]}] is {ix[wrong[0]]}, expected {least} to {n - 1}"


def _ascending(name: str, first: NDArray[np.integer], values: NDArray[np.float64]) -> Iterator[str]:
    """Values have to ascend within each part that `first` cuts out."""
    for part in range(len(first) - 1):
        if (np.diff(values[first[part] : first[part + 1]]) < 0).any():
            yield f"{name} does not ascend in part {part}"


def _starts(name: str, first: NDArray[np.integer], n_parts: int, n: int) -> Iterator[str]:
    """Beginnings of parts have to cover all."""
    if len(first) != n_parts + 1 or first[0] != 0 or first[-1] != n or (np.diff(first) < 0).any():
        yield f"{name} has to ascend from 0 to {n} in {n_parts + 1} entries"


def _names(model: Model) -> Iterator[str]:
    if model.activity_names[: len(ENGINE_ACTIVITIES)] != ENGINE_ACTIVITIES:
        yield "activity_names have to begin with ENGINE_ACTIVITIES"
    if not 0 < model.horizon_h < 500_000:
        yield f"horizon_h is {model.horizon_h}, expected more than 0 and less than 500000"
    if model.quantiles.ndim != 2 or model.quantiles.shape[1] != N_KNOTS:
        yield f"quantiles has the shape {model.quantiles.shape}, expected (any, {N_KNOTS})"
    elif (model.quantiles < 0).any() or not np.isfinite(model.quantiles).all():
        yield "quantiles have to be finite and >= 0"
    if len(model.month_start_h) != 13 or (np.diff(model.month_start_h) <= 0).any():
        yield "month_start_h has to ascend in 13 entries"


def _sources(model: Model) -> Iterator[str]:
    sources, n = model.sources, len(model.source_names)
    if n > np.iinfo(np.int16).max:
        yield f"{n} sources, at most {np.iinfo(np.int16).max} are possible"
    yield from _starts("sources.first_rate", sources.first_rate, n, len(sources.rate_time_h))
    yield from _starts(
        "sources.first_scheduled", sources.first_scheduled, n, len(sources.scheduled_h)
    )
    yield from _starts("sources.first_route", sources.first_route, n, len(model.route_names))
    yield from _ascending("sources.rate_time_h", sources.first_rate, sources.rate_time_h)
    yield from _ascending("sources.rate_total", sources.first_rate, sources.rate_total)
    yield from _ascending("sources.scheduled_h", sources.first_scheduled, sources.scheduled_h)
    yield from _within("sources.class_ix", sources.class_ix, len(model.class_priority))
    if (np.diff(sources.first_route) < 1).any():
        yield "every source needs a route"
    if (model.class_priority < 0).any():
        yield "class_priority has to be >= 0"
    if (sources.rate_time_h < 0).any() or (sources.scheduled_h < 0).any():
        yield "arrivals before hour 0"


def _routes(model: Model) -> Iterator[str]:
    first = model.routes.first_step
    yield from _starts("routes.first_step", first, len(model.route_names), len(model.steps.kind))
    if (np.diff(first) < 1).any():
        yield "every route needs a step"


def _steps(model: Model) -> Iterator[str]:
    steps = model.steps
    kind = steps.kind
    yield from _within("steps.kind", kind, len(StepKind))
    for which, n in (
        (StepKind.STATION, len(model.station_names)),
        (StepKind.SERVICE, len(model.line_names)),
        (StepKind.PERMIT, len(model.pool_names)),
    ):
        yield from _within(f"steps.target of {which.name}", steps.target[kind == which], n)
    yield from _within("steps.distribution", steps.distribution, len(model.quantiles), NONE)
    yield from _within("steps.gate", steps.gate, len(model.gate_names), NONE)
    yield from _within("steps.link_gate", steps.link_gate, len(model.gate_names), NONE)
    yield from _within("steps.ahead", steps.ahead, len(model.station_names), NONE)
    yield from _within("steps.rule", steps.rule, len(model.rules.driving_h), NONE)
    yield from _within("steps.activity", steps.activity, len(model.activity_names))
    yield from _within("steps.place", steps.place, len(model.place_ids))
    if not (np.isfinite(steps.scale) & (steps.scale >= 0)).all():
        yield "steps.scale has to be finite and >= 0"
    if not (steps.patience_h >= 0).all():
        yield "steps.patience_h has to be >= 0"
    service = kind == StepKind.SERVICE
    if (steps.units[service] <= 0).any():
        yield "steps.units of a service have to be > 0"
    targets = np.clip(steps.target[service], 0, None)
    capacity = model.lines.capacity
    if len(capacity) and targets.max(initial=0) < len(capacity):
        for k in np.flatnonzero(service)[steps.units[service] > capacity[targets]]:
            yield f"step {k} takes {steps.units[k]} units, more than its line carries"


def _branches(model: Model) -> Iterator[str]:
    """A branch ends within its route, and so does another route after a closed gate."""
    steps, first = model.steps, model.routes.first_step
    lengths = np.diff(first)
    if len(first) < 2 or (lengths < 0).any() or first[-1] != len(steps.kind):
        return
    end = np.repeat(first[1:], lengths)
    after = np.arange(len(end)) + 1 + np.where(steps.kind == StepKind.BRANCH, steps.skip, 0)
    wrong = np.flatnonzero((after > end) | (steps.skip < 0))
    if len(wrong):
        yield f"branch {wrong[0]} skips beyond the end of its route"
    switches = steps.other_route >= 0
    yield from _within("steps.other_route", steps.other_route[switches], len(lengths))
    yield from _within("steps.other_step", steps.other_step[switches], len(end))


def _stations(model: Model) -> Iterator[str]:
    stations, n = model.stations, len(model.station_names)
    yield from _starts("stations.first_shift", stations.first_shift, n, len(stations.shift_time_h))
    yield from _starts("stations.first_gate", stations.first_gate, n, len(stations.gate))
    yield from _within("stations.gate", stations.gate, len(model.gate_names))
    yield from _ascending("stations.shift_time_h", stations.first_shift, stations.shift_time_h)
    if (np.diff(stations.first_shift) < 1).any():
        yield "every station needs a shift"
    elif (stations.shift_time_h[stations.first_shift[:-1]] != 0).any():
        yield "the first shift of a station has to begin at hour 0"
    if (stations.shift_servers < 0).any():
        yield "stations.shift_servers has to be >= 0"
    if len(stations.yard) != n or ((stations.yard < 1) & (stations.yard != NONE)).any():
        yield "stations.yard has to be at least 1, or -1 for no limit"


def _gates(model: Model) -> Iterator[str]:
    gates, n = model.gates, len(model.gate_names)
    yield from _starts("gates.first_dated", gates.first_dated, n, len(gates.dated_from_h))
    yield from _ascending("gates.dated_from_h", gates.first_dated, gates.dated_from_h)
    if len(gates.rate_per_h) != n or (gates.rate_per_h < 0).any():
        yield "gates.rate_per_h has to be >= 0, one entry a gate"
    if len(gates.left) != n or ((gates.left < 0) | (gates.left > 1)).any():
        yield "gates.left has to be in [0, 1], one entry a gate"
    if (gates.mean_closed_h < 0).any():
        yield "gates.mean_closed_h has to be >= 0"


def _lines(model: Model) -> Iterator[str]:
    lines, n = model.lines, len(model.line_names)
    n_fleets, n_terminals = len(model.fleets.first_vessel) - 1, len(model.fleets.berths)
    yield from _within("lines.fleet", lines.fleet, n_fleets)
    yield from _within("lines.origin", lines.origin, n_terminals)
    yield from _within("lines.destination", lines.destination, n_terminals)
    yield from _within("lines.operation", lines.operation, 3)
    yield from _within("lines.sailing", lines.sailing, len(model.quantiles), NONE)
    yield from _within("lines.gate", lines.gate, len(model.gate_names), NONE)
    yield from _within("fleets.vessel_home", model.fleets.vessel_home, n_terminals)
    yield from _starts("lines.first_departure", lines.first_departure, n, len(lines.departure_h))
    yield from _ascending("lines.departure_h", lines.first_departure, lines.departure_h)
    if ((lines.departure_h < 0) | (lines.departure_h >= 168)).any():
        yield "lines.departure_h has to be within a week"
    if (lines.headway_h[lines.operation == 1] <= 0).any():
        yield "lines.headway_h has to be > 0"
    yield from _starts("lines.first_loss", lines.first_loss, n, len(lines.loss))
    yield from _within("lines.loss", lines.loss, len(model.gate_names))
    if (lines.capacity <= 0).any():
        yield "lines.capacity has to be > 0"
    times = (lines.max_wait_h, lines.loading_h, lines.unloading_h)
    if not all((hours >= 0).all() for hours in (*times, lines.loading_unit_h)):
        yield "lines.max_wait_h, loading_h, unloading_h and loading_unit_h have to be >= 0"
    if ((model.fleets.berths < 1) & (model.fleets.berths != NONE)).any():
        yield "fleets.berths has to be at least 1, or -1 for no limit"


def _rest(model: Model) -> Iterator[str]:
    rules, pools = model.rules, model.pools
    banned = ~np.isnan(rules.ban_from_h) & (rules.ban_days & EVERY_DAY == EVERY_DAY)
    if (banned & ((rules.ban_until_h - rules.ban_from_h) % 24 == 0)).any():
        yield "rules.ban_from_h and ban_until_h leave no hour of any day to drive in"
    if (rules.driving_h <= 0).any() or (rules.rest_h < 0).any():
        yield "rules.driving_h has to be > 0 and rest_h >= 0"
    if (pools.quota < 0).any() or (pools.period_h[np.isfinite(pools.quota)] <= 0).any():
        yield "pools.quota has to be >= 0 and period_h > 0"
