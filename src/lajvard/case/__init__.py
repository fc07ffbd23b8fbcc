"""The case: what a corridor is on one day under one scenario, read once for all engines."""

from lajvard.case.applies import not_considered, refuse_other_days
from lajvard.case.case import Case
from lajvard.case.demand import Flow
from lajvard.case.parameters import CaseParameters
from lajvard.case.routing import find_routes

__all__ = ["Case", "CaseParameters", "Flow", "find_routes", "not_considered", "refuse_other_days"]
