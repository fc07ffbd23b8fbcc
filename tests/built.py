"""What several tests ask of the built-in corridor, made once in each process.

Nothing here may be changed by a test.
"""

from functools import cache

from lajvard.analysis.case_studies.transit_rules import natural_experiment
from lajvard.analysis.report_data import ReportData, gather
from lajvard.case import Case
from lajvard.corridor import built_in
from lajvard.tables import ResultTable
from lajvard.twin.compile import build_model
from lajvard.twin.work import ModelBuild


@cache
def built_in_model(scenario: str = "") -> ModelBuild:
    """The model of the corridor as described, or with a built-in scenario."""
    return build_model(Case(built_in(), scenario=scenario or None))


@cache
def quick_report_data() -> ReportData:
    """What the quick report is made from."""
    return gather(Case(built_in()), quick=True)


@cache
def experiment() -> ResultTable:
    """The natural experiment with the crossings to Pakistan."""
    table = natural_experiment(built_in())
    assert table is not None
    return table
