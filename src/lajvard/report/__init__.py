"""The report on a corridor: comparison, validation, charts, one HTML file and a workbook."""

from lajvard.report.compare import Pair, PairComparison, Way, compare_alternatives
from lajvard.report.report import ReportFiles, write_report
from lajvard.report.validation import TargetResult, validate_targets

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
