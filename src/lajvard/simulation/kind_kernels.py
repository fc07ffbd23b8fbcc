"""How the kernels inside the engine are compiled: for each other only, and not kept alone."""

from lajvard._jit import njit

inside = njit(counting=False, cache=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Decorator of a kernel that only kernels call."""

inlined = njit(
    counting=False, cache=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True
)
"""The same for a short one that becomes part of whoever calls it."""

merged = njit(
    counting=False, cache=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, inline="always"
)
"""The same for a long one that has a single caller, of which it becomes part before compiling."""
