"""The networks of a case by cargo class, and what is estimated on them."""

from collections.abc import Iterator, Mapping, Sequence
from weakref import WeakSet

import numpy as np

from lajvard.case.demand import Flow
from lajvard.case.gravity import Gravity, missing_flows
from lajvard.case.reuse import same_networks
from lajvard.corridor import Corridor
from lajvard.network import CompiledNetwork, compile_network
from lajvard.network.rules import Period
from lajvard.progress import Progress, Report
from lajvard.routes import Weights, od_table


class Networks(Mapping[str, CompiledNetwork]):
    """Networks by cargo class, each compiled when it is first asked for.

    `compiled` and `read`, the descriptions from which they were compiled, may be those of another
    case whose roads, borders and prices are the same.
    """

    def __init__(
        self,
        view: Corridor,
        shut_for: Period | None,
        progress: Report,
        compiled: dict[str, CompiledNetwork],
        read: dict[str, Corridor],
    ) -> None:
        self.view, self.shut_for, self._progress = view, shut_for, progress
        self.compiled, self.read = compiled, read

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __getitem__(self, cargo: str) -> CompiledNetwork:
        if cargo not in self.compiled:
            self._progress(Progress(f"Compiling the network of {cargo}"))
            self.compiled[cargo] = compile_network(self.view, cargo=cargo, shut_for=self.shut_for)
            self.read[cargo] = self.view
        return self.compiled[cargo]

    def __iter__(self) -> Iterator[str]:
        return iter(self.view.used("cargo_class").text("cargo_class"))

    def __len__(self) -> int:
        return len(self.view.used("cargo_class"))

    def of_one(self, units: str) -> CompiledNetwork | None:
        """The network of the first class of which one unit load is one lorry, wagon or TEU.

        Where no class is just one, it is that of the first that has some; None where none has.

        Parameters
        ----------
        units
            ``lorries``, ``wagons`` or ``teu``.
        """
        table = self.view.used("cargo_class")
        counts = np.nan_to_num(table.numbers(units)).tolist()
        names = table.text("cargo_class")
        some = [name for name, count in zip(names, counts, strict=True) if count > 0]
        one = [name for name, count in zip(names, counts, strict=True) if count == 1]
        return self[(one or some)[0]] if some else None


_live: WeakSet[Networks] = WeakSet()


def networks_of(view: Corridor, shut_for: Period | None, progress: Report) -> Networks:
    """The networks of a corridor on a day; each is compiled once for all cases that share it."""
    for known in _live:
        if known.shut_for == shut_for and same_networks(known.view, view):
            made = Networks(view, shut_for, progress, known.compiled, known.read)
            break
    else:
        made = Networks(view, shut_for, progress, {}, {})
    _live.add(made)
    return made


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
