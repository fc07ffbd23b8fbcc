"""Delay functions of roads, border posts, ports and fleets."""

from collections.abc import Iterable
from math import sqrt

import numpy as np

from lajvard.assignment.arrays import Facilities, FacilityKind, FloatArray
from lajvard.assignment.delay_kernels import fill_delays
from lajvard.errors import InputError

Row = tuple[FacilityKind, float, float, float, float, float, float, float]


def constant(free_h: float) -> Row:
    """A facility whose delay is the same under any load.

    >>> constant(2.0)[1]
    2.0
    """
    return _row(FacilityKind.CONSTANT, free_h, 1.0)


def bpr(free_h: float, capacity: float, *, alpha: float = 0.15, beta: float = 4.0) -> Row:
    """Delay ``free_h * (1 + alpha * (load / capacity) ** beta)`` [1]_.

    References
    ----------
    .. [1] Bureau of Public Roads (1964), Traffic Assignment Manual, Washington DC.

    Examples
    --------
    >>> road = facilities([bpr(2.0, 100.0)])
    >>> delays(road, [100.0])
    array([2.3])
    """
    _check("bpr", free_h=free_h, alpha=alpha)
    _check("bpr", above=0.0, capacity=capacity)
    if not (np.isfinite(beta) and beta >= 1.0):
        raise InputError(
            "bpr", f"beta {beta}, expected 1 or more", "Use constant() for a power of 0."
        )
    return _row(FacilityKind.BPR, free_h, capacity, alpha, beta)


def conical(free_h: float, capacity: float, *, alpha: float = 4.0) -> Row:
    """Delay that is twice `free_h` at capacity and grows linearly far beyond it [1]_.

    ``free_h * (2 + sqrt(a² (1 - x)² + b²) - a (1 - x) - b)`` with x = load / capacity, a = `alpha`
    and b = (2 a - 1) / (2 a - 2).

    References
    ----------
    .. [1] Spiess (1990), Conical volume-delay functions, Transportation Science 24:153-158.

    Examples
    --------
    >>> delays(facilities([conical(1.0, 50.0)] * 2), [0.0, 50.0])
    array([1., 2.])
    """
    _check("conical", free_h=free_h)
    _check("conical", above=0.0, capacity=capacity)
    _check("conical", above=1.0, alpha=alpha)
    return _row(FacilityKind.CONICAL, free_h, capacity, alpha)


def queue(
    servers: float,
    service_h: float,
    *,
    horizon_h: float,
    open_share: float = 1.0,
    cycle_h: float = 24.0,
    load_hours: float = 1.0,
    arrival_scv: float = 1.0,
    service_scv: float = 1.0,
) -> Row:
    """Mean time at a border post or port: service, waiting for opening, queueing.

    Parameters
    ----------
    servers, service_h
        Parallel lanes, officers or berths, >= 1, and hours that one of them takes, > 0.
    horizon_h
        How long the load lasts, in hours: a queue beyond capacity grows that long.
    open_share, cycle_h
        Share of each cycle in which there is service, > 0 up to 1, and the length of a cycle.
    load_hours
        Over how many hours the load is counted: 1 for lorries an hour, 8760 for lorries a year.
    arrival_scv, service_scv
        Squared coefficients of variation of times between arrivals, and of service times.

    Returns
    -------
    tuple
        A row for `facilities`. Its capacity is ``servers * open_share / service_h * load_hours``.

    Notes
    -----
    With x the load over capacity Q per hour, a the open share, C the cycle, T the horizon, c
    servers and K half the sum of both squared coefficients of variation, the delay is::

        service_h + C (1 - a)² / (2 (1 - a min(1, x)))
                  + T / 4 (x - 1 + sqrt((x - 1)² + 8 K x^e / (Q T))),   e = sqrt(2 (c + 1)) - 1

    The first queueing term is Webster's delay of even arrivals at a gate that is shut for a part
    of each cycle [1]_. The second is the time-dependent form of Kimber and Hollis [2]_ as written
    by Akçelik [3]_: for small x and long T it is the steady-state queue of Sakasegawa's
    approximation, ``K x^e / (Q (1 - x))`` [4]_, which for one server is Pollaczek and Khinchine's
    formula; for large x it is the mean delay ``T (x - 1) / 2`` of a queue that grows all the time.
    It is finite and strictly increasing everywhere.

    References
    ----------
    .. [1] Webster (1958), Traffic signal settings, Road Research Technical Paper 39, HMSO.
    .. [2] Kimber, Hollis (1979), Traffic queues and delays at road junctions, TRRL LR 909.
    .. [3] Akçelik (1991), Travel time functions for transport planning purposes: Davidson's
       function, its time-dependent form and an alternative, Australian Road Research 21(3):49-59.
    .. [4] Sakasegawa (1977), An approximation formula Lq = α ρ^β / (1 - ρ), Annals of the
       Institute of Statistical Mathematics 29:67-75.

    Examples
    --------
    A post that handles a lorry in half an hour, half used: as M/M/1, 0.5 h of waiting.

    >>> post = facilities([queue(1, 0.5, horizon_h=1e6)])
    >>> delays(post, [1.0]).round(3)
    array([1.])
    """
    _check("queue", arrival_scv=arrival_scv, service_scv=service_scv)
    _check(
        "queue", above=0.0, service_h=service_h, horizon_h=horizon_h, cycle_h=cycle_h,
        load_hours=load_hours, open_share=open_share,
    )  # fmt: skip
    if not (np.isfinite(servers) and servers >= 1.0):
        raise InputError("queue", f"{servers} servers, expected 1 or more")
    if open_share > 1.0:
        raise InputError("queue", f"open_share {open_share}, expected a share up to 1")
    per_h = servers * open_share / service_h
    variability = (arrival_scv + service_scv) / 2
    alpha = 8 * variability / (per_h * horizon_h)
    power = sqrt(2 * (servers + 1)) - 1
    what = FacilityKind.QUEUE
    return _row(what, service_h, per_h * load_hours, alpha, power, horizon_h, open_share, cycle_h)


