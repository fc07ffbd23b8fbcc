"""Lajvard: an open observatory and digital twin for transit corridors.

The names below are the public ones; everything else may change. They are loaded when first used,
so that ``import lajvard`` is quick.

>>> import lajvard
>>> corridor = lajvard.built_in()
>>> len(corridor["node"]) > 100
True
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from lajvard.corridor import (
        Corridor,
        Patch,
        Scenario,
        built_in,
        check_corridor,
        read_corridor,
        read_scenario,
        write_corridor,
        write_scenario,
    )
    from lajvard.errors import InputError, LajvardError, NumericsError
    from lajvard.network import compile_network
    from lajvard.report import write_report
    from lajvard.routes import Route, RouteSet, Weights, find_routes

__all__ = [
    "Corridor",
    "InputError",
    "LajvardError",
    "NumericsError",
    "Patch",
    "Route",
    "RouteSet",
    "Scenario",
    "Weights",
    "__version__",
    "built_in",
    "check_corridor",
    "compile_network",
    "find_routes",
    "read_corridor",
    "read_scenario",
    "write_corridor",
    "write_report",
    "write_scenario",
]

_ROOMS = {
    "corridor": (
        "Corridor",
        "Patch",
        "Scenario",
        "built_in",
        "check_corridor",
        "read_corridor",
        "read_scenario",
        "write_corridor",
        "write_scenario",
    ),
    "errors": ("InputError", "LajvardError", "NumericsError"),
    "network": ("compile_network",),
    "report": ("write_report",),
    "routes": ("Route", "RouteSet", "Weights", "find_routes"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


if not TYPE_CHECKING:  # type checkers know the names above, and only those

    def __getattr__(name: str) -> Any:
        if name not in _ROOM_OF:
            raise AttributeError(f"module 'lajvard' has no attribute '{name}'")
        value = getattr(import_module(f"lajvard.{_ROOM_OF[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
