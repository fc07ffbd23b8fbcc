"""The command line: reads what is asked for, calls the library, prints the answer.

Commands import what they need when they run, so that ``lajvard --help`` is quick.
"""

from lajvard.cli import (
    check,
    compare,
    describe,
    export,
    fibre,
    fibre_line,
    flows,
    indicators,
    log,
    report,
    routes,
    simulate,
)
from lajvard.cli.app import app, main

__all__ = ["app", "main"]

_COMMANDS = (
    check,
    compare,
    describe,
    export,
    fibre,
    fibre_line,
    flows,
    indicators,
    log,
    report,
    routes,
    simulate,
)
"""The modules whose import adds commands to the application."""
