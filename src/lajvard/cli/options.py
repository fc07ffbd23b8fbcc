"""Options that several commands share, their completion in the shell, and what they lead to."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lajvard.cli.out import note
from lajvard.errors import LajvardError
from lajvard.names import fold
from lajvard.progress import Report, quiet

if TYPE_CHECKING:
    from lajvard.case import Case
    from lajvard.corridor import Corridor

BUILT_IN = "built-in"
"""The word that stands for the built-in corridor wherever a path is asked for."""


def read(path: str) -> "Corridor":
    """The corridor at a path, or the built-in one."""
    from lajvard.corridor import built_in, read_corridor

    return built_in() if path == BUILT_IN else read_corridor(path)


def changed(path: str, scenario: str | Path | None) -> "Corridor":
    """The corridor at a path, with a scenario; one whose check finds errors is refused.

    A scenario is a file or the name of a built-in one.
    """
    from lajvard.corridor import find_scenario, without_errors

    corridor = without_errors(read(path), path)
    if not scenario:
        return corridor
    changed = corridor.apply(find_scenario(scenario) or scenario)
    return without_errors(changed, f"{path} with {scenario}")


def case_of(
    path: str,
    scenario: "str | Path | None" = None,
    as_of: str | None = None,
    *,
    tell: Report = quiet,
    **options: Any,
) -> "Case":
    """The case of a corridor that was checked, with a scenario on a day."""
    from lajvard.case import Case

    described = changed(path, None)
    if as_of and (said := beyond_all_dates(described, as_of)):
        note(said, aside=True)
    return Case(described, scenario=scenario, as_of=as_of, progress=tell, **options)


def beyond_all_dates(corridor: "Corridor", day: str) -> str:
    """What to say of a day before or after all dated rows of a corridor; empty for others."""
    import numpy as np

    from lajvard.case.years import day_of

    columns = ("since", "until", "start_date", "end_date")
    found = [
        table.days(name, last=name in ("until", "end_date"))
        for table in corridor
        for name in columns
        if name in table.columns
    ]
    dates = np.concatenate([np.array([], dtype="M8[D]"), *found])
    dates = dates[~np.isnat(dates)]
    asked = np.datetime64(day_of(day), "D")
    if not len(dates) or dates.min() <= asked <= dates.max():
        return ""
    return (
        f"the description has dates from {dates.min()} to {dates.max()}: "
        f"of {asked} it knows nothing, and the rows without dates are used"
    )


def words(texts: list[str] | None) -> list[str]:
    """The items of an option that may be repeated or hold commas.

    >>> words(["time,cost", "risk"])
    ['time', 'cost', 'risk']
    """
    return [word.strip() for text in texts or () for word in text.split(",") if word.strip()]


# ---------------------------------------------------------------- completion


def _corridor_of(ctx: typer.Context) -> "Corridor | None":
    try:
        return read(ctx.params.get("corridor") or ctx.params.get("path") or BUILT_IN)
    except (LajvardError, OSError):
        return None


def complete_place(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Identifiers of nodes with their names, and names that are one word."""
    corridor = _corridor_of(ctx)
    if corridor is None:
        return
    begun = fold(incomplete)
    nodes = corridor.used("node")
    for node_id, name, country in zip(
        nodes.text("node_id"), nodes.text("name"), nodes.text("country"), strict=True
    ):
        if fold(node_id).startswith(begun):
            yield node_id, f"{name}, {country}"
        if begun and name.isalpha() and fold(name).startswith(begun):
            yield name, f"{node_id}, {country}"


def complete_cargo(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Cargo classes of the corridor."""
    corridor = _corridor_of(ctx)
    if corridor is not None:
        classes = corridor.used("cargo_class")
        pairs = zip(classes.text("cargo_class"), classes.text("name"), strict=True)
        yield from (pair for pair in pairs if pair[0].startswith(incomplete))


def complete_criteria(incomplete: str) -> Iterator[tuple[str, str]]:
    """The criterion that is being typed, after those before a comma."""
    before, comma, last = incomplete.rpartition(",")
    for name, meaning in CRITERIA.items():
        if name.startswith(last) and name not in before.split(","):
            yield f"{before}{comma}{name}", meaning


def complete_table(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Names of tables."""
    from lajvard.schema import TABLES

    for name, table in TABLES.items():
        if name.startswith(incomplete):
            yield name, table.meaning


CRITERIA = {
    "time": "expected hours",
    "cost": "USD",
    "emission": "kg CO2e",
    "sd": "standard deviation of the hours",
    "risk": "probability that something on the way is closed",
}

# ---------------------------------------------------------------- options

CorridorPath = Annotated[
    str,
    typer.Argument(metavar="PATH", help="Folder, .zip or .xlsx of the corridor."),
]
CorridorOption = Annotated[
    str,
    typer.Option("--corridor", metavar="PATH", help="Folder, .zip or .xlsx of the corridor."),
]
Cargo = Annotated[
    str,
    typer.Option(
        metavar="CLASS",
        help="Cargo class: truck, reefer, container_20, container_40, wagon, or one of your own.",
        autocompletion=complete_cargo,
    ),
]


def _day(text: str | None) -> str | None:
    """A date, said to be none before anything is read."""
    if text is not None:
        from lajvard.case.years import day_of

        day_of(text)
    return text


AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        callback=_day,
        help="Use what held on that day, such as 2020-12-21. By default what holds without an end.",
    ),
]
ScenarioFile = Annotated[
    Path | None,
    typer.Option("--scenario", metavar="FILE", help="YAML file of changes to the corridor."),
]


def complete_scenario(incomplete: str) -> Iterator[tuple[str, str]]:
    """Names of the built-in scenarios."""
    from lajvard.corridor import built_in_scenario, built_in_scenarios

    for name in built_in_scenarios():
        if name.startswith(incomplete):
            yield name, built_in_scenario(name).title


ScenarioName = Annotated[
    str | None,
    typer.Option(
        "--scenario",
        metavar="NAME|FILE",
        help="What to change: a built-in scenario or a YAML file.",
        autocompletion=complete_scenario,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs; keys carry units.")]
