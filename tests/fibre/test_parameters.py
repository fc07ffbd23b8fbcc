"""Numbers of the models: read with their ranges, changed by scenarios, and all of use."""

from pathlib import Path

import pytest

import lajvard
from lajvard.corridor import built_in
from lajvard.errors import InputError
from lajvard.fibre.parameters import Parameters


def test_of__reads_ranges_and_says_what_is_not_there() -> None:
    parameters = Parameters.of(built_in(), "fibre")
    span = parameters.ranges["sea_repair"]
    assert (span.low, span.value, span.high, span.unit) == (10.0, 30.0, 90.0, "d")
    assert "sea_repair" in parameters
    assert "sea_repairs" not in parameters
    assert all(one.low <= one.value <= one.high for one in parameters.ranges.values())
    with pytest.raises(
        InputError, match=r"there is no 'sea_repairs'\. Did you mean 'sea_repair'\?"
    ):
        parameters["sea_repairs"]
    with pytest.raises(InputError, match="there is no 'x'"):
        parameters.with_parameters(x=1.0)


def test_of__a_corridor_without_parameters_has_the_built_in_ones() -> None:
    table = built_in()["parameter"]
    bare = built_in().with_table(table.with_rows([]))
    assert Parameters.of(bare, "fibre").ranges == Parameters.of(built_in(), "fibre").ranges
    some = [row | {"value": "12.5"} for row in table.dicts() if row["parameter_id"] == "sea_repair"]
    stated = Parameters.of(built_in().with_table(table.with_rows(some)), "fibre")
    assert stated["sea_repair"] == 12.5
    assert stated["land_repair"] == 12.0


def test_parameters__are_each_used() -> None:
    package = Path(lajvard.__file__).parent
    text = "\n".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    unused = [
        name
        for name in Parameters.of(built_in(), "fibre")
        if f'"{name}"' not in text
        and f'_{name.partition("_")[2]}"' not in text
        and f'"{name.rpartition("_")[0]}_{{code' not in text  # a number of a country
    ]
    assert not unused
