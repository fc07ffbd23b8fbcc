"""Border posts as they were published and as they are simulated."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostCalibration:
    """A post as it was published and as it is simulated.

    Attributes
    ----------
    post
        Name of the station: place, other side, mode and direction.
    target_h
        Mean total clearance of the description, in hours.
    target_basis
        Where that mean comes from: published, derived or estimate.
    predicted_h
        Queue plus service by the queueing formula, and inspections where there are channels, in
        hours; infinite where more come than can be dealt with.
    queue_h, service_h
        Queue, and service without inspections.
    servers
        Unit loads that are dealt with at once.
    utilisation
        Share of the servers that are busy; above 1 where more come than can be dealt with.
    described_per_day, background_per_day
        Unit loads a day of the described demand, and of other traffic up to the observed one.
    observed_per_day
        Observed traffic that was used, not a number where there is none.
    basis
        Of servers and service time: "estimate", or "derived" where the servers are described.
    """

    post: str
    node_id: str
    other_node_id: str
    mode: str
    direction: str
    procedure_id: str
    target_h: float
    target_basis: str
    predicted_h: float
    queue_h: float
    service_h: float
    servers: int
    utilisation: float
    described_per_day: float
    background_per_day: float
    observed_per_day: float
    basis: str


def overloaded(posts: Iterable[PostCalibration]) -> Iterator[str]:
    """A sentence on each post to which more come than it can deal with."""
    for post in posts:
        if post.utilisation >= 1:
            asked = post.described_per_day + post.background_per_day
            most = asked / post.utilisation
            yield (
                f"{post.post}: {asked:.0f} unit loads a day come and {most:.0f} can be dealt with "
                f"({post.basis}), so that the queue grows"
            )
