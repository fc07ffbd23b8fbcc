"""Arrival times and paths against theory, a plain heap on a finer grid, and Dijkstra."""

import heapq
import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import zoom
from scipy.optimize import minimize_scalar
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from lajvard.errors import InputError, NumericsError
from lajvard.fibre.seabed import eikonal
from lajvard.fibre.seabed.eikonal import arrival_times, least_cost_path, path_cost
from lajvard.fibre.seabed.eikonal_kernels import MARGIN, march
from lajvard.fibre.seabed.path_kernels import cost_at, integral, relax, segment, trace

Field = NDArray[np.float64]
Place = tuple[int, int]


def varied(size: int, seed: int, spread: float = 0.8) -> Field:
    """Hills of two sizes."""
    rng = np.random.default_rng(seed)
    hills = zoom(rng.standard_normal((6, 6)), size / 6, order=1)
    hills += 0.5 * zoom(rng.standard_normal((20, 20)), size / 20, order=1)
    return np.asarray(np.exp(spread * hills[:size, :size]), dtype=np.float64)


def maze(size: int, seed: int, share: float = 0.3) -> Field:
    """Cells of even cost, a share of them closed."""
    rng = np.random.default_rng(seed)
    cost = np.where(rng.random((size, size)) < share, np.inf, 1.0)
    cost[size // 2, size // 2] = 1.0
    return cost


def by_heap(cost: Field, source: Place) -> Field:
    """First-order fast marching in plain Python with a heap [Sethian 1996]: the slow twin."""
    rows, columns = cost.shape
    time = np.full(cost.shape, np.inf)
    known = np.zeros(cost.shape, dtype=bool)
    for row, column in itertools.product(range(rows), range(columns)):
        away = np.hypot(row - source[0], column - source[1])
        if away <= 3.0 and np.isfinite(cost[row, column]):
            time[row, column] = away * cost[source]
    heap = [(float(time[place]), place) for place in zip(*np.nonzero(time < np.inf), strict=True)]
    heapq.heapify(heap)
    while heap:
        _, (row, column) = heapq.heappop(heap)
        if known[row, column]:
            continue
        known[row, column] = True
        for r, c in ((row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)):
            if not (0 <= r < rows and 0 <= c < columns) or known[r, c] or cost[r, c] == np.inf:
                continue
            ends = []
            for up, left in ((1, 0), (0, 1)):
                sides = [
                    float(time[r + s * up, c + s * left])
                    for s in (-1, 1)
                    if 0 <= r + s * up < rows
                    and 0 <= c + s * left < columns
                    and known[r + s * up, c + s * left]
                ]
                ends.append(min(sides, default=np.inf))
            low, high = min(ends), max(ends)
            slow = float(cost[r, c])
            found = low + slow
            if high < found:
                found = (low + high + np.sqrt(2 * slow**2 - (low - high) ** 2)) / 2
            if found < time[r, c]:
                time[r, c] = found
                heapq.heappush(heap, (found, (r, c)))
    return time


def by_dijkstra(cost: Field, source: Place, end: Place) -> Field:
    """The path over eight neighbours, at the mean cost of both cells; corners are not cut."""
    rows, columns = cost.shape
    number = np.arange(cost.size).reshape(cost.shape)
    tail, head, weight = [], [], []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        left = slice(max(0, -right), columns - max(0, right))
        there = slice(max(0, right), columns - max(0, -right))
        a, b = cost[: rows - down, left], cost[down:, there]
        mean = np.hypot(down, right) * (a + b) / 2
        is_open = np.isfinite(mean)
        if down and right:
            is_open &= np.isfinite(cost[: rows - down, there] + cost[down:, left])
        tail.append(number[: rows - down, left][is_open])
        head.append(number[down:, there][is_open])
        weight.append(mean[is_open])
    links = (np.concatenate(weight), (np.concatenate(tail), np.concatenate(head)))
    graph = coo_array(links, shape=(cost.size, cost.size)).tocsr()
    before = dijkstra(graph, directed=False, indices=number[source], return_predecessors=True)[1]
    at, path = int(number[end]), []
    while at >= 0:
        path.append(divmod(at, columns))
        at = int(before[at])
    return np.array(path[::-1], dtype=np.float64)


# ---------------------------------------------------------------- theory


@pytest.mark.parametrize("source", [(60, 60), (0, 0), (0, 70), (119, 3)])
def test_arrival_times__are_distances_on_even_cost(source: Place) -> None:
    time = arrival_times(np.full((120, 140), 2.0), source, cell=0.5).time
    rows, columns = np.indices(time.shape)
    exact = np.hypot(rows - source[0], columns - source[1])
    exact[source] = 1.0
    error = np.abs(time / exact - 1.0)
    error[source] = time[source]
    assert error.max() < 0.002


def test_arrival_times__bend_as_snell_says() -> None:
    cost = np.ones((200, 200))
    cost[:, 100:] = 3.0
    time = arrival_times(cost, (100, 20)).time
    for row, column in ((180, 150), (60, 190), (100, 140), (199, 105)):
        dx1, dx2, dy = 99.5 - 20, column - 99.5, float(row - 100)

        def whole(y: float, dx1: float = dx1, dx2: float = dx2, dy: float = dy) -> float:
            return float(np.hypot(dx1, y) + 3.0 * np.hypot(dx2, dy - y))

        exact = minimize_scalar(whole, bounds=(-200, 200), method="bounded").fun
        assert time[row, column] == pytest.approx(exact, rel=0.006)


def test_arrival_times__go_around_an_island() -> None:
    cost = np.ones((101, 101))
    cost[20:81, 50] = np.inf
    time = arrival_times(cost, (50, 20)).time
    # around its corners; from middle to middle of cells half a cell more
    assert 2 * np.hypot(30.5, 29.5) + 1 < time[50, 80] < 2 * np.hypot(31, 30) + 1.5
    assert time[50, 50] == np.inf


def test_arrival_times__pass_a_strait_one_cell_wide() -> None:
    cost = np.ones((61, 61))
    cost[:, 30] = np.inf
    cost[10, 30] = 1.0
    found = arrival_times(cost, (50, 10))
    path = least_cost_path(found, (50, 50))
    exact = 2 * np.hypot(40, 19.5) + 1.0
    assert found.time[50, 50] == pytest.approx(exact, rel=0.01)
    assert path_cost(cost, path) == pytest.approx(exact, rel=0.01)
    cost[10, 30] = np.inf
    shut = arrival_times(cost, (50, 10))
    assert np.isinf(shut.time[:, 31:]).all()
    with pytest.raises(NumericsError, match="nothing leads from"):
        least_cost_path(shut, (50, 50))


def test_arrival_times__do_not_slip_through_a_corner() -> None:
    cost = np.ones((10, 10))
    np.fill_diagonal(cost, np.inf)
    assert np.isinf(arrival_times(cost, (8, 1)).time[np.triu_indices(10, 1)]).all()


@pytest.mark.parametrize("ratio", [1e3, 1e7])
def test_arrival_times__bear_great_contrasts(ratio: float) -> None:
    cost = np.full((40, 40), ratio)
    cost[20] = 1.0
    time = arrival_times(cost, (20, 0)).time
    assert time[20, 39] == pytest.approx(39.0, rel=1e-3)
    assert time[25, 39] == pytest.approx(39.0 + 5 * ratio, rel=0.2)


def test_arrival_times__scale_with_cost_and_cell() -> None:
    cost = varied(70, seed=4)
    once = arrival_times(cost, (10, 12)).time
    assert arrival_times(5 * cost, (10, 12), cell=2.0).time == pytest.approx(10 * once, rel=1e-3)


def test_arrival_times__are_the_same_there_and_back() -> None:
    cost = varied(120, seed=9)
    there = arrival_times(cost, (10, 15)).time[100, 90]
    assert arrival_times(cost, (100, 90)).time[10, 15] == pytest.approx(there, rel=0.01)


def test_arrival_times__rise_with_cost() -> None:
    cost = varied(80, seed=2)
    more = cost.copy()
    more[30:50, 30:50] *= 3.0
    base, dearer = (arrival_times(field, (5, 5)).time for field in (cost, more))
    assert (dearer >= base * (1 - 2e-3)).all()


def test_arrival_times__can_stop_at_a_cell() -> None:
    cost = varied(80, seed=3)
    whole, part = arrival_times(cost, (5, 5)), arrival_times(cost, (5, 5), until=(30, 30))
    reached = np.isfinite(part.time)
    assert part.time[30, 30] == whole.time[30, 30]
    assert 0 < reached.sum() < cost.size
    assert (part.time[reached] == whole.time[reached]).all()


# ---------------------------------------------------------------- mazes and hills


@pytest.mark.parametrize("seed", range(6))
def test_arrival_times__in_mazes_agree_with_a_finer_grid(seed: int) -> None:
    cost, finer = maze(24, seed), 5
    source = (12, 12)
    time = arrival_times(cost, source).time
    fine = np.repeat(np.repeat(cost, finer, axis=0), finer, axis=1)
    middle = finer // 2
    exact = by_heap(fine, (12 * finer + middle, 12 * finer + middle)) / finer
    exact = exact[middle::finer, middle::finer]
    assert (np.isfinite(time) == np.isfinite(exact)).all()
    far = np.isfinite(time) & (exact > 4)
    # paths between middles of cells keep off walls by half a cell: some per cent on cells so large
    assert np.abs(time[far] / exact[far] - 1.0).max() < 0.12
    assert np.abs(time[far] / exact[far] - 1.0).mean() < 0.05


@pytest.mark.parametrize("seed", range(4))
def test_arrival_times__in_finer_mazes_come_closer(seed: int) -> None:
    cost = np.repeat(np.repeat(maze(12, seed, 0.25), 4, axis=0), 4, axis=1)
    time = arrival_times(cost, (26, 26)).time
    fine = np.repeat(np.repeat(cost, 3, axis=0), 3, axis=1)
    exact = by_heap(fine, (79, 79))[1::3, 1::3] / 3
    assert (np.isfinite(time) == np.isfinite(exact)).all()
    far = np.isfinite(time) & (exact > 15)
    assert np.abs(time[far] / exact[far] - 1.0).max() < 0.05


@pytest.mark.parametrize("seed", range(6))
def test_least_cost_path__is_never_worse_than_dijkstra_or_a_straight_line(seed: int) -> None:
    cost = varied(150, seed)
    found = arrival_times(cost, (10, 10))
    for end in ((140, 130), (20, 145), (75, 75)):
        path = least_cost_path(found, end)
        mine = path_cost(cost, path)
        straight = np.array([(10.0, 10.0), end])
        assert mine <= path_cost(cost, by_dijkstra(cost, (10, 10), end)) * (1 + 1e-9)
        assert mine <= path_cost(cost, straight) * (1 + 1e-9)
        assert mine == pytest.approx(found.time[end], rel=0.02)
        assert path[0].tolist() == [10, 10]
        assert path[-1].tolist() == list(end)


@pytest.mark.parametrize("seed", range(6))
def test_least_cost_path__in_mazes_stays_in_open_cells(seed: int) -> None:
    cost = maze(40, seed)
    found = arrival_times(cost, (20, 20))
    rows, columns = np.nonzero(np.isfinite(found.time) & (found.time > 15))
    for row, column in zip(rows[::25], columns[::25], strict=True):
        path = least_cost_path(found, (int(row), int(column)))
        graph = by_dijkstra(cost, (20, 20), (int(row), int(column)))
        assert np.isfinite(path_cost(cost, path))
        assert path_cost(cost, path) <= path_cost(cost, graph) * (1 + 1e-9)


def test_relax__never_makes_a_path_dearer() -> None:
    cost = varied(80, seed=7)
    rng = np.random.default_rng(1)
    for _ in range(5):
        path = np.cumsum(rng.random((120, 2)) * 0.6, axis=0)
        before = integral(cost, path)
        relax(cost, path, 2)
        assert integral(cost, path) <= before


# ---------------------------------------------------------------- small, odd, wrong


def test_arrival_times__of_single_rows_and_cells() -> None:
    assert arrival_times(np.ones((1, 1)), (0, 0)).time.tolist() == [[0.0]]
    line = arrival_times(np.ones((1, 60)), (0, 3)).time
    assert line[0] == pytest.approx(np.abs(np.arange(60) - 3.0), abs=1e-6)


def test_least_cost_path__to_where_it_starts() -> None:
    found = arrival_times(np.ones((9, 9)), (4, 4))
    assert path_cost(np.ones((9, 9)), least_cost_path(found, (4, 4))) == 0.0


@pytest.mark.parametrize(
    ("cost", "source", "said"),
    [
        (np.ones((5, 5)), (5, 0), "is outside the grid"),
        (np.full((5, 5), np.nan), (0, 0), "is in a closed cell"),
        (np.zeros((5, 5)), (0, 0), "must be above 0"),
        (np.where(np.eye(5) > 0, -1.0, 1.0), (0, 1), "must be above 0"),
    ],
)
def test_arrival_times__say_what_is_wrong(cost: Field, source: Place, said: str) -> None:
    with pytest.raises(InputError, match=said):
        arrival_times(cost, source)


def test_march__grows_its_queue() -> None:
    """A wave from a whole column: more cells wait at once than the queue has room for at first."""
    rows, columns = 9000, 8
    width = columns + 2 * MARGIN
    cost = np.ones((rows + 2 * MARGIN, width), dtype=np.float32)
    time = np.full(cost.shape, np.nan)
    time[MARGIN:-MARGIN, MARGIN:-MARGIN] = -np.inf
    time[MARGIN:-MARGIN, MARGIN] = 0.0
    seeds = (np.arange(MARGIN, rows + MARGIN) * width + MARGIN).astype(np.int32)
    status, accepted = march(time.ravel(), cost.ravel(), width, seeds, 1 / 32, 128, -1)
    assert (status, accepted) == (0, rows * columns)
    inner = time[MARGIN:-MARGIN, MARGIN:-MARGIN]
    assert inner == pytest.approx(np.broadcast_to(np.arange(8.0), inner.shape))


def test_march__does_the_same_interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    cost = varied(30, seed=5)
    cost[10:20, 15] = np.inf
    compiled = arrival_times(cost, (4, 4)).time
    monkeypatch.setattr(eikonal, "march", march.py_func)
    assert (arrival_times(cost, (4, 4)).time == compiled).all()


def test_trace__does_the_same_interpreted() -> None:
    cost = varied(30, seed=6)
    time = np.ascontiguousarray(arrival_times(cost, (4, 4)).time)
    args = (time, 25, 22, 4, 4, 0.5)
    assert trace.py_func(*args) == pytest.approx(trace(*args), abs=1e-9)
    assert segment.py_func(cost, 1.0, 2.0, 9.0, 7.5) == pytest.approx(
        segment(cost, 1.0, 2.0, 9.0, 7.5)
    )


def test_cost_at__is_bilinear_and_keeps_out_of_closed_cells() -> None:
    cost = np.array([[1.0, 3.0], [5.0, np.inf]])
    assert cost_at(cost, 0.0, 0.25) == pytest.approx(1.5)
    assert cost_at(cost, 0.25, 0.25) == pytest.approx((9 * 1 + 3 * 3 + 3 * 5) / 15)
    assert cost_at(cost, 0.9, 0.9) == np.inf
    assert cost_at(cost, -0.6, 0.0) == np.inf
