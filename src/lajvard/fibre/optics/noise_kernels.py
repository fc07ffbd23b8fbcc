"""Noise of amplified fibre sections, channel by channel.

Units are km, THz and W, so that ps²/km times THz² is 1/km. A line is a run of sections; a section
is a fibre and the amplifier behind it, and may stand for several equal ones.
"""

from math import asinh, atan, exp, log, log10, pi, sinh

import numpy as np
from numpy.typing import NDArray

from lajvard._jit import njit

F = NDArray[np.float64]
I = NDArray[np.int64]  # noqa: E741  # an array of integers beside F

PLANCK_W = 6.62607015e-34 * 1e24
"""Energy of a photon in W per THz of frequency and THz of bandwidth."""
PER_DB = log(10.0) / 10.0
SPONTANEOUS = 1.13
"""Spontaneous emission factor of Raman gain at 300 K and 13.2 THz: 1 / (1 - exp(-h f / k T))."""
TERMS = 400


@njit
def nli_efficiency(
    f: float,
    frequency: F,
    baud: float,
    total_w: float,
    alpha: float,
    gamma: float,
    beta2: float,
    beta3: float,
    raman_slope: float,
    length_km: float,
) -> float:
    """Noise-to-signal ratio of interference at frequency `f` per W² of channel power.

    Frequencies are offsets from the middle of the comb; all channels have the same power.
    """
    double = 2.0 * alpha
    tilted = (double - total_w * raman_slope * f) ** 2
    phi = 1.5 * pi**2 * (beta2 + 2.0 * pi * beta3 * f)
    own = (tilted - alpha**2) / alpha * asinh(phi * baud**2 / (pi * alpha))
    own += (double**2 - tilted) / double * asinh(phi * baud**2 / (pi * double))
    eta = 4.0 / 9.0 * gamma**2 / baud**2 * pi / (phi * 3.0 * alpha**2) * own
    for k in range(len(frequency)):
        g = frequency[k]
        if abs(g - f) < 1e-9:
            continue
        phi = 2.0 * pi**2 * (g - f) * (beta2 + pi * beta3 * (f + g))
        tilted = (double - total_w * raman_slope * g) ** 2
        other = (tilted - alpha**2) / alpha * atan(phi * baud / alpha)
        if raman_slope > 0.0:
            other += (double**2 - tilted) / double * atan(phi * baud / double)
        eta += 32.0 / 27.0 * gamma**2 / (baud * phi * 3.0 * alpha**2) * other
    return float(eta * (1.0 - exp(-alpha * length_km)) ** 2)


@njit
def raman_noise(gain_db: float, loss_db_km: float, pump_loss_db_km: float) -> float:
    """Noise at the end of a fibre that is pumped from there, in photons a symbol."""
    k = gain_db * PER_DB
    if k <= 0.0:
        return 0.0
    s = 1.0 + loss_db_km / pump_loss_db_km
    term = 1.0 / s
    total = term
    for n in range(1, TERMS):
        term *= k / (s + n)
        total += term
        if term < 1e-12 * total:
            break
    return 2.0 * SPONTANEOUS * k * total


@njit
def isrs_tilt_db(
    f: float, width: float, total_w: float, raman_slope: float, effective: float
) -> float:
    """Loss in dB that Raman scattering between channels adds at `f`; negative where it helps."""
    strength = total_w * raman_slope * effective
    half = 0.5 * strength * width
    mean = log(sinh(half) / half) if half > 1e-6 else 0.0
    return (strength * f + mean) / PER_DB


@njit
def line_noise(
    first: I,
    repeats: F,
    length_km: F,
    lumped_db: F,
    loss_db_km: F,
    gamma: F,
    beta2: F,
    beta3: F,
    raman_slope: F,
    raman_db: F,
    pump_loss_db_km: F,
    gain_db: F,
    noise_db: F,
    launch_dbm: F,
    middle_thz: float,
    offsets: F,
    baud: float,
    probes: I,
    out_ase: F,
    out_nli: F,
    out_dbm: F,
) -> None:
    """Noise-to-signal ratios of amplifiers and of interference at the end of every line.

    Lines are rows `first[i]:first[i + 1]` of the section arrays. A gain that is not a number
    restores the power at the launch of the line. `offsets` are the channels, from the middle of
    the comb; `probes` are those to work out; `out_*` are (n_lines, n_probes).
    """
    n = len(offsets)
    width = offsets[n - 1] - offsets[0] + baud
    for line in range(len(first) - 1):
        for p in range(len(probes)):
            f = offsets[probes[p]]
            photon_w = PLANCK_W * (middle_thz + f) * baud
            power = launch_dbm[line]
            ase, nli = 0.0, 0.0
            for s in range(first[line], first[line + 1]):
                alpha = loss_db_km[s] * PER_DB
                watt = 10.0 ** (power / 10.0 - 3.0)
                total_w = watt * n
                effective = (1.0 - exp(-alpha * length_km[s])) / alpha
                loss_db = loss_db_km[s] * length_km[s] + lumped_db[s]
                if raman_slope[s] > 0.0:
                    loss_db += isrs_tilt_db(f, width, total_w, raman_slope[s], effective)
                eta = nli_efficiency(
                    f, offsets, baud, total_w, alpha, gamma[s], beta2[s], beta3[s],
                    raman_slope[s], length_km[s],
                )  # fmt: skip
                end_w = watt * 10.0 ** ((raman_db[s] - loss_db) / 10.0)
                arrived = 10.0 * log10(end_w) + 30.0
                interference = eta * watt**2
                if raman_db[s] > 0.0:
                    interference += eta * end_w**2
                gain = gain_db[s]
                if gain != gain:
                    gain = launch_dbm[line] - arrived
                noise = raman_noise(raman_db[s], loss_db_km[s], pump_loss_db_km[s])
                if noise_db[s] == noise_db[s]:
                    noise += max(0.0, 10.0 ** (noise_db[s] / 10.0) - 10.0 ** (-gain / 10.0))
                ase += repeats[s] * noise * photon_w / end_w
                nli += repeats[s] * interference
                power = arrived + gain
            out_ase[line, p] = ase
            out_nli[line, p] = nli
            out_dbm[line, p] = power
