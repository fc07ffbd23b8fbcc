"""Green, yellow and red channel of procedures to which data are sent ahead."""

from dataclasses import dataclass, replace

from lajvard.corridor import Corridor
from lajvard.errors import InputError


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
