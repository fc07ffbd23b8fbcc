"""Delay functions against queueing theory, finite differences and quadrature."""

from math import factorial

import numpy as np
import pytest
from scipy.integrate import quad

from lajvard.assignment.delay import (
    Row,
    bpr,
    conical,
    constant,
    delay_integrals,
    delays,
    delays_and_slopes,
    facilities,
    queue,
)
from lajvard.assignment.delay_kernels import delay_at
from lajvard.errors import InputError

ROWS = {
    "constant": constant(2.0),
    "bpr": bpr(2.0, 50.0),
    "bpr-linear": bpr(1.0, 10.0, alpha=1.0, beta=1.0),
    "bpr-5.2": bpr(0.5, 80.0, alpha=0.6, beta=5.2),
    "conical": conical(2.0, 50.0, alpha=6.0),
    "queue-1": queue(1, 0.5, horizon_h=24.0),
    "queue-4": queue(4, 0.5, horizon_h=168.0, arrival_scv=2.0),
    "queue-day": queue(3, 0.4, horizon_h=720.0, open_share=0.5),
    "queue-even": queue(2, 1.0, horizon_h=24.0, arrival_scv=0.0, service_scv=0.0),
}


def at(row: Row, load: float) -> float:
    return float(delays(facilities([row]), [load])[0])


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_delays__grow_and_stay_finite(row: Row) -> None:
    capacity = row[2]
    load = np.linspace(0, 30, 3001) * capacity
    found = delays(facilities([row] * len(load)), load)
    assert np.isfinite(found).all()
    assert (np.diff(found) >= -1e-12 * found[1:]).all()


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_delays__slope_and_bend_are_derivatives(row: Row) -> None:
    one = facilities([row])
    packed = np.column_stack(one[1:])
    for x in (0.1, 0.7, 0.95, 1.2, 3.0):
        load, step = x * row[2], 1e-5 * row[2]
        _, slope, bend = delay_at.py_func(one.kind, packed, 0, load)
        around = delays_and_slopes(facilities([row] * 2), [load - step, load + step])
        assert slope == pytest.approx(np.diff(around[0])[0] / (2 * step), rel=1e-5, abs=1e-9)
        assert bend == pytest.approx(np.diff(around[1])[0] / (2 * step), rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("x", [0.0, 0.4, 0.99, 1.7])
def test_delay_integrals__are_integrals(row: Row, x: float) -> None:
    load = x * row[2]
    points = [p * row[2] for p in (0.9, 1.0) if p < x]
    wanted = quad(lambda v: at(row, v), 0, load, points=points or None, limit=200)[0]
    found = delay_integrals(facilities([row]), np.array([load]))[0]
    assert found == pytest.approx(wanted, rel=1e-8, abs=1e-12)


def test_conical__is_twice_as_long_at_capacity() -> None:
    assert at(conical(3.0, 20.0), 20.0) == pytest.approx(6.0)


@pytest.mark.parametrize("scv", [0.0, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("used", [0.3, 0.6, 0.9])
def test_queue__is_pollaczek_khinchine_for_one_server(scv: float, used: float) -> None:
    wanted = 0.25 + used * 0.25 * (1 + scv) / (2 * (1 - used))
    assert at(queue(1, 0.25, horizon_h=1e7, service_scv=scv), used * 4) == pytest.approx(
        wanted, rel=1e-4
    )


@pytest.mark.parametrize(("servers", "used"), [(2, 0.7), (4, 0.8), (10, 0.9)])
def test_queue__is_near_erlang_for_many_servers(servers: int, used: float) -> None:
    offered = servers * used
    waits = offered**servers / factorial(servers) / (1 - used)
    erlang = waits / (sum(offered**n / factorial(n) for n in range(servers)) + waits)
    wanted = erlang / (servers * (1 - used))
    assert at(queue(servers, 1.0, horizon_h=1e7), offered) - 1.0 == pytest.approx(wanted, rel=0.06)


def test_queue__beyond_capacity_is_the_mean_of_a_growing_queue() -> None:
    # 3 an hour come, 2 are served: after 10,000 h 10,000 wait, and the last one waits 5,000 h
    assert at(queue(1, 0.5, horizon_h=1e4), 3.0) == pytest.approx(2500.5, rel=0.002)


def test_queue__gate_that_is_shut_at_night_makes_wait() -> None:
    open_all_day, shut = (
        queue(4, 0.5, horizon_h=24.0),
        queue(8, 0.5, horizon_h=24.0, open_share=0.5),
    )
    assert shut[2] == open_all_day[2]
    # without traffic: half of all come while it is shut, and wait 6 h in the mean
    assert at(shut, 0.0) - at(open_all_day, 0.0) == pytest.approx(3.0)


def test_queue__load_may_be_counted_by_the_year() -> None:
    hourly, yearly = queue(2, 0.5, horizon_h=168.0), queue(2, 0.5, horizon_h=168.0, load_hours=8760)
    assert at(hourly, 3.5) == pytest.approx(at(yearly, 3.5 * 8760))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: bpr(1.0, 0.0), "bpr: capacity 0.0, expected more than 0"),
        (lambda: bpr(-1.0, 1.0), "free_h -1.0, expected 0 or more"),
        (lambda: bpr(1.0, 1.0, beta=0.5), "beta 0.5, expected 1 or more"),
        (lambda: conical(1.0, 1.0, alpha=1.0), "alpha 1.0, expected more than 1"),
        (lambda: queue(0, 1.0, horizon_h=1.0), "0 servers"),
        (lambda: queue(1, 1.0, horizon_h=1.0, open_share=1.5), "open_share 1.5"),
        (lambda: queue(1, float("nan"), horizon_h=1.0), "service_h nan"),
    ],
)
def test_rows__say_what_is_wrong(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message.replace(".", r"\.")):
        make()  # type: ignore[operator]
