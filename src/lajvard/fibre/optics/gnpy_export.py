"""A line as input of GNPy 3, and what GNPy has no place for beside it.

GNPy refuses keys that it does not know. What else is known of an element (where it lies, what it
costs) is therefore in a third file, by the ``uid`` of the element.
"""

import json
from collections.abc import Mapping
from itertools import pairwise
from math import isnan, log10
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from lajvard.corridor.write import write_atomically
from lajvard.errors import InputError
from lajvard.fibre.optics.line import OpticalLine
from lajvard.fibre.optics.noise import Section
from lajvard.fibre.optics.noise_kernels import raman_noise

EQUIPMENT, NETWORK, SIDECAR = "equipment.json", "network.json", "sidecar.json"
AMPLIFIER = "lajvard-{noise:g}"
_FLAT_GAIN_DB = 60.0
_NO_LIMIT_DBM = 60.0
_PMD = 1.265e-15
_ROLL_OFF = 0.15
_NO_NOISE_DB = 100.0


def write_gnpy(
    line: OpticalLine,
    folder: str | PathLike[str],
    *,
    extra: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Path, Path, Path]:
    """Write `line` for ``gnpy-transmission-example network.json -e equipment.json``.

    Parameters
    ----------
    folder
        Made if need be; each file is written beside its place and then renamed.
    extra
        More to say of elements in the sidecar, by uid.

    Returns
    -------
    equipment, network, sidecar
        The files.

    Raises
    ------
    InputError
        The line has more than one band, which the export does not describe.

    Notes
    -----
    GNPy works out the gain of Raman pumps from their powers, and a design states it in dB. A fibre
    with a pump at its end is therefore a fibre and one amplifier, with the gain of both and the
    noise figure that gives the noise of both; it may be below 0 dB, as usual for such pumps.
    """
    files = {
        EQUIPMENT: gnpy_equipment(line),
        NETWORK: gnpy_network(line),
        SIDECAR: gnpy_sidecar(line, extra or {}),
    }
    where = Path(folder)
    for name, content in files.items():
        write_atomically(where / name, (json.dumps(content, indent=1) + "\n").encode())
    return where / EQUIPMENT, where / NETWORK, where / SIDECAR


def gnpy_equipment(line: OpticalLine) -> dict[str, Any]:
    """The equipment of a line: its fibres, amplifiers of fixed noise figure, and the spectrum."""
    _check(line)
    comb = line.comb
    frequency, step = comb.frequency_thz, comb.spacing_ghz / 1e3
    noises = sorted({line.noise_db, *(stage.noise_db for stage in _amplifiers(line) if stage)})
    fibres = {section.fibre.name: section.fibre for section in line.sections}
    span = {
        "power_mode": False,
        "delta_power_range_db": [0, 0, 0.5],
        "max_fiber_lineic_loss_for_raman": 0.25,
        "target_extended_gain": 2.5,
        "max_length": 1000,
        "length_units": "km",
        "max_loss": _FLAT_GAIN_DB,
        "padding": 0,
        "EOL": 0,
        "con_in": 0,
        "con_out": 0,
    }
    spectrum = {
        "f_min": round(float(frequency[0] - step) * 1e12),
        "f_max": round(float(frequency[-1] + step / 2) * 1e12),
        "baud_rate": comb.baud_gbd * 1e9,
        "spacing": comb.spacing_ghz * 1e9,
        "power_dbm": line.launch_dbm,
        "power_range_db": [0, 0, 1],
        "tx_power_dbm": line.transmitter_dbm,
        "roll_off": _ROLL_OFF,
        "tx_osnr": _NO_NOISE_DB,
        "sys_margins": 0,
    }
    return {
        "Edfa": [
            {
                "type_variety": AMPLIFIER.format(noise=noise),
                "type_def": "fixed_gain",
                "gain_flatmax": _FLAT_GAIN_DB,
                "gain_min": 0,
                "p_max": _NO_LIMIT_DBM,
                "nf0": noise,
                "allowed_for_design": False,
            }
            for noise in noises
        ],
        "Fiber": [
            {
                "type_variety": fibre.name,
                "dispersion": fibre.dispersion_ps_nm_km * 1e-6,
                "effective_area": fibre.effective_area_um2 * 1e-12,
                "pmd_coef": _PMD,
            }
            for fibre in fibres.values()
        ],
        "Span": [span],
        "Roadm": [
            {
                "target_pch_out_db": line.transmitter_dbm,
                "add_drop_osnr": _NO_NOISE_DB,
                "pmd": 0,
                "pdl": 0,
                "restrictions": {"preamp_variety_list": [], "booster_variety_list": []},
            }
        ],
        "SI": [spectrum],
        "Transceiver": [],
    }


