"""The report on a corridor: comparison, validation, charts, one HTML file and a workbook."""

from lajvard.analysis.alternatives import (
    ComparedAlternative,
    Pair,
    PairComparison,
    compare_alternatives,
)
from lajvard.analysis.targets import TargetResult, validate_targets
from lajvard.report.report import ReportFiles, write_report

__all__ = [
    "ComparedAlternative",
    "Pair",
    "PairComparison",
    "ReportFiles",
    "TargetResult",
    "compare_alternatives",
    "validate_targets",
    "write_report",
]
