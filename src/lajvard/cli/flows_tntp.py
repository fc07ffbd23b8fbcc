"""`lajvard flows --tntp`: a published network instead of a corridor."""

from pathlib import Path
from typing import Annotated

import typer

from lajvard.cli.out import print_json, say, telling
from lajvard.errors import InputError

TntpFolder = Annotated[
    Path | None,
    typer.Option(
        "--tntp",
        metavar="DIR",
        help="Assign a network of the TransportationNetworks collection instead: the folder with "
        "its *_net.tntp and *_trips.tntp; *_flow.tntp is compared.",
    ),
]
LengthWeight = Annotated[
    float | None,
    typer.Option(metavar="N", min=0, help="With --tntp: what a unit of length costs."),
]
TollWeight = Annotated[
    float | None,
    typer.Option(metavar="N", min=0, help="With --tntp: what a unit of toll costs."),
]
Scale = Annotated[
    float,
    typer.Option(metavar="N", help="With --tntp and sue: scale of the logit per unit of cost."),
]


def assign_folder(
    folder: Path,
    *,
    model: str,
    gap: float | None,
    max_iterations: int,
    weights: tuple[float | None, float | None],
    scale: float,
    json: bool,
    out: Path | None,
) -> None:
    """Print what an assignment of a published network gives, and write its links."""
    from lajvard.assignment.assign import MODELS
    from lajvard.flows.tntp import read_tntp_case, write_tntp_flows

    if out is not None and out.suffix.lower() != ".csv":
        raise typer.BadParameter(f"'{out}' should end in .csv with --tntp.")
    chosen = "ue" if model == "logit" else model
    if chosen not in MODELS:
        raise InputError("--model", f"unknown model '{model}'", f"Models are: {', '.join(MODELS)}.")
    length_weight, toll_weight = weights
    with telling("Reading the network") as tell:
        case = read_tntp_case(folder, length_weight=length_weight, toll_weight=toll_weight)
        found = case.assign(
            model=chosen,  # type: ignore[arg-type]  # checked above
            relative_gap=gap or (1e-4 if chosen == "sue" else 1e-6),
            max_iterations=max_iterations,
            scale=scale,
            progress=lambda one: tell(f"Iteration {one.iteration}, relative gap {one.gap:.1e}"),
        )
        if out is not None:
            write_tntp_flows(case, found, out)
    answer = {
        "network": case.name,
        "model": chosen,
        "states": case.network.n_states,
        "links": len(case.network.tail),
        "pairs": len(case.demand.origin),
        "trips": float(case.demand.volume.sum()),
        "objective": found.objective,
        "published_objective": case.published_objective,
        "relative_gap": found.relative_gap,
        "iterations": found.iterations,
    }
    if case.published is not None:
        off = abs(found.link_flow[0] - case.published.volume)
        answer["largest_difference"] = float(off.max(initial=0.0))
    if json:
        print_json(answer)
        return
    say(
        f"{case.name}: {answer['states']:,} nodes, {answer['links']:,} links, {answer['pairs']:,} "
        f"pairs, {answer['trips']:,.1f} trips"
    )
    say(
        f"{chosen}: objective {found.objective:,.5f}, relative gap {found.relative_gap:.1e} after "
        f"{found.iterations} iterations"
    )
    if case.published is not None:
        say(
            f"Published flows: objective {case.published_objective:,.5f}; the largest difference "
            f"of a volume is {answer['largest_difference']:,.3f}"
        )
    if out is not None:
        say(f"Links: {out}")
