"""What the description says of how freight chooses its way: parameters, ways, observed shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from lajvard.case.channels import Channels
from lajvard.case.choice import Alternative, Choice
from lajvard.case.queueing import MAX_UTILISATION, SERVICE_SHARE
from lajvard.case.years import EVEN_WEEK
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.network.calendars import DAYS
from lajvard.routes import Weights

TOPIC = "flows"


@dataclass(frozen=True, slots=True)
class CaseParameters:
    """Numbers that routes, flows and simulation assume beyond the other tables.

    Each default holds where a corridor has no row for it in the table `parameter`. Rows are called
    like the attributes, those of the topic ``flows`` with that word before them, as
    ``flows-scale``; channels are ``channel-green`` and so on, weekdays ``weekday-mon``.

    Attributes
    ----------
    scale
        Scale of the logit, as a share of the least generalised cost of a choice set.
    nest
        Dissimilarity of routes by one main mode, in (0, 1].
    reliability_h_h2
        Hours of mean time that an h² of variance of the time is worth.
    risk_h
        Hours that a unit of risk, -ln(1 - share of time closed), is worth.
    empty_share
        Share of the unit loads without a load the other way that goes back empty by the pair.
    fill
        Share of the capacity of a service without observed volume that the described flows fill.
    horizon_h
        How long a load lasts that a post cannot serve, in hours.
    growth
        Growth of all flows a year, as a share.
    service_share, max_utilisation
        Of calibrated border posts: least share of the mean clearance that is service, and most
        that the servers are busy at the described traffic; see `lajvard.case.queueing`.
    patience_h
        How long a lorry waits at a closed border or road, once it knows of it at the last place
        from which another of its routes goes, before it takes that route. Two days: the loss of
        about a sixth of a long journey.
    least_share
        A route that fewer than this share of a flow take in normal times is no way around a
        closure: its posts could not take the others.
    weekdays
        Factors of the days of a week, from Monday on, by which unit loads leave.
    channels
        Of procedures that need the exchange of data.
    yard_h
        Room of an inbound post, in hours of its traffic beside those in service and on the way
        from the other side: when it is full, the post there lets nobody go. Infinite for no limit.
    yard_least
        Least room of such a post, in unit loads.
    shares
        Shares by name of a flow instead of the logit, in the order of its choice set.
    """

    scale: float = 0.1
    nest: float = 1.0
    reliability_h_h2: float = 0.0
    risk_h: float = 0.0
    empty_share: float = 0.8
    fill: float = 0.85
    horizon_h: float = 720.0
    growth: float = 0.0
    service_share: float = SERVICE_SHARE
    max_utilisation: float = MAX_UTILISATION
    patience_h: float = 48.0
    least_share: float = 0.1
    weekdays: tuple[float, ...] = EVEN_WEEK
    channels: Channels = field(default_factory=Channels)
    yard_h: float = 48.0
    yard_least: int = 20
    shares: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, corridor: Corridor) -> "CaseParameters":
        """The parameters with what the table `parameter` of a corridor states instead.

        Raises
        ------
        InputError
            Channels without probabilities, or weekdays of which none is above 0.

        Examples
        --------
        >>> from lajvard.corridor import built_in
        >>> CaseParameters.of(built_in()).patience_h
        48.0
        """
        stated = stated_parameters(corridor)
        plain = {name: value for name, value in stated.items() if name in PLAIN}
        channels = {
            name: stated[f"channel-{name}"]
            for name in Channels.__dataclass_fields__
            if f"channel-{name}" in stated
        }
        days = tuple(stated.get(f"weekday-{day}", 1.0) for day in DAYS)
        if min(days) < 0 or not sum(days) > 0:
            raise InputError("parameter", f"weekdays {list(days)}", "Give factors of at least 0.")
        return cls(weekdays=days, channels=replace(Channels(), **channels), **plain)  # type: ignore[arg-type]

    @property
    def has_yards(self) -> bool:
        """True where inbound posts have limited room."""
        return self.yard_h < inf

    def choice(self, value_of_time_usd_h: float) -> Choice:
        """How unit loads of a value of time choose their routes."""
        hour = value_of_time_usd_h
        weights = Weights(
            value_of_time_usd_h=hour,
            variance_usd_h2=self.reliability_h_h2 * hour,
            risk_usd=self.risk_h * hour,
        )
        return Choice(
            scale=self.scale, nest=self.nest, fill=self.fill, weights=weights, shares=self.shares
        )


PLAIN = frozenset(CaseParameters.__dataclass_fields__) - {
    "channels",
    "shares",
    "weekdays",
    "yard_least",
}
"""Parameters of which the table holds one number each."""


def stated_parameters(corridor: Corridor) -> dict[str, float]:
    """Values of the table `parameter` by the name of the attribute that they set."""
    table = corridor.used("parameter")
    rows = zip(
        table.text("parameter_id"),
        table.text("topic"),
        table.numbers("value").tolist(),
        strict=True,
    )
    return {
        name.removeprefix(f"{TOPIC}-").replace("-", "_") if topic == TOPIC else name: value
        for name, topic, value in rows
    }


def stated_growth(corridor: Corridor) -> CaseParameters:
    """The parameters of a corridor that states a growth; there is no default for it.

    Raises
    ------
    InputError
        It states none.
    """
    if "growth" not in stated_parameters(corridor):
        remedy = f"Add a row '{TOPIC}-growth' to parameter.csv, such as 0.03."
        raise InputError("years", "the corridor states no growth", remedy)
    return CaseParameters.of(corridor)


def alternatives_of(corridor: Corridor) -> tuple[Alternative, ...]:
    """The named alternatives of a corridor, by its table `alternative`.

    >>> from lajvard.corridor import built_in
    >>> alternatives_of(built_in())[0].name
    'lapis_lazuli'
    """
    table = corridor.used("alternative")
    via, avoid = table.lists("via"), table.lists("avoid")
    return tuple(
        Alternative(name, title, tuple(via[ix]), tuple(avoid[ix]))
        for ix, (name, title) in enumerate(
            zip(table.text("alternative_id"), table.text("name"), strict=True)
        )
    )


@dataclass(frozen=True, slots=True)
class ObservedShare:
    """A row of the table `share`: how many of some flows take one of several ways."""

    share_id: str
    title: str
    flows: tuple[str, ...]
    unit: str
    passes: tuple[str, ...]
    among: tuple[str, ...]
    value: float
    fitted: bool
    basis: str
    source_ids: tuple[str, ...]


def observed_shares(corridor: Corridor) -> tuple[ObservedShare, ...]:
    """The observed shares that a corridor states."""
    table = corridor.used("share")
    lists = {name: table.lists(name) for name in ("demand_id", "passes", "among", "source_id")}
    texts = {name: table.text(name) for name in ("share_id", "title", "unit", "basis")}
    values, fitted = table.numbers("value"), table.flags("fitted")
    return tuple(
        ObservedShare(
            texts["share_id"][ix],
            texts["title"][ix],
            tuple(lists["demand_id"][ix]),
            texts["unit"][ix],
            tuple(lists["passes"][ix]),
            tuple(lists["among"][ix]),
            float(values[ix]),
            bool(fitted[ix]),
            texts["basis"][ix],
            tuple(one for one in lists["source_id"][ix] if one != "estimate"),
        )
        for ix in range(len(table))
    )
