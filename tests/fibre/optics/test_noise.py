"""The optical budget against other formulas, integrals and limits."""

from math import exp, log, log10

import numpy as np
import pytest
from scipy import integrate

from lajvard.errors import InputError
from lajvard.fibre.optics.noise import (
    COMBS,
    Comb,
    FibreType,
    Section,
    best_launch,
    capacity_tbit_s,
    lines_of,
    noise_of,
)
from lajvard.fibre.optics.noise_kernels import (
    PER_DB,
    PLANCK_W,
    SPONTANEOUS,
    line_noise,
    nli_efficiency,
    raman_noise,
)

GLASS = FibreType("G.652")
PURE = FibreType("G.654", 0.155, 20.5, 0.06, 125.0, pump_loss_db_km=0.2)


def poggiolini(comb: Comb, fibre: FibreType, length_km: float, at: int) -> float:
    """Equations 120 and 123 of arXiv:1209.0394, written out: noise over signal per W²."""
    alpha = fibre.loss_db_km * log(10) / 10
    effective = (1 - exp(-alpha * length_km)) / alpha
    beta, baud = abs(fibre.beta2), comb.baud_gbd / 1e3
    total = 0.0
    for g in comb.frequency_thz:
        off = g - comb.frequency_thz[at]
        x = np.pi**2 / alpha * beta * baud
        psi = (np.arcsinh(x * (off + baud / 2)) - np.arcsinh(x * (off - baud / 2))) / 2
        weight = 16 / 27 if abs(off) < 1e-9 else 32 / 27
        total += weight * psi / (2 * np.pi * beta / alpha)
    return fibre.gamma**2 * effective**2 * total / baud**2


@pytest.mark.parametrize("fibre", [GLASS, PURE], ids=lambda fibre: fibre.name)
@pytest.mark.parametrize("length_km", [40.0, 80.0, 300.0])
@pytest.mark.parametrize("comb", [COMBS["C"], Comb("old", ((191.3, 196.1),), 50.0, 32.0)])
def test_nli_efficiency__meets_poggiolini(comb: Comb, fibre: FibreType, length_km: float) -> None:
    """Without slope and scattering both closed forms say the same to a tenth of a dB or two."""
    at = comb.n_channels // 2
    middle = float(comb.frequency_thz[at])
    ours = nli_efficiency(
        0.0, comb.frequency_thz - middle, comb.baud_gbd / 1e3, 0.0,
        fibre.loss_db_km * PER_DB, fibre.gamma, fibre.beta2, 0.0, 0.0, length_km,
    )  # fmt: skip
    assert abs(10 * log10(ours / poggiolini(comb, fibre, length_km, at))) < 0.25


@pytest.mark.parametrize("gain_db", [0.1, 6.0, 15.0, 25.0])
@pytest.mark.parametrize("loss_db_km", [0.155, 0.25])
def test_raman_noise__is_the_integral_along_the_fibre(gain_db: float, loss_db_km: float) -> None:
    k, pump, alpha = gain_db * PER_DB, 0.22 * PER_DB, loss_db_km * PER_DB

    def made_at(u: float) -> float:
        """Noise made `u` km before the end, times the gain and loss from there on."""
        return k * pump * exp(-pump * u) * exp(-alpha * u + k * (1 - exp(-pump * u)))

    whole = 2 * SPONTANEOUS * integrate.quad(made_at, 0, 600, limit=200)[0]
    assert raman_noise(gain_db, loss_db_km, 0.22) == pytest.approx(whole, rel=1e-6)


def test_raman_noise__is_none_without_a_pump() -> None:
    assert raman_noise(0.0, 0.2, 0.25) == 0.0


def test_noise_of__one_amplifier_by_hand() -> None:
    section = Section(GLASS, 100.0, lumped_db=1.0, noise_db=5.0)
    noise = noise_of(lines_of([[section]], raman_between=False), COMBS["C"], 0.0)
    photon_w = PLANCK_W * COMBS["C"].frequency_thz * 0.064
    arrives_w = 1e-3 * 10**-2.1
    expected = (10**0.5 - 10**-2.1) * photon_w / arrives_w
    np.testing.assert_allclose(noise.ase[0], expected, rtol=1e-12)
    np.testing.assert_allclose(noise.power_dbm, 0.0, atol=1e-9)


def test_noise_of__repeats_are_sections_one_by_one() -> None:
    one = Section(GLASS, 70.0, lumped_db=0.5)
    many = Section(GLASS, 70.0, lumped_db=0.5, repeats=7)
    long, short = (
        noise_of(lines_of([line], raman_between=False), COMBS["C"], 1.0)
        for line in ([one] * 7, [many])
    )
    np.testing.assert_allclose(long.gsnr_db, short.gsnr_db, atol=1e-9)


