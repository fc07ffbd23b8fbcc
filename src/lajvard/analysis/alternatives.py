"""Comparing a corridor with its competitors, pair by pair and alternative by alternative."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lajvard.analysis.countries import country
from lajvard.case import Case, refuse_other_days
from lajvard.corridor import Corridor
from lajvard.errors import InputError, NumericsError
from lajvard.network import CompiledNetwork
from lajvard.progress import Progress, Report, quiet
from lajvard.routes import NoRoute, Route, Weights, find_routes
from lajvard.tables.numbers import listed

BEST = "best of all"
"""Name of the way that is free to choose among everything that operates."""

MAX_PAIRS = 6
"""So many of the largest flows of ``demand`` are compared where ``od_pair`` has no rows."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An origin, a destination and the unit load that goes between them."""

    pair_id: str
    title: str
    origin: str
    destination: str
    cargo_class: str


@dataclass(frozen=True, eq=False)
class ComparedAlternative:
    """One alternative for one pair.

    Attributes
    ----------
    alternative_id
        Empty for the best of all.
    via, avoid
        What its routes pass and do not touch.
    route
        The best of its routes by generalised cost, None if there is none.
    reason
        Why there is none.
    front
        Its Pareto set over all five criteria, if it was asked for.
    same_as
        Name of an earlier alternative whose route is the same.
    """

    alternative_id: str
    name: str
    via: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    route: Route | None = None
    reason: str = ""
    front: tuple[Route, ...] = ()
    same_as: str = ""


@dataclass(frozen=True, eq=False)
class PairComparison:
    """All ways for one pair: the best of all first, then the alternatives in their order."""

    pair: Pair
    network: CompiledNetwork | None
    ways: tuple[ComparedAlternative, ...]

    @property
    def best(self) -> ComparedAlternative:
        """The way that is free to choose."""
        return self.ways[0]

    @property
    def named(self) -> tuple[ComparedAlternative, ...]:
        """The alternatives that have a route, one for each different route."""
        own = tuple(way for way in self.ways[1:] if way.route is not None and not way.same_as)
        return own or tuple(way for way in self.ways[:1] if way.route is not None)

    @property
    def main(self) -> ComparedAlternative:
        """The first alternative if it has a route, or the best of all."""
        first = self.ways[1] if len(self.ways) > 1 else self.ways[0]
        return first if first.route is not None else self.ways[0]

    def first_by(self, value: Callable[[Route], float]) -> ComparedAlternative:
        """The alternative whose route has the least of something."""
        return min(self.named, key=lambda way: value(way.route) if way.route else np.inf)


def compare_alternatives(
    case: Case,
    *,
    main_only: bool = False,
    fronts: bool = True,
    progress: Report = quiet,
) -> tuple[PairComparison, ...]:
    """The best route of every alternative for every pair that the corridor compares.

    Routes are the best by generalised cost: USD plus hours at the value of time of the cargo
    class, with the prices of reliability and risk by which flows choose.

    Parameters
    ----------
    case
        The tables ``od_pair`` and ``alternative`` of its corridor say what is compared; without
        pairs, the largest flows of ``demand`` are.
    main_only
        Only the first pair.
    fronts
        Whether Pareto sets are found too: of every pair, and of the alternatives of the first.
    progress
        Told the title of each pair before its turn.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> main = compare_alternatives(Case(built_in()), main_only=True, fronts=False)[0]
    >>> main.pair.origin, main.pair.destination, main.main.name.startswith("Lapis Lazuli")
    ('AFHEA', 'TRIST', True)
    """
    refuse_other_days(case)
    pairs = pairs_of(case.rows)[: 1 if main_only else None]
    compared = []
    for number, pair in enumerate(pairs):
        progress(Progress(f"Comparing ways: {pair.title}", number + 1, len(pairs)))
        wanted = _FRONTS if fronts and number == 0 else _FRONTS[:1] if fronts else ()
        compared.append(_compare(case, pair, wanted))
    return tuple(compared)


def pairs_of(corridor: Corridor) -> tuple[Pair, ...]:
    """The pairs of ``od_pair`` by rank, or the largest flows of ``demand``."""
    table = corridor.used("od_pair")
    if not len(table):
        return _largest_flows(corridor)
    ranks = np.nan_to_num(table.numbers("rank"), nan=np.inf)
    names = ("od_pair_id", "title", "origin_node_id", "dest_node_id", "cargo_class")
    columns = [table.text(name) for name in names]
    return tuple(
        Pair(*(column[ix] for column in columns)) for ix in np.argsort(ranks, kind="stable")
    )


