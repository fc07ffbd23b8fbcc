"""How many days of a period crossings were shut, by the dated closures of a description."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

import numpy as np

from lajvard.corridor import Corridor
from lajvard.schema import first_day, last_day

Span = tuple[dt.date, dt.date]


def shut_days(
    corridor: Corridor, ends: Mapping[str, tuple[str, str]], start: str, end: str
) -> Counter[frozenset[str]]:
    """Days of a period by which of some road crossings were shut on them.

    Parameters
    ----------
    ends
        The two posts of each link.
    start, end
        First and last day, month or year.

    Returns
    -------
    Counter
        Days by the set of links that were shut; the empty set is for days on which all were open.

    Notes
    -----
    A closure that leaves some capacity does not shut; one whose end is not known lasts.
    """
    spans = {link: _spans(corridor, link, set(posts)) for link, posts in ends.items()}
    first, last = first_day(start), last_day(end)
    days = (first + dt.timedelta(days=ix) for ix in range((last - first).days + 1))
    return Counter(
        frozenset(link for link, shut in spans.items() if any(a <= day <= b for a, b in shut))
        for day in days
    )


def _spans(corridor: Corridor, link: str, posts: set[str]) -> list[Span]:
    """First and last days of the complete dated closures of a road crossing."""
    table = corridor.used("closure")
    names = ("kind", "node_id", "other_node_id", "link_id", "mode", "start_date", "end_date")
    rows = list(zip(*(table.text(name) for name in names), strict=True))
    found = []
    for ix in np.flatnonzero(table.numbers("effect") == 0).tolist():
        kind, node, other, closed, mode, start, end = rows[ix]
        here = closed == link or (node in posts and (not other or other in posts))
        if kind == "dated" and here and mode in ("", "road") and start:
            found.append((first_day(start), last_day(end) if end else dt.date.max))
    return found
