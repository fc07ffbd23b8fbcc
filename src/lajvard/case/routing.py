"""Routes in a case, by the prices of time, reliability and risk that its flows choose by."""

from collections.abc import Sequence

from lajvard.case.applies import refuse_other_days
from lajvard.case.case import Case
from lajvard.routes import RouteSet, Weights
from lajvard.routes import find_routes as find_routes_in
from lajvard.routes.find import PARETO_CRITERIA


def find_routes(
    case: Case,
    origin: str,
    destination: str,
    *,
    cargo: str = "truck",
    criteria: Sequence[str] = PARETO_CRITERIA,
    k: int | None = None,
    weights: Weights | None = None,
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
) -> RouteSet:
    """Routes of one unit load from `origin` to `destination` in a case.

    Parameters
    ----------
    case
        A corridor on a day under a scenario.
    origin, destination
        Node ids or names.
    cargo
        A class of the table ``cargo_class``.
    criteria
        Of the Pareto set: time, cost, emission, sd (standard deviation of the time) and risk.
    k
        How many of the best routes by `weights`, instead of the Pareto set.
    weights
        What makes one cost of the criteria; by default those by which flows choose.
    via, avoid
        Places, countries, modes, links or services that every route passes, or that none touches.

    Raises
    ------
    NoRoute
        Nothing leads there under the constraints; the error names the one that closed the last
        route.
    InputError
        Something is called by a name that the corridor does not know, or a dated closure of the
        scenario does not hold on the day of the case.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> routes = find_routes(Case(built_in()), "Herat", "Istanbul", avoid=["IR"])
    >>> "IR" in routes.best("time").countries
    False
    """
    refuse_other_days(case)
    return find_routes_in(
        case.network(cargo),
        origin,
        destination,
        criteria=criteria,
        k=k,
        weights=case.weights(cargo) if weights is None else weights,
        via=via,
        avoid=avoid,
    )
