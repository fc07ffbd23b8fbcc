"""From the columns of an engine to a log, row by row."""

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.tiny import tiny_corridor

from lajvard.errors import InputError
from lajvard.journeys import check_log, open_log, write_log
from lajvard.journeys.arrow import arrow_schema
from lajvard.simulation.model import ENGINE_ACTIVITIES
from lajvard.simulation.simulate import ActivityColumns
from lajvard.study.columns import LogNames, _activity, name_columns

NAMES = LogNames(
    activities=tuple(
        _activity(name) for name in (*ENGINE_ACTIVITIES, "moving", "clearance", "sailing")
    ),
    places=("HEA", "TOR", "SER", "HEA-TOR", "TOR-SER", "SER-MAR"),
    place_is_link=np.array([False, False, False, True, True, True]),
    place_is_post=np.array([False, True, False, False, False, False]),
    place_country=("AF", "AF", "TM", "AF", "AF", "TM"),
    step_mode=("road", "road", "road", "rail"),
    sources=("D1", "D2"),
    source_class=np.array([1, 0]),
    source_tonnes=np.array([18.0, 20.0]),
    classes=("truck", "box"),
    routes=("north",),
    step_km=np.array([120.0, 0.0, 8.0, 300.0]),
    step_usd=np.array([144.0, 100.0, 9.6, 200.0]),
    step_kg=np.array([96.0, 0.0, 6.4, 90.0]),
    ride_key=np.array([5]),  # route 0, place 5
    ride_service=("train",),
    ride_from=np.array([2]),
    ride_to=np.array([-1]),
    corridor="tiny",
    year=2024,
)
QUEUE, REST, MOVING, CLEARANCE, SAILING = 0, 8, 10, 11, 12


class Row(NamedTuple):
    journey: int
    seq: int
    activity: int
    place: int
    start_s: int
    end_s: int
    step: int
    share: float
    source: int = 0
    route: int = 0


ROWS = [  # in the order of their ends, as an engine writes them
    Row(1, 0, MOVING, 3, 0, 3600, 0, 0.25),
    Row(2, 0, QUEUE, 1, 3600, 5400, -1, 0.0, source=1),
    Row(1, 1, REST, 3, 3600, 7200, -1, 0.0),
    Row(2, 1, CLEARANCE, 1, 5400, 9000, 1, 1.0, source=1),
    Row(1, 2, MOVING, 3, 7200, 18000, 0, 0.75),
    Row(1, 3, QUEUE, 1, 18000, 18600, -1, 0.0),
    Row(1, 4, CLEARANCE, 2, 18600, 22200, 1, 1.0),
    Row(1, 5, SAILING, 5, 22200, 60000, 3, 1.0),
]


def columns(rows: list[Row]) -> ActivityColumns:
    def array(name: str, kind: type[np.generic]) -> NDArray[np.generic]:
        return np.array([getattr(row, name) for row in rows], dtype=kind)

    kinds = {"seq": np.int16, "activity": np.int16, "source": np.int16, "share": np.float32}
    return ActivityColumns(
        **{name: array(name, kinds.get(name, np.int32)) for name in ActivityColumns._fields}  # type: ignore[arg-type]
    )


def named(rows: list[Row], *under_way: int) -> list[dict[str, object]]:
    table = name_columns(
        columns(rows), NAMES, run_id="base", replication=7, under_way=np.array(under_way)
    )
    assert table.schema.equals(arrow_schema(encoded=True))
    found: list[dict[str, object]] = table.to_pylist()
    return found


def test_name_columns__sorts_by_journey_and_activity() -> None:
    found = [(row["journey_id"], row["seq"]) for row in named(ROWS)]
    assert found == [("1", 0), ("1", 1), ("1", 2), ("1", 3), ("1", 4), ("1", 5), ("2", 0), ("2", 1)]


