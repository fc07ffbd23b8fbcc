"""What the description does not say and a simulation has to assume, in one place.

Every value is an estimate of the editors: none is published. Each can be changed by a row of the
table `parameter` of a corridor or a scenario; `PARAMETERS` lists their identifiers.
"""

from dataclasses import dataclass, replace
from math import inf

from lajvard.case.queueing import MAX_UTILISATION, SERVICE_SHARE
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.network.rules import DAYS
from lajvard.twin.arrivals import EVEN_WEEK


@dataclass(frozen=True, slots=True)
class Channels:
    """Green, yellow and red channel of a procedure to which data are sent ahead.

    All unit loads take the time of the green channel; yellow and red ones take more. The times
    are shares of the described mean, chosen so that the mean over the channels is the described
    one. While the data link is down, nobody goes green.

    Attributes
    ----------
    green, yellow
        Probabilities of the channels; the rest is red.
    yellow_extra
        Time that yellow adds to green, in units of the time of the green channel.
    red_extra
        Time that red adds to green, likewise.
    outages_per_year, outage_h
        How often the data link is down, and how long in the mean.
    """

    green: float = 0.7
    yellow: float = 0.25
    yellow_extra: float = 1.0
    red_extra: float = 5.0
    outages_per_year: float = 6.0
    outage_h: float = 24.0

    def __post_init__(self) -> None:
        if min(self.green, self.yellow) < 0 or self.green + self.yellow > 1:
            raise InputError("channels", f"{self} has no probabilities", "Give a sum of at most 1.")

    def described_by(self, corridor: Corridor) -> "Channels":
        """These channels with the outages that the table `parameter` of a corridor states.

        `data_link_outages` a year and their length `data_link_outage` in hours take the place of
        the defaults, not of other values that were asked for.
        """
        table, default = corridor.used("parameter"), Channels()
        stated = dict(zip(table.text("parameter_id"), table.numbers("value"), strict=True))
        events, length = self.outages_per_year, self.outage_h
        if (events, length) == (default.outages_per_year, default.outage_h):
            events = float(stated.get("data_link_outages", events))
            length = float(stated.get("data_link_outage", length))
        return replace(self, outages_per_year=events, outage_h=length)

    @property
    def red(self) -> float:
        """Probability of the red channel."""
        return max(0.0, 1 - self.green - self.yellow)

    @property
    def base(self) -> float:
        """Time of the green channel as a share of the described mean.

        >>> round(Channels().base, 4)
        0.6667
        """
        return 1 / (1 + self.yellow * self.yellow_extra + self.red * self.red_extra)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a simulation assumes beyond the description; all estimates.

    Attributes
    ----------
    patience_h
        How long a lorry waits at a closed border or road, once it knows of it at the last place
        from which another of its routes goes, before it takes that route. Two days: the loss of
        about a sixth of a long journey.
    least_share
        A route that fewer than this share of a flow take in normal times is no way around a
        closure: its posts could not take the others.
    service_share, max_utilisation
        Of calibrated border posts, see `lajvard.case.queueing`.
    weekdays
        Factors of the days of a week, from Monday on, by which unit loads leave.
    channels
        Of procedures that need the exchange of data.
    yard_h
        Room of an inbound post, in hours of its traffic beside those in service and on the way
        from the other side: when it is full, the post there lets nobody go. Infinite for no limit.
    yard_least
        Least room of such a post, in unit loads.
    """

    patience_h: float = 48.0
    least_share: float = 0.1
    service_share: float = SERVICE_SHARE
    max_utilisation: float = MAX_UTILISATION
    weekdays: tuple[float, ...] = EVEN_WEEK
    channels: Channels = Channels()
    yard_h: float = 48.0
    yard_least: int = 20

    @classmethod
    def of(cls, corridor: Corridor) -> "Assumptions":
        """The assumptions with what the table `parameter` says instead, by `PARAMETERS`.

        Raises
        ------
        InputError
            Channels without probabilities, or a weekday that is less than 0.

        Examples
        --------
        >>> from lajvard.corridor import built_in
        >>> Assumptions.of(built_in()).patience_h
        48.0
        """
        table = corridor.used("parameter")
        rows = zip(table.text("parameter_id"), table.numbers("value").tolist(), strict=True)
        stated = {name: value for name, value in rows if name in PARAMETERS}
        channels = {name[8:]: value for name, value in stated.items() if name[:8] == "channel-"}
        whole = {name: value for name, value in stated.items() if name in _OWN}
        days = tuple(stated.get(f"weekday-{day}", 1.0) for day in DAYS)
        if min(days) < 0 or not sum(days) > 0:
            raise InputError("parameter", f"weekdays {list(days)}", "Give factors of at least 0.")
        return cls(
            weekdays=days,
            channels=replace(Channels(), **{k.replace("-", "_"): v for k, v in channels.items()}),
            **{name.replace("-", "_"): value for name, value in whole.items()},
        )

    @property
    def has_yards(self) -> bool:
        """Whether inbound posts have limited room."""
        return self.yard_h < inf


_OWN = ("patience_h", "least_share", "service_share", "max_utilisation", "yard_h")
_OF_CHANNELS = ("green", "yellow", "yellow_extra", "red_extra", "outages_per_year", "outage_h")
PARAMETERS = (
    *_OWN,
    *(f"channel-{name}" for name in _OF_CHANNELS),
    *(f"weekday-{day}" for day in DAYS),
)
"""Identifiers in the table `parameter` that a simulation reads."""
