"""Logs in files: Parquet and CSV, one file, a run, several runs."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lajvard.errors import InputError
from lajvard.journeys import log_of, open_log, write_log, write_part
from lajvard.journeys.arrow import arrow_schema, log_rows

ROW: dict[str, Any] = {
    "activity": "queue",
    "node_id": "TOR",
    "start": "2018-12-13T06:00",
    "end": "2018-12-13T09:30",
}


def rows_of(log: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log.to_pyarrow().to_pylist()
    return sorted(found, key=lambda row: (row["run_id"], row["replication"], row["seq"]))


def test_log_rows__fills_in_what_is_plain() -> None:
    first, second = log_rows([ROW, {**ROW, "replication": 1}]).to_pylist()
    assert (first["run_id"], first["journey_id"], first["seq"], first["origin"]) == (
        "run",
        "1",
        0,
        "observed",
    )
    assert (second["replication"], second["seq"]) == (1, 0)
    assert first["end"] == datetime(2018, 12, 13, 9, 30)


def test_log_rows__turns_zones_to_utc() -> None:
    (row,) = log_rows([{**ROW, "start": "2018-12-13T10:30+04:30"}]).to_pylist()
    assert row["start"] == datetime(2018, 12, 13, 6, 0)


def test_log_rows__knows_its_columns() -> None:
    with pytest.raises(InputError, match=r"unknown column 'cost'"):
        log_rows([{**ROW, "cost": 3}])


def test_write_part__sorts_and_gives_the_same_bytes(tmp_path: Path) -> None:
    rows = [{**ROW, "journey_id": name, "seq": seq} for name in "ba" for seq in (1, 0)]
    one = write_part(log_rows(rows), tmp_path / "one.parquet")
    two = write_part(log_rows(rows[::-1]), tmp_path / "two.parquet")
    assert one.read_bytes() == two.read_bytes()
    found = pq.read_table(one)
    assert [row["journey_id"] for row in found.to_pylist()] == ["a", "a", "b", "b"]
    assert pq.ParquetFile(one).metadata.row_group(0).column(0).compression == "ZSTD"
    assert pa.types.is_dictionary(found.schema.field("activity").type)


def test_write_part__leaves_nothing_behind_when_it_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write_part(pa.table({"run_id": ["r"]}), tmp_path / "part.parquet")
    whole = write_part(log_rows([ROW]), tmp_path / "part.parquet")
    before = whole.read_bytes()

    class Broken(BaseException):
        pass

    def fail(*_: object, **__: object) -> None:
        raise Broken

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pq.ParquetWriter, "write_table", fail)
        with pytest.raises(Broken):
            write_part(log_rows([ROW, ROW]), whole)
    assert [path.name for path in tmp_path.iterdir()] == ["part.parquet"]
    assert whole.read_bytes() == before


def test_open_log__reads_runs_together_and_passes_hidden_folders_over(tmp_path: Path) -> None:
    for run in ("base", "etir"):
        for replication in (0, 7):
            row = {**ROW, "run_id": run, "replication": replication}
            write_log(log_rows([row]), tmp_path / run, replication=replication)
    write_log(log_rows([ROW]), tmp_path / "base" / ".0008-half", replication=8)
    one = rows_of(open_log(tmp_path / "base"))
    assert [(row["run_id"], row["replication"]) for row in one] == [("base", 0), ("base", 7)]
    both = rows_of(open_log([tmp_path / "base", tmp_path / "etir"]))
    assert [row["run_id"] for row in both] == ["base", "base", "etir", "etir"]
    assert rows_of(open_log(str(tmp_path / "base/replication=0007/part.parquet"))) == one[1:]


def test_open_log__gives_every_column_its_type(tmp_path: Path) -> None:
    table = log_rows([ROW]).select(["run_id", "replication", "journey_id", "seq", "activity"])
    whole = table.append_column("start", pa.array([datetime(2018, 1, 1)]))
    whole = whole.append_column("end", pa.array([datetime(2018, 1, 2)]))
    pq.write_table(whole.append_column("origin", pa.array(["observed"])), tmp_path / "old.parquet")
    log = open_log(tmp_path / "old.parquet")
    assert list(log.columns) == arrow_schema().names
    assert log.to_pyarrow().to_pylist()[0]["cost_usd"] is None
    assert str(log.start.type()) == "timestamp(3)"


HEADER = "run_id,replication,journey_id,seq,activity,node_id,start,end,cost_usd,origin\n"


def test_open_log__reads_csv(tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    file.write_text(
        HEADER
        + "kabul,0,007,0,queue,TOR,2018-12-13T06:00:00+04:30,2018-12-13 09:30,,observed\n"
        + "kabul,0,007,1,customs,TOR,2018-12-13 09:30:00,2018-12-13 12:00,120.5,observed\n"
    )
    first, second = rows_of(open_log(file))
    assert (first["journey_id"], first["cost_usd"], first["tonnes"]) == ("007", None, None)
    assert first["start"] == datetime(2018, 12, 13, 1, 30)
    assert first["end"] == second["start"] == datetime(2018, 12, 13, 9, 30)
    assert second["cost_usd"] == 120.5


def test_open_log__reads_csv_and_parquet_together(tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    file.write_text(HEADER + "a,0,1,0,queue,TOR,2018-12-13,2018-12-14,,observed\n")
    part = write_part(log_rows([ROW]), tmp_path / "part.parquet")
    assert [row["run_id"] for row in rows_of(open_log([file, part]))] == ["a", "run"]


def test_open_log__reports_all_bad_cells_of_a_csv_together(tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    file.write_text(
        HEADER
        + "a,0,1,0,queue,TOR,noon,2018-12-14,,observed\n"
        + "a,0,1,1,queue,TOR,2018-12-14,2018-12-14,free,observed\n"
        + "a,0,1,2,queue,TOR,2018-12-14,2018-12-14,many,observed\n"
    )
    with pytest.raises(InputError) as caught:
        open_log(file)
    assert [(p.column, p.value) for p in caught.value.problems] == [
        ("start", "noon"),
        ("cost_usd", "free"),
    ]
    assert "2 cells are not a number of USD from 0 to 1e+06, such as 'free'" in str(caught.value)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_open_log__says_which_columns_are_missing(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"log.{suffix}"
    if suffix == "csv":
        file.write_text("run_id,replication,journey,seq,activity,start,end,origin\n")
    else:
        pq.write_table(
            log_rows([ROW]).rename_columns(
                ["journey" if name == "journey_id" else name for name in arrow_schema().names]
            ),
            file,
        )
    with pytest.raises(InputError) as caught:
        open_log(file)
    assert "there is no column 'journey_id'" in str(caught.value)
    assert "unknown column 'journey'. Did you mean 'journey_id'?" in str(caught.value)


def test_open_log__says_what_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such log"):
        open_log(tmp_path / "none")
    with pytest.raises(InputError, match="holds no journey log"):
        open_log(tmp_path)
    (tmp_path / "text.parquet").write_text("no")
    with pytest.raises(InputError, match="not a readable Parquet file"):
        open_log(tmp_path / "text.parquet")


def test_log_of__may_be_empty() -> None:
    assert log_of([]).count().to_pyarrow().as_py() == 0
