"""Servers and service times that give a published mean."""

import numpy as np
import pytest

from lajvard.case.queueing import Burst, Loss, erlang_c, queue_mean_h, servers_for
from lajvard.simulation.build import ModelBuilder
from lajvard.simulation.model import StepKind
from lajvard.simulation.random_kernels import make_key
from lajvard.simulation.setup import stream_of
from lajvard.simulation.simulate import simulate_replication
from lajvard.simulation.timelines import closed_times


def test_erlang_c__is_that_of_the_tables() -> None:
    assert erlang_c(1, 0.8) == pytest.approx(0.8)
    assert erlang_c(5, 4.0) == pytest.approx(0.5541, abs=1e-4)
    assert erlang_c(400, 320.0) < 1e-4
    assert erlang_c(3, 0.0) == 0.0


@pytest.mark.parametrize("cv", [0.0, 0.9, 1.5])
def test_queue_mean_h__is_pollaczek_khinchine_with_one_server(cv: float) -> None:
    rate, service = 0.6, 1.2
    use = rate * service
    expected = use * service * (1 + cv**2) / (2 * (1 - use))
    assert queue_mean_h(rate, service, 1, cv) == pytest.approx(expected)


def test_queue_mean_h__has_no_end_when_servers_cannot_keep_up() -> None:
    assert queue_mean_h(2.0, 1.0, 2, 0.9) == float("inf")


@pytest.mark.parametrize("target", [0.2, 1.8, 13.6, 120.0])
@pytest.mark.parametrize("per_day", [0.1, 3.0, 50.0, 700.0])
def test_servers_for__meets_the_mean(target: float, per_day: float) -> None:
    found = servers_for(target, per_day / 24, 0.9)
    assert found.service_h + found.queue_h == pytest.approx(target, rel=1e-4)
    assert found.utilisation <= 0.8 + 1e-9
    assert found.service_h >= 0.5 * target * (1 - 1e-9)
    assert found.utilisation == pytest.approx(per_day / 24 * found.service_h / found.servers)


def test_servers_for__keeps_described_servers() -> None:
    roomy = servers_for(2.0, 1.0, 0.9, servers=10)
    assert (roomy.servers, round(roomy.service_h + roomy.queue_h, 6)) == (10, 2.0)
    tight = servers_for(2.0, 1.0, 0.9, servers=1)
    assert (tight.servers, round(tight.utilisation, 6)) == (1, 0.8) or tight.utilisation < 0.8


def test_servers_for__counts_on_the_open_hours_only() -> None:
    always, half = servers_for(10.0, 2.0, 0.9), servers_for(10.0, 2.0, 0.9, open_share=0.5)
    assert half.servers > 1.8 * always.servers


def test_servers_for__without_traffic_is_service_alone() -> None:
    found = servers_for(4.0, 0.0, 0.9)
    assert (found.servers, found.service_h, found.queue_h, found.utilisation) == (1, 4.0, 0.0, 0.0)


def test_queue_mean_h__of_bursts_is_that_of_bulk_arrivals_with_one_server() -> None:
    alone, rate, service, size = queue_mean_h(0.3, 1.0, 1, 1.0), 0.3, 1.0, 5
    bulk = queue_mean_h(rate, service, 1, 1.0, [Burst(1.0, size, 0.0)])
    assert bulk - alone == pytest.approx((size - 1) * service / (2 * (1 - rate * service)))
    assert queue_mean_h(rate, service, 1, 1.0, [Burst(1.0, size, 10.0)]) == alone
    assert queue_mean_h(rate, service, 5, 1.0, [Burst(1.0, size, 0.0)]) < 0.01


def test_servers_for__takes_more_of_them_where_lorries_come_off_a_ship() -> None:
    one_by_one = servers_for(0.2, 2.0, 0.9)
    off_a_ship = servers_for(0.2, 2.0, 0.9, bursts=[Burst(1.0, 50, 0.0)])
    assert one_by_one.servers == 1
    assert off_a_ship.servers > 10
    assert off_a_ship.service_h + off_a_ship.queue_h == pytest.approx(0.2, rel=1e-4)


def test_queue_mean_h__of_losses_is_what_is_simulated() -> None:
    """At a large post: the formula takes the queue for a fluid."""
    servers, rate, left, mean = 100, 80.0, 0.3, 12.0
    b = ModelBuilder(horizon_h=8760.0)
    snow = b.gate("snow", rate_per_h=10 / 8760, mean_closed_h=mean, left=left)
    post = b.station("post", servers, gates=[snow])
    served = b.step(StepKind.STATION, target=post, distribution=b.time("exponential", 1.0))
    b.source("lorries", [(1.0, [served])], rate_per_h=rate)
    model = b.build()
    stream = np.array([stream_of("gate snow")], np.uint32)
    seen = expected = 0.0
    for replication in range(8):
        stations = simulate_replication(model, seed=3, replication=replication).statistics.stations
        _, closed = closed_times(model, stream, make_key(3, replication))
        lengths = closed["until"] - closed["begin"]
        # as many losses as there were, of their mean square: an exponential time has twice mean^2
        loss = Loss(len(lengths) / 8760, float(np.sqrt((lengths**2).mean() / 2)), left)
        seen += stations.wait_sum_h[0] / stations.waits[0]
        expected += queue_mean_h(rate, 1.0, servers, 1.0, losses=[loss])
    assert seen == pytest.approx(expected, rel=0.1)


def test_servers_for__does_not_build_a_post_for_times_in_which_nothing_passes() -> None:
    found = servers_for(20.0, 11.0, 0.9, losses=[Loss(1 / 8766, 336.0, 0.0)])
    assert found.service_h == pytest.approx(10.0)
    assert found.service_h + found.queue_h > 22
    assert 0.19 < found.utilisation <= 0.2


@pytest.mark.parametrize(("rate", "burst"), [(20 / 168, 1.0), (0.12, 0.5), (11.0, 0.0)])
def test_servers_for__takes_no_notice_of_losses_that_are_nothing(rate: float, burst: float) -> None:
    bursts = [Burst(burst, 20, 0.1)] if burst else []
    clear = servers_for(2.0, rate, 0.5, bursts=bursts)
    nothing = servers_for(2.0, rate, 0.5, bursts=bursts, losses=[Loss(1e-9, 1.0, 0.9)])
    assert nothing.servers == clear.servers
    assert nothing.service_h == pytest.approx(clear.service_h, rel=1e-6)


@pytest.mark.parametrize("left", [0.0, 0.4])
def test_servers_for__finds_for_found_servers_what_it_found_with_them(left: float) -> None:
    losses = [Loss(2 / 8766, 300.0, left)]
    found = servers_for(12.0, 6.0, 0.9, losses=losses)
    again = servers_for(12.0, 6.0, 0.9, losses=losses, servers=found.servers, stated=False)
    assert again.service_h == pytest.approx(found.service_h)
    assert again.queue_h == pytest.approx(found.queue_h)


@pytest.mark.parametrize("left", [0.2, 0.6])
def test_servers_for__meets_the_mean_that_was_seen_with_losses(left: float) -> None:
    losses = [Loss(1 / 8766, 336.0, left)]
    clear, snowy = servers_for(20.0, 11.0, 0.9), servers_for(20.0, 11.0, 0.9, losses=losses)
    assert snowy.service_h + snowy.queue_h == pytest.approx(20.0, rel=1e-4)
    assert snowy.service_h >= 10 * (1 - 1e-9)
    assert snowy.queue_h > clear.queue_h
    assert snowy.utilisation <= clear.utilisation + 1e-9
