"""Routes through a compiled network, and what they are made of."""

from lajvard.routes.find import (
    NoRoute,
    RouteSet,
    Weights,
    best_route,
    find_routes,
    od_table,
    one_to_all,
)
from lajvard.routes.legal import LegalChain, LegalLink
from lajvard.routes.route import Route, Stage

__all__ = [
    "LegalChain",
    "LegalLink",
    "NoRoute",
    "Route",
    "RouteSet",
    "Stage",
    "Weights",
    "best_route",
    "find_routes",
    "od_table",
    "one_to_all",
]
