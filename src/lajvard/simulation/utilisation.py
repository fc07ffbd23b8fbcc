"""What comes to each station, line and pool of a model, and what it can deal with."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from lajvard.simulation.distributions import table_moments
from lajvard.simulation.model import FloatArray, Model, StepKind

WEEK_H = 168.0
WHEN_FULL, HEADWAY, TIMETABLE = range(3)


class Load(NamedTuple):
    """How much comes to one place, in the mean over the simulated time.

    Attributes
    ----------
    kind
        ``station``, ``line``, ``fleet`` or ``permit``.
    per_day, capacity_per_day
        Unit loads (of a line: units, of a fleet: sailings) that come, and that can be dealt with.
    """

    kind: str
    name: str
    per_day: float
    capacity_per_day: float

    @property
    def utilisation(self) -> float:
        """What comes over what can be dealt with; from 1 on a queue grows without end."""
        return self.per_day / self.capacity_per_day if self.capacity_per_day > 0 else np.inf

    def __str__(self) -> str:
        what = "sailings" if self.kind == "fleet" else "unit loads"
        come, most = (f"{value:,.3g}" for value in (self.per_day, self.capacity_per_day))
        return (
            f"{self.name}: {come} {what} a day come and {most} can be dealt with, "
            "so that the queue grows"
        )


def loads(model: Model) -> tuple[Load, ...]:
    """The loads of all stations, lines, fleets and pools that something comes to.

    Notes
    -----
    Arrivals are those of the sources, by the shares of their routes and the probabilities of
    branches. A station deals with its servers (mean over its shifts) divided by the mean service
    time; a line that keeps times with its capacity a departure; a fleet that leaves when full with
    its vessels over the mean time of a sailing; a pool with its quota. Closures and full yards,
    which make it less, are not counted.
    """
    rates = step_rates_h(model)
    return (
        *_stations(model, rates),
        *_lines(model, rates),
        *_fleets(model, rates),
        *_pools(model, rates),
    )


def expected_arrivals(model: Model) -> FloatArray:
    """Unit loads that set out from each source before the horizon, as expected: (n_sources,)."""
    sources, until = model.sources, model.horizon_h
    found = np.zeros(len(model.source_names))
    for source in range(len(found)):
        rated = slice(*sources.first_rate[source : source + 2].tolist())
        listed = slice(*sources.first_scheduled[source : source + 2].tolist())
        if rated.start < rated.stop:
            times, totals = sources.rate_time_h[rated], sources.rate_total[rated]
            found[source] = np.interp(until, times, totals)
        found[source] += np.searchsorted(sources.scheduled_h[listed], until)
    return found


def step_rates_h(model: Model) -> FloatArray:
    """How often each step is done an hour, in the mean over the horizon: (n_steps,)."""
    sources, routes, steps = model.sources, model.routes, model.steps
    rates = np.zeros(len(steps.kind) + 1)
    for source, expected in enumerate(expected_arrivals(model).tolist()):
        begin, end = sources.first_route[source : source + 2]
        shares = np.diff(routes.share_total[begin:end], prepend=0.0)
        for route, share in zip(range(begin, end), shares.tolist(), strict=True):
            steps_of = range(*routes.first_step[route : route + 2].tolist())
            if len(steps_of):
                rates[steps_of.start] += share * expected / model.horizon_h
                _pass_on(model, rates, steps_of)
    return rates[:-1]


def _pass_on(model: Model, rates: FloatArray, steps_of: range) -> None:
    """From each step of a route to those that follow it."""
    kinds, jumps = model.steps.kind[steps_of.start : steps_of.stop], model.steps
    for at, kind in zip(steps_of, kinds.tolist(), strict=True):
        on = rates[at]
        if kind == StepKind.BRANCH:
            beyond = at + 1 + int(jumps.skip[at])
            away = on * float(jumps.probability[at])
            on -= away
            if beyond < steps_of.stop:
                rates[beyond] += away
        if at + 1 < steps_of.stop:
            rates[at + 1] += on


def _stations(model: Model, rates: FloatArray) -> Iterator[Load]:
    steps, stations = model.steps, model.stations
    mean_h = np.array([table_moments(table)[0] for table in model.quantiles])
    at = np.flatnonzero(steps.kind == StepKind.STATION)
    times = np.where(steps.distribution[at] >= 0, mean_h[steps.distribution[at]], 0.0)
    n = len(model.station_names)
    come = np.bincount(steps.target[at], rates[at], n)
    work = np.bincount(steps.target[at], rates[at] * times * steps.scale[at], n)
    for ix in np.flatnonzero(work > 0).tolist():
        shifts = slice(*stations.first_shift[ix : ix + 2].tolist())
        ends = np.append(stations.shift_time_h[shifts], model.horizon_h).clip(max=model.horizon_h)
        servers = float(stations.shift_servers[shifts] @ np.diff(ends)) / model.horizon_h
        most = servers * come[ix] / work[ix]
        yield Load("station", model.station_names[ix], 24 * come[ix], 24 * most)


def _units(model: Model, rates: FloatArray) -> FloatArray:
    """Units an hour that come for each line: (n_lines,)."""
    steps = model.steps
    at = np.flatnonzero(steps.kind == StepKind.SERVICE)
    asked = rates[at] * steps.units[at]
    return np.bincount(steps.target[at], asked, len(model.line_names)).astype(np.float64)


def _lines(model: Model, rates: FloatArray) -> Iterator[Load]:
    lines, come = model.lines, _units(model, rates)
    for ix in np.flatnonzero((come > 0) & (lines.operation != WHEN_FULL)).tolist():
        if lines.operation[ix] == HEADWAY:
            departures = 1.0 / float(lines.headway_h[ix])
        else:
            departures = float(np.diff(lines.first_departure[ix : ix + 2])[0]) / WEEK_H
        most = float(lines.capacity[ix]) * departures
        yield Load("line", model.line_names[ix], 24 * float(come[ix]), 24 * most)


def _fleets(model: Model, rates: FloatArray) -> Iterator[Load]:
    """Fleets of which all lines leave when full: their vessels are all that limits them."""
    lines, come = model.lines, _units(model, rates)
    mean_h = np.array([table_moments(table)[0] for table in model.quantiles])
    for fleet, vessels in enumerate(np.diff(model.fleets.first_vessel).tolist()):
        own = np.flatnonzero((lines.fleet == fleet) & (come > 0))
        if not len(own) or (lines.operation[own] != WHEN_FULL).any():
            continue
        sailings = come[own] / lines.capacity[own]
        hours = mean_h[lines.sailing[own]] + lines.loading_h[own] + lines.unloading_h[own]
        each = lines.loading_unit_h[own] + lines.unloading_unit_h[own]
        hours = hours + each * lines.capacity[own]
        name = " and ".join(model.line_names[ix] for ix in own.tolist())
        most = vessels * sailings.sum() / float(sailings @ hours)
        yield Load("fleet", name, 24 * float(sailings.sum()), 24 * float(most))


def _pools(model: Model, rates: FloatArray) -> Iterator[Load]:
    steps, pools = model.steps, model.pools
    at = np.flatnonzero(steps.kind == StepKind.PERMIT)
    come = np.bincount(steps.target[at], rates[at], len(model.pool_names))
    for ix in np.flatnonzero(np.isfinite(pools.quota) & (come > 0)).tolist():
        most = float(pools.quota[ix] / pools.period_h[ix])
        yield Load("permit", model.pool_names[ix], 24 * float(come[ix]), 24 * most)