def _largest_flows(corridor: Corridor) -> tuple[Pair, ...]:
    table, nodes = corridor.used("demand"), corridor.used("node")
    names = dict(zip(nodes.text("node_id"), nodes.text("name"), strict=True))
    tonnes: dict[tuple[str, str, str], float] = {}
    keys = zip(
        *(table.text(name) for name in ("origin_node_id", "dest_node_id", "cargo_class")),
        strict=True,
    )
    for key, amount in zip(keys, np.nan_to_num(table.numbers("tonnes_per_year")), strict=True):
        if key[0] != key[1] and key[0] in names and key[1] in names:
            tonnes[key] = tonnes.get(key, 0.0) + float(amount)
    largest = sorted(tonnes, key=lambda key: -tonnes[key])[:MAX_PAIRS]
    return tuple(
        Pair("-".join(key), f"{names[key[0]]} to {names[key[1]]} ({key[2]})", *key)
        for key in largest
    )


_FRONTS = (False, True)
"""Of which ways Pareto sets are found: of those that are alternatives, or are not."""


def _compare(case: Case, pair: Pair, fronts: tuple[bool, ...]) -> PairComparison:
    asked = [ComparedAlternative("", BEST), *_alternatives(case.rows)]
    try:
        network, weights = case.network(pair.cargo_class), case.weights(pair.cargo_class)
    except InputError as error:
        reason = str(error)
        return PairComparison(pair, None, tuple(replace(way, reason=reason) for way in asked))
    ways: list[ComparedAlternative] = []
    for way in asked:
        found = _solved(network, weights, pair, way, bool(way.alternative_id) in fronts)
        ways.append(replace(found, same_as=_twin(found, ways[1:])))
    return PairComparison(pair, network, tuple(ways))


def _alternatives(corridor: Corridor) -> list[ComparedAlternative]:
    table = corridor.used("alternative")
    columns = (table.text("alternative_id"), table.text("name"))
    lists = (table.lists("via"), table.lists("avoid"))
    return [ComparedAlternative(*row) for row in zip(*columns, *lists, strict=True)]


def _solved(
    network: CompiledNetwork, weights: Weights, pair: Pair, way: ComparedAlternative, front: bool
) -> ComparedAlternative:
    """The way with its best route, or with the reason why it has none."""
    apart = _starts_outside(network, pair, way)
    if apart:
        return replace(way, reason=apart)
    try:
        best = find_routes(
            network,
            pair.origin,
            pair.destination,
            k=1,
            weights=weights,
            via=way.via,
            avoid=way.avoid,
        )
    except NoRoute as error:
        return replace(way, reason=_why(network, error))
    except InputError as error:
        return replace(way, reason=error.what)
    again = best[0].crossed_again
    if way.alternative_id and again:
        return replace(way, reason=f"a detour: its best route enters {', '.join(again)} twice")
    if not front:
        return replace(way, route=best[0])
    try:
        pareto = find_routes(network, pair.origin, pair.destination, via=way.via, avoid=way.avoid)
    except NumericsError:
        return replace(way, route=best[0])
    return replace(way, route=best[0], front=pareto.routes)


def _why(network: CompiledNetwork, error: NoRoute) -> str:
    """Why there is no route, for readers: where it would lead through what the way avoids."""
    if not error.alone or any(constraint.verb != "avoid" for constraint in error.alone):
        return error.what
    through = [
        country(constraint.what) if constraint.kind == "country" else constraint.name
        for constraint in error.alone
    ]
    return f"no route for {network.cargo.name}: each leads through {listed(through, 'or')}"


def _starts_outside(network: CompiledNetwork, pair: Pair, way: ComparedAlternative) -> str:
    """Why a way is none for a pair whose ends it does not touch; empty when it is."""
    for node in (pair.origin, pair.destination):
        if node in network.node_ids:
            ix = network.node_ix(node)
            if node in way.avoid or network.node_countries[ix] in way.avoid:
                where = f"{network.node_names[ix]} ({network.node_countries[ix]})"
                return f"does not apply: it leaves out {where}, an end of the pair"
    return ""


def _twin(way: ComparedAlternative, earlier: Sequence[ComparedAlternative]) -> str:
    """Name of the earlier way with the same route."""
    if way.route is None:
        return ""
    moves = way.route.moves
    return next((w.name for w in earlier if w.route is not None and w.route.moves == moves), "")
