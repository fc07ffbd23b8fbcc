"""What indicators are grouped by, and the observations that they are worked out from.

An observation is one journey, or its part in one country, at one place or by one mode when an
indicator is asked for by these.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import ibis

from lajvard.errors import InputError, did_you_mean
from lajvard.schema import ACTIVITIES

RUN = ("run_id", "replication")
"""The columns that identify a replication in a log."""

JOURNEY = (*RUN, "journey_id")
"""The columns that identify a journey in a log."""

BACKGROUND = "background"
"""Class of the traffic that fills posts and ferries in a simulation, and is no part of flows."""

ONE = ibis.literal(1).cast("float64")
"""Makes a float of any number: Spark takes a literal such as 1.0 for an exact decimal."""

By = Sequence[str]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that an indicator is grouped by, and the column of the log that holds it."""

    column: str
    meaning: str


DIMENSIONS: Mapping[str, Dimension] = MappingProxyType(
    {
        "corridor": Dimension("corridor", "the corridor"),
        "scenario": Dimension("scenario", "the scenario, empty for the corridor as described"),
        "run_id": Dimension("run_id", "the run"),
        "flow": Dimension(
            "source_id", "the demand flow of simulated journeys, the provider of others"
        ),
        "route": Dimension("route", "the route that the consignment is on"),
        "consignment_class": Dimension("consignment_class", "the cargo class"),
        "mode": Dimension("mode", "the mode: the part of each journey by it"),
        "country": Dimension("country", "the country: the part of each journey in it"),
        "bcp": Dimension("node_id", "the border crossing point or other node: the stay at it"),
        "link": Dimension("link_id", "the link: the way along it"),
        "service": Dimension("service_id", "the service: the ride on it, and the waits for it"),
        "direction": Dimension(
            "",
            "of a stay at a border post outbound or inbound, seen from the country of the post; "
            "of all else the first and the last country of the journey, such as AF-TR",
        ),
        "period": Dimension("", "the month (UTC) in which the journey, or its part, began"),
    }
)
"""What every indicator can be grouped by; the result has a column of this name."""

_PLACES = ("bcp", "link", "service")

OF_WAYS = tuple(name for name in DIMENSIONS if name != "bcp")
"""What indicators that are about distance can be grouped by."""


def check_by(by: By, allowed: Iterable[str] = DIMENSIONS) -> tuple[str, ...]:
    """The dimensions that were asked for, each once.

    Raises
    ------
    InputError
        There is no such dimension, or the indicator has no use for it.

    Examples
    --------
    >>> check_by(["country", "mode", "country"])
    ('country', 'mode')
    """
    known = list(allowed)
    given = [by] if isinstance(by, str) else list(by)
    for name in given:
        if name not in known:
            remedy = did_you_mean(name, known) or f"One of {', '.join(known)}."
            raise InputError("indicator", f"cannot be grouped by '{name}'", remedy)
    return tuple(dict.fromkeys(given))


def hours(start: ibis.Value, end: ibis.Value) -> ibis.Value:
    """Hours from one moment to another."""
    return (end.epoch_seconds() - start.epoch_seconds()).cast("float64") / 3600.0


def duration(log: ibis.Table) -> ibis.Value:
    """Hours of each row of a log."""
    return hours(log.start, log.end)


def of_flows(rows: ibis.Table) -> ibis.Value:
    """Whether rows belong to consignments of described flows, and not to background traffic."""
    return rows.consignment_class.fill_null("") != BACKGROUND


def of_whole_journeys(rows: ibis.Table) -> ibis.Value:
    """Whether rows belong to journeys of described flows that have arrived."""
    return of_flows(rows) & rows.arrived.fill_null(True)


def month(moment: ibis.Value) -> ibis.Value:
    """The month of a moment as text, such as 2025-03."""
    number = moment.month().cast("string")
    return moment.year().cast("string") + "-" + number.lpad(2, "0")


def activities_of(cause: str) -> list[str]:
    """The activities whose hours are counted under a cause."""
    return [name for name, activity in ACTIVITIES.items() if activity.cause == cause]


Condition = Callable[[ibis.Table], ibis.Value]
"""Which rows of a log count."""


def group_columns(
    log: ibis.Table, by: Collection[str], where: Condition | None = None
) -> ibis.Table:
    """The rows of a log that count, with a column for each dimension but the period.

    What is not known is an empty text, so that it makes a group of its own. Rows at no node, or
    on no link, are left out when it is grouped by these.
    """
    rows = _with_direction(log) if "direction" in by else log
    if where is not None:
        rows = rows.filter(where(rows))
    columns = {
        name: rows[DIMENSIONS[name].column].fill_null("") for name in by if DIMENSIONS[name].column
    }
    rows = rows.mutate(**columns)
    for name in _PLACES:
        if name in by:
            rows = rows.filter(rows[name] != "")
    return rows


def first_countries(log: ibis.Table) -> ibis.Table:
    """The first and the last country of each journey."""
    rows = log.filter(log.country.notnull())
    return rows.group_by(JOURNEY).aggregate(
        first_country=rows.country.argmin(rows.seq), last_country=rows.country.argmax(rows.seq)
    )


def _with_direction(log: ibis.Table) -> ibis.Table:
    rows = log.left_join(first_countries(log), JOURNEY)
    direction = (rows.first_country + "-" + rows.last_country).fill_null("")
    return rows.select(*log.columns, direction=direction)


def observations(
    log: ibis.Table,
    by: Collection[str],
    measures: Callable[[ibis.Table], dict[str, ibis.Value]],
    where: Condition | None = None,
) -> ibis.Table:
    """One row a journey, or a part of a journey when `by` divides it.

    Background traffic has no journeys: it only fills posts and ferries. Journeys that were still
    under way when the log ended do not count either.

    Parameters
    ----------
    measures
        Sums and the like over the rows of each observation, by name.
    where
        Which rows count, all when not given.

    Returns
    -------
    ibis.Table
        Columns of the journey, of `by`, `began`, and the measures.
    """
    rows = group_columns(log, by, where)
    rows = rows.filter(of_whole_journeys(rows))
    keys = dict.fromkeys([*JOURNEY, *(name for name in by if name != "period")])
    found = rows.group_by(list(keys)).aggregate(began=rows.start.min(), **measures(rows))
    return found.mutate(period=month(found.began)) if "period" in by else found
