"""Runs: the same bytes however they were made, also after a kill; what is asked is what is kept."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.study.small import small_model
from tests.tiny import tiny_corridor

from lajvard.case import Case
from lajvard.errors import InputError
from lajvard.journeys import check_log
from lajvard.progress import Cancelled, Progress
from lajvard.simulation.simulate import simulate_replication
from lajvard.study import Until, open_run, simulate
from lajvard.study.opened import DURATIONS
from lajvard.study.run import _progress
from lajvard.study.store import kept_replications, read_statistics

ROOT = Path(__file__).parents[2]
MODEL = small_model()


def digest(folder: Path) -> dict[str, str]:
    """The files of a run, but for its durations, by what they hold."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != DURATIONS
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("run") / "one"
    simulate(MODEL, folder, replications=6, jobs=1, log="all")
    return digest(folder)


# ---------------------------------------------------------------- the same bytes


def test_simulate__writes_a_folder_that_explains_itself(tmp_path: Path) -> None:
    run = simulate(MODEL, tmp_path / "run", replications=3, seed=7, log="sample", sample_every=5)
    said = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert said["model"] == MODEL.content_hash == run.model.content_hash
    assert (said["seed"], said["days"], said["completed"]) == (7, 60.0, 3)
    assert (said["log"], said["sample_every"]) == ("sample", 5)
    assert said["run_id"] == run.manifest.run_id
    assert [d.replication for d in run.durations()] == [0, 1, 2]
    assert all(d.n_events > 0 and d.seconds > 0 for d in run.durations())


@pytest.mark.parametrize(
    ("engine", "jobs"), [("threads", 2), ("threads", 5), ("processes", 2), ("dask", 2)]
)
def test_simulate__gives_the_same_bytes_on_any_workers(
    tmp_path: Path, undisturbed: dict[str, str], engine: str, jobs: int
) -> None:
    simulate(MODEL, tmp_path / "run", replications=6, jobs=jobs, engine=engine, log="all")
    assert digest(tmp_path / "run") == undisturbed


