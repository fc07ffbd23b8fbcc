"""Freight flows: a scenario on the built-in corridor, warm-started, and what its parts take.

Prints CPU seconds, the best of several calls in one run; `make bench` runs it.
"""

import time
from collections.abc import Callable

from lajvard.analysis.case_studies.transit_rules import closed_crossings
from lajvard.assignment.assign import assign
from lajvard.case.case import Case
from lajvard.corridor import Corridor, built_in
from lajvard.flows.assign_flows import GAPS, MODELS, FlowResult, assign_flows
from lajvard.flows.bottlenecks import adapted
from lajvard.flows.virtual import Virtual, virtual_network

REPEATS = 7


def taken(what: Callable[[], object], repeats: int = REPEATS) -> float:
    """Least CPU seconds that a call takes, after one that compiles and warms up."""
    what()
    seconds = []
    for _ in range(repeats):
        began = time.process_time()
        what()
        seconds.append(time.process_time() - began)
    return min(seconds)


def scenario_problem(corridor: Corridor, base: FlowResult) -> Virtual:
    """The assignment problem with Torkham and Chaman shut."""
    case = Case(corridor, scenario=closed_crossings())
    return virtual_network(case, case.best_sets, adapted(base.bottlenecks, case))


def equilibrium(corridor: Corridor, model: str) -> None:
    """A scenario by an equilibrium: from the base's paths, and from nothing."""
    base = assign_flows(Case(corridor), model=model)
    problem = scenario_problem(corridor, base)
    settings = {
        "model": model,
        "relative_gap": GAPS[model],
        "scale": problem.scale,
        "path_size": 1.0 if model == "sue" else 0.0,
    }

    def run(start: object) -> object:
        return assign(problem.network, problem.demand, start=start, **settings)  # type: ignore[arg-type]

    warm, cold = taken(lambda: run(base.assignment)), taken(lambda: run(None))
    print(f"  {model}: warm {1000 * warm:6.1f} ms, cold {1000 * cold:6.1f} ms, "
          f"cold over warm {cold / warm:.1f}")  # fmt: skip


def main() -> None:
    corridor = built_in()
    scenario = closed_crossings()
    print("Torkham and Chaman shut, equilibrium on the compiled problem:")
    for model in ("ue", "so", "sue"):
        equilibrium(corridor, model)
    print("the same from the tables on (networks, choice sets, bottlenecks, shares), base given:")
    for model in MODELS:
        base = assign_flows(Case(corridor), model=model)
        whole = taken(
            lambda model=model, base=base: assign_flows(
                Case(corridor, scenario=scenario),
                model=model,  # type: ignore[misc]
                base=base,
            ),
            repeats=3,
        )
        print(f"  {model}: {1000 * whole:6.0f} ms")
    shut = corridor.apply(scenario)
    whole = taken(lambda: Case(shut).sets, repeats=3)
    best = taken(lambda: Case(shut).best_sets, repeats=3)
    print(f"networks and choice sets {1000 * whole:.0f} ms; best routes only {1000 * best:.0f} ms")


if __name__ == "__main__":
    main()
