"""Traffic beside the flows as planned steps: it only fills posts and ships."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lajvard.case.choice import LineKey
from lajvard.case.traffic import Background
from lajvard.simulation.model import StepKind
from lajvard.twin.lines import ServiceLine
from lajvard.twin.steps import Plan, Planner


def background_plans(
    background: Sequence[Background],
    planner: Planner,
    lines: Mapping[LineKey, ServiceLine],
    gates: Mapping[str, Sequence[str]],
) -> Iterator[tuple[Background, tuple[Plan, ...]]]:
    """The steps of other traffic: it uses posts and ships, and pays and emits nothing.

    Parameters
    ----------
    gates
        The gates of each service; the first holds its ships, and the second those who come.
    """
    for item in background:
        plans = [
            replace(plan, cost_usd=0.0, emission_kgco2e=0.0, distance_km=0.0, move=0)
            for plan in planner.plans(item.network, item.move)
            if plan.kind in (StepKind.STATION, StepKind.SERVICE)
        ]
        for ix, plan in enumerate(plans):
            if plan.line is not None:
                held = tuple(gates.get(plan.line[0], ())[1:2])
                units = lines[plan.line].unit_m or 1.0
                plans[ix] = replace(plan, gates=held, units=units)
        yield item, tuple(plans)
