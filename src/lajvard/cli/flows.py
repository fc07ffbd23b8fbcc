"""``lajvard flows``: who takes which way, and what that does to borders."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lajvard.cli.app import app, examples
from lajvard.cli.flows_tntp import LengthWeight, Scale, TntpFolder, TollWeight, assign_folder
from lajvard.cli.options import BUILT_IN, AsJson, AsOf, CorridorOption, changed, complete_scenario
from lajvard.cli.out import (
    counted,
    heading,
    note,
    print_csv,
    print_json,
    print_table,
    say,
    telling,
)
from lajvard.errors import InputError, NumericsError, did_you_mean
from lajvard.tables.numbers import percent

if TYPE_CHECKING:
    from lajvard.flows.assign_flows import FlowResult
    from lajvard.flows.fit import Fit
    from lajvard.tables import ResultTable

MODELS = {
    "logit": "choice of routes at described times (the default)",
    "sue": "stochastic user equilibrium: choice at the times that result",
    "ue": "user equilibrium: nobody can save by another route",
    "so": "system optimum: the least cost of all together",
}
TABLES = (
    *(
        "ways",
        "countries",
        "flows",
        "routes",
        "links",
        "bottlenecks",
        "commodities",
        "fit",
        "known",
    ),
    *("left_out", "changes", "experiment"),
)
"""What --csv can print."""

_LEAST = 0.005
"""Ways that a smaller share of a flow takes are not listed."""


def complete_model(incomplete: str) -> Iterator[tuple[str, str]]:
    """The models and what they say."""
    yield from (pair for pair in MODELS.items() if pair[0].startswith(incomplete))


def complete_answer(incomplete: str) -> Iterator[str]:
    """The tables that --csv can print."""
    yield from (name for name in TABLES if name.startswith(incomplete))


@app.command(
    epilog=examples(
        "lajvard flows",
        "lajvard flows --scenario torkham-chaman-closed",
        "lajvard flows --model sue --scenario faster-border.yaml",
        "lajvard flows --csv --table bottlenecks > bottlenecks.csv",
        "lajvard flows --years 5 --out flows-2030.gpkg",
        "lajvard flows --experiment",
        "lajvard flows --tntp SiouxFalls --gap 1e-10 --out links.csv",
    )
)
def flows(
    corridor: CorridorOption = BUILT_IN,
    as_of: AsOf = None,
    scenario: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="What to change: a built-in scenario or a YAML file. It is compared with the "
            "corridor as described.",
            autocompletion=complete_scenario,
        ),
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            metavar="MODEL",
            help="; ".join(f"{name}: {text}" for name, text in MODELS.items()) + ".",
            autocompletion=complete_model,
        ),
    ] = "logit",
    years: Annotated[
        float,
        typer.Option(
            metavar="N", min=0, help="Years of growth at the corridor's rate (flows-growth)."
        ),
    ] = 0.0,
    gravity: Annotated[
        bool,
        typer.Option(
            "--gravity",
            help="Estimate the flows of pairs of places that nobody counted, which takes many that "
            "were. By default they are not known and left out.",
        ),
    ] = False,
    gap: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            min=1e-14,
            help="Relative gap at which an equilibrium is reached; else 1e-6, and 1e-4 for sue.",
        ),
    ] = None,
    max_iterations: Annotated[
        int, typer.Option(metavar="N", min=1, help="When to give up an equilibrium.")
    ] = 500,
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="Flows and borders to list; 0 lists all.")
    ] = 10,
    fit: Annotated[
        bool,
        typer.Option("--fit", help="Fit the choice of routes to the observed shares instead."),
    ] = False,
    experiment: Annotated[
        bool,
        typer.Option(
            "--experiment",
            help="Compare the model with what happened to Afghan transit through Pakistan.",
        ),
    ] = False,
    json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one row a flow and way.")] = False,
    table: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"With --csv: another table. One of {', '.join(TABLES)}.",
            autocompletion=complete_answer,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE|DIR",
            help="Write all tables: .xlsx, .gpkg (links as lines, for QGIS), or a folder of "
            "Parquet files.",
        ),
    ] = None,
    tntp: TntpFolder = None,
    length_weight: LengthWeight = None,
    toll_weight: TollWeight = None,
    scale: Scale = 1.0,
) -> None:
    """Put the trade of a corridor on its routes.

    Says what share of each flow takes which way, at what time and price, and how full borders and
    ferries get. The routes are those of `lajvard routes`; how many take each follows from their
    generalised cost: price, time, reliability and risk. With a scenario, base and scenario are
    compared. Tonnes are mostly estimates from trade values: see the basis of each flow.

    Which model: logit for the shares of ways; sue when borders or ferries may fill up, by growth, a
    closure or a slower post, since queues then push goods elsewhere; ue and so as limits to compare
    with: over long distances they send nearly all of a flow by one way, which freight does not do.
    """
    if tntp is not None:
        weights = length_weight, toll_weight
        assign_folder(
            tntp,
            model=model,
            gap=gap,
            max_iterations=max_iterations,
            weights=weights,
            scale=scale,
            json=json,
            out=out,
        )
        return
    _check(csv=csv, json=json, table=table, scenario=scenario, experiment=experiment, fit=fit)
    if model not in MODELS:
        remedy = did_you_mean(model, [*MODELS]) or f"Models are: {', '.join(MODELS)}."
        raise InputError("model", f"unknown model '{model}'", remedy)
    from lajvard.analysis.case_studies.transit_rules import natural_experiment
    from lajvard.case import Case
    from lajvard.flows.assign_flows import assign_flows
    from lajvard.flows.export import checked_path

    if out is not None:
        checked_path(out)
    with telling("Reading the corridor") as tell:
        described = changed(corridor, None)
        if fit:
            fitted = _fitted(described, as_of, tell)
        else:
            with _options_in_remedies():
                case = Case(
                    described,
                    scenario=scenario,
                    as_of=as_of,
                    growth_years=years,
                    gravity=gravity,
                    progress=tell,
                )
                result = assign_flows(
                    case,
                    model=model,
                    relative_gap=gap,
                    max_iterations=max_iterations,
                    progress=tell,
                )
            seen = natural_experiment(described, progress=tell) if experiment else None
    if fit:
        _print_fit(fitted)
        return
    if experiment and seen is None:
        remedy = "It belongs to the built-in corridor."
        raise InputError(corridor, "the corridor does not hold the natural experiment", remedy)
    from lajvard.case import not_considered

    for text in not_considered(case):
        note(text, aside=json or csv)
    more = {"experiment": seen} if seen is not None else {}
    _answer(result, more, limit, json=json, csv=csv, table=table, out=out)


@contextmanager
def _options_in_remedies() -> Iterator[None]:
    """An equilibrium that is not reached names the options of this command."""
    try:
        yield
    except NumericsError as error:
        if error.where != "assign":
            raise
        remedy = "Raise --max-iterations, or allow a larger --gap."
        raise NumericsError(error.where, error.what, remedy) from None


def _check(
    *, csv: bool, json: bool, table: str | None, scenario: str | None, experiment: bool, fit: bool
) -> None:
    """What excludes each other, or needs another option."""
    if csv and json:
        raise typer.BadParameter("--csv and --json exclude each other.")
    if table is not None and not csv:
        raise typer.BadParameter("--table needs --csv.")
    if table is not None and table not in TABLES:
        remedy = did_you_mean(table, TABLES) or f"Tables are: {', '.join(TABLES)}."
        raise typer.BadParameter(f"unknown table '{table}'. {remedy}")
    if table == "changes" and scenario is None:
        raise typer.BadParameter("--table changes needs --scenario.")
    if table == "experiment" and not experiment:
        raise typer.BadParameter("--table experiment needs --experiment.")
    if fit and (csv or json or scenario or experiment):
        raise typer.BadParameter("--fit stands alone: it prints what to write into parameter.csv.")


def _answer(
    result: "FlowResult",
    more: "dict[str, ResultTable]",
    limit: int,
    *,
    json: bool,
    csv: bool,
    table: str | None,
    out: Path | None,
) -> None:
    from lajvard.flows.export import flows_json, write_flows

    written = write_flows(result, out, more=more) if out is not None else None
    if json:
        print_json(flows_json(result, more))
    elif csv:
        print_csv({**result.tables, **more}[table or "ways"].records())
    else:
        print_flows(result, limit)
        if more:
            print_experiment(more["experiment"])
        if written is not None:
            say()
            say(f"Written: {written}")


# ---------------------------------------------------------------- the answer for people


def print_flows(result: "FlowResult", limit: int) -> None:
    """Shares by way of the largest flows, the fullest borders, and what a scenario changes."""
    from lajvard.flows.assign_flows import MODELS as MEANING

    day = f", as of {result.as_of}" if result.as_of else ""
    say(f"{result.title}{day}")
    if result.scenario:
        say(f"scenario {result.scenario}, compared with the corridor as described")
    say(f"{result.model}: {MEANING[result.model]}")
    million = result.tonnes_per_year / 1e6
    by_basis = ", ".join(
        f"{percent(part, plain=True)} {basis}" for basis, part in _bases(result).items()
    )
    say(f"{counted(len(result.sets), 'flow')}, {million:,.1f} million t a year ({by_basis})")
    if result.assignment is not None:
        found = result.assignment
        steps = counted(found.iterations, "iteration")
        say(f"Equilibrium: relative gap {found.relative_gap:.1e} after {steps}")
    _print_countries(result)
    _print_ways(result, limit)
    if result.base is not None:
        _print_changes(result, limit)
    _print_bottlenecks(result, limit)
    _print_fit_line(result)
    left_out = result.tables["left_out"]
    if len(left_out):
        rows = counted(len(left_out), "row")
        say(f"{rows} of demand not modelled: --csv --table left_out says why.")


def print_demo_flows(result: "FlowResult", experiment: "ResultTable | None") -> None:
    """A few flows of the base, and the natural experiment."""
    _print_countries(result.base or result)
    if experiment is not None:
        print_experiment(experiment)


def _bases(result: "FlowResult") -> dict[str, float]:
    """Share of the tonnes by where they come from."""
    tonnes: dict[str, float] = {}
    for one in result.sets:
        tonnes[one.flow.basis] = tonnes.get(one.flow.basis, 0.0) + one.flow.tonnes_per_year
    total = sum(tonnes.values())
    return {basis: part / total for basis, part in sorted(tonnes.items(), key=lambda x: -x[1])}


def _print_countries(result: "FlowResult") -> None:
    """What part of each country's trade takes which named way; other ways together."""
    named = {way.title: way.title.split(" (")[0] for way in result.case.alternatives}
    shares: dict[str, dict[str, float]] = {}
    tonnes: dict[str, float] = {}
    for row in result.tables["countries"]:
        country, name = row.text("country"), named.get(row.text("way"), "other ways")
        by_way = shares.setdefault(country, {})
        by_way[name] = by_way.get(name, 0.0) + row.number("share")
        tonnes[country] = tonnes.get(country, 0.0) + row.number("tonnes_per_year")
    names = [*named.values(), "other ways"]
    heads = [name for name in names if any(by.get(name, 0.0) >= _LEAST for by in shares.values())]
    heading("Trade of each country by way, percent of its tonnes")
    rows = [
        (country, f"{tonnes[country] / 1e6:,.1f}", *(f"{100 * by.get(h, 0.0):.0f}" for h in heads))
        for country, by in shares.items()
    ]
    print_table(("country", "million t", *heads), rows)
    say("Other ways: straight by land between neighbours, or without a name.")


