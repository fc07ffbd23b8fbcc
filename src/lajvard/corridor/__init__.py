"""The description of a corridor: read, check, change and write it."""

from lajvard.corridor.builtin import built_in
from lajvard.corridor.checks.check import check_corridor, without_errors
from lajvard.corridor.conflicts import Conflict, Statement
from lajvard.corridor.corridor import Corridor
from lajvard.corridor.read import read_corridor
from lajvard.corridor.scenario import Patch, Scenario
from lajvard.corridor.scenario_apply import apply_scenario
from lajvard.corridor.scenario_read import read_scenario
from lajvard.corridor.scenario_write import write_scenario
from lajvard.corridor.scenarios import built_in_scenario, built_in_scenarios, find_scenario
from lajvard.corridor.table import Table
from lajvard.corridor.write import write_corridor

__all__ = [
    "Conflict",
    "Corridor",
    "Patch",
    "Scenario",
    "Statement",
    "Table",
    "apply_scenario",
    "built_in",
    "built_in_scenario",
    "built_in_scenarios",
    "check_corridor",
    "find_scenario",
    "read_corridor",
    "read_scenario",
    "without_errors",
    "write_corridor",
    "write_scenario",
]
