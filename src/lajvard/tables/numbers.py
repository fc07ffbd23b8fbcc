"""Numbers as a reader sees them: units, thousands, no false precision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

SPACE = "\N{NO-BREAK SPACE}"
"""A space that does not break the line, between a number and its unit."""

MISSING = "–"
"""What stands for a number that is not known."""


def rounded(value: float | None, digits: int = 0) -> str:
    """A number with thousands separators; negative `digits` round to tens, hundreds.

    >>> rounded(12345.678, 1), rounded(5432.1, -1), rounded(None), rounded(-0.2)
    ('12,345.7', '5,430', '–', '0')
    """
    if value is None or not isfinite(value):
        return MISSING
    value = round(value, digits) + 0.0
    return f"{value:,.{max(digits, 0)}f}".replace("-", "−")


def tick(value: float) -> str:
    """The number beside a tick of an axis: thousands separators, and all its decimals.

    >>> tick(2.5), tick(12000.0), tick(0.0), tick(-5.0)
    ('2.5', '12,000', '0', '−5')
    """
    return f"{value + 0.0:,.10g}".replace("-", "−")


def days(hours: float) -> str:
    r"""Hours as days, one decimal below 100 days.

    >>> days(444.0)
    '18.5\xa0days'
    """
    return f"{rounded(hours / 24, 1 if abs(hours) < 2400 else 0)}{SPACE}days"


SHORT_H = 48.0
"""Below so many hours, times are told in hours rather than days."""


def span(hours: float) -> str:
    r"""Hours as hours below two days, as days above.

    >>> span(30.4), span(72.0)
    ('30\xa0h', '3.0\xa0days')
    """
    return f"{rounded(hours)}{SPACE}h" if abs(hours) < SHORT_H else days(hours)


def figure_and_unit(hours: float) -> tuple[str, str]:
    """Hours as a figure and its unit, hours below two days.

    >>> figure_and_unit(30.4), figure_and_unit(72.0)
    (('30', 'hours'), ('3.0', 'days'))
    """
    if abs(hours) < SHORT_H:
        return rounded(hours), "hours"
    return rounded(hours / 24, 1), "days"


@dataclass(frozen=True, slots=True)
class TimeUnit:
    """A unit in which times are shown: its word, its hours, and the decimals shown."""

    word: str
    hours: float
    digits: int

    def shown(self, hours: float) -> str:
        """Hours in this unit, without the word."""
        return rounded(hours / self.hours, self.digits)

    def told(self, hours: float) -> str:
        """Hours in this unit, with the word."""
        return f"{self.shown(hours)}{SPACE}{self.word}"


def unit_for(longest_h: float) -> TimeUnit:
    """The unit in which times up to `longest_h` hours are shown.

    >>> unit_for(200.0).shown(60.0), unit_for(30.0).word
    ('2.5', 'hours')
    """
    return TimeUnit("hours", 1.0, 1) if longest_h < SHORT_H else TimeUnit("days", 24.0, 1)


def capital(text: str) -> str:
    """A sentence with a capital letter at its start.

    >>> capital("the best route: 2 h.")
    'The best route: 2 h.'
    """
    return text[:1].upper() + text[1:]


def usd(amount: float) -> str:
    r"""US dollars, to ten.

    >>> usd(5432.1)
    'USD\xa05,430'
    """
    return f"USD{SPACE}{rounded(amount, -1 if abs(amount) >= 100 else 0)}"


def km(length: float) -> str:
    r"""Kilometres.

    >>> km(3512.4)
    '3,512\xa0km'
    """
    return f"{rounded(length)}{SPACE}km"


def percent(share: float, digits: int = 0, *, sign: bool = False, plain: bool = False) -> str:
    r"""A share of one as percent; a share that is small but not nothing is not called nothing.

    Parameters
    ----------
    share
        The share; 1 is all of it.
    digits
        Decimals shown.
    sign
        Whether it is a change, which has a sign; a small one is rounded to nothing.
    plain
        For a terminal or a file: signs in place of words and of spaces that do not break.

    Examples
    --------
    >>> percent(0.372), percent(0.004), percent(0.0), percent(0.999)
    ('37\xa0%', 'below 1\xa0%', '0\xa0%', 'over 99\xa0%')
    >>> percent(-0.034, sign=True), percent(0.0004, 1, sign=True)
    ('−3\xa0%', '0.0\xa0%')
    >>> percent(0.3, plain=True), percent(0.001, plain=True), percent(0.9996, 1, plain=True)
    ('30 %', '<1 %', '>99.9 %')
    """
    space = " " if plain else SPACE
    least = 10.0 ** -(digits + 2)
    if sign:
        return f"{signed(100 * share, digits)}{space}%"
    if 0 < share <= least / 2:
        return f"{'<' if plain else 'below '}{100 * least:.{digits}f}{space}%"
    if 1 - least / 2 <= share < 1 - 1e-9:
        return f"{'>' if plain else 'over '}{100 * (1 - least):.{digits}f}{space}%"
    text = rounded(100 * share, digits)
    return f"{text.replace('−', '-') if plain else text}{space}%"


def counted(count: int, singular: str, plural: str = "") -> str:
    """A count and its noun.

    >>> counted(1, "country", "countries"), counted(1200, "row")
    ('1 country', '1,200 rows')
    """
    noun = singular if count == 1 else plural or f"{singular}s"
    return f"{count:,} {noun}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words as an enumeration.

    >>> listed(["road"]), listed(["road", "rail", "sea"])
    ('road', 'road, rail and sea')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def in_words(day: date) -> str:
    """A date as a reader writes it.

    >>> in_words(date(2025, 6, 1))
    '1 June 2025'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def signed(value: float, digits: int = 1) -> str:
    """A number with its sign.

    >>> signed(1.25, 1), signed(-0.04, 1), signed(0.0)
    ('+1.2', '0.0', '0.0')
    """
    text = rounded(value, digits)
    if text == MISSING:
        return text
    zero = not text.strip("0.,−")
    return text.replace("−", "") if zero else text if value < 0 else f"+{text}"
