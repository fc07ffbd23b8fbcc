"""Assignment on networks that are solved by hand, and what holds on all of them."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from tests.flows.small import busy, demand, grid, network

from lajvard.assignment.arrays import Demand, FlowNetwork
from lajvard.assignment.assign import Model, assign
from lajvard.assignment.delay import Row, bpr, conical, constant, queue
from lajvard.assignment.engine import NoPath
from lajvard.assignment.result import Assignment, Iteration
from lajvard.errors import InputError, NumericsError


def linear(free_h: float, per_unit: float) -> Row:
    """A delay of `free_h`, and `per_unit` more for each unit of load."""
    return bpr(free_h, free_h / per_unit, alpha=1.0, beta=1.0)


PIGOU = network([(0, 1), (0, 1)], [0, -1], [linear(1e-9, 1.0)], fixed=[[0.0, 1.0]])


def test_assign__two_parallel_links() -> None:
    # 1 + x = 2 + 0.5 y with x + y = 5: x = 7/3, both cost 10/3
    net = network([(0, 1), (0, 1)], [0, 1], [linear(1, 1), linear(2, 0.5)])
    found = assign(net, demand((0, 1, 5)), relative_gap=1e-12)
    assert found.link_flow[0] == pytest.approx([7 / 3, 8 / 3])
    assert found.least_cost == pytest.approx([10 / 3])
    assert found.objective == pytest.approx(7 / 3 + 49 / 18 + 16 / 3 + 64 / 36)
    assert found.facility_delay_h == pytest.approx([10 / 3, 10 / 3])


def test_assign__braess() -> None:
    # 0-1 and 2-3 take 10 x, 0-2 and 1-3 50 + x, the bridge 1-2 10 + x: all paths cost 92
    ends = [(0, 1), (2, 3), (0, 2), (1, 3), (1, 2)]
    rows = [linear(1e-9, 10), linear(1e-9, 10), linear(50, 1), linear(50, 1), linear(10, 1)]
    with_bridge = assign(network(ends, range(5), rows), demand((0, 3, 6)), relative_gap=1e-12)
    assert with_bridge.link_flow[0] == pytest.approx([4, 4, 2, 2, 2])
    assert with_bridge.least_cost == pytest.approx([92])
    without = assign(network(ends[:4], range(4), rows[:4]), demand((0, 3, 6)), relative_gap=1e-12)
    assert without.least_cost == pytest.approx([83])
    best = assign(network(ends, range(5), rows), demand((0, 3, 6)), model="so", relative_gap=1e-12)
    assert best.total_cost == pytest.approx(83 * 6)


def test_assign__system_optimum_equalises_marginal_costs() -> None:
    # Pigou: everybody on the road that fills up, or half of them
    assert assign(PIGOU, demand((0, 1, 1))).link_flow[0] == pytest.approx([1, 0], abs=1e-8)
    best = assign(PIGOU, demand((0, 1, 1)), model="so", relative_gap=1e-12)
    assert best.link_flow[0] == pytest.approx([0.5, 0.5])
    assert best.objective == best.total_cost == pytest.approx(0.75)
    assert best.marginal_costs()[0] == pytest.approx([1, 1])


def test_assign__ferry_that_two_lines_share() -> None:
    # lines 0-1 and 2-3 draw on one fleet that takes 1 + (x + y) h; each has a detour of 4 h, and
    # a lorry of the second line counts as two: x + 2 y = 3
    ends = [(0, 1), (2, 3), (0, 1), (2, 3)]
    load = [[1.0, 2.0, 0.0, 0.0]]
    net = network(ends, [0, 0, -1, -1], [linear(1, 1)], fixed=[[0, 0, 4, 4.0]], load=load)
    found = assign(net, demand((0, 1, 2), (2, 3, 2)), relative_gap=1e-12)
    assert found.facility_load == pytest.approx([3.0])
    assert found.volume_over_capacity == pytest.approx([3.0])
    assert found.link_flow[0, 0] + 2 * found.link_flow[0, 1] == pytest.approx(3.0)
    # the same ferry on both paths of a pair: changing path changes nothing about it
    both = network([(0, 1), (0, 1)], [0, 0], [linear(1, 1)], fixed=[[0.0, 0.1]])
    assert assign(both, demand((0, 1, 5))).link_flow[0] == pytest.approx([5, 0])


def test_assign__path_that_uses_a_facility_twice() -> None:
    # out and back over one track: 2 (1 + 2 x) = 6 at x = 1
    net = network([(0, 1), (1, 2), (0, 2)], [0, 0, -1], [linear(1, 1)], fixed=[[0, 0, 6.0]])
    found = assign(net, demand((0, 2, 4)), relative_gap=1e-12)
    assert found.link_flow[0] == pytest.approx([1, 1, 3])
    # system: minimise 2 x (1 + 2 x) + 6 (4 - x): x = 1/2
    best = assign(net, demand((0, 2, 4)), model="so", relative_gap=1e-12)
    assert best.link_flow[0] == pytest.approx([0.5, 0.5, 3.5])


def test_assign__classes_with_their_own_value_of_time() -> None:
    # the toll of 3 is worth it to class 1 (6 USD/h), which leaves the free road to class 0
    net = network(
        [(0, 1), (0, 1)], [0, -1], [linear(1, 1)], fixed=[[0.0, 5.0], [0.0, 9.0]], weight=[1, 6]
    )
    found = assign(net, demand((0, 1, 2, 0), (0, 1, 2, 1)), relative_gap=1e-12)
    # class 1 changes at a delay of 1.5 h, class 0 at 5 h: x = 0.5 of class 1 is more than enough
    assert found.link_flow == pytest.approx(np.array([[2.0, 0.0], [0.0, 2.0]]))
    few = assign(net, demand((0, 1, 0.2, 0), (0, 1, 2, 1)), relative_gap=1e-12)
    assert few.link_flow == pytest.approx(np.array([[0.2, 0.0], [0.3, 1.7]]))
    assert few.least_cost == pytest.approx([1.5, 9.0])


def test_assign__class_that_a_link_is_closed_to() -> None:
    net = network([(0, 1), (0, 1)], [-1, -1], fixed=[[1, 9.0], [np.inf, 9.0]], weight=[1, 1])
    found = assign(net, demand((0, 1, 1, 0), (0, 1, 1, 1)))
    assert found.link_flow == pytest.approx(np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert found.objective == pytest.approx(10.0)


def test_assign__no_path_leads_through_zones() -> None:
    ends = [(0, 1), (1, 2), (0, 3), (3, 2)]
    net = network(ends, [-1] * 4, fixed=[[1, 1, 5, 5.0]], first_thru=3)
    assert assign(net, demand((0, 2, 1), (1, 2, 1))).link_flow[0] == pytest.approx([0, 1, 1, 1])


def test_assign__zero_time_and_equal_paths_are_accepted() -> None:
    ends = [(0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0)]
    net = network(ends, [0, 0, 1, 1, -1, -1], [constant(0.0), bpr(0.0, 1.0)])
    found = assign(net, demand((0, 2, 3), (1, 0, 2), (2, 2, 7)))
    assert found.relative_gap == 0.0
    assert found.least_cost == pytest.approx([0, 0, 0])


@pytest.mark.parametrize("model", ["ue", "sue"])
def test_assign__long_paths_find_room(model: Model) -> None:
    n_links = 20_000
    state = np.arange(n_links)
    ends = np.column_stack([state, state + 1])
    net = network(np.concatenate([ends, ends[:1]]), np.full(n_links + 1, -1), fixed=1.0)
    found = assign(net, demand((0, n_links, 1), (5, n_links, 2)), model=model)
    assert found.least_cost == pytest.approx([n_links, n_links - 5])
    assert found.link_flow[0, 1:-1] == pytest.approx(np.where(state[1:] < 5, 1.0, 3.0))


def test_assign__no_demand_no_flow() -> None:
    for rows in ((), ((0, 1, 0.0),)):
        found = assign(PIGOU, demand(*rows))
        assert not found.link_flow.any()
        assert found.objective == found.relative_gap == 0.0
        assert found.skim(np.ones(2)).shape == (len(rows),)
    assert assign(network([], []), demand()).link_flow.shape == (1, 0)


def test_assign__pair_to_itself_and_repeated_pairs() -> None:
    found = assign(PIGOU, demand((0, 1, 0.25), (1, 1, 9), (0, 1, 0.5)))
    assert found.link_flow[0] == pytest.approx([0.75, 0])
    assert found.skim(np.array([2.0, 3.0])) == pytest.approx([2, 0, 2])


def test_assign__unreachable_pair_is_named() -> None:
    net = network([(0, 1)], [-1], fixed=1.0, first_thru=3)
    with pytest.raises(NoPath, match=r"2 pairs .*: state 1 to 0 \(class 0\); 2 to 1") as error:
        assign(net, demand((0, 1, 1), (1, 0, 1), (2, 1, 5), (2, 0, 0)))
    assert error.value.pairs == (1, 2)
    assert assign(net, demand((0, 1, 1), (1, 0, 0))).least_cost[1] == np.inf


MANY = grid(5, seed=3)


@pytest.mark.parametrize("model", ["ue", "so", "sue"])
def test_assign__conserves_flow_at_every_node_and_class(model: Model) -> None:
    net, trips = MANY
    found = assign(net, trips, model=model, relative_gap=1e-8, scale=2.0)
    for k in range(len(net.weight)):
        of = trips.klass == k
        out, in_ = (
            np.bincount(ends[of], weights=trips.volume[of], minlength=net.n_states)
            for ends in (trips.origin, trips.destination)
        )
        left, came = (
            np.bincount(ends, weights=found.link_flow[k], minlength=net.n_states)
            for ends in (net.tail, net.head)
        )
        assert left - came == pytest.approx(out - in_, abs=1e-9)
    by_pair = np.add.reduceat(found.paths.flow, found.paths.first_path[:-1])
    assert by_pair == pytest.approx(trips.volume)
    has = net.facility >= 0
    load = (net.load * found.link_flow).sum(axis=0)[has]
    assert np.bincount(net.facility[has], weights=load) == pytest.approx(found.facility_load)


def test_assign__gap_is_that_of_another_program() -> None:
    net, trips = MANY
    found = assign(net, trips, relative_gap=1e-6)
    saved = paid = 0.0
    for k in range(len(net.weight)):
        cost = np.full((net.n_states, net.n_states), np.inf)
        np.minimum.at(cost, (net.tail, net.head), found.link_cost[k])
        cost[np.isinf(cost)] = 0
        least = dijkstra(csr_array(cost))
        of = trips.klass == k
        saved += trips.volume[of] @ least[trips.origin[of], trips.destination[of]]
        paid += found.link_flow[k] @ found.link_cost[k]
        assert found.least_cost[of] == pytest.approx(least[trips.origin[of], trips.destination[of]])
    assert (paid - saved) / paid == pytest.approx(found.relative_gap, rel=1e-6)


def test_assign__meets_a_general_optimiser() -> None:
    """Beckmann's function over all six paths of a 2 by 3 grid, by SciPy."""
    ends = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]
    rows = [bpr(1 + 0.3 * i, 2.0 + i) for i in range(5)] + [conical(1.0, 2.0), bpr(0.5, 1.5)]
    net = network(ends, range(7), rows)
    found = assign(net, demand((0, 5, 6)), relative_gap=1e-10)
    paths = np.array([[1, 1, 0, 0, 0, 0, 1], [1, 0, 0, 1, 0, 1, 0], [0, 0, 1, 1, 1, 0, 0]])

    def value(share: np.ndarray) -> float:
        from lajvard.assignment.objective import beckmann

        load = 6 * np.abs(share) @ paths / np.abs(share).sum()
        return beckmann(net, load[None], load)

    best = minimize(value, np.ones(3) / 3, method="Nelder-Mead", options={"fatol": 1e-12})
    assert found.objective == pytest.approx(best.fun, rel=1e-9)


