"""Everything that a report is made from, worked out once."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from lajvard.analysis.alternatives import ComparedAlternative, PairComparison, compare_alternatives
from lajvard.analysis.targets import TargetResult, validate_targets
from lajvard.case import Case
from lajvard.corridor import Corridor, Table, check_corridor
from lajvard.corridor.conflicts import Conflict, find_conflicts
from lajvard.corridor.quality import BASES, TableQuality, data_quality
from lajvard.errors import Problem
from lajvard.network import Activity, Step
from lajvard.network.compile import table_of
from lajvard.progress import Progress, Report, quiet
from lajvard.routes import Route
from lajvard.schema import first_day
from lajvard.schema.cells import is_date
from lajvard.tables.numbers import in_words


@dataclass(frozen=True, eq=False)
class ReportData:
    """A corridor on one day, and what was computed from it.

    Attributes
    ----------
    corridor
        The rows in force on the day.
    comparisons
        The pairs that are compared, the main one first.
    targets
        Published figures beside the model.
    quality, conflicts, problems
        What is known about the data: bases by table, competing statements, what the check found.
    quick
        Whether only the main pair is reported, with fewer figures.
    """

    corridor: Corridor
    comparisons: tuple[PairComparison, ...]
    targets: tuple[TargetResult, ...]
    quality: tuple[TableQuality, ...]
    conflicts: tuple[Conflict, ...]
    problems: tuple[Problem, ...]
    quick: bool = False

    @property
    def main(self) -> PairComparison | None:
        """The main pair, if any way leads from its origin to its destination."""
        first = self.comparisons[0] if self.comparisons else None
        return first if first is not None and first.best.route is not None else None

    @property
    def main_way(self) -> ComparedAlternative | None:
        """The first alternative of the main pair, or the best of all if it has no route."""
        return self.main.main if self.main else None

    @property
    def main_route(self) -> Route | None:
        """The route of the main way."""
        return self.main_way.route if self.main_way else None

    @cached_property
    def short(self) -> Mapping[str, str]:
        """Names of the ways without what is in brackets, where that tells them apart still."""
        names = list(dict.fromkeys(way.name for pair in self.comparisons for way in pair.ways))
        cut = [name.split(" (")[0] for name in names]
        return {
            name: short if cut.count(short) == 1 else name
            for name, short in zip(names, cut, strict=True)
        }

    def called(self, way: ComparedAlternative) -> str:
        """What a way is called in a sentence."""
        return self.short[way.name] if way.alternative_id else "the best route"

    @property
    def main_name(self) -> str:
        """What the main way is called in a sentence; empty without one."""
        return self.called(self.main_way) if self.main_way is not None else ""

    @cached_property
    def place(self) -> Mapping[str, str]:
        """Names of places by id."""
        nodes = self.corridor.used("node")
        return dict(zip(nodes.text("node_id"), nodes.text("name"), strict=True))

    @property
    def day(self) -> str:
        """Which day the report speaks of, in words."""
        if self.corridor.date is not None:
            return f"As of {in_words(self.corridor.date)}"
        newest = self.newest
        until = f"; its newest dated entry is of {in_words(newest)}" if newest else ""
        return f"As the description stands{until}"

    @cached_property
    def newest(self) -> dt.date | None:
        """The latest first day of validity in the description."""
        cells = [
            cell
            for table in self.corridor
            if table.name != "source"
            for cell in set(table.text("since"))
            if is_date(cell)
        ]
        return max((first_day(cell) for cell in cells), default=None)

    @cached_property
    def share_by_basis(self) -> Mapping[str, float]:
        """Share of all used rows by basis."""
        rows = sum(quality.rows for quality in self.quality) or 1
        return {
            basis: sum(quality.by_basis[basis] for quality in self.quality) / rows
            for basis in BASES
        }

    @cached_property
    def _sources(self) -> dict[str, dict[str, tuple[str, ...]]]:
        return {}

    def sources_of(self, activity: Activity, ref: str) -> tuple[str, ...]:
        """The publications that a step of a route rests on."""
        name = table_of(activity)
        if name not in self._sources:
            self._sources[name] = _by_id(self.corridor.used(name))
        return self._sources[name].get(ref, ())

    def sources_of_steps(self, steps: Iterable[Step]) -> tuple[str, ...]:
        """The publications that steps rest on, each once."""
        found = (source for step in steps for source in self.sources_of(step.activity, step.ref))
        return tuple(dict.fromkeys(found))


def _by_id(table: Table) -> dict[str, tuple[str, ...]]:
    """Sources by the identifier of a row; of several rows the one without an end."""
    ids, until = table.text(table.schema.key[0]), table.text("until")
    sources = table.lists("source_id")
    ordered = sorted(range(len(table)), key=lambda ix: not until[ix])
    return {ids[ix]: sources[ix] for ix in ordered}


def gather(
    case: Case,
    *,
    quick: bool = False,
    progress: Report = quiet,
) -> ReportData:
    """Compute all that a report says about a case."""
    tell = progress
    tell(Progress("Checking the description"))
    problems, corridor = check_corridor(case.changed), case.rows
    comparisons = compare_alternatives(case, main_only=quick, progress=tell)
    tell(Progress("Comparing with published figures"))
    return ReportData(
        corridor,
        comparisons,
        validate_targets(case),
        data_quality(corridor),
        find_conflicts(corridor),
        problems,
        quick,
    )