def test_simulate__goes_on_with_more_replications(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    folder = tmp_path / "run"
    simulate(MODEL, folder, replications=2, jobs=1, log="all")
    shares: list[Progress] = []
    simulate(MODEL, folder, replications=6, jobs=2, log="all", progress=shares.append)
    assert digest(folder) == undisturbed
    assert [p.done for p in shares] == [1, 2, 3, 4, 5, 6]
    assert [p.note != "" for p in shares] == [False, False, True, True, True, True]
    assert shares[-1].left_s == 0.0


def test_simulate__does_nothing_when_all_is_there(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    folder = tmp_path / "run"
    simulate(MODEL, folder, replications=6, log="all")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.npz")}
    simulate(MODEL, folder, replications=6, log="all")
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*.npz")}
    assert digest(folder) == undisturbed


KILLED = """
import sys
from tests.study.small import small_model
from lajvard.study import simulate
if __name__ == "__main__":
    def tell(progress):
        print(progress.done, flush=True)
    simulate(small_model(), sys.argv[1], replications=6, jobs=2, engine=sys.argv[2], log="all",
             progress=tell)
"""


@pytest.mark.parametrize("engine", ["threads", "processes"])
def test_simulate__killed_goes_on_to_the_same_bytes(
    tmp_path: Path, undisturbed: dict[str, str], engine: str
) -> None:
    script, folder = tmp_path / "killed.py", tmp_path / "run"
    script.write_text(KILLED, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), str(folder), engine],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline().strip() == b"1"
        os.killpg(process.pid, signal.SIGKILL)  # workers too: nobody cleans up
        process.wait()
    assert (folder / "manifest.json").is_file()
    assert not open_run(folder).is_finished
    assert len(kept_replications(folder)) < 6
    simulate(MODEL, folder, replications=6, jobs=2, log="all")
    assert digest(folder) == undisturbed


@pytest.mark.parametrize("left", ["nothing", "manifest", "model", "half a replication"])
def test_simulate__goes_on_wherever_it_was_killed(
    tmp_path: Path, undisturbed: dict[str, str], left: str
) -> None:
    folder = tmp_path / "run"
    simulate(MODEL, folder, replications=3, log="all")
    if left in ("nothing", "model"):
        whole = folder.rename(tmp_path / "whole")
        folder.mkdir()
        (folder / ".manifest-x.json").write_text('{"format":')
        name = "model.npz" if left == "model" else ".model-x.npz"
        (whole / "model.npz").rename(folder / name)
    if left == "half a replication":
        (folder / "replications" / "0001").rename(folder / "replications" / ".0001-x")
    simulate(MODEL, folder, replications=6, log="all")
    assert digest(folder) == undisturbed


def test_simulate__replication_can_be_simulated_alone(tmp_path: Path) -> None:
    run = simulate(MODEL, tmp_path / "run", replications=3, seed=5)
    alone = simulate_replication(run.model, seed=5, replication=2, log="none").statistics
    kept = run.statistics(2)
    assert kept.n_begun == alone.n_begun
    for mine, its in zip(kept.stations + kept.routes, alone.stations + alone.routes, strict=True):
        np.testing.assert_array_equal(mine, its)


# ---------------------------------------------------------------- until


def test_simulate__stops_when_an_indicator_is_known_well_enough(tmp_path: Path) -> None:
    until = Until("journey_h", 0.02, minimum=4, maximum=40)
    run = simulate(MODEL, tmp_path / "two", replications=until, jobs=2)
    found = run.estimate("journey_h")
    assert 4 <= run.n_replications < 40
    assert found.half_width <= 0.02 * found.value
    alone = simulate(MODEL, tmp_path / "one", replications=until, jobs=1)
    assert digest(alone.folder) == digest(run.folder)
    assert kept_replications(run.folder) == [*range(run.n_replications)]


def test_simulate__until_goes_on_when_more_is_asked(tmp_path: Path) -> None:
    few = simulate(MODEL, tmp_path / "a", replications=Until("journey_h", 0.03, minimum=3))
    exact = simulate(MODEL, tmp_path / "a", replications=Until("journey_h", 0.015, minimum=3))
    assert exact.n_replications > few.n_replications
    at_once = simulate(MODEL, tmp_path / "b", replications=Until("journey_h", 0.015, minimum=3))
    assert digest(exact.folder) == digest(at_once.folder)
    with pytest.raises(InputError, match=r"until journey_h is within 0\.015, not of"):
        simulate(MODEL, tmp_path / "a", replications=Until("journey_h", 0.03, minimum=3))


def test_simulate__until_names_an_indicator_of_the_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"unknown indicator 'journy_h'\. Did you mean"):
        simulate(MODEL, tmp_path / "run", replications=Until("journy_h", 0.1))


# ---------------------------------------------------------------- what is refused


def test_simulate__refuses_the_folder_of_another_run(tmp_path: Path) -> None:
    simulate(MODEL, tmp_path / "run", replications=2)
    with pytest.raises(InputError, match="holds another run: seed 1, not 2"):
        simulate(MODEL, tmp_path / "run", replications=2, seed=2)
    with pytest.raises(InputError, match="another model"):
        simulate(small_model(servers=3), tmp_path / "run", replications=2)
    with pytest.raises(InputError, match="a run of 2 replications, not of 1"):
        simulate(MODEL, tmp_path / "run", replications=1)


