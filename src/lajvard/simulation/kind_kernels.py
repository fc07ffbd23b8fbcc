"""How the kernels inside the engine are compiled: for each other only, and not kept alone."""

from lajvard._jit import njit

inside = njit(counting=False, cache=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Decorator of a kernel that only kernels call."""

inlined = njit(
    counting=False, cache=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True
)
"""The same for one that becomes part of whoever calls it."""
