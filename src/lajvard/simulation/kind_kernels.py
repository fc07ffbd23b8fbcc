"""How the kernels inside the engine are compiled: for each other only, and not kept alone."""

from typing import Any

from lajvard._jit import njit

PART: dict[str, Any] = {
    "counting": False,
    "cache": False,
    "linking": "part",
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}

inside = njit(**PART)
"""Decorator of a kernel that only kernels call."""

inlined = njit(**PART, forceinline=True)
"""The same for a short one that becomes part of whoever calls it."""