def facilities(rows: Iterable[Row]) -> Facilities:
    """Facilities from rows that `bpr`, `conical`, `queue` and `constant` make.

    >>> facilities([bpr(1.0, 10.0), constant(3.0)]).capacity
    array([10.,  1.])
    """
    table = np.array(list(rows), dtype=np.float64).reshape(-1, len(Facilities._fields)).T
    columns = [np.ascontiguousarray(column) for column in table[1:]]
    made = Facilities(table[0].astype(np.int8), *columns)
    for column in made:
        column.flags.writeable = False
    return made


def delays(what: Facilities, load: FloatArray | Iterable[float]) -> FloatArray:
    """Delay in hours at each facility under a load, (n_facilities,)."""
    return delays_and_slopes(what, load)[0]


def delays_and_slopes(
    what: Facilities, load: FloatArray | Iterable[float]
) -> tuple[FloatArray, FloatArray]:
    """Delay in hours at each facility, and its derivative by load: (n_facilities,) each."""
    load = np.array(load, dtype=np.float64)
    delay, slope = np.empty((2, len(load)))
    kind = np.array(what.kind, dtype=np.int8)
    kind.flags.writeable = False
    fill_delays(kind, packed_parameters(what), load, delay, slope)
    return delay, slope


def packed_parameters(what: Facilities) -> FloatArray:
    """The parameters of each facility side by side, as the kernels take them."""
    packed = np.ascontiguousarray(np.column_stack(what[1:]), dtype=np.float64)
    packed.flags.writeable = False
    return packed


def delay_integrals(what: Facilities, load: FloatArray) -> FloatArray:
    """Integral of the delay from no load up to `load`, (n_facilities,).

    BPR and conical in closed form; queues by Gauss-Legendre quadrature on panels that narrow
    towards capacity, where the curve bends.
    """
    found = what.free_h * load
    is_bpr, is_conical = what.kind == FacilityKind.BPR, what.kind == FacilityKind.CONICAL
    x = load / what.capacity
    power = what.beta[is_bpr] + 1
    found[is_bpr] += (what.free_h * what.alpha * what.capacity)[is_bpr] * x[is_bpr] ** power / power
    alpha = what.alpha[is_conical]
    beta = (2 * alpha - 1) / (2 * alpha - 2)
    y = x[is_conical]
    cone = (2 - beta) * y - alpha * (y - y * y / 2)
    cone += (_cone(alpha, beta) - _cone(alpha * (1 - y), beta)) / alpha
    found[is_conical] = (what.free_h * what.capacity)[is_conical] * cone
    for ix in np.flatnonzero(what.kind == FacilityKind.QUEUE):
        found[ix] = _queue_integral(what, int(ix), load[ix])
    return found


def _cone(u: FloatArray, beta: FloatArray) -> FloatArray:
    """Antiderivative of ``sqrt(u² + beta²)``."""
    found: FloatArray = (u * np.sqrt(u * u + beta * beta) + beta * beta * np.arcsinh(u / beta)) / 2
    return found


def _queue_integral(what: Facilities, ix: int, load: float) -> float:
    bends = np.sqrt(what.alpha[ix]) * 4.0 ** np.arange(-3, 12)
    cuts = np.concatenate([[0.0], 1 - bends, [1.0], 1 + bends]) * what.capacity[ix]
    cuts = np.append(np.unique(cuts[(cuts >= 0) & (cuts < load)]), load)
    node, weight = np.polynomial.legendre.leggauss(24)
    half = np.diff(cuts)[:, None] / 2
    points = ((cuts[:-1, None] + half) + half * node).ravel()
    same = np.full(len(points), ix)
    many = Facilities(what.kind[same], *(column[same] for column in what[1:]))
    return float((half * weight).ravel() @ delays(many, points))


def _row(
    kind: FacilityKind,
    free_h: float,
    capacity: float,
    alpha: float = 0.0,
    beta: float = 0.0,
    horizon_h: float = 0.0,
    open_share: float = 1.0,
    cycle_h: float = 24.0,
) -> Row:
    _check(kind.name.lower(), free_h=free_h)
    return kind, free_h, capacity, alpha, beta, horizon_h, open_share, cycle_h


def _check(where: str, *, above: float | None = None, **values: float) -> None:
    """Every value is a number that is >= 0, or more than `above`."""
    for name, value in values.items():
        if not np.isfinite(value) or (value <= above if above is not None else value < 0):
            wanted = "0 or more" if above is None else f"more than {above:g}"
            raise InputError(where, f"{name} {value}, expected {wanted}")
