"""From the integer columns of an engine to the named columns of the journey log."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lajvard.corridor import Corridor
from lajvard.errors import InputError, did_you_mean
from lajvard.journeys.arrow import arrow_schema
from lajvard.schema import ACTIVITIES, MODES
from lajvard.simulation.model import Model, StepKind

IntArray = NDArray[np.integer[Any]]
FloatArray = NDArray[np.float64]

SIMULATED_YEAR = 2025
"""The year of the moments in a simulated log when none is given."""

_WORDS = {
    "wait": "wait for departure",
    "clearance": "border",
    "port clearance": "port",
    "dwell": "port",
    "storage": "port",
    "gauge change": "transfer",
}
"""Words of a model for activities that the log calls otherwise."""

_BORDER, _PORT = "border", "port"


class LogColumns(Protocol):
    """What an engine writes: arrays of one length, one entry an activity.

    `journey` counts consignments, `seq` their activities. `activity`, `place`, `source`, `route`
    and `step` are indices into the model's names and steps. `start_s` and `end_s` are seconds
    since the start of the simulated year. `share` is the part of the step's distance, money and
    emissions that falls to the row.
    """

    @property
    def journey(self) -> IntArray: ...  # noqa: D102
    @property
    def seq(self) -> IntArray: ...  # noqa: D102
    @property
    def activity(self) -> IntArray: ...  # noqa: D102
    @property
    def place(self) -> IntArray: ...  # noqa: D102
    @property
    def start_s(self) -> IntArray: ...  # noqa: D102
    @property
    def end_s(self) -> IntArray: ...  # noqa: D102
    @property
    def step(self) -> IntArray: ...  # noqa: D102
    @property
    def share(self) -> NDArray[np.floating[Any]]: ...  # noqa: D102
    @property
    def source(self) -> IntArray: ...  # noqa: D102
    @property
    def route(self) -> IntArray: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class LogNames:
    """The names that indices of an engine's columns stand for, and what each step carries.

    Attributes
    ----------
    activities, places, sources, routes, classes
        Names by index.
    place_is_link : (n_places,)
        Whether the place is a link or a service; else it is a node.
    place_is_post : (n_places,)
        Whether a clearance there is that of a border; else it is that of a port.
    place_country, step_mode
        Country by place and mode by step, empty where not known.
    source_class : (n_sources,)
        Index into `classes`.
    source_tonnes : (n_sources,)
        Mass of one consignment.
    step_km, step_usd, step_kg : (n_steps,)
        Distance, money and kg CO2e of each step.
    ride_key : (n_rides,)
        Route x number of places + place of each ride on a service, ascending.
    ride_service, ride_from, ride_to
        Of each ride: the service, and the places (indices) where it is boarded and left; -1 where
        not known.
    corridor, scenario
        Written into every row.
    year
        The simulated year.
    """

    activities: tuple[str, ...]
    places: tuple[str, ...]
    place_is_link: NDArray[np.bool_] = field(repr=False)
    place_is_post: NDArray[np.bool_] = field(repr=False)
    place_country: tuple[str, ...] = field(repr=False)
    step_mode: tuple[str, ...] = field(repr=False)
    sources: tuple[str, ...]
    source_class: IntArray = field(repr=False)
    source_tonnes: FloatArray = field(repr=False)
    classes: tuple[str, ...]
    routes: tuple[str, ...] = field(repr=False)
    step_km: FloatArray = field(repr=False)
    step_usd: FloatArray = field(repr=False)
    step_kg: FloatArray = field(repr=False)
    ride_key: IntArray = field(repr=False)
    ride_service: tuple[str, ...] = field(repr=False)
    ride_from: IntArray = field(repr=False)
    ride_to: IntArray = field(repr=False)
    corridor: str = ""
    scenario: str = ""
    year: int = SIMULATED_YEAR

    @classmethod
    def of(
        cls,
        model: Model,
        corridor: Corridor | None = None,
        *,
        step_modes: Sequence[str] | None = None,
        scenario: str = "",
        year: int = SIMULATED_YEAR,
    ) -> "LogNames":
        """The names of a model.

        Parameters
        ----------
        model
            The model that was simulated.
        corridor
            What it was made from: it says which places are nodes, and in which countries. Without
            it a place is a link when a step moves along it, and countries are not known.
        step_modes : (n_steps,)
            The mode at each step; a gauge after it does not matter. When not given, that of the
            link, and at a node that of the way before it on its route, or after it at the
            beginning.
        scenario, year
            Of the run.

        Raises
        ------
        InputError
            The model has an activity that the log does not know.
        """
        steps, sources = model.steps, model.sources
        country, mode = _of_places(model, corridor)
        modes = _step_modes(model, mode) if step_modes is None else step_modes
        return cls(
            activities=tuple(_activity(name) for name in model.activity_names),
            places=model.place_ids,
            place_is_link=_is_link(model, corridor),
            place_is_post=_is_post(model, corridor),
            place_country=country,
            step_mode=tuple(mode.split(" ")[0] for mode in modes),
            sources=model.source_names,
            source_class=sources.class_ix,
            source_tonnes=sources.tonnes,
            classes=model.class_names,
            routes=model.route_names,
            step_km=steps.distance_km,
            step_usd=steps.cost_usd,
            step_kg=steps.emission_kgco2e,
            **_rides(model),
            corridor=corridor.name if corridor else "",
            scenario=scenario,
            year=year,
        )


def _activity(name: str) -> str:
    label = name.replace("_", " ")
    label = _WORDS.get(label, label)
    if label not in ACTIVITIES:
        remedy = did_you_mean(label, list(ACTIVITIES)) or f"One of {', '.join(ACTIVITIES)}."
        raise InputError("journey log", f"unknown activity '{name}'", remedy)
    return label


def _is_link(model: Model, corridor: Corridor | None) -> NDArray[np.bool_]:
    if corridor:
        nodes = set(corridor["node"].text("node_id"))
        return np.array([place not in nodes for place in model.place_ids], dtype=np.bool_)
    is_link = np.zeros(len(model.place_ids), dtype=np.bool_)
    moves = np.isin(model.steps.kind, (StepKind.MOVE, StepKind.SERVICE))
    is_link[model.steps.place[moves & (model.steps.place >= 0)]] = True
    return is_link


def _is_post(model: Model, corridor: Corridor | None) -> NDArray[np.bool_]:
    """Whether each place has procedures that belong to a border."""
    if corridor is None:
        return np.ones(len(model.place_ids), dtype=np.bool_)
    procedure = corridor["procedure"]
    sides = zip(procedure.text("node_id"), procedure.text("other_node_id"), strict=True)
    posts = {node for node, other in sides if other}
    return np.array([place in posts for place in model.place_ids], dtype=np.bool_)


def _rides(model: Model) -> dict[str, Any]:
    """The rides on services of all routes: services, and where they are boarded and left."""
    steps, lines = model.steps, model.lines
    place_ix = {place: ix for ix, place in enumerate(model.place_ids)}
    named = [name.rsplit(" from ", 1) for name in model.line_names]
    origin = [parts[1] if len(parts) == 2 else "" for parts in named]
    terminal = dict(zip(lines.origin.tolist(), origin, strict=True))
    rides = {}
    first = model.routes.first_step.tolist()
    for route, (start, end) in enumerate(pairwise(first)):
        for step in range(start, end):
            if steps.kind[step] == StepKind.SERVICE:
                line = int(steps.target[step])
                ends = (origin[line], terminal.get(int(lines.destination[line]), ""))
                key = route * len(model.place_ids) + int(steps.place[step])
                rides[key] = (named[line][0], *(place_ix.get(place, -1) for place in ends))
    keys = sorted(rides)
    return {
        "ride_key": np.array(keys, dtype=np.int64),
        "ride_service": tuple(rides[key][0] for key in keys),
        "ride_from": np.array([rides[key][1] for key in keys], dtype=np.int32),
        "ride_to": np.array([rides[key][2] for key in keys], dtype=np.int32),
    }


def _of_places(model: Model, corridor: Corridor | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Country and mode of each place; a link has the country in which it starts."""
    if corridor is None:
        empty = ("",) * len(model.place_ids)
        return empty, empty
    node, link, service = corridor["node"], corridor["link"], corridor["service"]
    country = dict(zip(node.text("node_id"), node.text("country"), strict=True))
    starts = zip(link.text("link_id"), link.text("from_node_id"), strict=True)
    mode = dict(zip(link.text("link_id"), link.text("mode"), strict=True))
    country |= {link_id: country.get(start, "") for link_id, start in starts}
    for service_id, link_id in zip(
        service.text("service_id"), service.text("link_id"), strict=True
    ):
        country.setdefault(service_id, country.get(link_id, ""))
        mode.setdefault(service_id, mode.get(link_id, ""))
    places = model.place_ids
    return tuple(country.get(p, "") for p in places), tuple(mode.get(p, "") for p in places)


