"""The compiled network: a corridor as one unit load sees it, in integer arrays."""

from lajvard.network.arrays import (
    CRITERIA,
    Activity,
    Cargo,
    CompiledNetwork,
    LegalRegime,
    MoveKind,
    NetworkArrays,
    Step,
    StepArrays,
)
from lajvard.network.compile import compile_network

__all__ = [
    "CRITERIA",
    "Activity",
    "Cargo",
    "CompiledNetwork",
    "LegalRegime",
    "MoveKind",
    "NetworkArrays",
    "Step",
    "StepArrays",
    "compile_network",
]
