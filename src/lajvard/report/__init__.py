"""The report on a corridor: comparison, validation, charts, one HTML file and a workbook."""

from lajvard.analysis.alternatives import Pair, PairComparison, Way, compare_alternatives
from lajvard.analysis.targets import TargetResult, validate_targets
from lajvard.report.report import ReportFiles, write_report

__all__ = [
    "Pair",
    "PairComparison",
    "ReportFiles",
    "TargetResult",
    "Way",
    "compare_alternatives",
    "validate_targets",
    "write_report",
]
