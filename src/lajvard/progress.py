"""Progress of long work, and the one way to cancel it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan, nan

from lajvard.errors import LajvardError


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work is.

    Functions that take long have an argument `progress`, which they call with this. Whoever wants
    the work to end raises `Cancelled` there: what is complete by then stays, as the replications of
    a run do, and nothing is left half-written.

    Attributes
    ----------
    what
        What is being done.
    done, total
        How many of how many are done; not a number where that is not known.
    left_s
        Seconds that the rest will take; not a number where that is not known.
    note
        What else is worth saying, as how fast it goes.

    Examples
    --------
    >>> str(Progress("Finding routes", 2, 26)), str(Progress("Checking the description"))
    ('Finding routes: 2 of 26', 'Checking the description')
    """

    what: str
    done: float = nan
    total: float = nan
    left_s: float = nan
    note: str = ""

    def __str__(self) -> str:
        parts = [self.what if isnan(self.done) else f"{self.what}: {self.done:g} of {self.total:g}"]
        if self.note:
            parts.append(self.note)
        if not isnan(self.left_s):
            parts.append(f"{clock_text(self.left_s)} left")
        return ", ".join(parts)


class Cancelled(LajvardError):  # noqa: N818 - it is a wish before it is an error
    """Whoever was told of the progress wanted the work to end."""

    def __init__(self, what: str = "the work") -> None:
        super().__init__("cancelled", f"{what} was ended on request", "Start it again to go on.")


Report = Callable[[Progress], object]
"""What is called with the progress of long work; it may raise `Cancelled`."""


def quiet(_: Progress) -> None:
    """Say nothing."""


def clock_text(seconds: float) -> str:
    """A time as people read it.

    >>> clock_text(59), clock_text(125), clock_text(7300)
    ('59 s', '2 min 05 s', '2 h 01 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
