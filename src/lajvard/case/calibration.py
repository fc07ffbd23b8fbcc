"""The border posts of a case, calibrated in the usual state of its year."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lajvard.case.closures import taken_by
from lajvard.case.post_traffic import passages, traffic_of_posts
from lajvard.case.posts import Post, Traffic, calibrate_posts
from lajvard.case.services import Key
from lajvard.progress import Progress

if TYPE_CHECKING:
    from lajvard.case.case import Case


def calibrated(case: "Case") -> Mapping[Key, Post]:
    """All posts of which the mean total clearance is described: see `Case.posts`."""
    usual = case.base if case.changed.tables == case.corridor.tables else case
    usual = usual.through_the_year
    if usual is not case:
        return usual.posts
    case.progress(Progress("Calibrating border posts"))
    every = passages(case.sets, case.shares, case.background)
    traffic = traffic_of_posts(every, case.stops.of, case.crossings.values(), case.offers)
    before = None
    if case.base is not case:
        before = {key: post.now for key, post in case.base.through_the_year.posts.items()}
    rows = [row for row in case.procedures.values() if row.is_whole_post and row.is_station]
    keys = [row.key for row in rows]
    found = calibrate_posts(
        rows,
        {key: traffic.get(key, Traffic()) for key in keys},
        {row.key: case.calendars.open_share(row.calendar_id) for row in rows},
        taken_by(case.year_closures.losses, keys),
        case.parameters,
        before,
    )
    return {key: post for key, post in found.items()}  # noqa: C416 - keys of a wider type
