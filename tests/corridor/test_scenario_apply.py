from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tiny import changed, extended, tiny_corridor

from lajvard.corridor import Corridor, Patch, Scenario, apply_scenario, check_corridor
from lajvard.corridor.scenario_apply import number_text
from lajvard.corridor.scenario_read import parse_scenario
from lajvard.errors import InputError


def applied(patches: str, corridor: Corridor | None = None) -> Corridor:
    """The tiny corridor after some patches."""
    scenario, problems = parse_scenario(f"name: test\npatches:\n{patches}", file="s.yaml")
    assert problems == []
    return (corridor or tiny_corridor()).apply(scenario)


def refused(patches: str, corridor: Corridor | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        applied(patches, corridor)
    return [str(problem) for problem in caught.value.problems]


SET = "  - set: procedure\n    where: {node_id: TOR, direction: outbound}\n    to: {mean_h: 2.0}\n"


def test_apply_scenario__sets_cells_and_says_so() -> None:
    corridor = applied(SET)
    table = corridor["procedure"]
    assert list(table.text("mean_h")) == ["2", "6", "2", "10"]
    assert list(table.text("basis")) == ["estimate"] + ["published"] * 3
    assert list(table.text("source_id")) == ["S2"] * 4
    assert list(table.text("note")) == ["scenario test: mean_h 4 to 2", "", "", ""]
    assert list(table.rows) == [2, 3, 4, 5]
    assert check_corridor(corridor) == ()
    assert tiny_corridor()["procedure"].text("mean_h")[0] == "4"


def test_apply_scenario__names_the_corridor_after_it() -> None:
    scenario = Scenario("fast", "Fast borders")
    corridor = apply_scenario(tiny_corridor(), scenario)
    assert (corridor.name, corridor.title) == ("tiny.fast", "Herat to Mary: Fast borders")
    assert all(corridor[table.name] is table for table in corridor)


def test_apply_scenario__leaves_all_other_tables_alone() -> None:
    before = tiny_corridor()
    after = applied(SET, before)
    assert {t.name for t in after if t is not before[t.name]} == {"procedure"}


def test_apply_scenario__scales_in_decimals() -> None:
    corridor = applied("  - scale: procedure\n    where: all\n    by: {mean_h: 1.1, fee_usd: 0}\n")
    assert list(corridor["procedure"].text("mean_h")) == ["4.4", "6.6", "2.2", "11"]
    assert list(corridor["procedure"].text("fee_usd")) == ["0"] * 4
    assert (
        corridor["procedure"].text("note")[0] == "scenario test: mean_h 4 to 4.4, fee_usd 100 to 0"
    )


def test_apply_scenario__adds_a_row() -> None:
    corridor = applied(
        "  - add: link\n"
        "    row: {link_id: NEW, from_node_id: TOR, to_node_id: SER, mode: rail, length: 7.50,\n"
        "          free_speed: 30, gauge_mm: 1520}\n"
    )
    row = corridor["link"]["NEW"]
    assert (row.length, row.basis, row.source_id) == (7.5, "estimate", ("estimate",))
    assert (row.status, row.used, row.note) == ("operating", True, "scenario test: added")
    assert list(corridor["link"].rows) == [2, 3, 4, 5]
    assert corridor["link"].text("length")[-1] == "7.5"


def test_apply_scenario__adds_to_an_empty_table() -> None:
    corridor = applied("  - add: regime\n    row: {regime_id: R, name: TIR, kind: transit}\n")
    assert corridor["regime"]["R"].name == "TIR"
    assert list(corridor["regime"].rows) == [2]


def test_apply_scenario__removes_rows() -> None:
    corridor = applied(
        "  - remove: demand\n    where: {cargo_class: truck}\n"
        "  - remove: cargo_class\n    where: {cargo_class: truck}\n"
    )
    assert list(corridor["demand"].text("demand_id")) == ["D1"]
    assert list(corridor["cargo_class"].text("cargo_class")) == ["box"]


def test_apply_scenario__applies_patches_in_their_order() -> None:
    corridor = applied(
        "  - add: source\n    row: {source_id: S3, title: Plan}\n"
        "  - set: source\n    where: {source_id: S3}\n    to: {title: Law}\n"
        "  - scale: tariff\n    where: {tariff_id: road}\n    by: {value: 10}\n"
        "  - scale: tariff\n    where: {tariff_id: road}\n    by: {value: 0.1}\n"
    )
    assert corridor["source"]["S3"].title == "Law"
    assert corridor["tariff"].text("value")[0] == "1.2"
    assert corridor["tariff"].text("note")[0] == (
        "scenario test: value 1.2 to 12; scenario test: value 12 to 1.2"
    )


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("{node_id: TOR}", [2, 3]),
        ("{node_id: [TOR, SER], direction: inbound}", [3, 5]),
        ("{mean_h: 4.0}", [2]),
        ("{mean_h: [1e1, 2]}", [4, 5]),
        ("{fee_usd: '*'}", [2, 3, 4, 5]),
        ("{part_of: ''}", [2, 3, 4, 5]),
        ("{part_of: }", [2, 3, 4, 5]),
        ("{used: yes}", [2, 3, 4, 5]),
        ("{distribution: lognormal}", [2, 3, 4, 5]),
        ("all", [2, 3, 4, 5]),
    ],
)
def test_apply_scenario__finds_rows(where: str, rows: list[int]) -> None:
    corridor = applied(f"  - set: procedure\n    where: {where}\n    to: {{servers: 3}}\n")
    table = corridor["procedure"]
    assert [
        row for row, cell in zip(table.rows, table.text("servers"), strict=True) if cell
    ] == rows


