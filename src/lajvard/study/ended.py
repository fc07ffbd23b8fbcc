"""The journeys of a simulated log that came to their end.

A simulation stops while many are under way: of their journeys a part is missing.
"""

import datetime as dt
from collections.abc import Iterator

import ibis
import pyarrow as pa

from lajvard.simulation.model import Model, StepKind
from lajvard.study.columns import LogNames

JOURNEY = ("run_id", "replication", "journey_id")


def ended_journeys(log: ibis.Table, model: Model, *, since: dt.datetime) -> ibis.Table:
    """The rows of the journeys that ended, at `since` or later.

    A journey has ended when its last row is one with which its route can end: an activity of a
    step, and not a wait for it, at the last place of the route.
    """
    place = ibis.coalesce(log.link_id, log.node_id)
    rows = log.mutate(place=place)
    last = rows.group_by(JOURNEY).aggregate(
        end=rows.end.max(),
        last_route=rows.route.max(),
        last_place=rows.place.argmax(rows.seq),
        last_activity=rows.activity.argmax(rows.seq),
    )
    ends = ibis.memtable(_table(model))
    ended = last.filter(last.end >= since).semi_join(
        ends, ["last_route", "last_place", "last_activity"]
    )
    return log.semi_join(ended, JOURNEY)


def _table(model: Model) -> pa.Table:
    found = sorted(set(_ends(model)))
    names = ("last_route", "last_place", "last_activity")
    columns = zip(*found, strict=True) if found else ((), (), ())
    return pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns, strict=True)})


def _ends(model: Model) -> Iterator[tuple[str, str, str]]:
    """Route, place and activity of the steps at the last place of each route."""
    names, steps = LogNames.of(model), model.steps
    first = model.routes.first_step.tolist()
    for route, start, end in zip(names.routes, first[:-1], first[1:], strict=True):
        for step in range(end - 1, start - 1, -1):
            if steps.place[step] != steps.place[end - 1]:
                break
            if steps.kind[step] != StepKind.BRANCH:
                yield route, names.places[steps.place[step]], _last_activity(model, names, step)


def _last_activity(model: Model, names: LogNames, step: int) -> str:
    """The activity of the last row of a step: a vessel is unloaded after it sailed."""
    steps = model.steps
    if steps.kind[step] == StepKind.SERVICE and model.lines.unloading_h[steps.target[step]] > 0:
        return "unloading"
    return names.activities[int(steps.activity[step])]
