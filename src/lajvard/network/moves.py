"""Moves in the making, and the rows of the description that make them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor import Table
from lajvard.network.arrays import FloatArray, IntArray, MoveKind, SmallArray
from lajvard.network.compilation import Compilation
from lajvard.network.rules import Closing


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

    def met_by(self, closing: Closing, work: Compilation) -> NDArray[np.bool_]:
        """Which moves a closure closes: (n_moves,)."""
        met: NDArray[np.bool_]
        ids = work.places.ids
        if closing.thing.service_id:
            rows = work.corridor.used("service").text("service_id")
            mine = np.isin(self.ref, _rows(rows, closing.thing.service_id))
            met = mine & (self.kind == MoveKind.SERVICE)
            return met
        if closing.thing.link_id:
            rows = work.corridor.used("link").text("link_id")
            mine = np.isin(self.link, _rows(rows, closing.thing.link_id))
            met = mine & (self.kind == MoveKind.LINK)
            return met
        if closing.thing.node_id not in ids:
            return np.zeros(len(self), dtype=np.bool_)
        node = ids.index(closing.thing.node_id)
        if closing.thing.other_node_id in ids:
            other = ids.index(closing.thing.other_node_id)
            there = (self.node_from == node) & (self.node_to == other)
            met = there | ((self.node_from == other) & (self.node_to == node))
        else:
            met = (self.node_to == node) & (self.node_from != node)
        if closing.thing.mode:
            families = [name.split(" ")[0] for name in work.places.mode_names]
            modes = [ix for ix, family in enumerate(families) if family == closing.thing.mode]
            met &= np.isin(self.mode_to, modes) | np.isin(self.travel_mode, modes)
        return np.asarray(met, dtype=np.bool_)


def _rows(ids: Sequence[str], wanted: str) -> list[int]:
    return [ix for ix, found in enumerate(ids) if found == wanted]


def _kind(name: str) -> type[Any]:
    if name == "distance_km":
        return np.float64
    return np.int32 if name.startswith("node") or name in ("ref", "link") else np.int8


def operating(table: Table) -> NDArray[np.int64]:
    """Indices of the rows that carry traffic."""
    return np.flatnonzero([cell == "operating" for cell in table.text("status")])