def test_apply_scenario__looks_into_lists() -> None:
    corridor = changed(tiny_corridor(), "tariff", 2, cargo_class="truck;box")
    corridor = applied(
        "  - scale: tariff\n    where: {cargo_class: box}\n    by: {value: 2}\n", corridor
    )
    assert list(corridor["tariff"].text("value")) == ["2.4", "0.08"]


def test_apply_scenario__leaves_competing_figures_alone() -> None:
    first = dict(next(tiny_corridor()["procedure"].dicts()))
    corridor = extended(tiny_corridor(), "procedure", **first | {"used": "no", "mean_h": "9"})
    after = applied(SET, corridor)["procedure"]
    assert (after.text("mean_h")[4], after.text("basis")[4]) == ("9", "published")
    after = applied(
        "  - set: procedure\n    where: {procedure_id: TOR-out}\n    to: {used: no}\n"
        "  - set: procedure\n    where: {procedure_id: TOR-out, mean_h: 9}\n    to: {used: yes}\n",
        corridor,
    )["procedure"]
    assert [after.text("used")[ix] for ix in (0, 4)] == ["no", "yes"]
    assert [after.text("basis")[ix] for ix in (0, 4)] == ["published", "published"]
    gone = applied("  - remove: procedure\n    where: {procedure_id: TOR-out}\n", corridor)
    assert len(gone["procedure"]) == 3


def test_apply_scenario__keeps_the_basis_when_only_the_status_changes() -> None:
    corridor = applied("  - set: link\n    where: {mode: rail}\n    to: {status: suspended}\n")
    row = corridor["link"]["SER-MAR"]
    assert (row.status, row.basis) == ("suspended", "published")
    assert row.note == "scenario test: status operating to suspended"


def test_apply_scenario__marks_a_speed_by_its_own_basis() -> None:
    corridor = applied("  - set: link\n    where: {mode: rail}\n    to: {free_speed: 60}\n")
    row = corridor["link"]["SER-MAR"]
    assert (row.free_speed, row.speed_basis, row.basis) == (60, "estimate", "published")


