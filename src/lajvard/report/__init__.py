"""The report on a corridor: comparison, validation, charts, one HTML file and a workbook."""

from lajvard.errors import require_extra

require_extra("report", "report")

from lajvard.analysis.alternatives import (  # noqa: E402
    ComparedAlternative,
    Pair,
    PairComparison,
    compare_alternatives,
)
from lajvard.analysis.targets import TargetResult, validate_targets  # noqa: E402
from lajvard.report.report import ReportFiles, write_report  # noqa: E402

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
