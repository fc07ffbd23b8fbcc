"""Each number of a corridor is emptied, set to zero and negated: an error, or a finite answer."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.tiny import changed

import lajvard as lj
from lajvard.corridor.new import starter

Cell = tuple[str, int, str, str]
"""Table, row of the file, column and what stands there instead."""


def mutations(corridor: lj.Corridor) -> Iterator[Cell]:
    """Every number cell of every table, with three other contents."""
    for table in corridor:
        for name, column in table.schema.columns.items():
            if column.type in ("number", "integer") and name in table.cells:
                for ix, cell in enumerate(table.cells[name]):
                    negative = cell[1:] if cell.startswith("-") else f"-{cell}"
                    for other in ("", "0", negative) if cell else ():
                        yield table.name, ix + 2, name, other


def answer(corridor: lj.Corridor, origin: str, destination: str, folder: Path) -> str:
    """What comes of a corridor: ``refused`` or ``answered``; anything else fails the test."""
    try:
        case = lj.Case(corridor)
        routes = lj.find_routes(case, origin, destination)
        flows = lj.assign_flows(case)
        run = lj.simulate(case, folder, days=20, replications=1)
    except lj.LajvardError:
        return "refused"
    for route in routes:
        assert np.isfinite([route.time_h, route.p95_h, route.cost_usd, route.distance_km]).all()
        assert route.time_h >= 0 <= route.cost_usd
    for row in flows.tables["routes"]:
        assert np.isfinite(float(row["share"] or 0))
    values = run.values
    assert (np.isnan(values) | (np.isfinite(values) & (values >= 0))).all()
    return "answered"


@pytest.mark.parametrize("table", [table.name for table in starter() if len(table)])
def test_numbers_of_the_starter__are_refused_or_answered(table: str, tmp_path: Path) -> None:
    corridor = starter()
    chosen = [cell for cell in mutations(corridor) if cell[0] == table]
    for number, (name, row, column, other) in enumerate(chosen):
        broken = changed(corridor, name, row, **{column: other})
        assert answer(broken, "Poti", "Turkmenbashi", tmp_path / str(number))


@pytest.mark.validate
def test_numbers_of_the_built_in_corridor__are_refused_or_answered(tmp_path: Path) -> None:
    corridor = lj.built_in()
    cells = random.Random(11).sample(list(mutations(corridor)), 150)
    for number, (name, row, column, other) in enumerate(cells):
        broken = changed(corridor, name, row, **{column: other})
        assert answer(broken, "Herat", "Istanbul", tmp_path / str(number))
