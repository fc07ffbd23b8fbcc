import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tiny import changed, tiny_corridor

from lajvard.corridor import built_in
from lajvard.errors import did_you_mean
from lajvard.names import fold, look_alike
from lajvard.network import compile_network

NAMES = [*built_in()["node"].text("name"), *built_in()["cable_site"].text("name")]
WRITTEN = {
    "İstanbul limanı": ["istanbul limanı", "İSTANBUL LİMANI", "ISTANBUL LIMANI", "i̇stanbul limani"],
    "Diyarbakır": ["DİYARBAKIR", "DIYARBAKIR", "diyarbakir"],
    "Göyçay": ["GOYCAY", unicodedata.normalize("NFD", "Göyçay"), "göyçay "],
    "کابل": ["كابل", "کابل\u200c", "\u200fکابل", "کَابُل"],
    "مزار شریف": ["مزار شريف", "مزار  شریف"],
    "Ташкент": ["ТАШКЕНТ", "ташкент"],
    "پست ۱۲": ["پست 12", "پست ١٢"],
    "Tsiteli Khidi": ["tsiteli\u00a0khidi", "\ufeffTsiteli Khidi", "Ｔsiteli Khidi"],
}


@pytest.mark.parametrize(("name", "other"), [(n, o) for n, every in WRITTEN.items() for o in every])
def test_place__is_found_however_its_name_is_written(name: str, other: str) -> None:
    network = compile_network(changed(tiny_corridor(), "node", 3, name=name))
    assert network.nodes_called(other) == (1,)


def test_fold__keeps_different_letters_apart() -> None:
    assert len({fold(letter) for letter in "əeаaобоγ"}) == 7  # two of them are one letter
    different = Counter(map(fold, {*NAMES}))
    assert [name for name, count in different.items() if count > 1] == []


@given(st.text(max_size=20) | st.sampled_from(NAMES))
def test_fold__is_done_once_and_does_not_depend_on_composition(name: str) -> None:
    assert fold(fold(name)) == fold(name)
    for form in ("NFC", "NFD"):
        assert fold(unicodedata.normalize(form, name)) == fold(name)


@pytest.mark.parametrize("name", NAMES)
def test_fold__is_the_same_in_capitals_and_small_letters(name: str) -> None:
    assert fold(name.upper()) == fold(name.lower()) == fold(name)


def test_place__that_is_written_exactly_comes_first() -> None:
    corridor = changed(changed(tiny_corridor(), "node", 2, name="Gunduz"), "node", 3, name="Gündüz")
    network = compile_network(corridor)
    assert network.nodes_called("Gündüz") == (1,)
    assert network.nodes_called("Gunduz") == (0,)
    assert network.nodes_called("GÜNDUZ") == (0, 1)


@given(st.text(max_size=8), st.lists(st.text(max_size=8), max_size=5))
def test_did_you_mean__never_names_the_same_word(name: str, known: list[str]) -> None:
    assert did_you_mean(name, [*known, name]) != f"Did you mean '{name}'?"


def test_did_you_mean__says_what_looks_the_same() -> None:
    decomposed = unicodedata.normalize("NFD", "Göyçay")
    assert look_alike("Göyçay", decomposed)
    assert did_you_mean("Göyçay", [decomposed]).endswith("written with other signs: copy it.")
    assert did_you_mean("Baku\u200b", ["Baku"]).startswith("'Baku' looks the same")
