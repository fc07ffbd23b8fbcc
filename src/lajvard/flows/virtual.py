"""The networks of all cargo classes as one flow network, and the way back from paths to routes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard.assignment.arrays import NO_FACILITY, Demand, FlowNetwork
from lajvard.assignment.delay import facilities
from lajvard.assignment.result import Assignment
from lajvard.case import Case
from lajvard.case.choice import ChoiceSet
from lajvard.case.services import Key
from lajvard.errors import InputError
from lajvard.flows.bottlenecks import Bottleneck, uses_of
from lajvard.network import CompiledNetwork
from lajvard.network.arrays import FloatArray, IntArray
from lajvard.routes import Route

MOST_CLASSES = 120
"""User classes that the engine's arrays hold, less one for the background."""


@dataclass(frozen=True, eq=False)
class Virtual:
    """A case as an assignment problem.

    Attributes
    ----------
    network, demand
        For `lajvard.assignment.assign.assign`. Each cargo class has a layer of states and links of
        its own; layers meet in the facilities. Pairs are the flows in the order of the case, then
        the background of each bottleneck.
    scale
        Of the logit, per USD: (n_classes,).
    move : (n_links,)
        The move of a link in the network of its layer, -1 for a connector.
    """

    network: FlowNetwork = field(repr=False)
    demand: Demand = field(repr=False)
    scale: FloatArray = field(repr=False)
    move: IntArray = field(repr=False)


@dataclass
class _Links:
    """Links in the making."""

    tail: list[NDArray[np.int64]] = field(default_factory=list)
    head: list[NDArray[np.int64]] = field(default_factory=list)
    move: list[NDArray[np.int64]] = field(default_factory=list)
    facility: list[NDArray[np.int64]] = field(default_factory=list)
    layer: list[NDArray[np.int64]] = field(default_factory=list)
    units: list[FloatArray] = field(default_factory=list)
    owed_h: list[FloatArray] = field(default_factory=list)

    def add(
        self,
        tail: object,
        head: object,
        *,
        layer: int,
        move: object = -1,
        facility: object = NO_FACILITY,
        units: object = 0.0,
        owed_h: object = 0.0,
    ) -> None:
        tails = np.asarray(tail, dtype=np.int64)
        self.tail.append(tails)
        columns = (
            (self.head, head), (self.layer, layer), (self.move, move), (self.facility, facility)
        )  # fmt: skip
        for column, value in columns:
            column.append(np.broadcast_to(np.asarray(value, dtype=np.int64), tails.shape))
        for numbers, given in ((self.units, units), (self.owed_h, owed_h)):
            numbers.append(np.broadcast_to(np.asarray(given, dtype=np.float64), tails.shape))


def virtual_network(
    case: Case, sets: Sequence[ChoiceSet], bottlenecks: Sequence[Bottleneck]
) -> Virtual:
    """Put the networks of a case and its bottlenecks together.

    Parameters
    ----------
    sets
        Of the flows: all routes to choose from, or the best one each.
    bottlenecks
        Of the base, `adapted` to the case.

    Raises
    ------
    InputError
        There are more user classes than the engine takes.

    Notes
    -----
    A move whose described time holds a queue already costs that much less, so that described
    costs result at the usual load. One that passes several posts becomes as many links in a row,
    of which the first has the cost of the move.
    """
    classes, klass, scale = _classes(case, sets)
    names = list(dict.fromkeys(one.network.cargo.cargo_class for one in sets))
    layers = [case.networks[name] for name in names]
    pairs, zones, n_zones = _zones(sets, names, len(bottlenecks))
    links = _Links()
    offset, number = n_zones, {one.key: ix for ix, one in enumerate(bottlenecks)}
    usual_h = np.array([one.usual_delay_h for one in bottlenecks])
    for at, layer_network in enumerate(layers):
        chains = _chains(case, layer_network, number, usual_h)
        middle = len(layer_network.arrays.state_node)
        links.add(
            chains.tail + offset,
            chains.head + offset,
            layer=at,
            move=chains.move,
            facility=chains.facility,
            units=chains.units,
            owed_h=chains.owed_h,
        )
        for (layer, node, is_origin), zone in zones.items():
            if layer == at:
                states = layer_network.states_of(node) + offset
                same = np.full(len(states), zone)
                links.add(*((same, states) if is_origin else (states, same)), layer=at)
        offset += middle + chains.n_between
    for ix in range(len(bottlenecks)):
        start = n_zones - 2 * len(bottlenecks) + 2 * ix
        links.add([start], [start + 1], layer=len(layers), facility=ix, units=1.0)
    columns = [np.concatenate(column) for column in (links.tail, links.head, links.move)]
    facility_of = np.concatenate(links.facility)
    fixed, load, weight = _class_costs(case, classes, names, links, columns[2])
    network = FlowNetwork(
        first_thru=n_zones,
        tail=columns[0].astype(np.int32),
        head=columns[1].astype(np.int32),
        fixed=fixed,
        facility=facility_of.astype(np.int32),
        load=load,
        weight=weight,
        facilities=facilities([one.row for one in bottlenecks]),
    )
    demand = _demand(sets, bottlenecks, pairs, klass, n_zones, len(classes))
    scales = np.append(scale, scale.mean() if len(scale) else 1.0)
    return Virtual(network, demand, scales, columns[2].astype(np.int32))


