"""Designs of lines: where amplifiers stand, and what a line without any on the way needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log10, nan

import numpy as np

from lajvard.errors import InputError
from lajvard.fibre.optics.line import OpticalLine
from lajvard.fibre.optics.noise import (
    COMBS,
    Comb,
    FibreType,
    FloatArray,
    Section,
    best_launch,
    capacity_tbit_s,
    lines_of,
    noise_of,
)

OPTICAL = frozenset(
    (
        *("land_fibre_loss", "land_fibre_dispersion", "land_fibre_area", "group_index"),
        *("sea_fibre_loss", "sea_fibre_dispersion", "sea_fibre_area", "pump_loss"),
        *("joint_loss", "repeater_spacing", "repeater_power", "booster_power"),
        *("amplifier_noise", "remote_noise", "remote_gain", "pump_power", "pump_efficiency"),
        *("raman_gain", "transmitter_power", "design_margin", "modem_bits"),
    )
)
"""Parameters that the ways across the sea are designed by."""
PUMP_THZ = 202.6
"""Frequency of a pump at 1480 nm."""
_LEAST_DBM, _MOST_DBM = -6.0, 16.0
_NEAREST_KM, _FURTHEST_KM = 30.0, 150.0
SHORTEST_REMOTE_KM = 40.0
"""It lies 30 km or more before the receiver, and 10 km or more behind the sender."""


def land_fibre(parameters: Mapping[str, float]) -> FibreType:
    """The fibre of cables on land."""
    return _fibre("G.652", "land", parameters)


def sea_fibre(parameters: Mapping[str, float]) -> FibreType:
    """The fibre of submarine cables."""
    return _fibre("G.654", "sea", parameters)


def _fibre(name: str, where: str, parameters: Mapping[str, float]) -> FibreType:
    return FibreType(
        name,
        parameters[f"{where}_fibre_loss"],
        parameters[f"{where}_fibre_dispersion"],
        effective_area_um2=parameters[f"{where}_fibre_area"],
        group_index=parameters["group_index"],
        pump_loss_db_km=parameters["pump_loss"],
    )


def comb_named(band: str) -> Comb:
    """The channels of a band.

    Raises
    ------
    InputError
        There is no such band.
    """
    if band not in COMBS:
        raise InputError("band", f"there is no '{band}'", f"Bands are: {', '.join(COMBS)}.")
    return COMBS[band]


def longest_span_km(fibre: FibreType, parameters: Mapping[str, float]) -> float:
    """Length of fibre whose loss, with that of connectors, is the largest allowed on land."""
    left_db = parameters["land_span_loss"] - parameters["joint_loss"]
    if left_db <= 0:
        raise InputError(
            "spans",
            f"connectors of {parameters['joint_loss']:g} dB leave nothing of the largest loss of "
            f"{parameters['land_span_loss']:g} dB",
            "Raise land_span_loss.",
        )
    return left_db / fibre.loss_db_km


def even_spans(lengths_km: Sequence[float], longest_km: float) -> list[float]:
    """Spans no longer than `longest_km` between places where traffic enters.

    Parameters
    ----------
    lengths_km
        Between such places, in travel order: each begins and ends at an amplifier.

    Examples
    --------
    >>> even_spans([210.0, 60.0], 105.0)
    [105.0, 105.0, 60.0]
    >>> even_spans([211.0], 105.0)[0].__round__(2)
    70.33
    """
    found = []
    for length in lengths_km:
        count = max(1, ceil(length / longest_km - 1e-9))
        found += [length / count] * count
    return found


def design_land(
    name: str,
    places: Sequence[str],
    lengths_km: Sequence[float],
    parameters: Mapping[str, float],
    *,
    band: str = "C",
) -> OpticalLine:
    """A line on land through `places`, with amplifiers no further apart than losses allow.

    Parameters
    ----------
    places
        Where traffic may enter, first and last are the terminals.
    lengths_km
        Of cable between each place and the next.
    """
    fibre = land_fibre(parameters)
    lengths = even_spans(lengths_km, longest_span_km(fibre, parameters))
    return _amplified(name, (places[0], places[-1]), lengths, fibre, "hut", parameters, band)


def design_repeatered(
    name: str,
    ends: tuple[str, str],
    length_km: float,
    parameters: Mapping[str, float],
    *,
    band: str = "C",
) -> OpticalLine:
    """A submarine line with repeaters evenly spaced."""
    lengths = even_spans([_positive(name, length_km)], parameters["repeater_spacing"])
    return _amplified(name, ends, lengths, sea_fibre(parameters), "repeater", parameters, band)


def _amplified(
    name: str,
    ends: tuple[str, str],
    lengths_km: Sequence[float],
    fibre: FibreType,
    kind: str,
    parameters: Mapping[str, float],
    band: str,
) -> OpticalLine:
    noise_db, joint_db = parameters["amplifier_noise"], parameters["joint_loss"]
    sections = tuple(Section(fibre, km, joint_db, noise_db=noise_db) for km in lengths_km)
    comb = comb_named(band)
    most_dbm = parameters["repeater_power"] - 10 * log10(comb.n_channels)
    launch, _ = best_launch(lines_of([sections]), comb, highest_dbm=most_dbm)
    sites = (kind,) * (len(sections) - 1) + ("terminal",)
    return _line(name, ends, comb, sections, sites, float(launch[0]), parameters)


def _line(
    name: str,
    ends: tuple[str, str],
    comb: Comb,
    sections: tuple[Section, ...],
    sites: tuple[str, ...],
    launch_dbm: float,
    parameters: Mapping[str, float],
) -> OpticalLine:
    return OpticalLine(
        name,
        *ends,
        comb,
        sections,
        sites,
        launch_dbm,
        transmitter_dbm=parameters["transmitter_power"],
        noise_db=parameters["amplifier_noise"],
        margin_db=parameters["design_margin"],
        most_bits=parameters["modem_bits"],
    )


def _positive(name: str, length_km: float) -> float:
    if not length_km > 0:
        raise InputError(f"line '{name}'", f"length of {length_km:g} km", "Give more than 0.")
    return length_km


# ---------------------------------------------------------------- without repeaters


@dataclass(frozen=True, slots=True)
class SeaCrossing:
    """A way to span the sea without repeaters, or to do with them, and what becomes of it.

    ``line`` is the design, ``what`` what it uses; a way that does not work has a line all the
    same, whose ratio of signal to noise says how far it is from working.
    """

    what: str
    line: OpticalLine

    @property
    def works(self) -> bool:
        """Whether every channel carries at least a bit a symbol after the margin."""
        return self.line.works

    @property
    def short_db(self) -> float:
        """What is missing of the ratio that one bit a symbol needs, 0 when nothing is."""
        return max(0.0, self.line.margin_db - self.line.worst_gsnr_db)


def ways_across(
    name: str,
    ends: tuple[str, str],
    length_km: float,
    parameters: Mapping[str, float],
    *,
    band: str = "C",
) -> tuple[SeaCrossing, ...]:
    """Ways to span a sea of `length_km`, the simplest first: the first that works is the answer.

    Without repeaters with fibre as on land, with fibre of low loss and a strong sender, with a
    Raman pump at the receiver, with a remote amplifier as well; and with repeaters.
    """
    _positive(name, length_km)
    land, sea = land_fibre(parameters), sea_fibre(parameters)
    ordinary, strong = parameters["repeater_power"], parameters["booster_power"]
    raman = parameters["raman_gain"]

    def bare(fibre: FibreType, power_dbm: float, raman_db: float) -> OpticalLine:
        section = Section(
            fibre,
            length_km,
            parameters["joint_loss"],
            raman_db,
            noise_db=parameters["amplifier_noise"],
        )
        comb = comb_named(band)
        most_dbm = power_dbm - 10 * log10(comb.n_channels)
        launch, _ = best_launch(lines_of([[section]]), comb, highest_dbm=most_dbm)
        return _line(name, ends, comb, (section,), ("terminal",), float(launch[0]), parameters)

    ways = [
        SeaCrossing("ordinary fibre and amplifiers", bare(land, ordinary, 0.0)),
        SeaCrossing("low loss, strong sender", bare(sea, strong, 0.0)),
        SeaCrossing("low loss, strong sender, Raman pump", bare(sea, strong, raman)),
    ]
    if length_km >= SHORTEST_REMOTE_KM:
        remote = design_remote(name, ends, length_km, parameters, band=band)
        ways.append(SeaCrossing("low loss, strong sender, Raman pump, remote amplifier", remote))
    ways.append(
        SeaCrossing("repeaters", design_repeatered(name, ends, length_km, parameters, band=band))
    )
    return tuple(ways)


def design_remote(
    name: str,
    ends: tuple[str, str],
    length_km: float,
    parameters: Mapping[str, float],
    *,
    band: str = "C",
) -> OpticalLine:
    """A line without repeaters, with a Raman pump at the receiver that also feeds an amplifier.

    The place of the remote amplifier and the launch power are those with the most capacity, sought
    on a coarse grid and on a fine one around its best. The amplifier gives no more than its largest
    gain, and no more light than the pump that reaches it can pay for.
    """
    if length_km < SHORTEST_REMOTE_KM:
        raise InputError(
            f"line '{name}'",
            f"{length_km:g} km are too short for a remote amplifier",
            f"Leave it out below {SHORTEST_REMOTE_KM:g} km.",
        )
    comb = comb_named(band)
    most_dbm = min(_MOST_DBM, parameters["booster_power"] - 10 * log10(comb.n_channels))
    furthest_km = min(_FURTHEST_KM, length_km - 10)
    launch_dbm, behind_km = (_LEAST_DBM + most_dbm) / 2, (_NEAREST_KM + furthest_km) / 2
    for steps_dbm, steps_km in _GRIDS:
        launches = np.clip(launch_dbm + steps_dbm, _LEAST_DBM, most_dbm)
        places = np.clip(behind_km + steps_km, _NEAREST_KM, furthest_km)
        launch_dbm, behind_km = _best_remote(length_km, launches, places, comb, parameters)
    sections = _remote(length_km, behind_km, launch_dbm, comb, parameters)
    sites = ("remote amplifier", "terminal")
    return _line(name, ends, comb, sections, sites, launch_dbm, parameters)


_GRIDS = (
    (np.arange(-11.0, 11.1, 1.0), np.arange(-60.0, 60.1, 10.0)),
    (np.arange(-1.0, 1.01, 0.25), np.arange(-10.0, 10.1, 2.5)),
)
"""Steps of launch power in dB and of the place in km around the best so far, coarse and fine."""


def _best_remote(
    length_km: float,
    launches_dbm: FloatArray,
    places_km: FloatArray,
    comb: Comb,
    parameters: Mapping[str, float],
) -> tuple[float, float]:
    """The launch power and the place of a remote amplifier with the most capacity."""
    tries = [(float(a), float(b)) for a in np.unique(launches_dbm) for b in np.unique(places_km)]
    lines = lines_of([_remote(length_km, b, a, comb, parameters) for a, b in tries])
    noise = noise_of(lines, comb, np.array([a for a, _ in tries]), probes=5)
    carried = capacity_tbit_s(
        noise.gsnr_db,
        comb,
        margin_db=parameters["design_margin"],
        most_bits=parameters["modem_bits"],
    )
    return tries[int(np.lexsort((noise.gsnr_db.min(axis=1), carried))[-1])]


def _remote(
    length_km: float,
    behind_km: float,
    launch_dbm: float,
    comb: Comb,
    parameters: Mapping[str, float],
) -> tuple[Section, Section]:
    """The two sections of a line with a remote amplifier `behind_km` before its end."""
    fibre = sea_fibre(parameters)
    half_joint = parameters["joint_loss"] / 2
    before_km = length_km - behind_km
    arrives_dbm = launch_dbm - fibre.loss_db_km * before_km - half_joint
    pump_dbm = 10 * log10(parameters["pump_power"] * 1e3) - fibre.pump_loss_db_km * behind_km
    light_dbm = pump_dbm + 10 * log10(parameters["pump_efficiency"] * comb.middle_thz / PUMP_THZ)
    most_dbm = light_dbm - 10 * log10(comb.n_channels)
    gain_db = min(parameters["remote_gain"], most_dbm - arrives_dbm)
    noise_db = parameters["remote_noise"] if gain_db > 0 else nan
    first = Section(fibre, before_km, half_joint, 0.0, max(gain_db, 0.0), noise_db)
    last = Section(
        fibre,
        behind_km,
        half_joint,
        parameters["raman_gain"],
        noise_db=parameters["amplifier_noise"],
    )
    return first, last
