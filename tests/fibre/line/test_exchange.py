"""Data sent ahead: closed form against Monte Carlo, limits, and the posts of the corridor."""

from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lajvard.corridor import built_in
from lajvard.errors import InputError
from lajvard.fibre.line.availability import YEAR_H, Availability
from lajvard.fibre.line.exchange import (
    DataLink,
    Practice,
    effects_at,
    late_by_latency,
    posts_between,
    ready,
    sample_ready,
)

CASES = [
    (Practice(0.7, 6, 2, 1), DataLink(6, 24)),
    (Practice(1.0, 3, 1, 2), DataLink(20, 100)),
    (Practice(0.5, 8, 4, 3), DataLink(12, 40, 0.5)),
    (Practice(1.0, 2, 3, 0.0), DataLink(30, 60, 0.2)),
    (Practice(1.0, 24, 2, 6), DataLink(1, 720)),
    (Practice(0.9, 4, 3, 1), DataLink()),
]


@pytest.mark.parametrize(("practice", "link"), CASES)
def test_ready__is_that_of_monte_carlo(practice: Practice, link: DataLink) -> None:
    drawn = sample_ready(practice, link, loads=400_000, years=40_000, seed=5)
    assert ready(practice, link) == pytest.approx(drawn.mean(), abs=0.005)


def test_ready__limits() -> None:
    sure = Practice(1.0, 6.0, 2, 1.0)
    assert ready(Practice(0.0), DataLink()) == 0.0
    assert ready(Practice(1.0, 0.0), DataLink()) == 0.0
    assert ready(Practice(1.0, 1e9), DataLink()) == pytest.approx(1.0)
    assert ready(Practice(1.0, 6.0, 2, 0.0), DataLink()) == pytest.approx(1.0)
    endless = DataLink(1.0, 0.3 * YEAR_H)
    assert ready(sure, endless) == pytest.approx(0.7 * ready(sure, DataLink()), rel=0.01)


def test_ready__a_lead_of_many_steps_is_as_good_as_a_fixed_one() -> None:
    """Erlang times of large shape are their mean: P(exponential < 6 h)."""
    found = ready(Practice(1.0, 6.0, 200, 2.0), DataLink())
    assert found == pytest.approx(1 - exp(-3), abs=0.002)


@settings(max_examples=60, deadline=None)
@given(
    uptake=st.floats(0, 1),
    lead=st.floats(0.1, 48),
    shape=st.integers(1, 6),
    processing=st.floats(0, 12),
    outages=st.floats(0, 20),
    hours=st.floats(0, 200),
)
def test_ready__more_is_never_worse(
    uptake: float, lead: float, shape: int, processing: float, outages: float, hours: float
) -> None:
    practice, link = Practice(uptake, lead, shape, processing), DataLink(outages, hours)
    chance = ready(practice, link)
    assert -1e-12 <= chance <= uptake + 1e-12
    assert ready(Practice(uptake, lead * 1.5, shape, processing), link) >= chance - 1e-9
    assert ready(Practice(uptake, lead, shape, processing * 1.5), link) <= chance + 1e-9
    assert ready(practice, DataLink(outages, hours * 1.5)) <= chance + 1e-9
    assert ready(practice, DataLink()) >= chance - 1e-9


def test_late_by_latency__is_next_to_nothing() -> None:
    late = late_by_latency(Practice(), DataLink(6, 24), 100.0)
    assert 0 < late < 1e-5
    assert late_by_latency(Practice(), DataLink(6, 24), 3.6e6 * 6) > 0.1


def test_data_link__keeps_what_it_was_made_of() -> None:
    link = DataLink.of(Availability(0.99, 2.0), 23.0)
    assert link.up == pytest.approx(0.99)
    assert link.outage_h == pytest.approx(0.01 * YEAR_H / 2)
    assert link.latency_h == pytest.approx(23e-3 / 3600)
    assert DataLink.of(Availability(1.0, 0.0)).up == 1.0


def test_posts_between__are_the_posts_of_the_corridor_in_order() -> None:
    posts = posts_between(built_in(), ("AF", "TM", "AZ", "GE", "TR"))
    names = [post.procedure_id for post in posts]
    assert "AFTGD-TMSBT-road-both" in names
    assert "AFANF-IRMHR-road-both" not in names
    assert [post.country for post in posts] == sorted(
        (post.country for post in posts), key=["AF", "TM", "AZ", "GE", "TR"].index
    )
    assert {post.country for post in posts if post.exchanges} == {"AZ", "GE"}
    assert all(post.mean_h > 0 for post in posts)


def test_effects_at__the_exchange_matters_more_than_the_line() -> None:
    posts = posts_between(built_in(), ("AF", "TM", "AZ", "GE", "TR"))
    effects = effects_at(posts, Practice(), DataLink(6, 24), DataLink(0.25, 48))
    for one in effects:
        assert one.full_h < one.line_h <= one.exchange_h < one.without_h
        assert one.exchange_h - one.line_h < 0.05 * (one.without_h - one.exchange_h)


def test_practice__refuses_what_cannot_be() -> None:
    with pytest.raises(InputError, match="exchange"):
        Practice(uptake=1.2)
    with pytest.raises(InputError, match="exchange"):
        Practice(lead_shape=0)
