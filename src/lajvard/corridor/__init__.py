"""The description of a corridor: read, check, change and write it."""

from lajvard.corridor.builtin import built_in
from lajvard.corridor.check import check_corridor
from lajvard.corridor.corridor import Corridor
from lajvard.corridor.read import read_corridor
from lajvard.corridor.scenario import Scenario, read_scenario
from lajvard.corridor.table import Table
from lajvard.corridor.write import write_corridor

__all__ = [
    "Corridor",
    "Scenario",
    "Table",
    "built_in",
    "check_corridor",
    "read_corridor",
    "read_scenario",
    "write_corridor",
]
