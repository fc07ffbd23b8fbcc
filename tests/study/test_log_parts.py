"""A log in parts: the same file however it was parted, and one truth of who arrived."""

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.tiny import extended, tiny_corridor, with_traffic
from tests.twin.test_lines import by_sea

from lajvard.analysis.probe_journeys import probes_in
from lajvard.case import Case
from lajvard.indicators import journey_hours
from lajvard.simulation import simulate as engine
from lajvard.simulation.simulate import ActivityColumns, simulate_replication
from lajvard.study import Run, log_parts, simulate
from lajvard.study.columns import LogNames
from lajvard.study.log_parts import LogParts
from lajvard.twin.compile import build_model

SMALL = 14_000
"""Rows of a part that several of make a log of the test."""


class CountedParts(LogParts):
    """Parts that count how many they are."""

    n_parts: int = 0

    def keep(self, columns: ActivityColumns) -> None:
        self.n_parts += 1
        super().keep(columns)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A hundred days of a corridor with a ferry, with all journeys logged."""
    pair = {"od_pair_id": "p", "title": "Herat to Mary", "rank": "1", "cargo_class": "truck"}
    ends = {"origin_node_id": "HEA", "dest_node_id": "SER"}
    case = Case(extended(with_traffic(by_sea(), "40"), "od_pair", **pair, **ends))
    folder = tmp_path_factory.mktemp("parts") / "run"
    return simulate(case, folder, days=100, replications=2, log="all", warmup=0, jobs=1)


def test_log_parts__give_the_same_file_for_any_size_of_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = build_model(Case(with_traffic(tiny_corridor(), "40")), days=240).model
    names = LogNames.of(model)
    monkeypatch.setattr(log_parts, "JOURNEYS_EACH", 100)
    files = []
    for size in (1 << 20, SMALL):
        monkeypatch.setattr(engine, "PART_ROWS", size)
        folder = tmp_path / str(size)
        folder.mkdir()
        parts = CountedParts(folder)
        done = simulate_replication(model, seed=5, replication=0, log="all", keep=parts.keep)
        assert done.log is None
        file = folder / "log.parquet"
        parts.write(file, names, done.under_way, run_id="r", replication=0)
        assert [path.name for path in folder.iterdir()] == ["log.parquet"]
        files.append(file.read_bytes())
        assert (parts.n_parts > 1) == (size == SMALL)
    assert files[0] == files[1]


def test_log_parts__hold_the_rows_of_a_log_in_memory(tmp_path: Path) -> None:
    model = build_model(Case(tiny_corridor()), days=60).model
    whole = simulate_replication(model, seed=5, replication=0, log="all").log
    assert whole is not None
    parts = LogParts(tmp_path)
    done = simulate_replication(model, seed=5, replication=0, log="all", keep=parts.keep)
    parts.write(
        tmp_path / "log.parquet", LogNames.of(model), done.under_way, run_id="r", replication=0
    )
    table = pq.read_table(tmp_path / "log.parquet")
    assert table.num_rows == len(whole.journey)
    order = np.lexsort((whole.seq, whole.journey))
    assert table["seq"].to_pylist() == whole.seq[order].tolist()
    assert [int(one) for one in table["journey_id"].to_pylist()] == whole.journey[order].tolist()


def test_log_parts__of_no_rows_are_an_empty_log(tmp_path: Path) -> None:
    names = LogNames.of(build_model(Case(tiny_corridor()), days=2).model)
    LogParts(tmp_path).write(
        tmp_path / "log.parquet", names, np.empty(0, np.int64), run_id="r", replication=0
    )
    assert pq.read_table(tmp_path / "log.parquet").num_rows == 0


def arrived_in(run: Run, replication: int, sources: set[str] | None = None) -> int:
    """Journeys of a replication that arrived, by the column of the log."""
    rows = run.log().to_pyarrow()
    mine = rows.filter(pc.equal(rows["replication"], replication)).select(
        ["journey_id", "arrived", "source_id"]
    )
    return len(
        {
            row["journey_id"]
            for row in mine.to_pylist()
            if row["arrived"] and (sources is None or row["source_id"] in sources)
        }
    )


def test_arrived__is_one_number_in_engine_log_indicators_and_probes(run: Run) -> None:
    names, first = run.model.source_names, run.model.sources.first_route.tolist()
    flows = [ix for ix, name in enumerate(names) if not name.startswith("background")]
    probes = [ix for ix in flows if names[ix].startswith("probe ")]

    def ended(sources: list[int]) -> int:
        """By the engine."""
        return sum(
            int(run.statistics(replication).routes.journeys[first[ix] : first[ix + 1]].sum())
            for replication in range(2)
            for ix in sources
        )

    for replication in range(2):
        assert arrived_in(run, replication) == run.statistics(replication).n_ended
    settled = run.log(settled=True).select("replication", "journey_id").distinct()
    assert settled.count().to_pyarrow().as_py() == ended([*range(len(names))])
    (hours,) = journey_hours(run.log()).to_pyarrow().to_pylist()
    assert hours["n"] == ended(flows) > 0
    found = probes_in(run)
    assert found is not None
    assert len(found) == ended(probes) > 0


def test_waits_for_the_ferry__are_at_its_ports(run: Run) -> None:
    rows = run.log().to_pyarrow()
    for word, ports in (("wait for departure", {"SER", "BAK"}), ("loading", {"SER", "BAK"})):
        mine = rows.filter(pc.equal(rows["activity"].cast("string"), word))
        assert mine.num_rows > 10
        assert set(mine["node_id"].to_pylist()) <= ports
        assert set(mine["link_id"].to_pylist()) == {None}
        assert set(mine["service_id"].to_pylist()) == {"F"}
