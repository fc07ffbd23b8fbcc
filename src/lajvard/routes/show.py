"""Routes as HTML, for notebooks: compact, escaped, readable on light and dark ground."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from lajvard.network import Activity
from lajvard.tables import ResultTable, headed
from lajvard.tables.numbers import percent

if TYPE_CHECKING:
    from lajvard.routes.find import RouteSet
    from lajvard.routes.route import Route, Stage

ROUTE_HEADS = ("", "route", "over", "km", "h", "p95 h", "USD", "kg CO2e", "closed", "est.")
STAGE_HEADS = ("where", "what", "km", "h", "USD", "total km", "total h", "total USD")
"""Hours and USD are means for one unit load; closed is the risk, est. the share of estimates."""

MOST_ROUTES = 12
_MOST_PLACES = 3
_WORDS = ("route", "over", "where", "what")
"""Heads of columns of words; those of numbers are set to the right."""
_MUTED = "opacity:.7"


def differences(routes: "Sequence[Route]") -> tuple[tuple[str, ...], ...]:
    """For each route the few places that tell it from the others, in travel order: (n_routes,).

    Again and again the place is taken that the most of the other routes do not pass, stops before
    places on the way, and services (by the id that ``via`` and ``avoid`` take) where places do not
    help. A route may have none: the others then pass all that it passes.
    """
    marks = [_marks(route) for route in routes]
    found = []
    for ix, route in enumerate(routes):
        telling = _telling(marks[ix], [set(other) for other in marks[:ix] + marks[ix + 1 :]])
        found.append(tuple(sorted(telling, key=(*route.places, *marks[ix]).index)))
    return tuple(found)


def _marks(route: "Route") -> tuple[str, ...]:
    """What a route may be told by, the most telling kind first."""
    stops = (stage.place for stage in route.stages if stage.is_stop)
    services = (f"service {step.ref}" for step in route.steps if step.activity is Activity.SAILING)
    return tuple(dict.fromkeys((*stops, *route.places, *services)))


def _telling(own: Sequence[str], others: list[set[str]]) -> list[str]:
    chosen: list[str] = []
    while others and len(chosen) < _MOST_PLACES:
        lacking = [sum(mark not in other for other in others) for mark in own]
        if not max(lacking, default=0):
            break
        chosen.append(own[lacking.index(max(lacking))])
        others = [other for other in others if chosen[-1] in other]
    return chosen


def route_cells(number: int, route: "Route", over: Sequence[str]) -> tuple[str, ...]:
    """A route of a list, under `ROUTE_HEADS`."""
    return (
        str(number),
        route.name,
        ", ".join(over),
        f"{route.distance_km:,.0f}",
        f"{route.time_h:,.0f}",
        f"{route.p95_h:,.0f}",
        f"{route.cost_usd:,.0f}",
        f"{route.emission_kgco2e:,.0f}",
        percent(route.risk, plain=True),
        percent(route.time_share_by_basis["estimate"], plain=True),
    )


def stage_cells(stage: "Stage") -> tuple[str, ...]:
    """A leg or stop of a route, under `STAGE_HEADS`."""
    return (
        stage.place if stage.is_stop else f"{stage.place} - {stage.to_place}",
        stage.what,
        "" if stage.is_stop else f"{stage.distance_km:,.0f}",
        f"{stage.time_h:,.1f}",
        f"{stage.cost_usd:,.0f}",
        f"{stage.total_km:,.0f}",
        f"{stage.total_h:,.1f}",
        f"{stage.total_usd:,.0f}",
    )


def list_cells(shown: "Sequence[Route]") -> list[tuple[str, ...]]:
    """The routes of a list, numbered from 1, with the stops by which they differ."""
    pairs = zip(shown, differences(shown), strict=True)
    return [route_cells(number, *pair) for number, pair in enumerate(pairs, start=1)]


def routes_html(found: "RouteSet") -> str:
    """The routes of a set as a table; of a large set a choice that shows its range."""
    shown = found.shortlist(MOST_ROUTES) if found.criteria else found[:MOST_ROUTES]
    count = f"{len(found)} route{'' if len(found) == 1 else 's'}"
    more = f", {len(shown)} shown" if len(shown) < len(found) else ""
    title = f"{found.origin} - {found.destination}: {count}{more}"
    return f"<div>{_title(title)}{_table(ROUTE_HEADS, list_cells(shown))}</div>"


def route_html(route: "Route") -> str:
    """A route as a table of its legs and stops, with its totals and its law."""
    totals = (
        f"{route.distance_km:,.0f} km, {route.time_h:,.0f} h (p50 {route.p50_h:,.0f}, "
        f"p95 {route.p95_h:,.0f}), {route.cost_usd:,.0f} USD, "
        f"{route.emission_kgco2e:,.0f} kg CO2e; "
        f"{percent(route.time_share_by_basis['estimate'], plain=True)} of the time is estimated"
    )
    return (
        f"<div>{_title(route.name)}{_line(totals)}"
        f"{_table(STAGE_HEADS, [stage_cells(stage) for stage in route.stages])}"
        f"{_line(_law(route))}</div>"
    )


def _law(route: "Route") -> str:
    broken = [link for link in route.legal.links if not (link.holds or link.holds_nowhere)]
    if broken:
        words = (f"{link.name} in {', '.join(link.breaks_at)}" for link in broken)
        return f"Law that breaks: {'; '.join(words)}"
    return "No law breaks on the way" if route.legal.links else "No law is described"


def _title(text: str) -> str:
    return f"<strong>{escape(text)}</strong>"


def _line(text: str) -> str:
    return f'<div style="{_MUTED}">{escape(text)}</div>'


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are written already."""
    from lajvard.tables.html import table_html

    columns = (
        headed(head, digits=None if head in _WORDS else 0, name=str(place))
        for place, head in enumerate(heads)
    )
    table = ResultTable("routes", "", tuple(columns), tuple(tuple(row) for row in rows))
    return table_html(table, inline=True)
