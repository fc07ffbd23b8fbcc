"""The networks of a case by cargo class, and what is estimated on them."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from lajvard.case.demand import Flow
from lajvard.case.gravity import Gravity, missing_flows
from lajvard.corridor import Corridor
from lajvard.network import CompiledNetwork, compile_network
from lajvard.routes import Weights, od_table

Tell = Callable[[str], None]


class Networks(Mapping[str, CompiledNetwork]):
    """Networks by cargo class, each compiled when it is first asked for."""

    def __init__(
        self, view: Corridor, shut_for: tuple[dt.date, dt.date] | None, progress: Tell
    ) -> None:
        self._view, self._shut_for, self._progress = view, shut_for, progress
        self._compiled: dict[str, CompiledNetwork] = {}

    def __getitem__(self, cargo: str) -> CompiledNetwork:
        if cargo not in self._compiled:
            self._progress(f"Compiling the network of {cargo}")
            self._compiled[cargo] = compile_network(
                self._view, cargo=cargo, shut_for=self._shut_for
            )
        return self._compiled[cargo]

    def __iter__(self) -> Iterator[str]:
        return iter(self._view.used("cargo_class").text("cargo_class"))

    def __len__(self) -> int:
        return len(self._view.used("cargo_class"))

    def all(self) -> dict[str, CompiledNetwork]:
        """The networks of all classes."""
        return {cargo: self[cargo] for cargo in self}


def flows_not_counted(
    corridor: Corridor, flows: Sequence[Flow], networks: Networks
) -> tuple[tuple[Flow, ...], Gravity]:
    """Flows of the pairs of places of the known flows for which nothing is known.

    They travel in the class that most of the known tonnes travel in.
    """
    nodes = corridor.used("node")
    country_of = dict(zip(nodes.text("node_id"), nodes.text("country"), strict=True))
    places = list(dict.fromkeys(end for flow in flows for end in (flow.origin, flow.destination)))
    tonnes: dict[str, float] = {}
    for flow in flows:
        tonnes[flow.cargo_class] = tonnes.get(flow.cargo_class, 0.0) + flow.tonnes_per_year
    cargo = max(tonnes, key=lambda name: tonnes[name])
    network = networks[cargo]
    cost = od_table(network, places, places, weights=Weights()) / network.cargo.payload_t
    country = {place: country_of.get(place, place) for place in places}
    return missing_flows(flows, cost, country, cargo)
