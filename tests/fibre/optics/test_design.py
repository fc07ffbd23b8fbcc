"""Designs: what works, what does not, and what is published of such lines."""

from collections.abc import Iterator, Mapping
from math import log10

import numpy as np
import pytest

from lajvard.corridor import built_in
from lajvard.errors import InputError
from lajvard.fibre.optics.design import (
    OPTICAL,
    PUMP_THZ,
    design_land,
    design_remote,
    design_repeatered,
    even_spans,
    land_fibre,
    longest_span_km,
    ways_across,
)
from lajvard.fibre.optics.line import OpticalLine
from lajvard.fibre.optics.noise import COMBS, FibreType, Section
from lajvard.fibre.parameters import Parameters

PARAMETERS = Parameters.of(built_in(), "fibre", "seabed")
ENDS = ("here", "there")


class Watched(Mapping[str, float]):
    """Parameters that remember which were read."""

    def __init__(self, inner: Parameters) -> None:
        self.inner = inner
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.read.add(name)
        return self.inner[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.inner)

    def __len__(self) -> int:
        return len(self.inner)


def test_ways_across__ordinary_amplifiers_do_not_span_300_km_and_what_would() -> None:
    ways = ways_across("sea", ENDS, 300.0, PARAMETERS)
    assert not ways[0].works
    assert ways[0].short_db > 15
    assert not ways[1].works
    assert [way.works for way in ways[2:]] == [True, True, True]
    ratios = [way.line.worst_gsnr_db for way in ways]
    assert ratios == sorted(ratios)


def test_design_remote__comes_near_the_record_of_291_km() -> None:
    """41 Tbit/s over 291 km were shown in 2023, with more pumps and no margin for ageing."""
    line = design_remote("record", ENDS, 291.0, PARAMETERS)
    assert 30 < line.capacity_tbit_s < 41
    bold = PARAMETERS.with_parameters(design_margin=2.0, sea_fibre_loss=0.15)
    line = design_remote("record", ENDS, 291.0, bold)
    assert 36 < line.capacity_tbit_s < 46


def test_design_remote__reaches_as_far_as_such_systems_do() -> None:
    """300 to 550 km are published for remote amplifiers with Raman pumps."""
    works = {km: design_remote("x", ENDS, float(km), PARAMETERS).works for km in (300, 390, 560)}
    assert works == {300: True, 390: True, 560: False}


def test_design_remote__gives_no_more_light_than_the_pump_pays_for() -> None:
    line = design_remote("x", ENDS, 340.0, PARAMETERS)
    behind = line.sections[1].length_km
    pump_w = PARAMETERS["pump_power"] * 10 ** (-PARAMETERS["pump_loss"] * behind / 10)
    light_dbm = line.spans[1].launch_dbm + 10 * log10(line.comb.n_channels)
    most_w = pump_w * PARAMETERS["pump_efficiency"] * line.comb.middle_thz / PUMP_THZ
    assert 10 ** (light_dbm / 10 - 3) <= most_w * 1.01


def test_ways_across__read_the_parameters_that_are_named() -> None:
    watched = Watched(PARAMETERS)
    ways_across("sea", ENDS, 320.0, watched)
    assert watched.read == OPTICAL


@pytest.mark.parametrize("lengths", [[210.0], [5.0, 400.0, 33.3], [105.0, 105.0001]])
def test_even_spans__cover_the_way_and_stay_short(lengths: list[float]) -> None:
    spans = even_spans(lengths, 105.0)
    assert sum(spans) == pytest.approx(sum(lengths))
    assert max(spans) <= 105.0 + 1e-6
    assert len(spans) >= len(lengths)


def test_design_land__no_span_loses_more_than_allowed() -> None:
    line = design_land("road", ["a", "b", "c"], [777.0, 130.0], PARAMETERS)
    assert max(span.loss_db for span in line.spans) <= PARAMETERS["land_span_loss"] + 1e-9
    longest = longest_span_km(land_fibre(PARAMETERS), PARAMETERS)
    assert len(line.spans) == -(-777 // longest) + -(-130 // longest)
    assert line.sites[-1] == "terminal"
    assert set(line.sites[:-1]) == {"hut"}


def test_design_repeatered__both_bands_carry_nearly_twice_as_much() -> None:
    one, two = (design_repeatered("sea", ENDS, 340.0, PARAMETERS, band=b) for b in ("C", "C+L"))
    assert 1.8 < two.capacity_tbit_s / one.capacity_tbit_s <= 2.0
    assert two.worst_gsnr_db < one.worst_gsnr_db


def test_designs__refuse_what_cannot_be() -> None:
    with pytest.raises(InputError, match="length of 0 km"):
        ways_across("sea", ENDS, 0.0, PARAMETERS)
    with pytest.raises(InputError, match="there is no 'S'"):
        design_repeatered("sea", ENDS, 100.0, PARAMETERS, band="S")
    with pytest.raises(InputError, match="too short for a remote amplifier"):
        design_remote("sea", ENDS, 35.0, PARAMETERS)
    with pytest.raises(InputError, match="leave nothing"):
        design_land("road", ["a", "b"], [50.0], PARAMETERS.with_parameters(land_span_loss=0.4))


def test_ways_across__a_short_sea_needs_nothing() -> None:
    ways = ways_across("strait", ENDS, 30.0, PARAMETERS)
    assert all(way.works for way in ways)
    assert len(ways) == 4, "no remote amplifier fits"


def test_spans__add_up_to_the_line() -> None:
    line = design_repeatered("sea", ENDS, 340.0, PARAMETERS)
    alone = sum(10 ** (-span.gsnr_db / 10) for span in line.spans)
    assert line.spans[-1].total_gsnr_db == pytest.approx(line.worst_gsnr_db)
    start = line.transmitter_noise
    assert -10 * log10(alone + start) == pytest.approx(line.worst_gsnr_db, abs=0.05)
    assert line.spans[-1].end_km == pytest.approx(340.0)
    assert line.latency_ms == pytest.approx(340 * 1.4682 / 299.792458, rel=1e-6)


def test_line__refuses_sites_that_do_not_fit() -> None:
    section = Section(FibreType("G.652"), 80.0)
    with pytest.raises(InputError, match="sites"):
        OpticalLine("x", "a", "b", COMBS["C"], (section, section), ("hut",), 0.0)


def test_line__fixed_gains_carry_power_on() -> None:
    fibre = FibreType("G.652")
    sections = (Section(fibre, 50.0, gain_db=5.0), Section(fibre, 50.0))
    line = OpticalLine(
        "x", "a", "b", COMBS["C"], sections, ("hut", "terminal"), 0.0, raman_between=False
    )
    assert line.spans[1].launch_dbm == pytest.approx(-5.0)
    assert line.spans[1].gain_db == pytest.approx(15.0)
    assert np.all(line.gsnr_db > 15)
