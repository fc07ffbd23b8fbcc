"""How full vessels and trains leave, and greenhouse gases per tonne-kilometre."""

from collections.abc import Mapping

import ibis

from lajvard.errors import InputError
from lajvard.indicators.by import (
    DIMENSIONS,
    OF_WAYS,
    ONE,
    RUN,
    By,
    check_by,
    group_columns,
    month,
    observations,
)
from lajvard.indicators.summary import summarise

_OF_DEPARTURE = tuple(
    name
    for name in DIMENSIONS
    if name not in ("bcp", "direction", "consignment_class", "flow", "route")
)


def emission_intensity(log: ibis.Table, by: By = ()) -> ibis.Table:
    r"""Greenhouse gases per tonne-kilometre, well to wheel, in kg CO2e per t·km.

    Returns
    -------
    ibis.Table
        `by` and the columns of `SUMMARY`. An observation is a journey (its part) with a known mass
        that has covered some distance.

    Notes
    -----
    :math:`\sum_j E_j / \sum_j t_j d_j`: the emissions of all activities, empty running, terminals
    and waiting included as far as the log holds them, over transport activity. Allocation is that
    of ISO 14083:2023 [1]_: what a vehicle emits is shared among its consignments by transport
    activity, mass times distance; the log holds each consignment's share. The standard wants the
    distance of transport activity as the shortest feasible one or the great circle; here it is
    the distance travelled, so the figure is lower than the standard's by the distance adjustment
    factor, travelled over shortest.

    References
    ----------
    .. [1] ISO 14083:2023, Greenhouse gases: quantification and reporting of greenhouse gas
       emissions arising from transport chain operations.
    """
    names = check_by(by, OF_WAYS)
    found = observations(
        log,
        names,
        lambda rows: {
            "kg": rows.emission_kgco2e.sum(),
            "tkm": rows.distance_km.sum() * rows.tonnes.max(),
        },
    )
    return summarise(found.filter(found.tkm > 0), names, "kg", "tkm")


def departure_load(
    log: ibis.Table, by: By = ("link",), *, units: Mapping[str, float] | None = None
) -> ibis.Table:
    """Units aboard each departure of a vessel or scheduled train.

    Parameters
    ----------
    units
        Places that a consignment takes, by consignment class: lorries, wagons or TEU; 1 when not
        given.

    Returns
    -------
    ibis.Table
        `by` and the columns of `SUMMARY`, in units. An observation is a departure with at least
        one consignment aboard: a log does not know of empty ones.

    Notes
    -----
    Consignments that begin to sail on the same link or service at the same second of the same
    replication are aboard the same departure. It needs the log of all journeys. The statistics of
    a simulated line count empty departures as well, and need no log.
    """
    names = check_by(by, _OF_DEPARTURE)
    return summarise(_departures(log, names, units), names, "units")


def load_factor(
    log: ibis.Table,
    capacity: Mapping[str, float],
    by: By = ("link",),
    *,
    units: Mapping[str, float] | None = None,
) -> ibis.Table:
    r"""Share of the places of a vessel or scheduled train that are taken when it leaves.

    Parameters
    ----------
    capacity
        Places by link or service, > 0, in the units of `units`. Departures of others do not count.
    units
        As of `departure_load`.

    Returns
    -------
    ibis.Table
        `by` and the columns of `SUMMARY`; 1 is full. An observation is a departure, as of
        `departure_load`; the mean is units over places, all departures together.

    Notes
    -----
    :math:`\sum_d units_d / \sum_d capacity_d` over departures `d`.
    """
    if not capacity or min(capacity.values()) <= 0:
        raise InputError("load factor", "needs the places of some lines", "Give numbers above 0.")
    names = check_by(by, _OF_DEPARTURE)
    known = list(capacity)
    log = log.mutate(
        ship=ibis.ifelse(log.service_id.isin(known).fill_null(False), log.service_id, log.link_id)
    )
    found = _departures(log.filter(log.ship.isin(known)), names, units)
    places = found.ship.cases(*[(ship, float(n)) for ship, n in capacity.items()], else_=1.0)
    return summarise(found.mutate(places=places * ONE), names, "units", "places")


def _departures(
    log: ibis.Table, by: tuple[str, ...], units: Mapping[str, float] | None
) -> ibis.Table:
    rows = group_columns(log.filter(log.activity == "sailing"), by)
    if "ship" not in rows.columns:
        rows = rows.mutate(ship=ibis.coalesce(rows.service_id, rows.link_id))
    rows = rows.filter(rows.ship.notnull())
    keys = dict.fromkeys([*RUN, "ship", "start", *(name for name in by if name != "period")])
    one = ONE
    if units:
        sizes = [(name, float(size)) for name, size in units.items()]
        one = rows.consignment_class.cases(*sizes, else_=1.0) * ONE
    found = rows.mutate(unit=one)
    found = found.group_by(list(keys)).aggregate(units=found.unit.sum())
    return found.mutate(period=month(found.start)) if "period" in by else found
