"""Designs a minute: the closed form for a million lines at once, beside one by one in NumPy.

The peer is the same formula written for one line with NumPy arrays over its channels, as GNPy has
it. With GNPy's environment (`make validate` makes it) a line in GNPy is timed too.
"""

import json
import subprocess
import sys
import tempfile
import time
from math import pi
from pathlib import Path

import numpy as np

from lajvard.fibre.optics.gnpy_export import write_gnpy
from lajvard.fibre.optics.line import OpticalLine
from lajvard.fibre.optics.noise import COMBS, FibreType, Lines, Section, noise_of

N, ONE_BY_ONE, ROUNDS = 1_000_000, 300, 3
GNPY = Path(__file__).parents[1] / ".venv-gnpy/bin/python"


def random_lines(n: int) -> Lines:
    """Lines of 1 to 12 equal spans of 30 to 120 km."""
    random = np.random.default_rng(1)
    fibre = FibreType("G.652")
    full = np.full
    return Lines(
        np.arange(n + 1),
        random.integers(1, 13, n).astype(float),
        random.uniform(30, 120, n),
        full(n, 0.5),
        random.uniform(0.15, 0.25, n),
        random.uniform(0.7, 1.4, n),
        random.uniform(-28, -18, n),
        full(n, fibre.beta3),
        full(n, 0.0),
        full(n, 0.0),
        full(n, 0.25),
        full(n, np.nan),
        random.uniform(4.5, 6, n),
    )


def numpy_line(lines: Lines, ix: int) -> float:
    """The middle channel of one line, the same formula over arrays of channels."""
    comb = COMBS["C"]
    offsets, baud = comb.frequency_thz - comb.middle_thz, comb.baud_gbd / 1e3
    at = comb.n_channels // 2
    f, others = offsets[at], np.delete(offsets, at)
    alpha = lines.loss_db_km[ix] * np.log(10) / 10
    beta2, beta3 = lines.beta2[ix], lines.beta3[ix]
    gamma, length = lines.gamma[ix], lines.length_km[ix]
    phi = 1.5 * pi**2 * (beta2 + 2 * pi * beta3 * f)
    eta = 4 / 9 * gamma**2 / baud**2 * pi / (phi * alpha) * np.arcsinh(phi * baud**2 / (pi * alpha))
    phi = 2 * pi**2 * (others - f) * (beta2 + pi * beta3 * (f + others))
    eta += np.sum(32 / 27 * gamma**2 / (baud * phi * alpha) * np.arctan(phi * baud / alpha))
    eta *= (1 - np.exp(-alpha * length)) ** 2
    loss = 10 ** ((lines.loss_db_km[ix] * length + lines.lumped_db[ix]) / 10)
    photon = 6.62607015e-10 * (comb.middle_thz + f) * baud
    noise = (10 ** (lines.noise_db[ix] / 10) - 1 / loss) * photon * loss / 1e-3 + eta * 1e-6
    return float(-10 * np.log10(lines.repeats[ix] * noise))


def cpu_s(work: object, *arguments: object) -> float:
    """Best CPU time of some rounds."""
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work(*arguments)  # type: ignore[operator]
        found.append(time.process_time() - start)
    return min(found)


def gnpy_s() -> float | None:
    """Seconds that GNPy takes for one more line of 10 x 80 km, without its start."""
    if not GNPY.exists():
        return None
    sections = (Section(FibreType("G.652"), 80.0),) * 10
    sites = ("hut",) * 9 + ("terminal",)
    line = OpticalLine("line", "a", "b", COMBS["C"], sections, sites, 0.0)
    script = Path(__file__).parents[1] / "tests/validation/gnpy_gsnr.py"
    with tempfile.TemporaryDirectory() as folder:
        folders = [Path(folder) / str(number) for number in range(21)]
        for one in folders:
            write_gnpy(line, one)
        took = []
        for some in (folders[:1], folders):
            start = time.perf_counter()
            command = [str(GNPY), str(script), *map(str, some)]
            done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
            took.append(time.perf_counter() - start)
            json.loads(done.stdout.splitlines()[-1])
    return (took[1] - took[0]) / 20


def main() -> None:
    comb, lines = COMBS["C"], random_lines(N)
    few = random_lines(ONE_BY_ONE)
    ours = noise_of(few, comb, 0.0).gsnr_db[:, comb.n_channels // 2]
    theirs = [numpy_line(few, ix) for ix in range(ONE_BY_ONE)]
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    for probes in (1, 3):
        fast = cpu_s(lambda probes=probes: noise_of(lines, comb, 0.0, probes=probes))
        words = "channel" if probes == 1 else "channels"
        print(f"{N:,} designs, {probes} {words} of {comb.n_channels} each: {fast:.1f} s CPU")
        print(f"  {N / fast * 60 / 1e6:.1f} million designs a minute")
        if probes == 1:
            slow = cpu_s(lambda: [numpy_line(few, ix) for ix in range(ONE_BY_ONE)]) / ONE_BY_ONE
            print(f"  {slow / (fast / N):.0f} times as many as NumPy line by line, same numbers")
    one = gnpy_s()
    if one is None:
        print("GNPy: not there; `make validate` makes its environment", file=sys.stderr)
        return
    whole = cpu_s(lambda: noise_of(random_lines(2000), comb, 0.0)) / 2000
    print(f"GNPy: {one:.3f} s a line of 10 x 80 km, all channels; here {1e6 * whole:.0f} µs")


if __name__ == "__main__":
    main()
