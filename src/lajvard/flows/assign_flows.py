"""Running a flow model on a corridor: base, scenario, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lajvard.assignment.assign import assign
from lajvard.assignment.result import Assignment, Iteration
from lajvard.case import Case, refuse_other_days
from lajvard.case.choice import ChoiceSet
from lajvard.errors import InputError, did_you_mean
from lajvard.flows.bottlenecks import Bottleneck, adapted, bottlenecks_of
from lajvard.flows.fit import SharePair, compare_shares
from lajvard.flows.tables import (
    bottlenecks_table,
    commodities_table,
    countries_table,
    links_table,
    pairs_table,
    routes_table,
    ways_table,
)
from lajvard.flows.tables_known import changes_table, fit_table, known_table, left_out_table
from lajvard.flows.virtual import Virtual, routes_of, virtual_network
from lajvard.network.arrays import FloatArray
from lajvard.progress import Progress, Report, quiet
from lajvard.tables import ResultTable

MODELS = {
    "logit": "choice of routes by logit, at the described times of borders",
    "sue": "stochastic user equilibrium: logit, at the times that result",
    "ue": "user equilibrium: nobody can save by another route",
    "so": "system optimum: the least cost of all together",
}
"""The models and what they say."""

GAPS = {"sue": 1e-4, "ue": 1e-6, "so": 1e-6}
"""Relative gaps at which an equilibrium is taken as reached."""


@dataclass(frozen=True, eq=False)
class FlowResult:
    """Who takes which way, and what that does to borders and services.

    Attributes
    ----------
    title, scenario, as_of, model
        What was modelled, and how.
    sets, shares
        Routes in use of each flow with their generalised costs, and their shares.
    bottlenecks
        Crossings, fleets and services with a known capacity.
    assignment
        The equilibrium, None for the logit.
    base
        The result without the scenario, None for a base.
    """

    title: str
    scenario: str
    as_of: str
    model: str
    case: Case = field(repr=False)
    sets: tuple[ChoiceSet, ...] = field(repr=False)
    shares: tuple[FloatArray, ...] = field(repr=False)
    bottlenecks: tuple[Bottleneck, ...] = field(repr=False)
    assignment: Assignment | None = field(default=None, repr=False)
    base: "FlowResult | None" = field(default=None, repr=False)

    @cached_property
    def fit(self) -> tuple[SharePair, ...]:
        """The observed shares beside the modelled ones."""
        return compare_shares(self.case.view, self.sets, self.shares)

    @cached_property
    def tables(self) -> Mapping[str, ResultTable]:
        """The answers by name."""
        sets, shares, case = self.sets, self.shares, self.case
        made = [
            ways_table(case, sets, shares),
            countries_table(case, sets, shares),
            pairs_table(sets, shares, case.empties),
            routes_table(case, sets, shares),
            links_table(sets, shares),
            bottlenecks_table(case, sets, shares, self.bottlenecks),
            commodities_table(sets, shares),
            fit_table(self.fit),
            known_table(case),
            left_out_table(case.left_out),
        ]
        if self.base is not None:
            made.append(changes_table(self.base.tables["ways"], made[0]))
        return {table.name: table for table in made}

    def as_dict(self) -> dict[str, Any]:
        """All tables by name, as JSON has them; see `ResultTable.as_dict`."""
        return {name: table.as_dict() for name, table in self.tables.items()}

    def _repr_html_(self) -> str:
        return self.tables["ways"]._repr_html_()

    @property
    def tonnes_per_year(self) -> float:
        """Tonnes a year of all flows."""
        return sum(one.flow.tonnes_per_year for one in self.sets)

    def share_of(self, flow: str, way: str) -> float:
        """Share of a flow that takes a way; 0 if none does.

        Raises
        ------
        InputError
            There is no such flow.
        """
        names = [one.flow.name for one in self.sets]
        if flow not in names:
            raise InputError("flow", f"unknown flow '{flow}'", did_you_mean(flow, names))
        rows = self.tables["ways"]
        taken = (row for row in rows if row["demand_id"] == flow and row["way"] == way)
        return sum(row.number("share") for row in taken)


def assign_flows(
    case: Case,
    *,
    model: str = "logit",
    base: FlowResult | None = None,
    relative_gap: float | None = None,
    max_iterations: int = 500,
    progress: Report = quiet,
) -> FlowResult:
    """Put the flows of a case on its routes.

    Parameters
    ----------
    case
        The corridor on a day; under a scenario the result has the one without it beside it.
    model
        One of `MODELS`. The logit is the default: freight over long distances spreads over ways
        that an equilibrium would leave empty [1]_.
    base
        A result of the same model without the scenario, so that it is not computed again. An
        equilibrium starts from its paths.
    relative_gap, max_iterations
        When an equilibrium is reached, and when to give up; see `lajvard.assignment.assign.assign`.
    progress
        Told what is being done, and how far an equilibrium is.

    Raises
    ------
    InputError
        An unknown model, a description that does not compile, or no flow with a route.
    NumericsError
        An equilibrium was not reached: with the gap, and what to change.

    References
    ----------
    .. [1] Jourquin, Limbourg (2006), Equilibrium traffic assignment on large virtual networks:
       implementation issues and limits for multi-modal freight transport, EJTIR 6:205-228.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> result = assign_flows(Case(built_in()))
    >>> 0 < result.share_of("TR-AF-all", "Iran") < 1
    True
    """
    if model not in MODELS:
        remedy = did_you_mean(model, [*MODELS]) or f"Models are: {', '.join(MODELS)}."
        raise InputError("model", f"unknown model '{model}'", remedy)
    if base is not None and base.model != model:
        remedy = "Give a base of the same model."
        raise InputError("base", f"a result of '{base.model}' for a model '{model}'", remedy)
    refuse_other_days(case)
    gap = GAPS.get(model, 0.0) if relative_gap is None else relative_gap

    def solved(case: Case, before: FlowResult | None) -> FlowResult:
        return _solve(case, model, before, gap, max_iterations, progress)

    if case.scenario is None:
        return base or solved(case, None)
    return solved(case, base or solved(case.base, None))


def _solve(
    case: Case,
    model: str,
    base: FlowResult | None,
    relative_gap: float,
    max_iterations: int,
    progress: Report,
) -> FlowResult:
    """Shares of a case; a scenario keeps the traffic that the base found beside the flows."""
    progress(Progress("Choosing routes"))
    found = bottlenecks_of(case) if base is None else adapted(base.bottlenecks, case)
    equilibrium = None
    if model == "logit":
        sets, shares = case.sets, case.shares
    else:
        given = case.sets if base is None else case.best_sets
        virtual = virtual_network(case, given, found)
        start = _start(base, virtual)
        equilibrium = _assign(virtual, model, relative_gap, max_iterations, start, progress)
        sets, shares = routes_of(given, virtual, equilibrium)
    name = case.scenario.name if case.scenario else ""
    day = case.as_of.isoformat() if case.as_of else ""
    return FlowResult(
        case.view.title, name, day, model, case, sets, shares, found, equilibrium, base
    )


def _start(base: FlowResult | None, virtual: Virtual) -> Assignment | None:
    """The base to start from; None where a scenario adds or removes classes of flows."""
    start = base.assignment if base is not None else None
    if start is None or len(start.network.weight) != len(virtual.network.weight):
        return None
    return start


def _assign(
    virtual: Virtual,
    model: str,
    relative_gap: float,
    max_iterations: int,
    start: Assignment | None,
    progress: Report,
) -> Assignment:
    def show(step: Iteration) -> None:
        note = f"gap {step.gap:.1e} of {step.wanted:.0e}"
        progress(Progress("Equilibrium, iterations", step.iteration, max_iterations, note=note))

    return assign(
        virtual.network,
        virtual.demand,
        model=model,  # type: ignore[arg-type]
        relative_gap=relative_gap,
        max_iterations=max_iterations,
        start=start,
        progress=show,
        scale=virtual.scale,
        path_size=1.0 if model == "sue" else 0.0,
    )