def _print_ways(result: "FlowResult", limit: int) -> None:
    flows_by_size = sorted(result.sets, key=lambda one: -one.flow.tonnes_per_year)
    shown = flows_by_size[: limit or None]
    heading("Shares by way")
    rows = []
    for one in shown:
        flow, network = one.flow, one.network
        names = [
            network.node_names[network.node_ix(end)] for end in (flow.origin, flow.destination)
        ]
        title = f"{flow.name} ({names[0].split(' (')[0]} - {names[1].split(' (')[0]})"
        tonnes = f"{flow.tonnes_per_year / 1000:,.0f}"
        for row in result.tables["ways"]:
            if row["demand_id"] == flow.name and row.number("share") >= _LEAST:
                days, cost = row.number("time_h") / 24, row.number("cost_usd")
                share = percent(row.number("share"), 1, plain=True)
                rows.append((title, tonnes, row.text("way"), share, f"{days:,.1f}", f"{cost:,.0f}"))
                title, tonnes = "", ""
    print_table(("flow", "1000 t/a", "way", "share", "days", "USD a load"), rows)
    if len(shown) < len(flows_by_size):
        more = counted(len(flows_by_size) - len(shown), "more flow")
        say(f"and {more}: lajvard flows --limit 0 lists all.")


def _print_changes(result: "FlowResult", limit: int) -> None:
    heading("What the scenario changes")
    rows = [
        (
            row.text("demand_id"),
            row.text("way"),
            percent(row.number("base_share"), 1, plain=True),
            percent(row.number("share"), 1, plain=True),
            f"{row.number('change_tonnes_per_year') / 1000:+,.0f}",
        )
        for row in result.tables["changes"].rows[: limit or None]
        if abs(row.number("change_tonnes_per_year")) >= 50
    ]
    if rows:
        print_table(("flow", "way", "base", "scenario", "1000 t/a"), rows)
    else:
        say("No way gains or loses 50 t a year.")


