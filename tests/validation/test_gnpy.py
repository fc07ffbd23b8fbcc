"""Optical budgets beside GNPy, which runs in an environment of its own (`make validate`)."""

import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from math import isnan, log10
from pathlib import Path

import numpy as np
import pytest

from lajvard.corridor import built_in
from lajvard.fibre.line.exports import gnpy_lines
from lajvard.fibre.line.system import design_fibre_line
from lajvard.fibre.optics.design import (
    design_land,
    design_repeatered,
    land_fibre,
    sea_fibre,
    ways_across,
)
from lajvard.fibre.optics.gnpy_export import write_gnpy
from lajvard.fibre.optics.line import OpticalLine
from lajvard.fibre.optics.noise import COMBS, Comb, FibreType, Section, best_launch, lines_of
from lajvard.fibre.parameters import Parameters

ROOT = Path(__file__).parents[2]
GNPY = ROOT / ".venv-gnpy" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
WITHIN_DB = 0.5
PARAMETERS = Parameters.of(built_in(), "fibre", "seabed")
NARROW = Comb("C at 32 GBd", ((191.3, 196.1),), 50.0, 32.0)

pytestmark = pytest.mark.validate


def even(n: int, km: float, fibre: FibreType, comb: Comb = COMBS["C"]) -> OpticalLine:
    """Equal spans at the power that suits them best."""
    sections = (Section(fibre, km, 0.5),) * n
    launch, _ = best_launch(lines_of([sections], raman_between=False), comb)
    sites = ("hut",) * (n - 1) + ("terminal",)
    name = f"{n} x {km:g} km {fibre.name}, {comb.name}"
    return OpticalLine(name, "a", "b", comb, sections, sites, float(launch[0]), raman_between=False)


@cache
def designs() -> tuple[OpticalLine, ...]:
    land, sea = land_fibre(PARAMETERS), sea_fibre(PARAMETERS)
    plain = FibreType("G.652 of 0.2 dB/km")
    return (
        even(3, 100.0, plain),
        even(4, 75.0, plain),
        even(5, 60.0, plain),
        even(10, 80.0, plain),
        even(3, 100.0, plain, NARROW),
        even(10, 80.0, plain, NARROW),
        even(1, 150.0, plain),
        even(20, 50.0, land),
        even(5, 70.0, sea),
        replace(
            design_repeatered("Turkmenbashi - Siyazan", ("TM", "AZ"), 353.0, PARAMETERS),
            raman_between=False,
        ),
        replace(
            design_land("uneven", ["a", "b", "c"], [420.0, 75.0], PARAMETERS), raman_between=False
        ),
    )


def gnpy_says(lines: tuple[OpticalLine, ...], folder: Path, *options: str) -> list[np.ndarray]:
    """GNPy's ratio of signal to noise of every channel, in its bandwidth, line by line."""
    assert GNPY.exists(), f"{GNPY} is not there: say `make validate`, which makes it"
    folders = [folder / str(number) for number in range(len(lines))]
    for line, where in zip(lines, folders, strict=True):
        write_gnpy(line, where)
    script = ROOT / "tests/validation/gnpy_gsnr.py"
    done = subprocess.run(
        [str(GNPY), str(script), *map(str, folders), *options],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    return [np.array(found[str(where)]) for where in folders]


def report(lines: tuple[OpticalLine, ...], theirs: list[np.ndarray]) -> None:
    print(f"\n{'line':52} {'ours':>7} {'GNPy':>7} {'mean':>6} {'worst channel':>14}")
    for line, other in zip(lines, theirs, strict=True):
        off = line.gsnr_db - other
        print(
            f"{line.name:52} {line.gsnr_db.mean():7.2f} {other.mean():7.2f} {off.mean():+6.2f} "
            f"{off[np.abs(off).argmax()]:+14.2f}"
        )


def test_gsnr__is_that_of_gnpy_in_every_channel(tmp_path: Path) -> None:
    theirs = gnpy_says(designs(), tmp_path)
    report(designs(), theirs)
    assert len(designs()) >= 8
    for line, other in zip(designs(), theirs, strict=True):
        assert np.abs(line.gsnr_db - other).max() < WITHIN_DB, line.name


def test_gsnr__with_scattering_between_channels_is_near_the_integral(tmp_path: Path) -> None:
    """GNPy solves the Raman equations and integrates the generalised model; over few spans.

    Its amplifiers here have a flat gain, ours level the channels: over many spans these are
    different lines.
    """
    lines = tuple(replace(line, raman_between=True) for line in designs()[:3])
    theirs = gnpy_says(lines, tmp_path, "--integral")
    report(lines, theirs)
    for line, other in zip(lines, theirs, strict=True):
        assert abs(10 * log10(np.mean(10 ** ((line.gsnr_db - other) / 10)))) < WITHIN_DB


def test_export__of_each_way_across_the_sea_is_that_of_gnpy(tmp_path: Path) -> None:
    """Raman pumps and remote amplifiers too; at 600 km nothing feeds the remote amplifier."""
    lines = tuple(
        replace(way.line, name=f"{km:g} km, {way.what}", raman_between=False)
        for km in (120.0, 340.0, 600.0)
        for way in ways_across("sea", ("a", "b"), km, PARAMETERS)
    )
    assert any(isnan(section.noise_db) for line in lines for section in line.sections)
    theirs = gnpy_says(lines, tmp_path)
    report(lines, theirs)
    for line, other in zip(lines, theirs, strict=True):
        assert np.abs(line.gsnr_db - other).max() < WITHIN_DB, line.name


def test_export__of_the_whole_line_loads(tmp_path: Path) -> None:
    exported = gnpy_lines(design_fibre_line(built_in(), sea_km=353.0))
    lines = tuple(replace(line, raman_between=False) for line, _ in exported.values())
    theirs = gnpy_says(lines, tmp_path)
    report(lines, theirs)
    assert len(lines) == 6
    for line, other in zip(lines, theirs, strict=True):
        assert np.abs(line.gsnr_db - other).max() < WITHIN_DB, line.name
