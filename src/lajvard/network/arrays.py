"""The compiled network: integer arrays for the engines, and the names that lead back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError, did_you_mean
from lajvard.names import fold

IntArray = NDArray[np.int32]
SmallArray = NDArray[np.int8]
FloatArray = NDArray[np.float64]

CRITERIA = ("time_h", "cost_usd", "emission_kgco2e", "time_var_h2", "risk")
"""Columns of the cost array: what a move adds to each criterion, all >= 0."""

BASES = ("published", "derived", "estimate", "not known")
"""Where a figure comes from; the arrays hold the index."""


class MoveKind(IntEnum):
    """What a move is."""

    LINK = 0
    TRANSFER = 1
    SERVICE = 2


class Activity(IntEnum):
    """What happens during one step of a move."""

    MOVING = 0
    REST = 1
    BORDER = 2
    PERMIT = 3
    PORT = 4
    OPENING_HOURS = 5
    WAIT_FOR_DEPARTURE = 6
    LOADING = 7
    SAILING = 8
    UNLOADING = 9
    TRANSFER = 10
    CLOSURE = 11

    @property
    def label(self) -> str:
        """The activity in words.

        >>> Activity.WAIT_FOR_DEPARTURE.label
        'wait for departure'
        """
        return self.name.lower().replace("_", " ")


MONEY_ITEMS: Mapping[Activity, str] = {
    Activity.MOVING: "haulage",
    Activity.BORDER: "border fees",
    Activity.PERMIT: "permits and entry fees",
    Activity.PORT: "port fees",
    Activity.SAILING: "fares",
    Activity.TRANSFER: "handling",
}
"""What the money of an activity is paid for."""


class NetworkArrays(NamedTuple):
    """The virtual network in compressed sparse row form; all arrays are read-only.

    States are (node, mode), rail of each gauge being a mode of its own. The moves that leave
    state s are ``first_move[s]:first_move[s + 1]``. Units: h, USD, kg CO2e and h² for one unit
    load; risk is -ln(1 - share of time closed).
    """

    first_move: IntArray  # (n_states + 1,)
    move_from: IntArray  # (n_moves,) state
    move_to: IntArray  # (n_moves,) state
    cost: FloatArray  # (n_moves, 5), columns are CRITERIA
    distance_km: FloatArray  # (n_moves,)
    move_kind: SmallArray  # (n_moves,) MoveKind
    move_mode: SmallArray  # (n_moves,) index of the mode that travels, -1 for a transfer
    move_ref: IntArray  # (n_moves,) row of the link, transfer or service
    move_link: IntArray  # (n_moves,) row of the link, -1 for a transfer
    state_node: IntArray  # (n_states,)
    state_mode: SmallArray  # (n_states,) index into mode_names


class StepArrays(NamedTuple):
    """What moves consist of, in travel order; all arrays are read-only.

    The steps of move m are ``first_step[m]:first_step[m + 1]``; their sums are the move's costs.
    """

    first_step: IntArray  # (n_moves + 1,)
    activity: SmallArray  # (n_steps,) Activity
    node: IntArray  # (n_steps,) where it is, for a link where it starts
    ref: IntArray  # (n_steps,) row of the table that the activity comes from
    distance_km: FloatArray
    time_h: FloatArray
    time_var_h2: FloatArray
    cost_usd: FloatArray
    emission_kgco2e: FloatArray
    risk: FloatArray
    time_basis: SmallArray  # (n_steps,) index into BASES
    cost_basis: SmallArray


@dataclass(frozen=True, slots=True)
class Step:
    """One activity of a move, with its names."""

    activity: Activity
    node_id: str
    place: str
    country: str
    to_place: str
    to_country: str
    mode: str
    ref: str
    distance_km: float
    time_h: float
    time_var_h2: float
    cost_usd: float
    emission_kgco2e: float
    risk: float
    time_basis: str
    cost_basis: str


@dataclass(frozen=True, slots=True)
class Cargo:
    """The unit load that a network was compiled for."""

    cargo_class: str
    name: str
    payload_t: float
    lorries: float
    wagons: float
    teu: float
    value_of_time_usd_h: float


@dataclass(frozen=True, slots=True)
class LegalRegime:
    """A regime and the standing of each country towards its instrument."""

    regime_id: str
    name: str
    kind: str
    mode: str
    requires: tuple[str, ...]
    standing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shut:
    """A dated closure that took moves out of the network on the chosen day."""

    closure_id: str
    what: str
    reason: str
    since: str


@dataclass(frozen=True, eq=False)
class CompiledNetwork:
    """A corridor as one unit load sees it on one day, in arrays; see `compile_network`."""

    arrays: NetworkArrays
    steps: StepArrays
    cargo: Cargo
    as_of: str
    corridor: str
    node_ids: tuple[str, ...]
    node_names: tuple[str, ...]
    node_countries: tuple[str, ...]
    node_coordinates: FloatArray = field(repr=False)  # (n_nodes, 2) lon, lat
    mode_names: tuple[str, ...]
    link_ids: tuple[str, ...]
    transfer_ids: tuple[str, ...]
    service_ids: tuple[str, ...]
    refs: Mapping[Activity, tuple[str, ...]] = field(repr=False)
    legal: tuple[LegalRegime, ...] = field(repr=False)
    shut: tuple[Shut, ...]

    @cached_property
    def _node_ix(self) -> dict[str, int]:
        return {node_id: ix for ix, node_id in enumerate(self.node_ids)}

    def node_ix(self, node: str) -> int:
        """Index of a node given by its id, by its name, or by the first words of its name.

        Raises
        ------
        InputError
            There is no such node, or several have the name; the error says which are close.
        """
        same = self.nodes_called(node)
        if len(same) == 1:
            return same[0]
        if same:
            choices = ", ".join(f"{self.node_ids[ix]} ({self.node_names[ix]})" for ix in same)
            raise InputError("place", f"'{node}' is the name of several", f"Choose: {choices}.")
        remedy = did_you_mean(node, self.place_words)
        raise InputError("place", f"unknown place '{node}'", remedy or "See `lajvard describe`.")

    def nodes_called(self, node: str) -> tuple[int, ...]:
        """Indices of the nodes with this id, or this name, or these first words of a name."""
        if node in self._node_ix:
            return (self._node_ix[node],)
        folded = fold(node)
        found = self._called.get(folded, ()) or self._begun.get(folded, ())
        exact = tuple(ix for ix in found if self.node_names[ix] == node)
        return exact if len(exact) == 1 else found

    @cached_property
    def _called(self) -> dict[str, tuple[int, ...]]:
        """Nodes by id, name, and name without what follows in brackets, all folded."""
        found: dict[str, tuple[int, ...]] = {}
        names = map(fold, self.node_names)
        for ix, (node_id, name) in enumerate(zip(self.node_ids, names, strict=True)):
            for word in {fold(node_id), name, name.split(" (")[0]}:
                found[word] = (*found.get(word, ()), ix)
        return found

    @cached_property
    def _begun(self) -> dict[str, tuple[int, ...]]:
        """Nodes by the first words of their names, folded."""
        found: dict[str, tuple[int, ...]] = {}
        for ix, name in enumerate(map(fold, self.node_names)):
            for end in (at for at, letter in enumerate(name) if letter == " "):
                found[name[:end]] = (*found.get(name[:end], ()), ix)
        return found

    @property
    def place_words(self) -> tuple[str, ...]:
        """What nodes may be called: ids, names, and first words of names, for suggestions."""
        first = (name.split(" ")[0] for name in self.node_names)
        return tuple(dict.fromkeys([*self.node_ids, *self.node_names, *first]))

    @cached_property
    def move_ends(self) -> tuple[tuple[str, str], ...]:
        """Places that each move starts from and leads to."""
        node = self.arrays.state_node
        ends = (node[states].tolist() for states in (self.arrays.move_from, self.arrays.move_to))
        return tuple((self.node_ids[a], self.node_ids[b]) for a, b in zip(*ends, strict=True))

    @cached_property
    def move_families(self) -> tuple[str, ...]:
        """Mode of the start of each move, rail of any gauge as rail."""
        family = [name.split(" ")[0] for name in self.mode_names]
        return tuple(family[ix] for ix in self.arrays.state_mode[self.arrays.move_from].tolist())

    @cached_property
    def move_permits(self) -> Mapping[int, tuple[str, ...]]:
        """Regimes of which a move needs a permit, for the moves that need one."""
        steps, found = self.steps, dict[int, tuple[str, ...]]()
        of_step = np.flatnonzero(steps.activity == Activity.PERMIT)
        moves = np.searchsorted(steps.first_step, of_step, side="right") - 1
        for move, ref in zip(moves.tolist(), steps.ref[of_step].tolist(), strict=True):
            found[move] = (*found.get(move, ()), self.refs[Activity.PERMIT][ref])
        return found

    @cached_property
    def service_units(self) -> Mapping[str, float]:
        """Places that one unit load takes on each service: lorries, wagons or TEU."""
        cargo, kind, ref = self.cargo, self.arrays.move_kind, self.arrays.move_ref
        by_family = {"road": cargo.lorries, "rail": cargo.wagons}
        return {
            self.service_ids[ref[move]]: by_family.get(self.move_families[move], cargo.teu)
            for move in np.flatnonzero(kind == MoveKind.SERVICE).tolist()
        }

    def states_of(self, node_ix: int) -> IntArray:
        """States of a node, one a mode that is there."""
        return np.flatnonzero(self.arrays.state_node == node_ix).astype(np.int32)

    def step_range(self, move: int) -> range:
        """Indices of the steps of `move`."""
        first = self.steps.first_step
        return range(int(first[move]), int(first[move + 1]))

    def steps_of(self, move: int) -> tuple[Step, ...]:
        """What `move` consists of, in travel order; the sums are the move's costs."""
        return tuple(self._step(ix, move) for ix in self.step_range(move))

    def _step(self, ix: int, move: int) -> Step:
        steps, arrays = self.steps, self.arrays
        activity = Activity(int(steps.activity[ix]))
        node = end = int(steps.node[ix])
        mode = arrays.state_mode[arrays.move_from[move]]
        if activity in _TRAVEL:
            mode = arrays.move_mode[move]
            end = int(arrays.state_node[arrays.move_to[move]])
        return Step(
            activity,
            self.node_ids[node],
            self.node_names[node],
            self.node_countries[node],
            self.node_names[end],
            self.node_countries[end],
            self.mode_names[mode],
            self.refs[activity][steps.ref[ix]],
            float(steps.distance_km[ix]),
            float(steps.time_h[ix]),
            float(steps.time_var_h2[ix]),
            float(steps.cost_usd[ix]),
            float(steps.emission_kgco2e[ix]),
            float(steps.risk[ix]),
            BASES[steps.time_basis[ix]],
            BASES[steps.cost_basis[ix]],
        )

    def __repr__(self) -> str:
        return (
            f"CompiledNetwork({self.corridor}, {self.cargo.cargo_class}, as of "
            f"{self.as_of or 'the description'}: {len(self.arrays.state_node)} states, "
            f"{len(self.arrays.move_to)} moves)"
        )


_TRAVEL = frozenset({Activity.MOVING, Activity.REST, Activity.SAILING})
