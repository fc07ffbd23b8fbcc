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
    assert "2 cells are not a number of USD from 0 to 1000000, such as 'free'" in str(caught.value)


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


@pytest.mark.parametrize("name", ["LOG.CSV", "a*.csv", "a?.csv", "[ab].csv", "~.csv", "x]y.csv"])
def test_open_log__reads_the_file_that_was_named_and_no_other(tmp_path: Path, name: str) -> None:
    for other in ("a.csv", "b.csv", "ab.csv", "a1.csv"):
        (tmp_path / other).write_text(HEADER + "other,0,1,0,queue,T,2018-12-13,2018-12-14,,x\n")
    file = tmp_path / name
    file.write_text(HEADER + "named,0,1,0,queue,TOR,2018-12-13,2018-12-14,,observed\n")
    assert [row["run_id"] for row in rows_of(open_log(file))] == ["named"]


def test_open_log__finds_parquet_under_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "run [1]*"
    write_part(log_rows([ROW]), folder / "PART.PARQUET")
    write_part(log_rows([{**ROW, "run_id": "no"}]), tmp_path / "run 1x" / "PART.PARQUET")
    assert [row["run_id"] for row in rows_of(open_log(folder))] == ["run"]


@pytest.mark.parametrize(
    ("encoding", "line"), [("cp1251", 3), ("utf-16", 1), ("cp1256", None), ("gb18030", 3)]
)
def test_open_log__names_the_line_that_is_not_utf8(
    tmp_path: Path, encoding: str, line: int | None
) -> None:
    place = "هرات" if encoding == "cp1256" else "Герат"
    row = "a,0,1,{},queue,{},2018-12-13,2018-12-14,,observed\n"
    file = tmp_path / "log.csv"
    file.write_bytes((HEADER + row.format(0, "TOR") + row.format(1, place)).encode(encoding))
    with pytest.raises(InputError, match=f"row {line or 3}: is not UTF-8. Save the file as CSV"):
        open_log(file)


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("start", pa.array([1544680800000]), "type int64, which are no moments"),
        ("end", pa.array([1.5e9]), "type float64, which are no moments"),
        ("start", pa.array([3600], pa.time32("s")), "type time.*, which are no moments"),
        ("start", pa.array([[1]]), "which are no moments"),
        ("start", pa.array(["noon"]), "1 cells are not .*'noon'"),
        ("seq", pa.array([1.5]), "1 cells are not .*'1.5'"),
        ("seq", pa.array([2**40]), "1 cells are not .*'1099511627776'"),
        ("replication", pa.array([True]), "which are no whole numbers"),
        ("cost_usd", pa.array(["free"]), "1 cells are not .*'free'"),
        ("arrived", pa.array([0.5]), "which are no truth values"),
        ("run_id", pa.array([["a"]]), "which are no texts"),
    ],
)
def test_open_log__refuses_parquet_that_does_not_say_what_it_holds(
    tmp_path: Path, column: str, values: pa.Array, words: str
) -> None:
    whole = log_rows([ROW])
    whole = whole.set_column(whole.schema.get_field_index(column), column, values)
    pq.write_table(whole, tmp_path / "log.parquet")
    with pytest.raises(InputError, match=words) as caught:
        open_log(tmp_path / "log.parquet")
    assert [problem.column for problem in caught.value.problems] == [column]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_open_log__reads_moments_in_the_unit_that_the_file_says(tmp_path: Path, unit: str) -> None:
    whole = log_rows([ROW])
    at = whole.schema.get_field_index("start")
    whole = whole.set_column(at, "start", whole["start"].cast(pa.timestamp(unit)))
    pq.write_table(whole, tmp_path / "log.parquet")
    (row,) = rows_of(open_log(tmp_path / "log.parquet"))
    assert row["start"] == datetime(2018, 12, 13, 6)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.csv", b""),
        ("log.csv", b"\x00" * 100),
        ("log.csv", HEADER.encode() + b'a,0,"1,0,queue\n' * 3),
        ("log.parquet", b""),
        ("log.parquet", b"PAR1" + b"\x07" * 40 + b"PAR1"),
    ],
)
def test_open_log__has_no_error_but_its_own(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=name):
        open_log(tmp_path / name)
