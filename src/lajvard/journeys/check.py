"""Checks of a journey log, observed or simulated: what cannot be, or is not said."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import ibis

from lajvard.errors import Problem, Severity, did_you_mean
from lajvard.schema import LOG

JOURNEY = ("run_id", "replication", "journey_id")
"""The columns that identify a journey in a log."""

EXAMPLES = 3
"""Rows that a problem names."""

LONGEST_D = 366
"""Days that one activity may last before it is doubted: a year."""

Condition = Callable[[ibis.Table], ibis.Value]


class Tables(Protocol):
    """Tables by name, as a corridor has them."""

    def __getitem__(self, name: str, /) -> Any: ...


@dataclass(frozen=True)
class _Rule:
    """A condition that no row of a good log meets."""

    column: str
    message: str
    is_wrong: Condition
    remedy: str = ""
    severity: Severity = "error"


def check_log(
    log: ibis.Table, corridor: Tables | None = None, *, gap_s: float = 0
) -> tuple[Problem, ...]:
    """Everything that is wrong with a journey log, each kind once, with its count and examples.

    Parameters
    ----------
    log
        As `open_log` gives it.
    corridor
        The `Corridor` whose nodes, links and services the log may name.
    gap_s
        Seconds between two activities of a journey that are no gap.

    Returns
    -------
    tuple of Problem
        Errors first. Overlaps, moments in the wrong order, unknown places, activities and modes,
        values outside their limits and missing moments are errors; gaps are warnings.

    Examples
    --------
    >>> from lajvard.journeys import log_of
    >>> at = {"node_id": "TMKRW", "country": "TM"}
    >>> queue = {"activity": "queue", "start": "2018-12-13T06:00", "end": "2018-12-13T09:30"}
    >>> customs = {"activity": "customs", "start": "2018-12-13T09:00", "end": "2018-12-13T11:00"}
    >>> rows = [at | queue, at | customs]
    >>> (problem,) = check_log(log_of(rows))
    >>> print(problem.message)
    begins before the activity before it has ended, in 1 row: journey 1, seq 1 of run, replication 0
    """
    rules = [*_row_rules(), *_order_rules(gap_s)]
    rows = _with_neighbours(log)
    found = [*_broken(rows, rules), *_unknown_words(log), *_unknown_places(log, corridor)]
    return tuple(sorted(found, key=lambda problem: problem.severity))


def _row_rules() -> Iterator[_Rule]:
    """Rules that a row breaks by itself."""
    for column in LOG.columns.values():
        if column.need != "optional":
            yield _Rule(column.name, "is missing", lambda t, c=column.name: t[c].isnull())  # type: ignore[misc]
        if column.type == "country":
            yield _Rule(
                column.name,
                "is not a country code of two capital letters",
                lambda t, c=column.name: ~t[c].re_search("^[A-Z]{2}$"),  # type: ignore[misc]
                "Write it as in ISO 3166, such as AZ.",
            )
        if column.type in ("number", "integer"):
            yield _Rule(
                column.name,
                f"is not {column.expected}",
                lambda t, c=column: (t[c.name] < c.minimum) | (t[c.name] > c.maximum),  # type: ignore[misc]
            )
    yield _Rule("end", "ends before it begins", lambda t: t.end < t.start)
    yield _Rule(
        "end",
        "lasts more than a year",
        lambda t: seconds(t.start, t.end) > LONGEST_D * 86400,
        "See whether the moments are in the unit that the file says.",
        "warning",
    )
    yield _Rule(
        "node_id",
        "is at no place: no node, link, service or position",
        lambda t: (
            t.node_id.isnull() & t.link_id.isnull() & t.service_id.isnull() & t.latitude.isnull()
        ),
        "Name a node or a link, or give latitude and longitude.",
        "warning",
    )
    yield _Rule(
        "longitude",
        "has one of latitude and longitude without the other",
        lambda t: t.latitude.isnull() != t.longitude.isnull(),
        "Give both.",
    )


def _order_rules(gap_s: float) -> tuple[_Rule, ...]:
    """Rules that a row breaks together with the row before it."""
    gap = "Say what happened then, as 'other' if it is not known."
    pause = f" for more than {gap_s:g} s" if gap_s else ""
    return (
        _Rule("seq", "has a number that another activity has", lambda t: t.seq == t.seq_before),
        _Rule(
            "start",
            "begins before the activity before it began",
            lambda t: t.start < t.start_before,
            "Activities are numbered in the order of time.",
        ),
        _Rule(
            "start",
            "begins before the activity before it has ended",
            lambda t: (t.start < t.end_before) & (t.start >= t.start_before),
        ),
        _Rule(
            "start",
            f"begins after a gap{pause}",
            lambda t: seconds(t.end_before, t.start) > gap_s,
            gap,
            "warning",
        ),
    )


def seconds(start: ibis.Value, end: ibis.Value) -> ibis.Value:
    """Seconds from one moment to another, with the fractions that both engines keep."""
    return end.epoch_seconds() - start.epoch_seconds()


def _with_neighbours(log: ibis.Table) -> ibis.Table:
    journey = ibis.window(group_by=JOURNEY, order_by=["seq", "start", "end"])
    before = {f"{name}_before": log[name].lag().over(journey) for name in ("seq", "start", "end")}
    return log.mutate(**before)


def _broken(rows: ibis.Table, rules: list[_Rule]) -> Iterator[Problem]:
    """A problem for each rule that rows break: one pass counts, one more gives the examples."""
    wrong = {f"w{ix}": rule.is_wrong(rows).fill_null(False) for ix, rule in enumerate(rules)}
    counts = rows.mutate(**wrong).aggregate(
        **{name: ibis._[name].cast("int64").sum().coalesce(0) for name in wrong}
    )
    found: dict[str, Any] = counts.to_pyarrow().to_pylist()[0]
    for (name, count), rule in zip(found.items(), rules, strict=True):
        if count:
            where = _examples(rows.filter(wrong[name]))
            number = f"{count} row{'s' if count > 1 else ''}"
            message = f"{rule.message}, in {number}: {where}"
            yield Problem(rule.severity, LOG.name, None, rule.column, None, message, rule.remedy)


def _examples(rows: ibis.Table) -> str:
    """The first of some rows, in words."""
    first = rows.order_by([*JOURNEY, "seq", "start"]).limit(EXAMPLES)
    found = first.select(*JOURNEY, "seq").to_pyarrow().to_pylist()
    return "; ".join(
        f"journey {row['journey_id']}, seq {row['seq']} of {row['run_id']}, "
        f"replication {row['replication']}"
        for row in found
    )


def _unknown_words(log: ibis.Table) -> Iterator[Problem]:
    for column in LOG.columns.values():
        if column.allowed:
            yield from _unknown(log, column.name, list(column.allowed), f"unknown {column.name}")


def _unknown_places(log: ibis.Table, corridor: Tables | None) -> Iterator[Problem]:
    if corridor is None:
        return
    for name in ("node", "link", "service"):
        known = list(corridor[name].text(f"{name}_id"))
        yield from _unknown(log, f"{name}_id", known, f"unknown {name}")


def _unknown(log: ibis.Table, column: str, known: list[str], message: str) -> Iterator[Problem]:
    """A problem for each value of `column` that is not among the known ones."""
    cell = log[column]
    values = log.filter(cell.notnull()).group_by(column).aggregate(n=ibis._.count())
    for row in values.order_by(column).to_pyarrow().to_pylist():
        if row[column] not in known:
            said = f"{row['n']} row{'s say' if row['n'] > 1 else ' says'} {message}"
            yield Problem(
                "error", LOG.name, None, column, row[column], said, did_you_mean(row[column], known)
            )
