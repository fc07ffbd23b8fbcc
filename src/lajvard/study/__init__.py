"""Studies: scenarios and replications, simulated, kept and compared."""

from lajvard.study.compare import Change, Comparison, compare_runs
from lajvard.study.manifest import OtherRunError
from lajvard.study.measures import Measure
from lajvard.study.opened import Run, open_run
from lajvard.study.run import simulate
from lajvard.study.statistics import Difference, Estimate, Until

__all__ = [
    "Change",
    "Comparison",
    "Difference",
    "Estimate",
    "Measure",
    "OtherRunError",
    "Run",
    "Until",
    "compare_runs",
    "open_run",
    "simulate",
]