def _step_modes(model: Model, place_mode: tuple[str, ...]) -> tuple[str, ...]:
    """The mode of each step: of its place, or carried over along its route."""
    place = model.steps.place
    modes = [place_mode[ix] if ix >= 0 else "" for ix in place.tolist()]
    first = model.routes.first_step.tolist()
    for start, end in pairwise(first):
        for ix in range(start + 1, end):
            modes[ix] = modes[ix] or modes[ix - 1]
        for ix in range(end - 2, start - 1, -1):
            modes[ix] = modes[ix] or modes[ix + 1]
    return tuple(modes)


def name_columns(
    columns: LogColumns,
    names: LogNames | Model,
    *,
    run_id: str,
    replication: int,
    under_way: IntArray | None = None,
) -> pa.Table:
    """The journey log of one replication, sorted by journey and activity.

    Parameters
    ----------
    columns
        What the engine wrote.
    names
        What its indices stand for; of a model, countries and modes stay empty.
    under_way
        Journeys that had not ended when the simulation did; all others arrived. None: not known.

    Returns
    -------
    pyarrow.Table
        Texts are dictionary-encoded. Nothing is looped over in Python.
    """
    known = LogNames.of(names) if isinstance(names, Model) else names
    key = columns.journey.astype(np.int64) * 2**31 + columns.seq
    order = np.argsort(key, kind="stable")
    cells = _cells(_Sorted(columns, order), known, under_way)
    n_rows = len(order)
    constant = {
        "run_id": run_id,
        "corridor": known.corridor,
        "scenario": known.scenario,
        "origin": "simulated",
    }
    zeros = np.zeros(n_rows, dtype=np.int32)
    cells |= {name: _words(zeros, (value,)) for name, value in constant.items()}
    cells["replication"] = pa.array(np.full(n_rows, replication, dtype=np.int32))
    schema = arrow_schema(encoded=True)
    return pa.table([cells[name] for name in schema.names], schema=schema)


