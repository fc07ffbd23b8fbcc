"""Routes in words: the list, and one route in detail."""

from collections.abc import Mapping, Sequence

from lajvard.cli.out import heading, print_table, say
from lajvard.network import CompiledNetwork
from lajvard.routes import Route, RouteSet, Weights
from lajvard.routes.legal import LegalLink
from lajvard.routes.show import ROUTE_HEADS, STAGE_HEADS, list_cells, stage_cells
from lajvard.tables.numbers import percent

LEGEND = (
    "h is the mean, p95 h what 95 of 100 journeys keep, taken as lognormal.",
    "closed: chance that something on the way is closed; est.: share of the hours estimated.",
)


def print_routes(found: RouteSet, shown: Sequence[Route], detail: int, weights: Weights) -> None:
    """The routes as a table, then number `detail` of them."""
    network = found[0].network
    say(f"{found.origin} - {found.destination}, {network.cargo.name}, {_when(network)}")
    if not any(route.moves for route in found):
        say("It starts where it ends: there is nothing to travel.")
        return
    say(_how_many(found, shown, weights))
    for shut in network.shut:
        say(f"Closed that day: {shut.what} since {shut.since} ({shut.reason}).")
    say()
    print_table(ROUTE_HEADS, list_cells(shown))
    for line in LEGEND:
        say(line)
    if detail > len(shown):
        say(f"There is no route {detail} in the list.")
    elif detail:
        print_route(shown[detail - 1], detail)


def _when(network: CompiledNetwork) -> str:
    return f"as of {network.as_of}" if network.as_of else "as described, without a date"


def _how_many(found: RouteSet, shown: Sequence[Route], weights: Weights) -> str:
    count = f"{len(found)} route{'' if len(found) == 1 else 's'}"
    if len(found.criteria) == 1:
        kind = f"{count}, the best in {found.criteria[0]}"
    elif found.criteria:
        kind = f"{count} that no other beats in {_listed(found.criteria)} at once, fastest first"
    else:
        kind = f"{count} of least cost, with {_prices(found, weights)}, cheapest first"
    if len(shown) < len(found):
        kind += f"; {len(shown)} shown (--limit 0 shows all)"
    rules = "; ".join(str(constraint) for constraint in found.constraints)
    return f"{kind}; {rules}." if rules else f"{kind}."


def _prices(found: RouteSet, weights: Weights) -> str:
    hour, _, kilogram, *_ = weights.of(found[0].network)
    carbon = f" and a tonne of CO2e at {1000 * kilogram:g} USD" if kilogram else ""
    return f"an hour at {hour:g} USD{carbon}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def print_route(route: Route, number: int) -> None:
    """One route: its totals, stages, hours, money, law and sources."""
    heading(f"Route {number}: {route.name}")
    say(
        f"{route.distance_km:,.0f} km in {route.time_h:,.0f} h on average: half of the journeys "
        f"within {route.p50_h:,.0f} h, 95 of 100 within {route.p95_h:,.0f} h"
    )
    say(f"{route.cost_usd:,.0f} USD and {route.emission_kgco2e:,.0f} kg CO2e for one unit load")
    say()
    print_table(STAGE_HEADS, [stage_cells(stage) for stage in route.stages])
    if route.bottleneck:
        say()
        say(f"Longest stop: {route.bottleneck.place}, {route.bottleneck.time_h:,.0f} h")
    say(f"Hours: {_amounts(route.hours_by_activity, 'h')}")
    say(f"Money: {_amounts(route.money_by_item, 'USD')}")
    say(f"Figures behind the time: {_shares(route.time_share_by_basis)}")
    say(f"Figures behind the money: {_shares(route.cost_share_by_basis)}")
    _print_legal(route)


def _amounts(amounts: Mapping[str, float], unit: str) -> str:
    said = [f"{name} {amount:,.0f}" for name, amount in amounts.items() if round(amount)]
    return f"{', '.join(said)} {unit}" if said else "none"


def _shares(shares: Mapping[str, float]) -> str:
    known = ((basis, share) for basis, share in shares.items() if share)
    return ", ".join(f"{percent(share, plain=True)} {basis}" for basis, share in known)


def _print_legal(route: Route) -> None:
    legal = route.legal
    if not legal.links:
        return
    heading(f"Law in {', '.join(legal.countries)}")
    say(f"Holds all the way: {_named(legal.unbroken)}")
    absent = [link for link in legal.links if link.holds_nowhere and not link.only_signed_in]
    if broken := [link for link in legal.links if not link.holds and link not in absent]:
        say("Broken:")
        print_table(("regime", "does not hold in"), [(link.name, _breaks(link)) for link in broken])
    if absent:
        say(f"In force and signed in no country on the way: {_named(absent)}")


def _named(links: Sequence[LegalLink]) -> str:
    return "; ".join(link.name for link in links) if links else "nothing"


def _breaks(link: LegalLink) -> str:
    return ", ".join(
        f"{country} ({link.standing[country].replace('_', ' ')})" for country in link.breaks_at
    )