def _print_bottlenecks(result: "FlowResult", limit: int) -> None:
    rows = [
        (
            row.text("name"),
            row.text("unit"),
            f"{row.number('volume_per_year') / 365.25:,.1f}",
            _or_dash(row.number("capacity_per_year") / 365.25, 1),
            _or_dash(row.number("volume_over_capacity"), 2),
            _or_dash(row.number("delay_h"), 1),
            _or_dash(row.number("described_delay_h"), 1),
        )
        for row in result.tables["bottlenecks"]
        if row.number("described_per_year") > 0.5
    ][: limit or None]
    if not rows:
        return
    heading("Fullest borders and services that these flows use")
    heads = ("where", "unit", "a day", "capacity", "v/c", "hours", "described")
    print_table(heads, rows)
    say("Capacities are estimates, - where nobody counted: see --csv --table bottlenecks.")


def _or_dash(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}" if value == value else "-"


def _print_fit_line(result: "FlowResult") -> None:
    from lajvard.flows.fit import Fit

    pairs = result.fit
    if pairs:
        given = result.case.parameters
        rmse = Fit(given.scale, given.nest, pairs).rmse
        n = counted(sum(pair.observed.fitted for pair in pairs), "observed share")
        say()
        say(f"Against {n} the model is off by {100 * rmse:.0f} points (root mean square).")


