from pathlib import Path

import pytest

from lajvard.corridor import read_scenario
from lajvard.corridor.scenario import Patch
from lajvard.corridor.scenario_read import parse_scenario
from lajvard.errors import InputError

HEAD = "name: test\npatches:\n"


def problems(text: str) -> list[str]:
    return [str(problem) for problem in parse_scenario(text, file="s.yaml")[1]]


def problems_of(patch: str) -> list[str]:
    return problems(HEAD + patch)


def test_read_scenario__reads_all_operations(tmp_path: Path) -> None:
    path = tmp_path / "faster.yaml"
    path.write_text(
        """\
# What if the Red Bridge took two hours?
name: faster-border
title: Two hours
description: >
  As promised
  in 2017.
patches:
  - set: procedure
    where: {node_id: AZKRM, direction: [outbound, both]}
    to: {mean_h: 2, cargo_class: [truck, box], fee_usd: }
  - scale: tariff
    where: all
    by:
      value: 1.1
  - add: cargo_class
    row: {cargo_class: van, name: Van, payload_t: 1.5, refrigerated: true}
  - remove: link
    where: {link_id: "NO"}
""",
        encoding="utf-8",
    )
    scenario = read_scenario(path)
    assert (scenario.name, scenario.title, scenario.file) == (
        "faster-border",
        "Two hours",
        "faster.yaml",
    )
    assert scenario.description == "As promised in 2017."
    first, second, third, fourth = scenario.patches
    assert (first.kind, first.table, first.line) == ("set", "procedure", 8)
    assert first.where == {"node_id": ("AZKRM",), "direction": ("outbound", "both")}
    assert first.values == {"mean_h": "2", "cargo_class": "truck;box", "fee_usd": ""}
    assert first.lines["mean_h"] == 10
    assert second == Patch("scale", "tariff", {}, {"value": "1.1"}, 11, {"by": 14, "value": 14})
    assert third.values["refrigerated"] == "yes"
    assert fourth.where == {"link_id": ("NO",)}


def test_read_scenario__takes_words_as_they_are_written() -> None:
    text = (
        HEAD + "  - set: node\n    where: {country: NO}\n    to: {since: 2020-12-21, note: 0x1F}\n"
    )
    scenario, found = parse_scenario(text)
    assert found == []
    assert scenario.patches[0].where == {"country": ("NO",)}
    assert scenario.patches[0].values == {"since": "2020-12-21", "note": "0x1F"}


def test_read_scenario__takes_a_key_before_a_bracket_for_one_without_a_value() -> None:
    text = HEAD + "  - set: procedure\n    where: {node_id: A}\n    to: {fee_usd:}\n"
    scenario, found = parse_scenario(text)
    assert found == []
    assert scenario.patches[0].values == {"fee_usd": ""}


def test_read_scenario__follows_anchors() -> None:
    text = HEAD + (
        "  - set: procedure\n    where: &posts {node_id: [A, B]}\n    to: {mean_h: 1}\n"
        "  - set: procedure\n    where: *posts\n    to: {mean_h: 2}\n"
    )
    scenario, found = parse_scenario(text)
    assert found == []
    assert scenario.patches[1].where == {"node_id": ("A", "B")}


def test_read_scenario__says_that_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_scenario(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="is a folder"):
        read_scenario(tmp_path)


def test_read_scenario__says_that_the_file_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "picture.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="is not UTF-8"):
        read_scenario(path)


