"""Lajvard: an open observatory and digital twin for transit corridors.

The names below are the public ones; everything else may change. They are loaded when first used,
so that ``import lajvard`` is quick.

>>> import lajvard as lj
>>> corridor = lj.built_in()
>>> len(corridor["node"]) > 100
True
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from lajvard.analysis.alternatives import compare_alternatives
    from lajvard.analysis.targets import validate_targets
    from lajvard.case import Case, CaseParameters, Flow, find_routes
    from lajvard.corridor import (
        Corridor,
        Patch,
        Scenario,
        Table,
        built_in,
        built_in_scenarios,
        check_corridor,
        read_corridor,
        read_scenario,
        write_corridor,
        write_scenario,
    )
    from lajvard.errors import InputError, LajvardError, NumericsError
    from lajvard.fibre.line.system import FibreLine, design_fibre_line
    from lajvard.flows.assign_flows import FlowResult, assign_flows
    from lajvard.flows.export import write_flows
    from lajvard.flows.fit import fit_choice
    from lajvard.indicators import INDICATORS, indicator
    from lajvard.journeys import check_log, open_log, write_log
    from lajvard.network import compile_network
    from lajvard.progress import Cancelled, Progress
    from lajvard.report import write_report
    from lajvard.routes import Route, RouteSet, Weights
    from lajvard.simulation.model import Model
    from lajvard.study import Run, Until, open_run, simulate
    from lajvard.study import compare_runs as compare
    from lajvard.tables import ResultTable
    from lajvard.twin.compile import build_model

_NAMES: dict[str, dict[str, str]] = {
    "analysis.alternatives": {"compare_alternatives": ""},
    "analysis.targets": {"validate_targets": ""},
    "case": {"Case": "", "CaseParameters": "", "Flow": "", "find_routes": ""},
    "corridor": {
        "Corridor": "",
        "Patch": "",
        "Scenario": "",
        "Table": "",
        "built_in": "",
        "built_in_scenarios": "",
        "check_corridor": "",
        "read_corridor": "",
        "read_scenario": "",
        "write_corridor": "",
        "write_scenario": "",
    },
    "errors": {"InputError": "", "LajvardError": "", "NumericsError": ""},
    "fibre.line.system": {"FibreLine": "", "design_fibre_line": ""},
    "flows.assign_flows": {"FlowResult": "", "assign_flows": ""},
    "flows.export": {"write_flows": ""},
    "flows.fit": {"fit_choice": ""},
    "indicators": {"INDICATORS": "", "indicator": ""},
    "journeys": {"check_log": "", "open_log": "", "write_log": ""},
    "network": {"compile_network": ""},
    "progress": {"Cancelled": "", "Progress": ""},
    "report": {"write_report": ""},
    "routes": {"Route": "", "RouteSet": "", "Weights": ""},
    "simulation.model": {"Model": ""},
    "study": {"Run": "", "Until": "", "compare": "compare_runs", "open_run": "", "simulate": ""},
    "tables": {"ResultTable": ""},
    "twin.compile": {"build_model": ""},
}
"""Public names by the module that has them, with the name there where it differs."""

_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}
_ROOMS = (
    *("analysis", "assignment", "case", "corridor", "errors", "fibre", "flows", "indicators"),
    *("journeys", "network", "report", "routes", "schema", "simulation", "study", "tables", "twin"),
)
"""Rooms that need no import of their own."""

__all__ = [
    "INDICATORS",
    "Cancelled",
    "Case",
    "CaseParameters",
    "Corridor",
    "FibreLine",
    "Flow",
    "FlowResult",
    "InputError",
    "LajvardError",
    "Model",
    "NumericsError",
    "Patch",
    "Progress",
    "ResultTable",
    "Route",
    "RouteSet",
    "Run",
    "Scenario",
    "Table",
    "Until",
    "Weights",
    "__version__",
    "assign_flows",
    "build_model",
    "built_in",
    "built_in_scenarios",
    "check_corridor",
    "check_log",
    "compare",
    "compare_alternatives",
    "compile_network",
    "design_fibre_line",
    "find_routes",
    "fit_choice",
    "indicator",
    "open_log",
    "open_run",
    "read_corridor",
    "read_scenario",
    "simulate",
    "validate_targets",
    "write_corridor",
    "write_flows",
    "write_log",
    "write_report",
    "write_scenario",
]


if not TYPE_CHECKING:  # type checkers know the names above, and only those

    def __getattr__(name: str) -> Any:
        if name in _ROOMS:
            return import_module(f"lajvard.{name}")
        if name not in _MODULE_OF:
            raise AttributeError(f"module 'lajvard' has no attribute '{name}'")
        module = _MODULE_OF[name]
        value = getattr(import_module(f"lajvard.{module}"), _NAMES[module][name] or name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_ROOMS})
