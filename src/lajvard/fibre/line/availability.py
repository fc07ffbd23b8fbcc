"""How often the line is down, for how long, with one way and with two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log1p, prod

import numpy as np
from numpy.typing import NDArray

from lajvard.errors import InputError

YEAR_H = 8766.0
"""Hours of a mean year."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that fails and is repaired.

    Attributes
    ----------
    rate_per_year
        Failures in a year of being up.
    repair_h
        Mean time until it is up again, travel and ship included.
    ways
        Which of the two ways are down with it: 0, 1 or both. What is in both is a shared risk.
    by_ship
        Whether the repair waits for a cable ship.
    """

    name: str
    rate_per_year: float
    repair_h: float
    ways: tuple[int, ...] = (0,)
    by_ship: bool = False

    def __post_init__(self) -> None:
        if self.rate_per_year < 0 or self.repair_h < 0 or not set(self.ways) <= {0, 1}:
            remedy = "Give a rate and a time of 0 or more, and ways 0 and 1."
            raise InputError(f"part '{self.name}'", f"found {self}", remedy)

    @property
    def up(self) -> float:
        """Share of time that it is up: 1 / (1 + λ r), whatever the distributions."""
        return 1 / (1 + self.rate_per_year * self.repair_h / YEAR_H)


@dataclass(frozen=True, slots=True)
class Availability:
    """How available something is.

    Attributes
    ----------
    share
        Share of time that it is up.
    outages_per_year
        How often it goes down in a year.
    """

    share: float
    outages_per_year: float
    causes: tuple["OutageCause", ...] = ()

    @property
    def down_h_per_year(self) -> float:
        """Expected hours down in a year."""
        return (1 - self.share) * YEAR_H

    @property
    def mean_outage_h(self) -> float:
        """Mean length of an outage, 0 without any."""
        return self.down_h_per_year / self.outages_per_year if self.outages_per_year else 0.0

    def outage_h(self, quantile: float) -> float:
        """Length that this share of the outages does not pass: the bursts.

        Of the mixture of exponential lengths of the causes, outages that overlap left out.
        """
        from scipy.optimize import brentq

        if not 0 < quantile < 1:
            raise InputError("quantile", f"{quantile:g} found", "Give a share between 0 and 1.")
        total = sum(cause.outages_per_year for cause in self.causes)
        if not total:
            return 0.0

        def too_many(length_h: float) -> float:
            longer = sum(
                cause.outages_per_year * exp(-length_h / cause.mean_h)
                for cause in self.causes
                if cause.mean_h
            )
            return longer - (1 - quantile) * total

        if too_many(0.0) <= 0:  # so many outages have no length
            return 0.0
        highest = max(cause.mean_h for cause in self.causes) * -log1p(-quantile)
        return float(brentq(too_many, 0.0, highest * (1 + 1e-9), xtol=1e-12 * highest))


@dataclass(frozen=True, slots=True)
class OutageCause:
    """A part, or two at once, that takes the line down."""

    name: str
    outages_per_year: float
    mean_h: float

    @property
    def down_h_per_year(self) -> float:
        """Hours that it costs in a year."""
        return self.outages_per_year * self.mean_h


def one_way(parts: Sequence[Part], way: int = 0) -> Availability:
    """Availability over one way alone.

    Notes
    -----
    Parts in series that fail and are repaired independently: the share is the product of their
    shares, and it goes down Σλ times a year of being up, whatever the distributions [1]_.

    References
    ----------
    .. [1] Birolini (2017), Reliability Engineering, 8th ed., chapter 6; the parameters are those
       of ITU-T G.911.

    Examples
    --------
    >>> cable = Part("cable", 2.0, 87.66)
    >>> found = one_way([cable])
    >>> round(found.share, 4), round(found.outages_per_year, 3)
    (0.9804, 1.961)
    """
    return _serial([part for part in parts if way in part.ways])


def _serial(parts: Sequence[Part]) -> Availability:
    share = prod(part.up for part in parts)
    causes = (
        OutageCause(part.name, share * part.rate_per_year, part.repair_h)
        for part in parts
        if part.rate_per_year
    )
    ordered = tuple(sorted(causes, key=lambda cause: -cause.down_h_per_year))
    return Availability(share, sum(cause.outages_per_year for cause in ordered), ordered)


def two_ways(parts: Sequence[Part]) -> Availability:
    """Availability where traffic takes whichever of two ways is up.

    Notes
    -----
    Parts of both ways are in series with the pair of what is in one way only. With S for the
    shared parts and U, ν for the share of time down and the frequency of each way's own parts,
    the line is up a share A = S (1 - U₀ U₁) of time, and goes down A Σλ_shared +
    S (U₀ ν₁ + U₁ ν₀) times a year. Exact for independent parts in the steady state; the switch
    between the ways takes no time.
    """
    shared = _serial([part for part in parts if len(set(part.ways)) == 2])
    own = [_serial([p for p in parts if set(p.ways) == {way}]) for way in (0, 1)]
    down = [1 - one.share for one in own]
    share = shared.share * (1 - down[0] * down[1])
    rest = 1 - down[0] * down[1]
    causes = [
        OutageCause(cause.name, cause.outages_per_year * rest, cause.mean_h)
        for cause in shared.causes
    ]
    both = shared.share * (down[0] * own[1].outages_per_year + down[1] * own[0].outages_per_year)
    causes += _pairs(own[0], own[1], both)
    ordered = tuple(sorted(causes, key=lambda cause: -cause.down_h_per_year))
    return Availability(share, sum(cause.outages_per_year for cause in ordered), ordered)


def _pairs(first: Availability, second: Availability, total: float) -> list[OutageCause]:
    """Failures of both ways at once, by pair of parts; together `total` a year."""
    found = [
        OutageCause(
            f"{a.name} and {b.name}",
            a.outages_per_year * b.outages_per_year * (a.mean_h + b.mean_h) / YEAR_H,
            a.mean_h * b.mean_h / (a.mean_h + b.mean_h) if a.mean_h + b.mean_h else 0.0,
        )
        for a in first.causes
        for b in second.causes
    ]
    rough = sum(cause.outages_per_year for cause in found)
    if not rough:
        return []
    return [OutageCause(c.name, c.outages_per_year * total / rough, c.mean_h) for c in found]


def in_series(*found: Availability) -> Availability:
    """Availability of stretches one after the other that fail independently.

    Examples
    --------
    >>> half = Availability(0.5, 10.0)
    >>> in_series(half, half)
    Availability(share=0.25, outages_per_year=10.0, causes=())
    """
    share = prod(one.share for one in found)
    causes = [
        OutageCause(c.name, c.outages_per_year * share / one.share, c.mean_h)
        for one in found
        for c in one.causes
    ]
    frequency = sum(one.outages_per_year * share / one.share for one in found)
    ordered = tuple(sorted(causes, key=lambda cause: -cause.down_h_per_year))
    return Availability(share, frequency, ordered)


def beside(first: Availability, second: Availability) -> Availability:
    """Availability where either of two independent things is enough.

    Examples
    --------
    >>> half = Availability(0.5, 10.0)
    >>> beside(half, half)
    Availability(share=0.75, outages_per_year=10.0, causes=())
    """
    down = 1 - first.share, 1 - second.share
    total = down[0] * second.outages_per_year + down[1] * first.outages_per_year
    return Availability(1 - down[0] * down[1], total, tuple(_pairs(first, second, total)))


def sample_outages(
    parts: Sequence[Part], years: float, *, seed: int, protected: bool = True
) -> NDArray[np.float64]:
    """Outages drawn at random: (n_outages, 2) hours from and until, ascending.

    Every part alternates between exponential times up and down, from up at hour 0.
    """
    random = np.random.default_rng(seed)
    end = years * YEAR_H
    by_way: dict[frozenset[int], list[NDArray[np.float64]]] = {}
    for part in parts:
        if part.rate_per_year and part.repair_h:
            drawn = _alternating(random, YEAR_H / part.rate_per_year, part.repair_h, end)
            by_way.setdefault(frozenset(part.ways), []).append(drawn)
    empty = np.empty((0, 2))

    def joined(*ways: frozenset[int]) -> NDArray[np.float64]:
        return _union([*(spans for way in ways for spans in by_way.get(way, ())), empty])

    both = frozenset((0, 1))
    if not protected:
        return joined(frozenset((0,)), both)
    own = _meet(joined(frozenset((0,))), joined(frozenset((1,))))
    return _union([own, joined(both)])


def _alternating(
    random: np.random.Generator, up_h: float, down_h: float, end: float
) -> NDArray[np.float64]:
    count = int(end / (up_h + down_h) * 1.2 + 50)
    while True:
        turns = np.empty(2 * count)
        turns[0::2], turns[1::2] = (random.exponential(mean, count) for mean in (up_h, down_h))
        at = np.cumsum(turns)
        if at[-1] > end:
            spans = at.reshape(-1, 2)
            return np.minimum(spans[spans[:, 0] < end], end)
        count *= 2


def _union(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Spans in which any of the parts is down."""
    spans = np.concatenate(parts)
    if not len(spans):
        return spans
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    until = np.maximum.accumulate(spans[:, 1])
    begins = np.concatenate([[True], spans[1:, 0] > until[:-1]])
    ends = np.concatenate([until[:-1][begins[1:]], until[-1:]])
    return np.column_stack([spans[begins, 0], ends])


def _meet(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spans in which both are down; spans of each do not overlap among themselves."""
    found, j = [], 0
    for start, end in first:
        while j < len(second) and second[j, 1] <= start:
            j += 1
        k = j
        while k < len(second) and second[k, 0] < end:
            found.append((max(start, second[k, 0]), min(end, second[k, 1])))
            k += 1
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def ship_sweep(
    parts: Sequence[Part], days: Sequence[float]
) -> Mapping[float, tuple[Availability, Availability]]:
    """Availability over one way and over two, by days until a ship has repaired."""
    found = {}
    for each in days:
        changed = [replace(p, repair_h=24.0 * each) if p.by_ship else p for p in parts]
        found[each] = one_way(changed), two_ways(changed)
    return found
