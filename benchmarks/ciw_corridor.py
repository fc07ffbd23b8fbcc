"""The benchmark corridor for Ciw: the numbers and rules of `simpy_corridor`, its own words.

Roads are nodes with as many servers as come, stations nodes with a schedule whose shifts are
worked to the end, and the ferry a node where nobody's service ends before forty are there.
"""

from math import inf
from typing import Any

from benchmarks.simpy_corridor import (
    BEFORE_FERRY,
    CLASS_SHARES,
    DAY_H,
    LORRIES_PER_H,
    MOVING,
    OPEN_FROM_H,
    OPEN_UNTIL_H,
    PLACES_ABOARD,
    POSTS,
    QUEUE,
    SAILING,
    SAILING_ROW,
    SERVICE,
    WAIT,
    PeerResult,
    Post,
    constants,
    lognormal,
)

FERRY = 1 + 2 * BEFORE_FERRY
N_NODES = 2 * len(POSTS) + 1


def _node(kind: int, ix: int) -> int:
    """Number of a road (0) or station (1): road, station, road, …, and the ferry between."""
    return 1 + 2 * ix + kind + (1 if ix >= BEFORE_FERRY else 0)


def _servers(ciw: Any, post: Post) -> Any:
    """Always as many, or none at night; whoever is being served is served to the end."""
    if post.at_night:
        return post.servers
    return ciw.Schedule(
        numbers_of_servers=[0, post.servers, 0],
        shift_end_dates=[OPEN_FROM_H, OPEN_UNTIL_H, DAY_H],
        preemption=False,
    )


def ciw_corridor(seed: int, horizon_h: float) -> PeerResult:
    """Play the corridor once in Ciw, log on.

    Parameters
    ----------
    seed
        Of Ciw's generators.
    horizon_h
        Simulated hours.

    Returns
    -------
    PeerResult
        Log rows, and beginning and duration of all journeys that ended; events are not counted.
    """
    import ciw

    ciw.seed(seed)
    simulation = ciw.Simulation(_network(ciw), node_class=_nodes(ciw))
    simulation.simulate_until_max_time(horizon_h)
    return _rows(simulation)


def _network(ciw: Any) -> Any:
    """Nodes, classes and the way through them."""
    service: list[Any] = [None] * N_NODES
    servers: list[Any] = [inf] * N_NODES
    for ix, post in enumerate(POSTS):
        road_mu, road_sigma, mu, sigma = constants(post)
        service[_node(0, ix) - 1] = ciw.dists.Lognormal(road_mu, road_sigma)
        service[_node(1, ix) - 1] = ciw.dists.Lognormal(mu, sigma)
        servers[_node(1, ix) - 1] = _servers(ciw, post)
    service[FERRY - 1] = ciw.dists.Deterministic(0.0)
    names = [f"class {ix}" for ix in range(len(CLASS_SHARES))]
    chain = [[float(there == here + 1) for there in range(N_NODES)] for here in range(N_NODES)]
    return ciw.create_network(
        arrival_distributions={
            name: [ciw.dists.Exponential(share * LORRIES_PER_H)] + [None] * (N_NODES - 1)
            for name, share in zip(names, CLASS_SHARES, strict=True)
        },
        service_distributions=dict.fromkeys(names, service),
        number_of_servers=servers,
        routing=dict.fromkeys(names, chain),
        priority_classes={name: ix for ix, name in enumerate(names)},
    )


def _nodes(ciw: Any) -> list[Any]:
    """The class of each node: the ferry's own, and Ciw's for all others."""
    from random import Random

    random = Random(1)

    class Ferry(ciw.Node):  # type: ignore[misc]
        """Nobody's service ends before so many are there as go aboard; then all sail."""

        def begin_service_if_possible_accept(self, next_individual: Any) -> None:
            """Wait, or leave with all who wait."""
            next_individual.arrival_date = self.now
            next_individual.service_end_date = inf
            waiting = [one for one in self.all_individuals if one.service_end_date == inf]
            if len(waiting) == PLACES_ABOARD:
                sailing = lognormal(random, *SAILING)
                for one in waiting:
                    one.service_start_date = self.now
                    one.service_time = sailing
                    one.service_end_date = self.now + sailing
                    self.number_in_service += 1

    return [Ferry if number == FERRY else ciw.Node for number in range(1, N_NODES + 1)]


def _rows(simulation: Any) -> PeerResult:
    """Ciw's records as rows of the log that the other engines write."""
    result = PeerResult([], [], [], 0)
    road = {_node(0, ix): ix for ix in range(len(POSTS))}
    post = {_node(1, ix): ix for ix in range(len(POSTS))}
    begin: dict[int, float] = {}
    for one in simulation.get_all_records():
        journey, start, end = one.id_number, one.service_start_date, one.service_end_date
        if one.node in road:
            result.rows.append((journey, MOVING, 12 + road[one.node], start, end))
        elif one.node == FERRY:
            result.rows.append((journey, WAIT, 24, one.arrival_date, start))
            result.rows.append((journey, SAILING_ROW, 24, start, end))
        else:
            ix = post[one.node]
            if start > one.arrival_date:
                result.rows.append((journey, QUEUE, ix, one.arrival_date, start))
            result.rows.append((journey, SERVICE, ix, start, end))
        if one.node == 1:
            begin[journey] = one.arrival_date
        elif one.node == N_NODES:
            result.begin_h.append(begin[journey])
            result.whole_h.append(end - begin[journey])
    return result
