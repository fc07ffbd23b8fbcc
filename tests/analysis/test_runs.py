"""Simulated years in the report: numbers by hand, figures, tables, the page and the workbook."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook
from tests.tiny import extended, tiny_corridor

from lajvard.analysis.probe_journeys import arrived, left_country_h
from lajvard.analysis.profiles import causes_of, profile_of
from lajvard.analysis.report_data import ReportData, gather
from lajvard.analysis.runs import Simulated, gather_simulated
from lajvard.analysis.simulated import lines_of, posts_of, queues_of
from lajvard.case import Case
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.journeys.arrow import log_rows
from lajvard.report import write_report
from lajvard.report.simulated_section import simulated_section
from lajvard.study import Run, simulate

DAYS = 40.0


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    """The tiny corridor with a pair to compare."""
    return extended(
        tiny_corridor(),
        "od_pair",
        od_pair_id="hm",
        title="Herat to Mary by rail",
        origin_node_id="HEA",
        dest_node_id="MAR",
        cargo_class="box",
        rank="1",
        status="operating",
        basis="estimate",
        source_id="estimate",
    )


@pytest.fixture(scope="module")
def runs(corridor: Corridor, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """Two runs of three replications: the corridor as it is, and with a slower border."""
    folder = tmp_path_factory.mktemp("runs")
    slower = folder / "slower.yaml"
    slower.write_text(
        "name: slower\ntitle: a slower border\npatches:\n"
        "  - scale: procedure\n    where: {procedure_id: SER-in}\n    by: {mean_h: 2}\n"
    )
    made = [
        simulate(
            Case(corridor, scenario=scenario),
            folder / name,
            days=DAYS,
            replications=3,
            log="sample",
            sample_every=1000,
            warmup=0,
            jobs=1,
        )
        for name, scenario in (("base", None), ("slower", slower))
    ]
    return made[0], made[1]


@pytest.fixture(scope="module")
def material(corridor: Corridor) -> ReportData:
    return gather(Case(corridor))


@pytest.fixture(scope="module")
def simulated(material: ReportData, corridor: Corridor, runs: tuple[Run, Run]) -> Simulated:
    found = gather_simulated(material, corridor, [runs[1], runs[0]])
    assert found is not None
    return found


# ---------------------------------------------------------------- the log by hand


def row(
    journey: str, seq: int, activity: str, place: str, start: str, end: str
) -> dict[str, object]:
    key = "node_id" if place.isupper() and len(place) == 1 else "link_id"
    return {
        "journey_id": journey,
        "seq": seq,
        "activity": activity,
        key: place,
        "start": f"2025-01-{start}",
        "end": f"2025-01-{end}",
        "route": "way 1",
        "source_id": "probe way",
        "replication": 0,
    }


def by_hand() -> pa.Table:
    """Two journeys of two days to place C, and one that is still at B."""
    rows = []
    for journey, day in (("1", 1), ("2", 11), ("3", 21)):
        rows += [
            row(journey, 0, "moving", "a-b", f"{day:02d}T00:00", f"{day:02d}T12:00"),
            row(journey, 1, "border", "B", f"{day:02d}T12:00", f"{day + 1:02d}T06:00"),
            row(journey, 2, "moving", "b-c", f"{day + 1:02d}T06:00", f"{day + 2:02d}T00:00"),
        ]
    return log_rows([one | {"arrived": one["journey_id"] != "3"} for one in rows[:-1]])


def test_arrived__leaves_out_who_is_under_way_and_the_warm_up() -> None:
    probes = arrived(by_hand())
    assert probes.of_journeys("journey_id").tolist() == ["1", "2"]
    assert probes.hours.tolist() == [48.0, 48.0]
    assert arrived(by_hand(), warmup_days=5).of_journeys("journey_id").tolist() == ["2"]


def test_left_country_h__counts_until_the_post_is_passed() -> None:
    probes = arrived(by_hand())
    assert left_country_h(probes, ["B"]).tolist() == [30.0, 30.0]
    assert np.isnan(left_country_h(probes, ["X"])).all()


# ---------------------------------------------------------------- numbers of a run


def test_gather_simulated__the_run_without_changes_is_the_base(simulated: Simulated) -> None:
    assert simulated.base.name == "base"
    assert [run.name for run in simulated.others] == ["slower"]
    assert [way.source for way in simulated.ways] == ["probe hm"]
    assert simulated.main is not None


def test_gather_simulated__refuses_a_run_of_another_corridor(
    material: ReportData, runs: tuple[Run, Run]
) -> None:
    with pytest.raises(InputError, match="another description"):
        gather_simulated(material, tiny_corridor(), runs)


def test_hours__agree_with_the_measure_of_the_run(simulated: Simulated) -> None:
    way = simulated.main
    assert way is not None
    mine, counted = simulated.hours(way), simulated.base.estimate(f"journey_h/{way.source}")
    assert mine.n == counted.n == 3
    assert mine.value == pytest.approx(counted.value, rel=0.05)


def test_profile_of__ends_where_the_journey_ends(simulated: Simulated) -> None:
    way = simulated.main
    assert way is not None
    assert way.way.route is not None
    rows = profile_of(simulated, way)
    assert [row.name for row in rows if row.is_stop] == ["Torghundi", "Serhetabat"]
    assert rows[0].name == "Herat to Torghundi, road"
    assert rows[-1].total_km == pytest.approx(way.way.route.distance_km)
    assert all(low <= middle <= high for low, middle, high in (row.total_h for row in rows))


def test_causes_of__add_up_to_the_journey(simulated: Simulated) -> None:
    way = simulated.main
    assert way is not None
    causes = causes_of(simulated)
    assert simulated.probes is not None
    mean = float(simulated.probes.of(way.source).mean())
    assert sum(one.hours.value for one in causes) == pytest.approx(mean, rel=1e-6)
    assert sum(one.share for one in causes) == pytest.approx(1)


def test_posts_of__simulated_times_are_near_the_described_ones(simulated: Simulated) -> None:
    posts = posts_of(simulated)
    assert {one.post.node_id for one in posts} <= {"TOR", "SER"}
    assert posts
    assert all(abs(one.error) < 0.5 for one in posts)


def test_queues_of__months_that_were_not_simulated_are_empty(simulated: Simulated) -> None:
    for queue in queues_of(simulated):
        assert queue.by_hour.shape == (24,)
        assert np.isfinite(queue.by_month[:2]).all()
        assert np.isnan(queue.by_month[2:]).all()
    assert lines_of(simulated) == ()


def test_section__a_slower_border_costs_its_hours(
    material: ReportData, simulated: Simulated
) -> None:
    section = simulated_section(material, simulated, lambda _: None)
    said = next(finding for finding in section.findings if finding.title == "a slower border")
    assert "takes" in said.text
    assert "more (95" in said.text
    assert "n = 3" in said.text
    effects = {(row["quantity"], row["of"]): row for row in section.tables["sim_scenarios"]}
    assert 0 < effects["journey time", "all traffic"].number("change") < 20


# ---------------------------------------------------------------- the report


def test_write_report__has_the_simulated_years(
    corridor: Corridor, runs: tuple[Run, Run], tmp_path: Path
) -> None:
    files = write_report(Case(corridor), tmp_path, runs=[run.folder for run in runs])
    page = files.html.read_text(encoding="utf-8")
    for section in ("simulated", "scenarios", "waits", "posts"):
        assert f'<section id="{section}"' in page
    for figure in ("sim-tcd", "sim-times", "sim-causes", "sim-forest", "sim-posts"):
        assert f'id="{figure}-' in page
    names = CalamineWorkbook.from_path(str(files.xlsx)).sheet_names
    assert {"simulated runs", "simulated times", "simulated scenarios"} <= set(names)


def test_write_report__is_the_same_each_time(
    corridor: Corridor, runs: tuple[Run, Run], tmp_path: Path
) -> None:
    first, second = (write_report(Case(corridor), tmp_path / name, runs=runs) for name in "ab")
    assert first.html.read_bytes() == second.html.read_bytes()
    assert first.xlsx.read_bytes() == second.xlsx.read_bytes()


def test_write_report__without_a_log_says_what_is_left_out(
    corridor: Corridor, tmp_path: Path
) -> None:
    run = simulate(Case(corridor), tmp_path / "run", days=20, replications=2, warmup=0, jobs=1)
    page = write_report(Case(corridor), tmp_path / "report", runs=[run]).html.read_text("utf-8")
    assert "simulate with --log sample" in page
    assert 'id="sim-times-' not in page


def test_write_report__a_scenario_of_a_user_keeps_its_posts(
    corridor: Corridor, runs: tuple[Run, Run], tmp_path: Path
) -> None:
    files = write_report(Case(corridor), tmp_path, runs=[runs[1].folder])
    page = files.html.read_text(encoding="utf-8")
    assert '<section id="posts"' in page
    assert "does not keep its border posts" not in page
    rows = CalamineWorkbook.from_path(str(files.xlsx)).get_sheet_by_name("simulated posts")
    described = {row[1]: row[2] for row in rows.to_python()[1:]}
    posts = runs[1].posts
    assert posts
    shown = {value for value in described.values() if isinstance(value, float)}
    assert shown
    assert shown <= {post.target_h for post in posts}


def test_write_report__says_that_a_run_folder_keeps_no_posts(
    corridor: Corridor, runs: tuple[Run, Run], tmp_path: Path
) -> None:
    old = shutil.copytree(runs[0].folder, tmp_path / "old")
    (old / "posts.json").unlink()
    page = write_report(Case(corridor), tmp_path / "report", runs=[old]).html.read_text("utf-8")
    assert page.count("does not keep its border posts") == 1
    assert '<section id="posts"' not in page


def test_write_report__without_runs_has_no_such_section(corridor: Corridor, tmp_path: Path) -> None:
    page = write_report(Case(corridor), tmp_path).html.read_text("utf-8")
    assert "A simulated year" not in page
