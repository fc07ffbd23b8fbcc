"""Moves along roads and railways, across borders where they cross them."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor import Table
from lajvard.network.arrays import Activity, FloatArray, MoveKind
from lajvard.network.compilation import ENTRY, EXIT, ON_THE_WAY, PERMIT, Compilation
from lajvard.network.moves import Moves, operating
from lajvard.network.prices import Price, basis_ix


def link_moves(work: Compilation) -> Moves:
    """Moves along the operating roads and railways that the unit load can use."""
    table, places, cargo = work.corridor.used("link"), work.places, work.cargo
    modes = table.text("mode")
    usable = {"road": cargo.lorries > 0, "rail": cargo.wagons > 0}
    rows = operating(table)
    rows = rows[[usable.get(modes[row], False) for row in rows]]
    gauges = np.nan_to_num(table.numbers("gauge_mm"))
    mode_of = {
        (mode, gauge): places.mode_ix(mode, gauge or np.nan)
        for mode, gauge in {(modes[row], gauges[row]) for row in rows}
    }
    mode = np.array([mode_of[modes[row], gauges[row]] for row in rows], np.int64)
    start = places.index([table.text("from_node_id")[row] for row in rows], "link.csv")
    end = places.index([table.text("to_node_id")[row] for row in rows], "link.csv")
    back = ~table.flags("directed")[rows]
    ref = np.concatenate([rows, rows[back]])
    moves = Moves(
        node_from=np.concatenate([start, end[back]]),
        node_to=np.concatenate([end, start[back]]),
        mode_from=(both := np.concatenate([mode, mode[back]])),
        mode_to=both,
        travel_mode=both,
        kind=np.full(len(ref), MoveKind.LINK),
        ref=ref,
        link=ref,
        distance_km=table.numbers("length")[ref],
    )
    _driving_steps(work, table, moves)
    crossing_steps(work, moves, np.arange(len(moves)), 0)
    work.n_moves = len(moves)
    return moves


def _driving_steps(work: Compilation, table: Table, moves: Moves) -> None:
    """Moving and, on roads, the rest that the driver-hours rule asks for.

    Rest is in proportion to driving, so both vary together: with moving time T and rest fT the
    variance of the sum is (1 + f)² Var T, of which the rest is given all but Var T.
    """
    rows, all_moves = moves.ref, np.arange(len(moves))
    time = moves.distance_km / table.numbers("free_speed")[rows]
    var = (time * table.numbers("speed_cv")[rows]) ** 2
    country = np.array(work.places.countries, dtype=object)[moves.node_from]
    families = np.array([name.split(" ")[0] for name in work.places.mode_names], dtype=object)
    family = families[moves.travel_mode.astype(np.int64)]
    pairs, pair_ix = _pairs(family, country)
    costs = [work.prices.haulage(mode, where) for mode, where in pairs]
    emissions = [work.prices.emission(mode, where) for mode, where in pairs]
    rests = np.array(
        [
            work.driver_rules.rest_per_driving(where) if mode == "road" else 0.0
            for mode, where in pairs
        ]
    )
    bases = {name: basis_ix(name) for name in {*table.text("speed_basis"), *table.text("basis")}}
    speed_basis = [
        bases[a or b] for a, b in zip(table.text("speed_basis"), table.text("basis"), strict=True)
    ]
    time_basis = np.array(speed_basis, dtype=np.int8)[rows]
    work.steps.add_block(
        Activity.MOVING,
        all_moves,
        order=ON_THE_WAY,
        node=moves.node_from,
        ref=rows,
        distance_km=moves.distance_km,
        time_h=time,
        time_var_h2=var,
        cost_usd=_amounts(costs)[pair_ix] * moves.distance_km,
        emission_kgco2e=_amounts(emissions)[pair_ix] * moves.distance_km,
        time_basis=time_basis,
        cost_basis=np.array([price.basis for price in costs], dtype=np.int8)[pair_ix],
    )
    rest = rests[pair_ix] if len(rests) else np.empty(0)
    resting = np.flatnonzero(rest > 0)
    work.steps.add_block(
        Activity.REST,
        resting,
        order=ON_THE_WAY + 1,
        node=moves.node_to[resting],
        ref=rows[resting],
        time_h=(rest * time)[resting],
        time_var_h2=(((1 + rest) ** 2 - 1) * var)[resting],
        time_basis=time_basis[resting],
    )


def _pairs(
    first: NDArray[Any], second: NDArray[Any]
) -> tuple[list[tuple[str, str]], NDArray[np.int64]]:
    numbers: dict[tuple[str, str], int] = {}
    ix = [numbers.setdefault(pair, len(numbers)) for pair in zip(first, second, strict=True)]
    return list(numbers), np.array(ix, dtype=np.int64)


def _amounts(prices: Iterable[Price]) -> FloatArray:
    return np.array([price.amount for price in prices], dtype=np.float64)


def crossing_steps(work: Compilation, moves: Moves, which: NDArray[np.int64], offset: int) -> None:
    """Add the procedures at both posts and the permits of the country entered."""
    ids, countries = work.places.ids, work.places.countries
    families = [name.split(" ")[0] for name in work.places.mode_names]
    country_ix = np.unique(np.array(countries, dtype=object), return_inverse=True)[1]
    special = {
        ids.index(node)
        for mode in ("road", "rail")
        for node in work.procedures.nodes(mode)
        if node in ids
    }
    marked = np.zeros(len(ids), dtype=np.bool_)
    marked[list(special)] = True
    start, end = moves.node_from[which], moves.node_to[which]
    abroad = country_ix[start] != country_ix[end]
    for ix in np.flatnonzero(abroad | marked[start] | marked[end]):
        move = int(which[ix])
        a, b = int(start[ix]), int(end[ix])
        mode = families[int(moves.mode_from[move])]
        exit_acts = work.procedures.at(ids[a], ids[b], mode, "outbound")
        entry_acts = work.procedures.at(ids[b], ids[a], mode, "inbound")
        work.add_acts(offset + move, a, EXIT, exit_acts)
        if abroad[ix]:
            permits = work.permits.entering(countries[b], countries[a], mode)
            work.add_acts(offset + move, b, PERMIT, permits)
        work.add_acts(offset + move, b, ENTRY, entry_acts)
