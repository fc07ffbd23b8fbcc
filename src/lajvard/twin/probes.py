"""Probe lorries: single unit loads that are sent along every way that the corridor compares.

The described demand need not hold what a reader asks about: how long one lorry takes from one end
of the corridor to the other, by each of its ways, in this traffic. Probes answer it as floating
cars answer for roads. They are too few to matter to anybody else.
"""

import numpy as np

from lajvard.case.demand import Flow
from lajvard.corridor import Corridor
from lajvard.simulation.model import Model

PROBE = "probe "
"""How the names of their sources begin; then come the pair and the alternative."""

EVERY_H = 47.0
"""Hours between two probes of a way: as they pass, they leave at every hour and on every day."""

_FIRST_H = 4.0
_YEAR_H = 8784.0


def probe_flows(corridor: Corridor) -> tuple[Flow, ...]:
    """A probe flow for each alternative of the first pair of ``od_pair``.

    Without alternatives there is one, free to take any way; without pairs there is none.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> first = probe_flows(built_in())[0]
    >>> first.name, first.origin, first.destination, len(first.scheduled_h)
    ('probe herat_istanbul lapis_lazuli', 'AFHEA', 'TRIST', 187)
    """
    pairs = corridor.used("od_pair")
    if not len(pairs):
        return ()
    first = int(np.argmin(np.nan_to_num(pairs.numbers("rank"), nan=np.inf)))
    names = ("od_pair_id", "origin_node_id", "dest_node_id", "cargo_class")
    pair, origin, destination, cargo = (pairs.text(name)[first] for name in names)
    hours = tuple(np.arange(_FIRST_H, _YEAR_H, EVERY_H).tolist())
    return tuple(
        Flow(
            probe_name(pair, way),
            origin,
            destination,
            cargo,
            scheduled_h=hours,
            via=via,
            avoid=avoid,
        )
        for way, via, avoid in _ways(corridor)
    )


def _ways(corridor: Corridor) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    table = corridor.used("alternative")
    ids, vias, avoids = table.text("alternative_id"), table.lists("via"), table.lists("avoid")
    return list(zip(ids, vias, avoids, strict=True)) or [("", (), ())]


def probe_name(pair_id: str, alternative_id: str) -> str:
    """Name of the source of the probes of a pair and an alternative.

    >>> probe_name("herat_istanbul", "iran")
    'probe herat_istanbul iran'
    """
    return f"{PROBE}{pair_id} {alternative_id}".rstrip()


def probes_of(model: Model) -> tuple[int, ...]:
    """Numbers of the sources of a model that send probes."""
    return tuple(ix for ix, name in enumerate(model.source_names) if name.startswith(PROBE))
