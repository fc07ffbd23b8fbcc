"""The places of a network, and the modes by which they are reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor import Table
from lajvard.errors import InputError, did_you_mean
from lajvard.network.arrays import FloatArray


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

    @cached_property
    def _number(self) -> dict[str, int]:
        return {node_id: ix for ix, node_id in enumerate(self.ids)}

    def index(self, ids: Sequence[str], where: str) -> NDArray[np.int64]:
        """Indices of node ids: (n,)."""
        try:
            return np.array([self._number[node_id] for node_id in ids], dtype=np.int64)
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
