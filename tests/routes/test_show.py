import re
from dataclasses import replace

import pytest
from tests.tiny import changed, tiny_corridor

from lajvard.corridor import built_in
from lajvard.network import compile_network
from lajvard.routes import RouteSet, find_routes
from lajvard.routes.show import (
    MOST_ROUTES,
    ROUTE_HEADS,
    STAGE_HEADS,
    differences,
    list_cells,
    route_html,
    routes_html,
    stage_cells,
)


@pytest.fixture
def found() -> RouteSet:
    return find_routes(compile_network(tiny_corridor(), cargo="box"), "HEA", "MAR")


@pytest.fixture(scope="module")
def many() -> RouteSet:
    return find_routes(compile_network(built_in()), "Herat", "Istanbul", k=20)


def test_route_html__has_stages_totals_units_and_law(found: RouteSet) -> None:
    html = route_html(found[0])
    assert html == found[0]._repr_html_()
    for head in STAGE_HEADS:
        assert f">{head}</th>" in html
    for text in ("Herat - Torghundi", "rail 1520", "428 km", " USD", " kg CO2e", "p95 "):
        assert text in html, text
    assert html.count("<tr>") == 1 + len(found[0].stages)
    assert "No law is described" in html


def test_routes_html__has_a_row_a_route(found: RouteSet) -> None:
    html = routes_html(found)
    assert html == found._repr_html_()
    assert html.startswith("<div><strong>Herat - Mary: 1 route</strong>")
    assert html.count("<tr>") == 1 + len(found)
    for head in ROUTE_HEADS:
        assert f">{head}</th>" in html


def test_routes_html__says_how_many_are_not_shown(many: RouteSet) -> None:
    assert len(many) > MOST_ROUTES
    assert f"{len(many)} routes, {MOST_ROUTES} shown" in routes_html(many)
    pareto = replace(many, criteria=("time", "cost"))
    assert routes_html(pareto).count("<tr>") == 1 + MOST_ROUTES


def test_html__is_escaped() -> None:
    corridor = changed(tiny_corridor(), "node", 2, name='<b>"Herat" & co</b>')
    found = find_routes(compile_network(corridor, cargo="box"), "HEA", "MAR")
    for html in (route_html(found[0]), routes_html(found)):
        assert "<b>" not in html
        assert "&lt;b&gt;" in html


def test_html__sets_no_colours_and_opens_what_it_closes(found: RouteSet) -> None:
    for html in (route_html(found[0]), routes_html(found)):
        assert not re.search(r"(?<!-)\b(?:color|background)\s*:", html)
        for tag in ("div", "table", "tr", "td", "th"):
            assert len(re.findall(rf"<{tag}\b", html)) == html.count(f"</{tag}>")


def test_differences__tell_routes_apart(many: RouteSet) -> None:
    over = differences(many)
    assert len(over) == len(many)
    assert len(set(over)) == len(over)
    for route, words in zip(many, over, strict=True):
        positions = [route.places.index(word) for word in words]
        assert positions == sorted(positions)
        assert len(words) <= 3


def test_differences__call_a_service_by_what_via_and_avoid_take() -> None:
    network = compile_network(built_in(), cargo="container_40")
    found = find_routes(network, "Kabul", "Istanbul")
    named = {word for words in differences(found) for word in words if word.startswith("service ")}
    assert named
    assert {word.removeprefix("service ") for word in named} <= set(network.service_ids)


def test_differences__of_one_route_are_nothing(found: RouteSet) -> None:
    assert differences(found) == ((),)
    assert differences(()) == ()


def test_cells__match_their_heads(found: RouteSet) -> None:
    (cells,) = list_cells(found)
    assert len(cells) == len(ROUTE_HEADS)
    assert cells[0] == "1"
    for stage in found[0].stages:
        assert len(stage_cells(stage)) == len(STAGE_HEADS)
    assert "HEA" not in "".join(stage_cells(found[0].stages[0]))
