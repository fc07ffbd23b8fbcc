"""Hand-made logs whose indicators are worked out by hand in the tests."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import isclose
from typing import Any

import ibis

from lajvard.journeys import log_of

Row = dict[str, Any]
START = datetime(2025, 1, 30, 12)


def journey(*activities: tuple[str, float, Row], begin: float = 0, **common: Any) -> Iterator[Row]:
    """The rows of a journey from activities as (activity, hours, cells), one after the other.

    `begin` is in hours since 30 January 2025, noon. A journey of 20 t by road if not told
    otherwise.
    """
    moment = START + timedelta(hours=begin)
    for activity, hours, cells in activities:
        end = moment + timedelta(hours=hours)
        row = {"mode": "road", "tonnes": 20.0, "consignment_class": "truck", "route": "north"}
        yield {**row, **common, "activity": activity, "start": moment, "end": end, **cells}
        moment = end


TOR: Row = {"node_id": "TOR", "country": "AF"}
SER: Row = {"node_id": "SER", "country": "TM"}
KRW: Row = {"node_id": "KRW", "country": "TM"}
LAT: Row = {"node_id": "LAT", "country": "AZ"}


def way(link: str, country: str, km: float, usd: float = 0, kg: float = 0) -> Row:
    return {
        "link_id": link,
        "country": country,
        "distance_km": km,
        "cost_usd": usd,
        "emission_kgco2e": kg,
    }


def one(begin: float = 0, queue: float = 2, **common: Any) -> list[Row]:
    """A lorry from Herat to Baku, 42 h when it queues 2 h in Torghundi.

    ========  ============================  ======  ====  =====  ====
    row       what                          h       km    USD    kg
    ========  ============================  ======  ====  =====  ====
    0         moving to Torghundi           3       120   150    100
    1, 2      queue and border, TOR         2 + 4         100
    3         moving to Serhetabat          1       10    20     10
    4, 5      queue and border, SER         1 + 5         200
    6         moving to Turkmenbashi        8       370   330    290
    7         rest on the way               2
    8         border, KRW                   3             50
    9         wait for departure, KRW       4
    10        sailing to Alat               6       300   500    80
    11        closure, LAT                  1
    12        border, LAT                   2             30
    ========  ============================  ======  ====  =====  ====

    800 km, 1,380 USD, 480 kg; under way 18 h with 800 km.
    """
    return list(
        journey(
            ("moving", 3, way("HEA-TOR", "AF", 120, 150, 100)),
            ("queue", queue, TOR),
            ("border", 4, TOR | {"cost_usd": 100.0}),
            ("moving", 1, way("TOR-SER", "AF", 10, 20, 10)),
            ("queue", 1, SER),
            ("border", 5, SER | {"cost_usd": 200.0}),
            ("moving", 8, way("SER-KRW", "TM", 370, 330, 290)),
            ("rest", 2, {"link_id": "SER-KRW", "country": "TM"}),
            ("border", 3, KRW | {"cost_usd": 50.0}),
            ("wait for departure", 4, KRW),
            ("sailing", 6, way("ferry", "TM", 300, 500, 80) | {"mode": "sea"}),
            ("closure", 1, LAT),
            ("border", 2, LAT | {"cost_usd": 30.0}),
            begin=begin,
            **common,
        )
    )


def table(indicator: ibis.Table) -> list[Row]:
    """The rows of a result."""
    found: list[Row] = indicator.to_pyarrow().to_pylist()
    return found


def by(indicator: ibis.Table, *names: str, value: str = "mean") -> dict[Any, Any]:
    """One column of a result by others."""
    rows = table(indicator)
    if len(names) == 1:
        return {row[names[0]]: row[value] for row in rows}
    return {tuple(row[name] for name in names): row[value] for row in rows}


def log(*journeys: list[Row]) -> ibis.Table:
    """Journeys 0, 1, … in one log; those that have a number keep it."""
    rows = [
        {"journey_id": str(number), **row} for number, rows in enumerate(journeys) for row in rows
    ]
    return log_of(rows)


def same(found: list[Row], wanted: list[Row], rel: float = 1e-9) -> bool:
    """Whether two results agree: numbers nearly, all else exactly."""
    return len(found) == len(wanted) and all(
        row.keys() == other.keys() and all(_alike(row[key], other[key], rel) for key in row)
        for row, other in zip(found, wanted, strict=True)
    )


def _alike(one: Any, other: Any, rel: float) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=rel, abs_tol=1e-7)
    return bool(one == other)
