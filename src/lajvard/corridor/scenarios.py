"""Scenarios by name, by file or as objects: the one place where a scenario is found."""

from importlib.resources import files
from os import PathLike
from pathlib import Path

from lajvard.corridor.scenario import Scenario
from lajvard.corridor.scenario_read import parse_scenario, read_scenario
from lajvard.errors import InputError, did_you_mean

_FOLDER = "data/scenarios"


def find_scenario(scenario: Scenario | str | PathLike[str] | None) -> Scenario | None:
    """A scenario from a file or by its built-in name; None for the corridor as described.

    Raises
    ------
    InputError
        There is no such file and no built-in scenario of that name.

    Examples
    --------
    >>> found = find_scenario("torkham-chaman-closed")
    >>> found is not None and found.name
    'torkham-chaman-closed'
    """
    if scenario is None or isinstance(scenario, Scenario):
        return scenario
    if Path(scenario).suffix.lower() in (".yaml", ".yml") or Path(scenario).is_file():
        return read_scenario(scenario)
    return built_in_scenario(str(scenario))


def built_in_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that come with Lajvard.

    >>> built_in_scenarios()
    ('as-described', 'etir-prearrival', 'pandemic-2020', 'torkham-chaman-closed')
    """
    found = files("lajvard").joinpath(_FOLDER).iterdir()
    return tuple(sorted(item.name[:-5] for item in found if item.name.endswith(".yaml")))


def built_in_scenario(name: str) -> Scenario:
    """A scenario that comes with Lajvard, by its name.

    Raises
    ------
    InputError
        There is none of this name.

    Examples
    --------
    >>> built_in_scenario("as-described").patches
    ()
    """
    known = built_in_scenarios()
    if name not in known:
        remedy = did_you_mean(name, known) or f"Built in are: {', '.join(known)}."
        raise InputError("scenario", f"no built-in scenario is called '{name}'", remedy)
    file = f"{name}.yaml"
    text = files("lajvard").joinpath(_FOLDER, file).read_text(encoding="utf-8")
    scenario, problems = parse_scenario(text, file=file)
    if problems:
        raise InputError.of(file, problems)
    return scenario
