"""Observed shares, and the choice that fits them."""

import pytest
from tests.case.test_choice import two_ways
from tests.tiny import extended

from lajvard.case.case import Case
from lajvard.case.parameters import CaseParameters, observed_shares
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.flows.fit import compare_shares, fit_choice


def observed(share: float, count: int = 2, **cells: str) -> Corridor:
    """Two ways for the flour, of which a share passes the direct link."""
    corridor = two_ways()
    for number in range(count):
        row = {"share_id": f"s{number}", "title": "direct", "demand_id": "D2", "unit": "lorries"}
        row |= {"passes": "SER-HEA", "value": f"{share}"} | cells
        corridor = extended(corridor, "share", **row)
    return corridor


def test_compare_shares__counts_what_passes() -> None:
    case = Case(observed(0.6))
    ix = [one.flow.name for one in case.sets].index("D2")
    shares = list(case.shares)
    pairs = compare_shares(case.view, case.sets, shares)
    direct = [
        float(part)
        for route, part in zip(case.sets[ix].routes, shares[ix], strict=True)
        if len(route.places) == 2
    ]
    assert pairs[0].modelled == pytest.approx(sum(direct))
    assert pairs[0].error == pytest.approx(sum(direct) - 0.6)


@pytest.mark.parametrize(
    ("cells", "modelled"),
    [({"among": "SER-HEA"}, 1.0), ({"passes": "SER"}, 1.0), ({"passes": "MAR"}, 0.0)],
)
def test_compare_shares__among_those_that_pass(cells: dict[str, str], modelled: float) -> None:
    case = Case(observed(0.6, 2, **cells))
    assert compare_shares(case.view, case.sets, case.shares)[0].modelled == pytest.approx(modelled)


def test_compare_shares__not_known_where_no_flow_counts() -> None:
    case = Case(observed(0.6, unit="wagons"))
    (pair, _) = compare_shares(case.view, case.sets, case.shares)
    assert pair.modelled != pair.modelled


@pytest.mark.parametrize("share", [0.6, 0.9])
def test_fit_choice__meets_a_share_that_it_can(share: float) -> None:
    found = fit_choice(Case(observed(share)))
    assert [pair.modelled for pair in found.pairs] == pytest.approx([share] * 2, abs=0.01)
    assert found.rmse < 0.01


def test_fit_choice__needs_two_shares_to_fit() -> None:
    with pytest.raises(InputError, match="at least two"):
        fit_choice(Case(observed(0.6, count=1)))
    with pytest.raises(InputError, match="at least two"):
        fit_choice(Case(observed(0.6, fitted="no")))


def test_parameters__come_from_the_table_or_are_defaults() -> None:
    corridor = two_ways()
    assert CaseParameters.of(corridor) == CaseParameters()
    row = {"topic": "flows", "unit": "1", "meaning": "scale"}
    corridor = extended(corridor, "parameter", parameter_id="flows-scale", value="0.3", **row)
    corridor = extended(corridor, "parameter", parameter_id="other", value="9", **row)
    assert CaseParameters.of(corridor) == CaseParameters(scale=0.3)


def test_observed_shares__of_the_built_in_corridor_have_sources() -> None:
    from lajvard.corridor import built_in

    corridor = built_in()
    links, nodes = corridor.used("link"), corridor.used("node")
    for one in observed_shares(corridor):
        assert one.source_ids, one.share_id
        for word in (*one.passes, *one.among):
            assert (word,) in links or (word,) in nodes, word
