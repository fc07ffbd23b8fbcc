"""A line: terminals, the sections between them, and what it can carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lajvard.errors import InputError
from lajvard.fibre.optics.noise import (
    Comb,
    FloatArray,
    Noise,
    Section,
    capacity_tbit_s,
    lines_of,
    noise_of,
)

KINDS = ("hut", "repeater", "remote amplifier", "terminal")
"""What may stand at the end of a section: on land, on the seabed, without power, at the end."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a section of a line does: one row of its budget.

    Attributes
    ----------
    end_km
        Distance of its end from the first terminal.
    site
        What stands there, one of `KINDS`.
    loss_db
        Of fibre, connectors and splices.
    launch_dbm, arrives_dbm
        Power of a channel at both ends of the fibre.
    raman_db, gain_db
        Gain of the pump in the fibre, and of the amplifier behind it.
    gsnr_db
        Of this section alone, worst channel.
    total_gsnr_db
        From the first terminal to here, worst channel.
    """

    number: int
    length_km: float
    end_km: float
    site: str
    loss_db: float
    launch_dbm: float
    arrives_dbm: float
    raman_db: float
    gain_db: float
    gsnr_db: float
    total_gsnr_db: float


@dataclass(frozen=True)
class OpticalLine:
    """A line of one fibre pair between two terminals.

    Attributes
    ----------
    sections
        In travel order, without repeats.
    sites
        What stands at the end of each section, of `KINDS`.
    launch_dbm
        Power of each channel into the first section.
    transmitter_dbm
        Power of each channel into the amplifier of the first terminal.
    noise_db
        Noise figure of that amplifier.
    margin_db
        Kept back from the ratio of signal to noise, see `capacity_tbit_s`.
    most_bits
        Bits a symbol and polarisation at most.
    raman_between
        Whether scattering between channels is worked out.
    """

    name: str
    origin: str
    destination: str
    comb: Comb
    sections: tuple[Section, ...]
    sites: tuple[str, ...]
    launch_dbm: float
    transmitter_dbm: float = -8.0
    noise_db: float = 5.0
    margin_db: float = 3.0
    most_bits: float = 6.0
    raman_between: bool = True

    def __post_init__(self) -> None:
        if len(self.sites) != len(self.sections) or set(self.sites) - set(KINDS):
            remedy = f"Give each of {len(self.sections)} sections one of {', '.join(KINDS)}."
            raise InputError(f"line '{self.name}'", f"sites {self.sites}", remedy)

    @property
    def length_km(self) -> float:
        """Length of fibre from terminal to terminal."""
        return float(sum(section.length_km for section in self.sections))

    @property
    def latency_ms(self) -> float:
        """Time of light one way, without the terminals."""
        return float(sum(s.fibre.latency_ms(s.length_km) for s in self.sections))

    @cached_property
    def _from_start(self) -> Noise:
        """Noise up to the end of each section: (n_sections, n_channels)."""
        starts = [self.sections[: stop + 1] for stop in range(len(self.sections))]
        return self._with_transmitter(starts)

    def _with_transmitter(self, lines: Sequence[Sequence[Section]]) -> Noise:
        arrays = lines_of(lines, raman_between=self.raman_between)
        noise = noise_of(arrays, self.comb, self.launch_dbm)
        return noise._replace(ase=noise.ase + self.transmitter_noise)

    @property
    def transmitter_noise(self) -> float:
        """Noise-to-signal ratio of the first terminal's amplifier."""
        gain_db = self.launch_dbm - self.transmitter_dbm
        photons = max(0.0, 10 ** (self.noise_db / 10) - 10 ** (-gain_db / 10))
        return float(photons * 10 ** ((self.comb.photon_dbm - self.transmitter_dbm) / 10))

    @property
    def gsnr_db(self) -> FloatArray:
        """Ratio of signal to noise of every channel at the end, in its bandwidth: (n_channels,)."""
        found: FloatArray = self._from_start.gsnr_db[-1]
        return found

    @property
    def worst_gsnr_db(self) -> float:
        """The lowest ratio of all channels at the end."""
        return float(self.gsnr_db.min())

    @property
    def capacity_tbit_s(self) -> float:
        """Net bit rate of the fibre pair, one way, after the margin."""
        found = capacity_tbit_s(
            self.gsnr_db[None, :], self.comb, margin_db=self.margin_db, most_bits=self.most_bits
        )
        return float(found[0])

    @property
    def works(self) -> bool:
        """Whether every channel carries at least a bit a symbol after the margin."""
        return self.worst_gsnr_db - self.margin_db >= 0

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The budget, section by section."""
        noise = self._from_start
        inverse = noise.ase + noise.nli
        alone = np.diff(inverse, axis=0, prepend=self.transmitter_noise)
        middle = self.comb.n_channels // 2
        launch, end, found = self.launch_dbm, 0.0, []
        for ix, section in enumerate(self.sections):
            arrives = launch - section.loss_db + section.raman_db
            after = float(noise.power_dbm[ix, middle])
            end += section.length_km
            found.append(
                Span(
                    ix + 1,
                    section.length_km,
                    end,
                    self.sites[ix],
                    section.loss_db,
                    launch,
                    arrives,
                    section.raman_db,
                    after - arrives,
                    float(-10 * np.log10(alone[ix].max())),
                    float(-10 * np.log10(inverse[ix].max())),
                )
            )
            launch = after
        return tuple(found)

    def __repr__(self) -> str:
        return (
            f"Line({self.name}: {self.length_km:,.0f} km, {len(self.sections)} spans, "
            f"{self.worst_gsnr_db:.1f} dB, {self.capacity_tbit_s:.1f} Tbit/s a fibre pair)"
        )
