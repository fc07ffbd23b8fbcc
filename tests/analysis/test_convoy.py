"""The convoy of 2018."""

import numpy as np
import pytest
from tests.twin.test_compile import check_model

from lajvard.analysis.convoy import (
    CONVOY,
    convoy_2018,
    convoy_flow,
)
from lajvard.corridor import built_in
from lajvard.errors import InputError


def test_convoy_2018__leaves_with_nine_lorries() -> None:
    build = convoy_2018(built_in())
    check_model(build.model)
    sources = build.model.sources
    ix = build.model.source_names.index(CONVOY)
    count = np.diff(sources.first_scheduled)[ix]
    assert (build.year, count, sources.tonnes[ix]) == (2018, 9, 15.0)
    (convoy,) = [one for one in build.choices if one.flow.name == CONVOY]
    assert all("TM" in route.countries and "IR" not in route.countries for route in convoy.routes)
    assert build.model.horizon_h == pytest.approx((346 + 4 / 24 + 90) * 24)


def test_convoy_flow__needs_lorries_of_a_day() -> None:
    with pytest.raises(InputError, match="counts no lorries"):
        convoy_flow(built_in(), "IR-AF-all")
