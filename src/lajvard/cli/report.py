"""``lajvard demo`` and ``lajvard report``: a corridor as a report to read."""

import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lajvard.cli.app import app, examples
from lajvard.cli.options import BUILT_IN, AsOf, CorridorPath, ScenarioName, case_of, read
from lajvard.cli.out import Tell, counted, heading, print_table, say, telling

if TYPE_CHECKING:
    from lajvard.case import Case
    from lajvard.corridor import Corridor
    from lajvard.flows.assign_flows import FlowResult
    from lajvard.report import PairComparison, ReportFiles
    from lajvard.study import Run
    from lajvard.tables import ResultTable

FOLDER = Path("lajvard-report")

Out = Annotated[
    Path,
    typer.Option(
        "--out", metavar="DIR", file_okay=False, help="Folder for the report.", show_default=True
    ),
]
Quick = Annotated[
    bool,
    typer.Option("--quick", help="Only the main pair of places and no fibre line: sooner done."),
]
Runs = Annotated[
    list[Path] | None,
    typer.Option(
        "--run",
        metavar="DIR",
        help="A run of lajvard simulate to report on; give several to compare scenarios.",
    ),
]
Open = Annotated[
    bool, typer.Option("--open/--no-open", help="Open the report in a browser when it is done.")
]


@app.command(
    epilog=examples("lajvard demo", "lajvard demo --quick", "lajvard demo --out report --open")
)
def demo(out: Out = FOLDER, quick: Quick = False, open_: Open = False) -> None:
    """Check, compare, simulate and report on the built-in corridor.

    Reads Lapis Lazuli and the routes that it competes with, checks the description, finds the best
    route of each alternative, puts the trade on the routes, simulates a year of three scenarios,
    and writes a report (HTML, opens offline) and a workbook (XLSX) with the same tables. The runs
    lie beside them. With --quick only some months of one scenario are simulated, and the trade is
    put on the routes as described only.
    """
    from lajvard.case import Case
    from lajvard.cli.demo import CLOSED, modelled_flows, print_runs, simulated
    from lajvard.cli.flows import print_demo_flows

    with telling("Reading the corridor") as tell:
        corridor = read(BUILT_IN)
        state = _checked(corridor, tell)
        base = Case(corridor, progress=tell)
        compared = _compared(base, tell)
        closed = base if quick else Case(corridor, scenario=CLOSED, progress=tell)
        freight, experiment = modelled_flows(closed, quick=quick, tell=tell)
        runs = simulated(corridor, out, quick=quick, tell=tell)
        files = _written(base, out, quick, tell, runs.every, freight, experiment)
    say(corridor.title)
    say(state)
    _print_comparison(compared)
    print_demo_flows(freight, experiment)
    print_runs(runs, compared)
    say()
    _print_files(files, open_)


@app.command(
    epilog=examples(
        "lajvard report",
        "lajvard report my-corridor --out my-report",
        "lajvard report --as-of 2020-12-21",
        "lajvard report --scenario faster-border.yaml --open",
        "lajvard report --run as-described --run faster",
        "lajvard report --flows --scenario torkham-chaman-closed",
    )
)
def report(
    path: CorridorPath = BUILT_IN,
    out: Out = FOLDER,
    as_of: AsOf = None,
    scenario: ScenarioName = None,
    run: Runs = None,
    flows: Annotated[
        bool,
        typer.Option(
            "--flows",
            help="Put the trade on the routes too, and with --scenario compare it with the "
            "corridor as described.",
        ),
    ] = False,
    quick: Quick = False,
    open_: Open = False,
) -> None:
    """Write a report on a corridor (HTML and XLSX).

    The tables od_pair and alternative of the corridor say which places and which ways are compared.
    The HTML opens offline and has the map, the comparison, the time/cost-distance charts, the legal
    chain, the quality of the data and the sources. With runs of this corridor it has simulated
    years too: times with their bands, hours by cause, queues, ferries, and scenarios beside each
    other; journey times need runs that kept a log (lajvard simulate --log sample).
    """
    with telling("Reading the corridor") as tell:
        freight: tuple[FlowResult | None, ResultTable | None] = (None, None)
        case = case_of(path, scenario, as_of, tell=tell)
        if flows:
            from lajvard.cli.demo import modelled_flows

            freight = modelled_flows(case, quick=quick, tell=tell)
        files = _written(case, out, quick, tell, run or (), *freight)
    _print_files(files, open_)


def _checked(corridor: "Corridor", tell: Tell) -> str:
    """How large the corridor is and what its check found."""
    from lajvard.corridor import check_corridor

    tell("Checking the description")
    found = [problem.severity for problem in check_corridor(corridor)]
    sizes = ", ".join(
        counted(len(corridor.used(table)), word)
        for table, word in (("node", "place"), ("link", "link"), ("source", "source"))
    )
    errors, warnings = (counted(found.count(word), word) for word in ("error", "warning"))
    more = " (lajvard check lists them)" if found else ""
    return f"{sizes}; check: {errors}, {warnings}{more}"


def _compared(case: "Case", tell: Tell) -> "PairComparison | None":
    """The alternatives for the main pair."""
    from lajvard.report import compare_alternatives

    tell("Finding routes (slower the first time: the search is compiled)")
    pairs = compare_alternatives(case, main_only=True, fronts=False)
    return pairs[0] if pairs else None


def _written(
    case: "Case",
    out: Path,
    quick: bool,
    tell: Tell,
    runs: "Sequence[Run | Path]" = (),
    flows: "FlowResult | None" = None,
    experiment: "ResultTable | None" = None,
) -> "ReportFiles":
    from lajvard.report import write_report

    tell("Writing the report")
    return write_report(
        case,
        out,
        quick=quick,
        runs=runs,
        flows=flows,
        experiment=experiment,
        progress=tell,
    )


def _print_comparison(compared: "PairComparison | None") -> None:
    if compared is None:
        return
    from lajvard.tables.numbers import percent

    heading(f"{compared.pair.title}: the best route of each alternative")
    rows = [
        (
            way.name,
            f"{way.route.distance_km:,.0f}",
            f"{way.route.time_h:,.0f}",
            f"{way.route.p95_h:,.0f}",
            f"{way.route.cost_usd:,.0f}",
            f"{way.route.emission_kgco2e:,.0f}",
            percent(way.route.time_share_by_basis["estimate"], plain=True),
        )
        for way in compared.ways
        if way.route is not None
    ]
    print_table(("way", "km", "h", "p95 h", "USD", "kg CO2e", "est."), rows)
    for way in compared.ways:
        if way.route is None:
            say(f"{way.name}: {way.reason}")
    say("h is the mean, p95 what 95 of 100 journeys keep; est. the share of the hours estimated.")


def _print_files(files: "ReportFiles", open_: bool) -> None:
    say(f"Report:   {files.html}")
    say(f"Workbook: {files.xlsx}")
    if open_:
        webbrowser.open(files.html.resolve().as_uri())