def test_name_columns__names_all() -> None:
    first = {key: str(value) for key, value in named(ROWS)[0].items()}
    assert first == {
        "run_id": "base",
        "replication": "7",
        "journey_id": "1",
        "seq": "0",
        "corridor": "tiny",
        "scenario": "None",
        "consignment_class": "box",
        "activity": "moving",
        "mode": "road",
        "node_id": "None",
        "link_id": "HEA-TOR",
        "service_id": "None",
        "latitude": "None",
        "longitude": "None",
        "country": "AF",
        "start": "2024-01-01 00:00:00",
        "end": "2024-01-01 01:00:00",
        "distance_km": "30.0",
        "cost_usd": "36.0",
        "unofficial_usd": "None",
        "emission_kgco2e": "24.0",
        "tonnes": "18.0",
        "arrived": "True",
        "vehicle": "None",
        "nationality": "None",
        "origin": "simulated",
        "source_id": "D1",
        "route": "north",
    }


def test_name_columns__shares_what_a_step_carries_among_its_rows() -> None:
    rows = named(ROWS)
    assert [row["distance_km"] for row in rows] == [30.0, 0.0, 90.0, 0.0, 0.0, 300.0, 0.0, 0.0]
    assert [row["cost_usd"] for row in rows] == [36.0, 0.0, 108.0, 0.0, 100.0, 200.0, 0.0, 100.0]


def test_name_columns__says_who_has_arrived() -> None:
    arrived = {row["journey_id"]: row["arrived"] for row in named(ROWS, 2)}
    assert arrived == {"1": True, "2": False}
    table = name_columns(columns(ROWS), NAMES, run_id="base", replication=7)
    assert set(table["arrived"].to_pylist()) == {None}, "not known"


def test_name_columns__gives_waits_the_mode_before_them_or_after() -> None:
    modes = [row["mode"] for row in named(ROWS)]
    assert modes == ["road", "road", "road", "road", "road", "rail", "road", "road"]


def test_name_columns__puts_waits_for_a_ship_at_its_port() -> None:
    wait, loading, unloading = (_activities().index(word) for word in PORT_WORDS)
    rows = [
        Row(3, 0, wait, 5, 0, 3600, -1, 0.0),
        Row(3, 1, loading, 5, 3600, 7200, -1, 0.0),
        Row(3, 2, SAILING, 5, 7200, 9000, 3, 1.0),
        Row(3, 3, unloading, 5, 9000, 9600, -1, 0.0),
    ]
    places = [(row["node_id"], row["link_id"], row["service_id"]) for row in named(rows)]
    assert places[:3] == [
        ("SER", None, "train"),
        ("SER", None, "train"),
        (None, "SER-MAR", "train"),
    ]
    assert places[3] == (None, "SER-MAR", "train"), "where it is left is not known"
    waiting = [(row["node_id"], row["country"]) for row in named(rows[:1])]
    assert waiting == [("SER", "TM")], "one who is still waiting"


PORT_WORDS = ("wait for departure", "loading", "unloading")


def _activities() -> list[str]:
    return list(NAMES.activities)


def test_name_columns__tells_borders_from_ports() -> None:
    rows = named(ROWS)
    assert [(row["node_id"], row["activity"]) for row in rows if row["node_id"]] == [
        ("TOR", "queue"),
        ("SER", "port"),  # no post in these names
        ("TOR", "queue"),
        ("TOR", "border"),
    ]


def test_name_columns__takes_no_rows() -> None:
    assert named([]) == []


def test_activity__knows_all_words_of_the_engine() -> None:
    assert [_activity(name) for name in ("wait", "night_ban", "clearance")] == [
        "wait for departure",
        "night ban",
        "border",
    ]
    with pytest.raises(InputError, match=r"unknown activity 'sailling'. Did you mean 'sailing'?"):
        _activity("sailling")


def test_write_log__keeps_all_in_a_log_without_faults(tmp_path: object) -> None:
    ended = np.empty(0, dtype=np.int64)
    table = name_columns(columns(ROWS), NAMES, run_id="base", replication=7, under_way=ended)
    file = write_log(table, str(tmp_path), replication=7)
    assert file.relative_to(str(tmp_path)).as_posix() == "replication=0007/part.parquet"
    log = open_log(file)
    rows = log.order_by(["journey_id", "seq"]).to_pyarrow().to_pylist()
    assert [{**row, "start": None, "end": None} for row in rows] == [
        {**row, "start": None, "end": None} for row in named(ROWS)
    ]
    (problem,) = check_log(log, tiny_corridor())
    assert (problem.column, problem.value) == ("service_id", "train"), "the corridor has no trains"