def test_assign__symmetric_demand_gives_symmetric_flow() -> None:
    net, _ = grid(4, seed=None)
    trips = demand(*((o, d, 30.0) for o in (0, 3, 12, 15) for d in (0, 3, 12, 15) if o != d))
    flow = assign(net, trips, relative_gap=1e-12).facility_load
    place = {ends: ix for ix, ends in enumerate(zip(net.tail, net.head, strict=True))}
    state = np.arange(16)
    for turned in (15 - state, state // 4 + state % 4 * 4, state // 4 * 4 + 3 - state % 4):
        other = [place[turned[t], turned[h]] for t, h in place]
        assert flow == pytest.approx(flow[other], rel=1e-5)


def test_assign__queues_and_shared_loads_of_several_classes_converge() -> None:
    # no function is minimised here: loads differ by link and class
    ends = [(0, 1), (0, 1), (0, 1), (0, 1)]
    rows = [queue(2, 0.5, horizon_h=168.0, open_share=0.6), queue(1, 0.2, horizon_h=168.0)]
    net = network(
        ends, [0, 0, 1, -1], rows,
        fixed=[[1, 2, 3, 30.0], [5, 1, 2, 40.0]], weight=[1.0, 3.0],
        load=[[1, 0.5, 2, 0], [2, 1, 1, 0.0]],
    )  # fmt: skip
    trips = demand((0, 1, 4, 0), (0, 1, 4, 1))
    found = assign(net, trips, relative_gap=1e-10)
    assert np.isnan(found.objective)
    used = found.link_flow > 1e-9
    least = np.repeat(found.least_cost[:, None], 4, axis=1)
    assert found.link_cost[used] == pytest.approx(least[used])


@pytest.mark.parametrize("model", ["ue", "so", "sue"])
@pytest.mark.parametrize("varied_load", [False, True])
@pytest.mark.parametrize("busier", [0.3, 3.0])
def test_assign__full_queues_converge(model: Model, varied_load: bool, busier: float) -> None:
    for seed in (0, 4, 5):
        net, trips = busy(seed, varied_load=varied_load, busier=busier)
        found = assign(net, trips, model=model, scale=0.5, max_iterations=150)
        assert found.relative_gap <= 1e-6
        if model == "ue":
            saved = 1 - trips.volume @ found.least_cost / found.total_cost
            assert saved == pytest.approx(found.relative_gap, abs=1e-12)
            best = assign(net, trips, model="so", max_iterations=150)
            assert best.total_cost <= found.total_cost * (1 + 1e-5)


def test_assign__starts_from_an_earlier_result() -> None:
    net, trips = MANY
    base = assign(net, trips, relative_gap=1e-9)
    again = assign(net, trips, relative_gap=1e-8, start=base)
    assert again.iterations == 1
    assert again.link_flow == pytest.approx(base.link_flow, rel=1e-12)
    grown = trips._replace(volume=trips.volume * 1.02)
    warm, cold = (assign(net, grown, relative_gap=1e-9, start=s) for s in (base, None))
    assert warm.history[0].gap < 0.1 * cold.history[0].gap
    assert warm.facility_load == pytest.approx(cold.facility_load, rel=1e-4)


def test_assign__start_drops_paths_that_died() -> None:
    net, trips = MANY
    base = assign(net, trips, relative_gap=1e-9)
    busiest = int(base.link_flow.sum(axis=0).argmax())
    fixed = net.fixed.copy()
    fixed[:, busiest] = np.inf
    closed = assign(net._replace(fixed=fixed), trips, relative_gap=1e-9, start=base)
    assert not closed.link_flow[:, busiest].any()
    kept = np.arange(len(net.tail)) != busiest
    gone = net._replace(
        tail=net.tail[kept], head=net.head[kept], fixed=net.fixed[:, kept],
        facility=net.facility[kept], load=net.load[:, kept],
    )  # fmt: skip
    without = assign(gone, trips, relative_gap=1e-9, start=base)
    assert without.objective == pytest.approx(closed.objective, rel=1e-7)
    back = assign(net, trips, relative_gap=1e-9, start=without)
    assert back.objective == pytest.approx(base.objective, rel=1e-7)


def test_assign__start_fits_other_pairs() -> None:
    net, trips = MANY
    base = assign(net, trips, relative_gap=1e-9)
    chosen = np.arange(len(trips.origin))[::-2]
    ends = trips.origin[chosen], trips.destination[chosen]
    some = Demand(*ends, trips.klass[chosen], trips.volume[chosen])
    found = assign(net, some, relative_gap=1e-9, start=base)
    assert found.objective == pytest.approx(
        assign(net, some, relative_gap=1e-9).objective, rel=1e-8
    )


def test_assign__no_convergence_is_an_error() -> None:
    net, trips = MANY
    message = r"gap [\d.e-]+ after 2 iterations, wanted 1e-12\. Raise max_iterations or relax"
    with pytest.raises(NumericsError, match=message):
        assign(net, trips, relative_gap=1e-12, max_iterations=2)


def test_assign__tells_its_progress() -> None:
    net, trips = MANY
    seen: list[Iteration] = []
    found = assign(net, trips, relative_gap=1e-8, progress=seen.append)
    assert tuple(seen) == found.history
    assert [step.iteration for step in seen] == list(range(1, found.iterations + 1))
    assert all(a.seconds <= b.seconds for a, b in pairwise(seen))
    assert seen[-1].gap == found.relative_gap <= 1e-8 < seen[0].gap


def test_assign__has_all_problems_in_one_error() -> None:
    net = PIGOU._replace(facility=np.array([0, 3], np.int32), weight=np.array([np.nan]))
    with pytest.raises(InputError, match="2 problems") as error:
        assign(net, demand((0, 1, 1)))
    assert "network row 1, facility: 3 found, expected -1 or a facility below 1" in str(error.value)
    with pytest.raises(InputError, match="3 problems") as error:
        assign(PIGOU, demand((0, 5, 1), (0, 1, -1), (0, 1, 1, 2)))
    assert "demand row 0, destination: 5 found, expected a state below 2" in str(error.value)
    three = np.zeros(3, np.int32)
    with pytest.raises(InputError, match=r"fixed: shape \(1, 2\) found, expected \(1, 3\)"):
        assign(PIGOU._replace(tail=three, head=three, facility=three), demand())


@pytest.mark.parametrize(
    "setting",
    [{"model": "all"}, {"relative_gap": 0}, {"max_iterations": 0}, {"scale": -1}, {"n_paths": 0}],
)
def test_assign__refuses_settings(setting: dict[str, object]) -> None:
    with pytest.raises(InputError, match=next(iter(setting))):
        assign(PIGOU, demand(), **setting)  # type: ignore[arg-type]


def result() -> tuple[FlowNetwork, Demand, Assignment]:
    net, trips = MANY
    return net, trips, assign(net, trips, relative_gap=1e-10)


def test_skim__is_the_mean_over_used_paths() -> None:
    _, trips, found = result()
    cost = found.skim(found.link_cost)
    assert cost == pytest.approx(found.least_cost, rel=1e-6)
    assert trips.volume @ cost == pytest.approx(found.total_cost)
    with pytest.raises(InputError, match="shape"):
        found.skim(np.ones(3))


def test_select_link__any_and_all() -> None:
    net, trips, found = result()
    for link in (0, 7):
        selected = found.select_link([link])
        assert selected.link_flow[:, link] == pytest.approx(found.link_flow[:, link])
        assert selected.volume == pytest.approx(selected.share * trips.volume)
        assert selected.volume.sum() == pytest.approx(found.link_flow[:, link].sum())
    every = range(len(net.tail))
    assert found.select_link(every).link_flow == pytest.approx(found.link_flow)
    both = found.select_link([0, 7], of="all").volume
    either = found.select_link([0, 7]).volume
    one = found.select_link([0]).volume + found.select_link([7]).volume
    assert both + either == pytest.approx(one)
    with pytest.raises(InputError, match="links \\[-1\\]"):
        found.select_link([-1])


def test_marginal_costs__are_the_slope_of_the_total() -> None:
    net, _, found = result()
    marginal = found.marginal_costs()

    def total(flow: np.ndarray) -> float:
        from lajvard.assignment.delay import delays

        has = net.facility >= 0
        on = (net.load * flow).sum(axis=0)[has]
        delay = delays(net.facilities, np.bincount(net.facility[has], weights=on))
        cost = net.fixed.copy()
        cost[:, has] += net.weight[:, None] * delay[net.facility[has]]
        return float((cost * flow).sum())

    for k, link in ((0, 0), (1, 3), (1, 11)):
        more, less = (found.link_flow.copy() for _ in range(2))
        more[k, link] += 1e-3
        less[k, link] -= 1e-3
        assert (total(more) - total(less)) / 2e-3 == pytest.approx(marginal[k, link], rel=1e-5)
