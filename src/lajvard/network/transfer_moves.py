"""Moves from one mode or gauge to another at a place."""

import numpy as np

from lajvard.corridor import Table
from lajvard.network.arrays import Activity, MoveKind
from lajvard.network.compilation import ENTRY, EXIT, ON_THE_WAY, Compilation
from lajvard.network.moves import Moves, operating
from lajvard.network.prices import NOT_KNOWN, Price, basis_ix

_BY_SERVICE = ("sea", "inland_waterway", "air")


def transfer_moves(work: Compilation) -> Moves:
    """Moves from one mode or gauge to another at a node."""
    table, cargo = work.corridor.used("transfer"), work.cargo
    usable = {"road": cargo.lorries > 0, "rail": cargo.wagons > 0}
    on_water = dict.fromkeys(_BY_SERVICE, cargo.teu > 0)
    usable |= on_water
    rows = []
    classes, back = table.lists("cargo_class"), ~table.flags("directed")
    gauges = [table.numbers(name) for name in ("from_gauge_mm", "to_gauge_mm")]
    for row in operating(table):
        before, after = table.text("from_mode")[row], table.text("to_mode")[row]
        if not (usable[before] and usable[after]) or (
            classes[row] and cargo.cargo_class not in classes[row]
        ):
            continue
        node = int(work.places.index([table.text("node_id")[row]], "transfer.csv")[0])
        a = work.places.mode_ix(before, gauges[0][row])
        b = work.places.mode_ix(after, gauges[1][row])
        rows.append((node, a, b, row))
        if back[row]:
            rows.append((node, b, a, row))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    moves = Moves(
        node_from=columns[0],
        node_to=columns[0],
        mode_from=columns[1],
        mode_to=columns[2],
        travel_mode=np.full(len(rows), -1),
        kind=np.full(len(rows), MoveKind.TRANSFER),
        ref=columns[3],
        link=np.full(len(rows), -1),
        distance_km=np.zeros(len(rows)),
    )
    for move in range(len(moves)):
        _transfer_steps(work, table, moves, move)
    work.n_moves += len(moves)
    return moves


def _transfer_steps(work: Compilation, table: Table, moves: Moves, move: int) -> None:
    row, node = int(moves.ref[move]), int(moves.node_from[move])
    mean, cv = (float(table.numbers(name)[row]) for name in ("mean_h", "cv"))
    basis, node_id = basis_ix(table.text("basis")[row]), work.places.ids[node]
    cost = float(table.numbers("cost_usd")[row])
    price = Price(cost, basis)
    if np.isnan(cost):
        price = work.prices.handling(node_id, work.places.countries[node])
    number = work.n_moves + move
    families = [
        work.places.mode_names[int(ix)].split(" ")[0]
        for ix in (moves.mode_from[move], moves.mode_to[move])
    ]
    if families[0] in _BY_SERVICE and families[1] not in _BY_SERVICE:
        work.add_acts(
            number,
            node,
            EXIT,
            work.procedures.at(node_id, "", families[0], "inbound"),
        )
    work.steps.add(
        Activity.TRANSFER,
        number,
        order=ON_THE_WAY,
        node=node,
        ref=row,
        time_h=mean,
        time_var_h2=(mean * cv) ** 2,
        cost_usd=price.amount,
        time_basis=basis,
        cost_basis=price.basis if price.amount else NOT_KNOWN,
    )
    if families[1] in _BY_SERVICE and families[0] not in _BY_SERVICE:
        work.add_acts(
            number,
            node,
            ENTRY,
            work.procedures.at(node_id, "", families[1], "outbound"),
        )