def test_noise_of__grows_as_physics_says() -> None:
    line = lines_of([[Section(GLASS, 80.0)]], raman_between=False)
    low, high = noise_of(line, COMBS["C"], 0.0), noise_of(line, COMBS["C"], 3.0)
    np.testing.assert_allclose(high.ase / low.ase, 10**-0.3, rtol=1e-9)
    np.testing.assert_allclose(high.nli / low.nli, 10**0.6, rtol=1e-9)


def test_noise_of__scattering_helps_low_frequencies() -> None:
    line = [[Section(GLASS, 80.0)]]
    still = noise_of(lines_of(line, raman_between=False), COMBS["C+L"], 0.0)
    moved = noise_of(lines_of(line), COMBS["C+L"], 0.0)
    assert moved.ase[0, 0] < still.ase[0, 0] < moved.nli[0, 0] + still.ase[0, 0]
    assert moved.ase[0, -1] > still.ase[0, -1]
    assert moved.nli[0, 0] > still.nli[0, 0]
    middle = COMBS["C+L"].n_channels // 2
    assert moved.ase[0, middle] == pytest.approx(still.ase[0, middle], rel=0.05)


def test_noise_of__raman_gain_beats_an_amplifier_behind() -> None:
    def worst(section: Section) -> float:
        return float(best_launch(lines_of([[section]]), COMBS["C"])[1].gsnr_db.min())

    plain, pumped = Section(GLASS, 120.0), Section(GLASS, 120.0, raman_db=12.0)
    assert 2.0 < worst(pumped) - worst(plain) < 7.0


def test_best_launch__has_twice_as_much_amplifier_noise_as_interference() -> None:
    """Where interference grows as the cube of power, the best power has ASE = 2 NLI."""
    lines = lines_of(
        [[Section(GLASS, length, repeats=n)] for length, n in [(60, 5), (90, 12), (140, 1)]],
        raman_between=False,
    )
    _, noise = best_launch(lines, COMBS["C"])
    worst = np.argmin(noise.gsnr_db, axis=1)
    rows = np.arange(3)
    np.testing.assert_allclose(noise.ase[rows, worst] / noise.nli[rows, worst], 2.0, rtol=0.03)


def test_noise_of__probes_are_channels_of_the_whole() -> None:
    lines = lines_of([[Section(PURE, 75.0, repeats=4)]])
    whole = noise_of(lines, COMBS["C"], 1.0).gsnr_db[0]
    some = noise_of(lines, COMBS["C"], 1.0, probes=3).gsnr_db[0]
    np.testing.assert_allclose(some, whole[[0, 32, 63]], atol=1e-12)


def test_capacity__never_passes_shannon_and_stops_below_one_bit() -> None:
    comb = COMBS["C"]
    ratio = np.linspace(-10, 40, 51)[:, None]
    rate = capacity_tbit_s(ratio, comb, margin_db=0.0, most_bits=6.0)
    shannon = 2 * 0.064 * comb.n_channels * np.log2(1 + 10 ** (ratio[:, 0] / 10))
    assert np.all(rate <= shannon + 1e-9)
    assert np.all(np.diff(rate) >= 0)
    assert rate[0] == 0
    assert rate[-1] == pytest.approx(2 * 0.064 * comb.n_channels * 6)


def test_lines_of__refuses_what_is_no_line() -> None:
    with pytest.raises(InputError, match="without sections"):
        lines_of([[]])
    with pytest.raises(InputError, match="section 1: -3 km"):
        lines_of([[Section(GLASS, -3.0)]])
    for length in (20_000.0, float("inf")):
        with pytest.raises(InputError, match="Give sections that lose 3,000 dB"):
            lines_of([[Section(GLASS, length)]])
    with pytest.raises(InputError, match="fixed gain"):
        lines_of([[Section(GLASS, 80.0, gain_db=16.0, repeats=2)]])


def test_comb__refuses_channels_that_overlap() -> None:
    with pytest.raises(InputError, match="overlap"):
        Comb("narrow", ((191.3, 196.1),), 50.0, 64.0)


def test_line_noise__interpreted_says_the_same() -> None:
    comb = Comb("few", ((193.0, 193.5),), 100.0, 64.0)
    lines = lines_of([[Section(PURE, 90.0, 0.5, 10.0)], [Section(GLASS, 50.0)] * 2])
    arguments = (
        *lines,
        np.array([1.0, -1.0]),
        comb.middle_thz,
        comb.frequency_thz - comb.middle_thz,
        comb.baud_gbd / 1e3,
        np.arange(comb.n_channels),
    )
    compiled = [np.empty((2, comb.n_channels)) for _ in range(3)]
    plain = [np.empty((2, comb.n_channels)) for _ in range(3)]
    line_noise(*arguments, *compiled)
    line_noise.py_func(*arguments, *plain)
    for left, right in zip(compiled, plain, strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-9)
