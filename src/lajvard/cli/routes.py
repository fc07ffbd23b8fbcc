"""``lajvard routes``: the routes between two places, and what they are made of."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lajvard.cli.app import app, examples
from lajvard.cli.options import (
    BUILT_IN,
    CRITERIA,
    AsJson,
    AsOf,
    Cargo,
    CorridorOption,
    ScenarioName,
    case_of,
    complete_criteria,
    complete_place,
    words,
)
from lajvard.cli.out import note, print_csv, print_json, telling

if TYPE_CHECKING:
    from lajvard.case import Case
    from lajvard.routes import Route, RouteSet


def _place(name: str) -> Any:
    return typer.Argument(
        metavar=name, help="Id or name of a place.", autocompletion=complete_place
    )


@app.command(
    epilog=examples(
        "lajvard routes Herat Istanbul",
        "lajvard routes Herat Istanbul --criteria time,cost --avoid IR --via Baku",
        "lajvard routes AFHEA TRIST --as-of 2020-12-21 --cargo container_40",
        "lajvard routes Herat Istanbul --k 5 --value-of-time 20",
        "lajvard routes Herat Istanbul --csv --stages > stages.csv",
    )
)
def routes(
    origin: Annotated[str, _place("ORIGIN")],
    destination: Annotated[str, _place("DESTINATION")],
    corridor: CorridorOption = BUILT_IN,
    cargo: Cargo = "truck",
    criteria: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LIST",
            help=f"What routes are compared by: {', '.join(CRITERIA)}. By default all of them.",
            autocompletion=complete_criteria,
        ),
    ] = None,
    as_of: AsOf = None,
    scenario: ScenarioName = None,
    via: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="Place, country (AF), mode (sea), link or service to pass. May be repeated.",
            autocompletion=complete_place,
        ),
    ] = None,
    avoid: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="Place, country, mode, link or service not to touch. May be repeated.",
            autocompletion=complete_place,
        ),
    ] = None,
    k: Annotated[
        int | None,
        typer.Option(
            "--k",
            metavar="N",
            min=1,
            help="The N routes of least cost, time and CO2e priced, instead of the Pareto set.",
        ),
    ] = None,
    value_of_time: Annotated[
        float | None,
        typer.Option(
            metavar="USD/H", min=0, help="With --k: price of an hour; else that of the cargo class."
        ),
    ] = None,
    carbon_price: Annotated[
        float | None,
        typer.Option(metavar="USD/T", min=0, help="With --k: price of a tonne of CO2e; else 0."),
    ] = None,
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="Routes to list at most; 0 lists all.")
    ] = 8,
    detail: Annotated[
        int, typer.Option(metavar="N", min=0, help="Route to show in detail; 0 shows none.")
    ] = 1,
    json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one row a route.")] = False,
    stages: Annotated[
        bool, typer.Option("--stages", help="With --csv: one row a leg or stop of each route.")
    ] = False,
) -> None:
    """Find the routes between two places, and explain one.

    Lists the routes that no other beats in all criteria at once (the Pareto set), fastest first;
    when there are many, a choice that shows the range. With --k, the N cheapest at stated prices.
    Times are means for one unit load; p95 is what 95 of 100 journeys keep.
    """
    _check_options(k, criteria, value_of_time, carbon_price, stages=stages, csv=csv, json=json)
    with telling("Reading the corridor") as tell:
        case = case_of(corridor, scenario, as_of, tell=tell)
        tell("Finding routes (slower the first time: the search is compiled)")
        from lajvard.case import find_routes

        weights = case.weights(cargo, value_of_time)
        weights = replace(weights, carbon_price_usd_t=carbon_price or 0.0)
        found = find_routes(
            case,
            origin,
            destination,
            cargo=cargo,
            criteria=words(criteria) or tuple(CRITERIA),
            k=k,
            weights=weights,
            via=via or (),
            avoid=avoid or (),
        )
    for text in _notes(case, cargo):
        note(text, aside=json or csv)
    shown = _shown(found, limit)
    if json:
        print_json(_as_dict(found, shown))
    elif csv:
        print_csv([*(_stage_rows(shown) if stages else _route_rows(shown))])
    else:
        from lajvard.cli.route_text import print_routes

        print_routes(found, shown, detail, weights)


def _notes(case: "Case", cargo: str) -> Iterator[str]:
    """What of the scenario changes nothing here."""
    from lajvard.case.applies import not_considered, same_ways

    yield from not_considered(case)
    if case.scenario is not None and case.scenario.patches and same_ways(case, cargo):
        yield f"scenario {case.scenario.name} changes no way of {cargo}"


def _check_options(
    k: int | None,
    criteria: list[str] | None,
    value_of_time: float | None,
    carbon_price: float | None,
    *,
    stages: bool,
    csv: bool,
    json: bool,
) -> None:
    """What excludes each other, or needs another option."""
    if k is None and (value_of_time is not None or carbon_price is not None):
        raise typer.BadParameter("--value-of-time and --carbon-price rank routes: give --k too.")
    if k is not None and criteria:
        raise typer.BadParameter("--k ranks by one cost, --criteria compares by several: choose.")
    if stages and not csv:
        raise typer.BadParameter("--stages needs --csv; --json always has the stages.")
    if csv and json:
        raise typer.BadParameter("--csv and --json exclude each other.")


def _shown(found: "RouteSet", limit: int) -> "tuple[Route, ...]":
    if not limit or len(found) <= limit:
        return tuple(found)
    return tuple(found)[:limit] if not found.criteria else found.shortlist(limit)


def _as_dict(found: "RouteSet", shown: "Sequence[Route]") -> dict[str, Any]:
    network = found[0].network
    return {
        "origin": found.origin,
        "destination": found.destination,
        "corridor": network.corridor,
        "cargo_class": network.cargo.cargo_class,
        "as_of": network.as_of or None,
        "criteria": list(found.criteria),
        "constraints": [str(constraint) for constraint in found.constraints],
        "closed": [
            {"what": shut.what, "since": shut.since, "reason": shut.reason} for shut in network.shut
        ],
        "found": len(found),
        "routes": [route.as_dict() for route in shown],
    }


_PLAIN = (
    *("name", "distance_km", "time_h", "time_sd_h", "time_p50_h", "time_p95_h"),
    *("cost_usd", "emission_kgco2e", "risk"),
)


def _route_rows(shown: "Sequence[Route]") -> Iterator[dict[str, Any]]:
    for number, route in enumerate(shown, start=1):
        values = route.as_dict()
        yield {
            "route": number,
            **{name: values[name] for name in _PLAIN},
            "moving_h": route.moving_h,
            "border_h": route.border_h,
            "rest_and_waiting_h": route.waiting_h,
            "time_share_estimate": route.time_share_by_basis["estimate"],
            "cost_share_estimate": route.cost_share_by_basis["estimate"],
            "countries": ";".join(route.countries),
            "places": ";".join(route.places),
        }


def _stage_rows(shown: "Sequence[Route]") -> Iterator[dict[str, Any]]:
    for number, route in enumerate(shown, start=1):
        for stage, values in enumerate(route.as_dict()["stages"], start=1):
            yield {"route": number, "stage": stage, **values}