def is_exportable(line: OpticalLine) -> bool:
    """Whether the export can describe a line: its channels are of one band."""
    return len(line.comb.bands) == 1


def _check(line: OpticalLine) -> None:
    if not is_exportable(line):
        found = f"bands {line.comb.name} have no export to GNPy"
        raise InputError(f"line '{line.name}'", found, "Export the design in the C band.")


class _Amplifier(NamedTuple):
    """What stands behind a fibre, a pump in the fibre included."""

    gain_db: float
    noise_db: float


def _amplifiers(line: OpticalLine) -> list[_Amplifier | None]:
    """The amplifier behind each section, None where there is none."""
    found: list[_Amplifier | None] = []
    for span, section in zip(line.spans, line.sections, strict=True):
        gain_db = span.raman_db + span.gain_db
        noise_db = section.noise_db
        if section.raman_db > 0:
            photons = raman_noise(
                section.raman_db, section.fibre.loss_db_km, section.fibre.pump_loss_db_km
            )
            if not isnan(noise_db):
                photons += max(0.0, 10 ** (noise_db / 10) - 10 ** (-span.gain_db / 10))
            noise_db = 10 * log10(photons * 10 ** (-section.raman_db / 10))
        found.append(None if isnan(noise_db) else _Amplifier(gain_db, round(noise_db, 4)))
    return found


def gnpy_network(line: OpticalLine) -> dict[str, Any]:
    """The elements of a line in order, and their connections."""
    _check(line)
    elements = [
        _node("terminal-0", "Transceiver"),
        _node("node-0", "Roadm"),
        _amplifier("booster", line.launch_dbm - line.transmitter_dbm, line.noise_db),
    ]
    for span, section, behind in zip(line.spans, line.sections, _amplifiers(line), strict=True):
        elements.append(_fibre(f"span-{span.number}", section))
        uid = f"amplifier-{span.number}"
        if behind is None:
            elements.append(_node(uid, "Fused") | {"params": {"loss": 0}})
        else:
            elements.append(_amplifier(uid, *behind))
    elements += [_node("node-1", "Roadm"), _node("terminal-1", "Transceiver")]
    names = [element["uid"] for element in elements]
    return {
        "network_name": line.name,
        "elements": elements,
        "connections": [{"from_node": here, "to_node": there} for here, there in pairwise(names)],
    }


def _node(uid: str, kind: str) -> dict[str, Any]:
    return {"uid": uid, "type": kind}


def _amplifier(uid: str, gain_db: float, noise_db: float) -> dict[str, Any]:
    return {
        "uid": uid,
        "type": "Edfa",
        "type_variety": AMPLIFIER.format(noise=noise_db),
        "operational": {"gain_target": round(gain_db, 6), "tilt_target": 0, "out_voa": 0},
    }


def _fibre(uid: str, section: Section) -> dict[str, Any]:
    return {
        "uid": uid,
        "type": "Fiber",
        "type_variety": section.fibre.name,
        "params": {
            "length": round(section.length_km, 6),
            "loss_coef": section.fibre.loss_db_km,
            "length_units": "km",
            "dispersion": section.fibre.dispersion_ps_nm_km * 1e-6,
            "dispersion_slope": section.fibre.slope_ps_nm2_km * 1e3,
            "att_in": 0,
            "con_in": 0,
            "con_out": section.lumped_db,
        },
    }


def gnpy_sidecar(line: OpticalLine, extra: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What is known of the elements beyond GNPy's own keys, by uid."""
    known: dict[str, dict[str, Any]] = {
        "terminal-0": {"name": line.origin, "kp_km": 0.0},
        "terminal-1": {"name": line.destination, "kp_km": line.length_km},
    }
    for span in line.spans:
        known[f"span-{span.number}"] = {
            "from_kp_km": span.end_km - span.length_km,
            "to_kp_km": span.end_km,
            "gsnr_db": span.gsnr_db,
        }
        known[f"amplifier-{span.number}"] = {
            "site": span.site,
            "kp_km": span.end_km,
            "raman_db": span.raman_db,
            "gain_db": span.gain_db,
        }
    unknown = sorted(set(extra) - set(known))
    if unknown:
        raise InputError("sidecar", f"no element '{unknown[0]}'", f"Known: {', '.join(known)}.")
    for uid, more in extra.items():
        known[uid] |= more
    return {"line": line.name, "elements": known}
