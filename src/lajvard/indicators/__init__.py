"""Indicators: from a journey log to the numbers that the field publishes.

Each is a function from an Ibis table to an Ibis table, of observed and simulated journeys alike;
`INDICATORS` names them all, with unit and meaning. ``by`` groups an indicator by any of
`DIMENSIONS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lajvard.errors import InputError, did_you_mean
from lajvard.indicators.border import tfi1, tfi2
from lajvard.indicators.by import BACKGROUND, DIMENSIONS, Dimension
from lajvard.indicators.load import departure_load, emission_intensity, load_factor
from lajvard.indicators.parts import hours_by_cause, money_by_item
from lajvard.indicators.profile import time_cost_distance
from lajvard.indicators.speed import journey_hours, reliability, swd, swod, tfi3
from lajvard.indicators.summary import SUMMARY
from lajvard.indicators.traffic import in_system, queue_length, throughput, utilisation
from lajvard.tables import ResultColumn, ResultTable

__all__ = [
    "DIMENSIONS",
    "INDICATORS",
    "SUMMARY",
    "WITH_BACKGROUND",
    "Dimension",
    "Indicator",
    "departure_load",
    "emission_intensity",
    "hours_by_cause",
    "in_system",
    "indicator",
    "journey_hours",
    "load_factor",
    "money_by_item",
    "queue_length",
    "reliability",
    "swd",
    "swod",
    "tfi1",
    "tfi2",
    "tfi3",
    "throughput",
    "time_cost_distance",
    "utilisation",
]


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator as lists and menus show it.

    Attributes
    ----------
    name
        What commands call it.
    function
        From a log, and `by`, to a table.
    unit
        Of its mean.
    meaning
        In one line.
    needs
        What it must be given beside the log, empty for nothing.
    """

    name: str
    function: Callable[..., Any]
    unit: str
    meaning: str
    needs: str = ""


_LIST = (
    Indicator("tfi1", tfi1, "h", "time to clear a border crossing point, queue included"),
    Indicator("tfi2", tfi2, "USD", "money paid at a border crossing point"),
    Indicator("tfi3", tfi3, "USD per 500 km and 20 t", "cost of carriage, border cost included"),
    Indicator("tfi4", swd, "km/h", "speed with delay (SWD): distance over total time"),
    Indicator("swd", swd, "km/h", "speed with delay: distance over total time"),
    Indicator("swod", swod, "km/h", "speed without delay: distance over time under way"),
    Indicator("time", journey_hours, "h", "time of a journey, or of its part"),
    Indicator("reliability", reliability, "h", "p95, buffer index, planning time index of times"),
    Indicator("profile", time_cost_distance, "h", "UNESCAP time/cost-distance table of a route"),
    Indicator("causes", hours_by_cause, "h", "hours of a journey by cause"),
    Indicator("money", money_by_item, "USD", "money of a journey by item"),
    Indicator("throughput", throughput, "a day", "consignments or tonnes that leave a place"),
    Indicator("queue", queue_length, "consignments", "how many stand in line at a time"),
    Indicator("in-system", in_system, "consignments", "how many are on their way at a time"),
    Indicator("utilisation", utilisation, "share", "busy servers of a post", "servers"),
    Indicator("emissions", emission_intensity, "kg CO2e per t·km", "greenhouse gases of carriage"),
    Indicator("departures", departure_load, "units", "units aboard each vessel or train"),
    Indicator("load-factor", load_factor, "share", "taken places of vessels, trains", "capacity"),
)

INDICATORS: Mapping[str, Indicator] = MappingProxyType({item.name: item for item in _LIST})
"""All indicators by the name that commands use."""

WITH_BACKGROUND = frozenset({"tfi1", "tfi2", "throughput", "queue", "in-system", "departures"})
"""Indicators of places, where the traffic that only fills them counts as well."""


def indicator(log: Any, name: str, *, by: Sequence[str] = (), **options: Any) -> ResultTable:
    """An indicator of a journey log, observed or simulated.

    Parameters
    ----------
    log
        As `open_log` or `Run.log` gives it.
    name
        One of `INDICATORS`.
    by
        What it is grouped by, out of `DIMENSIONS`; by default as the indicator is published.
    **options
        What the indicator needs beside the log, as ``servers`` of utilisation.

    Returns
    -------
    ResultTable
        Groups, number of observations, mean and its 95 % interval, and more by indicator. Traffic
        that only fills borders counts at places alone (`WITH_BACKGROUND`).

    Raises
    ------
    InputError
        There is no such indicator, or it cannot be grouped so.

    Examples
    --------
    >>> from lajvard.journeys import log_of
    >>> at = {"node_id": "TMKRW", "country": "TM"}
    >>> border = {"activity": "border", "start": "2018-12-13T06:00", "end": "2018-12-13T09:30"}
    >>> [row["mean"] for row in indicator(log_of([at | border]), "tfi1")]
    [3.5]
    """
    found = check_groups(log, name, by, **options).to_pyarrow()
    known = INDICATORS[name]
    columns = [_column(column, known) for column in found.column_names]
    return ResultTable.of(name, columns, found.to_pylist(), title=known.meaning)


def check_groups(log: Any, name: str, by: Sequence[str] = (), **options: Any) -> Any:
    """What an indicator works out, before anything is: it says at once what cannot be grouped so.

    Raises
    ------
    InputError
        There is no such indicator, or it cannot be grouped so.
    """
    if name not in INDICATORS:
        remedy = did_you_mean(name, [*INDICATORS]) or f"One of {', '.join(INDICATORS)}."
        raise InputError("indicators", f"unknown indicator '{name}'", remedy)
    if name not in WITH_BACKGROUND:
        log = log.filter((log.consignment_class != BACKGROUND).fill_null(True))
    try:
        return INDICATORS[name].function(log, **({"by": tuple(by)} if by else {}), **options)
    except InputError as error:
        if error.where != "indicator":
            raise
        raise InputError(f"indicator '{name}'", error.what, error.remedy) from None


_COUNTS = ("n", "enough", "warning")


def _column(name: str, known: Indicator) -> ResultColumn:
    """A column of an indicator: groups and counts have no unit, all else that of the indicator."""
    if name in DIMENSIONS:
        return ResultColumn(name, "", DIMENSIONS[name].meaning)
    return ResultColumn(name, "" if name in _COUNTS else known.unit)
