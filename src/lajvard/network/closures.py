"""Closures of a description as values: the one place that reads the table `closure`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from lajvard.corridor import Corridor
from lajvard.schema import first_day, last_day


class Thing(NamedTuple):
    """What a closure closes; what it does not name is empty."""

    node_id: str
    other_node_id: str
    link_id: str
    service_id: str
    mode: str


@dataclass(frozen=True, slots=True)
class Closure:
    """A row of the table `closure`.

    Attributes
    ----------
    row
        Index among the used rows.
    left
        Share of the capacity that is left, 0 where nothing passes.
    per_year, mean_h
        Of a random closure: expected number a year, and mean length in hours.
    months
        Months in which a random closure can begin, empty for all.
    start, end
        First and last day of a dated closure; None where not known. `start_text` is the first as
        it is written.
    since, until
        Days between which the row holds; None for no limit.
    """

    row: int
    closure_id: str
    thing: Thing
    is_random: bool
    left: float
    per_year: float
    mean_h: float
    months: tuple[int, ...]
    start: date | None
    start_text: str
    end: date | None
    recurs: bool
    is_operating: bool
    since: date | None
    until: date | None
    reason: str
    basis: str

    def covers(self, first: date, last: date) -> bool:
        """True for a dated closure that lasts from `first` to `last`; without an end it goes on."""
        begins = self.start is not None and self.start <= first
        return not self.is_random and begins and (self.end is None or last <= self.end)

    def holds_in(self, year: int) -> bool:
        """True where the row holds on some day of a year."""
        begins = self.since is None or self.since <= date(year, 12, 31)
        return begins and (self.until is None or self.until >= date(year, 1, 1))


def read_closures(corridor: Corridor) -> tuple[Closure, ...]:
    """The closures of a corridor, in the order of their rows."""
    table = corridor.used("closure")
    names = ("closure_id", "kind", "status", "start_date", "end_date", "since", "until")
    texts = zip(*(table.text(name) for name in (*names, "reason", "basis")), strict=True)
    things = zip(*(table.text(name) for name in Thing._fields), strict=True)
    numbers = [table.numbers(name) for name in ("effect", "events_per_year", "mean_duration_h")]
    effect, per_year, mean_h = numbers[0], np.nan_to_num(numbers[1]), np.nan_to_num(numbers[2])
    months, recurs = table.lists("months"), table.flags("recurs")
    found = []
    for row, (text, thing) in enumerate(zip(texts, things, strict=True)):
        closure_id, kind, status, start, end, since, until, reason, basis = text
        found.append(
            Closure(
                row=row,
                closure_id=closure_id,
                thing=Thing(*thing),
                is_random=kind == "random",
                left=float(effect[row]),
                per_year=float(per_year[row]),
                mean_h=float(mean_h[row]),
                months=tuple(int(item) for item in months[row]),
                start=first_day(start) if start else None,
                start_text=start,
                end=last_day(end) if end else None,
                recurs=bool(recurs[row]),
                is_operating=status == "operating",
                since=first_day(since) if since else None,
                until=last_day(until) if until else None,
                reason=reason,
                basis=basis,
            )
        )
    return tuple(found)


def shut_days(
    closures: Sequence[Closure], ends: Mapping[str, tuple[str, str]], first: date, last: date
) -> Counter[frozenset[str]]:
    """Days of a period by which of some road crossings were shut on them.

    Parameters
    ----------
    ends
        The two posts of each link.
    first, last
        First and last day of the period.

    Returns
    -------
    Counter
        Days by the set of links that were shut; the empty set is for days on which all were open.

    Notes
    -----
    A closure that leaves some capacity does not shut; one whose end is not known lasts.
    """
    shutting = {
        link: [one for one in closures if one.left == 0 and _shuts(one.thing, link, {*posts})]
        for link, posts in ends.items()
    }
    days = (first + timedelta(days=ix) for ix in range((last - first).days + 1))
    return Counter(
        frozenset(
            link for link, rows in shutting.items() if any(row.covers(day, day) for row in rows)
        )
        for day in days
    )


def _shuts(thing: Thing, link: str, posts: set[str]) -> bool:
    """True where a closure of a thing shuts the road link between two posts."""
    between = thing.node_id in posts and (not thing.other_node_id or thing.other_node_id in posts)
    return (thing.link_id == link or between) and thing.mode in ("", "road")