def test_apply_scenario__takes_a_basis_that_is_said() -> None:
    corridor = applied(
        "  - set: link\n    where: {mode: rail}\n    to: {length: 310, basis: derived}\n"
    )
    assert corridor["link"]["SER-MAR"].basis == "derived"


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ("  - set: procedure\n    where: {node_id: TRO}\n    to: {mean_h: 1}\n",
         "s.yaml line 4, node_id: no procedure has this node_id: 'TRO'. Did you mean 'TOR'?"),
        ("  - remove: link\n    where: {link_id: TOR-SRE}\n",
         "s.yaml line 4, link_id: no link has this link_id: 'TOR-SRE'. Did you mean 'TOR-SER'?"),
        ("  - remove: link\n    where: {mode: rail, from_node_id: TOR}\n",
         "s.yaml line 3, where: no used link is chosen by 'mode: rail, from_node_id: TOR'."),
        ("  - remove: regime\n    where: all\n", "s.yaml line 3, where: no regime is there."),
        ("  - scale: procedure\n    where: all\n    by: {servers: 2}\n",
         "s.yaml line 5, servers: 4 of 4 rows hold no number (row 2, 3, 4, 5) to scale by '2'. "
         "Choose rows that hold one: where servers is '*'."),
        ("  - scale: procedure\n    where: all\n    by: {mean_h: 300}\n",
         "s.yaml line 5, mean_h: procedure.csv row 5 would not hold a number of h from 0 to 2500 "
         "but '3000'."),
        ("  - scale: link\n    where: {mode: rail}\n    by: {gauge_mm: 1.0005}\n",
         "would not hold a whole number of mm from 600 to 1700 but '1520.76'."),
        ("  - add: source\n    row: {source_id: S1, title: Atlas}\n",
         "s.yaml line 4, source_id: source is there already: 'S1'. Use set to change it"),
        ("  - set: link\n    where: {mode: rail}\n    to: {to_node_id: MRA}\n",
         "s.yaml line 5, to_node_id: unknown node 'MRA'. Did you mean 'MAR'?"),
        ("  - set: link\n    where: {mode: rail}\n    to: {source_id: S9}\n",
         "s.yaml line 5, source_id: unknown source 'S9'."),
        ("  - add: demand\n    row: {demand_id: D, origin_node_id: HEA, dest_node_id: MAR,\n"
         "          commodity: x, cargo_class: vn}\n",
         "s.yaml line 5, cargo_class: unknown cargo class 'vn'."),
        ("  - remove: node\n    where: {node_id: MAR}\n",
         "s.yaml line 3, remove: link.csv row 4 still names the node 'MAR'. Remove what names it"),
    ],
)  # fmt: skip
def test_apply_scenario__refuses_what_does_not_fit(patch: str, words: str) -> None:
    (problem,) = refused(patch)
    assert problem.startswith(words) or words in problem


def test_apply_scenario__knows_ids_that_another_patch_adds() -> None:
    add = (
        "  - add: node\n    row: {node_id: KBL, name: Kabul, country: AF, x_coord: 69.2,\n"
        "          y_coord: 34.5, node_type: city}\n"
    )
    use = "  - set: demand\n    where: {demand_id: D1}\n    to: {origin_node_id: KBL}\n"
    assert applied(use + add)["demand"]["D1"].origin_node_id == "KBL"
    assert len(refused(use)) == 1


def test_apply_scenario__reports_reading_and_applying_together(tmp_path: Path) -> None:
    path = tmp_path / "both.yaml"
    path.write_text(
        "name: both\npatches:\n"
        "  - remove: link\n    where: {link_id: none}\n"
        "  - remove: lnk\n    where: all\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        tiny_corridor().apply(path)
    assert [problem.row for problem in caught.value.problems] == [4, 5]
    assert str(caught.value).startswith("both.yaml: 2 problems found\n  both.yaml line 4, link_id:")


def test_apply_scenario__takes_patches_made_in_python() -> None:
    patch = Patch("set", "node", where={"node_id": ("HEA",)}, values={"name": "Hirat"})
    assert (
        tiny_corridor().apply(Scenario("spelling", patches=(patch,)))["node"]["HEA"].name == "Hirat"
    )
    wrong = Patch("set", "node", where={"node_id": ("HAE",)}, values={"name": "Hirat"})
    with pytest.raises(InputError, match=r"scenario, node_id: no node has this node_id: 'HAE'"):
        tiny_corridor().apply(Scenario("spelling", patches=(wrong,)))


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        (Patch("remove", "nodes"), "scenario, remove: unknown table 'nodes'. Did you mean 'node'?"),
        (Patch("set", "node", {"nme": ("x",)}, {"name": "x"}), "table node has no column 'nme'"),
        (Patch("set", "node", {}, {"nme": "x"}), "scenario, to: table node has no column 'nme'"),
        (Patch("set", "node", {}, {"x_coord": "200"}), "expected a number of deg from -180 to 180"),
        (Patch("set", "node"), "scenario, to: changes nothing"),
        (Patch("scale", "node", {}, {"x_coord": "no"}), "scenario, x_coord: expected a factor"),
        (Patch("add", "source", {}, {"source_id": "S9"}), "a new source needs 'title'"),
    ],
)
def test_apply_scenario__checks_patches_made_in_python(patch: Patch, words: str) -> None:
    with pytest.raises(InputError) as caught:
        tiny_corridor().apply(Scenario("wrong", patches=(patch,)))
    (problem,) = caught.value.problems
    assert words in str(problem)


@given(st.floats(min_value=0, allow_nan=False, allow_infinity=False))
def test_number_text__is_read_back_and_short(value: float) -> None:
    text = number_text(value)
    assert float(text) == value
    assert len(text) <= len(repr(value))
