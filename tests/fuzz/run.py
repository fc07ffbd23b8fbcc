"""Try inputs that go wrong, each in a worker that may crash or hang, and count what came of them.

::

    python -m tests.fuzz.run 500               the inputs of seeds 0 to 499
    python -m tests.fuzz.run --only 1234       that of one seed, with its error
    make fuzz N=20000

The last line is the count of each outcome; the exit code is 1 when there was a wrong answer in
silence, a traceback of Python or a library, a crash or a hang.
"""

import argparse
import multiprocessing as mp
import os
import resource
import sys
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from tests.fuzz.attempt import OUTCOMES, Outcome, attempt, kind_of

SECONDS = 60
MEMORY = 6 * 2**30
"""What one input may take; the first of a worker, which compiles kernels, ten times as long."""

METHOD: Literal["spawn", "fork"] = "spawn"
"""How workers begin."""

BAD = frozenset(OUTCOMES[2:])


def _work(pipe: Connection) -> None:
    """Inputs by their seeds, until there is none."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        sys.stderr = nowhere
        while (seed := pipe.recv()) is not None:
            try:
                pipe.send(attempt(seed))
            except MemoryError:
                pipe.send(Outcome("crash", kind_of(seed), "more memory than there is"))


class _Worker:
    """A process that can be lost."""

    def __init__(self) -> None:
        self.seed, self.since, self.is_new = -1, 0.0, True
        self.pipe, theirs = mp.Pipe()
        mp.set_start_method(METHOD, force=True)
        self.process = mp.Process(target=_work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, seed: int) -> None:
        self.seed, self.since = seed, time.monotonic()
        self.pipe.send(seed)

    def outcome(self) -> Outcome | None:
        """What came of the seed; None while that is open."""
        try:
            if self.pipe.poll(0):
                self.is_new = False
                found: Outcome = self.pipe.recv()
                return found
        except (EOFError, OSError):
            return Outcome("crash", kind_of(self.seed), f"exit code {self.process.exitcode}")
        if time.monotonic() - self.since > SECONDS * (10 if self.is_new else 1):
            return Outcome("hang", kind_of(self.seed), f"more than {SECONDS} s")
        return None

    def end(self) -> None:
        self.process.kill()
        self.process.join()


def fuzz(seeds: range, workers: int) -> tuple[Counter[str], list[tuple[int, Outcome]]]:
    """The count of each outcome, and the seeds of those that are bad."""
    counts: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
    bad: list[tuple[int, Outcome]] = []
    waiting, busy = list(reversed(seeds)), []
    for _ in range(min(workers, len(seeds))):
        worker = _Worker()
        worker.give(waiting.pop())
        busy.append(worker)
    while busy:
        time.sleep(0.002)
        for worker in list(busy):
            found = worker.outcome()
            if found is None:
                continue
            counts[found.kind] += 1
            if found.kind in BAD:
                bad.append((worker.seed, found))
                print(f"seed {worker.seed}: {found.kind} ({found.what}): {found.said}", flush=True)
            if found.kind in ("crash", "hang"):
                worker.end()
                busy.remove(worker)
                if waiting:
                    busy.append(_Worker())
                    busy[-1].give(waiting.pop())
            elif waiting:
                worker.give(waiting.pop())
            else:
                worker.end()
                busy.remove(worker)
    return counts, bad


def main() -> int:
    """Run the harness."""
    parser = argparse.ArgumentParser(description="Try inputs that go wrong.")
    parser.add_argument("n", type=int, nargs="?", default=500, help="how many inputs")
    parser.add_argument("--seed", type=int, default=0, help="of the first input")
    parser.add_argument("--only", type=int, help="the one input of this seed, in this process")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="workers")
    asked = parser.parse_args()
    if asked.only is not None:
        print(attempt(asked.only))
        return 0
    counts, bad = fuzz(range(asked.seed, asked.seed + asked.n), asked.jobs)
    print(f"{asked.n} inputs: " + ", ".join(f"{counts[kind]} {kind}" for kind in OUTCOMES))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
