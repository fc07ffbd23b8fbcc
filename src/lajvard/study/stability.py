"""Places of a run whose queue grew without end, and the flows that pass them.

What is measured of journeys counts those that ended. Where a queue never stops growing, most have
not, and those that have are the lucky ones: their times and prices say too little.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from lajvard.simulation.model import FloatArray, Model, StepKind
from lajvard.simulation.simulate import Statistics
from lajvard.simulation.utilisation import loads

GROWN = 1.3
"""A queue grows when its mean is so many times larger in each quarter than in the one before: one
that only a winter's storms fill settles again."""

DAYS = 3.0
"""And when it then holds more than the arrivals of so many days, and half more than usual."""

_KINDS = {"station": StepKind.STATION, "line": StepKind.SERVICE, "permit": StepKind.PERMIT}


class Unstable(NamedTuple):
    """A station, line or pool with a queue that does not settle."""

    kind: str
    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.why}"


class _Total(NamedTuple):
    """Queues by the hour and waits that ended, added up over `n` replications."""

    n: int
    queue: FloatArray  # (n_hours, n_places)
    waits: FloatArray  # (n_places,)


def _totals(counts: Iterable[Statistics]) -> list[_Total]:
    """Of stations, lines and pools, with one replication in memory at a time."""
    found: list[_Total] = []
    for each in counts:
        parts = (each.stations, each.lines, each.pools)
        new = [_Total(1, part.queue_by_hour, part.waits.astype(np.float64)) for part in parts]
        if not found:
            found = new
            continue
        found = [
            _Total(old.n + 1, old.queue + more.queue, old.waits + more.waits)
            for old, more in zip(found, new, strict=True)
        ]
    return found or [_Total(1, np.empty((0, 0)), np.empty(0))] * len(_KINDS)


def unstable_places(model: Model, counts: Iterable[Statistics]) -> tuple[Unstable, ...]:
    """The places that get more than they can deal with, by what comes or by how their queue grew.

    Parameters
    ----------
    counts
        Of all replications, warm-up included.
    """
    found = {}
    for load in loads(model):
        own = load.name.split(" and ") if load.kind == "fleet" else [load.name]
        kind = "line" if load.kind == "fleet" else load.kind
        for name in own if load.utilisation >= 1 else ():
            why = f"{100 * load.utilisation:.0f} % of what it can deal with comes"
            found[kind, name] = Unstable(kind, name, why)
    things = (model.station_names, model.line_names, model.pool_names)
    for kind, names, total in zip(_KINDS, things, _totals(counts), strict=True):
        per_day = total.waits / (total.n * model.horizon_h / 24)
        for ix, (before, after) in _grown(total.queue / total.n, per_day).items():
            why = f"its queue grew to {after:,.0f}, and is {before:,.0f} in the median"
            found.setdefault((kind, names[ix]), Unstable(kind, names[ix], why))
    return tuple(found.values())


def _grown(queue: FloatArray, per_day: FloatArray) -> Mapping[int, tuple[float, float]]:
    """Places whose mean queue grew, with its median and what it was at the end."""
    eighth = len(queue) // 8
    if eighth < 24:
        return {}
    second, third, fourth = (
        queue[2 * at * eighth : 2 * (at + 1) * eighth].mean(axis=0) for at in (1, 2, 3)
    )
    usual, end = np.median(queue, axis=0), queue[-eighth:].mean(axis=0)
    grown = (third > GROWN * second) & (fourth > GROWN * third)
    grown &= (end > 1.5 * usual) & (end > DAYS * np.maximum(per_day, 1.0))
    return {int(ix): (float(usual[ix]), float(end[ix])) for ix in np.flatnonzero(grown)}


def flows_through(model: Model, places: Iterable[Unstable]) -> frozenset[str]:
    """The sources of which a route passes one of these places."""
    wanted: dict[int, set[int]] = {}
    names = {"station": model.station_names, "line": model.line_names, "permit": model.pool_names}
    for place in places:
        ixs = {ix for ix, name in enumerate(names[place.kind]) if name == place.name}
        wanted.setdefault(int(_KINDS[place.kind]), set()).update(ixs)
    steps = model.steps
    met = np.zeros(len(steps.kind), dtype=np.bool_)
    for kind, ixs in wanted.items():
        met |= (steps.kind == kind) & np.isin(steps.target, list(ixs))
    route = np.searchsorted(model.routes.first_step, np.flatnonzero(met), side="right") - 1
    source = np.searchsorted(model.sources.first_route, np.unique(route), side="right") - 1
    return frozenset(model.source_names[ix] for ix in np.unique(source).tolist())