ClassKey = tuple[str, float, float]
"""Cargo class, value of time (USD/h) and scale of the logit (USD); 0 for a scale of its own."""


def _classes(case: Case, sets: Sequence[ChoiceSet]) -> tuple[list[ClassKey], list[int], FloatArray]:
    """User classes, that of each flow, and the scale of each per USD."""
    spread = np.array([case.parameters.scale * float(one.cost_usd.min()) for one in sets])
    keys = [
        (
            one.network.cargo.cargo_class,
            round(one.flow.value_of_time_usd_h(one.network.cargo), 6),
            float(f"{usd:.3g}"),
        )
        for one, usd in zip(sets, spread, strict=True)
    ]
    if len(set(keys)) > MOST_CLASSES:
        keys = [(cargo, time, 0.0) for cargo, time, _ in keys]
    classes = list(dict.fromkeys(keys))
    if len(classes) > MOST_CLASSES:
        what = f"{len(classes)} pairs of cargo class and value of time"
        raise InputError("demand", what, f"Use at most {MOST_CLASSES} different values of time.")
    klass = [classes.index(key) for key in keys]
    mean = np.zeros(len(classes))
    np.add.at(mean, klass, spread)
    return classes, klass, np.bincount(klass, minlength=len(classes)) / mean


def _zones(
    sets: Sequence[ChoiceSet], names: Sequence[str], n_background: int
) -> tuple[list[tuple[int, int]], dict[tuple[int, int, bool], int], int]:
    """Zones of the ends of each flow: pairs, number by layer, node and end, and how many."""
    zones: dict[tuple[int, int, bool], int] = {}
    pairs = []
    for one in sets:
        layer = names.index(one.network.cargo.cargo_class)
        ends = [
            zones.setdefault((layer, one.network.node_ix(place), is_origin), len(zones))
            for place, is_origin in ((one.flow.origin, True), (one.flow.destination, False))
        ]
        pairs.append((ends[0], ends[1]))
    return pairs, zones, len(zones) + 2 * n_background


