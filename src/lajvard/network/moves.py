"""The moves of a network: links, services and transfers, with the steps that each consists of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor import Table
from lajvard.network.arrays import Activity, FloatArray, IntArray, MoveKind, SmallArray
from lajvard.network.prices import NOT_KNOWN, Price, basis_ix
from lajvard.network.rules import Act, Closing
from lajvard.network.waits import Wait, full_wait, gap_wait

if TYPE_CHECKING:
    from lajvard.network.compile import _Compiler

EXIT, CLOSED, ON_THE_WAY, PERMIT, ENTRY = 0, 1000, 2000, 3000, 4000
"""Where the steps of each part of a move start in its order."""

_CARRIED = {"lorry": ("road", "lorries"), "wagon": ("rail", "wagons"), "container": ("sea", "teu")}
_BY_SERVICE = ("sea", "inland_waterway", "air")


@dataclass(frozen=True)
class Places:
    """Nodes by index, and the modes of the virtual network."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    countries: tuple[str, ...]
    coordinates: FloatArray
    mode_names: tuple[str, ...]

    @classmethod
    def of(cls, nodes: Table) -> "Places":
        """The places of a node table; the modes are those of the schema, rail by gauge."""
        gauges = (1000, 1067, 1435, 1520, 1668, 1676)
        modes = ("road", "rail", "sea", "inland_waterway", "air")
        return cls(
            tuple(nodes.text("node_id")),
            tuple(nodes.text("name")),
            tuple(nodes.text("country")),
            np.stack([nodes.numbers("x_coord"), nodes.numbers("y_coord")], axis=1),
            modes + tuple(f"rail {gauge}" for gauge in gauges),
        )

    def index(self, ids: Sequence[str], where: str) -> NDArray[np.int64]:
        """Indices of node ids: (n,)."""
        from lajvard.errors import InputError, did_you_mean

        number = {node_id: ix for ix, node_id in enumerate(self.ids)}
        try:
            return np.array([number[node_id] for node_id in ids], dtype=np.int64)
        except KeyError as error:
            name = str(error.args[0])
            remedy = did_you_mean(name, self.ids) or "Run `lajvard check` first."
            raise InputError(where, f"unknown node '{name}'", remedy) from None

    def mode_ix(self, mode: str, gauge_mm: float = np.nan) -> int:
        """Index of a mode; rail of an unknown gauge is a mode of its own."""
        named = f"{mode} {gauge_mm:.0f}" if mode == "rail" and not np.isnan(gauge_mm) else mode
        return (
            self.mode_names.index(named)
            if named in self.mode_names
            else self.mode_names.index(mode)
        )


@dataclass
class Moves:
    """Moves in the making, column by column: (n_moves,) each."""

    node_from: IntArray
    node_to: IntArray
    mode_from: SmallArray
    mode_to: SmallArray
    travel_mode: SmallArray
    kind: SmallArray
    ref: IntArray
    link: IntArray
    distance_km: FloatArray

    def __len__(self) -> int:
        return len(self.node_from)

    @classmethod
    def joined(cls, parts: Sequence["Moves"]) -> "Moves":
        """All moves one after another; their steps were numbered so."""
        if not parts:
            return cls(**{f.name: np.empty(0, _kind(f.name)) for f in fields(cls)})
        return cls(
            **{
                f.name: np.concatenate([getattr(part, f.name) for part in parts]).astype(
                    _kind(f.name)
                )
                for f in fields(cls)
            }
        )

    def met_by(self, closing: Closing, compiler: "_Compiler") -> NDArray[np.bool_]:
        """Which moves a closure closes: (n_moves,)."""
        met: NDArray[np.bool_]
        ids = compiler.places.ids
        if closing.service_id:
            rows = compiler.corridor.used("service").text("service_id")
            mine = np.isin(self.ref, _rows(rows, closing.service_id))
            met = mine & (self.kind == MoveKind.SERVICE)
            return met
        if closing.link_id:
            rows = compiler.corridor.used("link").text("link_id")
            mine = np.isin(self.link, _rows(rows, closing.link_id))
            met = mine & (self.kind == MoveKind.LINK)
            return met
        if closing.node_id not in ids:
            return np.zeros(len(self), dtype=np.bool_)
        node = ids.index(closing.node_id)
        if closing.other_node_id in ids:
            other = ids.index(closing.other_node_id)
            there = (self.node_from == node) & (self.node_to == other)
            met = there | ((self.node_from == other) & (self.node_to == node))
        else:
            met = (self.node_to == node) & (self.node_from != node)
        if closing.mode:
            families = [name.split(" ")[0] for name in compiler.places.mode_names]
            modes = [ix for ix, family in enumerate(families) if family == closing.mode]
            met &= np.isin(self.mode_to, modes) | np.isin(self.travel_mode, modes)
        return np.asarray(met, dtype=np.bool_)


def _rows(ids: Sequence[str], wanted: str) -> list[int]:
    return [ix for ix, found in enumerate(ids) if found == wanted]


