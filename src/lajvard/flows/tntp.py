"""Assigning a network of the TransportationNetworks collection that a user brings."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from lajvard.assignment.arrays import Demand, FlowNetwork
from lajvard.assignment.assign import Model, assign
from lajvard.assignment.objective import beckmann
from lajvard.assignment.result import Assignment, Iteration
from lajvard.assignment.tntp import (
    TntpFlows,
    read_tntp_flows,
    read_tntp_network,
    read_tntp_trips,
)
from lajvard.corridor.write import write_atomically
from lajvard.errors import InputError

COLUMNS = ("init_node", "term_node", "volume", "cost", "published_volume")


@dataclass(frozen=True)
class TntpCase:
    """A network, its trips, and flows that are published for it.

    Attributes
    ----------
    published_objective
        Beckmann's function at the published flows; None where there are none.
    """

    name: str
    network: FlowNetwork
    demand: Demand
    published: TntpFlows | None

    @property
    def published_objective(self) -> float | None:
        """Beckmann's function at the published flows; None where there are none."""
        if self.published is None:
            return None
        volume = self.published.volume
        return float(beckmann(self.network, volume[None], volume))

    def assign(
        self,
        *,
        model: Model = "ue",
        relative_gap: float = 1e-6,
        max_iterations: int = 500,
        scale: float = 1.0,
        progress: Callable[[Iteration], None] | None = None,
    ) -> Assignment:
        """The trips on the network: see `lajvard.assignment.assign.assign`."""
        return assign(
            self.network,
            self.demand,
            model=model,
            relative_gap=relative_gap,
            max_iterations=max_iterations,
            scale=scale,
            progress=progress,
        )


def read_tntp_case(
    folder: str | PathLike[str],
    *,
    length_weight: float | None = None,
    toll_weight: float | None = None,
) -> TntpCase:
    """The network, trips and flows in a folder: ``*_net.tntp``, ``*_trips.tntp``, ``*_flow.tntp``.

    Parameters
    ----------
    folder
        The folder of one network, or its net file where a folder has several.
    length_weight, toll_weight
        See `lajvard.assignment.tntp.read_tntp_network`.

    Raises
    ------
    InputError
        There is not just one network, it has no trips, or a file is wrong.
    """
    where = Path(folder)
    nets = [where] if where.is_file() else _named(where, "_net.tntp")
    if len(nets) != 1:
        found = f"{len(nets)} networks" if nets else "no file *_net.tntp"
        what = f"holds {found}" if where.is_dir() else "no such folder"
        raise InputError(
            str(where), what, "Name the folder, or the *_net.tntp file, of one network."
        )
    (net,) = nets
    name = net.name[: -len("_net.tntp")]
    beside = {file.name.lower(): file for file in net.parent.iterdir()}
    trips, flow = (beside.get(f"{name}{end}.tntp".lower()) for end in ("_trips", "_flow"))
    if trips is None:
        what = f"there is no {name}_trips.tntp beside {net.name}"
        raise InputError(str(where), what, "It holds the trips between the zones.")
    network = read_tntp_network(net, length_weight=length_weight, toll_weight=toll_weight)
    published = read_tntp_flows(flow, network) if flow is not None else None
    return TntpCase(name, network, read_tntp_trips(trips), published)


def _named(folder: Path, ending: str) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.name.lower().endswith(ending))


def write_tntp_flows(case: TntpCase, found: Assignment, path: str | PathLike[str]) -> Path:
    """Write volume and cost of each link as CSV, beside the published volume."""
    where, network = Path(path), case.network
    published = np.full(len(network.tail), np.nan)
    if case.published is not None:
        published = case.published.volume
    columns = (
        network.tail + 1,
        network.head + 1,
        found.link_flow[0],
        found.link_cost[0],
        published,
    )

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(COLUMNS)
            for tail, head, volume, cost, known in zip(*columns, strict=True):
                seen = "" if np.isnan(known) else repr(float(known))
                lines.writerow((tail, head, repr(float(volume)), repr(float(cost)), seen))

    write_atomically(where, write)
    return where