class _Chains(NamedTuple):
    """The moves of a layer as links; a move that passes several posts is several links in a row.

    ``owed_h`` is the usual delay at the facilities of a move, which its described time holds
    already; it stands at the first of its links. ``n_between`` states lie between such links.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    move: NDArray[np.int64]
    facility: NDArray[np.int64]
    units: FloatArray
    owed_h: FloatArray
    n_between: int


def _chains(
    case: Case, network: CompiledNetwork, number: Mapping[Key, int], usual_h: FloatArray
) -> _Chains:
    """Links of the moves of a network, with facilities and the load of one unit load on them."""
    arrays = network.arrays
    n_moves, first_between = len(arrays.move_to), len(arrays.state_node)
    tail, head = arrays.move_from.astype(np.int64), arrays.move_to.astype(np.int64)
    facility, units = np.full(n_moves, NO_FACILITY, dtype=np.int64), np.zeros(n_moves)
    owed_h = np.zeros(n_moves)
    more: list[tuple[int, int, int, float]] = []  # tail, head, facility, units
    between = first_between
    for move in range(n_moves):
        uses = [use for use in uses_of(case, network, move) if use[0] in number and use[1] > 0]
        for place, (key, load) in enumerate(uses):
            owed_h[move] += usual_h[number[key]]
            if place == 0:
                facility[move], units[move] = number[key], load
            else:
                start = int(head[move]) if place == 1 else more[-1][1]
                if place == 1:
                    head[move] = between
                else:
                    more[-1] = (more[-1][0], between, *more[-1][2:])
                more.append((between, start, number[key], load))
                between += 1
    added = np.array(more, dtype=np.float64).reshape(-1, 4)
    return _Chains(
        np.concatenate([tail, added[:, 0].astype(np.int64)]),
        np.concatenate([head, added[:, 1].astype(np.int64)]),
        np.concatenate([np.arange(n_moves), np.full(len(more), -1)]),
        np.concatenate([facility, added[:, 2].astype(np.int64)]),
        np.concatenate([units, added[:, 3]]),
        np.concatenate([owed_h, np.zeros(len(more))]),
        between - first_between,
    )


def _class_costs(
    case: Case,
    classes: Sequence[ClassKey],
    names: Sequence[str],
    links: _Links,
    move: NDArray[np.int64],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fixed costs and loads (n_classes, n_links), and USD an hour of delay (n_classes,)."""
    layer, units = np.concatenate(links.layer), np.concatenate(links.units)
    owed_h = np.concatenate(links.owed_h)
    fixed = np.full((len(classes) + 1, len(layer)), np.inf)
    load = np.zeros((len(classes) + 1, len(layer)))
    for k, (name, time, _) in enumerate(classes):
        network, here = case.networks[name], layer == names.index(name)
        weights = case.parameters.choice(time).weights.of(network)
        moves = here & (move >= 0)
        cost = np.zeros(len(layer))
        cost[moves] = network.arrays.cost[move[moves]] @ weights
        fixed[k, here] = np.maximum(cost - time * owed_h, 0.0)[here]
        load[k, here] = units[here]
    background = layer == len(names)
    fixed[-1, background], load[-1, background] = 0.0, 1.0
    times = [time for _, time, _ in classes]
    return fixed, load, np.array([*times, float(np.mean(times)) if times else 0.0])


def _demand(
    sets: Sequence[ChoiceSet],
    bottlenecks: Sequence[Bottleneck],
    pairs: Sequence[tuple[int, int]],
    klass: Sequence[int],
    n_zones: int,
    background: int,
) -> Demand:
    first = n_zones - 2 * len(bottlenecks)
    ends = [*pairs, *((first + 2 * ix, first + 2 * ix + 1) for ix in range(len(bottlenecks)))]
    volume = [one.per_year for one in sets]
    volume += [one.background_per_year for one in bottlenecks]
    every = [*klass, *([background] * len(bottlenecks))]
    table = np.array(ends, dtype=np.int32).reshape(-1, 2)
    return Demand(
        np.ascontiguousarray(table[:, 0]),
        np.ascontiguousarray(table[:, 1]),
        np.array(every, dtype=np.int8),
        np.array(volume, dtype=np.float64),
    )


def routes_of(
    sets: Sequence[ChoiceSet], virtual: Virtual, found: Assignment
) -> tuple[tuple[ChoiceSet, ...], tuple[FloatArray, ...]]:
    """The routes in use of each flow with the costs that result, and their shares.

    Each set is like one of the logit, so that one set of tables serves all models.
    """
    paths, cost = found.paths, found.link_cost
    used, shares = [], []
    for ix, one in enumerate(sets):
        klass = int(found.demand.klass[ix])
        flows: dict[tuple[int, ...], float] = {}
        costs: dict[tuple[int, ...], float] = {}
        for path in range(int(paths.first_path[ix]), int(paths.first_path[ix + 1])):
            links = paths.link[int(paths.first_link[path]) : int(paths.first_link[path + 1])]
            moves = tuple(move for move in virtual.move[links].tolist() if move >= 0)
            flows[moves] = flows.get(moves, 0.0) + float(paths.flow[path])
            costs[moves] = float(cost[klass, links].sum())
        kept = sorted((moves for moves in flows if flows[moves] > 0), key=lambda at: costs[at])
        routes = tuple(Route(one.network, moves) for moves in kept)
        share = np.array([flows[moves] for moves in kept])
        usd = np.array([costs[moves] for moves in kept])
        used.append(ChoiceSet(one.flow, one.network, routes, usd, np.zeros(len(kept))))
        shares.append(share / share.sum())
    return tuple(used), tuple(shares)
