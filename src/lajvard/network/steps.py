"""Collecting the steps of moves, in blocks of arrays or one by one, and adding them up."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.network.arrays import Activity, FloatArray, IntArray, StepArrays
from lajvard.network.prices import ESTIMATE, NOT_KNOWN

_TYPES: dict[str, type[Any]] = {
    "move": np.int32,
    "order": np.int32,
    "activity": np.int8,
    "node": np.int32,
    "ref": np.int32,
    "distance_km": np.float64,
    "time_h": np.float64,
    "time_var_h2": np.float64,
    "cost_usd": np.float64,
    "emission_kgco2e": np.float64,
    "risk": np.float64,
    "time_basis": np.int8,
    "cost_basis": np.int8,
}
_DEFAULTS: dict[str, Any] = dict.fromkeys(_TYPES, 0) | {
    "time_basis": ESTIMATE,
    "cost_basis": NOT_KNOWN,
}
CRITERIA = ("time_h", "cost_usd", "emission_kgco2e", "time_var_h2", "risk")
"""What the steps of a move are added up by."""


@dataclass
class StepCollector:
    """Steps in the making; each names its move and where it stands within it (``order``)."""

    _blocks: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    _rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, activity: Activity, move: int, **values: Any) -> None:
        """Add one step to one move."""
        row = {**_DEFAULTS, **values, "activity": int(activity), "move": move}
        self._rows.append(tuple(row.values()))

    def add_block(self, activity: Activity, moves: NDArray[Any], **columns: Any) -> None:
        """Add one step to each of the moves: (n,); columns are scalars or (n,)."""
        values = {**_DEFAULTS, **columns, "activity": int(activity), "move": moves}
        self._blocks.append((len(moves), values))

    def finish(self, new_move: IntArray, n_moves: int) -> tuple[StepArrays, FloatArray]:
        """The step arrays in move order, and the sums by move: (n_moves, 5).

        Parameters
        ----------
        new_move : (n_collected,)
            Number of each collected move in the network, -1 if it was taken out.
        n_moves
            Moves in the network.
        """
        columns = self._columns()
        move, order = new_move[columns.pop("move")], columns.pop("order")
        chosen = np.flatnonzero(move >= 0)
        chosen = chosen[np.lexsort((order[chosen], move[chosen]))]
        move = move[chosen]
        first = np.zeros(n_moves + 1, dtype=np.int32)
        np.cumsum(np.bincount(move, minlength=n_moves), out=first[1:])
        kept = {name: column[chosen] for name, column in columns.items()}
        sums = [np.bincount(move, kept[name], n_moves) for name in CRITERIA]
        return StepArrays(first_step=first, **kept), np.stack(sums, axis=1).astype(np.float64)

    def _columns(self) -> dict[str, NDArray[Any]]:
        n_block = sum(count for count, _ in self._blocks)
        by_name = zip(*self._rows, strict=True) if self._rows else ([] for _ in _TYPES)
        columns = {}
        for name, single in zip(_DEFAULTS, by_name, strict=True):
            column = np.empty(n_block + len(self._rows), dtype=_TYPES[name])
            at = 0
            for count, values in self._blocks:
                column[at : at + count] = values[name]
                at += count
            column[at:] = single
            columns[name] = column
        return columns
