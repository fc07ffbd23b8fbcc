"""Simulated years in the report: the runs, and what the sections are made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike

import numpy as np

from lajvard.analysis.alternatives import ComparedAlternative
from lajvard.analysis.case_studies.convoy import CONVOY_SOURCE
from lajvard.analysis.probe_journeys import FloatArray, Probes, probes_in
from lajvard.analysis.report_data import ReportData
from lajvard.case.posts import PostCalibration
from lajvard.corridor import Corridor
from lajvard.errors import InputError
from lajvard.study.compare import Comparison, compare_runs
from lajvard.study.manifest import about_corridor
from lajvard.study.opened import Run, open_run
from lajvard.study.statistics import Estimate, mean_interval
from lajvard.twin.probes import probe_name

RunLike = Run | str | PathLike[str]


@dataclass(frozen=True, eq=False)
class SimulatedWay:
    """An alternative of the main pair whose probe lorries were simulated.

    Attributes
    ----------
    source
        Name of the source of its probes.
    is_main
        Whether it is the main alternative.
    """

    way: ComparedAlternative
    name: str
    source: str

    is_main: bool = False


@dataclass(frozen=True, eq=False)
class Simulated:
    """Runs of the corridor, and what was made of them.

    Attributes
    ----------
    base
        The corridor as described, or the first run given.
    others
        Runs that are compared with it.
    convoy
        The run in which the convoy of 2018 leaves again, if there is one.
    ways
        The alternatives of the main pair that have probe journeys in the base, the main one first.
    posts
        Border posts as described and as calibrated.
    places, countries, services, links
        Names and countries of places, names of services, ends and mode of links, by id.
    """

    base: Run
    others: tuple[Run, ...]
    convoy: Run | None
    ways: tuple[SimulatedWay, ...]
    posts: tuple[PostCalibration, ...]
    probes: Probes | None = field(repr=False)
    convoy_probes: Probes | None = field(repr=False)
    places: Mapping[str, str] = field(repr=False)
    countries: Mapping[str, str] = field(repr=False)
    services: Mapping[str, str] = field(repr=False)
    links: Mapping[str, tuple[str, str, str]] = field(repr=False)

    @property
    def main(self) -> SimulatedWay | None:
        """The main alternative, if it has probe journeys."""
        return next((way for way in self.ways if way.is_main), None)

    @property
    def origin(self) -> str:
        """Where the probe lorries begin."""
        way = self.ways[0].way if self.ways else None
        first = way.route.steps[0] if way and way.route else None
        return first.node_id if first else ""

    @cached_property
    def comparison(self) -> Comparison | None:
        """The other runs beside the base."""
        return compare_runs(self.base, *self.others) if self.others else None

    @property
    def n(self) -> int:
        """Replications of the base."""
        return self.base.n_replications

    def hours(self, way: SimulatedWay) -> Estimate:
        """Mean hours of the probe journeys of a way, with the interval over replications."""
        return self._over_replications(way, lambda hours: float(hours.mean()))

    def p95_h(self, way: SimulatedWay) -> Estimate:
        """The hours that 95 of 100 probe journeys of a way keep, likewise."""
        return self._over_replications(way, _p95)

    def _over_replications(
        self, way: SimulatedWay, value: Callable[[FloatArray], float]
    ) -> Estimate:
        assert self.probes is not None, "ways are only there with probes"
        every = self.probes.by_replication(way.source)
        return mean_interval([value(hours) for hours in every if len(hours)])

    def estimate(self, key: str, run: Run | None = None) -> Estimate | None:
        """A measure of a run, None where it has none."""
        chosen = run or self.base
        if all(measure.key != key for measure in chosen.measures):
            return None
        found = chosen.estimate(key)
        return found if found.n else None


def _p95(hours: FloatArray) -> float:
    return float(np.quantile(hours, 0.95))


def gather_simulated(
    material: ReportData, corridor: Corridor, runs: Sequence[RunLike]
) -> Simulated | None:
    """What the report says from runs; None without any but that of the convoy.

    Parameters
    ----------
    material
        What the report says without them.
    corridor
        The whole description, of which the runs have to be.
    runs
        Runs or their folders: the base is the one without changes, or the first.

    Raises
    ------
    InputError
        A run is of another corridor, is empty, or the runs differ in length.
    """
    opened = [run if isinstance(run, Run) else open_run(run) for run in runs]
    for run in opened:
        _check(run, corridor)
    convoy = next((run for run in opened if CONVOY_SOURCE in run.model.source_names), None)
    others = [run for run in opened if run is not convoy]
    if not others:
        return None
    base = next((run for run in others if _is_base(run)), others[0])
    others.remove(base)
    probes = probes_in(base)
    nodes, services = corridor.used("node"), corridor.used("service")
    return Simulated(
        base,
        tuple(others),
        convoy,
        _ways(material, probes),
        base.posts or (),
        probes,
        probes_in(convoy) if convoy else None,
        material.place,
        dict(zip(nodes.text("node_id"), nodes.text("country"), strict=True)),
        dict(zip(services.text("service_id"), services.text("name"), strict=True)),
        _links(corridor),
    )


def _links(corridor: Corridor) -> dict[str, tuple[str, str, str]]:
    """Ends and mode of links, by id."""
    table = corridor.used("link")
    columns = (table.text(name) for name in ("from_node_id", "to_node_id", "mode"))
    return dict(zip(table.text("link_id"), zip(*columns, strict=True), strict=True))


def _check(run: Run, corridor: Corridor) -> None:
    about = run.manifest.corridor
    if not run.n_replications:
        remedy = "Let lajvard simulate finish it."
        raise InputError(str(run.folder), "has no replication yet", remedy)
    if about and about.get("tables") != about_corridor(corridor)["tables"]:
        remedy = "Simulate the corridor as it is now, or report on that of the run."
        raise InputError(str(run.folder), "is a run of another description", remedy)


def _is_base(run: Run) -> bool:
    """Whether nothing was changed: no scenario, or one without patches."""
    return run.manifest.scenario.get("name", "as-described") == "as-described"


def _ways(material: ReportData, probes: Probes | None) -> tuple[SimulatedWay, ...]:
    pair = material.main
    if pair is None or probes is None:
        return ()
    sources = set(probes.of_journeys("source_id"))
    found = []
    for way in pair.named:
        source = probe_name(pair.pair.pair_id, way.alternative_id)
        if source in sources:
            main = way is material.main_way
            found.append(SimulatedWay(way, material.short[way.name], source, main))
    return tuple(sorted(found, key=lambda way: not way.is_main))
