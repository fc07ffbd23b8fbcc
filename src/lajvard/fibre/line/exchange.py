"""Data sent ahead of the lorry: whether they are there when it arrives, and what that is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.fibre.line.availability import YEAR_H, Availability


@dataclass(frozen=True, slots=True)
class DataLink:
    """The link over which customs offices exchange messages.

    All unit loads share it: while it is down, messages wait, and are delivered when it is up.

    Attributes
    ----------
    outages_per_year, outage_h
        How often it goes down, and how long in the mean (exponential).
    latency_h
        Time of a message on a link that is up.
    """

    outages_per_year: float = 0.0
    outage_h: float = 0.0
    latency_h: float = 0.0

    @classmethod
    def today(cls, parameters: Mapping[str, float]) -> "DataLink":
        """The link without the line."""
        return cls(parameters["data_link_outages"], parameters["data_link_outage"])

    @classmethod
    def of(cls, found: Availability, latency_ms: float = 0.0) -> "DataLink":
        """The link of a line of this availability."""
        return cls(found.outages_per_year, found.mean_outage_h, latency_ms / 3.6e6)

    @property
    def up(self) -> float:
        """Share of time that it is up."""
        return 1 - min(1.0, self.outages_per_year * self.outage_h / YEAR_H)

    @property
    def availability(self) -> Availability:
        """The link as a part of something larger."""
        return Availability(self.up, self.outages_per_year)


@dataclass(frozen=True, slots=True)
class Practice:
    """How data are sent ahead at a post.

    Attributes
    ----------
    uptake
        Share of unit loads for which they are sent at all.
    lead_h
        Mean time from sending to arrival.
    lead_shape
        Shape of the Erlang distribution of that time: 1 is exponential.
    processing_h
        Mean time in which customs works on them (exponential).
    saving
        Share of the time at the post that is saved when they were worked on before arrival.
    """

    uptake: float = 0.22
    lead_h: float = 6.0
    lead_shape: int = 2
    processing_h: float = 1.0
    saving: float = 0.15

    def __post_init__(self) -> None:
        shares = 0 <= self.uptake <= 1 and 0 <= self.saving <= 1
        if not shares or self.lead_h < 0 or self.processing_h < 0 or self.lead_shape < 1:
            remedy = "Give shares from 0 to 1, times of 0 or more and a shape of 1 or more."
            raise InputError("exchange", f"found {self}", remedy)

    @classmethod
    def of(cls, parameters: Mapping[str, float]) -> "Practice":
        """What the parameters say."""
        return cls(
            parameters["exchange_uptake"],
            parameters["exchange_lead"],
            max(1, round(parameters["exchange_lead_shape"])),
            parameters["exchange_processing"],
            parameters["exchange_saving"],
        )


def ready(practice: Practice, link: DataLink) -> float:
    """Probability that the data of a unit load are there, and worked on, when it arrives.

    Notes
    -----
    With uptake u, lead time L (Erlang, shape k, rate ν = k / mean), processing P (exponential,
    rate p) and an exponential rest of the outage D (rate d) for messages that are sent while the
    link is down: u [A P(P + ℓ < L) + (1 - A) P(D + P + ℓ < L)], where ℓ is the latency and

    P(X < L) = Σ_{j<k} ν^j / j! E[X^j exp(-νX)],

    for X = P: E[X^j exp(-νX)] = j! p / (p + ν)^(j+1), for X = D + P the convolution
    j! p d Σ_i (p + ν)^-(i+1) (d + ν)^-(j-i+1). A latency shifts X.

    Examples
    --------
    >>> sure = Practice(uptake=1.0, lead_h=1.0, lead_shape=1, processing_h=1.0)
    >>> ready(sure, DataLink())
    0.5
    """
    if practice.lead_h == 0:
        return 0.0 if practice.processing_h or link.latency_h or link.up < 1 else practice.uptake
    nu = practice.lead_shape / practice.lead_h
    means = [mean for mean in (practice.processing_h,) if mean > 0]
    while_up = _before_lead(means, nu, practice.lead_shape, link.latency_h)
    if link.up == 1 or not link.outage_h:
        return practice.uptake * while_up
    while_down = _before_lead([*means, link.outage_h], nu, practice.lead_shape, link.latency_h)
    return practice.uptake * (link.up * while_up + (1 - link.up) * while_down)


def _before_lead(means: Sequence[float], nu: float, shape: int, shift: float) -> float:
    """P(X + shift < Erlang), X a sum of at most two exponential times of these means."""
    moments = [_damped(means, nu, j) for j in range(shape)]
    # P = Σ_j E[(ν (X + shift))^j exp(-ν (X + shift))] / j!, and the powers fall apart into those
    # of X, which are in `moments`, and those of the shift
    shifts = [exp(-nu * shift)]
    for power in range(1, shape):
        shifts.append(shifts[-1] * nu * shift / power)
    return float(sum(shifts[j - i] * moments[i] for j in range(shape) for i in range(j + 1)))


def _damped(means: Sequence[float], nu: float, j: int) -> float:
    """E[(νX)^j exp(-νX)] / j! of a sum of independent exponential times of these means."""
    if not means:
        return 1.0 if j == 0 else 0.0
    x, rest = nu * means[0], means[1:]
    shares = [(x / (1 + x)) ** i / (1 + x) for i in range(j + 1)]
    return sum(share * _damped(rest, nu, j - i) for i, share in enumerate(shares))


def sample_ready(
    practice: Practice, link: DataLink, *, loads: int, years: float, seed: int
) -> NDArray[np.bool_]:
    """Unit loads drawn at random over `years`, all on one link, and whether their data were there.

    The link alternates between exponential times up and down; a message sent while it is down is
    delivered when it is up again. The slow twin of `ready`.
    """
    random = np.random.default_rng(seed)
    end = years * YEAR_H
    sent = np.sort(random.uniform(0, end, loads))
    delivered = sent + link.latency_h
    if link.outages_per_year and link.outage_h:
        up_h = link.up * YEAR_H / link.outages_per_year
        count = int(end / (up_h + link.outage_h) * 1.5 + 100)
        turns = np.empty(2 * count)
        turns[0::2] = random.exponential(up_h, count)
        turns[1::2] = random.exponential(link.outage_h, count)
        at = np.cumsum(turns)
        place = np.searchsorted(at, sent)
        down = place % 2 == 1
        delivered[down] += at[place[down]] - sent[down]
    lead = random.gamma(practice.lead_shape, practice.lead_h / practice.lead_shape, loads)
    done = delivered + random.exponential(practice.processing_h, loads)
    there = done < sent + lead
    return there & (random.random(loads) < practice.uptake)


# ---------------------------------------------------------------- at the borders


@dataclass(frozen=True, slots=True)
class DataBorder:
    """A road post of the corridor and the exchange there.

    Attributes
    ----------
    procedure_id, place, country, other_country
        The procedure at the post, its place, and whose post lies on the other side.
    exchanges
        Whether both countries are connected by an instrument of exchange today.
    mean_h
        Time at the post as it is described.
    basis
        Where that time comes from.
    """

    procedure_id: str
    place: str
    country: str
    other_country: str
    direction: str
    exchanges: bool
    mean_h: float
    basis: str


@dataclass(frozen=True, slots=True)
class DataEffect:
    """What data sent ahead do at a post, in hours a unit load.

    Attributes
    ----------
    without_h
        Time without any exchange: the described time.
    exchange_h
        With the exchange over the links that are there today.
    line_h
        With the exchange over those and the fibre line.
    full_h
        The same where every unit load sends its data, half a day ahead.
    ready_exchange, ready_line, ready_full
        Probability that the data are there, for each of the three.
    """

    post: DataBorder
    without_h: float
    exchange_h: float
    line_h: float
    full_h: float
    ready_exchange: float
    ready_line: float
    ready_full: float


FULL_LEAD_H = 12.0
"""Lead time of data sent at loading, for `Effect.full_h`."""


def posts_between(corridor: Corridor, countries: Sequence[str]) -> tuple[DataBorder, ...]:
    """The road posts of `corridor` at borders between two of these countries, in their order."""
    table, nodes = corridor.used("procedure"), corridor.used("node")
    country = dict(zip(nodes.text("node_id"), nodes.text("country"), strict=True))
    name = dict(zip(nodes.text("node_id"), nodes.text("name"), strict=True))
    connected = _connected(corridor)
    found = []
    columns = ("procedure_id", "node_id", "other_node_id", "mode", "direction", "activity", "basis")
    for ix, row in enumerate(zip(*(table.text(column) for column in columns), strict=True)):
        procedure, node, other, mode, direction, activity, basis = row
        if mode != "road" or activity != "total_clearance" or not other:
            continue
        here, there = country[node], country[other]
        if here == there or {here, there} - set(countries):
            continue
        together = any({here, there} <= members for members in connected)
        mean_h = float(table.numbers("mean_h")[ix])
        place = name[node].split(" (")[0]
        found.append(DataBorder(procedure, place, here, there, direction, together, mean_h, basis))
    return tuple(sorted(found, key=lambda post: _order(post, countries)))


def _order(post: DataBorder, countries: Sequence[str]) -> tuple[int, int, str]:
    at = countries.index(post.country), countries.index(post.other_country)
    return min(at), at[0], post.procedure_id


def _connected(corridor: Corridor) -> list[frozenset[str]]:
    """Countries that exchange data today, by instrument of exchange."""
    regimes, instruments = corridor.used("regime"), corridor.used("instrument")
    kinds = zip(regimes.text("kind"), regimes.text("instrument_id"), strict=True)
    wanted = {instrument for kind, instrument in kinds if kind == "exchange" and instrument}
    members: dict[str, set[str]] = {}
    columns = ("instrument_id", "country", "standing", "status")
    for instrument, code, standing, status in zip(
        *(instruments.text(column) for column in columns), strict=True
    ):
        if instrument in wanted and standing in ("party", "applied") and status == "operating":
            members.setdefault(instrument, set()).add(code)
    return [frozenset(codes) for codes in members.values()]


def effects_at(
    posts: Sequence[DataBorder],
    practice: Practice,
    today: DataLink,
    both: DataLink,
) -> tuple[DataEffect, ...]:
    """What the exchange, and the line for it, do at each post.

    Parameters
    ----------
    today
        The link without the line.
    both
        The line beside the links that are there today: data go over whichever is up.
    """
    full = Practice(
        1.0,
        max(practice.lead_h, FULL_LEAD_H),
        practice.lead_shape,
        practice.processing_h,
        practice.saving,
    )
    chances = ready(practice, today), ready(practice, both), ready(full, both)
    return tuple(_effect(post, practice.saving, *chances) for post in posts)


def _effect(post: DataBorder, saving: float, today: float, line: float, full: float) -> DataEffect:
    hours = [post.mean_h * (1 - saving * chance) for chance in (today, line, full)]
    return DataEffect(post, post.mean_h, hours[0], hours[1], hours[2], today, line, full)


def late_by_latency(practice: Practice, link: DataLink, more_ms: float) -> float:
    """Share of unit loads whose data come too late because messages take `more_ms` longer."""
    slower = DataLink(link.outages_per_year, link.outage_h, link.latency_h + more_ms / 3.6e6)
    return ready(practice, link) - ready(practice, slower)
