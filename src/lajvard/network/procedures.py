"""Procedures of a description as values: the one place that reads the table `procedure`."""

from dataclasses import dataclass

import numpy as np

from lajvard.corridor import Corridor
from lajvard.errors import InputError

Shape = tuple[str | float, ...]
"""Form of a distribution of mean 1 and its coefficient of variation; then values, if observed."""

StationKey = tuple[str, str, str, str, str]
"""Place, other side, mode, direction and activity of a station."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """An activity at a place, as described.

    Attributes
    ----------
    row
        Index among the used rows.
    key
        The station at which it is done. Rows for both directions share their servers, rows for one
        direction have servers of their own.
    mean_h, cv
        Mean time in hours and its coefficient of variation; of an empirical one `shape_cv` is that
        of its observed times.
    servers
        How many are dealt with at once, 0 where not described.
    exchange
        The instrument of data exchange by which it is done in channels, if there is one.
    fee_usd
        Not a number where not known.
    part_of
        The procedure that includes this one; it is then not done by itself.
    cargo_classes
        For which classes it is, empty for all.
    """

    row: int
    procedure_id: str
    key: StationKey
    mean_h: float
    cv: float
    form: str
    servers: int
    calendar_id: str
    basis: str
    exchange: str
    yard: int
    values_h: tuple[float, ...]
    fee_usd: float
    part_of: str
    cargo_classes: tuple[str, ...]

    @property
    def is_whole_post(self) -> bool:
        """True for the time of a post as a whole, queue included."""
        return self.key[4] == "total_clearance"

    @property
    def is_station(self) -> bool:
        """True where it has servers: a whole post, described servers or opening hours."""
        return self.mean_h > 0 and bool(self.is_whole_post or self.servers or self.calendar_id)

    @property
    def shape_cv(self) -> float:
        """Coefficient of variation of its form.

        Raises
        ------
        InputError
            An empirical form without observed times.
        """
        if self.form != "empirical":
            return {"fixed": 0.0, "exponential": 1.0}.get(self.form, self.cv)
        values = self.values_h
        if len(values) < 2 or min(values) < 0 or max(values) <= 0:
            found = f"an empirical distribution with values_h {list(values)}"
            remedy = "Give at least two observed times in hours, separated by semicolons."
            raise InputError(f"procedure '{self.procedure_id}'", found, remedy)
        return float(np.std(values) / np.mean(values))

    @property
    def shape(self) -> Shape:
        """Form of its time, with the observed times of an empirical one."""
        if self.form == "empirical":
            return (self.form, self.shape_cv, *self.values_h)
        return (self.form, self.cv)


def read_procedures(corridor: Corridor) -> tuple[Procedure, ...]:
    """The procedures of a corridor, in the order of their rows."""
    table = corridor.used("procedure")
    exchanges = exchange_instruments(corridor)
    names = ("node_id", "other_node_id", "mode", "direction", "activity")
    keys = zip(*(table.text(name) for name in names), strict=True)
    names = ("procedure_id", "distribution", "calendar_id", "basis", "part_of")
    texts = zip(*(table.text(name) for name in names), strict=True)
    numbers = [np.nan_to_num(table.numbers(n)) for n in ("mean_h", "cv", "servers", "yard")]
    fees, values = table.numbers("fee_usd"), table.lists("values_h")
    needs, classes = table.lists("needs"), table.lists("cargo_class")
    found = []
    for row, (key, (name, form, calendar, basis, part)) in enumerate(zip(keys, texts, strict=True)):
        mean, cv, servers, yard = (float(column[row]) for column in numbers)
        found.append(
            Procedure(
                row=row,
                procedure_id=name,
                key=key,
                mean_h=mean,
                cv=cv,
                form=form,
                servers=int(servers),
                calendar_id=calendar,
                basis=basis,
                exchange=next((need for need in needs[row] if need in exchanges), ""),
                yard=int(yard),
                values_h=tuple(float(item) for item in values[row]),
                fee_usd=float(fees[row]),
                part_of=part,
                cargo_classes=tuple(classes[row]),
            )
        )
    return tuple(found)


def exchange_instruments(corridor: Corridor) -> frozenset[str]:
    """Instruments by which data are sent ahead: those of the regimes of exchange."""
    table = corridor.used("regime")
    kinds = zip(table.text("kind"), table.text("instrument_id"), strict=True)
    return frozenset(instrument for kind, instrument in kinds if kind == "exchange" and instrument)


def station_name(key: StationKey) -> str:
    """Name of a station.

    >>> station_name(("TOR", "SER", "road", "outbound", "total_clearance"))
    'TOR-SER road outbound'
    >>> station_name(("TOR", "", "sea", "both", "scan"))
    'TOR sea both scan'
    """
    node, other, *words, activity = key
    ends = f"{node}-{other}" if other else node
    what = "" if activity == "total_clearance" else activity
    return " ".join(word for word in (ends, *words, what) if word)
