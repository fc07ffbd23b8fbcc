"""The convoy of 2018."""

import numpy as np
import pytest
from tests.twin.test_compile import check_model

from lajvard.analysis.case_studies.convoy import (
    CONVOY_LEFT,
    CONVOY_MILESTONES,
    CONVOY_SOURCE,
    convoy_flow,
    winter_convoys,
)
from lajvard.corridor import built_in
from lajvard.errors import InputError
from lajvard.schema import first_day


def test_winter_convoys__leave_with_nine_lorries_each() -> None:
    build = winter_convoys(built_in()).build
    check_model(build.model)
    sources = build.model.sources
    ix = build.model.source_names.index(CONVOY_SOURCE)
    count = np.diff(sources.first_scheduled)[ix]
    assert (build.year, count, sources.tonnes[ix]) == (2018, 9 * 15, 15.0)
    (convoy,) = [one for one in build.choices if one.flow.name == CONVOY_SOURCE]
    assert all("TM" in route.countries and "IR" not in route.countries for route in convoy.routes)


def test_convoy_milestones__are_those_of_the_record() -> None:
    days = [(first_day(one.day) - CONVOY_LEFT).days for one in CONVOY_MILESTONES]
    assert days == [12, 15]


def test_convoy_flow__needs_lorries_of_a_day() -> None:
    with pytest.raises(InputError, match="counts no lorries"):
        convoy_flow(built_in(), "IR-AF-all")
