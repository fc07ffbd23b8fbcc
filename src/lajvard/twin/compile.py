"""Compiling a corridor and the routes through it into the model of a simulation."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from lajvard.case.choice import Choice
from lajvard.case.demand import Flow, flows_of
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.schema import first_day
from lajvard.simulation.model import Model
from lajvard.twin.arrivals import month_starts_h
from lajvard.twin.assumptions import Assumptions
from lajvard.twin.probes import probe_flows
from lajvard.twin.work import Before, ModelBuild, ModelWork

DEFAULT_YEAR = 2025
"""The simulated year of a description that names no day: 365 days, beginning on a Wednesday."""

CHOICE = Choice()


def compile_model(
    corridor: Corridor,
    *,
    as_of: str | dt.date | None = None,
    year: int | None = None,
    demand: Sequence[Flow] | None = None,
    choice: Choice = CHOICE,
    assumptions: Assumptions | None = None,
    background: bool = True,
    days: float | None = None,
) -> Model:
    """The model of a simulated year of a corridor.

    Parameters
    ----------
    corridor
        The description, with the patches of a scenario if there is one.
    as_of
        Rows in force on that day are simulated. By default the middle of `year` when that is
        given, else the description as it stands: rows without an end.
    year
        The simulated year; by default that of `as_of`, else `DEFAULT_YEAR`. When a day or a year
        is given, the dated closures of that year happen.
    demand
        Flows instead of those of the table `demand`.
    choice
        How unit loads choose their routes.
    assumptions
        What the description does not say; by default with the rows of its table `parameter`.
    background
        Whether borders and services also see the observed traffic beyond the described demand.
    days
        Length of the simulation; by default the whole year. Beyond the end of the year, December
        goes on for closures, and demand goes on as the year began.

    Raises
    ------
    InputError
        The description does not compile (see `compile_network`), or no flow has a route.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> model = compile_model(built_in(), days=60)
    >>> model.horizon_h, float(model.routes.share_total[-1])
    (1440.0, 1.0)
    """
    return build_model(
        corridor,
        as_of=as_of,
        year=year,
        demand=demand,
        choice=choice,
        assumptions=assumptions,
        background=background,
        days=days,
    ).model


def build_model(
    corridor: Corridor,
    *,
    as_of: str | dt.date | None = None,
    year: int | None = None,
    demand: Sequence[Flow] | None = None,
    choice: Choice = CHOICE,
    assumptions: Assumptions | None = None,
    background: bool = True,
    days: float | None = None,
    probes: bool = False,
    before: Corridor | None = None,
) -> ModelBuild:
    """Like `compile_model`, with the calibrated posts, the choice sets and notes beside it.

    With `probes`, single unit loads go along every way that the corridor compares; see
    `lajvard.twin.probes`. `before` is the description without the scenario: what its posts
    can do, and the traffic beside the described demand, stay as they are there, so that what the
    scenario sends elsewhere meets a queue.
    """
    day, simulated = _when(corridor, as_of, year)
    year_h = float(month_starts_h(simulated)[-1])
    horizon_h = year_h if days is None else days * 24.0
    if not horizon_h > 0:
        raise InputError("days", f"{days} days cannot be simulated", "Give a number above 0.")

    def ready(described: Corridor, before: Before | None) -> ModelWork:
        view = _in_force(described, day)
        flows = flows_of(view) if demand is None else tuple(demand)
        if probes:
            flows = (*flows, *probe_flows(view))
        assumed = assumptions or Assumptions.of(view)
        work = ModelWork(described, view, simulated, day is not None, choice, assumed, horizon_h)
        work.choose(flows)
        work.add_background(wanted=background, before=before)
        return work

    usual = None
    if before is not None and before.tables != corridor.tables:
        usual = ready(before, None).before()
    return ready(corridor, usual).build()


def _when(
    corridor: Corridor, as_of: str | dt.date | None, year: int | None
) -> tuple[dt.date | None, int]:
    """The day whose rows are in force, and the simulated year."""
    day = first_day(as_of) if isinstance(as_of, str) else as_of or corridor.date
    if day is None and year is not None:
        day = dt.date(year, 7, 1)
    return day, year or (day.year if day else DEFAULT_YEAR)


def _in_force(corridor: Corridor, day: dt.date | None) -> Corridor:
    """The rows in force, without dated closures: these are gates in time and cut no link."""
    if day is not None:
        corridor = corridor.as_of(day)
    for table in corridor:
        keep = np.ones(len(table), dtype=np.bool_)
        if day is None and table.name != "source":
            keep = np.array([not cell for cell in table.text("until")], dtype=np.bool_)
        if table.name == "closure":
            keep &= np.array([kind == "random" for kind in table.text("kind")], dtype=np.bool_)
        if not keep.all():
            corridor = corridor.with_table(table.select(keep))
    return corridor