class _Sorted:
    """Columns of an engine in another order, each taken when it is asked for."""

    def __init__(self, columns: LogColumns, order: NDArray[np.intp]) -> None:
        self._columns, self._order = columns, order

    def __getattr__(self, name: str) -> Any:
        return np.asarray(getattr(self._columns, name))[self._order]


def _cells(rows: _Sorted, names: LogNames, under_way: IntArray | None) -> dict[str, Any]:
    """All columns that differ from row to row."""
    start = np.datetime64(f"{names.year}-01-01", "ms").astype(np.int64)
    journey, source, step, share = rows.journey, rows.source, rows.step, rows.share
    ride = _ride_of(rows.route, rows.place, names)
    place = _at_ports(rows, ride, names)
    is_link = np.append(names.place_is_link, False)[place]
    schema = arrow_schema(encoded=True)
    empty = {name: pa.nulls(len(journey), schema.field(name).type) for name in _OBSERVED}
    return (
        empty
        | {
            "journey_id": _numbered(journey),
            "seq": pa.array(rows.seq.astype(np.int32)),
            "consignment_class": _words(names.source_class[source], names.classes),
            "activity": _activities(rows.activity, rows.place, names),
            "mode": _words(_modes(journey, step, names), (*MODES, "")),
            "node_id": _words(np.where(is_link, -1, place), names.places),
            "link_id": _words(np.where(is_link, place, -1), names.places),
            "service_id": _words(ride, names.ride_service),
            "country": _words(place, names.place_country),
            "start": _moments(rows.start_s, start),
            "end": _moments(rows.end_s, start),
            "distance_km": _carried(names.step_km, step, share),
            "cost_usd": _carried(names.step_usd, step, share),
            "emission_kgco2e": _carried(names.step_kg, step, share),
            "tonnes": pa.array(names.source_tonnes[source]),
            "arrived": _arrived(journey, under_way),
            "source_id": _words(source, names.sources),
            "route": _words(rows.route, names.routes),
        }
        | {
            name: pa.nulls(len(journey), arrow_schema(encoded=True).field(name).type)
            for name in _OBSERVED
        }
    )


_OBSERVED = ("vehicle", "nationality", "unofficial_usd", "latitude", "longitude")
"""Columns that a simulation leaves empty."""


