"""What the makers of moves share: the description, its rules and prices, the steps so far."""

from dataclasses import dataclass, field

from lajvard.corridor import Corridor
from lajvard.network.arrays import Cargo
from lajvard.network.calendars import Calendars, DriverRules
from lajvard.network.places import Places
from lajvard.network.prices import Prices
from lajvard.network.procedures import read_procedures
from lajvard.network.rules import Act, Permits, Procedures
from lajvard.network.steps import StepCollector

EXIT, CLOSED, ON_THE_WAY, PERMIT, ENTRY = 0, 1000, 2000, 3000, 4000
"""Where the steps of each part of a move start in its order."""


@dataclass
class Compilation:
    """One corridor and one unit load in the making; moves are numbered as they come."""

    corridor: Corridor
    cargo: Cargo
    steps: StepCollector = field(default_factory=StepCollector)
    n_moves: int = 0

    def __post_init__(self) -> None:
        nodes = self.corridor.used("node")
        self.places = Places.of(nodes)
        self.prices = Prices(self.corridor, self.cargo)
        self.calendars = Calendars(self.corridor.used("calendar"))
        self.driver_rules = DriverRules.of(self.corridor.used("calendar"))
        country = dict(zip(nodes.text("node_id"), nodes.text("country"), strict=True))
        self.procedures = Procedures(
            read_procedures(self.corridor), self.cargo, self.prices, self.calendars, country
        )
        self.permits = Permits(self.corridor.used("regime"), self.cargo, self.prices)

    def add_acts(self, move: int, node: int, order: int, acts: list[Act]) -> None:
        """Add what a unit load meets at a place to a move, one step after another."""
        for number, act in enumerate(acts):
            self.steps.add(
                act.activity,
                move,
                order=order + number,
                node=node,
                ref=act.ref,
                time_h=act.wait.mean_h,
                time_var_h2=act.wait.var_h2,
                cost_usd=act.cost_usd,
                time_basis=act.time_basis,
                cost_basis=act.cost_basis,
            )
