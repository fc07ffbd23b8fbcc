"""Sentences from stated numbers: who comes first, by how much, and how often."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.routes.hand import Way, network_of

from lajvard.analysis.alternatives import ComparedAlternative, Pair, PairComparison
from lajvard.analysis.findings import findings_table, key_findings
from lajvard.routes import Route
from lajvard.tables.numbers import SPACE


def route(time_h: float, cost_usd: float, sd_h: float = 0.0, risk: float = 0.0) -> Route:
    network = network_of(Way("A", "Z", time_h, cost_usd, 0, sd_h**2, risk))
    return Route(network, (0,))


def way(name: str, found: Route | None, same_as: str = "") -> ComparedAlternative:
    return ComparedAlternative(name.lower(), name, route=found, same_as=same_as)


def pair(title: str, *named: ComparedAlternative) -> PairComparison:
    best = ComparedAlternative("", "best of all", route=named[0].route if named else None)
    return PairComparison(Pair(title, title, "A", "Z", "truck"), None, (best, *named))


@dataclass
class Compared:
    """Of the data of a report, the comparisons alone."""

    comparisons: tuple[PairComparison, ...]
    quality: tuple[Any, ...] = ()
    targets: tuple[Any, ...] = ()
    corridor: Any = field(default_factory=lambda: network_of(Way("A", "Z")))

    @property
    def main(self) -> PairComparison:
        return self.comparisons[0]

    @property
    def main_way(self) -> ComparedAlternative:
        return self.main.main

    @property
    def main_route(self) -> Route | None:
        return self.main_way.route

    def called(self, chosen: ComparedAlternative) -> str:
        return chosen.name if chosen.alternative_id else "the best route"


class NoRecord:
    """A corridor without a record of cooperation."""

    def used(self, table: str) -> tuple[()]:
        return ()


def said(*comparisons: PairComparison) -> dict[str, tuple[str, str, str]]:
    """Figure, unit and text of each finding by its title."""
    material: Any = Compared(comparisons, corridor=NoRecord())
    return {one.title: (one.figure, one.unit, one.text) for one in key_findings(material)}


LAPIS, IRAN, NORTH = route(240, 5000), route(192, 6000), route(480, 4000)


def test_fastest__says_how_much_longer_the_main_way_takes() -> None:
    found = said(pair("A to Z", way("Lapis", LAPIS), way("Iran", IRAN), way("North", NORTH)))
    figure, unit, text = found["Time, A to Z"]
    assert (figure, unit) == ("10.0", "days expected")
    assert text == (
        f"The fastest way is Iran: 8.0{SPACE}days. Lapis takes 10.0{SPACE}days, which is "
        f"2.0{SPACE}days or 25{SPACE}% more."
    )


def test_cheapest__says_by_how_much_the_next_is_dearer() -> None:
    found = said(
        pair("A to Z", way("Lapis", LAPIS), way("Iran", IRAN), way("Twin", LAPIS, "Lapis"))
    )
    figure, unit, text = found["Price of one unit load"]
    assert (figure, unit) == ("5,000", "USD")
    assert text == (
        f"Lapis is the cheapest of 2 ways: USD{SPACE}5,000. Next is Iran with "
        f"USD{SPACE}1,000 more (20{SPACE}%)."
    )
    alone = said(pair("A to Z", way("Lapis", LAPIS)))["Price of one unit load"]
    assert alone[2].endswith("there is no other way to compare it with.")


def test_spread__is_the_95th_percentile_and_the_risk_from_half_a_percent_on() -> None:
    spread = route(240, 5000, 60, 0.1)
    figure, unit, text = said(pair("A to Z", way("Lapis", spread)))[
        "One journey in twenty takes over"
    ]
    # sigma^2 = ln(1 + 1/16): median 240 / sqrt(17/16) h, 95th percentile that times e^(1.645 sigma)
    assert (figure, unit) == ("14.5", "days")
    assert f"no more than 9.7{SPACE}days" in text
    assert text.endswith(f"is closed with a probability of 10{SPACE}%.")
    for risk, told in ((0.0049, False), (0.0051, True)):
        again = said(pair("A to Z", way("Lapis", route(240, 5000, 60, risk))))
        assert ("is closed" in again["One journey in twenty takes over"][2]) is told


def test_pairs__count_where_the_main_way_comes_first() -> None:
    found = said(
        pair("one", way("Lapis", LAPIS), way("Iran", IRAN)),  # cheaper, slower
        pair("two", way("Iran", NORTH), way("Lapis", LAPIS)),  # faster, dearer
        pair("three", way("Lapis", IRAN), way("Iran", NORTH)),  # faster, dearer
        pair("four", way("Iran", IRAN)),  # not served
        pair("five", way("Lapis", None), way("Iran", IRAN)),  # no route
    )
    figure, unit, text = found["Fastest of the alternatives"]
    assert (figure, unit) == ("2", "of 3 pairs")
    assert text == (
        "Of 5 pairs of places, Lapis serves 3. It is the fastest of the alternatives for "
        "2 (two; three) and the cheapest for 1 (one)."
    )


def test_pairs__never_first_is_none_and_one_pair_is_no_count() -> None:
    slow = pair("one", way("Lapis", route(999, 9999)), way("Iran", IRAN))
    text = said(slow, slow)["Fastest of the alternatives"][2]
    assert text.endswith("for none and the cheapest for none.")
    assert "Fastest of the alternatives" not in said(slow)
    best_only = PairComparison(slow.pair, None, slow.ways[:1])
    assert "Fastest of the alternatives" not in said(best_only, best_only)


def test_findings_table__keeps_figures_as_numbers() -> None:
    material: Any = Compared((pair("A to Z", way("Lapis", LAPIS)),), corridor=NoRecord())
    table = findings_table(key_findings(material))
    assert table.column("figure")[1] == 5000.0


# ---------------------------------------------------------------- pairs by themselves


def test_named__are_the_alternatives_with_a_route_of_their_own() -> None:
    lapis, twin, none = way("Lapis", LAPIS), way("Twin", LAPIS, "Lapis"), way("None", None)
    assert pair("x", lapis, twin, none).named == (lapis,)
    lone = pair("x", none)
    assert lone.named == ()
    assert lone.main is lone.best
    free = PairComparison(lone.pair, None, (way("Best", LAPIS), none))
    assert free.named == free.ways[:1]
    assert free.main is free.best


@pytest.mark.parametrize(("criterion", "first"), [("time_h", "Iran"), ("cost_usd", "North")])
def test_first_by__is_the_least(criterion: str, first: str) -> None:
    compared = pair("x", way("Lapis", LAPIS), way("Iran", IRAN), way("North", NORTH))
    assert compared.first_by(lambda one: float(getattr(one, criterion))).name == first
