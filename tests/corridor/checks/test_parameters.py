import pytest
from tests.tiny import extended, tiny_corridor

from lajvard.case.channels import Channels
from lajvard.case.parameters import PLAIN
from lajvard.corridor import Corridor, built_in, check_corridor
from lajvard.errors import Problem
from lajvard.network.calendars import DAYS
from lajvard.schema import PARAMETERS


def problems(**cells: str) -> list[Problem]:
    row = {"parameter_id": "flows-scale", "topic": "flows", "value": "0.1", "unit": "1"}
    corridor: Corridor = extended(tiny_corridor(), "parameter", **row | {"meaning": "x"} | cells)
    return list(check_corridor(corridor))


def test_parameters__are_those_that_the_models_know() -> None:
    """A parameter that a model learns to read gets limits, too."""
    table = built_in()["parameter"]
    here = {*PARAMETERS}
    assert {*table.text("parameter_id")} <= here
    assert {f"weekday-{day}" for day in DAYS} <= here
    channels = {*Channels.__dataclass_fields__} - {"outages_per_year", "outage_h"}
    assert {f"channel-{name}" for name in channels} <= here
    words = {name.removeprefix("flows-").replace("-", "_") for name in here}
    assert words >= PLAIN


@pytest.mark.parametrize("name", [*PARAMETERS])
@pytest.mark.parametrize("column", ["value", "low", "high"])
def test_check_parameters__finds_what_is_beyond_the_limits(name: str, column: str) -> None:
    least, most = PARAMETERS[name]
    middle = f"{(least + most) / 2}"
    for beyond in (least - 1, most * 2 + 1):
        cells = {"parameter_id": name, "value": middle} | {column: f"{beyond}"}
        found = problems(**cells)
        assert any(
            (p.severity, p.column) == ("error", column)
            and p.message.startswith("expected a number from")
            for p in found
        )


def test_check_parameters__finds_a_value_outside_its_range() -> None:
    (problem,) = problems(low="0.2", high="0.3")
    assert problem.message == "lies outside its low and high (0.2 to 0.3), found"
    assert (problem.severity, problem.column, problem.value) == ("warning", "value", "0.1")


def test_check_parameters__warns_of_one_that_no_model_knows() -> None:
    (problem,) = problems(parameter_id="flows-scael")
    assert (problem.severity, problem.remedy) == ("warning", "Did you mean 'flows-scale'?")
    assert problems(parameter_id="anything", topic="own") == []