def _ride_of(route: IntArray, place: IntArray, names: LogNames) -> IntArray:
    """The ride on a service that each row belongs to, -1 for none."""
    if not len(names.ride_key):
        return np.full(len(route), -1, dtype=np.int64)
    key = route.astype(np.int64) * len(names.places) + place
    at = np.minimum(np.searchsorted(names.ride_key, key), len(names.ride_key) - 1)
    return np.where(names.ride_key[at] == key, at, -1)


def _at_ports(rows: _Sorted, ride: IntArray, names: LogNames) -> IntArray:
    """Places of rows: who waits for a ship or is loaded is at its port, not on the way.

    What comes before the sailing of a ride is at the port where it begins, what comes after it at
    the one where it ends.
    """
    place, journey = rows.place, rows.journey
    if not (ride >= 0).any():
        return np.asarray(place)
    is_new = np.append(True, (journey[1:] != journey[:-1]) | (ride[1:] != ride[:-1]))
    run = np.cumsum(is_new) - 1
    at = np.arange(len(place))
    words = np.array(names.activities, dtype=object)
    sails = (words[rows.activity] == "sailing") & (ride >= 0)
    sailing = np.full(run[-1] + 1, len(place))
    np.minimum.at(sailing, run[sails], at[sails])
    begins, ends = np.append(names.ride_from, -1)[ride], np.append(names.ride_to, -1)[ride]
    port = np.where(at < sailing[run], begins, np.where(at > sailing[run], ends, -1))
    return np.where((ride >= 0) & (port >= 0), port, place)


def _activities(activity: IntArray, place: IntArray, names: LogNames) -> pa.Array:
    """Activities in words; a clearance is that of a border or that of a port."""
    words = (*names.activities, _PORT)
    is_border = np.array([word == _BORDER for word in words], dtype=np.bool_)[activity]
    at_port = is_border & ~np.append(names.place_is_post, True)[place]
    return _words(np.where(at_port, len(words) - 1, activity), words)


def _modes(journey: IntArray, step: IntArray, names: LogNames) -> IntArray:
    """Modes as indices; a row without a step has that of the row before it, or after it."""
    words = list(MODES)
    by_step = [words.index(mode) if mode in MODES else -1 for mode in names.step_mode]
    mode = _carried_on(np.array([*by_step, -1], dtype=np.int32)[step], journey)
    return _carried_on(mode[::-1], journey[::-1])[::-1]


def _carried_on(values: IntArray, journey: IntArray) -> IntArray:
    """With the last value that was not negative, within each journey."""
    last = np.maximum.accumulate(np.where(values >= 0, np.arange(len(values)), 0))
    return np.where(journey[last] == journey, values[last], values) if len(values) else values


def _carried(of_step: FloatArray, step: IntArray, share: NDArray[np.floating[Any]]) -> pa.Array:
    """What each row carries of its step's distance, money or emissions."""
    return pa.array(np.append(of_step, 0.0)[step] * share.astype(np.float64))


def _arrived(journey: IntArray, under_way: IntArray | None) -> pa.Array:
    """Whether the journey of each row ended; empty where that is not known."""
    if under_way is None:
        return pa.nulls(len(journey), pa.bool_())
    return pa.array(~np.isin(journey, under_way))


def _moments(seconds: IntArray, start_ms: np.int64) -> pa.Array:
    return pa.array(seconds.astype(np.int64) * 1000 + start_ms).cast(pa.timestamp("ms"))


def _numbered(journey: IntArray) -> pa.Array:
    """Numbers of journeys as text, each text once; `journey` is sorted."""
    if not len(journey):
        return pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), pa.array([], pa.string()))
    is_new = np.append(True, journey[1:] != journey[:-1])
    index = np.cumsum(is_new, dtype=np.int32) - np.int32(1)
    return pa.DictionaryArray.from_arrays(index, pa.array(journey[is_new]).cast(pa.string()))


def _words(index: IntArray, words: tuple[str, ...]) -> pa.Array:
    """Words by index, each word once and sorted; empty words and negative indices are null."""
    used, inverse = np.unique(np.asarray(words, dtype=object), return_inverse=True)
    to_used = np.append(inverse, 0).astype(np.int32)[index]
    empty = np.append(np.array([word == "" for word in words], dtype=np.bool_), True)[index]
    indices = pa.array(to_used, mask=empty)
    return pa.DictionaryArray.from_arrays(indices, pa.array(used.tolist(), pa.string()))
