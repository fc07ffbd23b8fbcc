"""Networks and steps made by hand: every cost is stated, so that sums can be done in the head."""

from dataclasses import KW_ONLY, dataclass, replace

import numpy as np

from lajvard.network import Activity, CompiledNetwork, LegalRegime, MoveKind, Step
from lajvard.network.arrays import Cargo, NetworkArrays, Shut, StepArrays

MODES = ("road", "rail", "sea", "rail 1520")


@dataclass(frozen=True)
class Way:
    """A move between two places and what it costs."""

    start: str
    end: str
    time_h: float = 1.0
    cost_usd: float = 1.0
    emission_kgco2e: float = 0.0
    time_var_h2: float = 0.0
    risk: float = 0.0
    _: KW_ONLY
    distance_km: float = 10.0
    mode: str = "road"
    activity: Activity = Activity.MOVING


def network_of(
    *ways: Way,
    countries: dict[str, str] | None = None,
    legal: tuple[LegalRegime, ...] = (),
    shut: tuple[Shut, ...] = (),
) -> CompiledNetwork:
    """A network of these moves, each of one step; places are in the order of their names."""
    places = sorted({place for way in ways for place in (way.start, way.end)})
    chosen = sorted(ways, key=lambda way: (way.start, way.end))
    states = sorted({(p, way.mode) for way in chosen for p in (way.start, way.end)})
    number = {state: ix for ix, state in enumerate(states)}
    chosen.sort(key=lambda way: (number[way.start, way.mode], number[way.end, way.mode]))
    tail = np.array([number[way.start, way.mode] for way in chosen], np.int32)
    cost = np.array(
        [
            (way.time_h, way.cost_usd, way.emission_kgco2e, way.time_var_h2, way.risk)
            for way in chosen
        ]
    )
    n, km = len(chosen), np.array([way.distance_km for way in chosen])
    first = np.zeros(len(states) + 1, np.int32)
    np.cumsum(np.bincount(tail, minlength=len(states)), out=first[1:])
    mode = np.array([MODES.index(way.mode) for way in chosen], np.int8)
    rows = np.arange(n, dtype=np.int32)
    arrays = NetworkArrays(
        first_move=first,
        move_from=tail,
        move_to=np.array([number[way.end, way.mode] for way in chosen], np.int32),
        cost=cost,
        distance_km=km,
        move_kind=np.full(n, MoveKind.LINK, np.int8),
        move_mode=mode,
        move_ref=rows,
        move_link=rows,
        state_node=np.array([places.index(place) for place, _ in states], np.int32),
        state_mode=np.array([MODES.index(mode) for _, mode in states], np.int8),
    )
    steps = StepArrays(
        first_step=np.arange(n + 1, dtype=np.int32),
        activity=np.array([way.activity for way in chosen], np.int8),
        node=np.array([places.index(way.start) for way in chosen], np.int32),
        ref=rows,
        distance_km=km,
        time_h=cost[:, 0],
        time_var_h2=cost[:, 3],
        cost_usd=cost[:, 1],
        emission_kgco2e=cost[:, 2],
        risk=cost[:, 4],
        time_basis=np.zeros(n, np.int8),
        cost_basis=np.zeros(n, np.int8),
    )
    links = tuple(f"{way.start}-{way.end}" for way in chosen)
    return CompiledNetwork(
        arrays=arrays,
        steps=steps,
        cargo=Cargo("truck", "lorry", 20, 1, 0, 0, value_of_time_usd_h=10),
        as_of="2025-03-01" if shut else "",
        corridor="hand",
        node_ids=tuple(places),
        node_names=tuple(f"Place {place}" for place in places),
        node_countries=tuple((countries or {}).get(place, "AF") for place in places),
        node_coordinates=np.zeros((len(places), 2)),
        mode_names=MODES,
        link_ids=links,
        transfer_ids=(),
        service_ids=(),
        refs=dict.fromkeys(Activity, links),
        legal=legal,
        shut=shut,
    )


STEP = Step(
    activity=Activity.MOVING,
    node_id="A",
    place="Place A",
    country="AF",
    to_place="Place B",
    to_country="AF",
    mode="road",
    ref="A-B",
    distance_km=100.0,
    time_h=2.0,
    time_var_h2=0.0,
    cost_usd=50.0,
    emission_kgco2e=8.0,
    risk=0.0,
    time_basis="published",
    cost_basis="estimate",
)
"""100 km by road from A to B in Afghanistan: 2 h, 50 USD, 8 kg."""


def stop(activity: Activity, place: str, time_h: float, cost_usd: float, **more: object) -> Step:
    """A step at a place."""
    step = replace(
        STEP,
        activity=activity,
        node_id=place,
        place=f"Place {place}",
        to_place=f"Place {place}",
        distance_km=0.0,
        time_h=time_h,
        cost_usd=cost_usd,
        emission_kgco2e=0.0,
    )
    return replace(step, **more)  # type: ignore[arg-type]