def test_read_scenario__reports_all_problems_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(
        """\
name: Faster border
patches:
  - set: procedur
    where: {node_id: AZKRM}
    to: {mean_h: 2}
  - set: procedure
    where: {node: AZKRM}
    to: {mean_h: two, fee: 3}
  - scal: tariff
    where: all
    by: {value: 1.1}
""",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    assert [(problem.table, problem.row, problem.value) for problem in caught.value.problems] == [
        ("wrong.yaml", 1, "Faster border"),
        ("wrong.yaml", 3, "procedur"),
        ("wrong.yaml", 7, "node"),
        ("wrong.yaml", 8, "fee"),
        ("wrong.yaml", 8, "two"),
        ("wrong.yaml", 9, "scal"),
    ]
    text = str(caught.value)
    assert "wrong.yaml: 6 problems found" in text
    assert "wrong.yaml line 3, set: unknown table 'procedur'. Did you mean 'procedure'?" in text
    assert "wrong.yaml line 9: unknown operation 'scal'. Did you mean 'scale'?" in text


KM = "expected a number of km from 0 to 45000, found"
MODES = "one of road, rail, sea, inland_waterway, air"


@pytest.mark.parametrize(
    ("where", "to", "words"),
    [
        ("all", "{length: -1}", f"s.yaml line 5, length: {KM} '-1'."),
        ("all", "{length: }", f"s.yaml line 5, length: {KM} nothing."),
        ("all", "{mode: raod}", f"s.yaml line 5, mode: expected {MODES}, found 'raod'. Did you"),
        (
            "all",
            "{lenght: 1}",
            "s.yaml line 5, to: table link has no column 'lenght'. Did",
        ),
        (
            "all",
            "{link_id: X}",
            "s.yaml line 5, link_id: the key of a row cannot be set, found",
        ),
        ("all", "{basis: published}", "s.yaml line 5, basis: the values of a scenario are assum"),
        ("all", "{}", "s.yaml line 5, to: changes nothing. Name a column and a value."),
        ("all", "[1]", "s.yaml line 5: to is no mapping of names to values."),
        (
            "{}",
            "{length: 1}",
            "s.yaml line 4, where: names no row. Write `where: all` for",
        ),
        ("[a]", "{length: 1}", "s.yaml line 4: where is no mapping of names to values."),
        ("{mdoe: road}", "{length: 1}", "s.yaml line 4, where: table link has no column 'mdoe'."),
        ("{mode: raod}", "{length: 1}", f"s.yaml line 4, mode: expected {MODES}, found 'raod'."),
        ("{mode: {a: b}}", "{length: 1}", "s.yaml line 4, mode: expected a single value."),
    ],
)
def test_parse_scenario__finds_what_cannot_be_set(where: str, to: str, words: str) -> None:
    (problem, *_) = problems_of(f"  - set: link\n    where: {where}\n    to: {to}\n")
    assert problem.startswith(words)


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("{length: much}", "length: expected a factor, a number of at least 0, found 'much'."),
        ("{length: -1}", "length: expected a factor, a number of at least 0, found '-1'."),
        ("{length: .inf}", "length: expected a factor, a number of at least 0, found '.inf'."),
        ("{length: [1, 2]}", "length: expected a single value."),
        ("{mode: 2}", f"mode: cannot scale mode, which holds {MODES}, by '2'. Use set."),
    ],
)
def test_parse_scenario__finds_what_cannot_be_scaled(by: str, words: str) -> None:
    (problem, *_) = problems_of(f"  - scale: link\n    where: all\n    by: {by}\n")
    assert problem == f"s.yaml line 5, {words}"


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ("set: link\n    to: {length: 1}", "3, set: set needs 'where'. Write `where: all` for"),
        ("set: link\n    where: all", "3, set: set needs 'to'."),
        ("set: link\n    where: all\n    too: {}", "3, set: set needs 'to'."),
        ("set: link\n    add: link", "3: a patch does one thing, found 'set and add'."),
        ("set: {table: link}\n    where: all", "3, set: set needs 'to'."),
        ("remove: {table: link}\n    where: all", "3, remove: expected the name of a table. Write"),
        ("remove: link", "3, remove: remove needs 'where'. Write `where: all` for every row."),
        ("remove: link\n    where: {mode: sea}\n    where: all", "5: stands twice: 'where'."),
        ("remove: link\n    where: all\n    by: {}", "5, remove: unknown key 'by'. With remove"),
        ("add: link", "3, add: add needs 'row'."),
        ("add: emission\n    row: {emission_id: E, mode: road, value: 1, scope: wtw}",
         "3, row: a new emission needs 'vehicle'. Fill it in: vehicle and energy."),
        ("just words", "3: a patch is no mapping of names to values."),
        ("{}", "3: unknown operation. Known are set, scale, add, remove."),
    ],
)  # fmt: skip
def test_parse_scenario__finds_patches_that_are_none(patch: str, words: str) -> None:
    (problem, *_) = problems_of(f"  - {patch}\n")
    assert problem.startswith(f"s.yaml line {words}")


def test_parse_scenario__guesses_keys() -> None:
    (_, problem) = problems_of("  - set: link\n    where: all\n    too: {length: 1}\n")
    assert problem == "s.yaml line 5, set: unknown key 'too'. Did you mean 'to'?"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "s.yaml line 1: the scenario is no mapping of names to values."),
        ("- a\n- b\n", "s.yaml line 1: the scenario is no mapping of names to values."),
        ("patches: []\n", "s.yaml line 1, name: a scenario needs a name. Such as faster-border."),
        ("name: a\n", "s.yaml line 1, patches: expected a list of patches."),
        ("name: a\npatches: none\n", "s.yaml line 2, patches: expected a list of patches."),
        ("nmae: a\npatches: []\n", "s.yaml line 1: unknown key 'nmae'. Did you mean 'name'?"),
        ("name: [a]\npatches: []\n", "s.yaml line 1, name: expected a single value."),
        ("name: a\npatches:\n  - set: [\n", "s.yaml line 4: is not YAML: "),
        ("name: a\n\tpatches: []\n", "s.yaml line 2: is not YAML: "),
        ("name: a\npatches: []\n---\nname: b\n", "is not YAML: but found another document."),
        ("name: &x a\ntitle: &x b\npatches: []\n", "s.yaml line 2: found duplicate anchor 'x'."),
        ("name: a\x07\npatches: []\n", "s.yaml: is not YAML: "),
        ("name: a\npatches: [*nowhere]\n", "s.yaml line 2: is not YAML: found undefined alias"),
    ],
)
def test_parse_scenario__finds_what_is_no_scenario(text: str, words: str) -> None:
    assert any(words in problem for problem in problems(text)), problems(text)


def test_parse_scenario__never_makes_objects() -> None:
    text = "name: a\npatches:\n  - !!python/object/apply:os.system ['true']\n"
    assert problems(text) == ["s.yaml line 3: a patch is no mapping of names to values."]


def test_parse_scenario__stands_anchors_that_contain_themselves() -> None:
    assert problems("name: a\npatches: &p\n  - *p\n")
    assert problems("name: a\npatches:\n  - &p {set: link, where: *p, to: *p}\n")