def test_simulate__refuses_a_folder_with_other_things(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="is not the folder of a run"):
        simulate(MODEL, tmp_path, replications=2)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"replications": 0}, "replications is 0, expected at least 1"),
        ({"seed": -1}, "seed is -1, expected 0 or more"),
        ({"log": "some"}, "log is 'some'"),
        ({"warmup": "guess"}, "warm-up is 'guess'"),
        ({"warmup": 60}, "a warm-up of 60 days leaves nothing"),
        ({"days": 61}, "61 days cannot be simulated"),
        ({"engine": "thread"}, "Did you mean 'threads'"),
    ],
)
def test_simulate__refuses_settings_that_cannot_be(
    tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        simulate(MODEL, tmp_path / "run", **wrong)  # type: ignore[arg-type]
    assert not (tmp_path / "run").exists()


def test_open_run__refuses_what_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not the folder of a run"):
        open_run(tmp_path)
    (tmp_path / "manifest.json").write_text("{]")
    with pytest.raises(InputError, match="is not a manifest of this version"):
        open_run(tmp_path)


def test_read_statistics__refuses_those_of_another_version(tmp_path: Path) -> None:
    run = simulate(MODEL, tmp_path / "run", replications=1)
    np.savez(tmp_path / "run" / "replications" / "0000" / "statistics.npz", other=np.zeros(1))
    with pytest.raises(InputError, match="of another version"):
        read_statistics(run.folder, 0)
    with pytest.raises(InputError, match="there is no replication 1"):
        read_statistics(run.folder, 1)


# ---------------------------------------------------------------- what comes out


def test_run__has_the_log_that_was_asked_for(tmp_path: Path) -> None:
    run = simulate(MODEL, tmp_path / "run", replications=2, log="all")
    log = run.log()
    assert check_log(log) == ()
    assert log.replication.nunique().to_pyarrow().as_py() == 2
    assert log.run_id.nunique().to_pyarrow().as_py() == 1
    bare = simulate(MODEL, tmp_path / "bare", replications=1)
    with pytest.raises(InputError, match="without a journey log"):
        bare.log()


def test_run__log_of_ended_journeys_has_those_that_are_counted(tmp_path: Path) -> None:
    run = simulate(MODEL, tmp_path / "run", replications=2, log="all", warmup=10)
    ended = run.log(settled=True)
    counts = ended.group_by("replication").aggregate(n=ended.journey_id.nunique())
    found = {row["replication"]: row["n"] for row in counts.to_pyarrow().to_pylist()}
    wanted = [int(counted.routes.journeys.sum()) for counted in run.each_counted()]
    assert found == dict(enumerate(wanted))
    journeys = ended.group_by(["replication", "journey_id"]).aggregate(
        hours=(ended.end.max().epoch_seconds() - ended.start.min().epoch_seconds()) / 3600
    )
    mean_h = journeys.group_by("replication").aggregate(mean_h=journeys.hours.mean())
    mean = mean_h.mean_h.mean().to_pyarrow().as_py()
    assert mean == pytest.approx(run.estimate("journey_h").value, rel=0.001)


def test_run__measures_a_corridor_that_was_compiled(tmp_path: Path) -> None:
    run = simulate(Case(tiny_corridor()), tmp_path / "run", days=30, replications=2, jobs=1)
    assert run.manifest.corridor["name"] == "tiny"
    assert set(run.manifest.corridor["tables"]) >= {"node", "link", "demand"}
    assert run.estimate("journey_h").value > 0


def test_progress__knows_rate_and_time_left() -> None:
    began = _progress(done=5, total=20, simulated=0, n_events=0, elapsed_s=1.0)
    assert str(began) == "Replications: 5 of 20"
    later = _progress(done=10, total=20, simulated=5, n_events=5_000_000, elapsed_s=10.0)
    assert later.left_s == 20.0
    assert str(later) == "Replications: 10 of 20, 500 thousand events/s, 20 s left"


def test_simulate__memory_does_not_grow_with_replications(tmp_path: Path) -> None:
    import tracemalloc

    def peak(replications: int, folder: str) -> int:
        tracemalloc.start()
        simulate(small_model(days=5), tmp_path / folder, replications=replications, jobs=2)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(2, "first")
    few = max(peak(6, f"few {run}") for run in range(4))  # two at once in one
    assert peak(60, "many") < 1.5 * few


def test_simulate__interrupted_leaves_whole_replications(tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.done == 2:
            raise Cancelled("the run")

    with pytest.raises(Cancelled, match="the run was ended on request"):
        simulate(MODEL, tmp_path / "run", replications=6, jobs=2, progress=stop)
    run = open_run(tmp_path / "run")
    assert 2 <= run.n_replications < 6
    assert not run.is_finished
    assert not [p for p in (run.folder / "replications").iterdir() if p.name.startswith(".")]
    started = time.perf_counter()
    assert run.estimate("journey_h").n == run.n_replications
    assert time.perf_counter() - started < 5
