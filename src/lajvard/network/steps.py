"""Collecting the steps of moves in blocks of arrays, and adding them up."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.network.arrays import Activity, FloatArray, IntArray, StepArrays
from lajvard.network.prices import ESTIMATE, NOT_KNOWN

_INT32 = ("move", "order", "node", "ref")
_INT8 = ("activity", "time_basis", "cost_basis")
_FLOATS = ("distance_km", "time_h", "time_var_h2", "cost_usd", "emission_kgco2e", "risk")
_DEFAULTS = dict.fromkeys(_FLOATS, 0.0) | {"time_basis": ESTIMATE, "cost_basis": NOT_KNOWN}


@dataclass
class StepCollector:
    """Steps in the making; `add` takes scalars or arrays that broadcast against `move`."""

    blocks: dict[str, list[NDArray[Any]]] = field(default_factory=dict)

    def add(self, activity: Activity, move: NDArray[np.int64] | int, **columns: Any) -> None:
        """Add one step to each of the moves; `order` says where it stands within its move."""
        moves = np.atleast_1d(np.asarray(move, dtype=np.int32))
        if not len(moves):
            return
        values = {**_DEFAULTS, **columns, "activity": int(activity), "move": moves}
        for name in (*_INT32, *_INT8, *_FLOATS):
            kind: Any = np.int32 if name in _INT32 else np.int8 if name in _INT8 else np.float64
            block = np.broadcast_to(np.asarray(values[name], dtype=kind), moves.shape)
            self.blocks.setdefault(name, []).append(block)

    def column(self, name: str) -> NDArray[Any]:
        """All blocks of one column."""
        kind: Any = np.int32 if name in _INT32 else np.int8 if name in _INT8 else np.float64
        return np.concatenate(self.blocks[name]) if self.blocks else np.empty(0, dtype=kind)

    def finish(self, new_move: IntArray, n_moves: int) -> tuple[StepArrays, FloatArray]:
        """The step arrays in move order, and the sums by move: (n_moves, 5).

        Parameters
        ----------
        new_move : (n_collected,)
            Number of each collected move in the network, -1 if it was taken out.
        n_moves
            Moves in the network.
        """
        move = new_move[self.column("move")]
        order = self.column("order")
        chosen = np.flatnonzero(move >= 0)
        chosen = chosen[np.lexsort((order[chosen], move[chosen]))]
        move = move[chosen]
        first = np.zeros(n_moves + 1, dtype=np.int32)
        np.cumsum(np.bincount(move, minlength=n_moves), out=first[1:])
        names = [name for name in StepArrays._fields if name != "first_step"]
        columns = {name: self.column(name)[chosen] for name in names}
        sums = ("time_h", "cost_usd", "emission_kgco2e", "time_var_h2", "risk")
        cost = np.stack([np.bincount(move, columns[name], n_moves) for name in sums], axis=1)
        return StepArrays(first_step=first, **columns), cost
