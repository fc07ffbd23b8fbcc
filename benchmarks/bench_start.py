"""How long a user waits for ``lajvard --help`` and for ``import lajvard``, the best of several."""

import resource
import subprocess
import sys
import time
from collections.abc import Sequence

TIMES = 10
IMPORT = (sys.executable, "-X", "importtime", "-c", "import lajvard")
ASKED = (
    ("python -c pass", (sys.executable, "-c", "pass"), ""),
    ("import lajvard", (sys.executable, "-c", "import lajvard"), "asked: 0.5 s"),
    ("lajvard --help", (sys.executable, "-m", "lajvard", "--help"), "asked: 0.3 s"),
)


def seconds(command: Sequence[str]) -> tuple[float, float]:
    """Least wall time and least processor time of a command, in s."""
    walls, used = [], []
    for _ in range(TIMES):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        walls.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(walls), min(used)


def imported_ms() -> float:
    """Milliseconds that ``python -X importtime`` counts for the package, at least."""
    found = []
    for _ in range(TIMES):
        done = subprocess.run(IMPORT, check=True, capture_output=True, text=True)
        line = next(text for text in done.stderr.splitlines() if text.endswith("| lajvard"))
        found.append(int(line.split("|")[1]) / 1000)
    return min(found)


def main() -> None:
    """Print the times."""
    for name, command, asked in ASKED:
        wall, used = seconds(command)
        print(f"{name:16} {wall:.3f} s wall, {used:.3f} s of processor  {asked}")
    print(f"python -X importtime: import lajvard {imported_ms():.1f} ms")


if __name__ == "__main__":
    main()