def _kind(name: str) -> type[Any]:
    if name == "distance_km":
        return np.float64
    return np.int32 if name.startswith("node") or name in ("ref", "link") else np.int8


def _operating(table: Table) -> NDArray[np.int64]:
    return np.flatnonzero([cell == "operating" for cell in table.text("status")])


def link_moves(compiler: "_Compiler") -> Moves:
    """Moves along the operating roads and railways that the unit load can use."""
    table, places, cargo = compiler.corridor.used("link"), compiler.places, compiler.cargo
    modes = table.text("mode")
    usable = {"road": cargo.lorries > 0, "rail": cargo.wagons > 0}
    rows = _operating(table)
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
    _driving_steps(compiler, table, moves)
    _crossing_steps(compiler, moves, np.arange(len(moves)), 0)
    compiler.offset = len(moves)
    return moves


def _driving_steps(compiler: "_Compiler", table: Table, moves: Moves) -> None:
    """Moving and, on roads, the rest that the driver-hours rule asks for.

    Rest is in proportion to driving, so both vary together: with moving time T and rest fT the
    variance of the sum is (1 + f)² Var T, of which the rest is given all but Var T.
    """
    rows, all_moves = moves.ref, np.arange(len(moves))
    time = moves.distance_km / table.numbers("free_speed")[rows]
    var = (time * table.numbers("speed_cv")[rows]) ** 2
    country = np.array(compiler.places.countries, dtype=object)[moves.node_from]
    families = np.array([name.split(" ")[0] for name in compiler.places.mode_names], dtype=object)
    family = families[moves.travel_mode.astype(np.int64)]
    pairs, pair_ix = _pairs(family, country)
    costs = [compiler.prices.haulage(mode, where) for mode, where in pairs]
    emissions = [compiler.prices.emission(mode, where) for mode, where in pairs]
    rests = np.array(
        [
            compiler.calendars.rest_per_driving(where) if mode == "road" else 0.0
            for mode, where in pairs
        ]
    )
    bases = {name: basis_ix(name) for name in {*table.text("speed_basis"), *table.text("basis")}}
    speed_basis = [
        bases[a or b] for a, b in zip(table.text("speed_basis"), table.text("basis"), strict=True)
    ]
    time_basis = np.array(speed_basis, dtype=np.int8)[rows]
    compiler.steps.add_block(
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
    compiler.steps.add_block(
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


def _crossing_steps(
    compiler: "_Compiler", moves: Moves, which: NDArray[np.int64], offset: int
) -> None:
    """Procedures at both posts and permits of the country entered."""
    ids, countries = compiler.places.ids, compiler.places.countries
    families = [name.split(" ")[0] for name in compiler.places.mode_names]
    country_ix = np.unique(np.array(countries, dtype=object), return_inverse=True)[1]
    special = {
        ids.index(node)
        for mode in ("road", "rail")
        for node in compiler.procedures.nodes(mode)
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
        exit_acts = compiler.procedures.at(ids[a], ids[b], mode, "outbound")
        entry_acts = compiler.procedures.at(ids[b], ids[a], mode, "inbound")
        _add_acts(compiler, offset + move, a, EXIT, exit_acts)
        if abroad[ix]:
            permits = compiler.permits.entering(countries[b], countries[a], mode)
            _add_acts(compiler, offset + move, b, PERMIT, permits)
        _add_acts(compiler, offset + move, b, ENTRY, entry_acts)


def _add_acts(compiler: "_Compiler", move: int, node: int, order: int, acts: list[Act]) -> None:
    for number, act in enumerate(acts):
        compiler.steps.add(
            act.activity,
            move,
            order=order + number,
            node=node,
            ref=act.ref,
            time_h=act.wait.mean_h,
            time_var_h2=act.wait.var_h2,
            cost_usd=act.cost_usd,
            time_basis=act.time_basis,
            cost_basis=act.cost_basis,
        )


def service_moves(compiler: "_Compiler") -> Moves:
    """Moves by the operating services that can take the unit load, in both directions."""
    table, links = compiler.corridor.used("service"), compiler.corridor.used("link")
    rows = []
    for service in _operating(table):
        mode, units = _CARRIED[table.text("carries")[service]]
        link_id = table.text("link_id")[service]
        if getattr(compiler.cargo, units) <= 0 or link_id not in links:
            continue
        link = links.ix(link_id)
        if links.text("status")[link] != "operating":
            continue
        ends = (links.text("from_node_id")[link], links.text("to_node_id")[link])
        a, b = compiler.places.index(ends, "link.csv")
        travel = compiler.places.mode_ix(links.text("mode")[link])
        for state_mode in _boarding_modes(compiler, mode, links, link):
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
        _sailing_steps(compiler, table, moves, move)
    _crossing_steps(compiler, moves, np.arange(len(moves)), compiler.offset)
    compiler.offset += len(moves)
    return moves


def _boarding_modes(compiler: "_Compiler", mode: str, links: Table, link: int) -> list[int]:
    """The modes in which units board: rail of the gauge that the link or its ends have."""
    if mode != "rail":
        return [compiler.places.mode_ix(mode)]
    own = links.numbers("gauge_mm")[link]
    if not np.isnan(own):
        return [compiler.places.mode_ix("rail", own)]
    gauges = links.numbers("gauge_mm")
    at_ends = []
    for end in (links.text("from_node_id")[link], links.text("to_node_id")[link]):
        touching = zip(links.text("from_node_id"), links.text("to_node_id"), strict=True)
        at_ends.append({gauges[ix] for ix, pair in enumerate(touching) if end in pair} - {np.nan})
    shared = {gauge for gauge in at_ends[0] & at_ends[1] if not np.isnan(gauge)}
    either = {gauge for gauge in at_ends[0] | at_ends[1] if not np.isnan(gauge)}
    return [compiler.places.mode_ix("rail", gauge) for gauge in sorted(shared or either)]


def departure_wait(table: Table, row: int, compiler: "_Compiler") -> Wait:
    """Wait for the next departure of a service, by the way it operates."""
    operation = table.text("operation")[row]
    if operation == "timetable":
        return compiler.calendars.departure_wait(table.text("calendar_id")[row])
    if operation == "headway":
        headway = float(table.numbers("headway_h")[row])
        return gap_wait([headway], headway)
    longest = table.numbers("max_wait_h")[row]
    return full_wait(
        float(table.numbers("capacity")[row]),
        float(table.numbers("arrivals_per_day")[row]) / 24,
        float(np.inf if np.isnan(longest) else longest),
    )


def _sailing_steps(compiler: "_Compiler", table: Table, moves: Moves, move: int) -> None:
    row = int(moves.ref[move])
    basis = basis_ix(table.text("basis")[row])
    wait = departure_wait(table, row, compiler)
    sailing = float(table.numbers("sailing_h")[row])
    fare = compiler.prices.fare(table.text("service_id")[row])
    emission_id = table.text("emission_id")[row]
    mode = compiler.places.mode_names[int(moves.travel_mode[move])]
    country = compiler.places.countries[int(moves.node_from[move])]
    prices = compiler.prices
    emission = prices.emission_of(emission_id) if emission_id else prices.emission(mode, country)
    loading, unloading = (
        float(np.nan_to_num(table.numbers(name)[row])) for name in ("loading_h", "unloading_h")
    )
    common = {"ref": row, "time_basis": basis}
    number, start, end = (
        compiler.offset + move,
        int(moves.node_from[move]),
        int(moves.node_to[move]),
    )
    steps = compiler.steps
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


def transfer_moves(compiler: "_Compiler") -> Moves:
    """Moves from one mode or gauge to another at a node."""
    table, cargo = compiler.corridor.used("transfer"), compiler.cargo
    usable = {"road": cargo.lorries > 0, "rail": cargo.wagons > 0}
    on_water = dict.fromkeys(_BY_SERVICE, cargo.teu > 0)
    usable |= on_water
    rows = []
    classes, back = table.lists("cargo_class"), ~table.flags("directed")
    gauges = [table.numbers(name) for name in ("from_gauge_mm", "to_gauge_mm")]
    for row in _operating(table):
        before, after = table.text("from_mode")[row], table.text("to_mode")[row]
        if not (usable[before] and usable[after]) or (
            classes[row] and cargo.cargo_class not in classes[row]
        ):
            continue
        node = int(compiler.places.index([table.text("node_id")[row]], "transfer.csv")[0])
        a = compiler.places.mode_ix(before, gauges[0][row])
        b = compiler.places.mode_ix(after, gauges[1][row])
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
        _transfer_steps(compiler, table, moves, move)
    compiler.offset += len(moves)
    return moves


def _transfer_steps(compiler: "_Compiler", table: Table, moves: Moves, move: int) -> None:
    row, node = int(moves.ref[move]), int(moves.node_from[move])
    mean, cv = (float(table.numbers(name)[row]) for name in ("mean_h", "cv"))
    basis, node_id = basis_ix(table.text("basis")[row]), compiler.places.ids[node]
    cost = float(table.numbers("cost_usd")[row])
    price = Price(cost, basis)
    if np.isnan(cost):
        price = compiler.prices.handling(node_id, compiler.places.countries[node])
    number = compiler.offset + move
    families = [
        compiler.places.mode_names[int(ix)].split(" ")[0]
        for ix in (moves.mode_from[move], moves.mode_to[move])
    ]
    if families[0] in _BY_SERVICE and families[1] not in _BY_SERVICE:
        _add_acts(
            compiler,
            number,
            node,
            EXIT,
            compiler.procedures.at(node_id, "", families[0], "inbound"),
        )
    compiler.steps.add(
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
        _add_acts(
            compiler,
            number,
            node,
            ENTRY,
            compiler.procedures.at(node_id, "", families[1], "outbound"),
        )
