"""Signal to noise of amplified fibre: the incoherent Gaussian-noise model in closed form.

Formulas, sources and what they leave out: `docs/background/optics.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError
from lajvard.fibre.optics.noise_kernels import line_noise

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LIGHT_KM_PER_S = 299792.458
_TRIANGLE_AREA_UM2 = 80.0
_MOST_LOSS_DB = 3000.0
"""Less than a photon in the life of the universe; beyond it a power is no longer a number."""


@dataclass(frozen=True, slots=True)
class FibreType:
    """A kind of fibre, its values at 1550 nm.

    Attributes
    ----------
    dispersion_ps_nm_km, slope_ps_nm2_km
        Chromatic dispersion and its slope.
    effective_area_um2
        Effective area, from which the nonlinear coefficient and the gain of Raman scattering
        follow.
    group_index
        Speed of light in vacuum over that of a pulse.
    pump_loss_db_km
        Loss at the wavelength of pumps, 1450 to 1480 nm.
    raman_slope_80
        Slope of the Raman gain between channels in 1/(W km THz) at 80 µm².
    """

    name: str
    loss_db_km: float = 0.2
    dispersion_ps_nm_km: float = 16.7
    slope_ps_nm2_km: float = 0.06
    effective_area_um2: float = 83.0
    group_index: float = 1.4682
    pump_loss_db_km: float = 0.25
    raman_slope_80: float = 0.028
    n2_m2_w: float = 2.6e-20

    @property
    def gamma(self) -> float:
        """Nonlinear coefficient in 1/(W km): 2π n₂ / (λ A)."""
        return 2 * pi * self.n2_m2_w / (1550e-9 * self.effective_area_um2 * 1e-12) * 1e3

    @property
    def beta2(self) -> float:
        """Group-velocity dispersion in ps²/km: -D λ² / (2π c)."""
        return -self.dispersion_ps_nm_km * _LAMBDA2

    @property
    def beta3(self) -> float:
        """Its slope in ps³/km: (S + 2 D / λ) (λ² / (2π c))²."""
        return (self.slope_ps_nm2_km + 2 * self.dispersion_ps_nm_km / 1550.0) * _LAMBDA2**2

    @property
    def raman_slope(self) -> float:
        """Raman gain between channels in 1/(W km THz), smaller in a larger core."""
        return self.raman_slope_80 * _TRIANGLE_AREA_UM2 / self.effective_area_um2

    def latency_ms(self, length_km: float) -> float:
        """Time of light one way.

        >>> round(FibreType("G.652").latency_ms(300.0), 3)
        1.469
        """
        return length_km * self.group_index / LIGHT_KM_PER_S * 1e3


_LAMBDA2 = 1550.0**2 / (2 * pi * LIGHT_KM_PER_S)
"""λ² / (2π c) at 1550 nm in ps nm, which is ps² per (ps/nm)."""


@dataclass(frozen=True)
class Comb:
    """Equal channels in one or two bands.

    Attributes
    ----------
    bands
        Lowest and highest frequency of each band in THz.
    spacing_ghz, baud_gbd
        Between channels, and symbols per ns.
    """

    name: str
    bands: tuple[tuple[float, float], ...]
    spacing_ghz: float = 75.0
    baud_gbd: float = 64.0

    def __post_init__(self) -> None:
        if not 0 < self.baud_gbd <= self.spacing_ghz:
            remedy = "Give 0 < baud <= spacing."
            raise InputError(f"comb '{self.name}'", "channels overlap", remedy)

    @cached_property
    def frequency_thz(self) -> FloatArray:
        """Middle of every channel in THz, ascending: (n_channels,)."""
        step = self.spacing_ghz / 1e3
        parts = []
        for low, high in self.bands:
            count = int((high - low) / step + 1e-9)
            parts.append(low + (high - low - count * step) / 2 + step * (np.arange(count) + 0.5))
        return np.concatenate(parts)

    @property
    def n_channels(self) -> int:
        """Channels of all bands."""
        return len(self.frequency_thz)

    @property
    def middle_thz(self) -> float:
        """Middle between the outermost channels in THz."""
        return float(self.frequency_thz[0] + self.frequency_thz[-1]) / 2

    @property
    def photon_dbm(self) -> float:
        """Power in dBm of one photon a symbol, the unit of amplifier noise."""
        return (
            float(10 * np.log10(6.62607015e-34 * self.middle_thz * 1e12 * self.baud_gbd * 1e9)) + 30
        )


COMBS = {
    "C": Comb("C", ((191.3, 196.1),)),
    "C+L": Comb("C+L", ((186.1, 190.9), (191.3, 196.1))),
}
"""The bands by name: 4.8 THz each, with channels of 64 GBd every 75 GHz."""


@dataclass(frozen=True, slots=True)
class Section:
    """Fibre, and the amplifier at its end.

    Attributes
    ----------
    lumped_db
        Losses of connectors and splices beyond the fibre's own.
    raman_db
        On-off gain of a Raman pump at the end of the section; 0 for none.
    gain_db
        Of the amplifier; not a number restores the power at the launch of the line.
    noise_db
        Noise figure of the amplifier; not a number for none, as in front of a splice.
    repeats
        Equal sections that it stands for.
    """

    fibre: FibreType
    length_km: float
    lumped_db: float = 0.0
    raman_db: float = 0.0
    gain_db: float = nan
    noise_db: float = 5.0
    repeats: int = 1

    @property
    def loss_db(self) -> float:
        """Loss between two amplifiers without any pump."""
        return self.fibre.loss_db_km * self.length_km + self.lumped_db


class Lines(NamedTuple):
    """Many lines as arrays: sections `first[i]:first[i + 1]` belong to line i."""

    first: IntArray  # (n_lines + 1,)
    repeats: FloatArray  # (n_sections,) and so are all below
    length_km: FloatArray
    lumped_db: FloatArray
    loss_db_km: FloatArray
    gamma: FloatArray  # 1/(W km)
    beta2: FloatArray  # ps²/km
    beta3: FloatArray  # ps³/km
    raman_slope: FloatArray  # 1/(W km THz), 0 where scattering between channels is left out
    raman_db: FloatArray
    pump_loss_db_km: FloatArray
    gain_db: FloatArray
    noise_db: FloatArray


def lines_of(lines: Sequence[Sequence[Section]], *, raman_between: bool = True) -> Lines:
    """Arrays of these lines.

    Parameters
    ----------
    raman_between
        Whether power moves from high to low frequencies by Raman scattering between channels,
        which matters where C and L band are used together.
    """
    sections = [section for line in lines for section in line]
    if not sections or any(not line for line in lines):
        raise InputError("optics", "a line without sections", "Give each line at least one.")
    for number, one in enumerate(sections, start=1):
        if one.length_km <= 0 or one.fibre.loss_db_km <= 0 or one.repeats < 1:
            found = f"{one.length_km:g} km at {one.fibre.loss_db_km:g} dB/km, {one.repeats} times"
            raise InputError(f"section {number}", found, "Give positive numbers.")
        if not one.loss_db <= _MOST_LOSS_DB:
            found = f"{one.length_km:g} km lose {one.loss_db:,.0f} dB"
            remedy = f"Give sections that lose {_MOST_LOSS_DB:,.0f} dB at most."
            raise InputError(f"section {number}", found, remedy)
        if one.repeats > 1 and not np.isnan(one.gain_db):
            raise InputError(
                f"section {number}", "repeats with a fixed gain", "Write each section by itself."
            )

    def column(values: Sequence[float]) -> FloatArray:
        return np.array(values, dtype=np.float64)

    fibres = [section.fibre for section in sections]
    return Lines(
        np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.int64),
        column([s.repeats for s in sections]),
        column([s.length_km for s in sections]),
        column([s.lumped_db for s in sections]),
        column([f.loss_db_km for f in fibres]),
        column([f.gamma for f in fibres]),
        column([f.beta2 for f in fibres]),
        column([f.beta3 for f in fibres]),
        column([f.raman_slope * raman_between for f in fibres]),
        column([s.raman_db for s in sections]),
        column([f.pump_loss_db_km for f in fibres]),
        column([s.gain_db for s in sections]),
        column([s.noise_db for s in sections]),
    )


class Noise(NamedTuple):
    """What reaches the end of each line, (n_lines, n_channels) each."""

    ase: FloatArray
    """Noise of amplifiers over signal, in the bandwidth of the signal."""
    nli: FloatArray
    """Nonlinear interference over signal."""
    power_dbm: FloatArray
    """Power of a channel behind the last amplifier."""

    @property
    def gsnr_db(self) -> FloatArray:
        """Generalised signal to noise ratio in the bandwidth of the signal."""
        return -10 * np.log10(self.ase + self.nli)


def noise_of(
    lines: Lines, comb: Comb, launch_dbm: FloatArray | float, *, probes: int | None = None
) -> Noise:
    """Noise at the end of each line.

    Parameters
    ----------
    launch_dbm : (n_lines,)
        Power of each channel into the first section.
    probes
        How many channels to work out, from the lowest to the highest; all by default. Three show
        the worst to a few hundredths of a dB, and are quick for many lines.

    Returns
    -------
    Noise
        Arrays (n_lines, n_channels or probes).

    Notes
    -----
    Nonlinear interference is the closed form of Semrau, Killey and Bayvel (2019) [1]_, which
    without scattering between channels and slope of dispersion is that of Poggiolini (2012) [2]_,
    times (1 - exp(-αL))² for spans that are not long. It adds up incoherently from span to span.

    References
    ----------
    .. [1] Semrau, Killey, Bayvel (2019), J. Lightwave Technol. 37:1924-1936.
    .. [2] Poggiolini (2012), J. Lightwave Technol. 30:3857-3879.

    Examples
    --------
    >>> ten_spans = lines_of([[Section(FibreType("G.652"), 80.0, repeats=10)]])
    >>> noise_of(ten_spans, COMBS["C"], 1.0, probes=3).gsnr_db.round(1)
    array([[19.5, 18.6, 18.8]])
    """
    n_lines = len(lines.first) - 1
    launch = np.broadcast_to(np.asarray(launch_dbm, np.float64), (n_lines,))
    n = comb.n_channels
    places = np.linspace(0, n - 1, n if probes is None else probes).round().astype(np.int64)
    noise = Noise(*(np.empty((n_lines, len(places))) for _ in range(3)))
    line_noise(
        *lines,
        launch,
        comb.middle_thz,
        comb.frequency_thz - comb.middle_thz,
        comb.baud_gbd / 1e3,
        places,
        *noise,
    )
    return noise


def best_launch(
    lines: Lines, comb: Comb, *, lowest_dbm: float = -8.0, highest_dbm: float = 16.0
) -> tuple[FloatArray, Noise]:
    """The launch power that makes the worst channel of each line best, and the noise there.

    Sought to a hundredth of a dB by golden section, all lines together: the worst channel has one
    best power, above which interference grows faster than noise falls. SciPy would search line by
    line, or (`scipy.optimize.elementwise`) ask for the noise of some of the lines at each step.

    Returns
    -------
    launch_dbm : (n_lines,)
    noise
        All channels at that power.
    """
    n_lines = len(lines.first) - 1
    golden = (5**0.5 - 1) / 2
    low, high = np.full(n_lines, lowest_dbm), np.full(n_lines, highest_dbm)

    def worst(power: FloatArray) -> FloatArray:
        found: FloatArray = noise_of(lines, comb, power, probes=5).gsnr_db.min(axis=1)
        return found

    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = worst(left), worst(right)
    while float((high - low).max()) > 0.01:
        up = at_right > at_left
        low, high = np.where(up, left, low), np.where(up, high, right)
        kept, at_kept = np.where(up, right, left), np.where(up, at_right, at_left)
        new = np.where(up, low + golden * (high - low), high - golden * (high - low))
        at_new = worst(new)
        left, right = np.where(up, kept, new), np.where(up, new, kept)
        at_left, at_right = np.where(up, at_kept, at_new), np.where(up, at_new, at_kept)
    launch = (low + high) / 2
    return launch, noise_of(lines, comb, launch)


def capacity_tbit_s(
    gsnr_db: FloatArray, comb: Comb, *, margin_db: float, most_bits: float
) -> FloatArray:
    """Net bit rate of a fibre pair, one way: (n_lines,).

    Parameters
    ----------
    gsnr_db : (n_lines, n_channels)
        From `noise_of`; with probes, their mean stands for all channels.
    margin_db
        Kept back from the ratio: distance of coding and equipment from Shannon's limit, ageing
        and repairs.
    most_bits
        Bits a symbol and polarisation at most, what the modems can do.

    Notes
    -----
    Two polarisations, each log2(1 + SNR) bits a symbol (Shannon 1948 [1]_); a channel that is
    left with less than one bit carries nothing.

    References
    ----------
    .. [1] Shannon (1948), Bell Syst. Tech. J. 27:379-423.

    Examples
    --------
    >>> capacity_tbit_s(np.full((1, 64), 17.0), COMBS["C"], margin_db=3.0, most_bits=6.0).round(1)
    array([38.6])
    """
    bits = np.log2(1 + 10 ** ((gsnr_db - margin_db) / 10))
    bits = np.where(bits < 1, 0.0, np.minimum(bits, most_bits))
    total: FloatArray = 2 * comb.baud_gbd / 1e3 * comb.n_channels * bits.mean(axis=1)
    return total
