"""Moves by services: ferries, container lines and other offers with departures."""

from math import isnan

import numpy as np

from lajvard.corridor import Table
from lajvard.network.arrays import Activity, MoveKind
from lajvard.network.compilation import ON_THE_WAY, Compilation
from lajvard.network.land_moves import crossing_steps
from lajvard.network.moves import Moves, operating
from lajvard.network.prices import basis_ix
from lajvard.network.waits import Wait, full_wait, gap_wait

_CARRIED = {"lorry": ("road", "lorries"), "wagon": ("rail", "wagons"), "container": ("sea", "teu")}


def service_moves(work: Compilation) -> Moves:
    """Moves by the operating services that can take the unit load, in both directions."""
    table, links = work.corridor.used("service"), work.corridor.used("link")
    rows = []
    for service in operating(table):
        mode, units = _CARRIED[table.text("carries")[service]]
        link_id = table.text("link_id")[service]
        if getattr(work.cargo, units) <= 0 or link_id not in links:
            continue
        link = links.ix(link_id)
        if links.text("status")[link] != "operating":
            continue
        ends = (links.text("from_node_id")[link], links.text("to_node_id")[link])
        a, b = work.places.index(ends, "link.csv")
        travel = work.places.mode_ix(links.text("mode")[link])
        for state_mode in _boarding_modes(work, mode, links, link):
            rows.append((a, b, state_mode, travel, service, link))
            if not links.flags("directed")[link]:
                rows.append((b, a, state_mode, travel, service, link))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 6).T
    moves = Moves(
        node_from=columns[0],
        node_to=columns[1],
        mode_from=columns[2],
        mode_to=columns[2],
        travel_mode=columns[3],
        kind=np.full(len(rows), MoveKind.SERVICE),
        ref=columns[4],
        link=columns[5],
        distance_km=links.numbers("length")[columns[5]],
    )
    for move in range(len(moves)):
        _sailing_steps(work, table, moves, move)
    crossing_steps(work, moves, np.arange(len(moves)), work.n_moves)
    work.n_moves += len(moves)
    return moves


def _boarding_modes(work: Compilation, mode: str, links: Table, link: int) -> list[int]:
    """The modes in which units board: rail of the gauge that the link or its ends have."""
    if mode != "rail":
        return [work.places.mode_ix(mode)]
    own = links.numbers("gauge_mm")[link]
    if not np.isnan(own):
        return [work.places.mode_ix("rail", own)]
    gauges = links.numbers("gauge_mm")
    at_ends = []
    for end in (links.text("from_node_id")[link], links.text("to_node_id")[link]):
        touching = zip(links.text("from_node_id"), links.text("to_node_id"), strict=True)
        at_ends.append({gauges[ix] for ix, pair in enumerate(touching) if end in pair} - {np.nan})
    shared = {gauge for gauge in at_ends[0] & at_ends[1] if not np.isnan(gauge)}
    either = {gauge for gauge in at_ends[0] | at_ends[1] if not np.isnan(gauge)}
    return [work.places.mode_ix("rail", gauge) for gauge in sorted(shared or either)]


def departure_wait(table: Table, row: int, work: Compilation) -> Wait:
    """Wait for the next departure of a service, by the way it operates."""
    operation = table.text("operation")[row]
    if operation == "timetable":
        return work.calendars.departure_wait(table.text("calendar_id")[row])
    if operation == "headway":
        headway = float(table.numbers("headway_h")[row])
        return gap_wait([headway], headway)
    longest = table.numbers("max_wait_h")[row]
    return full_wait(
        float(table.numbers("capacity")[row]),
        float(table.numbers("arrivals_per_day")[row]) / 24,
        float(np.inf if np.isnan(longest) else longest),
    )


def _sailing_steps(work: Compilation, table: Table, moves: Moves, move: int) -> None:
    row = int(moves.ref[move])
    basis = basis_ix(table.text("basis")[row])
    wait = departure_wait(table, row, work)
    sailing = float(table.numbers("sailing_h")[row])
    fare = work.prices.fare(table.text("service_id")[row])
    emission_id = table.text("emission_id")[row]
    mode = work.places.mode_names[int(moves.travel_mode[move])]
    country = work.places.countries[int(moves.node_from[move])]
    prices = work.prices
    emission = prices.emission_of(emission_id) if emission_id else prices.emission(mode, country)
    loading, unloading = (
        0.0 if isnan(hours := float(table.numbers(name)[row])) else hours
        for name in ("loading_h", "unloading_h")
    )
    common = {"ref": row, "time_basis": basis}
    number, start, end = (
        work.n_moves + move,
        int(moves.node_from[move]),
        int(moves.node_to[move]),
    )
    steps = work.steps
    steps.add(
        Activity.WAIT_FOR_DEPARTURE,
        number,
        order=ON_THE_WAY,
        node=start,
        time_h=wait.mean_h,
        time_var_h2=wait.var_h2,
        **common,
    )
    if loading:
        steps.add(
            Activity.LOADING, number, order=ON_THE_WAY + 1, node=start, time_h=loading, **common
        )
    steps.add(
        Activity.SAILING,
        number,
        order=ON_THE_WAY + 2,
        node=start,
        distance_km=float(moves.distance_km[move]),
        time_h=sailing,
        time_var_h2=(sailing * float(table.numbers("sailing_cv")[row])) ** 2,
        cost_usd=fare.amount,
        emission_kgco2e=emission.amount * float(moves.distance_km[move]),
        cost_basis=fare.basis,
        **common,
    )
    if unloading:
        steps.add(
            Activity.UNLOADING, number, order=ON_THE_WAY + 3, node=end, time_h=unloading, **common
        )
