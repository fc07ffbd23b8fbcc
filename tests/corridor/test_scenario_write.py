import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lajvard.corridor import (
    Patch,
    Scenario,
    built_in_scenario,
    built_in_scenarios,
    read_scenario,
    write_scenario,
)
from lajvard.corridor.scenario_read import parse_scenario
from lajvard.corridor.scenario_write import scenario_text
from lajvard.errors import InputError

WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=40
).map(str.strip)
"""Texts with quotation marks, line ends, signs of YAML, and letters of every script."""

AWKWARD = st.sampled_from(
    ("null", "~", "NO", "yes", "true", "on", "0x1F", "0o7", "1e3", "1_000", "01", "1.50", "-0")
) | st.sampled_from(
    ("2020-12-21", "12:30", "- a", "a: b", "a #b", "{", "[a]", "&a", "!a", "%a", "@a", "why?", "*")
)
TEXTS = st.one_of(WORDS, AWKWARD)
NAMES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True)
IDS = st.from_regex(r"[A-Z]{2,5}(-[A-Z0-9]{1,4})?", fullmatch=True) | st.just("NO")
HOURS = st.integers(0, 2000).map(str) | st.floats(0, 2000, allow_nan=False).map(repr)

WHERE = st.dictionaries(
    st.sampled_from(["node_id", "source_id"]),
    st.lists(IDS | st.just("*"), min_size=1, max_size=3).map(tuple),
    max_size=2,
)
SET = st.builds(
    lambda where, hours, note, classes: Patch(
        "set", "procedure", where, {"mean_h": hours, "note": note, "cargo_class": ";".join(classes)}
    ),
    *(WHERE, HOURS, TEXTS, st.lists(IDS, max_size=3)),
)
SCALE = st.builds(
    lambda where, factor: Patch("scale", "procedure", where, {"mean_h": factor}), WHERE, HOURS
)
ADD = st.builds(
    lambda key, name, flag: Patch(
        "add",
        "cargo_class",
        {},
        {"cargo_class": key, "name": name, "payload_t": "1.5", "refrigerated": flag},
    ),
    *(IDS, TEXTS.filter(bool), st.sampled_from(["yes", "no"])),
)
REMOVE = st.builds(lambda where: Patch("remove", "procedure", where), WHERE)
SCENARIOS = st.builds(
    Scenario,
    name=NAMES,
    title=TEXTS,
    description=TEXTS,
    patches=st.lists(SET | SCALE | ADD | REMOVE, max_size=4).map(tuple),
)


def readable(scenario: Scenario) -> Scenario:
    """The scenario without those texts that no cell may hold, such as a word with a line end."""
    kept = []
    for patch in scenario.patches:
        values = {
            name: text if text.isprintable() or name == "note" else "plain"
            for name, text in patch.values.items()
        }
        kept.append(dataclasses.replace(patch, values=values))
    return dataclasses.replace(scenario, patches=tuple(kept))


@given(SCENARIOS)
def test_write_scenario__reads_back_equal(scenario: Scenario) -> None:
    scenario = readable(scenario)
    text = scenario_text(scenario)
    again, problems = parse_scenario(text)
    assert problems == []
    assert again == scenario
    assert scenario_text(again) == text


@pytest.mark.parametrize("name", built_in_scenarios())
def test_write_scenario__keeps_what_comes_with_lajvard(name: str, tmp_path: Path) -> None:
    scenario = built_in_scenario(name)
    file = write_scenario(scenario, tmp_path / "again.yaml")
    again = read_scenario(file)
    assert again == scenario
    assert again.file == "again.yaml"


def test_write_scenario__looks_as_a_person_would_write_it() -> None:
    patches = (
        Patch("set", "procedure", {"node_id": ("A", "B")}, {"mean_h": "2.5", "cargo_class": "C;D"}),
        Patch("remove", "link"),
    )
    assert scenario_text(Scenario("faster", patches=patches)) == (
        "name: faster\n"
        "patches:\n"
        "- set: procedure\n"
        "  where: {node_id: [A, B]}\n"
        "  to: {mean_h: 2.5, cargo_class: [C, D]}\n"
        "- remove: link\n"
        "  where: all\n"
    )


def test_write_scenario__reports_all_problems_and_leaves_the_file(tmp_path: Path) -> None:
    file = tmp_path / "kept.yaml"
    file.write_text("before", encoding="utf-8")
    patches = (Patch("set", "lnk", {}, {"length": "1"}), Patch("set", "link", {}, {"lenght": "1"}))
    with pytest.raises(InputError) as caught:
        write_scenario(Scenario("wrong", patches=patches), file)
    text = str(caught.value)
    assert "scenario 'wrong': 2 problems found" in text
    assert "set: unknown table 'lnk'. Did you mean 'link'?" in text
    assert "table link has no column 'lenght'. Did you mean 'length'?" in text
    assert file.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (Scenario("a", title=" spaced"), "the title ' spaced' cannot be kept in a file."),
        (
            Scenario("a", patches=(Patch("set", "node", {}, {"note": "x "}),)),
            "patch 1, set node, cannot be kept in a file.",
        ),
    ],
)
def test_write_scenario__refuses_what_would_not_read_back(scenario: Scenario, words: str) -> None:
    with pytest.raises(InputError, match=words):
        scenario_text(scenario)


def test_write_scenario__wants_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        write_scenario(Scenario("a"), tmp_path)