_FIGURES = ("observed", "modelled", "modelled_low", "modelled_high", "error")
"""Columns of the natural experiment that hold figures."""


def print_experiment(table: "ResultTable") -> None:
    """What happened beside what the model says."""
    heading(table.title)
    rows = [
        (
            row.text("what"),
            row.text("period"),
            "%" if row.text("unit").startswith("share") else row.text("unit"),
            *(_figure(row[name], row.text("unit")) for name in _FIGURES),
        )
        for row in table
    ]
    print_table(("what", "when", "unit", "observed", "model", "low", "high", "error"), rows)
    say("low and high: the model with the low and high scale of the choice of routes.")
    say("- where nobody counted it. Changes are to the same months a year before. The falls came")
    say("after Pakistan's rules of October 2023, with the crossings open on nearly all days: the")
    say("model knows the days, not the rules. It moves goods; buyers keep their suppliers.")


def _figure(value: Any, unit: str) -> str:
    """A figure in its unit; shares as percent."""
    if not isinstance(value, float) or value != value:
        return "-"
    if unit.startswith("share"):
        return f"{round(100 * value, 1) + 0.0:,.1f}"
    digits = 0 if abs(value) >= 100 else 2
    return f"{round(value, digits) + 0.0:,.{digits}f}"


def _fitted(described: Any, as_of: str | None, tell: Any) -> "Fit":
    from lajvard.case import Case
    from lajvard.flows.fit import fit_choice

    return fit_choice(Case(described, as_of=as_of, progress=tell), progress=tell)


def _print_fit(fitted: "Fit") -> None:
    heading("Observed shares and those of the fitted model")
    rows: Sequence[Sequence[str]] = [
        (
            pair.observed.title,
            percent(pair.observed.value, 1, plain=True),
            percent(pair.modelled, 1, plain=True) if pair.modelled == pair.modelled else "-",
            f"{100 * pair.error:+.1f}" if pair.error == pair.error else "-",
            "yes" if pair.observed.fitted else "compared only",
        )
        for pair in fitted.pairs
    ]
    print_table(("share", "observed", "model", "points off", "fitted"), rows)
    say()
    say(f"scale {fitted.scale:.3f}, nest {fitted.nest:.2f}; off by {100 * fitted.rmse:.0f} points")
    say("Write them into parameter.csv as flows-scale and flows-nest.")
